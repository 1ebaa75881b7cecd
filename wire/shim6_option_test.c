/* SPDX-License-Identifier: BSD-2-Clause */
/* Options, RFC 5533 5.15: the frame, Locator List and ULID Pair. */
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* The content of an option that fills a run of octets. */
static struct shim6_option content_of(const struct octets *o)
{
	return (struct shim6_option){ .len = (uint16_t)o->len, .data = o->data };
}

/* len octets, all of one value. */
static struct octets filled(size_t len, int octet)
{
	struct octets o = { .data = malloc(len ? len : 1), .len = len };

	assert_non_null(o.data);
	memset(o.data, octet, len);
	return o;
}

/* --- the frame ----------------------------------------------------------- */

static void options_follow_each_other_behind_their_padding(void **state)
{
	struct octets o = octets_of("000e0004 00000001" "00030005 0102030405 ffffffffffffff"
				    "fffe0000 ffffffff");
	struct rbuf r = rbuf_of(o.data, o.len);
	struct shim6_option option;

	(void)state;
	assert_true(shim6_option_next(&r, &option));
	assert_int_equal(option.type, SHIM6_OPT_FII);
	assert_false(option.critical);
	assert_int_equal(option.off, 0);
	assert_octets_equal(option.data, option.len, "00000001");

	assert_true(shim6_option_next(&r, &option));
	assert_int_equal(option.type, SHIM6_OPT_VALIDATOR);
	assert_true(option.critical);
	assert_int_equal(option.off, 8);
	assert_octets_equal(option.data, option.len, "0102030405");

	assert_true(shim6_option_next(&r, &option));
	assert_int_equal(option.type, 0x7fff);
	assert_int_equal(option.off, 24);
	assert_int_equal(option.len, 0);

	assert_false(shim6_option_next(&r, &option));
	assert_false(r.bad);
	octets_free(&o);
}

static void a_truncated_option_is_none(void **state)
{
	struct octets o = octets_of("00020005 0102030405 00000000000000");

	(void)state;
	for (size_t len = 1; len < o.len; len++) {
		struct octets cut = octets_copy(o.data, len);
		struct rbuf r = rbuf_of(cut.data, cut.len);
		struct shim6_option option = { .type = 77 };

		assert_false(shim6_option_next(&r, &option));
		assert_true(r.bad);
		assert_int_equal(option.type, 77);
		octets_free(&cut);
	}
	octets_free(&o);
}

/* RFC 5533 5.15 has this formula; ours is another. */
static void an_option_is_as_long_as_the_rfc_computes(void **state)
{
	(void)state;
	for (size_t len = 0; len <= UINT16_MAX; len++)
		assert_int_equal(shim6_option_total(len), 11 + len - (len + 3) % 8);
}

static void options_are_emitted_with_zeros_for_padding(void **state)
{
	struct octets o = octets_of("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
	struct wbuf w = wbuf_of(o.data, o.len);

	(void)state;
	assert_int_equal(shim6_option_emit(SHIM6_OPT_VALIDATOR, true, "\1\2\3\4\5", 5, &w), 0);
	assert_octets_equal(w.data, w.len, "00030005 0102030405 00000000000000");
	octets_free(&o);

	o = octets_of("eeeeeeeeeeeeeeee");
	w = wbuf_of(o.data, o.len);
	assert_int_equal(shim6_option_emit(0x7fff, false, NULL, 0, &w), 0);
	assert_octets_equal(w.data, w.len, "fffe0000 00000000");
	octets_free(&o);
}

static void an_option_without_room_is_not_begun(void **state)
{
	struct octets o = octets_of("eeeeeeeeeeeeeeee");
	struct wbuf w = wbuf_of(o.data, o.len);

	(void)state;
	assert_int_equal(shim6_option_emit(1, false, "\1\2\3\4\5", 5, &w), -ENOSPC);
	assert_int_equal(w.len, 0);
	assert_true(w.bad);
	assert_octets_equal(o.data, o.len, "eeeeeeeeeeeeeeee");
	octets_free(&o);
}

static void an_option_beyond_its_fields_is_not_emitted(void **state)
{
	static const uint8_t big[UINT16_MAX + 1];
	static uint8_t out[2 * UINT16_MAX];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	assert_int_equal(shim6_option_emit(0x8000, false, NULL, 0, &w), -EINVAL);
	assert_int_equal(shim6_option_emit(1, false, big, UINT16_MAX + 1, &w), -EINVAL);
	assert_int_equal(w.len, 0);
	assert_int_equal(shim6_option_emit(1, false, big, UINT16_MAX, &w), 0);
	assert_int_equal(w.len, 65544);
}

/* --- Locator List -------------------------------------------------------- */

static const char two_locators[] = "00000005 02 0102 0000000000"
				   "20010db8000a00000000000000000001"
				   "20010db8000b00000000000000000001";

static void a_locator_list_is_parsed_and_emitted_as_drawn(void **state)
{
	struct in6_addr a = addr_of("2001:db8:a::1"), b = addr_of("2001:db8:b::1");
	struct octets o = octets_of(two_locators);
	struct shim6_option option = content_of(&o);
	struct shim6_locator_list list;
	struct wbuf w;

	(void)state;
	assert_int_equal(shim6_locator_list_parse(&list, &option), 0);
	assert_int_equal(list.generation, 5);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.method[0], SHIM6_METHOD_HBA);
	assert_int_equal(list.method[1], SHIM6_METHOD_CGA);
	assert_memory_equal(&list.locator[0], &a, sizeof(a));
	assert_memory_equal(&list.locator[1], &b, sizeof(b));

	memset(o.data, 0xee, o.len);
	w = wbuf_of(o.data, o.len);
	assert_int_equal(shim6_locator_list_emit(&list, &w), 0);
	assert_octets_equal(w.data, w.len, two_locators);
	octets_free(&o);
}

/* Lengths by 5.15.2: the octets before the locators are a multiple of 8,
 * counted from the option's type. */
static void locators_start_on_a_multiple_of_eight(void **state)
{
	static const struct {
		uint8_t count;
		size_t len, locators;
	} lists[] = {
		{ 0, 12, 12 }, { 1, 28, 12 }, { 2, 44, 12 },   { 6, 108, 12 },
		{ 7, 124, 12 }, { 8, 148, 20 }, { 15, 260, 20 }, { 16, 284, 28 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct octets o = filled(lists[i].len, 0xee);
		struct shim6_option option = content_of(&o);
		struct shim6_locator_list list = { .count = lists[i].count }, back;
		struct wbuf w = wbuf_of(o.data, o.len);

		memset(list.method, 0xaa, list.count);
		memset(list.locator, 0xbb, list.count * sizeof(list.locator[0]));
		assert_int_equal(shim6_locator_list_emit(&list, &w), 0);
		assert_int_equal(w.len, lists[i].len);
		for (size_t at = 5; at < w.len; at++) {
			int padding = at < lists[i].locators ? 0 : 0xbb;

			assert_int_equal(w.data[at], at < 5u + list.count ? 0xaa : padding);
		}
		assert_int_equal(shim6_locator_list_parse(&back, &option), 0);
		assert_memory_equal(&back, &list, sizeof(list));
		octets_free(&o);
	}
}

static void a_locator_list_of_any_other_length_is_rejected(void **state)
{
	struct octets right = octets_of(two_locators);

	(void)state;
	for (size_t len = 0; len < 2 * right.len; len++) {
		struct octets o = filled(len, 0);
		struct shim6_option option = content_of(&o);
		struct shim6_locator_list list = { .count = 77 };

		memcpy(o.data, right.data, len < right.len ? len : right.len);
		if (len != right.len) {
			assert_int_equal(shim6_locator_list_parse(&list, &option), -EBADMSG);
			assert_int_equal(list.count, 77);
		}
		octets_free(&o);
	}
	octets_free(&right);
}

static void a_locator_list_of_any_other_count_is_rejected(void **state)
{
	struct octets o = octets_of(two_locators);
	struct shim6_option option = content_of(&o);
	struct shim6_locator_list list = { .count = 77 };

	(void)state;
	for (unsigned count = 0; count < 256; count++) {
		o.data[4] = (uint8_t)count;
		if (count != 2)
			assert_int_equal(shim6_locator_list_parse(&list, &option), -EBADMSG);
	}
	assert_int_equal(list.count, 77);
	octets_free(&o);
}

/* 129 locators and their Length agree, but no Shim6 header could hold them. */
static void a_locator_list_has_at_most_128(void **state)
{
	struct octets o = filled(4 + 1 + 129 + 6 + 129 * 16, 0);
	struct shim6_option option = content_of(&o);
	struct shim6_locator_list list = { .count = 129 };
	struct wbuf w = wbuf_of(o.data, o.len);

	(void)state;
	o.data[4] = 129;
	assert_int_equal(shim6_locator_list_parse(&list, &option), -EBADMSG);
	assert_int_equal(shim6_locator_list_emit(&list, &w), -EINVAL);
	assert_int_equal(w.len, 0);

	o.data[4] = 128;
	option.len = 4 + 1 + 128 + 7 + 128 * 16;
	assert_int_equal(shim6_locator_list_parse(&list, &option), 0);
	octets_free(&o);
}

/* --- ULID Pair ----------------------------------------------------------- */

static void a_ulid_pair_is_parsed_and_emitted_as_drawn(void **state)
{
	struct in6_addr a = addr_of("2001:db8:a::1"), b = addr_of("2001:db8:b::1");
	struct octets o = octets_of("ffffffff 20010db8000a00000000000000000001"
				    "20010db8000b00000000000000000001");
	struct shim6_option option = content_of(&o);
	struct shim6_ulid_pair pair;
	struct wbuf w = wbuf_of(o.data, o.len);

	(void)state;
	assert_int_equal(shim6_ulid_pair_parse(&pair, &option), 0);
	assert_memory_equal(&pair.sender, &a, sizeof(a));
	assert_memory_equal(&pair.receiver, &b, sizeof(b));

	assert_int_equal(shim6_ulid_pair_emit(&pair, &w), 0);
	assert_octets_equal(w.data, w.len, "00000000 20010db8000a00000000000000000001"
					   "20010db8000b00000000000000000001");
	octets_free(&o);
}

static void a_ulid_pair_has_36_octets(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 64; len++) {
		struct octets o = filled(len, 0);
		struct shim6_option option = content_of(&o);
		struct shim6_ulid_pair pair;
		struct wbuf w = wbuf_of(o.data, o.len);

		memset(&pair, 0x77, sizeof(pair));
		assert_int_equal(shim6_ulid_pair_parse(&pair, &option), len == 36 ? 0 : -EBADMSG);
		assert_int_equal(pair.sender.s6_addr[0], len == 36 ? 0 : 0x77);
		assert_int_equal(shim6_ulid_pair_emit(&pair, &w), len < 36 ? -ENOSPC : 0);
		octets_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_follow_each_other_behind_their_padding),
		cmocka_unit_test(a_truncated_option_is_none),
		cmocka_unit_test(an_option_is_as_long_as_the_rfc_computes),
		cmocka_unit_test(options_are_emitted_with_zeros_for_padding),
		cmocka_unit_test(an_option_without_room_is_not_begun),
		cmocka_unit_test(an_option_beyond_its_fields_is_not_emitted),
		cmocka_unit_test(a_locator_list_is_parsed_and_emitted_as_drawn),
		cmocka_unit_test(locators_start_on_a_multiple_of_eight),
		cmocka_unit_test(a_locator_list_of_any_other_length_is_rejected),
		cmocka_unit_test(a_locator_list_of_any_other_count_is_rejected),
		cmocka_unit_test(a_locator_list_has_at_most_128),
		cmocka_unit_test(a_ulid_pair_is_parsed_and_emitted_as_drawn),
		cmocka_unit_test(a_ulid_pair_has_36_octets),
	};

	return cmocka_run_group_tests_name("shim6_option", tests, NULL, NULL);
}
