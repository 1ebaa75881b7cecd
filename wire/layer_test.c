/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void bits_get_reads_any_width_at_any_bit(void **state)
{
	static const uint8_t octets[] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x0f };

	(void)state;
	assert_int_equal(wire_bits_get(octets, 0, 8), 0x12);
	assert_int_equal(wire_bits_get(octets, 4, 4), 0x2);
	assert_int_equal(wire_bits_get(octets, 3, 1), 1);
	assert_int_equal(wire_bits_get(octets, 7, 1), 0);
	assert_int_equal(wire_bits_get(octets, 4, 12), 0x234);
	assert_int_equal(wire_bits_get(octets, 17, 47), 0x56789abcdef0);
	assert_int_equal(wire_bits_get(octets, 0, 64), 0x123456789abcdef0);
	assert_int_equal(wire_bits_get(octets, 4, 64), 0x23456789abcdef00);
}

static void bits_put_leaves_the_neighbours_alone(void **state)
{
	uint8_t octets[9];

	(void)state;
	for (unsigned bit = 0; bit < 8; bit++) {
		for (unsigned bits = 1; bits <= 64; bits++) {
			uint64_t ones = ~UINT64_C(0) >> (64 - bits);

			memset(octets, 0xff, sizeof(octets));
			wire_bits_put(octets, bit, bits, 0);
			assert_int_equal(wire_bits_get(octets, bit, bits), 0);
			if (bit)
				assert_int_equal(wire_bits_get(octets, 0, bit), 0xff >> (8 - bit));
			if (bit + bits < 72)
				assert_int_equal(wire_bits_get(octets, bit + bits, 1), 1);

			memset(octets, 0, sizeof(octets));
			wire_bits_put(octets, bit, bits, ~UINT64_C(0));
			assert_int_equal(wire_bits_get(octets, bit, bits), ones);
			if (bit)
				assert_int_equal(wire_bits_get(octets, 0, bit), 0);
			if (bit + bits < 72)
				assert_int_equal(wire_bits_get(octets, bit + bits, 1), 0);
		}
	}
}

static void bits_put_writes_the_octets_of_the_figure(void **state)
{
	uint8_t octets[4] = { 0x60, 0, 0, 0 };

	(void)state;
	wire_bits_put(octets, 4, 8, 0xab);
	wire_bits_put(octets, 12, 20, 0x12345);
	assert_memory_equal(octets, "\x6a\xb1\x23\x45", 4);
}

static void every_layer_is_found_by_its_name(void **state)
{
	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++)
		assert_ptr_equal(wire_layer_named((*l)->name), *l);
	assert_null(wire_layer_named("i3"));
}

static void numbers_find_what_a_decoder_needs(void **state)
{
	(void)state;
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 0), &layer_hop);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 6), &layer_tcp);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 41), &layer_ipv6);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 43), &layer_routing);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 44), &layer_fragment);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 51), &layer_ah);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 58), &layer_icmp6);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_IP, 60), &layer_dst);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_SHIM6, 1), &layer_i1);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_SHIM6, 68), &layer_error);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_OPTION, 6), &layer_ulid_pair);
	assert_ptr_equal(wire_layer_numbered(WIRE_FAMILY_OPTION, 10), &layer_keepalive_timeout);
	assert_null(wire_layer_numbered(WIRE_FAMILY_IP, 253));
	assert_null(wire_layer_numbered(WIRE_FAMILY_SHIM6, 69));
	assert_null(wire_layer_numbered(WIRE_FAMILY_OPTION, 8));
	assert_null(wire_layer_numbered(WIRE_FAMILY_OPTION, 0x7fff));
	assert_null(wire_layer_numbered(WIRE_FAMILY_DATA, 0));
}

static bool shares_its_number(const struct wire_layer *layer)
{
	return layer == &layer_echo || layer == &layer_control || layer == &layer_option ||
	       layer == &layer_data;
}

static void every_layer_is_found_by_its_number(void **state)
{
	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++)
		if (!shares_its_number(*l))
			assert_ptr_equal(wire_layer_numbered((*l)->family, (*l)->number), *l);
}

/* What a message or an option starts with, and what extension headers do. */
static void rows_are_where_every_layer_of_a_family_has_them(void **state)
{
	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++) {
		const struct wire_field *f = (*l)->fields;

		if ((*l)->family == WIRE_FAMILY_SHIM6) {
			assert_string_equal(f[ROW_NEXT_HEADER].name, "next_header");
			assert_string_equal(f[ROW_HDR_EXT_LEN].name, "hdr_ext_len");
			assert_string_equal(f[ROW_MESSAGE_TYPE].name, "type");
		} else if ((*l)->family == WIRE_FAMILY_OPTION) {
			assert_string_equal(f[ROW_OPTION_TYPE].name, "type");
			assert_string_equal(f[ROW_OPTION_CRITICAL].name, "critical");
			assert_string_equal(f[ROW_OPTION_LEN].name, "len");
		} else if (wire_field_named(*l, "hdr_ext_len")) {
			assert_string_equal(f[ROW_NEXT_HEADER].name, "next_header");
			assert_string_equal(f[ROW_HDR_EXT_LEN].name, "hdr_ext_len");
		}
	}
}

static void rows_are_where_their_layer_has_them(void **state)
{
	static const struct {
		const struct wire_layer *layer;
		unsigned row;
		const char *name;
	} rows[] = {
		{ &layer_ipv6,         ROW_IPV6_PAYLOAD_LEN,        "payload_len" },
		{ &layer_routing,      ROW_ROUTING_TYPE,            "type" },
		{ &layer_routing,      ROW_ROUTING_SEGMENTS_LEFT,   "segments_left" },
		{ &layer_fragment,     ROW_FRAGMENT_MORE,           "more" },
		{ &layer_udp,          ROW_PORT_SRC,                "src" },
		{ &layer_udp,          ROW_PORT_DST,                "dst" },
		{ &layer_udp,          ROW_UDP_LEN,                 "len" },
		{ &layer_tcp,          ROW_PORT_SRC,                "src" },
		{ &layer_tcp,          ROW_PORT_DST,                "dst" },
		{ &layer_tcp,          ROW_TCP_SEQ,                 "seq" },
		{ &layer_tcp,          ROW_TCP_ACK,                 "ack" },
		{ &layer_tcp,          ROW_TCP_DATA_OFFSET,         "data_offset" },
		{ &layer_tcp,          ROW_TCP_FLAGS,               "flags" },
		{ &layer_tcp,          ROW_TCP_WINDOW,              "window" },
		{ &layer_tcp,          ROW_TCP_URGENT,              "urgent" },
		{ &layer_tcp,          ROW_TCP_OPTIONS,             "options" },
		{ &layer_echo,         ROW_ECHO_ID,                 "id" },
		{ &layer_echo,         ROW_ECHO_SEQ,                "seq" },
		{ &layer_probe,        ROW_PROBE_RECEIVER_TAG,      "receiver_tag" },
		{ &layer_probe,        ROW_PROBE_RECEIVED_COUNT,    "received_count" },
		{ &layer_probe,        ROW_PROBE_SENT_COUNT,        "sent_count" },
		{ &layer_probe,        ROW_PROBE_STATE,             "state" },
		{ &layer_probe,        ROW_PROBE_REPORTS,           "reports" },
		{ &layer_error,        ROW_ERROR_CODE,              "code" },
		{ &layer_error,        ROW_ERROR_POINTER,           "pointer" },
		{ &layer_locator_list, ROW_OPTION_GENERATION,       "generation" },
		{ &layer_locator_list, ROW_LOCATOR_LIST_METHODS,    "methods" },
		{ &layer_locator_list, ROW_LOCATOR_LIST_LOCATORS,   "locators" },
		{ &layer_preferences,  ROW_OPTION_GENERATION,       "generation" },
		{ &layer_preferences,  ROW_PREFERENCES_ELEMENT_LEN, "element_len" },
		{ &layer_preferences,  ROW_PREFERENCES_ELEMENTS,    "elements" },
		{ &layer_error,        ROW_ERROR_PACKET,            "packet" },
		{ &layer_pds,          ROW_PDS_OCTETS,              "octets" },
		{ &layer_data,         ROW_DATA_OCTETS,             "octets" },
		{ &layer_ah,           ROW_NEXT_HEADER,             "next_header" },
		{ &layer_ah,           ROW_HDR_EXT_LEN,             "payload_len" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(rows[i].layer->fields[rows[i].row].name, rows[i].name);
}

static void heads_are_names_as_json_has_them(void **state)
{
	char head[64];

	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++) {
		int len = snprintf(head, sizeof(head), "{\"layer\":\"%s\",\"off\":", (*l)->name);

		assert_int_equal((*l)->head_len, len);
		assert_in_range(len, 1, sizeof((*l)->head));
		assert_memory_equal((*l)->head, head, (size_t)len);
	}
}

static void keys_are_names_as_json_has_them(void **state)
{
	char key[64];

	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++) {
		for (size_t i = 0; i < (*l)->field_count; i++) {
			const struct wire_field *f = &(*l)->fields[i];
			int len = snprintf(key, sizeof(key), ",\"%s\":", f->name);

			assert_int_equal(f->key_len, len);
			assert_in_range(len, 1, sizeof(f->key));
			assert_memory_equal(f->key, key, (size_t)len);
		}
	}
}

/* Fixed fields lie side by side from the first bit to the last; bits that no
 * row speaks of would be lost in a rewrite of the packet. */
static void every_fixed_part_is_tiled_by_its_fields(void **state)
{
	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++) {
		unsigned bit = 0;

		for (size_t i = 0; i < (*l)->field_count; i++) {
			const struct wire_field *f = &(*l)->fields[i];

			assert_ptr_equal(wire_field_named(*l, f->name), f);
			if (f->bits == 0) {
				assert_non_null((*l)->extent);
				assert_in_range(f->bit, 8 * (*l)->fixed, UINT16_MAX);
				continue;
			}
			if (f->bit != bit)
				print_error("%s.%s\n", (*l)->name, f->name);
			assert_int_equal(f->bit, bit);
			assert_in_range(f->bits, 1, f->kind == WIRE_ADDR ? 128 : 64);
			bit += f->bits;
		}
		assert_int_equal(bit, 8 * (*l)->fixed);
	}
}

static const uint8_t ip_octets[40] = {
	0x6a, 0xb1, 0x23, 0x45, 0x00, 0x10, 0x8c, 0x40,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
};

static void fixed_parse_fills_the_struct(void **state)
{
	struct ipv6_header h = { 0 };

	(void)state;
	wire_fixed_parse(&layer_ipv6, ip_octets, &h);
	assert_int_equal(h.traffic_class, 0xab);
	assert_int_equal(h.flow_label, 0x12345);
	assert_int_equal(h.payload_len, 16);
	assert_int_equal(h.next_header, 140);
	assert_int_equal(h.hop_limit, 64);
	assert_memory_equal(&h.src, ip_octets + 8, 16);
	assert_memory_equal(&h.dst, ip_octets + 24, 16);
}

static void fixed_emit_is_the_way_back(void **state)
{
	struct ipv6_header h = { 0 };
	uint8_t octets[40];

	(void)state;
	wire_fixed_parse(&layer_ipv6, ip_octets, &h);
	memset(octets, 0xff, sizeof(octets));
	wire_fixed_emit(&layer_ipv6, octets, &h);
	assert_memory_equal(octets, ip_octets, sizeof(octets));
}

static void fixed_emit_writes_init_where_there_is_no_member(void **state)
{
	uint8_t octets[8];

	(void)state;
	wire_fixed_emit(&layer_echo, octets, NULL);
	assert_memory_equal(octets, "\x80\0\0\0\0\0\0\0", 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_get_reads_any_width_at_any_bit),
		cmocka_unit_test(bits_put_leaves_the_neighbours_alone),
		cmocka_unit_test(bits_put_writes_the_octets_of_the_figure),
		cmocka_unit_test(every_layer_is_found_by_its_name),
		cmocka_unit_test(numbers_find_what_a_decoder_needs),
		cmocka_unit_test(every_layer_is_found_by_its_number),
		cmocka_unit_test(rows_are_where_every_layer_of_a_family_has_them),
		cmocka_unit_test(rows_are_where_their_layer_has_them),
		cmocka_unit_test(heads_are_names_as_json_has_them),
		cmocka_unit_test(keys_are_names_as_json_has_them),
		cmocka_unit_test(every_fixed_part_is_tiled_by_its_fields),
		cmocka_unit_test(fixed_parse_fills_the_struct),
		cmocka_unit_test(fixed_emit_is_the_way_back),
		cmocka_unit_test(fixed_emit_writes_init_where_there_is_no_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
