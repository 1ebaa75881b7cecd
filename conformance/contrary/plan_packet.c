/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets that could have been others, or come at another time, or not, or more often. */
#include "conformance/contrary/plan.h"

#include "conformance/engine/match.h"
#include "pcap/inject.h"
#include "wire/layers.h"

#include <inttypes.h>
#include <string.h>

enum { MILLISECOND = 1000, LATE = 3000000 }; /* microseconds */

/* One field of one packet, and what the case says of it. */
struct target_field {
	size_t packet;
	const struct wire_dissection *d; /* of the packet as it was */
	unsigned span;
	const struct wire_field *field;
	const struct value *named; /* NULL: the case doesn't name it */
	bool free;                 /* and nothing else binds it */
	bool any_locator;          /* of that host: the case has `*` for this end */
};

/* --- a field ------------------------------------------------------------------- */

/* Behind a payload header checksums are for these. */
static void dissect(struct planning *p, struct wire_dissection *d, const uint8_t *octets,
		    size_t len)
{
	struct in6_addr src, dst;
	bool known = match_ulids(&p->who, p->event->packet, true, &src, &dst) == 0;

	wire_dissect_ulids(d, octets, len, known ? &src : NULL, known ? &dst : NULL);
}

/* Checksums above a changed field, so that it alone is wrong. */
static void repair(struct planning *p, uint8_t *octets, size_t len)
{
	struct wire_dissection d;

	dissect(p, &d, octets, len);
	for (unsigned span = 0; span < d.span_count; span++) {
		const struct wire_layer *layer = d.spans[span].layer;

		for (size_t i = 0; i < layer->field_count; i++) {
			const struct wire_field *f = &layer->fields[i];
			struct wire_value due;

			if (f->role == WIRE_CHECKSUM && f->bits &&
			    (f->bit + f->bits + 7u) / 8 <= d.spans[span].len &&
			    wire_field_due(&d, span, f, &due) == 0)
				wire_bits_put(octets + d.spans[span].off, f->bit, f->bits,
					      due.number);
		}
	}
}

enum { LONG_TEXT = 48 };

static const char *value_text(struct planning *p, const struct wire_value *v)
{
	int len = wire_value_print(NULL, 0, v);
	char *text = pool_alloc(&p->plan->pool, (size_t)len + 1);

	wire_value_print(text, (size_t)len + 1, v);
	return text;
}

/* Of a long one, the octet that is another. */
static const char *change_text(struct planning *p, const struct wire_value *before,
			       const struct wire_value *after)
{
	const char *from = value_text(p, before), *to = value_text(p, after);
	size_t at = 0;

	if (!before->octets || strlen(from) <= LONG_TEXT)
		return plan_text(p, "%s -> %s", from, to);
	while (at + 1 < before->len && before->octets[at] == after->octets[at])
		at++;
	return plan_text(p, "octet %zu: %02x -> %02x", at, before->octets[at], after->octets[at]);
}

/* The packet with these octets; what has changed is read from it. */
static void leave_otherwise(struct planning *p, const struct target_field *t, uint8_t *octets)
{
	const char *excuse = t->named ? plan_excuse(t->named) : NULL;
	const uint8_t *at = octets + t->d->spans[t->span].off;
	struct wire_value before, after;
	uint32_t off;

	if (wire_field_get(t->d, t->span, t->field, &before, &off) < 0)
		return;
	after = before;
	if (before.octets)
		after.octets = octets + off;
	else
		after.number = wire_bits_get(at, t->field->bit, t->field->bits);
	if (t->field->role != WIRE_CHECKSUM)
		repair(p, octets, t->d->len);
	plan_add(p, excuse,
		 plan_text(p, "packet %zu octets %s", t->packet, plan_octets(p, octets, t->d->len)),
		 "%s.%s%s: %s", t->d->spans[t->span].layer->name, t->field->name,
		 t->free ? ", free" : "", change_text(p, &before, &after));
}

static uint8_t *copy_of(struct planning *p, const struct target_field *t)
{
	return pool_copy(&p->who.brief, t->d->octets, t->d->len);
}

static void flip_octet(struct planning *p, const struct target_field *t, size_t at)
{
	uint8_t *octets = copy_of(p, t);

	octets[at] ^= 1;
	leave_otherwise(p, t, octets);
}

static void change_number(struct planning *p, const struct target_field *t, uint64_t number)
{
	uint64_t ones = ~UINT64_C(0) >> (64 - t->field->bits);
	uint8_t *octets = copy_of(p, t);

	wire_bits_put(octets + t->d->spans[t->span].off, t->field->bit, t->field->bits,
		      (number + 1) & ones);
	leave_otherwise(p, t, octets);
}

/* Any locator of that host will do where `*` stands for an end. */
static void change_address(struct planning *p, const struct target_field *t, size_t off)
{
	uint8_t other[16], *octets;

	flip_octet(p, t, off + 15);
	if (t->any_locator || !plan_sibling(p, t->d->octets + off, other))
		return;
	octets = copy_of(p, t);
	memcpy(octets + off, other, sizeof(other));
	leave_otherwise(p, t, octets);
}

/* Does the case leave open what comes here? */
static bool takes_any(const struct value *v)
{
	return v->kind == VALUE_ANY || (v->kind == VALUE_VARIABLE && v->binds);
}

/* Of a list the items that are named, and of a struct the members. */
static void change_items(struct planning *p, const struct target_field *t, size_t off, size_t len)
{
	const struct value *list = t->named;
	size_t size = list->count ? len / list->count : 0;

	for (size_t i = 0; i < list->count; i++, off += size) {
		const struct value *item = list->items[i];

		if (item->kind != VALUE_STRUCT && !takes_any(item))
			flip_octet(p, t, off + size - 1);
		for (size_t j = 0; item->kind == VALUE_STRUCT && j < item->count; j++)
			if (!takes_any(item->items[j]))
				flip_octet(p, t,
					   off + item->members[j]->offset + item->members[j]->size -
						   1);
	}
}

static void change_field(struct planning *p, const struct target_field *t)
{
	struct wire_value v;
	uint32_t off;

	if (t->named && t->named->kind == VALUE_ANY)
		return;
	if (wire_field_get(t->d, t->span, t->field, &v, &off) < 0)
		return;
	if (v.kind == WIRE_UINT || v.kind == WIRE_HEX) {
		if (t->field->bits)
			change_number(p, t, v.number);
	} else if (v.kind == WIRE_ADDR) {
		change_address(p, t, off);
	} else if (t->named && t->named->kind == VALUE_LIST) {
		change_items(p, t, off, v.len);
	} else if (v.len) {
		flip_octet(p, t, off);
		if (v.len > 1)
			flip_octet(p, t, off + v.len - 1);
	}
}

/* --- all fields ------------------------------------------------------------------ */

static const struct value *named(const struct layer_value *l, const struct wire_field *field)
{
	for (size_t i = 0; i < l->field_count; i++)
		if (l->fields[i].field == field)
			return l->fields[i].value;
	return NULL;
}

/* The ends of the packet are named in front of its layers. NULL: this field is neither. */
static const struct locator_name *end_of(const struct packet_value *e, unsigned span,
					 const struct wire_field *f)
{
	if (span != 0)
		return NULL;
	return !strcmp(f->name, "src") ? &e->src : !strcmp(f->name, "dst") ? &e->dst : NULL;
}

/* The number of what follows behind `...`: no more the case's affair than what follows. */
static bool leads_on(const struct packet_value *e, unsigned span, const struct wire_field *f)
{
	return e->open_end && span + 1 == e->layer_count && f->role == WIRE_NEXT;
}

static void change_layer(struct planning *p, size_t packet, const struct wire_dissection *d,
			 unsigned span)
{
	const struct packet_value *e = p->event->packet;
	const struct wire_layer *layer = d->spans[span].layer;

	for (size_t i = 0; i < layer->field_count; i++) {
		const struct wire_field *f = &layer->fields[i];
		const struct value *value = named(&e->layers[span], f);
		const struct locator_name *end = value ? NULL : end_of(e, span, f);
		const struct target_field t = {
			.packet = packet,
			.d = d,
			.span = span,
			.field = f,
			.named = value,
			.free = !value && !end && f->role == WIRE_VALUE,
			.any_locator = end && end->index == 0,
		};

		if (value || !leads_on(e, span, f))
			change_field(p, &t);
	}
}

/* What may follow behind `...` is not the case's affair. */
static void change_fields(struct planning *p, size_t packet)
{
	const struct noted_packet *n = &p->notes->packets[packet];
	struct wire_dissection d;

	dissect(p, &d, n->octets, n->len);
	for (unsigned span = 0; span < d.span_count && span < p->event->packet->layer_count; span++)
		change_layer(p, packet, &d, span);
}

static void change_raw(struct planning *p, size_t packet)
{
	const struct noted_packet *n = &p->notes->packets[packet];
	uint8_t *octets = pool_copy(&p->who.brief, n->octets, n->len);

	octets[n->len - 1] ^= 1;
	plan_add(p, NULL,
		 plan_text(p, "packet %zu octets %s", packet, plan_octets(p, octets, n->len)),
		 "packet: another last octet");
}

/* --- when, how often, where --------------------------------------------------------- */

static void send_at(struct planning *p, size_t packet, usec_t time, const char *words)
{
	const struct noted_packet *n = &p->notes->packets[packet];

	plan_add(p, NULL,
		 plan_text(p, "packet %zu times 0;send %" PRIu64 " %u %s", packet, time, n->link,
			   plan_octets(p, n->octets, n->len)),
		 "packet %s", words);
}

/* Out of its window, a little and much; and earlier, if by a timer of its own. */
static void change_time(struct planning *p, size_t packet)
{
	const struct noted_packet *n = &p->notes->packets[packet];
	usec_t before = packet ? p->notes->packets[packet - 1].time : 0;
	bool relative = p->event->when.relative || p->event->when.kind == WHEN_EVER;
	usec_t from = relative ? n->from - p->event->when.from : before;

	send_at(p, packet, n->until + MILLISECOND, "a millisecond late");
	send_at(p, packet, n->until + LATE, "three seconds late");
	if (p->event->when.kind != WHEN_EVER && n->from >= MILLISECOND &&
	    n->from - MILLISECOND >= (from > before ? from : before))
		send_at(p, packet, n->from - MILLISECOND, "a millisecond early");
}

static void change_link(struct planning *p, size_t packet)
{
	const struct noted_packet *n = &p->notes->packets[packet];
	unsigned other = n->link > 1 ? n->link - 1 : n->link + 1;

	if (p->who.scenario->links < 2)
		return;
	plan_add(p, NULL, plan_text(p, "packet %zu link %u", packet, other), "link %u -> %u",
		 n->link, other);
}

static void add_octet(struct planning *p, size_t packet)
{
	const struct noted_packet *n = &p->notes->packets[packet];

	plan_add(p, NULL,
		 plan_text(p, "packet %zu octets %s00", packet, plan_octets(p, n->octets, n->len)),
		 "packet: an octet behind its end");
}

void plan_packet(struct planning *p, size_t packet)
{
	const struct noted_packet *n = &p->notes->packets[packet];

	plan_add(p, NULL, plan_text(p, "packet %zu times 0", packet), "%s dropped",
		 n->use == PACKET_LIVENESS ? "the sign of life" : "packet");
	if (n->use == PACKET_LIVENESS)
		return;
	plan_add(p, NULL, plan_text(p, "packet %zu times 2", packet), "packet twice");
	change_link(p, packet);
	if (p->is_virtual)
		change_time(p, packet);
	if (p->event->packet->raw) {
		change_raw(p, packet);
		return;
	}
	add_octet(p, packet);
	change_fields(p, packet);
}

/* --- packets that nobody asked for --------------------------------------------------- */

static void send_more(struct planning *p, usec_t time, const char *words)
{
	const struct trial *t = &p->who;
	uint8_t octets[128];
	struct ipv6_header ip;
	ssize_t len;

	if (!p->is_virtual || !t->locator_count)
		return;
	ip = (struct ipv6_header){ .next_header = IPPROTO_UDP,
				   .hop_limit = 64,
				   .src = t->locators[0].addr,
				   .dst = t->peer.set.addr[0] };
	len = inject_udp(octets, sizeof(octets), &ip, 5000, 7, "more", 4);
	if (len > 0)
		plan_add(p, NULL,
			 plan_text(p, "send %" PRIu64 " %u %s", time, t->locators[0].link,
				   plan_octets(p, octets, (size_t)len)),
			 "%s", words);
}

void plan_silence(struct planning *p, const struct noted_silence *silence)
{
	send_more(p, silence->from + 1, "a packet as the silence begins");
	send_more(p, silence->until, "a packet as the silence ends");
}

/* drain() would forget it, so then there is nothing to be seen. */
void plan_end(struct planning *p)
{
	const struct scenario *s = p->who.scenario;

	for (size_t i = s->event_count; i > 0; i--) {
		const struct event *e = &s->events[i - 1];

		if (e->kind == EVENT_CALL && e->call->id == CALL_DRAIN)
			return;
		if (!e->when.relative || e->when.from || e->silence)
			break;
	}
	send_more(p, p->notes->end, "a packet more, at the end");
}
