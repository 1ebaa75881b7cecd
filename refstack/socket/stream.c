/* SPDX-License-Identifier: BSD-2-Clause */
/* The application's calls to a TCP socket. Where POSIX leaves a choice, the behaviour is
 * that of Linux. */
#include "refstack/socket/stream.h"
#include "refstack/socket/ancillary.h"
#include "refstack/socket/iov.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

static int stream_open(struct sock *s, int protocol)
{
	if (protocol != 0 && protocol != IPPROTO_TCP)
		return -EPROTONOSUPPORT;
	s->stream = calloc(1, sizeof(*s->stream));
	if (!s->stream)
		return -ENOBUFS;
	s->protocol = IPPROTO_TCP;
	return 0;
}

bool stream_listens(const struct sock *s)
{
	return s->stream && s->stream->listening;
}

void stream_set_nodelay(struct sock *s, bool on)
{
	s->stream->nodelay = on;
	if (!s->stream->conn)
		return;
	tcp_set_nodelay(s->stream->conn, on);
	stream_follow(s, NULL); /* what has waited goes */
}

/* --- to and from a peer ------------------------------------------------------------------- */

/* After a connection that is over there can be another, once its error is told. */
static int may_connect(const struct stream *st)
{
	if (st->listening)
		return -EISCONN;
	if (!st->conn)
		return 0;
	switch (tcp_state(st->conn)) {
	case TCPS_CLOSED:
		return tcp_take_error(st->conn);
	case TCPS_SYN_SENT:
	case TCPS_SYN_RECEIVED:
		return -EALREADY;
	case TCPS_ESTABLISHED:
	case TCPS_FIN_WAIT_1:
	case TCPS_FIN_WAIT_2:
	case TCPS_CLOSE_WAIT:
	case TCPS_CLOSING:
	case TCPS_LAST_ACK:
	case TCPS_TIME_WAIT:
		break;
	}
	return -EISCONN;
}

static int stream_connect(struct sock *s, const struct endpoint *peer)
{
	struct tcp_pair pair = { .peer = peer->addr, .peer_port = peer->port };
	struct stream *st = s->stream;
	struct tcp_conn *conn;
	struct sock *other;
	int rc = may_connect(st);

	if (rc == 0)
		rc = sock_source(&pair.local, s, peer);
	if (rc < 0)
		return rc;
	sock_autobind(s);
	pair.local_port = s->local.port;
	if (stream_find(s->table, &pair, &other))
		return -EADDRINUSE; /* it may be in TIME-WAIT, and nobody's any more */
	conn = tcp_connect(&pair, stream_iss(s->table, &pair));
	if (!conn)
		return -ENOBUFS;
	tcp_free(st->conn);
	st->conn = conn;
	tcp_set_nodelay(conn, st->nodelay);
	s->local.addr = pair.local;
	s->peer = *peer;
	stream_follow(s, NULL);
	return -EINPROGRESS;
}

static void stream_disconnect(struct sock *s)
{
	struct stream *st = s->stream;

	stream_unlisten(s);
	if (!st->conn)
		return;
	tcp_abort(st->conn);
	stream_follow(s, NULL);
	tcp_free(st->conn);
	st->conn = NULL;
}

static int stream_shutdown(struct sock *s, int how)
{
	int rc = s->stream->conn ? tcp_shutdown(s->stream->conn, how) : -ENOTCONN;

	if (rc == 0)
		stream_follow(s, NULL);
	return rc;
}

/* --- octets -------------------------------------------------------------------------------- */

/* As many as there is room for. */
static ssize_t put(struct tcp_conn *conn, const struct msghdr *msg)
{
	ssize_t done = tcp_send(conn, "", 0), n; /* may it send at all? */

	for (size_t i = 0; i < msg->msg_iovlen && done >= 0; i++) {
		const struct iovec *v = &msg->msg_iov[i];

		if (v->iov_len == 0)
			continue;
		n = tcp_send(conn, v->iov_base, v->iov_len);
		if (n < 0)
			return done > 0 ? done : n;
		done += n;
		if ((size_t)n < v->iov_len)
			break;
	}
	return done;
}

/*
 * RFC 6316 7.2 knows datagrams. Of a stream the segments that the call itself sends go
 * the way that it names; what has to wait, or to be sent again, goes the socket's. An
 * address says nothing here.
 */
static ssize_t stream_sendmsg(struct sock *s, const struct msghdr *msg, int flags)
{
	struct ancillary ancillary;
	ssize_t n;
	int rc;

	if (flags & (MSG_OOB | MSG_MORE))
		return -EOPNOTSUPP;
	n = iov_octets(msg);
	if (n < 0)
		return n;
	rc = ancillary_take(&ancillary, s, &s->peer, msg);
	if (rc < 0)
		return rc;
	if (!s->stream->conn)
		return -ENOTCONN;
	n = put(s->stream->conn, msg);
	if (n >= 0)
		way_feed_back(s, &ancillary.feedback);
	stream_follow(s, &ancillary);
	return n;
}

/* RFC 6316 7.4: the locators are those of the segment that came last, whichever octets
 * are read. */
static void give(const struct sock *s, struct msghdr *msg)
{
	const struct datagram last = {
		.local = s->local,
		.peer = s->peer,
		.local_locator = s->stream->came.local,
		.peer_locator = s->stream->came.peer,
	};

	msg->msg_flags = 0;
	msg->msg_namelen = 0;
	ancillary_give(s, &last, msg);
}

static ssize_t stream_recvmsg(struct sock *s, struct msghdr *msg, int flags)
{
	uint8_t octets[TCP_BUFFER];
	ssize_t n;

	if (flags & (MSG_OOB | MSG_TRUNC))
		return -EOPNOTSUPP;
	n = iov_octets(msg);
	if (n < 0)
		return n;
	if ((int)msg->msg_namelen < 0)
		return -EINVAL;
	if (flags & MSG_ERRQUEUE) /* no errors are queued */
		return -EAGAIN;
	if (!s->stream->conn)
		return -ENOTCONN;
	n = tcp_recv(s->stream->conn, octets, n < TCP_BUFFER ? (size_t)n : TCP_BUFFER,
		     flags & MSG_PEEK);
	if (n < 0)
		return n;
	iov_scatter(msg, octets, (size_t)n);
	give(s, msg);
	stream_follow(s, NULL); /* the window may have opened */
	return n;
}

static int stream_poll(const struct sock *s)
{
	const struct stream *st = s->stream;
	int ready = POLLOUT | POLLHUP; /* never connected, as on Linux */

	if (st->listening)
		ready = tcp_listener_ready(&st->listening->tcp) ? POLLIN : 0;
	else if (st->conn)
		ready = tcp_poll(st->conn);
	if (ready & POLLIN)
		ready |= POLLRDNORM;
	if (ready & POLLOUT)
		ready |= POLLWRNORM;
	return ready;
}

static int stream_take_error(const struct sock *s)
{
	return s->stream->conn ? tcp_take_error(s->stream->conn) : 0;
}

/* --- the end ------------------------------------------------------------------------------- */

/* One of those that linger makes room: the first in TIME-WAIT has least to lose. */
static void make_room(struct sock_table *t)
{
	unsigned i = 0;
	struct sock *s;

	if (t->lingering_count < LINGERING_MAX)
		return;
	while (i < LINGERING_MAX && tcp_state(t->lingering[i]->stream->conn) != TCPS_TIME_WAIT)
		i++;
	s = t->lingering[i < LINGERING_MAX ? i : 0];
	tcp_abort(s->stream->conn);
	stream_follow(s, NULL); /* and it is no more */
}

/* What the socket wants of its context ends with the call, and its fork; what is left to
 * be sent goes like that of any other. But DONTSHIM is the connection's (RFC 6316 6.2). */
static bool stream_linger(struct sock *s)
{
	struct sock_table *t = s->table;
	struct stream *st = s->stream;

	stream_unlisten(s);
	if (!st->conn)
		return false;
	tcp_close(st->conn, shim_host_now(t->host));
	stream_follow(s, NULL);
	if (tcp_over(st->conn))
		return false;
	sock_leave(s);
	st->closed = true;
	make_room(t);
	t->lingering[t->lingering_count++] = s;
	return true;
}

static void stream_close(struct sock *s)
{
	stream_forget(s);
	tcp_free(s->stream->conn);
	free(s->stream);
}

const struct sock_kind sock_tcp = {
	.text = "tcp",
	.type = SOCK_STREAM,
	.protocol = IPPROTO_TCP,
	.ports = true,
	.open = stream_open,
	.close = stream_close,
	.linger = stream_linger,
	.connect = stream_connect,
	.disconnect = stream_disconnect,
	.listen = stream_listen,
	.accept = stream_accept,
	.shutdown = stream_shutdown,
	.sendmsg = stream_sendmsg,
	.recvmsg = stream_recvmsg,
	.poll = stream_poll,
	.take_error = stream_take_error,
	.arrival = stream_arrival,
	.error = stream_error,
};
