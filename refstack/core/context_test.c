/* SPDX-License-Identifier: BSD-2-Clause */
#include "refstack/core/context.h"
#include "refstack/core/upper.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct shelf {
	struct random_source random;
	struct context_table table;
};

static int setup(void **state)
{
	static struct shelf s;

	s = (struct shelf){ .table = { .count = 0 } };
	*state = &s;
	return random_open(&s.random, 5);
}

static int teardown(void **state)
{
	struct shelf *s = *state;

	context_remove_all(&s->table);
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

	return context_add(&s->table, &s->random, &ulids);
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

	for (unsigned i = 0; i < CONTEXTS_MAX; i++) {
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

	for (unsigned i = 0; i < CONTEXTS_MAX; i++)
		assert_non_null(add(s, 1, i, 0));
	assert_null(add(s, 2, 2, 0));
	context_remove(&s->table, find(s, 1, 77, 0));
	assert_non_null(add(s, 2, 2, 0));
}

static void a_new_context_is_idle_and_uses_its_ulids(void **state)
{
	struct shelf *s = *state;
	struct shim_context *context = add(s, 1, 2, 0);

	assert_int_equal(context->state, SHIM_IDLE);
	assert_true(context_uses_ulids(context));
	assert_true(context->deadline == USEC_NEVER);
	context->lp_local = address(3);
	assert_false(context_uses_ulids(context));
	context->lp_local = address(1);
	context->lp_peer = address(3);
	assert_false(context_uses_ulids(context));
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

/* RFC 5533 12.4, R1 and R2 */
static void a_context_is_found_by_nonce_only_with_locators_of_its_own(void **state)
{
	struct shelf *s = *state;
	struct shim_context *context = add(s, 1, 2, 0);
	struct in6_addr l1 = address(1), p1 = address(2), p2 = address(3), other = address(4);

	context->init_nonce = 0xdeadbeef;
	context->ls_peer = (struct shim_locators){ .count = 1, .addr = { p2 } };
	assert_ptr_equal(context_by_nonce(&s->table, 0xdeadbeef, &l1, &p1), context);
	assert_ptr_equal(context_by_nonce(&s->table, 0xdeadbeef, &l1, &p2), context);
	assert_null(context_by_nonce(&s->table, 0xdeadbeee, &l1, &p1));
	assert_null(context_by_nonce(&s->table, 0xdeadbeef, &l1, &other));
	assert_null(context_by_nonce(&s->table, 0xdeadbeef, &other, &p1));
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

static void the_least_deadline_is_first(void **state)
{
	struct shelf *s = *state;

	assert_null(context_first_due(&s->table));
	for (unsigned i = 0; i < 4; i++)
		add(s, 1, i, 0);
	assert_null(context_first_due(&s->table));
	find(s, 1, 1, 0)->deadline = 30;
	find(s, 1, 2, 0)->deadline = 20;
	find(s, 1, 3, 0)->deadline = 40;
	assert_ptr_equal(context_first_due(&s->table), find(s, 1, 2, 0));
}

static void the_ulid_counts_among_the_locators_of_the_peer(void **state)
{
	struct shelf *s = *state;
	struct shim_context *a = add(s, 1, 2, 0), *b = add(s, 1, 3, 0);
	struct in6_addr p = address(2), p2 = address(9);

	assert_true(context_has_peer(a, &p));
	assert_false(context_has_peer(b, &p));
	assert_false(context_shares_peer(a, b));
	a->ls_peer = (struct shim_locators){ .count = 1, .addr = { p2 } };
	b->ls_peer = (struct shim_locators){ .count = 1, .addr = { p2 } };
	assert_true(context_shares_peer(a, b));
	b->ls_peer.addr[0] = p;
	assert_true(context_shares_peer(a, b));
	assert_true(context_shares_peer(b, a));
}

static void only_listed_locators_are_local(void **state)
{
	struct shelf *s = *state;
	struct shim_context *context = add(s, 1, 2, 0);
	struct in6_addr l1 = address(1), p1 = address(2);

	assert_int_equal(shim_context_has_local(context, &l1), 0);
	assert_int_equal(shim_context_has_local(context, &p1), -EADDRNOTAVAIL);
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
		shelf_test(a_new_context_is_idle_and_uses_its_ulids),
		shelf_test(a_context_is_found_by_both_ulids_and_the_fii),
		shelf_test(a_context_is_found_by_nonce_only_with_locators_of_its_own),
		shelf_test(removing_one_leaves_the_others),
		shelf_test(the_least_deadline_is_first),
		shelf_test(the_ulid_counts_among_the_locators_of_the_peer),
		shelf_test(only_listed_locators_are_local),
		cmocka_unit_test(states_have_the_names_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
