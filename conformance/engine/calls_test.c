/* SPDX-License-Identifier: BSD-2-Clause */
/* What calls give back, beside what a case says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#define SOCKET "0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"
enum { CALL = 4 }; /* line behind SOCKET */

/* --- results and errnos --------------------------------------------------- */

static void the_errno_is_compared_by_name(void **state)
{
	struct case_result r;

	(void)state;
	rig.option_error = ENOENT;
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1 EOPNOTSUPP\n");
	assert_differs(&r, CALL, "errno", "EOPNOTSUPP (95)", "ENOENT (2)");
	assert_string_equal(r.failure->message,
			    "setsockopt(): expected -1 EOPNOTSUPP, got -1 ENOENT (2)");
	case_result_free(&r);
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1 ENOENT\n");
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1\n");
}

static void another_errno_is_any_but_the_one(void **state)
{
	struct case_result r;

	(void)state;
	rig.option_error = ENOENT;
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1 !EINVAL\n");
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1 !ENOENT\n");
	assert_differs(&r, CALL, "errno", "not ENOENT", "2");
	case_result_free(&r);
	rig.option_error = 0;
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1 !ENOENT\n");
	assert_differs(&r, CALL, "result", "-1 not ENOENT", "0");
	case_result_free(&r);
}

static void another_number_is_any_but_the_one(void **state)
{
	struct case_result r;

	(void)state;
	rig.option = "01000000";
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 {!0}\n"
			     "+0 send(s, \"x\") = !2\n");
	r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 !1\n");
	assert_differs(&r, CALL, "value", "not 1", "1");
	case_result_free(&r);
	r = rig_run(SOCKET "+0 send(s, \"x\") = $n\n+0 send(s, \"x\") = !$n\n");
	assert_differs(&r, CALL + 1, "result", "not 1 ($n)", "1");
	case_result_free(&r);
}

static void an_errno_of_the_target_has_its_number(void **state)
{
	struct case_result r;

	(void)state;
	rig.option_error = 200;
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1 EINVALIDLOCATOR\n");
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = -1 EINVAL\n");
	assert_differs(&r, CALL, "errno", "EINVAL (22)", "EINVALIDLOCATOR (200)");
	case_result_free(&r);
}

static void success_where_an_error_is_due_fails_and_the_other_way_round(void **state)
{
	struct case_result r;

	(void)state;
	r = rig_run(SOCKET "+0 send(s, \"x\") = -1 EAGAIN\n");
	assert_differs(&r, CALL, "result", "-1 EAGAIN (11)", "1");
	case_result_free(&r);
	rig.send_error = EAGAIN;
	r = rig_run(SOCKET "+0 send(s, \"x\") = 1\n");
	assert_differs(&r, CALL, "result", "1", "-1 EAGAIN (11)");
	case_result_free(&r);
	r = rig_run(SOCKET "+0 send(s, \"x\")\n");
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_string_equal(r.failure->message, "send(): expected no error, got -1 EAGAIN (11)");
	case_result_free(&r);
}

static void where_any_end_is_right_what_came_is_told(void **state)
{
	static const struct {
		const char *event, *observed;
		int error;
	} rows[] = {
		{ "getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = *", ":4: 0 {1} optlen=4", 0 },
		{ "getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 *", ":4: 0 {1} optlen=4", 0 },
		{ "getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = *", ":4: -1 EINVAL (22)", EINVAL },
		{ "getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = -1", ":4: -1 EINVAL (22)", EINVAL },
		{ "getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 {0} or -1", ":4: -1 EINVAL (22)",
		  EINVAL },
		{ "getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 {1}", NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char body[256];
		struct case_result r;

		rig_setup(state);
		rig.option = "01000000";
		rig.option_error = rows[i].error;
		snprintf(body, sizeof(body), SOCKET "+0 %s\n", rows[i].event);
		r = rig_run(body);
		assert_int_equal(r.verdict, VERDICT_PASS);
		assert_int_equal(r.observed_count, rows[i].observed ? 1 : 0);
		if (rows[i].observed && !strstr(r.observed[0], rows[i].observed))
			fail_msg("%s: %s", rows[i].event, r.observed[0]);
		case_result_free(&r);
	}
}

static void which_of_several_right_ends_was_seen_is_told(void **state)
{
	struct case_result r;

	(void)state;
	rig.option_error = EINVAL;
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 7) = 0 or -1 EINVAL\n");
	assert_int_equal(r.verdict, VERDICT_PASS);
	assert_int_equal(r.observed_count, 1);
	assert_non_null(strstr(r.observed[0], ":4: -1 EINVAL"));
	assert_int_equal(r.deviation_count, 0);
	case_result_free(&r);
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 7) = 0 or -1 EBADF\n");
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_string_equal(r.failure->message,
			    "setsockopt(): expected 0 or -1 EBADF, got -1 EINVAL (22)");
	case_result_free(&r);
}

static void a_tolerated_end_passes_as_a_deviation(void **state)
{
	struct case_result r;

	(void)state;
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 7) = -1 EINVAL "
			   "or tolerated 0\n");
	assert_int_equal(r.verdict, VERDICT_PASS);
	assert_int_equal(r.deviation_count, 1);
	assert_non_null(strstr(r.deviations[0], ":4: 0"));
	case_result_free(&r);
}

/* --- option values -------------------------------------------------------- */

static void an_option_value_is_compared_by_its_type(void **state)
{
	struct case_result r;

	(void)state;
	rig.option = "01000000";
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 {1}\n");
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 hex\"01000000\"\n");
	r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 {2}\n");
	assert_differs(&r, CALL, "value", "2", "1");
	case_result_free(&r);
	r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 zero\n");
	assert_differs(&r, CALL, "value", "hex\"00000000\"", "hex\"01000000\"");
	case_result_free(&r);
}

static void all_members_that_differ_are_reported(void **state)
{
	struct case_result r;

	(void)state;
	/* RFC 6316 8.2: probenum 4, keepaliveto 60, keepaliveint 20, initprobeto 500 */
	rig.option = "0400 3c00 1400 f401 00000000";
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_PATHEXPLORE) = 0 "
			     "{pe_probenum=4, pe_initprobeto=500}\n");
	r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_PATHEXPLORE) = 0 "
			   "{pe_probenum=5, pe_keepaliveto=60, pe_initprobeto=501}\n");
	assert_differs(&r, CALL, "value.pe_probenum", "5", "4");
	assert_differs(&r, CALL, "value.pe_initprobeto", "501", "500");
	assert_int_equal(rig_difference(&r, "value.pe_initprobeto")->offset, 6);
	assert_int_equal(r.failure->difference_count, 2);
	case_result_free(&r);
}

static void the_returned_length_must_be_the_types(void **state)
{
	struct case_result r;

	(void)state;
	rig.option = "0100";
	r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 {1}\n");
	assert_differs(&r, CALL, "value length", "4 octets", "2 octets");
	case_result_free(&r);
	rig.option = "01000000";
	rig.option_len = 5;
	r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 {1}\n");
	assert_differs(&r, CALL, "optlen", "at most 4", "5");
	case_result_free(&r);
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, optlen=8) = "
			     "0 * optlen=5\n");
}

static void writing_outside_of_a_buffer_fails_whatever_was_expected(void **state)
{
	static const struct {
		long at;
		const char *where, *wrote;
		long offset;
	} rows[] = {
		{ 1, "memory behind the option's value", "hex\"04\"", 4 },
		{ -1, "memory before the option's value", "hex\"01\"", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct case_result r;

		rig_setup(state);
		rig.option = "01020304";
		rig.option_at = rows[i].at;
		r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = *\n");
		assert_differs(&r, CALL, rows[i].where, "untouched", rows[i].wrote);
		assert_int_equal(rig_difference(&r, rows[i].where)->offset, rows[i].offset);
		case_result_free(&r);
	}
}

static void a_given_struct_is_laid_out_as_the_rfc_has_it(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_PATHEXPLORE, "
			     "{pe_probenum=4, pe_keepaliveto=60, pe_initprobeto=500}) = 0\n");
	assert_string_equal(rig.given, "04003c000000f40100000000");
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, -2) = 0\n");
	assert_string_equal(rig.given, "feffffff");
}

static void optlen_decides_how_much_is_given(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1, optlen=2) = 0\n");
	assert_string_equal(rig.given, "0100");
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1, optlen=6) = 0\n");
	assert_string_equal(rig.given, "010000000000");
}

/* --- messages ------------------------------------------------------------- */

/* struct cmsghdr on this platform: length, level, type; then the content. */
#define RECV_L2 "2c00000000000000 70170000 06000000" \
		"0a00 0000 00000000 20010db8000200000000000000000001 00000000 00000000"
#define RECV_X1 "2c00000000000000 70170000 07000000" \
		"0a00 0000 00000000 20010db8dead00000000000000000001 00000000"

static void ancillary_data_matches_in_any_order(void **state)
{
	struct case_result r;

	(void)state;
	inet_pton(AF_INET6, "2001:db8:dead::1", &rig.from);
	rig.data = "6869";
	rig.control = RECV_L2 RECV_X1;
	assert_passes(SOCKET "+0 recvmsg(s, {}) = 2 {name=X1:7, data=\"hi\", flags=0, control=["
			     "{SOL_SHIM, SHIM_LOC_PEER_RECV, {addr=X1}}, "
			     "{SOL_SHIM, SHIM_LOC_LOCAL_RECV, {addr=L2}}]}\n");
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 2 {control=["
			   "{SOL_SHIM, SHIM_LOC_PEER_RECV, {addr=X2}}, "
			   "{SOL_SHIM, SHIM_LOC_LOCAL_RECV, {addr=L2}}]}\n");
	assert_differs(&r, CALL, "control[0].addr", "2001:db8:dead::2", "2001:db8:dead::1");
	assert_int_equal(r.failure->difference_count, 1);
	case_result_free(&r);
}

static void where_any_message_is_right_its_ancillary_data_is_told(void **state)
{
	struct case_result r;

	(void)state;
	rig.data = "6869";
	rig.control = RECV_X1;
	rig.flags = MSG_CTRUNC;
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = *\n");
	assert_int_equal(r.observed_count, 1);
	assert_non_null(strstr(r.observed[0], ":4: 2 \"hi\" control=[{6000, 7, hex\"0a00"));
	assert_non_null(strstr(r.observed[0], "\"}] flags=0x8"));
	case_result_free(&r);
}

static void ancillary_data_matches_completely(void **state)
{
	struct case_result r;

	(void)state;
	rig.control = RECV_L2 RECV_X1;
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 0 {control=["
			   "{SOL_SHIM, SHIM_LOC_LOCAL_RECV, {addr=L2}}]}\n");
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_string_equal(rig_difference(&r, "control")->expected, "nothing more");
	assert_int_equal(rig_difference(&r, "control")->offset, 48);
	case_result_free(&r);
	rig.control = NULL;
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 0 {control=["
			   "{SOL_SHIM, SHIM_LOC_LOCAL_RECV, {addr=L2}}]}\n");
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_string_equal(rig_difference(&r, "control[0]")->actual, "not there");
	case_result_free(&r);
}

static void a_cmsg_that_leaves_its_buffer_is_a_difference(void **state)
{
	struct case_result r;

	(void)state;
	rig.control = "4000000000000000 70170000 06000000 00000000";
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 0 {control=[]}\n");
	assert_differs(&r, CALL, "control", "a cmsg_len that fits", "64");
	case_result_free(&r);
}

static void name_data_and_flags_are_compared(void **state)
{
	struct case_result r;

	(void)state;
	inet_pton(AF_INET6, "2001:db8:2::1", &rig.from);
	rig.data = "6869";
	rig.flags = MSG_CTRUNC;
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 2 {name=L1:8, data=\"ho\", flags=0}\n");
	assert_differs(&r, CALL, "name.addr", "2001:db8:1::1 (L1)", "2001:db8:2::1 (L2)");
	assert_differs(&r, CALL, "name.port", "8", "7");
	assert_differs(&r, CALL, "data", "\"ho\"", "\"hi\"");
	assert_differs(&r, CALL, "flags", "0", "8");
	assert_int_equal(r.failure->difference_count, 4);
	case_result_free(&r);
	assert_passes(SOCKET "+0 recvmsg(s, {}) = 2 {flags=MSG_CTRUNC}\n");
}

static void an_item_of_ancillary_data_can_be_anything(void **state)
{
	struct case_result r;

	(void)state;
	rig.control = RECV_L2 RECV_X1;
	assert_passes(SOCKET "+0 recvmsg(s, {}) = 0 {control=[*, "
			     "{SOL_SHIM, SHIM_LOC_LOCAL_RECV, {addr=L2}}]}\n");
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 0 {control=[*]}\n");
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_string_equal(rig_difference(&r, "control")->expected, "nothing more");
	case_result_free(&r);
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 0 {control=[*, *, *]}\n");
	assert_differs(&r, CALL, "control[2]", "*", "not there");
	case_result_free(&r);
}

static void four_octets_in_a_variable_stay_octets(void **state)
{
	(void)state;
	rig.option = "01020304";
	rig.on_send = "60000000 000c 11 40 20010db8000100000000000000000001"
		      "20010db8dead00000000000000000001 1388 0007 000c ae1b 01020304";
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, 99) = 0 $x\n"
			     "+0 send(s, $x) = 4\n+0 > L1 -> X1 udp(checksum=*) $x\n");
}

static void an_address_is_not_longer_than_its_room(void **state)
{
	struct case_result r;

	(void)state;
	inet_pton(AF_INET6, "2001:db8:2::1", &rig.from);
	rig.name_len = 200;
	r = rig_run(SOCKET "+0 recvmsg(s, {}) = 0 {name=L2:7}\n");
	assert_differs(&r, CALL, "namelen", "at most 28", "200");
	case_result_free(&r);
	r = rig_run(SOCKET "+0 getsockname(s) = 0 L2:7\n");
	assert_differs(&r, CALL, "length", "at most 28", "200");
	case_result_free(&r);
	rig.name_len = 0;
	assert_passes(SOCKET "+0 recvmsg(s, {}) = 0 {name=L2:7}\n+0 getsockname(s) = 0 L2:7\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_errno_is_compared_by_name, rig_setup),
		cmocka_unit_test_setup(another_errno_is_any_but_the_one, rig_setup),
		cmocka_unit_test_setup(another_number_is_any_but_the_one, rig_setup),
		cmocka_unit_test_setup(an_errno_of_the_target_has_its_number, rig_setup),
		cmocka_unit_test_setup(success_where_an_error_is_due_fails_and_the_other_way_round,
				       rig_setup),
		cmocka_unit_test_setup(where_any_end_is_right_what_came_is_told, rig_setup),
		cmocka_unit_test_setup(which_of_several_right_ends_was_seen_is_told, rig_setup),
		cmocka_unit_test_setup(a_tolerated_end_passes_as_a_deviation, rig_setup),
		cmocka_unit_test_setup(an_option_value_is_compared_by_its_type, rig_setup),
		cmocka_unit_test_setup(all_members_that_differ_are_reported, rig_setup),
		cmocka_unit_test_setup(the_returned_length_must_be_the_types, rig_setup),
		cmocka_unit_test_setup(writing_outside_of_a_buffer_fails_whatever_was_expected,
				       rig_setup),
		cmocka_unit_test_setup(a_given_struct_is_laid_out_as_the_rfc_has_it, rig_setup),
		cmocka_unit_test_setup(optlen_decides_how_much_is_given, rig_setup),
		cmocka_unit_test_setup(ancillary_data_matches_in_any_order, rig_setup),
		cmocka_unit_test_setup(where_any_message_is_right_its_ancillary_data_is_told,
				       rig_setup),
		cmocka_unit_test_setup(ancillary_data_matches_completely, rig_setup),
		cmocka_unit_test_setup(a_cmsg_that_leaves_its_buffer_is_a_difference, rig_setup),
		cmocka_unit_test_setup(name_data_and_flags_are_compared, rig_setup),
		cmocka_unit_test_setup(an_item_of_ancillary_data_can_be_anything, rig_setup),
		cmocka_unit_test_setup(four_octets_in_a_variable_stay_octets, rig_setup),
		cmocka_unit_test_setup(an_address_is_not_longer_than_its_room, rig_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
