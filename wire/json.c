/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A dissection as JSON, by the tables of its layers. A capture is millions of
 * fields, so each brings its key along ready-made, and room is asked for once for all
 * of a header.
 */
#include "wire/json.h"
#include "wire/explain.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/text.h"

enum {
	DATA_SHOWN = 64, /* octets of what nobody explains */
	KEY_MOST = sizeof(((struct wire_field *)0)->key),
	SHORT_MOST = KEY_MOST + 2 + PUT_ADDR_MOST, /* key and value of a number or an address */
	FIELDS_AT_ONCE = 16,
	SPAN_MOST = 128, /* a layer's name and two numbers */
	NAME_MOST = 32,  /* of a piece or its group */
	PIECE_MOST = 2 * NAME_MOST + 16 + SHORT_MOST,
	HEADER_MOST = SPAN_MOST + FIELDS_AT_ONCE * SHORT_MOST,
	DATA_MOST = KEY_MOST + 2 + 2 * DATA_SHOWN + 8 + PUT_NUMBER_MOST,
};

/* --- values -------------------------------------------------------------- */

/* Names and the texts of findings are our own, but a quote in one of them
 * should not be the end of the world. */
static void add_string(struct text *t, const char *s)
{
	text_str(t, "\"");
	while (*s) {
		size_t plain = 0;

		while ((unsigned char)s[plain] >= ' ' && s[plain] != '"' && s[plain] != '\\')
			plain++;
		text_put(t, s, plain);
		s += plain;
		if (*s)
			text_add(t, "\\u%04x", (unsigned char)*s++);
	}
	text_str(t, "\"");
}

/* The key is moved whole: its length is for the next to start at. */
static char *put_key(char *at, const struct wire_field *field)
{
	memcpy(at, field->key, KEY_MOST);
	return at + field->key_len;
}

static char *put_quoted_addr(char *at, const uint8_t *octets)
{
	return PUT_LITERAL(put_addr(PUT_LITERAL(at, "\""), octets), "\"");
}

/* Nothing for runs, which are as long as they like. */
static char *put_short(char *at, const struct wire_value *v)
{
	if (wire_is_number(v->kind))
		return put_dec(at, v->number);
	return v->kind == WIRE_ADDR ? put_quoted_addr(at, v->octets) : at;
}

static void add_octets(struct text *t, const uint8_t *octets, size_t len)
{
	text_str(t, "\"");
	text_octets(t, octets, len);
	text_str(t, "\"");
}

static void add_run(struct text *t, const struct wire_value *v)
{
	size_t each = v->kind == WIRE_ADDRS ? sizeof(struct in6_addr) : 1;

	if (v->kind == WIRE_OCTETS) {
		add_octets(t, v->octets, v->len);
		return;
	}
	text_str(t, "[");
	for (size_t i = 0; i + each <= v->len; i += each) {
		char spare[SHORT_MOST], *start = text_room(t, spare, sizeof(spare)), *at = start;

		if (i)
			*at++ = ',';
		at = v->kind == WIRE_ADDRS ? put_quoted_addr(at, v->octets + i)
					   : put_dec(at, v->octets[i]);
		text_grow(t, start, at);
	}
	text_str(t, "]");
}

static bool is_run(const struct wire_value *v)
{
	return !wire_is_number(v->kind) && v->kind != WIRE_ADDR;
}

static void add_field(struct text *t, const struct wire_field *field, const struct wire_value *v)
{
	char spare[SHORT_MOST], *start = text_room(t, spare, sizeof(spare));

	text_grow(t, start, put_short(put_key(start, field), v));
	if (is_run(v))
		add_run(t, v);
}

static void add_number(struct text *t, const char *before, uint64_t number)
{
	text_str(t, before);
	text_dec(t, number);
}

/* "name": */
static char *put_name(char *at, const char *name)
{
	return PUT_LITERAL(put(PUT_LITERAL(at, "\""), name, strlen(name)), "\":");
}

/* --- what is inside a field ---------------------------------------------- */

/* The pieces that have come so far. */
struct pieces {
	struct text *t;
	bool any, behind;  /* behind: something stands in front of the first */
	const char *group; /* that is open; NULL: none is */
	unsigned index;    /* in it */
};

static bool same_group(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static char *put_group_end(char *at, struct pieces *p)
{
	if (p->group)
		at = PUT_LITERAL(at, "}]");
	p->group = NULL;
	return at;
}

/* What stands between the piece before and this one. */
static char *put_separator(char *at, struct pieces *p, const struct wire_piece *piece)
{
	if (same_group(p->group, piece->group))
		return piece->group && p->index != piece->index ? PUT_LITERAL(at, "},{")
								: PUT_LITERAL(at, ",");
	at = PUT_LITERAL(put_group_end(at, p), ",");
	return piece->group ? PUT_LITERAL(put_name(at, piece->group), "[{") : at;
}

static void piece_value(void *ctx, const struct wire_piece *piece)
{
	struct pieces *p = ctx;
	char spare[PIECE_MOST], *start = text_room(p->t, spare, sizeof(spare)), *at;

	at = put_name(put_separator(start, p, piece), piece->name);
	text_grow(p->t, start, put_short(at, &piece->value));
	if (is_run(&piece->value))
		add_run(p->t, &piece->value);
	p->group = piece->group;
	p->index = piece->index;
	p->any = true;
}

/* Of a group, only where it begins. */
static void piece_offset(void *ctx, const struct wire_piece *piece)
{
	struct pieces *p = ctx;
	char spare[PIECE_MOST], *start = text_room(p->t, spare, sizeof(spare)), *at;

	if (!piece->group || !same_group(p->group, piece->group)) {
		at = p->any || p->behind ? PUT_LITERAL(start, ",") : start;
		at = put_name(at, piece->group ? piece->group : piece->name);
		text_grow(p->t, start, put_dec(at, piece->off));
	}
	p->group = piece->group;
	p->any = true;
}

/* Only runs have something inside. false: this one has nothing that is known. */
static bool add_pieces(struct text *t, const struct wire_dissection *d, unsigned span,
		       const struct wire_field *field)
{
	struct pieces p = { .t = t };

	if (field->bits || field->kind == WIRE_ADDRS)
		return false;
	wire_explain(d, span, piece_value, &p);
	if (p.group)
		text_str(t, "}]");
	return p.any;
}

static bool add_piece_offsets(struct text *t, const struct wire_dissection *d, unsigned span,
			      const struct wire_field *field)
{
	struct pieces p = { .t = t, .behind = field != d->spans[span].layer->fields };

	if (field->bits || field->kind == WIRE_ADDRS)
		return false;
	wire_explain(d, span, piece_offset, &p);
	return p.any;
}

/* --- layers -------------------------------------------------------------- */

/* ,"octets":"00ff...","more":1000 */
static void add_data(struct text *t, const struct wire_field *field, const struct wire_value *v)
{
	char spare[DATA_MOST], *start = text_room(t, spare, sizeof(spare)), *at;
	size_t shown = v->len < DATA_SHOWN ? v->len : DATA_SHOWN;

	at = PUT_LITERAL(put_key(start, field), "\"");
	at = PUT_LITERAL(put_octets(at, v->octets, shown), "\"");
	if (shown < v->len)
		at = put_dec(PUT_LITERAL(at, ",\"more\":"), v->len - shown);
	text_grow(t, start, at);
}

/* {"layer":"i1","off":40,"size":16 */
static char *put_span(char *at, const struct wire_span *s)
{
	memcpy(at, s->layer->head, sizeof(s->layer->head));
	at = put_dec(at + s->layer->head_len, s->off);
	return put_dec(PUT_LITERAL(at, ",\"size\":"), s->len);
}

/* Is it all here, and eight octets more? Then one load gets any number in it. */
static bool is_amidst(const struct wire_dissection *d, const struct wire_span *s)
{
	return s->len >= s->layer->fixed &&
	       d->len - s->off >= s->layer->fixed + sizeof(uint64_t);
}

/* Both: the fields of fixed width with which a table begins. *field goes past them. */
static char *put_amidst(char *at, const uint8_t *header, const struct wire_field **field,
			const struct wire_field *end)
{
	const struct wire_field *f = *field;

	for (; f < end && f->bits; f++) {
		const uint8_t *octets = header + f->bit / 8;

		at = put_key(at, f);
		if (f->kind == WIRE_ADDR)
			at = put_quoted_addr(at, octets);
		else
			at = put_dec(at, wire_octets_number(octets, 8) << f->bit % 8 >>
						 (64 - f->bits));
	}
	*field = f;
	return at;
}

static char *put_each(char *at, const struct wire_dissection *d, const struct wire_span *s,
		      const struct wire_field **field, const struct wire_field *end)
{
	const struct wire_field *f = *field;
	struct wire_value value;
	uint32_t off;

	for (; f < end && f->bits; f++)
		if (wire_field_read(d, s, f, &value, &off) == 0)
			at = put_short(put_key(at, f), &value);
	*field = f;
	return at;
}

/* A header as far as its fixed fields go. Returns the first field that is left. */
static const struct wire_field *add_header(struct text *t, const struct wire_dissection *d,
					   const struct wire_span *s)
{
	const struct wire_field *field = s->layer->fields, *end = field + s->layer->field_count;
	char spare[HEADER_MOST], *start = text_room(t, spare, sizeof(spare)), *at;

	if (s->layer->field_count > FIELDS_AT_ONCE)
		end = field + FIELDS_AT_ONCE;
	at = put_span(start, s);
	if (is_amidst(d, s))
		at = put_amidst(at, d->octets + s->off, &field, end);
	else
		at = put_each(at, d, s, &field, end);
	text_grow(t, start, at);
	return field;
}

/* Of octets behind all headers, which nearly every packet has, only an error of ICMPv6 knows
 * more. */
static bool is_explained(const struct wire_dissection *d, unsigned span)
{
	return d->spans[span].layer != &layer_data ||
	       (span > 0 && d->spans[span - 1].layer == &layer_icmp6);
}

static void add_fields(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	const struct wire_field *end = s->layer->fields + s->layer->field_count;
	struct wire_value value;
	uint32_t off;

	for (const struct wire_field *field = add_header(t, d, s); field < end; field++) {
		if (wire_field_read(d, s, field, &value, &off))
			continue;
		if (is_explained(d, span) && add_pieces(t, d, span, field))
			continue;
		if (s->layer == &layer_data)
			add_data(t, field, &value);
		else
			add_field(t, field, &value);
	}
}

/* The fields of add_fields(), but where they begin. Where any is there, the first is. */
static void add_offsets(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	struct wire_value value;
	uint32_t off;

	text_str(t, ",\"at\":{");
	for (size_t i = 0; i < s->layer->field_count; i++) {
		const struct wire_field *field = &s->layer->fields[i];
		size_t comma = i == 0;

		if (wire_field_read(d, s, field, &value, &off) ||
		    add_piece_offsets(t, d, span, field))
			continue;
		text_put(t, field->key + comma, field->key_len - comma);
		text_dec(t, off);
	}
	text_str(t, "}");
}

static void add_layer(struct text *t, const struct wire_dissection *d, unsigned span, bool offsets)
{
	add_fields(t, d, span);
	if (offsets)
		add_offsets(t, d, span);
	text_str(t, "}");
}

/* --- findings ------------------------------------------------------------ */

static void add_finding(struct text *t, const struct wire_finding *f)
{
	static const char *const severities[] = {
		[WIRE_NOTE] = "note", [WIRE_WARNING] = "warning", [WIRE_ERROR] = "error",
	};

	text_str(t, "{\"severity\":\"");
	text_str(t, severities[f->severity]);
	add_number(t, "\",\"off\":", f->off);
	text_str(t, ",\"section\":");
	add_string(t, f->rfc);
	text_str(t, ",\"text\":");
	add_string(t, f->text);
	text_str(t, "}");
}

size_t wire_json_print(char *buf, size_t size, const struct wire_dissection *d, bool offsets)
{
	struct text t = text_of(buf, size);
	unsigned kept = d->finding_count < WIRE_FINDINGS_MAX ? d->finding_count : WIRE_FINDINGS_MAX;

	text_str(&t, "\"layers\":[");
	for (unsigned i = 0; i < d->span_count; i++) {
		text_str(&t, i ? "," : "");
		add_layer(&t, d, i, offsets);
	}
	text_str(&t, "],\"findings\":[");
	for (unsigned i = 0; i < kept; i++) {
		text_str(&t, i ? "," : "");
		add_finding(&t, &d->findings[i]);
	}
	text_str(&t, "]");
	if (d->finding_count > kept)
		add_number(&t, ",\"findings_left_out\":", d->finding_count - kept);
	return t.len;
}
