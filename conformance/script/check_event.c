/* SPDX-License-Identifier: BSD-2-Clause */
/* Events in their order: time, and then what happens. */
#include "conformance/script/check.h"

#include <inttypes.h>
#include <string.h>

#define SECOND 1000000u

static const char *seconds(struct checker *k, usec_t t)
{
	char *text = arena_printf(k->arena, "%" PRIu64 ".%06" PRIu64, t / SECOND, t % SECOND);
	char *end = text;

	while (*end)
		end++;
	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
	return text;
}

/* Times never go back, as far as it can be seen before anything runs: each
 * event is at some time from `earliest` to `latest`. */
static void check_time(struct checker *k, const struct ast_event *event)
{
	const struct when *w = &event->when;
	usec_t from = w->relative ? k->earliest + w->from : w->from;
	usec_t to = w->relative ? k->latest + w->to : w->to;

	if (w->kind != WHEN_AT && event->kind != EVENT_EXPECT)
		diag_report(k->diag, event->when_place,
			    "only an expected packet has a time that isn't exact");
	if (from < k->earliest) {
		diag_report(k->diag, event->when_place,
			    "time goes back: the event before is at %s%s s",
			    k->latest > k->earliest ? "or after " : "", seconds(k, k->earliest));
		from = k->earliest;
	}
	if (!event->condition) /* or else it may not be there */
		k->earliest = from + event->silence;
	k->latest = (to > from ? to : from) + event->silence;
}

static void check_event(struct checker *k, const struct ast_event *from, struct event *out)
{
	bool before[SCENARIO_VARIABLES_MAX];

	memcpy(before, k->bound, sizeof(before));
	check_time(k, from);
	out->kind = from->kind;
	out->place = from->place;
	out->text = filled_text(k, from->text, from->text_len);
	out->when = from->when;
	out->condition = check_condition(k, from->condition);
	out->silence = from->silence;
	switch (from->kind) {
	case EVENT_CALL:
		out->call = check_call(k, from, out->condition);
		break;
	case EVENT_INJECT:
		out->packet = check_packet(k, from->packet, GIVEN);
		break;
	case EVENT_EXPECT:
		out->packet = check_packet(k, from->packet, EXPECTED);
		break;
	case EVENT_SILENCE:
		break;
	}
	if (from->condition) /* what it sets may not be set */
		memcpy(k->bound, before, sizeof(before));
}

void check_events(struct checker *k)
{
	struct event *events;
	size_t count = 0;

	for (const struct ast_event *e = k->c->events; e; e = e->next)
		count++;
	events = ARENA_ARRAY(k->arena, struct event, count);
	k->out->events = events;
	k->out->event_count = count;
	for (const struct ast_event *e = k->c->events; e; e = e->next)
		check_event(k, e, events++);
}
