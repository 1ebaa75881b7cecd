/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of where the peer is, RFC 5533 7.2, and how it comes to be known. */
#include "refstack/core/back_to_back_reap.h"

#include <errno.h>

static enum shim_reach reach_of(const struct pair *p, unsigned side, unsigned n)
{
	const struct in6_addr addr = locator_of(p, !side, n);

	return shim_context_reach(context_of(p, side), &addr);
}

static void verify(struct pair *p, unsigned n)
{
	const struct in6_addr addr = locator_of(p, B, n);

	shim_verify(p->host[A], context_of(p, A), &addr);
}

static int send_to(struct pair *p, unsigned n)
{
	const struct in6_addr peer = locator_of(p, B, n);
	const struct shim_send send = {
		.local = locator_of(p, A, 1),
		.peer = locator_of(p, B, 1),
		.protocol = IPPROTO_UDP,
		.peer_locator = &peer,
	};

	return shim_send(p->host[A], &send, "datagram", 8);
}

static void at_first_only_the_ulid_is_known_to_work(void **state)
{
	struct pair *p = *state;
	const struct in6_addr own = locator_of(p, A, 1);

	establish(p);
	for (unsigned side = A; side <= B; side++) {
		assert_int_equal(reach_of(p, side, 1), SHIM_VERIFIED);
		assert_int_equal(reach_of(p, side, 2), SHIM_UNVERIFIED);
	}
	assert_int_equal(shim_context_reach(context_of(p, A), &own), SHIM_UNKNOWN);
}

static void payload_is_not_sent_to_an_unverified_locator(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	assert_int_equal(send_to(p, 2), -EHOSTUNREACH);
	assert_int_equal(p->count, 0);
	verify(p, 2);
	settle(p);
	clear(p);
	assert_int_equal(send_to(p, 2), 0);
	assert_int_equal(p->count, 1);
	assert_int_equal(destination_of(p, &p->flight[0]), 2);
}

/* The sender's own locator, and the peer's that is asked after; both ways are proven. */
static void one_probe_and_its_answer_verify(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	verify(p, 2);
	assert_int_equal(p->count, 1);
	assert_probe(p, 0, A, REAP_INBOUND_OK, 1, 2, 0);
	settle(p);
	assert_int_equal(p->count, 2);
	assert_true(reports(&p->flight[1], &p->flight[0]));
	assert_int_equal(reach_of(p, A, 2), SHIM_VERIFIED);
	for (unsigned side = A; side <= B; side++) {
		assert_int_equal(reap_of(p, side), REAP_OPERATIONAL);
		assert_pair(p, side, 1, 1);
	}
}

static void other_nonces_and_other_pairs_verify_nothing(void **state)
{
	struct pair *p = *state;
	struct flight probe;

	establish(p);
	clear(p);
	verify(p, 2);
	probe = p->flight[0];
	probe.octets[56 + 35] ^= 1; /* its nonce */
	hear_probe(p, REAP_OPERATIONAL, 1, 1, 7, &probe);
	assert_int_equal(reach_of(p, A, 2), SHIM_UNVERIFIED);
	probe.octets[56 + 35] ^= 1;
	probe.octets[56 + 31] ^= 1; /* where it went to */
	hear_probe(p, REAP_OPERATIONAL, 1, 1, 7, &probe);
	assert_int_equal(reach_of(p, A, 2), SHIM_UNVERIFIED);
	probe.octets[56 + 31] ^= 1;
	hear_probe(p, REAP_OPERATIONAL, 1, 1, 7, &probe);
	assert_int_equal(reach_of(p, A, 2), SHIM_VERIFIED);
	assert_true(deadline_of(p, A, TIMER_CHECK) == USEC_NEVER);
}

/* Whichever of the four it answers. */
static void late_answers_count(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	verify(p, 2);
	pass(p, A, 1600000);
	assert_int_equal(p->count, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_probe(p, i, A, REAP_INBOUND_OK, 1, 2, 0);
	assert_true(nonce_of(&p->flight[0]) != nonce_of(&p->flight[3]));
	land(p, &p->flight[0]);
	take_last(p);
	assert_int_equal(reach_of(p, A, 2), SHIM_VERIFIED);
}

static void four_probes_without_an_answer_are_enough(void **state)
{
	struct pair *p = *state;

	establish(p);
	p->cut[A][1][2] = true;
	clear(p);
	verify(p, 2);
	run_until(p, shim_host_now(p->host[A]) + 1999999);
	assert_int_equal(reach_of(p, A, 2), SHIM_UNVERIFIED);
	run_until(p, shim_host_now(p->host[A]) + 1);
	assert_int_equal(reach_of(p, A, 2), SHIM_UNREACHABLE);
	assert_int_equal(count_sent(p, 0, SHIM6_PROBE), 4);
	assert_true(deadline_of(p, A, TIMER_CHECK) == USEC_NEVER);
}

static void a_locator_that_is_not_the_peers_is_never_asked(void **state)
{
	struct pair *p = *state;
	const struct in6_addr own = locator_of(p, A, 2);

	establish(p);
	clear(p);
	shim_verify(p->host[A], context_of(p, A), &own);
	assert_int_equal(p->count, 0);
}

/* The peer takes it out of its list while it is asked after. */
static void what_the_peer_takes_back_is_asked_no_more(void **state)
{
	struct pair *p = *state;

	establish(p);
	p->cut[A][1][2] = true;
	verify(p, 2);
	tell_list(p, 1);
	assert_int_equal(reach_of(p, A, 2), SHIM_UNKNOWN);
	settle(p);
	clear(p);
	run_until(p, shim_host_now(p->host[A]) + 5 * USEC_PER_SEC);
	assert_int_equal(count_sent(p, 0, SHIM6_PROBE), 0);
	assert_true(deadline_of(p, A, TIMER_CHECK) == USEC_NEVER);
}

static void another_list_forgets_nothing(void **state)
{
	struct pair *p = *state;

	establish(p);
	verify(p, 2);
	settle(p);
	tell_list(p, 3);
	assert_int_equal(reach_of(p, A, 2), SHIM_VERIFIED);
}

static void the_hot_standby_verifies(void **state)
{
	struct pair *p = *state;

	establish(p);
	/* From where we are now to there, or from elsewhere: the first candidate. */
	for (unsigned i = 0; i < 4 && reach_of(p, A, 2) != SHIM_VERIFIED; i++) {
		shim_hot_standby(p->host[A], context_of(p, A), true);
		settle(p);
		context_of(p, A)->reap.standby->ready = false;
	}
	assert_int_equal(reach_of(p, A, 2), SHIM_VERIFIED);
}

/* What an exploration finds is verified, and what it has left isn't any more. */
static void an_exploration_verifies_where_it_goes(void **state)
{
	struct pair *p = *state;

	establish(p);
	p->cut[A][1][1] = p->cut[A][2][1] = true;
	say(p, A);
	run_until(p, 60 * USEC_PER_SEC);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(reach_of(p, A, 2), SHIM_VERIFIED);
	assert_int_equal(reach_of(p, A, 1), SHIM_UNREACHABLE); /* the ULID, which was tried */
	p->cut[A][1][1] = p->cut[A][2][1] = false;
	verify(p, 1);
	settle(p);
	assert_int_equal(reach_of(p, A, 1), SHIM_VERIFIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(at_first_only_the_ulid_is_known_to_work),
		pair_test(payload_is_not_sent_to_an_unverified_locator),
		pair_test(one_probe_and_its_answer_verify),
		pair_test(other_nonces_and_other_pairs_verify_nothing),
		pair_test(late_answers_count),
		pair_test(four_probes_without_an_answer_are_enough),
		pair_test(a_locator_that_is_not_the_peers_is_never_asked),
		pair_test(what_the_peer_takes_back_is_asked_no_more),
		pair_test(another_list_forgets_nothing),
		pair_test(the_hot_standby_verifies),
		pair_test(an_exploration_verifies_where_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
