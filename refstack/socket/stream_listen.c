/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP sockets that listen, and the connections that nobody has accepted yet. These have no
 * socket; they go the way of a socket that isn't connected, by its SHIM_DONTSHIM. */
#include "refstack/socket/stream.h"

#include <errno.h>
#include <stdlib.h>

/* --- the listener -------------------------------------------------------------------------- */

static bool overlap(const struct in6_addr *a, const struct in6_addr *b)
{
	return addr_any(a) || addr_any(b) || addr_equal(a, b);
}

static bool is_taken(const struct sock *s)
{
	for (int i = 0; i < SOCKETS_MAX; i++) {
		const struct sock *other = s->table->socket[i];

		if (other && other != s && stream_listens(other) &&
		    other->local.port == s->local.port &&
		    overlap(&other->local.addr, &s->local.addr))
			return true;
	}
	return false;
}

int stream_listen(struct sock *s, int backlog)
{
	struct stream *st = s->stream;

	if (st->conn && tcp_state(st->conn) != TCPS_CLOSED)
		return -EINVAL;
	sock_autobind(s);
	if (is_taken(s))
		return -EADDRINUSE;
	if (!st->listening) {
		st->listening = calloc(1, sizeof(*st->listening));
		if (!st->listening)
			return -ENOBUFS;
		tcp_free(st->conn);
		st->conn = NULL;
	}
	if (backlog > TCP_BACKLOG_MAX)
		backlog = TCP_BACKLOG_MAX;
	st->listening->tcp.backlog = backlog < 1 ? 1 : (unsigned)backlog;
	return 0;
}

void stream_unlisten(struct sock *s)
{
	struct tcp_conn *conn;

	if (!s->stream->listening)
		return;
	while ((conn = tcp_listener_close(&s->stream->listening->tcp))) {
		stream_output(s, conn, NULL);
		tcp_free(conn);
	}
	stream_forget(s);
}

void stream_forget(struct sock *s)
{
	struct listening *l = s->stream->listening;

	for (unsigned i = 0; l && i < l->tcp.count; i++)
		tcp_free(l->tcp.conn[i]);
	free(l);
	s->stream->listening = NULL;
}

/* --- those that wait ----------------------------------------------------------------------- */

static struct pending *place_of(struct listening *l, const struct tcp_conn *conn)
{
	for (unsigned i = 0; i < TCP_BACKLOG_MAX; i++)
		if (l->pending[i].conn == conn)
			return &l->pending[i];
	return NULL;
}

void stream_note(struct listening *l, const struct tcp_conn *conn, const struct came *came)
{
	struct pending *place = place_of(l, conn);

	if (!place)
		place = place_of(l, NULL);
	if (place) /* there are as many as connections */
		*place = (struct pending){ conn, *came };
}

static struct came take_note(struct listening *l, const struct tcp_conn *conn)
{
	struct pending *place = place_of(l, conn);
	struct came came = { .local = in6addr_any };

	if (place) {
		came = place->came;
		place->conn = NULL;
	}
	return came;
}

void stream_reap(struct listening *l)
{
	for (unsigned i = 0; i < l->tcp.count; i++)
		if (tcp_over(l->tcp.conn[i]))
			take_note(l, l->tcp.conn[i]);
	tcp_listener_reap(&l->tcp);
}

/* What the new socket has of the one that listens: what was set there for connections to
 * come. RFC 6316 doesn't say it of SHIM_DONTSHIM; but a server has no other way. */
static void inherit(struct sock *s, const struct sock *from)
{
	s->dontshim = from->dontshim;
	s->recvpktinfo = from->recvpktinfo;
	s->reuse = from->reuse;
	s->bound = from->bound;
	s->stream->nodelay = from->stream->nodelay;
}

int stream_accept(struct sock *s, struct sock **out)
{
	struct listening *l = s->stream->listening;
	const struct tcp_pair *pair;
	struct tcp_conn *conn;
	struct sock *accepted;
	int rc;

	if (!l)
		return -EINVAL;
	if (!tcp_listener_ready(&l->tcp))
		return -EAGAIN;
	rc = sock_new(&accepted, s->table, s->kind, 0);
	if (rc < 0)
		return rc;
	conn = tcp_listener_accept(&l->tcp);
	pair = tcp_pair(conn);
	inherit(accepted, s);
	accepted->stream->conn = conn;
	accepted->stream->came = take_note(l, conn);
	tcp_set_nodelay(conn, accepted->stream->nodelay);
	accepted->local = (struct endpoint){ pair->local, pair->local_port };
	accepted->peer = (struct endpoint){ pair->peer, pair->peer_port };
	stream_follow(accepted, NULL);
	*out = accepted;
	return 0;
}

/* --- who knocks ---------------------------------------------------------------------------- */

/* Who listens at the very address comes before who does at any. */
static struct sock *listener_at(const struct sock_table *t, const struct tcp_pair *pair)
{
	struct sock *found = NULL;

	for (int i = 0; i < SOCKETS_MAX; i++) {
		struct sock *s = t->socket[i];

		if (!s || !stream_listens(s) || s->local.port != pair->local_port)
			continue;
		if (addr_equal(&s->local.addr, &pair->local))
			return s;
		if (addr_any(&s->local.addr))
			found = s;
	}
	return found;
}

bool stream_knock(struct sock_table *t, const struct tcp_segment *segment, const struct came *came)
{
	struct sock *s = listener_at(t, &segment->pair);
	struct tcp_conn *conn;
	bool refuse;

	if (!s)
		return false;
	conn = tcp_listener_input(&s->stream->listening->tcp, segment,
				  stream_iss(t, &segment->pair), &refuse);
	if (!conn)
		return !refuse;
	stream_note(s->stream->listening, conn, came);
	stream_output(s, conn, NULL);
	return true;
}
