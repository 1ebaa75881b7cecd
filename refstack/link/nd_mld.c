/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast Listener Discovery, RFC 3810, as far as our solicited-node groups need
 * it: a switch that snoops would not let our neighbours' questions through to us
 * (RFC 4861 7.2.1). Joins are reported, and queries answered, in the version of the
 * query. Leaving is not reported: a group that nobody asks for any more costs the
 * switch a row in a table until the next query.
 */
#include "refstack/link/nd_internal.h"
#include "wire/checksum.h"

#include <netinet/icmp6.h>

enum {
	REPORT_VERSION_2 = 143, /* RFC 3810 5.2; netinet/icmp6.h has the others */
	HOP_LIMIT = 1,
	OPTIONS_LEN = 8,
	QUERY_LEN = 24,    /* of version 1; version 2 has more, RFC 3810 8.1 */
	RECORD_LEN = 20,
	RECORD_IS_EXCLUDE = 2, RECORD_TO_EXCLUDE = 4, /* RFC 3810 5.2.12 */
	REPORT_MAX = IPV6_HEADER_LEN + OPTIONS_LEN + 8 + ND_ADDRESSES_MAX * RECORD_LEN,
};

static const struct in6_addr all_mldv2_routers = { .s6_addr = { 0xff, 2, [15] = 0x16 } };

/* Hop-by-Hop Options: Router Alert for MLD (RFC 2711 2.1), and padding. */
static const uint8_t options[OPTIONS_LEN] = { IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0 };

/* --- reports ---------------------------------------------------------------------- */

static void put_record(struct wbuf *w, unsigned type, const struct nd_address *a)
{
	struct in6_addr group = nd_solicited_node(&a->addr);

	wbuf_u8(w, (uint8_t)type);
	wbuf_zero(w, 3); /* neither auxiliary data nor sources */
	wbuf_copy(w, &group, sizeof(group));
}

/* Before there is a link-local address, from none: RFC 3590. */
static void send_report(struct nd *nd, const struct in6_addr *dst, const struct wbuf *message)
{
	const struct in6_addr *src = address_link_local(nd);
	struct ethernet_addr mac = ethernet_of_group(dst);
	uint8_t packet[REPORT_MAX];
	struct wbuf w = wbuf_of(packet, sizeof(packet));
	struct ipv6_header ip = {
		.payload_len = (uint16_t)(OPTIONS_LEN + message->len),
		.next_header = IPPROTO_HOPOPTS,
		.hop_limit = HOP_LIMIT,
		.src = src ? *src : in6addr_any,
		.dst = *dst,
	};
	uint32_t sum = checksum_pseudo(&ip.src, dst, (uint32_t)message->len, IPPROTO_ICMPV6);
	uint16_t checksum = checksum_finish(checksum_add(sum, message->data, message->len));

	message->data[2] = (uint8_t)(checksum >> 8);
	message->data[3] = (uint8_t)checksum;
	ipv6_emit(&ip, &w);
	wbuf_copy(&w, options, sizeof(options));
	wbuf_copy(&w, message->data, message->len);
	nd_transmit(nd, &mac, packet, w.len);
}

void mld_join(struct nd *nd, const struct nd_address *a)
{
	uint8_t octets[8 + RECORD_LEN];
	struct wbuf w = wbuf_of(octets, sizeof(octets));

	icmp6_emit(&(struct icmp6_header){ .type = REPORT_VERSION_2 }, &w);
	wbuf_u32(&w, 1);
	put_record(&w, RECORD_TO_EXCLUDE, a);
	send_report(nd, &all_mldv2_routers, &w);
}

void mld_report_all(struct nd *nd)
{
	uint8_t octets[8 + ND_ADDRESSES_MAX * RECORD_LEN];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	unsigned count = 0;

	icmp6_emit(&(struct icmp6_header){ .type = REPORT_VERSION_2 }, &w);
	wbuf_u32(&w, 0);
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++) {
		if (!nd->address[i].state)
			continue;
		put_record(&w, RECORD_IS_EXCLUDE, &nd->address[i]);
		count++;
	}
	octets[7] = (uint8_t)count;
	if (count)
		send_report(nd, &all_mldv2_routers, &w);
}

/* RFC 2710 3.7: each group to itself. */
static void report_each(struct nd *nd)
{
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++) {
		struct in6_addr group = nd_solicited_node(&nd->address[i].addr);
		uint8_t octets[QUERY_LEN];
		struct wbuf w = wbuf_of(octets, sizeof(octets));

		if (!nd->address[i].state)
			continue;
		icmp6_emit(&(struct icmp6_header){ .type = MLD_LISTENER_REPORT }, &w);
		wbuf_u32(&w, 0);
		wbuf_copy(&w, &group, sizeof(group));
		send_report(nd, &group, &w);
	}
}

/* --- queries ---------------------------------------------------------------------- */

/* RFC 3810 5.1.14 and 6.2: from a router on the link, who asks all on its way. What
 * stands in the options besides the alert is not looked at. */
static bool is_query(const struct ipv6_header *ip, const struct ipv6_found *icmp,
		     const uint8_t *packet, size_t len)
{
	uint32_t sum = checksum_pseudo(&ip->src, &ip->dst, (uint32_t)(len - icmp->off),
				       IPPROTO_ICMPV6);

	return ip->hop_limit == HOP_LIMIT && IN6_IS_ADDR_LINKLOCAL(&ip->src) &&
	       icmp->next_at == IPV6_HEADER_LEN && len - icmp->off >= QUERY_LEN &&
	       packet[icmp->off] == MLD_LISTENER_QUERY &&
	       checksum_finish(checksum_add(sum, packet + icmp->off, len - icmp->off)) == 0;
}

/*
 * True: it was a query, and an answer is due at a time of chance, unless one is
 * already. It is about all groups, also if the query was about one. From 32768 on
 * the longest delay is written otherwise and longer than that, RFC 3810 5.1.3;
 * nobody minds an earlier answer.
 */
bool mld_queried(struct nd *nd, const struct ipv6_header *ip, const uint8_t *packet, size_t len)
{
	enum { DELAY_MAX_MSEC = 32768 };
	struct ipv6_found icmp;
	unsigned delay_msec;

	if (ip->next_header != IPPROTO_HOPOPTS || ipv6_find(&icmp, packet, len, IPPROTO_ICMPV6) ||
	    !is_query(ip, &icmp, packet, len))
		return false;
	delay_msec = (unsigned)packet[icmp.off + 4] << 8 | packet[icmp.off + 5];
	if (delay_msec > DELAY_MAX_MSEC)
		delay_msec = DELAY_MAX_MSEC;
	if (nd->mld_due == USEC_NEVER)
		nd->mld_due = nd->now + nd_chance(nd, delay_msec * ND_USEC_PER_MSEC);
	nd->mld_old = len - icmp.off == QUERY_LEN;
	return true;
}

usec_t mld_deadline(const struct nd *nd)
{
	return nd->mld_due;
}

void mld_expire(struct nd *nd)
{
	if (nd->mld_due > nd->now)
		return;
	nd->mld_due = USEC_NEVER;
	if (nd->mld_old)
		report_each(nd);
	else
		mld_report_all(nd);
}
