/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A JSON object for each packet, a line each: specs/shimdump.schema.json. The
 * layers are wire_json_print()'s; here are time, frame and context.
 */
#include "tools/shimdump/view.h"

#include "wire/json.h"
#include "wire/text.h"

#include <errno.h>
#include <stdlib.h>

enum {
	USEC = 1000000,
	/* A packet has up to 64 KiB, but of what isn't headers and options, some 12
	 * characters for each octet of theirs, only the beginning is shown. */
	LINE_ROOM = 1024 * 1024,
};

int jsonl_begin(struct view *v)
{
	v->state = malloc(LINE_ROOM);
	return v->state ? 0 : -ENOMEM;
}

void jsonl_end(struct view *v)
{
	free(v->state);
}

static void put_number(struct text *t, const char *name, uint64_t number)
{
	text_str(t, name);
	text_dec(t, number);
}

static void put_address(struct text *t, const char *name, const struct in6_addr *addr)
{
	text_str(t, name);
	text_addr(t, addr->s6_addr);
	text_put(t, "\"", 1);
}

/* Seconds with six decimals: a 1 in front keeps the zeros, and goes. */
static void put_time(struct text *t, uint64_t usec)
{
	size_t point;

	put_number(t, ",\"time\":", usec / USEC);
	point = t->len;
	text_dec(t, USEC + usec % USEC);
	t->buf[point] = '.';
}

/* The sender's locators, when the packet has brought them. */
static void put_locators(struct text *t, const struct trace_end *end)
{
	text_str(t, ",\"locators\":[");
	for (unsigned i = 0; i < end->locator_count; i++) {
		put_address(t, i ? ",{\"addr\":\"" : "{\"addr\":\"", &end->locators[i].addr);
		put_number(t, ",\"method\":", end->locators[i].method);
		text_str(t, ",\"proof\":\"");
		text_str(t, trace_proof_name[end->locators[i].proof]);
		text_str(t, "\"}");
	}
	text_str(t, "]");
}

static void put_events(struct text *t, unsigned events)
{
	const char *before = ",\"events\":[\"";

	for (unsigned i = 0; event_name[i]; i++) {
		if (!(events & 1U << i))
			continue;
		text_str(t, before);
		text_str(t, event_name[i]);
		before = "\",\"";
	}
	text_str(t, "\"]");
}

static void put_context(struct text *t, const struct trace_mark *m)
{
	const struct trace_end *from = &m->context->end[m->from], *to = &m->context->end[!m->from];

	put_number(t, ",\"context\":{\"id\":", m->context->id);
	text_str(t, m->from ? ",\"from\":\"responder\",\"state\":\""
			    : ",\"from\":\"initiator\",\"state\":\"");
	text_str(t, trace_state_name[m->context->state]);
	text_str(t, "\"");
	if (from->has_ulid)
		put_address(t, ",\"ulid_src\":\"", &from->ulid);
	if (to->has_ulid)
		put_address(t, ",\"ulid_dst\":\"", &to->ulid);
	if (m->context->fii)
		put_number(t, ",\"fii\":", m->context->fii);
	if (m->events)
		put_events(t, m->events);
	if (m->events & TRACE_NEW_LOCATORS)
		put_locators(t, from);
	text_str(t, "}");
}

static void put_layers(struct text *t, const struct view *v, const struct sight *s)
{
	text_str(t, ",");
	t->len += wire_json_print(t->buf + t->len, t->size - t->len, s->d, v->look.verbose > 0);
}

void jsonl_packet(struct view *v, const struct sight *s)
{
	struct text t = text_of(v->state, LINE_ROOM);
	const struct captured *f = s->frame;

	put_number(&t, "{\"packet\":", s->number);
	put_time(&t, f->usec);
	put_number(&t, ",\"len\":", f->len);
	put_number(&t, ",\"wire_len\":", f->wire_len);
	if (s->d)
		put_number(&t, ",\"ip_off\":", (uint64_t)f->ip_off);
	else
		put_number(&t, ",\"ethertype\":", f->ethertype);
	if (s->fragments)
		text_str(&t, ",\"reassembled\":true");
	if (s->mark.context)
		put_context(&t, &s->mark);
	if (s->d)
		put_layers(&t, v, s);
	text_str(&t, "}\n");
	fwrite_unlocked(t.buf, 1, t.len, v->out);
}
