/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sequence diagram for each context, its initiator on the left: messages as
 * arrows, payload that goes one way counted together, and between them what
 * happened to the context. Rungs are kept until the end, so that each context
 * stands in one piece; how many is bounded.
 */
#include "reports/paint.h"
#include "tools/shimdump/clock.h"

#include "wire/layers.h"
#include "wire/shim6.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	RUNGS_MAX = 200000,
	LOOK_BACK = 64, /* rungs, for one of the same context */
	WIDTH = 24,     /* columns of an arrow */
};

struct rung {
	uint64_t usec;
	uint32_t order;   /* of arrival; what is sorted stays so */
	unsigned context;
	unsigned count;   /* of payload packets; 1 of all else */
	uint16_t events;
	uint16_t detail;  /* of a probe its state + 1, of an error its code + 1 */
	uint8_t from;
	const struct wire_layer *layer; /* layer_ipv6: payload without a header of Shim6 */
	struct in6_addr src, dst;
};

static bool is_payload(const struct rung *r)
{
	return r->layer == &layer_payload || r->layer == &layer_ipv6;
}

struct ladder {
	struct rung *rungs; /* owned */
	size_t count, room;
	uint64_t left_out;  /* packets for which there was no room */
	struct view *view;  /* for the end */
};

int ladder_begin(struct view *v)
{
	struct ladder *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->view = v;
	v->state = l;
	return 0;
}

static struct rung *add_rung(struct ladder *l)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 256;
		struct rung *longer = NULL;

		if (room > RUNGS_MAX)
			room = RUNGS_MAX;
		if (room > l->count)
			longer = realloc(l->rungs, room * sizeof(*longer));

		if (!longer)
			return NULL;
		l->rungs = longer;
		l->room = room;
	}
	return &l->rungs[l->count++];
}

/* The last rung of a context, among the latest; NULL: there is none. */
static struct rung *last_of(struct ladder *l, unsigned context)
{
	size_t back = l->count < LOOK_BACK ? l->count : LOOK_BACK;

	for (size_t i = l->count; i > l->count - back; i--)
		if (l->rungs[i - 1].context == context)
			return &l->rungs[i - 1];
	return NULL;
}

static uint16_t detail_of(const struct wire_dissection *d, unsigned span)
{
	const struct wire_layer *layer = d->spans[span].layer;
	const char *name = layer == &layer_probe ? "state" : layer == &layer_error ? "code" : NULL;
	uint64_t number;

	return name && !wire_number_get(d, span, name, &number) ? (uint16_t)(number + 1) : 0;
}

/* Payload that goes on as before is counted with the rung before it. */
static bool is_more(const struct rung *last, const struct rung *r)
{
	return last && is_payload(last) && last->layer == r->layer &&
	       last->from == r->from && !r->events &&
	       IN6_ARE_ADDR_EQUAL(&last->src, &r->src) && IN6_ARE_ADDR_EQUAL(&last->dst, &r->dst);
}

void ladder_packet(struct view *v, const struct sight *s)
{
	struct ladder *l = v->state;
	int span = s->d ? shim6_span(s->d) : -1;
	const uint8_t *ip = s->d ? ipv6_before(s->d, span < 0 ? 0 : (unsigned)span) : NULL;
	struct rung r = {
		.usec = s->frame->usec,
		.count = 1,
		.events = (uint16_t)s->mark.events,
		.from = (uint8_t)s->mark.from,
	};
	struct rung *last, *new;

	if (!s->mark.context || !ip)
		return;
	r.context = s->mark.context->id;
	r.layer = span < 0 ? &layer_ipv6 : s->d->spans[span].layer;
	r.detail = span < 0 ? 0 : detail_of(s->d, (unsigned)span);
	memcpy(&r.src, ip + 8, sizeof(r.src));
	memcpy(&r.dst, ip + 24, sizeof(r.dst));
	last = last_of(l, r.context);
	if (is_more(last, &r)) {
		last->count++;
		return;
	}
	r.order = (uint32_t)l->count;
	new = add_rung(l);
	if (new)
		*new = r;
	else
		l->left_out++;
}

/* --- drawing ----------------------------------------------------------------------- */

static void draw_arrow(FILE *out, unsigned from, bool payload)
{
	char line[WIDTH + 1];

	memset(line, payload ? '=' : '-', WIDTH);
	line[WIDTH] = '\0';
	line[from ? 0 : WIDTH - 1] = from ? '<' : '>';
	fprintf(out, "|%s|", line);
}

static void draw_label(FILE *out, const struct rung *r)
{
	static const char *const states[] = { "Operational", "Exploring", "InboundOk", "state 3" };
	const char *name = r->layer == &layer_ipv6 ? "payload between the ULIDs" : r->layer->title;
	char src[ADDR_ROOM], dst[ADDR_ROOM];

	fprintf(out, "  %s", name);
	if (r->count > 1)
		fprintf(out, ", %u packets", r->count);
	if (r->layer == &layer_probe && r->detail)
		fprintf(out, " %s", states[(r->detail - 1) & 3]);
	else if (r->detail)
		fprintf(out, " code %u", r->detail - 1);
	fprintf(out, "  %s > %s", addr_text(src, &r->src), addr_text(dst, &r->dst));
}

/* What a reader looks for: failures in one colour, their ends in another. */
static enum paint event_paint(unsigned event)
{
	if (event & (TRACE_OUTAGE | TRACE_LOST | TRACE_NOW_REFUSED))
		return PAINT_BAD;
	return event & (TRACE_NOW_ESTABLISHED | TRACE_RESUMED) ? PAINT_GOOD : PAINT_DOUBT;
}

static void draw_events(FILE *out, const struct rung *r, bool colour)
{
	for (unsigned i = 0; event_name[i]; i++)
		if (r->events & 1U << i)
			fprintf(out, "%14s %s%*s%s\n", "", paint(colour, event_paint(1U << i)),
				(int)(WIDTH / 2 + strlen(event_name[i]) / 2 + 1), event_name[i],
				paint(colour, PAINT_NONE));
}

static void draw_heading(FILE *out, const struct trace_context *c, bool colour)
{
	char text[2][ADDR_ROOM];

	fprintf(out, "%scontext %u%s  %s (initiator)  %s (responder), %s\n",
		paint(colour, PAINT_STRONG), c->id, paint(colour, PAINT_NONE),
		ulid_text(text[0], &c->end[0]), ulid_text(text[1], &c->end[1]),
		trace_state_name[c->state]);
}

/* Sorted by context, so its rungs are [*at, the next context's). */
static void draw_context(void *ctx, const struct trace_context *c)
{
	const struct ladder *l = ctx;
	FILE *out = l->view->out;
	bool colour = l->view->look.colour;
	size_t low = 0, high = l->count;
	uint64_t before = c->first_usec;

	while (low < high) { /* the first that is not of an earlier context */
		size_t middle = (low + high) / 2;

		if (l->rungs[middle].context < c->id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == l->count || l->rungs[low].context != c->id)
		return; /* it was left out by a selection */
	draw_heading(out, c, colour);
	for (; low < l->count && l->rungs[low].context == c->id; low++) {
		const struct rung *r = &l->rungs[low];

		fputs("  +", out);
		clock_seconds(out, r->usec > before ? r->usec - before : 0);
		fputs("\t", out);
		draw_arrow(out, r->from, is_payload(r));
		draw_label(out, r);
		fputc('\n', out);
		draw_events(out, r, colour);
		before = r->usec;
	}
	fputc('\n', out);
}

static int by_context(const void *a, const void *b)
{
	const struct rung *x = a, *y = b;

	if (x->context != y->context)
		return x->context < y->context ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void ladder_end(struct view *v)
{
	struct ladder *l = v->state;

	if (l->count)
		qsort(l->rungs, l->count, sizeof(*l->rungs), by_context);
	trace_each(v->trace, draw_context, l);
	if (l->left_out)
		fprintf(v->out, "and %" PRIu64 " packets more than %d rungs can show\n",
			l->left_out, RUNGS_MAX);
	put_forgotten(v->out, v->trace);
	free(l->rungs);
	free(l);
}
