/* SPDX-License-Identifier: BSD-2-Clause */
/* Outages and switches, RFC 5534. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/test_tape.h"

static void an_outage_lasts_from_payload_to_payload(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);
	uint64_t failed, began;

	tape_plain(tape, A1, B1);
	assert_int_equal(tape_plain(tape, B1, A1), 0);
	failed = tape->usec;
	tape->usec += 10000000;
	assert_int_equal(tape_probe(tape, A1, B1, TAG_B, REAP_EXPLORING), TRACE_OUTAGE);
	began = tape->usec;
	assert_int_equal(c->state, TRACE_EXPLORING);
	assert_int_equal(tape_probe(tape, A1, B2, TAG_B, REAP_EXPLORING), 0);
	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_int_equal(tape_probe(tape, B2, A1, TAG_A, REAP_INBOUND_OK), 0);
	assert_int_equal(c->state, TRACE_EXPLORING);
	assert_int_equal(tape_probe(tape, A1, B2, TAG_B, REAP_OPERATIONAL), 0);
	assert_int_equal(c->state, TRACE_ESTABLISHED);
	assert_int_equal(tape_payload(tape, A1, B2, TAG_B), TRACE_RESUMED | TRACE_SWITCH);

	assert_int_equal(c->outage_count, 1);
	assert_int_equal(c->outages[0].failed_usec, failed);
	assert_int_equal(c->outages[0].began_usec, began);
	assert_int_equal(c->outages[0].resumed_usec, tape->usec);
	assert_int_equal(c->outages[0].probes, 4);
	assert_int_equal(tape_payload(tape, A1, B2, TAG_B), 0);
}

static void exploring_again_before_payload_is_the_same_outage(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);

	tape_probe(tape, A1, B1, TAG_B, REAP_EXPLORING);
	tape_probe(tape, A1, B2, TAG_B, REAP_OPERATIONAL);
	assert_int_equal(tape_probe(tape, A1, B1, TAG_B, REAP_EXPLORING), 0);
	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_int_equal(c->outage_count, 1);
	assert_int_equal(c->outages[0].failed_usec, TRACE_NEVER);
	assert_int_equal(c->outages[0].resumed_usec, TRACE_NEVER);
}

static void one_way_payload_can_fail_and_resume(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);

	for (int i = 0; i < 3; i++) {
		tape_plain(tape, A1, B1);
		SAY(B1, A1, keepalive_of(TAG_A));
	}
	assert_int_equal(c->end[1].payload, 0);
	tape_probe(tape, A1, B1, TAG_B, REAP_EXPLORING);
	tape_probe(tape, B1, A2, TAG_A, REAP_INBOUND_OK);
	tape_probe(tape, A2, B1, TAG_B, REAP_OPERATIONAL);
	assert_int_equal(tape_payload(tape, A2, B1, TAG_B), TRACE_RESUMED | TRACE_SWITCH);
	assert_int_equal(c->end[0].payload, 4);
}

static void the_last_outages_are_kept(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);

	for (unsigned i = 0; i < TRACE_OUTAGES_MAX + 2; i++) {
		tape_probe(tape, A1, B1, TAG_B, REAP_EXPLORING);
		tape_probe(tape, A1, B1, TAG_B, REAP_OPERATIONAL);
		tape_payload(tape, A1, B1, TAG_B);
	}
	assert_int_equal(c->outage_count, TRACE_OUTAGES_MAX + 2);
	for (unsigned i = 0; i < TRACE_OUTAGES_MAX; i++)
		assert_true(c->outages[i].resumed_usec > c->outages[i].began_usec);
	assert_true(c->outages[1].began_usec > c->outages[2].began_usec);
}

static void payload_by_another_pair_is_a_switch(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);

	assert_int_equal(tape_plain(tape, A1, B1), 0);
	assert_int_equal(tape_payload(tape, A2, B1, TAG_B), TRACE_SWITCH);
	assert_int_equal(tape_payload(tape, A2, B1, TAG_B), 0);
	assert_int_equal(tape_payload(tape, B2, A1, TAG_A), TRACE_SWITCH);
	assert_int_equal(tape_plain(tape, A1, B1), TRACE_SWITCH);
	assert_addr(&c->end[1].src, B2);
	assert_addr(&c->end[1].dst, A1);
}

static void payload_between_the_ulids_counts_the_same_undissected(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);
	struct trace_mark mark;
	uint8_t octets[80];
	size_t len = make_plain(octets, sizeof(octets), A1, B1, IPPROTO_UDP);

	trace_plain(tape->t, octets, len, 77, &mark);
	assert_ptr_equal(mark.context, c);
	assert_int_equal(mark.from, 0);
	assert_int_equal(mark.events, 0);
	assert_int_equal(c->end[0].payload, 1);
	assert_int_equal(c->last_usec, 77);
	tape_payload(tape, A2, B1, TAG_B);
	trace_plain(tape->t, octets, len, 78, &mark);
	assert_int_equal(mark.events, TRACE_SWITCH);
	trace_check(tape->t);
}

static void what_is_no_payload_is_nothing_undissected(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);
	struct trace_mark mark;
	uint8_t octets[80];
	size_t len;

	len = make_plain(octets, sizeof(octets), A1, B2, IPPROTO_UDP); /* no such pair */
	trace_plain(tape->t, octets, len, 77, &mark);
	assert_null(mark.context);
	len = make_plain(octets, sizeof(octets), A1, B1, IPPROTO_ICMPV6);
	octets[40] = 135; /* Neighbor Solicitation */
	trace_plain(tape->t, octets, len, 77, &mark);
	assert_null(mark.context);
	len = make_plain(octets, sizeof(octets), A1, B1, IPPROTO_UDP);
	for (size_t n = 0; n <= 40; n++) {
		trace_plain(tape->t, octets, n, 77, &mark);
		assert_null(mark.context);
	}
	assert_int_equal(c->end[0].payload, 0);
	assert_true(len > 40);
}

static void a_probe_that_settles_what_never_failed_is_no_outage(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);

	assert_int_equal(tape_probe(tape, A1, B2, TAG_B, REAP_OPERATIONAL), 0);
	assert_int_equal(tape_probe(tape, A1, B2, TAG_B, REAP_INBOUND_OK), 0);
	assert_int_equal(c->outage_count, 0);
	assert_int_equal(c->state, TRACE_ESTABLISHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TAPE_TEST(an_outage_lasts_from_payload_to_payload),
		TAPE_TEST(exploring_again_before_payload_is_the_same_outage),
		TAPE_TEST(one_way_payload_can_fail_and_resume),
		TAPE_TEST(the_last_outages_are_kept),
		TAPE_TEST(payload_by_another_pair_is_a_switch),
		TAPE_TEST(payload_between_the_ulids_counts_the_same_undissected),
		TAPE_TEST(what_is_no_payload_is_nothing_undissected),
		TAPE_TEST(a_probe_that_settles_what_never_failed_is_no_outage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
