/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets cut at every octet, and with every single octet made every other
 * value: whoever reads packets stays inside them, and explains all of them.
 */
#include "wire/checksum.h"
#include "wire/explain.h"
#include "wire/json.h"
#include "wire/layers.h"
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>

#include "wire/test_octets.h"
#include "wire/test_packets.h"

enum {
	TEXT_MAX = 32768,
	JSON_EACH = 37, /* of the packets with a changed octet, one in so many is read as JSON */
};

static void assert_tiles(const struct wire_dissection *d)
{
	size_t end = 0;

	assert_in_range(d->span_count, 0, WIRE_SPANS_MAX);
	for (unsigned i = 0; i < d->span_count; i++) {
		assert_int_equal(d->spans[i].off, end);
		assert_true(d->spans[i].len > 0);
		end += d->spans[i].len;
	}
	assert_int_equal(end, d->len);
	assert_true(d->end <= d->len);
}

static void assert_finds_inside(const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++) {
		assert_true(d->findings[i].off <= d->len);
		assert_non_null(d->findings[i].rfc);
		assert_in_range(strlen(d->findings[i].text), 1, sizeof(d->findings[i].text) - 1);
	}
}

static void assert_piece_inside(void *ctx, const struct wire_piece *piece)
{
	const struct wire_dissection *d = ctx;

	assert_true(piece->off < d->len);
	if (piece->value.kind == WIRE_UINT || piece->value.kind == WIRE_HEX)
		return;
	assert_ptr_equal(piece->value.octets, d->octets + piece->off);
	assert_true(piece->value.len <= d->len - piece->off);
}

/* A message is parsed or refused, and the cursor tells which. */
static void assert_parses_or_refuses(const struct wire_dissection *d, unsigned span)
{
	struct rbuf r = rbuf_of(d->octets + d->spans[span].off, d->end - d->spans[span].off);
	static struct shim6_message m;
	int error = shim6_message_parse(&m, &r);

	switch (error) {
	case 0:
		assert_int_equal(r.off, 8 * (r.data[1] + 1));
		return;
	case -EMSGSIZE:
	case -EBADMSG:
	case -ENOTSUP:
	case -EPROTO:
	case -E2BIG:
		assert_int_equal(r.off, 0);
		return;
	default:
		fail_msg("%d is no answer", error);
	}
}

static void assert_is_json(const char *text, size_t len)
{
	static char object[TEXT_MAX];
	json_t *json;

	object[0] = '{';
	memcpy(object + 1, text, len);
	object[len + 1] = '}';
	json = json_loadb(object, len + 2, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	json_decref(json);
}

/* The octets are a block of their own. */
static void assert_survived(const uint8_t *octets, size_t len, bool read_json)
{
	static char text[TEXT_MAX];
	struct wire_dissection d;
	size_t text_len;
	int line_len;

	wire_dissect(&d, octets, len);
	assert_tiles(&d);
	assert_finds_inside(&d);

	line_len = wire_line_print(text, sizeof(text), &d);
	assert_in_range(line_len, 1, sizeof(text) - 1);
	assert_int_equal(strlen(text), line_len);

	text_len = wire_json_print(text, sizeof(text), &d, true);
	assert_in_range(text_len, 1, sizeof(text) - 3);
	if (read_json)
		assert_is_json(text, text_len);

	for (unsigned i = 0; i < d.span_count; i++) {
		wire_explain(&d, i, assert_piece_inside, &d);
		if (d.spans[i].layer->family == WIRE_FAMILY_SHIM6)
			assert_parses_or_refuses(&d, i);
	}
}

static void every_truncation_is_survived(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		struct octets whole = octets_of(test_packets[i].hex);

		for (size_t len = 0; len <= whole.len; len++) {
			struct octets o = octets_copy(whole.data, len);

			assert_survived(o.data, o.len, true);
			octets_free(&o);
		}
		octets_free(&whole);
	}
}

static void every_octet_of_every_value_is_survived(void **state)
{
	unsigned changed = 0;

	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		struct octets o = octets_of(test_packets[i].hex);

		for (size_t at = 0; at < o.len; at++) {
			for (unsigned change = 1; change < 256; change++) {
				o.data[at] ^= (uint8_t)change;
				assert_survived(o.data, o.len, changed++ % JSON_EACH == 0);
				o.data[at] ^= (uint8_t)change;
			}
		}
		octets_free(&o);
	}
}

/* The same with checksums made right, so that what is behind them is reached. */
static void every_octet_of_a_message_is_survived_under_a_right_checksum(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_PACKET_COUNT; i++) {
		struct octets o = octets_of(test_packets[i].hex);
		bool shim6 = o.data[6] == 140 && o.len >= 56 && !(o.data[42] & 0x80);

		for (size_t at = 40; shim6 && at < o.len; at++) {
			for (unsigned change = 1; change < 256; change++) {
				struct octets copy = octets_copy(o.data, o.len);
				uint16_t sum;
				size_t len;

				copy.data[at] ^= (uint8_t)change;
				len = 8 * ((size_t)copy.data[41] + 1);
				if (len <= copy.len - 40) {
					sum = checksum_shim6(copy.data + 40, len);
					copy.data[44] = (uint8_t)(sum >> 8);
					copy.data[45] = (uint8_t)sum;
					assert_survived(copy.data, copy.len, false);
				}
				octets_free(&copy);
			}
		}
		octets_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_truncation_is_survived),
		cmocka_unit_test(every_octet_of_every_value_is_survived),
		cmocka_unit_test(every_octet_of_a_message_is_survived_under_a_right_checksum),
	};

	return cmocka_run_group_tests_name("every octet", tests, NULL, NULL);
}
