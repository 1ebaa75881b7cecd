/* SPDX-License-Identifier: BSD-2-Clause */
/* Buffers between two strips whose octets are known. */
#include "conformance/engine/fence.h"

#include "conformance/engine/show.h"

#include <stdalign.h>
#include <string.h>

/* Differs from place to place, so that a copied or repeated octet shows. off: from
 * the buffer's first octet. */
static uint8_t pattern(long off)
{
	return (uint8_t)(0xa5 ^ (off + FENCE_STRIP) * 31);
}

static void fill(uint8_t *data, long from, long to)
{
	for (long off = from; off < to; off++)
		data[off] = pattern(off);
}

/* len octets that start at a multiple of align, at least `behind` in front of where
 * the page ends; strips on both sides. */
static struct fence place(struct guards *g, const char *name, size_t len, size_t align,
			  size_t behind)
{
	struct guard *guard = guard_take(g, FENCE_STRIP + len + behind + align);
	uint8_t *end = guard->pages + guard->size;
	uint8_t *data = end - behind - len;

	data -= (uintptr_t)data % align;
	guard->name = name;
	guard->data = data;
	guard->len = len;
	fill(data, -(long)FENCE_STRIP, 0);
	fill(data, (long)len, end - data);
	return (struct fence){ name, data, len, (size_t)(end - data) - len };
}

struct fence fence_make(struct guards *g, const char *name, size_t len)
{
	struct fence f = place(g, name, len, alignof(max_align_t), FENCE_STRIP);

	fill(f.data, 0, (long)len);
	return f;
}

struct fence fence_copy(struct guards *g, const char *name, size_t len, size_t align,
			const void *octets, size_t given)
{
	struct fence f = place(g, name, len, len < align ? 1 : align, 0);

	if (given > len)
		given = len;
	if (given)
		memcpy(f.data, octets, given);
	memset(f.data + given, 0, len - given);
	return f;
}

/* off: of the strip, from the buffer's first octet. */
static void check_strip(struct comparison *c, const struct fence *f, long off, size_t len,
			const char *side)
{
	struct pool *p = &c->trial->brief;
	const uint8_t *strip = f->data + off;
	size_t first = 0, last = len;

	while (first < len && strip[first] == pattern(off + (long)first))
		first++;
	if (first == len)
		return;
	while (strip[last - 1] == pattern(off + (long)last - 1))
		last--;
	compare_differs(c, pool_text(p, "memory %s %s", side, f->name), off + (long)first,
			"untouched", show_octets(p, strip + first, last - first));
}

void fence_check(struct comparison *c, const struct fence *f)
{
	check_strip(c, f, -(long)FENCE_STRIP, FENCE_STRIP, "before");
	check_strip(c, f, (long)f->len, f->behind, "behind");
}
