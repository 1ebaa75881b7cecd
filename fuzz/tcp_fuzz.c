/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into refstack/tcp/: two connections, and an input that is a program of
 * the applications' calls, of time, and of what happens to the segments between them. A
 * third hand makes segments up. After each step what must hold of a connection does; and
 * as long as nobody has made anything up, what comes out is what went in.
 */
#include "refstack/tcp/tcp_conn.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { AIR_MAX = 32, ROOM = 1240, STEPS_MAX = 600, PORTION_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

struct packet {
	unsigned to;
	size_t len;
	uint8_t octets[ROOM];
};

struct world {
	struct end {
		struct tcp_pair pair;
		struct tcp_conn *conn;
		struct tcp_listener listener; /* until there is a connection */
		uint32_t sent, received;
		bool closed;
		uint32_t edge; /* of the window, as told */
		bool told;
	} end[2];
	struct packet air[AIR_MAX]; /* the oldest are lost when there are more */
	unsigned first, count;
	bool honest;
	usec_t now;
	struct rbuf program;
};

/* The streams: what stands at each place is known. */
static uint8_t octet_at(unsigned side, uint32_t n)
{
	return (uint8_t)((n * 2654435761u >> 24) + side);
}

static void demand(bool so, const char *what)
{
	if (!so) {
		fprintf(stderr, "not so: %s\n", what);
		abort();
	}
}

static struct end *some_end(struct world *w, unsigned *side)
{
	*side = rbuf_u8(&w->program) & 1;
	return &w->end[*side];
}

static struct packet *air_add(struct world *w, unsigned to)
{
	struct packet *p;

	if (w->count == AIR_MAX) {
		w->first++;
		w->count--;
	}
	p = &w->air[(w->first + w->count++) % AIR_MAX];
	p->to = to;
	return p;
}

/* What goes out is a segment, and takes no window back. */
static void look_at(struct end *e, const struct packet *p)
{
	struct tcp_segment s;
	uint32_t edge;

	demand(tcp_segment_read(&s, &e->pair.peer, &e->pair.local, p->octets, p->len) == 0,
	       "what is sent can be read");
	if (s.header.flags & TCP_RST || !(s.header.flags & TCP_ACK))
		return;
	edge = s.header.ack + s.header.window;
	demand(!e->told || !seq_before(edge, e->edge), "the window's edge doesn't move back");
	e->told = true;
	e->edge = edge;
}

static void flush(struct world *w, unsigned side)
{
	struct end *e = &w->end[side];

	for (unsigned n = 0; e->conn; n++) {
		uint8_t out[ROOM];
		size_t len = tcp_output(e->conn, out, sizeof(out), w->now);
		struct packet *p;

		if (len == 0)
			break;
		demand(n < 200, "output comes to an end");
		p = air_add(w, !side);
		p->len = len;
		memcpy(p->octets, out, len);
		look_at(e, p);
	}
}

static void land(struct world *w, const struct packet *p)
{
	struct end *e = &w->end[p->to];
	uint8_t *exact = malloc(p->len ? p->len : 1), rst[TCP_HEADER_LEN];
	struct tcp_segment s;
	struct packet *answer;
	size_t len = 0;
	bool refuse = false;

	if (!exact)
		abort();
	memcpy(exact, p->octets, p->len); /* so that reading beyond its end is found */
	if (tcp_segment_read(&s, &e->pair.local, &e->pair.peer, exact, p->len) == 0) {
		if (e->conn && tcp_state(e->conn) != TCPS_CLOSED) {
			tcp_input(e->conn, &s, w->now);
		} else if (!e->conn && tcp_pair_equal(&s.pair, &e->pair)) {
			e->conn = tcp_listener_input(&e->listener, &s, 0xfffffff0, &refuse);
			e->listener.count = 0;
		} else {
			refuse = true;
		}
		if (refuse)
			len = tcp_refuse(&s, rst, sizeof(rst));
		if (len > 0) {
			answer = air_add(w, !p->to);
			answer->len = len;
			memcpy(answer->octets, rst, len);
		}
	}
	free(exact);
}

/* --- steps; each takes its arguments from the program --------------------------------------- */

static struct packet *next_packet(struct world *w)
{
	if (!w->count)
		return NULL;
	w->count--;
	return &w->air[w->first++ % AIR_MAX];
}

static void deliver(struct world *w)
{
	struct packet *p = next_packet(w), copy;

	if (!p)
		return;
	copy = *p; /* its place may be taken by what it causes */
	land(w, &copy);
}

static void lose(struct world *w)
{
	next_packet(w);
}

static void delay(struct world *w)
{
	struct packet *p = next_packet(w), copy;

	if (!p)
		return;
	copy = *p;
	*air_add(w, copy.to) = copy;
}

static void deliver_twice(struct world *w)
{
	struct packet *p = next_packet(w), copy;

	if (!p)
		return;
	copy = *p;
	land(w, &copy);
	land(w, &copy);
}

static void deliver_cut(struct world *w)
{
	struct packet *p = next_packet(w), copy;
	unsigned len = rbuf_u16(&w->program);

	if (!p)
		return;
	w->honest = false;
	copy = *p;
	copy.len = len % (copy.len + 1);
	if (copy.len >= TCP_HEADER_LEN)
		tcp_seal(&w->end[!copy.to].pair, copy.octets, copy.len);
	land(w, &copy);
}

/* Numbers not far from where they matter, flags as they come. */
static void deliver_made_up(struct world *w)
{
	unsigned side;
	struct end *e = some_end(w, &side);
	struct packet p = { .to = side };
	struct tcp_header h = {
		.src_port = e->pair.peer_port,
		.dst_port = e->pair.local_port,
		.flags = rbuf_u8(&w->program),
		.seq = (uint32_t)(int16_t)rbuf_u16(&w->program),
		.ack = (uint32_t)(int16_t)rbuf_u16(&w->program),
		.window = rbuf_u16(&w->program),
		.mss = rbuf_u8(&w->program),
	};
	struct wbuf out = wbuf_of(p.octets, sizeof(p.octets));

	w->honest = false;
	if (e->conn) {
		h.seq += e->conn->rcv_nxt;
		h.ack += e->conn->snd_nxt;
	}
	tcp_emit(&h, &out);
	wbuf_zero(&out, rbuf_u8(&w->program) * 4u);
	p.len = out.len;
	tcp_seal(&w->end[!side].pair, p.octets, p.len);
	land(w, &p);
}

static void say(struct world *w)
{
	unsigned side;
	struct end *e = some_end(w, &side);
	uint8_t portion[PORTION_MAX];
	size_t len = rbuf_u16(&w->program) % PORTION_MAX;
	ssize_t n;

	if (!e->conn)
		return;
	for (size_t i = 0; i < len; i++)
		portion[i] = octet_at(side, e->sent + (uint32_t)i);
	n = tcp_send(e->conn, portion, len);
	demand(n <= (ssize_t)len, "no more is taken than was given");
	if (n > 0)
		e->sent += (uint32_t)n;
}

static void hear(struct world *w)
{
	unsigned side;
	struct end *e = some_end(w, &side);
	uint8_t portion[PORTION_MAX];
	size_t len = rbuf_u16(&w->program) % PORTION_MAX;
	ssize_t n;

	if (!e->conn || e->closed)
		return;
	n = tcp_recv(e->conn, portion, len, false);
	demand(n <= (ssize_t)len, "no more is given than was asked for");
	for (ssize_t i = 0; w->honest && i < n; i++)
		demand(portion[i] == octet_at(!side, e->received++), "the stream is the same");
}

static void shut_down(struct world *w)
{
	unsigned side;
	struct end *e = some_end(w, &side);

	if (e->conn)
		tcp_shutdown(e->conn, SHUT_WR);
}

static void close_or_abort(struct world *w)
{
	unsigned side;
	struct end *e = some_end(w, &side);
	unsigned how = rbuf_u8(&w->program) & 3;

	if (!e->conn)
		return;
	e->closed = true;
	if (how == 0)
		tcp_abort(e->conn);
	else if (how == 1)
		tcp_shutdown(e->conn, SHUT_RD);
	else
		tcp_close(e->conn, w->now);
}

static void complain(struct world *w)
{
	unsigned side;
	struct end *e = some_end(w, &side);
	uint8_t type = rbuf_u8(&w->program), code = rbuf_u8(&w->program), quoted[8] = { 0 };
	uint32_t word = rbuf_u16(&w->program);

	if (!e->conn)
		return;
	memcpy(quoted + 4, &(uint32_t){ htonl(e->conn->snd_una) }, 4);
	tcp_error(e->conn, type % 5, code, word, quoted, sizeof(quoted));
}

static void wait(struct world *w)
{
	unsigned how = rbuf_u8(&w->program);

	w->now += (usec_t)(how & 0x0f) << (how >> 4) * 2;
}

static void wait_for_what_is_due(struct world *w)
{
	unsigned side;
	struct end *e = some_end(w, &side);

	if (e->conn && tcp_deadline(e->conn) != USEC_NEVER && tcp_deadline(e->conn) > w->now)
		w->now = tcp_deadline(e->conn);
}

static void (*const steps[])(struct world *w) = {
	deliver,
	deliver,
	deliver,
	deliver,
	lose,
	delay,
	deliver_twice,
	say,
	hear,
	wait,
	wait_for_what_is_due,
	shut_down,
	close_or_abort,
	deliver_cut,
	deliver_made_up,
	complain,
};

/* --- what must hold --------------------------------------------------------------------------- */

static void check(const struct tcp_conn *c)
{
	uint32_t text = tcp_text_start(c);

	demand(c->send.len <= TCP_BUFFER && c->recv.ring.len <= TCP_BUFFER, "rings are bounded");
	demand(c->recv.islands <= ISLANDS_MAX, "islands are bounded");
	if (c->state == TCPS_CLOSED) {
		demand(tcp_deadline(c) == USEC_NEVER, "what is closed has no timers");
		return;
	}
	demand(!seq_after(c->snd_una, c->snd_cur), "SND.UNA is not after what is next");
	demand(!seq_after(c->snd_cur, c->snd_nxt), "what is next is not after SND.NXT");
	demand(!seq_after(c->snd_nxt, c->fin_wanted ? c->snd_fin + 1 : text + c->send.len),
	       "SND.NXT is not after what there is");
	demand(c->snd_una == c->snd_nxt || c->rexmt_at != USEC_NEVER,
	       "what is in flight has a timer");
	if (c->state == TCPS_SYN_SENT)
		return;
	demand(!seq_after(c->rcv_nxt, c->rcv_adv), "no more has come than was offered");
	demand(tcp_rcv_wnd(c) + c->recv.ring.len <= TCP_BUFFER, "what is offered has room");
	demand(c->fin_taken == (c->state >= TCPS_CLOSE_WAIT), "a FIN is where it belongs");
	demand(c->fin_wanted || c->state < TCPS_FIN_WAIT_1 || c->state == TCPS_CLOSE_WAIT,
	       "nothing is closed by itself");
}

static void settle(struct world *w)
{
	for (unsigned side = 0; side < 2; side++) {
		if (!w->end[side].conn)
			continue;
		tcp_expire(w->end[side].conn, w->now);
		flush(w, side);
		check(w->end[side].conn);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static struct world w;
	struct tcp_pair *a = &w.end[0].pair, *b = &w.end[1].pair;

	w = (struct world){ .program = rbuf_of(octets, len), .honest = true };
	a->local_port = b->peer_port = 40000;
	a->peer_port = b->local_port = 80;
	inet_pton(AF_INET6, "2001:db8:a::1", &a->local);
	inet_pton(AF_INET6, "2001:db8:b::1", &a->peer);
	b->local = a->peer;
	b->peer = a->local;
	w.end[1].listener.backlog = 1;
	w.end[0].conn = tcp_connect(a, 1000);
	if (rbuf_u8(&w.program) & 1)
		w.end[1].conn = tcp_connect(b, 0xfffffff0);
	settle(&w);
	for (unsigned i = 0; i < STEPS_MAX && rbuf_left(&w.program) > 0; i++) {
		steps[rbuf_u8(&w.program) % (sizeof(steps) / sizeof(steps[0]))](&w);
		settle(&w);
	}
	for (unsigned side = 0; side < 2; side++)
		tcp_free(w.end[side].conn);
	return 0;
}
