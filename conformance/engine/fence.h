/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers that the target writes to: exactly as long as said, between two
 * strips whose octets are known. What is written there is found out.
 */
#ifndef ENGINE_FENCE_H
#define ENGINE_FENCE_H

#include "conformance/engine/compare.h"

struct fence {
	const char *name; /* of the buffer, for reports */
	uint8_t *data;    /* what the target gets */
	size_t len;       /* octets of it */
};

enum { FENCE_STRIP = 64 }; /* octets before and behind */

/* Filled with octets that are no likely value, lives until the event ends. */
struct fence fence_make(struct pool *p, const char *name, size_t len);

/* Differences for what was written outside. */
void fence_check(struct comparison *c, const struct fence *f);

#endif
