/* SPDX-License-Identifier: BSD-2-Clause */
/* The JSON report: what it says, and that equal runs say the same. */
#include "reports/testdata/golden.h"
#include "reports/testdata/sample.h"

#include <errno.h>

static void report_is_as_written_by_hand(void **state)
{
	struct run run = sample_run();
	char *text = sample_report(report_json, &run);

	(void)state;
	golden_compare(text, "reports/testdata/report.json");
	free(text);
	json_decref(run.target);
}

static void equal_runs_differ_only_in_volatile(void **state)
{
	struct case_result cases[sizeof(sample_cases) / sizeof(*sample_cases)];
	struct run one = sample_run(), two = sample_run();
	char *a, *b, *volatile_a, *volatile_b;

	(void)state;
	memcpy(cases, sample_cases, sizeof(cases));
	for (size_t i = 0; i < two.case_count; i++) {
		cases[i].wall_usec += 1 + i;
		cases[i].target_stderr = "==4711==ERROR at 0x602000000011";
	}
	two.cases = cases;
	two.wall_usec = 99;
	two.started = "2031-12-31T23:59:59Z";
	two.target_path = "/elsewhere/libsample.so";
	a = sample_report(report_json, &one);
	b = sample_report(report_json, &two);

	volatile_a = strstr(a, "  \"volatile\": {");
	volatile_b = strstr(b, "  \"volatile\": {");
	assert_non_null(volatile_a);
	assert_int_equal(volatile_a - a, volatile_b - b);
	assert_memory_equal(a, b, (size_t)(volatile_a - a));
	assert_string_not_equal(volatile_a, volatile_b);

	free(a);
	free(b);
	json_decref(one.target);
	json_decref(two.target);
}

static void octets_that_are_no_text_survive_as_escapes(void **state)
{
	struct case_result only = {
		.id = "x/y", .title = "\xff\xc3\xa4\xc0\xaf", .file = "x.case",
		.reason = "a\x01" "b",
	};
	struct run run = { .suite_version = "1", .cases = &only, .case_count = 1 };
	char *text = sample_report(report_json, &run);
	json_t *report = json_loads(text, 0, NULL);
	json_t *c = json_array_get(json_object_get(report, "cases"), 0);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(c, "title")),
			    "\\xff\xc3\xa4\\xc0\\xaf");
	assert_string_equal(json_string_value(json_object_get(c, "reason")), "a\\x01b");
	json_decref(report);
	free(text);
}

static void case_that_did_not_run_makes_the_report_incomplete(void **state)
{
	struct case_result cases[] = {
		{ .id = "x/a", .title = "", .file = "x.case", .status = STATUS_COMPLETED,
		  .verdict = VERDICT_PASS },
		{ .id = "x/b", .title = "", .file = "x.case", .reason = "no process" },
	};
	struct run run = { .suite_version = "1", .cases = cases, .case_count = 2 };
	char *text = sample_report(report_json, &run);

	(void)state;
	assert_non_null(strstr(text, "\"plan\": 2,\n  \"complete\": false,\n"));
	assert_non_null(strstr(text, "\"word\": \"incomplete\",\n    \"exit_status\": 3\n"));
	free(text);
}

static void full_disk_is_an_error(void **state)
{
	struct run run = sample_run();
	struct rollup r;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full) {
		json_decref(run.target);
		skip();
	}
	assert_int_equal(rollup_make(&r, &run, &sample_catalogue), 0);
	assert_int_equal(report_json(full, &run, &r, &sample_catalogue), -EIO);
	fclose(full);
	rollup_free(&r);
	json_decref(run.target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_is_as_written_by_hand),
		cmocka_unit_test(equal_runs_differ_only_in_volatile),
		cmocka_unit_test(octets_that_are_no_text_survive_as_escapes),
		cmocka_unit_test(case_that_did_not_run_makes_the_report_incomplete),
		cmocka_unit_test(full_disk_is_an_error),
	};

	return cmocka_run_group_tests_name("reports/json", tests, NULL, NULL);
}
