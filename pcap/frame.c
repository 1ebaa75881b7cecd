/* SPDX-License-Identifier: BSD-2-Clause */
/* Link headers are described at tcpdump.org/linktypes.html. */
#include "pcap/frame.h"

#include "wire/cursor.h"
#include "wire/ipv6.h"

#include <pcap/dlt.h>

enum { /* tags that stand between a link header and its real ethertype */
	TAG_8021Q = 0x8100,
	TAG_8021AD = 0x88a8,
	TAG_QINQ = 0x9100,
};

enum { /* in a GRE header's first 16 bits; what isn't named must be 0 */
	GRE_CHECKSUM = 0x8000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_UNKNOWN = 0x4007, /* routing (RFC 1701), and versions but 0 (RFC 2637) */
	GRE_ETHERNET = 0x6558, /* protocol type: a frame, bridged */
};

/*
 * Each reads what its link header says, from a cursor at its first octet,
 * and leaves the cursor behind the header.
 */
struct link_type {
	int number;
	uint16_t in_file;
	uint16_t (*enter)(struct rbuf *r, struct captured *out);
};

/* Called behind an ethertype: skips VLAN tags, IEEE 802.1Q and 802.1ad. */
static uint16_t enter_tags(struct rbuf *r, uint16_t ethertype)
{
	while (ethertype == TAG_8021Q || ethertype == TAG_8021AD || ethertype == TAG_QINQ) {
		rbuf_take(r, 2); /* priority and VLAN number */
		ethertype = rbuf_u16(r);
	}
	return ethertype;
}

static uint16_t enter_ipv4(struct rbuf *r, struct captured *out)
{
	(void)r;
	(void)out;
	return FRAME_IPV4;
}

static uint16_t enter_ipv6(struct rbuf *r, struct captured *out)
{
	(void)r;
	(void)out;
	return FRAME_IPV6;
}

/* Either version of IP, told apart by its first four bits. */
static uint16_t enter_raw(struct rbuf *r, struct captured *out)
{
	struct rbuf peek = *r;

	(void)out;
	switch (rbuf_u8(&peek) >> 4) {
	case 4: return FRAME_IPV4;
	case 6: return FRAME_IPV6;
	default: return FRAME_UNTYPED;
	}
}

static uint16_t enter_ethernet(struct rbuf *r, struct captured *out)
{
	(void)out;
	rbuf_take(r, 12); /* destination, source */
	return enter_tags(r, rbuf_u16(r));
}

static uint16_t enter_sll(struct rbuf *r, struct captured *out)
{
	(void)out;
	rbuf_take(r, 14); /* packet type, hardware type, sender's address */
	return enter_tags(r, rbuf_u16(r));
}

static uint16_t enter_sll2(struct rbuf *r, struct captured *out)
{
	uint16_t ethertype = rbuf_u16(r);

	rbuf_take(r, 2); /* reserved */
	out->if_index = rbuf_u32(r);
	rbuf_take(r, 12); /* hardware type, packet type, sender's address */
	return enter_tags(r, ethertype);
}

/*
 * An address family of the capturing system, in its byte order (NULL) or in
 * network order (LOOP). Families are small, so the order shows by itself.
 */
static uint16_t enter_family(struct rbuf *r, struct captured *out)
{
	uint32_t family = rbuf_u32(r);

	(void)out;
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2: return FRAME_IPV4;
	case 10:                         /* AF_INET6 of Linux */
	case 24:                         /* NetBSD, OpenBSD */
	case 28:                         /* FreeBSD */
	case 30: return FRAME_IPV6;  /* macOS */
	default: return FRAME_UNTYPED;
	}
}

static const struct link_type link_types[] = {
	{ DLT_IPV4,       228, enter_ipv4 },
	{ DLT_IPV6,       229, enter_ipv6 },
	{ DLT_RAW,        101, enter_raw },
	{ DLT_EN10MB,     1,   enter_ethernet },
	{ DLT_LINUX_SLL,  113, enter_sll },
	{ DLT_LINUX_SLL2, 276, enter_sll2 },
	{ DLT_NULL,       0,   enter_family },
	{ DLT_LOOP,       108, enter_family },
};

const struct link_type *link_type_numbered(int number)
{
	for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
		if (link_types[i].number == number)
			return &link_types[i];
	return NULL;
}

int link_type_number(const struct link_type *link)
{
	return link->number;
}

uint16_t link_type_in_file(const struct link_type *link)
{
	return link->in_file;
}

/* Each enters a tunnel: leaves the cursor at what is inside, and says what
 * that is; FRAME_UNTYPED if it isn't one, or is cut short. */

/* RFC 2784 2.1, RFC 2890 2. */
static uint16_t enter_gre(struct rbuf *r, struct captured *out)
{
	uint16_t flags = rbuf_u16(r);
	uint16_t ethertype = rbuf_u16(r);
	size_t optional = 4 * (size_t)(!!(flags & GRE_CHECKSUM) + !!(flags & GRE_KEY) +
				       !!(flags & GRE_SEQUENCE));

	rbuf_take(r, optional);
	if (r->bad || flags & GRE_UNKNOWN)
		return FRAME_UNTYPED;
	return ethertype == GRE_ETHERNET ? enter_ethernet(r, out) : ethertype;
}

static uint16_t enter_carried(uint8_t protocol, struct rbuf *r, struct captured *out)
{
	switch (protocol) {
	case IPPROTO_IPIP: return FRAME_IPV4;
	case IPPROTO_IPV6: return FRAME_IPV6;
	case IPPROTO_GRE: return enter_gre(r, out);
	default: return FRAME_UNTYPED;
	}
}

static bool is_carrier(uint8_t protocol)
{
	return protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6 || protocol == IPPROTO_GRE;
}

/* RFC 791 3.1. A total length may be 0, where a network card cuts packets,
 * so lengths are left to the header inside. */
static uint16_t enter_carrier4(struct rbuf *r, struct captured *out)
{
	struct rbuf header = *r;
	uint8_t version = rbuf_u8(&header);
	size_t len = 4 * (size_t)(version & 0xf);
	uint16_t fragment;
	uint8_t protocol;

	rbuf_take(&header, 5); /* type of service, total length, identification */
	fragment = rbuf_u16(&header);
	rbuf_take(&header, 1); /* time to live */
	protocol = rbuf_u8(&header);
	if (header.bad || version >> 4 != 4 || len < 20 || !is_carrier(protocol))
		return FRAME_UNTYPED;
	if (fragment & 0x3fff) { /* an offset, or more to come */
		out->tunnel_fragment = true;
		return FRAME_UNTYPED;
	}
	rbuf_take(r, len);
	return enter_carried(protocol, r, out);
}

/* GRE over IPv6, RFC 7676. Looks twice only where it might be. */
static uint16_t enter_carrier6(struct rbuf *r, struct captured *out)
{
	const uint8_t *packet = r->data + r->off;
	size_t len = rbuf_left(r);
	struct ipv6_found gre;

	if (len < IPV6_HEADER_LEN)
		return FRAME_UNTYPED;
	switch (packet[6]) {
	case IPPROTO_GRE:
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS: /* RFC 2473 4.1: with an encapsulation limit */
		break;
	default:
		return FRAME_UNTYPED;
	}
	if (ipv6_find(&gre, packet, len, IPPROTO_GRE))
		return FRAME_UNTYPED;
	rbuf_take(r, gre.off);
	return enter_gre(r, out);
}

static uint16_t enter_tunnel(uint16_t ethertype, struct rbuf *r, struct captured *out)
{
	switch (ethertype) {
	case FRAME_IPV4: return enter_carrier4(r, out);
	case FRAME_IPV6: return enter_carrier6(r, out);
	default: return FRAME_UNTYPED;
	}
}

void frame_enter(struct captured *c, const struct link_type *link)
{
	struct rbuf r = rbuf_of(c->frame, c->len);

	c->ip_off = -1;
	c->tunnels = 0;
	c->tunnel_fragment = false;
	c->if_index = 0;
	c->ethertype = link->enter(&r, c);
	if (r.bad)
		c->ethertype = FRAME_UNTYPED;
	while (c->tunnels < FRAME_TUNNELS_MAX) {
		struct rbuf deeper = r;
		uint16_t ethertype = enter_tunnel(c->ethertype, &deeper, c);

		if (deeper.bad || ethertype == FRAME_UNTYPED)
			break;
		r = deeper;
		c->ethertype = ethertype;
		c->tunnels++;
	}
	if (c->ethertype == FRAME_IPV6)
		c->ip_off = (ssize_t)r.off;
}
