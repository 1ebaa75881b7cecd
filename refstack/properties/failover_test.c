/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths fail one way at a time, in any set that leaves one each way: traffic comes
 * back in the time that REAP's timers imply, and stays.
 */
#include "refstack/properties/world.h"

enum { SEEDS = 300 };

static const struct sim_quality lan = { .delay_usec = 20000, .jitter_usec = 5000 };

/* Until the n-th Probe of a sequence has gone. RFC 5534 4.3 and 7. */
static usec_t time_of_probe(unsigned n)
{
	usec_t sum = 0;

	for (unsigned i = 1; i < n; i++)
		sum += reap_probe_interval(NULL, i);
	return sum;
}

/*
 * A Send Timer runs out. One side tries all pairs until the other hears of it;
 * that one does the same, and its Probe reports the pair that works. In the worst
 * case the first has gone back to the beginning by then, and is told again.
 */
static usec_t longest(unsigned pairs)
{
	return 15 * USEC_PER_SEC + 3 * time_of_probe(pairs + 1) + 2 * USEC_PER_SEC;
}

struct ways {
	unsigned count;
	struct sim_paths path[9];
};

static struct ways ways_from(const struct world *w, unsigned side)
{
	struct ways ways = { .count = 0 };

	for (unsigned l = 1; l <= w->links[side]; l++)
		for (unsigned p = 1; p <= w->links[!side]; p++)
			ways.path[ways.count++] = (struct sim_paths){ side, l, !side, p };
	return ways;
}

/* Any set but that of all; one that is left, whichever. */
static void cut_some(struct world *w, unsigned side, usec_t until)
{
	struct ways ways = ways_from(w, side);
	unsigned left = (unsigned)world_dice(w, ways.count);

	for (unsigned i = 0; i < ways.count; i++)
		if (i != left && world_dice(w, 3))
			assert_int_equal(sim_outage(w->sim, ways.path[i], sim_now(w->sim), until), 0);
}

static void assert_talks(struct world *w, usec_t patience, usec_t steady)
{
	usec_t start = sim_now(w->sim);

	sim_run_until(w->sim, start + patience);
	w->worst_gap[A] = w->worst_gap[B] = 0;
	for (unsigned side = A; side <= B; side++)
		w->last_got[side] = sim_now(w->sim);
	sim_run_until(w->sim, start + patience + steady);
	for (unsigned side = A; side <= B; side++) {
		/* A gap that is still open counts, too. */
		WORLD_ASSERT(w, sim_now(w->sim) - w->last_got[side] < USEC_PER_SEC);
		WORLD_ASSERT(w, w->worst_gap[side] < USEC_PER_SEC);
	}
	world_check(w);
}

static void fail_over(uint64_t seed, unsigned a, unsigned b)
{
	struct world w;

	world_open(&w, seed, a, b, &lan);
	world_establish(&w);
	world_begin_to_talk(&w, 250 * MSEC);
	sim_run_until(w.sim, 5 * USEC_PER_SEC);
	cut_some(&w, A, USEC_NEVER);
	cut_some(&w, B, USEC_NEVER);
	assert_talks(&w, longest(a * b), 120 * USEC_PER_SEC);
	world_close(&w);
}

static void fail_over_2_2(uint64_t seed) { fail_over(seed, 2, 2); }
static void fail_over_2_3(uint64_t seed) { fail_over(seed, 2, 3); }
static void fail_over_3_3(uint64_t seed) { fail_over(seed, 3, 3); }

static void traffic_comes_back_with_2_and_2_locators(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, fail_over_2_2);
}

static void traffic_comes_back_with_2_and_3_locators(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, fail_over_2_3);
}

static void traffic_comes_back_with_3_and_3_locators(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, fail_over_3_3);
}

/* The receiver of a one-way stream answers with Keepalives alone. */
static void one_way(uint64_t seed)
{
	struct world w;

	world_open(&w, seed, 2, 2, &lan);
	world_establish(&w);
	w.silent[B] = true;
	world_begin_to_talk(&w, 250 * MSEC);
	sim_run_until(w.sim, 5 * USEC_PER_SEC);
	cut_some(&w, A, USEC_NEVER);
	cut_some(&w, B, USEC_NEVER);
	/* Keepalives may have come until 7.5 s later. */
	sim_run_until(w.sim, sim_now(w.sim) + longest(4) + 15 * USEC_PER_SEC);
	w.worst_gap[B] = 0;
	w.last_got[B] = sim_now(w.sim);
	sim_run_until(w.sim, sim_now(w.sim) + 120 * USEC_PER_SEC);
	WORLD_ASSERT(&w, w.worst_gap[B] < USEC_PER_SEC);
	WORLD_ASSERT(&w, sim_now(w.sim) - w.last_got[B] < USEC_PER_SEC);
	world_check(&w);
	world_close(&w);
}

static void a_one_way_stream_comes_back(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, one_way);
}

/* --- nothing works for a while ------------------------------------------------------ */

static void count_probes(struct world *w, const struct sim_event *event)
{
	unsigned *probes = w->arg;

	if (event->fate == SIM_SENT && event->packet[6] == PROTO_SHIM6 && event->packet[42] == SHIM6_PROBE)
		++*probes;
}

static void blackout(uint64_t seed)
{
	const usec_t dark = 600 * USEC_PER_SEC;
	struct ways ways[2];
	unsigned probes = 0;
	struct world w;
	usec_t end;

	world_open(&w, seed, 2, 2, &lan);
	world_establish(&w);
	world_begin_to_talk(&w, 250 * MSEC);
	sim_run_until(w.sim, 5 * USEC_PER_SEC);
	end = sim_now(w.sim) + dark;
	w.tap = count_probes;
	w.arg = &probes;
	for (unsigned side = A; side <= B; side++) {
		unsigned back;

		ways[side] = ways_from(&w, side);
		back = (unsigned)world_dice(&w, ways[side].count);
		for (unsigned i = 0; i < ways[side].count; i++)
			sim_outage(w.sim, ways[side].path[i], sim_now(w.sim),
				   i == back ? end : USEC_NEVER);
	}
	sim_run_until(w.sim, end);
	/* The first ten take two minutes, and then one a minute, on each side. */
	WORLD_ASSERT(&w, probes > 0 && probes <= 2 * (11 + dark / (60 * USEC_PER_SEC)));
	world_check(&w);
	/* Once round at the slow pace for each side; what is heard quickens it. */
	assert_talks(&w, (4 + 1) * 60 * USEC_PER_SEC + longest(4), 120 * USEC_PER_SEC);
	world_close(&w);
}

static void nothing_at_all_is_probed_slowly_and_one_way_back_is_found(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, blackout);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(traffic_comes_back_with_2_and_2_locators),
		cmocka_unit_test(traffic_comes_back_with_2_and_3_locators),
		cmocka_unit_test(traffic_comes_back_with_3_and_3_locators),
		cmocka_unit_test(a_one_way_stream_comes_back),
		cmocka_unit_test(nothing_at_all_is_probed_slowly_and_one_way_back_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
