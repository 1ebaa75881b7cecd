/* SPDX-License-Identifier: BSD-2-Clause */
/* The wheel, held against a list that is searched from end to end. */
#include "refstack/core/random.h"
#include "refstack/core/timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const usec_t END_OF_TIME = UINT64_C(1) << 63;

enum { TIMERS = 40, WAKES_MAX = WHEEL_LEVELS };

struct model {
	struct random_source random;
	uint64_t seed;
	usec_t now;
	bool runs[TIMERS];
	usec_t at[TIMERS];
	struct timer timer[TIMERS];
	struct timer_wheel wheel;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct model));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void begin(struct model *m, uint64_t seed)
{
	memset(m, 0, sizeof(*m));
	m->seed = seed;
	assert_int_equal(random_open(&m->random, seed), 0);
}

static void end(struct model *m)
{
	random_close(&m->random);
}

static uint64_t below(struct model *m, uint64_t n)
{
	return random_u64(&m->random) % n;
}

/* Any number of bits is as likely as any other. */
static usec_t any_span(struct model *m)
{
	return random_u64(&m->random) >> (1 + below(m, 63));
}

static usec_t later(const struct model *m, usec_t span)
{
	return span < END_OF_TIME - m->now ? m->now + span : END_OF_TIME;
}

#define hold(m, claim)                                                                   \
	do {                                                                             \
		if (!(claim))                                                            \
			fail_msg("seed %llu, at %llu: %s", (unsigned long long)(m)->seed, \
				 (unsigned long long)(m)->now, #claim);                  \
	} while (0)

static usec_t first_of(const struct model *m)
{
	usec_t first = USEC_NEVER;

	for (unsigned i = 0; i < TIMERS; i++)
		if (m->runs[i] && m->at[i] < first)
			first = m->at[i];
	return first;
}

static void hold_next(const struct model *m)
{
	usec_t first = first_of(m), next = timer_next(&m->wheel);

	hold(m, next <= first);
	hold(m, next >= m->wheel.now);
	hold(m, (next == USEC_NEVER) == (first == USEC_NEVER));
}

static void set(struct model *m, unsigned i, usec_t at)
{
	timer_set(&m->wheel, &m->timer[i], at);
	m->runs[i] = true;
	m->at[i] = at > m->now ? at : m->now;
}

static void stop(struct model *m, unsigned i)
{
	timer_stop(&m->wheel, &m->timer[i]);
	m->runs[i] = false;
}

/* Returns how many ran out. */
static unsigned expire(struct model *m, usec_t until, bool rearm)
{
	struct timer *timer;
	unsigned n = 0;

	while ((timer = timer_expire(&m->wheel, until))) {
		unsigned i = (unsigned)(timer - m->timer);

		hold(m, m->runs[i]);
		hold(m, m->at[i] == first_of(m));
		hold(m, m->at[i] <= until && m->at[i] >= m->now);
		hold(m, timer->at == m->at[i]);
		hold(m, !timer->link);
		m->runs[i] = false;
		m->now = m->at[i];
		n++;
		if (rearm && n < 100 && below(m, 2))
			set(m, i, later(m, any_span(m)));
		if (rearm && below(m, 4) == 0)
			stop(m, (unsigned)below(m, TIMERS));
		hold_next(m);
	}
	hold(m, first_of(m) > until);
	m->now = until > m->now ? until : m->now;
	hold(m, m->wheel.now == m->now);
	return n;
}

/* --- against the model -------------------------------------------------------- */

static void every_timer_runs_out_at_its_time_and_in_order(void **state)
{
	struct model *m = *state;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		begin(m, seed);
		for (unsigned step = 0; step < 200 && m->now < END_OF_TIME; step++) {
			unsigned i = (unsigned)below(m, TIMERS);

			switch (below(m, 8)) {
			case 0:
				stop(m, i);
				break;
			case 1:
				expire(m, later(m, any_span(m) >> below(m, 32)), true);
				break;
			case 2:
				set(m, i, any_span(m)); /* which may be over */
				break;
			default:
				set(m, i, later(m, any_span(m)));
			}
			hold_next(m);
		}
		expire(m, END_OF_TIME, false);
		hold(m, timer_next(&m->wheel) == USEC_NEVER);
		end(m);
	}
}

/* What a host does: sleep until timer_next(), and never longer. */
static void whoever_sleeps_until_the_next_is_on_time(void **state)
{
	struct model *m = *state;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		unsigned wakes = 0, out = 0;

		begin(m, seed);
		for (unsigned i = 0; i < TIMERS; i++)
			set(m, i, any_span(m));
		while (first_of(m) != USEC_NEVER) {
			usec_t next = timer_next(&m->wheel), first = first_of(m);
			unsigned n;

			hold(m, next > m->now || first == m->now || wakes == 0);
			n = expire(m, next, false);
			hold(m, (n > 0) == (first == next));
			out += n;
			wakes++;
		}
		hold(m, out == TIMERS);
		hold(m, wakes <= TIMERS * WAKES_MAX);
		end(m);
	}
}

static void one_timer_wakes_at_most_once_per_level(void **state)
{
	struct model *m = *state;

	for (unsigned bit = 0; bit <= 63; bit++) {
		for (unsigned i = 0; i < 32; i++) {
			unsigned wakes = 0;

			begin(m, 64 * i + bit);
			expire(m, any_span(m) >> 1, false);
			set(m, 0, later(m, (UINT64_C(1) << bit) - (i & 1)));
			while (m->runs[0]) {
				expire(m, timer_next(&m->wheel), false);
				wakes++;
			}
			hold(m, wakes <= WAKES_MAX);
			end(m);
		}
	}
}

/* The step from one block of slots to the next, at every level. */
static void nothing_is_lost_where_a_digit_turns_over(void **state)
{
	struct model *m = *state;

	begin(m, 1);
	for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
		usec_t turn = UINT64_C(1) << (WHEEL_BITS * level);

		for (unsigned times = 1; times < 8 && times <= END_OF_TIME / turn; times++) {
			usec_t edge = turn * times;

			if (edge <= m->now + 2)
				continue;
			for (unsigned i = 0; i < 5; i++)
				set(m, i, edge + i - 2);
			expire(m, edge - 3, false);
			for (unsigned i = 0; i < 5; i++)
				hold(m, expire(m, edge + i - 2, false) == 1);
		}
	}
	end(m);
}

/* --- one by one --------------------------------------------------------------- */

static void an_empty_wheel_never_wakes(void **state)
{
	static struct timer_wheel wheel;

	(void)state;
	assert_true(timer_next(&wheel) == USEC_NEVER);
	assert_null(timer_expire(&wheel, END_OF_TIME));
	assert_true(timer_next(&wheel) == USEC_NEVER);
}

static void a_timer_does_not_run_out_before_its_time(void **state)
{
	struct model *m = *state;

	set(m, 0, 5000001);
	assert_null(timer_expire(&m->wheel, 5000000));
	assert_true(timer_next(&m->wheel) == 5000001);
	assert_ptr_equal(timer_expire(&m->wheel, 5000001), &m->timer[0]);
	assert_null(timer_expire(&m->wheel, 5000001));
	assert_true(timer_next(&m->wheel) == USEC_NEVER);
}

static void a_time_in_the_past_is_as_good_as_now(void **state)
{
	struct model *m = *state;

	assert_null(timer_expire(&m->wheel, 70000));
	timer_set(&m->wheel, &m->timer[0], 3);
	assert_true(m->timer[0].at == 70000);
	assert_true(timer_next(&m->wheel) == 70000);
	assert_ptr_equal(timer_expire(&m->wheel, 70000), &m->timer[0]);
}

static void time_does_not_go_back(void **state)
{
	struct model *m = *state;

	assert_null(timer_expire(&m->wheel, 70000));
	timer_set(&m->wheel, &m->timer[0], 70001);
	assert_null(timer_expire(&m->wheel, 5));
	assert_true(m->wheel.now == 70000);
	assert_ptr_equal(timer_expire(&m->wheel, 70001), &m->timer[0]);
}

static void stopping_what_does_not_run_is_harmless(void **state)
{
	struct model *m = *state;

	timer_stop(&m->wheel, &m->timer[0]); /* never ran */
	timer_set(&m->wheel, &m->timer[0], 10);
	timer_set(&m->wheel, &m->timer[1], 10);
	timer_stop(&m->wheel, &m->timer[0]);
	timer_stop(&m->wheel, &m->timer[0]); /* twice */
	assert_ptr_equal(timer_expire(&m->wheel, 10), &m->timer[1]);
	timer_stop(&m->wheel, &m->timer[1]); /* ran out */
	assert_null(timer_expire(&m->wheel, END_OF_TIME));
}

static void a_running_timer_can_be_put_off_and_brought_forward(void **state)
{
	struct model *m = *state;

	timer_set(&m->wheel, &m->timer[0], 100);
	timer_set(&m->wheel, &m->timer[0], 900000);
	assert_null(timer_expire(&m->wheel, 200));
	timer_set(&m->wheel, &m->timer[0], 300);
	assert_ptr_equal(timer_expire(&m->wheel, 1000000), &m->timer[0]);
	assert_true(m->timer[0].at == 300);
	assert_null(timer_expire(&m->wheel, 1000000));
}

static void any_of_those_that_share_a_slot_can_be_stopped(void **state)
{
	struct model *m = *state;

	for (unsigned gone = 0; gone < 4; gone++) {
		usec_t at = 4096 * (gone + 1);
		unsigned left = 0;

		for (unsigned i = 0; i < 4; i++)
			timer_set(&m->wheel, &m->timer[i], at);
		timer_stop(&m->wheel, &m->timer[gone]);
		for (struct timer *t; (t = timer_expire(&m->wheel, at)); left |= 1u << (t - m->timer))
			assert_true(t->at == at);
		assert_int_equal(left, 0xf & ~(1u << gone));
	}
}

/* --- from within a loop that expires ------------------------------------------ */

static void a_timer_set_again_in_the_loop_takes_its_turn(void **state)
{
	struct model *m = *state;
	usec_t expected = 7;
	struct timer *timer;

	timer_set(&m->wheel, &m->timer[0], 7);
	timer_set(&m->wheel, &m->timer[1], 703);
	while ((timer = timer_expire(&m->wheel, 1000))) {
		if (timer == &m->timer[1]) {
			assert_true(expected == 707);
			continue;
		}
		assert_true(timer->at == expected);
		expected += 7;
		timer_set(&m->wheel, timer, expected);
	}
	assert_true(expected == 1001);
	assert_true(timer_next(&m->wheel) == 1001);
}

static void a_timer_set_for_now_in_the_loop_runs_out_in_it(void **state)
{
	struct model *m = *state;

	timer_set(&m->wheel, &m->timer[0], 500);
	timer_set(&m->wheel, &m->timer[1], 501);
	for (unsigned i = 0; i < 3; i++) {
		assert_ptr_equal(timer_expire(&m->wheel, 600), &m->timer[0]);
		timer_set(&m->wheel, &m->timer[0], 20);
		assert_true(m->timer[0].at == 500);
	}
	timer_stop(&m->wheel, &m->timer[0]);
	assert_ptr_equal(timer_expire(&m->wheel, 600), &m->timer[1]);
}

static void what_one_timer_stops_in_the_loop_does_not_run_out(void **state)
{
	struct model *m = *state;
	struct timer *first;

	timer_set(&m->wheel, &m->timer[0], 100);
	timer_set(&m->wheel, &m->timer[1], 100);
	first = timer_expire(&m->wheel, 200);
	assert_non_null(first);
	timer_stop(&m->wheel, first == &m->timer[0] ? &m->timer[1] : &m->timer[0]);
	assert_null(timer_expire(&m->wheel, 200));
	assert_true(timer_next(&m->wheel) == USEC_NEVER);
}

#define model_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		model_test(every_timer_runs_out_at_its_time_and_in_order),
		model_test(whoever_sleeps_until_the_next_is_on_time),
		model_test(one_timer_wakes_at_most_once_per_level),
		model_test(nothing_is_lost_where_a_digit_turns_over),
		cmocka_unit_test(an_empty_wheel_never_wakes),
		model_test(a_timer_does_not_run_out_before_its_time),
		model_test(a_time_in_the_past_is_as_good_as_now),
		model_test(time_does_not_go_back),
		model_test(stopping_what_does_not_run_is_harmless),
		model_test(a_running_timer_can_be_put_off_and_brought_forward),
		model_test(any_of_those_that_share_a_slot_can_be_stopped),
		model_test(a_timer_set_again_in_the_loop_takes_its_turn),
		model_test(a_timer_set_for_now_in_the_loop_runs_out_in_it),
		model_test(what_one_timer_stops_in_the_loop_does_not_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
