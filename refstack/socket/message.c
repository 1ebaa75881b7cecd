/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that are one packet each: from the caller's octets to the shim, and from
 * the queue to the caller's. Nothing ever blocks. There is no fragmentation: what does
 * not fit the link is -EMSGSIZE.
 */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/kind.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>

enum { UPPER_MAX = 65535 }; /* what Payload Length can say, RFC 8200 3 */

/* --- the caller's octets ---------------------------------------------------------------- */

/* The octets that the vectors of a message hold together. */
static ssize_t iov_octets(const struct msghdr *msg)
{
	size_t sum = 0;

	if (msg->msg_iovlen > IOV_MAX)
		return -EMSGSIZE;
	if (msg->msg_iovlen > 0 && !msg->msg_iov)
		return -EFAULT;
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		const struct iovec *v = &msg->msg_iov[i];

		if (v->iov_len > 0 && !v->iov_base)
			return -EFAULT;
		if (v->iov_len > SSIZE_MAX - sum)
			return -EINVAL;
		sum += v->iov_len;
	}
	return (ssize_t)sum;
}

static size_t iov_scatter(const struct msghdr *msg, const uint8_t *from, size_t len)
{
	size_t done = 0;

	for (size_t i = 0; i < msg->msg_iovlen && done < len; i++) {
		const struct iovec *v = &msg->msg_iov[i];
		size_t n = v->iov_len < len - done ? v->iov_len : len - done;

		if (n > 0)
			memcpy(v->iov_base, from + done, n);
		done += n;
	}
	return done;
}

static void iov_gather(const struct msghdr *msg, uint8_t *to)
{
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		const struct iovec *v = &msg->msg_iov[i];

		if (v->iov_len > 0)
			memcpy(to, v->iov_base, v->iov_len);
		to += v->iov_len;
	}
}

/* --- out ------------------------------------------------------------------------------------ */

static int destination(struct endpoint *out, const struct sock *s, const struct msghdr *msg)
{
	if (msg->msg_name && msg->msg_namelen)
		return sock_destination(out, s, msg->msg_name, msg->msg_namelen);
	if (!s->connected)
		return -EDESTADDRREQ;
	*out = s->peer;
	return 0;
}

/*
 * The designated locators, over what is preferred (RFC 6316 11.1): this message's
 * (7.2), or else the socket's (6.8 and 6.9) for its own peer, as long as the context
 * knows them and the peer is there.
 */
static void designate(const struct sock *s, struct ancillary *a)
{
	struct in6_addr local = in6addr_any, peer = in6addr_any;
	int rc;

	if (s->fii)
		sock_wished_pair(s, &local, &peer);
	if (!addr_any(&s->local_send) && sock_check_local(s, &s->local_send) == 0)
		local = s->local_send;
	if (!addr_any(&s->peer_send)) {
		rc = sock_check_peer(s, &s->peer_send);
		if (rc == 0)
			peer = s->peer_send;
		else if (rc == -EUNVERIFIEDLOCATOR) /* not any more */
			sock_ask_peer(s, &s->peer_send);
	}
	if (addr_any(&a->source_locator))
		a->source_locator = local;
	if (addr_any(&a->peer_locator))
		a->peer_locator = peer;
}

/* RFC 6316 7.3 and 8.3. Unable to connect and unsatisfactory are both news of a failure
 * to REAP, and of either direction it can do the same. */
static void feed_back(const struct sock *s, const struct shim_feedback *feedback)
{
	struct shim_context *context;

	if (feedback->fb_indicator == FEEDBACK_NONE)
		return;
	context = sock_context(s);
	if (context)
		shim_feedback(s->table->host, context,
			      feedback->fb_indicator == FEEDBACK_SATISFACTORY);
}

/* Which way the message goes: with the socket's fork, from and to where it is said. */
static void choose_way(struct shim_send *send, struct sock *s, struct ancillary *a)
{
	bool own = sock_is_own_pair(s, &send->local, &send->peer);

	if (s->connected && s->wishes)
		sock_part(s);
	if (own)
		designate(s, a);
	if (own && s->fii && shim_fork_of(s->table->host, &send->local, &send->peer, s->fii))
		send->fii = s->fii;
	if (!addr_any(&a->source_locator))
		send->source_locator = &a->source_locator;
	if (!addr_any(&a->peer_locator))
		send->peer_locator = &a->peer_locator;
}

/* Header, payload and checksum of a message that holds `payload` octets, sent. */
static int output(const struct sock *s, const struct shim_send *send, const struct endpoint *to,
		  const struct msghdr *msg, size_t payload)
{
	const struct sock_kind *kind = s->kind;
	size_t len = kind->header_len + payload;
	uint8_t *upper = malloc(len ? len : 1);
	int rc;

	if (!upper)
		return -ENOBUFS;
	iov_gather(msg, upper + kind->header_len);
	rc = kind->seal(s, send, to, upper, len);
	if (rc == 0)
		rc = shim_send(s->table->host, send, upper, len);
	free(upper);
	return rc;
}

ssize_t message_sendmsg(struct sock *s, const struct msghdr *msg, int flags)
{
	struct shim_send send = { .protocol = s->protocol, .dontshim = s->dontshim };
	struct ancillary ancillary;
	struct endpoint to;
	ssize_t payload;
	int rc;

	if (flags & (MSG_OOB | MSG_MORE)) /* those would need more than packets, or a cork */
		return -EOPNOTSUPP;
	payload = iov_octets(msg);
	if (payload < 0)
		return payload;
	if ((size_t)payload > UPPER_MAX - s->kind->header_len)
		return -EMSGSIZE;
	rc = destination(&to, s, msg);
	if (rc == 0)
		rc = ancillary_take(&ancillary, s, &to, msg);
	if (rc < 0)
		return rc;
	send.local = ancillary.source;
	if (addr_any(&send.local))
		rc = shim_select_source(s->table->host, &to.addr, &send.local);
	if (rc < 0)
		return rc;
	sock_autobind(s);
	send.peer = to.addr;
	choose_way(&send, s, &ancillary);
	feed_back(s, &ancillary.feedback);
	rc = output(s, &send, &to, msg, (size_t)payload);
	return rc < 0 ? rc : payload;
}

ssize_t sock_sendmsg(struct sock_table *t, int s, const struct msghdr *msg, int flags)
{
	struct sock *sock = sock_of(t, s);

	if (!sock)
		return -EBADF;
	return msg ? sock->kind->sendmsg(sock, msg, flags) : -EFAULT;
}

ssize_t sock_sendto(struct sock_table *t, int s, const void *data, size_t len, int flags,
		    const struct sockaddr *addr, socklen_t addr_len)
{
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	const struct msghdr msg = {
		.msg_name = (void *)addr,
		.msg_namelen = addr_len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	return sock_sendmsg(t, s, &msg, flags);
}

ssize_t sock_send(struct sock_table *t, int s, const void *data, size_t len, int flags)
{
	return sock_sendto(t, s, data, len, flags, NULL, 0);
}

/* --- the queue ------------------------------------------------------------------------------ */

void message_queue(struct sock *s, const struct datagram *like, const uint8_t *payload)
{
	struct datagram *d;

	if (s->queued >= QUEUE_DATAGRAMS_MAX || like->len > QUEUE_OCTETS_MAX - s->queued_octets)
		return;
	d = malloc(sizeof(*d) + like->len);
	if (!d)
		return;
	*d = *like;
	memcpy(d->payload, payload, d->len);
	*s->last = d;
	s->last = &d->next;
	s->queued++;
	s->queued_octets += d->len;
}

static void dequeue(struct sock *s)
{
	struct datagram *d = s->first;

	s->first = d->next;
	if (!s->first)
		s->last = &s->first;
	s->queued--;
	s->queued_octets -= d->len;
	free(d);
}

void message_close(struct sock *s)
{
	while (s->first)
		dequeue(s);
}

/* It can always be written to; an error is never pending, since ICMPv6 errors are not
 * brought to sockets. */
int message_poll(const struct sock *s)
{
	int ready = POLLOUT | POLLWRNORM;

	if (s->first)
		ready |= POLLIN | POLLRDNORM;
	return ready;
}

/* --- in ------------------------------------------------------------------------------------- */

ssize_t message_recvmsg(struct sock *s, struct msghdr *msg, int flags)
{
	const struct datagram *d;
	ssize_t room, copied;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	room = iov_octets(msg);
	if (room < 0)
		return room;
	if ((int)msg->msg_namelen < 0)
		return -EINVAL;
	d = s->first;
	if (!d || flags & MSG_ERRQUEUE) /* no errors are queued */
		return -EAGAIN;
	copied = (ssize_t)iov_scatter(msg, d->payload, d->len);
	msg->msg_flags = d->len > (size_t)room ? MSG_TRUNC : 0;
	if (msg->msg_name)
		sock_name_store(&d->peer, msg->msg_name, &msg->msg_namelen);
	ancillary_give(s, d, msg);
	if (flags & MSG_TRUNC)
		copied = (ssize_t)d->len;
	if (!(flags & MSG_PEEK))
		dequeue(s);
	return copied;
}

ssize_t sock_recvmsg(struct sock_table *t, int s, struct msghdr *msg, int flags)
{
	struct sock *sock = sock_of(t, s);

	if (!sock)
		return -EBADF;
	return msg ? sock->kind->recvmsg(sock, msg, flags) : -EFAULT;
}

ssize_t sock_recv(struct sock_table *t, int s, void *data, size_t len, int flags)
{
	struct iovec iov = { .iov_base = data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sock_recvmsg(t, s, &msg, flags);
}
