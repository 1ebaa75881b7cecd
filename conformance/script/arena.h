/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that is given back all at once. A suite's syntax trees, scenarios
 * and messages live exactly as long as the suite, so nobody owns single
 * pieces of it and nothing can be forgotten on an error path.
 *
 * When memory ends (or the limit is reached) arena_alloc() does not return:
 * it leaves through the arena_guard() that is running. So the reader need
 * not carry -ENOMEM through every function.
 */
#ifndef SCRIPT_ARENA_H
#define SCRIPT_ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct arena {
	struct arena_block *blocks; /* owned */
	char *next;                 /* free octets of the newest block */
	size_t left;                /* how many */
	size_t used, limit;         /* octets in all blocks; 0: no limit */
	jmp_buf *exhausted;         /* of the guard that is running */
};

/* Run work(ctx). 0, or -ENOMEM when it could not be finished. Allocations are
 * only allowed inside. */
int arena_guard(struct arena *a, void (*work)(void *ctx), void *ctx);
void arena_free(struct arena *a);

/* Zeroed and aligned for anything. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);
/* The octets and a NUL behind them. */
char *arena_copy(struct arena *a, const void *octets, size_t len);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text that grows. `octets` always ends with a NUL once something was added. */
struct arena_text {
	struct arena *arena; /* borrowed */
	char *octets;
	size_t len, room;
};

void arena_text_add(struct arena_text *text, const char *octets, size_t len);

#define ARENA_NEW(arena, type)            ((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, type, count)   ((type *)arena_alloc(arena, sizeof(type) * (count)))

#endif
