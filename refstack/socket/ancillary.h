/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 section 7: the ancillary data that sendmsg() takes and recvmsg() gives. */
#ifndef REFSTACK_ANCILLARY_H
#define REFSTACK_ANCILLARY_H

#include "refstack/include/shim.h"
#include "refstack/socket/sock.h"

/* What a sendmsg() wants for its one datagram. */
struct ancillary {
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
 * The control data of a message to `to`. Objects of other levels than
 * SOL_SHIM are passed over. Of two of the same type the last one counts.
 * -EFAULT; -EINVAL: malformed, or a type that has no business in sendmsg();
 * -ENOPROTOOPT: not built; -EOPNOTSUPP: the socket is not connected, or not to
 * `to`; -ENOENT: no context; -EINVALIDLOCATOR, -EUNVERIFIEDLOCATOR, -EUNREACHABLELOCATOR.
 */
int ancillary_take(struct ancillary *out, const struct sock *s, const struct endpoint *to,
		   const struct msghdr *msg);

/* The objects that the socket has asked for, for a datagram on its way to the
 * caller. Sets msg_controllen, and MSG_CTRUNC if one found no room; objects
 * are written whole or not at all. */
void ancillary_give(const struct sock *s, const struct datagram *d, struct msghdr *msg);

#endif
