/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From cases to rules to a conclusion. What happened outranks what was
 * declared: a declaration only explains why a rule has no verdict.
 */
#include "reports/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const rule_verdict_name[] = {
	[RULE_PASS] = "pass",
	[RULE_FAIL] = "fail",
	[RULE_MISSING] = "missing",
	[RULE_INCONCLUSIVE] = "inconclusive",
	[RULE_NOT_RUN] = "not_run",
	[RULE_UNSUPPORTED] = "unsupported",
	[RULE_NOT_APPLICABLE] = "not_applicable",
	[RULE_NOT_SELECTED] = "not_selected",
	[RULE_UNTESTED] = "untested",
};

const char *const conclusion_name[] = {
	[CONCLUSION_CONFORMANT] = "conformant",
	[CONCLUSION_FAILED] = "failed",
	[CONCLUSION_USAGE] = "usage",
	[CONCLUSION_INCOMPLETE] = "incomplete",
	[CONCLUSION_FAULT] = "fault",
};

/* How bad each is; the highest of a rule's cases is its verdict. */
static const unsigned badness[] = {
	[RULE_UNTESTED] = 0,
	[RULE_NOT_SELECTED] = 0,
	[RULE_NOT_APPLICABLE] = 1,
	[RULE_UNSUPPORTED] = 2,
	[RULE_PASS] = 3,
	[RULE_NOT_RUN] = 4,
	[RULE_INCONCLUSIVE] = 5,
	[RULE_MISSING] = 6,
	[RULE_FAIL] = 7,
};

static enum rule_verdict verdict_outcome(enum case_verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return RULE_PASS;
	case VERDICT_FAIL:
		return RULE_FAIL;
	case VERDICT_RECORDED:
		return RULE_UNTESTED;
	case VERDICT_NONE:
	case VERDICT_INCONCLUSIVE:
		break;
	}
	return RULE_INCONCLUSIVE;
}

static enum rule_verdict absence_outcome(enum case_applicability applicability)
{
	switch (applicability) {
	case NOT_APPLICABLE:
		return RULE_NOT_APPLICABLE;
	case UNSUPPORTED:
		return RULE_UNSUPPORTED;
	case MISSING:
		return RULE_MISSING;
	case APPLICABLE:
	case UNDECLARED:
		break;
	}
	return RULE_NOT_RUN;
}

enum rule_verdict case_outcome(const struct case_result *c)
{
	switch (c->status) {
	case STATUS_COMPLETED:
		return verdict_outcome(c->verdict);
	case STATUS_CRASHED:
	case STATUS_TIMED_OUT:
		return RULE_FAIL;
	case STATUS_NOT_RUN:
		break;
	}
	return absence_outcome(c->applicability);
}

bool case_tests_rule(const struct case_result *c, const char *rule_id)
{
	for (size_t i = 0; i < c->rule_count; i++)
		if (!strcmp(c->rules[i], rule_id))
			return true;
	return false;
}

bool level_weighs(enum rule_level level, bool strict)
{
	switch (level) {
	case LEVEL_MUST:
	case LEVEL_DEFINED:
		return true;
	case LEVEL_SHOULD:
		return strict;
	case LEVEL_MAY:
		break;
	}
	return false;
}

/* A case's counter in the totals. */
static unsigned *total_of(struct rollup *r, const struct case_result *c)
{
	if (c->status == STATUS_CRASHED)
		return &r->crashed;
	if (c->status == STATUS_TIMED_OUT)
		return &r->timed_out;

	unsigned *const totals[RULE_VERDICT_COUNT] = {
		[RULE_PASS] = &r->passed,
		[RULE_FAIL] = &r->failed,
		[RULE_MISSING] = &r->missing,
		[RULE_INCONCLUSIVE] = &r->inconclusive,
		[RULE_NOT_RUN] = &r->not_run,
		[RULE_UNSUPPORTED] = &r->unsupported,
		[RULE_NOT_APPLICABLE] = &r->not_applicable,
		[RULE_UNTESTED] = &r->recorded,
	};

	return totals[case_outcome(c)];
}

static void count_case(struct rollup *r, const struct case_result *c)
{
	r->cases++;
	if (c->verdict != VERDICT_RECORDED) {
		r->checks += c->checks;
		r->deviations += c->deviation_count;
	}
	if (c->applicability == UNDECLARED)
		r->undeclared++;
	++*total_of(r, c);
}

static void add_case(struct rule_result *r, const struct case_result *c)
{
	enum rule_verdict outcome = case_outcome(c);
	unsigned *const counters[RULE_VERDICT_COUNT] = {
		[RULE_PASS] = &r->passed,
		[RULE_FAIL] = &r->failed,
		[RULE_MISSING] = &r->missing,
		[RULE_INCONCLUSIVE] = &r->inconclusive,
		[RULE_NOT_RUN] = &r->not_run,
		[RULE_UNSUPPORTED] = &r->unsupported,
		[RULE_NOT_APPLICABLE] = &r->not_applicable,
	};

	++*counters[outcome];
	if (badness[outcome] > badness[r->verdict])
		r->verdict = outcome;
}

static bool applies(const struct rule *rule, const struct run *run)
{
	return rule_applies(rule, json_string_value(json_object_get(run->target, "profile")));
}

static enum rule_verdict verdict_without_cases(const struct rule *rule, const struct run *run)
{
	if (!rule->testable)
		return RULE_UNTESTED;
	if (!applies(rule, run))
		return RULE_NOT_APPLICABLE;
	return run->selection ? RULE_NOT_SELECTED : RULE_UNTESTED;
}

static struct rule_result judge_rule(const struct rule *rule, const struct run *run)
{
	const struct case_result elsewhere = { .applicability = NOT_APPLICABLE };
	struct rule_result r = { .rule = rule, .verdict = verdict_without_cases(rule, run) };

	/* A case can be run for the sake of another of its rules. */
	for (size_t i = 0; i < run->case_count; i++)
		if (case_tests_rule(&run->cases[i], rule->id))
			add_case(&r, applies(rule, run) ? &run->cases[i] : &elsewhere);
	return r;
}

/* A case that failed, or whose subject is missing, counts if one of its rules
 * has the weight, or if nobody knows any of its rules: no failure is lost to a
 * slip of the pen. */
static bool failure_weighs(const struct case_result *c, const struct catalogue *cat,
			   const struct run *run)
{
	enum rule_verdict outcome = case_outcome(c);
	bool known = false;

	if (outcome != RULE_FAIL && outcome != RULE_MISSING)
		return false;
	if (c->status == STATUS_CRASHED || c->status == STATUS_TIMED_OUT)
		return true; /* a crash or a hang is beyond what any level allows */
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct rule *rule = catalogue_rule(cat, c->rules[i]);

		if (rule && applies(rule, run) && level_weighs(rule->level, run->strict))
			return true;
		known |= rule != NULL;
	}
	return !known;
}

static enum conclusion conclude(const struct rollup *r, const struct run *run,
				const struct catalogue *c)
{
	for (size_t i = 0; i < run->case_count; i++)
		if (failure_weighs(&run->cases[i], c, run))
			return CONCLUSION_FAILED;
	/* A run that showed nothing must not look like one that went well. */
	if (r->inconclusive || r->not_run || !r->passed)
		return CONCLUSION_INCOMPLETE;
	return CONCLUSION_CONFORMANT;
}

int rollup_make(struct rollup *out, const struct run *run, const struct catalogue *c)
{
	struct rollup r = { .rule_count = c->rule_count };

	r.rules = calloc(c->rule_count + 1, sizeof(*r.rules));
	if (!r.rules)
		return -ENOMEM;
	for (size_t i = 0; i < run->case_count; i++)
		count_case(&r, &run->cases[i]);
	for (size_t i = 0; i < c->rule_count; i++) {
		r.rules[i] = judge_rule(&c->rules[i], run);
		r.verdicts[r.rules[i].verdict]++;
	}
	r.conclusion = conclude(&r, run, c);
	*out = r;
	return 0;
}

void rollup_free(struct rollup *r)
{
	free(r->rules);
	*r = (struct rollup){ 0 };
}
