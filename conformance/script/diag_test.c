/* SPDX-License-Identifier: BSD-2-Clause */
/* Mistakes of a whole file: in order, each once, and reading goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/diag.h"
#include "conformance/script/test_suite.h"

static void expect_told(const char *text, const char *expected)
{
	struct suite suite = { 0 };
	struct told told;

	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_string_equal(told.text, expected);
}

static void one_run_tells_everything_in_order(void **state)
{
	(void)state;
	expect_told("case a \"t\"\n"
		    "rules a/b\n"
		    "0 send(s, \"x\"\n"
		    "+0 nonsense(\n"
		    "case b \"t\"\n"
		    "rules a/b\n"
		    "0 s = opn(udp, context)\n"
		    "+0 send(s, \"x\", MSG_PEK) = L1\n"
		    "+0 > L1 -> P1 udp(dst=65536, sport=$x) upd\n"
		    "+0 < P1 -> L1 udp(dst=$x)\n"
		    "0 drain)\n",
		    "t.case:3:7: ( is never closed\n"
		    "0 send(s, \"x\"\n"
		    "      ^\n"
		    "t.case:4:12: ( is never closed\n"
		    "+0 nonsense(\n"
		    "           ^\n"
		    "t.case:11:8: expected '=' or '(', but here is ')'\n"
		    "0 drain)\n"
		    "       ^\n");
	expect_told("case b \"t\"\n"
		    "rules a/b\n"
		    "0 s = opn(udp, context)\n"
		    "+0 send(s, \"x\", MSG_PEK) = L1\n"
		    "+0 > L1 -> P1 udp(dst=65536, sport=$x) upd\n"
		    "+0 < P1 -> L1 udp(dst=$x)\n",
		    "t.case:3:7: no such call: opn (did you mean open?)\n"
		    "0 s = opn(udp, context)\n"
		    "      ^~~\n"
		    "t.case:4:17: no such flag: MSG_PEK (did you mean MSG_PEEK?)\n"
		    "+0 send(s, \"x\", MSG_PEK) = L1\n"
		    "                ^~~~~~~\n"
		    "t.case:4:28: expected a number, not L1\n"
		    "+0 send(s, \"x\", MSG_PEK) = L1\n"
		    "                           ^~\n"
		    "t.case:5:23: dst is from 0 to 65535, not 65536\n"
		    "+0 > L1 -> P1 udp(dst=65536, sport=$x) upd\n"
		    "                      ^~~~~\n"
		    "t.case:5:30: udp has no field sport\n"
		    "+0 > L1 -> P1 udp(dst=65536, sport=$x) upd\n"
		    "                             ^~~~~\n"
		    "t.case:5:40: no such layer: upd (did you mean udp?)\n"
		    "+0 > L1 -> P1 udp(dst=65536, sport=$x) upd\n"
		    "                                       ^~~\n");
}

static void a_mistake_in_brackets_costs_one_statement(void **state)
{
	(void)state;
	expect_told(HEAD "+0 sendmsg(s, {data=,\n"
			 "      control=[{SOL_SHIM, 1}]\n"
			 "  }) = 0\n"
			 "+0 drain(\n"
			 "   = 3)\n"
			 "+0 drain() = \n",
		    "t.case:4:21: expected a value, but here is ','\n"
		    "+0 sendmsg(s, {data=,\n"
		    "                    ^\n"
		    "t.case:8:4: expected a value or ')', but here is '='\n"
		    "   = 3)\n"
		    "   ^\n"
		    "t.case:9:14: expected a value, but here is the end of the line\n"
		    "+0 drain() = \n"
		    "             ^\n");
}

static void a_broken_case_does_not_hide_the_next(void **state)
{
	(void)state;
	expect_told("case a t\n"
		    "rules a/b\n"
		    "rows id x\n"
		    "  r 1\n"
		    "0 drain()\n"
		    "case b \"t\"\n"
		    "rules a/b\n"
		    "0 drian()\n",
		    "t.case:1:8: expected a string, but here is 't'\n"
		    "case a t\n"
		    "       ^\n"
		    "t.case:8:3: no such call: drian (did you mean drain?)\n"
		    "0 drian()\n"
		    "  ^~~~~\n");
}

static void time_never_goes_back(void **state)
{
	(void)state;
	expect_told(HEAD "2 drain()\n"
			 "1.5 drain()\n"
			 "+1 > none within 3\n"
			 "5.25 drain()\n"
			 "+1~+2 > L1 -> P1 udp\n"
			 "7.5 drain()\n"
			 "8 drain()\n",
		    "t.case:5:1: time goes back: the event before is at 2 s\n"
		    "1.5 drain()\n"
		    "^~~\n"
		    "t.case:7:1: time goes back: the event before is at 6 s\n"
		    "5.25 drain()\n"
		    "^~~~\n");
	expect_told(HEAD "1~2.5 > L1 -> P1 udp\n"
			 "0.999999 drain()\n",
		    "t.case:5:1: time goes back: the event before is at or after 1 s\n"
		    "0.999999 drain()\n"
		    "^~~~~~~~\n");
}

static void a_variable_of_one_alternative_is_not_bound_after(void **state)
{
	(void)state;
	expect_told(HEAD "+0 getsockopt(s, SOL_SHIM, SHIM_APP_TIMEOUT) = 0 {$t} or -1 ENOENT\n"
			 "+0 setsockopt(s, SOL_SHIM, SHIM_APP_TIMEOUT, {$t})\n",
		    "t.case:5:47: $t has no value yet\n"
		    "+0 setsockopt(s, SOL_SHIM, SHIM_APP_TIMEOUT, {$t})\n"
		    "                                              ^~\n");
}

static void the_tags_have_values_once_there_is_a_context(void **state)
{
	(void)state;
	expect_told("case t \"t\"\nrules a/b\n"
		    "0 s = open(udp, connected)\n"
		    "+0 > L1 -> P1 payload(tag=$peer_tag) udp\n"
		    "+0 establish(s)\n"
		    "+0 > L1 -> P1 payload(tag=$peer_tagg) payload(tag=$peer_tag) udp\n"
		    "+0 < P1 -> L1 payload(tag=$local_tga) udp\n",
		    "t.case:4:27: $peer_tag has no value yet: establish, answer or "
		    "open(..., context) sets it\n"
		    "+0 > L1 -> P1 payload(tag=$peer_tag) udp\n"
		    "                          ^~~~~~~~~\n"
		    "t.case:7:27: $local_tga has no value yet (did you mean $local_tag?)\n"
		    "+0 < P1 -> L1 payload(tag=$local_tga) udp\n"
		    "                          ^~~~~~~~~~\n");
}

static void the_caret_follows_tabs(void **state)
{
	(void)state;
	expect_told(HEAD "+0\tsend(s,\t7)\n",
		    "t.case:4:12: expected octets: \"...\", hex\"...\" or zeros(n), not a number\n"
		    "+0\tsend(s,\t7)\n"
		    "  \t       \t^\n");
}

static void after_fifty_only_the_number_is_told(void **state)
{
	struct suite suite = { 0 };
	struct told told;
	char text[2048] = HEAD;

	(void)state;
	for (int i = 0; i < DIAG_TOLD_MAX + 3; i++)
		strcat(text, "+0 drian()\n");
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_int_equal(told.count, DIAG_TOLD_MAX + 1);
	assert_non_null(strstr(told.text, "\nand 3 more mistakes\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_run_tells_everything_in_order),
		cmocka_unit_test(a_mistake_in_brackets_costs_one_statement),
		cmocka_unit_test(a_broken_case_does_not_hide_the_next),
		cmocka_unit_test(time_never_goes_back),
		cmocka_unit_test(a_variable_of_one_alternative_is_not_bound_after),
		cmocka_unit_test(the_tags_have_values_once_there_is_a_context),
		cmocka_unit_test(the_caret_follows_tabs),
		cmocka_unit_test(after_fifty_only_the_number_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
