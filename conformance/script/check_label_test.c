/* SPDX-License-Identifier: BSD-2-Clause */
/* Outcomes that belong together: bits in the scenario, and what is told about mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_suite.h"

static const struct outcome *outcomes_at(const struct suite *suite, size_t n)
{
	return event_at(suite, n)->call->outcomes;
}

static void a_name_is_a_bit_and_its_condition_the_same(void **state)
{
	struct suite suite =
		loaded(HEAD "+0 send(s, \"x\") = 1 as taken or -1 EINVAL as refused "
			    "or tolerated -1 as refused or 0\n"
			    "+0 send(s, \"x\") = 1 as again if taken or -1  ENOENT if refused "
			    "or 0\n"
			    "+0~+1 if taken > L1 -> P1 udp\n"
			    "+0 if again drain()\n");
	const struct outcome *first = outcomes_at(&suite, 1), *second = outcomes_at(&suite, 2);

	(void)state;
	assert_int_equal(first[0].label, 1);
	assert_int_equal(first[1].label, 2);
	assert_int_equal(first[2].label, 2);
	assert_true(first[2].tolerated);
	assert_int_equal(first[3].label, 0);
	assert_int_equal(first[0].condition | first[1].condition | first[2].condition, 0);
	assert_int_equal(second[0].label, 4);
	assert_int_equal(second[0].condition, 1);
	assert_int_equal(second[1].condition, 2);
	assert_string_equal(second[1].text, "-1  ENOENT");
	assert_symbol(second[1].error, "ENOENT");
	assert_int_equal(second[2].condition, 0);
	assert_int_equal(event_at(&suite, 2)->condition, 0);
	assert_int_equal(event_at(&suite, 3)->condition, 1);
	assert_int_equal(event_at(&suite, 4)->condition, 4);
	suite_free(&suite);
}

/* Two names that only ever come one after the other need nothing for "neither". */
static void what_cannot_come_needs_no_outcome(void **state)
{
	struct suite suite = loaded(HEAD "+0 send(s, \"x\") = 1 as a or -1 as b\n"
					 "+0 send(s, \"x\") = 1 as c if a or 2 as d if b\n"
					 "+0 send(s, \"x\") = 3 if c or 4 if d\n"
					 "+0 if c send(s, \"x\") = 5 if a\n");

	(void)state;
	suite_free(&suite);
}

static void names_start_anew_in_every_case(void **state)
{
	struct suite suite = loaded("case t \"t\"\nrules a/b\nrows id n\n a 1\n b 2\n"
				    "0 s = open(udp, context)\n"
				    "+0 send(s, \"x\") = $n as taken or -1\n"
				    "+0 if taken drain()\n");

	(void)state;
	assert_int_equal(suite.count, 2);
	assert_int_equal(suite.scenarios[1].events[2].condition, 1);
	suite_free(&suite);
}

/* From line 4 of a case on, and what is told. */
static const struct {
	const char *lines, *told;
} mistakes[] = {
	{ "+0 send(s, \"x\") = 1 as taken or 2 as other\n"
	  "+0 if taken drain()\n",
	  "4:38: nothing behind this event asks for other\n" },
	{ "+0 send(s, \"x\") = 1 as taken or 2\n"
	  "+0 send(s, \"x\") = 1 if takn or 2 if taken or 3\n",
	  "5:24: no outcome of an event before is called takn (did you mean taken?)\n" },
	{ "+0 send(s, \"x\") = 1 as taken or 2 if taken\n",
	  "4:24: nothing behind this event asks for taken\n"
	  "4:38: no outcome of an event before is called taken\n" },
	{ "+0 if taken drain()\n"
	  "+0 send(s, \"x\") = 1 as taken or 2\n"
	  "+0 if taken drain()\n",
	  "4:7: no outcome of an event before is called taken\n" },
	{ "+0 send(s, \"x\") = 1 as taken or 2 as refused or 3\n"
	  "+0 send(s, \"x\") = 1 if taken or 2 if refused\n",
	  "5:19: none of the outcomes is open where no name holds\n" },
	{ "+0 send(s, \"x\") = 1 as a or 2 as b\n"
	  "+0 send(s, \"x\") = 1 as c or 2 if a\n"
	  "+0 if c send(s, \"x\") = 1 if b\n",
	  "6:24: none of the outcomes is open where a and c hold\n" },
	{ "+0 send(s, \"x\") = 1 as a or 2\n"
	  "+0 if a send(s, \"x\") = $n or 4\n"
	  "+0 send(s, \"x\") = 2\n"
	  "+0 recv(s, 9) = 1 $d if a or 2 $d\n"
	  "+0 if a recv(s, 9) = 9 $e\n"
	  "+0 send(s, $e) = 2\n",
	  "9:12: $e has no value yet\n" },
	{ "+0 send(s, \"x\") = 1 as a or 2\n"
	  "+0 if a t = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n",
	  "5:9: a socket can't be made by an event that may not be there\n" },
	{ "+0 send(s, \"x\") = 1 as a or 2\n"
	  "+9 if a drain()\n"
	  "+1 drain()\n"
	  "0.5 drain()\n",
	  "7:1: time goes back: the event before is at or after 1 s\n" },
	{ "+0 sned(s, \"x\") = 1 as a or 2\n"
	  "+0 if a drain()\n",
	  "4:4: no such call: sned (did you mean send?)\n" },
	{ "+0 send(s, \"x\") = 1 as or 2\n",
	  "4:27: expected the end of the line, 'or' or 'if', but here is '2'\n" },
	{ "+0 send(s, \"x\") = 1 if\n",
	  "4:23: expected a name, but here is the end of the line\n" },
	{ "+0 send(s, \"x\") = 1 if $a\n", "4:24: expected a name, but here is '$a'\n" },
};

/* The places and the words, without the lines that are shown. */
static void only_words(char *text)
{
	char *out = text;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strncmp(line, "t.case:", 7) == 0)
			out += sprintf(out, "%s\n", line + 7);
	*out = '\0';
}

static void mistakes_with_names_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct suite suite = { 0 };
		struct told told;
		char text[512];

		snprintf(text, sizeof(text), HEAD "%s", mistakes[i].lines);
		assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
		only_words(told.text);
		assert_string_equal(told.text, mistakes[i].told);
	}
}

static void there_are_so_many_names_and_no_more(void **state)
{
	struct suite suite = { 0 };
	struct told told;
	char text[4096] = HEAD;

	(void)state;
	for (int i = 0; i < 32; i++)
		sprintf(text + strlen(text), "+0 send(s, \"x\") = 1 as n%d\n+0 if n%d drain()\n", i,
			i);
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), 0);
	suite_free(&suite);
	strcat(text, "+0 send(s, \"x\") = 1 as more\n");
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_non_null(strstr(told.text, ": outcomes have at most 32 names in a case\n"));
}

static void so_many_sets_of_names_can_be_kept_and_no_more(void **state)
{
	struct suite suite = { 0 };
	struct told told;
	char text[4096] = HEAD;

	(void)state;
	for (int i = 0; i < 6; i++)
		sprintf(text + strlen(text),
			"+0 send(s, \"x\") = 1 as n%d or 2\n+0 if n%d drain()\n", i, i);
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), 0);
	suite_free(&suite);
	strcat(text, "+0 send(s, \"x\") = 1 as n6 or 2\n+0 if n6 drain()\n");
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_non_null(strstr(told.text, ": more than 64 sets of names can hold from here on\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_a_bit_and_its_condition_the_same),
		cmocka_unit_test(what_cannot_come_needs_no_outcome),
		cmocka_unit_test(names_start_anew_in_every_case),
		cmocka_unit_test(mistakes_with_names_are_told),
		cmocka_unit_test(there_are_so_many_names_and_no_more),
		cmocka_unit_test(so_many_sets_of_names_can_be_kept_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
