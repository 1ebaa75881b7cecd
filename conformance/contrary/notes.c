/* SPDX-License-Identifier: BSD-2-Clause */
/* The notes of a clean run, out of what its child has written. */
#include "conformance/contrary/notes.h"

#include "conformance/engine/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one item more; what was there moves along. */
static void *more(struct pool *p, void *items, size_t count, size_t size)
{
	void *bigger;

	if (count & (count - 1))
		return items; /* there is room up to the next power of two */
	bigger = pool_alloc(p, (count ? 2 * count : 1) * size);
	if (count)
		memcpy(bigger, items, count * size);
	return bigger;
}

/* --- the contrary target's lines ------------------------------------------ */

/* Octets as text, which must have an even number of digits; "-": none. */
static const uint8_t *octets_of_text(struct pool *p, const char *hex, size_t *len)
{
	size_t n = strcmp(hex, "-") ? strlen(hex) / 2 : 0;
	uint8_t *out = pool_alloc(p, n);

	for (size_t i = 0; i < n; i++) {
		unsigned octet = 0;

		sscanf(hex + 2 * i, "%2x", &octet);
		out[i] = (uint8_t)octet;
	}
	*len = n;
	return out;
}

static void take_piece(struct notes *n, struct noted_call *c, enum region r, char **rest)
{
	struct noted_piece *piece = &c->pieces[r];
	const char *room = strtok_r(NULL, " ", rest), *len = strtok_r(NULL, " ", rest);
	const char *hex = strtok_r(NULL, " ", rest);

	if (!hex)
		return;
	piece->there = true;
	piece->room = strtoull(room, NULL, 10);
	piece->len = strtoull(len, NULL, 10);
	piece->octets = octets_of_text(&n->pool, hex, &piece->held);
}

/* NUMBER NAME RESULT, pieces and flags. */
static void take_call(struct notes *n, size_t event, char **rest)
{
	const char *number = strtok_r(NULL, " ", rest), *name = strtok_r(NULL, " ", rest);
	const char *result = strtok_r(NULL, " ", rest), *word;
	struct noted_call *c;

	if (!number || !name || !result)
		return;
	n->calls = more(&n->pool, n->calls, n->call_count, sizeof(*n->calls));
	c = &n->calls[n->call_count++];
	*c = (struct noted_call){ .event = event, .result = strtoll(result, NULL, 10) };
	while ((word = strtok_r(NULL, " ", rest))) {
		for (int r = 0; r < REGION_COUNT; r++)
			if (!strcmp(word, region_name[r]))
				take_piece(n, c, (enum region)r, rest);
		if (!strcmp(word, "flags") && (word = strtok_r(NULL, " ", rest)))
			c->flags = atoi(word);
	}
}

static void take_locator(struct notes *n, char **rest)
{
	const char *link = strtok_r(NULL, " ", rest), *hex = strtok_r(NULL, " ", rest);
	struct shimproof_locator *l = &n->locators[n->locator_count];
	const uint8_t *addr;
	size_t len;

	if (!link || !hex || n->locator_count == TRIAL_LOCATORS_MAX)
		return;
	addr = octets_of_text(&n->pool, hex, &len);
	if (len != sizeof(l->addr))
		return;
	memcpy(&l->addr, addr, sizeof(l->addr));
	l->link = (unsigned)strtoul(link, NULL, 10);
	n->locator_count++;
}

/* "0.5 target: contrary: call 0 ...": what a log line has behind the mark. */
static void take_line(struct notes *n, size_t event, const char *line)
{
	static const char mark[] = "target: contrary: ";
	const char *at = strstr(line, mark);
	char *copy, *rest = NULL, *word;

	if (!at)
		return;
	at += strlen(mark);
	copy = pool_copy(&n->pool, at, strlen(at) + 1);
	word = strtok_r(copy, " ", &rest);
	if (word && !strcmp(word, "call"))
		take_call(n, event, &rest);
	else if (word && !strcmp(word, "locator"))
		take_locator(n, &rest);
}

/* --- the engine's records ------------------------------------------------- */

/* Which of the outcomes the event's call had: it was the last that was made. */
static void take_outcome(struct notes *n, size_t event, const struct record *r)
{
	struct noted_call *c = n->call_count ? &n->calls[n->call_count - 1] : NULL;

	if (c && c->event == event)
		c->outcome = (size_t)r->number[0];
}

static void take_packet(struct notes *n, unsigned number, const struct record *r,
			const uint8_t *octets)
{
	n->packets = more(&n->pool, n->packets, n->packet_count, sizeof(*n->packets));
	n->packets[n->packet_count++] = (struct noted_packet){
		.number = number,
		.time = (usec_t)r->number[0],
		.link = (unsigned)r->number[1],
		.octets = pool_copy(&n->pool, octets, r->len),
		.len = r->len,
	};
}

static void take_silence(struct notes *n, size_t event, const struct record *r)
{
	n->silences = more(&n->pool, n->silences, n->silence_count, sizeof(*n->silences));
	n->silences[n->silence_count++] = (struct noted_silence){
		event,
		(usec_t)r->number[1],
		(usec_t)r->number[2],
	};
}

/* A silence also looks at the reply that proves it. */
static void take_look(struct notes *n, size_t event, const struct record *r)
{
	if (r->number[0] < 0) {
		if (r->number[1] == r->number[2])
			n->end = (usec_t)r->number[1];
		else
			take_silence(n, event, r);
		return;
	}
	for (size_t i = 0; i < n->packet_count; i++) {
		struct noted_packet *p = &n->packets[i];
		bool silent = n->silence_count && n->silences[n->silence_count - 1].event == event;

		if (p->number != r->number[0])
			continue;
		p->use = silent ? PACKET_LIVENESS : PACKET_EXPECTED;
		p->event = event;
		p->from = (usec_t)r->number[1];
		p->until = (usec_t)r->number[2];
	}
}

void notes_take(void *out, const uint8_t *records, size_t len)
{
	struct notes *n = out;
	const uint8_t *content;
	unsigned captured = 0;
	struct record r;
	size_t event = 0, off = 0;

	while (record_next(records, len, &off, &r, &content)) {
		if (r.kind == RECORD_REACHED)
			event = (size_t)r.number[0];
		else if (r.kind == RECORD_EVENT)
			take_line(n, event, record_text(&r, content, 0));
		else if (r.kind == RECORD_OBSERVED)
			take_outcome(n, event, &r);
		else if (r.kind == RECORD_PACKET && r.number[2] == PCAPNG_OUTBOUND)
			take_packet(n, captured++, &r, content);
		else if (r.kind == RECORD_PACKET)
			captured++;
		else if (r.kind == RECORD_LOOKED)
			take_look(n, event, &r);
	}
}

void notes_free(struct notes *n)
{
	pool_clear(&n->pool);
	*n = (struct notes){ 0 };
}
