/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of it: for people and for machines. */
#include "conformance/contrary/doubt.h"

#include <string.h>

static const char *const finding_name[] = {
	[FOUND_NOTHING] = "not run",           [FOUND_FAILED] = "failed",
	[FOUND_INCONCLUSIVE] = "inconclusive", [FOUND_ALLOWED] = "allowed",
	[FOUND_SURVIVED] = "survived",         [FOUND_BROKEN] = "broken",
};

static const struct scenario *scenario_of(const struct doubt *d, size_t i)
{
	return &d->suite->scenarios[d->plan.items[i].scenario];
}

static struct accepted *reason_for(const struct doubt *d, struct accepted_list *accepted, size_t i)
{
	return accepted_find(accepted, scenario_of(d, i)->id, d->plan.items[i].words);
}

/* Where the perturbations of this case end. */
static size_t end_of_case(const struct doubt *d, size_t i)
{
	size_t scenario = d->plan.items[i].scenario;

	while (i < d->plan.count && d->plan.items[i].scenario == scenario)
		i++;
	return i;
}

static void add(unsigned sum[static FOUND_COUNT], const unsigned found[static FOUND_COUNT])
{
	for (int f = 0; f < FOUND_COUNT; f++)
		sum[f] += found[f];
}

static unsigned detected(const unsigned found[static FOUND_COUNT])
{
	return found[FOUND_FAILED] + found[FOUND_INCONCLUSIVE];
}

/* Perturbations that the case ought to detect. */
static unsigned due(const unsigned found[static FOUND_COUNT])
{
	return detected(found) + found[FOUND_SURVIVED] + found[FOUND_BROKEN];
}

/* --- for people -------------------------------------------------------------- */

static void print_one(FILE *f, const struct doubt *d, size_t i, const char *what)
{
	const struct perturbation *p = &d->plan.items[i];
	const struct place *at = p->event ? &p->event->place : &scenario_of(d, i)->place;

	fprintf(f, "  %s:%d: %s: %s\n", at->file, at->line, what, p->words);
}

/* Is it a problem? A reason that is given must be needed, too. */
static bool is_problem(struct accepted *reason, enum finding found, struct tally *t)
{
	if (found == FOUND_SURVIVED && reason) {
		t->accepted++;
		return false;
	}
	return found == FOUND_SURVIVED || found == FOUND_BROKEN ||
	       (reason && found != FOUND_NOTHING);
}

static void report_case(FILE *f, const struct doubt *d, struct accepted_list *accepted,
			size_t first, size_t end, struct tally *t)
{
	unsigned found[FOUND_COUNT] = { 0 }, told = 0;

	for (size_t i = first; i < end; i++)
		found[d->findings[i]]++;
	for (size_t i = first; i < end; i++) {
		enum finding finding = (enum finding)d->findings[i];
		struct accepted *reason = reason_for(d, accepted, i);
		bool problem;

		if (reason)
			reason->matched++;
		problem = is_problem(reason, finding, t);
		t->problems += problem;
		if (!problem && !d->verbose)
			continue;
		if (!told++)
			fprintf(f, "%s: %u of %u detected\n", scenario_of(d, first)->id,
				detected(found), due(found));
		print_one(f, d, i,
			  problem && reason ? "accepted, but it is detected"
					    : finding_name[finding]);
	}
	add(t->found, found);
	t->cases++;
}

static void report_stale(FILE *f, const struct accepted_list *accepted, struct tally *t)
{
	for (size_t i = 0; i < accepted->count; i++)
		if (!accepted->items[i].matched) {
			fprintf(f, "survivors.json: item %zu fits nothing: %s\n", i,
				accepted->items[i].perturbation);
			t->problems++;
		}
}

/* Only what passes can be seen to fail. */
static void report_unfit(FILE *f, const struct doubt *d, struct tally *t)
{
	for (size_t i = 0; i < d->suite->count; i++) {
		const struct case_result *r = &d->clean[i];

		if (!d->chosen[i] || r->verdict == VERDICT_PASS)
			continue;
		if (r->verdict == VERDICT_RECORDED) {
			t->ungraded++;
		} else if (r->status == STATUS_NOT_RUN) {
			t->not_run++;
		} else {
			fprintf(f, "%s: not perturbed: it does not pass by itself\n", r->id);
			t->unfit++;
		}
	}
}

static void print_unfit(FILE *f, const struct tally *t)
{
	const struct {
		unsigned count;
		const char *one, *more;
	} lines[] = {
		{ t->ungraded, "case grades nothing", "cases grade nothing" },
		{ t->not_run, "case needs what is not here", "cases need what is not here" },
		{ t->unfit, "case does not pass by itself", "cases do not pass by themselves" },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (lines[i].count)
			fprintf(f, "not perturbed: %u %s\n", lines[i].count,
				lines[i].count == 1 ? lines[i].one : lines[i].more);
}

static void print_totals(FILE *f, const struct tally *t)
{
	unsigned all = due(t->found), found = detected(t->found);

	fprintf(f, "%u of %u perturbations of %u cases detected, %.2f %%", found, all, t->cases,
		all ? 100.0 * found / all : 0.0);
	fprintf(f,
		" (%u failed, %u inconclusive);\n%u survived: %u accepted with a reason, %u not;",
		t->found[FOUND_FAILED], t->found[FOUND_INCONCLUSIVE], t->found[FOUND_SURVIVED],
		t->accepted, t->found[FOUND_SURVIVED] - t->accepted);
	fprintf(f, " %u more are outcomes that the cases allow\n", t->found[FOUND_ALLOWED]);
	if (t->found[FOUND_NOTHING])
		fprintf(f, "%u were left out of the sample\n", t->found[FOUND_NOTHING]);
	print_unfit(f, t);
	if (t->found[FOUND_BROKEN])
		fprintf(f, "%u ended in a broken process\n", t->found[FOUND_BROKEN]);
}

struct tally doubt_report(FILE *f, const struct doubt *d, struct accepted_list *accepted,
			  bool whole)
{
	struct tally t = { 0 };

	for (size_t i = 0, end; i < d->plan.count; i = end) {
		end = end_of_case(d, i);
		report_case(f, d, accepted, i, end, &t);
	}
	report_unfit(f, d, &t);
	if (whole)
		report_stale(f, accepted, &t);
	print_totals(f, &t);
	return t;
}

/* --- for machines -------------------------------------------------------------- */

static json_t *one_json(const struct doubt *d, struct accepted_list *accepted, size_t i)
{
	const struct perturbation *p = &d->plan.items[i];
	const struct place *at = p->event ? &p->event->place : &scenario_of(d, i)->place;
	const struct accepted *reason = reason_for(d, accepted, i);

	return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s?}", "file", at->file, "line", at->line,
			 "perturbation", p->words, "fault", p->fault, "finding",
			 finding_name[d->findings[i]], "reason", reason ? reason->reason : NULL);
}

static json_t *counts_json(const unsigned found[static FOUND_COUNT])
{
	json_t *counts = json_object();

	json_object_set_new(counts, "due", json_integer(due(found)));
	json_object_set_new(counts, "detected", json_integer(detected(found)));
	for (int f = FOUND_FAILED; f < FOUND_COUNT; f++)
		json_object_set_new(counts, finding_name[f], json_integer(found[f]));
	return counts;
}

static json_t *case_json(const struct doubt *d, struct accepted_list *accepted, size_t first,
			 size_t end)
{
	json_t *undetected = json_array();
	unsigned found[FOUND_COUNT] = { 0 };

	for (size_t i = first; i < end; i++) {
		found[d->findings[i]]++;
		if (d->findings[i] >= FOUND_ALLOWED)
			json_array_append_new(undetected, one_json(d, accepted, i));
	}
	return json_pack("{s:s, s:o, s:o}", "id", scenario_of(d, first)->id, "counts",
			 counts_json(found), "undetected", undetected);
}

json_t *doubt_json(const struct doubt *d, struct accepted_list *accepted, const struct tally *t)
{
	json_t *cases = json_array();

	for (size_t i = 0, end; i < d->plan.count; i = end) {
		end = end_of_case(d, i);
		json_array_append_new(cases, case_json(d, accepted, i, end));
	}
	return json_pack("{s:s, s:O, s:I, s:i, s:{s:i, s:i, s:i}, s:o, s:i, s:i, s:o}",
			 "suite_version", SHIMPROOF_VERSION, "target", d->description, "seed",
			 (json_int_t)d->engine.seed, "cases_perturbed", (int)t->cases,
			 "cases_not_perturbed", "ungraded", (int)t->ungraded, "not_run",
			 (int)t->not_run, "not_passed", (int)t->unfit, "counts",
			 counts_json(t->found), "accepted", (int)t->accepted, "problems",
			 (int)t->problems, "cases", cases);
}
