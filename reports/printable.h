/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that a target had a hand in may be any octets: no UTF-8, or sequences
 * that a terminal obeys. Every report shows it through here, so that it looks
 * the same in all of them: what is no printable character is written \xNN.
 */
#ifndef REPORTS_PRINTABLE_H
#define REPORTS_PRINTABLE_H

#include <stddef.h>
#include <stdio.h>

/* Length in octets of the printable UTF-8 character at s (tab and newline
 * are such, other controls are not); 0 if there is none. */
size_t printable_char(const char *s);

void printable_put(FILE *f, const char *s); /* NULL: nothing */
char *printable_copy(const char *s); /* what printable_put writes, owned; NULL: no memory */

/* The same on lines that each begin with `indent` blanks, but the first; ends
 * with a newline. */
void printable_put_indented(FILE *f, const char *s, unsigned indent);

/* Running text: lines end before `width` columns, between words; the first
 * begins where the caller stands, at `indent`. Ends with a newline. */
void printable_put_wrapped(FILE *f, const char *s, unsigned indent, unsigned width);

/* What printable_put needs on a terminal, in columns, for text of one line. */
size_t printable_width(const char *s);

/* printable_put, then blanks up to `width` columns. */
void printable_put_padded(FILE *f, const char *s, size_t width);

#endif
