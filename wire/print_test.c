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
	assert_string_equal(line_of(IP("001c", "8c") "060205004321 7edcba98765400000009" VALIDATOR
				    "00000000"),
			    "2001:db8:a::1 > 2001:db8:b::1: R1bis packet_tag 0x7edcba987654 "
			    "resp_nonce 0x9, validator 00010203: next header 6, length 4 "
			    "[next_header 6: control messages have 59]");
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
		cmocka_unit_test(line_names_the_codes_of_errors),
		cmocka_unit_test(line_has_the_same_length_in_every_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
