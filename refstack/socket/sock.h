/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a socket is, for the files of this folder alone; everybody else sees
 * socket.h. Addresses here are identifiers (ULIDs) unless a name says locator
 * (RFC 6316 section 10).
 */
#ifndef REFSTACK_SOCK_H
#define REFSTACK_SOCK_H

#include "refstack/core/upper.h"
#include "refstack/socket/socket.h"
#include "refstack/tcp/tcp.h"

#include <netinet/icmp6.h>
#include <string.h>

enum {
	SOCKETS_MAX = 256,            /* per host; far below the number of ephemeral ports */
	LINGERING_MAX = 1024,         /* closed, and not at their end; per host */
	QUEUE_DATAGRAMS_MAX = 256,    /* unread, per socket */
	QUEUE_OCTETS_MAX = 256 * 1024 /* of their payload */
};

struct endpoint {
	struct in6_addr addr; /* :: is any */
	uint16_t port;        /* host order; 0: none yet; of raw sockets the protocol */
};

/* A datagram that waits to be read. */
struct datagram {
	struct datagram *next;
	struct endpoint local, peer;
	struct in6_addr local_locator, peer_locator; /* destination and source of its IP packet */
	size_t len;
	uint8_t payload[];
};

struct sock_kind; /* kind.h */
struct stream;    /* stream.h */

struct sock {
	struct sock_table *table; /* borrowed; it owns this socket */
	const struct sock_kind *kind;
	uint8_t protocol; /* what its packets carry, IPPROTO_UDP, ... */
	struct endpoint local;
	struct endpoint bound; /* what bind() made local; a disconnect goes back to it */
	struct endpoint peer;  /* when connected, or about to be */
	bool connected;
	bool reuse; /* SO_REUSEADDR */

	/* RFC 6316 section 6. These stay whatever happens to the connection and
	 * its context, and have effect only while there are both. */
	bool dontshim;
	bool local_recv, peer_recv;
	struct in6_addr local_send, peer_send; /* ::, none designated */
	struct shim_wishes *wishes;            /* owned; NULL: it has none */
	uint32_t fii;                          /* of its own fork; 0: it has none */

	/* RFC 3542 6 */
	bool recvpktinfo;
	struct in6_pktinfo pktinfo; /* for messages that bring none; all zero: none */

	/* Of raw sockets, RFC 3542 3.1 and 3.2. */
	int checksum_at;                  /* octets from the first of the message; -1: none */
	struct icmp6_filter icmp6_filter; /* all zero lets everything pass */

	struct datagram *first, **last; /* owned; *last is the NULL behind the last one */
	size_t queued, queued_octets;

	struct stream *stream; /* owned; of streams */
};

struct sock_table {
	struct shim_host *host;           /* borrowed */
	struct sock *socket[SOCKETS_MAX]; /* owned; NULL: the number is free */

	/* Without a number, since their application has closed them; owned, the oldest first. */
	unsigned lingering_count;
	struct sock *lingering[LINGERING_MAX];

	bool secret_made;
	uint8_t tcp_secret[TCP_SECRET_LEN]; /* for initial sequence numbers, RFC 6528 */
};

/* All of them, those that linger behind those with a number; some are NULL. */
static inline unsigned sock_count(const struct sock_table *t)
{
	return SOCKETS_MAX + t->lingering_count;
}
static inline struct sock *sock_at(const struct sock_table *t, unsigned i)
{
	return i < SOCKETS_MAX ? t->socket[i] : t->lingering[i - SOCKETS_MAX];
}

/* NULL: no such socket, -EBADF. */
struct sock *sock_of(const struct sock_table *t, int s);

/* The context that the socket is associated with (RFC 6316 6.1): it has to be
 * connected (section 9), and not to have turned the shim down (6.2). Its own fork
 * goes before the default one. NULL if there is none; valid until the host is
 * called again. */
struct shim_context *sock_context(const struct sock *s);

/* Is a message between these identifiers of the pair that the socket is connected by? */
bool sock_is_own_pair(const struct sock *s, const struct in6_addr *local,
		      const struct in6_addr *peer);

/* May this locator be the source of what the socket sends? 0, -ENOENT without
 * a context, -EINVALIDLOCATOR if it is not in the context's list (RFC 6316 6.16). */
int sock_check_local(const struct sock *s, const struct in6_addr *locator);
/* The same when it is asked for: then it has to be on an interface, too (14.1.1). */
int sock_ask_local(const struct sock *s, const struct in6_addr *locator);

/* The same of the destination: also -EUNREACHABLELOCATOR and -EUNVERIFIEDLOCATOR. */
int sock_check_peer(const struct sock *s, const struct in6_addr *locator);
/* The same, and has Probes sent there on either of these, so that it makes sense to try
 * again. RFC 6316 doesn't say who is to verify a locator that nobody needs but the
 * application. */
int sock_ask_peer(const struct sock *s, const struct in6_addr *locator);

/* --- wishes.c: what sockets want of their contexts ------------------------------------- */

/* The upper layer's; ctx is the sock_table. */
bool sock_wishes(void *ctx, const struct in6_addr *local, const struct in6_addr *peer, uint32_t fii,
		 struct shim_wishes *out);
/* Those of the socket, to be changed, or nothing; then, with sock_wish(), they count. What
 * another socket of the same context can't live with goes to a fork, RFC 6316 11.1.
 * -ENOBUFS, and all is as it was. */
struct shim_wishes sock_wishes_of(const struct sock *s);
int sock_wish(struct sock *s, const struct shim_wishes *wishes);
/* The socket has been connected; or won't be any more, to whom it is now. */
void sock_join(struct sock *s);
void sock_leave(struct sock *s);
/* Before a packet: is there a reason for a fork, and none yet? There may be one since a
 * context has ended and another begun, or the peer had no room for it. */
void sock_part(struct sock *s);
/* While it has no fork yet, or none any more: the locators that it would send with there,
 * :: for the context's. */
void sock_wished_pair(const struct sock *s, struct in6_addr *local, struct in6_addr *peer);

/* A destination for this socket out of a sockaddr. -EINVAL: too short, or a port that
 * its kind doesn't have; -EAFNOSUPPORT; -ENETUNREACH: nothing that a unicast packet could
 * reach. */
int sock_destination(struct endpoint *out, const struct sock *s, const struct sockaddr *addr,
		     socklen_t len);

/* A name for the caller, cut to the room in *len; *len becomes its full
 * length, as POSIX has it. -EFAULT, -EINVAL. */
int sock_name_store(const struct endpoint *name, struct sockaddr *addr, socklen_t *len);

/* Gives the socket an ephemeral port if it has none yet. */
void sock_autobind(struct sock *s);

static inline bool addr_equal(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static inline bool addr_any(const struct in6_addr *a)
{
	return IN6_IS_ADDR_UNSPECIFIED(a);
}

#endif
