/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets in the making: layers and the fields that are set, by the names of
 * wire/layers.h. What is asked of it is known when it is written, so a mistake
 * is a broken invariant and not an error.
 */
#ifndef BENCH_DRAFT_H
#define BENCH_DRAFT_H

#include "wire/packet.h"

enum { DRAFT_LAYERS = 8, DRAFT_SETS = 8, DRAFT_SCRATCH = 2048, BENCH_PACKET_MAX = 1500 };

struct packet {
	struct in6_addr ulid_src, ulid_dst; /* what its upper-layer checksum is for */
	size_t len;
	uint8_t octets[BENCH_PACKET_MAX]; /* from the IPv6 header */
};

struct draft {
	size_t count;
	struct wire_draft_layer layers[DRAFT_LAYERS];
	struct wire_set sets[DRAFT_LAYERS][DRAFT_SETS];
	size_t used;
	uint8_t scratch[DRAFT_SCRATCH];
};

/* An IPv6 header from src to dst, and nothing else yet. Addresses are borrowed. */
void draft_begin(struct draft *d, const struct in6_addr *src, const struct in6_addr *dst);
void draft_add(struct draft *d, const struct wire_layer *layer);

/* Fields of the layer that was added last. Octets are borrowed until the packet is built. */
void draft_number(struct draft *d, const char *field, uint64_t number);
void draft_octets(struct draft *d, const char *field, const void *octets, size_t len);

/* Room for octets that live as long as the draft. */
uint8_t *draft_room(struct draft *d, size_t len);

/* The ULIDs are copied; NULL, NULL: those of the IPv6 header. */
void draft_build(const struct draft *d, const struct in6_addr *ulid_src,
		 const struct in6_addr *ulid_dst, struct packet *out);

#endif
