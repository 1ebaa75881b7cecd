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
	TOLD_MAX = 1024, /* contexts whose text is kept, by the low bits of their number */
	TOLD_ROOM = 256,
};

/* What a packet says of its context is nearly always what the last one said. */
struct told {
	unsigned id; /* 0: nothing is kept here */
	uint32_t fii;
	uint8_t from, state;
	bool has_ulid[2];
	size_t len;
	char text[TOLD_ROOM];
};

struct jsonl {
	struct told told[TOLD_MAX];
	char line[LINE_ROOM];
};

int jsonl_begin(struct view *v)
{
	v->state = calloc(1, sizeof(struct jsonl));
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

/* The sender's locators, when the packet has brought them. */
static void put_locators(struct text *t, const struct trace_end *end)
{
	text_str(t, ",\"locators\":[");
	for (unsigned i = 0; i < end->locator_count; i++) {
		put_address(t, i ? ",{\"addr\":\"" : "{\"addr\":\"", &end->locators[i].addr);
		put_number(t, ",\"method\":", end->locators[i].method);
		text_str(t, ",\"proof\":\"");
		text_str(t, trace_proof_name[end->locators[i].proof]);
		if (end->locators[i].why) {
			text_str(t, "\",\"why\":\"");
			text_str(t, trace_why_name[end->locators[i].why]);
		}
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

static bool is_told(const struct told *told, const struct trace_mark *m)
{
	const struct trace_context *c = m->context;

	return told->id == c->id && told->from == m->from && told->state == c->state &&
	       told->fii == c->fii && told->has_ulid[0] == c->end[0].has_ulid &&
	       told->has_ulid[1] == c->end[1].has_ulid;
}

static void tell(struct told *told, const struct trace_mark *m)
{
	const struct trace_context *c = m->context;
	const struct trace_end *from = &c->end[m->from], *to = &c->end[!m->from];
	struct text t = text_of(told->text, sizeof(told->text));

	put_number(&t, ",\"context\":{\"id\":", c->id);
	text_str(&t, m->from ? ",\"from\":\"responder\",\"state\":\""
			     : ",\"from\":\"initiator\",\"state\":\"");
	text_str(&t, trace_state_name[c->state]);
	text_str(&t, "\"");
	if (from->has_ulid)
		put_address(&t, ",\"ulid_src\":\"", &from->ulid);
	if (to->has_ulid)
		put_address(&t, ",\"ulid_dst\":\"", &to->ulid);
	if (c->fii)
		put_number(&t, ",\"fii\":", c->fii);
	told->id = c->id;
	told->fii = c->fii;
	told->from = (uint8_t)m->from;
	told->state = c->state;
	told->has_ulid[0] = c->end[0].has_ulid;
	told->has_ulid[1] = c->end[1].has_ulid;
	told->len = t.len;
}

static void put_context(struct text *t, struct jsonl *j, const struct trace_mark *m)
{
	struct told *told = &j->told[(2 * m->context->id + m->from) % TOLD_MAX];

	if (!is_told(told, m))
		tell(told, m);
	text_put(t, told->text, told->len);
	if (m->events)
		put_events(t, m->events);
	if (m->events & TRACE_NEW_LOCATORS)
		put_locators(t, &m->context->end[m->from]);
	text_str(t, "}");
}

/* Seconds with six decimals: a 1 in front keeps the zeros, and goes. */
static char *put_time(char *at, uint64_t usec)
{
	char *point = put_dec(PUT_LITERAL(at, ",\"time\":"), usec / USEC);

	at = put_dec(point, USEC + usec % USEC);
	*point = '.';
	return at;
}

/* Every line begins with these; there is room. */
static char *put_frame(char *at, const struct sight *s)
{
	const struct captured *f = s->frame;

	at = put_time(put_dec(PUT_LITERAL(at, "{\"packet\":"), s->number), f->usec);
	at = put_dec(PUT_LITERAL(at, ",\"len\":"), f->len);
	at = put_dec(PUT_LITERAL(at, ",\"wire_len\":"), f->wire_len);
	if (s->d)
		return put_dec(PUT_LITERAL(at, ",\"ip_off\":"), (uint64_t)f->ip_off);
	if (f->ethertype != FRAME_UNTYPED && f->ethertype < FRAME_TYPE_FIRST)
		return at;
	return put_dec(PUT_LITERAL(at, ",\"ethertype\":"), f->ethertype);
}

static void put_layers(struct text *t, const struct view *v, const struct sight *s)
{
	text_str(t, ",");
	t->len += wire_json_print(t->buf + t->len, t->size - t->len, s->d, v->look.verbose > 0);
}

void jsonl_packet(struct view *v, const struct sight *s)
{
	struct jsonl *j = v->state;
	struct text t = text_of(j->line, LINE_ROOM);

	text_grow(&t, t.buf, put_frame(t.buf, s));
	if (s->fragments)
		text_str(&t, ",\"reassembled\":true");
	if (s->mark.context)
		put_context(&t, j, &s->mark);
	if (s->d)
		put_layers(&t, v, s);
	text_str(&t, "}\n");
	fwrite_unlocked(t.buf, 1, t.len, v->out);
}
