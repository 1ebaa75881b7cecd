/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pair is taken, RFC 5534 6.8 and 6.9: by reports of Probes of ours, and by
 * nothing else. And what becomes of an exploration that is over.
 */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

/* A explores, and has tried all four pairs once. The first is the current one. */
static void try_all(struct pair *p)
{
	explore(p);
	pass(p, A, 2 * SECOND);
	assert_int_equal(p->count, 4);
	assert_probe(p, 0, A, REAP_EXPLORING, 1, 1, 0);
}

/* B answers, with these reports. */
static void hear_reports(struct pair *p, enum reap_state state, const struct reap_report *reports,
			 unsigned n)
{
	struct shim6_message m = probe_of(p, state, 1, 1, 0x1000);

	m.probe.received_count = (uint8_t)n;
	memcpy(m.probe.received, reports, n * sizeof(*reports));
	hear(p, &m, 1, 1);
}

/* With those of A's flights, in this order; ends with the number FLIGHTS_MAX. */
static void hear_reports_of(struct pair *p, enum reap_state state, const unsigned *flights)
{
	struct reap_report reported[REAP_REPORTS_MAX];
	unsigned n = 0;

	for (; flights[n] != FLIGHTS_MAX; n++)
		reported[n] = report_of(&p->flight[flights[n]], 0);
	hear_reports(p, state, reported, n);
}

#define FLIGHTS(...) ((unsigned[]){ __VA_ARGS__, FLIGHTS_MAX })

static void assert_pair_of(const struct pair *p, unsigned flight)
{
	assert_pair(p, A, source_of(p, &p->flight[flight]), destination_of(p, &p->flight[flight]));
}

/* --- the choice --------------------------------------------------------------- */

static void the_pair_of_a_probe_that_arrived_is_taken(void **state)
{
	static const enum reap_state says[] = { REAP_INBOUND_OK, REAP_OPERATIONAL };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned flight = 0; flight < 4; flight++) {
			struct pair *p = pair_new(3, 0);

			try_all(p);
			hear_reports_of(p, says[i], FLIGHTS(flight));
			assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
			assert_pair_of(p, flight);
			assert_int_equal(p->end[A].events[SHIM_EVENT_PAIR], flight ? 1 : 0);
			pair_free(p);
		}
	}
}

/* RFC 5534 4.2: the upper layer SHOULD be told. */
static void the_upper_layer_is_told_of_the_new_pair(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_reports_of(p, REAP_OPERATIONAL, FLIGHTS(2));
	assert_int_equal(p->end[A].events[SHIM_EVENT_PAIR], 1);
	assert_memory_equal(&p->end[A].event.lp_local, p->flight[2].octets + 8, 16);
	assert_memory_equal(&p->end[A].event.lp_peer, p->flight[2].octets + 24, 16);
}

/* As in RFC 5534 appendix A, example 5. */
static void the_current_pair_is_kept_if_it_is_among_them(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(2, 0, 3));
	assert_pair(p, A, 1, 1);
	assert_int_equal(p->end[A].events[SHIM_EVENT_PAIR], 0);
}

static void else_the_last_one_reported_is_taken(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(1, 3, 2));
	assert_pair_of(p, 2);
}

/* RFC 5534 6.8 */
static void without_a_report_the_pair_stays(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_probe(p, REAP_INBOUND_OK, 2, 2, 1, NULL);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_pair(p, A, 1, 1);
}

/* Payload and Keepalives say that the peer is heard, not that it hears. */
static void nothing_else_makes_it_change(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_payload(p);
	hear_keepalive(p);
	assert_pair(p, A, 1, 1);
	for (unsigned i = 0; i < 4; i++) {
		struct shim6_message m = probe_of(p, REAP_EXPLORING, 2, 2, 5 + i);

		m.probe.received_count = 1;
		m.probe.received[0] = report_of(&p->flight[i], 0);
		hear(p, &m, 2, 2);
		assert_pair(p, A, 1, 1);
	}
}

/* --- what is worth nothing ---------------------------------------------------- */

static void a_report_with_another_nonce_changes_nothing(void **state)
{
	struct pair *p = *state;
	struct reap_report report;

	try_all(p);
	report = report_of(&p->flight[2], 0);
	for (unsigned bit = 0; bit < 32; bit++) {
		report.nonce ^= UINT32_C(1) << bit;
		hear_reports(p, REAP_INBOUND_OK, &report, 1);
		hear_reports(p, REAP_OPERATIONAL, &report, 1);
		assert_pair(p, A, 1, 1);
		report.nonce ^= UINT32_C(1) << bit;
	}
	hear_reports(p, REAP_INBOUND_OK, &report, 1);
	assert_pair_of(p, 2);
}

/* The nonce of one Probe with the addresses of another, or of nobody. */
static void a_report_with_other_addresses_changes_nothing(void **state)
{
	struct pair *p = *state;
	struct reap_report report;

	try_all(p);
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned k = 1; k < 4; k++) {
			report = report_of(&p->flight[(i + k) % 4], 0);
			report.nonce = nonce_of(&p->flight[i]);
			hear_reports(p, REAP_INBOUND_OK, &report, 1);
			assert_pair(p, A, 1, 1);
		}
	}
	report = report_of(&p->flight[2], 0);
	report.src.s6_addr[15] ^= 1;
	hear_reports(p, REAP_INBOUND_OK, &report, 1);
	report = report_of(&p->flight[2], 0);
	report.dst.s6_addr[15] ^= 1;
	hear_reports(p, REAP_INBOUND_OK, &report, 1);
	assert_pair(p, A, 1, 1);
}

/* That the peer says it sent a Probe is no proof that one of ours arrived. */
static void sent_probes_in_a_probe_select_nothing(void **state)
{
	struct pair *p = *state;
	struct shim6_message m;

	try_all(p);
	m = probe_of(p, REAP_INBOUND_OK, 1, 1, 1);
	m.probe.sent_count = 2;
	m.probe.sent[1] = report_of(&p->flight[2], 0);
	hear(p, &m, 1, 1);
	assert_pair(p, A, 1, 1);
}

static void a_pair_that_went_down_meanwhile_is_not_taken(void **state)
{
	struct pair *p = *state;
	unsigned from_two = 1;

	try_all(p);
	while (source_of(p, &p->flight[from_two]) != 2)
		from_two++;
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(from_two));
	assert_pair(p, A, 1, 1);
}

/* --- until then --------------------------------------------------------------- */

/* RFC 5534 6.9, at its end. */
static void payload_goes_to_the_old_pair_until_another_is_confirmed(void **state)
{
	struct pair *p = *state;
	unsigned n;

	try_all(p);
	n = p->count;
	say(p, A);
	hear_probe(p, REAP_EXPLORING, 2, 2, 1, NULL);
	say(p, A);
	assert_int_equal(p->count, n + 3);
	for (unsigned i = n; i < n + 3; i += 2) {
		assert_int_equal(p->flight[i].octets[6], IPPROTO_UDP);
		assert_int_equal(source_of(p, &p->flight[i]), 1);
		assert_int_equal(destination_of(p, &p->flight[i]), 1);
	}
	hear_reports_of(p, REAP_OPERATIONAL, FLIGHTS(2));
	say(p, A);
	assert_true(is_payload(&p->flight[n + 3]));
	assert_int_equal(source_of(p, &p->flight[n + 3]), source_of(p, &p->flight[2]));
	assert_int_equal(destination_of(p, &p->flight[n + 3]), destination_of(p, &p->flight[2]));
}

/* --- memory ------------------------------------------------------------------- */

/* RFC 5534 5.2 bounds what a Probe can say, and so we remember no more than that. */
static void only_the_last_fifteen_probes_count(void **state)
{
	struct pair *p = *state;

	explore(p);
	for (unsigned i = 0; i < 3; i++) { /* the context mustn't go to sleep */
		pass(p, A, 200 * SECOND);
		hear_payload(p);
		pass(p, A, SEND_TIMEOUT * SECOND);
	}
	while (p->count < 17)
		pass(p, A, 60 * SECOND);
	assert_int_not_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_false(source_of(p, &p->flight[p->count - 15]) == 1 &&
		     destination_of(p, &p->flight[p->count - 15]) == 1);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(1));
	assert_pair(p, A, 1, 1);
}

/* One that arrives late still counts: the answer that ended the exploration may have
 * overtaken it. */
static void a_late_report_still_changes_the_pair(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_probe(p, REAP_INBOUND_OK, 1, 1, 1, NULL);
	hear_keepalive(p);
	pass(p, A, 60 * SECOND - 1);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(2));
	assert_pair_of(p, 2);
}

/* But one choice is enough: both pairs work, and a path that changes costs something. */
static void after_the_choice_a_late_report_changes_nothing(void **state)
{
	(void)state;
	for (unsigned chosen = 0; chosen < 3; chosen += 2) {
		struct pair *p = pair_new(3, 0);

		try_all(p);
		hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(chosen));
		hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(1));
		hear_reports_of(p, REAP_OPERATIONAL, FLIGHTS(3));
		assert_pair_of(p, chosen);
		pair_free(p);
	}
}

static void after_a_minute_an_exploration_is_forgotten(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_probe(p, REAP_INBOUND_OK, 1, 1, 1, NULL);
	hear_keepalive(p);
	pass(p, A, 60 * SECOND);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(2));
	assert_pair(p, A, 1, 1);
	assert_null(context_of(p, A)->reap.exploration);
}

static void a_new_exploration_forgets_the_last_at_once(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_probe(p, REAP_OPERATIONAL, 1, 1, 1, NULL);
	say(p, A);
	pass(p, A, SEND_TIMEOUT * SECOND);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(2));
	assert_pair(p, A, 1, 1);
}

/* InboundOk, and out of it again: a Probe sent before can still be on its way. */
static void reports_count_however_often_the_state_has_changed(void **state)
{
	struct pair *p = *state;

	try_all(p);
	hear_probe(p, REAP_EXPLORING, 1, 1, 1, NULL);
	pass(p, A, SEND_TIMEOUT * SECOND);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	hear_reports_of(p, REAP_INBOUND_OK, FLIGHTS(2));
	assert_pair_of(p, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pair_of_a_probe_that_arrived_is_taken),
		pair_test(the_upper_layer_is_told_of_the_new_pair),
		pair_test(the_current_pair_is_kept_if_it_is_among_them),
		pair_test(else_the_last_one_reported_is_taken),
		pair_test(without_a_report_the_pair_stays),
		pair_test(nothing_else_makes_it_change),
		pair_test(a_report_with_another_nonce_changes_nothing),
		pair_test(a_report_with_other_addresses_changes_nothing),
		pair_test(sent_probes_in_a_probe_select_nothing),
		pair_test(a_pair_that_went_down_meanwhile_is_not_taken),
		pair_test(payload_goes_to_the_old_pair_until_another_is_confirmed),
		pair_test(only_the_last_fifteen_probes_count),
		pair_test(a_late_report_still_changes_the_pair),
		cmocka_unit_test(after_the_choice_a_late_report_changes_nothing),
		pair_test(after_a_minute_an_exploration_is_forgotten),
		pair_test(a_new_exploration_forgets_the_last_at_once),
		pair_test(reports_count_however_often_the_state_has_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
