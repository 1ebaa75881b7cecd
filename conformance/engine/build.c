/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Injected packets. Plain UDP and echo in IPv6 are libnet's work, so that
 * what the target is fed doesn't all come from one pair of hands; all else,
 * and whatever is wrong on purpose, is wire_build()'s.
 */
#include "conformance/engine/match.h"
#include "conformance/engine/target.h"
#include "conformance/engine/trial.h"
#include "conformance/engine/values.h"
#include "pcap/inject.h"
#include "wire/layers.h"

#include <string.h>

/* A case's layer with all its values at hand. */
struct draft {
	struct wire_draft_layer *layers; /* borrowed until the event ends */
	size_t count;
};

static struct wire_set *add_set(struct wire_set *sets, size_t *count,
				const struct wire_field *field)
{
	sets[*count].field = field;
	return &sets[(*count)++];
}

static int draft_layer(struct trial *t, const struct packet_value *p, size_t n,
		       struct wire_draft_layer *out)
{
	const struct layer_value *l = &p->layers[n];
	struct wire_set *sets = pool_alloc(&t->brief, (l->field_count + 2) * sizeof(*sets));
	const struct value ends[] = {
		{ .kind = VALUE_LOCATOR, .locator = p->src },
		{ .kind = VALUE_LOCATOR, .locator = p->dst },
	};
	const char *const names[] = { "src", "dst" };
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; n == 0 && r == 0 && i < 2; i++) {
		const struct wire_field *field = wire_field_named(l->layer, names[i]);

		r = value_field(t, &ends[i], field, &add_set(sets, &count, field)->value);
	}
	for (size_t i = 0; r == 0 && i < l->field_count; i++) {
		const struct wire_field *field = l->fields[i].field;
		struct wire_set *set = NULL;

		for (size_t k = 0; k < count; k++)
			if (sets[k].field == field) /* ipv6(src=...) outdoes P1 -> L1 */
				set = &sets[k];
		if (!set)
			set = add_set(sets, &count, field);
		r = value_field(t, l->fields[i].value, field, &set->value);
	}
	*out = (struct wire_draft_layer){ l->layer, sets, count };
	return r;
}

static int draft_packet(struct trial *t, const struct packet_value *p, struct draft *out)
{
	struct draft d = { pool_alloc(&t->brief, p->layer_count * sizeof(*d.layers)),
			   p->layer_count };

	for (size_t n = 0; n < p->layer_count; n++) {
		int r = draft_layer(t, p, n, &d.layers[n]);

		if (r < 0)
			return r;
	}
	*out = d;
	return 0;
}

/* --- what libnet can do --------------------------------------------------- */

static uint64_t number_in(const struct wire_draft_layer *l, const char *name)
{
	const struct wire_field *field = wire_field_named(l->layer, name);

	for (size_t i = 0; i < l->set_count; i++)
		if (l->sets[i].field == field)
			return l->sets[i].value.number;
	return field->init;
}

static struct in6_addr address_in(const struct wire_draft_layer *l, const char *name)
{
	const struct wire_field *field = wire_field_named(l->layer, name);
	struct in6_addr addr = in6addr_any;

	for (size_t i = 0; i < l->set_count; i++)
		if (l->sets[i].field == field && l->sets[i].value.len == sizeof(addr))
			memcpy(&addr, l->sets[i].value.octets, sizeof(addr));
	return addr;
}

/* Is anything set that has only one right value? */
static bool is_forged(const struct draft *d)
{
	for (size_t n = 0; n < d->count; n++)
		for (size_t i = 0; i < d->layers[n].set_count; i++)
			if (d->layers[n].sets[i].field->role != WIRE_VALUE)
				return true;
	return false;
}

static ssize_t build_plain(uint8_t *out, size_t cap, const struct draft *d)
{
	const struct wire_draft_layer *l = d->layers;
	bool data = d->count == 3 && l[2].layer == &layer_data && l[2].set_count == 1;
	const struct wire_value *v = data ? &l[2].sets[0].value : &(const struct wire_value){ 0 };
	struct ipv6_header ip;

	if (d->count < 2 || (d->count > 2 && !data) || is_forged(d) || d->count > 3)
		return -ENOTSUP;
	ip = (struct ipv6_header){
		.traffic_class = (uint8_t)number_in(&l[0], "traffic_class"),
		.flow_label = (uint32_t)number_in(&l[0], "flow_label"),
		.hop_limit = (uint8_t)number_in(&l[0], "hop_limit"),
		.next_header = (uint8_t)l[1].layer->number,
		.src = address_in(&l[0], "src"),
		.dst = address_in(&l[0], "dst"),
	};
	if (l[1].layer == &layer_udp)
		return inject_udp(out, cap, &ip, (uint16_t)number_in(&l[1], "src"),
				  (uint16_t)number_in(&l[1], "dst"), v->octets, v->len);
	if (l[1].layer == &layer_echo && number_in(&l[1], "code") == 0)
		return inject_echo(out, cap, &ip, (uint8_t)number_in(&l[1], "type"),
				   (uint16_t)number_in(&l[1], "id"),
				   (uint16_t)number_in(&l[1], "seq"), v->octets, v->len);
	return -ENOTSUP;
}

/* --- the event ------------------------------------------------------------ */

static int build(struct trial *t, const struct packet_value *p, struct octets *out)
{
	uint8_t *octets = pool_alloc(&t->brief, WIRE_PACKET_MAX);
	struct in6_addr src, dst;
	bool known = match_ulids(t, p, false, &src, &dst) == 0;
	char why[TARGET_WHY_MAX];
	struct draft d;
	ssize_t n;
	int r;

	if (p->raw)
		return value_object(t, p->raw, NULL, out);
	r = draft_packet(t, p, &d);
	if (r < 0)
		return r;
	n = build_plain(octets, WIRE_PACKET_MAX, &d);
	if (n < 0)
		n = wire_build(octets, WIRE_PACKET_MAX, d.layers, d.count, known ? &src : NULL,
			       known ? &dst : NULL);
	if (n < 0)
		return trial_blocked(t, "this packet can't be built: %s",
				     target_errno(NULL, (int)-n, why));
	/* In memory of its own length, so that reading past it shows. */
	*out = (struct octets){ pool_copy(&t->brief, octets, (size_t)n), (size_t)n };
	return 0;
}

int inject_run(struct trial *t, const struct event *e)
{
	const struct packet_value *p = e->packet;
	struct octets packet;
	int r = build(t, p, &packet);

	if (r < 0)
		return r;
	return trial_deliver(t, p->link ? p->link : trial_link_towards(t, p->dst), packet.data,
			     packet.len,
			     pool_text(&t->brief, "injected by %s:%d", e->place.file,
				       e->place.line));
}
