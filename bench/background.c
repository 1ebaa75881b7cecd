/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench/background.h"
#include "bench/dice.h"
#include "wire/checksum.h"
#include "wire/cursor.h"
#include "wire/layers.h"

#include <stdlib.h>

enum { FLOWS = 4096, TCP_HEADER_LEN = 20, TALK_LEN = 8192 };

struct flow {
	struct in6_addr addr[2];
	uint16_t port[2];
	uint32_t seq[2]; /* TCP: the next octet of each side; ICMPv6: counts */
	const struct kind *kind;
};

struct background {
	struct dice dice;
	struct flow flow[FLOWS];
	struct draft draft;
	uint8_t talk[TALK_LEN];
};

struct segment {
	struct flow *flow;
	unsigned from; /* 0: the client */
	struct draft *d;
	const uint8_t *data; /* borrowed */
	size_t len;
};

static void add_data(const struct segment *s)
{
	draft_add(s->d, &layer_data);
	draft_octets(s->d, "octets", s->data, s->len);
}

static void add_udp(const struct segment *s)
{
	draft_add(s->d, &layer_udp);
	draft_number(s->d, "src", s->flow->port[s->from]);
	draft_number(s->d, "dst", s->flow->port[!s->from]);
	add_data(s);
}

static void add_echo(const struct segment *s)
{
	draft_add(s->d, &layer_echo);
	draft_number(s->d, "type", 128 + s->from);
	draft_number(s->d, "id", s->flow->port[0]);
	draft_number(s->d, "seq", s->flow->seq[s->from]++ & 0xffff);
	add_data(s);
}

/* RFC 9293 3.1. No layer of ours: Shim6 does not ask what TCP says. */
static void add_tcp(const struct segment *s)
{
	struct flow *f = s->flow;
	size_t len = TCP_HEADER_LEN + s->len;
	struct wbuf w = wbuf_of(draft_room(s->d, len), len);
	uint32_t sum = checksum_pseudo(&f->addr[s->from], &f->addr[!s->from], (uint32_t)len,
				       IPPROTO_TCP);

	wbuf_u16(&w, f->port[s->from]);
	wbuf_u16(&w, f->port[!s->from]);
	wbuf_u32(&w, f->seq[s->from]);
	wbuf_u32(&w, f->seq[!s->from]);
	wbuf_u16(&w, 0x5018); /* five words; ACK, PSH */
	wbuf_u16(&w, 0xffff); /* window */
	wbuf_u32(&w, 0);      /* checksum, urgent pointer */
	wbuf_copy(&w, s->data, s->len);
	wire_bits_put(w.data, 128, 16, checksum_finish(checksum_add(sum, w.data, w.len)));
	f->seq[s->from] += (uint32_t)s->len;

	draft_number(s->d, "next_header", IPPROTO_TCP);
	draft_add(s->d, &layer_data);
	draft_octets(s->d, "octets", w.data, w.len);
}

static const struct kind {
	unsigned of_100;
	void (*add)(const struct segment *s);
} kinds[] = { { 40, add_udp }, { 55, add_tcp }, { 5, add_echo } };

/* Acknowledgements and voice, requests, and full segments: of data. */
static const struct dice_sizes sizes[] = {
	{ 47, 0, 100 }, { 26, 100, 800 }, { 27, 1300, 100 },
};

void background_next(struct background *b, struct packet *out)
{
	struct flow *f = &b->flow[dice_below(&b->dice, FLOWS)];
	struct segment s = { .flow = f, .d = &b->draft };

	/* Not in the initializer: compilers differ in the order in which they throw. */
	s.from = dice_below(&b->dice, 2);
	s.data = b->talk + dice_below(&b->dice, TALK_LEN - BENCH_PACKET_MAX);
	s.len = dice_size(&b->dice, sizes);

	draft_begin(&b->draft, &f->addr[s.from], &f->addr[!s.from]);
	f->kind->add(&s);
	draft_build(&b->draft, NULL, NULL, out);
}

static void flow_begin(struct flow *f, struct dice *dice)
{
	unsigned draw = dice_below(dice, 100);

	for (f->kind = kinds; draw >= f->kind->of_100; f->kind++)
		draw -= f->kind->of_100;
	for (unsigned i = 0; i < 2; i++) {
		dice_fill(dice, &f->addr[i], sizeof(f->addr[i]));
		memcpy(&f->addr[i], "\x20\x01\x0d\xb8", 4);
		f->seq[i] = dice_u32(dice);
	}
	f->port[0] = (uint16_t)(49152 + dice_below(dice, 16384));
	f->port[1] = 443;
}

struct background *background_new(uint64_t seed)
{
	struct background *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->dice.state = seed;
	dice_fill(&b->dice, b->talk, sizeof(b->talk));
	for (unsigned i = 0; i < FLOWS; i++)
		flow_begin(&b->flow[i], &b->dice);
	return b;
}

void background_free(struct background *b) { free(b); }
