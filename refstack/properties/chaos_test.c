/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links that come and go, paths that fail one way, packets lost and doubled, state
 * forgotten; and then peace. In the end both ends talk, and what each believes of the
 * other's locators is so.
 */
#include "refstack/properties/world.h"

enum { SEEDS = 1000, TROUBLES = 40 };

static const struct sim_quality rough = {
	.loss_ppm = 50000, .duplicate_ppm = 30000, .delay_usec = 20000, .jitter_usec = 30000,
};
static const struct sim_quality good = { .delay_usec = 20000 };

static void flap(struct world *w)
{
	unsigned side = (unsigned)world_dice(w, 2);

	shim_host_link_event(sim_host(w->sim, side), 1 + (unsigned)world_dice(w, w->links[side]),
			     world_dice(w, 2));
}

static void cut(struct world *w)
{
	unsigned side = (unsigned)world_dice(w, 2);
	struct sim_paths path = {
		side, 1 + (unsigned)world_dice(w, w->links[side]),
		!side, 1 + (unsigned)world_dice(w, w->links[!side]),
	};

	assert_int_equal(sim_outage(w->sim, path, sim_now(w->sim),
				    sim_now(w->sim) + world_dice(w, 60 * USEC_PER_SEC)), 0);
}

static void forget(struct world *w)
{
	unsigned side = (unsigned)world_dice(w, 2);
	struct shim_context *context = world_context(w, side);

	if (context && world_dice(w, 4) == 0)
		context_remove(&sim_host(w->sim, side)->contexts, context);
}

static void begin(struct world *w)
{
	unsigned side = (unsigned)world_dice(w, 2);

	shim_initiate(sim_host(w->sim, side), &w->ulid[side], &w->ulid[!side], 0);
}

static void heal(struct world *w)
{
	sim_set(w->sim, SIM_ALL_PATHS, &good);
	for (unsigned side = A; side <= B; side++)
		for (unsigned link = 1; link <= w->links[side]; link++)
			shim_host_link_event(sim_host(w->sim, side), link, true);
}

/* Does `side` know the other's locators, and that none of them is broken? */
static bool knows(const struct world *w, unsigned side)
{
	const struct peer_locators *ls = world_context(w, side)->ls_peer;

	if (!ls || ls->count != w->links[!side])
		return false;
	for (unsigned i = 0; i < ls->count; i++)
		if (ls->at[i].preference.flags & SHIM6_BROKEN)
			return false;
	return ls->generation == world_context(w, !side)->ls_local_generation;
}

static void troubled(uint64_t seed)
{
	static void (*const troubles[])(struct world *) = { flap, flap, flap, cut, cut, forget, begin };
	struct world w;

	world_open(&w, seed, 2 + seed % 2, 2 + seed / 2 % 2, &rough);
	world_begin_to_talk(&w, 500 * MSEC);
	begin(&w);
	for (unsigned i = 0; i < TROUBLES; i++) {
		sim_run_until(w.sim, sim_now(w.sim) + world_dice(&w, 5 * USEC_PER_SEC));
		troubles[world_dice(&w, sizeof(troubles) / sizeof(troubles[0]))](&w);
		world_check(&w);
	}
	heal(&w);
	/* Outages end, Probes at the slow pace find out, a holddown ends; Updates are
	 * repeated each two or three minutes. */
	sim_run_until(w.sim, sim_now(w.sim) + 250 * USEC_PER_SEC);
	world_check(&w);
	if (!world_is_up(&w, A) && !world_is_up(&w, B)) {
		begin(&w); /* there is nothing left of it */
		sim_run_until(w.sim, sim_now(w.sim) + 100 * USEC_PER_SEC);
	}
	w.worst_gap[A] = w.worst_gap[B] = 0;
	w.last_got[A] = w.last_got[B] = sim_now(w.sim);
	sim_run_until(w.sim, sim_now(w.sim) + 30 * USEC_PER_SEC);
	for (unsigned side = A; side <= B; side++)
		WORLD_ASSERT(&w, w.worst_gap[side] < 2 * USEC_PER_SEC &&
				 sim_now(w.sim) - w.last_got[side] < 2 * USEC_PER_SEC);
	WORLD_ASSERT(&w, world_agrees(&w) || !world_is_up(&w, A) || !world_is_up(&w, B));
	if (world_agrees(&w)) {
		WORLD_ASSERT(&w, !world_context(&w, A)->update.outstanding);
		WORLD_ASSERT(&w, !world_context(&w, B)->update.outstanding);
		WORLD_ASSERT(&w, knows(&w, A) && knows(&w, B));
	}
	world_close(&w);
}

static void after_any_trouble_both_ends_know_and_talk(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, troubled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_any_trouble_both_ends_know_and_talk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
