/* SPDX-License-Identifier: BSD-2-Clause */
/* The words about the peer: its locators, what it answers, the tags of its forks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_suite.h"

/* Line 4 of a case, the one thing that is told about it, and the caret. */
static const struct {
	const char *line, *told, *caret;
} mistakes[] = {
	{ "+0 peer(update)",
	  "4:9: expected updates, probes, forks or recovery, each once, or none alone, not update",
	  "        ^~~~~~" },
	{ "+0 peer(probes, probes)",
	  "4:17: expected updates, probes, forks or recovery, each once, or none alone, not probes",
	  "                ^~~~~~" },
	{ "+0 peer(probes, none)",
	  "4:17: expected updates, probes, forks or recovery, each once, or none alone, not none",
	  "                ^~~~" },
	{ "+0 peer(7)",
	  "4:9: expected updates, probes, forks or recovery, each once, or none alone, not a number",
	  "        ^" },
	{ "+0 peer(is=probes)",
	  "4:12: expected updates, probes, forks or recovery, each once, or none alone, not probes",
	  "           ^~~~~~" },
	{ "+0 peer_down(L1)",
	  "4:14: expected a locator of the peer, not L1",
	  "             ^~" },
	{ "+0 peer_up(P3)",
	  "4:12: no such locator: the peer has 2 of them",
	  "           ^~" },
	{ "+0 peer_down()",
	  "4:4: peer_down takes (locator)",
	  "   ^~~~~~~~~~~" },
	{ "+0 fork(r)",
	  "4:9: no such socket: r",
	  "        ^" },
	{ "+0 fork()",
	  "4:4: fork takes (s)",
	  "   ^~~~~~" },
	{ "+0 forget(s)",
	  "4:4: forget takes ()",
	  "   ^~~~~~~~~" },
	{ "+0 < P1 -> L1 payload(tag=$fork_local_tag) udp",
	  "4:27: $fork_local_tag has no value yet: fork, answer or peer(forks) sets it",
	  "                          ^~~~~~~~~~~~~~~" },
	{ "+0 > L1 -> P1 payload(tag=$fork_peer_tag) udp",
	  "4:27: $fork_peer_tag has no value yet: fork, answer or peer(forks) sets it",
	  "                          ^~~~~~~~~~~~~~" },
	{ "+0 < P1 -> L1 probe(reports=[{scr=P1}])",
	  "4:31: probe_report has no member scr (did you mean src?)",
	  "                              ^~~" },
	{ "+0 < P1 -> L1 probe(reports=[7])",
	  "4:30: expected a struct or octets, not a number",
	  "                             ^" },
};

static void every_mistake_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct suite suite = { 0 };
		struct told told;
		char text[512], expected[1024];

		snprintf(text, sizeof(text), HEAD "%s\n", mistakes[i].line);
		snprintf(expected, sizeof(expected), "t.case:%s\n%s\n%s\n", mistakes[i].told,
			 mistakes[i].line, mistakes[i].caret);
		assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
		assert_string_equal(told.text, expected);
		assert_int_equal(told.count, 1);
	}
}

static int64_t plays(const char *text)
{
	struct suite suite = loaded(text);
	const struct call *call = event_at(&suite, 1)->call;
	int64_t number;

	assert_int_equal(call->id, CALL_PEER);
	assert_int_equal(call->args[0]->kind, VALUE_NUMBER);
	number = call->args[0]->number;
	suite_free(&suite);
	return number;
}

static void what_the_peer_plays_is_a_set_of_words(void **state)
{
	(void)state;
	assert_int_equal(plays(HEAD "+0 peer(updates)\n"), PLAY_UPDATES);
	assert_int_equal(plays(HEAD "+0 peer(forks, probes, recovery)\n"),
			 PLAY_FORKS | PLAY_PROBES | PLAY_RECOVERY);
	assert_int_equal(plays(HEAD "+0 peer()\n"), 0);
	assert_int_equal(plays(HEAD "+0 peer(none)\n"), 0);
	assert_int_equal(plays("case t \"t\"\nrules a/b\nrows id a b\n x - probes\n"
			       "0 s = open(udp, context)\n+0 peer($a, $b)\n"),
			 PLAY_PROBES);
}

static void the_tags_of_a_fork_are_set_by_its_words(void **state)
{
	static const char *const words[] = { "fork(s)", "answer(s)", "peer(updates, forks)" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct suite suite;
		char text[512];

		snprintf(text, sizeof(text),
			 HEAD "+0 %s\n+0 < P1 -> L1 payload(tag=$fork_local_tag) udp\n"
			      "+0 > L1 -> P1 payload(tag=$fork_peer_tag) udp\n",
			 words[i]);
		suite = loaded(text);
		suite_free(&suite);
	}
}

static void a_peer_has_as_many_locators_as_configured(void **state)
{
	struct suite suite = loaded("case t \"t\"\nrules a/b\nconfig peer=3\n0 peer_down(P3)\n");
	struct told told;
	const char none[] = "case t \"t\"\nrules a/b\nconfig peer=9\n0 drain()\n";

	(void)state;
	assert_int_equal(suite.scenarios[0].peer, 3);
	assert_int_equal(event_at(&suite, 0)->call->args[0]->locator.index, 3);
	suite_free(&suite);
	assert_int_equal(load_text(&suite, &told, none, strlen(none)), -EINVAL);
	assert_string_equal(told.text, "t.case:3:13: peer is from 1 to 8, not 9\n"
				       "config peer=9\n            ^\n");
}

static void a_fork_is_no_parameter(void **state)
{
	const char text[] = "case t \"t\"\nrules a/b\nrows id fork_local_tag\n x 1\n0 drain()\n";
	struct suite suite;
	struct told told;

	(void)state;
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_string_equal(told.text, "t.case:3:9: $fork_local_tag is the runner's own variable\n"
				       "rows id fork_local_tag\n        ^~~~~~~~~~~~~~\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mistake_is_told_with_its_place),
		cmocka_unit_test(what_the_peer_plays_is_a_set_of_words),
		cmocka_unit_test(the_tags_of_a_fork_are_set_by_its_words),
		cmocka_unit_test(a_peer_has_as_many_locators_as_configured),
		cmocka_unit_test(a_fork_is_no_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
