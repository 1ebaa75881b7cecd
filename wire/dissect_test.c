/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/layers.h"
#include "wire/packet.h"
#include "wire/test_packets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t octets[WIRE_PACKET_MAX];

static void take(struct wire_dissection *d, const char *hex)
{
	wire_dissect(d, octets, test_octets(octets, hex));
}

/* The spans by name and length: "ipv6 40, i1 16". */
static const char *spans_of(const char *hex)
{
	static char text[512];
	struct wire_dissection d;
	size_t len = 0;

	take(&d, hex);
	text[0] = '\0';
	for (unsigned i = 0; i < d.span_count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %u", i ? ", " : "",
					d.spans[i].layer->name, d.spans[i].len);
	return text;
}

/* The findings, with their octets: "41: bad hdr_ext_len 9 (1 is right)". */
static const char *findings_of(const char *hex)
{
	static char text[1024];
	struct wire_dissection d;
	size_t len = 0;

	take(&d, hex);
	text[0] = '\0';
	for (unsigned i = 0; i < d.finding_count && i < WIRE_FINDINGS_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u: %s", i ? "; " : "",
					d.findings[i].off, d.findings[i].text);
	return text;
}

/* The section of the first finding. */
static const char *first_section_of(const char *hex)
{
	static struct wire_dissection d;

	take(&d, hex);
	assert_true(d.finding_count > 0);
	return d.findings[0].rfc;
}

#define I1 "3b 01 01 00 562b 0123456789ab deadbeef"

static void right_packets_have_no_findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++)
		assert_string_equal(findings_of(test_packets[i].hex), "");
}

static void chain_is_followed_in_any_order(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0040", "2c")
				     "3c 00 0000 12345678" "2b 00 01 04 00000000"
				     "00 02 00 00 00000000" D "8c 00 0502 0000 0100" I1),
			    "ipv6 40, fragment 8, dst 8, routing 24, hop 8, i1 16");
}

static void message_ends_where_its_options_start(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0040", "8c") "3b 07 01 00 fa58 0123456789ab deadbeef"
				     "000c 0024 00000000" A B "000e 0004 00000001"),
			    "ipv6 40, i1 16, ulid_pair 40, fii 8");
	/* A Probe with a report and an option: the option stands behind the report. */
	assert_string_equal(spans_of(IP("0040", "8c") "3b 07 43 00 0000 112233445566 01400000"
				     A B "01020304 00000000" "00fe 0002 0102 0000"),
			    "ipv6 40, probe 56, option 8");
}

static void chain_goes_on_behind_a_control_message(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("001d", "8c") "11 01 01 00 802b 0123456789ab deadbeef"
				     "1388 0007 000d 4cea 68656c6c6f"),
			    "ipv6 40, i1 16, udp 8, data 5");
	assert_string_equal(findings_of(IP("001d", "8c") "11 01 01 00 802b 0123456789ab deadbeef"
					"1388 0007 000d 4cea 68656c6c6f"),
			    "40: next_header 17: control messages have 59");
}

static void p_tells_payload_from_control(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0008", "8c") "3b 00 800000000001"),
			    "ipv6 40, payload 8");
	assert_string_equal(spans_of(IP("0008", "8c") "3b 00 7f 00 45ff 0000"),
			    "ipv6 40, control 8");
}

static void tag_has_47_bits(void **state)
{
	struct wire_dissection d;
	uint64_t tag;

	(void)state;
	take(&d, IP("0008", "8c") "3b 00 ffffffffffff");
	assert_int_equal(wire_number_get(&d, 1, "tag", &tag), 0);
	assert_int_equal(tag, 0x7fffffffffff);
	take(&d, IP("0010", "8c") "3b 01 42 00 0000 ffffffffffff 00000000");
	assert_int_equal(wire_number_get(&d, 1, "receiver_tag", &tag), 0);
	assert_int_equal(tag, 0x7fffffffffff);
}

static void payload_header_longer_than_8_is_found(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0010", "8c") "3b 01 800000000001 0000000000000000"),
			    "ipv6 40, payload 16");
	assert_string_equal(findings_of(IP("0010", "8c") "3b 01 800000000001 0000000000000000"),
			    "41: bad hdr_ext_len 1 (0 is right)");
}

/* One fault, one finding: what follows isn't here, and so nothing says what it is. */
static void payload_header_that_leaves_the_packet_is_found_once(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0008", "8c") "11 02 800000000001"),
			    "41: bad hdr_ext_len 2 (0 is right)");
	assert_string_equal(findings_of(IP("0008", "8c") "3b 02 800000000001"),
			    "41: bad hdr_ext_len 2 (0 is right)");
	assert_string_equal(findings_of(IP("0005", "8c") "11 00 800000"),
			    "40: Payload Extension of 8 octets leaves the packet");
}

static void next_header_is_not_judged_where_the_header_leaves_the_packet(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0008", "00") "11 01 010400000000"),
			    "40: Hop-by-Hop Options of 16 octets leaves the packet");
	assert_string_equal(findings_of(IP("0010", "33") "11 04 0000 00000100 00000005 00112233"),
			    "40: Authentication of 24 octets leaves the packet");
	assert_string_equal(findings_of(IP("0008", "00") "11 00 010400000000"),
			    "40: bad next_header 17 (59 is right)");
}

static void message_shorter_than_its_fixed_part_is_control(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0010", "8c") "3b 00 01 00 c3ff 0000 0000000000000000"),
			    "ipv6 40, control 8, data 8");
	assert_string_equal(findings_of(IP("0008", "8c") "3b 00 01 00 c3ff 0000"),
			    "41: bad hdr_ext_len 0 (1 is right)");
	assert_string_equal(first_section_of(IP("0008", "8c") "3b 00 01 00 c3ff 0000"),
			    "RFC 5533 5.4");
}

static void hip_is_not_taken_for_shim6(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0010", "8c") "3b 01 01 01 562a 0123456789ab deadbeef"),
			    "ipv6 40, control 16");
	assert_string_equal(findings_of(IP("0010", "8c") "3b 01 01 01 562a 0123456789ab deadbeef"),
			    "43: bad s 1 (0 is right)");
}

static void message_that_leaves_the_packet_is_found(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0010", "8c") "3b 09 01 00 562b 0123456789ab deadbeef"),
			    "ipv6 40, i1 16");
	assert_string_equal(findings_of(IP("0010", "8c") "3b 09 01 00 562b 0123456789ab deadbeef"),
			    "41: I1 of 80 octets leaves the packet");
}

static void option_that_leaves_the_message_is_data(void **state)
{
	const char *hex = IP("0020", "8c") "3b 02 41 00 ffe3 7fffffffffff 01020304"
			  "000e 0005 00000001 0000000000000000";

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, update_ack 16, data 8, data 8");
	assert_string_equal(findings_of(hex),
			    "56: option of 16 octets where 8 are left; "
			    "64: 8 octets behind No Next Header");
}

static void known_option_too_short_for_its_fields_is_unknown(void **state)
{
	const char *hex = IP("0018", "8c") "3b 02 01 00 561a 0123456789ab deadbeef"
			  "000c 0004 00000000";

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, i1 16, option 8");
	assert_string_equal(findings_of(hex), "58: bad len 4 (36 is right)");
	assert_string_equal(first_section_of(hex), "RFC 5533 5.15.6");
}

static void option_longer_than_its_figure_has_a_rest(void **state)
{
	const char *hex = IP("0020", "8c") "3b 03 01 00 550f 0123456789ab deadbeef"
			  "000e 0007 00000001 0203ff 0000000000";
	const struct wire_field *rest = wire_field_named(&layer_fii, "rest");
	struct wire_dissection d;
	struct wire_value value;
	uint32_t off;

	(void)state;
	assert_non_null(rest);
	assert_string_equal(spans_of(hex), "ipv6 40, i1 16, fii 16");
	assert_string_equal(findings_of(hex), "58: bad len 7 (4 is right)");
	take(&d, hex);
	assert_int_equal(wire_field_get(&d, 2, rest, &value, &off), 0);
	assert_int_equal(off, 64);
	assert_int_equal(value.len, 3);
	take(&d, IP("0018", "8c") "3b 02 01 00 5617 0123456789ab deadbeef 000e 0004 00000001");
	assert_int_equal(wire_field_get(&d, 2, rest, &value, &off), -ENOENT);
}

static void locator_count_is_held_against_length(void **state)
{
	const char *hex = IP("0068", "8c") "3b 0c 04 00 a2df 112233445566 deadbeef"
			  "0004 002c 00000005 03 0101 0000000000" A B PDS;
	struct wire_dissection d;
	struct wire_value value;

	(void)state;
	assert_string_equal(findings_of(hex), "64: bad count 3 (2 is right)");
	take(&d, hex);
	assert_int_equal(wire_field_get(&d, 2, wire_field_named(&layer_locator_list, "locators"),
					&value, NULL), -EBADMSG);
	/* Its octets are told all the same. */
	assert_int_equal(wire_field_get(&d, 2, wire_field_named(&layer_locator_list, "rest"),
					&value, NULL), 0);
	assert_int_equal(value.len, 39);
}

static void probe_counts_are_held_against_the_header(void **state)
{
	const char *hex = FROM_TO(B2, A1, "0038", "8c") "3b 06 43 00 865a 112233445566 02 40 0000"
			  B2 A1 "01020304 00000000";

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, probe 56");
	assert_string_equal(findings_of(hex), "96: report 2 of 2 has 0 of its 40 octets");
}

/* Of the two reports, the second has 16 octets inside Hdr Ext Len. */
static void probe_that_ends_within_a_report_keeps_those_before(void **state)
{
	const char *hex = FROM_TO(A1, B2, "0048", "8c") "3b 08 43 00 0810 112233445566 11 80 0000"
			  A1 B2 "a1a2a3a4 00000000" B2;
	struct wire_dissection d;
	struct wire_value value;
	uint32_t off;

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, probe 72");
	assert_string_equal(findings_of(hex), "96: report 2 of 2 has 16 of its 40 octets");
	take(&d, hex);
	assert_int_equal(wire_field_get(&d, 1, wire_field_named(&layer_probe, "reports"), &value,
					&off), 0);
	assert_int_equal(off, 56);
	assert_int_equal(value.len, 56);
}

static void error_keeps_the_quoted_packet_as_octets(void **state)
{
	struct wire_dissection d;
	struct wire_value value;
	uint32_t off;

	(void)state;
	take(&d, IP("0038", "8c") "3b 06 44 00 a59b 0034" IP("0010", "8c") "3b 01 01 00 562b 0123");
	assert_int_equal(d.span_count, 2);
	assert_int_equal(wire_field_get(&d, 1, wire_field_named(&layer_error, "packet"), &value,
					&off), 0);
	assert_int_equal(off, 48);
	assert_int_equal(value.len, 48);
	assert_int_equal(value.octets[0], 0x60);
}

static void error_that_is_cut_quotes_what_is_here(void **state)
{
	struct wire_dissection d;
	struct wire_value value;

	(void)state;
	take(&d, IP("0038", "8c") "3b 06 44 00 a59b 0034" "60000000 0010 8c40 20010db8");
	assert_true(d.cut);
	assert_int_equal(wire_field_get(&d, 1, wire_field_named(&layer_error, "packet"), &value,
					NULL), 0);
	assert_int_equal(value.len, 12);
}

static void reserved_bits_are_noted(void **state)
{
	struct wire_dissection d;

	(void)state;
	take(&d, IP("0010", "8c") "3b 01 01 02 d628 8123456789ab deadbeef");
	assert_int_equal(d.finding_count, 2);
	assert_int_equal(d.findings[0].severity, WIRE_NOTE);
	assert_string_equal(d.findings[0].text, "reserved1 is 0x1, not zero");
	assert_int_equal(d.findings[0].off, 43);
	assert_string_equal(d.findings[1].text, "r is 0x1, not zero");
	assert_int_equal(d.findings[1].off, 46);
	assert_string_equal(d.findings[1].rfc, "RFC 5533 5.4");
}

static void wrong_checksum_does_not_end_the_decoding(void **state)
{
	const char *hex = IP("0018", "8c") "3b 02 05 00 0e22 7edcba987654 00000009" VALIDATOR;

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, r1bis 16, validator 8");
	assert_string_equal(findings_of(hex), "44: bad checksum 0xe22 (0xe21 is right)");
}

static void udp_checksum_of_zero_is_wrong(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("000d", "11") "1388 0007 000d 0000 68656c6c6f"),
			    "46: bad checksum 0x0 (0x4cea is right)");
}

/* RFC 8200 8.1: the last address of the routing header, B's place is on the way. */
static void udp_checksum_is_for_the_final_destination(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0025", "2b") "11 02 00 01 00000000" D
					"1388 0007 000d 4ce8 68656c6c6f"), "");
}

/* One that is no address, or of which there are fewer, says nothing. */
static void udp_checksum_behind_a_routing_header_without_an_end_is_not_judged(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0025", "2b") "11 02 03 01 00000000" D
					"1388 0007 000d ffff 68656c6c6f"), "");
	assert_string_equal(findings_of(IP("0025", "2b") "11 02 00 02 00000000" D
					"1388 0007 000d ffff 68656c6c6f"), "");
	assert_string_equal(findings_of(IP("002d", "2b") "11 03 00 01 00000000" D "0000000000000000"
					"1388 0007 000d ffff 68656c6c6f"), "");
	assert_string_equal(findings_of(IP("0025", "2b") "11 02 02 00 00000000" D
					"1388 0007 000d 4ceb 68656c6c6f"),
			    "70: bad checksum 0x4ceb (0x4cea is right)");
}

/* RFC 6275 11.3.1: the source counts as the home address; options of other
 * types, and of other lengths, don't make one. */
static void udp_checksum_is_for_the_home_address(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0025", "3c") "11 02 c9 10" C "01 02 0000"
					"1388 0007 000d 4cea 68656c6c6f"),
			    "70: bad checksum 0x4cea (0x4ce8 is right)");
	assert_string_equal(findings_of(IP("003d", "3c") "2b 02 c9 10" C "00 00 00 00"
					"11 02 02 01 00000000" D
					"1388 0007 000d 4ce6 68656c6c6f"), "");
	assert_string_equal(findings_of(IP("0025", "3c") "11 02 c9 0f" C "01 01 00 00"
					"1388 0007 000d 4cea 68656c6c6f"), "");
	assert_string_equal(findings_of(IP("0015", "3c") "11 00 01 02 0000 c9 10"
					"1388 0007 000d 4cea 68656c6c6f"),
			    "46: option 201 leaves its header");
}

/* RFC 8200 4.2; Pad1 alone has no length. */
static void ipv6_options_that_leave_their_header_are_found(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0008", "00") "3b 00 01 04 00000000"), "");
	assert_string_equal(findings_of(IP("0008", "00") "3b 00 01 05 00000000"),
			    "42: option 1 leaves its header");
	assert_string_equal(findings_of(IP("0008", "3c") "3b 00 00 00 00 00 00 1e"),
			    "47: option 30 leaves its header");
	assert_string_equal(findings_of(IP("0010", "3c") "3c 00 05 02 0000 01 00"
					"3b 00 01 02 0000 1e 01"),
			    "54: option 30 leaves its header");
}

static void cut_ipv6_options_are_not_judged(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0010", "00") "3b 01 1e 0c 00000000"),
			    "48: 8 octets of the packet are not here");
}

static void checksum_behind_a_payload_header_needs_ulids(void **state)
{
	const char *hex = IP("0015", "8c") "11 00 923456789abc" "1388 0007 000d 4ce7 68656c6c6f";
	struct wire_dissection d;
	struct in6_addr c, dd;
	size_t len = test_octets(octets, hex);

	(void)state;
	wire_dissect(&d, octets, len);
	assert_int_equal(d.finding_count, 0);

	inet_pton(AF_INET6, "2001:db8:c::1", &c);
	inet_pton(AF_INET6, "2001:db8:d::1", &dd);
	wire_dissect_ulids(&d, octets, len, &c, &dd);
	assert_int_equal(d.finding_count, 1);
	assert_string_equal(d.findings[0].text, "bad checksum 0x4ce7 (0x4ce6 is right)");
	octets[55] = 0xe6;
	wire_dissect_ulids(&d, octets, len, &c, &dd);
	assert_int_equal(d.finding_count, 0);
}

static void octets_behind_the_payload_are_data(void **state)
{
	const char *hex = IP("0010", "8c") I1 "000000";

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, i1 16, data 3");
	assert_string_equal(findings_of(hex), "4: bad payload_len 16 (19 is right)");
}

static void octets_behind_the_udp_length_are_data(void **state)
{
	const char *hex = IP("000f", "11") "1388 0007 000d 4cea 68656c6c6f 0000";

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, udp 8, data 5, data 2");
	assert_string_equal(findings_of(hex), "53: 2 octets behind the datagram");
}

/* RFC 768: data is what Length takes in. */
static void udp_checksum_is_over_the_udp_length(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("000f", "11") "1388 0007 000d 4ceb 68656c6c6f ffff"),
			    "53: 2 octets behind the datagram; "
			    "46: bad checksum 0x4ceb (0x4cea is right)");
	assert_string_equal(findings_of(IP("000f", "11") "1388 0007 0007 4cea 68656c6c6f ffff"),
			    "44: bad len 7 (15 is right)");
}

#define TCP_PORTS "1388 0007 00000001 00000000"

static void tcp_options_reach_as_far_as_data_offset_says(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("001c", "06") TCP_PORTS "60 02 ffff 2922 0000 020405a0"
				     "68656c6c"),
			    "ipv6 40, tcp 24, data 4");
	assert_string_equal(findings_of(IP("0014", "06") TCP_PORTS "30 02 ffff 60ca 0000"),
			    "52: bad data_offset 3 (5 is right)");
	assert_string_equal(spans_of(IP("0014", "06") TCP_PORTS "30 02 ffff 60ca 0000"),
			    "ipv6 40, tcp 20");
	assert_string_equal(findings_of(IP("0014", "06") TCP_PORTS "60 02 ffff 30ca 0000"),
			    "40: TCP of 24 octets leaves the packet");
	assert_string_equal(findings_of(IP("0006", "06") "010203040506"),
			    "40: TCP of 20 octets leaves the packet");
}

static void tcp_checksum_and_reserved_bits_are_judged(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0014", "06") TCP_PORTS "50 22 ffff 40a6 0005"),
			    "56: bad checksum 0x40a6 (0x40a5 is right)");
	assert_string_equal(findings_of(IP("0014", "06") TCP_PORTS "51 22 ffff 3fa5 0005"),
			    "52: reserved is 0x1, not zero");
}

static void missing_octets_set_cut_and_are_no_error(void **state)
{
	struct wire_dissection d;

	(void)state;
	take(&d, IP("0040", "8c") "3b 07 01 00 fa58 0123456789ab deadbeef" "000c 0024 0000");
	assert_true(d.cut);
	assert_int_equal(d.finding_count, 1);
	assert_int_equal(d.findings[0].severity, WIRE_NOTE);
	assert_int_equal(d.span_count, 3);
	assert_ptr_equal(d.spans[2].layer, &layer_data);
}

static void cut_ipv6_header_is_shown_as_far_as_it_goes(void **state)
{
	struct wire_dissection d;
	uint64_t value;

	(void)state;
	take(&d, "60000000 0010 8c");
	assert_true(d.cut);
	assert_int_equal(d.finding_count, 1);
	assert_int_equal(d.findings[0].severity, WIRE_NOTE);
	assert_int_equal(d.findings[0].off, 7);
	assert_string_equal(d.findings[0].text, "33 octets of the header are not here");
	assert_int_equal(wire_number_get(&d, 0, "next_header", &value), 0);
	assert_int_equal(value, 140);
	assert_int_equal(wire_number_get(&d, 0, "hop_limit", &value), -EBADMSG);
}

static void first_fragment_may_promise_more(void **state)
{
	const char *hex = IP("0018", "2c") "11 00 0001 12345678"
			  "1388 0007 1000 4cea 68656c6c6f000000";

	(void)state;
	assert_string_equal(spans_of(hex), "ipv6 40, fragment 8, udp 8, data 8");
	assert_string_equal(findings_of(hex), "");
}

static void authentication_header_has_units_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0020", "33") "8c 02 0000 00000100 00000005 01020304" I1),
			    "ipv6 40, ah 16, i1 16");
	assert_string_equal(findings_of(IP("0020", "33") "8c020000 00000100 00000005 01020304" I1),
			    "");
	assert_string_equal(spans_of(IP("0018", "33") "8c 00 0000 00000100" I1),
			    "ipv6 40, ah 8, i1 16");
	assert_string_equal(findings_of(IP("0018", "33") "8c 00 0000 00000100" I1),
			    "41: bad payload_len 0 (1 is right)");
	assert_string_equal(spans_of(IP("0001", "33") "8c"), "ipv6 40, ah 1");
}

static void later_fragment_is_data(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0018", "2c") "8c 00 0009 12345678" I1),
			    "ipv6 40, fragment 8, data 16");
}

static void headers_too_short_for_themselves_are_found(void **state)
{
	(void)state;
	assert_string_equal(spans_of(IP("0005", "11") "1388 0007 00"), "ipv6 40, udp 5");
	assert_string_equal(findings_of(IP("0005", "11") "1388 0007 00"),
			    "40: UDP of 8 octets leaves the packet");
	assert_string_equal(findings_of(IP("0003", "8c") "3b0101"), "40: Shim6 header of 3 octets");
	assert_string_equal(findings_of(IP("0001", "3c") "3b"),
			    "40: Destination Options of 8 octets leaves the packet");
}

static void next_header_without_a_next_header_is_found(void **state)
{
	(void)state;
	assert_string_equal(findings_of(IP("0000", "11")), "6: bad next_header 17 (59 is right)");
}

static void no_octets_are_no_spans_but_a_finding(void **state)
{
	struct wire_dissection d;

	(void)state;
	wire_dissect(&d, NULL, 0);
	assert_int_equal(d.span_count, 0);
	assert_true(d.cut);
	assert_int_equal(d.finding_count, 1);
	assert_string_equal(d.findings[0].text, "40 octets of the header are not here");
}

/* Thousands of headers: the spans end, the octets are all covered. */
static void endless_headers_end_in_data(void **state)
{
	enum { LEN = 40 + 8 * 200 };
	static uint8_t packet[LEN];
	struct wire_dissection d;

	(void)state;
	test_octets(packet, IP("0640", "3c"));
	for (size_t off = 40; off < LEN; off += 8)
		packet[off] = 60;
	wire_dissect(&d, packet, LEN);
	assert_int_equal(d.span_count, WIRE_SPANS_MAX - 1);
	assert_ptr_equal(d.spans[d.span_count - 1].layer, &layer_data);
	assert_int_equal(d.spans[d.span_count - 1].off + d.spans[d.span_count - 1].len, LEN);
	assert_int_equal(d.finding_count, 1);
	assert_string_equal(d.findings[0].text, "more headers than the 94 that are looked at");
}

/* A message that the spans end in: what is behind its last option that was looked at
 * belongs to it as far as Hdr Ext Len says, and R1's validator may be there. */
static void message_of_more_options_than_spans_is_not_blamed(void **state)
{
	enum { OPTIONS = 100, BEHIND = 56 + 8 * OPTIONS, LEN = BEHIND + 13 };
	static uint8_t packet[LEN];
	struct wire_dissection d;

	(void)state;
	test_octets(packet, IP("033d", "8c") "11 65 02 00 0000 0000 00000001 00000000");
	for (size_t off = 56; off < BEHIND; off += 8) {
		packet[off + 1] = 0x9a;
		packet[off + 3] = 4;
	}
	test_octets(packet + BEHIND, "1388 0007 000d 4cea 68656c6c6f");
	wire_dissect(&d, packet, LEN);
	assert_int_equal(d.finding_count, 3);
	assert_string_equal(d.findings[0].text, "more headers than the 94 that are looked at");
	assert_non_null(strstr(d.findings[1].text, "bad checksum"));
	assert_string_equal(d.findings[2].text, "next_header 17: control messages have 59");
}

/* So that whoever asks whether a packet is malformed need not know of those that
 * were left out. */
static void findings_that_do_not_fit_are_the_least_severe(void **state)
{
	enum { OPTIONS = 20, LAST = 56 + 8 * OPTIONS, LEN = LAST + 16 };
	static uint8_t packet[LEN];
	struct wire_dissection d;

	(void)state;
	test_octets(packet, IP("00c0", "8c") "3b 17 40 00 0000 000000000001 00000000");
	for (size_t off = 56; off < LAST; off += 8) {
		packet[off + 1] = 0x9b; /* 77, critical: a warning */
		packet[off + 3] = 4;
	}
	test_octets(packet + LAST, "0006 0008 00000005 02 010000 00000000");
	wire_dissect(&d, packet, LEN);
	assert_int_equal(d.finding_count, OPTIONS + 2);
	assert_non_null(strstr(d.findings[0].text, "bad checksum"));
	assert_int_equal(d.findings[1].off, 56);
	assert_int_equal(d.findings[WIRE_FINDINGS_MAX - 2].off, 56 + 8 * (WIRE_FINDINGS_MAX - 3));
	assert_int_equal(d.findings[WIRE_FINDINGS_MAX - 1].severity, WIRE_ERROR);
	assert_string_equal(d.findings[WIRE_FINDINGS_MAX - 1].text,
			    "3 octets are not elements of 2");
}

static void findings_that_do_not_fit_are_counted(void **state)
{
	enum { OPTIONS = 20, LEN = 56 + 8 * OPTIONS };
	static uint8_t packet[LEN];
	struct wire_dissection d;

	(void)state;
	test_octets(packet, IP("00b0", "8c") "3b 15 01 00 0000 000000000001 00000000");
	for (size_t off = 56; off < LEN; off += 8) {
		packet[off + 1] = 0x9b; /* 77, critical */
		packet[off + 3] = 4;
	}
	wire_dissect(&d, packet, LEN);
	assert_int_equal(d.finding_count, OPTIONS + 1);
}

/* --- whatever comes ------------------------------------------------------ */

static void visit(const uint8_t *from, size_t len)
{
	uint8_t *packet = malloc(len ? len : 1);
	struct wire_dissection d;
	char line[2048];
	size_t off = 0;

	memcpy(packet, from, len);
	wire_dissect(&d, packet, len);
	for (unsigned i = 0; i < d.span_count; i++) {
		const struct wire_span *s = &d.spans[i];

		assert_int_equal(s->off, off);
		assert_true(s->len > 0);
		off += s->len;
		for (size_t j = 0; j < s->layer->field_count; j++) {
			struct wire_value value, due;
			uint32_t at;

			if (wire_field_get(&d, i, &s->layer->fields[j], &value, &at) == 0) {
				assert_in_range(at, s->off, s->off + s->len);
				wire_value_print(line, sizeof(line), &value);
			}
			wire_field_due(&d, i, &s->layer->fields[j], &due);
		}
	}
	assert_int_equal(off, len);
	assert_true(wire_line_print(line, sizeof(line), &d) > 0);
	free(packet);
}

static void every_truncation_is_tiled(void **state)
{
	uint8_t packet[TEST_PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		size_t len = test_octets(packet, test_packets[i].hex);

		for (size_t cut = 0; cut <= len; cut++)
			visit(packet, cut);
	}
}

/* The same, with the IPv6 header telling the truth about it. */
static void every_shorter_packet_is_tiled(void **state)
{
	uint8_t packet[TEST_PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		size_t len = test_octets(packet, test_packets[i].hex);

		for (size_t cut = 40; cut <= len; cut++) {
			packet[5] = (uint8_t)(cut - 40);
			visit(packet, cut);
		}
	}
}

static void every_changed_octet_is_tiled(void **state)
{
	uint8_t packet[TEST_PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		size_t len = test_octets(packet, test_packets[i].hex);

		for (size_t at = 0; at < len; at++) {
			uint8_t was = packet[at];

			for (unsigned step = 1; step < 256; step++) {
				packet[at] = (uint8_t)(was + step);
				visit(packet, len);
			}
			packet[at] = was;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_packets_have_no_findings),
		cmocka_unit_test(chain_is_followed_in_any_order),
		cmocka_unit_test(message_ends_where_its_options_start),
		cmocka_unit_test(chain_goes_on_behind_a_control_message),
		cmocka_unit_test(p_tells_payload_from_control),
		cmocka_unit_test(tag_has_47_bits),
		cmocka_unit_test(payload_header_longer_than_8_is_found),
		cmocka_unit_test(payload_header_that_leaves_the_packet_is_found_once),
		cmocka_unit_test(next_header_is_not_judged_where_the_header_leaves_the_packet),
		cmocka_unit_test(message_shorter_than_its_fixed_part_is_control),
		cmocka_unit_test(hip_is_not_taken_for_shim6),
		cmocka_unit_test(message_that_leaves_the_packet_is_found),
		cmocka_unit_test(option_that_leaves_the_message_is_data),
		cmocka_unit_test(known_option_too_short_for_its_fields_is_unknown),
		cmocka_unit_test(option_longer_than_its_figure_has_a_rest),
		cmocka_unit_test(locator_count_is_held_against_length),
		cmocka_unit_test(probe_counts_are_held_against_the_header),
		cmocka_unit_test(probe_that_ends_within_a_report_keeps_those_before),
		cmocka_unit_test(error_keeps_the_quoted_packet_as_octets),
		cmocka_unit_test(error_that_is_cut_quotes_what_is_here),
		cmocka_unit_test(reserved_bits_are_noted),
		cmocka_unit_test(wrong_checksum_does_not_end_the_decoding),
		cmocka_unit_test(udp_checksum_of_zero_is_wrong),
		cmocka_unit_test(udp_checksum_is_for_the_final_destination),
		cmocka_unit_test(udp_checksum_behind_a_routing_header_without_an_end_is_not_judged),
		cmocka_unit_test(udp_checksum_is_for_the_home_address),
		cmocka_unit_test(checksum_behind_a_payload_header_needs_ulids),
		cmocka_unit_test(octets_behind_the_payload_are_data),
		cmocka_unit_test(octets_behind_the_udp_length_are_data),
		cmocka_unit_test(tcp_options_reach_as_far_as_data_offset_says),
		cmocka_unit_test(tcp_checksum_and_reserved_bits_are_judged),
		cmocka_unit_test(udp_checksum_is_over_the_udp_length),
		cmocka_unit_test(ipv6_options_that_leave_their_header_are_found),
		cmocka_unit_test(cut_ipv6_options_are_not_judged),
		cmocka_unit_test(missing_octets_set_cut_and_are_no_error),
		cmocka_unit_test(cut_ipv6_header_is_shown_as_far_as_it_goes),
		cmocka_unit_test(first_fragment_may_promise_more),
		cmocka_unit_test(authentication_header_has_units_of_its_own),
		cmocka_unit_test(later_fragment_is_data),
		cmocka_unit_test(headers_too_short_for_themselves_are_found),
		cmocka_unit_test(next_header_without_a_next_header_is_found),
		cmocka_unit_test(no_octets_are_no_spans_but_a_finding),
		cmocka_unit_test(endless_headers_end_in_data),
		cmocka_unit_test(message_of_more_options_than_spans_is_not_blamed),
		cmocka_unit_test(findings_that_do_not_fit_are_the_least_severe),
		cmocka_unit_test(findings_that_do_not_fit_are_counted),
		cmocka_unit_test(every_truncation_is_tiled),
		cmocka_unit_test(every_shorter_packet_is_tiled),
		cmocka_unit_test(every_changed_octet_is_tiled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
