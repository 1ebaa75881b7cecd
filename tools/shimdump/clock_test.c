/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/shimdump/clock.h"

#define HOUR UINT64_C(3600000000)

static const char *put_one(struct clock *c, enum time_form form, uint64_t usec)
{
	static char buf[64];
	struct text t = text_of(buf, sizeof(buf));

	clock_put(&t, c, form, usec);
	return buf;
}

static void assert_time(enum time_form form, uint64_t usec, const char *expected)
{
	struct clock c = { 0 };

	assert_string_equal(put_one(&c, form, usec), expected);
}

static void a_day_begins_anew_at_midnight(void **state)
{
	(void)state;
	assert_time(TIME_OF_DAY, 0, "00:00:00.000000 ");
	assert_time(TIME_OF_DAY, 24 * HOUR - 1, "23:59:59.999999 ");
	assert_time(TIME_OF_DAY, 24 * HOUR, "00:00:00.000000 ");
}

static void zeros_in_front_of_microseconds_are_kept(void **state)
{
	(void)state;
	assert_time(TIME_SECONDS, 1700000000000001, "1700000000.000001 ");
	assert_time(TIME_SECONDS, 7, "0.000007 ");
}

static void dates_are_right_on_leap_days(void **state)
{
	(void)state;
	assert_time(TIME_AND_DATE, UINT64_C(1709164800000000), "2024-02-29 00:00:00.000000 ");
	assert_time(TIME_AND_DATE, UINT64_C(4102444799000000), "2099-12-31 23:59:59.000000 ");
}

static void no_time_is_no_column(void **state)
{
	(void)state;
	assert_time(TIME_NONE, 5 * HOUR, "");
}

static void differences_count_from_the_packet_before(void **state)
{
	struct clock c = { 0 };

	(void)state;
	assert_string_equal(put_one(&c, TIME_SINCE_PACKET, 10), " 00:00:00.000000 ");
	assert_string_equal(put_one(&c, TIME_SINCE_PACKET, 12), " 00:00:00.000002 ");
	assert_string_equal(put_one(&c, TIME_SINCE_PACKET, 13), " 00:00:00.000001 ");
}

static void differences_from_the_first_go_beyond_a_day(void **state)
{
	struct clock c = { 0 };

	(void)state;
	put_one(&c, TIME_SINCE_FIRST, 1);
	assert_string_equal(put_one(&c, TIME_SINCE_FIRST, 1 + 30 * HOUR), " 30:00:00.000000 ");
}

static void times_that_step_back_have_a_sign(void **state)
{
	struct clock c = { 0 };

	(void)state;
	put_one(&c, TIME_SINCE_PACKET, HOUR);
	assert_string_equal(put_one(&c, TIME_SINCE_PACKET, HOUR - 1), "-00:00:00.000001 ");
}

static void the_last_time_there_is_does_not_overflow(void **state)
{
	(void)state;
	assert_time(TIME_SECONDS, UINT64_MAX, "18446744073709.551615 ");
	for (int form = 0; form < TIME_FORMS; form++) {
		struct clock c = { 0 };

		put_one(&c, (enum time_form)form, UINT64_MAX);
		put_one(&c, (enum time_form)form, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_begins_anew_at_midnight),
		cmocka_unit_test(zeros_in_front_of_microseconds_are_kept),
		cmocka_unit_test(dates_are_right_on_leap_days),
		cmocka_unit_test(no_time_is_no_column),
		cmocka_unit_test(differences_count_from_the_packet_before),
		cmocka_unit_test(differences_from_the_first_go_beyond_a_day),
		cmocka_unit_test(times_that_step_back_have_a_sign),
		cmocka_unit_test(the_last_time_there_is_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
