/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hot standby: another pair that is proven while the current one works. No RFC
 * says how; RFC 6316 6.3 that it can be asked for. A has it here.
 */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

static void ask(struct pair *p)
{
	establish(p);
	clear(p);
	shim_hot_standby(p->host[A], context_of(p, A), true);
}

/* Who talks does so every five seconds. */
static void talk(struct pair *p, unsigned seconds, bool a, bool b)
{
	usec_t end = shim_host_now(p->host[A]) + seconds * SECOND;

	while (shim_host_now(p->host[A]) < end) {
		if (a)
			say(p, A);
		if (b)
			say(p, B);
		run_until(p, shim_host_now(p->host[A]) + 5 * SECOND);
		clear(p);
	}
}

static unsigned proven(const struct pair *p)
{
	return p->end[A].events[SHIM_EVENT_STANDBY];
}

/* The first of A's Probes from `first` on. */
static unsigned probe_from_a(const struct pair *p, unsigned first)
{
	while (first < p->count && (control_type(&p->flight[first]) != SHIM6_PROBE ||
				    p->flight[first].to == A))
		first++;
	assert_true(first < p->count);
	return first;
}

/* --- the proof ---------------------------------------------------------------- */

static void another_pair_is_proven_at_once(void **state)
{
	struct pair *p = *state;
	const struct flight *f = &p->flight[0];

	ask(p);
	assert_int_equal(p->count, 1);
	assert_int_equal(control_type(f), SHIM6_PROBE);
	assert_false(source_of(p, f) == 1 && destination_of(p, f) == 1);
	assert_memory_equal(f->octets + 8, f->octets + 56, 32);
	assert_int_equal(proven(p), 0);
	settle(p);
	assert_int_equal(p->count, 2);
	assert_true(reports(&p->flight[1], f));
	assert_int_equal(proven(p), 1);
}

/* The messages that have established it came from the peer, whenever that was. */
static void at_once_is_also_long_after_the_host_began(void **state)
{
	struct pair *p = *state;

	run_until(p, 1000 * SECOND);
	ask(p);
	settle(p);
	assert_int_equal(proven(p), 1);
}

/* And the current pair stays what it is. */
static void nobody_leaves_operational_for_it(void **state)
{
	struct pair *p = *state;

	ask(p);
	talk(p, 600, true, true);
	for (unsigned side = A; side <= B; side++) {
		assert_int_equal(reap_of(p, side), REAP_OPERATIONAL);
		assert_int_equal(p->end[side].events[SHIM_EVENT_REAP], 0);
		assert_int_equal(p->end[side].events[SHIM_EVENT_PAIR], 0);
		assert_pair(p, side, 1, 1);
	}
	assert_true(proven(p) > 10);
}

/* The same when one of them talks, for the Probe stops B's Keepalives. */
static void nor_while_there_is_traffic_one_way(void **state)
{
	struct pair *p = *state;

	ask(p);
	talk(p, 300, true, false);
	talk(p, 300, false, true);
	for (unsigned side = A; side <= B; side++)
		assert_int_equal(p->end[side].events[SHIM_EVENT_REAP], 0);
	assert_true(proven(p) > 10);
}

static void it_is_proven_again_and_again(void **state)
{
	struct pair *p = *state;
	unsigned last = 0;

	ask(p);
	for (unsigned minute = 1; minute <= 4; minute++) {
		talk(p, 60, true, true);
		assert_true(proven(p) > last);
		last = proven(p);
	}
}

/* RFC 5534 4: "failure detection is also idle and doesn't generate any packets". */
static void while_nothing_is_heard_nothing_is_sent(void **state)
{
	struct pair *p = *state;

	ask(p);
	run_until(p, 20 * SECOND);
	clear(p);
	run_until(p, 299 * SECOND);
	assert_int_equal(p->count, 0);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
}

static void until_it_is_not_wanted_any_more(void **state)
{
	struct pair *p = *state;

	ask(p);
	settle(p);
	shim_hot_standby(p->host[A], context_of(p, A), false);
	talk(p, 200, true, true);
	assert_int_equal(proven(p), 1);
}

static void asking_twice_is_harmless(void **state)
{
	struct pair *p = *state;

	ask(p);
	shim_hot_standby(p->host[A], context_of(p, A), true);
	run_until(p, 25 * SECOND);
	assert_in_range(proven(p), 1, 2);
	for (unsigned i = 0; i < 2; i++)
		shim_hot_standby(p->host[A], context_of(p, A), false);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
}

/* --- what is no proof --------------------------------------------------------- */

static void a_pair_that_does_not_answer_is_not_proven(void **state)
{
	struct pair *p = *state;

	ask(p);
	memset(p->cut, true, sizeof(p->cut));
	p->cut[A][1][1] = p->cut[B][1][1] = false;
	talk(p, 200, true, true);
	assert_int_equal(proven(p), 0);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
}

/* Out of all pairs one works: it is found, if not at once. */
static void then_another_is_tried(void **state)
{
	struct pair *p = *state;

	ask(p);
	for (unsigned works = 1; works < 4; works++) {
		unsigned local = 1 + works / 2, peer = 1 + works % 2;

		memset(p->cut[A], true, sizeof(p->cut[A]));
		p->cut[A][1][1] = p->cut[A][local][peer] = false;
		p->end[A].events[SHIM_EVENT_STANDBY] = 0;
		talk(p, 8 * 30, true, true);
		assert_true(proven(p) > 0);
	}
}

static void a_report_that_differs_is_no_proof(void **state)
{
	struct pair *p = *state;
	struct shim6_message m;

	ask(p);
	m = probe_of(p, REAP_OPERATIONAL, 1, 1, 1);
	m.probe.received_count = 1;
	m.probe.received[0] = report_of(&p->flight[0], 0);
	m.probe.received[0].nonce ^= 1;
	hear(p, &m, 1, 1);
	m.probe.received[0].nonce = 0;
	hear(p, &m, 1, 1);
	assert_int_equal(proven(p), 0);
	m.probe.received[0] = report_of(&p->flight[0], 0);
	m.probe.received[0].src.s6_addr[15] ^= 1;
	hear(p, &m, 1, 1);
	m.probe.received[0] = report_of(&p->flight[0], 0);
	m.probe.received[0].dst.s6_addr[15] ^= 1;
	hear(p, &m, 1, 1);
	assert_int_equal(proven(p), 0);
	m.probe.received[0] = report_of(&p->flight[0], 0);
	hear(p, &m, 1, 1);
	assert_int_equal(proven(p), 1);
	hear(p, &m, 1, 1);
	assert_int_equal(proven(p), 1);
	assert_pair(p, A, 1, 1);
}

/* --- what it is good for ------------------------------------------------------ */

/* With the current pair dead, the first Probe finds the other. */
static void failover_goes_there_first(void **state)
{
	struct pair *p = *state;
	unsigned local, peer, first;
	usec_t now;

	ask(p);
	settle(p);
	local = source_of(p, &p->flight[0]);
	peer = destination_of(p, &p->flight[0]);
	run_until(p, 20 * SECOND);
	memset(p->cut, true, sizeof(p->cut));
	p->cut[A][local][peer] = p->cut[B][peer][local] = false;

	now = shim_host_now(p->host[A]);
	say(p, A);
	clear(p);
	run_until(p, now + 15 * SECOND - 1);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	first = p->count;
	run_until(p, now + 15 * SECOND);
	first = probe_from_a(p, first);
	assert_int_equal(sta_of(&p->flight[first]), REAP_EXPLORING);
	assert_int_equal(source_of(p, &p->flight[first]), local);
	assert_int_equal(destination_of(p, &p->flight[first]), peer);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_pair(p, A, local, peer);
}

/* Without one, A tries the current pair first. */
static void a_standby_that_was_never_proven_is_not_preferred(void **state)
{
	struct pair *p = *state;
	unsigned first;

	ask(p);
	memset(p->cut, true, sizeof(p->cut));
	say(p, A);
	clear(p);
	run_until(p, 15 * SECOND);
	first = probe_from_a(p, 0);
	assert_probe(p, first, A, REAP_EXPLORING, 1, 1, 0);
}

static void nor_is_one_that_has_stopped_answering(void **state)
{
	struct pair *p = *state;
	unsigned first;

	ask(p);
	run_until(p, 5 * SECOND);
	assert_int_equal(proven(p), 1);
	memset(p->cut, true, sizeof(p->cut));
	p->cut[A][1][1] = p->cut[B][1][1] = false;
	talk(p, 95, true, true);
	p->cut[A][1][1] = p->cut[B][1][1] = true;
	clear(p);
	shim_feedback(p->host[A], context_of(p, A), false);
	first = probe_from_a(p, 0);
	assert_probe(p, first, A, REAP_EXPLORING, 1, 1, 0);
}

/* Then a third pair takes its place. */
static void after_a_failover_another_pair_is_kept(void **state)
{
	struct pair *p = *state;
	unsigned before;

	ask(p);
	settle(p);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	run_until(p, 20 * SECOND);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	before = proven(p);
	talk(p, 100, true, true);
	assert_true(proven(p) > before);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
}

/* --- where there is less ------------------------------------------------------ */

static struct pair *with_links(unsigned a, unsigned b)
{
	const unsigned links[2] = { a, b };
	struct pair *p = pair_empty();

	for (unsigned side = A; side <= B; side++) {
		struct shim_config cfg = pair_config(&p->end[side], 30 + side);

		cfg.link_count = links[side];
		pair_host(p, side, &cfg);
	}
	return p;
}

static void one_address_on_one_side_is_enough(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct pair *p = with_links(1 + i, 2 - i);

		ask(p);
		talk(p, 100, true, true);
		assert_true(proven(p) > 0);
		pair_free(p);
	}
}

static void without_another_pair_nothing_is_sent(void **state)
{
	struct pair *p = with_links(1, 1);

	(void)state;
	ask(p);
	assert_int_equal(p->count, 0);
	for (unsigned i = 1; i < 40; i++) {
		say(p, A);
		say(p, B);
		run_until(p, i * 5 * SECOND);
	}
	for (unsigned i = 0; i < p->count; i++)
		assert_true(is_payload(&p->flight[i]));
	pair_free(p);
}

/* --- and later ---------------------------------------------------------------- */

/* RFC 5533 10.4: what isn't in the list any more is none of the peer's locators. */
static void a_standby_that_the_peer_has_withdrawn_is_not_probed(void **state)
{
	struct pair *p = *state;

	ask(p);
	settle(p);
	assert_int_equal(destination_of(p, &p->flight[0]), 2);
	assert_int_equal(proven(p), 1);
	tell_list(p, 1u << 0);
	clear(p);
	for (unsigned i = 1; i < 40; i++) {
		say(p, B);
		run_until(p, i * 3 * SECOND);
	}
	for (unsigned i = 0; i < p->count; i++)
		if (p->flight[i].to == B)
			assert_int_equal(destination_of(p, &p->flight[i]), 1);
}

static void both_ends_may_have_one(void **state)
{
	struct pair *p = *state;

	ask(p);
	shim_hot_standby(p->host[B], context_of(p, B), true);
	talk(p, 300, true, true);
	talk(p, 300, true, false);
	for (unsigned side = A; side <= B; side++) {
		assert_int_equal(p->end[side].events[SHIM_EVENT_REAP], 0);
		assert_int_equal(p->end[side].events[SHIM_EVENT_PAIR], 0);
		assert_true(p->end[side].events[SHIM_EVENT_STANDBY] > 10);
	}
}

/* While A explores there is other work. */
static void while_exploring_there_is_none(void **state)
{
	struct pair *p = *state;

	explore(p);
	clear(p);
	shim_hot_standby(p->host[A], context_of(p, A), true);
	assert_int_equal(p->count, 0);
	pass(p, A, 100 * SECOND);
	for (unsigned i = 0; i < p->count; i++)
		assert_int_equal(sta_of(&p->flight[i]), REAP_EXPLORING);
}

static void asked_for_before_it_is_established_it_begins_then(void **state)
{
	struct pair *p = *state;

	initiate(p, A);
	shim_hot_standby(p->host[A], context_of(p, A), true);
	assert_int_equal(p->count, 1);
	run_until(p, 100 * SECOND);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_true(proven(p) > 0);
}

/* B has forgotten the context; the recovery (RFC 5533 7.18) goes all the way back to
 * an I1, since the I2bis are lost. */
static void it_goes_on_after_the_context_was_lost_and_recovered(void **state)
{
	struct pair *p = *state;

	ask(p);
	run_until(p, 20 * SECOND);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	p->lose_type = SHIM6_I2BIS;
	p->lose_count = 3;
	say(p, A); /* and no answer */
	run_until(p, 150 * SECOND);
	assert_int_equal(p->lost, 3);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	p->end[A].events[SHIM_EVENT_STANDBY] = 0;
	talk(p, 100, true, true);
	assert_true(proven(p) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(another_pair_is_proven_at_once),
		pair_test(at_once_is_also_long_after_the_host_began),
		pair_test(nobody_leaves_operational_for_it),
		pair_test(nor_while_there_is_traffic_one_way),
		pair_test(it_is_proven_again_and_again),
		pair_test(while_nothing_is_heard_nothing_is_sent),
		pair_test(until_it_is_not_wanted_any_more),
		pair_test(asking_twice_is_harmless),
		pair_test(a_pair_that_does_not_answer_is_not_proven),
		pair_test(then_another_is_tried),
		pair_test(a_report_that_differs_is_no_proof),
		pair_test(failover_goes_there_first),
		pair_test(a_standby_that_was_never_proven_is_not_preferred),
		pair_test(nor_is_one_that_has_stopped_answering),
		pair_test(after_a_failover_another_pair_is_kept),
		cmocka_unit_test(one_address_on_one_side_is_enough),
		cmocka_unit_test(without_another_pair_nothing_is_sent),
		pair_test(a_standby_that_the_peer_has_withdrawn_is_not_probed),
		pair_test(both_ends_may_have_one),
		pair_test(while_exploring_there_is_none),
		pair_test(asked_for_before_it_is_established_it_begins_then),
		pair_test(it_goes_on_after_the_context_was_lost_and_recovered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
