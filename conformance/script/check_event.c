/* SPDX-License-Identifier: BSD-2-Clause */
/* Events in their order: time, and then what happens. */
#include "conformance/script/check.h"

#include <inttypes.h>

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
	k->earliest = from + event->silence;
	k->latest = (to > from ? to : from) + event->silence;
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
	for (const struct ast_event *e = k->c->events; e; e = e->next, events++) {
		check_time(k, e);
		events->kind = e->kind;
		events->place = e->place;
		events->text = filled_text(k, e->text, e->text_len);
		events->when = e->when;
		events->silence = e->silence;
		switch (e->kind) {
		case EVENT_CALL:
			events->call = check_call(k, e);
			break;
		case EVENT_INJECT:
			events->packet = check_packet(k, e->packet, GIVEN);
			break;
		case EVENT_EXPECT:
			events->packet = check_packet(k, e->packet, EXPECTED);
			break;
		case EVENT_SILENCE:
			break;
		}
	}
}
