/* SPDX-License-Identifier: BSD-2-Clause */
/* Time, hosts, and that everything repeats. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "refstack/link/sim_internal.h"
#include "refstack/link/sim_world.h"
#include "wire/shim6.h"

enum { MSEC = 1000 };

static const struct sim_paths a_to_b = { A, SIM_ANY, B, SIM_ANY };

/* --- a context, begun by the first datagram ------------------------------------------ */

static void two_hosts_establish_a_context(void **state)
{
	static const uint8_t types[] = { SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 };
	const struct sim_config cfg = { .seed = 42, .quality.delay_usec = 10 * MSEC };
	struct world *w = world_new(cfg, 2, 1);

	(void)state;
	assert_int_equal(world_send(w, A, 1, B, 1, 7), 0);
	sim_run_until(w->sim, 40 * MSEC - 1);
	assert_false(world_has_context(w, A, B));
	sim_run_until(w->sim, 40 * MSEC);
	assert_true(world_has_context(w, A, B));
	assert_true(world_has_context(w, B, A));
	assert_int_equal(w->arrivals[B], 1);

	assert_int_equal(world_seen(w, SIM_SENT, 0)->number, 7);
	for (unsigned i = 0; i < 4; i++) {
		const struct seen *s = world_seen(w, SIM_SENT, 1 + i);

		assert_int_equal(s->control, types[i]);
		assert_int_equal(s->path.from, i % 2 ? B : A);
		assert_true(s->at == i * 10 * MSEC);
	}
	world_free(w);
}

static void no_damaged_handshake_makes_a_context(void **state)
{
	const struct sim_config cfg = { .seed = 5, .quality.corrupt_ppm = 1000000 };
	struct world *w = world_new(cfg, 2, 1);

	(void)state;
	assert_int_equal(world_send(w, A, 1, B, 1, 7), 0);
	sim_run_until(w->sim, 600 * USEC_PER_SEC);
	assert_true(world_count(w, SIM_CORRUPTED) >= 2); /* the datagram and an I1 */
	for (size_t i = 0; i < w->count; i++)
		assert_true(w->seen[i].control <= SHIM6_I1 || w->seen[i].fate != SIM_SENT);
	assert_false(world_has_context(w, A, B));
	assert_false(world_has_context(w, B, A));
	world_free(w);
}

/* --- the same seed ---------------------------------------------------------------------- */

/* A second of traffic both ways, each packet with every misfortune possible. */
static uint64_t digest_of_chaos(uint64_t seed)
{
	static const struct sim_quality rough = {
		.loss_ppm = 100000, .corrupt_ppm = 100000, .duplicate_ppm = 100000,
		.delay_usec = 20 * MSEC, .jitter_usec = 10 * MSEC,
		.late_ppm = 100000, .late_usec = 50 * MSEC,
	};
	struct world *w = world_new((struct sim_config){ .seed = seed, .quality = rough }, 2, 2);
	uint64_t digest;

	sim_outage(w->sim, a_to_b, 300 * MSEC, 400 * MSEC);
	for (unsigned i = 0; i < 200; i++) {
		world_send(w, i % 2 ? B : A, 1, i % 2 ? A : B, 1, i);
		sim_run_until(w->sim, sim_now(w->sim) + 5 * MSEC);
	}
	sim_restart_host(w->sim, B);
	sim_run_until(w->sim, 60 * USEC_PER_SEC);
	digest = w->digest;
	world_free(w);
	return digest;
}

static void the_same_seed_gives_the_same_octets_at_the_same_times(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 10; seed++) {
		uint64_t digest = digest_of_chaos(seed);

		assert_true(digest == digest_of_chaos(seed));
		assert_true(digest != digest_of_chaos(seed + 1));
	}
}

/* --- the clock ---------------------------------------------------------------------------- */

static void all_clocks_show_the_time_that_was_run_to(void **state)
{
	struct world *w = *state;

	assert_true(sim_now(w->sim) == 0);
	sim_run_until(w->sim, 1234567);
	assert_true(sim_now(w->sim) == 1234567);
	assert_true(shim_host_now(sim_host(w->sim, A)) == 1234567);
	assert_true(shim_host_now(sim_host(w->sim, B)) == 1234567);
	sim_run_until(w->sim, 5); /* time doesn't go back */
	assert_true(sim_now(w->sim) == 1234567);
}

static void look_at_clocks(struct world *w, unsigned host, const struct shim_arrival *arrival)
{
	(void)host;
	(void)arrival;
	for (unsigned i = 0; i < 2; i++)
		assert_true(shim_host_now(sim_host(w->sim, i)) == sim_now(w->sim));
}

static void all_clocks_show_when_a_packet_arrives(void **state)
{
	struct world *w = *state;

	sim_set(w->sim, SIM_ALL_PATHS, &(struct sim_quality){ .delay_usec = 700 });
	w->on_arrival = look_at_clocks;
	sim_run_until(w->sim, 100);
	world_send(w, A, 1, B, 1, 0);
	sim_settle(w->sim);
	assert_int_equal(w->arrivals[B], 1);
	assert_true(sim_now(w->sim) == 800);
}

/* Nobody answers: what A then sends comes at deadlines of its own alone. */
static void hosts_act_at_their_deadlines(void **state)
{
	const struct sim_config cfg = { .seed = 9, .quality.loss_ppm = 1000000 };
	struct world *w = world_new(cfg, 2, 1);
	uint64_t sent;

	(void)state;
	world_send(w, A, 1, B, 1, 0);
	sent = world_count(w, SIM_SENT);
	for (unsigned i = 0; i < 3; sent++, i++) {
		usec_t due;

		while (world_count(w, SIM_SENT) == sent) {
			due = shim_host_deadline(sim_host(w->sim, A));
			assert_true(due < 60 * USEC_PER_SEC);
			sim_run_until(w->sim, due - 1);
			assert_int_equal(world_count(w, SIM_SENT), sent);
			sim_run_until(w->sim, due);
		}
		assert_int_equal(world_count(w, SIM_SENT), sent + 1);
		assert_true(world_seen(w, SIM_SENT, (unsigned)sent)->at == due);
		assert_int_equal(world_seen(w, SIM_SENT, (unsigned)sent)->control, SHIM6_I1);
	}
	world_free(w);
}

static uint64_t digest_in_steps_of(usec_t step)
{
	const struct sim_config cfg = { .seed = 9, .quality.delay_usec = 30 * MSEC };
	struct world *w = world_new(cfg, 2, 1);
	uint64_t digest;

	sim_outage(w->sim, a_to_b, 50 * MSEC, 20 * USEC_PER_SEC);
	world_send(w, A, 1, B, 1, 0);
	world_send(w, B, 1, A, 1, 1);
	while (sim_now(w->sim) < 60 * USEC_PER_SEC)
		sim_run_until(w->sim, sim_now(w->sim) + step);
	digest = w->digest;
	world_free(w);
	return digest;
}

static void it_makes_no_difference_how_far_is_run_at_once(void **state)
{
	uint64_t digest = digest_in_steps_of(60 * USEC_PER_SEC);

	(void)state;
	assert_true(digest == digest_in_steps_of(USEC_PER_SEC));
	assert_true(digest == digest_in_steps_of(10 * MSEC));
}

static void count_sent(struct sim *sim, void *arg)
{
	uint64_t *count = arg;

	*count = sim_count(sim, SIM_ALL_PATHS, SIM_SENT);
}

/* The datagram, an I1 at once, and one at the deadline. */
static void a_deadline_comes_before_what_else_is_due(void **state)
{
	const struct sim_config cfg = { .seed = 9, .quality.down = true };
	struct world *w = world_new(cfg, 2, 1), *same = world_new(cfg, 2, 1);
	uint64_t sent = 0;
	usec_t due;

	(void)state;
	world_send(w, A, 1, B, 1, 0);
	world_send(same, A, 1, B, 1, 0);
	sim_run_until(w->sim, 10 * USEC_PER_SEC);
	due = world_seen(w, SIM_SENT, 2)->at;
	sim_at(same->sim, due, count_sent, &sent);
	sim_run_until(same->sim, due);
	assert_int_equal(sent, 3);
	world_free(w);
	world_free(same);
}

static void a_step_is_one_thing(void **state)
{
	struct world *w = *state;

	assert_false(sim_step(w->sim, USEC_NEVER));
	sim_set(w->sim, SIM_ALL_PATHS, &(struct sim_quality){ .delay_usec = 50 });
	world_send(w, A, 1, B, 1, 0);
	world_send(w, A, 1, B, 1, 1);
	assert_false(sim_step(w->sim, 49));
	assert_true(sim_now(w->sim) == 0);
	assert_true(sim_step(w->sim, 50));
	assert_int_equal(w->arrivals[B], 1);
	assert_true(sim_step(w->sim, 50));
	assert_int_equal(w->arrivals[B], 2);
	assert_false(sim_step(w->sim, USEC_NEVER));
}

/* --- actions -------------------------------------------------------------------------------- */

struct diary {
	struct world *world;
	usec_t at[8];
	char what[9];
	unsigned n;
};

static void write_down(struct diary *d, char what)
{
	assert_true(shim_host_now(sim_host(d->world->sim, A)) == sim_now(d->world->sim));
	d->at[d->n] = sim_now(d->world->sim);
	d->what[d->n++] = what;
}

static void note_x(struct sim *sim, void *arg)
{
	(void)sim;
	write_down(arg, 'x');
}

static void note_y_and_again(struct sim *sim, void *arg)
{
	write_down(arg, 'y');
	assert_int_equal(sim_at(sim, sim_now(sim), note_x, arg), 0);
	assert_int_equal(sim_at(sim, sim_now(sim) - 1, note_x, arg), -EINVAL);
}

static void actions_come_at_their_time_in_their_order(void **state)
{
	struct diary d = { .world = *state };
	struct sim *sim = d.world->sim;

	sim_at(sim, 200, note_x, &d);
	sim_at(sim, 100, note_x, &d);
	sim_at(sim, 100, note_y_and_again, &d);
	sim_at(sim, 100, note_y_and_again, &d);
	sim_at(sim, 300, note_y_and_again, &d);
	sim_run_until(sim, 299);
	assert_string_equal(d.what, "xyyxxx");
	assert_true(d.at[0] == 100 && d.at[4] == 100 && d.at[5] == 200);
}

static void break_all(struct sim *sim, void *arg)
{
	(void)arg;
	sim_set(sim, SIM_ALL_PATHS, &(struct sim_quality){ .down = true });
}

static void send_one(struct sim *sim, void *arg)
{
	(void)sim;
	assert_int_equal(world_send(arg, A, 1, B, 1, 0), 0);
}

static void an_action_can_do_what_a_test_can(void **state)
{
	struct world *w = *state;

	for (usec_t at = 10; at <= 100; at += 10)
		sim_at(w->sim, at, send_one, w);
	sim_at(w->sim, 55, break_all, NULL);
	sim_run_until(w->sim, 1000);
	assert_int_equal(w->arrivals[B], 5);
	assert_int_equal(world_count(w, SIM_LOST_DOWN), 5);
}

/* --- what can't go on ----------------------------------------------------------------------- */

static void send_back(struct world *w, unsigned host, const struct shim_arrival *arrival)
{
	const struct shim_send send = {
		.local = arrival->local, .peer = arrival->peer, .protocol = WORLD_PROTOCOL,
	};

	shim_send(sim_host(w->sim, host), &send, arrival->upper, arrival->len);
}

static void a_livelock_ends_the_simulation_with_its_seed(void **state)
{
	struct world *w = world_new((struct sim_config){ .seed = 77, .events_max = 500 }, 2, 0);

	(void)state;
	sim_run_until(w->sim, 2500000);
	w->on_arrival = send_back;
	world_send(w, A, 1, B, 1, 0);
	if (setjmp(w->escape) == 0)
		sim_run_until(w->sim, 3000000);
	assert_string_equal(w->failure,
			    "sim: t=2.500000: more than 500 events in one microsecond (seed 77)");
	assert_int_equal(w->arrivals[A] + w->arrivals[B], 500);
	world_free(w);
}

static void much_in_little_time_is_no_livelock(void **state)
{
	struct world *w = world_new((struct sim_config){ .events_max = 500 }, 2, 0);

	(void)state;
	sim_set(w->sim, SIM_ALL_PATHS, &(struct sim_quality){ .delay_usec = 1 });
	w->on_arrival = send_back;
	world_send(w, A, 1, B, 1, 0);
	sim_run_until(w->sim, 10000);
	assert_int_equal(w->arrivals[A] + w->arrivals[B], 10000);
	world_free(w);
}

static void a_host_that_sends_no_ipv6_ends_the_simulation(void **state)
{
	struct world *w = *state;
	const uint8_t packet[40] = { 0x60 };

	if (setjmp(w->escape) == 0)
		sim_transmit(&w->sim->end[B], 1, packet, 39);
	assert_string_equal(w->failure,
			    "sim: t=0.000000: host 1 sends what is no IPv6 packet (seed 42)");
	if (setjmp(w->escape) == 0)
		sim_transmit(&w->sim->end[B], 3, packet, 40);
	assert_string_equal(w->failure,
			    "sim: t=0.000000: host 1 sends on link 3, which it hasn't (seed 42)");
}

static void jump_out(struct world *w, unsigned host, const struct shim_arrival *arrival)
{
	(void)host;
	(void)arrival;
	longjmp(w->escape, 1);
}

/* As a failing assertion does; the packet that was landing isn't leaked. */
static void a_callback_may_jump_out(void **state)
{
	struct world *w = *state;

	w->on_arrival = jump_out;
	world_send(w, A, 1, B, 1, 0);
	world_send(w, A, 1, B, 1, 1);
	if (setjmp(w->escape) == 0)
		sim_settle(w->sim);
	assert_int_equal(w->arrivals[B], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_hosts_establish_a_context),
		cmocka_unit_test(no_damaged_handshake_makes_a_context),
		cmocka_unit_test(the_same_seed_gives_the_same_octets_at_the_same_times),
		world_test(all_clocks_show_the_time_that_was_run_to),
		world_test(all_clocks_show_when_a_packet_arrives),
		cmocka_unit_test(hosts_act_at_their_deadlines),
		cmocka_unit_test(it_makes_no_difference_how_far_is_run_at_once),
		cmocka_unit_test(a_deadline_comes_before_what_else_is_due),
		world_test(a_step_is_one_thing),
		world_test(actions_come_at_their_time_in_their_order),
		world_test(an_action_can_do_what_a_test_can),
		cmocka_unit_test(a_livelock_ends_the_simulation_with_its_seed),
		cmocka_unit_test(much_in_little_time_is_no_livelock),
		world_test(a_host_that_sends_no_ipv6_ends_the_simulation),
		world_test(a_callback_may_jump_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
