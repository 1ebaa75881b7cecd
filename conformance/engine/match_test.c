/* SPDX-License-Identifier: BSD-2-Clause */
/* Expected packets beside packets written by hand. Checksums: RFC 768, RFC
 * 8200 8.1 and RFC 5533 5.3, worked out apart from this code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#define L1 "20010db8000100000000000000000001"
#define L2 "20010db8000200000000000000000001"
#define X1 "20010db8dead00000000000000000001"

/* UDP "hi" from port 5000 to port 7. */
#define UDP_HI     "60000000 000a 11 40" L1 X1 "1388 0007 000a 49bf 6869"
#define UDP_FORGED "60000000 000a 11 40" L1 X1 "1388 0007 000a 0bad 6869"
#define UDP_EMPTY  "60000000 0008 11 40" L1 X1 "1388 0007 0008 b22c"
#define UDP_L2     "60000000 000a 11 40" L2 X1 "1388 0007 000a 49be 6869"

/* The same behind a payload extension header; its checksum is for L1 and X1. */
#define TAGGED "60000000 0012 8c 40" L2 X1 "11 00 8123456789ab 1388 0007 000a 49bf 6869"

/* I1, tag 0x0123456789ab, nonce 0xdeadbeef. */
#define I1 "60000000 0010 8c 40" L1 X1 "3b010100 562b 0123456789ab deadbeef"

/* A Probe, Exploring, that counts so many reports and has one: from there to X1. */
#define PROBE(checksum, count, from)                                                               \
	"60000000 0038 8c 40" L1 X1 "3b064300" checksum "00000000aaaa" count "400000" from X1      \
	"00000001 00000002"

/* That I1 with a list of L1 and L2; its checksum is none. */
#define LIST                                                                                       \
	"60000000 0040 8c 40" L1 X1 "3b070100 0000 0123456789ab deadbeef"                          \
	"0004 002c 00000001 02 02 01 0000000000" L1 L2

/* "hi" as protocol 253 (RFC 3692 2.1), alone and behind a payload extension header. */
#define RAW        "60000000 0002 fd 40" L1 X1 "6869"
#define RAW_TAGGED "60000000 000a 8c 40" L2 X1 "fd 00 8123456789ab 6869"

/* TCP "hi", PSH and ACK (RFC 9293 3.1). */
#define TCP_HI "60000000 0016 06 40" L1 X1 "1388 0007 00000064 000000c8 5018 ffff f883 0000 6869"

#define SEND "0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n+0 send(s, \"x\")\n"
enum { EXPECTATION = 5 }; /* the line behind SEND */

static void a_packet_as_expected_passes(void **state)
{
	(void)state;
	rig.on_send = UDP_HI;
	assert_passes(SEND "+0 > L1 -> X1 udp(src=5000, dst=7) \"hi\"\n");
	assert_passes(SEND "+0 > L1 -> X1 ipv6(hop_limit=64) udp(checksum=0x49bf) \"hi\"\n");
	assert_passes(SEND "+0 > L1 -> X1 udp(src=*) *\n");
	assert_passes(SEND "+0 > L1 -> X1 ...\n");
	assert_passes(SEND "+0 > L1 -> X1 udp ...\n");
	assert_int_equal(rig.destroyed, 5);
}

static void an_end_that_is_left_open_is_any_locator_of_that_host(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = UDP_L2;
	r = rig_run(SEND "+0 > * -> X1 udp(src=5000, dst=7) \"hi\"\n");
	assert_differs(&r, EXPECTATION, "link", "2", "1");
	assert_int_equal(r.failure->difference_count, 1);
	case_result_free(&r);
	rig.on_send = UDP_HI;
	assert_passes(SEND "+0 > * -> X1 udp(src=5000, dst=7) \"hi\"\n");
	r = rig_run(SEND "+0 > * -> * udp(src=5000, dst=7) \"hi\"\n");
	assert_differs(&r, EXPECTATION, "ipv6.dst", "a locator of the peer's", "2001:db8:dead::1");
	assert_int_equal(r.failure->difference_count, 1);
	case_result_free(&r);
}

static void every_difference_is_reported_with_its_place(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = UDP_HI;
	r = rig_run(SEND "+0 > L2 -> X1 ipv6(hop_limit=3) udp(src=5000, dst=9) \"ho\"\n");
	assert_differs(&r, EXPECTATION, "ipv6.src", "2001:db8:2::1", "2001:db8:1::1");
	assert_differs(&r, EXPECTATION, "ipv6.hop_limit", "3", "64");
	assert_differs(&r, EXPECTATION, "udp.dst", "9", "7");
	assert_differs(&r, EXPECTATION, "link", "2", "1");
	assert_int_equal(rig_difference(&r, "ipv6.src")->offset, 8);
	assert_int_equal(rig_difference(&r, "udp.dst")->offset, 42);
	assert_int_equal(rig_difference(&r, "data.octets")->offset, 48);
	assert_int_equal(r.failure->difference_count, 5);
	case_result_free(&r);
}

static void an_unnamed_checksum_must_be_right(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = UDP_FORGED;
	r = rig_run(SEND "+0 > L1 -> X1 udp(src=5000, dst=7) \"hi\"\n");
	assert_differs(&r, EXPECTATION, "udp.checksum", "0x49bf", "0xbad");
	assert_int_equal(rig_difference(&r, "udp.checksum")->offset, 46);
	assert_int_equal(r.failure->difference_count, 1);
	case_result_free(&r);
	assert_passes(SEND "+0 > L1 -> X1 udp(checksum=0x0bad) \"hi\"\n");
	assert_passes(SEND "+0 > L1 -> X1 udp(checksum=*) \"hi\"\n");
}

static void a_checksum_behind_a_payload_header_is_for_the_ulids(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = TAGGED;
	rig.link = 2;
	assert_passes(SEND "+0 > L2 -> X1 ulids(L1, X1) payload(tag=0x0123456789ab) udp \"hi\"\n");
	r = rig_run(SEND "+0 > L2 -> X1 ulids(L2, X1) payload udp \"hi\"\n");
	assert_differs(&r, EXPECTATION, "udp.checksum", "0x49be", "0x49bf");
	case_result_free(&r);
}

static void other_layers_are_shown_beside_those_expected(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = I1;
	assert_passes(SEND "+0 > L1 -> X1 i1(init_tag=0x0123456789ab, init_nonce=0xdeadbeef)\n");
	r = rig_run(SEND "+0 > L1 -> X1 udp(dst=7) \"hi\"\n");
	assert_differs(&r, EXPECTATION, "layers", "ipv6 udp data", "ipv6 i1");
	case_result_free(&r);
	r = rig_run(SEND "+0 > L1 -> X1 i1 ulid_pair\n");
	assert_differs(&r, EXPECTATION, "layers", "ipv6 i1 ulid_pair", "ipv6 i1");
	case_result_free(&r);
}

static void no_data_is_the_same_as_empty_data(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = UDP_EMPTY;
	assert_passes(SEND "+0 > L1 -> X1 udp(dst=7)\n");
	assert_passes(SEND "+0 > L1 -> X1 udp(dst=7) \"\"\n");
	rig.on_send = UDP_HI;
	r = rig_run(SEND "+0 > L1 -> X1 udp(dst=7) \"\"\n");
	assert_differs(&r, EXPECTATION, "layers", "ipv6 udp", "ipv6 udp data");
	case_result_free(&r);
}

static void a_packet_leaves_by_the_link_of_its_source(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = UDP_L2;
	r = rig_run(SEND "+0 > L2 -> X1 udp \"hi\"\n");
	assert_differs(&r, EXPECTATION, "link", "2", "1");
	case_result_free(&r);
	assert_passes(SEND "+0 > link1 L2 -> X1 udp \"hi\"\n");
}

static void a_variable_takes_a_value_and_then_holds_it(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = I1;
	assert_passes(SEND "+0 > L1 -> X1 i1(init_tag=$t, init_nonce=$n)\n"
			   "+0 send(s, \"x\")\n"
			   "+0 > L1 -> X1 i1(init_tag=$t, init_nonce=$n)\n");
	r = rig_run(SEND "+0 > L1 -> X1 i1(init_tag=$t, init_nonce=$t)\n");
	assert_differs(&r, EXPECTATION, "i1.init_nonce", "1250999896491 (0x123456789ab) ($t)",
		       "3735928559 (0xdeadbeef)");
	case_result_free(&r);
}

static void another_value_is_any_but_the_one(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = I1;
	assert_passes(SEND "+0 > L1 -> X1 i1(init_tag=$t, init_nonce=!$t)\n");
	r = rig_run(SEND "+0 > L1 -> X1 i1(init_nonce=!0xdeadbeef)\n");
	assert_differs(&r, EXPECTATION, "i1.init_nonce", "not 3735928559", "3735928559");
	case_result_free(&r);
}

static void a_probe_has_the_reports_that_it_counts_and_is_the_first(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = PROBE("9be8", "01", L1);
	assert_passes(SEND "+0 > L1 -> X1 probe(state=1)\n");
	rig.on_send = PROBE("9ae8", "02", L1);
	r = rig_run(SEND "+0 > L1 -> X1 probe(state=1)\n");
	assert_differs(&r, EXPECTATION, "probe", "what RFC 5534 5.2 has",
		       "report 2 of 2 has 0 of its 40 octets");
	case_result_free(&r);
	rig.on_send = PROBE("bd3b", "01", X1);
	r = rig_run(SEND "+0 > L1 -> X1 probe(state=1)\n");
	assert_differs(&r, EXPECTATION, "probe", "what RFC 5534 5.2 has",
		       "sent[0].src is not the source of this Probe");
	case_result_free(&r);
}

static void raw_octets_are_compared_whole(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = I1;
	assert_passes(SEND "+0 > raw(hex\"" I1 "\")\n");
	r = rig_run(SEND "+0 > raw(hex\"" UDP_HI "\")\n");
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_int_equal(rig_difference(&r, "packet")->offset, 5);
	case_result_free(&r);
}

static void octets_that_are_promised_and_missing_are_a_difference(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = "60000000 000b 11 40" L1 X1 "1388 0007 000a 49bf 6869";
	r = rig_run(SEND "+0 > L1 -> X1 udp(src=5000, dst=7) \"hi\"\n");
	assert_differs(&r, EXPECTATION, "ipv6.payload_len", "10", "11, more octets than there are");
	assert_int_equal(rig_difference(&r, "ipv6.payload_len")->offset, 4);
	assert_int_equal(r.failure->difference_count, 1);
	case_result_free(&r);
	r = rig_run(SEND "+0 > L1 -> X1 ...\n");
	assert_differs(&r, EXPECTATION, "ipv6.payload_len", "10", "11, more octets than there are");
	case_result_free(&r);
	assert_passes(SEND "+0 > L1 -> X1 ipv6(payload_len=11) udp(src=5000, dst=7) \"hi\"\n");

	rig.on_send = "60000000 000a 11 40" L1 "20010db8";
	r = rig_run(SEND "+0 > L1 -> X1 ...\n");
	assert_differs(&r, EXPECTATION, "packet length", "a whole IPv6 header", "28 octets");
	case_result_free(&r);
}

static void items_of_a_list_can_be_anything_and_variables(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = LIST;
	assert_passes(SEND "+0 > L1 -> X1 i1(checksum=*) locator_list(methods=[2, 1]) ...\n");
	assert_passes(SEND "+0 > L1 -> X1 i1(checksum=*)"
			   " locator_list(methods=[*, $m], locators=[$a, *]) ...\n"
			   "+0 send(s, \"x\")\n"
			   "+0 > L1 -> X1 i1(checksum=*)"
			   " locator_list(methods=[2, $m], locators=[$a, L2]) ...\n");
	r = rig_run(SEND "+0 > L1 -> X1 i1(checksum=*) locator_list(methods=[*, 2]) ...\n");
	assert_differs(&r, EXPECTATION, "locator_list.methods[1]", "2", "1");
	case_result_free(&r);
	r = rig_run(SEND "+0 > L1 -> X1 i1(checksum=*) locator_list(locators=[L1, L1]) ...\n");
	assert_differs(&r, EXPECTATION, "locator_list.locators[1]", "2001:db8:1::1 (L1)",
		       "2001:db8:2::1 (L2)");
	case_result_free(&r);
	r = rig_run(SEND "+0 > L1 -> X1 i1(checksum=*) locator_list(methods=[*]) ...\n");
	assert_differs(&r, EXPECTATION, "locator_list.methods", "[*]", "[2, 1]");
	case_result_free(&r);
}

static void a_protocol_that_nobody_explains_is_data_behind_its_number(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = RAW;
	assert_passes(SEND "+0 > L1 -> X1 ipv6(next_header=253) \"hi\"\n");
	assert_passes(SEND "+0 > L1 -> X1 \"hi\"\n");
	r = rig_run(SEND "+0 > L1 -> X1 ipv6(next_header=254) \"ho\"\n");
	assert_differs(&r, EXPECTATION, "ipv6.next_header", "254", "253");
	assert_int_equal(rig_difference(&r, "data.octets")->offset, 40);
	case_result_free(&r);
	rig.on_send = RAW_TAGGED;
	rig.link = 2;
	assert_passes(SEND "+0 > L2 -> X1 payload(tag=0x0123456789ab, next_header=253) \"hi\"\n");
	r = rig_run(SEND "+0 > L2 -> X1 payload(next_header=17) \"hi\"\n");
	assert_differs(&r, EXPECTATION, "payload.next_header", "17", "253");
	case_result_free(&r);
}

static void a_segment_is_compared_field_by_field(void **state)
{
	struct case_result r;

	(void)state;
	rig.on_send = TCP_HI;
	assert_passes(SEND "+0 > L1 -> X1 tcp(src=5000, dst=7, seq=100, ack=200, flags=PSH|ACK) "
			   "\"hi\"\n");
	assert_passes(SEND "+0 > L1 -> X1 tcp(flags=0x18, options=\"\", window=65535) \"hi\"\n");
	r = rig_run(SEND "+0 > L1 -> X1 tcp(seq=101, flags=ACK) \"hi\"\n");
	assert_differs(&r, EXPECTATION, "tcp.seq", "101", "100");
	assert_differs(&r, EXPECTATION, "tcp.flags", "0x10", "0x18");
	assert_int_equal(rig_difference(&r, "tcp.flags")->offset, 53);
	case_result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_packet_as_expected_passes, rig_setup),
		cmocka_unit_test_setup(an_end_that_is_left_open_is_any_locator_of_that_host,
				       rig_setup),
		cmocka_unit_test_setup(every_difference_is_reported_with_its_place, rig_setup),
		cmocka_unit_test_setup(an_unnamed_checksum_must_be_right, rig_setup),
		cmocka_unit_test_setup(a_checksum_behind_a_payload_header_is_for_the_ulids,
				       rig_setup),
		cmocka_unit_test_setup(other_layers_are_shown_beside_those_expected, rig_setup),
		cmocka_unit_test_setup(no_data_is_the_same_as_empty_data, rig_setup),
		cmocka_unit_test_setup(a_packet_leaves_by_the_link_of_its_source, rig_setup),
		cmocka_unit_test_setup(a_variable_takes_a_value_and_then_holds_it, rig_setup),
		cmocka_unit_test_setup(another_value_is_any_but_the_one, rig_setup),
		cmocka_unit_test_setup(a_probe_has_the_reports_that_it_counts_and_is_the_first,
				       rig_setup),
		cmocka_unit_test_setup(raw_octets_are_compared_whole, rig_setup),
		cmocka_unit_test_setup(octets_that_are_promised_and_missing_are_a_difference,
				       rig_setup),
		cmocka_unit_test_setup(a_protocol_that_nobody_explains_is_data_behind_its_number,
				       rig_setup),
		cmocka_unit_test_setup(a_segment_is_compared_field_by_field, rig_setup),
		cmocka_unit_test_setup(items_of_a_list_can_be_anything_and_variables, rig_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
