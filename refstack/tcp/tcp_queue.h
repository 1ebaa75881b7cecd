/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a connection keeps of the two streams: a ring for what is to be sent or not
 * yet acknowledged, and a ring with holes for what has arrived. A ring has a fixed
 * size and is allocated when the first octet needs it, so that neither a flood of
 * SYNs nor one of segments out of order costs more than what was offered.
 */
#ifndef REFSTACK_TCP_QUEUE_H
#define REFSTACK_TCP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RING_OCTETS = 65536, /* a power of 2 */
	ISLANDS_MAX = 16,    /* runs out of order that are remembered */
};

/* Zeroed: empty. */
struct tcp_ring {
	uint8_t *octets; /* owned; tcp_ring_free(); NULL before the first */
	uint32_t start;  /* where the first is, modulo the size */
	uint32_t len;
};

void tcp_ring_free(struct tcp_ring *ring);
/* 0, or -ENOBUFS. len octets have to fit behind those that there are. */
int tcp_ring_append(struct tcp_ring *ring, const void *octets, size_t len);
/* len octets from the offset on, which have to be there. */
void tcp_ring_copy(const struct tcp_ring *ring, size_t off, void *out, size_t len);
/* The first len octets go. */
void tcp_ring_drop(struct tcp_ring *ring, size_t len);

/* Arrived, but with a hole in front: from =< octets < to, sequence numbers. */
struct tcp_island {
	uint32_t from, to;
};

/* Zeroed: empty. The ring's len octets are in order and end at RCV.NXT; islands lie
 * behind them in the ring, sorted, and don't touch. */
struct tcp_reassembly {
	struct tcp_ring ring;
	unsigned islands;
	struct tcp_island island[ISLANDS_MAX + 1]; /* one more while what is in order is added */
};

/*
 * Octets from sequence number seq on, at or behind rcv_nxt and all within the ring.
 * Returns by how many octets RCV.NXT advances. What isn't in order and would need more
 * islands is forgotten, as is all without memory: the peer sends it again.
 */
uint32_t tcp_reassemble(struct tcp_reassembly *r, uint32_t rcv_nxt, uint32_t seq,
			const uint8_t *octets, uint32_t len);
void tcp_reassembly_free(struct tcp_reassembly *r);

#endif
