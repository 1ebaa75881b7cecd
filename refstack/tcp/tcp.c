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

/*
 * RFC 9293 3.3.2, Figure 5, with 3.10.4, 3.10.5 and 3.10.7.4. A state that is its own next
 * stays. In SYN-RECEIVED our FIN waits for ESTABLISHED, as 3.10.4 has it when there is
 * something to be sent before it.
 */
/* clang-format off */
#define ROW(state, name, shutdown, fin, fin_acked, text, sends, resets) \
	[TCPS_##state] = { name, TCPS_##shutdown, TCPS_##fin, TCPS_##fin_acked, text, sends, resets }

const struct tcp_transition tcp_transitions[TCP_STATES] = {
	/*  state         name            on_shutdown   on_fin        on_fin_acked  text, sends, resets */
	ROW(CLOSED,       "CLOSED",       CLOSED,       CLOSED,       CLOSED,       0, 0, 0),
	ROW(SYN_SENT,     "SYN-SENT",     CLOSED,       SYN_SENT,     SYN_SENT,     0, 0, 0),
	ROW(SYN_RECEIVED, "SYN-RECEIVED", SYN_RECEIVED, CLOSE_WAIT,   SYN_RECEIVED, 0, 0, 1),
	ROW(ESTABLISHED,  "ESTABLISHED",  FIN_WAIT_1,   CLOSE_WAIT,   ESTABLISHED,  1, 1, 1),
	ROW(FIN_WAIT_1,   "FIN-WAIT-1",   FIN_WAIT_1,   CLOSING,      FIN_WAIT_2,   1, 0, 1),
	ROW(FIN_WAIT_2,   "FIN-WAIT-2",   FIN_WAIT_2,   TIME_WAIT,    FIN_WAIT_2,   1, 0, 1),
	ROW(CLOSE_WAIT,   "CLOSE-WAIT",   LAST_ACK,     CLOSE_WAIT,   CLOSE_WAIT,   0, 1, 1),
	ROW(CLOSING,      "CLOSING",      CLOSING,      CLOSING,      TIME_WAIT,    0, 0, 0),
	ROW(LAST_ACK,     "LAST-ACK",     LAST_ACK,     LAST_ACK,     CLOSED,       0, 0, 0),
	ROW(TIME_WAIT,    "TIME-WAIT",    TIME_WAIT,    TIME_WAIT,    TIME_WAIT,    0, 0, 0),
};
#undef ROW
/* clang-format on */

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
		tcp_ring_free(&c->send); /* it is empty, and this lasts */
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
		return;
	}
	tcp_reassembly_free(&c->recv); /* what fills the holes would be reset */
	shut_send(c, now);
	if (c->state == TCPS_FIN_WAIT_2)
		tcp_enter(c, TCPS_FIN_WAIT_2, now);
}

void tcp_abort(struct tcp_conn *c)
{
	if (tcp_transitions[c->state].abort_resets)
		tcp_reset(c, 0);
	else if (c->state != TCPS_CLOSED)
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
