/* SPDX-License-Identifier: BSD-2-Clause */
/* The perturbations of a case: one pass over what its clean run observed. */
#include "conformance/contrary/plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void plan_add(struct planning *p, const char *excuse, const char *fault, const char *format, ...)
{
	struct plan *plan = p->plan;
	va_list args;

	if (plan->count == plan->room) {
		size_t room = plan->room ? 2 * plan->room : 1024;
		struct perturbation *bigger = realloc(plan->items, room * sizeof(*bigger));

		if (!bigger)
			abort(); /* as the pool does */
		plan->items = bigger;
		plan->room = room;
	}
	va_start(args, format);
	plan->items[plan->count++] = (struct perturbation){
		.scenario = p->scenario,
		.event = p->event,
		.fault = fault,
		.words = pool_vtext(&plan->pool, format, args),
		.excuse = excuse,
	};
	va_end(args);
}

const char *plan_text(struct planning *p, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = pool_vtext(&p->plan->pool, format, args);
	va_end(args);
	return text;
}

const char *plan_octets(struct planning *p, const uint8_t *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = pool_alloc(&p->plan->pool, 2 * len + 2);

	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[octets[i] >> 4];
		text[2 * i + 1] = digits[octets[i] & 0xf];
	}
	if (!len)
		text[0] = '-';
	return text;
}

bool plan_sibling(const struct planning *p, const uint8_t addr[static 16], uint8_t out[static 16])
{
	const struct trial *t = &p->who;

	for (size_t i = 0; t->locator_count > 1 && i < t->locator_count; i++)
		if (!memcmp(&t->locators[i].addr, addr, 16)) {
			memcpy(out, &t->locators[(i + 1) % t->locator_count].addr, 16);
			return true;
		}
	for (size_t i = 0; t->peer.set.count > 1 && i < t->peer.set.count; i++)
		if (!memcmp(&t->peer.set.addr[i], addr, 16)) {
			memcpy(out, &t->peer.set.addr[(i + 1) % t->peer.set.count], 16);
			return true;
		}
	return false;
}

/* The runner's words make calls that are not what the case is about; what a sample calls is. */
static bool is_of_the_case(const struct event *e)
{
	return e->kind == EVENT_CALL && (e->call->id < CALL_OPEN || e->call->id == CALL_SAMPLE);
}

static void plan_all(struct planning *p, const struct scenario *s)
{
	const struct notes *n = p->notes;

	for (size_t i = 0; i < n->call_count; i++) {
		if (n->calls[i].event >= s->event_count)
			continue;
		p->event = &s->events[n->calls[i].event];
		if (is_of_the_case(p->event))
			plan_call(p, i);
	}
	for (size_t i = 0; i < n->packet_count; i++) {
		if (n->packets[i].use == PACKET_UNSEEN || n->packets[i].event >= s->event_count)
			continue;
		p->event = &s->events[n->packets[i].event];
		plan_packet(p, i);
	}
	for (size_t i = 0; i < n->silence_count; i++) {
		p->event = &s->events[n->silences[i].event];
		plan_silence(p, &n->silences[i]);
	}
	p->event = NULL;
	plan_end(p);
}

int plan_case(struct plan *plan, size_t index, const struct scenario *s, const struct notes *notes,
	      const json_t *description, uint64_t seed)
{
	const char *time = json_string_value(json_object_get(description, "time"));
	struct planning *p = calloc(1, sizeof(*p)); /* a trial is large */
	int r = p ? 0 : -ENOMEM;

	if (r == 0)
		r = peer_init(&p->who.peer, peer_seed(seed, s->id), s->peer);
	if (r == 0) {
		p->plan = plan;
		p->scenario = index;
		p->notes = notes;
		p->is_virtual = !time || strcmp(time, "real");
		p->who.scenario = s;
		p->who.description = description;
		p->who.over = true; /* nothing that is looked up gives a verdict */
		memcpy(p->who.locators, notes->locators, sizeof(notes->locators));
		p->who.locator_count = notes->locator_count;
		plan_all(p, s);
		pool_clear(&p->who.brief);
	}
	free(p);
	return r;
}

void plan_free(struct plan *p)
{
	pool_clear(&p->pool);
	free(p->items);
	*p = (struct plan){ 0 };
}
