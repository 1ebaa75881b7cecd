/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the three axes, and the end of a run's memory. */
#include "reports/result.h"

#include <stdlib.h>

const char *const case_status_name[] = {
	[STATUS_NOT_RUN] = "not_run",
	[STATUS_COMPLETED] = "completed",
	[STATUS_CRASHED] = "crashed",
	[STATUS_TIMED_OUT] = "timed_out",
};

const char *const case_verdict_name[] = {
	[VERDICT_NONE] = "none",         [VERDICT_PASS] = "pass",
	[VERDICT_FAIL] = "fail",         [VERDICT_INCONCLUSIVE] = "inconclusive",
	[VERDICT_RECORDED] = "recorded",
};

const char *const case_applicability_name[] = {
	[APPLICABLE] = "applicable",
	[NOT_APPLICABLE] = "not_applicable",
	[UNSUPPORTED] = "unsupported",
	[UNDECLARED] = "undeclared",
	[MISSING] = "missing",
};

static void strings_free(char **strings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

static void failure_free(struct failure *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->difference_count; i++) {
		free(f->differences[i].where);
		free(f->differences[i].expected);
		free(f->differences[i].actual);
	}
	free(f->differences);
	free(f->message);
	free(f->file);
	free(f->source);
	free(f);
}

void case_result_free(struct case_result *r)
{
	strings_free(r->rules, r->rule_count);
	strings_free(r->informs, r->inform_count);
	strings_free(r->observed, r->observed_count);
	strings_free(r->deviations, r->deviation_count);
	strings_free(r->events, r->event_count);
	failure_free(r->failure);
	free(r->id);
	free(r->title);
	free(r->file);
	free(r->reason);
	free(r->target_stderr);
	free(r->capture);
	*r = (struct case_result){ 0 };
}

void survey_free(struct survey *s)
{
	strings_free(s->options.names, s->options.count);
	strings_free(s->ancillary.names, s->ancillary.count);
	*s = (struct survey){ 0 };
}

void run_free(struct run *run)
{
	for (size_t i = 0; i < run->case_count; i++)
		case_result_free(&run->cases[i]);
	free(run->cases);
	free(run->suite_version);
	free(run->target_path);
	free(run->selection);
	free(run->started);
	survey_free(&run->survey);
	json_decref(run->target);
	*run = (struct run){ 0 };
}
