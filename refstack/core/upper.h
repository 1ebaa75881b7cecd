/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shim as the layer above sees it: identifiers (ULIDs) go in, packets
 * with locators come out, and the other way round. Above this line nobody
 * knows locators but who asks for them by RFC 6316.
 */
#ifndef REFSTACK_UPPER_H
#define REFSTACK_UPPER_H

#include "refstack/core/host.h"

struct shim_context; /* refstack/core/context.h */

/* An upper-layer packet on its way down. */
struct shim_send {
	struct in6_addr local, peer; /* ULIDs */
	uint8_t protocol;            /* IPPROTO_UDP, ... */
	uint8_t hop_limit;           /* 0: the default, 64 */
	bool dontshim;               /* no translation and no new context, RFC 6316 6.2 */
	const struct in6_addr *source_locator; /* pinned, RFC 6316 6.8 and 7.2; borrowed;
	                                        * NULL: the context's */
};

/*
 * Send: through the context of the ULID pair if there is one ESTABLISHED,
 * with a payload extension header when the locators differ from the ULIDs
 * (RFC 5533 4.4), else as it is. upper is the whole upper-layer packet with
 * its checksum over the ULIDs. Counts towards initiate_after unless it is ICMPv6.
 * -EMSGSIZE: larger than the link's MTU; -ENETUNREACH: the source address
 * isn't up; -ENOENT: source_locator without a context.
 */
int shim_send(struct shim_host *host, const struct shim_send *send, const void *upper, size_t len);

/* An upper-layer packet on its way up. All borrowed during the call. */
struct shim_arrival {
	struct in6_addr local, peer;                 /* ULIDs */
	struct in6_addr local_locator, peer_locator; /* destination and source of the IP packet */
	uint8_t protocol;
	uint8_t hop_limit;
	bool shimmed;            /* it came through a context, by its tag */
	const uint8_t *upper;    /* checksum not verified */
	size_t len;
};

/* Who takes UDP (and later TCP, raw); returns true if somebody wanted it,
 * else the host answers with an ICMPv6 port unreachable. One per host. */
typedef bool shim_upper_fn(void *ctx, const struct shim_arrival *arrival);
void shim_set_upper(struct shim_host *host, shim_upper_fn *fn, void *ctx);

/* The ESTABLISHED context of a ULID pair; NULL if there is none. Borrowed,
 * valid until the host is called again. */
const struct shim_context *shim_context_of(const struct shim_host *host,
					   const struct in6_addr *local,
					   const struct in6_addr *peer);

/* Ls(local) of a context: 0, or -EADDRNOTAVAIL if addr is not in it. */
int shim_context_has_local(const struct shim_context *context, const struct in6_addr *addr);

/* RFC 6724 at its smallest: our first address that is up, or, if there is
 * none, -EADDRNOTAVAIL. */
int shim_select_source(const struct shim_host *host, const struct in6_addr *peer,
		       struct in6_addr *out);

/* Random octets from the host's seed (ports, nonces, tags). */
void shim_random(struct shim_host *host, void *out, size_t len);

#endif
