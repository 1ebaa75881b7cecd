/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Outcomes that belong together: one is called something (`as taken`), and a
 * later one, or a whole event, is there only where that has come (`if taken`). A world is what can
 * have come so far, as the set of the names that then hold. In each of them
 * every call has an open outcome, so that the engine never has to ask.
 */
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"

#include <string.h>

void labels_begin(struct checker *k)
{
	memset(&k->labels, 0, sizeof(k->labels));
	k->labels.world_count = 1;
}

/* --- names -------------------------------------------------------------------- */

static uint32_t bit_of(const struct labels *l, const char *name, size_t *index)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->names[i]->word, name) == 0) {
			*index = i;
			return UINT32_C(1) << i;
		}
	return 0;
}

uint32_t check_condition(struct checker *k, const struct node *n)
{
	struct suggestion s = { 0 };
	uint32_t bit;
	size_t i;

	if (!n)
		return 0;
	bit = bit_of(&k->labels, n->word, &i);
	if (bit) {
		k->labels.asked[i] = true;
		return bit;
	}
	s.written = n->word;
	for (i = 0; i < k->labels.count; i++)
		suggestion_offer(&s, k->labels.names[i]->word);
	diag_report(k->diag, n->place, "no outcome of an event before is called %s%s", n->word,
		    did_you_mean(k, s.nearest));
	return 0;
}

static uint32_t called(struct checker *k, const struct node *n)
{
	struct labels *l = &k->labels;
	size_t i;
	uint32_t bit = bit_of(l, n->word, &i);

	if (bit)
		return bit;
	if (l->count == LABELS_MAX) {
		diag_report(k->diag, n->place, "outcomes have at most %d names in a case",
			    (int)LABELS_MAX);
		return 0;
	}
	l->names[l->count] = n;
	return UINT32_C(1) << l->count++;
}

void check_labels_are_asked(struct checker *k)
{
	for (size_t i = 0; i < k->labels.count; i++)
		if (!k->labels.asked[i])
			diag_report(k->diag, k->labels.names[i]->place,
				    "nothing behind this event asks for %s",
				    k->labels.names[i]->word);
}

/* --- worlds ------------------------------------------------------------------- */

/* "taken and tight hold" */
static const char *world_text(struct checker *k, uint32_t world)
{
	const char *text = NULL;
	bool more = false;

	for (size_t i = 0; i < k->labels.count; i++) {
		const char *name = k->labels.names[i]->word;

		if (!(world & UINT32_C(1) << i))
			continue;
		more = text;
		text = text ? arena_printf(k->arena, "%s and %s", text, name) : name;
	}
	return text ? arena_printf(k->arena, "%s %s", text, more ? "hold" : "holds")
		    : "no name holds";
}

/* false: there is no room. */
static bool world_add(struct labels *l, uint32_t world)
{
	for (size_t i = 0; i < l->world_count; i++)
		if (l->worlds[i] == world)
			return true;
	if (l->world_count == WORLDS_MAX)
		return false;
	l->worlds[l->world_count++] = world;
	return true;
}

/* What a world becomes by each of the outcomes that are open in it. */
static bool pass_on(struct checker *k, uint32_t world, const struct ast_outcomes *from,
		    const struct outcome *outcomes)
{
	bool open = false, fits = true;

	for (size_t i = 0; i < from->count; i++)
		if (!(outcomes[i].condition & ~world)) {
			open = true;
			fits &= world_add(&k->labels, world | outcomes[i].label);
		}
	if (open)
		return fits;
	diag_report(k->diag, from->first->place, "none of the outcomes is open where %s",
		    world_text(k, world));
	return world_add(&k->labels, world);
}

void check_labels(struct checker *k, const struct ast_event *event, uint32_t condition,
		  struct outcome *outcomes)
{
	const struct ast_outcomes *from = &event->outcomes;
	const struct ast_outcome *o = from->first;
	struct labels before;
	bool fits = true;

	if (!from->count)
		return;
	/* First what was before: an event's own outcomes don't depend on each other. */
	for (size_t i = 0; i < from->count; i++, o = o->next)
		outcomes[i].condition = check_condition(k, o->labels.condition);
	o = from->first;
	for (size_t i = 0; i < from->count; i++, o = o->next)
		outcomes[i].label = o->labels.as ? called(k, o->labels.as) : 0;
	before = k->labels;
	k->labels.world_count = 0;
	for (size_t w = 0; w < before.world_count; w++)
		fits &= condition & ~before.worlds[w] /* the event is not there */
				? world_add(&k->labels, before.worlds[w])
				: pass_on(k, before.worlds[w], from, outcomes);
	if (!fits)
		diag_report(k->diag, from->first->place,
			    "more than %d sets of names can hold from here on", (int)WORLDS_MAX);
}
