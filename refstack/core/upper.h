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
	const struct in6_addr *peer_locator;   /* the same for the destination, 6.9 */
};

/*
 * Send: through the context of the ULID pair if there is one ESTABLISHED,
 * with a payload extension header when the locators differ from the ULIDs
 * (RFC 5533 4.4), else as it is. upper is the whole upper-layer packet with
 * its checksum over the ULIDs. Counts towards initiate_after unless it is ICMPv6.
 * -EMSGSIZE: larger than shim_mtu(); -ENETUNREACH: the source address
 * isn't up; -ENOENT: a locator or fii without a context; -EHOSTUNREACH: peer_locator
 * isn't SHIM_VERIFIED.
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

enum { SHIM_WISHES_MAX = 32 };

/* Locators as an application prefers them, and in RFC 6316 8.1's own terms: the
 * lowest priority first, of equal ones the largest weight. Those that it says nothing
 * of come last. */
struct shim_wish_list {
	unsigned count;
	bool only; /* others are not used */
	struct shim_wish {
		struct in6_addr addr;
		uint16_t priority, weight;
	} at[SHIM_WISHES_MAX];
};

/* RFC 5534 7; 0 anywhere: as that has it. */
struct shim_pace {
	uint16_t initial_probes;
	uint16_t initial_probe_msec;
	uint16_t send_timeout;       /* seconds */
	uint16_t keepalive_interval; /* seconds */
};

/* What the sockets of a context want of it, RFC 6316 6; all zero is nothing. */
struct shim_wishes {
	bool hold;             /* it doesn't end for want of payload */
	bool hot_standby;
	uint16_t send_timeout; /* seconds; goes before that of pace; 0: none */
	struct shim_pace pace;
	struct shim_wish_list local, peer;
};

/* The layer above. One per host; what is NULL is not called. arrival and error may
 * call the host again, to send or to begin; event and wishes may not: the host is at
 * work then. */
struct shim_upper {
	/* Returns true if somebody wanted it, else the host answers with an ICMPv6 port
	 * unreachable, or of other protocols than UDP with an unrecognized next header.
	 * ICMPv6 is offered, too, its checksum verified, without an answer if nobody wants
	 * it: also requests that the host answers, and the errors that go to `error`, as if
	 * they had never been about anything translated. */
	bool (*arrival)(void *ctx, const struct shim_arrival *arrival);
	void (*error)(void *ctx, const struct shim_upper_error *error);
	/* The context takes another pair of locators: RFC 5534 4.2 wants it told. */
	void (*event)(void *ctx, const struct shim_event *event);
	/* A context has come to stand: what is wanted of it, as with shim_wish(). out
	 * comes zero-filled; false: nothing. */
	bool (*wishes)(void *ctx, const struct in6_addr *local, const struct in6_addr *peer,
		       uint32_t fii, struct shim_wishes *out);
};
/* upper is borrowed; NULL: nobody is there. */
void shim_set_upper(struct shim_host *host, const struct shim_upper *upper, void *ctx);

/* The default context of a ULID pair, if it carries payload; NULL if there is
 * none. Borrowed, valid until the host is called again. */
struct shim_context *shim_context_of(const struct shim_host *host, const struct in6_addr *local,
				     const struct in6_addr *peer);
/* The same of a fork. */
struct shim_context *shim_fork_of(const struct shim_host *host, const struct in6_addr *local,
				  const struct in6_addr *peer, uint32_t fii);

/* Begins a context, whatever the heuristic says; fii: 0, or of a fork (RFC 5533
 * 7.7). 0; -EALREADY: there is one, or a handshake; -EADDRNOTAVAIL: local isn't
 * ours; -ENOBUFS. */
int shim_initiate(struct shim_host *host, const struct in6_addr *local,
		  const struct in6_addr *peer, uint32_t fii);
/* Ends one, whatever its STATE, without a word to the peer (RFC 5533 9); or there is none. */
void shim_end(struct shim_host *host, const struct in6_addr *local, const struct in6_addr *peer,
	      uint32_t fii);

/* Ls(local) of a context: 0, or -EADDRNOTAVAIL if addr is not in it. */
int shim_context_has_local(const struct shim_host *host, const struct shim_context *context,
			   const struct in6_addr *addr);

/* What is known of a locator of the peer's. */
enum shim_reach {
	SHIM_UNKNOWN,     /* it isn't one, or isn't proven to be */
	SHIM_UNVERIFIED,  /* nobody has looked whether the peer is there, and so it gets no
	                   * payload, RFC 5533 7.2. The ULID never is this. */
	SHIM_VERIFIED,    /* it has answered there, or is where we send */
	SHIM_UNREACHABLE, /* Probes were not answered */
};
enum shim_reach shim_context_reach(const struct shim_context *context,
				   const struct in6_addr *locator);
/* Looks by Probes; what comes of it shows in shim_context_reach(). One locator after the other. */
void shim_verify(struct shim_host *host, struct shim_context *context,
		 const struct in6_addr *locator);

/* Ls(local), or Ls(peer) with the ULID in it; returns how many there are. */
struct shim_listed {
	struct in6_addr addr;
	unsigned link;            /* from 1; the peer's: 0 */
	bool hba, cga;            /* by which it is proven; neither: the ULID, if only by itself */
	uint8_t priority, weight; /* as the peer has told, RFC 5533 5.15.3; of ours 0 */
};
size_t shim_context_locals(const struct shim_host *host, const struct shim_context *context,
			   struct shim_listed *out, size_t max);
size_t shim_context_peers(const struct shim_context *context, struct shim_listed *out, size_t max);
/* Where it sends from and to. */
const struct in6_addr *shim_context_lp_local(const struct shim_context *context);
const struct in6_addr *shim_context_lp_peer(const struct shim_context *context);

/* Wishes in the place of those that there were; NULL or all zero: none any more. Takes the
 * context to what is preferred, tells the peer what it has to know, and changes the
 * timers that run. -ENOBUFS, and all is as it was. */
int shim_wish(struct shim_host *host, struct shim_context *context,
	      const struct shim_wishes *wishes);
/* NULL: none; borrowed. */
const struct shim_wishes *shim_context_wishes(const struct shim_context *context);
/* What is the case, wishes or not. */
struct shim_pace shim_context_pace(const struct shim_host *host,
				   const struct shim_context *context);

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
