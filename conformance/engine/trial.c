/* SPDX-License-Identifier: BSD-2-Clause */
/* One scenario being run: its target, its events in order, its verdict. */
#include "conformance/engine/trial.h"

#include "conformance/engine/compare.h"
#include "conformance/engine/show.h"
#include "conformance/engine/target.h"
#include "conformance/engine/values.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the target and its way back to us ------------------------------------ */

static void on_transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct trial *t = ctx;
	struct sent s;

	if (link < 1 || link > t->scenario->links)
		t->bad_link = link ? link : UINT32_MAX;
	if (t->queue_end == t->queue_room) {
		size_t room = t->queue_room ? 2 * t->queue_room : 64;
		struct sent *bigger = realloc(t->queue, room * sizeof(*bigger));

		if (!bigger)
			abort();
		t->queue = bigger;
		t->queue_room = room;
	}
	timeline_read(t);
	s = (struct sent){ .time = t->now, .link = link, .number = t->packets, .len = len };
	trial_record(t, link, PCAPNG_OUTBOUND, packet, len, &s.octets);
	if (!s.octets) {
		t->flooded = true;
		return;
	}
	peer_learn(&t->peer, s.octets, len);
	trial_log(t, "> %s", trial_line(t, s.octets, len));
	if (!liveness_takes(t, &s) && !peer_takes(t, &s))
		t->queue[t->queue_end++] = s;
}

static void on_log(void *ctx, const char *line)
{
	struct trial *t = ctx;

	if (t->verbose)
		trial_log(t, "target: %s", line);
}

/* The configuration of the ABI's create(); owned. */
static char *config_text(const struct scenario *s, uint64_t seed)
{
	json_t *links = json_array(), *config;
	char prefix[64];
	char *text;

	for (unsigned i = 1; i <= s->links; i++) {
		snprintf(prefix, sizeof(prefix), "2001:db8:%x::/64", i);
		json_array_append_new(links, json_pack("{s:[s], s:i}", "prefixes", prefix, "mtu",
						       1500));
	}
	/* 53 bits go through any JSON library unchanged. */
	config = json_pack("{s:I, s:o, s:i, s:i}", "seed", (json_int_t)(seed >> 11), "links",
			   links, "hba_sec", (int)s->hba_sec, "initiate_after",
			   (int)s->initiate_after);
	text = json_dumps(config, JSON_COMPACT);
	json_decref(config);
	return text;
}

static int create(struct trial *t, const struct shimproof_env *env, uint64_t seed)
{
	char *config = config_text(t->scenario, seed);
	char why[TARGET_WHY_MAX];
	ssize_t count;
	int r;

	if (!config)
		return trial_blocked(t, "no memory");
	r = t->target.create(config, env, &t->instance);
	free(config);
	if (r < 0)
		return trial_blocked(t, "create() gave %s", target_errno(t->description, -r, why));
	count = t->target.locators(t->instance, t->locators, TRIAL_LOCATORS_MAX);
	if (count < 1)
		return trial_blocked(t, "locators() gave %zd: the target has none", count);
	t->locator_count = (size_t)count < TRIAL_LOCATORS_MAX ? (size_t)count : TRIAL_LOCATORS_MAX;
	for (size_t i = 0; i < t->locator_count; i++)
		if (t->locators[i].link < 1 || t->locators[i].link > t->scenario->links)
			return trial_blocked(t, "L%zu is on link %u, which does not exist", i + 1,
					     t->locators[i].link);
	return trial_complaints(t);
}

/* --- events --------------------------------------------------------------- */

static usec_t event_time(const struct trial *t, const struct event *e)
{
	return (e->when.relative ? t->last : 0) + e->when.from;
}

static bool drains(const struct event *e)
{
	return e->kind == EVENT_CALL && e->call->id == CALL_DRAIN;
}

/* Let time come to an event. What was sent before it should have been expected,
 * unless the event is that it doesn't matter. */
static int arrive(struct trial *t, const struct event *e)
{
	usec_t at = event_time(t, e);
	const struct sent *s;
	int r;

	if (at + t->tolerance < t->now)
		return trial_blocked(t, "the time of this event, %s, has passed",
				     show_time(&t->brief, at));
	r = timeline_run(t, at, false);
	if (r < 0)
		return r;
	s = trial_next_sent(t);
	if (s && s->time + t->tolerance < at && !drains(e))
		return trial_unexpected(t, "before this event");
	t->last = at;
	return 0;
}

static int silence_run(struct trial *t, const struct event *e)
{
	int r = arrive(t, e);

	if (r < 0)
		return r;
	trial_check(t);
	trial_looked(t, -1, t->last, t->last + e->silence);
	t->last += e->silence;
	r = timeline_run(t, t->last, true);
	if (r < 0)
		return r;
	if (trial_next_sent(t))
		return trial_unexpected(t, "where nothing may be sent");
	return liveness_run(t);
}

static int event_run(struct trial *t, const struct event *e)
{
	int r;

	switch (e->kind) {
	case EVENT_EXPECT:
		return expect_run(t, e);
	case EVENT_SILENCE:
		return silence_run(t, e);
	case EVENT_CALL:
		r = arrive(t, e);
		return r < 0 ? r : call_run(t, e);
	case EVENT_INJECT:
		r = arrive(t, e);
		return r < 0 ? r : inject_run(t, e);
	}
	return 0;
}

/* So that a crash has a place. */
static void reached(struct trial *t, size_t event)
{
	const struct record r = { .kind = RECORD_REACHED, .number = { (int64_t)event } };

	ledger_put(t->ledger, &r, NULL);
}

static int events_run(struct trial *t)
{
	int r = timeline_start(t);

	for (size_t i = 0; r == 0 && i < t->scenario->event_count; i++) {
		if (!trial_meets(t, t->scenario->events[i].condition))
			continue;
		reached(t, i);
		t->event = &t->scenario->events[i];
		r = event_run(t, t->event);
		if (r == 0)
			r = trial_complaints(t);
		pool_clear(&t->brief);
		guards_release(&t->guards);
	}
	trial_looked(t, -1, t->now, t->now);
	if (r == 0)
		r = timeline_settle(t);
	if (r == 0)
		r = trial_complaints(t);
	if (r == 0 && trial_next_sent(t))
		r = trial_unexpected(t, "after the last event");
	return r;
}

static const char *missing_call(const struct trial *t)
{
	for (size_t i = 0; i < t->scenario->event_count; i++) {
		const struct event *e = &t->scenario->events[i];
		const char *name = NULL;

		if (e->kind == EVENT_CALL)
			name = call_missing(&t->target, e->call);
		if (name)
			return name;
	}
	return NULL;
}

/* A case that informs tells what it sees and has no verdict on it. */
static bool grades(const struct trial *t)
{
	return t->scenario->inform_count == 0;
}

static void play(struct trial *t, uint64_t seed, int (*run)(struct trial *t))
{
	const struct shimproof_env env = { .size = sizeof(env), .ctx = t,
					   .transmit = on_transmit, .log = on_log };
	const char *missing = missing_call(t);
	int r;

	if (missing) {
		ledger_say(t->ledger, RECORD_UNSUPPORTED, 0,
			   pool_text(&t->brief, "the target does not offer %s()", missing), NULL);
		return;
	}
	if (peer_init(&t->peer, seed, t->scenario->peer) < 0) {
		trial_blocked(t, "the peer could not make its addresses");
		return;
	}
	r = create(t, &env, seed);
	if (r == 0)
		r = run(t);
	if (r == 0)
		ledger_say(t->ledger, RECORD_VERDICT, grades(t) ? VERDICT_PASS : VERDICT_RECORDED,
			   "", NULL);
	t->over = true;
	reached(t, t->scenario->event_count);
	if (t->instance)
		t->target.destroy(t->instance);
}

void trial_play(struct ledger *ledger, const struct trial_order *o,
		const struct shimproof_target *target)
{
	struct trial *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->scenario = o->scenario;
	t->description = o->description;
	t->target = *target;
	t->ledger = ledger;
	t->verbose = o->verbose;
	t->samples = o->samples;
	guards_watch(&t->guards, ledger);
	play(t, peer_seed(o->seed, o->scenario->id), o->instead ? o->instead : events_run);
	guards_unwatch();
	guards_free(&t->guards);
	pool_clear(&t->brief);
	pool_clear(&t->lasting);
	free(t->queue);
	free(t);
}

void trial_run(struct ledger *ledger, void *order)
{
	const struct trial_order *o = order;
	struct shimproof_target target;
	char why[TARGET_WHY_MAX];
	int r = target_load(&target, o->target_path, why);

	if (r < 0)
		ledger_say(ledger, RECORD_REFUSED, r, why, NULL);
	else
		trial_play(ledger, o, &target);
}

/* --- what is written down ------------------------------------------------- */

void trial_log(struct trial *t, const char *format, ...)
{
	va_list args;
	const char *line;

	va_start(args, format);
	line = pool_vtext(&t->brief, format, args);
	va_end(args);
	ledger_say(t->ledger, RECORD_EVENT, 0,
		   pool_text(&t->brief, "%s %s", show_time(&t->brief, t->now), line), NULL);
}

unsigned trial_record(struct trial *t, unsigned link, enum pcapng_direction direction,
		      const void *octets, size_t len, const uint8_t **kept)
{
	const struct record r = { .kind = RECORD_PACKET, .len = (uint32_t)len,
				  .number = { (int64_t)t->now, link, direction } };

	*kept = len <= WIRE_PACKET_MAX ? ledger_put(t->ledger, &r, octets) : NULL;
	return *kept ? t->packets++ : t->packets;
}

void trial_note(struct trial *t, unsigned packet, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ledger_say(t->ledger, RECORD_NOTE, packet, pool_vtext(&t->brief, format, args), NULL);
	va_end(args);
}

void trial_check(struct trial *t)
{
	const struct record check = { .kind = RECORD_CHECK };

	ledger_put(t->ledger, &check, NULL);
}

void trial_looked(struct trial *t, int64_t packet, usec_t from, usec_t to)
{
	const struct record looked = { .kind = RECORD_LOOKED,
				       .number = { packet, (int64_t)from, (int64_t)to } };

	ledger_put(t->ledger, &looked, NULL);
}

/* "x.case:7: text" */
static const char *at_event(struct trial *t, const char *text)
{
	if (!t->event)
		return text;
	return pool_text(&t->brief, "%s:%d: %s", t->event->place.file, t->event->place.line, text);
}

/* The end of a case that only informs: what it was, and what of it was unlike
 * what the case had expected. */
static int recorded(struct trial *t, const struct comparison *c, const char *text)
{
	ledger_say(t->ledger, RECORD_OBSERVED, 0, at_event(t, text), NULL);
	ledger_say(t->ledger, RECORD_VERDICT, VERDICT_RECORDED, "", NULL);
	for (const struct differing *d = c ? c->first : NULL; d; d = d->next) {
		const char *seen = pool_text(&t->brief, "%s: %s", d->where, d->actual);

		ledger_say(t->ledger, RECORD_OBSERVED, 0, at_event(t, seen), NULL);
	}
	return TRIAL_OVER;
}

static int failed(struct trial *t, const struct comparison *c, const char *text)
{
	size_t event = t->event ? (size_t)(t->event - t->scenario->events) : 0;

	ledger_say(t->ledger, RECORD_FAILURE, (int64_t)event, text, NULL);
	/* Before the differences, which may be more than there is room for. */
	ledger_say(t->ledger, RECORD_VERDICT, VERDICT_FAIL, "", NULL);
	for (const struct differing *d = c ? c->first : NULL; d; d = d->next)
		ledger_say(t->ledger, RECORD_DIFFERENCE, d->offset, d->where, d->expected,
			   d->actual, NULL);
	return TRIAL_OVER;
}

/* Why the trial is over; NULL: that was said before, and only the first word counts. */
static const char *last_words(struct trial *t, const char *format, va_list args)
{
	if (t->over)
		return NULL;
	t->over = true;
	return pool_vtext(&t->brief, format, args);
}

int trial_unmet(struct trial *t, const struct comparison *c, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = last_words(t, format, args);
	va_end(args);
	if (!text)
		return TRIAL_OVER;
	return grades(t) ? failed(t, c, text) : recorded(t, c, text);
}

int trial_fail(struct trial *t, const struct comparison *c, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = last_words(t, format, args);
	va_end(args);
	if (!text)
		return TRIAL_OVER;
	return failed(t, c, text);
}

int trial_blocked(struct trial *t, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = last_words(t, format, args);
	va_end(args);
	if (!text)
		return TRIAL_OVER;
	if (!grades(t))
		return recorded(t, NULL, text);
	ledger_say(t->ledger, RECORD_VERDICT, VERDICT_INCONCLUSIVE, at_event(t, text), NULL);
	return TRIAL_OVER;
}

int trial_complaints(struct trial *t)
{
	if (t->flooded)
		return trial_fail(t, NULL, "more packets, or longer ones, than can be kept");
	if (t->bad_link)
		return trial_fail(t, NULL, "a packet was sent on link %u, which does not exist",
				  t->bad_link == UINT32_MAX ? 0 : t->bad_link);
	return t->over ? TRIAL_OVER : 0;
}
