/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that are one packet each: from the caller's octets to the shim, and from
 * the queue to the caller's. Nothing ever blocks. There is no fragmentation: what does
 * not fit the link is -EMSGSIZE.
 */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/iov.h"
#include "refstack/socket/kind.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

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
	way_choose(&send, s, &ancillary);
	way_feed_back(s, &ancillary.feedback);
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
