/* SPDX-License-Identifier: BSD-2-Clause */
/* The ancillary data that sendmsg() takes and recvmsg() gives: RFC 6316 section 7, and
 * IPV6_PKTINFO of RFC 3542 6. */
#ifndef REFSTACK_ANCILLARY_H
#define REFSTACK_ANCILLARY_H

#include "refstack/include/shim.h"
#include "refstack/socket/sock.h"

/* What a sendmsg() wants for its one datagram. */
struct ancillary {
	struct in6_addr source;                       /* identifier; :: for any */
	struct in6_addr source_locator, peer_locator; /* :: if it wants none */
	struct shim_feedback feedback;                /* all zero: none */
};

/* RFC 6316 8.3, fb_indicator */
enum {
	FEEDBACK_NONE,
	FEEDBACK_UNABLE,
	FEEDBACK_UNSATISFACTORY,
	FEEDBACK_SATISFACTORY,
	FEEDBACK_INDICATORS,
};

enum { SHIM_SENDMSG = 1, SHIM_RECVMSG = 2 };

struct shim_cmsg {
	int type;
	const char *text;
	unsigned place; /* SHIM_SENDMSG or SHIM_RECVMSG */

	/* One of them, as place says; neither: not built, -ENOPROTOOPT. */
	int (*take)(struct ancillary *out, const struct sock *s, const void *data, size_t len);
	/* Does the socket want one with this datagram? If so, the locator; the
	 * caller has made it zero. */
	bool (*give)(struct in6_addr *out, const struct sock *s, const struct datagram *d);
};

extern const struct shim_cmsg shim_cmsgs[]; /* ends where text is NULL */

static inline bool shim_cmsg_built(const struct shim_cmsg *c)
{
	return c->take || c->give;
}

/*
 * The control data of a message to `to`; without any, what the socket has of itself.
 * Objects of other levels and types than these are passed over. Of two of the same
 * type the last one counts. -EFAULT; -EINVAL: malformed, or a type that has no
 * business in sendmsg(); -ENOPROTOOPT: not built; -EOPNOTSUPP: the socket is not
 * connected, or not to `to`, or not from the source; -ENOENT: no context;
 * -EINVALIDLOCATOR, -EUNVERIFIEDLOCATOR, -EUNREACHABLELOCATOR; and those of
 * pktinfo_source().
 */
int ancillary_take(struct ancillary *out, const struct sock *s, const struct endpoint *to,
		   const struct msghdr *msg);

/* The objects that the socket has asked for, for a datagram on its way to the
 * caller. Sets msg_controllen, and MSG_CTRUNC if one found no room; objects
 * are written whole or not at all. */
void ancillary_give(const struct sock *s, const struct datagram *d, struct msghdr *msg);

/* --- way.c --------------------------------------------------------------------------------- */

/* What a packet needs besides its identifiers, which are there: the socket's fork, and the
 * locators that it, or this one message, wants. a becomes what is used, and is borrowed. */
void way_choose(struct shim_send *send, struct sock *s, struct ancillary *a);
/* What the application knows of the path, RFC 6316 7.3 and 8.3. */
void way_feed_back(const struct sock *s, const struct shim_feedback *feedback);

/* --- pktinfo.c ---------------------------------------------------------------------------- */

/* 0; -ENXIO: no such link; -EADDRNOTAVAIL: the address isn't ours, or isn't there. */
int pktinfo_check(const struct sock *s, const struct in6_pktinfo *info);
/* The source identifier that it names for a socket whose own is that, or ::; it comes out
 * as :: if any will do. As pktinfo_check(); -EADDRNOTAVAIL also: its own isn't there. */
int pktinfo_source(struct in6_addr *out, const struct sock *s, const struct in6_pktinfo *info,
		   const struct in6_addr *own);
/* Where a datagram was sent to. */
struct in6_pktinfo pktinfo_of(const struct sock *s, const struct datagram *d);

#endif
