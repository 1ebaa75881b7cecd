/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that grows in a caller's buffer. What does not fit is counted and
 * left out, so the end is like snprintf's.
 *
 * Lines and JSON are made of short pieces, millions of them, so the pieces are
 * put down by functions of our own: put_...() writes to a place that has room
 * and returns where it ended; text_...() sees to the room.
 */
#ifndef WIRE_TEXT_H
#define WIRE_TEXT_H

#include <endian.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct text {
	char *buf;   /* borrowed; ends with a NUL if size > 0 */
	size_t size; /* of buf */
	size_t len;  /* characters wanted so far, without the NUL */
};

/* The room that put_...() want: they write whole words, of which the end is not theirs. */
enum {
	PUT_NUMBER_MOST = 24, /* put_dec, put_hex */
	PUT_ADDR_MOST = 48,   /* put_addr */
};

static inline char *put(char *at, const char *s, size_t len)
{
	memcpy(at, s, len);
	return at + len;
}

#define PUT_LITERAL(at, s) put(at, s, sizeof(s) - 1)

extern const char decimal_threes[1000][4];
char *put_dec_long(char *at, uint64_t number);

/* A number below 1000, without its zeros: they are shifted out. */
static inline char *put_dec_three(char *at, unsigned number)
{
	unsigned zeros = (number < 100) + (number < 10);
	uint32_t digits;

	memcpy(&digits, decimal_threes[number], sizeof(digits));
	digits = htole32(le32toh(digits) >> 8 * zeros);
	memcpy(at, &digits, sizeof(digits));
	return at + 3 - zeros;
}

/* 7 */
static inline char *put_dec(char *at, uint64_t number)
{
	if (number > 999)
		return put_dec_long(at, number);
	if (number > 9)
		return put_dec_three(at, (unsigned)number);
	*at = (char)('0' + number);
	return at + 1;
}

/* 1f, without 0x */
char *put_hex(char *at, uint64_t number);

/* 001f: two digits for each octet */
char *put_octets(char *at, const uint8_t *octets, size_t len);

/* An IPv6 address, as inet_ntop() has it (RFC 5952). */
char *put_addr(char *at, const uint8_t *octets);

static inline struct text text_of(char *buf, size_t size)
{
	if (size)
		buf[0] = '\0';
	return (struct text){ .buf = buf, .size = size };
}

/* Where up to `most` characters can be written: at the end of the text, or, when
 * there's no room for so many, in `spare`. text_grow() takes what was written. */
static inline char *text_room(const struct text *t, char *spare, size_t most)
{
	return t->len < t->size && most < t->size - t->len ? t->buf + t->len : spare;
}

__attribute__((cold)) void text_grow_spare(struct text *t, const char *from, size_t len);

static inline void text_grow(struct text *t, const char *from, char *end)
{
	if (t->len < t->size && from == t->buf + t->len) {
		*end = '\0';
		t->len += (size_t)(end - from);
	} else {
		text_grow_spare(t, from, (size_t)(end - from));
	}
}

static inline void text_put(struct text *t, const char *s, size_t len)
{
	if (t->len < t->size && len < t->size - t->len) {
		memcpy(t->buf + t->len, s, len);
		t->len += len;
		t->buf[t->len] = '\0';
	} else {
		text_grow_spare(t, s, len);
	}
}

/* Inline, so that a literal's length is counted by the compiler. */
static inline void text_str(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

static inline void text_dec(struct text *t, uint64_t number)
{
	char spare[PUT_NUMBER_MOST], *at = text_room(t, spare, sizeof(spare));

	text_grow(t, at, put_dec(at, number));
}

/* 0x1f */
static inline void text_hex(struct text *t, uint64_t number)
{
	char spare[2 + PUT_NUMBER_MOST], *at = text_room(t, spare, sizeof(spare));

	text_grow(t, at, put_hex(PUT_LITERAL(at, "0x"), number));
}

static inline void text_addr(struct text *t, const uint8_t *octets)
{
	char spare[PUT_ADDR_MOST], *at = text_room(t, spare, sizeof(spare));

	text_grow(t, at, put_addr(at, octets));
}

void text_octets(struct text *t, const uint8_t *octets, size_t len);

/* As wire_value_print() has it. */
struct wire_value;
void text_value(struct text *t, const struct wire_value *value);

__attribute__((format(printf, 2, 3))) void text_add(struct text *t, const char *format, ...);

#endif
