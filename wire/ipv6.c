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

int ipv6_parse(struct ipv6_header *out, struct rbuf *r)
{
	if (rbuf_left(r) >= IPV6_HEADER_LEN && r->data[r->off] >> 4 != 6)
		return -EBADMSG;
	return fixed_parse(&layer_ipv6, out, r);
}

int ipv6_emit(const struct ipv6_header *h, struct wbuf *w)
{
	return fixed_emit(&layer_ipv6, h, w);
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
	at->fragment = at->proto == IPPROTO_FRAGMENT && wire_bits_get(header, 16, 13) != 0;
	at->next_at = at->off;
	at->proto = header[0];
	at->off = r->off;
	return 0;
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
	while (at.proto != wanted && !at.fragment) {
		int unit = extension_unit(at.proto);

		if (unit < 0)
			break;
		rc = extension_step(&at, unit, &r);
		if (rc)
			return rc;
	}
	if (wanted >= 0 && (at.proto != wanted || at.fragment))
		return -ENOENT;
	*out = at;
	return 0;
}
