/* SPDX-License-Identifier: BSD-2-Clause */
/* LISTEN, RFC 9293 3.10.7.2, and the connections that nobody has accepted yet. */
#include "refstack/tcp/tcp_conn.h"

#include <string.h>

struct tcp_conn *tcp_listener_find(const struct tcp_listener *l, const struct tcp_pair *pair)
{
	for (unsigned i = 0; i < l->count; i++)
		if (tcp_pair_equal(&l->conn[i]->pair, pair))
			return l->conn[i];
	return NULL;
}

/* The n-th leaves the listener. */
static struct tcp_conn *take(struct tcp_listener *l, unsigned n)
{
	struct tcp_conn *c = l->conn[n];

	l->count--;
	memmove(&l->conn[n], &l->conn[n + 1], (l->count - n) * sizeof(l->conn[0]));
	return c;
}

struct tcp_conn *tcp_listener_input(struct tcp_listener *l, const struct tcp_segment *segment,
				    uint32_t iss, bool *refuse)
{
	uint8_t flags = segment->header.flags;
	struct tcp_conn *c;

	*refuse = !(flags & TCP_RST) && flags & TCP_ACK;
	if (flags & (TCP_RST | TCP_ACK) || !(flags & TCP_SYN))
		return NULL;
	if (l->count >= l->backlog || l->count >= TCP_BACKLOG_MAX)
		return NULL;
	c = tcp_conn_new(&segment->pair, iss, TCPS_SYN_RECEIVED);
	if (!c)
		return NULL;
	c->passive = true;
	tcp_take_syn(c, segment);
	l->conn[l->count++] = c;
	return c;
}

static bool acceptable(const struct tcp_conn *c)
{
	return c->state != TCPS_CLOSED && c->state != TCPS_SYN_RECEIVED;
}

struct tcp_conn *tcp_listener_accept(struct tcp_listener *l)
{
	for (unsigned i = 0; i < l->count; i++)
		if (acceptable(l->conn[i])) {
			l->conn[i]->passive = false;
			return take(l, i);
		}
	return NULL;
}

bool tcp_listener_ready(const struct tcp_listener *l)
{
	for (unsigned i = 0; i < l->count; i++)
		if (acceptable(l->conn[i]))
			return true;
	return false;
}

void tcp_listener_reap(struct tcp_listener *l)
{
	for (unsigned i = l->count; i-- > 0;)
		if (tcp_over(l->conn[i]))
			tcp_free(take(l, i));
}

struct tcp_conn *tcp_listener_close(struct tcp_listener *l)
{
	struct tcp_conn *c;

	if (l->count == 0)
		return NULL;
	c = take(l, l->count - 1);
	tcp_abort(c);
	return c;
}
