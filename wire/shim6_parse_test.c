/* SPDX-License-Identifier: BSD-2-Clause */
/* What a receiver has to make of messages that are odd, RFC 5533 5.3, 5.15, 7 and 12.3. */
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_shim6.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define A1_HEX "20010db8000a00000000000000000001"
#define B1_HEX "20010db8000b00000000000000000001"

static void assert_sealed_rejected(const char *hex, int error)
{
	struct octets o = sealed(hex);

	assert_rejected(o.data, o.len, error);
	octets_free(&o);
}

/* Spans of the result are in *o. */
static void parse_sealed(struct shim6_message *m, struct octets *o, const char *hex)
{
	struct rbuf r;

	*o = sealed(hex);
	r = rbuf_of(o->data, o->len);
	assert_int_equal(shim6_message_parse(m, &r), 0);
	assert_int_equal(rbuf_left(&r), 0);
}

/* --- the fixed part ------------------------------------------------------ */

static void reserved_bits_next_header_and_padding_are_ignored(void **state)
{
	struct shim6_message m;
	struct octets o;

	(void)state;
	parse_sealed(&m, &o,
		     "060003fe 0000 8123456789ab deadbeef 00000007 ffffffff"
		     "00020003 000102 ff");
	assert_true(m.init_tag == 0x0123456789ab);
	assert_int_equal(m.init_nonce, 0xdeadbeef);
	assert_int_equal(m.resp_nonce, 7);
	assert_octets_equal(m.validator.data, m.validator.len, "000102");
	octets_free(&o);

	parse_sealed(&m, &o,
		     "3b0006fe 0000 8123456789ab deadbeef 00000009 ffffffffffff fedcba987654");
	assert_true(m.packet_tag == 0x7edcba987654);
	octets_free(&o);
}

static void payload_headers_and_hip_are_no_control_messages(void **state)
{
	(void)state;
	assert_sealed_rejected("3b008100 0000 0123456789ab deadbeef", -EBADMSG);
	assert_sealed_rejected("3b000101 0000 0123456789ab deadbeef", -EBADMSG);
}

static void types_that_nobody_knows_are_not_supported(void **state)
{
	static const uint8_t known[] = { 1, 2, 3, 4, 5, 6, 64, 65, 66, 67, 68 };
	char hex[128];

	(void)state;
	for (unsigned type = 0; type < 128; type++) {
		if (memchr(known, (int)type, sizeof(known)))
			continue;
		snprintf(hex, sizeof(hex), "3b00%02x00 0000 0123456789ab deadbeef", type);
		assert_sealed_rejected(hex, -ENOTSUP);
	}
}

static void messages_below_their_types_minimum_are_rejected(void **state)
{
	static const struct {
		uint8_t type;
		size_t least; /* octets */
	} minima[] = {
		{ SHIM6_I1, 16 },    { SHIM6_R1, 16 },
		{ SHIM6_I2, 24 },    { SHIM6_R2, 16 },
		{ SHIM6_R1BIS, 16 }, { SHIM6_I2BIS, 32 },
		{ SHIM6_UPDATE_REQUEST, 16 }, { SHIM6_UPDATE_ACK, 16 },
		{ SHIM6_KEEPALIVE, 16 },      { SHIM6_PROBE, 16 },
		{ SHIM6_ERROR, 16 }, /* 8, and 8 of a packet, RFC 5533 5.14 */
	};
	static const char *const hex[] = {
		"3b000000 0000 0000",
		"3b000000 0000 0000 0000000000000000",
		"3b000000 0000 0000 0000000000000000 0000000000000000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(minima); i++) {
		for (size_t n = 1; 8 * n < minima[i].least; n++) {
			struct octets o = sealed(hex[n - 1]);

			o.data[2] = minima[i].type;
			o.data[4] = (uint8_t)~(0x3b + minima[i].type);
			o.data[5] = (uint8_t)~(n - 1);
			assert_rejected(o.data, o.len, -EPROTO);
			octets_free(&o);
		}
	}
}

/* --- options ------------------------------------------------------------- */

#define I1_HEAD "3b000100 0000 0123456789ab deadbeef"
#define R1_HEAD "3b000200 0000 0000 deadbeef 00000007"
#define I2_HEAD "3b000300 0000 0123456789ab deadbeef 00000007 00000000"

static void unknown_options_stay_in_order_with_their_critical_bit(void **state)
{
	struct shim6_message m;
	struct octets o;

	(void)state;
	parse_sealed(&m, &o, R1_HEAD "00100001 aa000000" "00020004 00010203" "ffff0002 bbcc0000"
				     "00140004 0000001e");
	assert_int_equal(m.validator.len, 4);
	assert_int_equal(m.other_count, 3);
	assert_int_equal(m.other[0].type, 8);
	assert_false(m.other[0].critical);
	assert_int_equal(m.other[0].off, 16);
	assert_octets_equal(m.other[0].data, m.other[0].len, "aa");
	assert_int_equal(m.other[1].type, 0x7fff);
	assert_true(m.other[1].critical);
	assert_int_equal(m.other[1].off, 32);
	assert_octets_equal(m.other[1].data, m.other[1].len, "bbcc");
	assert_int_equal(m.other[2].type, SHIM6_OPT_KEEPALIVE_TIMEOUT);
	octets_free(&o);
}

static void an_option_that_the_type_does_not_list_is_another_one(void **state)
{
	struct shim6_message m;
	struct octets o;

	(void)state;
	parse_sealed(&m, &o, I1_HEAD "00030004 00010203" "000e0004 00000001");
	assert_null(m.validator.data);
	assert_int_equal(m.fii, 1);
	assert_int_equal(m.other_count, 1);
	assert_int_equal(m.other[0].type, SHIM6_OPT_VALIDATOR);
	assert_true(m.other[0].critical);
	octets_free(&o);
}

static void the_second_option_of_a_kind_is_another_one(void **state)
{
	struct shim6_message m;
	struct octets o;

	(void)state;
	parse_sealed(&m, &o, I2_HEAD "00020000 00000000" "00020002 00010000"
				     "000e0004 00000001" "000e0004 00000002");
	assert_non_null(m.validator.data);
	assert_int_equal(m.validator.len, 0);
	assert_int_equal(m.fii, 1);
	assert_int_equal(m.other_count, 2);
	assert_int_equal(m.other[0].type, SHIM6_OPT_VALIDATOR);
	assert_int_equal(m.other[1].type, SHIM6_OPT_FII);
	octets_free(&o);
}

static void sixteen_other_options_are_kept_and_seventeen_rejected(void **state)
{
	char hex[1024] = I1_HEAD;
	struct shim6_message m;
	struct octets o;

	(void)state;
	for (unsigned i = 0; i < SHIM6_UNKNOWN_MAX; i++)
		strcat(hex, "00100000 00000000");
	parse_sealed(&m, &o, hex);
	assert_int_equal(m.other_count, SHIM6_UNKNOWN_MAX);
	octets_free(&o);
	assert_sealed_rejected(strcat(hex, "00100000 00000000"), -E2BIG);
}

static void options_that_contradict_their_length_are_rejected(void **state)
{
	static const char *const wrong[] = {
		/* FII of 5 and of 3 */
		I1_HEAD "000e0005 0000000100000000 00000000",
		I1_HEAD "000e0003 00000100",
		/* ULID pair of 32 and of 40 */
		I1_HEAD "000c0020 00000000" A1_HEX "00000000000000000000000000000000",
		I1_HEAD "000c0028 00000000" A1_HEX B1_HEX "0000000000000000",
		/* content that leaves the message */
		I1_HEAD "00100005 00000000",
		I1_HEAD "0010ffff 00000000",
		/* locators: one too many counted, one too few, no count at all */
		I2_HEAD "0004001c 00000005 02 0101 0000000000" A1_HEX,
		I2_HEAD "0004001c 00000005 00 01 000000000000" A1_HEX,
		I2_HEAD "00040004 00000005",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_sealed_rejected(wrong[i], -EBADMSG);
}

/* --- what the capture has cut -------------------------------------------- */

static int parse_cut(struct shim6_message *m, const char *hex)
{
	struct octets o = octets_of(hex);
	struct rbuf r = rbuf_of(o.data, o.len);
	int rc = shim6_message_parse_cut(m, &r);

	assert_int_equal(r.off, 0);
	octets_free(&o);
	return rc;
}

/* More options are promised, and of those that are here none is looked at. */
static void a_cut_message_tells_its_fixed_part(void **state)
{
	struct shim6_message m;

	(void)state;
	assert_int_equal(parse_cut(&m, "3b0f0300 ffff 0123456789ab deadbeef 00000007 00000000"
				       "0004ffff 00"), 0);
	assert_int_equal(m.type, SHIM6_I2);
	assert_true(m.init_tag == 0x0123456789ab);
	assert_int_equal(m.init_nonce, 0xdeadbeef);
	assert_int_equal(m.resp_nonce, 7);
	assert_false(m.has_locators || m.has_ulids || m.has_fii || m.other_count);
	assert_null(m.validator.data);

	assert_int_equal(parse_cut(&m, "3b1043000000112233445566 12 40 0000" A1_HEX), 0);
	assert_true(m.receiver_tag == 0x112233445566);
	assert_int_equal(m.probe.state, REAP_EXPLORING);
	assert_int_equal(m.probe.sent_count, 0);
	assert_int_equal(m.probe.received_count, 0);
}

static void a_cut_error_quotes_what_is_here(void **state)
{
	static const uint8_t octets[] = { 0x3b, 6, 68, 4, 0, 0, 0, 0x2a, 0x60, 0, 0 };
	struct rbuf r = rbuf_of(octets, sizeof(octets));
	struct shim6_message m;

	(void)state;
	assert_int_equal(shim6_message_parse_cut(&m, &r), 0);
	assert_int_equal(m.error.code, 2);
	assert_int_equal(m.error.pointer, 42);
	assert_octets_equal(m.error.quote.data, m.error.quote.len, "600000");
}

static void what_is_cut_within_its_fixed_part_is_no_message(void **state)
{
	struct shim6_message m;

	(void)state;
	assert_int_equal(parse_cut(&m, "3b0501"), -EMSGSIZE);
	assert_int_equal(parse_cut(&m, "3b0501000000 0123456789ab deadbe"), -EMSGSIZE);
	assert_int_equal(parse_cut(&m, "3b058100 0000 0123456789ab deadbeef"), -EBADMSG);
	assert_int_equal(parse_cut(&m, "3b050101 0000 0123456789ab deadbeef"), -EBADMSG);
	assert_int_equal(parse_cut(&m, "3b056300 0000 0123456789ab deadbeef"), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserved_bits_next_header_and_padding_are_ignored),
		cmocka_unit_test(payload_headers_and_hip_are_no_control_messages),
		cmocka_unit_test(types_that_nobody_knows_are_not_supported),
		cmocka_unit_test(messages_below_their_types_minimum_are_rejected),
		cmocka_unit_test(unknown_options_stay_in_order_with_their_critical_bit),
		cmocka_unit_test(an_option_that_the_type_does_not_list_is_another_one),
		cmocka_unit_test(the_second_option_of_a_kind_is_another_one),
		cmocka_unit_test(sixteen_other_options_are_kept_and_seventeen_rejected),
		cmocka_unit_test(options_that_contradict_their_length_are_rejected),
		cmocka_unit_test(a_cut_message_tells_its_fixed_part),
		cmocka_unit_test(a_cut_error_quotes_what_is_here),
		cmocka_unit_test(what_is_cut_within_its_fixed_part_is_no_message),
	};

	return cmocka_run_group_tests_name("shim6_parse", tests, NULL, NULL);
}
