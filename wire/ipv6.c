/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6, UDP and ICMPv6 headers by their tables (wire/layers_ip.c), and the
 * walk along Next Header, RFC 8200 4.
 */
#include "wire/ipv6.h"
#include "wire/layers.h"

#include <errno.h>

static int fixed_parse(const struct wire_layer *layer, void *out, struct rbuf *r)
{
	const uint8_t *octets = rbuf_take(r, layer->fixed);

	if (!octets)
		return -EMSGSIZE;
	wire_fixed_parse(layer, octets, out);
	return 0;
}

static int fixed_emit(const struct wire_layer *layer, const void *in, struct wbuf *w)
{
	uint8_t *octets = wbuf_reserve(w, layer->fixed);

	if (!octets)
		return -ENOSPC;
	wire_fixed_emit(layer, octets, in);
	return 0;
}

/* The one header that every packet has is not left to its table: by hand, this
 * is several times faster, and a test holds the two together. */
int ipv6_parse(struct ipv6_header *out, struct rbuf *r)
{
	struct rbuf rest = *r;
	const uint8_t *p = rbuf_take(&rest, IPV6_HEADER_LEN);

	if (!p)
		return -EMSGSIZE;
	if (p[0] >> 4 != 6)
		return -EBADMSG;
	out->traffic_class = (uint8_t)(p[0] << 4 | p[1] >> 4);
	out->flow_label = (uint32_t)(p[1] & 0x0f) << 16 | (uint32_t)p[2] << 8 | p[3];
	out->payload_len = (uint16_t)(p[4] << 8 | p[5]);
	out->next_header = p[6];
	out->hop_limit = p[7];
	memcpy(&out->src, p + 8, sizeof(out->src));
	memcpy(&out->dst, p + 24, sizeof(out->dst));
	*r = rest;
	return 0;
}

int ipv6_emit(const struct ipv6_header *h, struct wbuf *w)
{
	uint8_t *p = wbuf_reserve(w, IPV6_HEADER_LEN);

	if (!p)
		return -ENOSPC;
	p[0] = (uint8_t)(6 << 4 | h->traffic_class >> 4);
	p[1] = (uint8_t)(h->traffic_class << 4 | (h->flow_label >> 16 & 0x0f));
	p[2] = (uint8_t)(h->flow_label >> 8);
	p[3] = (uint8_t)h->flow_label;
	p[4] = (uint8_t)(h->payload_len >> 8);
	p[5] = (uint8_t)h->payload_len;
	p[6] = h->next_header;
	p[7] = h->hop_limit;
	memcpy(p + 8, &h->src, sizeof(h->src));
	memcpy(p + 24, &h->dst, sizeof(h->dst));
	return 0;
}

int udp_parse(struct udp_header *out, struct rbuf *r)
{
	return fixed_parse(&layer_udp, out, r);
}

int udp_emit(const struct udp_header *h, struct wbuf *w)
{
	return fixed_emit(&layer_udp, h, w);
}

int icmp6_parse(struct icmp6_header *out, struct rbuf *r)
{
	return fixed_parse(&layer_icmp6, out, r);
}

int icmp6_emit(const struct icmp6_header *h, struct wbuf *w)
{
	return fixed_emit(&layer_icmp6, h, w);
}

/* Extension headers that can be stepped over (ESP can't). Each is 8 octets
 * and what its second octet says, in units of its own; a fragment header's
 * second octet is reserved. */
static const struct {
	uint8_t proto;
	uint8_t unit;
} extensions[] = {
	{ IPPROTO_HOPOPTS, 8 },
	{ IPPROTO_ROUTING, 8 },
	{ IPPROTO_FRAGMENT, 0 },
	{ IPPROTO_DSTOPTS, 8 },
	{ IPPROTO_AH, 4 }, /* RFC 4302 2.2 */
};

/* The unit of an extension header's length; -1 if proto isn't one. */
static int extension_unit(uint8_t proto)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (extensions[i].proto == proto)
			return extensions[i].unit;
	return -1;
}

/* Over one extension header of that unit, to what it names. */
static int extension_step(struct ipv6_found *at, int unit, struct rbuf *r)
{
	const uint8_t *header = rbuf_take(r, 8);

	if (!header || !rbuf_take(r, (size_t)unit * header[1]))
		return -EMSGSIZE;
	if (at->proto == IPPROTO_FRAGMENT) {
		at->fragment = wire_bits_get(header, 16, 13) != 0;
		at->more_fragments = header[3] & 0x01;
	}
	at->next_at = at->off;
	at->proto = header[0];
	at->off = r->off;
	return 0;
}

enum { OPTION_PAD1 = 0 }; /* of one octet, without a length */

bool ipv6_option_next(struct rbuf *r, struct ipv6_option *out)
{
	struct rbuf rest = *r;
	struct ipv6_option o = { 0 };

	if (rbuf_left(r) == 0)
		return false;
	o.type = rbuf_u8(&rest);
	o.len = o.type == OPTION_PAD1 ? 0 : rbuf_u8(&rest);
	o.data = rbuf_take(&rest, o.len);
	r->bad = rest.bad;
	if (r->bad)
		return false;
	*r = rest;
	*out = o;
	return true;
}

size_t ipv6_own_len(const uint8_t *packet, size_t len)
{
	size_t payload_len, own;

	if (len < IPV6_HEADER_LEN || packet[0] >> 4 != 6)
		return len;
	payload_len = wire_bits_get(packet, 32, 16);
	own = IPV6_HEADER_LEN + payload_len;
	if (payload_len == 0 && packet[6] != PROTO_NONE)
		return len;
	return own < len ? own : len;
}

int ipv6_walk(struct ipv6_found *at, const uint8_t *packet, size_t len, int wanted)
{
	struct rbuf r = { .data = packet, .len = len, .off = at->off };

	while (at->proto != wanted && !at->fragment) {
		int unit = extension_unit(at->proto);
		int rc;

		if (unit < 0)
			break;
		rc = extension_step(at, unit, &r);
		if (rc)
			return rc;
	}
	return wanted >= 0 && (at->proto != wanted || at->fragment) ? -ENOENT : 0;
}

int ipv6_find(struct ipv6_found *out, const uint8_t *packet, size_t len, int wanted)
{
	struct rbuf r = rbuf_of(packet, len);
	struct ipv6_found at = { .off = IPV6_HEADER_LEN, .next_at = 6 };
	struct ipv6_header ip;
	int rc = ipv6_parse(&ip, &r);

	if (rc)
		return rc;
	if (r.len - r.off > ip.payload_len) /* what the link padded is not the packet */
		r.len = r.off + ip.payload_len;
	at.proto = ip.next_header;
	rc = ipv6_walk(&at, packet, r.len, wanted);
	if (rc)
		return rc;
	*out = at;
	return 0;
}
