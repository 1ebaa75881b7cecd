/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 (RFC 8200), UDP (RFC 768) and ICMPv6 (RFC 4443) as structs, and the
 * walk over extension headers that finds what a packet carries.
 */
#ifndef WIRE_IPV6_H
#define WIRE_IPV6_H

#include "wire/cursor.h"

#include <netinet/in.h>
#include <sys/types.h>

enum {
	IPV6_HEADER_LEN = 40,
	UDP_HEADER_LEN = 8,
	ICMP6_HEADER_LEN = 4,
	PROTO_SHIM6 = 140, /* RFC 5533 17 */
	PROTO_HIP = 139,
	PROTO_NONE = 59,
};

struct ipv6_header {
	uint8_t traffic_class;
	uint32_t flow_label;
	uint16_t payload_len; /* octets behind the 40 */
	uint8_t next_header;
	uint8_t hop_limit;
	struct in6_addr src, dst;
};

/* Parsing takes a header from the cursor: 0, -EMSGSIZE if there is less of it,
 * and of IPv6 -EBADMSG if it isn't version 6. Emitting: 0 or -ENOSPC. */
int ipv6_parse(struct ipv6_header *out, struct rbuf *r);
int ipv6_emit(const struct ipv6_header *h, struct wbuf *w);

/*
 * Where the first header of protocol `wanted` starts, walking extension
 * headers (RFC 8200 4: Hop-by-Hop, Routing, Fragment, Destination Options,
 * Authentication) in any order but not into Shim6; or, with wanted < 0, where
 * the walk ends: the first header that isn't one of these.
 *
 * The packet ends where its Payload Length says, or where len does. Behind
 * the fragment header of a later fragment are octets from the middle of the
 * original, so no header is ever found there.
 */
struct ipv6_found {
	size_t off;     /* octets from the IPv6 header; may equal the length */
	size_t next_at; /* offset of the Next Header octet that names it */
	uint8_t proto;
	bool fragment;  /* a later fragment: what follows is not a header */
	bool more_fragments; /* a fragment header on the way says that more are to come */
};

/* 0; -ENOENT if the chain has no such header; -EMSGSIZE if it leaves the
 * packet; -EBADMSG if it isn't version 6. */
int ipv6_find(struct ipv6_found *out, const uint8_t *packet, size_t len, int wanted);

/* The same walk from a header on, of which off, next_at and proto are known; len
 * ends the packet. *at is moved on in any case. 0, -ENOENT or -EMSGSIZE. */
int ipv6_walk(struct ipv6_found *at, const uint8_t *packet, size_t len, int wanted);

/*
 * How many of the octets from an IPv6 header on are the packet's own: a link may
 * have put others behind them, so as to reach its least length, or to check
 * (IEEE 802.3). len, where Payload Length is 0 without saying so: for a jumbogram
 * (RFC 2675 3), or a packet that only the card cuts in pieces.
 */
size_t ipv6_own_len(const uint8_t *packet, size_t len);

/* An option of a Hop-by-Hop or a Destination Options header, RFC 8200 4.2. */
struct ipv6_option {
	uint8_t type;
	uint8_t len;         /* octets of data */
	const uint8_t *data; /* borrowed */
};

enum { IPV6_OPTIONS_AT = 2 }; /* octet of such a header where they begin */

/* Next option, from a cursor at one. true; false at the end, or when what is left is no
 * option: then r->bad is set, and the cursor is no further. */
bool ipv6_option_next(struct rbuf *r, struct ipv6_option *out);

struct udp_header {
	uint16_t src_port, dst_port; /* host order */
	uint16_t len;                /* octets, header included */
	uint16_t checksum;
};

int udp_parse(struct udp_header *out, struct rbuf *r);
int udp_emit(const struct udp_header *h, struct wbuf *w);

struct icmp6_header {
	uint8_t type, code;
	uint16_t checksum;
};

int icmp6_parse(struct icmp6_header *out, struct rbuf *r);
int icmp6_emit(const struct icmp6_header *h, struct wbuf *w);

#endif
