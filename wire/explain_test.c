/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is inside runs of octets, as lines of text: where, which and what. The
 * octets are drawn by hand after RFC 5534 5.2, RFC 5533 5.14 and 5.15.3, RFC
 * 3972 3 and RFC 5535 5; checksums don't matter here.
 */
#include "wire/explain.h"
#include "wire/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"
#include "wire/test_packets.h"

/* "octet: group[index].name value", or "octet: name value". */
static void add_piece(void *ctx, const struct wire_piece *piece)
{
	struct text *t = ctx;
	char value[512];

	wire_value_print(value, sizeof(value), &piece->value);
	text_add(t, "%u: ", (unsigned)piece->off);
	if (piece->group)
		text_add(t, "%s[%u].", piece->group, piece->index);
	text_add(t, "%s %s\n", piece->name, value);
}

/* The pieces of all spans; len octets of the packet are there. */
static void explain(char *buf, size_t size, const uint8_t *octets, size_t len)
{
	struct octets o = octets_copy(octets, len);
	struct text t = text_of(buf, size);
	struct wire_dissection d;

	wire_dissect(&d, o.data, o.len);
	for (unsigned i = 0; i < d.span_count; i++)
		wire_explain(&d, i, add_piece, &t);
	octets_free(&o);
}

static void assert_explained(const char *hex, const char *expected)
{
	struct octets o = octets_of(hex);
	char text[4096];

	explain(text, sizeof(text), o.data, o.len);
	assert_string_equal(text, expected);
	octets_free(&o);
}

/* --- Probe --------------------------------------------------------------- */

static void reports_are_grouped_by_psent_and_precvd(void **state)
{
	(void)state;
	assert_explained(IP("0088", "8c") "3b 10 43 00 0000 112233445566 12 80 0000"
			 A B "a1a2a3a4 00000000" B B "a1a2a3a5 cafef00d" B A "01020304 80000001",
			 "56: sent[0].src 2001:db8:a::1\n"
			 "72: sent[0].dst 2001:db8:b::1\n"
			 "88: sent[0].nonce 0xa1a2a3a4\n"
			 "92: sent[0].data 0x0\n"
			 "96: sent[1].src 2001:db8:b::1\n"
			 "112: sent[1].dst 2001:db8:b::1\n"
			 "128: sent[1].nonce 0xa1a2a3a5\n"
			 "132: sent[1].data 0xcafef00d\n"
			 "136: received[0].src 2001:db8:b::1\n"
			 "152: received[0].dst 2001:db8:a::1\n"
			 "168: received[0].nonce 0x1020304\n"
			 "172: received[0].data 0x80000001\n");
}

static void a_probe_without_reports_sent_has_received_ones_still(void **state)
{
	(void)state;
	assert_explained(IP("0038", "8c") "3b 06 43 00 0000 112233445566 10 80 0000"
			 B A "01020304 00000000",
			 "56: received[0].src 2001:db8:b::1\n"
			 "72: received[0].dst 2001:db8:a::1\n"
			 "88: received[0].nonce 0x1020304\n"
			 "92: received[0].data 0x0\n");
}

#define SENT_ONE                                                                                   \
	"56: sent[0].src 2001:db8:b::1\n"                                                          \
	"72: sent[0].dst 2001:db8:a::1\n"                                                          \
	"88: sent[0].nonce 0x1020304\n"                                                            \
	"92: sent[0].data 0x0\n"

static void reports_that_the_message_has_no_room_for_are_left_out(void **state)
{
	(void)state;
	assert_explained(IP("0038", "8c") "3b 06 43 00 0000 112233445566 02 80 0000"
			 B A "01020304 00000000",
			 SENT_ONE);
}

/* By Hdr Ext Len, or because the capture ends there. */
static void a_report_that_is_not_whole_is_a_rest(void **state)
{
	(void)state;
	assert_explained(IP("0048", "8c") "3b 08 43 00 0000 112233445566 11 80 0000"
			 B A "01020304 00000000" A,
			 SENT_ONE "96: rest 20010db8000a00000000000000000001\n");
	assert_explained(IP("0060", "8c") "3b 0b 43 00 0000 112233445566 11 80 0000"
			 B A "01020304 00000000" A "20010d",
			 SENT_ONE "96: rest 20010db8000a0000000000000000000120010d\n");
	assert_explained(IP("0060", "8c") "3b 0b 43 00 0000 112233445566 11 80 0000" "2001",
			 "56: rest 2001\n");
}

/* --- Error --------------------------------------------------------------- */

static void the_packet_in_error_is_one_piece(void **state)
{
	(void)state;
	assert_explained(IP("0018", "8c") "3b 02 44 00 0000 0034 00010203040506070809 0a0b0c0d0e0f",
			 "48: quoted 000102030405060708090a0b0c0d0e0f\n");
	assert_explained(IP("0008", "8c") "3b 00 44 00 0000 0034", "");
}

static void the_packet_in_error_is_cut_where_the_capture_is(void **state)
{
	(void)state;
	assert_explained(IP("0038", "8c") "3b 06 44 00 0000 0034 0001020304050607",
			 "48: quoted 0001020304050607\n");
	assert_explained(IP("0038", "8c") "3b 06 44 00 0000 0034", "");
}

/* --- errors of ICMPv6 ---------------------------------------------------- */

static void an_icmp6_error_has_a_word_and_a_quote(void **state)
{
	(void)state;
	assert_explained(IP("000c", "3a") "01 04 0000 00000000 60000000",
			 "44: unused 0x0\n48: quoted 60000000\n");
	assert_explained(IP("000c", "3a") "02 00 0000 00000500 60000000",
			 "44: mtu 1280\n48: quoted 60000000\n");
	assert_explained(IP("000c", "3a") "03 00 0000 00000000 60000000",
			 "44: unused 0x0\n48: quoted 60000000\n");
	assert_explained(IP("000c", "3a") "04 01 0000 00000006 60000000",
			 "44: pointer 6\n48: quoted 60000000\n");
	assert_explained(IP("0008", "3a") "04 01 0000 00000006", "44: pointer 6\n");
	assert_explained(IP("0006", "3a") "04 01 0000 0000", "44: rest 0000\n");
}

static void other_messages_of_icmp6_are_not_explained(void **state)
{
	(void)state;
	assert_explained(IP("000c", "3a") "00 00 0000 00000000 60000000", "");
	assert_explained(IP("000c", "3a") "05 00 0000 00000000 60000000", "");
	assert_explained(IP("000c", "3a") "86 00 0000 00000000 60000000", "");
	assert_explained(IP("000c", "06") "01 00 0000 00000000 60000000", "");
}

/* --- Locator Preferences ------------------------------------------------- */

#define UPDATE(payload_len, units, option)                                                         \
	IP(payload_len, "8c") "3b" units "40 00 0000 112233445566 01020304" option

static void elements_of_one_octet_are_flags(void **state)
{
	(void)state;
	assert_explained(UPDATE("0020", "03", "0006 0007 00000005 01 0103 0000000000"),
			 "65: elements[0].flags 0x1\n"
			 "66: elements[1].flags 0x3\n");
}

static void elements_of_two_octets_have_a_priority(void **state)
{
	(void)state;
	assert_explained(UPDATE("0020", "03", "0006 0009 00000005 02 010a 02ff 000000"),
			 "65: elements[0].flags 0x1\n"
			 "66: elements[0].priority 10\n"
			 "67: elements[1].flags 0x2\n"
			 "68: elements[1].priority 255\n");
}

static void elements_of_three_octets_have_a_weight(void **state)
{
	(void)state;
	assert_explained(UPDATE("0020", "03", "0006 000b 00000005 03 010a64 02ff00 00"),
			 "65: elements[0].flags 0x1\n"
			 "66: elements[0].priority 10\n"
			 "67: elements[0].weight 100\n"
			 "68: elements[1].flags 0x2\n"
			 "69: elements[1].priority 255\n"
			 "70: elements[1].weight 0\n");
}

static void longer_elements_have_a_rest(void **state)
{
	(void)state;
	assert_explained(UPDATE("0020", "03", "0006 000a 00000005 05 010a64ffee 0000"),
			 "65: elements[0].flags 0x1\n"
			 "66: elements[0].priority 10\n"
			 "67: elements[0].weight 100\n"
			 "68: elements[0].rest ffee\n");
}

static void an_element_that_is_not_whole_is_a_rest(void **state)
{
	(void)state;
	assert_explained(UPDATE("0020", "03", "0006 0009 00000005 03 010a64 02 000000"),
			 "65: elements[0].flags 0x1\n"
			 "66: elements[0].priority 10\n"
			 "67: elements[0].weight 100\n"
			 "68: rest 02\n");
	assert_explained(UPDATE("0020", "03", "0006 0007 00000005 03 0103 0000000000"),
			 "65: rest 0103\n");
}

static void elements_of_no_octets_are_a_rest(void **state)
{
	(void)state;
	assert_explained(UPDATE("0020", "03", "0006 0007 00000005 00 0103 0000000000"),
			 "65: rest 0103\n");
	assert_explained(UPDATE("0020", "03", "0006 0005 00000005 00 00000000000000"), "");
}

/* --- CGA Parameter Data Structure ---------------------------------------- */

#define HEAD "000102030405060708090a0b0c0d0e0f 20010db8000a0001 01"
#define HEAD_PIECES                                                                                \
	"60: modifier 000102030405060708090a0b0c0d0e0f\n"                                          \
	"76: subnet_prefix 20010db8000a0001\n"                                                     \
	"84: collision_count 1\n"

static void parameters_without_extensions_are_four_pieces(void **state)
{
	(void)state;
	assert_explained(UPDATE("0038", "06", "0008 001e" HEAD "3003020105 000000000000"),
			 HEAD_PIECES "85: public_key 3003020105\n");
}

static void a_multi_prefix_extension_has_a_flag_and_prefixes(void **state)
{
	(void)state;
	assert_explained(UPDATE("0050", "09", "0008 0036" HEAD "3003020105 0012 0014 80000001"
				     "20010db8000a0001 20010db8000b0002 000000000000"),
			 HEAD_PIECES "85: public_key 3003020105\n"
			 "90: extensions[0].type 0x12\n"
			 "92: extensions[0].len 20\n"
			 "94: extensions[0].p 1\n"
			 "94: extensions[0].reserved 0x1\n"
			 "98: prefixes[0].prefix 20010db8000a0001\n"
			 "106: prefixes[1].prefix 20010db8000b0002\n");
}

/* So that an array of a group can be written in one go. */
static void prefixes_stand_behind_the_last_extension(void **state)
{
	(void)state;
	assert_explained(UPDATE("0050", "09", "0008 0035" HEAD "3003020105"
				     "0012 000c 00000000 20010db8000a0001 fffd 0003 aabbcc"
				     "00000000000000"),
			 HEAD_PIECES "85: public_key 3003020105\n"
			 "90: extensions[0].type 0x12\n"
			 "92: extensions[0].len 12\n"
			 "94: extensions[0].p 0\n"
			 "94: extensions[0].reserved 0x0\n"
			 "106: extensions[1].type 0xfffd\n"
			 "108: extensions[1].len 3\n"
			 "110: extensions[1].octets aabbcc\n"
			 "98: prefixes[0].prefix 20010db8000a0001\n");
}

static void a_multi_prefix_extension_of_a_wrong_length_is_octets(void **state)
{
	(void)state;
	assert_explained(UPDATE("0040", "07", "0008 0029" HEAD "3003020105"
				     "0012 0003 800000 fffd 0000 000000"),
			 HEAD_PIECES "85: public_key 3003020105\n"
			 "90: extensions[0].type 0x12\n"
			 "92: extensions[0].len 3\n"
			 "94: extensions[0].octets 800000\n"
			 "97: extensions[1].type 0xfffd\n"
			 "99: extensions[1].len 0\n");
}

static void a_key_or_extension_that_leaves_the_parameters_is_a_rest(void **state)
{
	(void)state;
	assert_explained(UPDATE("0038", "06", "0008 001e" HEAD "3004020105 000000000000"),
			 HEAD_PIECES "85: rest 3004020105\n");
	assert_explained(UPDATE("0038", "06", "0008 001e" HEAD "0203020105 000000000000"),
			 HEAD_PIECES "85: rest 0203020105\n");
	assert_explained(UPDATE("0038", "06", "0008 0022" HEAD "3003020105 fffd0001 0000"),
			 HEAD_PIECES "85: public_key 3003020105\n"
			 "90: rest fffd0001\n");
	assert_explained(UPDATE("0040", "07", "0008 0025" HEAD "3003020105 fffd0001ff 1200"
				     "00000000000000"),
			 HEAD_PIECES "85: public_key 3003020105\n"
			 "90: extensions[0].type 0xfffd\n"
			 "92: extensions[0].len 1\n"
			 "94: extensions[0].octets ff\n"
			 "95: rest 1200\n");
}

static void parameters_that_end_before_the_key_are_told_as_far_as_they_go(void **state)
{
	(void)state;
	assert_explained(UPDATE("0028", "04", "0008 0012 000102030405060708090a0b0c0d0e0f"
				     "2001 0000"),
			 "60: modifier 000102030405060708090a0b0c0d0e0f\n"
			 "76: rest 2001\n");
	assert_explained(UPDATE("0018", "02", "0008 0003 000102 00"), "60: rest 000102\n");
	assert_explained(UPDATE("0018", "02", "0008 0000 00000000"), "");
}

/* --- everything else ----------------------------------------------------- */

static void what_a_table_says_by_itself_has_no_pieces(void **state)
{
	(void)state;
	assert_explained(IP("0040", "8c") "3b 07 04 00 2acf 112233445566 deadbeef" LOCATORS, "");
	assert_explained(IP("000d", "11") "1388 0007 000d 4cea 68656c6c6f", "");
}

static void a_cut_packet_is_explained_within_its_octets(void **state)
{
	char text[4096];

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		uint8_t octets[TEST_PACKET_MAX];
		size_t len = test_octets(octets, test_packets[i].hex);

		for (size_t cut = 0; cut <= len; cut++)
			explain(text, sizeof(text), octets, cut);
	}
}

static void a_changed_packet_is_explained_within_its_octets(void **state)
{
	char text[4096];

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		uint8_t octets[TEST_PACKET_MAX];
		size_t len = test_octets(octets, test_packets[i].hex);

		for (size_t at = 40; at < len; at++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				octets[at] ^= (uint8_t)(1u << bit);
				explain(text, sizeof(text), octets, len);
				octets[at] ^= (uint8_t)(1u << bit);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_icmp6_error_has_a_word_and_a_quote),
		cmocka_unit_test(other_messages_of_icmp6_are_not_explained),
		cmocka_unit_test(reports_are_grouped_by_psent_and_precvd),
		cmocka_unit_test(a_probe_without_reports_sent_has_received_ones_still),
		cmocka_unit_test(reports_that_the_message_has_no_room_for_are_left_out),
		cmocka_unit_test(a_report_that_is_not_whole_is_a_rest),
		cmocka_unit_test(the_packet_in_error_is_one_piece),
		cmocka_unit_test(the_packet_in_error_is_cut_where_the_capture_is),
		cmocka_unit_test(elements_of_one_octet_are_flags),
		cmocka_unit_test(elements_of_two_octets_have_a_priority),
		cmocka_unit_test(elements_of_three_octets_have_a_weight),
		cmocka_unit_test(longer_elements_have_a_rest),
		cmocka_unit_test(an_element_that_is_not_whole_is_a_rest),
		cmocka_unit_test(elements_of_no_octets_are_a_rest),
		cmocka_unit_test(parameters_without_extensions_are_four_pieces),
		cmocka_unit_test(a_multi_prefix_extension_has_a_flag_and_prefixes),
		cmocka_unit_test(prefixes_stand_behind_the_last_extension),
		cmocka_unit_test(a_multi_prefix_extension_of_a_wrong_length_is_octets),
		cmocka_unit_test(a_key_or_extension_that_leaves_the_parameters_is_a_rest),
		cmocka_unit_test(parameters_that_end_before_the_key_are_told_as_far_as_they_go),
		cmocka_unit_test(what_a_table_says_by_itself_has_no_pieces),
		cmocka_unit_test(a_cut_packet_is_explained_within_its_octets),
		cmocka_unit_test(a_changed_packet_is_explained_within_its_octets),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
