/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet beside the one that a case expects. */
#ifndef ENGINE_MATCH_H
#define ENGINE_MATCH_H

#include "conformance/engine/compare.h"

/*
 * Layers in order, named fields, the addresses, and what derived, fixed and
 * reserved fields ought to be. Differences and variables go to c; d points
 * into the packet and lives as long as it. The link is not looked at.
 */
void match_packet(struct comparison *c, const struct packet_value *expected,
		  struct wire_dissection *d, const uint8_t *octets, size_t len);

/* What `*` stands for at an end of an expected packet: the locator, of that host, which
 * the packet has there, or none. Others are what they are. */
struct locator_name match_end(const struct trial *t, struct locator_name name,
			      const uint8_t *octets, size_t len);

/* The addresses that checksums behind a payload header are for. */
int match_ulids(const struct trial *t, const struct packet_value *p, bool from_target,
		struct in6_addr *src, struct in6_addr *dst);

#endif
