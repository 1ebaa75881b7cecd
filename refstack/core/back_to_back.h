/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of this folder: hosts A and B with two links each and a
 * network between them that leads everywhere. Every packet ever sent is kept
 * in order; those that have not landed yet are the air.
 */
#ifndef REFSTACK_BACK_TO_BACK_H
#define REFSTACK_BACK_TO_BACK_H

#include "refstack/core/internal.h"
#include "wire/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { A, B };
enum { FLIGHTS_MAX = 256, FLIGHT_MAX = 1500, UPPER_MAX = 1500 };
enum { LOCATORS_MAX = 8 };

struct flight {
	unsigned to;
	unsigned link; /* on which it was sent */
	usec_t at;     /* when it was sent */
	size_t len;
	uint8_t octets[FLIGHT_MAX];
};

struct pair {
	struct shim_host *host[2];
	struct end {
		struct pair *pair;
		unsigned self;
		bool wants; /* what the upper layer says of what it is given */
		unsigned arrivals;
		struct shim_arrival arrival; /* the last; upper points to the next */
		uint8_t upper[UPPER_MAX];
		unsigned events[SHIM_EVENT_KIND_COUNT];
		struct shim_event event; /* the last */
	} end[2];
	unsigned count, landed;
	struct flight flight[FLIGHTS_MAX];
	/* Control messages of this type are lost; so many of them. */
	uint8_t lose_type;
	unsigned lose_count, lost;
	/* Nothing goes this way: from a host, a locator of it, to one of the other's. */
	bool cut[2][LOCATORS_MAX + 1][LOCATORS_MAX + 1];
};

static inline void pair_transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct end *end = ctx;
	struct pair *p = end->pair;
	struct flight *f;

	assert_in_range(len, IPV6_HEADER_LEN, FLIGHT_MAX);
	assert_true(p->count < FLIGHTS_MAX);
	f = &p->flight[p->count++];
	f->to = !end->self;
	f->link = link;
	f->at = p->host[end->self] ? shim_host_now(p->host[end->self]) : 0;
	f->len = len;
	memcpy(f->octets, packet, len);
}

static inline bool pair_arrival(void *ctx, const struct shim_arrival *arrival)
{
	struct end *end = ctx;

	assert_in_range(arrival->len, 0, UPPER_MAX);
	end->arrivals++;
	end->arrival = *arrival;
	memcpy(end->upper, arrival->upper, arrival->len);
	end->arrival.upper = end->upper;
	return end->wants;
}

static inline void pair_event(void *ctx, const struct shim_event *event)
{
	struct end *end = ctx;

	end->events[event->kind]++;
	end->event = *event;
}

static const struct shim_upper pair_upper = { .arrival = pair_arrival, .event = pair_event };

/* Host A's links have prefixes 2001:db8:a:1::/64 and :2::, B's 2001:db8:b:... */
static inline struct shim_config pair_config(struct end *end, uint64_t seed)
{
	struct shim_config cfg = {
		.seed = seed,
		.link_count = 2,
		.ctx = end,
		.transmit = pair_transmit,
	};

	for (uint8_t k = 0; k < 2; k++) {
		const uint8_t prefix[8] = { 0x20, 0x01, 0x0d, 0xb8,
					    0, (uint8_t)(0xa + end->self), 0, (uint8_t)(k + 1) };

		cfg.link[k] = (struct shim_link_config){ .mtu = 1500, .prefix_count = 1 };
		memcpy(cfg.link[k].prefix[0], prefix, sizeof(prefix));
	}
	return cfg;
}

/* Two ends without hosts; see pair_host(). */
static inline struct pair *pair_empty(void)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	for (unsigned i = 0; i < 2; i++)
		p->end[i] = (struct end){ .pair = p, .self = i, .wants = true };
	return p;
}

static inline void pair_host(struct pair *p, unsigned side, const struct shim_config *cfg)
{
	p->host[side] = shim_host_new(cfg);
	assert_non_null(p->host[side]);
	shim_set_upper(p->host[side], &pair_upper, &p->end[side]);
}

static inline struct pair *pair_new(uint64_t seed, unsigned initiate_after)
{
	struct pair *p = pair_empty();

	for (unsigned i = 0; i < 2; i++) {
		struct shim_config cfg = pair_config(&p->end[i], seed + i);

		cfg.initiate_after = initiate_after;
		pair_host(p, i, &cfg);
	}
	return p;
}

static inline void pair_free(struct pair *p)
{
	shim_host_free(p->host[A]);
	shim_host_free(p->host[B]);
	free(p);
}

static inline int pair_setup(void **state)
{
	*state = pair_new(42, 0);
	return 0;
}

static inline int pair_teardown(void **state)
{
	pair_free(*state);
	return 0;
}

#define pair_test(f) cmocka_unit_test_setup_teardown(f, pair_setup, pair_teardown)

/* Locator n of a host, from 1 like L1; it is on link n. */
static inline struct in6_addr locator_of(const struct pair *p, unsigned side, unsigned n)
{
	return p->host[side]->locator[n - 1].addr;
}

/* Of the default context: the first locators of both. */
static inline struct shim_ulids ulids_of(const struct pair *p, unsigned side)
{
	return (struct shim_ulids){ locator_of(p, side, 1), locator_of(p, !side, 1), 0 };
}

static inline struct shim_context *context_of(const struct pair *p, unsigned side)
{
	struct shim_ulids ulids = ulids_of(p, side);

	return context_by_ulids(&p->host[side]->contexts, &ulids);
}

static inline enum shim_state state_of(const struct pair *p, unsigned side)
{
	const struct shim_context *context = context_of(p, side);

	return context ? context->state : SHIM_IDLE;
}

static inline void initiate(struct pair *p, unsigned side)
{
	struct shim_ulids ulids = ulids_of(p, side);

	handshake_initiate(p->host[side], &ulids);
}

/* Of a packet with the Shim6 header right behind the IPv6 header: its control
 * message type; 0: it has none. */
static inline uint8_t control_type(const struct flight *f)
{
	if (f->octets[6] != PROTO_SHIM6 || f->octets[42] & 0x80)
		return 0;
	return f->octets[42];
}

/* The n of locator_of(); 0: it has no such locator. */
static inline unsigned number_of(const struct pair *p, unsigned side, const uint8_t *addr)
{
	for (unsigned n = 1; n <= p->host[side]->locator_count && n <= LOCATORS_MAX; n++)
		if (!memcmp(&p->host[side]->locator[n - 1].addr, addr, 16))
			return n;
	return 0;
}

static inline bool is_cut(const struct pair *p, const struct flight *f)
{
	return p->cut[!f->to][number_of(p, !f->to, f->octets + 8)]
		     [number_of(p, f->to, f->octets + 24)];
}

/* It arrives on the link of the address that it is for. */
static inline void land(struct pair *p, const struct flight *f)
{
	const struct host_locator *l;
	struct in6_addr dst;

	memcpy(&dst, f->octets + 24, sizeof(dst));
	l = host_locator(p->host[f->to], &dst);
	shim_host_input(p->host[f->to], l ? l->link : 1, f->octets, f->len);
}

static inline void land_one(struct pair *p)
{
	const struct flight *f = &p->flight[p->landed++];

	if (p->lose_count && control_type(f) == p->lose_type) {
		p->lose_count--;
		p->lost++;
	} else if (is_cut(p, f)) {
		p->lost++;
	} else {
		land(p, f);
	}
}

/* Packets land, and those that they cause, until the air is empty. */
static inline void settle(struct pair *p)
{
	while (p->landed < p->count)
		land_one(p);
}

/* The same until a time, with all that is due before. */
static inline void run_until(struct pair *p, usec_t end)
{
	for (;;) {
		usec_t a, b, due;

		settle(p);
		a = shim_host_deadline(p->host[A]);
		b = shim_host_deadline(p->host[B]);
		due = a < b ? a : b;
		if (due > end)
			due = end;
		shim_host_advance(p->host[A], due);
		shim_host_advance(p->host[B], due);
		if (due == end && p->landed == p->count)
			return;
	}
}

static inline void establish(struct pair *p)
{
	initiate(p, A);
	settle(p);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
}

/* Were the packets from `first` on these control messages and no more? */
static inline void assert_sent(const struct pair *p, unsigned first, const uint8_t *types,
			       unsigned n)
{
	assert_int_equal(p->count - first, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(control_type(&p->flight[first + i]), types[i]);
}

/* Where a control message's checksum is right again after an edit. */
static inline void seal(struct flight *f)
{
	uint16_t sum = checksum_shim6(f->octets + IPV6_HEADER_LEN, f->len - IPV6_HEADER_LEN);

	f->octets[IPV6_HEADER_LEN + 4] = (uint8_t)(sum >> 8);
	f->octets[IPV6_HEADER_LEN + 5] = (uint8_t)sum;
}

/* Payload between the ULIDs; n: from the locator of that number, 0: from where
 * the context has it. */
static inline int send_payload(struct pair *p, unsigned side, unsigned n)
{
	struct in6_addr source = n ? locator_of(p, side, n) : in6addr_any;
	const struct shim_send send = {
		.local = locator_of(p, side, 1),
		.peer = locator_of(p, !side, 1),
		.protocol = IPPROTO_UDP,
		.source_locator = n ? &source : NULL,
	};

	return shim_send(p->host[side], &send, "datagram", 8);
}

/* The n-th control message of a type, from 1, among the packets from `first` on. */
static inline struct flight *sent_nth(struct pair *p, unsigned first, uint8_t type, unsigned n)
{
	for (unsigned i = first; i < p->count; i++)
		if (control_type(&p->flight[i]) == type && --n == 0)
			return &p->flight[i];
	fail_msg("message %u has not been sent that often", type);
	return NULL;
}

static inline unsigned count_sent(const struct pair *p, unsigned first, uint8_t type)
{
	unsigned n = 0;

	for (unsigned i = first; i < p->count; i++)
		n += control_type(&p->flight[i]) == type;
	return n;
}

/* A control message, taken apart; what it points to is f's. */
static inline struct shim6_message read_message(const struct flight *f)
{
	struct rbuf r = rbuf_of(f->octets + IPV6_HEADER_LEN, f->len - IPV6_HEADER_LEN);
	struct shim6_message m;

	assert_int_equal(shim6_message_parse(&m, &r), 0);
	return m;
}

/* Where an option starts in a packet; 0: there is none. */
static inline size_t find_option(const struct flight *f, uint16_t type)
{
	size_t at = IPV6_HEADER_LEN + shim6_fixed_len(control_type(f));
	struct rbuf r = rbuf_of(f->octets + at, f->len - at);
	struct shim6_option o;

	while (shim6_option_next(&r, &o))
		if (o.type == type)
			return at + o.off;
	return 0;
}

static inline uint64_t uint_at(const void *octets, size_t len)
{
	struct rbuf r = rbuf_of(octets, len);

	return rbuf_uint(&r, len);
}

static inline void put_tag(uint8_t *octets, uint64_t tag)
{
	for (unsigned i = 0; i < 6; i++)
		octets[i] = (uint8_t)(tag >> 8 * (5 - i));
}

/* Are both ends ESTABLISHED, and does each send by the other's tag? */
static inline void assert_consistent(const struct pair *p)
{
	const struct shim_context *a = context_of(p, A), *b = context_of(p, B);

	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	assert_true(a->ct_peer == b->ct_local && b->ct_peer == a->ct_local);
}

static inline void assert_addr(const void *octets, struct in6_addr addr)
{
	assert_memory_equal(octets, &addr, sizeof(addr));
}

#endif
