/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ancillary data, RFC 6316 section 7. shim_cmsgs is Table 2 of that document.
 * Objects have the layout of RFC 3542 section 20. The control buffer is the
 * caller's and need not be aligned, so headers are copied rather than pointed to.
 */
#include "refstack/socket/ancillary.h"

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
		rc = sock_check_local(s, &locator);
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
	 * datagram to somebody else isn't of that pair, even if a context exists. */
	if (!s->connected || !addr_equal(&to->addr, &s->peer.addr))
		return -EOPNOTSUPP;
	if (!sock_context(s))
		return -ENOENT;
	return c->take(out, s, data, len);
}

int ancillary_take(struct ancillary *out, const struct sock *s, const struct endpoint *to,
		   const struct msghdr *msg)
{
	const uint8_t *control = msg->msg_control;
	size_t left = msg->msg_controllen;
	struct ancillary taken = { .source_locator = in6addr_any };
	struct cmsghdr h;

	if (left > 0 && !control)
		return -EFAULT;
	while (left >= sizeof(h)) {
		int rc = 0;

		memcpy(&h, control, sizeof(h));
		if (h.cmsg_len < CMSG_LEN(0) || h.cmsg_len > left)
			return -EINVAL;
		if (h.cmsg_level == SOL_SHIM)
			rc = take(&taken, s, to, h.cmsg_type, control + CMSG_LEN(0),
				  h.cmsg_len - CMSG_LEN(0));
		if (rc < 0)
			return rc;
		if (CMSG_ALIGN(h.cmsg_len) >= left)
			break;
		control += CMSG_ALIGN(h.cmsg_len);
		left -= CMSG_ALIGN(h.cmsg_len);
	}
	*out = taken;
	return 0;
}

/* One locator behind the `used` octets that are there; returns how many are
 * there now. As on Linux, the last object may lack its padding. */
static size_t put(const struct msghdr *msg, size_t used, int type, const struct in6_addr *locator)
{
	const struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_addr = *locator };
	const struct cmsghdr h = {
		.cmsg_len = CMSG_LEN(sizeof(sin6)),
		.cmsg_level = SOL_SHIM,
		.cmsg_type = type,
	};
	uint8_t object[CMSG_SPACE(sizeof(sin6))] = { 0 };
	size_t room = msg->msg_controllen - used;
	size_t len = room < sizeof(object) ? room : sizeof(object);

	memcpy(object, &h, sizeof(h));
	memcpy(object + CMSG_LEN(0), &sin6, sizeof(sin6));
	memcpy((uint8_t *)msg->msg_control + used, object, len);
	return used + len;
}

void ancillary_give(const struct sock *s, const struct datagram *d, struct msghdr *msg)
{
	size_t room = msg->msg_control ? msg->msg_controllen : 0;
	size_t used = 0;

	/* Without a connection the settings rest, see struct sock. */
	for (const struct shim_cmsg *c = shim_cmsgs; c->text && s->connected; c++) {
		struct in6_addr locator = in6addr_any;

		if (!c->give || !c->give(&locator, s, d))
			continue;
		if (room - used >= CMSG_LEN(sizeof(struct sockaddr_in6)))
			used = put(msg, used, c->type, &locator);
		else
			msg->msg_flags |= MSG_CTRUNC;
	}
	msg->msg_controllen = used;
}
