/* SPDX-License-Identifier: BSD-2-Clause */
/* Time, strictness and silence: whole cases against a target made for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#define L1     "20010db8000100000000000000000001"
#define X1     "20010db8dead00000000000000000001"
#define PROBER "20010db800fe00000000000000000001"

/* UDP "hi" from port 5000 to port 7, as worked out in match_test.c. */
#define UDP_HI "60000000 000a 11 40" L1 X1 "1388 0007 000a 49bf 6869"

#define SOCKET "0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"
enum { FIRST = 3 }; /* line of SOCKET */

static void sends_at(uint64_t usec)
{
	rig.timed[0].usec = usec;
	rig.timed[0].hex = UDP_HI;
}

static void assert_blocked(const char *body, const char *reason)
{
	struct case_result r = rig_run(body);

	assert_int_equal(r.status, STATUS_COMPLETED);
	assert_int_equal(r.verdict, VERDICT_INCONCLUSIVE);
	assert_null(r.failure);
	if (!strstr(r.reason, reason))
		fail_msg("%s", r.reason);
	case_result_free(&r);
}

/* The case failed on this line, and its message has these words. */
static void assert_fails(const char *body, int line, const char *message)
{
	struct case_result r = rig_run(body);

	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_int_equal(r.failure->line, line);
	if (!strstr(r.failure->message, message))
		fail_msg("%s", r.failure->message);
	case_result_free(&r);
}

/* --- time ----------------------------------------------------------------- */

static void a_timer_fires_at_its_exact_time(void **state)
{
	struct case_result r;

	(void)state;
	sends_at(1500000);
	assert_passes(SOCKET "1.5 > L1 -> X1 udp *\n");
	rig_setup(state);
	sends_at(1500001);
	r = rig_run(SOCKET "1.5 > L1 -> X1 udp *\n");
	assert_differs(&r, FIRST + 1, "packet", "one at 1.500000", "none");
	case_result_free(&r);
	rig_setup(state);
	sends_at(1499999);
	r = rig_run(SOCKET "1.5 > L1 -> X1 udp *\n");
	assert_differs(&r, FIRST + 1, "time", "1.500000", "1.499999");
	case_result_free(&r);
}

static void bounds_of_time_are_inclusive(void **state)
{
	static const struct {
		uint64_t usec;
		enum case_verdict verdict;
	} rows[] = {
		{ 1999999, VERDICT_FAIL }, { 2000000, VERDICT_PASS },
		{ 3000000, VERDICT_PASS }, { 3000001, VERDICT_FAIL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct case_result r;

		rig_setup(state);
		sends_at(rows[i].usec);
		r = rig_run(SOCKET "+2~+3 > L1 -> X1 udp *\n");
		assert_int_equal(r.verdict, rows[i].verdict);
		case_result_free(&r);
	}
}

static void the_next_event_counts_from_the_packet_that_came(void **state)
{
	(void)state;
	sends_at(2250000);
	rig.timed[1].usec = 3000000;
	rig.timed[1].hex = UDP_HI;
	assert_passes(SOCKET "* > L1 -> X1 udp *\n+.75 > L1 -> X1 udp *\n");
}

static void time_that_has_passed_is_inconclusive(void **state)
{
	(void)state;
	sends_at(5000000);
	assert_blocked(SOCKET "0~9 > L1 -> X1 udp *\n4 send(s, \"x\")\n", "has passed");
}

static void a_deadline_that_stays_is_caught(void **state)
{
	(void)state;
	rig.stuck = true;
	assert_fails(SOCKET "+1 send(s, \"x\")\n", FIRST, "does not move on");
}

static void in_real_time_there_is_a_tolerance(void **state)
{
	(void)state;
	rig.live = true;
	rig.timed[0].hex = UDP_HI;
	assert_passes(SOCKET "+0 > L1 -> X1 udp *\n");
	assert_fails(SOCKET "+0 send(s, \"x\")\n", FIRST + 1, "after the last event");
	assert_fails(SOCKET "+.5 > L1 -> X1 udp *\n", FIRST + 1, "not the expected one");
}

/* --- strictness ----------------------------------------------------------- */

static void a_packet_before_an_event_must_be_expected(void **state)
{
	struct case_result r;

	(void)state;
	sends_at(1000000);
	r = rig_run(SOCKET "2 send(s, \"x\")\n");
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_int_equal(r.failure->line, FIRST + 1);
	assert_string_equal(r.failure->differences[0].where, "packet at 1.000000");
	assert_non_null(strstr(r.failure->differences[0].actual, "2001:db8:1::1"));
	case_result_free(&r);
}

static void packets_of_the_same_moment_may_be_expected_later(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	assert_passes(SOCKET "+0 send(s, \"x\")\n+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = 0\n"
			     "+0 > L1 -> X1 udp *\n");
}

static void a_packet_after_the_last_event_fails(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	assert_fails(SOCKET "+0 send(s, \"x\") = 1\n", FIRST + 1, "after the last event");
	rig.copies = 2;
	assert_fails(SOCKET "+0 send(s, \"x\")\n+0 > L1 -> X1 udp *\n", FIRST + 2,
		     "after the last event");
}

static void what_is_drained_is_forgotten(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	rig.copies = 3;
	assert_passes(SOCKET "+0 send(s, \"x\")\n+0 drain()\n");
	assert_passes(SOCKET "+0 send(s, \"x\")\n+5 drain()\n"); /* and what came before */
}

static void a_link_that_is_not_there_fails(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	rig.link = 3;
	assert_fails(SOCKET "+0 send(s, \"x\")\n+0 > L1 -> X1 udp *\n", FIRST + 1,
		     "link 3, which does not exist");
}

static void a_flood_fails_and_leaves_room_for_the_verdict(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	rig.copies = 20000;
	assert_fails(SOCKET "+0 send(s, \"x\")\n", FIRST + 1, "more packets");
}

static void what_the_target_does_not_offer_is_not_run(void **state)
{
	struct case_result r;

	(void)state;
	r = rig_run(SOCKET "+0 close(s) = 0\n");
	assert_int_equal(r.status, STATUS_NOT_RUN);
	assert_int_equal(r.verdict, VERDICT_NONE);
	assert_int_equal(r.applicability, UNSUPPORTED);
	assert_string_equal(r.reason, "the target does not offer close()");
	case_result_free(&r);
}

/* --- silence -------------------------------------------------------------- */

static void silence_passes_when_the_target_is_alive(void **state)
{
	struct case_result r;

	(void)state;
	r = rig_run(SOCKET "+0 > none within 15\n+0 > none within 5\n");
	assert_int_equal(r.verdict, VERDICT_PASS);
	assert_int_equal(r.checks, 2);
	assert_int_equal(rig.now, 20000000);
	case_result_free(&r);
}

static void silence_lasts_through_its_last_microsecond(void **state)
{
	(void)state;
	sends_at(5000000);
	assert_fails(SOCKET "+0 > none within 5\n", FIRST + 1, "where nothing may be sent");
	rig_setup(state);
	sends_at(5000001);
	assert_passes(SOCKET "+0 > none within 5\n+.000001 > L1 -> X1 udp *\n");
}

static void silence_of_the_dead_is_inconclusive(void **state)
{
	(void)state;
	rig.dead = true;
	assert_blocked(SOCKET "+0 > none within 5\n", "told from death");
}

static void what_goes_to_the_prober_is_no_affair_of_the_case(void **state)
{
	(void)state;
	rig.chatty = true;
	assert_passes(SOCKET "+0 > none within 5\n+0 > none within 5\n");
}

static void packets_to_the_prober_before_any_probe_are_unexpected(void **state)
{
	(void)state;
	rig.on_send = "60000000 0000 3b 40" L1 PROBER;
	assert_fails(SOCKET "+0 send(s, \"x\")\n", FIRST + 1, "nobody expected");
}

static void the_probe_goes_to_a_locator_that_is_up(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 address_down(L1)\n+0 > none within 5\n");
	rig.given[48 + 32] = '\0';
	assert_string_equal(rig.given + 48, "20010db8000200000000000000000001");
	/* with none left there is nothing to ask */
	rig.dead = true;
	assert_passes(SOCKET "+0 address_down(L1)\n+0 address_down(L2)\n+0 > none within 5\n");
}

/* --- the peer ------------------------------------------------------------- */

static void a_handshake_without_an_answer_is_inconclusive(void **state)
{
	(void)state;
	assert_blocked(SOCKET "+0 establish(s)\n", "no R1 came");
	assert_blocked(SOCKET "+0 answer(s)\n", "no I1 came");
	rig.on_send = UDP_HI;
	assert_blocked(SOCKET "+0 send(s, \"x\")\n+0 answer(s)\n", "not for the peer");
}

/* --- injected packets ----------------------------------------------------- */

static void plain_udp_is_injected_with_all_that_was_not_named(void **state)
{
	(void)state;
	/* X1 to L1: the same sum as from L1 to X1, and ports the other way round */
	assert_passes(SOCKET "+0 < X1 -> L1 udp(src=7, dst=5000) \"hi\"\n");
	assert_string_equal(rig.given, "60000000000a1140" X1 L1 "00071388000a49bf6869");
}

static void a_forged_field_is_wrong_in_exactly_that(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 < X1 -> L1 udp(src=7, dst=5000, checksum=0xbad) \"hi\"\n");
	assert_string_equal(rig.given, "60000000000a1140" X1 L1 "00071388000a0bad6869");
}

static void raw_octets_are_injected_as_they_stand(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 < raw(hex\"6000 0000 00\")\n");
	assert_string_equal(rig.given, "6000000000");
}

/* --- what is left behind -------------------------------------------------- */

static void the_log_has_times_calls_and_packets(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = UDP_HI;
	r = rig_run(SOCKET "1 send(s,\n   \"x\") = 1\n+0 > L1 -> X1 udp *\n");
	assert_int_equal(r.verdict, VERDICT_PASS);
	assert_int_equal(r.event_count, 3);
	assert_string_equal(r.events[0],
			    "0.000000 call s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP) = 3");
	assert_non_null(strstr(r.events[1], "1.000000 > 2001:db8:1::1"));
	assert_string_equal(r.events[2], "1.000000 call send(s, \"x\") = 1");
	case_result_free(&r);
}

static void very_many_unexpected_packets_leave_room_for_the_verdict(void **state)
{
	(void)state;
	/* They can be kept, but not all that is to be said of them. */
	rig.on_send = UDP_HI;
	rig.copies = 15000;
	assert_fails(SOCKET "+0 send(s, \"x\") = 1\n", FIRST + 1,
		     "15000 packets that nobody expected");
}

static void an_echo_request_has_the_code_that_is_named(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 < X1 -> L1 echo(type=128, code=5, id=1, seq=2) \"hi\"\n"
			     "+0 drain()\n");
	assert_memory_equal(rig.given + 80, "8005", 4);
}

/* --- cases that grade nothing ---------------------------------------------- */

static void a_case_that_informs_is_recorded_whatever_it_sees(void **state)
{
	static const struct {
		const char *body, *last;
		bool sends;
	} rows[] = {
		{ SOCKET "+0 send(s, \"x\") = *\n", ":4: 1", false },
		{ SOCKET "+0 send(s, \"x\") = 2\n", ":4: result: 1", false },
		{ SOCKET "+0 > L1 -> X1 udp *\n", ":4: packet: none", false },
		{ SOCKET "+1 > none within 1\n", ":4: packet at 0.500000: ", true },
		{ SOCKET "+0 establish(s)\n", "no R1 came", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct case_result r;

		rig_setup(state);
		rig.informs = true;
		if (rows[i].sends)
			sends_at(500000);
		r = rig_run(rows[i].body);
		assert_int_equal(r.status, STATUS_COMPLETED);
		assert_int_equal(r.verdict, VERDICT_RECORDED);
		assert_null(r.failure);
		assert_int_equal(r.rule_count, 0);
		assert_string_equal(r.informs[0], "rfc0000/1/rule");
		assert_true(r.observed_count > 0);
		if (!strstr(r.observed[r.observed_count - 1], rows[i].last))
			fail_msg("%s", r.observed[r.observed_count - 1]);
		case_result_free(&r);
	}
}

static void a_case_that_informs_fails_where_damage_is_done(void **state)
{
	(void)state;
	rig.informs = true;
	rig.option = "01020304";
	rig.option_at = 1;
	assert_fails(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = *\n", FIRST + 1,
		     "wrote outside of the buffer");
	rig_setup(state);
	rig.informs = true;
	rig.stuck = true;
	assert_fails(SOCKET "+1 send(s, \"x\")\n", FIRST, "does not move on");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_timer_fires_at_its_exact_time, rig_setup),
		cmocka_unit_test_setup(bounds_of_time_are_inclusive, rig_setup),
		cmocka_unit_test_setup(the_next_event_counts_from_the_packet_that_came, rig_setup),
		cmocka_unit_test_setup(time_that_has_passed_is_inconclusive, rig_setup),
		cmocka_unit_test_setup(a_deadline_that_stays_is_caught, rig_setup),
		cmocka_unit_test_setup(in_real_time_there_is_a_tolerance, rig_setup),
		cmocka_unit_test_setup(a_packet_before_an_event_must_be_expected, rig_setup),
		cmocka_unit_test_setup(packets_of_the_same_moment_may_be_expected_later, rig_setup),
		cmocka_unit_test_setup(a_packet_after_the_last_event_fails, rig_setup),
		cmocka_unit_test_setup(what_is_drained_is_forgotten, rig_setup),
		cmocka_unit_test_setup(a_link_that_is_not_there_fails, rig_setup),
		cmocka_unit_test_setup(a_flood_fails_and_leaves_room_for_the_verdict, rig_setup),
		cmocka_unit_test_setup(what_the_target_does_not_offer_is_not_run, rig_setup),
		cmocka_unit_test_setup(silence_passes_when_the_target_is_alive, rig_setup),
		cmocka_unit_test_setup(silence_lasts_through_its_last_microsecond, rig_setup),
		cmocka_unit_test_setup(silence_of_the_dead_is_inconclusive, rig_setup),
		cmocka_unit_test_setup(what_goes_to_the_prober_is_no_affair_of_the_case, rig_setup),
		cmocka_unit_test_setup(packets_to_the_prober_before_any_probe_are_unexpected,
				       rig_setup),
		cmocka_unit_test_setup(the_probe_goes_to_a_locator_that_is_up, rig_setup),
		cmocka_unit_test_setup(a_handshake_without_an_answer_is_inconclusive, rig_setup),
		cmocka_unit_test_setup(plain_udp_is_injected_with_all_that_was_not_named,
				       rig_setup),
		cmocka_unit_test_setup(a_forged_field_is_wrong_in_exactly_that, rig_setup),
		cmocka_unit_test_setup(raw_octets_are_injected_as_they_stand, rig_setup),
		cmocka_unit_test_setup(the_log_has_times_calls_and_packets, rig_setup),
		cmocka_unit_test_setup(very_many_unexpected_packets_leave_room_for_the_verdict,
				       rig_setup),
		cmocka_unit_test_setup(a_case_that_informs_is_recorded_whatever_it_sees, rig_setup),
		cmocka_unit_test_setup(a_case_that_informs_fails_where_damage_is_done, rig_setup),
		cmocka_unit_test_setup(an_echo_request_has_the_code_that_is_named, rig_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
