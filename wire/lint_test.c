/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/packet.h"
#include "wire/test_packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What the dissector finds in the packet, at that octet; NULL: not this. */
static const struct wire_finding *found(const char *hex, uint32_t off, const char *text)
{
	static uint8_t octets[TEST_PACKET_MAX];
	static struct wire_dissection d;

	wire_dissect(&d, octets, test_octets(octets, hex));
	for (unsigned i = 0; i < d.finding_count && i < WIRE_FINDINGS_MAX; i++)
		if (d.findings[i].off == off && strcmp(d.findings[i].text, text) == 0)
			return &d.findings[i];
	return NULL;
}

static bool finds(const char *hex, uint32_t off, const char *text)
{
	return found(hex, off, text);
}

static void assert_found(const char *hex, uint32_t off, const char *text,
			 enum wire_severity severity, const char *rfc)
{
	const struct wire_finding *f = found(hex, off, text);

	if (!f)
		print_error("%u: %s\n", off, text);
	assert_non_null(f);
	assert_int_equal(f->severity, severity);
	assert_string_equal(f->rfc, rfc);
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

/* RFC 5533 5.15: C = 0 is passed over, C = 1 ends in an Error. */
static void critical_option_of_another_message_is_an_error_code_1(void **state)
{
	const char *hex = IP("0028", "8c") "3b 04 01 00 0000 7fffffffffff 01020304"
			  "000e 0004 00000001" "0003 0004 00010203" "0002 0004 00010203";

	(void)state;
	assert_found(hex, 64, "critical validator is not an option of I1: Error code 1 is due",
		     WIRE_WARNING, "RFC 5533 5.15");
	assert_found(hex, 40, "validator is not an option of I1", WIRE_WARNING, "RFC 5533 5.4");
	hex = IP("0018", "8c") "3b 02 42 00 0000 7fffffffffff 00000000" "0015 0004 0000001e";
	assert_found(hex, 56,
		     "critical keepalive_timeout is not an option of Keepalive: "
		     "Error code 1 is due", WIRE_WARNING, "RFC 5533 5.15");
	assert_false(finds(hex, 40, "keepalive_timeout is not an option of Keepalive"));
	/* Listed, and so it doesn't matter. */
	hex = IP("0018", "8c") "3b 02 01 00 0000 7fffffffffff 01020304" "000f 0004 00000001";
	assert_false(finds(hex, 56, "critical fii is not an option of I1: Error code 1 is due"));
}

/* Its type is known; that it is too short is the dissector's finding. */
static void critical_option_that_is_too_short_is_not_unknown(void **state)
{
	(void)state;
	assert_false(finds(IP("0018", "8c") "3b 02 01 00 0000 7fffffffffff 01020304"
			   "000f 0002 0001 0000", 56, "critical option 7 is not known"));
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

/* --- what goes with a Locator List ------------------------------------------ */

/* A list of one: RFC 5533 5.15.2. */
#define LIST(generation, method) "0004 001c" generation "01" method "000000000000" A
#define I2(payload_len, units, options)                                                            \
	IP(payload_len, "8c") "3b" units "03 00 0000 0123456789ab deadbeef 00000007 00000000"      \
	VALIDATOR options

static void list_without_pds_is_found(void **state)
{
	static const char text[] = "I2 with locator_list, but without pds";

	(void)state;
	assert_found(I2("0040", "07", LIST("00000005", "01")), 72, text, WIRE_ERROR,
		     "RFC 5533 5.6");
	assert_false(finds(I2("0068", "0c", LIST("00000005", "01") PDS), 72, text));
	assert_false(finds(I2("0068", "0c", PDS LIST("00000005", "01")), 112, text));
	assert_false(finds(I2("0020", "03", ""), 40, text));
	assert_found(IP("0030", "8c") "3b 05 04 00 0000 112233445566 deadbeef"
		     LIST("00000005", "01"), 56, "R2 with locator_list, but without pds",
		     WIRE_ERROR, "RFC 5533 5.7");
	assert_found(IP("0040", "8c") "3b 07 06 00 0000 0123456789ab deadbeef 00000009"
		     "00000000 0000 7edcba987654" LIST("00000005", "01"), 72,
		     "I2bis with locator_list, but without pds", WIRE_ERROR, "RFC 5533 5.9");
}

/* RFC 5533 5.10: it may have come before. */
static void update_need_not_repeat_the_pds(void **state)
{
	(void)state;
	assert_false(finds(IP("0030", "8c") "3b 05 40 00 0000 112233445566 01020304"
			   LIST("00000005", "01"), 56,
			   "Update Request with locator_list, but without pds"));
}

static void list_of_cga_without_signature_is_found(void **state)
{
	static const char text[] = "I2 with locators by CGA, but without signature";
	const char *update = IP("0030", "8c") "3b 05 40 00 0000 112233445566 01020304"
			     LIST("00000005", "02");

	(void)state;
	assert_found(I2("0068", "0c", LIST("00000005", "02") PDS), 72, text, WIRE_ERROR,
		     "RFC 5533 5.6");
	assert_false(finds(I2("0068", "0c", LIST("00000005", "01") PDS), 72, text));
	assert_false(finds(I2("0070", "0d", LIST("00000005", "02") PDS "000a 0001 01 000000"), 72,
			   text));
	/* Only said, without the word MUST. */
	assert_found(update, 56, "Update Request with locators by CGA, but without signature",
		     WIRE_WARNING, "RFC 5533 5.10");
}

static void what_goes_with_a_list_may_not_be_captured(void **state)
{
	(void)state;
	assert_false(finds(I2("0068", "0c", LIST("00000005", "02")), 72,
			   "I2 with locator_list, but without pds"));
	assert_false(finds(I2("0068", "0c", LIST("00000005", "02")), 72,
			   "I2 with locators by CGA, but without signature"));
}

/* RFC 5533 10.4 for an update; elsewhere nobody says what comes of it. */
#define UPDATE_OF_BOTH(type, preferences)                                                          \
	IP("0040", "8c") "3b 07" type "00 0000 112233445566 01020304" LIST("00000005", "01")       \
	preferences

static void preferences_are_counted_against_the_list(void **state)
{
	static const char text[] = "2 elements for a locator_list of 1: Error code 4 is due";

	(void)state;
	assert_found(UPDATE_OF_BOTH("40", "0006 0007 00000005 01 0100 0000000000"), 90, text,
		     WIRE_ERROR, "RFC 5533 10.4");
	assert_found(UPDATE_OF_BOTH("40", "0006 000b 00000005 03 010203 020304 00"), 90, text,
		     WIRE_ERROR, "RFC 5533 10.4");
	assert_false(finds(UPDATE_OF_BOTH("40", "0006 0008 00000005 03 010203 00000000"), 90,
			   text));
	assert_found(UPDATE_OF_BOTH("04", "0006 0007 00000005 01 0100 0000000000"), 90,
		     "2 elements for a locator_list of 1", WIRE_WARNING, "RFC 5533 5.15.3");
	/* Not coming out even, which is told; and alone, for a list sent before. */
	assert_false(finds(UPDATE_OF_BOTH("40", "0006 0008 00000005 02 010000 00000000"), 90,
			   "1 elements for a locator_list of 1: Error code 4 is due"));
	assert_false(finds(IP("0020", "8c") "3b 03 40 00 0000 112233445566 01020304"
			   "0006 0007 00000005 01 0100 0000000000", 58,
			   "2 elements for a locator_list of 0: Error code 4 is due"));
}

static void preferences_are_of_the_generation_of_the_list(void **state)
{
	static const char text[] = "generation 6, the locator_list's is 5: Error code 3 is due";

	(void)state;
	assert_found(UPDATE_OF_BOTH("40", "0006 0006 00000006 01 01 000000000000"), 92, text,
		     WIRE_ERROR, "RFC 5533 10.4");
	assert_false(finds(UPDATE_OF_BOTH("40", "0006 0006 00000005 01 01 000000000000"), 92,
			   text));
	assert_found(UPDATE_OF_BOTH("04", "0006 0006 00000006 01 01 000000000000"), 92,
		     "generation 6, the locator_list's is 5", WIRE_WARNING, "RFC 5533 5.15.3");
	/* Of another list, so their number is none of this one's. */
	assert_false(finds(UPDATE_OF_BOTH("40", "0006 0007 00000006 01 0101 0000000000"), 90,
			   "2 elements for a locator_list of 1: Error code 4 is due"));
}

/* --- Probes ------------------------------------------------------------------ */

#define PROBE(counts, units, reports)                                                              \
	"3b" units "43 00 0000 112233445566" counts "40 0000" reports

/* RFC 5534 5.2: the first one is about the Probe itself. */
static void probe_from_elsewhere_than_it_says_is_found(void **state)
{
	static const char src[] = "sent[0].src is not the source of this Probe";
	static const char dst[] = "sent[0].dst is not the destination of this Probe";

	(void)state;
	assert_found(IP("0038", "8c") PROBE("01", "06", A1 B "01020304 00000000"), 56, src,
		     WIRE_WARNING, "RFC 5534 5.2");
	assert_found(IP("0038", "8c") PROBE("01", "06", A B2 "01020304 00000000"), 72, dst,
		     WIRE_WARNING, "RFC 5534 5.2");
	assert_false(finds(IP("0038", "8c") PROBE("01", "06", A B2 "01020304 00000000"), 56, src));
	/* Those behind it, and those received, are others. */
	assert_false(finds(IP("0060", "8c") PROBE("02", "0b", A B "01020304 00000000"
						  A1 B2 "01020305 00000000"), 96, src));
	assert_false(finds(IP("0038", "8c") PROBE("10", "06", B A "01020304 00000000"), 56, src));
}

/* It is sent to where the routing header ends, and comes from home. */
static void probe_goes_to_the_final_destination(void **state)
{
	static const char hex[] = IP("0068", "3c") "2b 02 c9 10" C "01 02 0000"
				  "8c 02 02 01 00000000" D
				  PROBE("01", "06", C D "01020304 00000000");
	static const char other[] = IP("0068", "3c") "2b 02 c9 10" C "01 02 0000"
				    "8c 02 02 01 00000000" D
				    PROBE("01", "06", A B "01020304 00000000");

	(void)state;
	assert_false(finds(hex, 104, "sent[0].src is not the source of this Probe"));
	assert_false(finds(hex, 120, "sent[0].dst is not the destination of this Probe"));
	assert_true(finds(other, 104, "sent[0].src is not the source of this Probe"));
	assert_true(finds(other, 120, "sent[0].dst is not the destination of this Probe"));
}

/* By its own length, a fault; by the capture's, none. */
static void probe_that_ends_within_a_report_is_found(void **state)
{
	static const char text[] = "report 2 of 2 has 16 of its 40 octets";

	(void)state;
	assert_found(IP("0048", "8c") PROBE("02", "08", A B "01020304 00000000" A), 96, text,
		     WIRE_ERROR, "RFC 5534 5.2");
	assert_found(IP("0060", "8c") PROBE("02", "0b", A B "01020304 00000000" A), 96, text,
		     WIRE_NOTE, "RFC 5534 5.2");
	assert_false(finds(IP("0060", "8c") PROBE("02", "0b", A B "01020304 00000000"
						  A B "01020304 00000000"), 96, text));
	assert_found(IP("0038", "8c") PROBE("12", "06", A B "01020304 00000000"), 96,
		     "report 2 of 3 has 0 of its 40 octets", WIRE_ERROR, "RFC 5534 5.2");
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
		cmocka_unit_test(critical_option_of_another_message_is_an_error_code_1),
		cmocka_unit_test(critical_option_that_is_too_short_is_not_unknown),
		cmocka_unit_test(r1_without_validator_is_found),
		cmocka_unit_test(option_that_may_be_elsewhere_is_not_missed),
		cmocka_unit_test(what_is_no_cga_parameters_is_found),
		cmocka_unit_test(error_without_a_quote_is_found),
		cmocka_unit_test(option_given_twice_is_found),
		cmocka_unit_test(padding_that_is_not_zero_is_found),
		cmocka_unit_test(uneven_preferences_are_found),
		cmocka_unit_test(list_without_pds_is_found),
		cmocka_unit_test(update_need_not_repeat_the_pds),
		cmocka_unit_test(list_of_cga_without_signature_is_found),
		cmocka_unit_test(what_goes_with_a_list_may_not_be_captured),
		cmocka_unit_test(preferences_are_counted_against_the_list),
		cmocka_unit_test(preferences_are_of_the_generation_of_the_list),
		cmocka_unit_test(probe_from_elsewhere_than_it_says_is_found),
		cmocka_unit_test(probe_goes_to_the_final_destination),
		cmocka_unit_test(probe_that_ends_within_a_report_is_found),
		cmocka_unit_test(probe_without_sent_reports_is_found),
		cmocka_unit_test(probe_of_state_3_is_found),
		cmocka_unit_test(addresses_that_cannot_have_a_context_are_found),
		cmocka_unit_test(control_packet_beyond_1280_octets_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
