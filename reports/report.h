/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verdicts for people and machines. A rule's verdict is rolled up from its
 * cases: the worst of fail, missing, inconclusive, not run, pass. A case in
 * which the target crashed or hung has no verdict of its own, but its rules
 * failed: no right stack does that. What is missing without being declared
 * unsupported weighs like a failure, and is told once, not case by case.
 * Levels never change a verdict; they weigh only in the conclusion.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "reports/catalogue.h"
#include "reports/result.h"

#include <stdio.h>

enum rule_verdict {
	RULE_PASS,
	RULE_FAIL,
	RULE_MISSING, /* the target lacks what it is about, and hasn't said so */
	RULE_INCONCLUSIVE,
	RULE_NOT_RUN,
	RULE_UNSUPPORTED,
	RULE_NOT_APPLICABLE,
	RULE_NOT_SELECTED, /* no case of it is in this run, which is a selection */
	RULE_UNTESTED,     /* no case, or not testable */
	RULE_VERDICT_COUNT,
};

extern const char *const rule_verdict_name[]; /* "pass", "not_run", ... */

struct rule_result {
	const struct rule *rule;
	enum rule_verdict verdict;
	/* cases; `failed` includes those that crashed or timed out */
	unsigned passed, failed, missing, inconclusive, not_run, unsupported, not_applicable;
};

/* Exit statuses of `shimproof run`. */
enum conclusion {
	CONCLUSION_CONFORMANT = 0,
	CONCLUSION_FAILED = 1,       /* a MUST or defined rule failed or is missing; with strict
					also a SHOULD */
	CONCLUSION_USAGE = 2,
	CONCLUSION_INCOMPLETE = 3,   /* nothing failed, but something was inconclusive, did not
					complete, or nothing at all was put to the test */
	CONCLUSION_FAULT = 4,        /* the runner or loading the target */
};

extern const char *const conclusion_name[]; /* "conformant", "failed", ... */

struct rollup {
	struct rule_result *rules; /* one per rule of the catalogue, in its order */
	size_t rule_count;
	unsigned verdicts[RULE_VERDICT_COUNT]; /* rules, by verdict */
	/* Cases. Each is in exactly one of: passed, failed, inconclusive,
	 * crashed, timed_out, not_run (for reasons of the runner), missing,
	 * unsupported, not_applicable, recorded (they grade nothing). */
	unsigned cases, passed, failed, inconclusive, crashed, timed_out, not_run;
	unsigned missing, unsupported, not_applicable, recorded;
	unsigned undeclared; /* of those above: run though the target says nothing of it */
	unsigned checks, deviations;
	enum conclusion conclusion;
};

/* 0, -ENOMEM */
int rollup_make(struct rollup *out, const struct run *run, const struct catalogue *c);
void rollup_free(struct rollup *r);

/* What a case counts as in the verdict of its rules; RULE_UNTESTED: it grades nothing. */
enum rule_verdict case_outcome(const struct case_result *c);
bool case_tests_rule(const struct case_result *c, const char *rule_id);

/* Whether a failure of that level makes the target fail. */
bool level_weighs(enum rule_level level, bool strict);

/* Each writes a whole report. 0 or a negative errno. The JSON has one member
 * `volatile` for all that differs between equal runs; the rest is the same
 * octets for the same seed and target (schema: specs/report.schema.json). */
int report_json(FILE *f, const struct run *run, const struct rollup *r, const struct catalogue *c);
int report_junit(FILE *f, const struct run *run, const struct rollup *r, const struct catalogue *c);
int report_console(FILE *f, const struct run *run, const struct rollup *r,
		   const struct catalogue *c, bool colour);

/* How many rules of which level have cases, and what the catalogue says of the others. */
void report_coverage(FILE *f, const struct catalogue *c);

/* A failing case in full, as the console shows it: where, rule, expected and
 * actual, the events before it, the capture. */
void report_failure(FILE *f, const struct case_result *c, const struct catalogue *cat, bool colour);

/* What the target lacks, as the console shows it: counts, then names, all in a
 * few lines. Nothing is written when nothing is missing. */
void report_missing(FILE *f, const struct run *run, const struct rollup *r);

#endif
