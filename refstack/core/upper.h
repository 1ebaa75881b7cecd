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
	uint32_t fii;                /* of a forked context, RFC 5533 6; 0: the default one */
	const struct in6_addr *source_locator; /* pinned, RFC 6316 6.8 and 7.2; borrowed;
	                                        * NULL: the context's */
};

/*
 * Send: through the context of the ULID pair if there is one ESTABLISHED,
 * with a payload extension header when the locators differ from the ULIDs
 * (RFC 5533 4.4), else as it is. upper is the whole upper-layer packet with
 * its checksum over the ULIDs. Counts towards initiate_after unless it is ICMPv6.
 * -EMSGSIZE: larger than shim_mtu(); -ENETUNREACH: the source address
 * isn't up; -ENOENT: source_locator or fii without a context.
 */
int shim_send(struct shim_host *host, const struct shim_send *send, const void *upper, size_t len);

/* Octets of an upper-layer packet that a ULID pair takes now: the link's MTU, or
 * the path's, less the IPv6 header and, with a context, which may have to add
 * it any time, the payload extension header (RFC 5533 4.6). 0: nothing can be sent. */
size_t shim_mtu(const struct shim_host *host, const struct in6_addr *local,
		const struct in6_addr *peer);

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

/* An ICMPv6 error about an upper-layer packet of ours, RFC 5533 8: as if it had
 * never been translated. All borrowed during the call. */
struct shim_upper_error {
	struct in6_addr local, peer; /* ULIDs */
	uint8_t type, code;
	uint32_t word;       /* what RFC 4443 3 has in octets 4 to 7; an MTU is 8 less
	                      * when the packet had a payload extension header */
	uint8_t protocol;
	const uint8_t *upper; /* what is quoted of the packet, from its upper-layer header */
	size_t len;
};

/* The layer above. One per host; what is NULL is not called. arrival and error may
 * call the host again, to send or to begin; event may not: the host is at work then. */
struct shim_upper {
	/* Who takes UDP (and later TCP, raw); returns true if somebody wanted
	 * it, else the host answers with an ICMPv6 port unreachable. ICMPv6 that
	 * the host has no use for, such as echo replies, is offered, too, its
	 * checksum verified; without an answer if nobody wants it. */
	bool (*arrival)(void *ctx, const struct shim_arrival *arrival);
	void (*error)(void *ctx, const struct shim_upper_error *error);
	/* The context takes another pair of locators: RFC 5534 4.2 wants it told. */
	void (*event)(void *ctx, const struct shim_event *event);
};
/* upper is borrowed; NULL: nobody is there. */
void shim_set_upper(struct shim_host *host, const struct shim_upper *upper, void *ctx);

/* The default context of a ULID pair, if it carries payload; NULL if there is
 * none. Borrowed, valid until the host is called again. */
struct shim_context *shim_context_of(const struct shim_host *host, const struct in6_addr *local,
				     const struct in6_addr *peer);

/* Begins a context, whatever the heuristic says; fii: 0, or of a fork (RFC 5533
 * 7.7). 0; -EALREADY: there is one, or a handshake; -EADDRNOTAVAIL: local isn't
 * ours; -ENOBUFS. */
int shim_initiate(struct shim_host *host, const struct in6_addr *local,
		  const struct in6_addr *peer, uint32_t fii);

/* Ls(local) of a context: 0, or -EADDRNOTAVAIL if addr is not in it. */
int shim_context_has_local(const struct shim_host *host, const struct shim_context *context,
			   const struct in6_addr *addr);

/* What the layer above knows of the path, RFC 5534 4.1 and 4.2: packets arrive, or
 * they don't. The latter begins an exploration; nothing is believed without Probes. */
void shim_feedback(struct shim_host *host, struct shim_context *context, bool good);
/* Keep another pair of locators proven, to go to first. */
void shim_hot_standby(struct shim_host *host, struct shim_context *context, bool on);

/* RFC 6724 at its smallest: our first address that is up, or, if there is
 * none, -EADDRNOTAVAIL. */
int shim_select_source(const struct shim_host *host, const struct in6_addr *peer,
		       struct in6_addr *out);

/* Random octets from the host's seed (ports, nonces, tags). */
void shim_random(struct shim_host *host, void *out, size_t len);

#endif
