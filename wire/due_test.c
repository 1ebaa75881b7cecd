/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/layers.h"
#include "wire/packet.h"
#include "wire/test_packets.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint8_t octets[TEST_PACKET_MAX];

/* What the field of that name is due to be in a packet; or the error. */
static int64_t due(const char *hex, unsigned span, const char *name)
{
	struct wire_dissection d;
	struct wire_value value = { 0 };
	const struct wire_field *field;
	int rc;

	wire_dissect(&d, octets, test_octets(octets, hex));
	assert_in_range(span, 0, d.span_count - 1);
	field = wire_field_named(d.spans[span].layer, name);
	assert_non_null(field);
	rc = wire_field_due(&d, span, field, &value);
	return rc ? rc : (int64_t)value.number;
}

/* Every derived field of the packets that were made by hand. */
static void right_packets_have_what_is_due(void **state)
{
	struct wire_dissection d;
	struct wire_value is, should;

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		wire_dissect(&d, octets, test_octets(octets, test_packets[i].hex));
		for (unsigned span = 0; span < d.span_count; span++) {
			const struct wire_layer *layer = d.spans[span].layer;

			for (size_t j = 0; j < layer->field_count; j++) {
				if (wire_field_due(&d, span, &layer->fields[j], &should))
					continue;
				assert_int_equal(wire_field_get(&d, span, &layer->fields[j], &is,
								NULL), 0);
				assert_true(wire_value_equal(&is, &should));
			}
		}
	}
}

#define BROKEN "3b 09 01 00 0000 0123456789ab deadbeef"

static void free_fields_have_no_due_value(void **state)
{
	(void)state;
	assert_int_equal(due(IP("0010", "8c") BROKEN, 0, "hop_limit"), -ENOENT);
	assert_int_equal(due(IP("0010", "8c") BROKEN, 1, "init_nonce"), -ENOENT);
}

static void fixed_and_reserved_fields_are_due_as_the_figure_has_them(void **state)
{
	const char *hex = IP("0010", "8c") "3b 01 42 fe 0000 912233445566 ffffffff";

	(void)state;
	assert_int_equal(due(hex, 0, "version"), 6);
	assert_int_equal(due(hex, 1, "p"), 0);
	assert_int_equal(due(hex, 1, "type"), 66);
	assert_int_equal(due(hex, 1, "s"), 0);
	assert_int_equal(due(hex, 1, "reserved1"), 0);
	assert_int_equal(due(hex, 1, "r"), 0);
	assert_int_equal(due(hex, 1, "reserved2"), 0);
}

static void lengths_are_due_as_the_packet_is(void **state)
{
	(void)state;
	assert_int_equal(due(IP("0003", "8c") BROKEN, 0, "payload_len"), 16);
	assert_int_equal(due(IP("0010", "8c") BROKEN, 1, "hdr_ext_len"), 1);
	assert_int_equal(due(IP("000d", "11") "1388 0007 ffff 4cea 68656c6c6f", 1, "len"), 13);
	assert_int_equal(due(IP("0018", "8c") "3b 02 01 00 0000 0123456789ab deadbeef"
			     "000e 0001 00000001", 2, "len"), 4);
	assert_int_equal(due(IP("0018", "8c") "3b 02 05 00 0000 0123456789ab deadbeef" VALIDATOR, 2,
			     "len"), 4);
	assert_int_equal(due(IP("0040", "8c") "3b 07 04 00 0000 112233445566 deadbeef"
			     "0004 002c 00000005 09 0101 0000000000" A B, 2, "count"), 2);
	/* RFC 4302 2.2: units of 4 octets, and two less. */
	assert_int_equal(due(IP("0018", "33") "3b 04 0000 00000100 00000005"
			     "00112233445566778899aabb", 1, "payload_len"), 4);
	assert_int_equal(due(IP("0010", "33") "3b 02 0000 00000100 00000005 00112233",
			     1, "payload_len"), 2);
}

static void what_is_behind_a_fixed_option_is_not_due(void **state)
{
	(void)state;
	assert_int_equal(due(IP("0040", "8c") "3b 07 01 00 0000 0123456789ab deadbeef"
			     "000c 002c 00000000" A B "6162636465666768", 2, "len"), 36);
	assert_int_equal(due(IP("0020", "8c") "3b 03 40 00 0000 0123456789ab deadbeef"
			     "0014 0005 0000001e ff 00000000000000", 2, "len"), 4);
}

static void count_is_due_for_every_list_of_the_rfc(void **state)
{
	/* RFC 5533 5.15.2: Length of a list of 1, 2, 6, 7 and 8 locators. */
	static const struct {
		uint8_t count;
		uint8_t length;
	} rows[] = { { 1, 28 }, { 2, 44 }, { 6, 108 }, { 7, 124 }, { 8, 148 } };
	const struct wire_field *count = wire_field_named(&layer_locator_list, "count");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = test_octets(octets, IP("0000", "8c") "3b 00 04 00 0000 112233445566 "
						 "deadbeef" "0004 0000");
		struct wire_dissection d;
		struct wire_value value;

		memset(octets + len, 0, sizeof(octets) - len);
		octets[5] = (uint8_t)(16 + 4 + rows[i].length);
		octets[41] = (uint8_t)(octets[5] / 8 - 1);
		octets[59] = rows[i].length;
		wire_dissect(&d, octets, 40u + octets[5]);
		assert_ptr_equal(d.spans[2].layer, &layer_locator_list);
		assert_int_equal(wire_field_due(&d, 2, count, &value), 0);
		assert_int_equal(value.number, rows[i].count);
	}
}

static void count_is_not_due_where_no_list_fits(void **state)
{
	(void)state;
	assert_int_equal(due(IP("0028", "8c") "3b 04 04 00 0000 112233445566 deadbeef"
			     "0004 0010 00000005 01 01 00000000 0000000000000000 0000", 2, "count"),
			 -EBADMSG);
}

static void next_header_is_due_for_what_follows(void **state)
{
	(void)state;
	assert_int_equal(due(IP("0018", "8c") "3b 02 05 00 0000 0123456789ab deadbeef" VALIDATOR, 1,
			     "next_header"), 59);
	assert_int_equal(due(IP("0015", "8c") "11 00 923456789abc" "1388 0007 000d 4ce6 68656c6c6f",
			     0, "next_header"), 140);
	assert_int_equal(due(IP("0015", "8c") "11 00 923456789abc" "1388 0007 000d 4ce6 68656c6c6f",
			     1, "next_header"), 17);
	assert_int_equal(due(IP("0000", "11"), 0, "next_header"), 59);
	assert_int_equal(due(IP("0008", "00") "11 00 010400000000", 1, "next_header"), 59);
	assert_int_equal(due(IP("0008", "00") "11 01 010400000000", 1, "next_header"), -ENOENT);
	assert_int_equal(due(IP("0008", "8c") "11 01 800000000001", 1, "next_header"), -ENOENT);
	assert_int_equal(due(IP("0010", "8c") "11 02 01 00 0000 0123456789ab deadbeef", 1,
			     "next_header"), -ENOENT);
	assert_int_equal(due(IP("0028", "29") "60000000 0001 1140" C D, 1, "next_header"),
			 -ENOENT);
	assert_int_equal(due(IP("0003", "fd") "010203", 0, "next_header"), -ENOENT);
}

static void checksum_is_due_by_the_forged_header(void **state)
{
	(void)state;
	/* Hdr Ext Len 0: 8 octets are summed, as its receiver would. */
	assert_int_equal(due(IP("0010", "8c") "3b 00 01 00 ffff 0000 0123456789abcdef", 1,
			     "checksum"), 0xc3ff);
	/* Hdr Ext Len 9: 80 octets aren't there, so those that are. */
	assert_int_equal(due(IP("0010", "8c") BROKEN, 1, "checksum"), 0x5623);
}

static void both_zeros_of_a_checksum_are_right(void **state)
{
	(void)state;
	assert_int_equal(due(IP("0008", "8c") "3b 00 00 00 0000 c4ff", 1, "checksum"), 0);
	assert_int_equal(due(IP("0008", "8c") "3b 00 00 00 ffff c4ff", 1, "checksum"), 0xffff);
}

static void udp_checksum_of_zero_is_sent_as_ones(void **state)
{
	(void)state;
	/* The words up to the data add to 6f3d; the data makes that ffff. */
	assert_int_equal(due(IP("000a", "11") "1388 0007 000a 0000 90c2", 1, "checksum"), 0xffff);
}

static void checksum_that_cannot_be_known_is_not_due(void **state)
{
	static const struct {
		const char *hex;
		unsigned span;
	} rows[] = {
		/* for ULIDs that nobody told */
		{ IP("0015", "8c") "11 00 923456789abc" "1388 0007 000d 4ce6 68656c6c6f", 2 },
		/* over octets of other fragments */
		{ IP("0018", "2c") "11 00 0001 12345678"
		  "1388 0007 0010 4cea 0102030400000000", 2 },
		/* over octets that were not captured */
		{ IP("0010", "11") "1388 0007 0010 4cea 0102", 1 },
		{ IP("0040", "8c") "3b 07 01 00 fa58 0123456789ab deadbeef", 1 },
		/* the same, and UDP doesn't say over how many */
		{ IP("0010", "11") "1388 0007 0007 4cea 0102", 1 },
		/* the same, a routing header that is through behind it */
		{ IP("001d", "8c") "2b 00 923456789abc" "11 00 00 00 00000000"
		  "1388 0007 000d 4ce6 68656c6c6f", 3 },
		/* for a destination that a routing header of type 4 hides */
		{ IP("0025", "2b") "11 02 04 01 00000000" D "1388 0007 000d 4ce8 68656c6c6f", 2 },
		/* the same, another one that is through behind it */
		{ IP("002d", "2b") "2b 02 04 01 00000000" D "11 00 00 00 00000000"
		  "1388 0007 000d 4ce8 68656c6c6f", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(due(rows[i].hex, rows[i].span, "checksum"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_packets_have_what_is_due),
		cmocka_unit_test(free_fields_have_no_due_value),
		cmocka_unit_test(fixed_and_reserved_fields_are_due_as_the_figure_has_them),
		cmocka_unit_test(lengths_are_due_as_the_packet_is),
		cmocka_unit_test(what_is_behind_a_fixed_option_is_not_due),
		cmocka_unit_test(count_is_due_for_every_list_of_the_rfc),
		cmocka_unit_test(count_is_not_due_where_no_list_fits),
		cmocka_unit_test(next_header_is_due_for_what_follows),
		cmocka_unit_test(checksum_is_due_by_the_forged_header),
		cmocka_unit_test(both_zeros_of_a_checksum_are_right),
		cmocka_unit_test(udp_checksum_of_zero_is_sent_as_ones),
		cmocka_unit_test(checksum_that_cannot_be_known_is_not_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
