/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of RFC 5533 and RFC 5534 are whole, and find what varies. */
#include "wire/layers.h"
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

static bool is_shim6(const struct wire_layer *layer)
{
	return layer->family == WIRE_FAMILY_SHIM6 || layer->family == WIRE_FAMILY_OPTION ||
	       layer == &layer_payload;
}

static void assert_field(const struct wire_layer *layer, const char *name, const char *hex,
			 int expected, size_t off, size_t len)
{
	const struct wire_field *field = wire_field_named(layer, name);
	struct octets o = octets_of(hex);
	size_t at = 777, field_len = 777;

	assert_non_null(field);
	assert_int_equal(field->bits, 0);
	assert_int_equal(layer->extent(field, o.data, o.len, &at, &field_len), expected);
	assert_int_equal(at, expected ? 777 : off);
	assert_int_equal(field_len, expected ? 777 : len);
	octets_free(&o);
}

/* --- the tables ---------------------------------------------------------- */

static void rows_cover_every_bit_of_the_fixed_part_once(void **state)
{
	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++) {
		unsigned bit = 0;

		if (!is_shim6(*l))
			continue;
		for (size_t i = 0; i < (*l)->field_count; i++) {
			const struct wire_field *field = &(*l)->fields[i];

			if (field->bits && field->bit != bit)
				fail_msg("%s.%s is at bit %u", (*l)->name, field->name, field->bit);
			bit += field->bits;
		}
		if (bit != 8u * (*l)->fixed)
			fail_msg("%s has %u bits", (*l)->name, bit);
	}
}

static void numbers_are_those_of_the_rfcs(void **state)
{
	static const struct {
		enum wire_family family;
		unsigned number;
		const struct wire_layer *layer;
	} numbers[] = {
		{ WIRE_FAMILY_IP, 140, &layer_payload },
		{ WIRE_FAMILY_SHIM6, 1, &layer_i1 },
		{ WIRE_FAMILY_SHIM6, 2, &layer_r1 },
		{ WIRE_FAMILY_SHIM6, 3, &layer_i2 },
		{ WIRE_FAMILY_SHIM6, 4, &layer_r2 },
		{ WIRE_FAMILY_SHIM6, 5, &layer_r1bis },
		{ WIRE_FAMILY_SHIM6, 6, &layer_i2bis },
		{ WIRE_FAMILY_SHIM6, 64, &layer_update_request },
		{ WIRE_FAMILY_SHIM6, 65, &layer_update_ack },
		{ WIRE_FAMILY_SHIM6, 66, &layer_keepalive },
		{ WIRE_FAMILY_SHIM6, 67, &layer_probe },
		{ WIRE_FAMILY_SHIM6, 68, &layer_error },
		{ WIRE_FAMILY_OPTION, 1, &layer_validator },
		{ WIRE_FAMILY_OPTION, 2, &layer_locator_list },
		{ WIRE_FAMILY_OPTION, 3, &layer_preferences },
		{ WIRE_FAMILY_OPTION, 4, &layer_pds },
		{ WIRE_FAMILY_OPTION, 5, &layer_signature },
		{ WIRE_FAMILY_OPTION, 6, &layer_ulid_pair },
		{ WIRE_FAMILY_OPTION, 7, &layer_fii },
		{ WIRE_FAMILY_OPTION, 10, &layer_keepalive_timeout },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct wire_layer *layer = numbers[i].layer;
		const struct wire_field *type = wire_field_named(layer, "type");

		assert_ptr_equal(wire_layer_numbered(numbers[i].family, numbers[i].number), layer);
		if (!type)
			continue;
		assert_int_equal(type->role, WIRE_FIXED);
		assert_int_equal(type->init, numbers[i].number);
	}
}

static void what_nobody_knows_may_have_any_type(void **state)
{
	(void)state;
	assert_int_equal(wire_field_named(&layer_control, "type")->role, WIRE_VALUE);
	assert_int_equal(wire_field_named(&layer_option, "type")->role, WIRE_VALUE);
	assert_null(wire_layer_numbered(WIRE_FAMILY_SHIM6, 7));
	assert_null(wire_layer_numbered(WIRE_FAMILY_OPTION, 8));
}

/* --- where variable fields are ------------------------------------------- */

#define A1 "20010db8000a00000000000000000001"

static void an_error_quotes_up_to_its_end(void **state)
{
	(void)state;
	assert_field(&layer_error, "packet", "3b004400 0000 0000", 0, 8, 0);
	assert_field(&layer_error, "packet", "3b014400 0000 0000 6000000000000000", 0, 8, 8);
	assert_field(&layer_error, "packet", "3b004400 0000 0000 6000000000000000", 0, 8, 0);
	assert_field(&layer_error, "packet", "3b014400 0000 0000 60000000000000", 0, 8, 7);
	assert_field(&layer_error, "packet", "3b014400 0000 00", -EBADMSG, 0, 0);
	assert_field(&layer_error, "packet", "3b", -EBADMSG, 0, 0);
	assert_field(&layer_error, "packet", "", -EBADMSG, 0, 0);
}

static void an_unknown_message_has_a_body_behind_the_checksum(void **state)
{
	(void)state;
	assert_field(&layer_control, "body", "3b004500 0000 aaaa", 0, 6, 2);
	assert_field(&layer_control, "body", "3b014500 0000 aaaa bbbbbbbbbbbbbbbb", 0, 6, 10);
	assert_field(&layer_control, "body", "3b014500 0000 aaaa bbbbbbbbbbbbbb", 0, 6, 9);
	assert_field(&layer_control, "body", "3b014500 00", -EBADMSG, 0, 0);
}

static void a_probe_has_forty_octets_for_each_report(void **state)
{
	struct octets o = { .data = calloc(1, 2048), .len = 2048 };
	const struct wire_field *reports = wire_field_named(&layer_probe, "reports");
	size_t off, len;

	(void)state;
	assert_non_null(o.data);
	for (unsigned counts = 0; counts < 256; counts++) {
		size_t blocks = (counts >> 4) + (counts & 0xf);

		o.data[12] = (uint8_t)counts;
		o.data[1] = (uint8_t)(1 + 5 * blocks);
		assert_int_equal(layer_probe.extent(reports, o.data, o.len, &off, &len), 0);
		assert_int_equal(off, 16);
		assert_int_equal(len, 40 * blocks);
		if (blocks == 0)
			continue;
		assert_int_equal(layer_probe.extent(reports, o.data, 16 + 7, &off, &len), 0);
		assert_int_equal(len, 7);
		o.data[1]--; /* the message ends before its reports do */
		assert_int_equal(layer_probe.extent(reports, o.data, o.len, &off, &len), 0);
		assert_int_equal(len, 40 * blocks - 8);
	}
	o.data[1] = 0;
	assert_int_equal(layer_probe.extent(reports, o.data, o.len, &off, &len), -EBADMSG);
	octets_free(&o);
	assert_field(&layer_probe, "reports", "3b014300 0000", -EBADMSG, 0, 0);
}

static void an_option_has_octets_up_to_its_padding(void **state)
{
	(void)state;
	assert_field(&layer_validator, "octets", "00020003 010203 00", 0, 4, 3);
	assert_field(&layer_pds, "octets", "00080000 00000000", 0, 4, 0);
	assert_field(&layer_signature, "octets", "000a0004 01020304", 0, 4, 4);
	assert_field(&layer_option, "octets", "00100004 01020304", 0, 4, 4);
	assert_field(&layer_option, "octets", "00100005 01020304", -EBADMSG, 0, 0);
	assert_field(&layer_option, "octets", "001000", -EBADMSG, 0, 0);
}

static void locators_stand_behind_padding_of_the_list_itself(void **state)
{
	static const char one[] = "0004001c 00000005 01 01 000000000000" A1;
	static const char two[] = "0004002c 00000005 02 0102 0000000000" A1 A1;
	static const char eight[] = "00040094 00000005 08 0101010101010101 00000000000000"
				    A1 A1 A1 A1 A1 A1 A1 A1;

	(void)state;
	assert_field(&layer_locator_list, "methods", one, 0, 9, 1);
	assert_field(&layer_locator_list, "locators", one, 0, 16, 16);
	assert_field(&layer_locator_list, "methods", two, 0, 9, 2);
	assert_field(&layer_locator_list, "locators", two, 0, 16, 32);
	assert_field(&layer_locator_list, "methods", eight, 0, 9, 8);
	assert_field(&layer_locator_list, "locators", eight, 0, 24, 128);
}

static void a_list_whose_count_and_length_disagree_has_no_locators(void **state)
{
	static const char *const wrong[] = {
		"0004001c 00000005 02 0101 0000000000" A1,       /* one too many counted */
		"0004002c 00000005 01 01 000000000000" A1 A1,    /* one too few */
		"0004001c 00000005 01 01 000000000000 20010db8", /* cut short */
		"00040004 00000005",                             /* no count */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_field(&layer_locator_list, "locators", wrong[i], -EBADMSG, 0, 0);
}

/* All of it is told as octets then, and only then. */
static void a_list_whose_count_and_length_disagree_is_a_rest(void **state)
{
	static const char right[] = "0004001c 00000005 01 01 000000000000" A1;
	static const char wrong[] = "0004001c 00000005 02 0101 0000000000" A1;

	(void)state;
	assert_field(&layer_locator_list, "rest", right, -ENOENT, 0, 0);
	assert_field(&layer_locator_list, "rest", wrong, 0, 9, 23);
	assert_field(&layer_locator_list, "rest", "00040005 00000005 01 00000000000000", -ENOENT, 0,
		     0);
	assert_field(&layer_locator_list, "rest", "00040004 00000005", -EBADMSG, 0, 0);
}

static void an_option_of_fixed_length_has_a_rest_if_it_is_longer(void **state)
{
	(void)state;
	assert_field(&layer_fii, "rest", "000e0004 00000001", -ENOENT, 0, 0);
	assert_field(&layer_fii, "rest", "000e0005 00000001 02 00000000000000", 0, 8, 1);
	assert_field(&layer_keepalive_timeout, "rest", "00140004 0000001e", -ENOENT, 0, 0);
	assert_field(&layer_keepalive_timeout, "rest", "0014000c 0000001e 0102030405060708", 0, 8,
		     8);
	assert_field(&layer_ulid_pair, "rest", "000c0024 00000000" A1 A1, -ENOENT, 0, 0);
	assert_field(&layer_ulid_pair, "rest", "000c0025 00000000" A1 A1 "ff00000000000000", 0, 40,
		     1);
	assert_field(&layer_ulid_pair, "rest", "000c0025 00000000" A1 A1, -EBADMSG, 0, 0);
}

static void preferences_have_elements_up_to_their_padding(void **state)
{
	static const char three[] = "0006000b 00000005 03 010203 010203 00";

	(void)state;
	assert_field(&layer_preferences, "elements", three, 0, 9, 6);
	assert_field(&layer_preferences, "elements", "00060005 00000005 01 0000000000000000", 0, 9,
		     0);
	assert_field(&layer_preferences, "elements", "00060004 00000005", -EBADMSG, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_cover_every_bit_of_the_fixed_part_once),
		cmocka_unit_test(numbers_are_those_of_the_rfcs),
		cmocka_unit_test(what_nobody_knows_may_have_any_type),
		cmocka_unit_test(an_error_quotes_up_to_its_end),
		cmocka_unit_test(an_unknown_message_has_a_body_behind_the_checksum),
		cmocka_unit_test(a_probe_has_forty_octets_for_each_report),
		cmocka_unit_test(an_option_has_octets_up_to_its_padding),
		cmocka_unit_test(locators_stand_behind_padding_of_the_list_itself),
		cmocka_unit_test(a_list_whose_count_and_length_disagree_has_no_locators),
		cmocka_unit_test(a_list_whose_count_and_length_disagree_is_a_rest),
		cmocka_unit_test(an_option_of_fixed_length_has_a_rest_if_it_is_longer),
		cmocka_unit_test(preferences_have_elements_up_to_their_padding),
	};

	return cmocka_run_group_tests_name("layers_shim6", tests, NULL, NULL);
}
