/* SPDX-License-Identifier: BSD-2-Clause */
#include "refstack/core/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CONTEXTS = 1024 };

struct shelf {
	struct random_source random;
	struct context_table table;
};

static int setup(void **state)
{
	static struct shelf s;

	*state = &s;
	if (random_open(&s.random, 5))
		return -1;
	context_table_init(&s.table, &s.random, CONTEXTS);
	return 0;
}

static int teardown(void **state)
{
	struct shelf *s = *state;

	context_table_free(&s->table);
	random_close(&s->random);
	return 0;
}

static struct in6_addr address(unsigned n)
{
	return (struct in6_addr){ .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [14] = (uint8_t)(n >> 8),
					       [15] = (uint8_t)n } };
}

static struct shim_context *add(struct shelf *s, unsigned local, unsigned peer, uint32_t fii)
{
	struct shim_ulids ulids = { address(local), address(peer), fii };

	return context_add(&s->table, &ulids);
}

static struct shim_context *find(struct shelf *s, unsigned local, unsigned peer, uint32_t fii)
{
	struct shim_ulids ulids = { address(local), address(peer), fii };

	return context_by_ulids(&s->table, &ulids);
}

/* RFC 5533 7.1 */
static void tags_are_unique_and_have_47_bits(void **state)
{
	struct shelf *s = *state;
	bool high = false;

	for (unsigned i = 0; i < CONTEXTS; i++) {
		struct shim_context *context = add(s, 1, i, 0);

		assert_non_null(context);
		assert_true(context->ct_local <= SHIM6_TAG_MASK);
		assert_ptr_equal(context_by_tag(&s->table, context->ct_local), context);
		high |= context->ct_local >> 46;
	}
	assert_true(high);
}

static void a_full_table_takes_no_more(void **state)
{
	struct shelf *s = *state;

	for (unsigned i = 0; i < CONTEXTS; i++)
		assert_non_null(add(s, 1, i, 0));
	assert_null(add(s, 2, 2, 0));
	context_remove(&s->table, find(s, 1, 77, 0));
	assert_non_null(add(s, 2, 2, 0));
}

static void a_new_context_is_idle_and_its_locators_are_its_ulids(void **state)
{
	struct shelf *s = *state;
	struct shim_context *context = add(s, 1, 2, 0);
	struct in6_addr local = address(1), peer = address(2);

	assert_int_equal(context->state, SHIM_IDLE);
	assert_memory_equal(&context->lp_local, &local, sizeof(local));
	assert_memory_equal(&context->lp_peer, &peer, sizeof(peer));
	for (unsigned i = 0; i < TIMER_COUNT; i++)
		assert_true(context->deadline[i] == USEC_NEVER);
	assert_true(timer_next(&s->table.wheel) == USEC_NEVER);
}

static void a_context_is_found_by_both_ulids_and_the_fii(void **state)
{
	struct shelf *s = *state;
	struct shim_context *plain = add(s, 1, 2, 0), *forked = add(s, 1, 2, 9);

	assert_ptr_equal(find(s, 1, 2, 0), plain);
	assert_ptr_equal(find(s, 1, 2, 9), forked);
	assert_null(find(s, 1, 2, 8));
	assert_null(find(s, 2, 1, 0));
	assert_null(find(s, 1, 3, 0));
	assert_null(find(s, 3, 2, 0));
}

/* RFC 5533 12.4, R1 and R2: only while a handshake is under way. */
static void contexts_are_found_by_nonce_until_it_is_taken_away(void **state)
{
	struct shelf *s = *state;
	struct shim_context *a = add(s, 1, 2, 0), *b = add(s, 1, 3, 0), *first, *second;

	context_set_nonce(&s->table, a, 0xdeadbeef);
	context_set_nonce(&s->table, b, 0xdeadbeef);
	first = context_by_nonce(&s->table, 0xdeadbeef, NULL);
	second = context_by_nonce(&s->table, 0xdeadbeef, first);
	assert_true((first == a && second == b) || (first == b && second == a));
	assert_null(context_by_nonce(&s->table, 0xdeadbeef, second));
	assert_null(context_by_nonce(&s->table, 0xdeadbeee, NULL));
	context_set_nonce(&s->table, a, 1);
	assert_ptr_equal(context_by_nonce(&s->table, 1, NULL), a);
	assert_ptr_equal(context_by_nonce(&s->table, 0xdeadbeef, NULL), b);
	context_set_nonce(&s->table, b, 0);
	assert_null(context_by_nonce(&s->table, 0xdeadbeef, NULL));
	assert_null(context_by_nonce(&s->table, 0, NULL));
}

/* RFC 5533 12.4, R1bis and quotes: two peers may have chosen the same tag. */
static void contexts_are_found_by_the_tag_of_the_peer(void **state)
{
	struct shelf *s = *state;
	struct shim_context *a = add(s, 1, 2, 0), *b = add(s, 1, 3, 0), *first;

	assert_null(context_by_peer_tag(&s->table, 7, NULL));
	context_set_peer_tag(&s->table, a, 7);
	context_set_peer_tag(&s->table, b, 7);
	first = context_by_peer_tag(&s->table, 7, NULL);
	assert_true(first == a || first == b);
	assert_ptr_equal(context_by_peer_tag(&s->table, 7, first), first == a ? b : a);
	context_set_peer_tag(&s->table, a, 8);
	assert_ptr_equal(context_by_peer_tag(&s->table, 7, NULL), b);
	assert_null(context_by_peer_tag(&s->table, 7, b));
	assert_ptr_equal(context_by_peer_tag(&s->table, 8, NULL), a);
}

static void a_walk_meets_each_one_once(void **state)
{
	struct shelf *s = *state;
	struct context_walk walk = { .bucket = 0 };
	struct shim_context *context;
	unsigned met = 0;

	for (unsigned i = 0; i < 500; i++)
		add(s, 1, i, 0);
	while ((context = context_walk(&s->table, &walk))) {
		met++;
		if (met % 2)
			context_remove(&s->table, context);
	}
	assert_int_equal(met, 500);
	assert_int_equal(s->table.count, 250);
}

static void removing_one_leaves_the_others(void **state)
{
	struct shelf *s = *state;

	for (unsigned i = 0; i < 5; i++)
		add(s, 1, i, 0);
	context_remove(&s->table, find(s, 1, 0, 0));
	context_remove(&s->table, find(s, 1, 3, 0));
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(find(s, 1, i, 0) != NULL, i != 0 && i != 3);
	assert_int_equal(s->table.count, 3);
}

/* Early is harmless, late isn't; one that was put off stays where it was. */
static void the_wheel_wakes_a_context_at_its_first_deadline_or_before(void **state)
{
	struct shelf *s = *state;
	struct shim_context *context = add(s, 1, 2, 0);

	context_set_timer(&s->table, context, TIMER_IDLE, 5000);
	context_set_timer(&s->table, context, TIMER_SEND, 300);
	assert_int_equal(context->timer.at, 300);
	context_set_timer(&s->table, context, TIMER_SEND, 900);
	assert_int_equal(context->timer.at, 300);
	context_set_timer(&s->table, context, TIMER_SEND, USEC_NEVER);
	assert_int_equal(context->timer.at, 300);
	assert_ptr_equal(timer_expire(&s->table.wheel, 300), &context->timer);
	assert_null(timer_expire(&s->table.wheel, 10000));
}

static struct peer_locators *one_locator(const struct in6_addr *addr)
{
	struct peer_locators *ls = calloc(1, sizeof(*ls) + sizeof(ls->at[0]));

	assert_non_null(ls);
	ls->count = 1;
	ls->at[0].addr = *addr;
	return ls;
}

static void the_ulid_counts_among_the_locators_of_the_peer(void **state)
{
	struct shelf *s = *state;
	struct shim_context *a = add(s, 1, 2, 0), *b = add(s, 1, 3, 0);
	struct in6_addr p = address(2), p2 = address(9);

	assert_true(context_has_peer(a, &p));
	assert_false(context_has_peer(b, &p));
	assert_false(context_shares_peer(a, b));
	a->ls_peer = one_locator(&p2);
	b->ls_peer = one_locator(&p2);
	assert_true(context_shares_peer(a, b));
	b->ls_peer->at[0].addr = p;
	assert_true(context_shares_peer(a, b));
	assert_true(context_shares_peer(b, a));
}

/* RFC 5533 6.2 */
static void states_have_the_names_of_the_rfc(void **state)
{
	static const char *const name[] = { "IDLE", "I1-SENT", "I2-SENT", "I2BIS-SENT",
					    "ESTABLISHED", "E-FAILED", "NO-SUPPORT" };

	(void)state;
	assert_int_equal(SHIM_STATE_COUNT, 7);
	for (unsigned i = 0; i < 7; i++)
		assert_string_equal(shim_state_name((enum shim_state)i), name[i]);
}

#define shelf_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		shelf_test(tags_are_unique_and_have_47_bits),
		shelf_test(a_full_table_takes_no_more),
		shelf_test(a_new_context_is_idle_and_its_locators_are_its_ulids),
		shelf_test(a_context_is_found_by_both_ulids_and_the_fii),
		shelf_test(contexts_are_found_by_nonce_until_it_is_taken_away),
		shelf_test(contexts_are_found_by_the_tag_of_the_peer),
		shelf_test(a_walk_meets_each_one_once),
		shelf_test(removing_one_leaves_the_others),
		shelf_test(the_wheel_wakes_a_context_at_its_first_deadline_or_before),
		shelf_test(the_ulid_counts_among_the_locators_of_the_peer),
		cmocka_unit_test(states_have_the_names_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
