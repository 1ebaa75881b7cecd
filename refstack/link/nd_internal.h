/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of Neighbor Discovery know of each other, and their tests;
 * nobody else includes it. nd.c takes frames and packets in; nd_address.c has
 * our addresses, nd_neighbor.c the neighbour cache, nd_router.c and nd_prefix.c what
 * routers say and where a packet goes next, nd_mld.c the groups that we are in.
 *
 * A callback may change any table, so after one nothing is held by pointer.
 */
#ifndef REFSTACK_ND_INTERNAL_H
#define REFSTACK_ND_INTERNAL_H

#include "refstack/core/random.h"
#include "refstack/link/nd.h"
#include "refstack/link/nd_message.h"
#include "wire/ipv6.h"

/* RFC 4861 10 and RFC 4862 5.1 */
enum {
	MAX_RTR_SOLICITATIONS = 3,
	RTR_SOLICITATION_INTERVAL_SEC = 4,
	MAX_RTR_SOLICITATION_DELAY_MSEC = 1000, /* before the first DAD, too */
	MAX_MULTICAST_SOLICIT = 3,
	MAX_UNICAST_SOLICIT = 3,
	REACHABLE_TIME_MSEC = 30000,
	RETRANS_TIMER_MSEC = 1000,
	DELAY_FIRST_PROBE_TIME_SEC = 5,
	DUP_ADDR_DETECT_TRANSMITS = 1,
};

#define ND_USEC_PER_MSEC UINT64_C(1000)

enum nd_address_state { ADDRESS_NONE, ADDRESS_TENTATIVE, ADDRESS_ASSIGNED };

struct nd_address {
	enum nd_address_state state; /* ADDRESS_NONE: the place is free */
	struct in6_addr addr;
	unsigned solicits; /* sent for it while tentative */
	usec_t due;
	uint8_t nonce[ND_NONCE_LEN]; /* RFC 7527: tells our own, come back, from another's */
};

/* RFC 4861 7.3.2 */
enum nd_state { ND_NONE, ND_INCOMPLETE, ND_REACHABLE, ND_STALE, ND_DELAY, ND_PROBE };
enum { ND_STATE_COUNT = ND_PROBE + 1 };

struct nd_queued {
	size_t len;
	uint8_t octets[];
};

struct nd_neighbor {
	enum nd_state state; /* ND_NONE: the place is free */
	struct in6_addr addr;
	struct ethernet_addr mac; /* not while INCOMPLETE */
	struct in6_addr from;     /* source of what we have sent to it last */
	bool router;              /* IsRouter */
	bool proven;              /* it was REACHABLE since it is here */
	unsigned solicits;        /* sent in this state */
	usec_t due;               /* when the state ends; USEC_NEVER while STALE */
	usec_t touched;           /* when we had to do with it last */
	unsigned queued;
	struct nd_queued *queue[ND_QUEUE_MAX]; /* owned; the oldest is the first */
};

struct nd_router {
	struct in6_addr addr;
	usec_t until; /* 0: the place is free; USEC_NEVER: the caller's */
};

struct nd_on_link {
	struct in6_addr prefix;
	uint8_t len;
	bool fixed;   /* the caller's */
	usec_t until; /* 0: the place is free */
};

struct nd_autonomous {
	uint8_t prefix[8];
	usec_t valid_until; /* 0: the place is free */
	usec_t preferred_until;
	bool deprecated; /* and told so */
};

struct nd {
	struct nd_config cfg;
	usec_t now;
	struct random_source random;
	usec_t reachable_usec, retrans_usec; /* BaseReachableTime, RetransTimer */
	struct nd_address address[ND_ADDRESSES_MAX];
	struct nd_neighbor neighbor[ND_NEIGHBORS_MAX];
	struct nd_router router[ND_ROUTERS_MAX];
	unsigned router_first; /* whose turn it is when none is known to work */
	struct nd_on_link on_link[ND_ON_LINK_MAX];
	struct nd_autonomous autonomous[ND_AUTONOMOUS_MAX];
	unsigned router_solicits; /* sent */
	usec_t router_solicit_due;
	usec_t mld_due; /* the answer to a query */
	bool mld_old;   /* which was of version 1 */
};

/* nd.c */
void nd_log(const struct nd *nd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* 0 to max */
usec_t nd_chance(struct nd *nd, usec_t max);
void nd_transmit(struct nd *nd, const struct ethernet_addr *dst, const void *packet, size_t len);
/* Neither multicast nor unspecified nor loopback. */
bool nd_is_unicast(const struct in6_addr *addr);

/* nd_address.c */
void address_start(struct nd *nd, const struct in6_addr *link_local);
struct nd_address *address_find(struct nd *nd, const struct in6_addr *addr);
/* Do we listen to it: an address of ours, all nodes, or one's solicited-node group? */
bool address_listens(const struct nd *nd, const struct in6_addr *dst);
/* A source for what we have to say: `wish` if it is assigned, else the link-local
 * address or another one; NULL if none is. */
const struct in6_addr *address_source(const struct nd *nd, const struct in6_addr *wish);
const struct in6_addr *address_link_local(const struct nd *nd); /* NULL: not assigned */
void address_solicited(struct nd *nd, const struct nd_message *m);
/* Is the advertisement about one of ours? Then it is seen to. */
bool address_advertised(struct nd *nd, const struct nd_message *m);
usec_t address_deadline(const struct nd *nd);
void address_expire(struct nd *nd);

/* nd_neighbor.c */
struct nd_neighbor *neighbor_find(struct nd *nd, const struct in6_addr *addr);
/* A packet whose source is assigned. 0 or -ENOMEM. */
int neighbor_send(struct nd *nd, const struct in6_addr *hop, const uint8_t *packet, size_t len);
/* It says by itself which Ethernet address it has, RFC 4861 7.2.3 and 6.3.4. */
void neighbor_learn(struct nd *nd, const struct in6_addr *addr, const struct ethernet_addr *mac);
void neighbor_advertised(struct nd *nd, const struct nd_message *m);
void neighbor_free_all(struct nd *nd);
usec_t neighbor_deadline(const struct nd *nd);
void neighbor_expire(struct nd *nd);

/* nd_router.c */
struct nd_router *router_find(struct nd *nd, const struct in6_addr *addr);
/* It says that it is none any more. */
void router_resigned(struct nd *nd, const struct in6_addr *addr);
/* It doesn't answer. */
void router_failed(struct nd *nd, const struct in6_addr *addr);
void router_advertised(struct nd *nd, const struct nd_message *m);
/* Where a packet for a unicast address goes next, RFC 4861 5.2; NULL: nowhere. */
const struct in6_addr *router_next_hop(struct nd *nd, const struct in6_addr *dst);
/* Our link-local address is there: ask for routers. */
void router_solicit_start(struct nd *nd);
usec_t router_deadline(const struct nd *nd);
void router_expire(struct nd *nd);

/* nd_prefix.c */
bool prefix_is_on_link(const struct nd *nd, const struct in6_addr *addr);
void prefix_advertised(struct nd *nd, const struct nd_prefix_info *p);
usec_t prefix_deadline(const struct nd *nd);
void prefix_expire(struct nd *nd);

/* nd_mld.c */
/* The group of an address is listened to; to be told twice, RFC 3810 6.1. */
void mld_join(struct nd *nd, const struct nd_address *a);
/* All that are. */
void mld_report_all(struct nd *nd);
/* Was that a query? Then it is seen to. */
bool mld_queried(struct nd *nd, const struct ipv6_header *ip, const uint8_t *packet, size_t len);
usec_t mld_deadline(const struct nd *nd);
void mld_expire(struct nd *nd);

/* When a lifetime that a router tells ends. */
static inline usec_t nd_until(const struct nd *nd, uint32_t lifetime_sec)
{
	return lifetime_sec == ND_LIFETIME_INFINITE ? USEC_NEVER
						    : nd->now + lifetime_sec * USEC_PER_SEC;
}

#endif
