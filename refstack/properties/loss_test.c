/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network that loses, delays, reorders, duplicates and damages: what begins ends in
 * two contexts that belong together, or in none; and who loses its state gets it
 * back, or both are rid of it.
 */
#include "refstack/properties/world.h"

enum { SEEDS = 1000 };

static struct sim_quality bad(struct world *dice)
{
	return (struct sim_quality){
		.loss_ppm = (uint32_t)world_dice(dice, 300001),
		.duplicate_ppm = (uint32_t)world_dice(dice, 200001),
		.corrupt_ppm = (uint32_t)world_dice(dice, 20001),
		.delay_usec = (uint32_t)world_dice(dice, 200001),
		.jitter_usec = (uint32_t)world_dice(dice, 300001),
		.late_ppm = (uint32_t)world_dice(dice, 100001),
		.late_usec = (uint32_t)world_dice(dice, 10000001),
	};
}

static const struct sim_quality good = { .delay_usec = 10000 };

static void open_bad(struct world *w, uint64_t seed)
{
	struct world dice = { .dice = ~seed };
	struct sim_quality quality = bad(&dice);

	world_open(w, seed, 2, 2, &quality);
}

/* One side may keep what the other never got to have; nothing comes by it then, and
 * it ends. While it lasts, the first payload that misses it mends it. */
static void assert_consistent(struct world *w)
{
	const struct shim_context *c[2] = { world_context(w, A), world_context(w, B) };

	world_check(w);
	for (unsigned side = A; side <= B; side++)
		if (c[side] && context_is_up(c[side]) && c[!side] && context_is_up(c[!side]))
			WORLD_ASSERT(w, c[side]->ct_peer == c[!side]->ct_local);
}

static void assert_talks_both_ways(struct world *w, usec_t steady)
{
	w->worst_gap[A] = w->worst_gap[B] = 0;
	w->last_got[A] = w->last_got[B] = sim_now(w->sim);
	sim_run_until(w->sim, sim_now(w->sim) + steady);
	for (unsigned side = A; side <= B; side++) {
		WORLD_ASSERT(w, w->worst_gap[side] < 2 * USEC_PER_SEC);
		WORLD_ASSERT(w, sim_now(w->sim) - w->last_got[side] < 2 * USEC_PER_SEC);
	}
}

/* Begun by one side or both, at about the same time. */
static void establishment(uint64_t seed)
{
	struct world w;

	open_bad(&w, seed);
	shim_initiate(sim_host(w.sim, A), &w.ulid[A], &w.ulid[B], 0);
	sim_run_until(w.sim, world_dice(&w, USEC_PER_SEC));
	if (seed % 2)
		shim_initiate(sim_host(w.sim, B), &w.ulid[B], &w.ulid[A], 0);
	/* The last I1 is followed by 96 s of patience at most, and I2s by I1s. */
	sim_run_until(w.sim, 290 * USEC_PER_SEC);
	assert_consistent(&w);
	sim_run_until(w.sim, 1500 * USEC_PER_SEC);
	WORLD_ASSERT(&w, !world_context(&w, A) && !world_context(&w, B));
	world_close(&w);
}

static void an_establishment_ends_in_a_pair_or_in_none(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, establishment);
}

/* With payload there is somebody to miss the other one's context. */
static void establishment_used(uint64_t seed)
{
	struct world w;

	open_bad(&w, seed);
	shim_initiate(sim_host(w.sim, A), &w.ulid[A], &w.ulid[B], 0);
	if (seed % 2)
		shim_initiate(sim_host(w.sim, B), &w.ulid[B], &w.ulid[A], 0);
	world_begin_to_talk(&w, USEC_PER_SEC);
	sim_run_until(w.sim, (200 + world_dice(&w, 60)) * USEC_PER_SEC);
	world_check(&w);
	sim_set(w.sim, SIM_ALL_PATHS, &good);
	sim_run_until(w.sim, sim_now(w.sim) + 200 * USEC_PER_SEC);
	assert_consistent(&w);
	assert_talks_both_ways(&w, 60 * USEC_PER_SEC);
	world_close(&w);
}

static void payload_flows_when_the_network_is_good_again(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, establishment_used);
}

/* --- lost state --------------------------------------------------------------------- */

static void crash(struct sim *sim, void *arg)
{
	struct world *w = arg;
	unsigned side = (unsigned)world_dice(w, 2);

	assert_int_equal(sim_restart_host(sim, side), 0);
}

/* Moves payload away from the ULIDs, so that it needs its tag. */
static void move(struct world *w, unsigned side, usec_t until)
{
	struct sim_paths direct = { side, 1, !side, 1 };

	assert_int_equal(sim_outage(w->sim, direct, sim_now(w->sim), until), 0);
}

static void amnesia(uint64_t seed)
{
	const usec_t back = 80 * USEC_PER_SEC;
	struct world w;

	world_open(&w, seed, 2, 2, &good);
	shim_initiate(sim_host(w.sim, A), &w.ulid[A], &w.ulid[B], 0);
	world_begin_to_talk(&w, 500 * MSEC);
	if (seed % 3 == 0) /* in the middle of the handshake */
		sim_at(w.sim, world_dice(&w, 60 * MSEC), crash, &w);
	sim_run_until(w.sim, 5 * USEC_PER_SEC);
	if (seed % 3 == 1) /* what is tagged one way, or both */
		move(&w, A, back);
	if (seed % 3 == 1 && seed % 2)
		move(&w, B, back);
	sim_run_until(w.sim, 60 * USEC_PER_SEC);
	for (unsigned i = 1 + (unsigned)world_dice(&w, 3); i > 0; i--)
		sim_at(w.sim, sim_now(w.sim) + world_dice(&w, 200 * MSEC), crash, &w);
	sim_run_until(w.sim, sim_now(w.sim) + 15 * USEC_PER_SEC);
	world_check(&w);
	/* The path of the ULIDs is back, for who has lost everything knows no other. */
	sim_run_until(w.sim, back + 60 * USEC_PER_SEC);
	assert_talks_both_ways(&w, 60 * USEC_PER_SEC);
	assert_consistent(&w);
	world_close(&w);
}

/* Who still knows goes on; who doesn't is told, and asked. */
static void amnesia_of_one(uint64_t seed)
{
	unsigned who = seed % 2;
	struct world w;
	uint64_t tag;

	world_open(&w, seed, 2, 2, &good);
	world_establish(&w);
	world_begin_to_talk(&w, 500 * MSEC);
	move(&w, A, USEC_NEVER);
	sim_run_until(w.sim, 60 * USEC_PER_SEC + world_dice(&w, USEC_PER_SEC));
	assert_talks_both_ways(&w, 10 * USEC_PER_SEC);
	tag = world_context(&w, who)->ct_local;
	assert_int_equal(sim_restart_host(w.sim, who), 0);
	/* What comes without a tag betrays nothing: then it takes a Send Timeout, and
	 * the Probe after it. */
	sim_run_until(w.sim, sim_now(w.sim) + 17 * USEC_PER_SEC);
	WORLD_ASSERT(&w, world_agrees(&w));
	WORLD_ASSERT(&w, world_context(&w, who)->ct_local != tag);
	assert_talks_both_ways(&w, 60 * USEC_PER_SEC);
	world_check(&w);
	world_close(&w);
}

static void state_lost_at_any_moment_leaves_no_ruins(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, amnesia);
}

static void state_lost_by_one_side_is_recovered(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, amnesia_of_one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_establishment_ends_in_a_pair_or_in_none),
		cmocka_unit_test(payload_flows_when_the_network_is_good_again),
		cmocka_unit_test(state_lost_at_any_moment_leaves_no_ruins),
		cmocka_unit_test(state_lost_by_one_side_is_recovered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
