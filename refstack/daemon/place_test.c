/* SPDX-License-Identifier: BSD-2-Clause */
/* Where values stand, counted by hand. */
#include "refstack/daemon/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char text[] =
	"\n"
	"{ \"one\": 1,\n"
	"\t\"two\" : [ \"a,]\\\"}\", { \"x\":{} , \"y\": [[],[3]] }, null ],\n"
	"  \"three\":\"\\\\\", \"empty\": {},\n"
	"\"four\": {\"one\": -1.5e3}}\n";

#define PLACE(name, ...)                                                                           \
	json_place(&place, text, (const struct json_step[]){ __VA_ARGS__ },                        \
		   sizeof((const struct json_step[]){ __VA_ARGS__ }) / sizeof(struct json_step), name)

static struct json_place place;

static void assert_at(unsigned line, unsigned column)
{
	assert_int_equal(place.line, line);
	assert_int_equal(place.column, column);
}

static void the_whole_begins_behind_blanks(void **state)
{
	(void)state;
	assert_true(json_place(&place, text, NULL, 0, false));
	assert_at(2, 1);
}

static void members_are_found_by_value_and_by_name(void **state)
{
	(void)state;
	assert_true(PLACE(false, { "one", 0 }));
	assert_at(2, 10);
	assert_true(PLACE(true, { "one", 0 }));
	assert_at(2, 3);
	assert_true(PLACE(false, { "two", 0 }));
	assert_at(3, 10);
	assert_true(PLACE(false, { "three", 0 }));
	assert_at(4, 11);
	assert_true(PLACE(true, { "four", 0 }));
	assert_at(5, 1);
}

static void elements_are_found_behind_strings_and_brackets(void **state)
{
	(void)state;
	assert_true(PLACE(false, { "two", 0 }, { NULL, 0 }));
	assert_at(3, 12);
	assert_true(PLACE(false, { "two", 0 }, { NULL, 1 }));
	assert_at(3, 22);
	assert_true(PLACE(false, { "two", 0 }, { NULL, 2 }));
	assert_at(3, 50);
}

static void what_is_inside_is_found(void **state)
{
	(void)state;
	assert_true(PLACE(false, { "four", 0 }, { "one", 0 }));
	assert_at(5, 17);
	assert_true(PLACE(true, { "two", 0 }, { NULL, 1 }, { "y", 0 }));
	assert_at(3, 33);
	assert_true(PLACE(false, { "two", 0 }, { NULL, 1 }, { "y", 0 }, { NULL, 1 }));
	assert_at(3, 42);
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_false(PLACE(false, { "five", 0 }));
	assert_false(PLACE(false, { "on", 0 }));
	assert_false(PLACE(false, { NULL, 0 }));
	assert_false(PLACE(false, { "one", 0 }, { "x", 0 }));
	assert_false(PLACE(false, { "two", 0 }, { NULL, 3 }));
	assert_false(PLACE(false, { "empty", 0 }, { "x", 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_begins_behind_blanks),
		cmocka_unit_test(members_are_found_by_value_and_by_name),
		cmocka_unit_test(elements_are_found_behind_strings_and_brackets),
		cmocka_unit_test(what_is_inside_is_found),
		cmocka_unit_test(what_is_not_there_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
