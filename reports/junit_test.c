/* SPDX-License-Identifier: BSD-2-Clause */
/* The JUnit report: which verdict is which element, and XML that stays XML. */
#include "reports/testdata/golden.h"
#include "reports/testdata/sample.h"

static void report_is_as_written_by_hand(void **state)
{
	struct run run = sample_run();
	char *text = sample_report(report_junit, &run);

	(void)state;
	golden_compare(text, "reports/testdata/report.xml");
	free(text);
	json_decref(run.target);
}

/* XML 1.0, 2.2: U+0001, U+FFFE and lone octets can't be in it at all. */
static void what_xml_forbids_is_escaped(void **state)
{
	struct case_result only = {
		.id = "x/y", .title = "", .file = "a\"<b>&c\n.case", .status = STATUS_CRASHED,
		.reason = "one\ntwo\x01\x1b]\xef\xbf\xbe\xfe]]>",
		.target_stderr = "]]>\t\"\xc2\x9b",
	};
	struct run run = { .suite_version = "1", .cases = &only, .case_count = 1 };
	char *text = sample_report(report_junit, &run);

	(void)state;
	assert_non_null(strstr(text, " file=\"a&quot;&lt;b&gt;&amp;c&#10;.case\""));
	assert_non_null(strstr(text, "<error type=\"crashed\" message=\"one&#10;two\\x01\\x1b]"
				     "\\xef\\xbf\\xbe\\xfe]]&gt;\">"));
	assert_non_null(strstr(text, "<system-err>]]&gt;\t\"\\xc2\\x9b</system-err>"));
	free(text);
}

static void each_file_is_a_suite(void **state)
{
	struct case_result cases[] = {
		{ .id = "a/x", .title = "", .file = "a.case", .applicability = NOT_APPLICABLE },
		{ .id = "a/y", .title = "", .file = "a.case", .applicability = NOT_APPLICABLE },
		{ .id = "b/x", .title = "", .file = "b.case", .status = STATUS_TIMED_OUT },
		{ .id = "c/x", .title = "", .file = "c.case", .applicability = APPLICABLE },
	};
	struct run run = { .suite_version = "1", .cases = cases, .case_count = 4 };
	char *text = sample_report(report_junit, &run);

	(void)state;
	assert_non_null(strstr(text, "<testsuites name=\"shimproof: failed\" tests=\"4\""
				     " failures=\"0\" errors=\"2\" skipped=\"2\""));
	assert_non_null(strstr(text, "<testsuite name=\"a\" tests=\"2\" failures=\"0\""
				     " errors=\"0\" skipped=\"2\""));
	assert_non_null(strstr(text, "<testsuite name=\"b\" tests=\"1\" failures=\"0\""
				     " errors=\"1\" skipped=\"0\""));
	assert_non_null(strstr(text, "<skipped message=\"not_applicable\"/>"));
	assert_non_null(strstr(text, "<error type=\"timed_out\" message=\"\">"));
	assert_non_null(strstr(text, "<error type=\"not_run\" message=\"\">"));
	free(text);
}

static void failure_names_its_strongest_level(void **state)
{
	char *rules[] = { "rfc6316/6.8/tcp", "rfc6316/6.8/pins-source", "rfc6316/6.6/unconnected" };
	struct case_result only = {
		.id = "x/y", .title = "", .file = "x.case", .rules = rules, .rule_count = 3,
		.status = STATUS_COMPLETED, .verdict = VERDICT_FAIL, .failure = &sample_failure,
	};
	struct run run = { .suite_version = "1", .cases = &only, .case_count = 1 };
	static const char *const levels[] = { "unknown rule", "MAY", "SHOULD", "defined" };

	(void)state;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		char wanted[64], *text;

		only.rule_count = i;
		text = sample_report(report_junit, &run);
		snprintf(wanted, sizeof(wanted), "<failure type=\"%s\"", levels[i]);
		assert_non_null(strstr(text, wanted));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_is_as_written_by_hand),
		cmocka_unit_test(what_xml_forbids_is_escaped),
		cmocka_unit_test(each_file_is_a_suite),
		cmocka_unit_test(failure_names_its_strongest_level),
	};

	return cmocka_run_group_tests_name("reports/junit", tests, NULL, NULL);
}
