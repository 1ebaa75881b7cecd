/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same walk as in wire/ipv6.c, with two more roads inwards, and for the
 * millions of packets that are none of ours: of most it reads two octets.
 */
#include "pcap/look.h"

#include "wire/ipv6.h"

enum step {
	STOP,   /* nothing that we could look into */
	EXTENSION,
	AUTHENTICATION,
	FRAGMENT,
	TUNNEL, /* IPv6 */
	ICMP,
	SHIM6,
};

static const uint8_t steps[256] = { /* by Next Header */
	[IPPROTO_HOPOPTS] = EXTENSION,
	[IPPROTO_ROUTING] = EXTENSION,
	[IPPROTO_DSTOPTS] = EXTENSION,
	[IPPROTO_AH] = AUTHENTICATION,
	[IPPROTO_FRAGMENT] = FRAGMENT,
	[IPPROTO_IPV6] = TUNNEL,
	[IPPROTO_ICMPV6] = ICMP,
	[PROTO_SHIM6] = SHIM6,
};

enum {
	ICMP6_ERROR_LEN = 8,  /* before what it quotes */
	ICMP6_ERROR_MAX = 127 /* the largest type of an error */
};

struct look {
	const uint8_t *at; /* the next octet */
	size_t left;
	uint8_t protocol; /* what stands there */
};

static bool skip(struct look *l, size_t octets)
{
	if (octets > l->left)
		return false;
	l->at += octets;
	l->left -= octets;
	return true;
}

static bool enter_ipv6(struct look *l)
{
	size_t payload;

	if (l->left < IPV6_HEADER_LEN || l->at[0] >> 4 != 6)
		return false;
	payload = (size_t)l->at[4] << 8 | l->at[5];
	l->protocol = l->at[6];
	skip(l, IPV6_HEADER_LEN);
	if (l->left > payload) /* what the link padded is not the packet */
		l->left = payload;
	return true;
}

/* Over an extension header, of 8 octets and what its second says in units of `unit`. */
static bool enter_next(struct look *l, size_t unit)
{
	const uint8_t *header = l->at;

	if (l->left < 8)
		return false;
	l->protocol = header[0];
	return skip(l, 8 + unit * header[1]);
}

static bool enter_fragment(struct look *l)
{
	const uint8_t *header = l->at;

	if (!enter_next(l, 0))
		return false;
	if ((header[2] << 8 | header[3]) & 0xfff8) /* no header is behind it */
		l->left = 0;
	return true;
}

static bool enter_quote(struct look *l)
{
	return l->left > ICMP6_ERROR_LEN && l->at[0] <= ICMP6_ERROR_MAX &&
	       skip(l, ICMP6_ERROR_LEN) && enter_ipv6(l);
}

/* Inwards by one header. Each time at least 8 octets are left behind. */
static bool enter(struct look *l)
{
	switch ((enum step)steps[l->protocol]) {
	case STOP: return false;
	case EXTENSION: return enter_next(l, 8);
	case AUTHENTICATION: return enter_next(l, 4); /* RFC 4302 2.2 */
	case FRAGMENT: return enter_fragment(l);
	case TUNNEL: return enter_ipv6(l);
	case ICMP: return enter_quote(l);
	case SHIM6: break;
	}
	return true;
}

bool carries_shim6(const uint8_t *ip6, size_t len)
{
	struct look l = { .at = ip6, .left = len };

	if (!enter_ipv6(&l))
		return false;
	while (l.protocol != PROTO_SHIM6)
		if (!enter(&l))
			return false;
	return true;
}
