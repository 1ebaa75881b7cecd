/* SPDX-License-Identifier: BSD-2-Clause */
/* The rings of a connection; see tcp_queue.h. */
#include "refstack/tcp/tcp_queue.h"

#include "refstack/tcp/seq.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int ring_open(struct tcp_ring *ring)
{
	if (!ring->octets)
		ring->octets = malloc(RING_OCTETS);
	return ring->octets ? 0 : -ENOBUFS;
}

/* How many of len octets from place `at` on lie before the ring's end. */
static size_t until_end(uint32_t at, size_t len)
{
	size_t straight = RING_OCTETS - at;

	return len < straight ? len : straight;
}

static void ring_write(struct tcp_ring *ring, uint32_t off, const uint8_t *octets, size_t len)
{
	uint32_t at = (ring->start + off) % RING_OCTETS;
	size_t straight = until_end(at, len);

	assert(off + len <= RING_OCTETS);
	memcpy(ring->octets + at, octets, straight);
	memcpy(ring->octets, octets + straight, len - straight);
}

void tcp_ring_copy(const struct tcp_ring *ring, size_t off, void *out, size_t len)
{
	uint32_t at = (ring->start + (uint32_t)off) % RING_OCTETS;
	size_t straight = until_end(at, len);

	assert(off + len <= ring->len);
	if (len == 0)
		return;
	memcpy(out, ring->octets + at, straight);
	memcpy((uint8_t *)out + straight, ring->octets, len - straight);
}

int tcp_ring_append(struct tcp_ring *ring, const void *octets, size_t len)
{
	if (len == 0)
		return 0;
	if (ring_open(ring) < 0)
		return -ENOBUFS;
	ring_write(ring, ring->len, octets, len);
	ring->len += (uint32_t)len;
	return 0;
}

void tcp_ring_drop(struct tcp_ring *ring, size_t len)
{
	assert(len <= ring->len);
	ring->start = (ring->start + (uint32_t)len) % RING_OCTETS;
	ring->len -= (uint32_t)len;
}

void tcp_ring_free(struct tcp_ring *ring)
{
	free(ring->octets);
	*ring = (struct tcp_ring){ .len = 0 };
}

void tcp_reassembly_free(struct tcp_reassembly *r)
{
	tcp_ring_free(&r->ring);
	r->islands = 0;
}

/* The island that is added melts with those that it touches; false: there would be more
 * than `most`. */
static bool island_add(struct tcp_reassembly *r, struct tcp_island new, unsigned most)
{
	unsigned first = 0, end;

	while (first < r->islands && seq_before(r->island[first].to, new.from))
		first++;
	for (end = first; end < r->islands && !seq_after(r->island[end].from, new.to); end++) {
		new.from = seq_min(new.from, r->island[end].from);
		new.to = seq_max(new.to, r->island[end].to);
	}
	if (first == end && r->islands >= most)
		return false;
	memmove(&r->island[first + 1], &r->island[end], (r->islands - end) * sizeof(r->island[0]));
	r->islands = r->islands - (end - first) + 1;
	r->island[first] = new;
	return true;
}

uint32_t tcp_reassemble(struct tcp_reassembly *r, uint32_t rcv_nxt, uint32_t seq,
			const uint8_t *octets, uint32_t len)
{
	unsigned most = seq == rcv_nxt ? ISLANDS_MAX + 1 : ISLANDS_MAX;
	uint32_t more;

	if (len == 0 || ring_open(&r->ring) < 0)
		return 0;
	if (!island_add(r, (struct tcp_island){ seq, seq + len }, most))
		return 0;
	ring_write(&r->ring, r->ring.len + (seq - rcv_nxt), octets, len);
	if (r->island[0].from != rcv_nxt)
		return 0;
	more = r->island[0].to - rcv_nxt;
	r->ring.len += more;
	r->islands--;
	memmove(&r->island[0], &r->island[1], r->islands * sizeof(r->island[0]));
	return more;
}
