/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/packet.h"
#include "wire/test_packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *line_of(const char *hex)
{
	static char line[1024];
	uint8_t octets[TEST_PACKET_MAX];
	struct wire_dissection d;

	wire_dissect(&d, octets, test_octets(octets, hex));
	wire_line_print(line, sizeof(line), &d);
	return line;
}

static void line_tells_every_packet(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++)
		assert_string_equal(line_of(test_packets[i].hex), test_packets[i].line);
}

static void line_ends_with_findings(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("0010", "8c") "3b014200 0001 112233445566 00000000"),
			    "2001:db8:a::1 > 2001:db8:b::1: Keepalive receiver_tag 0x112233445566 "
			    "[bad checksum 0x1 (0xe931 is right)]");
}

static void line_says_that_it_is_not_ipv6(void **state)
{
	(void)state;
	assert_string_equal(line_of("45000014"), "length 4 [version 4 is not IPv6]");
}

static void line_shows_fields_that_are_cut_off(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("0010", "8c") "3b010100562b0123456789ab"),
			    "2001:db8:a::1 > 2001:db8:b::1: I1 init_tag 0x123456789ab "
			    "init_nonce ? [4 octets of the packet are not here]");
}

static void line_tells_how_much_of_a_header_there_is(void **state)
{
	(void)state;
	assert_string_equal(line_of("60000000 0010 8c40 20010db8"),
			    "header of 12 octets [28 octets of the header are not here]");
	assert_string_equal(line_of(""), "no octets [40 octets of the header are not here]");
	assert_string_equal(line_of(IP("000c", "8c") "29 00 800000000001" "60000000"),
			    "2001:db8:a::1 > 2001:db8:b::1: shim6 payload tag 0x1: "
			    "IPv6 header of 4 octets [IPv6 of 40 octets leaves the packet]");
}

/* What stands there is an option of the message, not what Next Header names. */
static void line_shows_an_option_that_is_cut_or_too_long_as_one(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("0040", "8c") "3b070100fa580123456789abdeadbeef"
				    "000c00240000"),
			    "2001:db8:a::1 > 2001:db8:b::1: I1 init_tag 0x123456789ab "
			    "init_nonce 0xdeadbeef, option ?, length 6 "
			    "[42 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0028", "8c") "3b044100 fead 7fffffffffff01020304"
				    "009a000400000000" "009c000d00000001" "0000000000000000"),
			    "2001:db8:a::1 > 2001:db8:b::1: Update Acknowledgement "
			    "receiver_tag 0x7fffffffffff request_nonce 0x1020304, "
			    "option type 77 octets 00000000, option ?, length 16 "
			    "[option of 24 octets where 16 are left]");
}

static void line_names_what_stands_behind_options(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("001c", "8c") "fd0205004c20 7edcba98765400000009" VALIDATOR
				    "00000000"),
			    "2001:db8:a::1 > 2001:db8:b::1: R1bis packet_tag 0x7edcba987654 "
			    "resp_nonce 0x9, validator 00010203: next header 253, length 4 "
			    "[next_header 253: control messages have 59]");
}

#define AB "2001:db8:a::1 > 2001:db8:b::1: "

/* What the headers say, not what the capture has; but what can't be so is not told. */
static void line_tells_lengths_as_the_headers_have_them(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("0415", "11") "1388 0007 0415 4cea 68656c"),
			    "2001:db8:a::1.5000 > 2001:db8:b::1.7: UDP, length 1037 "
			    "[1034 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0415", "11") "1388 0007 04"),
			    "2001:db8:a::1.5000 > 2001:db8:b::1.7: UDP, length 1037 "
			    "[1040 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0415", "11") "1388 0007 0007 4cea"),
			    "2001:db8:a::1.5000 > 2001:db8:b::1.7: UDP, length 1037 "
			    "[1037 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0018", "2c") "11 00 0001 12345678"
				    "1388 0007 1000 4cea 68656c6c6f000000"),
			    AB "Fragment offset 0 more 1 id 0x12345678: UDP 5000 > 7, length 4088");
	assert_string_equal(line_of(IP("000c", "3a") "80 00 5e64 0102 0003 61"),
			    AB "ICMPv6 echo request, id 258, seq 3, length 4 "
			    "[3 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0100", "3a") "01 00 a334 00000000"),
			    AB "ICMPv6 destination unreachable, no route, length 252 "
			    "[248 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0100", "fd") "0001"),
			    AB "next header 253, length 256 "
			    "[254 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0100", "06") "1388 0007 00000001 00000000 50 10 ffff"),
			    "2001:db8:a::1.5000 > 2001:db8:b::1.7: TCP [.] seq 1 ack 0 win 65535, "
			    "length 240 [240 octets of the packet are not here]");
	assert_string_equal(line_of(IP("0100", "06") "1388 0007 0001"),
			    "2001:db8:a::1.5000 > 2001:db8:b::1.7: TCP "
			    "[250 octets of the packet are not here]");
	/* The inner header is inside the outer one. */
	assert_string_equal(line_of(IP("0040", "8c") "29 00 923456789abc" "60000000 0010 3a40" C D
				    "80 00 5e64 0102 0003"),
			    AB "shim6 payload tag 0x123456789abc: 2001:db8:c::1 > 2001:db8:d::1: "
			    "ICMPv6 echo request, id 258, seq 3, length 8 "
			    "[8 octets of the packet are not here]");
}

static void line_tells_how_much_of_a_quote_is_here(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("0038", "8c") "3b 06 44 00 a59b 0034 60000000 0010"),
			    AB "Error code 0 (unknown message type) pointer 52, "
			    "6 of 48 octets quoted [42 octets of the packet are not here]");
}

static void line_shows_the_reports_that_are_whole(void **state)
{
	(void)state;
	assert_string_equal(line_of(FROM_TO(A1, B2, "0060", "8c") "3b 0b 43 00 d641 112233445566"
				    "11 80 0000" A1 B2 "a1a2a3a4 00000000" B2),
			    "2001:db8:a:1::1 > 2001:db8:b:2::1: Probe receiver_tag 0x112233445566 "
			    "InboundOk sent [2001:db8:a:1::1 > 2001:db8:b:2::1 nonce 0xa1a2a3a4] "
			    "received [?] [24 octets of the packet are not here] "
			    "[report 2 of 2 has 16 of its 40 octets]");
	assert_string_equal(line_of(FROM_TO(A1, B2, "0060", "8c") "3b 0b 43 00 d641 112233445566"
				    "02 80 0000" A1 B2 "a1a2a3a4 00000000" B2),
			    "2001:db8:a:1::1 > 2001:db8:b:2::1: Probe receiver_tag 0x112233445566 "
			    "InboundOk "
			    "sent [2001:db8:a:1::1 > 2001:db8:b:2::1 nonce 0xa1a2a3a4, ?] "
			    "[24 octets of the packet are not here] "
			    "[report 2 of 2 has 16 of its 40 octets]");
}

static void line_has_no_blanks_for_octets_that_are_none(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("0020", "8c") "3b 03 01 00 557c 0123456789ab deadbeef"
				    "009a 0000 00000000" "000e 0004 00000001"),
			    AB "I1 init_tag 0x123456789ab init_nonce 0xdeadbeef, option type 77, "
			    "fii 0x1");
	assert_string_equal(line_of(IP("0018", "8c") "3b 02 05 00 1029 7edcba987654 00000009"
				    "0002 0000 00000000"),
			    AB "R1bis packet_tag 0x7edcba987654 resp_nonce 0x9, validator");
}

static void line_shows_what_is_behind_an_option_of_fixed_length(void **state)
{
	(void)state;
	assert_string_equal(line_of(IP("0020", "8c") "3b 03 01 00 550f 0123456789ab deadbeef"
				    "000e 0007 00000001 0203ff 0000000000"),
			    AB "I1 init_tag 0x123456789ab init_nonce 0xdeadbeef, "
			    "fii 0x1 rest 0203ff [bad len 7 (4 is right)]");
}

static void line_names_the_codes_of_errors(void **state)
{
	static const struct {
		uint8_t code;
		const char *name;
	} rows[] = {
		{ 1, "code 1 (unknown critical option)" },
		{ 4, "code 4 (wrong number of locators)" },
		{ 5, "code 5 (unassigned)" },
		{ 119, "code 119 (unassigned)" },
		{ 120, "code 120 (debugging)" },
		{ 127, "code 127 (debugging)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char hex[256];

		snprintf(hex, sizeof(hex), "%s 3b0144%02x 0000 0034 6000000000108c40",
			 IP("0010", "8c"), rows[i].code << 1);
		assert_non_null(strstr(line_of(hex), rows[i].name));
	}
}

static void line_has_the_same_length_in_every_buffer(void **state)
{
	uint8_t octets[TEST_PACKET_MAX];
	struct wire_dissection d;

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		const char *line = test_packets[i].line;
		size_t len = strlen(line);

		wire_dissect(&d, octets, test_octets(octets, test_packets[i].hex));
		for (size_t size = 0; size <= len + 1; size++) {
			char *buf = malloc(size ? size : 1);

			assert_int_equal(wire_line_print(buf, size, &d), len);
			if (size)
				assert_int_equal(strlen(buf), size - 1);
			if (size)
				assert_memory_equal(buf, line, size - 1);
			free(buf);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_tells_every_packet),
		cmocka_unit_test(line_ends_with_findings),
		cmocka_unit_test(line_says_that_it_is_not_ipv6),
		cmocka_unit_test(line_shows_fields_that_are_cut_off),
		cmocka_unit_test(line_tells_how_much_of_a_header_there_is),
		cmocka_unit_test(line_shows_an_option_that_is_cut_or_too_long_as_one),
		cmocka_unit_test(line_names_what_stands_behind_options),
		cmocka_unit_test(line_tells_lengths_as_the_headers_have_them),
		cmocka_unit_test(line_tells_how_much_of_a_quote_is_here),
		cmocka_unit_test(line_shows_the_reports_that_are_whole),
		cmocka_unit_test(line_has_no_blanks_for_octets_that_are_none),
		cmocka_unit_test(line_shows_what_is_behind_an_option_of_fixed_length),
		cmocka_unit_test(line_names_the_codes_of_errors),
		cmocka_unit_test(line_has_the_same_length_in_every_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
