/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building with libnet 1.1.6, and what it gets wrong. Each was seen in
 * octets; none is fixed in the version that distributions carry.
 *
 * 1. A header between IPv6 and UDP or ICMPv6 is not walked over: the
 *    checksum is wrong and is written into that header.
 * 2. libnet_build_ipv6() puts the low octet of a flow label into its middle
 *    octet too (a precedence slip).
 * 3. A UDP checksum that comes out as 0 is sent as 0, "no checksum", which
 *    IPv6 forbids (RFC 8200 8.1 wants 0xffff).
 * 4. Length and protocol are added in 16 bits for the pseudo-header, so the
 *    checksum of a packet near 65535 octets is wrong.
 * 5. libnet_adv_cull_packet() works in one injection mode only, one that
 *    needs privilege. LIBNET_NONE with libnet_pblock_coalesce() needs none.
 */
#include "pcap/inject.h"

#include <errno.h>
#include <libnet.h>
#include <string.h>

enum {
	FLOW_LABEL_MAX = 0xfffff,
	ECHO_HEADER_LEN = 8,
	UDP_CHECKSUM_AT = IPV6_HEADER_LEN + 6,
};

/* 0 if libnet builds the IPv6 header right. */
static int check_header(const struct ipv6_header *ip, size_t payload_len)
{
	if (ip->flow_label > FLOW_LABEL_MAX)
		return -EINVAL;
	if (payload_len > UINT16_MAX)
		return -EMSGSIZE;
	if ((ip->flow_label >> 8 & 0xff) != (ip->flow_label & 0xff)) /* bug 2 */
		return -ENOTSUP;
	return 0;
}

/* 0 if, besides, it sums a payload of this protocol right. */
static int check_summed(const struct ipv6_header *ip, uint8_t protocol, size_t payload_len)
{
	int err = check_header(ip, payload_len);

	if (err)
		return err;
	if (ip->next_header != protocol) /* bug 1 */
		return -ENOTSUP;
	if (payload_len + protocol > UINT16_MAX) /* bug 4 */
		return -ENOTSUP;
	return 0;
}

static libnet_t *begin(void)
{
	char why[LIBNET_ERRBUF_SIZE];

	return libnet_init(LIBNET_NONE, NULL, why); /* bug 5; NULL: out of memory */
}

static struct libnet_in6_addr address(const struct in6_addr *from)
{
	struct libnet_in6_addr to;

	memcpy(to.libnet_s6_addr, from->s6_addr, sizeof(from->s6_addr));
	return to;
}

/* Puts IPv6 in front of what l holds, takes the octets out and ends l. tag is
 * what the builder of the payload returned. The arguments are checked, so all
 * that can fail inside libnet is memory. */
static ssize_t finish(libnet_t *l, libnet_ptag_t tag, const struct ipv6_header *ip,
		      size_t payload_len, uint8_t *out, size_t cap)
{
	uint8_t *packet = NULL;
	uint32_t len = 0;
	ssize_t result = -ENOMEM;

	if (tag < 0)
		goto end;
	if (libnet_build_ipv6(ip->traffic_class, ip->flow_label, (uint16_t)payload_len,
			      ip->next_header, ip->hop_limit, address(&ip->src), address(&ip->dst),
			      NULL, 0, l, 0) < 0)
		goto end;
	if (libnet_pblock_coalesce(l, &packet, &len) < 0)
		goto end;

	result = -ENOSPC;
	if (len <= cap) {
		memcpy(out, packet, len);
		result = (ssize_t)len;
	}
	libnet_adv_free_packet(l, packet); /* not free(): its memory may start earlier */
end:
	libnet_destroy(l);
	return result;
}

ssize_t inject_udp(uint8_t *out, size_t cap, const struct ipv6_header *ip, uint16_t src_port,
		   uint16_t dst_port, const void *data, size_t len)
{
	size_t udp_len = UDP_HEADER_LEN + len;
	int err = check_summed(ip, IPPROTO_UDP, udp_len);
	libnet_ptag_t tag;
	libnet_t *l;
	ssize_t built;

	if (err)
		return err;
	l = begin();
	if (!l)
		return -ENOMEM;
	tag = libnet_build_udp(src_port, dst_port, (uint16_t)udp_len, 0, data, (uint32_t)len, l, 0);
	built = finish(l, tag, ip, udp_len, out, cap);
	if (built > 0 && out[UDP_CHECKSUM_AT] == 0 && out[UDP_CHECKSUM_AT + 1] == 0)
		memset(out + UDP_CHECKSUM_AT, 0xff, 2); /* bug 3; the same sum */
	return built;
}

ssize_t inject_echo(uint8_t *out, size_t cap, const struct ipv6_header *ip, uint8_t type,
		    uint16_t id, uint16_t seq, const void *data, size_t len)
{
	size_t echo_len = ECHO_HEADER_LEN + len;
	int err = check_summed(ip, IPPROTO_ICMPV6, echo_len);
	libnet_ptag_t tag;
	libnet_t *l;

	if (err)
		return err;
	if (type != INJECT_ECHO_REQUEST && type != INJECT_ECHO_REPLY)
		return -EINVAL;
	l = begin();
	if (!l)
		return -ENOMEM;
	/* The builder only reads its payload, for all that its type says. */
	tag = libnet_build_icmpv6_echo(type, 0, 0, id, seq, (uint8_t *)data, (uint32_t)len, l, 0);
	return finish(l, tag, ip, echo_len, out, cap);
}

ssize_t inject_octets(uint8_t *out, size_t cap, const struct ipv6_header *ip, const void *data,
		      size_t len)
{
	int err = check_header(ip, len);
	libnet_ptag_t tag = 0;
	libnet_t *l;

	if (err)
		return err;
	l = begin();
	if (!l)
		return -ENOMEM;
	if (len > 0)
		tag = libnet_build_data(data, (uint32_t)len, l, 0);
	return finish(l, tag, ip, len, out, cap);
}
