/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests: a simulation of hosts A, B, ... with two links each and a prefix on
 * each link, so that locator n is on link n; and all that happened to packets, in
 * order. Include after <cmocka.h>.
 */
#ifndef REFSTACK_SIM_WORLD_H
#define REFSTACK_SIM_WORLD_H

#include "refstack/core/upper.h"
#include "refstack/link/sim.h"
#include "wire/ipv6.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

enum { A, B, C };
enum { WORLD_LINKS = 2, WORLD_PROTOCOL = 253 /* for experiments, RFC 3692 */ };

/* An event, with what it takes to know the packet again. */
struct seen {
	enum sim_fate fate;
	usec_t at;
	uint64_t id;
	struct sim_paths path;
	size_t len;
	uint32_t number; /* its last four octets; of world_send()'s, the number */
	uint8_t control; /* Shim6 control message type; 0: it is none */
};

struct world {
	struct sim *sim;   /* owned */
	struct seen *seen; /* owned; all events so far */
	size_t count, room;
	uint64_t digest;   /* of all events and all their octets */
	unsigned arrivals[SIM_HOSTS_MAX]; /* at the upper layer */
	unsigned begun[SIM_HOSTS_MAX], ended[SIM_HOSTS_MAX];
	char failure[256];
	jmp_buf escape; /* where failure leads to */
	struct upper_of {
		struct world *world;
		unsigned host;
	} upper[SIM_HOSTS_MAX];
	/* What the upper layers do beside counting; may be NULL. */
	void (*on_arrival)(struct world *w, unsigned host, const struct shim_arrival *arrival);
};

/* --- callbacks ------------------------------------------------------------------------- */

static inline void world_digest(struct world *w, const void *octets, size_t len)
{
	const uint8_t *p = octets;

	for (size_t i = 0; i < len; i++) /* FNV-1a */
		w->digest = (w->digest ^ p[i]) * UINT64_C(0x100000001b3);
}

static inline void world_tap(struct sim *sim, void *ctx, const struct sim_event *e)
{
	struct world *w = ctx;
	const uint8_t *p = e->packet;
	struct seen s = { e->fate, e->at, e->id, e->path, e->len, 0, 0 };

	(void)sim;
	if (e->len >= 4)
		s.number = (uint32_t)p[e->len - 4] << 24 | (uint32_t)p[e->len - 3] << 16 |
			   (uint32_t)p[e->len - 2] << 8 | p[e->len - 1];
	if (e->len > 42 && p[6] == PROTO_SHIM6 && !(p[42] & 0x80))
		s.control = p[42];
	if (w->count == w->room) {
		w->room = 2 * w->room + 64;
		w->seen = reallocarray(w->seen, w->room, sizeof(s));
		assert_non_null(w->seen);
	}
	w->seen[w->count++] = s;
	world_digest(w, &e->fate, sizeof(e->fate));
	world_digest(w, &e->at, sizeof(e->at));
	world_digest(w, &e->path, sizeof(e->path));
	world_digest(w, p, e->len);
}

static inline bool world_arrival(void *ctx, const struct shim_arrival *arrival)
{
	struct upper_of *upper = ctx;

	upper->world->arrivals[upper->host]++;
	if (upper->world->on_arrival)
		upper->world->on_arrival(upper->world, upper->host, arrival);
	return true;
}

static inline void world_begins(struct sim *sim, void *ctx, unsigned host)
{
	static const struct shim_upper upper = { .arrival = world_arrival };
	struct world *w = ctx;

	w->begun[host]++;
	w->upper[host] = (struct upper_of){ w, host };
	shim_set_upper(sim_host(sim, host), &upper, &w->upper[host]);
}

static inline void world_ends(struct sim *sim, void *ctx, unsigned host)
{
	struct world *w = ctx;

	assert_non_null(sim_host(sim, host));
	w->ended[host]++;
}

static inline void world_fail(struct sim *sim, void *ctx, const char *message)
{
	struct world *w = ctx;

	(void)sim;
	snprintf(w->failure, sizeof(w->failure), "%s", message);
	longjmp(w->escape, 1);
}

/* --- life -------------------------------------------------------------------------------- */

/* Host n's links have prefixes 2001:db8:a+n:1::/64 and :2::. */
static inline struct shim_config world_host_config(unsigned n)
{
	struct shim_config cfg = { .link_count = WORLD_LINKS };

	for (unsigned k = 0; k < WORLD_LINKS; k++) {
		const uint8_t prefix[8] = { 0x20, 0x01, 0x0d, 0xb8,
					    0, (uint8_t)(0xa + n), 0, (uint8_t)(k + 1) };

		cfg.link[k] = (struct shim_link_config){ .mtu = 1500, .prefix_count = 1 };
		memcpy(cfg.link[k].prefix[0], prefix, sizeof(prefix));
	}
	return cfg;
}

/* cfg may leave all callbacks out; hosts begin a context after so many packets. */
static inline struct world *world_new(struct sim_config cfg, unsigned hosts,
				      unsigned initiate_after)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->digest = UINT64_C(0xcbf29ce484222325);
	cfg.ctx = w;
	cfg.tap = world_tap;
	cfg.host_begins = world_begins;
	cfg.host_ends = world_ends;
	cfg.fail = world_fail;
	w->sim = sim_new(&cfg);
	assert_non_null(w->sim);
	for (unsigned i = 0; i < hosts; i++) {
		struct shim_config host = world_host_config(i);

		host.initiate_after = initiate_after;
		assert_int_equal(sim_add_host(w->sim, &host), i);
	}
	return w;
}

static inline void world_free(struct world *w)
{
	sim_free(w->sim);
	free(w->seen);
	free(w);
}

/* Of two hosts, without delay or fault. */
static inline int world_setup(void **state)
{
	*state = world_new((struct sim_config){ .seed = 42 }, 2, 0);
	return 0;
}

static inline int world_teardown(void **state)
{
	world_free(*state);
	return 0;
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

/* --- packets ------------------------------------------------------------------------------- */

/* From 1, like L1. */
static inline struct in6_addr world_locator(const struct world *w, unsigned host, unsigned n)
{
	struct shim_address own[HOST_LOCATORS_MAX];

	assert_in_range(n, 1, shim_host_addresses(sim_host(w->sim, host), own, HOST_LOCATORS_MAX));
	return own[n - 1].addr;
}

/* From locator k to locator l: eight octets of upper layer, the last four of them
 * the number. Through the context if there is one. */
static inline int world_send(struct world *w, unsigned from, unsigned k, unsigned to, unsigned l,
			     uint32_t number)
{
	const uint8_t upper[8] = { 0, 0, 0, 0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
				   (uint8_t)(number >> 8), (uint8_t)number };
	const struct shim_send send = {
		.local = world_locator(w, from, k),
		.peer = world_locator(w, to, l),
		.protocol = WORLD_PROTOCOL,
	};

	return shim_send(sim_host(w->sim, from), &send, upper, sizeof(upper));
}

/* --- what happened --------------------------------------------------------------------------- */

/* The nth event of that fate, from 0. */
static inline const struct seen *world_seen(const struct world *w, enum sim_fate fate, unsigned n)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->seen[i].fate == fate && n-- == 0)
			return &w->seen[i];
	fail_msg("no such event: %s", sim_fate_name(fate));
	return NULL;
}

static inline uint64_t world_count(const struct world *w, enum sim_fate fate)
{
	return sim_count(w->sim, SIM_ALL_PATHS, fate);
}

static inline bool world_has_context(const struct world *w, unsigned host, unsigned peer)
{
	struct in6_addr local = world_locator(w, host, 1), remote = world_locator(w, peer, 1);

	return shim_context_of(sim_host(w->sim, host), &local, &remote);
}

#endif
