/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/packet.h"
#include "wire/test_packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What the line says between the addresses and the length of an ICMPv6
 * message of these octets, whose checksum is of no account here. */
static const char *told(const char *message)
{
	static char line[1024];
	char hex[1024];
	uint8_t octets[TEST_PACKET_MAX];
	struct wire_dissection d;
	size_t len;
	char *end;

	snprintf(hex, sizeof(hex), IP("0000", "3a") "%s", message);
	len = test_octets(octets, hex);
	octets[5] = (uint8_t)(len - 40);
	wire_dissect(&d, octets, len);
	wire_line_print(line, sizeof(line), &d);
	end = strstr(line, ", length ");
	assert_non_null(end);
	*end = '\0';
	return line + strlen("2001:db8:a::1 > 2001:db8:b::1: ");
}

/* RFC 4443 3.1 to 3.4. */
static void errors_have_their_names_and_reasons(void **state)
{
	static const struct {
		const char *message, *told;
	} rows[] = {
		{ "0100 0000 00000000", "ICMPv6 destination unreachable, no route" },
		{ "0101 0000 00000000",
		  "ICMPv6 destination unreachable, administratively prohibited" },
		{ "0102 0000 00000000",
		  "ICMPv6 destination unreachable, beyond scope of source address" },
		{ "0103 0000 00000000", "ICMPv6 destination unreachable, address unreachable" },
		{ "0104 0000 00000000", "ICMPv6 destination unreachable, port unreachable" },
		{ "0105 0000 00000000",
		  "ICMPv6 destination unreachable, source address failed policy" },
		{ "0106 0000 00000000", "ICMPv6 destination unreachable, reject route" },
		{ "0200 0000 00000500", "ICMPv6 packet too big, mtu 1280" },
		{ "0300 0000 00000000", "ICMPv6 time exceeded, hop limit exceeded in transit" },
		{ "0301 0000 00000000", "ICMPv6 time exceeded, fragment reassembly time exceeded" },
		{ "0400 0000 00000028",
		  "ICMPv6 parameter problem, erroneous header field at octet 40" },
		{ "0401 0000 00000006",
		  "ICMPv6 parameter problem, unrecognized next header at octet 6" },
		{ "0402 0000 0000002a",
		  "ICMPv6 parameter problem, unrecognized option at octet 42" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(told(rows[i].message), rows[i].told);
}

/* RFC 4861 4.1 to 4.5. */
static void neighbor_discovery_has_its_names(void **state)
{
	(void)state;
	assert_string_equal(told("8500 0000 00000000"), "ICMPv6 router solicitation");
	assert_string_equal(told("8600 0000 40000708 00000000 00000000"),
			    "ICMPv6 router advertisement");
	assert_string_equal(told("8700 0000 00000000" C),
			    "ICMPv6 neighbor solicitation, who has 2001:db8:c::1");
	assert_string_equal(told("8800 0000 60000000" C),
			    "ICMPv6 neighbor advertisement, target is 2001:db8:c::1");
	assert_string_equal(told("8900 0000 00000000" C D),
			    "ICMPv6 redirect, target is 2001:db8:c::1");
}

static void listener_discovery_has_its_names(void **state)
{
	(void)state;
	assert_string_equal(told("8200 0000 00000000"), "ICMPv6 multicast listener query");
	assert_string_equal(told("8300 0000 00000000"), "ICMPv6 multicast listener report");
	assert_string_equal(told("8400 0000 00000000"), "ICMPv6 multicast listener done");
	assert_string_equal(told("8f00 0000 00000001"), "ICMPv6 multicast listener report v2");
}

static void what_has_no_name_is_a_number(void **state)
{
	(void)state;
	assert_string_equal(told("c805 0000 00000000"), "ICMPv6 type 200 code 5");
	assert_string_equal(told("0000 0000 00000000"), "ICMPv6 type 0 code 0");
	assert_string_equal(told("0107 0000 00000000"), "ICMPv6 destination unreachable, code 7");
	assert_string_equal(told("0302 0000 00000000"), "ICMPv6 time exceeded, code 2");
	assert_string_equal(told("04ff 0000 00000000"),
			    "ICMPv6 parameter problem, code 255 at octet 0");
	assert_string_equal(told("8501 0000 00000000"), "ICMPv6 router solicitation, code 1");
}

static void what_is_not_there_is_a_question_mark(void **state)
{
	(void)state;
	assert_string_equal(told("02"), "ICMPv6 type 2 code ?");
	assert_string_equal(told("0200"), "ICMPv6 packet too big, mtu ?");
	assert_string_equal(told("0200 0000 000005"), "ICMPv6 packet too big, mtu ?");
	assert_string_equal(told("8700 0000 00000000 20010db8000c"),
			    "ICMPv6 neighbor solicitation, who has ?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_have_their_names_and_reasons),
		cmocka_unit_test(neighbor_discovery_has_its_names),
		cmocka_unit_test(listener_discovery_has_its_names),
		cmocka_unit_test(what_has_no_name_is_a_number),
		cmocka_unit_test(what_is_not_there_is_a_question_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
