/* SPDX-License-Identifier: BSD-2-Clause */
/* Between connections and the shim: segments down and up, errors, and time. */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/stream.h"

/* --- down ---------------------------------------------------------------------------------- */

uint32_t stream_iss(struct sock_table *t, const struct tcp_pair *pair)
{
	if (!t->secret_made)
		shim_random(t->host, t->tcp_secret, sizeof(t->tcp_secret));
	t->secret_made = true;
	return tcp_iss(t->tcp_secret, pair, shim_host_now(t->host));
}

/* A segment that can't be sent is lost, as segments may be; it will be sent again. */
void stream_output(struct sock *s, struct tcp_conn *conn, const struct ancillary *wants)
{
	static const struct ancillary nothing;
	const struct tcp_pair *pair = tcp_pair(conn);
	struct shim_host *host = s->table->host;
	uint8_t upper[UPPER_MAX];

	for (;;) {
		struct ancillary ancillary = wants ? *wants : nothing;
		struct shim_send send = {
			.local = pair->local,
			.peer = pair->peer,
			.protocol = IPPROTO_TCP,
			.dontshim = s->dontshim,
		};
		size_t room = shim_mtu(host, &pair->local, &pair->peer), len;

		room = room < sizeof(upper) ? room : sizeof(upper);
		len = tcp_output(conn, upper, room, shim_host_now(host));
		if (len == 0)
			return;
		way_choose(&send, s, &ancillary);
		shim_send(host, &send, upper, len);
	}
}

/* RFC 6316 3: connected once the handshake is over. The RFC doesn't say until when. */
static bool is_connected(enum tcp_state state)
{
	switch (state) {
	case TCPS_ESTABLISHED:
	case TCPS_FIN_WAIT_1:
	case TCPS_FIN_WAIT_2:
	case TCPS_CLOSE_WAIT:
	case TCPS_CLOSING:
	case TCPS_LAST_ACK:
		return true;
	case TCPS_CLOSED:
	case TCPS_SYN_SENT:
	case TCPS_SYN_RECEIVED:
	case TCPS_TIME_WAIT:
		break;
	}
	return false;
}

/* One that lingered has come to its end. */
static void bury(struct sock *s)
{
	struct sock_table *t = s->table;
	unsigned i = 0;

	while (t->lingering[i] != s)
		i++;
	t->lingering_count--;
	memmove(&t->lingering[i], &t->lingering[i + 1],
		(t->lingering_count - i) * sizeof(t->lingering[0]));
	sock_free(s);
}

void stream_follow(struct sock *s, const struct ancillary *wants)
{
	struct stream *st = s->stream;
	bool connected = !st->closed && is_connected(tcp_state(st->conn));

	if (connected && !s->connected) {
		s->connected = true;
		sock_join(s);
	}
	stream_output(s, st->conn, wants);
	if (!connected)
		sock_leave(s);
	if (st->closed && tcp_over(st->conn))
		bury(s);
}

/* Something has happened to a connection that stream_find() has found. */
static void follow(struct sock *s, struct tcp_conn *conn)
{
	if (conn == s->stream->conn) {
		stream_follow(s, NULL);
		return;
	}
	stream_output(s, conn, NULL);
	stream_reap(s->stream->listening);
}

/* --- up ------------------------------------------------------------------------------------ */

struct tcp_conn *stream_find(const struct sock_table *t, const struct tcp_pair *pair,
			     struct sock **holder)
{
	for (unsigned i = 0; i < sock_count(t); i++) {
		struct sock *s = sock_at(t, i);
		struct tcp_conn *conn = NULL;

		if (!s || !s->stream)
			continue;
		if (s->stream->listening)
			conn = tcp_listener_find(&s->stream->listening->tcp, pair);
		else if (s->stream->conn && tcp_pair_equal(tcp_pair(s->stream->conn), pair))
			conn = s->stream->conn;
		if (!conn || tcp_state(conn) == TCPS_CLOSED)
			continue;
		*holder = s;
		return conn;
	}
	return NULL;
}

static void refuse(struct sock_table *t, const struct tcp_segment *segment)
{
	const struct shim_send send = {
		.local = segment->pair.local,
		.peer = segment->pair.peer,
		.protocol = IPPROTO_TCP,
	};
	uint8_t upper[TCP_HEADER_LEN];
	size_t len = tcp_refuse(segment, upper, sizeof(upper));

	if (len > 0)
		shim_send(t->host, &send, upper, len);
}

/* TCP is spoken here, so an ICMPv6 error is never the answer. */
bool stream_arrival(struct sock_table *t, const struct shim_arrival *arrival)
{
	const struct came came = { arrival->local_locator, arrival->peer_locator };
	struct tcp_segment segment;
	struct tcp_conn *conn;
	struct sock *s;

	if (tcp_segment_read(&segment, &arrival->local, &arrival->peer, arrival->upper,
			     arrival->len) < 0)
		return true;
	conn = stream_find(t, &segment.pair, &s);
	if (conn) {
		if (conn == s->stream->conn)
			s->stream->came = came;
		else
			stream_note(s->stream->listening, conn, &came);
		tcp_input(conn, &segment, shim_host_now(t->host));
		follow(s, conn);
	} else if (!stream_knock(t, &segment, &came)) {
		refuse(t, &segment);
	}
	return true;
}

void stream_error(struct sock_table *t, const struct shim_upper_error *error)
{
	struct tcp_conn *conn;
	struct tcp_pair pair;
	struct sock *s;

	if (tcp_quoted(&pair, &error->local, &error->peer, error->upper, error->len) < 0)
		return;
	conn = stream_find(t, &pair, &s);
	if (!conn)
		return;
	tcp_error(conn, error->type, error->code, error->word, error->upper, error->len);
	follow(s, conn);
}

/* --- time ---------------------------------------------------------------------------------- */

/* The n-th connection of a socket; NULL: it has no more. */
static struct tcp_conn *nth(const struct sock *s, unsigned n)
{
	const struct listening *l;

	if (!s || !s->stream)
		return NULL;
	l = s->stream->listening;
	if (l)
		return n < l->tcp.count ? l->tcp.conn[n] : NULL;
	return n == 0 ? s->stream->conn : NULL;
}

usec_t sock_table_deadline(const struct sock_table *t)
{
	usec_t first = USEC_NEVER;
	struct tcp_conn *conn;

	for (unsigned i = 0; i < sock_count(t); i++)
		for (unsigned n = 0; (conn = nth(sock_at(t, i), n)); n++)
			if (tcp_deadline(conn) < first)
				first = tcp_deadline(conn);
	return first;
}

/* From the last to the first, since any of them may end by it. */
void sock_table_advance(struct sock_table *t)
{
	usec_t now = shim_host_now(t->host);

	for (unsigned i = sock_count(t); i-- > 0;) {
		struct sock *s = sock_at(t, i);
		unsigned n = 0;

		while (nth(s, n))
			n++;
		while (n-- > 0) {
			struct tcp_conn *conn = nth(s, n);

			if (tcp_deadline(conn) > now)
				continue;
			tcp_expire(conn, now);
			follow(s, conn);
		}
	}
}
