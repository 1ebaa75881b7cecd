/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that is let go of all at once: what one event of a case needs, and
 * what a case keeps to its end. Running out of memory ends the process,
 * which is the child of one case and nothing else.
 */
#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include <stdarg.h>
#include <stddef.h>

struct pool_block;

struct pool {
	struct pool_block *blocks; /* owned */
};

/* n zeroed octets, aligned for anything, borrowed until pool_clear(). Each
 * piece is an allocation of its own, so that reading past its end is seen by
 * those who look for it. n = 0 gives a valid pointer. */
void *pool_alloc(struct pool *p, size_t n);
void *pool_copy(struct pool *p, const void *from, size_t n);
char *pool_text(struct pool *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *pool_vtext(struct pool *p, const char *format, va_list args);
void pool_clear(struct pool *p);

#endif
