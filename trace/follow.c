/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From packets to contexts. Control messages go by a table: how the context of
 * one is found, whether it may be the first that is seen of it, and what it does.
 */
#include "trace/internal.h"
#include "wire/ipv6.h"
#include "wire/layers.h"

#include <errno.h>

enum {
	ICMP6_PARAMETER_PROBLEM = 4,
	ICMP6_UNKNOWN_HEADER = 1,
	ICMP6_QUOTE_AT = 8,
	ICMP6_ECHO_REQUEST = 128,
	ICMP6_ECHO_REPLY = 129,
};

struct rule;

/* A packet on its way through. */
struct heard {
	struct trace *t;
	uint64_t usec;
	struct in6_addr src, dst;
	const struct rule *rule;
	struct shim6_message m;
	struct in6_addr ulid[2]; /* the sender's and the receiver's, if the rule has them */
	struct gift gift;
	bool cut;           /* of the message only the fixed part is here */
	bool quotes_update; /* with this nonce */
	uint32_t quoted_nonce;

	struct node *n; /* NULL: none */
	unsigned from;
	unsigned events;
	bool stale_tag; /* it names a context that its addresses don't belong to */
};

enum starts { NOTHING, AS_INITIATOR, AS_RESPONDER }; /* the role of a sender */
enum whose { NOBODYS, SENDERS, RECEIVERS };

struct rule {
	const struct wire_layer *layer;
	void (*find)(struct heard *h);
	void (*act)(struct heard *h);
	uint8_t starts; /* enum starts: a context that isn't known */
	uint8_t tag;    /* enum whose: the tag at octet 6, RFC 5533 5 */
	bool ulids;     /* it tells them */
	bool active;    /* one that has no context doesn't send it */
};

/* --- finding the context --------------------------------------------------- */

/* The end that a key is about; -1: none. */
static int find(struct heard *h, struct key key)
{
	struct entry *e = table_find(&h->t->table, &key);

	h->n = e ? e->node : NULL;
	return e ? e->end : -1;
}

/* The same, if what is found has no ULIDs yet: a capture began in the middle. */
static int find_nameless(struct heard *h, uint64_t tag, const struct in6_addr *addr)
{
	int end = find(h, trace_key(KEY_TAG, tag, addr, NULL));

	if (h->n && h->n->c.end[0].has_ulid)
		h->n = NULL;
	return end;
}

/* I1, I2, I2bis. Where the capture has cut the options, the ULIDs and the FII may be among
 * them; but the nonce is that of an I1, or of the same message before, and an I2bis has the
 * tag that its receiver has lost. */
static void by_cut_ulids(struct heard *h)
{
	h->from = find(h, trace_key(KEY_NONCE, h->m.init_nonce, &h->src, &h->dst)) == 1;
	if (!h->n && h->m.type == SHIM6_I2BIS)
		h->from = find(h, trace_key(KEY_TAG, h->m.packet_tag, &h->dst, NULL)) == 0;
}

static void by_ulids(struct heard *h)
{
	if (h->cut) {
		by_cut_ulids(h);
		return;
	}
	find(h, trace_pair_key(&h->ulid[0], &h->ulid[1], h->m.fii));
	if (h->n) {
		h->from = !addr_equal(&h->n->c.end[0].ulid, &h->ulid[0]);
		return;
	}
	h->from = find_nameless(h, h->m.init_tag, &h->src) == 1;
	if (!h->n && h->m.type == SHIM6_I2BIS)
		h->from = find_nameless(h, h->m.packet_tag, &h->dst) == 0;
}

/* R1, R2: the initiator's nonce and, the other way round, its addresses. */
static void by_nonce(struct heard *h)
{
	h->from = find(h, trace_key(KEY_NONCE, h->m.init_nonce, &h->dst, &h->src)) == 0;
	if (!h->n && h->m.type == SHIM6_R2) /* again, or its question wasn't seen */
		h->from = find(h, trace_key(KEY_TAG, h->m.resp_tag, &h->src, NULL)) == 1;
}

/* R1bis: the tag is the one that its sender knows no longer. */
static void by_lost_tag(struct heard *h)
{
	h->from = find(h, trace_key(KEY_TAG, h->m.packet_tag, &h->src, NULL)) == 1;
	h->stale_tag = h->n && h->n->more[!h->from].told && !trace_belongs(h->n, !h->from, &h->dst);
}

/* What carries the receiver's tag. The source has to be the peer's, too (RFC 5533
 * 10.4): a host that has lost its context may have given the tag to another. */
static void by_receiver(struct heard *h)
{
	int to = find(h, trace_key(KEY_TAG, h->m.receiver_tag, &h->dst, NULL));

	if (!h->n)
		to = find(h, trace_key(KEY_PEER, h->m.receiver_tag, &h->src, NULL));
	if (!h->n)
		to = find(h, trace_key(KEY_HALF, 0, &h->dst, &h->src));
	h->from = to == 0;
	h->stale_tag = h->n && h->n->more[h->from].told && !trace_belongs(h->n, h->from, &h->src);
}

static const struct rule *rule_numbered(unsigned type);

/* The context of a packet that comes back, in an Error or in ICMPv6, to those
 * who sent it. Of the message, no more than 16 octets are needed. */
static void find_quoted(struct heard *h, const uint8_t *packet, size_t len)
{
	struct rbuf r = rbuf_of(packet, len);
	struct ipv6_header ip;
	struct ipv6_found at;
	const uint8_t *octets;
	const struct rule *rule;
	uint64_t tag;
	int end = -1;

	if (ipv6_parse(&ip, &r) || ipv6_find(&at, packet, len, PROTO_SHIM6) ||
	    !addr_equal(&ip.src, &h->dst) || !addr_equal(&ip.dst, &h->src))
		return;
	r.off = at.off;
	octets = rbuf_take(&r, SHIM6_PAYLOAD_LEN + 4);
	if (!octets)
		return;
	tag = wire_bits_get(octets, 17, 47);
	if (octets[2] & 0x80) {
		h->from = find(h, trace_key(KEY_TAG, tag, &h->src, NULL)) == 1;
		return;
	}
	rule = rule_numbered(octets[2]);
	tag = wire_bits_get(octets, 49, 47);
	if (rule && rule->tag == RECEIVERS)
		end = find(h, trace_key(KEY_TAG, tag, &h->src, NULL));
	octets = rbuf_take(&r, sizeof(uint32_t));
	if (rule && rule->ulids && octets)
		end = !find(h, trace_key(KEY_NONCE, wire_bits_get(octets, 0, 32), &h->dst,
					 &h->src));
	h->from = end == 1;
	h->quotes_update = h->n && rule->layer == &layer_update_request && octets;
	if (h->quotes_update)
		h->quoted_nonce = (uint32_t)wire_bits_get(octets, 0, 32);
}

static void by_quote(struct heard *h)
{
	find_quoted(h, h->m.error.quote.data, h->m.error.quote.len);
}

/* --- what a message does ---------------------------------------------------- */

static bool at_work(const struct node *n)
{
	return n->c.state == TRACE_ESTABLISHED || n->c.state == TRACE_EXPLORING;
}

static void establish(struct heard *h)
{
	struct trace_context *c = &h->n->c;

	if (at_work(h->n))
		return;
	c->state = TRACE_ESTABLISHED;
	if (c->established_usec == TRACE_NEVER)
		c->established_usec = h->usec;
	h->events |= TRACE_NOW_ESTABLISHED;
}

static void lose(struct heard *h, unsigned end)
{
	struct node *n = h->n;

	if (n->c.state == TRACE_RECOVERING && n->lost == end)
		return;
	n->c.state = TRACE_RECOVERING;
	n->lost = (uint8_t)end;
	h->events |= TRACE_LOST;
}

static void refuse(struct heard *h)
{
	if (h->n->c.state != TRACE_REFUSED)
		h->events |= TRACE_NOW_REFUSED;
	h->n->c.state = TRACE_REFUSED;
}

/* Who sends with the peer's tag has the context, whatever was said before. */
static void working(struct heard *h)
{
	struct node *n = h->n;

	if (n->c.state != TRACE_RECOVERING || n->lost == h->from)
		establish(h);
}

static void set_tag(struct node *n, unsigned end, uint64_t tag, bool firm)
{
	struct trace_end *e = &n->c.end[end];

	if (e->has_tag && e->tag == tag && n->more[end].firm >= firm)
		return;
	e->has_tag = true;
	e->tag = tag;
	n->more[end].firm = firm;
	n->stale = true;
}

/* A question that an R2 has answered is asked again: that R2 was lost. */
static bool is_repeated(const struct heard *h)
{
	const struct trace_end *e = &h->n->c.end[h->from];
	const struct more *more = &h->n->more[h->from];

	return more->answered && more->nonce == h->m.init_nonce && e->has_tag &&
	       e->tag == h->m.init_tag && addr_equal(&more->nonce_src, &h->src) &&
	       addr_equal(&more->nonce_dst, &h->dst);
}

static void set_nonce(struct heard *h)
{
	struct more *more = &h->n->more[h->from];

	if (more->has_nonce && more->nonce == h->m.init_nonce &&
	    addr_equal(&more->nonce_src, &h->src) && addr_equal(&more->nonce_dst, &h->dst))
		return;
	more->has_nonce = true;
	more->answered = false;
	more->nonce = h->m.init_nonce;
	more->nonce_src = h->src;
	more->nonce_dst = h->dst;
	h->n->stale = true;
}

static void tell(struct heard *h, bool anew)
{
	struct more *more = &h->n->more[h->from];

	if (h->cut) /* the list may be in what isn't here */
		return;
	if (trace_tell(h->n, h->from, &h->m, anew, &h->gift))
		h->events |= TRACE_NEW_LOCATORS;
	if (!more->told && (anew || h->n->c.end[h->from].has_list)) {
		more->told = true;
		h->n->stale = true;
	}
}

/* An I1 with another tag than that of a context at work comes from one that has
 * lost it (RFC 5533 7.5, Figure 7), but anybody can send that: the tag itself
 * changes with the I2. */
static void act_i1(struct heard *h)
{
	struct node *n = h->n;
	const struct trace_end *e = &n->c.end[h->from];

	if (is_repeated(h))
		return;
	if (h->events & TRACE_NEW)
		n->c.seen_from_start = true;
	if (n->c.state == TRACE_REFUSED)
		n->c.state = TRACE_BEGUN;
	if (n->c.state == TRACE_BEGUN || !e->has_tag)
		set_tag(n, h->from, h->m.init_tag, false);
	else if (at_work(n) && e->tag != h->m.init_tag)
		lose(h, h->from);
	set_nonce(h);
}

static void act_i2(struct heard *h)
{
	struct node *n = h->n;
	const struct trace_end *e = &n->c.end[h->from];

	if (!is_repeated(h)) {
		if (at_work(n) && e->has_tag && e->tag != h->m.init_tag)
			lose(h, h->from);
		if (n->c.state == TRACE_REFUSED)
			n->c.state = TRACE_BEGUN;
		set_nonce(h);
	}
	set_tag(n, h->from, h->m.init_tag, true);
	tell(h, true);
}

static void act_r2(struct heard *h)
{
	struct more *peer = &h->n->more[!h->from];

	set_tag(h->n, h->from, h->m.resp_tag, true);
	if (peer->has_nonce && peer->nonce == h->m.init_nonce) {
		peer->has_nonce = false;
		peer->answered = true;
		h->n->stale = true;
	}
	tell(h, true);
	establish(h);
}

/* In a handshake of its own a host passes over an R1bis, RFC 5533 7.18. */
static void act_r1bis(struct heard *h)
{
	if (at_work(h->n) || h->n->c.state == TRACE_RECOVERING)
		lose(h, h->from);
}

static void act_i2bis(struct heard *h)
{
	struct node *n = h->n;

	if (!n->c.end[!h->from].has_tag)
		set_tag(n, !h->from, h->m.packet_tag, false);
	if (!is_repeated(h)) {
		if (h->events & TRACE_NEW || at_work(n))
			lose(h, !h->from);
		set_nonce(h);
	}
	set_tag(n, h->from, h->m.init_tag, true);
	tell(h, true);
}

static void act_receiver(struct heard *h)
{
	if (!h->n->c.end[!h->from].has_tag)
		set_tag(h->n, !h->from, h->m.receiver_tag, false);
	if (h->events & TRACE_NEW)
		h->n->c.state = TRACE_ESTABLISHED;
	working(h);
}

static void act_update(struct heard *h)
{
	act_receiver(h);
	tell(h, false);
}

static void act_update_ack(struct heard *h)
{
	act_receiver(h);
	trace_tell_taken(h->n, !h->from, h->m.request_nonce);
}

static void act_probe(struct heard *h)
{
	act_receiver(h);
	h->events |= trace_probe(h->n, h->m.probe.state, h->usec);
}

/* RFC 5533 10.4: of preferences that don't fit, the list that came with them was taken
 * before. Other Errors are for messages that were not processed (5.14, 5.15, 7.2). */
static void refuse_update(struct heard *h)
{
	uint8_t code = h->m.error.code;

	if (code == SHIM6_ERROR_GENERATION || code == SHIM6_ERROR_PREFERENCES)
		trace_tell_taken(h->n, !h->from, h->quoted_nonce);
	else
		trace_tell_refused(h->n, !h->from, h->quoted_nonce);
}

static void act_error(struct heard *h)
{
	if (h->quotes_update)
		refuse_update(h);
	if (h->n->c.state == TRACE_BEGUN || h->n->c.state == TRACE_RECOVERING)
		refuse(h);
	else if (at_work(h->n))
		h->events |= TRACE_NOW_REFUSED;
}

static void act_nothing(struct heard *h)
{
	(void)h;
}

static const struct rule rules[] = {
	{ &layer_i1,             by_ulids,    act_i1,         AS_INITIATOR, SENDERS,   true,  true },
	{ &layer_r1,             by_nonce,    act_nothing,    NOTHING,      NOBODYS,   false, false },
	{ &layer_i2,             by_ulids,    act_i2,         AS_INITIATOR, SENDERS,   true,  true },
	{ &layer_r2,             by_nonce,    act_r2,         AS_RESPONDER, SENDERS,   false, true },
	{ &layer_r1bis,          by_lost_tag, act_r1bis,      NOTHING,      SENDERS,   false, false },
	{ &layer_i2bis,          by_ulids,    act_i2bis,      AS_INITIATOR, SENDERS,   true,  true },
	{ &layer_update_request, by_receiver, act_update,     AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_update_ack,     by_receiver, act_update_ack, AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_keepalive,      by_receiver, act_receiver,   AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_probe,          by_receiver, act_probe,      AS_INITIATOR, RECEIVERS, false, true },
	{ &layer_error,          by_quote,    act_error,      NOTHING,      NOBODYS,   false, false },
};

static const struct rule *rule_numbered(unsigned type)
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
	h->rule = rule_numbered(h->m.type);
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
	h->from = find(h, trace_key(KEY_TAG, wire_bits_get(d->octets + off, 17, 47), &h->dst,
				    NULL)) == 0;
	if (!h->n) {
		h->t->strays++;
		return;
	}
	working(h);
	payload_done(h, out);
}

/* Before a context has moved, its payload has no header of Shim6, RFC 5533 11. */
static void plain(struct heard *h, struct trace_mark *out)
{
	find(h, trace_pair_key(&h->src, &h->dst, 0));
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
	find_quoted(h, octets + ICMP6_QUOTE_AT, d->end - off - ICMP6_QUOTE_AT);
	if (!h->n)
		return;
	refuse(h);
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
