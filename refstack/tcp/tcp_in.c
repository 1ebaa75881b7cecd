/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SEGMENT ARRIVES, RFC 9293 3.10.7.3 for SYN-SENT and 3.10.7.4 for the states behind it,
 * with RFC 5961's checks. The steps stand in the RFC's order; the third (security) and
 * the sixth (URG) have nothing to do.
 */
#include "refstack/tcp/tcp_conn.h"

#include <errno.h>

/* SEG.LEN counts the SYN and the FIN. */
static uint32_t seg_len(const struct tcp_segment *s)
{
	return s->len + !!(s->header.flags & TCP_SYN) + !!(s->header.flags & TCP_FIN);
}

static void refuse(struct tcp_conn *c, const struct tcp_segment *s)
{
	if (s->header.flags & TCP_RST)
		return;
	c->refuse_now = true;
	c->refuse_seq = s->header.ack;
}

/* An ACK for what shouldn't be, so that the peer, if it was the peer, can put us right. Not
 * too often: who guesses numbers isn't to be helped, and two ends that find each other's
 * ACKs unacceptable have to come to an end (RFC 5961 7). */
static void challenge(struct tcp_conn *c, usec_t now)
{
	if (now - c->challenged_at >= USEC_PER_SEC) {
		c->challenged_at = now;
		c->challenges = 0;
	}
	if (c->challenges++ < CHALLENGES_MAX)
		c->ack_now = true;
}

void tcp_take_syn(struct tcp_conn *c, const struct tcp_segment *s)
{
	const struct tcp_header *h = &s->header;

	c->irs = h->seq;
	c->rcv_nxt = c->irs + 1;
	c->rcv_adv = c->rcv_nxt + TCP_BUFFER;
	c->peer_mss = h->mss ? h->mss : TCP_MSS_UNSAID;
	if (c->peer_mss < TCP_MSS_LEAST)
		c->peer_mss = TCP_MSS_LEAST;
	if (c->mss > c->peer_mss)
		c->mss = c->peer_mss;
}

static void set_window(struct tcp_conn *c, const struct tcp_header *h)
{
	c->snd_wnd = h->window;
	c->snd_wl1 = h->seq;
	c->snd_wl2 = h->ack;
	if (c->max_snd_wnd < c->snd_wnd)
		c->max_snd_wnd = c->snd_wnd;
}

/* SND.UNA advances, and what is acknowledged leaves the ring. A SYN and a FIN have a
 * number, but no octet there. */
static void take_ack(struct tcp_conn *c, uint32_t ack, usec_t now)
{
	uint32_t octets = ack - tcp_text_start(c);

	if (octets > c->send.len)
		octets = c->send.len;
	tcp_ring_drop(&c->send, octets);
	tcp_congestion_acked(c, ack - c->snd_una);
	c->snd_una = ack;
	c->snd_cur = seq_max(c->snd_cur, ack);
	tcp_timer_acked(c, ack, now);
}

/* Our SYN is acknowledged, and by nothing else can a connection come here. */
static void establish(struct tcp_conn *c, const struct tcp_header *h, usec_t now)
{
	tcp_congestion_start(c);
	if (c->tries > 0)
		c->rto = TCP_RTO_LOST;
	c->snd_una = c->iss + 1;
	c->snd_cur = seq_max(c->snd_cur, c->snd_una);
	tcp_timer_acked(c, c->snd_una, now);
	set_window(c, h);
	tcp_enter(c, TCPS_ESTABLISHED, now);
	if (c->fin_wanted)
		tcp_enter(c, tcp_transitions[TCPS_ESTABLISHED].on_shutdown, now);
}

/* --- the steps; false: that was it -------------------------------------------------------- */

/* First: Table 6; and where the window is shut, what stands at its edge, without its text. */
static bool check_sequence(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	uint32_t seq = s->header.seq, len = seg_len(s), wnd = tcp_rcv_wnd(c);

	if (wnd == 0 ? seq == c->rcv_nxt
		     : seq_in(seq, c->rcv_nxt, wnd) ||
			       (len > 0 && seq_in(seq + len - 1, c->rcv_nxt, wnd)))
		return true;
	if (s->header.flags & TCP_RST)
		return false;
	if (s->len > 0 || s->header.flags & TCP_FIN)
		c->ack_now = true;
	else
		challenge(c, now);
	/* Eighth: the peer's FIN once more. It never gets there, since it isn't in the window. */
	if (c->state == TCPS_TIME_WAIT && s->header.flags & TCP_FIN && seq + len == c->rcv_nxt)
		tcp_enter(c, TCPS_TIME_WAIT, now);
	return false;
}

/* Second, RFC 5961 3.2. */
static bool check_reset(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	static const int told[TCP_STATES] = {
		[TCPS_SYN_RECEIVED] = -ECONNREFUSED, /* was SYN-SENT; of LISTEN, nobody knows it */
		[TCPS_ESTABLISHED] = -ECONNRESET,    [TCPS_FIN_WAIT_1] = -ECONNRESET,
		[TCPS_FIN_WAIT_2] = -ECONNRESET,     [TCPS_CLOSE_WAIT] = -ECONNRESET,
	};

	if (!(s->header.flags & TCP_RST))
		return true;
	if (s->header.seq == c->rcv_nxt)
		tcp_finish(c, told[c->state]);
	else
		challenge(c, now);
	return false;
}

/* Fourth, RFC 5961 4.2. A connection of a listener goes, which is the return to LISTEN. */
static bool check_syn(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	if (!(s->header.flags & TCP_SYN))
		return true;
	if (c->state == TCPS_SYN_RECEIVED && c->passive)
		tcp_finish(c, -ECONNRESET);
	else
		challenge(c, now);
	return false;
}

/* The acknowledgment's number: RFC 5961 5.2, and of SYN-RECEIVED what is stricter. */
static bool check_ack_number(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	uint32_t ack = s->header.ack, low = c->snd_una - c->max_snd_wnd;

	if (c->state == TCPS_SYN_RECEIVED) {
		if (seq_after(ack, c->snd_una) && !seq_after(ack, c->snd_nxt))
			return true;
		refuse(c, s);
		return false;
	}
	if (seq_in(ack, low, c->snd_nxt - low + 1))
		return true;
	challenge(c, now);
	return false;
}

/* SND.WL1 and SND.WL2 keep an old segment from taking the window back. Nothing opens a
 * window but this, so a probe ends here. */
static void update_window(struct tcp_conn *c, const struct tcp_header *h)
{
	if (seq_before(h->ack, c->snd_una))
		return;
	if (seq_before(c->snd_wl1, h->seq) ||
	    (c->snd_wl1 == h->seq && !seq_after(c->snd_wl2, h->ack)))
		set_window(c, h);
	if (c->persist) {
		c->tries = 0;
		if (c->snd_wnd > 0)
			tcp_timer_window_opened(c);
	}
}

/* RFC 5681 2, what a duplicate is. */
static bool is_duplicate(const struct tcp_conn *c, const struct tcp_segment *s)
{
	return s->header.ack == c->snd_una && c->snd_una != c->snd_nxt && seg_len(s) == 0 &&
	       s->header.window == c->snd_wnd && c->snd_wnd > 0;
}

/* Fifth. */
static bool check_ack(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	const struct tcp_header *h = &s->header;

	if (!(h->flags & TCP_ACK) || !check_ack_number(c, s, now))
		return false;
	if (c->state == TCPS_SYN_RECEIVED)
		establish(c, h, now);
	if (seq_after(h->ack, c->snd_una))
		take_ack(c, h->ack, now);
	else if (is_duplicate(c, s))
		tcp_congestion_duplicate(c);
	update_window(c, h);
	if (c->fin_wanted && c->snd_una == c->snd_fin + 1) {
		enum tcp_state next = tcp_transitions[c->state].on_fin_acked;

		if (next != c->state)
			tcp_enter(c, next, now);
	}
	return c->state != TCPS_CLOSED;
}

/* Seventh. What lies before the window is had already, what lies beyond it doesn't count,
 * nor does anything behind a FIN. A FIN is remembered like text that came too early. */
static bool take_text(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	uint32_t from = s->header.seq + !!(s->header.flags & TCP_SYN), to = from + s->len;
	uint32_t had = seq_before(from, c->rcv_nxt) ? c->rcv_nxt - from : 0;

	(void)now;
	if (seg_len(s) > 0)
		c->ack_now = true;
	if (!tcp_transitions[c->state].text)
		return true;
	if (c->closed && had < s->len) { /* there is nobody to read it: RFC 9293 3.6.1 */
		tcp_reset(c, 0);
		return false;
	}
	if (s->header.flags & TCP_FIN && !c->fin_known && seq_in(to, c->rcv_nxt, tcp_rcv_wnd(c))) {
		c->fin_known = true;
		c->rcv_fin = to;
	}
	to = seq_min(to, c->fin_known ? c->rcv_fin : c->rcv_adv);
	from += had;
	if (seq_before(from, to))
		c->rcv_nxt += tcp_reassemble(&c->recv, c->rcv_nxt, from, s->text + had, to - from);
	if (c->shut_rd)
		tcp_ring_drop(&c->recv.ring, c->recv.ring.len);
	return true;
}

/* Eighth. */
static bool take_fin(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	(void)s;
	if (!c->fin_known || c->fin_taken || !seq_in(c->rcv_fin, c->rcv_nxt, 1))
		return true;
	c->fin_taken = true;
	c->rcv_nxt++;
	c->recv.islands = 0;
	c->ack_now = true;
	tcp_enter(c, tcp_transitions[c->state].on_fin, now);
	return true;
}

/* RFC 9293 3.10.7.3. */
static void syn_sent(struct tcp_conn *c, const struct tcp_segment *s, usec_t now)
{
	const struct tcp_header *h = &s->header;
	bool acked = h->flags & TCP_ACK;

	if (acked && (!seq_after(h->ack, c->iss) || seq_after(h->ack, c->snd_nxt))) {
		refuse(c, s);
		return;
	}
	if (h->flags & TCP_RST) {
		if (acked)
			tcp_finish(c, -ECONNREFUSED);
		return;
	}
	if (!(h->flags & TCP_SYN))
		return;
	tcp_take_syn(c, s);
	c->ack_now = true;
	if (!acked) { /* the peer opens, too */
		c->state = TCPS_SYN_RECEIVED;
		c->snd_cur = c->iss;
		c->rexmt_at = USEC_NEVER;
		return;
	}
	establish(c, h, now);
	if (take_text(c, s, now))
		take_fin(c, s, now);
}

void tcp_input(struct tcp_conn *c, const struct tcp_segment *segment, usec_t now)
{
	static bool (*const steps[])(struct tcp_conn *, const struct tcp_segment *, usec_t) = {
		check_sequence, check_reset, check_syn, check_ack, take_text, take_fin,
	};

	if (c->state == TCPS_SYN_SENT) {
		syn_sent(c, segment, now);
		return;
	}
	for (size_t i = 0; c->state != TCPS_CLOSED && i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!steps[i](c, segment, now))
			return;
}
