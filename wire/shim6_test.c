/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to and from octets drawn by hand after RFC 5533 5.2 to 5.14 and RFC 5534 5.1, 5.2. */
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_shim6.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 2001:db8:a::1 and 2001:db8:b::1 */
#define A1 { { { 0x20, 0x01, 0x0d, 0xb8, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } } }
#define B1 { { { 0x20, 0x01, 0x0d, 0xb8, 0, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } } }
#define A1_HEX "20010db8000a00000000000000000001"
#define B1_HEX "20010db8000b00000000000000000001"

static const uint8_t counting[20] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,
				      10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };

/* The start of a packet with a message of type 69. */
static const uint8_t in_error[48] = {
	0x60, 0x00, 0x00, 0x00, 0x00, 0x10, 0x8c, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0b,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x3b, 0x01, 0x45, 0x00, 0x56,
	0x2b, 0x01, 0x23,
};

/* A parameters structure with two prefixes and a nonce for its key. */
#define PDS_HEX                                                                                    \
	"000102030405060708090a0b0c0d0e0f 20010db8000a0001 00"                                     \
	"304c300d06092a864886f70d0101010500033b003038023100808182838485868788898a8b8c8d8e8f"       \
	"909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf0203010001"               \
	"0012 0014 00000000 20010db8000a0001 20010db8000b0002"

static const uint8_t pds[127] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e,
	0x0f, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, 0x00, 0x01, 0x00, 0x30, 0x4c, 0x30, 0x0d, 0x06,
	0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x3b, 0x00,
	0x30, 0x38, 0x02, 0x31, 0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
	0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
	0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
	0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0x02, 0x03, 0x01, 0x00, 0x01, 0x00, 0x12,
	0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, 0x00, 0x01, 0x20,
	0x01, 0x0d, 0xb8, 0x00, 0x0b, 0x00, 0x02,
};

/* The sums are right by another method: the octets of each, taken as one
 * number, divide by 65535. */
static const struct vector {
	const char *name;
	const char *hex;
	struct shim6_message message;
} vectors[] = {
	{
		"I1",
		"3b010100 562b 0123456789ab deadbeef",
		{ .type = SHIM6_I1, .init_tag = 0x0123456789ab, .init_nonce = 0xdeadbeef },
	}, {
		"I1 with ULID pair and FII",
		"3b070100 fa58 0123456789ab deadbeef"
		"000c0024 00000000" A1_HEX B1_HEX
		"000e0004 00000001",
		{ .type = SHIM6_I1, .init_tag = 0x0123456789ab, .init_nonce = 0xdeadbeef,
		  .has_ulids = true, .ulids = { .sender = A1, .receiver = B1 },
		  .has_fii = true, .fii = 1 },
	}, {
		"R1 with 20 octets of validator, no padding",
		"3b040200 cadc 0000 deadbeef 00000007"
		"00020014 000102030405060708090a0b0c0d0e0f10111213",
		{ .type = SHIM6_R1, .init_nonce = 0xdeadbeef, .resp_nonce = 7,
		  .validator = { counting, 20 } },
	}, {
		"R1 with 16 octets of validator, 4 of padding",
		"3b040200 ed04 0000 deadbeef 00000007"
		"00020010 000102030405060708090a0b0c0d0e0f 00000000",
		{ .type = SHIM6_R1, .init_nonce = 0xdeadbeef, .resp_nonce = 7,
		  .validator = { counting, 16 } },
	}, {
		"I2 with everything",
		"3b200300 56f7 0123456789ab deadbeef 00000007 00000000"
		"00020004 00010203"
		"0004002c 00000005 02 0101 0000000000" A1_HEX B1_HEX
		"0008007f" PDS_HEX "0000000000"
		"000c0024 00000000" A1_HEX B1_HEX
		"000e0004 00000001",
		{ .type = SHIM6_I2, .init_tag = 0x0123456789ab, .init_nonce = 0xdeadbeef,
		  .resp_nonce = 7, .validator = { counting, 4 },
		  .has_locators = true,
		  .locators = { .generation = 5, .count = 2, .method = { 1, 1 },
				.locator = { A1, B1 } },
		  .pds = { pds, sizeof(pds) },
		  .has_ulids = true, .ulids = { .sender = A1, .receiver = B1 },
		  .has_fii = true, .fii = 1 },
	}, {
		"R2 with a CGA locator, its parameters and signature",
		"3b080400 7d9a 7edcba987654 deadbeef"
		"0004001c 0000beef 01 02 000000000000" B1_HEX
		"00080003 000102 00"
		"000a0005 0001020304 00000000000000",
		{ .type = SHIM6_R2, .resp_tag = 0x7edcba987654, .init_nonce = 0xdeadbeef,
		  .has_locators = true,
		  .locators = { .generation = 0xbeef, .count = 1, .method = { 2 },
				.locator = { B1 } },
		  .pds = { counting, 3 }, .signature = { counting, 5 } },
	}, {
		"R1bis",
		"3b020500 0e21 7edcba987654 00000009"
		"00020004 00010203",
		{ .type = SHIM6_R1BIS, .packet_tag = 0x7edcba987654, .resp_nonce = 9,
		  .validator = { counting, 4 } },
	}, {
		"I2bis",
		"3b040600 9f4b 0123456789ab deadbeef 00000009 000000000000 7edcba987654"
		"00020004 00010203",
		{ .type = SHIM6_I2BIS, .init_tag = 0x0123456789ab, .init_nonce = 0xdeadbeef,
		  .resp_nonce = 9, .packet_tag = 0x7edcba987654, .validator = { counting, 4 } },
	}, {
		"Update Request with preferences, which no message unpacks",
		"3b034000 ffe3 7fffffffffff 01020304"
		"00060007 00000005 01 0100 00 00000000",
		{ .type = SHIM6_UPDATE_REQUEST, .receiver_tag = SHIM6_TAG_MASK,
		  .request_nonce = 0x01020304, .other_count = 1,
		  .other = { { .type = SHIM6_OPT_PREFERENCES, .len = 7, .off = 16,
			       .data = (const uint8_t[]){ 0, 0, 0, 5, 1, 1, 0 } } } },
	}, {
		"Update Acknowledgement",
		"3b014100 fff8 7fffffffffff 01020304",
		{ .type = SHIM6_UPDATE_ACK, .receiver_tag = SHIM6_TAG_MASK,
		  .request_nonce = 0x01020304 },
	}, {
		"Keepalive",
		"3b014200 e931 112233445566 00000000",
		{ .type = SHIM6_KEEPALIVE, .receiver_tag = 0x112233445566 },
	}, {
		"Probe, Exploring",
		"3b064300 875d 112233445566 01 40 0000" B1_HEX A1_HEX "01020304 00000000",
		{ .type = SHIM6_PROBE, .receiver_tag = 0x112233445566,
		  .probe = { .state = REAP_EXPLORING, .sent_count = 1,
			     .sent = { { B1, A1, 0x01020304, 0 } } } },
	}, {
		"Probe, InboundOk: three sent, two received, data and an unknown option",
		"3b1c4300 e1da 112233445566 23 80 0000"
		A1_HEX B1_HEX "a1a2a3a4 00000000"
		B1_HEX B1_HEX "a1a2a3a5 cafef00d"
		A1_HEX A1_HEX "a1a2a3a6 00000001"
		B1_HEX A1_HEX "01020304 80000000"
		A1_HEX B1_HEX "01020305 00000000"
		"00100005 0001020304 00000000000000",
		{ .type = SHIM6_PROBE, .receiver_tag = 0x112233445566,
		  .probe = { .state = REAP_INBOUND_OK, .sent_count = 3, .received_count = 2,
			     .sent = { { A1, B1, 0xa1a2a3a4, 0 },
				       { B1, B1, 0xa1a2a3a5, 0xcafef00d },
				       { A1, A1, 0xa1a2a3a6, 1 } },
			     .received = { { B1, A1, 0x01020304, 0x80000000 },
					   { A1, B1, 0x01020305, 0 } } },
		  .other_count = 1,
		  .other = { { .type = 8, .len = 5, .off = 216, .data = counting } } },
	}, {
		"Error, with eight octets of a packet",
		"3b0144fe 73f0 ffff 0001020304050607",
		{ .type = SHIM6_ERROR,
		  .error = { .code = 127, .pointer = 0xffff, .quote = { counting, 8 } } },
	}, {
		"Error, with the packet that its code speaks of",
		"3b064404 6197 0034 6000000000108c40" A1_HEX B1_HEX "3b014500562b0123",
		{ .type = SHIM6_ERROR,
		  .error = { .code = 2, .pointer = 0x34, .quote = { in_error, 48 } } },
	},
};

/* --- the vectors --------------------------------------------------------- */

static void messages_are_parsed_as_drawn(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct octets o = octets_of(vectors[i].hex);
		struct rbuf r = rbuf_of(o.data, o.len);
		struct shim6_message m = { 0 };

		if (shim6_message_parse(&m, &r))
			fail_msg("%s is rejected", vectors[i].name);
		assert_message_equal(&m, &vectors[i].message);
		octets_free(&o);
	}
}

static void messages_are_emitted_as_drawn(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct octets o = octets_of(vectors[i].hex);
		struct wbuf w = wbuf_of(o.data, o.len);

		memset(o.data, 0xee, o.len);
		if (shim6_message_emit(&vectors[i].message, &w))
			fail_msg("%s is not emitted", vectors[i].name);
		assert_octets_equal(w.data, w.len, vectors[i].hex);
		octets_free(&o);
	}
}

static void a_message_ends_where_its_length_says(void **state)
{
	struct octets o = octets_of("eeee 3b010100562b0123456789abdeadbeef eeeeee");
	struct rbuf r = rbuf_of(o.data, o.len);
	struct shim6_message m;

	(void)state;
	rbuf_take(&r, 2);
	assert_int_equal(shim6_message_parse(&m, &r), 0);
	assert_int_equal(m.init_nonce, 0xdeadbeef);
	assert_int_equal(rbuf_left(&r), 3);
	octets_free(&o);
}

static void every_truncation_is_rejected(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct octets o = octets_of(vectors[i].hex);

		for (size_t len = 0; len < o.len; len++)
			assert_rejected(o.data, len, -EMSGSIZE);
		octets_free(&o);
	}
}

/* One octet moves the sum by less than 65535, so no change hides; only a
 * Hdr Ext Len that says more is noticed before. */
static void every_change_of_an_octet_is_rejected(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct octets o = octets_of(vectors[i].hex);

		for (size_t at = 0; at < o.len; at++) {
			uint8_t right = o.data[at];

			for (unsigned flip = 1; flip < 256; flip++) {
				struct rbuf r = rbuf_of(o.data, o.len);
				struct shim6_message m;
				bool longer;

				o.data[at] = (uint8_t)(right ^ flip);
				longer = at == 1 && o.data[1] > right;
				assert_int_equal(shim6_message_parse(&m, &r),
						 longer ? -EMSGSIZE : -EBADMSG);
			}
			o.data[at] = right;
		}
		octets_free(&o);
	}
}

/* --- emission ------------------------------------------------------------ */

static void a_message_without_room_leaves_nothing_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct octets o = octets_of(vectors[i].hex);

		for (size_t cap = 0; cap < o.len; cap++) {
			struct octets out = octets_copy(o.data, cap);
			struct wbuf w = wbuf_of(out.data, out.len);

			assert_int_equal(shim6_message_emit(&vectors[i].message, &w), -ENOSPC);
			assert_int_equal(w.len, 0);
			assert_true(w.bad);
			octets_free(&out);
		}
		octets_free(&o);
	}
}

static void assert_not_emitted(const struct shim6_message *m)
{
	uint8_t out[2 * SHIM6_HEADER_MAX];
	struct wbuf w = wbuf_of(out, sizeof(out));

	assert_int_equal(shim6_message_emit(m, &w), -EINVAL);
	assert_int_equal(w.len, 0);
}

static void messages_that_can_not_be_are_not_emitted(void **state)
{
	static const uint8_t zeros[SHIM6_HEADER_MAX + 1];

	(void)state;
	assert_not_emitted(&(struct shim6_message){ .type = 69 });
	assert_not_emitted(&(struct shim6_message){ .type = SHIM6_R1, .has_fii = true });
	assert_not_emitted(&(struct shim6_message){ .type = SHIM6_I1, .validator = { zeros, 4 } });
	assert_not_emitted(&(struct shim6_message){ .type = SHIM6_R1,
						    .validator = { zeros, sizeof(zeros) } });
	assert_not_emitted(&(struct shim6_message){ .type = SHIM6_R2, .has_locators = true,
						    .locators.count = SHIM6_LOCATORS_MAX + 1 });
	assert_not_emitted(&(struct shim6_message){ .type = SHIM6_I1, .other_count = 1,
						    .other = { { .type = 0x8000 } } });
	assert_not_emitted(&(struct shim6_message){ .type = SHIM6_I1,
						    .other_count = SHIM6_UNKNOWN_MAX + 1 });
}

/* 16 of R1, 4 of the option: 2028 octets of validator fill up Hdr Ext Len. */
static void the_longest_message_has_2048_octets(void **state)
{
	static const uint8_t zeros[2029];
	struct shim6_message m = { .type = SHIM6_R1, .validator = { zeros, 2028 } }, back;
	uint8_t out[2 * SHIM6_HEADER_MAX];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct rbuf r;

	(void)state;
	assert_int_equal(shim6_message_emit(&m, &w), 0);
	assert_int_equal(w.len, 2048);
	assert_int_equal(out[1], 255);
	r = rbuf_of(out, w.len);
	assert_int_equal(shim6_message_parse(&back, &r), 0);
	assert_int_equal(back.validator.len, 2028);

	m.validator.len = 2029;
	assert_not_emitted(&m);
}

/* --- the payload header, RFC 5533 5.2 ------------------------------------ */

static void the_payload_header_is_parsed_and_emitted_as_drawn(void **state)
{
	struct octets o = octets_of("1100 8123456789ab ff");
	struct rbuf r = rbuf_of(o.data, o.len);
	uint8_t out[SHIM6_PAYLOAD_LEN];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct shim6_payload p;

	(void)state;
	assert_int_equal(shim6_payload_parse(&p, &r), 0);
	assert_int_equal(rbuf_left(&r), 1);
	assert_int_equal(p.next_header, 17);
	assert_true(p.tag == 0x0123456789ab);

	assert_int_equal(shim6_payload_emit(&p, &w), 0);
	assert_octets_equal(w.data, w.len, "11008123456789ab");
	assert_int_equal(shim6_payload_emit(&p, &w), -ENOSPC);
	octets_free(&o);
}

static void a_payload_header_has_p_set_and_eight_octets(void **state)
{
	static const struct {
		const char *hex;
		int error;
	} wrong[] = {
		{ "1100 0123456789ab", -EBADMSG },
		{ "1101 8123456789ab 0000000000000000", -EBADMSG },
		{ "1100 8123456789", -EMSGSIZE },
		{ "", -EMSGSIZE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct octets o = octets_of(wrong[i].hex);
		struct rbuf r = rbuf_of(o.data, o.len);
		struct shim6_payload p = { .next_header = 77 };

		assert_int_equal(shim6_payload_parse(&p, &r), wrong[i].error);
		assert_int_equal(p.next_header, 77);
		assert_int_equal(r.off, 0);
		octets_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_parsed_as_drawn),
		cmocka_unit_test(messages_are_emitted_as_drawn),
		cmocka_unit_test(a_message_ends_where_its_length_says),
		cmocka_unit_test(every_truncation_is_rejected),
		cmocka_unit_test(every_change_of_an_octet_is_rejected),
		cmocka_unit_test(a_message_without_room_leaves_nothing_behind),
		cmocka_unit_test(messages_that_can_not_be_are_not_emitted),
		cmocka_unit_test(the_longest_message_has_2048_octets),
		cmocka_unit_test(the_payload_header_is_parsed_and_emitted_as_drawn),
		cmocka_unit_test(a_payload_header_has_p_set_and_eight_octets),
	};

	return cmocka_run_group_tests_name("shim6", tests, NULL, NULL);
}
