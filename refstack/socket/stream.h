/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP sockets: a connection of refstack/tcp/ between the application's calls and the
 * shim. stream.c has the calls, stream_listen.c those of who listens, and
 * stream_segment.c segments, errors and time. As for RFC 6316, such a socket is connected
 * (section 3) from the end of the handshake to the end of the connection.
 */
#ifndef REFSTACK_STREAM_H
#define REFSTACK_STREAM_H

#include "refstack/socket/kind.h"
#include "refstack/tcp/tcp.h"

struct ancillary;

/* How a connection's last segment came: destination and source of its IP packet. */
struct came {
	struct in6_addr local, peer; /* locators */
};

/* Where connections wait to be accepted. */
struct listening {
	struct tcp_listener tcp;
	struct pending {
		const struct tcp_conn *conn; /* one of tcp's; NULL: the place is free */
		struct came came;
	} pending[TCP_BACKLOG_MAX];
};

struct stream {
	struct tcp_conn *conn;       /* owned; NULL: there is none */
	struct listening *listening; /* owned; NULL: it doesn't listen */
	struct came came;
	bool nodelay; /* TCP_NODELAY, for the connection to come */
	bool closed;  /* by the application; it lingers */
};

/* Any kind may be asked. */
bool stream_listens(const struct sock *s);
void stream_set_nodelay(struct sock *s, bool on);

/* --- stream_segment.c ---------------------------------------------------------------------- */

/* A connection that isn't CLOSED, and the socket that has it, or waits for somebody to accept
 * it; NULL: there is none. */
struct tcp_conn *stream_find(const struct sock_table *t, const struct tcp_pair *pair,
			     struct sock **holder);
uint32_t stream_iss(struct sock_table *t, const struct tcp_pair *pair);
/* All that the connection has to send now goes the way of the socket, or that of `wants`,
 * which may be NULL. */
void stream_output(struct sock *s, struct tcp_conn *conn, const struct ancillary *wants);
/* To be called whenever something has happened to the socket's own connection: sends, and
 * sees whether the socket is connected now. */
void stream_follow(struct sock *s, const struct ancillary *wants);
bool stream_arrival(struct sock_table *t, const struct shim_arrival *arrival);
void stream_error(struct sock_table *t, const struct shim_upper_error *error);

/* --- stream_listen.c ----------------------------------------------------------------------- */

int stream_listen(struct sock *s, int backlog);
int stream_accept(struct sock *s, struct sock **out);
/* Not any more: who was not accepted is reset. */
void stream_unlisten(struct sock *s);
/* The same without a word. */
void stream_forget(struct sock *s);
/* How the last segment of one of its connections came. */
void stream_note(struct listening *l, const struct tcp_conn *conn, const struct came *came);
/* Those that are over leave. */
void stream_reap(struct listening *l);
/* A segment that no connection is there for. false: nobody listens, it is to be refused. */
bool stream_knock(struct sock_table *t, const struct tcp_segment *segment, const struct came *came);

#endif
