/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host with a Shim6 shim, sans I/O: packets, time and randomness are
 * arguments, and what it sends goes to a callback. Two hosts in one process
 * share nothing. What drives it (refstack/target.c, refstack/link/) stands
 * outside; what speaks through it (refstack/socket/) meets it in upper.h.
 */
#ifndef REFSTACK_HOST_H
#define REFSTACK_HOST_H

#include "wire/cga_search.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint64_t usec_t; /* microseconds since the host began */
#define USEC_NEVER UINT64_MAX
#define USEC_PER_SEC UINT64_C(1000000)

enum {
	HOST_LINKS_MAX = 8,
	HOST_PREFIXES_MAX = 4, /* per link */
	HOST_LOCATORS_MAX = HOST_LINKS_MAX * HOST_PREFIXES_MAX,
};

struct shim_link_config {
	unsigned mtu;          /* octets of an IPv6 packet, at least 1280 */
	unsigned prefix_count; /* <= HOST_PREFIXES_MAX; all are /64 */
	uint8_t prefix[HOST_PREFIXES_MAX][8];
};

enum shim_address_kind {
	SHIM_HBA,     /* one HBA-only set over all prefixes, RFC 5535 6 */
	SHIM_HBA_CGA, /* the same, with a real key: both at once, RFC 5535 4 */
	SHIM_CGA,     /* a CGA for each prefix, RFC 3972; locators are proven by signature */
};

struct shim_event;

struct shim_config {
	uint64_t seed;           /* all randomness of the host comes from it */
	unsigned link_count;
	struct shim_link_config link[HOST_LINKS_MAX]; /* link[0] is link 1 */
	enum shim_address_kind kind;
	unsigned hba_sec;        /* Sec of the addresses, 0 to 2 */
	cga_searcher *search;    /* what looks for their modifier; NULL: cga_search_alone */
	void *search_ctx;        /* for it */
	unsigned collisions;     /* that duplicate address detection has found, 0 to 2 */
	const uint8_t *key;      /* DER of an RSA private key of at least 1024 bits; of
	                          * SHIM_HBA none. Borrowed for the time of the call. */
	size_t key_len;
	unsigned initiate_after; /* packets sent on a ULID pair, ICMPv6 aside, before a
	                          * context is begun for it; 0: never. RFC 5533 4.3
	                          * leaves the heuristic open. */
	unsigned send_timeout;   /* seconds, RFC 5534 7; 0: 15. Another is told to peers. */
	unsigned idle_timeout;   /* seconds without payload until a context ends, RFC 5533 9;
	                          * 0: 300 */
	unsigned contexts_max;   /* 0: 65,536 */
	unsigned forks_max;      /* contexts that a peer may begin with one ULID; 0: 64 */
	bool deliver_all_icmp;   /* to the layer above, also what the shim has acted on,
	                          * RFC 5533 8 */
	void *ctx;               /* for the callbacks, none of which may call the host */
	void (*transmit)(void *ctx, unsigned link, const void *packet, size_t len);
	void (*log)(void *ctx, const char *line); /* may be NULL */
	void (*event)(void *ctx, const struct shim_event *event); /* may be NULL */
};

/* What happens to a context. */
enum shim_event_kind {
	SHIM_EVENT_STATE,   /* RFC 5533 6.2: from one STATE to another */
	SHIM_EVENT_REAP,    /* RFC 5534 3: from one state to another */
	SHIM_EVENT_PAIR,    /* the current locators have changed */
	SHIM_EVENT_LIST,    /* the peer's locators or its preferences have */
	SHIM_EVENT_TOLD,    /* the peer knows our locators and preferences as they are */
	SHIM_EVENT_STANDBY, /* a pair in reserve has been proven */
	SHIM_EVENT_KIND_COUNT,
};

struct shim_event {
	enum shim_event_kind kind;
	usec_t at;
	uint64_t ct_local, ct_peer;
	struct in6_addr ulid_local, ulid_peer;
	uint32_t fii;
	const char *from, *to; /* states, in the words of the RFCs; NULL: not of this kind */
	struct in6_addr lp_local, lp_peer;
};

/* "state", "reap", "pair", ... */
const char *shim_event_name(enum shim_event_kind kind);
/* A line for people, without an end; what doesn't fit is cut. */
void shim_event_text(const struct shim_event *event, char *out, size_t size);

/* The locators that the host has configured, first by link, then by prefix,
 * then those that came later. */
struct shim_address {
	struct in6_addr addr;
	unsigned link;       /* from 1 */
	unsigned prefix_len; /* bits */
	bool up;             /* address and link are both up */
};

struct shim_host;

/* NULL if memory is short or cfg is out of range. cfg is copied, but for the key. */
struct shim_host *shim_host_new(const struct shim_config *cfg);
void shim_host_free(struct shim_host *host);

/* A packet arrives on a link. Octets that are not for this host or wrong in
 * any way are dropped as the RFC says; never fails. */
void shim_host_input(struct shim_host *host, unsigned link, const void *packet, size_t len);

/* When the host wants to act; USEC_NEVER if it does not by itself. */
usec_t shim_host_deadline(const struct shim_host *host);
/* Time goes on to `now`; everything due happens. Early or twice is harmless. */
void shim_host_advance(struct shim_host *host, usec_t now);
usec_t shim_host_now(const struct shim_host *host);

/* Configured addresses, L1 first; returns their number. */
size_t shim_host_addresses(const struct shim_host *host, struct shim_address *out, size_t max);
bool shim_host_owns(const struct shim_host *host, const struct in6_addr *addr);
/* The same, and it is on its interface now; whether that has carrier doesn't matter. */
bool shim_host_bears(const struct shim_host *host, const struct in6_addr *addr);

/* Events from outside. 0; -ENODEV: no such link; -EADDRNOTAVAIL: not ours.
 * up brings back what went down. An address that is not one of ours yet becomes
 * a locator, to be proven by signature; without a key that is -EINVAL, and
 * -ENOSPC if there are too many. Peers are told by Update Requests, RFC 5533 10. */
int shim_host_address_event(struct shim_host *host, unsigned link, const struct in6_addr *addr,
			    bool up);
int shim_host_link_event(struct shim_host *host, unsigned link, bool up);

/* A context, for those who look at a host. */
struct shim_context_info {
	const char *state, *reap; /* in the words of the RFCs */
	uint64_t ct_local, ct_peer;
	struct in6_addr ulid_local, ulid_peer;
	uint32_t fii;
	struct in6_addr lp_local, lp_peer;
	unsigned peer_locators;
	usec_t used; /* when payload last went either way */
};

/* Of every context, in no order that means anything. */
void shim_host_contexts(const struct shim_host *host,
			void (*fn)(void *ctx, const struct shim_context_info *info), void *ctx);

#endif
