/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is expected beside what came. A comparison goes on after the first
 * difference and collects them all; variables take their values only if
 * there was none.
 */
#ifndef ENGINE_COMPARE_H
#define ENGINE_COMPARE_H

#include "conformance/engine/trial.h"

struct differing {
	struct differing *next;
	const char *where;
	long offset; /* -1: has none */
	const char *expected, *actual;
};

struct comparison {
	struct trial *trial;
	struct differing *first, **end;
	unsigned count;
	struct datum taken[SCENARIO_VARIABLES_MAX]; /* bound if the comparison holds */
};

/* Lives, with all that it points to, until the event ends. */
struct comparison *comparison_new(struct trial *t);

/* Texts are borrowed until the event ends. */
void compare_differs(struct comparison *c, const char *where, long offset, const char *expected,
		     const char *actual);

/* A variable: takes the number or octets if it holds nothing yet. */
void compare_variable(struct comparison *c, unsigned variable, const char *where, long offset,
		      const struct datum *actual);

/* A number: NUMBER, SYMBOLS, VARIABLE or ANY. */
void compare_number(struct comparison *c, const struct value *v, const char *where, long offset,
		    int64_t actual);

/*
 * An object in memory, as the target left it: every kind of value but
 * MESSAGE. type may be NULL. Its length must be right too.
 */
void compare_object(struct comparison *c, const struct value *v, const struct type *type,
		    const char *where, const uint8_t *actual, size_t len);

/* A field of a dissected packet. */
void compare_field(struct comparison *c, const struct value *v, const struct wire_dissection *d,
		   unsigned span, const struct wire_field *field);

/* The comparison held: its variables are bound from now on. */
void comparison_keep(struct comparison *c);

#endif
