/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, strings and octets as they are written. */
#include "conformance/script/ast.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct node *node_number(struct parse *p, struct span span)
{
	struct node *n = node_new(p, NODE_NUMBER, span);
	const char *digits = arena_copy(p->arena, n->text, n->text_len);

	errno = 0;
	n->number = strtoll(digits, NULL, digits[0] == '0' && digits[1] == 'x' ? 16 : 10);
	if (errno == ERANGE) {
		diag_report(p->diag, n->place, "this number is too large");
		n->number = 0;
	}
	return n;
}

static unsigned nibble(char digit)
{
	return isdigit((unsigned char)digit) ? (unsigned)(digit - '0')
					     : (unsigned)(tolower((unsigned char)digit) - 'a' + 10);
}

/* The place of `len` octets of a node that stands in one line. */
static struct place place_in(const struct node *n, const char *at, size_t len)
{
	struct place place = n->place;

	for (const char *c = n->text; c < at; c++)
		place.column += ((unsigned char)*c & 0xc0) != 0x80;
	place.width = 0;
	for (const char *c = at; c < at + len; c++)
		place.width += ((unsigned char)*c & 0xc0) != 0x80;
	return place;
}

static const struct {
	char letter, octet;
} escapes[] = {
	{ 'n', '\n' }, { 't', '\t' }, { 'r', '\r' }, { '0', '\0' }, { '\\', '\\' }, { '"', '"' },
};

/* What follows a backslash at *at; moves *at to its last character. */
static uint8_t escaped(struct parse *p, const struct node *n, const char **at)
{
	const char *backslash = *at - 1;

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (**at == escapes[i].letter)
			return (uint8_t)escapes[i].octet;
	if (**at == 'x' && isxdigit((unsigned char)(*at)[1]) && isxdigit((unsigned char)(*at)[2])) {
		*at += 2;
		return (uint8_t)(nibble((*at)[-1]) << 4 | nibble((*at)[0]));
	}
	diag_report(p->diag, place_in(n, backslash, 2),
		    **at == 'x' ? "\\x takes two hexadecimal digits"
				: "the escapes are \\n \\t \\r \\0 \\\\ \\\" \\xHH");
	return 0;
}

struct node *node_string(struct parse *p, struct span span)
{
	struct node *n = node_new(p, NODE_OCTETS, span);
	const char *end = n->text + n->text_len - 1; /* the closing quote */
	uint8_t *out = arena_alloc(p->arena, n->text_len);

	n->octets = out;
	for (const char *at = n->text + 1; at < end; at++) {
		if (*at == '\\') {
			at++;
			*out++ = escaped(p, n, &at);
		} else {
			*out++ = (uint8_t)*at;
		}
	}
	n->len = (size_t)(out - n->octets);
	return n;
}

struct node *node_hex(struct parse *p, struct span span)
{
	struct node *n = node_new(p, NODE_OCTETS, span);
	const char *end = n->text + n->text_len - 1;
	uint8_t *out = arena_alloc(p->arena, n->text_len);
	size_t digits = 0;

	n->octets = out;
	for (const char *at = n->text + strlen("hex\""); at < end; at++) {
		if (isspace((unsigned char)*at))
			continue;
		if (!isxdigit((unsigned char)*at)) {
			diag_report(p->diag, place_in(n, at, 1), "this is no hexadecimal digit");
			return n;
		}
		out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | nibble(*at));
		digits++;
	}
	if (digits % 2 != 0)
		diag_report(p->diag, n->place, "an octet has two digits, and here are %zu", digits);
	n->len = digits / 2;
	return n;
}
