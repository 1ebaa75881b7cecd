/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines, times and literals, read from text into scenarios. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_suite.h"

#define S(seconds) ((usec_t)((seconds) * 1000000))

static void times_are_exact_or_within_bounds(void **state)
{
	static const struct {
		enum when_kind kind;
		bool relative;
		usec_t from, to;
	} expected[] = {
		{ WHEN_AT, false, 0, 0 },
		{ WHEN_AT, false, S(1) + 500000, S(1) + 500000 },
		{ WHEN_AT, true, 500000, 500000 },
		{ WHEN_AT, true, S(3) + 1, S(3) + 1 },
		{ WHEN_BETWEEN, false, S(6), S(7) + 250000 },
		{ WHEN_BETWEEN, true, 0, S(5) },
		{ WHEN_EVER, true, 0, S(600) },
	};
	struct suite suite = loaded(HEAD "1.5 drain()\n"
					 "+.5 drain()\n"
					 "+3.000001 drain()\n"
					 "6~7.25 > L1 -> P1 udp\n"
					 "+0~+5 > L1 -> P1 udp\n"
					 "* > L1 -> P1 udp\n");

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct when *w = &event_at(&suite, i)->when;

		assert_int_equal(w->kind, expected[i].kind);
		assert_int_equal(w->relative, expected[i].relative);
		assert_int_equal(w->from, expected[i].from);
		assert_int_equal(w->to, expected[i].to);
	}
	suite_free(&suite);
}

static void silence_has_a_length(void **state)
{
	struct suite suite = loaded(HEAD "+0 > none within 2.5\n");

	(void)state;
	assert_int_equal(event_at(&suite, 1)->kind, EVENT_SILENCE);
	assert_int_equal(event_at(&suite, 1)->silence, S(2) + 500000);
	suite_free(&suite);
}

static void brackets_and_backslashes_hold_lines_together(void **state)
{
	struct suite suite = loaded(HEAD "+0 setsockopt(s, SOL_SHIM, # the level\n"
					 "              SHIM_DONTSHIM, // the option\n"
					 "\n"
					 "              {1}) \\\n"
					 "   = 0\n"
					 "+1 drain()");

	(void)state;
	assert_int_equal(suite.scenarios[0].event_count, 3);
	assert_place(event_at(&suite, 1)->place, 4, 1, 38);
	assert_place(event_at(&suite, 2)->place, 9, 1, 10);
	assert_int_equal(event_at(&suite, 1)->call->outcome_count, 1);
	suite_free(&suite);
}

static void an_event_keeps_its_text_without_the_comment(void **state)
{
	struct suite suite = loaded(HEAD "+0   send(s, \"#x\")  =  2   # why\n");

	(void)state;
	assert_string_equal(event_at(&suite, 1)->text, "+0   send(s, \"#x\")  =  2");
	suite_free(&suite);
}

static void carriage_returns_are_blanks(void **state)
{
	struct suite suite = loaded("case t \"t\"\r\nrules a/b\r\n\r\n0 drain()\r\n");

	(void)state;
	assert_string_equal(event_at(&suite, 0)->text, "0 drain()");
	suite_free(&suite);
}

static void strings_have_escapes(void **state)
{
	struct suite suite = loaded(HEAD "+0 send(s, \"a\\x00\\xfF\\n\\t\\r\\0\\\\\\\"z\")\n");

	(void)state;
	assert_octets(event_at(&suite, 1)->call->args[1], "a\0\xff\n\t\r\0\\\"z", 10);
	suite_free(&suite);
}

static void octets_may_go_over_lines(void **state)
{
	struct suite suite = loaded(HEAD "+0 send(s, hex\"00fF 17\n"
					 "    A0\")\n"
					 "+0 send(s, zeros(3))\n"
					 "+0 send(s, hex\"\")\n");

	(void)state;
	assert_octets(event_at(&suite, 1)->call->args[1], "\x00\xff\x17\xa0", 4);
	assert_octets(event_at(&suite, 2)->call->args[1], "\0\0\0", 3);
	assert_octets(event_at(&suite, 3)->call->args[1], "", 0);
	suite_free(&suite);
}

static void numbers_are_decimal_or_hexadecimal(void **state)
{
	struct suite suite = loaded(HEAD "+0 socket(-1, 0x1f, 010) = -1\n");
	const struct call *call = event_at(&suite, 1)->call;

	(void)state;
	assert_number(call->args[0], -1);
	assert_number(call->args[1], 31);
	assert_number(call->args[2], 10);
	suite_free(&suite);
}

static void no_word_is_reserved(void **state)
{
	struct suite suite = loaded(
		"case case \"t\"\nrules or/none tolerated/rows\nneeds config within\n"
		"rows id needs\nnone 1\n"
		"0 within = open(udp, context)\n"
		"+0 send(within, \"rules\") = $needs or tolerated 2\n"
		"+0 none = open(udp, connected)\n"
		"+0 close(none)\n"
		"+0 if = open(udp, connected)\n"
		"+0 or = open(udp, connected)\n"
		"+0 send(or, \"as\") = 2 as if or 3 as or\n"
		"+0 if or close(if)\n"
		"+0~+1 if if > L1 -> P1 udp\n");

	(void)state;
	assert_string_equal(suite.scenarios[0].id, "t/case:none");
	assert_string_equal(suite.scenarios[0].needs[1], "within");
	assert_int_equal(event_at(&suite, 3)->call->args[0]->variable,
			 event_at(&suite, 2)->call->variable);
	assert_int_equal(event_at(&suite, 6)->call->outcome_count, 2);
	assert_int_equal(event_at(&suite, 7)->condition, 2);
	assert_int_equal(event_at(&suite, 7)->call->args[0]->variable,
			 event_at(&suite, 4)->call->variable);
	assert_int_equal(event_at(&suite, 8)->condition, 1);
	suite_free(&suite);
}

static void columns_are_counted_in_characters(void **state)
{
	struct suite suite = { 0 };
	struct told told;
	const char *text = HEAD "+0 send(s, \"\xc3\xa4\xe2\x82\xac\", MSG_PEK)\n";

	(void)state;
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_string_equal(told.text,
			    "t.case:4:18: no such flag: MSG_PEK (did you mean MSG_PEEK?)\n"
			    "+0 send(s, \"\xc3\xa4\xe2\x82\xac\", MSG_PEK)\n"
			    "                 ^~~~~~~\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_exact_or_within_bounds),
		cmocka_unit_test(silence_has_a_length),
		cmocka_unit_test(brackets_and_backslashes_hold_lines_together),
		cmocka_unit_test(an_event_keeps_its_text_without_the_comment),
		cmocka_unit_test(carriage_returns_are_blanks),
		cmocka_unit_test(strings_have_escapes),
		cmocka_unit_test(octets_may_go_over_lines),
		cmocka_unit_test(numbers_are_decimal_or_hexadecimal),
		cmocka_unit_test(no_word_is_reserved),
		cmocka_unit_test(columns_are_counted_in_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
