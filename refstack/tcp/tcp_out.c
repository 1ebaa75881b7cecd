/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What to send, and when: RFC 9293 3.7.4 (Nagle), 3.8.6 (windows, and neither end makes them
 * silly), RFC 5681's limit, and the segments' octets.
 */
#include "refstack/tcp/tcp_conn.h"

#include <assert.h>

/* A piece of the sequence space that is to go out as a segment. */
struct piece {
	uint32_t seq, len; /* octets of text */
	bool syn, fin;
	bool last; /* it empties the queue: PUSH */
};

static bool piece_any(const struct piece *p)
{
	return p->syn || p->fin || p->len > 0;
}

static uint32_t piece_end(const struct piece *p)
{
	return p->seq + p->len + p->syn + p->fin;
}

/* What stands at seq, of no more than mss octets of text and limit sequence numbers. A
 * SYN knows no limit: there is no window yet. */
static struct piece piece_at(const struct tcp_conn *c, uint32_t seq, uint32_t limit)
{
	struct piece p = { .seq = seq };
	uint32_t rest = tcp_text_start(c) + c->send.len - seq;

	if (tcp_syn_unacked(c)) {
		p.syn = seq == c->iss;
		return p;
	}
	if (c->fin_wanted && seq == c->snd_fin + 1)
		return p;
	p.len = rest < c->mss ? rest : c->mss;
	if (p.len > limit)
		p.len = limit;
	p.last = p.len == rest;
	p.fin = c->fin_wanted && p.last && p.len < limit;
	return p;
}

/* --- our window ------------------------------------------------------------------------- */

static uint32_t edge(const struct tcp_conn *c)
{
	return c->rcv_nxt + (TCP_BUFFER - c->recv.ring.len);
}

bool tcp_window_opens(const struct tcp_conn *c)
{
	uint32_t least = c->mss < TCP_BUFFER / 2 ? c->mss : TCP_BUFFER / 2;

	return edge(c) - c->rcv_adv >= least;
}

static uint16_t offer(struct tcp_conn *c)
{
	if (c->state == TCPS_SYN_SENT)
		return TCP_BUFFER;
	if (tcp_window_opens(c))
		c->rcv_adv = edge(c);
	return (uint16_t)tcp_rcv_wnd(c);
}

/* --- the peer's window ------------------------------------------------------------------ */

/* How much may be on the way behind seq. */
static uint32_t usable(const struct tcp_conn *c, uint32_t seq)
{
	uint32_t window = c->snd_wnd < c->cwnd ? c->snd_wnd : c->cwnd;
	uint32_t sent = seq - c->snd_una;

	return window > sent ? window - sent : 0;
}

/* RFC 9293 3.8.6.2.1, its four rules with Nagle's condition. */
static bool worth_sending(const struct tcp_conn *c, const struct piece *p)
{
	bool idle = c->nodelay || c->snd_una == c->snd_nxt;

	if (!piece_any(p))
		return false;
	if (p->syn || seq_before(p->seq, c->snd_nxt)) /* again: it was worth it before */
		return true;
	return p->len == c->mss || p->fin || (idle && p->last) ||
	       (idle && p->len >= (c->max_snd_wnd + 1) / 2);
}

/* --- segments --------------------------------------------------------------------------- */

static struct tcp_header header_of(struct tcp_conn *c, uint32_t seq, uint8_t flags)
{
	struct tcp_header h = {
		.src_port = c->pair.local_port,
		.dst_port = c->pair.peer_port,
		.seq = seq,
		.flags = flags,
	};

	if (flags & TCP_RST)
		return h;
	if (c->state != TCPS_SYN_SENT) {
		h.flags |= TCP_ACK;
		h.ack = c->rcv_nxt;
	}
	h.window = offer(c);
	c->ack_now = false;
	return h;
}

static size_t emit(struct tcp_conn *c, const struct tcp_header *h, const struct piece *p,
		   uint8_t *out, size_t room)
{
	struct wbuf w = wbuf_of(out, room);
	uint8_t *text;

	tcp_emit(h, &w);
	text = wbuf_reserve(&w, p->len);
	assert(text);
	if (p->len > 0)
		tcp_ring_copy(&c->send, p->seq - tcp_text_start(c), text, p->len);
	tcp_seal(&c->pair, out, w.len);
	return w.len;
}

static size_t emit_bare(struct tcp_conn *c, uint32_t seq, uint8_t flags, uint8_t *out, size_t room)
{
	struct tcp_header h = header_of(c, seq, flags);

	return emit(c, &h, &(struct piece){ .seq = seq }, out, room);
}

static size_t emit_piece(struct tcp_conn *c, const struct piece *p, uint8_t *out, size_t room,
			 usec_t now)
{
	uint8_t flags = (p->syn ? TCP_SYN : 0) | (p->fin ? TCP_FIN : 0) |
			(p->len > 0 && p->last ? TCP_PSH : 0);
	struct tcp_header h = header_of(c, p->seq, flags);
	bool again = seq_before(p->seq, c->snd_nxt);

	if (p->syn)
		h.mss = (uint16_t)(room - TCP_HEADER_LEN);
	tcp_timer_sent(c, p->seq, again, now);
	c->snd_nxt = seq_max(c->snd_nxt, piece_end(p));
	return emit(c, &h, p, out, room);
}

/* --- what is next ------------------------------------------------------------------------ */

/* What fast retransmit wants, what the persist timer wants, what stands at snd_cur. */
static struct piece next_piece(struct tcp_conn *c)
{
	struct piece p = { .len = 0 };
	uint32_t limit = usable(c, c->snd_cur);

	if (c->front_now) {
		c->front_now = false;
		return piece_at(c, c->snd_una, c->mss + 1);
	}
	if (c->probe_now && limit == 0)
		limit = 1;
	p = piece_at(c, c->snd_cur, limit);
	if (!c->probe_now && !worth_sending(c, &p))
		p = (struct piece){ .seq = c->snd_cur };
	c->probe_now = false;
	if (piece_any(&p))
		c->snd_cur = piece_end(&p);
	return p;
}

static bool waits_for_window(const struct tcp_conn *c)
{
	struct piece p = piece_at(c, c->snd_cur, UINT32_MAX);

	return piece_any(&p) && c->snd_una == c->snd_nxt;
}

/* A pure ACK stands at SND.NXT; but while the window is shut there may be a probe before
 * that which the peer hasn't taken, and two ends that probe each other would then find
 * each other's ACKs unacceptable (RFC 9293 A.2). */
static uint32_t ack_seq(const struct tcp_conn *c)
{
	return c->snd_wnd == 0 && !tcp_syn_unacked(c) ? c->snd_una : c->snd_nxt;
}

/* RFC 9293 3.7.1, Eff.snd.MSS; there are no options behind the SYN's. */
static void fit(struct tcp_conn *c, size_t room)
{
	size_t mss = room - TCP_HEADER_LEN;

	if (mss > c->peer_mss)
		mss = c->peer_mss;
	c->mss = mss < c->path_mss ? (unsigned)mss : c->path_mss;
}

/* The path takes nothing at all: as if it had been sent there, and lost. */
static size_t lose(struct tcp_conn *c, usec_t now)
{
	struct piece p = next_piece(c);

	c->ack_now = c->rst_now = c->refuse_now = false;
	if (piece_any(&p)) {
		tcp_timer_sent(c, p.seq, true, now);
		c->snd_nxt = seq_max(c->snd_nxt, piece_end(&p));
	}
	return 0;
}

size_t tcp_output(struct tcp_conn *c, uint8_t *out, size_t room, usec_t now)
{
	struct piece p;

	if (room > UINT16_MAX)
		room = UINT16_MAX;
	if (room < TCP_ROOM_LEAST)
		return lose(c, now);
	fit(c, room);
	if (c->refuse_now) {
		c->refuse_now = false;
		return emit_bare(c, c->refuse_seq, TCP_RST, out, room);
	}
	if (c->rst_now) {
		c->rst_now = false;
		return emit_bare(c, c->snd_nxt, TCP_RST, out, room);
	}
	if (c->state == TCPS_CLOSED)
		return 0;
	p = next_piece(c);
	if (piece_any(&p))
		return emit_piece(c, &p, out, room, now);
	if (waits_for_window(c))
		tcp_timer_persist(c, now);
	if (c->ack_now)
		return emit_bare(c, ack_seq(c), 0, out, room);
	return 0;
}
