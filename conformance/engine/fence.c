/* SPDX-License-Identifier: BSD-2-Clause */
/* Buffers between two strips whose octets are known. */
#include "conformance/engine/fence.h"

#include "conformance/engine/show.h"

#include <string.h>

/* Differs from place to place, so that a copied or repeated octet shows. */
static uint8_t pattern(size_t at)
{
	return (uint8_t)(0xa5 ^ at * 31);
}

static void expected_strip(uint8_t out[static FENCE_STRIP], size_t from)
{
	for (size_t i = 0; i < FENCE_STRIP; i++)
		out[i] = pattern(from + i);
}

struct fence fence_make(struct pool *p, const char *name, size_t len)
{
	size_t whole = len + 2 * FENCE_STRIP;
	uint8_t *area = pool_alloc(p, whole);

	for (size_t i = 0; i < whole; i++)
		area[i] = pattern(i);
	return (struct fence){ name, area + FENCE_STRIP, len };
}

/* off: of the strip, from the buffer's first octet. */
static void check_strip(struct comparison *c, const struct fence *f, const uint8_t *strip,
			long off, const char *side)
{
	struct pool *p = &c->trial->brief;
	uint8_t expected[FENCE_STRIP];
	size_t first = 0, last = FENCE_STRIP;

	expected_strip(expected, (size_t)(off + FENCE_STRIP));
	while (first < FENCE_STRIP && strip[first] == expected[first])
		first++;
	if (first == FENCE_STRIP)
		return;
	while (strip[last - 1] == expected[last - 1])
		last--;
	compare_differs(c, pool_text(p, "memory %s %s", side, f->name), off + (long)first,
			"untouched", show_octets(p, strip + first, last - first));
}

void fence_check(struct comparison *c, const struct fence *f)
{
	check_strip(c, f, f->data - FENCE_STRIP, -(long)FENCE_STRIP, "before");
	check_strip(c, f, f->data + f->len, (long)f->len, "behind");
}
