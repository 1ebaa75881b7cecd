/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a field ought to be, told from the rest of the packet. The builder
 * fills packets with these values and the dissector complains by them, so
 * there is one notion of right.
 */
#include "wire/due.h"
#include "wire/checksum.h"
#include "wire/cursor.h"
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/rows.h"

#include <string.h>

enum {
	ROUTING_ADDRS_AT = 8,      /* octets of a routing header before its addresses */
	OPTION_HOME_ADDRESS = 201, /* RFC 6275 6.3 */
};

/* Do lengths in this span speak of octets that aren't in the packet? Then
 * the capture is cut or the rest is in other fragments (RFC 8200 4.5). */
static bool goes_on(const struct wire_dissection *d, unsigned span)
{
	uint64_t more;

	for (unsigned i = 0; i < span; i++)
		if (d->spans[i].layer == &layer_fragment &&
		    wire_row_get(d, i, ROW_FRAGMENT_MORE, &more) == 0 && more)
			return true;
	return d->cut;
}

/* Where the IPv6 headers in front of a span say that it must end. */
static size_t container_end(const struct wire_dissection *d, unsigned span)
{
	size_t end = d->len;
	uint64_t len;

	for (unsigned i = 0; i < span; i++) {
		const struct wire_span *s = &d->spans[i];

		if (s->layer == &layer_ipv6 &&
		    wire_row_get(d, i, ROW_IPV6_PAYLOAD_LEN, &len) == 0 &&
		    s->off + IPV6_HEADER_LEN + len < end)
			end = s->off + IPV6_HEADER_LEN + len;
	}
	return end;
}

/* Octets from a span to the end of what contains it; IPv6 doesn't count its header. */
static int due_rest(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	const struct wire_span *s = &d->spans[span];
	size_t end = container_end(d, span);
	size_t start = s->off + (s->layer == &layer_ipv6 ? IPV6_HEADER_LEN : 0);

	if (end < start)
		return -EBADMSG;
	if (goes_on(d, span))
		return -ENOENT;
	*out = end - start;
	return 0;
}

const struct wire_layer *wire_layer_meant(const struct wire_dissection *d, unsigned span)
{
	const struct wire_layer *layer = d->spans[span].layer, *meant = NULL;
	bool control = layer == &layer_control;
	uint64_t type;

	if ((control || layer == &layer_option) &&
	    wire_row_get(d, span, control ? ROW_MESSAGE_TYPE : ROW_OPTION_TYPE, &type) == 0)
		meant = wire_layer_numbered(layer->family, (unsigned)type);
	return meant ? meant : layer;
}

/* Octets that a header says it has, IPv6 with what is inside; 0 where it doesn't say. */
static size_t claimed_len(const struct wire_dissection *d, unsigned span)
{
	const struct wire_layer *layer = d->spans[span].layer;
	bool ip = layer == &layer_ipv6;
	unsigned row = ip ? ROW_IPV6_PAYLOAD_LEN : ROW_HDR_EXT_LEN;
	enum wire_role role = layer->fields[row].role;
	uint64_t units;

	/* Fixed in a payload header; a fragment header has reserved bits there. */
	if ((role != WIRE_LENGTH && role != WIRE_FIXED) || wire_row_get(d, span, row, &units))
		return 0;
	if (ip)
		return IPV6_HEADER_LEN + units;
	return 8 + (layer == &layer_ah ? 4 : 8) * units;
}

/* Octets of a header that are here; of a control message with its options, and with
 * what no option explains, be it because no spans were left for more of them. */
static size_t octets_here(const struct wire_dissection *d, unsigned span, size_t claimed)
{
	const struct wire_span *s = &d->spans[span];
	size_t octets = s->len, rest;
	unsigned i = span + 1;

	for (; i < d->span_count && d->spans[i].layer->family == WIRE_FAMILY_OPTION; i++)
		octets += d->spans[i].len;
	if (i == d->span_count || d->spans[i].layer != &layer_data || octets >= claimed)
		return octets;
	rest = claimed - octets;
	return octets + (d->spans[i].len < rest ? d->spans[i].len : rest);
}

static int due_hdr_ext_len(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	size_t claimed = claimed_len(d, span), octets = octets_here(d, span, claimed);
	const struct wire_layer *meant = wire_layer_meant(d, span);

	if (claimed == 0)
		return -EBADMSG;
	if (octets < claimed && goes_on(d, span))
		return -ENOENT;
	if (octets < meant->fixed)
		octets = meant->fixed;
	*out = (octets + 7) / 8 - 1;
	return 0;
}

/* RFC 4302 2.2. */
static int due_ah_len(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	size_t octets = d->spans[span].len;

	if (octets < claimed_len(d, span) && goes_on(d, span))
		return -ENOENT;
	if (octets < layer_ah.fixed)
		octets = layer_ah.fixed;
	*out = octets / 4 - 2;
	return 0;
}

/* RFC 9293 3.1. One that points into the fixed part, or beyond the packet, is as long
 * as what is here. */
static int due_data_offset(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	size_t octets = d->spans[span].len;

	if (octets < 4 * wire_row_number(d, span, ROW_TCP_DATA_OFFSET) && goes_on(d, span))
		return -ENOENT;
	if (octets < layer_tcp.fixed)
		octets = layer_tcp.fixed;
	*out = octets / 4;
	return 0;
}

/* Has its content one length only? */
static bool is_fixed_size(const struct wire_layer *layer)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].bits == 0 && !layer->fields[i].optional)
			return false;
	return true;
}

/* RFC 5533 5.15. Fixed for options of fixed size; for others any Length that
 * has room for the fixed part is as good as it stands. */
static int due_option_len(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	const struct wire_layer *meant = wire_layer_meant(d, span);
	uint64_t len;

	if (wire_row_get(d, span, ROW_OPTION_LEN, &len))
		return -EBADMSG;
	if (is_fixed_size(meant) || len + 4 < meant->fixed)
		len = meant->fixed - 4;
	*out = len;
	return 0;
}

/* RFC 5533 5.15.2: the number of locators that fills Length. Generation and
 * count, a method octet each, padding to a multiple of 8, 16 octets each. */
static int due_count(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	uint64_t len;

	if (wire_row_get(d, span, ROW_OPTION_LEN, &len))
		return -EBADMSG;
	for (unsigned n = 0; n <= UINT8_MAX; n++) {
		if ((9 + n + 7) / 8 * 8 + 16 * n == len + 4) {
			*out = n;
			return 0;
		}
	}
	return -EBADMSG;
}

/* By family and by where the field starts, which tells them apart but for AH. */
static const struct {
	const struct wire_layer *layer; /* NULL: any of the family */
	uint8_t family;
	uint16_t bit;
	int (*due)(const struct wire_dissection *d, unsigned span, uint64_t *out);
} lengths[] = {
	{ &layer_ah, WIRE_FAMILY_IP,      8, due_ah_len },
	{ NULL,      WIRE_FAMILY_IP,      8, due_hdr_ext_len },
	{ NULL,      WIRE_FAMILY_IP,     32, due_rest }, /* payload_len, and len of UDP */
	{ NULL,      WIRE_FAMILY_IP,     96, due_data_offset },
	{ NULL,      WIRE_FAMILY_SHIM6,   8, due_hdr_ext_len },
	{ NULL,      WIRE_FAMILY_OPTION, 16, due_option_len },
	{ NULL,      WIRE_FAMILY_OPTION, 64, due_count },
};

static int due_length(const struct wire_dissection *d, unsigned span,
		      const struct wire_field *field, uint64_t *out)
{
	const struct wire_layer *layer = d->spans[span].layer;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (lengths[i].family == layer->family && lengths[i].bit == field->bit &&
		    (!lengths[i].layer || lengths[i].layer == layer))
			return lengths[i].due(d, span, out);
	return -ENOENT;
}

/* The number of what follows; octets that nobody explains may be anything, and so may
 * what would stand behind a header that leaves the packet. */
static int due_next(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	unsigned i = span + 1;

	while (i < d->span_count && d->spans[i].layer->family == WIRE_FAMILY_OPTION)
		i++;
	if (i == d->span_count) {
		if (goes_on(d, span) || d->spans[span].off + claimed_len(d, span) > d->end)
			return -ENOENT;
		*out = PROTO_NONE;
		return 0;
	}
	if (d->spans[i].layer == &layer_data)
		return -ENOENT;
	*out = d->spans[i].layer->family == WIRE_FAMILY_SHIM6 ? PROTO_SHIM6
							      : d->spans[i].layer->number;
	return 0;
}

/* RFC 8200 8.1: while segments are left, the destination of the checksum is
 * the last address of a routing header of type 0 (RFC 2460 4.4) or 2 (RFC 6275 6.4).
 * Others hide it, and so does one that has fewer addresses than segments left. */
static int final_destination(const struct wire_dissection *d, unsigned span, struct in6_addr *out)
{
	const struct wire_span *s = &d->spans[span];
	uint64_t type, left;
	size_t addrs;

	if (wire_row_get(d, span, ROW_ROUTING_TYPE, &type) ||
	    wire_row_get(d, span, ROW_ROUTING_SEGMENTS_LEFT, &left))
		return -EBADMSG;
	if (left == 0)
		return 0;
	if ((type != 0 && type != 2) || s->len < ROUTING_ADDRS_AT)
		return -ENOENT;
	addrs = s->len - ROUTING_ADDRS_AT;
	if (addrs % sizeof(*out) || addrs / sizeof(*out) < left)
		return -ENOENT;
	memcpy(out, d->octets + s->off + s->len - sizeof(*out), sizeof(*out));
	return 0;
}

/* RFC 6275 11.3.1: who is away from home sums over the address that the option
 * tells, not over the source. */
static void home_address(const struct wire_dissection *d, unsigned span, struct in6_addr *out)
{
	const struct wire_span *s = &d->spans[span];
	struct rbuf r = rbuf_of(d->octets + s->off, s->len);
	struct ipv6_option o;

	rbuf_take(&r, IPV6_OPTIONS_AT);
	while (ipv6_option_next(&r, &o))
		if (o.type == OPTION_HOME_ADDRESS && o.len == sizeof(*out))
			memcpy(out, o.data, sizeof(*out));
}

int wire_endpoints(const struct wire_dissection *d, unsigned span, struct wire_endpoints *out)
{
	bool shimmed = false;
	int rc = -ENOENT;

	for (unsigned i = 0; i < span; i++) {
		const struct wire_span *s = &d->spans[i];
		const uint8_t *octets = d->octets + s->off;

		if (s->layer == &layer_ipv6 && s->len >= IPV6_HEADER_LEN) {
			memcpy(&out->src, octets + 8, sizeof(out->src));
			memcpy(&out->dst, octets + 24, sizeof(out->dst));
			shimmed = false;
			rc = 0;
		} else if (s->layer == &layer_routing && rc == 0) {
			rc = final_destination(d, i, &out->dst);
		} else if (s->layer == &layer_dst && !shimmed) {
			home_address(d, i, &out->src);
		} else if (s->layer == &layer_payload) {
			*out = (struct wire_endpoints){ d->ulid_src, d->ulid_dst };
			shimmed = true;
			rc = d->ulids_known ? 0 : -ENOENT;
		} else if (s->layer == &layer_fragment && goes_on(d, i + 1)) {
			return -ENOENT;
		}
	}
	return rc;
}

/* UDP, TCP and ICMPv6, RFC 8200 8.1. The UDP length counts when it can be true. */
static int due_upper_checksum(const struct wire_dissection *d, unsigned span, size_t at,
			      uint64_t *out)
{
	const struct wire_span *s = &d->spans[span];
	const uint8_t *octets = d->octets + s->off;
	size_t len = d->end - s->off;
	uint64_t claimed = len;
	struct wire_endpoints ends;
	uint32_t sum;
	int rc = wire_endpoints(d, span, &ends);

	if (rc)
		return rc;
	if (s->len < s->layer->fixed)
		return -EBADMSG;
	if (s->layer == &layer_udp)
		wire_row_get(d, span, ROW_UDP_LEN, &claimed);
	if (d->cut && (s->layer != &layer_udp || claimed > len || claimed < s->layer->fixed))
		return -ENOENT;
	if (claimed >= s->layer->fixed && claimed < len)
		len = claimed;

	sum = checksum_pseudo(&ends.src, &ends.dst, (uint32_t)len, (uint8_t)s->layer->number);
	sum = checksum_add(sum, octets, at);
	sum = checksum_add(sum, octets + at + 2, len - at - 2);
	*out = checksum_finish(sum);
	if (*out == 0 && s->layer == &layer_udp)
		*out = 0xffff; /* 0 would say that there is no checksum */
	return 0;
}

/* RFC 5533 5.3: as far as Hdr Ext Len says, or, when that can't be, as far
 * as there are octets. */
static int due_shim6_checksum(const struct wire_dissection *d, unsigned span, uint64_t *out)
{
	const struct wire_span *s = &d->spans[span];
	size_t len = d->end - s->off;
	uint64_t units;

	if (wire_row_get(d, span, ROW_HDR_EXT_LEN, &units) || len < 8)
		return -EBADMSG;
	if (8 * (units + 1) <= len)
		len = 8 * (units + 1);
	else if (goes_on(d, span))
		return -ENOENT;
	*out = checksum_shim6(d->octets + s->off, len);
	return 0;
}

static int due_checksum(const struct wire_dissection *d, unsigned span,
			const struct wire_field *field, uint64_t *out)
{
	const struct wire_span *s = &d->spans[span];
	int rc;

	if (wire_field_end(field) > s->len)
		return -EBADMSG;
	if (s->layer->family == WIRE_FAMILY_SHIM6)
		rc = due_shim6_checksum(d, span, out);
	else
		rc = due_upper_checksum(d, span, field->bit / 8, out);

	/* Both zeros of one's complement verify (RFC 1071 1): either is right. */
	if (rc == 0 && *out == 0 &&
	    wire_bits_get(d->octets + s->off, field->bit, field->bits) == 0xffff)
		*out = 0xffff;
	return rc;
}

int wire_derived_due(const struct wire_dissection *d, unsigned span,
		     const struct wire_field *field, uint64_t *out)
{
	switch ((enum wire_role)field->role) {
	case WIRE_LENGTH:
		return due_length(d, span, field, out);
	case WIRE_NEXT:
		return due_next(d, span, out);
	case WIRE_CHECKSUM:
		return due_checksum(d, span, field, out);
	case WIRE_VALUE:
	case WIRE_FIXED:
	case WIRE_RESERVED:
		break;
	}
	return -ENOENT;
}

int wire_field_due(const struct wire_dissection *d, unsigned span, const struct wire_field *field,
		   struct wire_value *out)
{
	uint64_t number;
	int rc = wire_number_due(d, span, field, &number);

	if (rc == 0)
		*out = (struct wire_value){ .kind = field->kind, .number = number };
	return rc;
}
