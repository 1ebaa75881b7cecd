/* SPDX-License-Identifier: BSD-2-Clause */
/* Printable text out of untrusted octets; UTF-8 as in RFC 3629, section 3. */
#include "reports/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What a lead octet says: RFC 3629, section 3. `least` rules out overlong forms. */
static const struct lead {
	uint8_t mask, value, len;
	uint32_t least;
} leads[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

/* C0 and C1 controls steer terminals; the rest are no characters, and XML
 * (1.0, 2.2) has none of them. */
static bool is_printable(uint32_t point)
{
	if (point == '\t' || point == '\n')
		return true;
	return point >= 0x20 && (point < 0x7f || point > 0x9f) &&
	       (point < 0xd800 || point > 0xdfff) && (point & 0xfffe) != 0xfffe &&
	       point <= 0x10ffff;
}

size_t printable_char(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
		const struct lead *lead = &leads[i];
		uint32_t point = *p & (uint8_t)~lead->mask;

		if ((*p & lead->mask) != lead->value)
			continue;
		for (size_t j = 1; j < lead->len; j++) {
			if ((p[j] & 0xc0) != 0x80) /* the final NUL stops here too */
				return 0;
			point = point << 6 | (p[j] & 0x3f);
		}
		return point >= lead->least && is_printable(point) ? lead->len : 0;
	}
	return 0;
}

/* One character, or one octet as \xNN; returns the octets that it took. */
static size_t put_char(FILE *f, const char *s)
{
	size_t len = printable_char(s);

	if (!len) {
		fprintf(f, "\\x%02x", (unsigned char)*s);
		return 1;
	}
	fwrite(s, 1, len, f);
	return len;
}

void printable_put(FILE *f, const char *s)
{
	while (s && *s)
		s += put_char(f, s);
}

char *printable_copy(const char *s)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	printable_put(f, s);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

void printable_put_indented(FILE *f, const char *s, unsigned indent)
{
	bool fresh = false;

	while (*s) {
		if (fresh)
			fprintf(f, "%*s", (int)indent, "");
		fresh = *s == '\n';
		s += put_char(f, s);
	}
	if (!fresh)
		fputc('\n', f);
}

void printable_put_wrapped(FILE *f, const char *s, unsigned indent, unsigned width)
{
	unsigned column = indent;

	while (*(s += strspn(s, " \n"))) {
		size_t len = strcspn(s, " \n");
		char *word = strndup(s, len);
		unsigned columns = (unsigned)printable_width(word);

		if (column > indent && column + 1 + columns > width) {
			fprintf(f, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', f);
			column++;
		}
		printable_put(f, word);
		column += columns;
		s += len;
		free(word);
	}
	fputc('\n', f);
}

size_t printable_width(const char *s)
{
	size_t width = 0;

	while (s && *s) {
		size_t len = printable_char(s);

		width += len ? 1 : strlen("\\xNN");
		s += len ? len : 1;
	}
	return width;
}

void printable_put_padded(FILE *f, const char *s, size_t width)
{
	size_t used = printable_width(s);

	printable_put(f, s);
	if (used < width)
		fprintf(f, "%*s", (int)(width - used), "");
}
