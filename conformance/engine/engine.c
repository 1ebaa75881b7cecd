/* SPDX-License-Identifier: BSD-2-Clause */
/* A child for every case: set it up, let it run, read what it has left. */
#include "conformance/engine/engine.h"

#include "conformance/engine/child.h"
#include "conformance/engine/harvest.h"
#include "conformance/engine/samples.h"
#include "conformance/engine/survey.h"
#include "conformance/engine/target.h"
#include "conformance/engine/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WALL_LIMIT = 10000000 }; /* microseconds */

static uint64_t wall_limit(const struct engine_options *o)
{
	return o->wall_limit_usec ? o->wall_limit_usec : WALL_LIMIT;
}

/* --- what is it? ---------------------------------------------------------- */

static void describe_in_child(struct ledger *ledger, void *path)
{
	char why[TARGET_WHY_MAX];
	struct shimproof_target target;
	int r = target_load(&target, path, why);
	const char *text = r == 0 ? target.describe() : NULL;

	if (r == 0 && text)
		ledger_say(ledger, RECORD_DESCRIPTION, 0, text, NULL);
	else
		ledger_say(ledger, RECORD_REFUSED, r < 0 ? r : -EPROTO,
			   r < 0 ? why : "describe() gave NULL", NULL);
}

/* What the child said: its description, or an errno and why. */
static int read_description(const uint8_t *records, size_t len, json_t **description,
			    char why[static TARGET_WHY_MAX])
{
	const uint8_t *content;
	struct record r;
	size_t off = 0;

	while (record_next(records, len, &off, &r, &content)) {
		if (r.kind == RECORD_REFUSED) {
			snprintf(why, TARGET_WHY_MAX, "%s", record_text(&r, content, 0));
			return r.number[0] < 0 ? (int)r.number[0] : -EPROTO;
		}
		if (r.kind != RECORD_DESCRIPTION)
			continue;
		*description = target_description(record_text(&r, content, 0), why);
		return *description ? 0 : -EPROTO;
	}
	snprintf(why, TARGET_WHY_MAX, "the target said nothing");
	return -EPROTO;
}

static int judge_description(const struct ledger *ledger, const struct child_end *end,
			     json_t **description, char why[static TARGET_WHY_MAX])
{
	uint8_t *records;
	size_t len;
	int r;

	if (end->timed_out || !end->finished) {
		char *reason = child_reason(end);

		snprintf(why, TARGET_WHY_MAX, "describe(): %s", reason ? reason : "no memory");
		free(reason);
		return end->timed_out ? -ETIMEDOUT : -EFAULT;
	}
	r = ledger_copy(ledger, &records, &len);
	if (r < 0) {
		snprintf(why, TARGET_WHY_MAX, "no memory");
		return r;
	}
	r = read_description(records, len, description, why);
	free(records);
	return r;
}

int engine_describe(const struct engine_options *o, json_t **description, char **message)
{
	char why[TARGET_WHY_MAX] = "";
	json_t *found = NULL;
	struct ledger ledger;
	struct child_end end;
	int r = ledger_map(&ledger, LEDGER_SIZE);

	if (r == 0) {
		r = child_run(&end, &ledger, describe_in_child, (void *)o->target_path,
			      wall_limit(o));
		if (r == 0) {
			r = judge_description(&ledger, &end, &found, why);
			free(end.output);
		}
		ledger_unmap(&ledger);
	}
	if (r == 0)
		*description = found;
	else
		*message = strdup(why[0] ? why : strerror(-r));
	return r;
}

/* --- what does it have? ----------------------------------------------------- */

static int read_survey(struct survey *out, const struct survey_questions *q,
		       const struct ledger *ledger)
{
	uint8_t *records;
	size_t len;
	int r = ledger_copy(ledger, &records, &len);

	if (r < 0)
		return r;
	r = survey_read(out, q, records, len);
	free(records);
	return r;
}

int engine_survey(const struct engine_options *o, const json_t *description, struct survey *out)
{
	struct survey_questions q;
	struct trial_order order = { .scenario = survey_scenario(), .description = description,
				     .target_path = o->target_path, .seed = o->seed,
				     .instead = survey_ask };
	struct ledger ledger;
	struct child_end end;
	int r = ledger_map(&ledger, LEDGER_SIZE);

	*out = (struct survey){ 0 };
	if (r < 0)
		return r;
	survey_prepare(&q, description);
	r = child_run(&end, &ledger, trial_run, &order, wall_limit(o));
	if (r == 0) {
		if (end.finished)
			r = read_survey(out, &q, &ledger);
		free(end.output);
	}
	ledger_unmap(&ledger);
	return r;
}

/* --- a case --------------------------------------------------------------- */

/* A target in real time needs as long as the case says, and then some. */
static uint64_t case_limit(const struct scenario *s, const json_t *description,
			   const struct engine_options *o)
{
	const char *time = json_string_value(json_object_get(description, "time"));
	uint64_t limit = wall_limit(o);

	if (!time || strcmp(time, "real"))
		return limit;
	for (size_t i = 0; i < s->event_count; i++) {
		const struct event *e = &s->events[i];

		limit += (e->when.to > e->when.from ? e->when.to : e->when.from) + e->silence;
	}
	return limit;
}

static int harvest(struct case_result *out, const struct scenario *s, const struct ledger *ledger,
		   const struct child_end *end, const struct engine_options *o)
{
	uint8_t *records;
	size_t len;
	int r = ledger_copy(ledger, &records, &len);

	if (r < 0)
		return r;
	r = harvest_result(out, s, records, len, end, o->verbose);
	if (r == 0 && o->captures)
		r = harvest_capture(&out->capture, o->captures, s, records, len);
	free(records);
	return r;
}

static int run_in_child(struct case_result *out, const struct scenario *s,
			const json_t *description, const struct engine_options *o)
{
	struct trial_order order = { .scenario = s, .description = description,
				     .target_path = o->target_path, .seed = o->seed,
				     .verbose = o->verbose, .samples = o->samples };
	struct ledger ledger;
	struct child_end end;
	int r = ledger_map(&ledger, LEDGER_SIZE);

	if (r < 0)
		return r;
	r = child_run(&end, &ledger, trial_run, &order, case_limit(s, description, o));
	if (r == 0) {
		r = harvest(out, s, &ledger, &end, o);
		free(end.output);
	}
	ledger_unmap(&ledger);
	return r;
}

static int leave_out(struct case_result *out, enum case_applicability applicability,
		     const char *why)
{
	free(out->reason);
	out->applicability = applicability;
	out->reason = strdup(why);
	return out->reason ? 0 : -ENOMEM;
}

int engine_run(struct case_result *out, const struct scenario *s, const json_t *description,
	       const struct engine_options *o)
{
	char why[TARGET_WHY_MAX];
	int r = harvest_begin(out, s);

	if (r < 0)
		return r;
	out->applicability = target_applicability(description, o->catalogue, s, why);
	if (why[0]) {
		out->reason = strdup(why);
		if (!out->reason)
			return -ENOMEM;
	}
	if (out->applicability == UNSUPPORTED || out->applicability == NOT_APPLICABLE)
		return 0;
	if (o->survey && survey_lacks(o->survey, description, s, why))
		return leave_out(out, MISSING, why);
	if (samples_unusable(o->samples, s, why))
		return leave_out(out, UNSUPPORTED, why);
	return run_in_child(out, s, description, o);
}
