/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/packet.h"
#include "wire/test_packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Does the dissector find this in the packet, at that octet? */
static bool finds(const char *hex, uint32_t off, const char *text)
{
	uint8_t octets[TEST_PACKET_MAX];
	struct wire_dissection d;

	wire_dissect(&d, octets, test_octets(octets, hex));
	for (unsigned i = 0; i < d.finding_count && i < WIRE_FINDINGS_MAX; i++)
		if (d.findings[i].off == off && strcmp(d.findings[i].text, text) == 0)
			return true;
	return false;
}

static void critical_unknown_option_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0018", "8c") "3b 02 41 00 0000 7fffffffffff 01020304"
			  "009b 0004 00000000", 56, "critical option 77 is not known"));
	assert_false(finds(IP("0018", "8c") "3b 02 41 00 0000 7fffffffffff 01020304"
			   "009a 0004 00000000", 56, "critical option 77 is not known"));
}

static void option_of_another_message_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0018", "8c") "3b 02 01 00 0000 7fffffffffff 01020304" VALIDATOR, 40,
			  "validator is not an option of I1"));
}

static void r1_without_validator_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0010", "8c") "3b 01 02 00 0000 0000 deadbeef 00000007", 40,
			  "R1 without validator"));
}

/* Where it may be is in a later fragment, or not captured. */
static void option_that_may_be_elsewhere_is_not_missed(void **state)
{
	(void)state;
	assert_false(finds(IP("0018", "2c") "8c 00 0001 12345678"
			   "3b 04 02 00 0000 0000 deadbeef 00000007", 48, "R1 without validator"));
	assert_false(finds(IP("0028", "8c") "3b 04 02 00 0000 0000 deadbeef 00000007", 40,
			   "R1 without validator"));
	assert_true(finds(IP("0018", "2c") "8c 00 0001 12345678"
			  "3b 01 02 00 0000 0000 deadbeef 00000007", 48, "R1 without validator"));
}

/* An I2 with a structure of 31 octets: modifier, prefix, count, key 30 04 .... */
#define I2_WITH_PDS(count, key)                                                                    \
	IP("0040", "8c") "3b 07 03 00 0000 0123456789ab deadbeef 00000007 00000000"                \
			 "0008 001f 00010203 04050607 08090a0b 0c0d0e0f 20010db8 000a0000 " count  \
			 " " key "00000000 00"

static void what_is_no_cga_parameters_is_found(void **state)
{
	(void)state;
	assert_false(finds(I2_WITH_PDS("02", "3004 05000500"), 68,
			   "31 octets that are no CGA parameters"));
	assert_true(finds(I2_WITH_PDS("02", "3005 05000500"), 68,
			  "31 octets that are no CGA parameters"));
	assert_true(finds(I2_WITH_PDS("03", "3004 05000500"), 92,
			  "collision_count is 3, at most 2 make sense"));
	assert_false(finds(I2_WITH_PDS("02", "3004 05000500"), 92,
			   "collision_count is 2, at most 2 make sense"));
}

static void error_without_a_quote_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0008", "8c") "3b 00 44 00 0000 0034", 41,
			  "hdr_ext_len is 0, at least 1 needed"));
	assert_false(finds(IP("0010", "8c") "3b 01 44 00 0000 0034 6000000000108c40", 41,
			   "hdr_ext_len is 0, at least 1 needed"));
}

static void option_given_twice_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0020", "8c") "3b 03 05 00 0000 7edcba987654 00000009"
			  VALIDATOR VALIDATOR, 40, "2 times validator"));
}

static void padding_that_is_not_zero_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0018", "8c") "3b 02 05 00 0000 7edcba987654 00000009"
			  "0002 0001 00000001", 63, "padding of validator is not zero"));
	/* RFC 5533 5.15.2: a list's is inside, between methods and locators. */
	assert_true(finds(IP("0040", "8c") "3b 07 04 00 0000 112233445566 deadbeef"
			  "0004 002c 00000005 02 0101 0000000100" A B, 70,
			  "padding of locator_list is not zero"));
}

static void uneven_preferences_are_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0020", "8c") "3b 03 40 00 0000 7fffffffffff 01020304"
			  "0006 0008 00000005 02 010000 00000000", 64,
			  "3 octets are not elements of 2"));
	assert_true(finds(IP("0020", "8c") "3b 03 40 00 0000 7fffffffffff 01020304"
			  "0006 0008 00000005 00 010000 00000000", 64,
			  "3 octets are not elements of 0"));
	/* Longer elements of times to come are none of our business. */
	assert_false(finds(IP("0020", "8c") "3b 03 40 00 0000 7fffffffffff 01020304"
			   "0006 0009 00000005 04 01000000 000000", 64,
			   "4 octets are not elements of 4"));
}

static void probe_without_sent_reports_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0010", "8c") "3b 01 43 00 0000 112233445566 00 40 0000", 52,
			  "sent_count is 0, at least 1 needed"));
}

static void probe_of_state_3_is_found(void **state)
{
	(void)state;
	assert_true(finds(IP("0010", "8c") "3b 01 43 00 0000 112233445566 00 c0 0000", 53,
			  "state 3 is none"));
}

static void addresses_that_cannot_have_a_context_are_found(void **state)
{
	static const char from[] = "control message from a multicast or unspecified address";
	static const char to[] = "control message to a multicast or unspecified address";

	(void)state;
	assert_true(finds("60000000 0010 8c 40" A "ff020000000000000000000000000001"
			  "3b 01 42 00 e931 112233445566 00000000", 24, to));
	assert_true(finds("60000000 0010 8c 40" "00000000000000000000000000000000" B
			  "3b 01 42 00 e931 112233445566 00000000", 8, from));
	assert_false(finds(IP("0010", "8c") "3b 01 42 00 e931 112233445566 00000000", 8, from));
	assert_false(finds(IP("0010", "8c") "3b 01 42 00 e931 112233445566 00000000", 24, to));
}

static void control_packet_beyond_1280_octets_is_found(void **state)
{
	uint8_t packet[1288] = { 0 };
	struct wire_dissection d;

	(void)state;
	test_octets(packet, IP("04e0", "8c") "3b 9b 01 00 0000 0123456789ab deadbeef"
		    "00fe 04c4");
	wire_dissect(&d, packet, sizeof(packet));
	assert_int_equal(d.finding_count, 2); /* the checksum too */
	assert_string_equal(d.findings[1].text, "control packet of more than 1280 octets");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(critical_unknown_option_is_found),
		cmocka_unit_test(option_of_another_message_is_found),
		cmocka_unit_test(r1_without_validator_is_found),
		cmocka_unit_test(option_that_may_be_elsewhere_is_not_missed),
		cmocka_unit_test(what_is_no_cga_parameters_is_found),
		cmocka_unit_test(error_without_a_quote_is_found),
		cmocka_unit_test(option_given_twice_is_found),
		cmocka_unit_test(padding_that_is_not_zero_is_found),
		cmocka_unit_test(uneven_preferences_are_found),
		cmocka_unit_test(probe_without_sent_reports_is_found),
		cmocka_unit_test(probe_of_state_3_is_found),
		cmocka_unit_test(addresses_that_cannot_have_a_context_are_found),
		cmocka_unit_test(control_packet_beyond_1280_octets_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
