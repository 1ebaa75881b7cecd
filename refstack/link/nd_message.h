/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of Neighbor Discovery, as a host needs them: RFC 4861 4, and the
 * nonce of RFC 7527 4. Octets to structs and back; nothing here has state.
 */
#ifndef REFSTACK_ND_MESSAGE_H
#define REFSTACK_ND_MESSAGE_H

#include "refstack/link/ethernet.h"

#include <sys/types.h>

enum {
	ND_NONCE_LEN = 6,
	ND_MESSAGE_PREFIXES = 16, /* of one Router Advertisement; more are passed over */
	ND_MESSAGE_MAX = 128,     /* octets of a packet that nd_message_emit() makes */
};

#define ND_LIFETIME_INFINITE UINT32_MAX /* RFC 4861 4.6.2 */

struct nd_prefix_info {
	struct in6_addr prefix;
	uint8_t len;             /* bits, at most 128 */
	bool on_link, autonomous;
	uint32_t valid_sec, preferred_sec; /* or ND_LIFETIME_INFINITE */
};

struct nd_message {
	uint8_t type; /* ND_NEIGHBOR_SOLICIT and so on, netinet/icmp6.h */
	struct in6_addr src, dst;

	struct in6_addr target;           /* of solicitations and advertisements */
	bool router, solicited, override; /* of advertisements */

	uint16_t lifetime_sec;                /* of Router Advertisements; 0: no router */
	uint32_t reachable_msec, retrans_msec; /* 0: not said */
	unsigned prefix_count;
	struct nd_prefix_info prefix[ND_MESSAGE_PREFIXES];

	bool has_mac;             /* that of the target in a Neighbor Advertisement, */
	struct ethernet_addr mac; /* of the source in all others */
	bool has_nonce;
	uint8_t nonce[ND_NONCE_LEN];
};

extern const struct in6_addr nd_all_nodes, nd_all_routers;

/* RFC 4291 2.7.1 */
struct in6_addr nd_solicited_node(const struct in6_addr *addr);

/* Is the IPv6 packet one of Neighbor Discovery, right or wrong? Those with an
 * extension header in front are not: RFC 6980 forbids fragments, and nobody
 * has reason to send others. */
bool nd_is_message(const uint8_t *packet, size_t len);

/*
 * An IPv6 packet whose Payload Length is right. 0; -ENOENT: no advertisement,
 * nor a Neighbor Solicitation, which is all that concerns a host; -EBADMSG: it
 * breaks a rule of RFC 4861 6.1.2, 7.1.1 or 7.1.2, and counts for nothing.
 * Options of no use or of another length than theirs are passed over, and so
 * is the address of a group where one of a station belongs.
 */
int nd_message_parse(struct nd_message *out, const uint8_t *packet, size_t len);

/* A solicitation or a Neighbor Advertisement as an IPv6 packet; its octets.
 * -ENOSPC; ND_MESSAGE_MAX suffice. */
ssize_t nd_message_emit(const struct nd_message *m, uint8_t *out, size_t cap);

#endif
