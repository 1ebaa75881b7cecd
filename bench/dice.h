/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that look like chance and are the same for the same seed, on every machine. */
#ifndef BENCH_DICE_H
#define BENCH_DICE_H

#include <stddef.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* SplitMix64, by Sebastiano Vigna: one addition per number, any seed is good. */
static inline uint64_t dice_u64(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline uint32_t dice_u32(struct dice *d) { return (uint32_t)(dice_u64(d) >> 32); }

/* 0 to n - 1. */
static inline unsigned dice_below(struct dice *d, unsigned n)
{
	return (unsigned)((uint64_t)dice_u32(d) * n >> 32);
}

static inline void dice_fill(struct dice *d, void *out, size_t len)
{
	for (uint8_t *p = out; len > 0; len--)
		*p++ = (uint8_t)dice_u64(d);
}

struct dice_sizes {
	unsigned of_100; /* all rows: 100 */
	unsigned min, spread;
};

/* From the rows of a table, as often as they say: min to min + spread - 1. */
static inline unsigned dice_size(struct dice *d, const struct dice_sizes *row)
{
	unsigned draw = dice_below(d, 100);

	for (; draw >= row->of_100; row++)
		draw -= row->of_100;
	return row->min + dice_below(d, row->spread);
}

#endif
