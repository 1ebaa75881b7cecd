/* SPDX-License-Identifier: BSD-2-Clause */
/* Outcomes that belong together, and events that are there only with one of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#define L1 "20010db8000100000000000000000001"
#define X1 "20010db8dead00000000000000000001"

/* UDP "hi" from port 5000 to port 7, as worked out in match_test.c. */
#define UDP_HI "60000000 000a 11 40" L1 X1 "1388 0007 000a 49bf 6869"

/* The rig's calls all end alike: with option_error, or rightly. */
#define SETS                                                                                       \
	"0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"                                        \
	"+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 7) = 0 as taken "                               \
	"or -1 EINVAL as refused or tolerated -1 EIO as refused\n"

#define ASKS "+0 if taken drain()\n+0 if refused drain()\n"

#define GETS "+0 getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = "

static struct case_result run(void **state, int error, const char *body)
{
	rig_setup(state);
	rig.option = "01000000";
	rig.option_error = error;
	return rig_run(body);
}

static void an_outcome_is_open_where_the_one_that_it_asks_for_has_come(void **state)
{
	static const struct {
		int error;
		const char *gets;
		enum case_verdict verdict;
	} rows[] = {
		{ 0, "0 {1} if taken or -1 if refused", VERDICT_PASS },
		{ 0, "-1 if taken or 0 {1} if refused", VERDICT_FAIL },
		{ EINVAL, "0 {1} if taken or -1 EINVAL if refused", VERDICT_PASS },
		{ EINVAL, "-1 EINVAL if taken or 0 {1} if refused", VERDICT_FAIL },
		{ EIO, "0 {1} if taken or -1 EIO if refused", VERDICT_PASS },
		{ EIO, "-1 EIO if taken or 0 if refused", VERDICT_FAIL },
		{ EIO, "-1 EIO or 0 if taken", VERDICT_PASS },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char body[512];
		struct case_result r;

		snprintf(body, sizeof(body), SETS GETS "%s\n" ASKS, rows[i].gets);
		r = run(state, rows[i].error, body);
		if (r.verdict != rows[i].verdict)
			fail_msg("%d: %s", rows[i].error, rows[i].gets);
		case_result_free(&r);
	}
}

static void a_difference_tells_of_the_open_outcomes_alone(void **state)
{
	struct case_result r =
		run(state, 0, SETS GETS "0 {0} if taken or 0 {1} if refused or 0 {3}\n");

	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_string_equal(r.failure->message,
			    "getsockopt(): expected 0 {0} or 0 {3}, got 0 {1} optlen=4");
	case_result_free(&r);
}

static void what_was_seen_is_told_without_names(void **state)
{
	struct case_result r = run(state, EIO,
				   SETS GETS "-1 EIO as same if refused or 0 if taken\n" GETS "-1\n"
					     "+0 if same drain()\n");

	assert_int_equal(r.verdict, VERDICT_PASS);
	assert_int_equal(r.observed_count, 3);
	assert_non_null(strstr(r.observed[0], ":4: -1 EIO"));
	assert_string_equal(strchr(r.observed[1], ' '), " -1 EIO");
	assert_int_equal(r.deviation_count, 1);
	case_result_free(&r);
}

static void a_name_holds_to_the_end(void **state)
{
	struct case_result r = run(state, 0,
				   SETS GETS "0 or -1 as again\n" GETS "0 if taken or -1\n"
					     "+0 if again drain()\n"
					     "+0 if refused drain()\n" GETS "0 if taken or -1\n");

	assert_int_equal(r.verdict, VERDICT_PASS);
	case_result_free(&r);
}

static void an_event_that_asks_in_vain_is_not_there(void **state)
{
	static const char sends[] = SETS "+0 if taken send(s, \"hi\") = 7\n"
					 "+0 if refused send(s, \"hi\") = 2\n";
	struct case_result r = run(state, EINVAL, sends);

	assert_int_equal(r.verdict, VERDICT_PASS);
	assert_int_equal(r.checks, 2);
	case_result_free(&r);
	r = run(state, 0, sends);
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_string_equal(r.failure->message, "send(): expected 7, got 2");
	case_result_free(&r);
}

static void time_does_not_pass_for_an_event_that_is_not_there(void **state)
{
	static const char body[] = SETS "+5 if refused drain()\n"
					"+1 > L1 -> X1 udp(src=5000, dst=7) \"hi\"\n" ASKS;
	struct case_result r;

	rig_setup(state);
	rig.option = "01000000";
	rig.timed[0].usec = 1000000;
	rig.timed[0].hex = UDP_HI;
	r = rig_run(body);
	assert_int_equal(r.verdict, VERDICT_PASS);
	case_result_free(&r);
}

static void a_packet_can_be_due_for_one_outcome_alone(void **state)
{
	static const char body[] = SETS "+0 send(s, \"hi\") = 2\n"
					"+0 if taken > L1 -> X1 udp(src=5000, dst=7) \"hi\"\n"
					"+0 if refused > none within 1\n";
	struct case_result r;

	for (int refused = 0; refused < 2; refused++) {
		rig_setup(state);
		rig.option = "01000000";
		rig.on_send = UDP_HI;
		rig.option_error = refused ? EINVAL : 0;
		r = rig_run(body);
		assert_int_equal(r.verdict, refused ? VERDICT_FAIL : VERDICT_PASS);
		case_result_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outcome_is_open_where_the_one_that_it_asks_for_has_come),
		cmocka_unit_test(a_difference_tells_of_the_open_outcomes_alone),
		cmocka_unit_test(what_was_seen_is_told_without_names),
		cmocka_unit_test(a_name_holds_to_the_end),
		cmocka_unit_test(an_event_that_asks_in_vain_is_not_there),
		cmocka_unit_test(time_does_not_pass_for_an_event_that_is_not_there),
		cmocka_unit_test(a_packet_can_be_due_for_one_outcome_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
