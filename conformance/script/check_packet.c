/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets: locators, links, layers and their fields by the tables of wire/. */
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"
#include "wire/layers.h"

#include <string.h>

/* --- values of fields ----------------------------------------------------------- */

/* Lists of one-octet numbers or of addresses; octets will do as well. */
static const struct value *check_run(struct checker *k, const struct node *n, enum side side,
				     const struct wire_field *field)
{
	static const struct number_place octet = { ANY_CLASS, 0, UINT8_MAX, "each item" };
	const struct value **items;
	struct value *v;
	bool wrong = false;

	n = required(k, n);
	if (!n || n->kind != NODE_LIST)
		return n ? check_octets(k, n, side) : NULL;
	items = ARENA_ARRAY(k->arena, const struct value *, n->items.count);
	v = value_new(k, n, VALUE_LIST);
	for (const struct node *item = n->items.first; item; item = item->next) {
		if (!filled(k, item))
			continue;
		items[v->count] = field->kind == WIRE_ADDRS ? check_locator(k, item, side)
							    : check_number(k, item, side, &octet);
		wrong |= !items[v->count++];
	}
	v->items = items;
	return wrong ? NULL : v;
}

/* pds(octets=P): CGA parameters that are only known when the case runs. */
static const struct value *check_pds(struct checker *k, const struct node *n, enum side side)
{
	struct value *v;

	n = required(k, n);
	if (!n || !(is_word(n, "P") || is_word(n, "L")))
		return n ? check_octets(k, n, side) : NULL;
	v = value_new(k, n, VALUE_PDS);
	v->locator.who = n->word[0];
	return v;
}

/* What a Probe reports, one struct for each; octets will do as well. */
static const struct value *check_reports(struct checker *k, const struct node *n, enum side side)
{
	n = required(k, n);
	if (n && n->kind == NODE_LIST)
		return check_object(k, n, side, &type_probe_reports);
	return n ? check_octets(k, n, side) : NULL;
}

static const struct value *check_run_of_octets(struct checker *k, const struct node *n,
					       enum side side, const struct wire_layer *layer)
{
	if (layer == &layer_pds)
		return check_pds(k, n, side);
	return layer == &layer_probe ? check_reports(k, n, side) : check_octets(k, n, side);
}

static const struct value *check_field(struct checker *k, const struct node *n, enum side side,
				       const struct wire_layer *layer,
				       const struct wire_field *field)
{
	struct number_place place = { ANY_CLASS, 0, largest(field->bits), field->name };

	switch ((enum wire_kind)field->kind) {
	case WIRE_UINT:
	case WIRE_HEX:
		return check_number(k, n, side, &place);
	case WIRE_ADDR:
		return check_locator(k, n, side);
	case WIRE_OCTETS:
		return check_run_of_octets(k, n, side, layer);
	case WIRE_UINT8S:
	case WIRE_ADDRS:
		return check_run(k, n, side, field);
	}
	return NULL;
}

/* --- layers ----------------------------------------------------------------------- */

static const char *nearest_field(const struct wire_layer *layer, const char *name)
{
	struct suggestion s = { .written = name };

	for (size_t i = 0; i < layer->field_count; i++)
		suggestion_offer(&s, layer->fields[i].name);
	return s.nearest;
}

static const char *nearest_layer(const char *name)
{
	struct suggestion s = { .written = name };

	for (size_t i = 0; wire_layers[i]; i++)
		suggestion_offer(&s, wire_layers[i]->name);
	suggestion_offer(&s, "ulids");
	suggestion_offer(&s, "raw");
	return s.nearest;
}

static const struct wire_field *field_of(struct checker *k, const struct node *item,
					 const struct wire_layer *layer)
{
	const struct wire_field *field;

	if (!item->name) {
		diag_report(k->diag, item->place,
			    "a field of %s is written name=value", layer->name);
		return NULL;
	}
	field = wire_field_named(layer, item->name);
	if (!field)
		diag_report(k->diag, item->name_place,
			    "%s has no field %s%s",
			    layer->name, item->name,
			    did_you_mean(k, nearest_field(layer, item->name)));
	return field;
}

static void check_fields(struct checker *k, const struct node *n, enum side side,
			 struct layer_value *out)
{
	struct field_value *fields = ARENA_ARRAY(k->arena, struct field_value, n->items.count);

	out->fields = fields;
	for (const struct node *item = n->items.first; item; item = item->next) {
		const struct wire_field *field = field_of(k, item, out->layer);

		for (size_t i = 0; field && i < out->field_count; i++)
			if (fields[i].field == field) {
				diag_report(k->diag, item->name_place, "%s stands here twice",
					    field->name);
				field = NULL;
			}
		if (!field)
			forgive_variables(k, item);
		if (!field || !filled(k, item))
			continue;
		fields[out->field_count].field = field;
		fields[out->field_count++].value = check_field(k, item, side, out->layer, field);
	}
}

/* Options hang in the control message in front of them (RFC 5533 5.15), so
 * there must be one, and nothing but options in between. */
static void check_order(struct checker *k, const struct node *n, const struct wire_layer *layer,
			const struct wire_layer *before)
{
	bool in_message = before->family == WIRE_FAMILY_OPTION ||
			  (before->family == WIRE_FAMILY_SHIM6 && before != &layer_payload);

	if (layer == &layer_ipv6)
		diag_report(k->diag, n->place, "ipv6 is the outermost layer, and there only once");
	else if (layer->family == WIRE_FAMILY_OPTION && !in_message)
		diag_report(k->diag, n->place,
			    "%s is an option, and stands behind a control message", layer->name);
}

static void add_layer(struct checker *k, const struct node *n, enum side side,
		      struct packet_value *out, struct layer_value *layers)
{
	const char *name = n->word;
	struct place place = n->kind == NODE_CALL ? n->word_place : n->place;
	const struct wire_layer *layer = wire_layer_named(name);
	struct layer_value *slot;

	if (!layer) {
		diag_report(k->diag, place, "no such layer: %s%s", name,
			    did_you_mean(k, nearest_layer(name)));
		forgive_variables(k, n);
		return;
	}
	if (layer == &layer_ipv6 && out->layer_count == 1 && layers[0].place.file == NULL) {
		slot = &layers[0];
	} else {
		check_order(k, n, layer, layers[out->layer_count - 1].layer);
		slot = &layers[out->layer_count++];
	}
	slot->layer = layer;
	slot->place = n->place;
	check_fields(k, n, side, slot);
}

/* Octets behind the layers are the layer `data`. */
static void add_data(struct checker *k, const struct node *n, enum side side,
		     struct packet_value *out, struct layer_value *layers)
{
	struct field_value *field = ARENA_NEW(k->arena, struct field_value);
	struct layer_value *slot = &layers[out->layer_count++];

	field->field = wire_field_named(&layer_data, "octets");
	field->value = check_octets(k, n, side);
	slot->layer = &layer_data;
	slot->place = n->place;
	slot->fields = field;
	slot->field_count = 1;
}

static void add_ulids(struct checker *k, const struct node *n, struct packet_value *out)
{
	const struct node *src, *dst;

	if (n->items.count != 2) {
		diag_report(k->diag, n->place, "ulids takes (source, destination)");
		return;
	}
	src = required(k, n->items.first);
	dst = required(k, n->items.last);
	if (out->ulids_given || out->layer_count > 1)
		diag_report(k->diag, n->place, "ulids stands once, in front of the layers");
	if (src && dst && check_locator_name(k, src, &out->ulid_src) == 0 &&
	    check_locator_name(k, dst, &out->ulid_dst) == 0)
		out->ulids_given = true;
}

static bool is_data(const struct node *n)
{
	return n->kind == NODE_OCTETS || n->kind == NODE_VARIABLE || n->kind == NODE_STAR ||
	       (n->kind == NODE_CALL && strcmp(n->word, "zeros") == 0);
}

static void check_elements(struct checker *k, const struct nodes *elements, enum side side,
			   struct packet_value *out)
{
	struct layer_value *layers = ARENA_ARRAY(k->arena, struct layer_value, elements->count + 1);

	layers[0].layer = &layer_ipv6;
	out->layer_count = 1;
	out->layers = layers;
	for (const struct node *item = elements->first; item; item = item->next) {
		const struct node *n = filled(k, item);

		if (!n)
			continue;
		if (is_data(n) && item->next)
			diag_report(k->diag, n->place, "data stands at the end of a packet");
		else if (is_data(n))
			add_data(k, n, side, out, layers);
		else if (n->kind == NODE_CALL && strcmp(n->word, "ulids") == 0)
			add_ulids(k, n, out);
		else if (n->kind == NODE_CALL || n->kind == NODE_WORD)
			add_layer(k, n, side, out, layers);
		else
			mistake_not(k, n, "a layer or data");
	}
}

/* --- packets ------------------------------------------------------------------------ */

static void check_link(struct checker *k, const struct node *n, struct packet_value *out)
{
	const char *digits = n->word + 4;

	if (strncmp(n->word, "link", 4) != 0 || strlen(digits) != 1 || *digits < '1' ||
	    *digits > '9') {
		mistake_not(k, n, "a link, like link2");
		return;
	}
	out->link = (unsigned)(*digits - '0');
	if (out->link > k->out->links)
		diag_report(k->diag, n->place, "no such link: the target has %u", k->out->links);
}

static void check_raw(struct checker *k, const struct node *n, enum side side,
		      struct packet_value *out)
{
	if (strcmp(n->word, "raw") != 0)
		diag_report(k->diag, n->word_place,
			    "a packet starts with its locators, A -> B, or is raw(octets)");
	else if (n->items.count != 1 || n->items.first->name)
		diag_report(k->diag, n->place, "raw takes (octets)");
	else
		out->raw = check_octets(k, n->items.first, side);
}

/* `*`: whichever of its locators the host has taken. */
static void check_end(struct checker *k, const struct node *n, enum side side, char who,
		      struct locator_name *out)
{
	n = required(k, n);
	if (!n)
		return;
	if (n->kind != NODE_STAR)
		check_locator_name(k, n, out);
	else if (side == GIVEN)
		diag_report(k->diag, n->place, "* can only be expected, not given");
	else
		*out = (struct locator_name){ who, 0 };
}

const struct packet_value *check_packet(struct checker *k, const struct ast_packet *packet,
					enum side side)
{
	struct packet_value *out = ARENA_NEW(k->arena, struct packet_value);

	if (packet->link)
		check_link(k, packet->link, out);
	if (packet->raw) {
		check_raw(k, packet->raw, side, out);
		return out;
	}
	check_end(k, packet->src, side, 'L', &out->src);
	check_end(k, packet->dst, side, 'P', &out->dst);
	check_elements(k, &packet->elements, side, out);
	out->open_end = packet->tail;
	if (packet->tail && side == GIVEN)
		diag_report(k->diag, packet->tail->place, "... can only be expected");
	return out;
}
