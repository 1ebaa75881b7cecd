/* SPDX-License-Identifier: BSD-2-Clause */
/* Cases and their rows: ids, titles, rules, needs, config. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_suite.h"

static void a_case_has_id_title_rules_needs_and_config(void **state)
{
	struct suite suite = loaded("# a comment\n\n"
				    "case pins.source-2 \"it does {this}\"\n"
				    "rules rfc6316/6.8/set-pins-source rfc5533/4/x\n"
				    "rules rfc6316/A/y\n"
				    "needs udp SHIM_LOC_LOCAL_SEND\n"
				    "config initiate_after=3 hba_sec=1\n"
				    "config links=3\n"
				    "0 drain()\n");
	const struct scenario *c = &suite.scenarios[0];

	(void)state;
	assert_int_equal(suite.count, 1);
	assert_string_equal(c->id, "t/pins.source-2");
	assert_string_equal(c->title, "it does {this}");
	assert_place(c->place, 3, 1, 35);
	assert_int_equal(c->rule_count, 3);
	assert_string_equal(c->rules[0], "rfc6316/6.8/set-pins-source");
	assert_string_equal(c->rules[2], "rfc6316/A/y");
	assert_int_equal(c->need_count, 2);
	assert_string_equal(c->needs[1], "SHIM_LOC_LOCAL_SEND");
	assert_int_equal(c->initiate_after, 3);
	assert_int_equal(c->hba_sec, 1);
	assert_int_equal(c->links, 3);
	suite_free(&suite);
}

static void config_has_defaults(void **state)
{
	struct suite suite = loaded("case t \"t\"\nrules a/b\n0 drain()\n");

	(void)state;
	assert_int_equal(suite.scenarios[0].initiate_after, 0);
	assert_int_equal(suite.scenarios[0].hba_sec, 0);
	assert_int_equal(suite.scenarios[0].links, 2);
	assert_int_equal(suite.scenarios[0].peer, 2);
	assert_int_equal(suite.scenarios[0].need_count, 0);
	suite_free(&suite);
}

static void a_case_may_inform_instead_of_grading(void **state)
{
	struct suite suite = loaded("case t \"t\"\n"
				    "informs a/1.2/x AMB-12 \"what is not said\" $more\n"
				    "rows id more\n a b/3/y\n b \"in a row\"\n"
				    "0 drain()\n");
	const struct scenario *s = &suite.scenarios[0];

	(void)state;
	assert_int_equal(s->rule_count, 0);
	assert_int_equal(s->inform_count, 4);
	assert_string_equal(s->informs[0], "a/1.2/x");
	assert_string_equal(s->informs[1], "AMB-12");
	assert_string_equal(s->informs[2], "what is not said");
	assert_string_equal(s->informs[3], "b/3/y");
	assert_string_equal(s[1].informs[3], "in a row");
	suite_free(&suite);
}

static void every_row_is_a_case(void **state)
{
	struct suite suite = loaded(
		"case get \"reading {opt} {how}\"\n"
		"rules $rule a/b\n"
		"needs udp $opt\n"
		"rows  id          opt                  rule      how\n"
		"      local-recv  SHIM_LOC_LOCAL_RECV  a/6.6/x   \"too soon\"\n"
		"      # a comment\n"
		"      peer-recv   SHIM_LOC_PEER_RECV   a/6.7/x   late\n"
		"0     s = open(udp, unconnected)\n"
		"+0    getsockopt(s, SOL_SHIM, $opt) = -1 EOPNOTSUPP\n");

	(void)state;
	assert_int_equal(suite.count, 2);
	assert_string_equal(suite.scenarios[0].id, "t/get:local-recv");
	assert_string_equal(suite.scenarios[0].title, "reading SHIM_LOC_LOCAL_RECV too soon");
	assert_string_equal(suite.scenarios[0].rules[0], "a/6.6/x");
	assert_int_equal(suite.scenarios[0].place.line, 5);
	assert_string_equal(suite.scenarios[1].id, "t/get:peer-recv");
	assert_string_equal(suite.scenarios[1].title, "reading SHIM_LOC_PEER_RECV late");
	assert_string_equal(suite.scenarios[1].needs[1], "SHIM_LOC_PEER_RECV");
	assert_string_equal(suite.scenarios[1].events[1].text,
			    "+0    getsockopt(s, SOL_SHIM, SHIM_LOC_PEER_RECV) = -1 EOPNOTSUPP");
	assert_string_equal(suite.scenarios[1].events[1].call->args[2]->symbols[0]->name,
			    "SHIM_LOC_PEER_RECV");
	suite_free(&suite);
}

static void several_tables_of_rows_multiply(void **state)
{
	static const char *const ids[] = { "t/get:udp.off.a", "t/get:udp.off.b", "t/get:udp.on.a",
					   "t/get:udp.on.b",  "t/get:raw.off.a", "t/get:raw.off.b",
					   "t/get:raw.on.a",  "t/get:raw.on.b" };
	struct suite suite = loaded("case get \"{kind}, {value}\"\n"
				    "rules a/b\n"
				    "needs $kind\n"
				    "rows id  kind\n udp udp\n raw raw\n"
				    "rows id  value\n off 0\n on 1\n"
				    "rows id\n a\n b\n"
				    "0 s = open(udp, unconnected)\n"
				    "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, $value) = 0\n");

	(void)state;
	assert_int_equal(suite.count, 8);
	for (size_t i = 0; i < 8; i++) {
		const struct scenario *s = &suite.scenarios[i];

		assert_string_equal(s->id, ids[i]);
		assert_string_equal(s->needs[0], i < 4 ? "udp" : "raw");
		assert_number(s->events[1].call->args[3]->items[0], i / 2 % 2);
		assert_int_equal(s->place.line, i < 4 ? 5 : 6);
	}
	assert_string_equal(suite.scenarios[2].title, "udp, 1");
	suite_free(&suite);
}

static void a_case_stands_for_so_many_and_no_more(void **state)
{
	char text[4096] = "case t \"t\"\nrules a/b\n";
	struct suite suite = { 0 };
	struct told told;

	(void)state;
	for (int table = 0; table < 2; table++) {
		strcat(text, "rows id\n");
		for (int row = 0; row < 32; row++)
			sprintf(text + strlen(text), " r%d\n", row);
	}
	sprintf(text + strlen(text), "%s", "0 drain()\n");
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), 0);
	assert_int_equal(suite.count, 1024);
	suite_free(&suite);

	strcpy(strstr(text, "0 drain()"), " r32\n0 drain()\n");
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_string_equal(told.text, "t.case:36:1: a case stands for at most 1024\nrows id\n"
				       "^~~~\n");
}

static void a_value_takes_its_type_from_an_option_in_the_row(void **state)
{
	struct suite suite = loaded(
		"case t \"t\"\nrules a/b\n"
		"rows id opt value err\n"
		" int SHIM_DONTSHIM 7 EINVAL\n"
		" struct SHIM_LOC_LOCAL_PREF {lc_prio=1, lc_addr=L1} EINVALIDLOCATOR\n"
		" typed SHIM_DONTSHIM shim_feedback{} EINVAL\n"
		"0 s = open(udp, context)\n"
		"+0 setsockopt(s, SOL_SHIM, $opt, $value) = -1 $err\n");

	(void)state;
	assert_ptr_equal(suite.scenarios[0].events[1].call->args[3]->type, &type_int);
	assert_ptr_equal(suite.scenarios[1].events[1].call->args[3]->type, &type_shim_locator);
	assert_ptr_equal(suite.scenarios[2].events[1].call->args[3]->type, &type_shim_feedback);
	assert_string_equal(suite.scenarios[1].events[1].call->outcomes[0].text,
			    "-1 EINVALIDLOCATOR");
	assert_symbol(suite.scenarios[1].events[1].call->outcomes[0].error, "EINVALIDLOCATOR");
	suite_free(&suite);
}

static void parameters_stand_wherever_a_value_can(void **state)
{
	struct suite suite = loaded(
		"case t \"t\"\nrules a/b\nconfig links=$n\n"
		"rows id n from to port flags data bad\n"
		" a 3 L3 P2 1024 MSG_PEEK|MSG_OOB hex\"00 11\" 0xbad\n"
		"0 s = open(udp, context)\n"
		"+0 bind(s, $from:$port)\n"
		"+0 send(s, $data, $flags|MSG_TRUNC)\n"
		"+0 > $from -> $to udp(checksum=$bad) $data\n"
		"+0 setsockopt(s, SOL_SHIM, SHIM_LOCLIST_PEER, [{lc_addr=$to}])\n");
	const struct scenario *c = &suite.scenarios[0];
	const struct value *flags = event_at(&suite, 2)->call->args[2];

	(void)state;
	assert_int_equal(c->links, 3);
	assert_sockaddr(event_at(&suite, 1)->call->args[1], 'L', 3, 1024);
	assert_octets(event_at(&suite, 2)->call->args[1], "\x00\x11", 2);
	assert_string_equal(flags->symbols[0]->name, "MSG_PEEK");
	assert_string_equal(flags->symbols[2]->name, "MSG_TRUNC");
	assert_locator(event_at(&suite, 3)->packet->dst, 'P', 2);
	assert_number(event_at(&suite, 3)->packet->layers[1].fields[0].value, 0xbad);
	assert_octets(event_at(&suite, 3)->packet->layers[2].fields[0].value, "\x00\x11", 2);
	suite_free(&suite);
}

static void an_absent_parameter_is_as_if_not_written(void **state)
{
	struct suite suite = loaded(
		"case t \"t\"\nrules a/b $x\nneeds udp $x\nconfig links=$x\nrows id x\n a -\n"
		"0 s = open(udp, context)\n"
		"+0 send(s, \"abc\", $x)\n"
		"+0 sendto(s, \"abc\", $x, P1:7)\n"
		"+0 setsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_PREF, {lc_prio=$x, lc_port=1},"
		" optlen=$x)\n"
		"+0 getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_PREF) = -1 $x\n"
		"+0 getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_PREF) = 0 $x optlen=$x\n"
		"+0 setsockopt(s, SOL_SHIM, SHIM_LOCLIST_PEER, [$x, {}])\n"
		"+0 sendmsg(s, {name=$x, control=[$x]})\n"
		"+0 > L1 -> P1 udp(src=$x, dst=7) $x\n");
	const struct scenario *c = &suite.scenarios[0];

	(void)state;
	assert_int_equal(c->rule_count, 1);
	assert_int_equal(c->need_count, 1);
	assert_int_equal(c->links, 2);
	assert_null(event_at(&suite, 1)->call->args[2]);
	assert_null(event_at(&suite, 2)->call->args[2]);
	assert_sockaddr(event_at(&suite, 2)->call->args[3], 'P', 1, 7);
	assert_int_equal(event_at(&suite, 3)->call->args[3]->count, 1);
	assert_null(event_at(&suite, 3)->call->optlen);
	assert_null(event_at(&suite, 4)->call->outcomes[0].error);
	assert_null(event_at(&suite, 5)->call->outcomes[0].out);
	assert_null(event_at(&suite, 5)->call->outcomes[0].out_len);
	assert_int_equal(event_at(&suite, 6)->call->args[3]->count, 1);
	assert_null(event_at(&suite, 7)->call->args[1]->message->name);
	assert_int_equal(event_at(&suite, 7)->call->args[1]->message->control->count, 0);
	assert_int_equal(event_at(&suite, 8)->packet->layer_count, 2);
	assert_int_equal(event_at(&suite, 8)->packet->layers[1].field_count, 1);
	suite_free(&suite);
}

static void variables_start_anew_in_every_row(void **state)
{
	struct suite suite = loaded("case t \"t\"\nrules a/b\nrows id n\n a 1\n b 2\n"
				    "0 s = open(udp, context)\n"
				    "+0 recv(s, $n) = $got\n");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(suite.scenarios[i].variable_count, VARIABLE_FIRST_FREE + 2);
		assert_true(suite.scenarios[i].events[1].call->outcomes[0].result->binds);
	}
	suite_free(&suite);
}

/* Whole files, and everything that is told about them. */
static const struct {
	const char *text, *told;
} mistakes[] = {
	{ "", "t.case: here is no case\n" },
	{ "# nothing\n", "t.case: here is no case\n" },
	{ "0 drain()\n0 drain()\n",
	  "t.case:1:1: this stands outside of a case\n0 drain()\n^~~~~~~~~\n" },
	{ "case t \"t\"\n0 drain()\n",
	  "t.case:1:1: a case names at least one rule, or says what it informs about\n"
	  "case t \"t\"\n^~~~~~~~~~\n" },
	{ "case t \"t\"\nrules a/b\n",
	  "t.case:1:1: a case without events can't fail\ncase t \"t\"\n^~~~~~~~~~\n" },
	{ "case T \"t\"\nrules a/b\n0 drain()\n",
	  "t.case:1:6: a slug has lower-case letters, digits, - and . only\n"
	  "case T \"t\"\n     ^\n" },
	{ "case t \"\"\nrules a/b\n0 drain()\n",
	  "t.case:1:8: the title is empty\ncase t \"\"\n       ^~\n" },
	{ "case t \"t\"\nrules a/b\ninforms c/d\n0 drain()\n",
	  "t.case:1:1: a case has rules or informs, not both\ncase t \"t\"\n^~~~~~~~~~\n" },
	{ "case t \"t\"\ninforms \"silent\"\n0 drain()\n",
	  "t.case:2:9: a case informs about a rule, a reading like AMB-12, or in quotes about what "
	  "a "
	  "document leaves open\ninforms \"silent\"\n        ^~~~~~~~\n" },
	{ "case t \"t\"\ninforms amb-12\n0 drain()\n",
	  "t.case:2:9: a case informs about a rule, a reading like AMB-12, or in quotes about what "
	  "a "
	  "document leaves open\ninforms amb-12\n        ^~~~~~\n" },
	{ "case t \"t\"\nrules ab\n0 drain()\n",
	  "t.case:2:7: a rule's id looks like rfc6316/6.8/set-pins-source\nrules ab\n      ^~\n" },
	{ "case t \"t\"\nrules a/b\nneeds SHIM_DONTSHIN\n0 drain()\n",
	  "t.case:3:7: no such option: SHIM_DONTSHIN (did you mean SHIM_DONTSHIM?)\n"
	  "needs SHIM_DONTSHIN\n      ^~~~~~~~~~~~~\n" },
	{ "case t \"t\"\nrules a/b\nneeds $x\n0 drain()\n",
	  "t.case:3:7: no such parameter: $x\nneeds $x\n      ^~\n" },
	{ "case t \"t\"\nrules a/b\nconfig link=1 hba_sec=8\n0 drain()\n",
	  "t.case:3:8: no such setting: link (did you mean links?)\n"
	  "config link=1 hba_sec=8\n       ^~~~\n"
	  "t.case:3:23: hba_sec is from 0 to 7, not 8\n"
	  "config link=1 hba_sec=8\n                      ^\n" },
	{ "case t \"t\"\nrules a/b\n0 drain()\ncase t \"again\"\nrules a/b\n0 drain()\n",
	  "t.case:4:1: the id t/t is taken already, by t.case:1\n"
	  "case t \"again\"\n^~~~~~~~~~~~~~\n" },
	{ "case t \"t\"\nrules a/b\nrows id x\n0 drain()\n",
	  "t.case:3:1: there are no rows\nrows id x\n^~~~\n" },
	{ "case t \"t\"\nrules a/b\nrows x id\n a b\n0 drain()\n",
	  "t.case:3:6: the first column is always id\nrows x id\n     ^\n" },
	{ "case t \"t\"\nrules a/b\nrows id x x\n a b c\n0 drain()\n",
	  "t.case:3:11: there are two columns x\nrows id x x\n          ^\n" },
	{ "case t \"t\"\nrules a/b\nrows id x-y\n a b\n0 drain()\n",
	  "t.case:3:9: a parameter's name has letters, digits and _ only\n"
	  "rows id x-y\n        ^~~\n" },
	{ "case t \"t\"\nrules a/b\nrows id peer_tag\n a b\n0 drain()\n",
	  "t.case:3:9: $peer_tag is the runner's own variable\n"
	  "rows id peer_tag\n        ^~~~~~~~\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1\nrows id y x\n a 1 2\n0 link_down($y)\n",
	  "t.case:5:11: there are two columns x\nrows id y x\n          ^\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1\nrows id y\n0 link_down($y)\n",
	  "t.case:5:1: there are no rows\nrows id y\n^~~~\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1\nrows id y\n a 1 2\n0 link_down($y)\n",
	  "t.case:6:2: this row has 3 cells for 2 columns\n a 1 2\n ^~~~~\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a $y\nrows id y\n a 1\n0 link_down($y)\n",
	  "t.case:4:4: a cell can't use a parameter\n a $y\n   ^~\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1\nrows id y z\n a 1 2\n b 2 1\n"
	  "0 link_down($z)\n",
	  "t.case:5:9: nothing uses the column y\nrows id y z\n        ^\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1\n b 2\nrows id y\n c -\n d 1\n"
	  "0 link_down($y)\n",
	  "t.case:9:13: a value must be here, and the row c has none in y\n"
	  "0 link_down($y)\n            ^~\n" },
	{ "case t \"{x}{y}\"\nrules a/b\nrows id x\n a.b 1\n a 2\nrows id y\n c 1\n b.c 2\n"
	  "0 drain()\n",
	  "t.case:5:2: the id t/t:a.b.c is taken already, by t.case:4\n a 2\n ^~~\n" },
	{ "case t \"t\"\nrules a/b\nrows id\n a\nrows id\n a\nrows id\n a\nrows id\n a\n"
	  "rows id\n a\n0 drain()\n",
	  "t.case:11:1: a case has at most 4 tables of rows\nrows id\n^~~~\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1 2\n0 drain()\n",
	  "t.case:4:2: this row has 3 cells for 2 columns\n a 1 2\n ^~~~~\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n A 1\n0 drain()\n",
	  "t.case:4:2: a row's id has lower-case letters, digits, - and . only\n A 1\n ^\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1\n a 2\n0 drain()\n",
	  "t.case:5:2: the id t/t:a is taken already, by t.case:4\n a 2\n ^~~\n" },
	{ "case t \"{z}\"\nrules a/b\nrows id x y\n a 1 2\n0 link_down($y)\n",
	  "t.case:1:8: no such parameter: {z}\ncase t \"{z}\"\n       ^~~~~\n"
	  "t.case:3:9: nothing uses the column x\nrows id x y\n        ^\n" },
	{ "case t \"{x}\"\nrules a/b\nrows id x y\n a $y [$x]\n0 link_down($y)\n",
	  "t.case:4:4: a cell can't use a parameter\n a $y [$x]\n   ^~\n"
	  "t.case:4:8: a cell can't use a parameter\n a $y [$x]\n       ^~\n" },
	{ "case t \"t\"\nrules a/b\nrows id x\n a -\n0 link_down($x)\n",
	  "t.case:5:13: a value must be here, and the row a has none in x\n"
	  "0 link_down($x)\n            ^~\n" },
	/* In every row the same: told once. In one row's cell: told there. */
	{ "case t \"{x}\"\nrules a/b\nrows id x\n a 1\n b 2\n0 drian()\n",
	  "t.case:6:3: no such call: drian (did you mean drain?)\n0 drian()\n  ^~~~~\n" },
	{ "case t \"t\"\nrules a/b\nrows id opt\n a SHIM_DONTSHIM\n b SHIM_DONTSHIN\n"
	  "0 s = open(udp, context)\n+0 getsockopt(s, SOL_SHIM, $opt)\n",
	  "t.case:5:4: no such option: SHIM_DONTSHIN (did you mean SHIM_DONTSHIM?)\n"
	  " b SHIM_DONTSHIN\n   ^~~~~~~~~~~~~\n" },
};

static void mistakes_around_events_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct suite suite = { 0 };
		struct told told;

		assert_int_equal(load_text(&suite, &told, mistakes[i].text,
					   strlen(mistakes[i].text)), -EINVAL);
		assert_string_equal(told.text, mistakes[i].told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_case_has_id_title_rules_needs_and_config),
		cmocka_unit_test(config_has_defaults),
		cmocka_unit_test(a_case_may_inform_instead_of_grading),
		cmocka_unit_test(every_row_is_a_case),
		cmocka_unit_test(several_tables_of_rows_multiply),
		cmocka_unit_test(a_case_stands_for_so_many_and_no_more),
		cmocka_unit_test(a_value_takes_its_type_from_an_option_in_the_row),
		cmocka_unit_test(parameters_stand_wherever_a_value_can),
		cmocka_unit_test(an_absent_parameter_is_as_if_not_written),
		cmocka_unit_test(variables_start_anew_in_every_row),
		cmocka_unit_test(mistakes_around_events_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
