/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is let go of all at once. */
#include "conformance/engine/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pool_block {
	struct pool_block *next;
	void *octets; /* owned */
};

void *pool_alloc(struct pool *p, size_t n)
{
	struct pool_block *block = malloc(sizeof(*block));
	void *octets = n ? calloc(1, n) : calloc(1, 1);

	if (!block || !octets)
		abort();
	*block = (struct pool_block){ .next = p->blocks, .octets = octets };
	p->blocks = block;
	return octets;
}

void *pool_copy(struct pool *p, const void *from, size_t n)
{
	void *octets = pool_alloc(p, n);

	if (n)
		memcpy(octets, from, n);
	return octets;
}

char *pool_vtext(struct pool *p, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		abort();
	text = pool_alloc(p, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *pool_text(struct pool *p, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = pool_vtext(p, format, args);
	va_end(args);
	return text;
}

void pool_clear(struct pool *p)
{
	while (p->blocks) {
		struct pool_block *block = p->blocks;

		p->blocks = block->next;
		free(block->octets);
		free(block);
	}
}
