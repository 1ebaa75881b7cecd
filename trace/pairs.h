/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pairs of addresses may be the ULIDs of a context, whichever is the source. Most
 * packets of most captures are payload of no context, and are let go by this, for one
 * octet that is nearly always in the processor's cache. It may say yes where it should
 * say no, never the other way round.
 */
#ifndef TRACE_PAIRS_H
#define TRACE_PAIRS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

enum {
	PAIRS_BITS = 16,
	PAIRS_FULL = UINT8_MAX, /* such a count isn't known any more, and stays */
};

struct pairs {
	uint64_t multiplier[3]; /* odd, random */
	uint8_t count[1 << PAIRS_BITS];
};

/* false: no random numbers. */
static inline bool pairs_init(struct pairs *p)
{
	memset(p, 0, sizeof(*p));
	if (getrandom(p->multiplier, sizeof(p->multiplier), 0) != sizeof(p->multiplier))
		return false;
	for (unsigned i = 0; i < 3; i++)
		p->multiplier[i] |= 1;
	return true;
}

static inline uint64_t pairs_address(const struct pairs *p, const uint8_t *addr)
{
	uint64_t word[2], sum;

	memcpy(word, addr, sizeof(word));
	sum = word[0] * p->multiplier[0] + word[1] * p->multiplier[1];
	return (sum ^ sum >> 32) * p->multiplier[2] | 1;
}

/* The product is the same for both directions. A sum would be, too, but might also be
 * that of neighbours: 1 and 4, 2 and 3. */
static inline unsigned pairs_place(const struct pairs *p, const uint8_t *one, const uint8_t *other)
{
	uint64_t product = pairs_address(p, one) * pairs_address(p, other);

	return (unsigned)(product >> (64 - PAIRS_BITS));
}

static inline bool pairs_may_have(const struct pairs *p, const uint8_t *one, const uint8_t *other)
{
	return p->count[pairs_place(p, one, other)];
}

static inline void pairs_put(struct pairs *p, const uint8_t *one, const uint8_t *other)
{
	uint8_t *count = &p->count[pairs_place(p, one, other)];

	*count += *count < PAIRS_FULL;
}

static inline void pairs_drop(struct pairs *p, const uint8_t *one, const uint8_t *other)
{
	uint8_t *count = &p->count[pairs_place(p, one, other)];

	*count -= *count < PAIRS_FULL;
}

#endif
