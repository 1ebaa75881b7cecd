/* SPDX-License-Identifier: BSD-2-Clause */
/* Fragments written by hand from RFC 8200 4.5, in every order; then those that must not fit. */
#include "pcap/reassemble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define ADDRS "20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define IP6(len, next) "60000000" len next "40" ADDRS
/* Of Shim6 (140) or whatever the header in front says; offset with the M bit, id 7. */
#define FRAG(offset) "8c00" offset "00000007 "
#define A8 "0001020304050607"
#define B8 "1011121314151617"
#define C8 "2021222324252627"

enum { SECOND = 1000000, PACKETS = 4, OCTETS = 1 << 20 };

#define FIRST  IP6("0010", "2c") FRAG("0001") A8
#define MIDDLE IP6("0010", "2c") FRAG("0009") B8
#define LAST   IP6("000d", "2c") FRAG("0010") "2021222324"
#define WHOLE  IP6("0015", "8c") A8 B8 "2021222324"

static int setup(void **state)
{
	*state = reassembly_new(PACKETS, OCTETS);
	return !*state;
}

static int teardown(void **state)
{
	reassembly_free(*state);
	return 0;
}

static enum reassembled feed_at(struct reassembly *r, const char *hex, uint64_t usec,
				struct reassembled_packet *out)
{
	struct octets packet = octets_of(hex);
	enum reassembled result = reassembly_packet(r, packet.data, packet.len, usec, out);

	octets_free(&packet);
	return result;
}

static void feed(struct reassembly *r, const char *hex, enum reassembled expected)
{
	struct reassembled_packet out;

	assert_int_equal(feed_at(r, hex, SECOND, &out), expected);
}

static void whole_comes_of_fragments_in_any_order(void **state)
{
	static const char *const parts[] = { FIRST, MIDDLE, LAST };
	static const int orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};
	struct reassembled_packet out;

	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(feed_at(*state, parts[orders[i][0]], 5, &out), REASSEMBLE_WAITING);
		assert_int_equal(feed_at(*state, parts[orders[i][1]], 6, &out), REASSEMBLE_WAITING);
		assert_int_equal(feed_at(*state, parts[orders[i][2]], 7, &out), REASSEMBLE_WHOLE);
		assert_octets_equal(out.octets, out.len, WHOLE);
		assert_int_equal(out.fragments, 3);
		assert_int_equal(out.first_usec, 5);
	}
	assert_int_equal(reassembly_counts(*state).whole, 6);
	assert_int_equal(reassembly_counts(*state).fragments, 18);
	assert_int_equal(reassembly_counts(*state).waiting, 0);
}

/* The headers of the first fragment are kept, those of the others aren't. */
static void headers_before_the_fragment_header_stay(void **state)
{
	struct reassembled_packet out;

	feed(*state, IP6("0018", "3c") "2c00010400000000" FRAG("0001") A8, REASSEMBLE_WAITING);
	assert_int_equal(feed_at(*state, "6fffffff 0010 2c 01" ADDRS "ff000008 00000007" B8, 9,
				 &out),
			 REASSEMBLE_WHOLE);
	assert_octets_equal(out.octets, out.len, IP6("0018", "3c") "8c00010400000000" A8 B8);
}

static void packet_in_one_fragment_stands_alone(void **state)
{
	struct reassembled_packet out;

	feed(*state, FIRST, REASSEMBLE_WAITING);
	assert_int_equal(feed_at(*state, IP6("0010", "2c") FRAG("0000") C8, 9, &out),
			 REASSEMBLE_WHOLE);
	assert_octets_equal(out.octets, out.len, IP6("0008", "8c") C8);
	assert_int_equal(out.fragments, 1);
	feed(*state, MIDDLE, REASSEMBLE_WAITING);
	feed(*state, LAST, REASSEMBLE_WHOLE);
}

static void what_is_no_fragment_is_left_alone(void **state)
{
	static const char *const rows[] = {
		IP6("0008", "11") "0001000200080000",
		IP6("0008", "3c") "3b00010400000000",
		IP6("0000", "2c"), /* promised, and not there */
		IP6("0010", "2c") "8c00",
		"45000014",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		feed(*state, rows[i], REASSEMBLE_NO_FRAGMENT);
	assert_int_equal(reassembly_counts(*state).fragments, 0);
}

static void octets_behind_the_packet_do_not_count(void **state)
{
	struct reassembled_packet out;

	feed(*state, FIRST "ffff", REASSEMBLE_WAITING);
	feed(*state, LAST "ffffff", REASSEMBLE_WAITING);
	assert_int_equal(feed_at(*state, MIDDLE, 9, &out), REASSEMBLE_WHOLE);
	assert_octets_equal(out.octets, out.len, WHOLE);
}

static void exact_repetition_is_harmless(void **state)
{
	struct reassembled_packet out;

	feed(*state, LAST, REASSEMBLE_WAITING);
	feed(*state, LAST, REASSEMBLE_WAITING);
	feed(*state, FIRST, REASSEMBLE_WAITING);
	feed(*state, FIRST, REASSEMBLE_WAITING);
	assert_int_equal(feed_at(*state, MIDDLE, 9, &out), REASSEMBLE_WHOLE);
	assert_octets_equal(out.octets, out.len, WHOLE);
	assert_int_equal(reassembly_counts(*state).overlaps, 0);
}

static void overlap_spoils_the_packet_for_good(void **state)
{
	static const char *const overlaps[] = {
		IP6("0010", "2c") FRAG("0001") B8,           /* same place, other octets */
		IP6("0018", "2c") FRAG("0001") A8 B8,        /* the same, and more */
		IP6("0018", "2c") FRAG("0009") B8 C8,        /* reaches into the end */
		IP6("000d", "2c") FRAG("0010") "2021222325", /* another end of the same length */
		IP6("000c", "2c") FRAG("0010") "20212223",   /* a shorter one */
		IP6("0009", "2c") FRAG("0008") "10",         /* ends before what is there */
		IP6("0010", "2c") FRAG("0019") B8,           /* goes on behind the end */
		IP6("000d", "2c") FRAG("0018") "2021222324", /* a later end */
		IP6("0010", "2c") FRAG("0011") C8,           /* over the end, and goes on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(overlaps) / sizeof(overlaps[0]); i++) {
		struct reassembly *r = reassembly_new(PACKETS, OCTETS);

		feed(r, FIRST, REASSEMBLE_WAITING);
		feed(r, LAST, REASSEMBLE_WAITING);
		feed(r, overlaps[i], REASSEMBLE_REFUSED);
		feed(r, MIDDLE, REASSEMBLE_REFUSED);
		feed(r, FIRST, REASSEMBLE_REFUSED);
		assert_int_equal(reassembly_counts(r).overlaps, 1);
		assert_int_equal(reassembly_counts(r).waiting, 0);
		reassembly_free(r);
	}
}

static void same_octets_with_more_to_come_are_no_repetition(void **state)
{
	feed(*state, FIRST, REASSEMBLE_WAITING);
	feed(*state, IP6("0010", "2c") FRAG("0010") C8, REASSEMBLE_WAITING);
	feed(*state, IP6("0010", "2c") FRAG("0010") C8, REASSEMBLE_WAITING);
	feed(*state, IP6("0010", "2c") FRAG("0011") C8, REASSEMBLE_REFUSED);
	feed(*state, MIDDLE, REASSEMBLE_REFUSED);
	assert_int_equal(reassembly_counts(*state).overlaps, 1);
}

static void fragments_against_the_rfc_are_refused(void **state)
{
	static const char *const rows[] = {
		IP6("000f", "2c") FRAG("0001") "00010203040506", /* 7 octets, and more to come */
		IP6("0008", "2c") FRAG("0001"),                  /* none */
		IP6("0008", "2c") FRAG("0010"),
		IP6("0010", "2c") FRAG("fff8") A8,               /* 65528 and 8 */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		feed(*state, rows[i], REASSEMBLE_REFUSED);
	assert_int_equal(reassembly_counts(*state).malformed, 4);
	assert_int_equal(reassembly_counts(*state).waiting, 0);
}

/* 65528 octets and 7 are 65535, but the 8 of options in front don't fit, too. */
static void whole_that_is_too_long_is_refused(void **state)
{
	static uint8_t packet[40 + 16 + 65528];
	struct reassembled_packet out;
	struct octets head = octets_of(IP6("0000", "3c") "2c00010400000000" FRAG("0001"));

	memcpy(packet, head.data, head.len);
	octets_free(&head);
	packet[4] = 0x80; /* two halves of 32752 and 32776 octets */
	packet[5] = 0x00;
	assert_int_equal(reassembly_packet(*state, packet, 40 + 0x8000, 0, &out),
			 REASSEMBLE_WAITING);
	packet[4] = 0x80;
	packet[5] = 0x18;
	packet[40 + 8 + 2] = 32752 >> 8;
	packet[40 + 8 + 3] = (32752 & 0xff) | 1;
	assert_int_equal(reassembly_packet(*state, packet, 40 + 0x8018, 0, &out),
			 REASSEMBLE_WAITING);
	feed(*state, IP6("000f", "2c") FRAG("fff8") "00010203040506", REASSEMBLE_REFUSED);
	assert_int_equal(reassembly_counts(*state).malformed, 1);
	assert_int_equal(reassembly_counts(*state).waiting, 0);
}

static void fragment_that_the_capture_cut_is_counted(void **state)
{
	feed(*state, IP6("0018", "2c") FRAG("0001") A8, REASSEMBLE_REFUSED);
	assert_int_equal(reassembly_counts(*state).cut, 1);
}

static void missing_part_is_waited_for_60_seconds(void **state)
{
	struct reassembled_packet out;

	feed_at(*state, FIRST, 5 * SECOND, &out);
	feed_at(*state, MIDDLE, 65 * SECOND, &out);
	assert_int_equal(reassembly_counts(*state).timed_out, 0);
	assert_int_equal(feed_at(*state, LAST, 65 * SECOND + 1, &out), REASSEMBLE_WAITING);
	assert_int_equal(reassembly_counts(*state).timed_out, 1);
	assert_int_equal(reassembly_counts(*state).waiting, 1);
}

static void time_that_steps_back_loses_nothing(void **state)
{
	struct reassembled_packet out;

	feed_at(*state, FIRST, 100 * SECOND, &out);
	feed_at(*state, LAST, 0, &out);
	assert_int_equal(feed_at(*state, MIDDLE, 50 * SECOND, &out), REASSEMBLE_WHOLE);
}

static void others_by_source_destination_or_id_are_apart(void **state)
{
	struct octets packet = octets_of(MIDDLE);
	static const size_t changes[] = { 8 + 15, 24 + 15, 40 + 7 };
	struct reassembled_packet out;

	feed(*state, FIRST, REASSEMBLE_WAITING);
	feed(*state, LAST, REASSEMBLE_WAITING);
	for (size_t i = 0; i < 3; i++) {
		packet.data[changes[i]] ^= 0x80;
		assert_int_equal(reassembly_packet(*state, packet.data, packet.len, 9, &out),
				 REASSEMBLE_WAITING);
		packet.data[changes[i]] ^= 0x80;
	}
	assert_int_equal(reassembly_counts(*state).waiting, 4);
	feed(*state, MIDDLE, REASSEMBLE_WHOLE);
	octets_free(&packet);
}

static void longest_waiting_makes_room(void **state)
{
	struct octets packet = octets_of(FIRST);
	struct reassembled_packet out;

	for (uint8_t id = 0; id < 2 * PACKETS; id++) {
		packet.data[47] = id;
		assert_int_equal(reassembly_packet(*state, packet.data, packet.len, id, &out),
				 REASSEMBLE_WAITING);
	}
	octets_free(&packet);
	assert_int_equal(reassembly_counts(*state).waiting, PACKETS);
	assert_int_equal(reassembly_counts(*state).crowded, PACKETS);
	feed(*state, LAST, REASSEMBLE_WAITING); /* id 7 is the newest */
	feed(*state, MIDDLE, REASSEMBLE_WHOLE);
}

static void octets_are_bounded(void **state)
{
	struct reassembly *r = reassembly_new(100, 40000);

	(void)state;
	feed(r, IP6("0010", "2c") "8c00000100000001" A8, REASSEMBLE_WAITING);
	feed(r, IP6("0010", "2c") "8c00600100000002" A8, REASSEMBLE_WAITING); /* at 24576 */
	assert_int_equal(reassembly_counts(r).crowded, 1);
	feed(r, IP6("0010", "2c") "8c00f00100000003" A8, REASSEMBLE_REFUSED); /* at 61440 */
	assert_int_equal(reassembly_counts(r).waiting, 0);
	assert_int_equal(reassembly_counts(r).crowded, 3);
	reassembly_free(r);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(whole_comes_of_fragments_in_any_order),
		CLAIM(headers_before_the_fragment_header_stay),
		CLAIM(packet_in_one_fragment_stands_alone),
		CLAIM(what_is_no_fragment_is_left_alone),
		CLAIM(octets_behind_the_packet_do_not_count),
		CLAIM(exact_repetition_is_harmless),
		CLAIM(overlap_spoils_the_packet_for_good),
		CLAIM(same_octets_with_more_to_come_are_no_repetition),
		CLAIM(fragments_against_the_rfc_are_refused),
		CLAIM(whole_that_is_too_long_is_refused),
		CLAIM(fragment_that_the_capture_cut_is_counted),
		CLAIM(missing_part_is_waited_for_60_seconds),
		CLAIM(time_that_steps_back_loses_nothing),
		CLAIM(others_by_source_destination_or_id_are_apart),
		CLAIM(longest_waiting_makes_room),
		CLAIM(octets_are_bounded),
	};

	return cmocka_run_group_tests_name("reassemble", tests, NULL, NULL);
}
