/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors, RFC 5533 5.14; octets of right ones are in shim6_test.c. */
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_shim6.h"

static const uint8_t zeros[SHIM6_HEADER_MAX];

static int emit(struct wbuf *w, uint8_t code, size_t quoted)
{
	struct shim6_message m = {
		.type = SHIM6_ERROR,
		.error = { .code = code, .quote = { zeros, quoted } },
	};

	return shim6_message_emit(&m, w);
}

/* The header is 16 octets, says 5.14, of which the figure fixes 8. */
static void an_error_that_quotes_nothing_is_none(void **state)
{
	struct octets o = sealed("3b004400 0000 0000");
	uint8_t out[64];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	assert_rejected(o.data, o.len, -EPROTO);
	assert_int_equal(emit(&w, 0, 0), -EINVAL);
	assert_int_equal(w.len, 0);
	octets_free(&o);
}

/* What looks like options is the packet's: these would be critical and cut short. */
static void an_error_has_no_options(void **state)
{
	struct octets o = sealed("3b0044f0 0000 0028 0011ffff 00000000 00030004 00010203");
	struct shim6_option other = { .type = 8 };
	struct shim6_message m;
	uint8_t out[64];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct rbuf r = rbuf_of(o.data, o.len);

	(void)state;
	assert_int_equal(shim6_message_parse(&m, &r), 0);
	assert_int_equal(m.error.code, SHIM6_ERROR_DEBUG);
	assert_int_equal(m.error.pointer, 40);
	assert_octets_equal(m.error.quote.data, m.error.quote.len,
			    "0011ffff 00000000 00030004 00010203");
	assert_int_equal(m.other_count, 0);

	m.other_count = 1;
	m.other[0] = other;
	assert_int_equal(shim6_message_emit(&m, &w), -EINVAL);
	assert_int_equal(w.len, 0);
	octets_free(&o);
}

static void every_code_and_no_other_fits(void **state)
{
	uint8_t out[64];

	(void)state;
	for (unsigned code = 0; code < 256; code++) {
		struct wbuf w = wbuf_of(out, sizeof(out));
		int rc = emit(&w, (uint8_t)code, 8);

		assert_int_equal(rc, code < 128 ? 0 : -EINVAL);
		if (rc == 0)
			assert_int_equal(out[3], code << 1);
	}
}

static void a_quote_is_a_multiple_of_eight_octets_that_hdr_ext_len_can_say(void **state)
{
	uint8_t out[2 * SHIM6_HEADER_MAX];

	(void)state;
	for (size_t len = 0; len <= sizeof(zeros); len++) {
		struct wbuf w = wbuf_of(out, sizeof(out));
		bool fits = len >= 8 && len % 8 == 0 && len <= SHIM6_HEADER_MAX - 8;

		assert_int_equal(emit(&w, 1, len), fits ? 0 : -EINVAL);
		assert_int_equal(w.len, fits ? 8 + len : 0);
	}
}

/* 40 of IPv6 and 8 of Error: 1232 are left of 1280. */
static void as_much_is_quoted_as_fits_in_1280_octets(void **state)
{
	static const struct {
		size_t len, around, quoted;
	} cases[] = {
		{ 0, 40, 0 },       { 7, 40, 0 },         { 8, 40, 8 },
		{ 56, 40, 56 },     { 61, 40, 56 },       { 1231, 40, 1224 },
		{ 1232, 40, 1232 }, { 65575, 40, 1232 },  { 65575, 48, 1224 },
		{ 65575, 1264, 8 }, { 65575, 1265, 0 },   { 65575, 1272, 0 },
		{ 65575, 2000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(shim6_quote_len(cases[i].len, cases[i].around),
				 cases[i].quoted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_that_quotes_nothing_is_none),
		cmocka_unit_test(an_error_has_no_options),
		cmocka_unit_test(every_code_and_no_other_fits),
		cmocka_unit_test(a_quote_is_a_multiple_of_eight_octets_that_hdr_ext_len_can_say),
		cmocka_unit_test(as_much_is_quoted_as_fits_in_1280_octets),
	};

	return cmocka_run_group_tests_name("shim6_error", tests, NULL, NULL);
}
