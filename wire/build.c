/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts packets together. Layers are laid out by their tables; what is derived
 * is asked from wire_field_due(), as if the packet had just been dissected;
 * then what was forged goes over it.
 */
#include "wire/cursor.h"
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/packet.h"
#include "wire/shim6.h"

#include <errno.h>
#include <string.h>

static bool is_number(const struct wire_field *field)
{
	return field->kind == WIRE_UINT || field->kind == WIRE_HEX;
}

static bool is_addr(const struct wire_field *field)
{
	return field->kind == WIRE_ADDR || field->kind == WIRE_ADDRS;
}

/* The last value set for a field; NULL if it isn't set. */
static const struct wire_value *value_of(const struct wire_draft_layer *draft,
					 const struct wire_field *field)
{
	for (size_t i = draft->set_count; i-- > 0;)
		if (draft->sets[i].field == field)
			return &draft->sets[i].value;
	return NULL;
}

static bool fits(const struct wire_field *field, uint64_t number)
{
	return field->bits >= 64 || number >> field->bits == 0;
}

static bool set_fits(const struct wire_layer *layer, const struct wire_set *set)
{
	const struct wire_field *field = set->field;
	const struct wire_value *value = &set->value;
	struct wire_field kind = { .kind = (uint8_t)value->kind };

	if (field < layer->fields || field >= layer->fields + layer->field_count)
		return false;
	if (is_number(field))
		return is_number(&kind) && fits(field, value->number);
	if (is_number(&kind))
		return false;
	if (field->kind == WIRE_ADDR)
		return value->len == sizeof(struct in6_addr);
	return field->kind != WIRE_ADDRS || value->len % sizeof(struct in6_addr) == 0;
}

/* May `layer` stand behind `before`, NULL: nothing? */
static bool can_follow(const struct wire_layer *before, const struct wire_layer *layer)
{
	if (layer == &layer_data)
		return true;
	if (!before)
		return layer == &layer_ipv6;
	if (layer->family == WIRE_FAMILY_OPTION)
		return before->family == WIRE_FAMILY_OPTION || before->family == WIRE_FAMILY_SHIM6;
	return before != &layer_data && before != &layer_udp && before != &layer_tcp &&
	       before != &layer_icmp6 && before != &layer_echo;
}

static int draft_check(const struct wire_draft_layer *draft, size_t count)
{
	const struct wire_layer *before = NULL;

	if (count > WIRE_SPANS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		if (!can_follow(before, draft[i].layer))
			return -EINVAL;
		for (size_t j = 0; j < draft[i].set_count; j++)
			if (!set_fits(draft[i].layer, &draft[i].sets[j]))
				return -EINVAL;
		before = draft[i].layer;
	}
	return 0;
}

/* --- laying out ---------------------------------------------------------- */

static void put(uint8_t *layer, const struct wire_field *field, const struct wire_value *value)
{
	if (is_number(field))
		wire_bits_put(layer, field->bit, field->bits, value->number);
	else
		memcpy(layer + field->bit / 8, value->octets, value->len);
}

static void emit_fixed(const struct wire_draft_layer *draft, struct wbuf *w)
{
	uint8_t *octets = wbuf_reserve(w, draft->layer->fixed);

	if (!octets)
		return;
	memset(octets, 0, draft->layer->fixed);
	for (size_t i = 0; i < draft->layer->field_count; i++) {
		const struct wire_field *field = &draft->layer->fields[i];
		const struct wire_value *value = value_of(draft, field);

		if (field->bits == 0)
			continue;
		if (field->role == WIRE_VALUE && value)
			put(octets, field, value);
		else if (is_number(field))
			wire_bits_put(octets, field->bit, field->bits, field->init);
	}
}

/* Addresses in a layer's run of them: what the count of the layer counts. */
static size_t addr_count(const struct wire_draft_layer *draft)
{
	size_t octets = 0;

	for (size_t i = 0; i < draft->layer->field_count; i++) {
		const struct wire_field *field = &draft->layer->fields[i];
		const struct wire_value *value = value_of(draft, field);

		if (field->kind == WIRE_ADDRS && value)
			octets += value->len;
	}
	return octets / sizeof(struct in6_addr);
}

/* Variable fields in the order of the table. A run of addresses starts on a
 * multiple of 8 octets; a run of numbers that isn't set has one for each
 * address (RFC 5533 5.15.2). */
static void emit_variable(const struct wire_draft_layer *draft, size_t start, struct wbuf *w)
{
	for (size_t i = 0; i < draft->layer->field_count; i++) {
		const struct wire_field *field = &draft->layer->fields[i];
		const struct wire_value *value = value_of(draft, field);

		if (field->bits)
			continue;
		if (is_addr(field))
			wbuf_zero(w, (8 - (w->len - start) % 8) % 8);
		if (value)
			wbuf_copy(w, value->octets, value->len);
		else if (field->kind == WIRE_UINT8S)
			for (size_t n = addr_count(draft); n > 0; n--)
				wbuf_u8(w, (uint8_t)field->init);
	}
}

/* Before the padding, since nothing tells the content from it later. */
static int option_lengths(const struct wire_draft_layer *draft, uint8_t *option, size_t len)
{
	const struct wire_field *length = wire_field_named(draft->layer, "len");
	const struct wire_field *count = wire_field_named(draft->layer, "count");

	if ((!fits(length, len - 4) && !value_of(draft, length)) ||
	    (count && !fits(count, addr_count(draft)) && !value_of(draft, count)))
		return -EINVAL;
	wire_bits_put(option, length->bit, length->bits, len - 4);
	if (count)
		wire_bits_put(option, count->bit, count->bits, addr_count(draft));
	return 0;
}

/* What a layer's length counts in: it is padded to a multiple of that many octets. */
static size_t unit_of(const struct wire_layer *layer)
{
	if (layer == &layer_tcp)
		return 4;
	return layer->family == WIRE_FAMILY_OPTION || wire_field_named(layer, "hdr_ext_len") ? 8
											     : 1;
}

static int emit_layer(const struct wire_draft_layer *draft, struct wbuf *w,
		      struct wire_dissection *d)
{
	size_t start = w->len, unit = unit_of(draft->layer);

	emit_fixed(draft, w);
	emit_variable(draft, start, w);
	if (w->bad)
		return -ENOSPC;
	if (draft->layer->family == WIRE_FAMILY_OPTION &&
	    option_lengths(draft, w->data + start, w->len - start))
		return -EINVAL;
	wbuf_zero(w, (unit - (w->len - start) % unit) % unit);
	if (w->bad)
		return -ENOSPC;

	d->spans[d->span_count++] = (struct wire_span){
		.layer = draft->layer,
		.off = (uint32_t)start,
		.len = (uint32_t)(w->len - start),
	};
	return 0;
}

/* --- derived and forged fields ------------------------------------------- */

static int derive_field(const struct wire_dissection *d, unsigned span,
			const struct wire_field *field, uint8_t *layer)
{
	struct wire_value due;
	int rc = wire_field_due(d, span, field, &due);

	if (rc == -ENOENT && field->role == WIRE_NEXT) {
		due = (struct wire_value){ .number = PROTO_NONE };
		rc = 0;
	}
	if (rc || !fits(field, due.number))
		return -EINVAL;
	wire_bits_put(layer, field->bit, field->bits, due.number);
	return 0;
}

/* Fields of one role, outermost layer first, since inner lengths are told by
 * outer ones. What is set needs no honest value. */
static int derive(const struct wire_dissection *d, const struct wire_draft_layer *draft,
		  enum wire_role role, uint8_t *out)
{
	for (unsigned i = 0; i < d->span_count; i++) {
		const struct wire_layer *layer = draft[i].layer;

		for (size_t j = 0; j < layer->field_count; j++) {
			const struct wire_field *field = &layer->fields[j];

			if (field->role != role ||
			    (role == WIRE_LENGTH && layer->family == WIRE_FAMILY_OPTION))
				continue;
			if (derive_field(d, i, field, out + d->spans[i].off) &&
			    !value_of(&draft[i], field))
				return -EINVAL;
		}
	}
	return 0;
}

static void forge(const struct wire_dissection *d, const struct wire_draft_layer *draft,
		  uint8_t *out)
{
	for (unsigned i = 0; i < d->span_count; i++)
		for (size_t j = 0; j < draft[i].set_count; j++)
			if (draft[i].sets[j].field->role != WIRE_VALUE)
				put(out + d->spans[i].off, draft[i].sets[j].field,
				    &draft[i].sets[j].value);
}

/* The addresses for checksums behind a payload header: those of the IPv6
 * header where no others are given. */
static void set_ulids(struct wire_dissection *d, const struct in6_addr *src,
		      const struct in6_addr *dst)
{
	if (d->span_count == 0 || d->spans[0].layer != &layer_ipv6)
		return;
	d->ulids_known = true;
	memcpy(&d->ulid_src, src ? (const void *)src : d->octets + 8, sizeof(d->ulid_src));
	memcpy(&d->ulid_dst, dst ? (const void *)dst : d->octets + 24, sizeof(d->ulid_dst));
}

ssize_t wire_build(uint8_t *out, size_t cap, const struct wire_draft_layer *layers, size_t count,
		   const struct in6_addr *ulid_src, const struct in6_addr *ulid_dst)
{
	struct wbuf w = wbuf_of(out, cap < WIRE_PACKET_MAX ? cap : WIRE_PACKET_MAX);
	struct wire_dissection d = { .octets = out };
	int rc = draft_check(layers, count);

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = emit_layer(&layers[i], &w, &d);
	if (rc)
		return rc;
	d.len = d.end = w.len;
	set_ulids(&d, ulid_src, ulid_dst);

	rc = derive(&d, layers, WIRE_LENGTH, out);
	if (rc == 0)
		rc = derive(&d, layers, WIRE_NEXT, out);
	if (rc)
		return rc;

	/* Checksums come last, over the forged octets, and a forged one goes
	 * over its honest value again: so a wrong length, type or reserved bit
	 * stays the only thing wrong, for a receiver that gets as far as that. */
	forge(&d, layers, out);
	rc = derive(&d, layers, WIRE_CHECKSUM, out);
	if (rc)
		return rc;
	forge(&d, layers, out);
	return (ssize_t)w.len;
}
