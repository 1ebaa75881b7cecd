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
		cmocka_unit_test(line_has_the_same_length_in_every_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
