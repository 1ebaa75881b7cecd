/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes: what they say (RFC 5534 5.2), and when they are sent (4.3 and 7). */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

/* --- the figure --------------------------------------------------------------- */

static void a_probe_looks_as_in_the_figure(void **state)
{
	struct pair *p = *state;
	const struct flight *f = &p->flight[0];
	const uint8_t *octets = f->octets + 40;
	struct rbuf r = rbuf_of(octets + 6, 6);

	explore(p);
	assert_int_equal(p->count, 1);
	assert_int_equal(f->len, 40 + 16 + 40);
	assert_int_equal(f->octets[6], 140);
	assert_memory_equal(octets, ((uint8_t[]){ 59, 6, 67, 0 }), 4);
	assert_int_equal(checksum_shim6(octets, 56), octets[4] << 8 | octets[5]);
	assert_true(rbuf_uint(&r, 6) == context_of(p, B)->ct_local);
	/* Precvd 0, Psent 1; Sta 1, Exploring */
	assert_memory_equal(octets + 12, ((uint8_t[]){ 0x01, 0x40, 0, 0 }), 4);
	assert_addr(octets + 16, locator_of(p, A, 1));
	assert_addr(octets + 32, locator_of(p, B, 1));
	assert_memory_not_equal(octets + 48, ((uint8_t[]){ 0, 0, 0, 0 }), 4); /* nonce */
}

/* With Probe Data that means nothing to us: "copied back with no changes". */
static void an_answer_has_a_copy_of_the_probe_that_it_answers(void **state)
{
	struct pair *p = *state;
	struct shim6_message m;
	const uint8_t *octets = p->flight[0].octets + 40;

	establish(p);
	clear(p);
	m = probe_of(p, REAP_EXPLORING, 2, 1, 0x01020304);
	m.probe.sent[0].data = 0xdeadbeef;
	hear(p, &m, 2, 1);
	assert_int_equal(p->flight[0].len, 40 + 16 + 80);
	assert_memory_equal(octets, ((uint8_t[]){ 59, 11, 67, 0 }), 4);
	/* Precvd 1, Psent 1; Sta 2, InboundOk */
	assert_memory_equal(octets + 12, ((uint8_t[]){ 0x11, 0x80, 0, 0 }), 4);
	assert_addr(octets + 16, locator_of(p, A, 1));
	assert_addr(octets + 32, locator_of(p, B, 2));
	assert_addr(octets + 56, locator_of(p, B, 2));
	assert_addr(octets + 72, locator_of(p, A, 1));
	assert_memory_equal(octets + 88,
			    ((uint8_t[]){ 1, 2, 3, 4, 0xde, 0xad, 0xbe, 0xef }), 8);
}

static void the_probe_that_says_operational_has_sta_0(void **state)
{
	struct pair *p = *state;
	const uint8_t *octets = p->flight[0].octets + 40;

	establish(p);
	clear(p);
	hear_probe(p, REAP_INBOUND_OK, 1, 1, 0x01020304, NULL);
	assert_int_equal(p->count, 1);
	assert_memory_equal(octets + 12, ((uint8_t[]){ 0x11, 0, 0, 0 }), 4);
	assert_memory_equal(octets + 88, ((uint8_t[]){ 1, 2, 3, 4 }), 4);
}

/* The first report is of the packet itself, wherever it goes. */
static void a_probe_names_the_addresses_of_its_packet(void **state)
{
	struct pair *p = *state;

	explore(p);
	pass(p, A, 20 * SECOND);
	assert_true(p->count > 5);
	for (unsigned i = 0; i < p->count; i++)
		assert_memory_equal(p->flight[i].octets + 8, p->flight[i].octets + 56, 32);
}

static void every_probe_has_a_fresh_nonce(void **state)
{
	struct pair *p[2] = { pair_new(1, 0), pair_new(2, 0) };
	uint32_t nonce[64];
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		explore(p[i]);
		for (unsigned k = 0; k < 20; k++)
			hear_probe(p[i], k % 2 ? REAP_EXPLORING : REAP_INBOUND_OK, 1, 1, k, NULL);
		for (unsigned k = 0; k < p[i]->count; k++)
			nonce[n++] = nonce_of(&p[i]->flight[k]);
		pair_free(p[i]);
	}
	assert_true(n > 40);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < i; k++)
			assert_true(nonce[i] != nonce[k]);
}

/* --- reports of what was received --------------------------------------------- */

static void inbound_ok_reports_all_probes_that_have_come(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	for (unsigned i = 0; i < 5; i++)
		hear_probe(p, REAP_EXPLORING, 1 + i % 2, 1, 100 + i, NULL);
	assert_int_equal(p->count, 5);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(precvd_of(&p->flight[i]), i + 1);
		for (unsigned k = 0; k <= i; k++)
			assert_int_equal(report_of(&p->flight[i], 1 + k).nonce, 100 + k);
	}
}

/* Precvd has four bits. */
static void of_many_probes_the_last_fifteen_are_reported(void **state)
{
	struct pair *p = *state;
	const struct flight *last;

	establish(p);
	for (unsigned i = 0; i < 40; i++)
		hear_probe(p, REAP_EXPLORING, 1 + i % 2, 1, 100 + i, NULL);
	last = &p->flight[p->count - 1];
	assert_int_equal(last->len, 40 + 16 + 40 + 15 * 40);
	assert_int_equal(last->octets[41], 81);
	assert_int_equal(last->octets[52], 0xf1);
	for (unsigned k = 0; k < 15; k++)
		assert_int_equal(report_of(last, 1 + k).nonce, 125 + k);
}

static void a_probe_that_came_twice_is_reported_once(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned i = 0; i < 6; i++)
		hear_probe(p, REAP_EXPLORING, 1, 1, 100 + i % 2, NULL);
	assert_int_equal(precvd_of(&p->flight[p->count - 1]), 2);
}

static void operational_reports_the_probe_that_it_answers(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned i = 0; i < 3; i++)
		hear_probe(p, REAP_EXPLORING, 1, 1, 100 + i, NULL);
	clear(p);
	hear_probe(p, REAP_INBOUND_OK, 1, 1, 200, NULL);
	assert_probe(p, 0, A, REAP_OPERATIONAL, 1, 1, 1);
	assert_int_equal(report_of(&p->flight[0], 1).nonce, 200);
}

/* RFC 5534 5.2: only those "that arrived since the last transition to state
 * Exploring". What came before tells nothing of the paths as they are now. */
static void what_came_before_exploring_is_not_reported(void **state)
{
	struct pair *p = *state;

	establish(p);
	hear_probe(p, REAP_EXPLORING, 1, 1, 100, NULL);
	pass(p, A, SEND_TIMEOUT * SECOND);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	clear(p);
	pass(p, A, 60 * SECOND);
	assert_true(p->count > 0);
	for (unsigned i = 0; i < p->count; i++)
		assert_int_equal(precvd_of(&p->flight[i]), 0);
	clear(p);
	hear_probe(p, REAP_EXPLORING, 2, 2, 101, NULL);
	assert_probe(p, 0, A, REAP_INBOUND_OK, 2, 2, 1);
	assert_int_equal(report_of(&p->flight[0], 1).nonce, 101);
}

static void another_exploration_reports_nothing_of_the_first(void **state)
{
	struct pair *p = *state;

	explore(p);
	hear_probe(p, REAP_INBOUND_OK, 1, 1, 100, NULL);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	clear(p);
	hear_probe(p, REAP_EXPLORING, 1, 1, 101, NULL);
	assert_int_equal(precvd_of(&p->flight[0]), 1);
	assert_int_equal(report_of(&p->flight[0], 1).nonce, 101);
}

/* There was none to report: it was payload that came. RFC 5534 5.2 would have one. */
static void without_a_probe_inbound_ok_reports_none(void **state)
{
	struct pair *p = *state;

	explore(p);
	clear(p);
	hear_payload(p);
	assert_int_equal(p->count, 1);
	assert_int_equal(sta_of(&p->flight[0]), REAP_INBOUND_OK);
	assert_int_equal(precvd_of(&p->flight[0]), 0);
}

/* --- where answers go --------------------------------------------------------- */

/* As in the examples of appendix A. */
static void an_answer_goes_the_way_that_the_probe_came(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	for (unsigned i = 0; i < 8; i++) {
		unsigned from = 1 + i % 2, to = 1 + i / 2 % 2;

		hear_probe(p, REAP_EXPLORING, from, to, 100 + i, NULL);
		assert_probe(p, i, A, REAP_INBOUND_OK, to, from, i + 1);
	}
}

static void operational_goes_over_the_pair_that_was_selected(void **state)
{
	struct pair *p = *state;
	struct flight third;

	explore(p);
	pass(p, A, SECOND);
	assert_int_equal(p->count, 3);
	third = p->flight[2];
	clear(p);
	hear_probe(p, REAP_INBOUND_OK, 1, 1, 100, &third);
	assert_probe(p, 0, A, REAP_OPERATIONAL, source_of(p, &third), destination_of(p, &third), 1);
	assert_false(source_of(p, &third) == 1 && destination_of(p, &third) == 1);
}

/* --- the pace ----------------------------------------------------------------- */

/* RFC 5534 7: 4 Probes at 0.5 s; 4.3: then twice as long each, up to 60 s. */
static void the_intervals_are_those_of_section_7(void **state)
{
	static const usec_t tenths[] = { 5, 5, 5, 10, 20, 40, 80, 160, 320, 600, 600, 600 };

	(void)state;
	for (unsigned n = 1; n <= 12; n++)
		assert_true(reap_probe_interval(NULL, n) == tenths[n - 1] * SECOND / 10);
	assert_true(reap_probe_interval(NULL, 1000) == 60 * SECOND);
	assert_true(reap_probe_interval(NULL, UINT32_MAX) == 60 * SECOND);
}

/* From when it begins, in tenths of a second. */
static const usec_t schedule[] = { 0, 5, 10, 15, 25, 45, 85, 165, 325, 645, 1245, 1845, 2445 };
enum { SCHEDULED = sizeof(schedule) / sizeof(schedule[0]) };

static void in_exploring_probes_keep_to_the_schedule(void **state)
{
	struct pair *p = *state;

	explore(p);
	pass(p, A, 250 * SECOND);
	assert_int_equal(p->count, SCHEDULED);
	for (unsigned i = 0; i < SCHEDULED; i++) {
		assert_int_equal(p->flight[i].at, 15 * SECOND + schedule[i] * SECOND / 10);
		assert_int_equal(sta_of(&p->flight[i]), REAP_EXPLORING);
	}
}

/* The answer is the first of them. Now and then payload stops the Send Timer. */
static void in_inbound_ok_probes_keep_to_it_too(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	hear_probe(p, REAP_EXPLORING, 1, 1, 100, NULL);
	for (unsigned i = 0; i < 25; i++) {
		pass(p, A, 10 * SECOND);
		hear_payload(p);
	}
	assert_int_equal(p->count, SCHEDULED);
	for (unsigned i = 0; i < SCHEDULED; i++) {
		assert_int_equal(p->flight[i].at, schedule[i] * SECOND / 10);
		assert_int_equal(sta_of(&p->flight[i]), REAP_INBOUND_OK);
	}
}

/* They are no Probes of the sequence. */
static void answers_leave_the_schedule_as_it_is(void **state)
{
	struct pair *p = *state;
	unsigned own = 0;

	establish(p);
	clear(p);
	hear_probe(p, REAP_EXPLORING, 1, 1, 100, NULL);
	for (unsigned i = 1; i < 100; i++) {
		unsigned first = p->count;

		pass(p, A, SECOND / 10);
		for (; first < p->count; first++)
			assert_int_equal(p->flight[first].at, schedule[++own] * SECOND / 10);
		hear_probe(p, REAP_EXPLORING, 1, 1, 100 + i, NULL);
	}
	assert_int_equal(own, 6);
}

static void they_end_with_the_exploration(void **state)
{
	struct pair *p = *state;

	explore(p);
	hear_probe(p, REAP_OPERATIONAL, 1, 1, 100, NULL);
	clear(p);
	pass(p, A, 200 * SECOND);
	for (unsigned i = 0; i < p->count; i++)
		assert_int_equal(control_type(&p->flight[i]), SHIM6_KEEPALIVE);
}

/* RFC 5534 4.3: "until a suitable response is triggered or the Shim6 context is
 * garbage collected". */
static void they_end_with_the_context(void **state)
{
	struct pair *p = *state;

	explore(p);
	pass(p, A, 400 * SECOND);
	assert_null(context_of(p, A));
	assert_true(p->flight[p->count - 1].at < 300 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(a_probe_looks_as_in_the_figure),
		pair_test(an_answer_has_a_copy_of_the_probe_that_it_answers),
		pair_test(the_probe_that_says_operational_has_sta_0),
		pair_test(a_probe_names_the_addresses_of_its_packet),
		cmocka_unit_test(every_probe_has_a_fresh_nonce),
		pair_test(inbound_ok_reports_all_probes_that_have_come),
		pair_test(of_many_probes_the_last_fifteen_are_reported),
		pair_test(a_probe_that_came_twice_is_reported_once),
		pair_test(operational_reports_the_probe_that_it_answers),
		pair_test(what_came_before_exploring_is_not_reported),
		pair_test(another_exploration_reports_nothing_of_the_first),
		pair_test(without_a_probe_inbound_ok_reports_none),
		pair_test(an_answer_goes_the_way_that_the_probe_came),
		pair_test(operational_goes_over_the_pair_that_was_selected),
		cmocka_unit_test(the_intervals_are_those_of_section_7),
		pair_test(in_exploring_probes_keep_to_the_schedule),
		pair_test(in_inbound_ok_probes_keep_to_it_too),
		pair_test(answers_leave_the_schedule_as_it_is),
		pair_test(they_end_with_the_exploration),
		pair_test(they_end_with_the_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
