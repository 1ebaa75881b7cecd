/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers that the target gets: exactly as long as said, between two strips
 * whose octets are known, and these between two pages that fault. What is
 * written outside is found out, and nothing far outside can be read.
 */
#ifndef ENGINE_FENCE_H
#define ENGINE_FENCE_H

#include "conformance/engine/compare.h"

struct fence {
	const char *name; /* of the buffer, for reports */
	uint8_t *data;    /* what the target gets */
	size_t len;       /* octets of it */
	size_t behind;    /* octets of the strip behind, up to the page that faults */
};

enum { FENCE_STRIP = 64 }; /* octets before, and at least behind what is written to */

/* To be written to: filled with octets that are no likely value, aligned for
 * anything. Lives until the event ends. */
struct fence fence_make(struct guards *g, const char *name, size_t len);

/*
 * To be read from: `len` octets, the first of them from `octets`, of which
 * there are `given`, the others zero. They end where the page does, as far as
 * `align`, a power of two, lets them; what is shorter than that isn't aligned,
 * since no object that would need it fits in. Lives until the event ends.
 */
struct fence fence_copy(struct guards *g, const char *name, size_t len, size_t align,
			const void *octets, size_t given);

/* Differences for what was written outside. */
void fence_check(struct comparison *c, const struct fence *f);

#endif
