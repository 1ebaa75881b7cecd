/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that grows in a caller's buffer. What does not fit is counted and
 * left out, so the end is like snprintf's.
 */
#ifndef WIRE_TEXT_H
#define WIRE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct text {
	char *buf;   /* borrowed; ends with a NUL if size > 0 */
	size_t size; /* of buf */
	size_t len;  /* characters wanted so far, without the NUL */
};

static inline struct text text_of(char *buf, size_t size)
{
	if (size)
		buf[0] = '\0';
	return (struct text){ .buf = buf, .size = size };
}

__attribute__((format(printf, 2, 3))) static inline void text_add(struct text *t,
								   const char *format, ...)
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

#endif
