/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses that go while a context is being established or recovered. An R1 or
 * R1bis holds for its locators alone (RFC 5533 7.10.1, 7.17.1), so from
 * another address it all begins anew.
 */
#include "refstack/core/back_to_back.h"

static const uint8_t four[] = { SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 };

/* A's handshake up to the first message of a type, which stays in the air. */
static void reach(struct pair *p, uint8_t type)
{
	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != type)
		land_one(p);
}

/* A recovers the context that B has lost, and the I2bis is in the air. */
static void reach_i2bis(struct pair *p)
{
	establish(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	assert_int_equal(send_payload(p, A, 2), 0);
	land_one(p);
	land_one(p);
	assert_int_equal(state_of(p, A), SHIM_I2BIS_SENT);
}

static void lose_address(struct pair *p, unsigned n)
{
	const struct in6_addr addr = locator_of(p, A, n);

	assert_int_equal(shim_host_address_event(p->host[A], n, &addr, false), 0);
}

/* A's I1 from another locator has to name the ULIDs, RFC 5533 7.7. */
static void assert_i1_from(const struct pair *p, const struct flight *f, unsigned n)
{
	size_t option = find_option(f, SHIM6_OPT_ULID_PAIR);

	assert_int_equal(control_type(f), SHIM6_I1);
	assert_addr(f->octets + 8, locator_of(p, A, n));
	assert_int_equal(option != 0, n != 1);
	if (n == 1)
		return;
	assert_addr(f->octets + option + 8, locator_of(p, A, 1));
	assert_addr(f->octets + option + 24, locator_of(p, B, 1));
}

/* --- which STATE it was --------------------------------------------------------------- */

static void in_i1_sent_the_i1_goes_out_from_another_address_at_once(void **state)
{
	struct pair *p = *state;
	uint32_t nonce;

	initiate(p, A);
	nonce = context_of(p, A)->init_nonce;
	p->landed = p->count; /* the first I1 is lost */
	lose_address(p, 1);
	assert_int_equal(p->count, 2);
	assert_i1_from(p, &p->flight[1], 2);
	assert_int_not_equal(context_of(p, A)->init_nonce, nonce);
	settle(p);
	assert_sent(p, 1, four, 4);
	assert_consistent(p);
	assert_addr(&context_of(p, A)->lp_local, locator_of(p, A, 2));
	assert_addr(&context_of(p, B)->lp_peer, locator_of(p, A, 2));
}

/* The link is the address, for all that a packet knows. */
static void a_link_that_goes_down_is_the_same(void **state)
{
	struct pair *p = *state;

	initiate(p, A);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	assert_i1_from(p, &p->flight[1], 2);
	settle(p);
	assert_consistent(p);
}

static void in_i2_sent_it_begins_anew_with_an_i1(void **state)
{
	struct pair *p = *state;

	reach(p, SHIM6_I2);
	p->landed = p->count; /* the I2 is lost */
	lose_address(p, 1);
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
	assert_i1_from(p, &p->flight[3], 2);
	settle(p);
	assert_sent(p, 3, four, 4);
	assert_consistent(p);
}

/* The I2 has made a context, so its I1 is known there: RFC 5533 7.9. */
static void in_i2_sent_the_peer_may_have_a_context_already(void **state)
{
	struct pair *p = *state;

	reach(p, SHIM6_R2);
	p->landed = p->count; /* the R2 is lost */
	lose_address(p, 1);
	settle(p);
	assert_in_range(p->count, 6, FLIGHTS_MAX);
	assert_int_equal(control_type(&p->flight[4]), SHIM6_I1);
	assert_int_equal(control_type(&p->flight[5]), SHIM6_R2);
	assert_int_equal(count_sent(p, 4, SHIM6_I2), 0);
	assert_consistent(p);
	assert_int_equal(p->host[B]->contexts.count, 1);
}

static void in_i2bis_sent_it_begins_anew_with_an_i1(void **state)
{
	struct pair *p = *state;
	unsigned first;

	reach_i2bis(p);
	p->landed = first = p->count; /* the I2bis is lost; it went from locator 2 */
	lose_address(p, 2);
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
	assert_i1_from(p, &p->flight[first], 1);
	settle(p);
	assert_consistent(p);
	assert_int_equal(p->host[B]->contexts.count, 1);
}

/* In I1-SENT there is nothing that an Update Request or a Probe could be about. */
static void what_went_on_beside_a_recovery_ends_with_it(void **state)
{
	struct pair *p = *state;

	reach_i2bis(p);
	assert_int_equal(send_payload(p, A, 0), 0);
	assert_true(context_of(p, A)->deadline[TIMER_SEND] != USEC_NEVER);
	lose_address(p, 2);
	assert_false(context_of(p, A)->update.outstanding);
	for (unsigned i = TIMER_UPDATE; i < TIMER_COUNT; i++)
		assert_int_equal(context_of(p, A)->deadline[i] == USEC_NEVER, i != TIMER_IDLE);
}

/* --- answers that are too late -------------------------------------------------------- */

/* To the old address nothing can come; but were it to come back, the nonce is another. */
static void an_r1_for_the_first_i1_comes_too_late(void **state)
{
	struct pair *p = *state;
	struct flight r1;

	reach(p, SHIM6_R1);
	r1 = p->flight[p->landed++];
	lose_address(p, 1);
	land(p, &r1);
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
	assert_int_equal(shim_host_link_event(p->host[A], 1, true), 0);
	assert_int_equal(shim_host_address_event(p->host[A], 1, &p->host[A]->locator[0].addr,
						 true), 0);
	land(p, &r1);
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
	settle(p);
	assert_consistent(p);
}

static void the_copies_are_counted_anew(void **state)
{
	struct pair *p = *state;
	usec_t lost_at;

	p->lose_type = SHIM6_I1;
	p->lose_count = 100;
	initiate(p, A);
	while (p->count < 5)
		run_until(p, shim_host_now(p->host[A]) + USEC_PER_SEC);
	lost_at = shim_host_now(p->host[A]);
	lose_address(p, 1);
	assert_int_equal(p->count, 6);
	assert_in_range(context_of(p, A)->deadline[TIMER_STATE] - lost_at, 2 * USEC_PER_SEC,
			6 * USEC_PER_SEC);
	run_until(p, lost_at + 200 * USEC_PER_SEC);
	assert_int_equal(p->count, 10);
	assert_int_not_equal(state_of(p, A), SHIM_I1_SENT);
}

/* RFC 5533 7.12 would begin again for ever with a peer that answers I1s alone. */
static void a_peer_that_takes_no_i2_is_given_up_after_three_rounds(void **state)
{
	struct pair *p = *state;

	p->lose_type = SHIM6_I2;
	p->lose_count = 100;
	initiate(p, A);
	while (state_of(p, A) != SHIM_E_FAILED)
		run_until(p, shim_host_now(p->host[A]) + USEC_PER_SEC);
	assert_int_equal(count_sent(p, 0, SHIM6_I1), 3);
	assert_int_equal(count_sent(p, 0, SHIM6_I2), 9);
	run_until(p, shim_host_now(p->host[A]) + 61 * USEC_PER_SEC);
	assert_int_equal(p->host[A]->contexts.count, 0);
}

/* --- addresses that don't matter, and none -------------------------------------------- */

static void another_address_that_goes_disturbs_nothing(void **state)
{
	struct pair *p = *state;
	struct flight i1;

	initiate(p, A);
	i1 = p->flight[0];
	lose_address(p, 2);
	assert_int_equal(p->count, 1);
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
	assert_true(context_of(p, A)->init_nonce == uint_at(i1.octets + 52, 4));
}

/* RFC 5533 10.1: the I2 listed it as it was at first. */
static void the_peer_hears_of_it_once_it_can(void **state)
{
	struct pair *p = *state;
	const struct peer_locators *ls;

	initiate(p, A);
	lose_address(p, 2);
	settle(p);
	assert_consistent(p);
	ls = context_of(p, B)->ls_peer;
	assert_int_equal(ls->count, 2);
	assert_int_equal(ls->at[0].preference.flags, 0);
	assert_int_equal(ls->at[1].preference.flags, SHIM6_BROKEN);
}

static void without_any_address_nothing_is_sent_until_one_comes(void **state)
{
	struct pair *p = *state;

	initiate(p, A);
	p->landed = p->count; /* the I1 is lost */
	lose_address(p, 1);
	p->landed = p->count;
	lose_address(p, 2);
	assert_int_equal(p->count, 2);
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
	shim_host_advance(p->host[A], 20 * USEC_PER_SEC);
	assert_int_equal(p->count, 2);
	assert_int_equal(shim_host_address_event(p->host[A], 1, &p->host[A]->locator[0].addr,
						 true), 0);
	assert_int_equal(p->count, 3);
	assert_i1_from(p, &p->flight[2], 1);
	settle(p);
	assert_consistent(p);
}

static void a_handshake_without_any_address_ends_as_one_without_answers(void **state)
{
	struct pair *p = *state;

	initiate(p, A);
	lose_address(p, 1);
	lose_address(p, 2);
	run_until(p, 1000 * USEC_PER_SEC);
	assert_int_equal(p->host[A]->contexts.count, 0);
}

/* The I1 from the other one is on its way already. */
static void an_address_that_comes_back_ends_no_handshake_from_elsewhere(void **state)
{
	struct pair *p = *state;

	initiate(p, A);
	p->landed = p->count;
	lose_address(p, 1);
	assert_int_equal(shim_host_address_event(p->host[A], 1, &p->host[A]->locator[0].addr,
						 true), 0);
	assert_int_equal(p->count, 2);
	settle(p);
	assert_consistent(p);
}

/* Every context goes its own way. */
static void each_handshake_moves_by_itself(void **state)
{
	struct pair *p = *state;
	struct shim_ulids second = { locator_of(p, A, 2), locator_of(p, B, 1), 0 };

	initiate(p, A);
	handshake_initiate(p->host[A], &second);
	p->landed = p->count;
	lose_address(p, 1);
	assert_int_equal(p->count, 3);
	assert_i1_from(p, &p->flight[2], 2);
	settle(p);
	assert_consistent(p);
	assert_int_equal(context_by_ulids(&p->host[A]->contexts, &second)->state, SHIM_I1_SENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(in_i1_sent_the_i1_goes_out_from_another_address_at_once),
		pair_test(a_link_that_goes_down_is_the_same),
		pair_test(in_i2_sent_it_begins_anew_with_an_i1),
		pair_test(in_i2_sent_the_peer_may_have_a_context_already),
		pair_test(in_i2bis_sent_it_begins_anew_with_an_i1),
		pair_test(what_went_on_beside_a_recovery_ends_with_it),
		pair_test(an_r1_for_the_first_i1_comes_too_late),
		pair_test(the_copies_are_counted_anew),
		pair_test(a_peer_that_takes_no_i2_is_given_up_after_three_rounds),
		pair_test(another_address_that_goes_disturbs_nothing),
		pair_test(the_peer_hears_of_it_once_it_can),
		pair_test(without_any_address_nothing_is_sent_until_one_comes),
		pair_test(a_handshake_without_any_address_ends_as_one_without_answers),
		pair_test(an_address_that_comes_back_ends_no_handshake_from_elsewhere),
		pair_test(each_handshake_moves_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
