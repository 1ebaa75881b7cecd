/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Applications that change their minds all the time, on both sides, while paths come
 * and go: nothing that always holds stops to hold, no payload goes where the peer was not
 * proven to be, and in the end, with everything up, they talk.
 */
#include "refstack/properties/world.h"

enum { LINKS = 3, CHANGES = 60 };

static struct shim_wish_list random_list(struct world *w, unsigned side)
{
	const struct shim_host *host = sim_host(w->sim, side);
	struct shim_wish_list list = { .only = world_dice(w, 3) == 0 };

	for (unsigned i = 0; i < host->locator_count; i++)
		if (world_dice(w, 2))
			list.at[list.count++] = (struct shim_wish){
				.addr = host->locator[i].addr,
				.priority = (uint16_t)world_dice(w, 3),
				.weight = (uint16_t)(world_dice(w, 3) * 1000),
			};
	return list;
}

static unsigned wishes_count;

static void wish(struct world *w, unsigned side)
{
	struct shim_host *host = sim_host(w->sim, side);
	struct shim_context *context = world_context(w, side);
	const struct shim_wishes wishes = {
		.hot_standby = world_dice(w, 2),
		.send_timeout = (uint16_t)world_dice(w, 20),
		.pace = {
			.initial_probes = (uint16_t)world_dice(w, 8),
			.initial_probe_msec = (uint16_t)(world_dice(w, 2) * 300),
			.keepalive_interval = (uint16_t)world_dice(w, 8),
		},
		.local = random_list(w, side),
		.peer = random_list(w, !side),
	};

	if (!context || !context_is_up(context))
		return;
	wishes_count++;
	if (world_dice(w, 4) == 0)
		shim_verify(host, context,
			    &sim_host(w->sim, !side)->locator[world_dice(w, LINKS)].addr);
	assert_int_equal(shim_wish(host, context, world_dice(w, 5) ? &wishes : NULL), 0);
}

/* RFC 5533 7.2: something that has to be answered goes to a locator before payload does,
 * unless it is the ULID. By side, and locator of the other. */
static bool asked[2][LINKS];

static void watch(struct world *w, const struct sim_event *event)
{
	unsigned from = event->path.from;
	const uint8_t *p = event->packet;

	if (event->fate != SIM_SENT || from > B)
		return;
	for (unsigned i = 0; i < LINKS; i++) {
		const struct in6_addr *addr = &sim_host(w->sim, !from)->locator[i].addr;
		bool control = p[6] == PROTO_SHIM6 && !(p[42] & 0x80);

		if (memcmp(p + 24, addr, 16))
			continue;
		if (control)
			asked[from][i] = true;
		WORLD_ASSERT(w, control || i == 0 || asked[from][i]);
	}
}

static void they_talk_whatever_they_want(uint64_t seed)
{
	const struct sim_quality quality = { .delay_usec = 20000, .jitter_usec = 5000,
					     .loss_ppm = 5000 };
	struct world world, *w = &world;

	memset(asked, 0, sizeof(asked));
	world_open(w, seed, LINKS, LINKS, &quality);
	w->tap = watch;
	assert_int_equal(shim_initiate(sim_host(w->sim, A), &w->ulid[A], &w->ulid[B], 0), 0);
	sim_run_until(w->sim, 60 * USEC_PER_SEC);
	world_begin_to_talk(w, 500 * MSEC);
	for (unsigned i = 0; i < CHANGES; i++) {
		usec_t now = sim_now(w->sim);
		const struct sim_paths which = { world_dice(w, 2) ? A : B,
						 1 + (unsigned)world_dice(w, LINKS), SIM_ANY,
						 SIM_ANY };

		if (world_dice(w, 3) == 0)
			sim_outage(w->sim, which, now, now + (1 + world_dice(w, 60)) * USEC_PER_SEC);
		wish(w, (unsigned)world_dice(w, 2));
		world_check(w);
		sim_run_until(w->sim, now + world_dice(w, 20000) * MSEC);
		world_check(w);
	}
	sim_run_until(w->sim, sim_now(w->sim) + 200 * USEC_PER_SEC);
	world_check(w);
	w->got[A] = w->got[B] = 0;
	sim_run_until(w->sim, sim_now(w->sim) + 60 * USEC_PER_SEC);
	WORLD_ASSERT(w, w->got[A] > 100 && w->got[B] > 100);
	world_close(w);
}

static void applications_change_their_minds(void **state)
{
	(void)state;
	world_for_seeds(300, they_talk_whatever_they_want);
	assert_true(wishes_count > CHANGES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(applications_change_their_minds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
