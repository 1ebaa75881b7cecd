/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ancillary data, RFC 6316 section 7. shim_cmsgs is Table 2 of that document. Beside it
 * there is IPV6_PKTINFO, which has to be known first: a source makes another pair.
 * Objects have the layout of RFC 3542 section 20. The control buffer is the
 * caller's and need not be aligned, so headers are copied rather than pointed to.
 */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/kind.h"

#include <errno.h>

/* 7.2. Table 2, note 1: one sockaddr_in or sockaddr_in6, here of a locator. Its port
 * says nothing. No zero-filled one is a reset, as nothing lasts. */
static int take_locator(struct in6_addr *out, const void *data, size_t len)
{
	struct sockaddr_in6 sin6;
	sa_family_t family;

	if (len < sizeof(family))
		return -EINVAL;
	memcpy(&family, data, sizeof(family));
	if (family == AF_INET && len == sizeof(struct sockaddr_in))
		return -EINVALIDLOCATOR; /* no IPv4 locators in Shim6, section 3 */
	if (family != AF_INET6 || len != sizeof(sin6))
		return -EINVAL;
	memcpy(&sin6, data, sizeof(sin6));
	*out = sin6.sin6_addr;
	return 0;
}

static int take_local_send(struct ancillary *out, const struct sock *s, const void *data,
			   size_t len)
{
	struct in6_addr locator;
	int rc = take_locator(&locator, data, len);

	if (rc == 0)
		rc = sock_ask_local(s, &locator);
	if (rc == 0)
		out->source_locator = locator;
	return rc;
}

static int take_peer_send(struct ancillary *out, const struct sock *s, const void *data, size_t len)
{
	struct in6_addr locator;
	int rc = take_locator(&locator, data, len);

	if (rc == 0)
		rc = sock_ask_peer(s, &locator);
	if (rc == 0)
		out->peer_locator = locator;
	return rc;
}

/* 7.3 and 8.3. fb_reserved is ignored. */
static int take_feedback(struct ancillary *out, const struct sock *s, const void *data, size_t len)
{
	struct shim_feedback feedback;

	(void)s;
	if (len != sizeof(feedback))
		return -EINVAL;
	memcpy(&feedback, data, sizeof(feedback));
	if (feedback.fb_direction > 1 || feedback.fb_indicator >= FEEDBACK_INDICATORS)
		return -EINVAL;
	out->feedback = feedback;
	return 0;
}

/* 7.1: without a context the locators are zero; and so are those of a datagram
 * from before, of another pair than the socket's of today. */
static bool of_context(const struct sock *s, const struct datagram *d)
{
	return sock_context(s) && addr_equal(&d->local.addr, &s->local.addr) &&
	       addr_equal(&d->peer.addr, &s->peer.addr);
}

static bool give_local_recv(struct in6_addr *out, const struct sock *s, const struct datagram *d)
{
	if (s->local_recv && of_context(s, d))
		*out = d->local_locator;
	return s->local_recv;
}

static bool give_peer_recv(struct in6_addr *out, const struct sock *s, const struct datagram *d)
{
	if (s->peer_recv && of_context(s, d))
		*out = d->peer_locator;
	return s->peer_recv;
}

#define NAMED(x) SHIM_##x, "SHIM_" #x
#define SENDMSG  SHIM_SENDMSG
#define RECVMSG  SHIM_RECVMSG

/* clang-format off */
const struct shim_cmsg shim_cmsgs[] = { /* RFC 6316 Table 2 */
	/* cmsg_type */
	{ NAMED(LOC_LOCAL_RECV), RECVMSG, NULL, give_local_recv },
	{ NAMED(LOC_PEER_RECV),  RECVMSG, NULL, give_peer_recv },
	{ NAMED(LOC_LOCAL_SEND), SENDMSG, take_local_send, NULL },
	{ NAMED(LOC_PEER_SEND),  SENDMSG, take_peer_send, NULL },
	{ NAMED(FEEDBACK),       SENDMSG, take_feedback, NULL },
	{ .text = NULL },
};
/* clang-format on */

static const struct shim_cmsg *cmsg_of(int type)
{
	for (const struct shim_cmsg *c = shim_cmsgs; c->text; c++)
		if (c->type == type)
			return c;
	return NULL;
}

/* --- what sendmsg() takes ------------------------------------------------------------------ */

struct walk {
	const uint8_t *at;
	size_t left;
};

/* The next object: 1; there is none: 0; or -EINVAL. */
static int next_object(struct walk *w, struct cmsghdr *h, const uint8_t **data)
{
	size_t step;

	if (w->left < sizeof(*h))
		return 0;
	memcpy(h, w->at, sizeof(*h));
	if (h->cmsg_len < CMSG_LEN(0) || h->cmsg_len > w->left)
		return -EINVAL;
	*data = w->at + CMSG_LEN(0);
	step = CMSG_ALIGN(h->cmsg_len);
	step = step < w->left ? step : w->left; /* the last one may lack its padding */
	w->at += step;
	w->left -= step;
	return 1;
}

static int take_source(struct in6_addr *out, const struct sock *s, struct walk w)
{
	struct in6_pktinfo info = s->pktinfo;
	const uint8_t *data;
	struct cmsghdr h;
	int rc;

	while ((rc = next_object(&w, &h, &data)) > 0) {
		if (h.cmsg_level != IPPROTO_IPV6 || h.cmsg_type != IPV6_PKTINFO)
			continue;
		if (h.cmsg_len < CMSG_LEN(sizeof(info)))
			return -EINVAL;
		memcpy(&info, data, sizeof(info));
	}
	return rc < 0 ? rc : pktinfo_source(out, s, &info, &s->local.addr);
}

/* One object of level SOL_SHIM. */
static int take(struct ancillary *out, const struct sock *s, const struct endpoint *to, int type,
		const void *data, size_t len)
{
	const struct shim_cmsg *c = cmsg_of(type);

	if (!c || c->place != SHIM_SENDMSG)
		return -EINVAL;
	if (!shim_cmsg_built(c))
		return -ENOPROTOOPT;
	/* 7.4. A context belongs to the pair of a connected socket (section 9); a
	 * datagram to or from somebody else isn't of that pair, even if a context exists. */
	if (!sock_is_own_pair(s, &out->source, &to->addr))
		return -EOPNOTSUPP;
	if (!sock_context(s))
		return -ENOENT;
	return c->take(out, s, data, len);
}

int ancillary_take(struct ancillary *out, const struct sock *s, const struct endpoint *to,
		   const struct msghdr *msg)
{
	struct walk w = { .at = msg->msg_control, .left = msg->msg_controllen };
	struct ancillary taken = { .source_locator = in6addr_any };
	const uint8_t *data;
	struct cmsghdr h;
	int rc;

	if (w.left > 0 && !w.at)
		return -EFAULT;
	rc = take_source(&taken.source, s, w);
	if (rc < 0)
		return rc;
	while ((rc = next_object(&w, &h, &data)) > 0) {
		if (h.cmsg_level != SOL_SHIM)
			continue;
		rc = take(&taken, s, to, h.cmsg_type, data, h.cmsg_len - CMSG_LEN(0));
		if (rc < 0)
			return rc;
	}
	if (rc == 0)
		*out = taken;
	return rc;
}

/* --- what recvmsg() gives -------------------------------------------------------------------- */

struct control {
	uint8_t *octets;
	size_t room, used;
	bool cut; /* something found no room */
};

/* One object, whole or not at all. As on Linux, the last one may lack its padding. */
static void put(struct control *c, int level, int type, const void *data, size_t data_len)
{
	const struct cmsghdr h = {
		.cmsg_len = CMSG_LEN(data_len),
		.cmsg_level = level,
		.cmsg_type = type,
	};
	uint8_t object[CMSG_SPACE(sizeof(struct sockaddr_in6))] = { 0 };
	size_t len = CMSG_SPACE(data_len);

	if (c->room - c->used < CMSG_LEN(data_len)) {
		c->cut = true;
		return;
	}
	memcpy(object, &h, sizeof(h));
	memcpy(object + CMSG_LEN(0), data, data_len);
	len = len < c->room - c->used ? len : c->room - c->used;
	memcpy(c->octets + c->used, object, len);
	c->used += len;
}

void ancillary_give(const struct sock *s, const struct datagram *d, struct msghdr *msg)
{
	struct control out = { msg->msg_control, msg->msg_control ? msg->msg_controllen : 0, 0, 0 };

	/* RFC 3542 4.1 leaves open what it could mean of a stream. */
	if (s->recvpktinfo && s->kind->type != SOCK_STREAM) {
		struct in6_pktinfo info = pktinfo_of(s, d);

		put(&out, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	}
	/* Without a connection the settings rest, see struct sock. */
	for (const struct shim_cmsg *c = shim_cmsgs; c->text && s->connected; c++) {
		struct sockaddr_in6 name = { .sin6_family = AF_INET6 };

		if (c->give && c->give(&name.sin6_addr, s, d))
			put(&out, SOL_SHIM, c->type, &name, sizeof(name));
	}
	if (out.cut)
		msg->msg_flags |= MSG_CTRUNC;
	msg->msg_controllen = out.used;
}
