/* SPDX-License-Identifier: BSD-2-Clause */
/* The syntax tree's nodes and statements: what the grammar's actions build. */
#include "conformance/script/ast.h"

#include <string.h>

/* The width ends with the line, since that is all that can be quoted. */
struct place place_of(const struct parse *p, struct span span)
{
	struct place place = { p->source->name, span.line, span.column, 0 };

	for (size_t i = span.from; i < span.to && p->source->text[i] != '\n'; i++)
		place.width += ((unsigned char)p->source->text[i] & 0xc0) != 0x80;
	return place;
}

/* --- nodes ------------------------------------------------------------------ */

struct node *node_new(struct parse *p, enum node_kind kind, struct span span)
{
	struct node *n = ARENA_NEW(p->arena, struct node);

	n->kind = kind;
	n->place = place_of(p, span);
	n->text = p->source->text + span.from;
	n->text_len = span.to - span.from;
	return n;
}

/* A NODE_WORD, or a NODE_VARIABLE without its $. */
struct node *node_word(struct parse *p, enum node_kind kind, struct span span)
{
	struct node *n = node_new(p, kind, span);
	size_t skip = kind == NODE_VARIABLE;

	n->word = arena_copy(p->arena, n->text + skip, n->text_len - skip);
	return n;
}

struct node *node_bracket(struct parse *p, enum node_kind kind, struct node *word,
			  struct nodes items, struct span span)
{
	struct node *n = node_new(p, kind, span);

	if (word) {
		n->word = word->word;
		n->word_place = word->place;
	}
	n->items = items;
	return n;
}

struct node *node_or(struct parse *p, struct node *left, struct node *right, struct span span)
{
	struct node *n = left;

	if (left->kind != NODE_OR) {
		n = node_new(p, NODE_OR, span);
		n->items = nodes_add(n->items, left);
	}
	n->items = nodes_add(n->items, right);
	n->place = place_of(p, span);
	n->text_len = span.to - span.from;
	return n;
}

struct node *node_address(struct parse *p, struct node *locator, struct node *port,
			  struct span span)
{
	struct node *n = node_new(p, NODE_ADDRESS, span);

	n->items = nodes_add(nodes_add(n->items, locator), port);
	return n;
}

struct node *node_named(struct node *name, struct node *value)
{
	value->name = name->word;
	value->name_place = name->place;
	return value;
}

struct nodes nodes_none(void)
{
	return (struct nodes){ 0 };
}

struct nodes nodes_add(struct nodes list, struct node *n)
{
	if (list.last)
		list.last->next = n;
	else
		list.first = n;
	list.last = n;
	list.count++;
	return list;
}

/* --- time ------------------------------------------------------------------- */

#define SECOND 1000000u
#define LATEST (UINT64_C(1000000) * SECOND) /* some eleven days; keeps sums far from overflow */

struct clock clock_read(struct parse *p, struct span span)
{
	const char *at = p->source->text + span.from, *end = p->source->text + span.to;
	struct clock c = { .relative = *at == '+', .place = place_of(p, span) };
	usec_t unit = SECOND;

	if (*at == '-' || (end - at > 1 && at[1] == 'x')) {
		diag_report(p->diag, c.place, *at == '-' ? "a time can't be negative"
							 : "a time is decimal");
		c.relative = true; /* fits behind any event */
		return c;
	}
	for (at += c.relative; at < end && *at != '.' && c.usec <= LATEST; at++)
		c.usec = c.usec * 10 + (usec_t)(*at - '0') * SECOND;
	if (c.usec > LATEST) {
		diag_report(p->diag, c.place, "a time is at most %d s", (int)(LATEST / SECOND));
		return (struct clock){ .relative = true, .place = c.place };
	}
	for (at++; at < end; at++) {
		unit /= 10;
		if (unit == 0) {
			diag_report(p->diag, c.place, "a time has at most six decimals");
			break;
		}
		c.usec += (usec_t)(*at - '0') * unit;
	}
	return c;
}

struct when when_at(struct clock at)
{
	return (struct when){ WHEN_AT, at.relative, at.usec, at.usec };
}

struct when when_between(struct parse *p, struct clock from, struct clock to)
{
	struct when w = { WHEN_BETWEEN, from.relative, from.usec, to.usec };

	if (from.relative != to.relative)
		diag_report(p->diag, to.place, "bounds are both absolute or both relative: %s",
			    from.relative ? "write a + here, too" : "leave out the +");
	else if (to.usec < from.usec)
		diag_report(p->diag, to.place, "the upper bound is less than the lower one");
	return w;
}

struct when when_ever(void)
{
	return (struct when){ WHEN_EVER, true, 0, 600 * (usec_t)SECOND };
}

/* --- packets and events ------------------------------------------------------- */

struct ast_packet *packet_new(struct parse *p, const struct node *link, const struct node *src,
			      const struct node *dst, struct span span)
{
	struct ast_packet *packet = ARENA_NEW(p->arena, struct ast_packet);

	packet->link = link;
	packet->src = src;
	packet->dst = dst;
	packet->place = place_of(p, span);
	return packet;
}

struct ast_packet *packet_raw(struct parse *p, const struct node *link, const struct node *raw,
			      struct span span)
{
	struct ast_packet *packet = packet_new(p, link, NULL, NULL, span);

	packet->raw = raw;
	return packet;
}

struct ast_outcomes outcome_add(struct parse *p, struct ast_outcomes list, struct nodes values,
				struct ast_labels labels, bool tolerated, struct span span)
{
	struct ast_outcome *outcome = ARENA_NEW(p->arena, struct ast_outcome);

	outcome->values = values;
	outcome->labels = labels;
	outcome->tolerated = tolerated || (list.last && list.last->tolerated);
	outcome->place = place_of(p, span);
	outcome->text = p->source->text + span.from;
	outcome->text_len = span.to - span.from;
	if (list.last)
		list.last->next = outcome;
	else
		list.first = outcome;
	list.last = outcome;
	list.count++;
	return list;
}

struct ast_event *event_call(struct parse *p, const struct node *assigned,
			     const struct node *call, struct ast_outcomes outcomes)
{
	struct ast_event *event = ARENA_NEW(p->arena, struct ast_event);

	event->kind = EVENT_CALL;
	event->assigned = assigned;
	event->call = call;
	event->outcomes = outcomes;
	return event;
}

struct ast_event *event_packet(struct parse *p, enum event_kind kind, struct ast_packet *packet)
{
	struct ast_event *event = ARENA_NEW(p->arena, struct ast_event);

	event->kind = kind;
	event->packet = packet;
	return event;
}

struct ast_event *event_silence(struct parse *p, struct clock length)
{
	struct ast_event *event = ARENA_NEW(p->arena, struct ast_event);

	event->kind = EVENT_SILENCE;
	event->silence = length.usec;
	if (length.relative)
		diag_report(p->diag, length.place, "a length of time has no +");
	return event;
}

/* --- statements ----------------------------------------------------------------- */

static struct ast_case *case_new(struct parse *p)
{
	struct ast_case *c = ARENA_NEW(p->arena, struct ast_case);

	c->events_end = &c->events;
	return c;
}

void case_begin(struct parse *p, const struct node *slug, const struct node *title,
		struct span span)
{
	struct ast_case *c = case_new(p);

	c->place = place_of(p, span);
	c->slug = slug;
	c->title = title;
	*p->last = c;
	p->last = &c->next;
	p->current = c;
	p->opens_case = false;
}

static bool outside(struct parse *p, struct span span)
{
	if (p->current)
		return false;
	if (!p->told_outside)
		diag_report(p->diag, place_of(p, span), "this stands outside of a case");
	p->told_outside = true;
	return true;
}

static struct nodes joined(struct nodes a, struct nodes b)
{
	if (!a.last)
		return b;
	a.last->next = b.first;
	a.last = b.last;
	a.count += b.count;
	return a;
}

void case_directive(struct parse *p, enum directive which, struct nodes words, struct span span)
{
	struct ast_case *c = p->current;
	struct nodes *const lists[] = {
		[DIRECTIVE_RULES] = c ? &c->rules : NULL,
		[DIRECTIVE_INFORMS] = c ? &c->informs : NULL,
		[DIRECTIVE_NEEDS] = c ? &c->needs : NULL,
		[DIRECTIVE_CONFIG] = c ? &c->config : NULL,
	};

	if (outside(p, span))
		return;
	c->taking_rows = false;
	if (c->events)
		diag_report(p->diag, place_of(p, span), "this belongs in front of the events");
	else
		*lists[which] = joined(*lists[which], words);
}

void case_table(struct parse *p, struct nodes columns, struct span span)
{
	struct ast_case *c = p->current;
	struct ast_table *table;

	if (outside(p, span))
		return;
	c->taking_rows = c->table_count < TABLES_MAX;
	if (c->events)
		diag_report(p->diag, place_of(p, span), "this belongs in front of the events");
	if (!c->taking_rows) {
		diag_report(p->diag, place_of(p, span), "a case has at most %d tables of rows",
			    (int)TABLES_MAX);
		c->broken = true;
		return;
	}
	table = &c->tables[c->table_count++];
	table->columns = columns;
	table->place = place_of(p, span);
	table->rows_end = &table->rows;
}

void case_row(struct parse *p, struct node *id, struct nodes cells, struct span span)
{
	struct ast_case *c = p->current;
	struct ast_table *table;
	struct ast_row *row;

	if (outside(p, span))
		return;
	if (!c->taking_rows) {
		/* After a mistake in `rows` its rows are no mistakes. */
		if (!c->broken)
			diag_report(p->diag, id->place,
				    "an event starts with its time, and a row stands behind rows");
		return;
	}
	row = ARENA_NEW(p->arena, struct ast_row);
	row->cells = joined(nodes_add(nodes_none(), id), cells);
	row->place = place_of(p, span);
	table = &c->tables[c->table_count - 1];
	*table->rows_end = row;
	table->rows_end = &row->next;
}

void case_event(struct parse *p, struct when when, struct span when_span,
		const struct node *condition, struct ast_event *event, struct span span)
{
	struct ast_case *c = p->current;

	if (outside(p, span))
		return;
	c->taking_rows = false;
	event->place = place_of(p, span);
	event->text = p->source->text + span.from;
	event->text_len = span.to - span.from;
	event->when = when;
	event->when_place = place_of(p, when_span);
	event->condition = condition;
	*c->events_end = event;
	c->events_end = &event->next;
}

void case_untimed(struct parse *p, struct span span)
{
	if (!outside(p, span))
		diag_report(p->diag, place_of(p, span),
			    "an event starts with its time: 0, +0, 1~2, *");
}

/* The case that a mistake is in won't be checked. If that is in the line that
 * opens it, the lines behind belong to no other case all the same. */
void case_broken(struct parse *p)
{
	if (p->opens_case || !p->current) {
		p->current = case_new(p);
		p->opens_case = false;
	}
	p->current->broken = true;
}
