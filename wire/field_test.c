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

#define R2 IP("0040", "8c") "3b 07 04 00 2acf 112233445566 deadbeef" LOCATORS

static void take(struct wire_dissection *d, const char *hex)
{
	wire_dissect(d, octets, test_octets(octets, hex));
}

static struct wire_value value_of(const struct wire_dissection *d, unsigned span, const char *name,
				  uint32_t *off)
{
	const struct wire_field *field = wire_field_named(d->spans[span].layer, name);
	struct wire_value value;

	assert_non_null(field);
	assert_int_equal(wire_field_get(d, span, field, &value, off), 0);
	return value;
}

static void get_tells_value_and_place(void **state)
{
	struct wire_dissection d;
	struct wire_value value;
	uint32_t off;

	(void)state;
	take(&d, R2);
	value = value_of(&d, 0, "dst", &off);
	assert_int_equal(value.kind, WIRE_ADDR);
	assert_ptr_equal(value.octets, octets + 24);
	assert_int_equal(off, 24);

	value = value_of(&d, 1, "resp_tag", &off);
	assert_int_equal(value.kind, WIRE_HEX);
	assert_int_equal(value.number, 0x112233445566);
	assert_int_equal(off, 46);

	value = value_of(&d, 2, "methods", &off);
	assert_int_equal(value.kind, WIRE_UINT8S);
	assert_int_equal(value.len, 2);
	assert_int_equal(off, 65);

	value = value_of(&d, 2, "locators", &off);
	assert_int_equal(value.kind, WIRE_ADDRS);
	assert_int_equal(value.len, 32);
	assert_int_equal(off, 72);
}

static void get_leaves_outputs_alone_when_cut_short(void **state)
{
	struct wire_dissection d;
	struct wire_value value = { .number = 7 };
	uint32_t off = 7;

	(void)state;
	take(&d, IP("0010", "8c") "3b 01 01 00 562b 0123456789ab dead");
	assert_int_equal(wire_field_get(&d, 1, wire_field_named(&layer_i1, "init_nonce"), &value,
					&off), -EBADMSG);
	assert_int_equal(value.number, 7);
	assert_int_equal(off, 7);
}

static void number_get_knows_the_layers_fields_only(void **state)
{
	struct wire_dissection d;
	uint64_t number = 7;

	(void)state;
	take(&d, R2);
	assert_int_equal(wire_number_get(&d, 1, "init_tag", &number), -ENOENT);
	assert_int_equal(number, 7);
	assert_int_equal(wire_number_get(&d, 1, "init_nonce", &number), 0);
	assert_int_equal(number, 0xdeadbeef);
}

static void equal_is_about_values_not_their_dress(void **state)
{
	const struct wire_value seven = { .kind = WIRE_UINT, .number = 7 };
	const struct wire_value hex7 = { .kind = WIRE_HEX, .number = 7 };
	const struct wire_value eight = { .kind = WIRE_UINT, .number = 8 };
	const struct wire_value ab = { WIRE_OCTETS, 0, (const uint8_t *)"ab", 2 };
	const struct wire_value ab8 = { WIRE_UINT8S, 0, (const uint8_t *)"ab", 2 };
	const struct wire_value abc = { WIRE_OCTETS, 0, (const uint8_t *)"abc", 3 };
	const struct wire_value ac = { WIRE_OCTETS, 0, (const uint8_t *)"ac", 2 };
	const struct wire_value none = { .kind = WIRE_OCTETS };

	(void)state;
	assert_true(wire_value_equal(&seven, &hex7));
	assert_false(wire_value_equal(&seven, &eight));
	assert_true(wire_value_equal(&ab, &ab8));
	assert_false(wire_value_equal(&ab, &abc));
	assert_false(wire_value_equal(&ab, &ac));
	assert_true(wire_value_equal(&none, &none));
	assert_false(wire_value_equal(&none, &seven));
}

static void print_has_a_form_for_each_kind(void **state)
{
	static const uint8_t some[32] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1, [16] = 0xfe, 0x80 };
	static const struct {
		struct wire_value value;
		const char *text;
	} rows[] = {
		{ { WIRE_UINT,   7,   NULL, 0 },  "7" },
		{ { WIRE_UINT,   UINT64_MAX, NULL, 0 }, "18446744073709551615" },
		{ { WIRE_HEX,    31,  NULL, 0 },  "0x1f" },
		{ { WIRE_ADDR,   0,   some, 16 }, "2001:db8::1" },
		{ { WIRE_OCTETS, 0,   some, 4 },  "20010db8" },
		{ { WIRE_OCTETS, 0,   some, 0 },  "" },
		{ { WIRE_UINT8S, 0,   some, 3 },  "[32, 1, 13]" },
		{ { WIRE_UINT8S, 0,   some, 0 },  "[]" },
		{ { WIRE_ADDRS,  0,   some, 32 }, "[2001:db8::1, fe80::]" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int len = wire_value_print(text, sizeof(text), &rows[i].value);

		assert_string_equal(text, rows[i].text);
		assert_int_equal(len, strlen(rows[i].text));
		assert_int_equal(wire_value_print(NULL, 0, &rows[i].value), len);
	}
}

static void print_ends_with_a_nul_in_every_buffer(void **state)
{
	const struct wire_value value = { .kind = WIRE_HEX, .number = 0x1234 };
	char text[8];

	(void)state;
	for (size_t size = 1; size <= sizeof(text); size++) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(wire_value_print(text, size, &value), 6);
		assert_int_equal(strlen(text), size < 7 ? size - 1 : 6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(get_tells_value_and_place),
		cmocka_unit_test(get_leaves_outputs_alone_when_cut_short),
		cmocka_unit_test(number_get_knows_the_layers_fields_only),
		cmocka_unit_test(equal_is_about_values_not_their_dress),
		cmocka_unit_test(print_has_a_form_for_each_kind),
		cmocka_unit_test(print_ends_with_a_nul_in_every_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
