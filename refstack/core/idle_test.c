/* SPDX-License-Identifier: BSD-2-Clause */
/* A context that nobody uses ends, RFC 5533 9. */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

static void a_context_without_payload_ends_without_a_message(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	run_until(p, 300 * SECOND - 1);
	for (unsigned side = A; side <= B; side++)
		assert_int_equal(state_of(p, side), SHIM_ESTABLISHED);
	run_until(p, 300 * SECOND);
	for (unsigned side = A; side <= B; side++) {
		assert_null(context_of(p, side));
		assert_int_equal(p->host[side]->contexts.count, 0);
		assert_true(shim_host_deadline(p->host[side]) == USEC_NEVER);
		assert_int_equal(p->end[side].event.kind, SHIM_EVENT_STATE);
		assert_string_equal(p->end[side].event.from, "ESTABLISHED");
		assert_string_equal(p->end[side].event.to, "IDLE");
	}
	assert_int_equal(p->count, 0);
}

static void how_long_that_takes_is_configured(void **state)
{
	struct pair *p = pair_empty();

	(void)state;
	for (unsigned side = A; side <= B; side++) {
		struct shim_config cfg = pair_config(&p->end[side], 1 + side);

		cfg.idle_timeout = side == A ? 20 : 3600;
		pair_host(p, side, &cfg);
	}
	establish(p);
	run_until(p, 20 * SECOND - 1);
	assert_non_null(context_of(p, A));
	run_until(p, 20 * SECOND);
	assert_null(context_of(p, A));
	run_until(p, 3600 * SECOND - 1);
	assert_non_null(context_of(p, B));
	run_until(p, 3600 * SECOND);
	assert_null(context_of(p, B));
	pair_free(p);
}

static void it_counts_from_the_last_payload(void **state)
{
	struct pair *p = *state;

	establish(p);
	run_until(p, 123456789);
	say(p, A);
	settle(p);
	assert_true(context_of(p, A)->used == 123456789);
	run_until(p, 123456789 + 300 * SECOND - 1);
	assert_non_null(context_of(p, A));
	assert_non_null(context_of(p, B));
	run_until(p, 123456789 + 300 * SECOND);
	assert_null(context_of(p, A));
	assert_null(context_of(p, B));
}

static void traffic_either_way_keeps_it(void **state)
{
	(void)state;
	for (unsigned side = A; side <= B; side++) {
		struct pair *p = pair_new(side, 0);

		establish(p);
		for (unsigned i = 1; i <= 20; i++) {
			run_until(p, i * 299 * SECOND);
			say(p, side);
			settle(p);
			clear(p);
		}
		assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
		assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
		pair_free(p);
	}
}

/* By tag as well as without. */
static void payload_between_other_locators_keeps_it_too(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	settle(p);
	for (unsigned i = 1; i <= 10; i++) {
		run_until(p, i * 299 * SECOND);
		say(p, i % 2 ? A : B);
		assert_int_equal(p->flight[p->count - 1].octets[6], PROTO_SHIM6);
		settle(p);
		clear(p);
	}
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
}

/* Keepalives, Probes and Update Requests are about a context, and no use of it. */
static void what_the_shim_says_by_itself_does_not(void **state)
{
	struct pair *p = *state;

	establish(p);
	run_until(p, 100 * SECOND);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	run_until(p, 200 * SECOND);
	shim_hot_standby(p->host[B], context_of(p, B), true);
	assert_int_equal(shim_host_link_event(p->host[A], 1, true), 0);
	run_until(p, 299 * SECOND);
	assert_non_null(context_of(p, A));
	run_until(p, 300 * SECOND);
	assert_null(context_of(p, A));
	assert_null(context_of(p, B));
	clear(p);
	run_until(p, 1000 * SECOND);
	assert_int_equal(p->count, 0);
}

static void it_ends_in_the_middle_of_an_exploration(void **state)
{
	struct pair *p = *state;

	establish(p);
	memset(p->cut, true, sizeof(p->cut));
	say(p, A);
	run_until(p, 200 * SECOND);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	run_until(p, 300 * SECOND);
	assert_null(context_of(p, A));
	assert_true(shim_host_deadline(p->host[A]) == USEC_NEVER);
}

static void the_next_packet_goes_without_one(void **state)
{
	struct pair *p = *state;

	establish(p);
	run_until(p, 300 * SECOND);
	clear(p);
	say(p, A);
	settle(p);
	assert_int_equal(p->count, 1);
	assert_int_equal(p->flight[0].octets[6], IPPROTO_UDP);
	assert_int_equal(p->end[B].arrivals, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(a_context_without_payload_ends_without_a_message),
		cmocka_unit_test(how_long_that_takes_is_configured),
		pair_test(it_counts_from_the_last_payload),
		cmocka_unit_test(traffic_either_way_keeps_it),
		pair_test(payload_between_other_locators_keeps_it_too),
		pair_test(what_the_shim_says_by_itself_does_not),
		pair_test(it_ends_in_the_middle_of_an_exploration),
		pair_test(the_next_packet_goes_without_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
