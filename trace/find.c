/* SPDX-License-Identifier: BSD-2-Clause */
/* Which context a message belongs to: by the names that it has for it. */
#include "trace/heard.h"
#include "wire/ipv6.h"

int heard_find(struct heard *h, struct key key)
{
	struct entry *e = table_find(&h->t->table, &key);

	h->n = e ? e->node : NULL;
	return e ? e->end : -1;
}

/* The same, if what is found has no ULIDs yet: a capture began in the middle. */
static int find_nameless(struct heard *h, uint64_t tag, const struct in6_addr *addr)
{
	int end = heard_find(h, trace_key(KEY_TAG, tag, addr, NULL));

	if (h->n && h->n->c.end[0].has_ulid)
		h->n = NULL;
	return end;
}

/* I1, I2, I2bis. Where the capture has cut the options, the ULIDs and the FII may be among
 * them; but the nonce is that of an I1, or of the same message before, and an I2bis has the
 * tag that its receiver has lost. */
static void by_cut_ulids(struct heard *h)
{
	h->from = heard_find(h, trace_key(KEY_NONCE, h->m.init_nonce, &h->src, &h->dst)) == 1;
	if (!h->n && h->m.type == SHIM6_I2BIS)
		h->from = heard_find(h, trace_key(KEY_TAG, h->m.packet_tag, &h->dst, NULL)) == 0;
}

void heard_by_ulids(struct heard *h)
{
	if (h->cut) {
		by_cut_ulids(h);
		return;
	}
	heard_find(h, trace_pair_key(&h->ulid[0], &h->ulid[1], h->m.fii));
	if (h->n) {
		h->from = !addr_equal(&h->n->c.end[0].ulid, &h->ulid[0]);
		return;
	}
	h->from = find_nameless(h, h->m.init_tag, &h->src) == 1;
	if (!h->n && h->m.type == SHIM6_I2BIS)
		h->from = find_nameless(h, h->m.packet_tag, &h->dst) == 0;
}

/* R1, R2: the initiator's nonce and, the other way round, its addresses. */
void heard_by_nonce(struct heard *h)
{
	h->from = heard_find(h, trace_key(KEY_NONCE, h->m.init_nonce, &h->dst, &h->src)) == 0;
	if (!h->n && h->m.type == SHIM6_R2) /* again, or its question wasn't seen */
		h->from = heard_find(h, trace_key(KEY_TAG, h->m.resp_tag, &h->src, NULL)) == 1;
}

/* R1bis: the tag is the one that its sender knows no longer. */
void heard_by_lost_tag(struct heard *h)
{
	h->from = heard_find(h, trace_key(KEY_TAG, h->m.packet_tag, &h->src, NULL)) == 1;
	h->stale_tag = h->n && h->n->more[!h->from].told && !trace_belongs(h->n, !h->from, &h->dst);
}

/* What carries the receiver's tag. The source has to be the peer's, too (RFC 5533
 * 10.4): a host that has lost its context may have given the tag to another. */
void heard_by_receiver(struct heard *h)
{
	int to = heard_find(h, trace_key(KEY_TAG, h->m.receiver_tag, &h->dst, NULL));

	if (!h->n)
		to = heard_find(h, trace_key(KEY_PEER, h->m.receiver_tag, &h->src, NULL));
	if (!h->n)
		to = heard_find(h, trace_key(KEY_HALF, 0, &h->dst, &h->src));
	h->from = to == 0;
	h->stale_tag = h->n && h->n->more[h->from].told && !trace_belongs(h->n, h->from, &h->src);
}

void heard_find_quoted(struct heard *h, const uint8_t *packet, size_t len)
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
		h->from = heard_find(h, trace_key(KEY_TAG, tag, &h->src, NULL)) == 1;
		return;
	}
	rule = heard_rule(octets[2]);
	tag = wire_bits_get(octets, 49, 47);
	if (rule && rule->tag == RECEIVERS)
		end = heard_find(h, trace_key(KEY_TAG, tag, &h->src, NULL));
	octets = rbuf_take(&r, sizeof(uint32_t));
	if (rule && rule->ulids && octets)
		end = !heard_find(
			h, trace_key(KEY_NONCE, wire_bits_get(octets, 0, 32), &h->dst, &h->src));
	h->from = end == 1;
	h->quotes_update = h->n && rule->layer == &layer_update_request && octets;
	if (h->quotes_update)
		h->quoted_nonce = (uint32_t)wire_bits_get(octets, 0, 32);
}

void heard_by_quote(struct heard *h)
{
	heard_find_quoted(h, h->m.error.quote.data, h->m.error.quote.len);
}
