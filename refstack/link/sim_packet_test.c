/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of packets between hosts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "refstack/link/sim_internal.h"
#include "refstack/link/sim_world.h"
#include "wire/test_octets.h"

static const struct sim_paths a_to_b = { A, SIM_ANY, B, SIM_ANY };
static const struct sim_paths b_to_a = { B, SIM_ANY, A, SIM_ANY };

static void set(struct world *w, struct sim_paths which, struct sim_quality quality)
{
	assert_int_equal(sim_set(w->sim, which, &quality), 0);
}

/* Numbers from 0, from A to B, every ten microseconds. */
static void send_many(struct world *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(world_send(w, A, 1, B, 1, i), 0);
		sim_run_until(w->sim, sim_now(w->sim) + 10);
	}
}

/* --- routes ------------------------------------------------------------------------ */

static void a_packet_takes_the_path_between_the_links_of_its_locators(void **state)
{
	struct world *w = *state;

	for (unsigned k = 1; k <= 2; k++)
		for (unsigned l = 1; l <= 2; l++)
			set(w, (struct sim_paths){ A, k, B, l },
			    (struct sim_quality){ .delay_usec = 100 * k + 10 * l });
	for (unsigned k = 1; k <= 2; k++) {
		for (unsigned l = 1; l <= 2; l++) {
			const struct seen *s;
			unsigned n = 2 * (k - 1) + l - 1;
			usec_t sent = sim_now(w->sim);

			assert_int_equal(world_send(w, A, k, B, l, n), 0);
			sim_settle(w->sim);
			s = world_seen(w, SIM_DELIVERED, n);
			assert_int_equal(s->number, n);
			assert_int_equal(s->path.from, A);
			assert_int_equal(s->path.from_link, k);
			assert_int_equal(s->path.to, B);
			assert_int_equal(s->path.to_link, l);
			assert_true(s->at - sent == 100 * k + 10 * l);
		}
	}
	assert_int_equal(w->arrivals[B], 4);
	assert_int_equal(w->arrivals[A], 0);
}

static void the_way_back_is_a_path_of_its_own(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .delay_usec = 1000 });
	set(w, b_to_a, (struct sim_quality){ .delay_usec = 2000 });
	world_send(w, A, 1, B, 1, 0);
	world_send(w, B, 1, A, 1, 1);
	assert_int_equal(sim_in_air(w->sim), 2);
	sim_run_until(w->sim, 1999);
	assert_int_equal(w->arrivals[B], 1);
	assert_int_equal(w->arrivals[A], 0);
	sim_run_until(w->sim, 2000);
	assert_int_equal(w->arrivals[A], 1);
	assert_int_equal(sim_in_air(w->sim), 0);
}

static void a_host_can_talk_to_itself(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_send(w, A, 1, A, 2, 7), 0);
	sim_settle(w->sim);
	assert_int_equal(w->arrivals[A], 1);
	assert_int_equal(world_seen(w, SIM_DELIVERED, 0)->path.to_link, 2);
}

static void a_packet_to_nobody_goes_outside(void **state)
{
	const struct sim_paths outside = { A, 2, SIM_OUTSIDE, 1 };
	struct world *w = *state;
	struct shim_send send = { .local = world_locator(w, A, 2), .protocol = WORLD_PROTOCOL };

	inet_pton(AF_INET6, "2001:db8:ffff::1", &send.peer);
	assert_int_equal(shim_send(sim_host(w->sim, A), &send, "abcd", 4), 0);
	assert_int_equal(sim_in_air(w->sim), 0);
	assert_int_equal(sim_count(w->sim, outside, SIM_SENT), 1);
	assert_int_equal(sim_count(w->sim, outside, SIM_LOST_STRANGER), 1);
}

/* A host that is right sends on the link of its source, so this one is played. */
static void sources_of_another_link_are_lost_if_there_is_a_filter(void **state)
{
	(void)state;
	for (unsigned filter = 0; filter < 2; filter++) {
		struct world *w = world_new((struct sim_config){ .ingress_filter = filter }, 2, 0);
		struct in6_addr a1 = world_locator(w, A, 1), b1 = world_locator(w, B, 1);
		uint8_t packet[48] = { 0x60, 0, 0, 0, 0, 8, WORLD_PROTOCOL, 64 };

		memcpy(packet + 8, &a1, sizeof(a1));
		memcpy(packet + 24, &b1, sizeof(b1));
		sim_transmit(&w->sim->end[A], 1, packet, sizeof(packet));
		sim_transmit(&w->sim->end[A], 2, packet, sizeof(packet));
		memcpy(packet + 8, &b1, sizeof(b1));
		sim_transmit(&w->sim->end[A], 1, packet, sizeof(packet));
		sim_settle(w->sim);
		assert_int_equal(w->arrivals[B], filter ? 1 : 3);
		assert_int_equal(world_count(w, SIM_LOST_SOURCE), filter ? 2 : 0);
		world_free(w);
	}
}

static void a_host_that_lost_an_address_still_has_its_path(void **state)
{
	struct world *w = *state;
	struct in6_addr b1 = world_locator(w, B, 1);

	shim_host_address_event(sim_host(w->sim, B), 1, &b1, false);
	world_send(w, A, 1, B, 1, 0);
	sim_settle(w->sim);
	assert_int_equal(world_count(w, SIM_DELIVERED) + world_count(w, SIM_LOST_STRANGER), 1);
	assert_int_equal(w->arrivals[B], 0);
}

/* --- chance ------------------------------------------------------------------------ */

static void packets_are_lost_as_often_as_is_asked(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .loss_ppm = 200000 });
	send_many(w, 10000);
	assert_in_range(sim_count(w->sim, a_to_b, SIM_LOST_CHANCE), 1700, 2300);
	assert_int_equal(sim_count(w->sim, a_to_b, SIM_SENT), 10000);
	assert_int_equal(sim_count(w->sim, a_to_b, SIM_LOST_CHANCE) + w->arrivals[B], 10000);
	assert_int_equal(world_count(w, SIM_DELIVERED), w->arrivals[B]);
}

static void all_is_lost_at_one_million(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .loss_ppm = 1000000 });
	send_many(w, 1000);
	assert_int_equal(world_count(w, SIM_LOST_CHANCE), 1000);
	assert_int_equal(w->arrivals[B], 0);
}

static void without_jitter_order_is_kept(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .delay_usec = 10000 });
	for (unsigned i = 0; i < 500; i++)
		world_send(w, A, 1, B, 1, i);
	sim_settle(w->sim);
	for (unsigned i = 0; i < 500; i++) {
		assert_int_equal(world_seen(w, SIM_DELIVERED, i)->number, i);
		assert_true(world_seen(w, SIM_DELIVERED, i)->at == 10000);
	}
}

/* Delays of all that was delivered; how many were overtaken. */
static unsigned measure(const struct world *w, usec_t *min, usec_t *max, usec_t *sum)
{
	unsigned overtaken = 0;
	uint32_t newest = 0;

	*min = USEC_NEVER, *max = *sum = 0;
	for (size_t i = 0; i < w->count; i++) {
		const struct seen *s = &w->seen[i];
		usec_t delay = s->at - 10 * s->number; /* as send_many() sends */

		if (s->fate != SIM_DELIVERED)
			continue;
		*min = delay < *min ? delay : *min;
		*max = delay > *max ? delay : *max;
		*sum += delay;
		overtaken += s->number < newest;
		newest = s->number > newest ? s->number : newest;
	}
	return overtaken;
}

static void jitter_is_even_and_reorders(void **state)
{
	struct world *w = *state;
	usec_t min, max, sum;

	set(w, a_to_b, (struct sim_quality){ .delay_usec = 500, .jitter_usec = 100 });
	send_many(w, 10000);
	sim_settle(w->sim);
	assert_true(measure(w, &min, &max, &sum) > 1000);
	assert_int_equal(min, 500);
	assert_int_equal(max, 600);
	assert_in_range(sum / 10000, 545, 555);
	assert_int_equal(w->arrivals[B], 10000);
}

static void some_packets_are_late(void **state)
{
	struct world *w = *state;
	usec_t min, max, sum;

	set(w, a_to_b, (struct sim_quality){
		.delay_usec = 500, .late_ppm = 100000, .late_usec = 1000 });
	send_many(w, 10000);
	sim_settle(w->sim);
	assert_in_range(measure(w, &min, &max, &sum), 850, 1150);
	assert_int_equal(min, 500);
	assert_int_equal(max, 1500);
}

static void duplicates_have_the_same_octets_and_a_delay_of_their_own(void **state)
{
	struct world *w = *state;
	unsigned together = 0;

	set(w, a_to_b, (struct sim_quality){ .duplicate_ppm = 1000000, .jitter_usec = 9 });
	for (unsigned i = 0; i < 1000; i++) {
		const struct seen *first, *second;

		world_send(w, A, 1, B, 1, i);
		sim_run_until(w->sim, sim_now(w->sim) + 10);
		first = &w->seen[w->count - 2];
		second = &w->seen[w->count - 1];
		assert_int_equal(first->fate, SIM_DELIVERED);
		assert_int_equal(second->fate, SIM_DELIVERED);
		assert_int_equal(first->number, i);
		assert_int_equal(second->number, i);
		assert_true(first->id == second->id);
		together += first->at == second->at;
	}
	assert_int_equal(world_count(w, SIM_DUPLICATED), 1000);
	assert_int_equal(w->arrivals[B], 2000);
	assert_in_range(together, 50, 150); /* a tenth */
}

static void duplicates_come_as_often_as_is_asked(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .duplicate_ppm = 50000 });
	send_many(w, 10000);
	assert_in_range(world_count(w, SIM_DUPLICATED), 400, 600);
	assert_int_equal(w->arrivals[B], 10000 + world_count(w, SIM_DUPLICATED));
}

/* A header, zeros, the number: one bit of 64 differs. The header stays. */
static void damage_is_told_with_the_damaged_octets(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .corrupt_ppm = 500000 });
	send_many(w, 1000);
	assert_in_range(world_count(w, SIM_CORRUPTED), 420, 580);
	assert_int_equal(w->arrivals[B], 1000);
	for (unsigned i = 0; i < world_count(w, SIM_CORRUPTED); i++)
		assert_int_equal(world_seen(w, SIM_CORRUPTED, i)->len, 48);
}

static void a_knob_changes_nothing_but_what_it_is_for(void **state)
{
	static const struct sim_quality plain = { .jitter_usec = 1000, .loss_ppm = 100000 };
	struct sim_quality worse = plain;
	struct world *one = world_new((struct sim_config){ .quality = plain }, 2, 0), *two;
	unsigned n = 0;

	(void)state;
	worse.duplicate_ppm = 300000;
	worse.corrupt_ppm = 200000;
	two = world_new((struct sim_config){ .quality = worse }, 2, 0);
	send_many(one, 1000);
	send_many(two, 1000);
	for (size_t i = 0; i < one->count; i++) {
		if (one->seen[i].fate != SIM_LOST_CHANCE)
			continue;
		assert_int_equal(one->seen[i].number, world_seen(two, SIM_LOST_CHANCE, n)->number);
		n++;
	}
	assert_int_equal(n, world_count(two, SIM_LOST_CHANCE));
	world_free(one);
	world_free(two);
}

/* --- outages ------------------------------------------------------------------------- */

static void what_is_sent_in_an_outage_is_lost(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .delay_usec = 25 });
	assert_int_equal(sim_outage(w->sim, a_to_b, 100, 200), 0);
	send_many(w, 30); /* at 0, 10, ... 290 */
	sim_settle(w->sim);
	assert_int_equal(world_count(w, SIM_LOST_DOWN), 10);
	assert_int_equal(world_seen(w, SIM_LOST_DOWN, 0)->number, 10);
	assert_int_equal(world_seen(w, SIM_LOST_DOWN, 9)->number, 19);
	/* Those under way when it began arrived in it. */
	assert_int_equal(world_seen(w, SIM_DELIVERED, 9)->number, 9);
	assert_true(world_seen(w, SIM_DELIVERED, 9)->at == 115);
}

static void an_outage_may_be_of_one_direction_and_one_pair_of_links(void **state)
{
	struct world *w = *state;

	sim_outage(w->sim, (struct sim_paths){ A, 1, B, 1 }, 0, USEC_NEVER);
	for (unsigned k = 1; k <= 2; k++) {
		for (unsigned l = 1; l <= 2; l++) {
			world_send(w, A, k, B, l, 0);
			world_send(w, B, l, A, k, 0);
		}
	}
	sim_settle(w->sim);
	assert_int_equal(w->arrivals[A], 4);
	assert_int_equal(w->arrivals[B], 3);
	assert_int_equal(world_seen(w, SIM_LOST_DOWN, 0)->path.from_link, 1);
}

static void a_path_that_is_down_comes_back_when_it_is_set(void **state)
{
	struct world *w = *state;

	set(w, a_to_b, (struct sim_quality){ .down = true });
	send_many(w, 3);
	set(w, a_to_b, (struct sim_quality){ .down = false });
	send_many(w, 3);
	assert_int_equal(world_count(w, SIM_LOST_DOWN), 3);
	assert_int_equal(w->arrivals[B], 3);
}

/* --- size ------------------------------------------------------------------------------ */

static void what_is_too_long_is_lost_and_told_if_asked(void **state)
{
	struct world *w = *state;
	struct in6_addr a1 = world_locator(w, A, 1);

	set(w, a_to_b, (struct sim_quality){ .mtu = 47, .delay_usec = 30 });
	world_send(w, A, 1, B, 1, 0);
	sim_settle(w->sim);
	assert_int_equal(world_count(w, SIM_LOST_SIZE), 1);
	assert_int_equal(world_count(w, SIM_TOO_BIG), 0);

	set(w, a_to_b, (struct sim_quality){ .mtu = 47, .delay_usec = 30, .too_big = true });
	world_send(w, A, 1, B, 1, 0);
	sim_settle(w->sim);
	assert_int_equal(world_count(w, SIM_LOST_SIZE), 2);
	assert_int_equal(world_count(w, SIM_TOO_BIG), 1);
	assert_true(sim_now(w->sim) == 30);
	assert_int_equal(world_seen(w, SIM_DELIVERED, 0)->path.from, SIM_OUTSIDE);
	assert_int_equal(world_seen(w, SIM_DELIVERED, 0)->path.to, A);
	assert_int_equal(world_seen(w, SIM_DELIVERED, 0)->path.to_link, 1);
	assert_int_equal(world_seen(w, SIM_DELIVERED, 0)->len, 40 + 8 + 48);
	assert_true(shim_host_owns(sim_host(w->sim, A), &a1));
}

/* --- injection --------------------------------------------------------------------------- */

static void an_injected_packet_arrives_whatever_the_paths_are_like(void **state)
{
	struct world *w = *state;
	uint8_t packet[48] = { 0x60, 0, 0, 0, 0, 8, WORLD_PROTOCOL, 64, 0x20, 1, [47] = 77 };
	struct in6_addr b2 = world_locator(w, B, 2);

	memcpy(packet + 24, &b2, sizeof(b2));
	set(w, SIM_ALL_PATHS, (struct sim_quality){ .down = true });
	assert_int_equal(sim_inject(w->sim, B, 2, packet, sizeof(packet), 1234), 0);
	memset(packet, 0, sizeof(packet)); /* it was copied */
	sim_run_until(w->sim, 1233);
	assert_int_equal(w->arrivals[B], 0);
	sim_run_until(w->sim, 1234);
	assert_int_equal(w->arrivals[B], 1);
	assert_int_equal(world_seen(w, SIM_INJECTED, 0)->number, 77);
	assert_int_equal(world_seen(w, SIM_DELIVERED, 0)->path.from, SIM_OUTSIDE);
}

static void any_octets_may_be_injected(void **state)
{
	struct world *w = *state;
	const uint8_t octets[50] = { 0x60 };

	for (size_t len = 0; len <= sizeof(octets); len++)
		assert_int_equal(sim_inject(w->sim, A, 1, octets, len, 5), 0);
	assert_int_equal(sim_inject(w->sim, A, 1, NULL, 0, 5), 0);
	sim_settle(w->sim);
	assert_int_equal(world_count(w, SIM_DELIVERED), sizeof(octets) + 2);
	assert_int_equal(w->arrivals[A], 0);
}

static void injection_needs_a_host_a_link_and_a_future(void **state)
{
	struct world *w = *state;

	sim_run_until(w->sim, 100);
	assert_int_equal(sim_inject(w->sim, A, 1, "x", 1, 99), -EINVAL);
	assert_int_equal(sim_inject(w->sim, A, 0, "x", 1, 100), -ENODEV);
	assert_int_equal(sim_inject(w->sim, A, 3, "x", 1, 100), -ENODEV);
	assert_int_equal(sim_inject(w->sim, C, 1, "x", 1, 100), -ENODEV);
	assert_int_equal(sim_inject(w->sim, SIM_OUTSIDE, 1, "x", 1, 100), -ENODEV);
	assert_int_equal(sim_inject(w->sim, SIM_ANY, 1, "x", 1, 100), -ENODEV);
	assert_int_equal(sim_in_air(w->sim), 0);
	assert_int_equal(w->count, 0);
}

/* --- the books ----------------------------------------------------------------------------- */

static void every_packet_that_sets_out_arrives_or_is_lost_or_flies(void **state)
{
	static const struct sim_quality rough = {
		.mtu = 48, .too_big = true, .loss_ppm = 100000, .corrupt_ppm = 100000,
		.duplicate_ppm = 100000, .delay_usec = 50, .jitter_usec = 100,
		.late_ppm = 100000, .late_usec = 1000,
	};
	struct world *w = *state;
	uint64_t out = 0, in = 0;

	set(w, SIM_ALL_PATHS, rough);
	sim_outage(w->sim, a_to_b, 500, 700);
	send_many(w, 500);
	sim_inject(w->sim, B, 1, "", 0, sim_now(w->sim) + 5);
	for (enum sim_fate fate = SIM_SENT; fate <= SIM_TOO_BIG; fate++)
		out += world_count(w, fate);
	for (enum sim_fate fate = SIM_DELIVERED; fate < SIM_FATES; fate++)
		in += world_count(w, fate);
	assert_true(sim_in_air(w->sim) > 0);
	assert_int_equal(out, in + sim_in_air(w->sim));
}

static void counts_are_what_the_tap_was_told(void **state)
{
	struct world *w = *state;
	uint64_t told[SIM_FATES] = { 0 };

	set(w, a_to_b, (struct sim_quality){
		.loss_ppm = 300000, .duplicate_ppm = 300000, .corrupt_ppm = 300000 });
	send_many(w, 300);
	for (size_t i = 0; i < w->count; i++)
		told[w->seen[i].fate]++;
	for (enum sim_fate fate = SIM_SENT; fate < SIM_FATES; fate++) {
		assert_int_equal(world_count(w, fate), told[fate]);
		assert_int_equal(sim_count(w->sim, a_to_b, fate), told[fate]);
		assert_int_equal(sim_count(w->sim, b_to_a, fate), 0);
		assert_true(*sim_fate_name(fate));
	}
}

static void a_setting_for_no_path_is_a_mistake(void **state)
{
	struct world *w = *state;

	assert_int_equal(sim_set(w->sim, (struct sim_paths){ A, 1, C, 1 },
				 &(struct sim_quality){ 0 }), -ENOENT);
	assert_int_equal(sim_outage(w->sim, (struct sim_paths){ A, 3, B, 1 }, 0, 1), -ENOENT);
	assert_int_equal(sim_outage(w->sim, a_to_b, 2, 1), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_packet_takes_the_path_between_the_links_of_its_locators),
		world_test(the_way_back_is_a_path_of_its_own),
		world_test(a_host_can_talk_to_itself),
		world_test(a_packet_to_nobody_goes_outside),
		world_test(sources_of_another_link_are_lost_if_there_is_a_filter),
		world_test(a_host_that_lost_an_address_still_has_its_path),
		world_test(packets_are_lost_as_often_as_is_asked),
		world_test(all_is_lost_at_one_million),
		world_test(without_jitter_order_is_kept),
		world_test(jitter_is_even_and_reorders),
		world_test(some_packets_are_late),
		world_test(duplicates_have_the_same_octets_and_a_delay_of_their_own),
		world_test(duplicates_come_as_often_as_is_asked),
		world_test(damage_is_told_with_the_damaged_octets),
		world_test(a_knob_changes_nothing_but_what_it_is_for),
		world_test(what_is_sent_in_an_outage_is_lost),
		world_test(an_outage_may_be_of_one_direction_and_one_pair_of_links),
		world_test(a_path_that_is_down_comes_back_when_it_is_set),
		world_test(what_is_too_long_is_lost_and_told_if_asked),
		world_test(an_injected_packet_arrives_whatever_the_paths_are_like),
		world_test(any_octets_may_be_injected),
		world_test(injection_needs_a_host_a_link_and_a_future),
		world_test(every_packet_that_sets_out_arrives_or_is_lost_or_flies),
		world_test(counts_are_what_the_tap_was_told),
		world_test(a_setting_for_no_path_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
