/* SPDX-License-Identifier: BSD-2-Clause */
/* The cursors keep to their buffers, and remember when they could not. */
#include "wire/cursor.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

static void numbers_are_read_in_network_order(void **state)
{
	struct octets o = octets_of("01 0203 04050607 08090a0b0c0d 1112131415161718");
	struct rbuf r = rbuf_of(o.data, o.len);

	(void)state;
	assert_int_equal(rbuf_u8(&r), 0x01);
	assert_int_equal(rbuf_u16(&r), 0x0203);
	assert_int_equal(rbuf_u32(&r), 0x04050607);
	assert_true(rbuf_uint(&r, 6) == UINT64_C(0x08090a0b0c0d));
	assert_true(rbuf_uint(&r, 8) == UINT64_C(0x1112131415161718));
	assert_int_equal(rbuf_left(&r), 0);
	assert_false(r.bad);
	octets_free(&o);
}

static void a_read_past_the_end_yields_zero_and_turns_bad(void **state)
{
	struct octets o = octets_of("ffffff");

	(void)state;
	for (size_t octets = 4; octets <= 8; octets++) {
		struct rbuf r = rbuf_of(o.data, o.len);

		assert_true(rbuf_uint(&r, octets) == 0);
		assert_true(r.bad);
	}
	octets_free(&o);
}

static void a_bad_reader_stays_bad_for_what_would_fit(void **state)
{
	struct octets o = octets_of("0102");
	struct rbuf r = rbuf_of(o.data, o.len);

	(void)state;
	assert_null(rbuf_take(&r, 3));
	assert_int_equal(rbuf_u8(&r), 0);
	assert_null(rbuf_take(&r, 0));
	assert_int_equal(rbuf_left(&r), 0);
	assert_true(r.bad);
	octets_free(&o);
}

static void nothing_can_be_taken_at_the_end(void **state)
{
	struct octets o = octets_of("01");
	struct rbuf r = rbuf_of(o.data, o.len);

	(void)state;
	rbuf_take(&r, 1);
	assert_ptr_equal(rbuf_take(&r, 0), o.data + 1);
	assert_false(r.bad);
	octets_free(&o);
}

static void a_length_near_the_end_of_numbers_does_not_wrap(void **state)
{
	struct octets o = octets_of("0102030405060708");
	struct rbuf r = rbuf_of(o.data, o.len);
	struct wbuf w = wbuf_of(o.data, o.len);

	(void)state;
	rbuf_take(&r, 4);
	assert_null(rbuf_take(&r, SIZE_MAX));
	assert_true(r.bad);
	wbuf_zero(&w, 4);
	assert_null(wbuf_reserve(&w, SIZE_MAX - 2));
	assert_true(w.bad);
	octets_free(&o);
}

static void a_copy_that_is_not_there_is_all_zeros(void **state)
{
	struct octets o = octets_of("010203");
	struct rbuf r = rbuf_of(o.data, o.len);
	uint8_t out[4] = { 9, 9, 9, 9 };

	(void)state;
	rbuf_copy(&r, out, 3);
	assert_octets_equal(out, 4, "01020309");
	rbuf_copy(&r, out, 4);
	assert_octets_equal(out, 4, "00000000");
	assert_true(r.bad);
	octets_free(&o);
}

static void a_carved_cursor_can_not_leave_its_part(void **state)
{
	struct octets o = octets_of("0102030405");
	struct rbuf r = rbuf_of(o.data, o.len), part;

	(void)state;
	rbuf_u8(&r);
	part = rbuf_carve(&r, 2);
	assert_int_equal(rbuf_u16(&part), 0x0203);
	assert_int_equal(rbuf_u8(&part), 0);
	assert_true(part.bad);
	assert_false(r.bad);
	assert_int_equal(rbuf_u16(&r), 0x0405);
	octets_free(&o);
}

static void carving_more_than_is_left_makes_both_bad(void **state)
{
	struct octets o = octets_of("0102");
	struct rbuf r = rbuf_of(o.data, o.len);
	struct rbuf part = rbuf_carve(&r, 3);

	(void)state;
	assert_true(r.bad);
	assert_true(part.bad);
	assert_int_equal(rbuf_left(&part), 0);
	octets_free(&o);
}

static void numbers_are_written_in_network_order(void **state)
{
	struct octets o = octets_of("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
	struct wbuf w = wbuf_of(o.data, o.len);

	(void)state;
	wbuf_u8(&w, 0x01);
	wbuf_u16(&w, 0x0203);
	wbuf_u32(&w, 0x04050607);
	wbuf_uint(&w, UINT64_C(0x08090a0b0c0d), 6);
	wbuf_copy(&w, "\xaa", 1);
	wbuf_zero(&w, 2);
	assert_octets_equal(w.data, w.len, "01020304050607 08090a0b0c0d aa 0000");
	assert_false(w.bad);
	octets_free(&o);
}

static void a_write_past_the_capacity_writes_nothing_of_it(void **state)
{
	struct octets o = octets_of("eeeeee");
	struct wbuf w = wbuf_of(o.data, o.len);

	(void)state;
	wbuf_u8(&w, 1);
	wbuf_u32(&w, 0x02030405);
	assert_true(w.bad);
	assert_int_equal(w.len, 1);
	wbuf_u8(&w, 2);
	wbuf_zero(&w, 1);
	wbuf_copy(&w, "\x03", 1);
	assert_null(wbuf_reserve(&w, 0));
	assert_int_equal(w.len, 1);
	assert_octets_equal(o.data, o.len, "01eeee");
	octets_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_in_network_order),
		cmocka_unit_test(a_read_past_the_end_yields_zero_and_turns_bad),
		cmocka_unit_test(a_bad_reader_stays_bad_for_what_would_fit),
		cmocka_unit_test(nothing_can_be_taken_at_the_end),
		cmocka_unit_test(a_length_near_the_end_of_numbers_does_not_wrap),
		cmocka_unit_test(a_copy_that_is_not_there_is_all_zeros),
		cmocka_unit_test(a_carved_cursor_can_not_leave_its_part),
		cmocka_unit_test(carving_more_than_is_left_makes_both_bad),
		cmocka_unit_test(numbers_are_written_in_network_order),
		cmocka_unit_test(a_write_past_the_capacity_writes_nothing_of_it),
	};

	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
