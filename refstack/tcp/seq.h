/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequence numbers are compared modulo 2^32 (RFC 9293 3.4): a is before b if the
 * way from a up to b is the shorter one.
 */
#ifndef REFSTACK_TCP_SEQ_H
#define REFSTACK_TCP_SEQ_H

#include <stdbool.h>
#include <stdint.h>

static inline bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}
static inline bool seq_after(uint32_t a, uint32_t b)
{
	return seq_before(b, a);
}

/* low =< seq < low + len, as all of the RFC's windows are; with len 0, never. */
static inline bool seq_in(uint32_t seq, uint32_t low, uint32_t len)
{
	return seq - low < len;
}

static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
	return seq_before(a, b) ? b : a;
}
static inline uint32_t seq_min(uint32_t a, uint32_t b)
{
	return seq_before(a, b) ? a : b;
}

#endif
