/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What begins an exploration besides silence (RFC 5534 4.1, 4.2), and that it
 * finds what there is to be found.
 */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

/* --- our own addresses -------------------------------------------------------- */

/* RFC 5534 3.1: "another address must replace it". There is no silence to wait for. */
static void losing_the_address_in_use_begins_one_at_once(void **state)
{
	struct pair *p = *state;
	struct in6_addr first = locator_of(p, A, 1);

	establish(p);
	clear(p);
	assert_int_equal(shim_host_address_event(p->host[A], 1, &first, false), 0);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	assert_probe(p, 0, A, REAP_EXPLORING, 2, 1, 0);
	assert_int_equal(p->flight[0].at, shim_host_now(p->host[A]));
}

/* RFC 5533 10.1: the peer is told, too. */
static void the_peer_is_told_of_the_loss(void **state)
{
	struct pair *p = *state;
	const uint8_t *preferences;

	establish(p);
	clear(p);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	assert_int_equal(p->count, 2);
	assert_int_equal(control_type(&p->flight[1]), SHIM6_UPDATE_REQUEST);
	assert_int_equal(source_of(p, &p->flight[1]), 2);
	/* RFC 5533 5.15.3: type 3; 7 octets; elements of one, the first is BROKEN. */
	preferences = p->flight[1].octets + 40 + 16;
	assert_memory_equal(preferences, ((uint8_t[]){ 0, 6, 0, 7 }), 4);
	assert_memory_equal(preferences + 8, ((uint8_t[]){ 1, 1, 0 }), 3);
}

static void both_ends_then_settle_on_another_pair(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	settle(p);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
	assert_pair(p, A, 2, 1);
	assert_pair(p, B, 1, 2);
}

static void losing_an_address_that_is_not_in_use_begins_none(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	settle(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, true), 0);
	settle(p);
	for (unsigned i = 0; i < p->count; i++)
		assert_false(is_reap(&p->flight[i]));
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
}

/* --- what the peer says ------------------------------------------------------- */

/* Takes A's Update Request to B, with or without what else is in the air. */
static void deliver_update(struct pair *p)
{
	for (; p->landed < p->count; p->landed++)
		if (control_type(&p->flight[p->landed]) == SHIM6_UPDATE_REQUEST)
			land(p, &p->flight[p->landed]);
}

/* RFC 5533 10.4 */
static void a_peer_whose_locator_is_broken_is_looked_for_at_another(void **state)
{
	struct pair *p = *state;
	unsigned n;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	n = p->count;
	deliver_update(p);
	assert_int_equal(reap_of(p, B), REAP_EXPLORING);
	assert_true(p->count > n + 1);
	assert_int_equal(control_type(&p->flight[n]), SHIM6_UPDATE_ACK);
	assert_probe(p, p->count - 1, B, REAP_EXPLORING, 1, 2, 0);
}

static void one_whose_other_locator_is_broken_is_not(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	deliver_update(p);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
	assert_int_equal(control_type(&p->flight[p->count - 1]), SHIM6_UPDATE_ACK);
}

static void one_that_has_withdrawn_its_locator_is_looked_for_at_another(void **state)
{
	struct pair *p = *state;
	struct flight second;

	explore(p);
	pass(p, A, SECOND / 2);
	second = p->flight[1];
	hear_probe(p, REAP_OPERATIONAL, 1, 1, 1, &second);
	assert_pair(p, A, 1, 2);
	clear(p);
	tell_list(p, 1u << 0);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	pass(p, A, 20 * SECOND);
	for (unsigned i = 0; i < p->count; i++)
		if (is_reap(&p->flight[i]))
			assert_int_equal(destination_of(p, &p->flight[i]), 1);
}

static void one_that_has_withdrawn_another_locator_is_not_probed_there(void **state)
{
	struct pair *p = *state;

	establish(p);
	tell_list(p, 1u << 0);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	clear(p);
	pass(p, A, 60 * SECOND); /* the acknowledgement was the last of A's packets */
	assert_true(p->count > 5);
	for (unsigned i = 0; i < p->count; i++)
		assert_int_equal(destination_of(p, &p->flight[i]), 1);
}

/* --- what the layer above says ------------------------------------------------ */

/* RFC 5534 3.3 */
static void negative_feedback_begins_one(void **state)
{
	struct pair *p = *state;

	establish(p);
	say(p, A);
	clear(p);
	shim_feedback(p->host[A], context_of(p, A), false);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	assert_int_equal(p->count, 1);
	assert_probe(p, 0, A, REAP_EXPLORING, 1, 1, 0);
	assert_true(deadline_of(p, A, TIMER_SEND) == USEC_NEVER);
}

/* It is only a hint: where the pair works, it stays. */
static void a_pair_that_works_survives_negative_feedback(void **state)
{
	struct pair *p = *state;

	establish(p);
	shim_feedback(p->host[A], context_of(p, A), false);
	settle(p);
	for (unsigned side = A; side <= B; side++) {
		assert_int_equal(reap_of(p, side), REAP_OPERATIONAL);
		assert_pair(p, side, 1, 1);
		assert_int_equal(p->end[side].events[SHIM_EVENT_PAIR], 0);
	}
}

static void positive_feedback_is_as_good_as_an_answer(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	say(p, A);
	pass(p, A, 14 * SECOND);
	shim_feedback(p->host[A], context_of(p, A), true);
	pass(p, A, 100 * SECOND);
	assert_int_equal(p->count, 1);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
}

/* Whoever says so has seen no Probe. */
static void positive_feedback_ends_no_exploration(void **state)
{
	struct pair *p = *state;

	explore(p);
	clear(p);
	shim_feedback(p->host[A], context_of(p, A), true);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	assert_int_equal(p->count, 0);
}

static void feedback_about_what_is_not_established_has_no_effect(void **state)
{
	struct pair *p = *state;

	initiate(p, A);
	clear(p);
	shim_feedback(p->host[A], context_of(p, A), false);
	shim_feedback(p->host[A], context_of(p, A), true);
	assert_int_equal(p->count, 0);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
}

/* --- whatever is left is found ------------------------------------------------ */

/* Of a set of the four ways between two locators here and two there. */
static bool has(unsigned set, unsigned local, unsigned peer)
{
	return set >> (2 * (local - 1) + peer - 1) & 1;
}

static bool sends_where_it_works(const struct pair *p, unsigned side)
{
	const struct shim_context *context = context_of(p, side);
	unsigned local = number_of(p, side, context->lp_local.s6_addr);
	unsigned peer = number_of(p, !side, context->lp_peer.s6_addr);

	return !p->cut[side][local][peer];
}

/* Who talks does so, and then a second passes. */
static void talk(struct pair *p, const bool talks[2])
{
	usec_t end = shim_host_now(p->host[A]) + SECOND;

	for (unsigned side = A; side <= B; side++)
		if (talks[side])
			say(p, side);
	run_until(p, end);
	clear(p);
}

static bool is_well(const struct pair *p)
{
	return reap_of(p, A) == REAP_OPERATIONAL && sends_where_it_works(p, A) &&
	       reap_of(p, B) == REAP_OPERATIONAL && sends_where_it_works(p, B);
}

/* From some time on only these ways are left. Returns after how many seconds both
 * are well again, and stay so. */
static unsigned time_to_recover(unsigned from_a, unsigned from_b, const bool talks[2])
{
	const unsigned left[2] = { from_a, from_b };
	struct pair *p = pair_new(16 * from_a + from_b, 0);
	unsigned seconds = 0, well = 0;

	establish(p);
	for (unsigned i = 0; i < (from_a + from_b) % 20; i++)
		talk(p, talks);
	for (unsigned side = A; side <= B; side++)
		for (unsigned l = 1; l <= 2; l++)
			for (unsigned r = 1; r <= 2; r++)
				p->cut[side][l][r] = !has(left[side], l, r);
	for (; seconds < 400 && well < 60; seconds++) {
		talk(p, talks);
		well = is_well(p) ? well + 1 : 0;
	}
	pair_free(p);
	return seconds - well;
}

/* RFC 5534 4.2: "even in the case of having only unidirectionally operational address
 * pairs". Every combination of ways that are left in either direction. */
static void assert_recovery(const bool talks[2], unsigned seconds)
{
	for (unsigned from_a = 1; from_a < 16; from_a++) {
		for (unsigned from_b = 1; from_b < 16; from_b++) {
			unsigned time = time_to_recover(from_a, from_b, talks);

			if (time > seconds)
				fail_msg("with the ways %x and %x it takes %u s", from_a, from_b,
					 time);
		}
	}
}

/* The Send Timeout, and then a few Probes. */
static void whatever_ways_are_left_are_found_while_both_talk(void **state)
{
	(void)state;
	assert_recovery((const bool[]){ true, true }, 15 + 4);
}

/* The other goes on with its Keepalives until its own timeout, whatever is lost then. */
static void and_while_only_one_does(void **state)
{
	(void)state;
	assert_recovery((const bool[]){ true, false }, 15 + 15 + 4);
	assert_recovery((const bool[]){ false, true }, 15 + 15 + 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(losing_the_address_in_use_begins_one_at_once),
		pair_test(the_peer_is_told_of_the_loss),
		pair_test(both_ends_then_settle_on_another_pair),
		pair_test(losing_an_address_that_is_not_in_use_begins_none),
		pair_test(a_peer_whose_locator_is_broken_is_looked_for_at_another),
		pair_test(one_whose_other_locator_is_broken_is_not),
		pair_test(one_that_has_withdrawn_its_locator_is_looked_for_at_another),
		pair_test(one_that_has_withdrawn_another_locator_is_not_probed_there),
		pair_test(negative_feedback_begins_one),
		pair_test(a_pair_that_works_survives_negative_feedback),
		pair_test(positive_feedback_is_as_good_as_an_answer),
		pair_test(positive_feedback_ends_no_exploration),
		pair_test(feedback_about_what_is_not_established_has_no_effect),
		cmocka_unit_test(whatever_ways_are_left_are_found_while_both_talk),
		cmocka_unit_test(and_while_only_one_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
