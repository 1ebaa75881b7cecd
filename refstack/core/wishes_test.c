/* SPDX-License-Identifier: BSD-2-Clause */
/* What applications want of a context, below the sockets; see refstack/socket for these. */
#include "refstack/core/back_to_back_reap.h"

static struct in6_addr numbered(uint8_t n)
{
	return (struct in6_addr){ { { [15] = n } } };
}

/* RFC 6316 8.1 */
static void order_is_priority_then_weight(void **state)
{
	const struct shim_wish_list list = {
		.count = 4,
		.at = {
			{ numbered(1), 65535, 65535 },
			{ numbered(2), 1, 10 },
			{ numbered(3), 1, 11 },
			{ numbered(4), 0, 0 },
		},
	};
	static const unsigned order[] = { 4, 3, 2, 1, 0, 4 };

	(void)state;
	for (uint8_t i = 0; i < 6; i++) {
		const struct in6_addr addr = numbered(i);

		assert_int_equal(wish_order(&list, &addr), order[i]);
	}
}

static void equals_are_equal_and_nothing_is_everything(void **state)
{
	const struct shim_wish_list none = { .count = 0 };
	struct shim_wish_list list = { .count = SHIM_WISHES_MAX };
	const struct in6_addr first = numbered(0), other = numbered(99);

	(void)state;
	assert_int_equal(wish_order(&none, &first), 0);
	for (uint8_t i = 0; i < SHIM_WISHES_MAX; i++)
		list.at[i] = (struct shim_wish){ numbered(i), 7, 7 };
	assert_int_equal(wish_order(&list, &first), 0);
	assert_int_equal(wish_order(&list, &other), SHIM_WISHES_MAX);
}

/* --- a host that asks -------------------------------------------------------------- */

static bool wants_the_second(void *ctx, const struct in6_addr *local, const struct in6_addr *peer,
			     uint32_t fii, struct shim_wishes *out)
{
	struct end *end = ctx;
	const struct in6_addr l = locator_of(end->pair, A, 1), p = locator_of(end->pair, B, 1);

	assert_memory_equal(local, &l, sizeof(l));
	assert_memory_equal(peer, &p, sizeof(p));
	assert_int_equal(fii, 0);
	out->send_timeout = 10;
	out->local.at[out->local.count++] = (struct shim_wish){ locator_of(end->pair, A, 2), 1, 2 };
	return true;
}

static void a_new_context_is_as_it_is_wanted(void **state)
{
	static const struct shim_upper upper = { .arrival = pair_arrival,
						 .wishes = wants_the_second };
	struct pair *p = *state;

	shim_set_upper(p->host[A], &upper, &p->end[A]);
	establish(p);
	assert_pair(p, A, 2, 1);
	assert_int_equal(count_sent(p, 0, SHIM6_UPDATE_REQUEST), 1);
	assert_int_equal(context_of(p, B)->reap.keepalive_timeout, 10);
	assert_int_equal(context_of(p, B)->ls_peer->at[0].preference.priority, 255);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.priority, 1);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.weight, 2);
}

static void no_wishes_are_no_memory_and_no_packets(void **state)
{
	struct pair *p = *state;
	const struct shim_wishes none = { .hold = false };

	establish(p);
	clear(p);
	assert_int_equal(shim_wish(p->host[A], context_of(p, A), &none), 0);
	assert_null(context_of(p, A)->wishes);
	assert_int_equal(shim_wish(p->host[A], context_of(p, A), NULL), 0);
	assert_int_equal(p->count, 0);
}

/* RFC 6316 11.1 wants a fork to last as long as its socket. */
static void a_context_that_is_held_does_not_end(void **state)
{
	struct pair *p = *state;
	const struct shim_wishes hold = { .hold = true };

	establish(p);
	assert_int_equal(shim_wish(p->host[A], context_of(p, A), &hold), 0);
	run_until(p, 2000 * USEC_PER_SEC);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_IDLE);
	assert_int_equal(shim_wish(p->host[A], context_of(p, A), NULL), 0);
	run_until(p, 3000 * USEC_PER_SEC);
	assert_int_equal(state_of(p, A), SHIM_IDLE);
}

/* Explorations begin with what is preferred, behind the current pair. */
static void probes_go_where_it_is_preferred_first(void **state)
{
	struct pair *p = *state;
	struct shim_wishes wishes = { .hold = false };

	establish(p);
	p->cut[A][1][1] = p->cut[A][1][2] = p->cut[A][2][1] = p->cut[A][2][2] = true;
	wishes.local = (struct shim_wish_list){ 2, false, { { locator_of(p, A, 1), 0, 0 },
							     { locator_of(p, A, 2), 1, 0 } } };
	wishes.peer = (struct shim_wish_list){ 2, false, { { locator_of(p, B, 1), 1, 0 },
							    { locator_of(p, B, 2), 0, 0 } } };
	assert_int_equal(shim_wish(p->host[A], context_of(p, A), &wishes), 0);
	run_until(p, 10 * USEC_PER_SEC);
	clear(p);
	reap_happen(p->host[A], context_of(p, A), REAP_BROKEN, NULL);
	pass(p, A, 1500000);
	assert_int_equal(p->count, 4);
	assert_probe(p, 0, A, REAP_EXPLORING, 1, 1, 0);
	assert_probe(p, 1, A, REAP_EXPLORING, 1, 2, 0);
	assert_probe(p, 2, A, REAP_EXPLORING, 2, 2, 0);
	assert_probe(p, 3, A, REAP_EXPLORING, 2, 1, 0);
}

static void a_context_without_wishes_has_not_grown_beyond_seven_lines(void **state)
{
	(void)state;
	assert_true(sizeof(struct shim_context) <= 7 * 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_priority_then_weight),
		cmocka_unit_test(equals_are_equal_and_nothing_is_everything),
		pair_test(a_new_context_is_as_it_is_wanted),
		pair_test(no_wishes_are_no_memory_and_no_packets),
		pair_test(a_context_that_is_held_does_not_end),
		pair_test(probes_go_where_it_is_preferred_first),
		cmocka_unit_test(a_context_without_wishes_has_not_grown_beyond_seven_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
