/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, octets and addresses as characters. */
#include "wire/text.h"

#include <stdbool.h>

#define ENDS(d) { d "0" }, { d "1" }, { d "2" }, { d "3" }, { d "4" }, \
		{ d "5" }, { d "6" }, { d "7" }, { d "8" }, { d "9" },
#define HUNDRED(d) ENDS(d "0") ENDS(d "1") ENDS(d "2") ENDS(d "3") ENDS(d "4") \
		   ENDS(d "5") ENDS(d "6") ENDS(d "7") ENDS(d "8") ENDS(d "9")

/* 000 to 999 */
const char decimal_threes[1000][4] = {
	HUNDRED("0") HUNDRED("1") HUNDRED("2") HUNDRED("3") HUNDRED("4")
	HUNDRED("5") HUNDRED("6") HUNDRED("7") HUNDRED("8") HUNDRED("9")
};

/* The fourth, a NUL, is written over by what follows. */
static char *put_three(char *at, unsigned below_1000)
{
	memcpy(at, decimal_threes[below_1000], sizeof(decimal_threes[0]));
	return at + 3;
}

enum { THOUSAND = 1000, MILLION = 1000000, BILLION = 1000000000 };

/* In divisions that needn't wait for each other. */
static char *put_nine(char *at, unsigned below_billion)
{
	at = put_three(at, below_billion / MILLION);
	at = put_three(at, below_billion / THOUSAND % THOUSAND);
	return put_three(at, below_billion % THOUSAND);
}

char *put_dec_long(char *at, uint64_t number)
{
	unsigned thousands;

	if (number >= BILLION)
		return put_nine(put_dec(at, number / BILLION), (unsigned)(number % BILLION));
	thousands = (unsigned)number / THOUSAND;
	if (thousands < THOUSAND)
		at = put_dec_three(at, thousands);
	else
		at = put_three(put_dec_three(at, thousands / THOUSAND), thousands % THOUSAND);
	return put_three(at, (unsigned)number % THOUSAND);
}

static const char hex_digits[] = "0123456789abcdef";

char *put_hex(char *at, uint64_t number)
{
	char *end = at + (67 - (unsigned)__builtin_clzll(number | 1)) / 4, *first = end;

	for (; first > at; number >>= 4)
		*--first = hex_digits[number & 0xf];
	return end;
}

enum { BLOCK = 16 }; /* octets whose digits are made at once */

/* Of a length that is constant, so that the compiler makes a few vectors of it. */
static void put_block(char *restrict at, const uint8_t *restrict octets)
{
	uint8_t nibbles[2 * BLOCK];

	for (unsigned i = 0; i < BLOCK; i++) {
		nibbles[2 * i] = octets[i] >> 4;
		nibbles[2 * i + 1] = octets[i] & 0xf;
	}
	for (unsigned i = 0; i < 2 * BLOCK; i++)
		at[i] = (char)(nibbles[i] + (nibbles[i] < 10 ? '0' : 'a' - 10));
}

/* The last block may overlap the one before: both say the same there. */
char *put_octets(char *at, const uint8_t *octets, size_t len)
{
	size_t i = 0;

	for (; i + BLOCK <= len; i += BLOCK)
		put_block(at + 2 * i, octets + i);
	if (i < len && len > BLOCK)
		put_block(at + 2 * (len - BLOCK), octets + len - BLOCK);
	else
		for (; i < len; i++) {
			at[2 * i] = hex_digits[octets[i] >> 4];
			at[2 * i + 1] = hex_digits[octets[i] & 0xf];
		}
	return at + 2 * len;
}

/* One of the eight groups, of up to four digits, and the colon behind it; its zeros are
 * shifted out. That is quicker than to branch. */
static char *put_group(char *at, const char *four_digits)
{
	static const uint32_t zeros = 0x30303030;
	uint32_t group;
	uint64_t digits;
	unsigned skip;

	memcpy(&group, four_digits, sizeof(group));
	digits = le32toh(group) | (uint64_t)':' << 32;
	skip = (unsigned)__builtin_ctz((le32toh(group) ^ zeros) | 1 << 24) / 8;
	digits = htole64(digits >> 8 * skip);
	memcpy(at, &digits, sizeof(digits));
	return at + 5 - skip;
}

static char *put_ipv4(char *at, const uint8_t *octets)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*at++ = '.';
		at = put_dec(at, octets[i]);
	}
	return at;
}

/* Which groups "::" stands for: RFC 5952 4.2, the first of the longest runs of two or more. */
struct run {
	unsigned start, len; /* len 0: there is none */
};

static struct run longest_run(const uint8_t *octets)
{
	unsigned starts = 0; /* a bit for each group in which a run of `len` starts */
	struct run run = { 0 };

	for (unsigned i = 0; i < 8; i++)
		starts |= (unsigned)(octets[2 * i] == 0 && octets[2 * i + 1] == 0) << i;
	for (unsigned len = 1; starts; len++) {
		if (len > 1)
			run = (struct run){ (unsigned)__builtin_ctz(starts), len };
		starts &= starts >> 1;
	}
	return run;
}

/* inet_ntop() shows the end as IPv4 where ::/96 or ::ffff:0:0/96 is in front of it. */
static bool holds_ipv4(struct run run, const uint8_t *octets)
{
	return run.start == 0 &&
	       (run.len == 6 || (run.len == 5 && octets[10] == 0xff && octets[11] == 0xff));
}

static bool has_zeros(const uint8_t *octets)
{
	uint64_t words[2], found = 0;

	memcpy(words, octets, sizeof(words));
	for (unsigned i = 0; i < 2; i++) /* a lane that borrows is, or stands above, a zero */
		found |= (words[i] - 0x0001000100010001) & ~words[i] & 0x8000800080008000;
	return found;
}

/* With something to leave out, or to show as IPv4. */
static char *put_short_addr(char *at, const uint8_t *octets, const char *digits)
{
	struct run run = longest_run(octets);
	bool ipv4 = holds_ipv4(run, octets);

	for (unsigned i = 0; i < (ipv4 ? 6 : 8); i++) {
		if (run.len && i == run.start) {
			at = PUT_LITERAL(i ? at - 1 : at, "::");
			i += run.len - 1;
		} else {
			at = put_group(at, digits + 4 * i);
		}
	}
	if (ipv4)
		return put_ipv4(at, octets + 12);
	return run.len && run.start + run.len == 8 ? at : at - 1;
}

char *put_addr(char *at, const uint8_t *octets)
{
	char digits[2 * BLOCK];

	put_block(digits, octets);
	if (has_zeros(octets))
		return put_short_addr(at, octets, digits);
	for (unsigned i = 0; i < 8; i++)
		at = put_group(at, digits + 4 * i);
	return at - 1;
}

void text_grow_spare(struct text *t, const char *from, size_t len)
{
	size_t room = t->len < t->size ? t->size - t->len - 1 : 0;
	size_t fits = len < room ? len : room;

	if (t->len < t->size) {
		memcpy(t->buf + t->len, from, fits);
		t->buf[t->len + fits] = '\0';
	}
	t->len += len;
}

void text_octets(struct text *t, const uint8_t *octets, size_t len)
{
	enum { AT_ONCE = 64 };
	char spare[2 * AT_ONCE], *at;

	for (size_t n; len; octets += n, len -= n) {
		n = len < AT_ONCE ? len : AT_ONCE;
		at = text_room(t, spare, 2 * n);
		text_grow(t, at, put_octets(at, octets, n));
	}
}

void text_add(struct text *t, const char *format, ...)
{
	size_t room = t->len < t->size ? t->size - t->len : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(room ? t->buf + t->len : NULL, room, format, args);
	va_end(args);
	if (n > 0)
		t->len += (size_t)n;
}
