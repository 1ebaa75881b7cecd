/* SPDX-License-Identifier: BSD-2-Clause */
/* An expected packet: it must be the next one, at its time, on its link. */
#include "conformance/engine/trial.h"

#include "conformance/engine/match.h"
#include "conformance/engine/show.h"

#include <inttypes.h>

struct window {
	usec_t from, to; /* both may be the time of the packet */
};

static struct window window_of(const struct trial *t, const struct when *when)
{
	usec_t base = when->relative ? t->last : 0;

	switch (when->kind) {
	case WHEN_AT:
		return (struct window){ base + when->from, base + when->from };
	case WHEN_BETWEEN:
		return (struct window){ base + when->from, base + when->to };
	case WHEN_EVER:
		break;
	}
	return (struct window){ t->last, t->last + when->to };
}

static const char *window_text(struct trial *t, struct window w)
{
	if (w.from == w.to)
		return show_time(&t->brief, w.from);
	return pool_text(&t->brief, "%s to %s", show_time(&t->brief, w.from),
			 show_time(&t->brief, w.to));
}

static void compare_time(struct comparison *c, struct window w, usec_t time)
{
	struct trial *t = c->trial;

	if (time + t->tolerance < w.from || time > w.to + t->tolerance)
		compare_differs(c, "time", -1, window_text(t, w), show_time(&t->brief, time));
}

/* A packet leaves by the link of its source locator, unless one is named. */
static void compare_link(struct comparison *c, const struct packet_value *p,
			 const struct sent *s)
{
	struct trial *t = c->trial;
	struct locator_name src = match_end(t, p->src, s->octets, s->len);
	struct in6_addr addr;
	unsigned link = p->link;

	if (!link && (p->raw || trial_locator(t, src, &addr, &link) < 0 || !link))
		return;
	if (link != s->link)
		compare_differs(c, "link", -1, pool_text(&t->brief, "%u", link),
				pool_text(&t->brief, "%u", s->link));
}

int expect_run(struct trial *t, const struct event *e)
{
	struct window w = window_of(t, &e->when);
	struct wire_dissection *d = pool_alloc(&t->brief, sizeof(*d));
	struct comparison *c = comparison_new(t);
	const struct sent *s;
	int r;

	if (w.to + t->tolerance < t->now)
		return trial_blocked(t, "the time of this event, %s, has passed",
				     window_text(t, w));
	r = timeline_run(t, w.to + t->tolerance, true);
	if (r < 0)
		return r;
	trial_check(t);
	s = trial_next_sent(t);
	if (!s) {
		compare_differs(c, "packet", -1,
				pool_text(&t->brief, "one at %s", window_text(t, w)), "none");
		return trial_unmet(t, c, "nothing was sent until %s", show_time(&t->brief, w.to));
	}

	compare_time(c, w, s->time);
	compare_link(c, e->packet, s);
	match_packet(c, e->packet, d, s->octets, s->len);
	if (t->over)
		return TRIAL_OVER;
	if (c->count) {
		trial_note(t, s->number, "NOT AS EXPECTED by %s:%d", e->place.file, e->place.line);
		return trial_unmet(t, c, "the packet sent at %s is not the expected one: %s",
				   show_time(&t->brief, s->time), trial_line(t, s->octets, s->len));
	}
	comparison_keep(c);
	trial_note(t, s->number, "expected by %s:%d", e->place.file, e->place.line);
	t->last = s->time > t->last ? s->time : t->last;
	trial_take_sent(t);
	return 0;
}
