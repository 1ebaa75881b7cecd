/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written, read again by a parser that isn't ours, and held against the packet. */
#include "wire/json.h"
#include "wire/explain.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/test_packets.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

enum { TEXT_MAX = 16384 };

/* {...} of a dissection; the caller's, json_decref(). */
static json_t *json_of(const struct wire_dissection *d, bool offsets)
{
	static char text[TEXT_MAX];
	size_t len;
	json_t *json;

	text[0] = '{';
	len = 1 + wire_json_print(text + 1, sizeof(text) - 2, d, offsets);
	assert_in_range(len, 1, sizeof(text) - 2);
	text[len] = '}';
	json = json_loadb(text, len + 1, JSON_REJECT_DUPLICATES, NULL);
	if (!json)
		print_error("%.*s\n", (int)len + 1, text);
	assert_non_null(json);
	return json;
}

static uint64_t number_at(const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);

	assert_true(json_is_integer(number));
	return (uint64_t)json_integer_value(number);
}

static void assert_addr_text(const json_t *json, const uint8_t *octets)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, octets, text, sizeof(text));
	assert_string_equal(json_string_value(json), text);
}

static void assert_value(const json_t *json, const struct wire_value *value)
{
	switch (value->kind) {
	case WIRE_UINT:
	case WIRE_HEX:
		assert_true(json_is_integer(json));
		assert_int_equal(json_integer_value(json), value->number);
		break;
	case WIRE_ADDR:
		assert_addr_text(json, value->octets);
		break;
	case WIRE_ADDRS:
		assert_int_equal(json_array_size(json), value->len / 16);
		for (size_t i = 0; i < value->len / 16; i++)
			assert_addr_text(json_array_get(json, i), value->octets + 16 * i);
		break;
	case WIRE_UINT8S:
		assert_int_equal(json_array_size(json), value->len);
		for (size_t i = 0; i < value->len; i++)
			assert_int_equal(json_integer_value(json_array_get(json, i)),
					 value->octets[i]);
		break;
	case WIRE_OCTETS:
		assert_int_equal(json_string_length(json), 2 * value->len);
		break;
	}
}

static void count_piece(void *ctx, const struct wire_piece *piece)
{
	(void)piece;
	++*(unsigned *)ctx;
}

static bool is_explained(const struct wire_dissection *d, unsigned span,
			 const struct wire_field *field)
{
	const struct wire_layer *layer = d->spans[span].layer;
	unsigned pieces = 0;

	wire_explain(d, span, count_piece, &pieces);
	return field->bits == 0 &&
	       (layer == &layer_probe || layer == &layer_error || layer == &layer_preferences ||
		layer == &layer_pds || (layer == &layer_data && pieces));
}

/* Every field that can be read, with its place, and no other. */
static void assert_layer(const json_t *json, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	const json_t *at = json_object_get(json, "at");

	assert_string_equal(json_string_value(json_object_get(json, "layer")), s->layer->name);
	assert_int_equal(number_at(json, "off"), s->off);
	assert_int_equal(number_at(json, "size"), s->len);
	for (size_t i = 0; i < s->layer->field_count; i++) {
		const struct wire_field *field = &s->layer->fields[i];
		struct wire_value value;
		uint32_t off;

		if (is_explained(d, span, field))
			continue;
		if (wire_field_get(d, span, field, &value, &off)) {
			assert_null(json_object_get(json, field->name));
			assert_null(json_object_get(at, field->name));
			continue;
		}
		if (s->layer == &layer_data && value.len > 64) {
			assert_int_equal(number_at(json, "more"), value.len - 64);
			value.len = 64;
		}
		assert_value(json_object_get(json, field->name), &value);
		assert_int_equal(number_at(at, field->name), off);
	}
}

static void assert_findings(const json_t *json, const struct wire_dissection *d)
{
	assert_int_equal(json_array_size(json), d->finding_count < WIRE_FINDINGS_MAX
							? d->finding_count : WIRE_FINDINGS_MAX);
	for (size_t i = 0; i < json_array_size(json); i++) {
		const json_t *finding = json_array_get(json, i);

		assert_int_equal(number_at(finding, "off"), d->findings[i].off);
		assert_string_equal(json_string_value(json_object_get(finding, "section")),
				    d->findings[i].rfc);
		assert_string_equal(json_string_value(json_object_get(finding, "text")),
				    d->findings[i].text);
	}
}

static void assert_tells(const uint8_t *octets, size_t len)
{
	struct wire_dissection d;
	json_t *json, *layers;

	wire_dissect(&d, octets, len);
	json = json_of(&d, true);
	layers = json_object_get(json, "layers");
	assert_int_equal(json_array_size(layers), d.span_count);
	for (unsigned i = 0; i < d.span_count; i++)
		assert_layer(json_array_get(layers, i), &d, i);
	assert_findings(json_object_get(json, "findings"), &d);
	json_decref(json);
}

static void json_is_written_as_promised(void **state)
{
	uint8_t octets[TEST_PACKET_MAX];
	struct wire_dissection d;
	char text[1024];

	(void)state;
	wire_dissect(&d, octets, test_octets(octets, IP("0010", "8c")
					     "3b 01 01 00 562c 0123456789ab deadbeef"));
	wire_json_print(text, sizeof(text), &d, false);
	assert_string_equal(text,
		"\"layers\":[{\"layer\":\"ipv6\",\"off\":0,\"size\":40,\"version\":6,"
		"\"traffic_class\":0,\"flow_label\":0,\"payload_len\":16,\"next_header\":140,"
		"\"hop_limit\":64,\"src\":\"2001:db8:a::1\",\"dst\":\"2001:db8:b::1\"},"
		"{\"layer\":\"i1\",\"off\":40,\"size\":16,\"next_header\":59,\"hdr_ext_len\":1,"
		"\"p\":0,\"type\":1,\"reserved1\":0,\"s\":0,\"checksum\":22060,\"r\":0,"
		"\"init_tag\":1250999896491,\"init_nonce\":3735928559}],"
		"\"findings\":[{\"severity\":\"error\",\"off\":44,\"section\":\"RFC 5533 5.4\","
		"\"text\":\"bad checksum 0x562c (0x562b is right)\"}]");
}

static void json_groups_what_is_inside_a_field(void **state)
{
	uint8_t octets[TEST_PACKET_MAX];
	const json_t *probe, *sent, *received;
	struct wire_dissection d;
	json_t *json;

	(void)state;
	wire_dissect(&d, octets, test_octets(octets, IP("0088", "8c")
		"3b 10 43 00 0000 112233445566 12 80 0000"
		A B "a1a2a3a4 00000000" B A "01020304 00000000" A B "00000005 00000006"));
	json = json_of(&d, true);
	probe = json_array_get(json_object_get(json, "layers"), 1);
	sent = json_object_get(probe, "sent");
	received = json_object_get(probe, "received");
	assert_null(json_object_get(probe, "reports"));
	assert_int_equal(json_array_size(sent), 2);
	assert_int_equal(number_at(json_array_get(sent, 0), "nonce"), 0xa1a2a3a4);
	assert_int_equal(number_at(json_array_get(sent, 1), "nonce"), 0x01020304);
	assert_int_equal(json_array_size(received), 1);
	assert_addr_text(json_object_get(json_array_get(received, 0), "src"), octets + 8);
	assert_int_equal(number_at(json_array_get(received, 0), "data"), 6);
	assert_int_equal(number_at(json_object_get(probe, "at"), "sent"), 56);
	assert_int_equal(number_at(json_object_get(probe, "at"), "received"), 136);
	json_decref(json);
}

static void json_tells_an_icmp6_error_from_its_quote(void **state)
{
	uint8_t octets[TEST_PACKET_MAX];
	struct wire_dissection d;
	const json_t *data;
	json_t *json;

	(void)state;
	wire_dissect(&d, octets, test_octets(octets, IP("0034", "3a") "04 01 0000 00000028"
					     IP("0004", "8c") "3b000100"));
	json = json_of(&d, true);
	data = json_array_get(json_object_get(json, "layers"), 2);
	assert_int_equal(number_at(data, "pointer"), 40);
	assert_int_equal(json_string_length(json_object_get(data, "quoted")), 2 * 44);
	assert_null(json_object_get(data, "octets"));
	assert_int_equal(number_at(json_object_get(data, "at"), "pointer"), 44);
	assert_int_equal(number_at(json_object_get(data, "at"), "quoted"), 48);
	json_decref(json);
}

static void json_tells_every_packet_and_every_truncation(void **state)
{
	uint8_t octets[TEST_PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		size_t whole = test_octets(octets, test_packets[i].hex);

		for (size_t len = 0; len <= whole; len++) {
			uint8_t *copy = malloc(len ? len : 1); /* the sanitizers see its end */

			memcpy(copy, octets, len);
			assert_tells(copy, len);
			free(copy);
		}
	}
}

static void json_tells_packets_with_any_octet_changed(void **state)
{
	static const uint8_t changes[] = { 1, 2, 4, 8, 16, 32, 64, 128, 0xff };
	uint8_t octets[TEST_PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		size_t len = test_octets(octets, test_packets[i].hex);

		for (size_t at = 0; at < len; at++) {
			for (size_t j = 0; j < sizeof(changes); j++) {
				octets[at] ^= changes[j];
				assert_tells(octets, len);
				octets[at] ^= changes[j];
			}
		}
	}
}

static void json_cuts_data_and_says_so(void **state)
{
	uint8_t octets[200] = { 0x60, 0, 0, 0, 0, 160, 253, 64 };

	(void)state;
	assert_tells(octets, sizeof(octets));
}

static void json_counts_findings_that_were_left_out(void **state)
{
	struct wire_dissection d;
	json_t *json;

	(void)state;
	wire_dissect(&d, "", 0);
	d.finding_count = WIRE_FINDINGS_MAX + 3;
	for (unsigned i = 0; i < WIRE_FINDINGS_MAX; i++)
		d.findings[i] = (struct wire_finding){ .rfc = "", .text = "a \"\\\t\x1f b" };
	json = json_of(&d, false);
	assert_int_equal(number_at(json, "findings_left_out"), 3);
	assert_findings(json_object_get(json, "findings"),  &d);
	json_decref(json);
}

static void json_has_the_same_length_in_every_buffer(void **state)
{
	static char whole[TEXT_MAX];
	uint8_t octets[TEST_PACKET_MAX];
	struct wire_dissection d;

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		size_t len;

		wire_dissect(&d, octets, test_octets(octets, test_packets[i].hex));
		len = wire_json_print(whole, sizeof(whole), &d, true);
		assert_int_equal(strlen(whole), len);
		assert_int_equal(wire_json_print(NULL, 0, &d, true), len);
		for (size_t size = 1; size <= len + 1; size++) {
			char *buf = malloc(size);

			assert_int_equal(wire_json_print(buf, size, &d, true), len);
			assert_memory_equal(buf, whole, size - 1);
			assert_int_equal(buf[size - 1], '\0');
			free(buf);
		}
	}
}

/* So that an object of JSON can hold them beside a layer's fields. */
static void no_field_has_the_name_of_what_json_adds(void **state)
{
	static const char *const added[] = { "layer", "off", "size", "at" };

	(void)state;
	for (const struct wire_layer *const *l = wire_layers; *l; l++)
		for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
			assert_null(wire_field_named(*l, added[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_written_as_promised),
		cmocka_unit_test(json_groups_what_is_inside_a_field),
		cmocka_unit_test(json_tells_an_icmp6_error_from_its_quote),
		cmocka_unit_test(json_tells_every_packet_and_every_truncation),
		cmocka_unit_test(json_tells_packets_with_any_octet_changed),
		cmocka_unit_test(json_cuts_data_and_says_so),
		cmocka_unit_test(json_counts_findings_that_were_left_out),
		cmocka_unit_test(json_has_the_same_length_in_every_buffer),
		cmocka_unit_test(no_field_has_the_name_of_what_json_adds),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
