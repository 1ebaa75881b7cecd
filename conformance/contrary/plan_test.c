/* SPDX-License-Identifier: BSD-2-Clause */
/* What is perturbed, from what a case says; and that the case finds it out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#include "conformance/contrary/plan.h"
#include "conformance/contrary/target/contrary.h"
#include "wire/checksum.h"

#include <fnmatch.h>

#define L1 "20010db8000100000000000000000001"
#define X1 "20010db8dead00000000000000000001"

/* UDP "hi" from port 5000 to port 7, as worked out in engine/match_test.c. */
#define UDP_HI "60000000 000a 11 40" L1 X1 "1388 0007 000a 49bf 6869"

/* A Probe, Exploring, with one report: from L1 to X1, nonce 1, data 2. */
#define PROBE                                                                                      \
	"60000000 0038 8c 40" L1 X1 "3b064300 9be8 00000000aaaa 01400000" L1 X1 "0000000100000002"

#define SOCKET "0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"
#define SENDS  SOCKET "+0 send(s, \"hi\") = 2\n"

/* --- a case, planned -------------------------------------------------------------- */

static struct suite suite;
static struct plan plan;
static json_t *description;

/* Run the case with the contrary target doing what `fault` says. */
static struct case_result play(const char *fault, struct notes *notes)
{
	const struct trial_order order = {
		.scenario = suite.scenarios, .description = description, .seed = 1, .verbose = true
	};
	const struct child_end end = { .finished = true };
	struct shimproof_target target;
	struct case_result result;
	struct ledger ledger;
	uint8_t *records;
	size_t len;

	rig.now = 0;
	rig.next = 0;
	assert_int_equal(contrary_make(&target, &rig_target, fault), 0);
	assert_int_equal(ledger_map(&ledger, RIG_LEDGER), 0);
	trial_play(&ledger, &order, &target);
	assert_int_equal(ledger_copy(&ledger, &records, &len), 0);
	if (notes)
		notes_take(notes, records, len);
	assert_int_equal(harvest_begin(&result, suite.scenarios), 0);
	assert_int_equal(harvest_result(&result, suite.scenarios, records, len, &end, true), 0);
	free(records);
	ledger_unmap(&ledger);
	return result;
}

static void plan_for(json_t *target, const char *body)
{
	struct notes notes = { 0 };
	struct case_result clean;

	rig_load(&suite, body);
	description = target;
	clean = play("note", &notes);
	if (clean.verdict != VERDICT_PASS)
		fail_msg("%s", clean.failure ? clean.failure->message : clean.reason);
	assert_int_equal(plan_case(&plan, 0, suite.scenarios, &notes, description, 1), 0);
	case_result_free(&clean);
	notes_free(&notes);
}

static void plan_body(const char *body)
{
	plan_for(json_loads(rig_description, 0, NULL), body);
}

static int forget(void **state)
{
	(void)state;
	plan_free(&plan);
	suite_free(&suite);
	json_decref(description);
	return 0;
}

static const struct perturbation *find(const char *words)
{
	for (size_t i = 0; i < plan.count; i++)
		if (!fnmatch(words, plan.items[i].words, 0))
			return &plan.items[i];
	return NULL;
}

static unsigned count_of(const char *words)
{
	unsigned n = 0;

	for (size_t i = 0; i < plan.count; i++)
		n += !fnmatch(words, plan.items[i].words, 0);
	return n;
}

/* Each of these is made and the case fails by it. */
static void assert_detected(const char *const *words)
{
	for (; *words; words++) {
		const struct perturbation *p = find(*words);
		struct case_result r;

		if (!p)
			fail_msg("not made: %s", *words);
		r = play(p->fault, NULL);
		if (r.verdict != VERDICT_FAIL)
			fail_msg("passed: %s", *words);
		case_result_free(&r);
	}
}

#define DETECTED(...) assert_detected((const char *const[]){ __VA_ARGS__, NULL })

/* --- calls --------------------------------------------------------------------------- */

static void a_call_that_may_not_fail_fails(void **state)
{
	(void)state;
	plan_body(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1)\n");
	DETECTED("result 0 -> -1 EIO (5)", "result 3 -> -1 EIO (5)");
	assert_int_equal(count_of("result *"), 2);
}

static void a_result_is_one_more_or_less(void **state)
{
	(void)state;
	plan_body(SENDS);
	DETECTED("result 2 -> 3", "result 2 -> 1", "result 2 -> -1 EIO (5)");
}

static void any_result_is_not_perturbed(void **state)
{
	(void)state;
	plan_body(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = *\n");
	assert_int_equal(count_of("result 0 *"), 0);
}

static void an_errno_is_another_or_the_call_succeeds(void **state)
{
	(void)state;
	rig.option_error = EOPNOTSUPP;
	plan_body(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = -1 EOPNOTSUPP\n");
	DETECTED("errno EOPNOTSUPP (95) -> EINVAL (22)",
		 "errno EOPNOTSUPP (95) -> EINVALIDLOCATOR (200)", "result -1 EOPNOTSUPP (95) -> 0");
	assert_null(find("errno * -> EOPNOTSUPP*"));
}

static void an_outcome_that_belongs_to_another_is_found_out(void **state)
{
	(void)state;
	rig.option_error = EINVAL;
	plan_body(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = 0 as taken "
			 "or -1 EINVAL as refused\n"
			 "+0 getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 {1} if taken "
			 "or -1 EINVAL if refused\n");
	DETECTED("result -1 EINVAL (22) -> 0");
	assert_int_equal(count_of("result -1 EINVAL (22) -> 0"), 2);
}

static void memory_behind_a_buffer_is_always_observed(void **state)
{
	(void)state;
	rig.data = "68";
	plan_body(SOCKET "+0 recvmsg(s, {len=9}) = *\n");
	DETECTED("name: an octet behind the buffer", "data: an octet behind the buffer",
		 "control: an octet behind the buffer");
	assert_int_equal(count_of("*: an octet behind the buffer"), 3);
}

static void an_errno_that_nobody_names_stays(void **state)
{
	(void)state;
	rig.option_error = EOPNOTSUPP;
	plan_body(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = -1\n");
	DETECTED("result -1 EOPNOTSUPP (95) -> 0");
	assert_null(find("errno *"));
}

static void only_members_that_are_named_change(void **state)
{
	(void)state;
	rig.option = "01000000 02000000 03000000";
	plan_body(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_PATHEXPLORE) = 0 {pe_keepaliveint=2}\n");
	DETECTED("value.pe_keepaliveint: 2 -> 3", "value length 12 -> 11", "value length 12 -> 13");
	assert_int_equal(count_of("value.*"), 1);
}

static void a_name_has_an_address_a_port_and_a_length(void **state)
{
	(void)state;
	inet_pton(AF_INET6, "2001:db8:1::1", &rig.from);
	plan_body(SOCKET "+0 getsockname(s) = 0 L1:7\n");
	DETECTED("name.addr octet 15: 01 -> 00", "name.addr: another locator of the same host",
		 "name.port: 7 -> 8", "name.family: 10 -> 11", "name length 28 -> 27");
	assert_null(find("name.scope_id*"));
}

static void what_a_variable_takes_is_excused(void **state)
{
	const struct perturbation *p;

	(void)state;
	rig.option = "01000000";
	plan_body(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 {$x}\n"
			 "+0 getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 {$x}\n");
	p = find("value*: * -> *");
	assert_non_null(p->excuse);
	DETECTED("value*: * -> *"); /* it is used again */
	assert_null(find("value length*")->excuse);
}

/* --- messages -------------------------------------------------------------------------- */

/* One SHIM_LOC_LOCAL_RECV, 6, at the level 6000, with a sockaddr_in6. */
#define CMSG                                                                                       \
	"2c00000000000000 70170000 06000000"                                                       \
	"0a00 0000 00000000" L1 "00000000 00000000"

static void each_part_of_a_message_changes(void **state)
{
	(void)state;
	rig.data = "6869";
	rig.control = CMSG;
	plan_body(SOCKET "+0 recvmsg(s, {len=9}) = 2 {data=\"hi\", flags=0, "
			 "control=[{SOL_SHIM, SHIM_LOC_LOCAL_RECV, {addr=L1}}]}\n");
	DETECTED("data octet 0: *", "data octet 1: *", "flags: with MSG_TRUNC",
		 "flags: with MSG_CTRUNC", "control: object 6 dropped", "control: object 6 twice",
		 "control: another level", "control: another type", "control: another cmsg_len",
		 "control: object 6.addr: another locator*", "control: one more object*");
	assert_null(find("name.*"));
	assert_null(find("control: object 6.port*"));
}

static void no_object_may_become_one(void **state)
{
	(void)state;
	rig.data = "68";
	plan_body(SOCKET "+0 recvmsg(s, {len=9}) = 1 {control=[]}\n");
	DETECTED("control: one more object*");
	assert_null(find("data octet*"));
}

static void an_object_too_many_needs_room(void **state)
{
	(void)state;
	rig.data = "68";
	rig.control = CMSG;
	plan_body(SOCKET "+0 recvmsg(s, {len=9, controllen=48}) = 1 {control=[*]}\n");
	DETECTED("control: object 6 dropped");
	assert_null(find("control: object 6 twice"));
	assert_null(find("control: one more object*"));
}

/* --- packets --------------------------------------------------------------------------- */

static void a_packet_is_missing_doubled_elsewhere_or_late(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	plan_body(SENDS "+0 > L1 -> X1 udp(src=5000, dst=7) \"hi\"\n");
	DETECTED("packet dropped", "packet twice", "link 1 -> 2", "packet a millisecond late",
		 "packet three seconds late", "packet: an octet behind its end");
	assert_null(find("packet a millisecond early")); /* it is an answer */
}

static void what_a_timer_sends_may_come_early(void **state)
{
	(void)state;
	rig.timed[0].usec = 1500000;
	rig.timed[0].hex = UDP_HI;
	plan_body(SOCKET "1~2 > L1 -> X1 udp \"hi\"\n");
	DETECTED("packet a millisecond early", "packet a millisecond late");
}

static void in_real_time_times_stay(void **state)
{
	json_t *live = json_loads(rig_description, 0, NULL);

	(void)state;
	json_object_set_new(live, "time", json_string("real"));
	rig.on_send = UDP_HI;
	plan_for(live, SENDS "+0 > L1 -> X1 udp(src=5000, dst=7) \"hi\"\n+0 > none within 1\n");
	assert_non_null(find("packet dropped"));
	assert_null(find("packet * late"));
	assert_null(find("a packet *"));
}

static void each_field_changes_by_itself(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	plan_body(SENDS "+0 > L1 -> X1 udp(src=5000) \"hi\"\n");
	DETECTED("ipv6.src: 2001:db8:1::1 -> 2001:db8:1::", "ipv6.src: * -> 2001:db8:2::1",
		 "ipv6.dst: *", "ipv6.payload_len: 10 -> 11", "ipv6.next_header: *",
		 "udp.src: 5000 -> 5001", "udp.len: 10 -> 11", "udp.checksum: 0x49bf -> 0x49c0",
		 "data.octets: 6869 -> 6969", "data.octets: 6869 -> 6868");
	assert_non_null(find("udp.dst, free: 7 -> 8"));
	assert_non_null(find("ipv6.hop_limit, free: 64 -> 65"));
}

/* The checksum of the datagram in a fault's packet, over its addresses. */
static uint16_t checksum_in(const char *fault)
{
	struct octets o = octets_of(strrchr(fault, ' ') + 1);
	struct in6_addr src, dst;
	uint16_t sum;

	memcpy(&src, o.data + 8, 16);
	memcpy(&dst, o.data + 24, 16);
	sum = checksum_finish(
		checksum_add(checksum_pseudo(&src, &dst, (uint32_t)o.len - 40, IPPROTO_UDP),
			     o.data + 40, o.len - 40));
	octets_free(&o);
	return sum;
}

static void checksums_above_are_repaired(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	plan_body(SENDS "+0 > L1 -> X1 udp(src=5000) \"hi\"\n");
	assert_int_equal(checksum_in(find("udp.src: 5000 -> 5001")->fault), 0);
	assert_int_equal(checksum_in(find("ipv6.dst: *")->fault), 0);
	assert_int_equal(checksum_in(find("data.octets: 6869 -> 6969")->fault), 0);
	assert_int_not_equal(checksum_in(find("udp.checksum: *")->fault), 0);
}

static void what_may_be_anything_stays(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	plan_body(SENDS "+0 > L1 -> X1 udp(src=*) ...\n");
	assert_null(find("udp.src*"));
	assert_null(find("data.*"));
	assert_non_null(find("udp.dst, free: *"));
}

static void what_leads_to_an_open_end_may_be_anything(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	plan_body(SENDS "+0 > L1 -> X1 ...\n");
	assert_null(find("ipv6.next_header*"));
	assert_non_null(find("ipv6.src: *"));
	forget(NULL);
	plan_body(SENDS "+0 > L1 -> X1 ipv6(next_header=17) ...\n");
	DETECTED("ipv6.next_header: 17 -> 18");
}

static void an_open_end_is_no_stranger(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	plan_body(SENDS "+0 > * -> X1 udp \"hi\"\n");
	DETECTED("ipv6.src: 2001:db8:1::1 -> 2001:db8:1::");
	assert_null(find("ipv6.src: 2001:db8:1::1 -> 2001:db8:2::1"));
	forget(NULL);
	plan_body(SENDS "+0 > L1 -> X1 udp \"hi\"\n");
	DETECTED("ipv6.src: 2001:db8:1::1 -> 2001:db8:2::1");
}

static void of_reports_the_named_members_change(void **state)
{
	(void)state;
	rig.on_send = PROBE;
	plan_body(SENDS "+0 > L1 -> X1 probe(sent_count=1, reports=[{dst=X1, nonce=*}])\n");
	DETECTED("probe.reports: octet 31: 01 -> 00");
	assert_null(find("probe.reports: octet 3[2-9]: *"));
	forget(NULL);
	plan_body(SENDS "+0 > L1 -> X1 probe\n");
	DETECTED("probe.sent_count, free: 1 -> 2", "probe.reports, free: octet 0: 20 -> 21");
	assert_non_null(find("probe.reports, free: octet 39: 02 -> 03"));
}

/* --- silence --------------------------------------------------------------------------- */

static void silence_is_broken_and_its_proof_withheld(void **state)
{
	struct case_result r;

	(void)state;
	plan_body(SOCKET "+0 > none within 5\n");
	DETECTED("a packet as the silence begins", "a packet as the silence ends",
		 "a packet more, at the end");
	r = play(find("the sign of life dropped")->fault, NULL);
	assert_int_equal(r.verdict, VERDICT_INCONCLUSIVE);
	case_result_free(&r);
}

static void what_is_drained_is_not_observed(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	plan_body(SENDS "+0 drain()\n");
	assert_null(find("*packet*"));
	assert_int_equal(count_of("*"), count_of("result *"));
}

static void words_of_the_runner_are_not_the_case(void **state)
{
	(void)state;
	plan_body("0 address_down(L2)\n+0 > none within 1\n");
	assert_null(find("result *"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_call_that_may_not_fail_fails),
		TEST(a_result_is_one_more_or_less),
		TEST(any_result_is_not_perturbed),
		TEST(an_errno_is_another_or_the_call_succeeds),
		TEST(an_outcome_that_belongs_to_another_is_found_out),
		TEST(memory_behind_a_buffer_is_always_observed),
		TEST(an_errno_that_nobody_names_stays),
		TEST(only_members_that_are_named_change),
		TEST(a_name_has_an_address_a_port_and_a_length),
		TEST(what_a_variable_takes_is_excused),
		TEST(each_part_of_a_message_changes),
		TEST(no_object_may_become_one),
		TEST(an_object_too_many_needs_room),
		TEST(a_packet_is_missing_doubled_elsewhere_or_late),
		TEST(what_a_timer_sends_may_come_early),
		TEST(in_real_time_times_stay),
		TEST(each_field_changes_by_itself),
		TEST(checksums_above_are_repaired),
		TEST(what_may_be_anything_stays),
		TEST(what_leads_to_an_open_end_may_be_anything),
		TEST(an_open_end_is_no_stranger),
		TEST(of_reports_the_named_members_change),
		TEST(silence_is_broken_and_its_proof_withheld),
		TEST(what_is_drained_is_not_observed),
		TEST(words_of_the_runner_are_not_the_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
