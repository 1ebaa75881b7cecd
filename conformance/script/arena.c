/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is given back all at once: a chain of blocks. */
#include "conformance/script/arena.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A suite is large, and forked for every case: in huge pages that takes half the kernel's
 * time. What stays small shouldn't cost as much as one of them. */
enum {
	BLOCK_SIZE = 32 * 1024,
	LARGE_FROM = 1024 * 1024, /* octets in all blocks before */
	LARGE_SIZE = 8 * 1024 * 1024,
	HUGE_PAGE = 2 * 1024 * 1024,
};

struct arena_block {
	struct arena_block *older;
	max_align_t octets[];
};

int arena_guard(struct arena *a, void (*work)(void *ctx), void *ctx)
{
	jmp_buf exhausted;

	a->exhausted = &exhausted;
	if (setjmp(exhausted))
		return -ENOMEM;
	work(ctx);
	a->exhausted = NULL;
	return 0;
}

void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *older = a->blocks->older;

		free(a->blocks);
		a->blocks = older;
	}
	*a = (struct arena){ .limit = a->limit };
}

/* Whether it is granted doesn't matter. */
static void ask_for_huge_pages(void *octets, size_t size)
{
	uintptr_t from = ((uintptr_t)octets + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	uintptr_t to = ((uintptr_t)octets + size) / HUGE_PAGE * HUGE_PAGE;

	if (from < to)
		madvise((void *)from, to - from, MADV_HUGEPAGE);
}

static size_t block_size(const struct arena *a, size_t least)
{
	size_t size = a->used >= LARGE_FROM && !a->limit ? LARGE_SIZE : BLOCK_SIZE;

	return least > size ? least : size;
}

static void block_add(struct arena *a, size_t size)
{
	struct arena_block *block = NULL;

	if (size <= SIZE_MAX / 2 && (!a->limit || size <= a->limit - a->used))
		block = calloc(1, sizeof(*block) + size);
	if (!block)
		longjmp(*a->exhausted, 1);
	ask_for_huge_pages(block, size);
	block->older = a->blocks;
	a->blocks = block;
	a->next = (char *)block->octets;
	a->left = size;
	a->used += size;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t whole = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	void *out;

	if (whole < size)
		longjmp(*a->exhausted, 1);
	if (!a->blocks || whole > a->left)
		block_add(a, block_size(a, whole));
	out = a->next;
	a->next += whole;
	a->left -= whole;
	return out;
}

char *arena_copy(struct arena *a, const void *octets, size_t len)
{
	char *out = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(out, octets, len);
	return out;
}

void arena_text_add(struct arena_text *text, const char *octets, size_t len)
{
	if (text->len + len >= text->room) {
		text->room = 2 * (text->len + len) + 32;
		text->octets = memcpy(arena_alloc(text->arena, text->room),
				      text->octets ? text->octets : "", text->len);
	}
	memcpy(text->octets + text->len, octets, len);
	text->len += len;
	text->octets[text->len] = '\0';
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *out;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	out = arena_alloc(a, (size_t)len + 1);
	vsnprintf(out, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
	return out;
}
