/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums that were made by hand, or are in RFC 1071. */
#include "wire/checksum.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* RFC 1071 3: these eight octets sum to 2ddf0, which folds to ddf2. */
static const char rfc1071_example[] = "0001f203f4f5f6f7";

static uint16_t checksum_of(const char *hex)
{
	struct octets o = octets_of(hex);
	uint16_t sum = checksum_finish(checksum_add(0, o.data, o.len));

	octets_free(&o);
	return sum;
}

static void the_example_of_rfc1071_comes_out(void **state)
{
	struct octets o = octets_of(rfc1071_example);

	(void)state;
	assert_int_equal(checksum_add(0, o.data, o.len) % 0xffff, 0x2ddf0 % 0xffff);
	assert_int_equal(checksum_of(rfc1071_example), 0x220d);
	octets_free(&o);
}

static void data_that_holds_its_checksum_finishes_to_zero(void **state)
{
	(void)state;
	assert_int_equal(checksum_of("0001f203f4f5f6f7 220d"), 0);
}

static void no_octets_sum_to_nothing(void **state)
{
	(void)state;
	assert_int_equal(checksum_of(""), 0xffff);
}

static void an_odd_octet_is_the_high_half_of_a_word(void **state)
{
	(void)state;
	assert_int_equal(checksum_of("12"), 0xedff);
	assert_int_equal(checksum_of("0001f2"), 0x0dfe);
}

static void carries_come_back_at_the_bottom(void **state)
{
	(void)state;
	assert_int_equal(checksum_of("ffff0001"), 0xfffe);
	assert_int_equal(checksum_of("ffffffff"), 0x0000);
	assert_int_equal(checksum_finish(0x1ffff), 0xfffe); /* the fold carries again */
	assert_int_equal(checksum_finish(0xffffffff), 0x0000);
}

static void a_sum_that_fills_32_bits_loses_no_carry(void **state)
{
	struct octets o = octets_of("0001");

	(void)state;
	assert_int_equal(checksum_finish(checksum_add(UINT32_MAX, o.data, o.len)), 0xfffe);
	octets_free(&o);
}

static void a_sum_can_be_made_in_even_pieces(void **state)
{
	struct octets o = octets_of(rfc1071_example);

	(void)state;
	for (size_t cut = 0; cut <= o.len; cut += 2) {
		uint32_t sum = checksum_add(0, o.data, cut);

		sum = checksum_add(sum, o.data + cut, o.len - cut);
		assert_int_equal(checksum_finish(sum), 0x220d);
	}
	octets_free(&o);
}

/* Octets from a dice that always falls alike, added two by two. */
static void any_length_at_any_place_sums_like_words(void **state)
{
	uint8_t octets[80];
	uint32_t dice = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++) {
		dice = dice * 1103515245 + 12345;
		octets[i] = dice >> 16 & 1 ? 0xff : (uint8_t)(dice >> 24);
	}
	for (size_t from = 0; from < 9; from++) {
		for (size_t len = 0; from + len <= sizeof(octets); len++) {
			uint32_t sum = 0;

			for (size_t i = 0; i < len; i++)
				sum += (uint32_t)octets[from + i] << (i % 2 ? 0 : 8);
			assert_int_equal(checksum_finish(checksum_add(0, octets + from, len)),
					 checksum_finish(sum));
		}
	}
}

/* 2001+0db8+1 + 2001+0db8+2 = 5b75, and 8 and 17: 5b8e. With UDP 7 to 7 of
 * eight octets (16 more) that is 5ba4, its complement a45b. */
static void the_pseudo_header_sums_addresses_length_and_protocol(void **state)
{
	struct in6_addr src = addr_of("2001:db8::1"), dst = addr_of("2001:db8::2");
	struct octets udp = octets_of("000700070008 a45b");
	uint32_t sum = checksum_pseudo(&src, &dst, 8, 17);

	(void)state;
	assert_int_equal(checksum_finish(sum), 0xffff - 0x5b8e);
	assert_int_equal(checksum_finish(checksum_add(sum, udp.data, udp.len)), 0);
	octets_free(&udp);
}

static void the_pseudo_header_has_a_length_of_32_bits(void **state)
{
	struct in6_addr none = addr_of("::");

	(void)state;
	assert_int_equal(checksum_finish(checksum_pseudo(&none, &none, 0x01020304, 0)),
			 0xffff - 0x0406);
}

/* An I1: tag 0123456789ab, nonce deadbeef. */
static void a_shim6_checksum_leaves_out_its_own_field(void **state)
{
	struct octets zero = octets_of("3b010100 0000 0123456789abdeadbeef");
	struct octets right = octets_of("3b010100 562b 0123456789abdeadbeef");
	struct octets wrong = octets_of("3b010100 ffff 0123456789abdeadbeef");

	(void)state;
	assert_int_equal(checksum_shim6(zero.data, zero.len), 0x562b);
	assert_int_equal(checksum_shim6(right.data, right.len), 0x562b);
	assert_int_equal(checksum_shim6(wrong.data, wrong.len), 0x562b);
	octets_free(&zero);
	octets_free(&right);
	octets_free(&wrong);
}

static void a_shim6_checksum_can_be_of_six_octets(void **state)
{
	struct octets o = octets_of("3b0001021234");

	(void)state;
	assert_int_equal(checksum_shim6(o.data, o.len), 0xffff - 0x3c02);
	octets_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_rfc1071_comes_out),
		cmocka_unit_test(data_that_holds_its_checksum_finishes_to_zero),
		cmocka_unit_test(no_octets_sum_to_nothing),
		cmocka_unit_test(an_odd_octet_is_the_high_half_of_a_word),
		cmocka_unit_test(carries_come_back_at_the_bottom),
		cmocka_unit_test(a_sum_that_fills_32_bits_loses_no_carry),
		cmocka_unit_test(a_sum_can_be_made_in_even_pieces),
		cmocka_unit_test(any_length_at_any_place_sums_like_words),
		cmocka_unit_test(the_pseudo_header_sums_addresses_length_and_protocol),
		cmocka_unit_test(the_pseudo_header_has_a_length_of_32_bits),
		cmocka_unit_test(a_shim6_checksum_leaves_out_its_own_field),
		cmocka_unit_test(a_shim6_checksum_can_be_of_six_octets),
	};

	return cmocka_run_group_tests_name("checksum", tests, NULL, NULL);
}
