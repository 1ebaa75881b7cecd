/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: the retransmission timer (RFC 6298), probes of a window that is shut (RFC 9293
 * 3.8.6.1), TIME-WAIT (3.4.2), and when a connection is given up (3.8.3).
 */
#include "refstack/tcp/tcp_conn.h"

#include <errno.h>

static usec_t usec_min(usec_t a, usec_t b)
{
	return a < b ? a : b;
}
static usec_t usec_max(usec_t a, usec_t b)
{
	return a > b ? a : b;
}

/* RFC 6298 2.2 and 2.3; alpha is 1/8, beta 1/4. The clock's grain is a microsecond. */
static void measured(struct tcp_conn *c, usec_t rtt)
{
	rtt = usec_max(rtt, 1);
	if (c->srtt == 0) {
		c->srtt = rtt;
		c->rttvar = rtt / 2;
	} else {
		usec_t off = rtt > c->srtt ? rtt - c->srtt : c->srtt - rtt;

		c->rttvar = (3 * c->rttvar + off) / 4;
		c->srtt = usec_max((7 * c->srtt + rtt) / 8, 1);
	}
	c->rto = c->srtt + usec_max(1, 4 * c->rttvar);
	c->rto = usec_min(usec_max(c->rto, TCP_RTO_MIN), TCP_RTO_MAX);
}

/* RFC 6298 5.1. What is sent again is never measured (Karn, section 3). */
void tcp_timer_sent(struct tcp_conn *c, uint32_t seq, bool again, usec_t now)
{
	if (c->rexmt_at == USEC_NEVER)
		c->rexmt_at = now + (c->persist ? c->persist : c->rto);
	if (again) {
		c->timing = false;
	} else if (!c->timing) {
		c->timing = true;
		c->rtt_seq = seq;
		c->rtt_at = now;
	}
}

/* 5.2 and 5.3. ack has moved SND.UNA. */
void tcp_timer_acked(struct tcp_conn *c, uint32_t ack, usec_t now)
{
	if (c->timing && seq_after(ack, c->rtt_seq)) {
		c->timing = false;
		measured(c, now - c->rtt_at);
	}
	c->tries = 0;
	c->rexmt_at = c->snd_una == c->snd_nxt ? USEC_NEVER : now + c->rto;
}

/* There is something to send, nothing on the way, and no window for it. */
void tcp_timer_persist(struct tcp_conn *c, usec_t now)
{
	if (c->rexmt_at != USEC_NEVER)
		return;
	if (!c->persist)
		c->persist = c->rto;
	c->rexmt_at = now + c->persist;
}

/* What the last probe carried was refused, or will be acknowledged; either way it is time
 * to begin at SND.UNA. */
void tcp_timer_window_opened(struct tcp_conn *c)
{
	c->persist = 0;
	c->timing = false;
	c->snd_cur = c->snd_una;
	c->rexmt_at = USEC_NEVER;
}

usec_t tcp_deadline(const struct tcp_conn *c)
{
	return usec_min(c->rexmt_at, c->wait_at);
}

static bool given_up(struct tcp_conn *c)
{
	unsigned most = tcp_syn_unacked(c) ? TCP_SYN_TRIES : TCP_TRIES;

	if (c->tries++ < most)
		return false;
	tcp_finish(c, c->soft_error ? c->soft_error : -ETIMEDOUT);
	return true;
}

/* RFC 6298 5.4 to 5.6; tcp_output() starts the timer anew. */
static void retransmit(struct tcp_conn *c)
{
	c->rto = usec_min(2 * c->rto, TCP_RTO_MAX);
	c->timing = false;
	c->front_now = false;
	c->snd_cur = c->snd_una;
	tcp_congestion_timeout(c);
}

static void probe(struct tcp_conn *c)
{
	if (!c->persist)
		c->persist = c->rto;
	c->persist = usec_min(2 * c->persist, TCP_RTO_MAX);
	c->timing = false;
	c->snd_cur = c->snd_una;
	c->probe_now = true;
}

void tcp_expire(struct tcp_conn *c, usec_t now)
{
	if (now >= c->wait_at) {
		tcp_finish(c, 0);
		return;
	}
	if (now < c->rexmt_at || c->rexmt_at == USEC_NEVER)
		return;
	c->rexmt_at = USEC_NEVER;
	if (given_up(c))
		return;
	if (!tcp_syn_unacked(c) && (c->snd_wnd == 0 || c->snd_una == c->snd_nxt))
		probe(c);
	else
		retransmit(c);
}
