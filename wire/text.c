/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, octets and addresses as characters. */
#include "wire/text.h"

#include <stdbool.h>

#define TENS(d) d "0" d "1" d "2" d "3" d "4" d "5" d "6" d "7" d "8" d "9"

/* 00 to 99 */
static const char decimal_pairs[] = TENS("0") TENS("1") TENS("2") TENS("3") TENS("4") TENS("5")
				    TENS("6") TENS("7") TENS("8") TENS("9");

#define SIXTEENS(d) TENS(d) d "a" d "b" d "c" d "d" d "e" d "f"

/* 00 to ff */
static const char hex_pairs[] =
	SIXTEENS("0") SIXTEENS("1") SIXTEENS("2") SIXTEENS("3") SIXTEENS("4") SIXTEENS("5")
	SIXTEENS("6") SIXTEENS("7") SIXTEENS("8") SIXTEENS("9") SIXTEENS("a") SIXTEENS("b")
	SIXTEENS("c") SIXTEENS("d") SIXTEENS("e") SIXTEENS("f");

/* Digits of a number, at least one: log10(2) is near 1233 / 4096. */
static unsigned decimal_digits(uint64_t number)
{
	static const uint64_t tens[] = {
		0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
		10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
		1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
		10000000000000000000u,
	};
	unsigned bits = 64 - (unsigned)__builtin_clzll(number | 1);
	unsigned least = bits * 1233 >> 12;

	return least + (number >= tens[least]);
}

static char *put_pair(char *at, unsigned below_100)
{
	return memcpy(at, decimal_pairs + 2 * below_100, 2);
}

/* From the right, in pairs; by two of them, since each division waits for the one before. */
char *put_dec_long(char *at, uint64_t number)
{
	char *end = at + decimal_digits(number), *first = end;

	for (; number > 9999; number /= 10000) {
		unsigned four = (unsigned)(number % 10000);

		put_pair(first - 2, four % 100);
		first = put_pair(first - 4, four / 100);
	}
	for (; number > 99; number /= 100)
		first = put_pair(first - 2, (unsigned)(number % 100));
	if (number > 9)
		put_pair(at, (unsigned)number);
	else
		*at = (char)('0' + number);
	return end;
}

char *put_octets(char *at, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at = put(at, hex_pairs + 2 * octets[i], 2);
	return at;
}

static const char hex_digits[] = "0123456789abcdef";

char *put_hex(char *at, uint64_t number)
{
	char *end = at + (67 - (unsigned)__builtin_clzll(number | 1)) / 4, *first = end;

	for (; first > at; number >>= 4)
		*--first = hex_digits[number & 0xf];
	return end;
}

/* One of the eight groups. A leading zero is put down too, and the next digit
 * goes over it: that is quicker than to branch. */
static char *put_group(char *at, const uint8_t *octets)
{
	unsigned number = (unsigned)octets[0] << 8 | octets[1];

	*at = hex_digits[number >> 12];
	at += number > 0xfff;
	*at = hex_digits[number >> 8 & 0xf];
	at += number > 0xff;
	*at = hex_digits[number >> 4 & 0xf];
	at += number > 0xf;
	*at = hex_digits[number & 0xf];
	return at + 1;
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

char *put_addr(char *at, const uint8_t *octets)
{
	struct run run = longest_run(octets);
	bool ipv4 = holds_ipv4(run, octets);

	for (unsigned i = 0; i < (ipv4 ? 6 : 8); i++) {
		if (run.len && i == run.start) {
			*at++ = ':';
			i += run.len - 1;
			continue;
		}
		if (i)
			*at++ = ':';
		at = put_group(at, octets + 2 * i);
	}
	if (ipv4)
		return put_ipv4(PUT_LITERAL(at, ":"), octets + 12);
	if (run.len && run.start + run.len == 8)
		*at++ = ':';
	return at;
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
