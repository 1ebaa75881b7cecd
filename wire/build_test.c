/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/layers.h"
#include "wire/packet.h"
#include "wire/test_packets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LAYERS_MAX = 16, SETS_MAX = 12 };

/* A draft with room for what it borrows. */
struct draft {
	struct wire_draft_layer layers[LAYERS_MAX];
	struct wire_set sets[LAYERS_MAX][SETS_MAX];
	size_t count;
};

static void add(struct draft *draft, const struct wire_layer *layer)
{
	assert_in_range(draft->count, 0, LAYERS_MAX - 1);
	draft->layers[draft->count] = (struct wire_draft_layer){
		.layer = layer,
		.sets = draft->sets[draft->count],
	};
	draft->count++;
}

static void set_value(struct draft *draft, const char *name, struct wire_value value)
{
	struct wire_draft_layer *layer = &draft->layers[draft->count - 1];
	struct wire_set *set = &draft->sets[draft->count - 1][layer->set_count++];

	assert_in_range(layer->set_count, 1, SETS_MAX);
	set->field = wire_field_named(layer->layer, name);
	assert_non_null(set->field);
	set->value = value;
}

/* To the layer that was added last. */
static void set(struct draft *draft, const char *name, uint64_t number)
{
	set_value(draft, name, (struct wire_value){ .kind = WIRE_UINT, .number = number });
}

static void set_octets(struct draft *draft, const char *name, const void *octets, size_t len)
{
	set_value(draft, name,
		  (struct wire_value){ .kind = WIRE_OCTETS, .octets = octets, .len = len });
}

static const uint8_t addr_a[16] = { 0x20, 1, 0x0d, 0xb8, 0, 0x0a, [15] = 1 };
static const uint8_t addr_b[16] = { 0x20, 1, 0x0d, 0xb8, 0, 0x0b, [15] = 1 };

static void add_ipv6(struct draft *draft)
{
	add(draft, &layer_ipv6);
	set_octets(draft, "src", addr_a, 16);
	set_octets(draft, "dst", addr_b, 16);
}

static void add_i1(struct draft *draft)
{
	add(draft, &layer_i1);
	set(draft, "init_tag", 0x0123456789ab);
	set(draft, "init_nonce", 0xdeadbeef);
}

static void add_udp(struct draft *draft)
{
	add(draft, &layer_udp);
	set(draft, "src", 5000);
	set(draft, "dst", 7);
	add(draft, &layer_data);
	set_octets(draft, "octets", "hello", 5);
}

static ssize_t build(const struct draft *draft, uint8_t *out, size_t cap)
{
	return wire_build(out, cap, draft->layers, draft->count, NULL, NULL);
}

static void assert_builds(const struct draft *draft, const char *hex)
{
	uint8_t want[TEST_PACKET_MAX], got[TEST_PACKET_MAX];
	size_t len = test_octets(want, hex);

	memset(got, 0xff, sizeof(got));
	assert_int_equal(build(draft, got, sizeof(got)), len);
	assert_memory_equal(got, want, len);
}

static int build_error(const struct draft *draft)
{
	uint8_t out[2048];

	return (int)build(draft, out, sizeof(out));
}

/* --- honest packets ------------------------------------------------------ */

static void i1_comes_out_as_the_figure_has_it(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add_i1(&d);
	assert_builds(&d, IP("0010", "8c") "3b 01 01 00 562b 0123456789ab deadbeef");
	add(&d, &layer_ulid_pair);
	set_octets(&d, "sender", addr_a, 16);
	set_octets(&d, "receiver", addr_b, 16);
	add(&d, &layer_fii);
	set(&d, "fii", 1);
	assert_builds(&d, IP("0040", "8c") "3b 07 01 00 fa58 0123456789ab deadbeef"
		      "000c 0024 00000000" A B "000e 0004 00000001");
}

static void option_is_padded_with_zeros(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add(&d, &layer_r1);
	set(&d, "init_nonce", 0xdeadbeef);
	set(&d, "resp_nonce", 7);
	add(&d, &layer_validator);
	set_octets(&d, "octets", "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16);
	assert_builds(&d, IP("0028", "8c") "3b 04 02 00 ed04 0000 deadbeef 00000007"
		      "0002 0010 000102030405060708090a0b0c0d0e0f 00000000");
}

/* So that a case can send an option that is longer than its figure. */
static void option_of_fixed_length_may_have_a_rest(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add_i1(&d);
	add(&d, &layer_fii);
	set(&d, "fii", 1);
	set_octets(&d, "rest", "\2\3\377", 3);
	assert_builds(&d, IP("0020", "8c") "3b 03 01 00 550f 0123456789ab deadbeef"
		      "000e 0007 00000001 0203ff 0000000000");
}

static void locator_list_has_its_padding_inside(void **state)
{
	struct draft d = { 0 };
	uint8_t locators[32];

	(void)state;
	memcpy(locators, addr_a, 16);
	memcpy(locators + 16, addr_b, 16);
	add_ipv6(&d);
	add(&d, &layer_r2);
	set(&d, "resp_tag", 0x112233445566);
	set(&d, "init_nonce", 0xdeadbeef);
	add(&d, &layer_locator_list);
	set(&d, "generation", 5);
	set_octets(&d, "methods", "\1\1", 2);
	set_octets(&d, "locators", locators, 32);
	assert_builds(&d, IP("0040", "8c") "3b 07 04 00 2acf 112233445566 deadbeef" LOCATORS);
}

static void locator_list_length_is_that_of_the_rfc(void **state)
{
	static const struct {
		size_t count;
		uint64_t length;
	} rows[] = { { 1, 28 }, { 2, 44 }, { 6, 108 }, { 7, 124 }, { 8, 148 } };
	static const uint8_t locators[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct draft d = { 0 };
		struct wire_dissection taken;
		uint8_t out[512];
		uint64_t value;

		add_ipv6(&d);
		add(&d, &layer_update_request);
		add(&d, &layer_locator_list);
		set_octets(&d, "locators", locators, 16 * rows[i].count);
		wire_dissect(&taken, out, (size_t)build(&d, out, sizeof(out)));
		assert_int_equal(taken.finding_count, 0);
		assert_int_equal(wire_number_get(&taken, 2, "len", &value), 0);
		assert_int_equal(value, rows[i].length);
		assert_int_equal(wire_number_get(&taken, 2, "count", &value), 0);
		assert_int_equal(value, rows[i].count);
	}
}

static void udp_has_length_and_checksum(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add_udp(&d);
	assert_builds(&d, IP("000d", "11") "1388 0007 000d 4cea 68656c6c6f");
}

static void udp_behind_a_payload_header_is_summed_for_the_ulids(void **state)
{
	struct draft d = { 0 };
	struct in6_addr c, dd;
	uint8_t want[TEST_PACKET_MAX], got[TEST_PACKET_MAX];
	size_t len = test_octets(want, IP("0015", "8c") "11 00 923456789abc"
				 "1388 0007 000d 4ce6 68656c6c6f");

	(void)state;
	inet_pton(AF_INET6, "2001:db8:c::1", &c);
	inet_pton(AF_INET6, "2001:db8:d::1", &dd);
	add_ipv6(&d);
	add(&d, &layer_payload);
	set(&d, "tag", 0x123456789abc);
	add_udp(&d);
	assert_int_equal(wire_build(got, sizeof(got), d.layers, d.count, &c, &dd), len);
	assert_memory_equal(got, want, len);

	/* Without ULIDs: for the addresses that the packet has. */
	want[54] = 0x4c;
	want[55] = 0xea;
	assert_int_equal(build(&d, got, sizeof(got)), len);
	assert_memory_equal(got, want, len);
}

static void tcp_options_are_padded_and_counted_in_fours(void **state)
{
	static const uint8_t window_scale[] = { 1, 3, 3 }, too_long[41];
	uint8_t out[128];
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add(&d, &layer_tcp);
	set(&d, "src", 5000);
	set(&d, "dst", 7);
	set(&d, "seq", 1);
	set(&d, "flags", 2);
	set_octets(&d, "options", window_scale, sizeof(window_scale));
	assert_builds(&d, IP("0018", "06") "1388 0007 00000001 00000000 60 02 ffff 2cc3 0000 "
			     "01030300");
	set_octets(&d, "options", too_long, sizeof(too_long));
	assert_int_equal(build_error(&d), -EINVAL);
	set(&d, "data_offset", 3); /* is then as wrong as it was wanted */
	assert_int_equal(build(&d, out, sizeof(out)), 40 + 20 + 44);
	assert_int_equal(out[40 + 12], 0x30);
}

static void extension_headers_name_each_other(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add(&d, &layer_hop);
	set_octets(&d, "options", "\5\2\0\0\1\0", 6);
	add(&d, &layer_dst);
	add(&d, &layer_fragment);
	set(&d, "id", 0x12345678);
	add_i1(&d);
	assert_builds(&d, IP("0028", "00") "3c 00 0502 0000 0100" "2c 00 000000000000"
		      "8c 00 0000 12345678" "3b 01 01 00 562b 0123456789ab deadbeef");
}

static void data_alone_is_raw_octets(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add(&d, &layer_data);
	set_octets(&d, "octets", "\x45\0\0", 3);
	assert_builds(&d, "450000");
}

/* --- forged packets ------------------------------------------------------ */

static void forged_checksum_is_the_only_thing_wrong(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add_i1(&d);
	set(&d, "checksum", 1);
	assert_builds(&d, IP("0010", "8c") "3b 01 01 00 0001 0123456789ab deadbeef");
}

static void checksum_is_right_for_forged_fields(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add_i1(&d);
	set(&d, "reserved1", 1);
	set(&d, "r", 1);
	assert_builds(&d, IP("0010", "8c") "3b 01 01 02 d628 8123456789ab deadbeef");
}

static void checksum_covers_what_a_forged_length_says(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add(&d, &layer_i1);
	set(&d, "init_nonce", 0xdeadbeef);
	set(&d, "hdr_ext_len", 0);
	assert_builds(&d, IP("0010", "8c") "3b 00 01 00 c3ff 0000 00000000 deadbeef");
}

static void forged_lengths_move_nothing_else(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	set(&d, "version", 4);
	set(&d, "payload_len", 3);
	set(&d, "next_header", 17);
	add_i1(&d);
	set(&d, "checksum", 0xffff);
	add(&d, &layer_fii);
	set(&d, "fii", 1);
	set(&d, "len", 9);
	set(&d, "type", 0x7fff);
	assert_builds(&d, "40000000 0003 11 40" A B "3b 02 01 00 ffff 0123456789ab deadbeef"
		      "fffe 0009 00000001");
}

static void forged_udp_length_is_the_only_thing_wrong(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add(&d, &layer_udp);
	set(&d, "src", 5000);
	set(&d, "dst", 7);
	set(&d, "len", 100);
	add(&d, &layer_data);
	set_octets(&d, "octets", "hello", 5);
	/* 4cea, less what 100 is more than 13. */
	assert_builds(&d, IP("000d", "11") "1388 0007 0064 4c93 68656c6c6f");
}

/* --- what can't be built ------------------------------------------------- */

static void layers_that_cannot_stand_there_are_refused(void **state)
{
	static const struct {
		const struct wire_layer *layers[3];
	} rows[] = {
		{ { &layer_udp } },
		{ { &layer_i1 } },
		{ { &layer_ipv6, &layer_fii } },
		{ { &layer_ipv6, &layer_payload, &layer_fii } },
		{ { &layer_ipv6, &layer_udp, &layer_i1 } },
		{ { &layer_ipv6, &layer_tcp, &layer_i1 } },
		{ { &layer_ipv6, &layer_echo, &layer_dst } },
		{ { &layer_ipv6, &layer_data, &layer_udp } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct draft d = { 0 };

		for (size_t j = 0; j < 3 && rows[i].layers[j]; j++)
			add(&d, rows[i].layers[j]);
		assert_int_equal(build_error(&d), -EINVAL);
	}
}

static void values_that_do_not_fit_are_refused(void **state)
{
	static const struct {
		const char *field;
		struct wire_value value;
	} rows[] = {
		{ "hop_limit", { .kind = WIRE_UINT, .number = 256 } },
		{ "version",   { .kind = WIRE_UINT, .number = 16 } },
		{ "src",       { .kind = WIRE_ADDR, .octets = addr_a, .len = 15 } },
		{ "src",       { .kind = WIRE_UINT, .number = 1 } },
		{ "hop_limit", { .kind = WIRE_OCTETS, .octets = addr_a, .len = 1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct draft d = { 0 };

		add(&d, &layer_ipv6);
		set_value(&d, rows[i].field, rows[i].value);
		assert_int_equal(build_error(&d), -EINVAL);
	}
}

static void field_of_another_layer_is_refused(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add_i1(&d);
	d.sets[1][0].field = wire_field_named(&layer_r2, "resp_tag");
	assert_int_equal(build_error(&d), -EINVAL);
}

/* 2048 octets are all that Hdr Ext Len can say, RFC 5533 5.1. */
static void message_too_long_for_its_length_is_refused_unless_forged(void **state)
{
	static const uint8_t octets[2029];
	uint8_t out[4096];

	(void)state;
	for (int forged = 0; forged <= 1; forged++) {
		struct draft d = { 0 };

		add_ipv6(&d);
		add(&d, &layer_i1);
		if (forged)
			set(&d, "hdr_ext_len", 255);
		add(&d, &layer_option);
		set_octets(&d, "octets", octets, 2028);
		assert_int_equal(build(&d, out, sizeof(out)), 40 + 2048);
		set_octets(&d, "octets", octets, 2029);
		assert_int_equal(build(&d, out, sizeof(out)), forged ? 40 + 2056 : -EINVAL);
	}
}

static void checksum_in_a_fragment_must_be_set(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add(&d, &layer_fragment);
	set(&d, "more", 1);
	add(&d, &layer_udp);
	set(&d, "len", 100);
	assert_int_equal(build_error(&d), -EINVAL);
	set(&d, "checksum", 0x1234);
	assert_builds(&d, IP("0010", "2c") "11 00 0001 00000000" "0000 0000 0064 1234");
}

static void every_room_too_small_is_refused(void **state)
{
	struct draft d = { 0 };

	(void)state;
	add_ipv6(&d);
	add_i1(&d);
	add(&d, &layer_validator);
	set_octets(&d, "octets", "abcde", 5);
	for (size_t cap = 0; cap < 40 + 16 + 16; cap++) {
		uint8_t *out = malloc(cap ? cap : 1);

		assert_int_equal(build(&d, out, cap), -ENOSPC);
		free(out);
	}
}

/* --- and back ------------------------------------------------------------ */

/* Whatever was taken apart is built again from its free fields alone: the
 * derived ones come back by themselves. */
static void packets_taken_apart_are_built_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		uint8_t packet[TEST_PACKET_MAX], again[TEST_PACKET_MAX];
		size_t len = test_octets(packet, test_packets[i].hex);
		struct wire_dissection taken;
		struct draft d = { 0 };
		struct in6_addr c, dd;

		wire_dissect(&taken, packet, len);
		for (unsigned span = 0; span < taken.span_count; span++) {
			const struct wire_layer *layer = taken.spans[span].layer;
			/* What data is only the number in front of it tells. */
			bool last = span + 2 == taken.span_count &&
				    taken.spans[span + 1].layer == &layer_data;

			add(&d, layer);
			for (size_t j = 0; j < layer->field_count; j++) {
				const struct wire_field *field = &layer->fields[j];
				struct wire_value value;
				int rc = wire_field_get(&taken, span, field, &value, NULL);

				if (field->role != WIRE_VALUE &&
				    !(last && field->role == WIRE_NEXT))
					continue;
				assert_int_equal(rc, field->optional ? -ENOENT : 0);
				if (rc == 0)
					set_value(&d, field->name, value);
			}
		}
		inet_pton(AF_INET6, "2001:db8:c::1", &c);
		inet_pton(AF_INET6, "2001:db8:d::1", &dd);
		assert_int_equal(wire_build(again, sizeof(again), d.layers, d.count, &c, &dd), len);
		assert_memory_equal(again, packet, len);
	}
}

static void defaults_of_every_layer_have_no_bad_length_or_checksum(void **state)
{
	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++) {
		struct wire_dissection taken;
		uint8_t out[256];
		struct draft d = { 0 };
		ssize_t len;

		add_ipv6(&d);
		if ((*l)->family == WIRE_FAMILY_OPTION)
			add_i1(&d);
		add(&d, *l);
		len = build(&d, out, sizeof(out));
		assert_true(len >= 40);
		wire_dissect(&taken, out, (size_t)len);
		for (unsigned i = 0; i < taken.finding_count; i++)
			assert_null(strstr(taken.findings[i].text, "bad"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(i1_comes_out_as_the_figure_has_it),
		cmocka_unit_test(option_is_padded_with_zeros),
		cmocka_unit_test(option_of_fixed_length_may_have_a_rest),
		cmocka_unit_test(locator_list_has_its_padding_inside),
		cmocka_unit_test(locator_list_length_is_that_of_the_rfc),
		cmocka_unit_test(udp_has_length_and_checksum),
		cmocka_unit_test(udp_behind_a_payload_header_is_summed_for_the_ulids),
		cmocka_unit_test(tcp_options_are_padded_and_counted_in_fours),
		cmocka_unit_test(extension_headers_name_each_other),
		cmocka_unit_test(data_alone_is_raw_octets),
		cmocka_unit_test(forged_checksum_is_the_only_thing_wrong),
		cmocka_unit_test(checksum_is_right_for_forged_fields),
		cmocka_unit_test(checksum_covers_what_a_forged_length_says),
		cmocka_unit_test(forged_lengths_move_nothing_else),
		cmocka_unit_test(forged_udp_length_is_the_only_thing_wrong),
		cmocka_unit_test(layers_that_cannot_stand_there_are_refused),
		cmocka_unit_test(values_that_do_not_fit_are_refused),
		cmocka_unit_test(field_of_another_layer_is_refused),
		cmocka_unit_test(message_too_long_for_its_length_is_refused_unless_forged),
		cmocka_unit_test(checksum_in_a_fragment_must_be_set),
		cmocka_unit_test(every_room_too_small_is_refused),
		cmocka_unit_test(packets_taken_apart_are_built_again),
		cmocka_unit_test(defaults_of_every_layer_have_no_bad_length_or_checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
