/* SPDX-License-Identifier: BSD-2-Clause */
/* The content of Locator Preferences, drawn by hand after RFC 5533 5.15.3. */
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int parse(struct shim6_preferences *p, const struct octets *o)
{
	struct shim6_option option = { .len = (uint16_t)o->len, .data = o->data };

	return shim6_preferences_parse(p, &option);
}

static void assert_element(const struct shim6_preference *e, unsigned flags, unsigned priority,
			   unsigned weight)
{
	assert_int_equal(e->flags, flags);
	assert_int_equal(e->priority, priority);
	assert_int_equal(e->weight, weight);
}

/* Two elements of each length, and what of (1, 10, 100), (2, 20, 200) they hold. */
static const struct {
	const char *hex;
	unsigned known;
} drawn[] = {
	{ "01020304 01 01 02", 1 },
	{ "01020304 02 010a 0214", 2 },
	{ "01020304 03 010a64 0214c8", 3 },
	{ "01020304 04 010a64ff 0214c8ff", 3 },
	{ "01020304 09 010a64ffffffffffff 0214c8ffffffffffff", 3 },
};

static void elements_are_parsed_as_drawn(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(drawn); i++) {
		struct octets o = octets_of(drawn[i].hex);
		unsigned known = drawn[i].known;
		struct shim6_preferences p;

		assert_int_equal(parse(&p, &o), 0);
		assert_int_equal(p.generation, 0x01020304);
		assert_int_equal(p.element_len, o.data[4]);
		assert_int_equal(p.count, 2);
		assert_element(&p.element[0], SHIM6_BROKEN, known > 1 ? 10 : 0,
			       known > 2 ? 100 : 0);
		assert_element(&p.element[1], SHIM6_TRANSIENT, known > 1 ? 20 : 0,
			       known > 2 ? 200 : 0);
		octets_free(&o);
	}
}

static void elements_of_the_three_lengths_are_emitted_as_drawn(void **state)
{
	struct shim6_preferences p = {
		.generation = 0x01020304, .count = 2,
		.element = { { SHIM6_BROKEN, 10, 100 }, { SHIM6_TRANSIENT, 20, 200 } },
	};

	(void)state;
	for (p.element_len = 1; p.element_len <= 3; p.element_len++) {
		const char *hex = drawn[p.element_len - 1].hex;
		struct octets o = octets_of(hex);
		struct wbuf w = wbuf_of(o.data, o.len);

		memset(o.data, 0xee, o.len);
		assert_int_equal(shim6_preferences_emit(&p, &w), 0);
		assert_octets_equal(w.data, w.len, hex);
		for (size_t cap = 0; cap < o.len; cap++) {
			struct octets little = octets_copy(o.data, cap);

			w = wbuf_of(little.data, cap);
			assert_int_equal(shim6_preferences_emit(&p, &w), -ENOSPC);
			octets_free(&little);
		}
		octets_free(&o);
	}
}

static void elements_that_do_not_come_out_even_are_rejected(void **state)
{
	struct octets whole = octets_of("00000001 03 010203 040506 070809");

	(void)state;
	for (size_t len = 0; len <= whole.len; len++) {
		struct octets o = octets_copy(whole.data, len);
		struct shim6_preferences p = { .count = 77 };
		bool even = len >= 5 && (len - 5) % 3 == 0;

		assert_int_equal(parse(&p, &o), even ? 0 : -EBADMSG);
		assert_int_equal(p.count, even ? (len - 5) / 3 : 77);
		octets_free(&o);
	}
	octets_free(&whole);
}

static void elements_of_no_octets_are_rejected(void **state)
{
	static const char *const wrong[] = { "00000001 00", "00000001 00 01" };
	struct shim6_preferences p = { .count = 77 };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct octets o = octets_of(wrong[i]);

		assert_int_equal(parse(&p, &o), -EBADMSG);
		assert_int_equal(p.count, 77);
		octets_free(&o);
	}
}

static void there_are_at_most_128_elements(void **state)
{
	uint8_t octets[5 + 129] = { 0, 0, 0, 1, 1 };
	struct shim6_option option = { .len = 5 + 128, .data = octets };
	struct shim6_preferences p;

	(void)state;
	assert_int_equal(shim6_preferences_parse(&p, &option), 0);
	assert_int_equal(p.count, 128);
	option.len++;
	p.count = 77;
	assert_int_equal(shim6_preferences_parse(&p, &option), -E2BIG);
	assert_int_equal(p.count, 77);
}

static void preferences_that_can_not_be_are_not_emitted(void **state)
{
	static const struct shim6_preferences wrong[] = {
		{ .element_len = 0, .count = 1 },
		{ .element_len = 4, .count = 1 },
		{ .element_len = 1, .count = SHIM6_LOCATORS_MAX + 1 },
	};
	uint8_t out[512];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct wbuf w = wbuf_of(out, sizeof(out));

		assert_int_equal(shim6_preferences_emit(&wrong[i], &w), -EINVAL);
		assert_int_equal(w.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_parsed_as_drawn),
		cmocka_unit_test(elements_of_the_three_lengths_are_emitted_as_drawn),
		cmocka_unit_test(elements_that_do_not_come_out_even_are_rejected),
		cmocka_unit_test(elements_of_no_octets_are_rejected),
		cmocka_unit_test(there_are_at_most_128_elements),
		cmocka_unit_test(preferences_that_can_not_be_are_not_emitted),
	};

	return cmocka_run_group_tests_name("shim6_preferences", tests, NULL, NULL);
}
