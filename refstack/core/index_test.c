/* SPDX-License-Identifier: BSD-2-Clause */
/* The hash table, held against an array of who is in it. */
#include "refstack/core/index.h"
#include "refstack/core/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

enum { THINGS = 5000 };

struct thing {
	unsigned number;
	struct index_node node, other;
	bool is_in;
};

struct shelf {
	struct index index;
	struct thing thing[THINGS];
};

static int setup(void **state)
{
	struct shelf *s = calloc(1, sizeof(*s));

	*state = s;
	for (unsigned i = 0; s && i < THINGS; i++)
		s->thing[i].number = i;
	return s ? 0 : -1;
}

static int teardown(void **state)
{
	struct shelf *s = *state;

	index_free(&s->index);
	free(s);
	return 0;
}

static void add(struct shelf *s, unsigned i, uint64_t hash)
{
	assert_int_equal(index_add(&s->index, &s->thing[i].node, hash), 0);
	s->thing[i].is_in = true;
}

static void take(struct shelf *s, unsigned i)
{
	assert_true(s->thing[i].is_in);
	index_remove(&s->index, &s->thing[i].node);
	s->thing[i].is_in = false;
}

/* How many have this hash; each is one that is in, and is met once. */
static unsigned count_of(const struct shelf *s, uint64_t hash)
{
	bool met[THINGS] = { false };
	unsigned n = 0;

	for (struct index_node *node = index_first(&s->index, hash); node; node = index_next(node)) {
		struct thing *thing = index_entry(node, struct thing, node);

		assert_true(node->hash == hash);
		assert_true(thing->is_in);
		assert_false(met[thing->number]);
		met[thing->number] = true;
		n++;
	}
	return n;
}

static void an_empty_index_finds_nothing(void **state)
{
	struct shelf *s = *state;

	assert_null(index_first(&s->index, 0));
	assert_null(index_first(&s->index, UINT64_MAX));
	index_free(&s->index);
	assert_null(index_first(&s->index, 0));
}

static void everything_is_found_while_it_grows(void **state)
{
	struct shelf *s = *state;

	for (unsigned i = 0; i < THINGS; i++) {
		add(s, i, i * UINT64_C(0x9e3779b97f4a7c15));
		assert_int_equal(s->index.count, i + 1);
		assert_true(s->index.count <= s->index.buckets);
		assert_true((s->index.buckets & (s->index.buckets - 1)) == 0);
		if (i % 97 && i + 1 < THINGS)
			continue;
		for (unsigned k = 0; k <= i; k++)
			assert_ptr_equal(index_first(&s->index, k * UINT64_C(0x9e3779b97f4a7c15)),
					 &s->thing[k].node);
		assert_null(index_first(&s->index, UINT64_C(0x9e3779b97f4a7c15) * THINGS));
	}
}

static void those_of_one_hash_are_met_one_after_the_other(void **state)
{
	struct shelf *s = *state;

	for (unsigned i = 0; i < 300; i++)
		add(s, i, i % 3 == 0 ? 7 : 7 + (UINT64_C(1) << 40) * i);
	assert_int_equal(count_of(s, 7), 100);
	for (unsigned i = 0; i < 300; i++)
		if (i % 3)
			assert_int_equal(count_of(s, 7 + (UINT64_C(1) << 40) * i), 1);
	assert_int_equal(count_of(s, 8), 0);
}

/* All in one bucket, whichever way the chain was made. */
static void any_link_of_a_chain_can_be_taken_out(void **state)
{
	struct shelf *s = *state;

	for (unsigned gone = 0; gone < 5; gone++) {
		for (unsigned i = 0; i < 5; i++)
			add(s, i, UINT64_C(1) << (40 + i % 2));
		take(s, gone);
		assert_int_equal(s->index.count, 4);
		assert_int_equal(count_of(s, UINT64_C(1) << 40), gone % 2 ? 3 : 2);
		assert_int_equal(count_of(s, UINT64_C(1) << 41), gone % 2 ? 1 : 2);
		for (unsigned i = 0; i < 5; i++)
			if (i != gone)
				take(s, i);
		assert_int_equal(s->index.count, 0);
		assert_null(index_first(&s->index, UINT64_C(1) << 40));
	}
}

static void what_was_taken_out_can_come_back_under_another_hash(void **state)
{
	struct shelf *s = *state;

	add(s, 0, 1);
	take(s, 0);
	add(s, 0, 2);
	assert_null(index_first(&s->index, 1));
	assert_ptr_equal(index_first(&s->index, 2), &s->thing[0].node);
}

static void a_thing_can_be_in_two_indexes(void **state)
{
	struct shelf *s = *state;
	struct index second = { .count = 0 };

	for (unsigned i = 0; i < 200; i++) {
		add(s, i, i);
		assert_int_equal(index_add(&second, &s->thing[i].other, 1000 + i), 0);
	}
	for (unsigned i = 0; i < 200; i += 2)
		take(s, i);
	for (unsigned i = 0; i < 200; i++) {
		struct index_node *node = index_first(&second, 1000 + i);

		assert_ptr_equal(index_entry(node, struct thing, other), &s->thing[i]);
		assert_int_equal(index_first(&s->index, i) != NULL, i % 2);
	}
	index_free(&second);
	assert_null(index_first(&second, 1001));
}

/* As context_walk() does: a chain at a time, the next one known before this goes. */
static void a_walk_may_take_out_what_it_meets(void **state)
{
	struct shelf *s = *state;
	unsigned met = 0;

	for (unsigned i = 0; i < THINGS; i++)
		add(s, i, i / 3 * UINT64_C(0x9e3779b97f4a7c15));
	for (size_t b = 0; b < s->index.buckets; b++) {
		struct index_node *node = s->index.bucket[b], *next;

		for (; node; node = next) {
			next = node->next;
			if (met++ % 2)
				take(s, index_entry(node, struct thing, node)->number);
		}
	}
	assert_int_equal(met, THINGS);
	assert_int_equal(s->index.count, THINGS / 2);
	for (unsigned i = 0; i < THINGS; i += 3) {
		unsigned left = 0;

		for (unsigned k = i; k < i + 3 && k < THINGS; k++)
			left += s->thing[k].is_in;
		assert_int_equal(count_of(s, i / 3 * UINT64_C(0x9e3779b97f4a7c15)), left);
	}
}

static void coming_and_going_at_random_loses_nobody(void **state)
{
	enum { HASHES = 50, ACTORS = 400 };
	unsigned in[HASHES] = { 0 }, total = 0;
	struct shelf *s = *state;
	struct random_source random;

	assert_int_equal(random_open(&random, 3), 0);
	for (unsigned step = 0; step < 20000; step++) {
		unsigned i = random_u32(&random) % ACTORS, h = random_u32(&random) % HASHES;

		if (s->thing[i].is_in) {
			h = (unsigned)(s->thing[i].node.hash >> 32);
			take(s, i);
			in[h]--;
			total--;
		} else {
			add(s, i, (uint64_t)h << 32); /* one bucket for all */
			in[h]++;
			total++;
		}
		assert_int_equal(s->index.count, total);
		if (step % 100 == 0)
			for (h = 0; h < HASHES; h++)
				assert_int_equal(count_of(s, (uint64_t)h << 32), in[h]);
	}
	random_close(&random);
}

#define shelf_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		shelf_test(an_empty_index_finds_nothing),
		shelf_test(everything_is_found_while_it_grows),
		shelf_test(those_of_one_hash_are_met_one_after_the_other),
		shelf_test(any_link_of_a_chain_can_be_taken_out),
		shelf_test(what_was_taken_out_can_come_back_under_another_hash),
		shelf_test(a_thing_can_be_in_two_indexes),
		shelf_test(a_walk_may_take_out_what_it_meets),
		shelf_test(coming_and_going_at_random_loses_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
