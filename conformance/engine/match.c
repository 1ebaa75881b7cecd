/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet beside the one that a case expects. */
#include "conformance/engine/match.h"

#include "conformance/engine/show.h"
#include "conformance/engine/values.h"
#include "wire/ipv6.h"
#include "wire/layers.h"

#include <inttypes.h>
#include <string.h>

enum { PAYLOAD_LEN_AT = 4, SRC_AT = 8, DST_AT = 24 }; /* in the IPv6 header, RFC 8200 3 */

int match_ulids(const struct trial *t, const struct packet_value *p, bool from_target,
		struct in6_addr *src, struct in6_addr *dst)
{
	const struct locator_name l1 = { 'L', 1 }, p1 = { 'P', 1 };
	unsigned link;
	int r;

	r = trial_locator(t, p->ulids_given ? p->ulid_src : from_target ? l1 : p1, src, &link);
	if (r < 0)
		return r;
	return trial_locator(t, p->ulids_given ? p->ulid_dst : from_target ? p1 : l1, dst, &link);
}

/* "" at the end of a packet is the same as no data at all. */
static bool is_nothing(const struct layer_value *l)
{
	return l->layer == &layer_data && l->field_count == 1 &&
	       l->fields[0].value->kind == VALUE_OCTETS && l->fields[0].value->len == 0;
}

static size_t expected_layers(const struct packet_value *p)
{
	size_t n = p->layer_count;

	return n && is_nothing(&p->layers[n - 1]) ? n - 1 : n;
}

static const char *expected_names(struct trial *t, const struct packet_value *p)
{
	const char *text = "";

	for (size_t i = 0; i < expected_layers(p); i++)
		text = pool_text(&t->brief, "%s%s%s", text, i ? " " : "", p->layers[i].layer->name);
	return p->open_end ? pool_text(&t->brief, "%s ...", text) : text;
}

static const char *actual_names(struct trial *t, const struct wire_dissection *d)
{
	const char *text = "";

	for (unsigned i = 0; i < d->span_count; i++)
		text = pool_text(&t->brief, "%s%s%s", text, i ? " " : "", d->spans[i].layer->name);
	return text;
}

/* How many layers, from the outside in, are those that were expected. */
static unsigned common_layers(const struct packet_value *p, const struct wire_dissection *d)
{
	unsigned n = 0;

	while (n < expected_layers(p) && n < d->span_count &&
	       p->layers[n].layer == d->spans[n].layer)
		n++;
	return n;
}

static const struct value *named(const struct layer_value *l, const struct wire_field *field)
{
	for (size_t i = 0; i < l->field_count; i++)
		if (l->fields[i].field == field)
			return l->fields[i].value;
	return NULL;
}

static bool is_open(struct locator_name name)
{
	return name.index == 0 && (name.who == 'L' || name.who == 'P');
}

struct locator_name match_end(const struct trial *t, struct locator_name name,
			      const uint8_t *octets, size_t len)
{
	const uint8_t *at = octets + (name.who == 'L' ? SRC_AT : DST_AT);
	struct locator_name one = { name.who, 1 };
	struct in6_addr addr;
	unsigned link;

	if (!is_open(name) || len < IPV6_HEADER_LEN)
		return name;
	for (; trial_locator(t, one, &addr, &link) == 0; one.index++)
		if (!memcmp(&addr, at, sizeof(addr)))
			return one;
	return name;
}

/* The source or the destination, as it is written in front of the layers. */
static void match_address(struct comparison *c, struct locator_name name,
			  const struct wire_dissection *d, const struct wire_field *field)
{
	const struct locator_name one = match_end(c->trial, name, d->octets, d->len);
	const struct value v = { .kind = VALUE_LOCATOR, .locator = one };
	struct in6_addr addr;

	if (!is_open(one) || d->len < IPV6_HEADER_LEN) {
		compare_field(c, &v, d, 0, field);
		return;
	}
	memcpy(&addr, d->octets + field->bit / 8, sizeof(addr));
	compare_differs(c, pool_text(&c->trial->brief, "ipv6.%s", field->name), field->bit / 8,
			one.who == 'L' ? "a locator of the target's" : "a locator of the peer's",
			show_address(c->trial, &addr));
}

static void match_layer(struct comparison *c, const struct packet_value *p, unsigned n,
			const struct wire_dissection *d)
{
	const struct wire_layer *layer = p->layers[n].layer;

	for (size_t i = 0; i < layer->field_count; i++) {
		const struct wire_field *field = &layer->fields[i];
		const struct value *v = named(&p->layers[n], field);

		if (!v && n == 0 && !strcmp(field->name, "src"))
			match_address(c, p->src, d, field);
		else if (!v && n == 0 && !strcmp(field->name, "dst"))
			match_address(c, p->dst, d, field);
		else if (v || field->role != WIRE_VALUE)
			compare_field(c, v, d, n, field);
	}
}

/* Nothing cuts what a target hands over: a header that promises more octets
 * lies, unless the case wants it to. */
static void match_length(struct comparison *c, const struct packet_value *p,
			 const struct wire_dissection *d)
{
	const struct wire_field *field = wire_field_named(&layer_ipv6, "payload_len");
	struct pool *pool = &c->trial->brief;
	uint64_t promised = 0;

	if (!d->cut || (p->layer_count && named(&p->layers[0], field)))
		return;
	if (d->len < IPV6_HEADER_LEN || wire_number_get(d, 0, field->name, &promised) < 0) {
		compare_differs(c, "packet length", -1, "a whole IPv6 header",
				pool_text(pool, "%zu octets", d->len));
		return;
	}
	compare_differs(c, "ipv6.payload_len", PAYLOAD_LEN_AT,
			pool_text(pool, "%zu", d->len - IPV6_HEADER_LEN),
			pool_text(pool, "%" PRIu64 ", more octets than there are", promised));
}

/* The layer that this octet is of; behind all of them, the last one. */
static unsigned span_at(const struct wire_dissection *d, uint32_t off)
{
	unsigned span = 0;

	while (span + 1 < d->span_count && d->spans[span + 1].off <= off)
		span++;
	return span;
}

/* What the fields of a Probe say together (RFC 5534 5.2, wire/lint.c): as many reports as it
 * counts, the first of them about itself. Else it isn't one, though each field is right. */
static void match_probe(struct comparison *c, const struct wire_dissection *d, unsigned common)
{
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++) {
		const struct wire_finding *f = &d->findings[i];
		unsigned span = span_at(d, f->off);

		if (f->severity == WIRE_NOTE || span >= common ||
		    d->spans[span].layer != &layer_probe)
			continue;
		compare_differs(c, "probe", (long)f->off,
				pool_text(&c->trial->brief, "what %s has", f->rfc),
				pool_copy(&c->trial->brief, f->text, strlen(f->text) + 1));
	}
}

static void match_raw(struct comparison *c, const struct value *raw, const uint8_t *octets,
		      size_t len)
{
	compare_object(c, raw, NULL, "packet", octets, len);
}

void match_packet(struct comparison *c, const struct packet_value *expected,
		  struct wire_dissection *d, const uint8_t *octets, size_t len)
{
	struct trial *t = c->trial;
	struct in6_addr src, dst;
	bool whole, known = match_ulids(t, expected, true, &src, &dst) == 0;
	unsigned common;
	long where = -1; /* the first layer that isn't common */

	wire_dissect_ulids(d, octets, len, known ? &src : NULL, known ? &dst : NULL);
	if (expected->raw) {
		match_raw(c, expected->raw, octets, len);
		return;
	}
	common = common_layers(expected, d);
	whole = common == expected_layers(expected) &&
		(expected->open_end || common == d->span_count);
	if (common < d->span_count)
		where = (long)d->spans[common].off;
	if (!whole)
		compare_differs(c, "layers", where, expected_names(t, expected),
				actual_names(t, d));
	match_length(c, expected, d);
	for (unsigned n = 0; n < common; n++)
		match_layer(c, expected, n, d);
	if (!c->count)
		match_probe(c, d, common);
}
