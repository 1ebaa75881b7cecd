/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From packets to contexts. Control messages go by a table: how the context of
 * one is found, whether it may be the first that is seen of it, and what it does.
 */
#include "trace/heard.h"
#include "wire/ipv6.h"

#include <errno.h>

enum {
	ICMP6_PARAMETER_PROBLEM = 4,
	ICMP6_UNKNOWN_HEADER = 1,
	ICMP6_QUOTE_AT = 8,
	ICMP6_ECHO_REQUEST = 128,
	ICMP6_ECHO_REPLY = 129,
};

/* clang-format off */
static const struct rule rules[] = {
	{ &layer_i1,             heard_by_ulids,    heard_act_i1,         AS_INITIATOR, SENDERS,   true,  true },
	{ &layer_r1,             heard_by_nonce,    heard_act_nothing,    NOTHING,      NOBODYS,   false, false },
	{ &layer_i2,             heard_by_ulids,    heard_act_i2,         AS_INITIATOR, SENDERS,   true,  true },
	{ &layer_r2,             heard_by_nonce,    heard_act_r2,         AS_RESPONDER, SENDERS,   false, true },
	{ &layer_r1bis,          heard_by_lost_tag, heard_act_r1bis,      NOTHING,      SENDERS,   false, false },
	{ &layer_i2bis,          heard_by_ulids,    heard_act_i2bis,      AS_INITIATOR, SENDERS,   true,  true },
	{ &layer_update_request, heard_by_receiver, heard_act_update,     AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_update_ack,     heard_by_receiver, heard_act_update_ack, AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_keepalive,      heard_by_receiver, heard_act_receiver,   AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_probe,          heard_by_receiver, heard_act_probe,      AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_error,          heard_by_quote,    heard_act_error,      NOTHING,      NOBODYS,   false, false },
};
/* clang-format on */

const struct rule *heard_rule(unsigned type)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].layer->number == type)
			return &rules[i];
	return NULL;
}

/* --- a control message ------------------------------------------------------ */

static void ulids_read(struct heard *h)
{
	h->ulid[0] = h->m.has_ulids ? h->m.ulids.sender : h->src;
	h->ulid[1] = h->m.has_ulids ? h->m.ulids.receiver : h->dst;
}

/* Of a message that the capture has cut, what is here: its checksum can't be told, so it
 * goes on with a context that is known, and begins none. */
static bool message_read(struct heard *h, const struct wire_dissection *d, size_t off)
{
	struct rbuf r = rbuf_of(d->octets + off, d->end - off);
	int rc = shim6_message_parse(&h->m, &r);

	h->cut = rc == -EMSGSIZE && d->cut &&
		 off + shim6_message_len(d->octets + off) <= d->claimed;
	return rc == 0 || (h->cut && shim6_message_parse_cut(&h->m, &r) == 0);
}

/* false: receivers drop it, or nobody knows it. A host's context with itself
 * has no two ends to tell apart. */
static bool control_read(struct heard *h, const struct wire_dissection *d, size_t off)
{
	if (IN6_IS_ADDR_MULTICAST(&h->src) || IN6_IS_ADDR_UNSPECIFIED(&h->src) ||
	    IN6_IS_ADDR_MULTICAST(&h->dst) || IN6_IS_ADDR_UNSPECIFIED(&h->dst) ||
	    addr_equal(&h->src, &h->dst) || !message_read(h, d, off))
		return false;
	h->rule = heard_rule(h->m.type);
	if (!h->rule)
		return false;
	if (!h->rule->ulids || h->cut)
		return true;
	ulids_read(h);
	return !addr_equal(&h->ulid[0], &h->ulid[1]);
}

static void ulids_set(struct heard *h)
{
	struct node *n = h->n;

	for (unsigned i = 0; i < 2; i++) {
		unsigned end = i ? !h->from : h->from;
		struct trace_end *e = &n->c.end[end];

		e->ulid = h->ulid[i];
		e->has_ulid = true;
		if (e->payload == 0) {
			e->src = h->ulid[i];
			e->dst = h->ulid[!i];
		}
		trace_prove(n, end);
	}
	n->c.fii = h->m.fii;
}

static void context_start(struct heard *h)
{
	h->n = trace_node_new(h->t, h->usec);
	h->from = h->rule->starts == AS_RESPONDER;
	h->events |= TRACE_NEW;
	if (h->rule->ulids && h->m.fii)
		h->events |= TRACE_FORKED;
}

static void done(struct heard *h, struct trace_mark *out)
{
	h->n->c.last_usec = h->usec;
	trace_touch(h->t, h->n);
	*out = (struct trace_mark){ &h->n->c, h->from, h->events };
}

static void control_follow(struct heard *h, struct trace_mark *out)
{
	h->rule->find(h);
	if (h->stale_tag)
		return;
	if (!h->n && h->rule->starts != NOTHING && !h->cut)
		context_start(h);
	if (!h->n)
		return;

	if (h->rule->ulids && !h->cut && !h->n->c.end[0].has_ulid)
		ulids_set(h);
	if (h->rule->active) {
		h->n->active[h->from] = true;
		trace_learn(h->n, h->from, &h->src);
		trace_learn(h->n, !h->from, &h->dst);
	}
	h->rule->act(h);
	h->n->c.end[h->from].control++;
	done(h, out);
	trace_settle(h->t, h->n);
}

static int control(struct heard *h, const struct wire_dissection *d, size_t off,
		   struct trace_mark *out)
{
	if (!control_read(h, d, off))
		return 0;
	if (!trace_reserve(h->t) || !trace_gift_make(&h->gift, &h->m))
		return -ENOMEM;
	control_follow(h, out);
	trace_gift_free(&h->gift);
	return 0;
}

/* --- payload, and what comes back -------------------------------------------- */

static void payload_done(struct heard *h, struct trace_mark *out)
{
	h->n->active[h->from] = true;
	h->events |= trace_payload(h->n, h->from, &h->src, &h->dst, h->usec);
	done(h, out);
}

static void payload(struct heard *h, const struct wire_dissection *d, size_t off,
		    struct trace_mark *out)
{
	if (d->end - off < SHIM6_PAYLOAD_LEN)
		return;
	h->from = heard_find(h, trace_key(KEY_TAG, wire_bits_get(d->octets + off, 17, 47), &h->dst,
				    NULL)) == 0;
	if (!h->n) {
		h->t->strays++;
		return;
	}
	heard_working(h);
	payload_done(h, out);
}

/* Before a context has moved, its payload has no header of Shim6, RFC 5533 11. */
static void plain(struct heard *h, struct trace_mark *out)
{
	heard_find(h, trace_pair_key(&h->src, &h->dst, 0));
	if (!h->n)
		return;
	h->from = !addr_equal(&h->n->c.end[0].ulid, &h->src);
	payload_done(h, out);
}

/* Unrecognized Next Header from the host that was addressed: it has no Shim6, RFC
 * 5533 7.8. Other errors of ICMPv6 are about the way there. */
static void icmp6_error(struct heard *h, const struct wire_dissection *d, size_t off,
			struct trace_mark *out)
{
	const uint8_t *octets = d->octets + off;

	if (d->end - off < ICMP6_QUOTE_AT || octets[0] != ICMP6_PARAMETER_PROBLEM ||
	    octets[1] != ICMP6_UNKNOWN_HEADER)
		return;
	heard_find_quoted(h, octets + ICMP6_QUOTE_AT, d->end - off - ICMP6_QUOTE_AT);
	if (!h->n)
		return;
	heard_refuse(h);
	done(h, out);
}

/* --- a packet ---------------------------------------------------------------- */

/* The addresses of the IPv6 header in front of a span. */
static void addresses_read(struct heard *h, const struct wire_dissection *d, unsigned span)
{
	while (d->spans[span].layer != &layer_ipv6)
		span--;
	memcpy(&h->src, d->octets + d->spans[span].off + 8, sizeof(h->src));
	memcpy(&h->dst, d->octets + d->spans[span].off + 24, sizeof(h->dst));
}

/* The span that says what a packet is: Shim6, an ICMPv6 that is no echo, or
 * else the first; -1 if that is no whole IPv6 header. */
static int telling_span(const struct wire_dissection *d)
{
	if (d->span_count == 0 || d->spans[0].layer != &layer_ipv6 ||
	    d->spans[0].len < IPV6_HEADER_LEN)
		return -1;
	for (unsigned i = 1; i < d->span_count; i++) {
		const struct wire_layer *layer = d->spans[i].layer;

		if (layer == &layer_payload || layer == &layer_icmp6 ||
		    layer->family == WIRE_FAMILY_SHIM6)
			return (int)i;
	}
	return 0;
}

/* All but the message, which is large. */
static void heard_init(struct heard *h, struct trace *t, uint64_t usec)
{
	memset(h, 0, offsetof(struct heard, m));
	memset(&h->ulid, 0, sizeof(*h) - offsetof(struct heard, ulid));
	h->t = t;
	h->usec = usec;
}

int trace_packet(struct trace *t, const struct wire_dissection *d, uint64_t usec,
		 struct trace_mark *out)
{
	int span = telling_span(d);
	struct heard h;
	size_t off;

	*out = (struct trace_mark){ 0 };
	if (span < 0)
		return 0;
	heard_init(&h, t, usec);
	addresses_read(&h, d, (unsigned)span);
	off = d->spans[span].off;

	if (span == 0)
		plain(&h, out);
	else if (d->spans[span].layer == &layer_payload)
		payload(&h, d, off, out);
	else if (d->spans[span].layer == &layer_icmp6)
		icmp6_error(&h, d, off, out);
	else
		return control(&h, d, off, out);
	return 0;
}

/* Most packets of most captures end here, so it looks before it prepares. */
void trace_plain(struct trace *t, const uint8_t *packet, size_t len, uint64_t usec,
		 struct trace_mark *out)
{
	struct heard h;

	*out = (struct trace_mark){ 0 };
	if (len <= IPV6_HEADER_LEN || packet[0] >> 4 != 6 ||
	    !pairs_may_have(&t->pairs, packet + 8, packet + 24) ||
	    (packet[6] == IPPROTO_ICMPV6 && packet[IPV6_HEADER_LEN] != ICMP6_ECHO_REQUEST &&
	     packet[IPV6_HEADER_LEN] != ICMP6_ECHO_REPLY))
		return;
	heard_init(&h, t, usec);
	memcpy(&h.src, packet + 8, sizeof(h.src));
	memcpy(&h.dst, packet + 24, sizeof(h.dst));
	plain(&h, out);
}
