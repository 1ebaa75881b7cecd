/* SPDX-License-Identifier: BSD-2-Clause */
/* Which cases a GLOB selects, and what is offered when it selects none. */
#include "conformance/cli/cli.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const rule_a[] = { "rfc6316/6.4/best" };
static const char *const rule_b[] = { "rfc6316/6.4/best", "rfc6316/8.1/order" };

static const struct scenario scenarios[] = {
	{ .id = "rfc6316/6.4-pref/best", .rules = rule_a, .rule_count = 1 },
	{ .id = "rfc6316/6.4-pref/best:udp", .rules = rule_b, .rule_count = 2 },
	{ .id = "rfc6316/6.14-setup/deferred", .rules = rule_b, .rule_count = 2 },
	{ .id = "rfc5534/5.2-probe/empty" },
};

#define COUNT (sizeof(scenarios) / sizeof(*scenarios))

static int choose(bool *chosen, struct glob_option *globs, size_t count)
{
	const struct workspace w = { .suite = { .scenarios = scenarios, .count = COUNT } };
	const struct options o = { .command = "run", .globs = globs, .glob_count = count };

	return selection_make(chosen, &o, &w);
}

static void globs_select_by_id_or_rule(void **state)
{
	static const struct {
		struct glob_option globs[2];
		const char *chosen; /* a letter per scenario */
	} rows[] = {
		{ { { NULL, false } }, "yyyy" },
		{ { { "rfc6316/6.4*", false } }, "yy.." },
		{ { { "rfc6316/6.4-pref/best", false } }, "y..." },
		{ { { "*:udp", false } }, ".y.." },
		{ { { "rfc6316/8.1/order", false } }, ".yy." },
		{ { { "rfc6316/6.4/best", false } }, "yyy." },
		{ { { "rfc6316/6.4*", false }, { "rfc5534/*", false } }, "yy.y" },
		{ { { "rfc6316/*", true } }, "...y" },
		{ { { "rfc6316/6.4*", false }, { "*:udp", true } }, "y..." },
		{ { { "*:udp", true }, { "rfc6316/6.4*", false } }, "y..." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct glob_option globs[2];
		bool chosen[COUNT] = { false };
		size_t count = 0;

		memcpy(globs, rows[i].globs, sizeof(globs));
		while (count < 2 && globs[count].glob)
			count++;
		assert_int_equal(choose(chosen, globs, count), 0);
		for (size_t j = 0; j < COUNT; j++)
			if (chosen[j] != (rows[i].chosen[j] == 'y'))
				fail_msg("row %zu: %s", i, scenarios[j].id);
	}
}

static void selections_of_nothing_are_refused(void **state)
{
	struct glob_option typo[] = { { "rfc6316/6.4*", false }, { "rfc6316/6.44*", false } };
	struct glob_option unused[] = { { "*:tcp", true } };
	struct glob_option all[] = { { "*", true } };
	struct glob_option part[] = { { "rfc6316", false } };
	bool chosen[COUNT];

	(void)state;
	assert_int_equal(choose(chosen, typo, 2), -EINVAL);
	assert_int_equal(choose(chosen, unused, 1), -EINVAL);
	assert_int_equal(choose(chosen, all, 1), -EINVAL);
	assert_int_equal(choose(chosen, part, 1), -EINVAL);
}

static void near_ids_are_offered_nearest_first(void **state)
{
	struct nearness near = { .written = "rfc6316/6.4-pref/best*" };

	(void)state;
	near_offer(&near, "rfc5534/5.2-probe/empty");    /* too far */
	near_offer(&near, "rfc6316/6.4-pref/wurst");     /* 3 letters */
	near_offer(&near, "rfc6316/6.4-pref/bust");      /* 1 */
	near_offer(&near, "rfc6316/6.4-pref/rest:udp");  /* 1, and a tail */
	near_offer(&near, "rfc6316/6.4-pref/worse");     /* 3 */
	near_offer(&near, "rfc6316/6.4-perf/bezt");      /* 3 */
	near_offer(&near, "rfc6316/6.4-pref/best:tcp");  /* none, and a tail */
	assert_string_equal(near.ids[0], "rfc6316/6.4-pref/best:tcp");
	assert_string_equal(near.ids[1], "rfc6316/6.4-pref/bust");
	assert_string_equal(near.ids[2], "rfc6316/6.4-pref/rest:udp");
}

static void beginning_of_an_id_is_near_to_it(void **state)
{
	struct nearness near = { .written = "rfc6361/6.14" };

	(void)state;
	near_offer(&near, "rfc6316/6.14-setup/deferred");
	assert_string_equal(near.ids[0], "rfc6316/6.14-setup/deferred");
	assert_int_equal(near.distances[0], 2);
}

static void nothing_is_near_to_nonsense(void **state)
{
	struct nearness near = { .written = "hello, world" };

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		near_offer(&near, scenarios[i].id);
	assert_null(near.ids[0]);
}

static void report_tells_what_was_selected(void **state)
{
	struct glob_option globs[] = { { "rfc6316/6.4*", false }, { "*tcp*", true } };
	char *files[] = { "my.case" }, *text = "";
	struct options o = { .command = "run" };

	(void)state;
	assert_int_equal(selection_text(&text, &o), 0);
	assert_null(text);
	o.globs = globs;
	o.glob_count = 2;
	o.operands = files;
	o.operand_count = 1;
	assert_int_equal(selection_text(&text, &o), 0);
	assert_string_equal(text, "my.case rfc6316/6.4* !*tcp*");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_select_by_id_or_rule),
		cmocka_unit_test(selections_of_nothing_are_refused),
		cmocka_unit_test(near_ids_are_offered_nearest_first),
		cmocka_unit_test(beginning_of_an_id_is_near_to_it),
		cmocka_unit_test(nothing_is_near_to_nonsense),
		cmocka_unit_test(report_tells_what_was_selected),
	};

	return cmocka_run_group_tests_name("cli/selection", tests, NULL, NULL);
}
