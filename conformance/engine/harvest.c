/* SPDX-License-Identifier: BSD-2-Clause */
/* Out of what a child has written, a result. */
#include "conformance/engine/harvest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DIFFERENCES_MAX = 64, LINES_MAX = 1 << 16 };

/* A result being filled in; once memory has run out nothing more is. */
struct basket {
	struct case_result *r;
	const struct scenario *scenario;
	bool no_memory;
	bool has_verdict;
	int64_t reached; /* the event that began last; -1: none */
	char *damage;    /* owned */
};

static char *keep(struct basket *b, const char *text)
{
	char *copy = strdup(text);

	b->no_memory |= !copy;
	return copy;
}

/* The first word counts. */
static void keep_once(struct basket *b, char **where, const char *text)
{
	if (!*where && *text)
		*where = keep(b, text);
}

static void append(struct basket *b, char ***list, size_t *count, const char *text)
{
	char **longer = *count < LINES_MAX ? realloc(*list, (*count + 1) * sizeof(**list)) : NULL;

	if (!longer) {
		b->no_memory |= *count < LINES_MAX;
		return;
	}
	*list = longer;
	longer[*count] = keep(b, text);
	if (longer[*count])
		(*count)++;
}

static void add_failure(struct basket *b, int64_t event, const char *message)
{
	const struct scenario *s = b->scenario;
	bool known = event >= 0 && (uint64_t)event < s->event_count;
	const struct place *place = known ? &s->events[event].place : &s->place;
	struct failure *f;

	if (b->r->failure)
		return;
	f = calloc(1, sizeof(*f));
	b->no_memory |= !f;
	if (!f)
		return;
	*f = (struct failure){
		.message = keep(b, message),
		.file = keep(b, place->file),
		.line = place->line,
		.column = place->column,
		.source = keep(b, known ? s->events[event].text : s->title),
	};
	b->r->failure = f;
}

static void add_difference(struct basket *b, const struct record *rec, const uint8_t *content)
{
	struct failure *f = b->r->failure;
	struct difference *longer;

	if (!f || f->difference_count == DIFFERENCES_MAX)
		return;
	longer = realloc(f->differences, (f->difference_count + 1) * sizeof(*longer));
	b->no_memory |= !longer;
	if (!longer)
		return;
	f->differences = longer;
	longer[f->difference_count++] = (struct difference){
		.where = keep(b, record_text(rec, content, 0)),
		.offset = (long)rec->number[0],
		.expected = keep(b, record_text(rec, content, 1)),
		.actual = keep(b, record_text(rec, content, 2)),
	};
}

static void add_verdict(struct basket *b, int64_t number, const char *reason)
{
	bool known = number >= VERDICT_PASS && number <= VERDICT_RECORDED;

	if (b->has_verdict)
		return;
	b->has_verdict = true;
	b->r->verdict = known ? (enum case_verdict)number : VERDICT_INCONCLUSIVE;
	keep_once(b, &b->r->reason, reason);
}

static void add_record(struct basket *b, const struct record *rec, const uint8_t *content)
{
	struct case_result *r = b->r;
	const char *text = record_text(rec, content, 0);

	switch ((enum record_kind)rec->kind) {
	case RECORD_REACHED:
		b->reached = rec->number[0];
		break;
	case RECORD_EVENT:
		append(b, &r->events, &r->event_count, text);
		break;
	case RECORD_CHECK:
		r->checks++;
		break;
	case RECORD_OBSERVED:
		append(b, &r->observed, &r->observed_count, text);
		break;
	case RECORD_DEVIATION:
		append(b, &r->deviations, &r->deviation_count, text);
		break;
	case RECORD_FAILURE:
		add_failure(b, rec->number[0], text);
		break;
	case RECORD_DIFFERENCE:
		add_difference(b, rec, content);
		break;
	case RECORD_VERDICT:
		add_verdict(b, rec->number[0], text);
		break;
	case RECORD_REFUSED:
		r->status = STATUS_NOT_RUN;
		keep_once(b, &r->reason, text);
		break;
	case RECORD_UNSUPPORTED:
		r->status = STATUS_NOT_RUN;
		r->applicability = UNSUPPORTED;
		keep_once(b, &r->reason, text);
		break;
	case RECORD_DAMAGE:
		keep_once(b, &b->damage, text);
		break;
	case RECORD_DESCRIPTION:
	case RECORD_PACKET:
	case RECORD_NOTE:
	case RECORD_ANSWER:
	case RECORD_FINISHED:
		break;
	}
}

static void keep_last_events(struct case_result *r, size_t count)
{
	size_t gone = r->event_count > count ? r->event_count - count : 0;

	for (size_t i = 0; i < gone; i++)
		free(r->events[i]);
	if (gone)
		memmove(r->events, r->events + gone, (r->event_count - gone) * sizeof(*r->events));
	r->event_count -= gone;
}

/* What the target did, and what it died of; owned. */
static char *what_happened(struct basket *b, const struct child_end *end)
{
	char *reason, *text = NULL;

	if (end->finished)
		return keep(b, b->damage);
	reason = child_reason(end);
	if (!b->damage || !reason)
		return reason;
	if (asprintf(&text, "%s: %s", reason, b->damage) < 0)
		text = NULL;
	free(reason);
	return text;
}

/* What ended the process, and when in the case; owned. A target that dies in
 * an event has failed it: the report then shows it as it does any other. */
static char *broken_reason(struct basket *b, const struct child_end *end)
{
	const struct scenario *s = b->scenario;
	const char *when = b->reached < 0 ? "before the first event" : "after the last event";
	char *what = what_happened(b, end);
	char *text = NULL, *message = NULL;

	if (!what || end->finished)
		return what;
	if (b->reached >= 0 && (uint64_t)b->reached < s->event_count) {
		if (asprintf(&message, "expected this event to end, got %s", what) >= 0)
			add_failure(b, b->reached, message);
		if (asprintf(&text, "%s, at %s:%d", what, s->events[b->reached].place.file,
			     s->events[b->reached].place.line) < 0)
			text = NULL;
	} else if (asprintf(&text, "%s, %s", what, when) < 0) {
		text = NULL;
	}
	free(message);
	free(what);
	return text;
}

/* A process that did not come to its end outranks what it said before. */
static void settle_status(struct basket *b, const struct child_end *end)
{
	struct case_result *r = b->r;
	bool broken = end->timed_out || !end->finished || b->damage;

	if (broken) {
		r->status = end->timed_out ? STATUS_TIMED_OUT : STATUS_CRASHED;
		free(r->reason);
		r->reason = broken_reason(b, end);
		b->no_memory |= !r->reason;
		if (r->verdict != VERDICT_FAIL)
			r->verdict = VERDICT_NONE;
	} else if (r->status == STATUS_NOT_RUN) {
		r->verdict = VERDICT_NONE;
	} else if (!b->has_verdict) {
		r->verdict = VERDICT_INCONCLUSIVE;
		r->reason = keep(b, "the case ended without a verdict");
	}
}

int harvest_result(struct case_result *out, const struct scenario *s, const uint8_t *records,
		   size_t len, const struct child_end *end, bool all_events)
{
	struct basket b = { .r = out, .scenario = s, .reached = -1 };
	char *said = out->reason; /* why it is undeclared, say: weaker than what is found */
	const uint8_t *content;
	struct record rec;
	size_t off = 0;

	out->reason = NULL;
	out->status = STATUS_COMPLETED;
	while (record_next(records, len, &off, &rec, &content))
		add_record(&b, &rec, content);
	settle_status(&b, end);
	if (out->reason)
		free(said);
	else
		out->reason = said;
	if (!all_events)
		keep_last_events(out, out->verdict == VERDICT_PASS ? 0 : EVENTS_SHOWN);
	if (end->output)
		out->target_stderr = keep(&b, end->output);
	out->wall_usec = end->wall_usec;
	free(b.damage);
	return b.no_memory ? -ENOMEM : 0;
}

int harvest_begin(struct case_result *out, const struct scenario *s)
{
	struct basket b = { .r = out, .scenario = s };

	*out = (struct case_result){ .line = s->place.line };
	out->id = keep(&b, s->id);
	out->title = keep(&b, s->title);
	out->file = keep(&b, s->place.file);
	for (size_t i = 0; i < s->rule_count; i++)
		append(&b, &out->rules, &out->rule_count, s->rules[i]);
	for (size_t i = 0; i < s->inform_count; i++)
		append(&b, &out->informs, &out->inform_count, s->informs[i]);
	return b.no_memory ? -ENOMEM : 0;
}
