/* SPDX-License-Identifier: BSD-2-Clause */
/* For the tests of this folder: TCP between the two hosts of two_hosts.h. */
#ifndef REFSTACK_TWO_STREAMS_H
#define REFSTACK_TWO_STREAMS_H

#include "refstack/socket/two_hosts.h"

#include <poll.h>

static inline int tcp_socket(struct two_hosts *w, unsigned side)
{
	int s = sock_socket(w->sockets[side], AF_INET6, SOCK_STREAM, IPPROTO_TCP);

	assert_true(s >= 0);
	return s;
}

/* At PORT, any address. */
static inline int listener(struct two_hosts *w, unsigned side, int backlog)
{
	int s = tcp_socket(w, side);

	assert_int_equal(bind_to(w, side, s, name_of(in6addr_any, PORT)), 0);
	assert_int_equal(sock_listen(w->sockets[side], s, backlog), 0);
	return s;
}

static inline int accept_from(struct two_hosts *w, unsigned side, int s)
{
	return sock_accept(w->sockets[side], s, NULL, NULL);
}

static inline short events_of(struct two_hosts *w, unsigned side, int s)
{
	return (short)sock_poll(w->sockets[side], s, POLLIN | POLLOUT | POLLRDHUP);
}

/* A connection from A's first locator to B's. */
struct connection {
	int listener, s[2];
};

static inline struct connection connection(struct two_hosts *w)
{
	struct connection c = { .listener = listener(w, B, 5), .s[A] = tcp_socket(w, A) };

	assert_int_equal(connect_to(w, A, c.s[A], name_at(w, B, 1, PORT)), -EINPROGRESS);
	settle(w);
	c.s[B] = accept_from(w, B, c.listener);
	assert_true(c.s[B] >= 0);
	return c;
}

/* SO_ERROR */
static inline int error_of(struct two_hosts *w, unsigned side, int s)
{
	socklen_t len = sizeof(int);
	int value = -77;

	assert_int_equal(sock_getsockopt(w->sockets[side], s, SOL_SOCKET, SO_ERROR, &value, &len),
			 0);
	return value;
}

static inline int set_int(struct two_hosts *w, unsigned side, int s, int level, int name, int value)
{
	return sock_setsockopt(w->sockets[side], s, level, name, &value, sizeof(value));
}

#endif
