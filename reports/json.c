/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report for machines; specs/report.schema.json says what each member
 * means, in the order in which they are written here. All that differs between
 * two equal runs goes into `volatile`, at the end.
 */
#include "reports/printable.h"
#include "reports/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };

/* jansson's _new setters take the reference, and a NULL is an error that the
 * object remembers nothing of; so the writer does. */
struct writer {
	bool no_memory;
};

static void put(struct writer *w, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		w->no_memory = true;
}

static void append(struct writer *w, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		w->no_memory = true;
}

/* Text as every report shows it; JSON null for NULL. */
static json_t *text_value(const char *s)
{
	char *shown = s ? printable_copy(s) : NULL;
	json_t *value = !s ? json_null() : shown ? json_string(shown) : NULL;

	free(shown);
	return value;
}

static void put_text(struct writer *w, json_t *object, const char *key, const char *s)
{
	put(w, object, key, text_value(s));
}

static void put_number(struct writer *w, json_t *object, const char *key, uint64_t n)
{
	put(w, object, key, json_integer((json_int_t)n));
}

static void put_texts(struct writer *w, json_t *object, const char *key, const char *const *texts,
		      size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		append(w, array, text_value(texts[i]));
	put(w, object, key, array);
}

static void put_owned(struct writer *w, json_t *object, const char *key, char *const *texts,
		      size_t count)
{
	put_texts(w, object, key, (const char *const *)texts, count);
}

/* --- what ran, and what came of it ------------------------------------------ */

static json_t *suite_json(struct writer *w, const struct run *run)
{
	json_t *o = json_object();

	put_text(w, o, "name", "shimproof");
	put_text(w, o, "version", run->suite_version);
	return o;
}

static json_t *catalogue_json(struct writer *w, const struct catalogue *c)
{
	json_t *o = json_object();

	put_text(w, o, "sha256", c->digest);
	put_number(w, o, "rules", c->rule_count);
	put_number(w, o, "readings", c->reading_count);
	return o;
}

static json_t *absence_json(struct writer *w, const struct absence *a)
{
	json_t *o = json_object();

	put_number(w, o, "asked", a->asked);
	put_owned(w, o, "missing", a->names, a->count);
	return o;
}

static json_t *survey_json(struct writer *w, const struct survey *s)
{
	json_t *o = json_object();

	put(w, o, "options", absence_json(w, &s->options));
	put(w, o, "ancillary", absence_json(w, &s->ancillary));
	return o;
}

static json_t *conclusion_json(struct writer *w, const struct rollup *r)
{
	json_t *o = json_object();

	put_text(w, o, "word", conclusion_name[r->conclusion]);
	put_number(w, o, "exit_status", r->conclusion);
	return o;
}

static json_t *summary_json(struct writer *w, const struct rollup *r)
{
	json_t *o = json_object(), *cases = json_object(), *rules = json_object();

	put_number(w, cases, "passed", r->passed);
	put_number(w, cases, "failed", r->failed);
	put_number(w, cases, "inconclusive", r->inconclusive);
	put_number(w, cases, "crashed", r->crashed);
	put_number(w, cases, "timed_out", r->timed_out);
	put_number(w, cases, "not_run", r->not_run);
	put_number(w, cases, "missing", r->missing);
	put_number(w, cases, "unsupported", r->unsupported);
	put_number(w, cases, "not_applicable", r->not_applicable);
	put_number(w, cases, "recorded", r->recorded);
	for (int v = 0; v < RULE_VERDICT_COUNT; v++)
		put_number(w, rules, rule_verdict_name[v], r->verdicts[v]);

	put(w, o, "cases", cases);
	put_number(w, o, "undeclared", r->undeclared);
	put(w, o, "rules", rules);
	put_number(w, o, "checks", r->checks);
	put_number(w, o, "deviations", r->deviations);
	return o;
}

/* --- rules and readings ------------------------------------------------------- */

static json_t *rule_json(struct writer *w, const struct rule_result *r, const struct run *run)
{
	const struct rule *rule = r->rule;
	json_t *o = json_object(), *cases = json_array();

	put_text(w, o, "id", rule->id);
	put_text(w, o, "document", rule->document);
	put_text(w, o, "section", rule->section);
	put_text(w, o, "level", rule_level_name[rule->level]);
	put_text(w, o, "level_source", rule->from_keyword ? "keyword" : "wording");
	put_text(w, o, "statement", rule->statement);
	put_text(w, o, "verdict", rule_verdict_name[r->verdict]);
	put_text(w, o, "testability", rule->testability);
	if (rule->reason)
		put_text(w, o, "reason", rule->reason);
	for (size_t i = 0; i < run->case_count; i++)
		if (case_tests_rule(&run->cases[i], rule->id))
			append(w, cases, text_value(run->cases[i].id));
	put(w, o, "cases", cases);
	put_texts(w, o, "readings", rule->readings, rule->reading_count);
	return o;
}

static json_t *rules_json(struct writer *w, const struct run *run, const struct rollup *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->rule_count; i++)
		append(w, array, rule_json(w, &r->rules[i], run));
	return array;
}

static bool is_cited(const struct reading *reading, const struct catalogue *c)
{
	for (size_t i = 0; i < c->rule_count; i++)
		for (size_t j = 0; j < c->rules[i].reading_count; j++)
			if (!strcmp(c->rules[i].readings[j], reading->id))
				return true;
	return false;
}

static json_t *readings_json(struct writer *w, const struct catalogue *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->reading_count; i++) {
		const struct reading *reading = &c->readings[i];
		json_t *o;

		if (!is_cited(reading, c))
			continue;
		o = json_object();
		put_text(w, o, "id", reading->id);
		put_text(w, o, "subject", reading->subject);
		put_text(w, o, "verdict", reading->verdict);
		if (reading->verdict_note)
			put_text(w, o, "verdict_note", reading->verdict_note);
		if (reading->outcome_count)
			put_texts(w, o, "outcomes", reading->outcomes, reading->outcome_count);
		put_text(w, o, "interpretation", reading->interpretation);
		append(w, array, o);
	}
	return array;
}

/* --- cases ---------------------------------------------------------------------- */

static json_t *failure_json(struct writer *w, const struct failure *f)
{
	json_t *o = json_object(), *differences = json_array();

	put_text(w, o, "message", f->message);
	put_text(w, o, "file", f->file);
	put_number(w, o, "line", (uint64_t)f->line);
	put_number(w, o, "column", (uint64_t)f->column);
	put_text(w, o, "source", f->source);
	for (size_t i = 0; i < f->difference_count; i++) {
		const struct difference *d = &f->differences[i];
		json_t *difference = json_object();

		put_text(w, difference, "where", d->where);
		put(w, difference, "offset", d->offset < 0 ? json_null() : json_integer(d->offset));
		put_text(w, difference, "expected", d->expected);
		put_text(w, difference, "actual", d->actual);
		append(w, differences, difference);
	}
	put(w, o, "differences", differences);
	return o;
}

static json_t *case_json(struct writer *w, const struct case_result *c)
{
	json_t *o = json_object();

	put_text(w, o, "id", c->id);
	put_text(w, o, "title", c->title);
	put_text(w, o, "file", c->file);
	put_number(w, o, "line", (uint64_t)c->line);
	put_owned(w, o, "rules", c->rules, c->rule_count);
	put_owned(w, o, "informs", c->informs, c->inform_count);
	put_text(w, o, "status", case_status_name[c->status]);
	put_text(w, o, "verdict", case_verdict_name[c->verdict]);
	put_text(w, o, "applicability", case_applicability_name[c->applicability]);
	put_text(w, o, "reason", c->reason);
	put_number(w, o, "checks", c->checks);
	put(w, o, "failure", c->failure ? failure_json(w, c->failure) : json_null());
	put_owned(w, o, "observed", c->observed, c->observed_count);
	put_owned(w, o, "deviations", c->deviations, c->deviation_count);
	/* What led to a pass is in the capture; what led elsewhere is needed here. */
	put_owned(w, o, "events", c->events, c->verdict == VERDICT_PASS ? 0 : c->event_count);
	put_text(w, o, "capture", c->capture);
	return o;
}

static json_t *cases_json(struct writer *w, const struct run *run)
{
	json_t *array = json_array();

	for (size_t i = 0; i < run->case_count; i++)
		append(w, array, case_json(w, &run->cases[i]));
	return array;
}

/* --- what differs from run to run --------------------------------------------- */

static json_t *volatile_json(struct writer *w, const struct run *run)
{
	json_t *o = json_object(), *cases = json_array();

	put_text(w, o, "started", run->started);
	put_number(w, o, "wall_usec", run->wall_usec);
	put_text(w, o, "target_path", run->target_path);
	for (size_t i = 0; i < run->case_count; i++) {
		const struct case_result *c = &run->cases[i];
		json_t *one = json_object();

		put_text(w, one, "id", c->id);
		put_number(w, one, "wall_usec", c->wall_usec);
		/* Addresses and process ids stand in it, as sanitizers print them. */
		put_text(w, one, "target_stderr", c->target_stderr);
		append(w, cases, one);
	}
	put(w, o, "cases", cases);
	return o;
}

static json_t *report(struct writer *w, const struct run *run, const struct rollup *r,
		      const struct catalogue *c)
{
	json_t *o = json_object();

	put_text(w, o, "schema", "shimproof-report");
	put_number(w, o, "schema_version", SCHEMA_VERSION);
	put(w, o, "suite", suite_json(w, run));
	put(w, o, "catalogue", catalogue_json(w, c));
	put(w, o, "target", run->target ? json_incref(run->target) : json_object());
	put(w, o, "survey", survey_json(w, &run->survey));
	put_number(w, o, "seed", run->seed);
	put_text(w, o, "selection", run->selection);
	put(w, o, "strict", json_boolean(run->strict));
	put_number(w, o, "plan", r->cases);
	put(w, o, "complete", json_boolean(r->not_run == 0));
	put(w, o, "conclusion", conclusion_json(w, r));
	put(w, o, "summary", summary_json(w, r));
	put(w, o, "rules", rules_json(w, run, r));
	put(w, o, "readings", readings_json(w, c));
	put(w, o, "cases", cases_json(w, run));
	put(w, o, "volatile", volatile_json(w, run));
	return o;
}

int report_json(FILE *f, const struct run *run, const struct rollup *r, const struct catalogue *c)
{
	struct writer w = { 0 };
	json_t *o = report(&w, run, r, c);
	int err = 0;

	if (w.no_memory)
		err = -ENOMEM;
	else if (json_dumpf(o, f, JSON_INDENT(2) | JSON_PRESERVE_ORDER))
		err = -EIO;
	else if (fputc('\n', f) == EOF || fflush(f) || ferror(f))
		err = -EIO;
	json_decref(o);
	return err;
}
