/* SPDX-License-Identifier: BSD-2-Clause */
/* The truth table from cases to rules and to a conclusion. */
#include "reports/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Every ending of a case, by a letter. */
static struct case_result ending(char letter)
{
	switch (letter) {
	case 'P':
		return (struct case_result){ .status = STATUS_COMPLETED, .verdict = VERDICT_PASS };
	case 'F':
		return (struct case_result){ .status = STATUS_COMPLETED, .verdict = VERDICT_FAIL };
	case 'I':
		return (struct case_result){ .status = STATUS_COMPLETED,
					     .verdict = VERDICT_INCONCLUSIVE };
	case '0': /* completed, but nobody said how */
		return (struct case_result){ .status = STATUS_COMPLETED };
	case 'C':
		return (struct case_result){ .status = STATUS_CRASHED };
	case 'T':
		return (struct case_result){ .status = STATUS_TIMED_OUT };
	case 'N':
		return (struct case_result){ .status = STATUS_NOT_RUN };
	case 'U':
		return (struct case_result){ .applicability = UNSUPPORTED };
	case 'A':
		return (struct case_result){ .applicability = NOT_APPLICABLE };
	case 'R':
		return (struct case_result){ .status = STATUS_COMPLETED,
					     .verdict = VERDICT_RECORDED };
	case 'M':
		return (struct case_result){ .applicability = MISSING };
	case 'f': /* undeclared, and it failed */
		return (struct case_result){ .status = STATUS_COMPLETED, .verdict = VERDICT_FAIL,
					     .applicability = UNDECLARED };
	}
	fail_msg("no ending %c", letter);
	return (struct case_result){ 0 };
}

/* What `endings` come to for one rule that all of the cases name. */
static struct rule_result judge(const char *endings, enum rule_level level, bool strict,
				enum conclusion *conclusion)
{
	struct rule rule = { .id = "rfc6316/6.6/rule", .level = level, .testable = true };
	struct catalogue catalogue = { .rules = &rule, .rule_count = 1 };
	char *rules[] = { "rfc6316/6.6/other", "rfc6316/6.6/rule" };
	struct case_result cases[16];
	struct run run = { .cases = cases, .case_count = strlen(endings), .strict = strict };
	struct rule_result result;
	struct rollup r;

	for (size_t i = 0; i < run.case_count; i++) {
		cases[i] = ending(endings[i]);
		cases[i].rules = rules;
		cases[i].rule_count = 2;
	}
	assert_int_equal(rollup_make(&r, &run, &catalogue), 0);
	result = r.rules[0];
	result.rule = NULL; /* it ends with this function */
	*conclusion = r.conclusion;
	rollup_free(&r);
	return result;
}

static void rule_verdict_is_the_worst_of_its_cases(void **state)
{
	static const struct {
		const char *endings;
		enum rule_verdict verdict;
		enum conclusion conclusion;
	} rows[] = {
		{ "",     RULE_UNTESTED,       CONCLUSION_INCOMPLETE },
		{ "P",    RULE_PASS,           CONCLUSION_CONFORMANT },
		{ "F",    RULE_FAIL,           CONCLUSION_FAILED },
		{ "I",    RULE_INCONCLUSIVE,   CONCLUSION_INCOMPLETE },
		{ "0",    RULE_INCONCLUSIVE,   CONCLUSION_INCOMPLETE },
		{ "C",    RULE_FAIL,           CONCLUSION_FAILED },
		{ "T",    RULE_FAIL,           CONCLUSION_FAILED },
		{ "N",    RULE_NOT_RUN,        CONCLUSION_INCOMPLETE },
		{ "U",    RULE_UNSUPPORTED,    CONCLUSION_INCOMPLETE },
		{ "A",    RULE_NOT_APPLICABLE, CONCLUSION_INCOMPLETE },
		{ "f",    RULE_FAIL,           CONCLUSION_FAILED },
		{ "PPP",  RULE_PASS,           CONCLUSION_CONFORMANT },
		{ "PF",   RULE_FAIL,           CONCLUSION_FAILED },
		{ "FP",   RULE_FAIL,           CONCLUSION_FAILED },
		{ "PI",   RULE_INCONCLUSIVE,   CONCLUSION_INCOMPLETE },
		{ "IF",   RULE_FAIL,           CONCLUSION_FAILED },
		{ "PN",   RULE_NOT_RUN,        CONCLUSION_INCOMPLETE },
		{ "NI",   RULE_INCONCLUSIVE,   CONCLUSION_INCOMPLETE },
		{ "PU",   RULE_PASS,           CONCLUSION_CONFORMANT },
		{ "PA",   RULE_PASS,           CONCLUSION_CONFORMANT },
		{ "UA",   RULE_UNSUPPORTED,    CONCLUSION_INCOMPLETE },
		{ "PC",   RULE_FAIL,           CONCLUSION_FAILED },
		{ "NUIF", RULE_FAIL,           CONCLUSION_FAILED },
		{ "M",    RULE_MISSING,        CONCLUSION_FAILED },
		{ "PM",   RULE_MISSING,        CONCLUSION_FAILED },
		{ "MI",   RULE_MISSING,        CONCLUSION_FAILED },
		{ "MF",   RULE_FAIL,           CONCLUSION_FAILED },
		{ "MU",   RULE_MISSING,        CONCLUSION_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum conclusion conclusion;
		struct rule_result r = judge(rows[i].endings, LEVEL_MUST, false, &conclusion);

		if (r.verdict != rows[i].verdict || conclusion != rows[i].conclusion)
			fail_msg("cases \"%s\": rule %s, run %s; not %s, %s", rows[i].endings,
				 rule_verdict_name[r.verdict], conclusion_name[conclusion],
				 rule_verdict_name[rows[i].verdict],
				 conclusion_name[rows[i].conclusion]);
	}
}

static void levels_weigh_only_in_the_conclusion(void **state)
{
	static const struct {
		enum rule_level level;
		bool strict;
		const char *endings;
		enum conclusion conclusion;
	} rows[] = {
		{ LEVEL_MUST,    false, "PF", CONCLUSION_FAILED },
		{ LEVEL_DEFINED, false, "PF", CONCLUSION_FAILED },
		{ LEVEL_SHOULD,  false, "PF", CONCLUSION_CONFORMANT },
		{ LEVEL_SHOULD,  true,  "PF", CONCLUSION_FAILED },
		{ LEVEL_MAY,     false, "PF", CONCLUSION_CONFORMANT },
		{ LEVEL_MAY,     true,  "PF", CONCLUSION_CONFORMANT },
		{ LEVEL_SHOULD,  false, "PC", CONCLUSION_FAILED },
		{ LEVEL_MAY,     false, "PT", CONCLUSION_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum conclusion conclusion;
		struct rule_result r =
			judge(rows[i].endings, rows[i].level, rows[i].strict, &conclusion);

		assert_int_equal(r.verdict, RULE_FAIL);
		if (conclusion != rows[i].conclusion)
			fail_msg("%s%s, cases \"%s\": %s", rule_level_name[rows[i].level],
				 rows[i].strict ? " with strict" : "", rows[i].endings,
				 conclusion_name[conclusion]);
	}
}

static void what_is_missing_weighs_as_a_failure_does(void **state)
{
	static const struct {
		enum rule_level level;
		bool strict;
		enum conclusion conclusion;
	} rows[] = {
		{ LEVEL_MUST,    false, CONCLUSION_FAILED },
		{ LEVEL_DEFINED, false, CONCLUSION_FAILED },
		{ LEVEL_SHOULD,  false, CONCLUSION_CONFORMANT },
		{ LEVEL_SHOULD,  true,  CONCLUSION_FAILED },
		{ LEVEL_MAY,     true,  CONCLUSION_CONFORMANT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum conclusion conclusion;
		struct rule_result r = judge("PM", rows[i].level, rows[i].strict, &conclusion);

		assert_int_equal(r.verdict, RULE_MISSING);
		assert_int_equal(conclusion, rows[i].conclusion);
	}
}

static void cases_are_counted_by_outcome_for_their_rule(void **state)
{
	enum conclusion conclusion;
	struct rule_result r = judge("PPFCTINNUUUAMM", LEVEL_MUST, false, &conclusion);

	(void)state;
	assert_int_equal(r.passed, 2);
	assert_int_equal(r.failed, 3);
	assert_int_equal(r.inconclusive, 1);
	assert_int_equal(r.not_run, 2);
	assert_int_equal(r.unsupported, 3);
	assert_int_equal(r.not_applicable, 1);
	assert_int_equal(r.missing, 2);
}

static void each_case_is_in_one_total(void **state)
{
	static const char endings[] = "PPFfCTTIN0UUUAMRRR";
	struct catalogue nothing = { 0 };
	struct case_result cases[sizeof(endings) - 1];
	struct run run = { .cases = cases, .case_count = sizeof(endings) - 1 };
	char *deviations[] = { "one", "two" };
	struct rollup r;

	(void)state;
	for (size_t i = 0; i < run.case_count; i++) {
		cases[i] = ending(endings[i]);
		cases[i].checks = 3;
	}
	cases[0].deviations = deviations;
	cases[0].deviation_count = 2;
	assert_int_equal(rollup_make(&r, &run, &nothing), 0);

	assert_int_equal(r.cases, 18);
	assert_int_equal(r.recorded, 3);
	assert_int_equal(r.passed, 2);
	assert_int_equal(r.failed, 2);
	assert_int_equal(r.crashed, 1);
	assert_int_equal(r.timed_out, 2);
	assert_int_equal(r.inconclusive, 2);
	assert_int_equal(r.not_run, 1);
	assert_int_equal(r.unsupported, 3);
	assert_int_equal(r.not_applicable, 1);
	assert_int_equal(r.undeclared, 1);
	assert_int_equal(r.missing, 1);
	assert_int_equal(r.checks, 45);
	assert_int_equal(r.deviations, 2);
	rollup_free(&r);
}

static void failure_of_an_unknown_rule_is_not_lost(void **state)
{
	struct rule may = { .id = "rfc6316/6.6/may", .level = LEVEL_MAY, .testable = true };
	struct catalogue catalogue = { .rules = &may, .rule_count = 1 };
	char *rules[] = { "rfc6316/6.6/mistyped" };
	struct case_result cases[] = { ending('P'), ending('F') };
	struct run run = { .cases = cases, .case_count = 2 };
	struct rollup r;

	(void)state;
	cases[1].rules = rules;
	cases[1].rule_count = 1;
	assert_int_equal(rollup_make(&r, &run, &catalogue), 0);
	assert_int_equal(r.conclusion, CONCLUSION_FAILED);
	assert_int_equal(r.verdicts[RULE_FAIL], 0);
	rollup_free(&r);
}

static void what_is_only_recorded_weighs_nothing(void **state)
{
	static const struct {
		const char *endings;
		enum conclusion conclusion;
	} rows[] = {
		{ "RP", CONCLUSION_CONFORMANT },
		{ "RR", CONCLUSION_INCOMPLETE }, /* nothing was put to the test */
		{ "PC", CONCLUSION_FAILED },     /* but what crashes in such a case does */
		{ "PF", CONCLUSION_FAILED },     /* and what writes past a buffer */
	};
	struct catalogue nothing = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct case_result cases[] = { ending(rows[i].endings[0]),
					       ending(rows[i].endings[1]) };
		struct run run = { .cases = cases, .case_count = 2 };
		struct rollup r;

		assert_int_equal(rollup_make(&r, &run, &nothing), 0);
		assert_int_equal(r.conclusion, rows[i].conclusion);
		rollup_free(&r);
	}
}

static void rules_without_cases_are_neutral(void **state)
{
	struct rule rules[] = {
		{ .id = "rfc6316/6.6/a", .testable = true },
		{ .id = "rfc6316/6.6/b", .testable = true },
		{ .id = "rfc6316/6.6/c", .testable = false },
	};
	struct catalogue catalogue = { .rules = rules, .rule_count = 3 };
	char *names[] = { "rfc6316/6.6/a" };
	struct case_result pass = ending('P');
	struct run run = { .cases = &pass, .case_count = 1 };
	struct rollup r;

	(void)state;
	pass.rules = names;
	pass.rule_count = 1;
	assert_int_equal(rollup_make(&r, &run, &catalogue), 0);
	assert_int_equal(r.rules[1].verdict, RULE_UNTESTED);
	assert_int_equal(r.rules[2].verdict, RULE_UNTESTED);
	assert_int_equal(r.conclusion, CONCLUSION_CONFORMANT);
	rollup_free(&r);

	run.selection = "rfc6316/6.6*";
	assert_int_equal(rollup_make(&r, &run, &catalogue), 0);
	assert_int_equal(r.rules[0].verdict, RULE_PASS);
	assert_int_equal(r.rules[1].verdict, RULE_NOT_SELECTED);
	assert_int_equal(r.rules[2].verdict, RULE_UNTESTED);
	assert_int_equal(r.conclusion, CONCLUSION_CONFORMANT);
	rollup_free(&r);
}

static void rules_of_another_profile_are_not_applicable(void **state)
{
	struct rule rules[] = {
		{ .id = "rfc6316/6.6/any", .profile = "any", .testable = true,
		  .level = LEVEL_SHOULD },
		{ .id = "rfc6316/6.6/shim6", .profile = "shim6", .testable = true },
		{ .id = "rfc6316/6.6/alone", .profile = "shim6", .testable = true },
		{ .id = "rfc6316/6.6/unseen", .profile = "shim6", .testable = false },
	};
	struct catalogue catalogue = { .rules = rules, .rule_count = 4 };
	char *names[] = { "rfc6316/6.6/any", "rfc6316/6.6/shim6" };
	struct case_result cases[] = { ending('P'), ending('F') };
	struct run run = { .cases = cases, .case_count = 2 };
	struct rollup r;

	(void)state;
	run.target = json_pack("{s:s}", "profile", "hip");
	for (size_t i = 0; i < 2; i++) {
		cases[i].rules = names;
		cases[i].rule_count = 2;
	}
	assert_int_equal(rollup_make(&r, &run, &catalogue), 0);
	assert_int_equal(r.rules[0].verdict, RULE_FAIL);
	assert_int_equal(r.rules[1].verdict, RULE_NOT_APPLICABLE);
	assert_int_equal(r.rules[1].not_applicable, 2);
	assert_int_equal(r.rules[1].failed, 0);
	assert_int_equal(r.rules[2].verdict, RULE_NOT_APPLICABLE);
	assert_int_equal(r.rules[3].verdict, RULE_UNTESTED);
	/* A MUST for others has no weight. */
	assert_int_equal(r.conclusion, CONCLUSION_CONFORMANT);
	rollup_free(&r);

	json_object_set_new(run.target, "profile", json_string("shim6"));
	assert_int_equal(rollup_make(&r, &run, &catalogue), 0);
	assert_int_equal(r.rules[1].verdict, RULE_FAIL);
	assert_int_equal(r.rules[2].verdict, RULE_UNTESTED);
	assert_int_equal(r.conclusion, CONCLUSION_FAILED);
	rollup_free(&r);
	json_decref(run.target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_verdict_is_the_worst_of_its_cases),
		cmocka_unit_test(levels_weigh_only_in_the_conclusion),
		cmocka_unit_test(what_is_missing_weighs_as_a_failure_does),
		cmocka_unit_test(cases_are_counted_by_outcome_for_their_rule),
		cmocka_unit_test(each_case_is_in_one_total),
		cmocka_unit_test(failure_of_an_unknown_rule_is_not_lost),
		cmocka_unit_test(what_is_only_recorded_weighs_nothing),
		cmocka_unit_test(rules_without_cases_are_neutral),
		cmocka_unit_test(rules_of_another_profile_are_not_applicable),
	};

	return cmocka_run_group_tests_name("reports/rollup", tests, NULL, NULL);
}
