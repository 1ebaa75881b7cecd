/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of this folder: two hosts in a simulated network, whose upper
 * layers send each other datagrams all the time, and what comes of it. What must
 * hold holds for every seed; one that fails is named, and WORLD_SEED=N runs it alone.
 */
#ifndef REFSTACK_WORLD_H
#define REFSTACK_WORLD_H

#include "refstack/core/invariants.h"
#include "refstack/link/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { A, B };
#define MSEC UINT64_C(1000)

struct world {
	uint64_t seed;
	uint64_t dice; /* of the test itself, apart from the simulation's */
	struct sim *sim;
	unsigned links[2];
	struct in6_addr ulid[2];
	usec_t every;          /* between datagrams, each way; 0: there are none */
	bool silent[2];        /* this side sends none */
	uint64_t sent[2], got[2]; /* by side */
	usec_t last_got[2];    /* when; 0: never */
	usec_t worst_gap[2];   /* between two that arrived, since it was last set to 0 */
	void (*tap)(struct world *w, const struct sim_event *event);
	void *arg; /* the test's */
};

static inline uint64_t world_dice(struct world *w, uint64_t sides)
{
	/* Steele, Lea and Flood's SplitMix64 */
	uint64_t z = (w->dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % sides;
}

#define WORLD_ASSERT(w, condition)                                                      \
	do {                                                                            \
		if (!(condition)) {                                                     \
			printf("seed %llu at %.6f s: %s\n", (unsigned long long)(w)->seed, \
			       (double)sim_now((w)->sim) / 1e6, #condition);             \
			fail();                                                          \
		}                                                                       \
	} while (0)

static inline void world_check(struct world *w)
{
	for (unsigned side = A; side <= B; side++) {
		const char *broken = shim_host_broken_rule(sim_host(w->sim, side));

		if (broken)
			printf("host %u: not so: %s\n", side, broken);
		WORLD_ASSERT(w, !broken);
	}
}

/* --- the upper layers ----------------------------------------------------------- */

struct world_side {
	struct world *world;
	unsigned side;
};

static inline bool world_arrival(void *ctx, const struct shim_arrival *arrival)
{
	struct world_side *s = ctx;
	struct world *w = s->world;
	usec_t now = sim_now(w->sim);

	if (arrival->protocol != IPPROTO_UDP)
		return false;
	w->got[s->side]++;
	if (now - w->last_got[s->side] > w->worst_gap[s->side])
		w->worst_gap[s->side] = now - w->last_got[s->side];
	w->last_got[s->side] = now;
	return true;
}

static const struct shim_upper world_upper = { .arrival = world_arrival };

/* Octets enough for a datagram; nobody here looks at its checksum. */
static inline int world_send(struct world *w, unsigned side)
{
	static const uint8_t datagram[64] = { 0, 7, 0, 7, 0, 64 };
	const struct shim_send send = {
		.local = w->ulid[side],
		.peer = w->ulid[!side],
		.protocol = IPPROTO_UDP,
	};

	w->sent[side]++;
	return shim_send(sim_host(w->sim, side), &send, datagram, sizeof(datagram));
}

static inline void world_talk(struct sim *sim, void *arg)
{
	struct world *w = arg;

	for (unsigned side = A; side <= B; side++)
		if (!w->silent[side])
			world_send(w, side);
	if (w->every)
		sim_at(sim, sim_now(sim) + w->every, world_talk, w);
}

/* --- birth and death -------------------------------------------------------------- */

static inline void world_begins(struct sim *sim, void *ctx, unsigned host)
{
	struct world *w = ctx;
	struct world_side *side = calloc(1, sizeof(*side));

	assert_non_null(side);
	*side = (struct world_side){ w, host };
	w->sim = sim;
	shim_set_upper(sim_host(sim, host), &world_upper, side);
}

static inline void world_ends(struct sim *sim, void *ctx, unsigned host)
{
	(void)ctx;
	free(sim_host(sim, host)->upper_ctx);
	shim_set_upper(sim_host(sim, host), NULL, NULL);
}

static inline void world_tap(struct sim *sim, void *ctx, const struct sim_event *event)
{
	struct world *w = ctx;

	(void)sim;
	if (w->tap)
		w->tap(w, event);
}

/* Host A with `a` links of one prefix each, host B with `b`. */
static inline void world_open(struct world *w, uint64_t seed, unsigned a, unsigned b,
			      const struct sim_quality *quality)
{
	const unsigned links[2] = { a, b };
	struct sim_config cfg = {
		.seed = seed,
		.quality = *quality,
		.ctx = w,
		.tap = world_tap,
		.host_begins = world_begins,
		.host_ends = world_ends,
	};

	*w = (struct world){ .seed = seed, .dice = seed, .links = { a, b } };
	w->sim = sim_new(&cfg);
	assert_non_null(w->sim);
	for (unsigned side = A; side <= B; side++) {
		struct shim_config host = { .link_count = links[side] };

		for (unsigned k = 0; k < links[side]; k++)
			host.link[k] = (struct shim_link_config){
				.mtu = 1500,
				.prefix_count = 1,
				.prefix = { { 0x20, 0x01, 0x0d, 0xb8, (uint8_t)(0xa + side), 0, 0,
					      (uint8_t)(k + 1) } },
			};
		host.ctx = w;
		assert_int_equal(sim_add_host(w->sim, &host), side);
		w->ulid[side] = sim_host(w->sim, side)->locator[0].addr;
	}
}

static inline void world_close(struct world *w)
{
	sim_free(w->sim);
}

static inline struct shim_context *world_context(const struct world *w, unsigned side)
{
	struct shim_ulids ulids = { w->ulid[side], w->ulid[!side], 0 };

	return context_by_ulids(&sim_host(w->sim, side)->contexts, &ulids);
}

static inline bool world_is_up(const struct world *w, unsigned side)
{
	const struct shim_context *context = world_context(w, side);

	return context && context_is_up(context);
}

/* Do the two contexts belong together? */
static inline bool world_agrees(const struct world *w)
{
	const struct shim_context *a = world_context(w, A), *b = world_context(w, B);

	return a && b && context_is_up(a) && context_is_up(b) && a->ct_local == b->ct_peer &&
	       b->ct_local == a->ct_peer;
}

/* Begins at A; there must be nothing in the way. */
static inline void world_establish(struct world *w)
{
	WORLD_ASSERT(w, shim_initiate(sim_host(w->sim, A), &w->ulid[A], &w->ulid[B], 0) == 0);
	sim_settle(w->sim);
	WORLD_ASSERT(w, world_agrees(w));
}

/* From now on. */
static inline void world_begin_to_talk(struct world *w, usec_t every)
{
	w->every = every;
	w->last_got[A] = w->last_got[B] = sim_now(w->sim);
	w->worst_gap[A] = w->worst_gap[B] = 0;
	sim_at(w->sim, sim_now(w->sim), world_talk, w);
}

/* fn for each of n seeds; of WORLD_TIMES times as many; or of the one that WORLD_SEED
 * names. */
static inline void world_for_seeds(unsigned n, void (*fn)(uint64_t seed))
{
	const char *one = getenv("WORLD_SEED"), *times = getenv("WORLD_TIMES");

	if (one) {
		fn(strtoull(one, NULL, 0));
		return;
	}
	for (uint64_t seed = 1; seed <= n * (times ? strtoull(times, NULL, 0) : 1); seed++)
		fn(seed);
}

#endif
