/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An Ethernet link: Neighbor Discovery (RFC 4861), Duplicate Address Detection
 * (RFC 4862 5.4) and what a host heeds of routers (RFC 4861 6.3), sans I/O.
 * Packets go in and frames come out, and the other way round; frames, time and
 * the seed are arguments. Two links in one process share nothing.
 *
 * Addresses are the caller's, who learns what became of them; besides them the
 * link has a link-local one that it makes itself. Switches are told which groups
 * they are in (RFC 3810). What a flood from outside can fill is bounded:
 * ND_NEIGHBORS_MAX neighbours with ND_QUEUE_MAX packets each, and tables of fixed
 * size.
 *
 * Not here: Redirects (a host SHOULD heed them, RFC 4861 8.3) are ignored, and
 * so are the MTU and the hop limit that routers announce. The upper layers can't
 * tell that a neighbour hears us (7.3.1), so now and then one is probed in vain.
 *
 * Callbacks may call anything here but nd_free() and nd_advance().
 */
#ifndef REFSTACK_ND_H
#define REFSTACK_ND_H

#include "refstack/core/host.h"
#include "refstack/link/ethernet.h"

enum {
	ND_ADDRESSES_MAX = 17, /* the link-local one is the first */
	ND_NEIGHBORS_MAX = 256,
	ND_QUEUE_MAX = 3,      /* packets that wait for one neighbour */
	ND_ROUTERS_MAX = 8,
	ND_ON_LINK_MAX = 32,   /* prefixes, of routers and of the caller */
	ND_AUTONOMOUS_MAX = 16,
	ND_MTU_MIN = 1280,     /* RFC 8200 5 */
	ND_MTU_MAX = 65535,
};

enum nd_address_status {
	ND_ASSIGNED,  /* nobody else has it: it may be used */
	ND_DUPLICATE, /* somebody else has it, or wants it, too: it is forgotten. If it is
	               * the link-local one, so has our Ethernet address: the link should
	               * not be used (RFC 4862 5.4.5). */
};

/* A prefix for addresses, RFC 4862 5.5.3. Told whenever a router has spoken of
 * it, and when a lifetime ends. */
struct nd_autonomous_prefix {
	uint8_t prefix[8];     /* it is a /64 */
	uint32_t valid_sec;    /* from now; UINT32_MAX: for ever; 0: it is gone */
	uint32_t preferred_sec; /* the same; 0: addresses of it are deprecated */
};

struct nd_config {
	uint64_t seed;            /* all chance comes from it; it may be the host's */
	struct ethernet_addr mac; /* ours; that of one station */
	unsigned mtu;             /* octets of an IPv6 packet, ND_MTU_MIN to ND_MTU_MAX */
	bool no_routers;          /* neither solicit routers nor heed them */

	void *ctx;                /* for the callbacks */
	void (*transmit)(void *ctx, const void *frame, size_t len);
	/* An IPv6 packet for an address of ours that is assigned, or for all nodes;
	 * and, when a neighbour doesn't answer, the ICMPv6 error for each packet to it
	 * that has waited: address unreachable (RFC 4443 3.1), from and to the source
	 * of that packet. */
	void (*deliver)(void *ctx, const void *packet, size_t len);
	void (*address)(void *ctx, const struct in6_addr *addr, enum nd_address_status status);
	void (*prefix)(void *ctx, const struct nd_autonomous_prefix *prefix); /* may be NULL */
	void (*log)(void *ctx, const char *line);                             /* may be NULL */
};

struct nd;

/* NULL if memory is short or cfg is out of range. cfg is copied. The clock
 * stands at 0; nothing is sent before nd_advance(). */
struct nd *nd_new(const struct nd_config *cfg);
void nd_free(struct nd *nd);

/* A unicast address, tentative until `address` tells more: one to two seconds.
 * 0; -EINVAL: not unicast; -EEXIST: it is here already; -ENOSPC: too many. */
int nd_address_add(struct nd *nd, const struct in6_addr *addr);
/* 0; -EADDRNOTAVAIL: it isn't here. */
int nd_address_remove(struct nd *nd, const struct in6_addr *addr);
/* May it be used? */
bool nd_address_is_assigned(const struct nd *nd, const struct in6_addr *addr);

/* What the caller knows without a router, and no router changes: addresses of a
 * prefix are on the link; a router, for all others. 0; -EINVAL: len is more than
 * 128 bits, or no unicast address; -ENOSPC: too many. */
int nd_prefix_add(struct nd *nd, const struct in6_addr *prefix, unsigned len);
int nd_gateway_add(struct nd *nd, const struct in6_addr *router);

/* A frame arrives. What is wrong or not for us is dropped; never fails. */
void nd_input(struct nd *nd, const void *frame, size_t len);

/*
 * Send an IPv6 packet to the neighbour that its destination is or is behind. It
 * may wait until that is found; the oldest of too many is lost. 0; -EMSGSIZE:
 * more than the MTU; -EBADMSG: not the packet that its header says;
 * -EADDRNOTAVAIL: the source isn't assigned; -EINVAL: the destination is ours or
 * no address on a link; -ENETUNREACH: it isn't on the link and there is no router.
 */
int nd_send(struct nd *nd, const void *packet, size_t len);

/* When something is due; USEC_NEVER if nothing is. */
usec_t nd_deadline(const struct nd *nd);
/* Time goes on to `now`; everything due happens, each at its time. Early or
 * twice is harmless. */
void nd_advance(struct nd *nd, usec_t now);

#endif
