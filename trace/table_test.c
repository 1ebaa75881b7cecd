/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/table.h"

enum { MANY = 5000 };

static int setup(void **state)
{
	static struct table table;

	assert_true(table_init(&table));
	*state = &table;
	return 0;
}

static int teardown(void **state)
{
	table_free(*state);
	return 0;
}

#define TABLE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Keys that differ in one word each, and by little. */
static struct key numbered(unsigned number)
{
	struct key key = { { 1, 2, 3, 4, 5 } };

	key.word[number % 5] += (uint64_t)(number / 5 + 1) << number % 30;
	key.word[0] |= (uint64_t)number << KEY_NUMBER_BITS;
	return key;
}

static void put(struct table *t, unsigned number)
{
	struct key key = numbered(number);

	assert_true(table_reserve(t, 1));
	assert_null(table_find(t, &key));
	table_entry(t, table_put(t, &key))->end = (uint8_t)number;
}

static void drop(struct table *t, unsigned number)
{
	struct key key = numbered(number);

	table_drop(t, (uint32_t)(table_find(t, &key) - t->entries));
	assert_null(table_find(t, &key));
}

static void assert_there(struct table *t, unsigned number)
{
	struct key key = numbered(number);
	const struct entry *e = table_find(t, &key);

	assert_non_null(e);
	assert_int_equal(e->end, (uint8_t)number);
}

static void what_was_put_is_found_however_the_table_grows(void **state)
{
	struct table *t = *state;

	for (unsigned i = 0; i < MANY; i++)
		put(t, i);
	for (unsigned i = 0; i < MANY; i++)
		assert_there(t, i);
	assert_int_equal(t->count, MANY);
	assert_null(table_check(t));
}

static void what_was_dropped_leaves_the_others(void **state)
{
	struct table *t = *state;

	for (unsigned i = 0; i < MANY; i++)
		put(t, i);
	for (unsigned i = 0; i < MANY; i += 3)
		drop(t, i);
	for (unsigned i = 0; i < MANY; i++)
		if (i % 3)
			assert_there(t, i);
	assert_null(table_check(t));
}

static void room_of_the_dropped_is_used_again(void **state)
{
	struct table *t = *state;
	unsigned bits;

	for (unsigned i = 0; i < 10; i++)
		put(t, i);
	bits = t->bits;
	for (unsigned i = 10; i < MANY; i++) {
		drop(t, i - 10);
		put(t, i);
	}
	assert_int_equal(t->bits, bits);
	assert_null(table_check(t));
}

static void what_is_reserved_can_be_put(void **state)
{
	struct table *t = *state;
	unsigned bits;

	assert_true(table_reserve(t, MANY));
	assert_true(t->unused_count >= MANY);
	bits = t->bits;
	for (unsigned i = 0; i < MANY; i++)
		put(t, i);
	assert_int_equal(t->bits, bits);
}

static void what_was_found_last_is_forgotten_with_its_entry(void **state)
{
	struct key key = numbered(1);
	struct table *t = *state;

	put(t, 1);
	put(t, 2);
	assert_there(t, 1);
	assert_there(t, 1);
	drop(t, 1);
	assert_there(t, 2);
	assert_null(table_find(t, &key));
	put(t, 1);
	assert_there(t, 1);
}

static void keys_of_words_that_are_exchanged_differ(void **state)
{
	struct key one = { { 1, 2, 3, 4, 5 } }, other = { { 1, 4, 5, 2, 3 } };
	struct table *t = *state;

	assert_false(key_equal(&one, &other));
	assert_true(table_reserve(t, 1));
	table_put(t, &one);
	assert_non_null(table_find(t, &one));
	assert_null(table_find(t, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(what_was_put_is_found_however_the_table_grows),
		TABLE_TEST(what_was_dropped_leaves_the_others),
		TABLE_TEST(room_of_the_dropped_is_used_again),
		TABLE_TEST(what_is_reserved_can_be_put),
		TABLE_TEST(what_was_found_last_is_forgotten_with_its_entry),
		TABLE_TEST(keys_of_words_that_are_exchanged_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
