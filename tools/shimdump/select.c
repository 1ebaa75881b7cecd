/* SPDX-License-Identifier: BSD-2-Clause */
/* Which packets are shown: each condition that was given must hold. */
#include "tools/shimdump/options.h"

#include "wire/layers.h"

#include <string.h>

enum { TAG_BITS = 47 };

static bool has_type(const struct selection *sel, const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->span_count; i++)
		for (unsigned k = 0; k < sel->type_count; k++)
			if (d->spans[i].layer == sel->types[k])
				return true;
	return false;
}

/* Tags are the fields of 47 bits, whatever their names. */
static bool has_tag(const struct wire_dissection *d, uint64_t tag)
{
	struct wire_value value;

	for (unsigned i = 0; i < d->span_count; i++) {
		const struct wire_layer *layer = d->spans[i].layer;

		for (size_t k = 0; k < layer->field_count; k++)
			if (layer->fields[k].bits == TAG_BITS &&
			    !wire_field_get(d, i, &layer->fields[k], &value, NULL) &&
			    value.number == tag)
				return true;
	}
	return false;
}

/* By its context; without one, by its addresses. */
static bool has_ulid(const struct sight *s, const struct in6_addr *ulid)
{
	const struct trace_context *c = s->mark.context;
	const uint8_t *ip;

	if (c)
		return (c->end[0].has_ulid && IN6_ARE_ADDR_EQUAL(&c->end[0].ulid, ulid)) ||
		       (c->end[1].has_ulid && IN6_ARE_ADDR_EQUAL(&c->end[1].ulid, ulid));
	ip = ipv6_before(s->d, 0);
	return ip && (!memcmp(ip + 8, ulid, sizeof(*ulid)) ||
		      !memcmp(ip + 24, ulid, sizeof(*ulid)));
}

bool selected(const struct selection *sel, const struct sight *s)
{
	bool conditions = sel->malformed || sel->bad_checksum || sel->has_tag || sel->has_ulid ||
			  sel->context || sel->type_count;

	if (!s->d)
		return !conditions;
	return (!sel->context || (s->mark.context && s->mark.context->id == sel->context)) &&
	       (!sel->has_tag || has_tag(s->d, sel->tag)) &&
	       (!sel->has_ulid || has_ulid(s, &sel->ulid)) &&
	       (!sel->type_count || has_type(sel, s->d)) &&
	       (!sel->malformed || is_malformed(s->d)) &&
	       (!sel->bad_checksum || has_bad_checksum(s->d));
}
