/* SPDX-License-Identifier: BSD-2-Clause */
/* What people see. */
#include "reports/testdata/golden.h"
#include "reports/testdata/sample.h"

static char *write_report(const struct run *run, bool colour)
{
	struct rollup r;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_int_equal(rollup_make(&r, run, &sample_catalogue), 0);
	assert_int_equal(report_console(f, run, &r, &sample_catalogue, colour), 0);
	fclose(f);
	rollup_free(&r);
	return text;
}

static void assert_shows(const struct run *run, const char *wanted)
{
	char *text = write_report(run, false);

	if (!strstr(text, wanted))
		fail_msg("not shown: \"%s\" in:\n%s", wanted, text);
	free(text);
}

static void report_is_as_written_by_hand(void **state)
{
	struct run run = sample_run();
	char *text = write_report(&run, false);

	(void)state;
	golden_compare(text, "reports/testdata/report.txt");
	free(text);
	json_decref(run.target);
}

static void colour_adds_nothing_but_colour(void **state)
{
	struct run run = sample_run();
	char *plain = write_report(&run, false), *coloured = write_report(&run, true);
	char *to = coloured;

	(void)state;
	assert_null(strchr(plain, '\033'));
	assert_non_null(strstr(coloured, "\033[1;31mFAILED"));
	for (const char *from = coloured; *from; from++) {
		if (*from == '\033')
			from += strcspn(from, "m");
		else
			*to++ = *from;
	}
	*to = '\0';
	assert_string_equal(coloured, plain);
	free(plain);
	free(coloured);
	json_decref(run.target);
}

static void conclusion_is_in_plain_words(void **state)
{
	struct run run = sample_run();
	struct case_result one = sample_cases[3]; /* passes a SHOULD */

	(void)state;
	run.cases = &one;
	run.case_count = 1;
	assert_shows(&run, "CONFORMANT   1 rule passed\n");
	run.selection = "rfc6316/6.8*";
	assert_shows(&run, "CONFORMANT   1 rule passed of the selection\n");
	assert_shows(&run, "seed 7, selection rfc6316/6.8*\n");
	run.selection = NULL;

	one.verdict = VERDICT_INCONCLUSIVE;
	assert_shows(&run, "INCOMPLETE   1 case inconclusive, 0 not run; "
			   "no rule that weighs failed\n");
	one = sample_cases[5]; /* is unsupported */
	assert_shows(&run, "INCOMPLETE   no case passed, so nothing is shown\n");

	struct case_result two[] = { sample_cases[1], sample_cases[3] };

	two[1].verdict = VERDICT_FAIL;
	run.cases = two;
	run.case_count = 2;
	assert_shows(&run, "CONFORMANT   1 rule passed\n"
			   "             1 failed that does not weigh (1 SHOULD); "
			   "--strict makes SHOULD weigh\n");
	run.strict = true;
	assert_shows(&run, "FAILED       1 rule failed (1 SHOULD)\n");
	json_decref(run.target);
}

static void what_the_cases_cover_is_told_of_the_whole_suite(void **state)
{
	struct run run = sample_run();
	char *text;

	(void)state;
	assert_shows(&run, "rules           5 in the catalogue     MUST   SHOULD      MAY  defined\n"
			   "                4 covered by cases        1        1        1        1\n"
			   "                1 untestable              0        1        0        0\n");
	run.selection = "rfc6316/6.8*";
	text = write_report(&run, false);
	assert_null(strstr(text, "in the catalogue"));
	free(text);
	json_decref(run.target);
}

static void what_is_missing_is_told_once(void **state)
{
	char *options[] = { "SHIM_LOC_LOCAL_RECV", "SHIM_LOCLIST_PEER" };
	char *ancillary[] = { "SHIM_LOC_LOCAL_RECV", "SHIM_FEEDBACK" };
	struct run run = sample_run();
	struct case_result cases[] = { sample_cases[5], sample_cases[5], sample_cases[3] };

	(void)state;
	cases[0].applicability = cases[1].applicability = MISSING;
	cases[0].rules = cases[1].rules = sample_delivers;
	run.cases = cases;
	run.case_count = 3;
	run.survey = (struct survey){ { options, 2, 14 }, { NULL, 0, 5 } };
	assert_shows(&run, "RFC 6316   pass  fail  missing  inconclusive  not run  unsupported  "
			   "not applicable\n"
			   "6.8           1     -        -             -        -            -"
			   "               -\n"
			   "all rules     1     -        1 ");
	assert_shows(&run, "cases        3: 1 passed, 2 missing; 4 checks\n");
	assert_shows(&run, "missing      2 of 14 options, 0 of 5 ancillary data; every call gave "
			   "ENOPROTOOPT\n"
			   "             SHIM_LOC_LOCAL_RECV SHIM_LOCLIST_PEER\n"
			   "             2 cases not run for want of them\n");
	assert_shows(&run, "FAILED       1 rule missing (1 MUST)\n");

	run.survey = (struct survey){ { options, 2, 2 }, { ancillary, 2, 2 } };
	assert_shows(&run, "             SHIM_LOC_LOCAL_RECV SHIM_LOCLIST_PEER SHIM_FEEDBACK\n");
	assert_shows(&run, "FAILED       not conformant: no option of RFC 6316 is there; "
			   "1 rule missing (1 MUST)\n");
	json_decref(run.target);
}

static void only_five_failures_are_shown_in_full(void **state)
{
	struct case_result cases[7];
	struct run run = sample_run();
	char *text;
	int heads = 0;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		cases[i] = sample_cases[0];
	run.cases = cases;
	run.case_count = 7;
	text = write_report(&run, false);
	for (char *p = text; (p = strstr(p, "FAIL  ")); p++)
		heads++;
	assert_int_equal(heads, 5);
	assert_non_null(strstr(text, "... and 2 more that did not pass (-v names every case)\n"));
	free(text);
	json_decref(run.target);
}

static void few_observations_are_shown(void **state)
{
	struct case_result cases[3];
	struct run run = sample_run();
	char *text;
	int lines = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		cases[i] = sample_cases[6];
	run.cases = cases;
	run.case_count = 3;
	text = write_report(&run, false);
	assert_non_null(strstr(text, "recorded     what 3 cases saw without grading it; "));
	for (char *p = text; (p = strstr(p, "\n             conformance/")); p++)
		lines++;
	assert_int_equal(lines, 4);
	free(text);
	json_decref(run.target);
}

static void long_values_stand_one_below_the_other(void **state)
{
	struct difference octets = {
		.where = "udp.data", .offset = 48,
		.expected = "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
		.actual = "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f",
	};
	struct failure failure = sample_failure;
	struct case_result c = sample_cases[0];
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	failure.differences = &octets;
	failure.difference_count = 1;
	c.failure = &failure;
	report_failure(f, &c, &sample_catalogue, false);
	fclose(f);
	assert_non_null(strstr(text,
		"          udp.data, octet 48\n"
		"            expected  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n"
		"            actual    00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f\n"));
	free(text);
}

static void rule_that_no_catalogue_has_is_named_as_such(void **state)
{
	struct case_result c = sample_cases[0];
	char *rules[] = { "rfc6316/6.6/mistyped" }, *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	c.rules = rules;
	report_failure(f, &c, &sample_catalogue, false);
	fclose(f);
	assert_non_null(strstr(text, "  rule    rfc6316/6.6/mistyped, which no catalogue has\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_is_as_written_by_hand),
		cmocka_unit_test(colour_adds_nothing_but_colour),
		cmocka_unit_test(conclusion_is_in_plain_words),
		cmocka_unit_test(what_the_cases_cover_is_told_of_the_whole_suite),
		cmocka_unit_test(what_is_missing_is_told_once),
		cmocka_unit_test(only_five_failures_are_shown_in_full),
		cmocka_unit_test(few_observations_are_shown),
		cmocka_unit_test(long_values_stand_one_below_the_other),
		cmocka_unit_test(rule_that_no_catalogue_has_is_named_as_such),
	};

	return cmocka_run_group_tests_name("reports/console", tests, NULL, NULL);
}
