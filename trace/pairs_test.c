/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/pairs.h"

enum { MANY = 3000 };

struct address {
	uint8_t octets[16];
};

/* Neighbours, as in a real network: they differ in their last octets. */
static struct address numbered(unsigned number)
{
	return (struct address){ { 0x20, 0x01, 0x0d, 0xb8, [14] = (uint8_t)(number >> 8),
				   (uint8_t)number } };
}

static int setup(void **state)
{
	static struct pairs pairs;

	assert_true(pairs_init(&pairs));
	*state = &pairs;
	return 0;
}

static bool may_have(const struct pairs *p, unsigned one, unsigned other)
{
	return pairs_may_have(p, numbered(one).octets, numbered(other).octets);
}

static void put(struct pairs *p, unsigned one, unsigned other)
{
	pairs_put(p, numbered(one).octets, numbered(other).octets);
}

static void drop(struct pairs *p, unsigned one, unsigned other)
{
	pairs_drop(p, numbered(one).octets, numbered(other).octets);
}

static void what_was_put_is_known_in_both_directions(void **state)
{
	struct pairs *p = *state;

	assert_false(may_have(p, 1, 2));
	for (unsigned i = 0; i < MANY; i++)
		put(p, i, 2 * i + 1);
	for (unsigned i = 0; i < MANY; i++) {
		assert_true(may_have(p, i, 2 * i + 1));
		assert_true(may_have(p, 2 * i + 1, i));
	}
}

static void of_what_was_dropped_nothing_is_left(void **state)
{
	struct pairs *p = *state;

	for (unsigned i = 0; i < MANY; i++)
		put(p, i, i + 1);
	for (unsigned i = 0; i < MANY; i++)
		drop(p, i + 1, i);
	for (unsigned i = 0; i < 1 << PAIRS_BITS; i++)
		assert_int_equal(p->count[i], 0);
}

/* Of 65,536 places so many pairs take less than one in twenty. */
static void most_others_are_let_go(void **state)
{
	struct pairs *p = *state;
	unsigned held = 0;

	for (unsigned i = 0; i < MANY; i++)
		put(p, 0, i + 1);
	for (unsigned i = 0; i < MANY; i++)
		held += may_have(p, i + 1, i + 2);
	assert_in_range(held, 0, MANY / 10);
}

static void a_count_that_is_full_stays(void **state)
{
	struct pairs *p = *state;

	for (unsigned i = 0; i < 2 * PAIRS_FULL; i++)
		put(p, 1, 2);
	for (unsigned i = 0; i < 2 * PAIRS_FULL; i++)
		drop(p, 1, 2);
	assert_true(may_have(p, 1, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_put_is_known_in_both_directions, setup),
		cmocka_unit_test_setup(of_what_was_dropped_nothing_is_left, setup),
		cmocka_unit_test_setup(most_others_are_let_go, setup),
		cmocka_unit_test_setup(a_count_that_is_full_stays, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
