/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection, its states, and the application's calls (RFC 9293 3.9.1 and 3.10.1 to
 * 3.10.6); see tcp.h.
 */
#include "refstack/tcp/tcp_conn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#define STATE(s) TCPS_##s

/* RFC 9293 3.3.2, Figure 5, and 3.10.4, 3.10.5, 3.10.7.4. In SYN-RECEIVED a FIN of ours waits
 * for ESTABLISHED: nothing is sent by which the peer could see a difference but the order. */
const struct tcp_transition tcp_transitions[TCP_STATES] = {
	/* name           on_shutdown         on_fin              on_fin_acked       text sends
	   reset */
	[STATE(CLOSED)] = { "CLOSED", STATE(CLOSED), STATE(CLOSED), STATE(CLOSED), 0, 0, 0 },
	[STATE(SYN_SENT)] = { "SYN-SENT", STATE(CLOSED), STATE(SYN_SENT), STATE(SYN_SENT), 0, 0,
			      0 },
	[STATE(SYN_RECEIVED)] = { "SYN-RECEIVED", STATE(SYN_RECEIVED), STATE(CLOSE_WAIT),
				  STATE(SYN_RECEIVED), 0, 0, 1 },
	[STATE(ESTABLISHED)] = { "ESTABLISHED", STATE(FIN_WAIT_1), STATE(CLOSE_WAIT),
				 STATE(ESTABLISHED), 1, 1, 1 },
	[STATE(FIN_WAIT_1)] = { "FIN-WAIT-1", STATE(FIN_WAIT_1), STATE(CLOSING), STATE(FIN_WAIT_2),
				1, 0, 1 },
	[STATE(FIN_WAIT_2)] = { "FIN-WAIT-2", STATE(FIN_WAIT_2), STATE(TIME_WAIT),
				STATE(FIN_WAIT_2), 1, 0, 1 },
	[STATE(CLOSE_WAIT)] = { "CLOSE-WAIT", STATE(LAST_ACK), STATE(CLOSE_WAIT), STATE(CLOSE_WAIT),
				0, 1, 1 },
	[STATE(CLOSING)] = { "CLOSING", STATE(CLOSING), STATE(CLOSING), STATE(TIME_WAIT), 0, 0, 0 },
	[STATE(LAST_ACK)] = { "LAST-ACK", STATE(LAST_ACK), STATE(LAST_ACK), STATE(CLOSED), 0, 0,
			      0 },
	[STATE(TIME_WAIT)] = { "TIME-WAIT", STATE(TIME_WAIT), STATE(TIME_WAIT), STATE(TIME_WAIT), 0,
			       0, 0 },
};

const char *tcp_state_name(enum tcp_state state)
{
	return tcp_transitions[state].name;
}

struct tcp_conn *tcp_conn_new(const struct tcp_pair *pair, uint32_t iss, enum tcp_state state)
{
	struct tcp_conn *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = (struct tcp_conn){
		.pair = *pair,
		.state = state,
		.iss = iss,
		.snd_una = iss,
		.snd_nxt = iss,
		.snd_cur = iss,
		.mss = TCP_MSS_UNSAID,
		.peer_mss = TCP_MSS_UNSAID,
		.path_mss = UINT16_MAX,
		.rexmt_at = USEC_NEVER,
		.wait_at = USEC_NEVER,
		.rto = TCP_RTO_FIRST,
		.ssthresh = UINT32_MAX,
	};
	return c;
}

struct tcp_conn *tcp_connect(const struct tcp_pair *pair, uint32_t iss)
{
	return tcp_conn_new(pair, iss, TCPS_SYN_SENT);
}

void tcp_free(struct tcp_conn *c)
{
	if (!c)
		return;
	tcp_ring_free(&c->send);
	tcp_reassembly_free(&c->recv);
	free(c);
}

void tcp_enter(struct tcp_conn *c, enum tcp_state state, usec_t now)
{
	if (state == TCPS_CLOSED) {
		tcp_finish(c, 0);
		return;
	}
	c->state = state;
	if (state == TCPS_TIME_WAIT) {
		c->rexmt_at = USEC_NEVER;
		c->wait_at = now + 2 * TCP_MSL;
	} else if (state == TCPS_FIN_WAIT_2 && c->closed) {
		c->wait_at = now + TCP_ORPHAN;
	}
}

void tcp_finish(struct tcp_conn *c, int error)
{
	c->state = TCPS_CLOSED;
	if (error)
		c->error = error;
	c->rexmt_at = c->wait_at = USEC_NEVER;
	c->ack_now = c->front_now = c->probe_now = c->refuse_now = c->rst_now = false;
	tcp_ring_free(&c->send);
	if (error || c->closed)
		tcp_reassembly_free(&c->recv);
}

void tcp_reset(struct tcp_conn *c, int error)
{
	tcp_finish(c, error);
	c->rst_now = true;
}

enum tcp_state tcp_state(const struct tcp_conn *c)
{
	return c->state;
}
const struct tcp_pair *tcp_pair(const struct tcp_conn *c)
{
	return &c->pair;
}
void tcp_set_nodelay(struct tcp_conn *c, bool on)
{
	c->nodelay = on;
}
bool tcp_nodelay(const struct tcp_conn *c)
{
	return c->nodelay;
}
unsigned tcp_mss(const struct tcp_conn *c)
{
	return c->mss;
}
size_t tcp_readable(const struct tcp_conn *c)
{
	return c->recv.ring.len;
}

bool tcp_over(const struct tcp_conn *c)
{
	return c->state == TCPS_CLOSED && !c->rst_now && !c->refuse_now;
}

int tcp_take_error(struct tcp_conn *c)
{
	int error = c->error;

	c->error = 0;
	return error;
}

ssize_t tcp_send(struct tcp_conn *c, const void *octets, size_t len)
{
	size_t room = TCP_BUFFER - c->send.len;
	int rc = tcp_take_error(c);

	if (rc < 0)
		return rc;
	if (c->fin_wanted)
		return -EPIPE;
	if (tcp_syn_unacked(c))
		return -EAGAIN;
	if (!tcp_transitions[c->state].sends)
		return -EPIPE;
	if (len == 0)
		return 0;
	if (room == 0)
		return -EAGAIN;
	if (len > room)
		len = room;
	rc = tcp_ring_append(&c->send, octets, len);
	return rc < 0 ? rc : (ssize_t)len;
}

ssize_t tcp_recv(struct tcp_conn *c, void *out, size_t len, bool peek)
{
	size_t there = tcp_readable(c);
	int rc = there ? 0 : tcp_take_error(c);

	if (rc < 0)
		return rc;
	if (there == 0)
		return c->fin_taken || c->shut_rd || c->state == TCPS_CLOSED ? 0 : -EAGAIN;
	if (len > there)
		len = there;
	tcp_ring_copy(&c->recv.ring, 0, out, len);
	if (!peek) {
		tcp_ring_drop(&c->recv.ring, len);
		if (tcp_transitions[c->state].text && tcp_window_opens(c))
			c->ack_now = true;
	}
	return (ssize_t)len;
}

/* CLOSE, RFC 9293 3.10.4, as far as the stream to the peer goes. */
static void shut_send(struct tcp_conn *c, usec_t now)
{
	if (c->fin_wanted || c->state == TCPS_CLOSED)
		return;
	c->fin_wanted = true;
	c->snd_fin = tcp_text_start(c) + c->send.len;
	tcp_enter(c, tcp_transitions[c->state].on_shutdown, now);
}

static void shut_receive(struct tcp_conn *c)
{
	c->shut_rd = true;
	tcp_ring_drop(&c->recv.ring, c->recv.ring.len);
	if (tcp_transitions[c->state].text && tcp_window_opens(c))
		c->ack_now = true;
}

int tcp_shutdown(struct tcp_conn *c, int how)
{
	if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
		return -EINVAL;
	if (c->state == TCPS_CLOSED || tcp_syn_unacked(c))
		return -ENOTCONN;
	if (how != SHUT_WR)
		shut_receive(c);
	if (how != SHUT_RD)
		shut_send(c, 0); /* ESTABLISHED and CLOSE-WAIT lead to no state that has a timer */
	return 0;
}

void tcp_close(struct tcp_conn *c, usec_t now)
{
	c->closed = true;
	if (tcp_readable(c) > 0) {
		tcp_abort(c);
		tcp_reassembly_free(&c->recv);
		return;
	}
	shut_send(c, now);
	if (c->state == TCPS_FIN_WAIT_2)
		tcp_enter(c, TCPS_FIN_WAIT_2, now);
}

void tcp_abort(struct tcp_conn *c)
{
	if (c->state == TCPS_CLOSED)
		return;
	if (tcp_transitions[c->state].abort_resets)
		tcp_reset(c, 0);
	else
		tcp_finish(c, 0);
	tcp_reassembly_free(&c->recv);
}

short tcp_poll(const struct tcp_conn *c)
{
	bool over = c->state == TCPS_CLOSED;
	bool no_more_in = c->fin_taken || c->shut_rd || over;
	bool no_more_out = c->fin_wanted || over;
	short events = 0;

	if (tcp_readable(c) > 0 || no_more_in)
		events |= POLLIN;
	if (no_more_in)
		events |= POLLRDHUP;
	if (no_more_in && no_more_out)
		events |= POLLHUP;
	if (no_more_out || (tcp_transitions[c->state].sends && c->send.len < TCP_BUFFER))
		events |= POLLOUT;
	if (c->error)
		events |= POLLERR;
	return events;
}
