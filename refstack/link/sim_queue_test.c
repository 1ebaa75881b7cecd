/* SPDX-License-Identifier: BSD-2-Clause */
#include "refstack/link/sim_queue.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void never(struct sim *sim, void *arg)
{
	(void)sim;
	(void)arg;
	fail();
}

static void an_empty_queue_has_nothing_ever(void **state)
{
	struct sim_queue q = { 0 };
	struct sim_due due;

	(void)state;
	assert_true(sim_queue_first(&q) == USEC_NEVER);
	assert_false(sim_queue_pop(&q, &due));
	sim_queue_close(&q);
}

static void what_was_pushed_comes_back(void **state)
{
	struct sim_queue q = { 0 };
	struct sim_due due;
	int arg;

	(void)state;
	assert_int_equal(sim_queue_push(&q, 77, never, &arg), 0);
	assert_true(sim_queue_first(&q) == 77);
	assert_true(sim_queue_pop(&q, &due));
	assert_true(due.at == 77 && due.fn == never && due.arg == &arg);
	assert_false(sim_queue_pop(&q, &due));
	sim_queue_close(&q);
}

/* Times in disorder, each of them many times over, with a pop in between every
 * third push: whatever the shape of the heap, order is by time, then by age. */
static void the_earliest_comes_first_and_of_those_the_oldest(void **state)
{
	struct sim_queue q = { 0 };
	struct sim_due due, last;
	uint32_t lcg = 1;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		lcg = lcg * 1664525 + 1013904223;
		assert_int_equal(sim_queue_push(&q, (lcg >> 24) % 50, never, NULL), 0);
		if (i % 3 == 2) {
			usec_t first = sim_queue_first(&q);

			assert_true(sim_queue_pop(&q, &due));
			assert_true(due.at == first);
		}
	}
	assert_true(sim_queue_pop(&q, &last));
	for (unsigned i = 1; i < 2000; i++) {
		assert_true(sim_queue_pop(&q, &due));
		assert_true(due.at > last.at || (due.at == last.at && due.order > last.order));
		last = due;
	}
	assert_false(sim_queue_pop(&q, &due));
	sim_queue_close(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_queue_has_nothing_ever),
		cmocka_unit_test(what_was_pushed_comes_back),
		cmocka_unit_test(the_earliest_comes_first_and_of_those_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
