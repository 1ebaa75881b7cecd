/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into refstack/core/: two hosts, and an input that is a program of
 * what happens to them and to the packets between them. After each step what
 * must hold of a host does (refstack/core/invariants.h).
 */
#include "fuzz/air.h"
#include "refstack/core/invariants.h"

#include <stdio.h>
#include <stdlib.h>

enum { AIR_MAX = 32, PACKET_MAX = 1500, STEPS_MAX = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

struct packet {
	unsigned to;
	size_t len;
	uint8_t octets[PACKET_MAX];
};

struct world {
	struct shim_host *host[2];
	struct end {
		struct world *world;
		unsigned self;
	} end[2];
	struct packet air[AIR_MAX]; /* the oldest are lost when there are more */
	unsigned first, count;
	struct rbuf program;
};

static void transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	const struct end *end = ctx;
	struct world *w = end->world;
	struct packet *p;

	(void)link;
	if (len > PACKET_MAX)
		abort();
	if (w->count == AIR_MAX) {
		w->first++;
		w->count--;
	}
	p = &w->air[(w->first + w->count++) % AIR_MAX];
	p->to = !end->self;
	p->len = len;
	memcpy(p->octets, packet, len);
}

static bool arrival(void *ctx, const struct shim_arrival *a)
{
	uint8_t sum = 0;

	(void)ctx;
	for (size_t i = 0; i < a->len; i++) /* all of it must be there */
		sum ^= a->upper[i];
	return sum != 1;
}

static void error(void *ctx, const struct shim_upper_error *e)
{
	uint8_t sum = 0;

	(void)ctx;
	for (size_t i = 0; i < e->len; i++)
		sum ^= e->upper[i];
	if (sum == 1 && e->len == SIZE_MAX)
		abort();
}

static const struct shim_upper upper = { .arrival = arrival, .error = error };

static struct shim_host *host_new(struct end *end)
{
	struct shim_config cfg = {
		.seed = end->self,
		.link_count = 2,
		.contexts_max = 8,
		.ctx = end,
		.transmit = transmit,
	};
	struct shim_host *host;

	for (uint8_t k = 0; k < 2; k++)
		cfg.link[k] = (struct shim_link_config){
			.mtu = 1500,
			.prefix_count = 1,
			.prefix = { { 0x20, 0x01, 0x0d, 0xb8, 0, (uint8_t)end->self, 0, k } },
		};
	host = shim_host_new(&cfg);
	if (!host)
		abort();
	shim_set_upper(host, &upper, end);
	return host;
}

/* --- steps; each takes its arguments from the program ------------------------------ */

static struct shim_host *some_host(struct world *w, unsigned *side)
{
	*side = rbuf_u8(&w->program) & 1;
	return w->host[*side];
}

static struct in6_addr locator(const struct world *w, unsigned side, unsigned n)
{
	return w->host[side]->locator[n % w->host[side]->locator_count].addr;
}

static struct packet *next_packet(struct world *w)
{
	if (!w->count)
		return NULL;
	w->count--;
	return &w->air[w->first++ % AIR_MAX];
}

static void land(struct world *w, const struct packet *p)
{
	air_land(w->host[p->to], p->octets, p->len);
}

static void deliver(struct world *w)
{
	struct packet *p = next_packet(w);

	if (p)
		land(w, p);
}

static void lose(struct world *w)
{
	next_packet(w);
}

static void deliver_twice(struct world *w)
{
	struct packet *p = next_packet(w), copy;

	if (!p)
		return;
	copy = *p; /* its place may be taken by what it causes */
	land(w, &copy);
	land(w, &copy);
}

static void deliver_changed(struct world *w)
{
	struct packet *p = next_packet(w), copy;
	unsigned at = rbuf_u16(&w->program), octet = rbuf_u8(&w->program);

	if (!p)
		return;
	copy = *p;
	copy.octets[at % copy.len] = (uint8_t)octet;
	air_seal(copy.octets, copy.len);
	land(w, &copy);
}

static void deliver_cut(struct world *w)
{
	struct packet *p = next_packet(w), copy;
	unsigned len = rbuf_u16(&w->program);

	if (!p)
		return;
	copy = *p;
	copy.len = len % (copy.len + 1);
	if (copy.len >= 40)
		wire_bits_put(copy.octets, 32, 16, copy.len - 40);
	air_seal(copy.octets, copy.len);
	land(w, &copy);
}

/* What the program says, behind a header with addresses that are theirs. */
static void deliver_made_up(struct world *w)
{
	struct packet p = { .to = rbuf_u8(&w->program) & 1 };
	struct ipv6_header ip = { .hop_limit = 64 };
	unsigned pair = rbuf_u8(&w->program);
	struct wbuf out = wbuf_of(p.octets, sizeof(p.octets));
	size_t len;

	ip.next_header = rbuf_u8(&w->program);
	ip.src = locator(w, !p.to, pair);
	ip.dst = locator(w, p.to, pair >> 1);
	len = rbuf_u8(&w->program);
	if (len > rbuf_left(&w->program))
		len = rbuf_left(&w->program);
	ip.payload_len = (uint16_t)len;
	ipv6_emit(&ip, &out);
	wbuf_copy(&out, rbuf_take(&w->program, len), len);
	p.len = out.len;
	air_seal(p.octets, p.len);
	land(w, &p);
}

static void wait(struct world *w)
{
	unsigned side;
	struct shim_host *host = some_host(w, &side);
	unsigned how = rbuf_u8(&w->program);
	usec_t usec = (usec_t)(how & 0x0f) << (how >> 4) * 2;

	shim_host_advance(host, shim_host_now(host) + usec);
}

static void wait_for_what_is_due(struct world *w)
{
	unsigned side;
	struct shim_host *host = some_host(w, &side);
	usec_t due = shim_host_deadline(host);

	if (due != USEC_NEVER)
		shim_host_advance(host, due);
}

static void initiate(struct world *w)
{
	unsigned side;
	struct shim_host *host = some_host(w, &side);
	unsigned pair = rbuf_u8(&w->program);
	struct in6_addr local = locator(w, side, pair), peer = locator(w, !side, pair >> 1);

	shim_initiate(host, &local, &peer, pair >> 2 & 3);
}

static void say(struct world *w)
{
	static const uint8_t datagram[1400] = { 0, 7, 0, 7 };
	unsigned side;
	struct shim_host *host = some_host(w, &side);
	unsigned pair = rbuf_u8(&w->program);
	struct in6_addr pinned = locator(w, side, pair >> 4);
	struct shim_send send = {
		.local = locator(w, side, pair),
		.peer = locator(w, !side, pair >> 1),
		.protocol = IPPROTO_UDP,
		.fii = pair >> 2 & 3,
		.source_locator = pair & 0x40 ? &pinned : NULL,
		.dontshim = pair & 0x80,
	};

	shim_send(host, &send, datagram, rbuf_u8(&w->program) * 5);
}

static void change_link(struct world *w)
{
	unsigned side;
	struct shim_host *host = some_host(w, &side);
	unsigned what = rbuf_u8(&w->program);

	shim_host_link_event(host, what & 3, what & 4);
}

static void feed_back(struct world *w)
{
	unsigned side;
	struct shim_host *host = some_host(w, &side);
	struct context_walk walk = { .bucket = 0 };
	struct shim_context *context = context_walk(&host->contexts, &walk);
	unsigned what = rbuf_u8(&w->program);

	if (context && what & 2)
		shim_feedback(host, context, what & 1);
	else if (context)
		shim_hot_standby(host, context, what & 1);
}

static void restart(struct world *w)
{
	unsigned side;

	shim_host_free(some_host(w, &side));
	w->host[side] = host_new(&w->end[side]);
}

static void (*const steps[])(struct world *w) = {
	deliver, deliver, deliver, lose, deliver_twice, deliver_changed, deliver_cut,
	deliver_made_up, wait, wait_for_what_is_due, initiate, say, change_link, feed_back, restart,
};

static void check(const struct world *w)
{
	for (unsigned side = 0; side < 2; side++) {
		const char *broken = shim_host_broken_rule(w->host[side]);

		if (broken) {
			fprintf(stderr, "host %u: not so: %s\n", side, broken);
			abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static struct world w;

	w = (struct world){ .program = rbuf_of(octets, len) };
	for (unsigned side = 0; side < 2; side++) {
		w.end[side] = (struct end){ &w, side };
		w.host[side] = host_new(&w.end[side]);
	}
	for (unsigned i = 0; i < STEPS_MAX && rbuf_left(&w.program) > 0; i++) {
		steps[rbuf_u8(&w.program) % (sizeof(steps) / sizeof(steps[0]))](&w);
		check(&w);
	}
	for (unsigned side = 0; side < 2; side++)
		shim_host_free(w.host[side]);
	return 0;
}
