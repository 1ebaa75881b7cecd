/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of IPv6 and its extension headers (RFC 8200 3 and 4, RFC 4302 2),
 * UDP (RFC 768), TCP (RFC 9293 3.1) and ICMPv6 (RFC 4443 2.1 and 4).
 */
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/tcp.h"

#include <errno.h>

#define LENGTH_OF(a)     (sizeof(a) / sizeof((a)[0]))
#define MEMBER(type, m)  sizeof(((type *)0)->m), offsetof(type, m)
#define NO_MEMBER        0, 0
#define NAME(n)          WIRE_FIELD_NAME(n)
#define FIELDS(a)        .fields = (a), .field_count = LENGTH_OF(a)

/* A variable field here is what its layer has behind the fixed part. */
static int extent_rest(const struct wire_field *field, const uint8_t *octets, size_t len,
		       size_t *off, size_t *field_len)
{
	size_t start = field->bit / 8;

	(void)octets;
	if (len < start)
		return -EBADMSG;
	*off = start;
	*field_len = len - start;
	return 0;
}

#define IPV6(m) MEMBER(struct ipv6_header, m)

static const struct wire_field ipv6_fields[] = {
	/* name                 bit  bits  kind       role         member            init */
	{ NAME("version"),        0,   4, WIRE_UINT, WIRE_FIXED,  NO_MEMBER,           6 },
	{ NAME("traffic_class"),  4,   8, WIRE_HEX,  WIRE_VALUE,  IPV6(traffic_class), 0 },
	{ NAME("flow_label"),    12,  20, WIRE_HEX,  WIRE_VALUE,  IPV6(flow_label),    0 },
	{ NAME("payload_len"),   32,  16, WIRE_UINT, WIRE_LENGTH, IPV6(payload_len),   0 },
	{ NAME("next_header"),   48,   8, WIRE_UINT, WIRE_NEXT,   IPV6(next_header),   PROTO_NONE },
	{ NAME("hop_limit"),     56,   8, WIRE_UINT, WIRE_VALUE,  IPV6(hop_limit),     64 },
	{ NAME("src"),           64, 128, WIRE_ADDR, WIRE_VALUE,  IPV6(src),           0 },
	{ NAME("dst"),          192, 128, WIRE_ADDR, WIRE_VALUE,  IPV6(dst),           0 },
};

/* The number is that of an inner header (RFC 2473), where this one can be told by one. */
const struct wire_layer layer_ipv6 = {
	WIRE_LAYER_NAME("ipv6"), .title = "IPv6", .rfc = "RFC 8200 3",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_IPV6, .fixed = IPV6_HEADER_LEN,
	FIELDS(ipv6_fields),
};

static const struct wire_field options_fields[] = {
	{ NAME("next_header"),    0,   8, WIRE_UINT,   WIRE_NEXT,   NO_MEMBER,  PROTO_NONE },
	{ NAME("hdr_ext_len"),    8,   8, WIRE_UINT,   WIRE_LENGTH, NO_MEMBER,  0 },
	{ NAME("options"),       16,   0, WIRE_OCTETS, WIRE_VALUE,  NO_MEMBER,  0 },
};

const struct wire_layer layer_hop = {
	WIRE_LAYER_NAME("hop"), .title = "Hop-by-Hop Options", .rfc = "RFC 8200 4.3",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_HOPOPTS, .fixed = 2,
	FIELDS(options_fields), .extent = extent_rest,
};

const struct wire_layer layer_dst = {
	WIRE_LAYER_NAME("dst"), .title = "Destination Options", .rfc = "RFC 8200 4.6",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_DSTOPTS, .fixed = 2,
	FIELDS(options_fields), .extent = extent_rest,
};

static const struct wire_field routing_fields[] = {
	{ NAME("next_header"),    0,   8, WIRE_UINT,   WIRE_NEXT,   NO_MEMBER,  PROTO_NONE },
	{ NAME("hdr_ext_len"),    8,   8, WIRE_UINT,   WIRE_LENGTH, NO_MEMBER,  0 },
	{ NAME("type"),          16,   8, WIRE_UINT,   WIRE_VALUE,  NO_MEMBER,  0 },
	{ NAME("segments_left"), 24,   8, WIRE_UINT,   WIRE_VALUE,  NO_MEMBER,  0 },
	{ NAME("data"),          32,   0, WIRE_OCTETS, WIRE_VALUE,  NO_MEMBER,  0 },
};

const struct wire_layer layer_routing = {
	WIRE_LAYER_NAME("routing"), .title = "Routing", .rfc = "RFC 8200 4.4",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_ROUTING, .fixed = 4,
	FIELDS(routing_fields), .extent = extent_rest,
};

static const struct wire_field fragment_fields[] = {
	{ NAME("next_header"),    0,   8, WIRE_UINT, WIRE_NEXT,     NO_MEMBER, PROTO_NONE },
	{ NAME("reserved"),       8,   8, WIRE_HEX,  WIRE_RESERVED, NO_MEMBER, 0 },
	{ NAME("offset"),        16,  13, WIRE_UINT, WIRE_VALUE,    NO_MEMBER, 0 }, /* times 8 */
	{ NAME("reserved2"),     29,   2, WIRE_HEX,  WIRE_RESERVED, NO_MEMBER, 0 },
	{ NAME("more"),          31,   1, WIRE_UINT, WIRE_VALUE,    NO_MEMBER, 0 },
	{ NAME("id"),            32,  32, WIRE_HEX,  WIRE_VALUE,    NO_MEMBER, 0 },
};

const struct wire_layer layer_fragment = {
	WIRE_LAYER_NAME("fragment"), .title = "Fragment", .rfc = "RFC 8200 4.5",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_FRAGMENT, .fixed = 8,
	FIELDS(fragment_fields),
};

/* Payload Len counts the whole header in units of 4 octets, and two less. */
static const struct wire_field ah_fields[] = {
	{ NAME("next_header"),    0,   8, WIRE_UINT,   WIRE_NEXT,     NO_MEMBER, PROTO_NONE },
	{ NAME("payload_len"),    8,   8, WIRE_UINT,   WIRE_LENGTH,   NO_MEMBER, 0 },
	{ NAME("reserved"),      16,  16, WIRE_HEX,    WIRE_RESERVED, NO_MEMBER, 0 },
	{ NAME("spi"),           32,  32, WIRE_HEX,    WIRE_VALUE,    NO_MEMBER, 0 },
	{ NAME("seq"),           64,  32, WIRE_UINT,   WIRE_VALUE,    NO_MEMBER, 0 },
	{ NAME("icv"),           96,   0, WIRE_OCTETS, WIRE_VALUE,    NO_MEMBER, 0 },
};

const struct wire_layer layer_ah = {
	WIRE_LAYER_NAME("ah"), .title = "Authentication", .rfc = "RFC 4302 2",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_AH, .fixed = 12,
	FIELDS(ah_fields), .extent = extent_rest,
};

#define UDP(m) MEMBER(struct udp_header, m)

static const struct wire_field udp_fields[] = {
	{ NAME("src"),            0,  16, WIRE_UINT, WIRE_VALUE,    UDP(src_port),  0 },
	{ NAME("dst"),           16,  16, WIRE_UINT, WIRE_VALUE,    UDP(dst_port),  0 },
	{ NAME("len"),           32,  16, WIRE_UINT, WIRE_LENGTH,   UDP(len),       0 },
	{ NAME("checksum"),      48,  16, WIRE_HEX,  WIRE_CHECKSUM, UDP(checksum),  0 },
};

const struct wire_layer layer_udp = {
	WIRE_LAYER_NAME("udp"), .title = "UDP", .rfc = "RFC 768",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_UDP, .fixed = UDP_HEADER_LEN,
	FIELDS(udp_fields),
};

/* Data Offset counts the whole header in units of 4 octets. */
static const struct wire_field tcp_fields[] = {
	{ NAME("src"),            0,  16, WIRE_UINT,   WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("dst"),           16,  16, WIRE_UINT,   WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("seq"),           32,  32, WIRE_UINT,   WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("ack"),           64,  32, WIRE_UINT,   WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("data_offset"),   96,   4, WIRE_UINT,   WIRE_LENGTH,   NO_MEMBER,  0 },
	{ NAME("reserved"),     100,   4, WIRE_HEX,    WIRE_RESERVED, NO_MEMBER,  0 },
	{ NAME("flags"),        104,   8, WIRE_HEX,    WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("window"),       112,  16, WIRE_UINT,   WIRE_VALUE,    NO_MEMBER,  65535 },
	{ NAME("checksum"),     128,  16, WIRE_HEX,    WIRE_CHECKSUM, NO_MEMBER,  0 },
	{ NAME("urgent"),       144,  16, WIRE_UINT,   WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("options"),      160,   0, WIRE_OCTETS, WIRE_VALUE,    NO_MEMBER,  0 },
};

const struct wire_layer layer_tcp = {
	WIRE_LAYER_NAME("tcp"), .title = "TCP", .rfc = "RFC 9293 3.1",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_TCP, .fixed = TCP_HEADER_LEN,
	FIELDS(tcp_fields), .extent = extent_rest,
};

#define ICMP6(m) MEMBER(struct icmp6_header, m)

static const struct wire_field icmp6_fields[] = {
	{ NAME("type"),           0,   8, WIRE_UINT, WIRE_VALUE,    ICMP6(type),      0 },
	{ NAME("code"),           8,   8, WIRE_UINT, WIRE_VALUE,    ICMP6(code),      0 },
	{ NAME("checksum"),      16,  16, WIRE_HEX,  WIRE_CHECKSUM, ICMP6(checksum),  0 },
};

const struct wire_layer layer_icmp6 = {
	WIRE_LAYER_NAME("icmp6"), .title = "ICMPv6", .rfc = "RFC 4443 2.1",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_ICMPV6, .fixed = ICMP6_HEADER_LEN,
	FIELDS(icmp6_fields),
};

static const struct wire_field echo_fields[] = {
	{ NAME("type"),           0,   8, WIRE_UINT, WIRE_VALUE,    NO_MEMBER,  128 },
	{ NAME("code"),           8,   8, WIRE_UINT, WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("checksum"),      16,  16, WIRE_HEX,  WIRE_CHECKSUM, NO_MEMBER,  0 },
	{ NAME("id"),            32,  16, WIRE_UINT, WIRE_VALUE,    NO_MEMBER,  0 },
	{ NAME("seq"),           48,  16, WIRE_UINT, WIRE_VALUE,    NO_MEMBER,  0 },
};

const struct wire_layer layer_echo = {
	WIRE_LAYER_NAME("echo"), .title = "ICMPv6 Echo", .rfc = "RFC 4443 4",
	.family = WIRE_FAMILY_IP, .number = IPPROTO_ICMPV6, .fixed = 8,
	FIELDS(echo_fields),
};

static const struct wire_field data_fields[] = {
	{ NAME("octets"),         0,   0, WIRE_OCTETS, WIRE_VALUE,  NO_MEMBER,  0 },
};

const struct wire_layer layer_data = {
	WIRE_LAYER_NAME("data"), .title = "data", .rfc = "",
	.family = WIRE_FAMILY_DATA, .number = 0, .fixed = 0,
	FIELDS(data_fields), .extent = extent_rest,
};
