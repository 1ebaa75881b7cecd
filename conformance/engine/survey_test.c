/* SPDX-License-Identifier: BSD-2-Clause */
/* Which options a target is asked for, and when one of them is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/engine/survey.h"
#include "conformance/engine/test_rig.h"

static json_t *describe(const char *supports, const char *options)
{
	json_t *d = json_pack("{s:o, s:{s:{s:i}, s:o}}", "supports", json_loads(supports, 0, NULL),
			      "numbers", "levels", "SOL_SHIM", 6000, "options",
			      json_loads(options, 0, NULL));

	assert_non_null(d);
	return d;
}

static void what_has_a_number_and_is_not_denied_is_asked_for(void **state)
{
	json_t *d = describe("{\"SHIM_DONTSHIM\": false, \"SHIM_ASSOCIATED\": true}",
			     "{\"SHIM_ASSOCIATED\": 1, \"SHIM_DONTSHIM\": 2, \"SHIM_PATHEXPLORE\": 3}");
	struct survey_questions q;

	(void)state;
	survey_prepare(&q, d);
	assert_int_equal(q.count, 2);
	assert_string_equal(q.options[0]->name, "SHIM_ASSOCIATED");
	assert_string_equal(q.options[1]->name, "SHIM_PATHEXPLORE");
	json_decref(d);
}

static void two_spellings_of_one_number_are_asked_for_once(void **state)
{
	json_t *d = describe("{}", "{\"SHIM_DEFERRED_CONTEXT_SETUP\": 14,"
				   " \"SHIM_CONTEXT_DEFERRED_SETUP\": 14}");
	struct survey_questions q;

	(void)state;
	survey_prepare(&q, d);
	assert_int_equal(q.count, 1);
	json_decref(d);
}

/* --- answers ------------------------------------------------------------------ */

struct answer {
	int64_t option, result;
};

static struct survey read_answers(const struct answer *answers, size_t count)
{
	struct survey_questions q = { .count = 2 };
	struct survey found;
	struct ledger ledger;
	uint8_t *records;
	size_t len;

	q.options[0] = symbol_named("SHIM_ASSOCIATED", SYMBOL_OPTION);
	q.options[1] = symbol_named("SHIM_DONTSHIM", SYMBOL_OPTION);
	assert_int_equal(ledger_map(&ledger, RIG_LEDGER), 0);
	for (size_t i = 0; i < count; i++) {
		const struct record r = { .kind = RECORD_ANSWER,
					  .number = { answers[i].option, answers[i].result } };

		ledger_put(&ledger, &r, NULL);
	}
	assert_int_equal(ledger_copy(&ledger, &records, &len), 0);
	assert_int_equal(survey_read(&found, &q, records, len), 0);
	free(records);
	ledger_unmap(&ledger);
	return found;
}

static void option_that_ever_said_anything_else_is_there(void **state)
{
	static const struct answer answers[] = {
		{ 0, -ENOPROTOOPT }, { 1, -ENOPROTOOPT }, { 0, -ENOPROTOOPT }, { 1, -EOPNOTSUPP },
		{ 0, -ENOPROTOOPT }, { 1, -ENOPROTOOPT },
	};
	struct survey s = read_answers(answers, 6);

	(void)state;
	assert_int_equal(s.options.asked, 2);
	assert_int_equal(s.options.count, 1);
	assert_string_equal(s.options.names[0], "SHIM_ASSOCIATED");
	assert_int_equal(s.ancillary.asked, 5);
	assert_int_equal(s.ancillary.count, 0);
	survey_free(&s);
}

static void without_any_option_there_are_no_ancillary_data(void **state)
{
	static const struct answer answers[] = { { 0, -ENOPROTOOPT }, { 1, -ENOPROTOOPT } };
	struct survey s = read_answers(answers, 2);

	(void)state;
	assert_int_equal(s.options.count, 2);
	assert_int_equal(s.ancillary.count, 5);
	assert_string_equal(s.ancillary.names[4], "SHIM_FEEDBACK");
	survey_free(&s);
}

static void what_was_not_asked_for_is_not_missing(void **state)
{
	struct survey s = read_answers(NULL, 0);

	(void)state;
	assert_int_equal(s.options.asked, 0);
	assert_int_equal(s.options.count, 0);
	assert_int_equal(s.ancillary.count, 0);
	survey_free(&s);
}

static void answers_to_no_question_are_passed_over(void **state)
{
	static const struct answer answers[] = {
		{ -1, 0 }, { 2, 0 }, { INT64_MAX, 0 }, { 0, -ENOPROTOOPT }, { 1, 0 },
	};
	struct survey s = read_answers(answers, 5);

	(void)state;
	assert_int_equal(s.options.asked, 2);
	assert_int_equal(s.options.count, 1);
	survey_free(&s);
}

/* --- asking --------------------------------------------------------------------- */

static struct survey survey_rig(void)
{
	json_t *description = json_loads(rig_description, 0, NULL);
	const struct trial_order order = { .scenario = survey_scenario(),
					   .description = description, .seed = 1,
					   .instead = survey_ask };
	struct survey_questions q;
	struct survey found;
	struct ledger ledger;
	uint8_t *records;
	size_t len;

	assert_int_equal(ledger_map(&ledger, RIG_LEDGER), 0);
	trial_play(&ledger, &order, &rig_target);
	assert_int_equal(ledger_copy(&ledger, &records, &len), 0);
	survey_prepare(&q, description);
	assert_int_equal(survey_read(&found, &q, records, len), 0);
	free(records);
	ledger_unmap(&ledger);
	json_decref(description);
	return found;
}

static void target_that_knows_nothing_lacks_all(void **state)
{
	struct survey s;

	(void)state;
	rig.option_error = ENOPROTOOPT;
	s = survey_rig();
	assert_int_equal(s.options.asked, 3);
	assert_int_equal(s.options.count, 3);
	assert_string_equal(rig.given, "000000000000000000000000"); /* the last: SHIM_PATHEXPLORE */
	survey_free(&s);
}

static void any_other_error_is_an_answer(void **state)
{
	struct survey s;

	(void)state;
	rig.option_error = EOPNOTSUPP;
	s = survey_rig();
	assert_int_equal(s.options.asked, 3);
	assert_int_equal(s.options.count, 0);
	assert_string_equal(rig.given, ""); /* nothing was set */
	survey_free(&s);
}

/* --- cases ------------------------------------------------------------------------ */

static void case_lacks_what_it_needs_by_any_of_its_names(void **state)
{
	json_t *d = describe("{}", "{\"SHIM_DEFERRED_CONTEXT_SETUP\": 14,"
				   " \"SHIM_CONTEXT_DEFERRED_SETUP\": 14, \"SHIM_DONTSHIM\": 2}");
	char *options[] = { "SHIM_CONTEXT_DEFERRED_SETUP" }, *ancillary[] = { "SHIM_FEEDBACK" };
	const struct survey s = { { options, 1, 2 }, { ancillary, 1, 5 } };
	static const struct {
		const char *need;
		bool lacks;
	} rows[] = {
		{ "udp", false },
		{ "SHIM_DONTSHIM", false },
		{ "SHIM_CONTEXT_DEFERRED_SETUP", true },
		{ "SHIM_DEFERRED_CONTEXT_SETUP", true },
		{ "SHIM_FEEDBACK", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *needs[] = { "echo", rows[i].need };
		const struct scenario c = { .needs = needs, .need_count = 2 };
		char why[TARGET_WHY_MAX] = "";

		assert_int_equal(survey_lacks(&s, d, &c, why), rows[i].lacks);
		assert_int_equal(why[0] != '\0', rows[i].lacks);
	}
	json_decref(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_a_number_and_is_not_denied_is_asked_for),
		cmocka_unit_test(two_spellings_of_one_number_are_asked_for_once),
		cmocka_unit_test(option_that_ever_said_anything_else_is_there),
		cmocka_unit_test(without_any_option_there_are_no_ancillary_data),
		cmocka_unit_test(what_was_not_asked_for_is_not_missing),
		cmocka_unit_test(answers_to_no_question_are_passed_over),
		cmocka_unit_test_setup(target_that_knows_nothing_lacks_all, rig_setup),
		cmocka_unit_test_setup(any_other_error_is_an_answer, rig_setup),
		cmocka_unit_test(case_lacks_what_it_needs_by_any_of_its_names),
	};

	return cmocka_run_group_tests_name("engine/survey", tests, NULL, NULL);
}
