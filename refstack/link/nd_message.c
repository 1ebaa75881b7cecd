/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of Neighbor Discovery to structs and back; see nd_message.h. */
#include "refstack/link/nd_message.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <assert.h>
#include <errno.h>
#include <netinet/icmp6.h>

enum {
	HOP_LIMIT = 255, /* RFC 4861 3.1: it was on this link, nobody forwarded it */
	CHECKSUM_AT = 2, /* in the message */
	UNIT = 8,        /* octets that an option's length counts, RFC 4861 4.6 */
	OPTION_NONCE = 14,
};

const struct in6_addr nd_all_nodes = { .s6_addr = { 0xff, 2, [15] = 1 } };
const struct in6_addr nd_all_routers = { .s6_addr = { 0xff, 2, [15] = 2 } };

struct in6_addr nd_solicited_node(const struct in6_addr *addr)
{
	struct in6_addr group = { .s6_addr = { 0xff, 2, [11] = 1, [12] = 0xff } };

	memcpy(group.s6_addr + 13, addr->s6_addr + 13, 3);
	return group;
}

bool nd_is_message(const uint8_t *packet, size_t len)
{
	return len > IPV6_HEADER_LEN && packet[6] == IPPROTO_ICMPV6 &&
	       packet[IPV6_HEADER_LEN] >= ND_ROUTER_SOLICIT &&
	       packet[IPV6_HEADER_LEN] <= ND_REDIRECT;
}

/* --- options: RFC 4861 4.6 -------------------------------------------------------- */

static void take_mac(struct nd_message *m, struct rbuf *r)
{
	struct ethernet_addr mac;

	rbuf_copy(r, &mac, sizeof(mac));
	if (ethernet_is_group(&mac))
		return; /* an answer to it would reach who knows whom */
	m->has_mac = true;
	m->mac = mac;
}

static void take_prefix(struct nd_message *m, struct rbuf *r)
{
	struct nd_prefix_info p = { .len = rbuf_u8(r) };
	uint8_t flags = rbuf_u8(r);

	p.on_link = flags & ND_OPT_PI_FLAG_ONLINK;
	p.autonomous = flags & ND_OPT_PI_FLAG_AUTO;
	p.valid_sec = rbuf_u32(r);
	p.preferred_sec = rbuf_u32(r);
	rbuf_u32(r); /* reserved */
	rbuf_copy(r, &p.prefix, sizeof(p.prefix));
	if (p.len <= 128 && m->prefix_count < ND_MESSAGE_PREFIXES)
		m->prefix[m->prefix_count++] = p;
}

static void take_nonce(struct nd_message *m, struct rbuf *r)
{
	m->has_nonce = true;
	rbuf_copy(r, m->nonce, sizeof(m->nonce));
}

static const struct {
	uint8_t type;
	uint8_t units;
	void (*take)(struct nd_message *m, struct rbuf *r);
} options[] = {
	{ ND_OPT_SOURCE_LINKADDR,    1, take_mac },
	{ ND_OPT_TARGET_LINKADDR,    1, take_mac },
	{ ND_OPT_PREFIX_INFORMATION, 4, take_prefix },
	{ OPTION_NONCE,              1, take_nonce },
};

static bool is_mac(uint8_t option)
{
	return option == ND_OPT_SOURCE_LINKADDR || option == ND_OPT_TARGET_LINKADDR;
}

/* All of them; `mac` is the one of the two link-layer addresses that has a
 * meaning in this message. Was that one there, of whatever kind? */
static bool options_parse(struct nd_message *m, struct rbuf *r, uint8_t mac)
{
	bool had_mac = false;

	while (rbuf_left(r) > 0) {
		uint8_t type = rbuf_u8(r);
		size_t units = rbuf_u8(r);
		struct rbuf body;

		if (units == 0)
			r->bad = true;
		body = rbuf_carve(r, units * UNIT - 2);
		if (r->bad)
			break;
		had_mac |= type == mac;
		if (is_mac(type) && type != mac)
			continue;
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
			if (options[i].type == type && options[i].units == units)
				options[i].take(m, &body);
	}
	return had_mac;
}

static void mac_emit(const struct nd_message *m, struct wbuf *w, uint8_t option)
{
	if (!m->has_mac)
		return;
	wbuf_u8(w, option);
	wbuf_u8(w, 1);
	wbuf_copy(w, &m->mac, sizeof(m->mac));
}

static void nonce_emit(const struct nd_message *m, struct wbuf *w)
{
	if (!m->has_nonce)
		return;
	wbuf_u8(w, OPTION_NONCE);
	wbuf_u8(w, 1);
	wbuf_copy(w, m->nonce, sizeof(m->nonce));
}

/* --- messages: what stands behind the checksum ------------------------------------ */

/* RFC 4861 4.1 */
static void router_solicit_emit(const struct nd_message *m, struct wbuf *w)
{
	(void)m;
	wbuf_u32(w, 0);
}

/* RFC 4861 4.2 */
static void router_advert_parse(struct nd_message *m, struct rbuf *r)
{
	rbuf_u16(r); /* hop limit, M and O: whoever wants them is not here */
	m->lifetime_sec = rbuf_u16(r);
	m->reachable_msec = rbuf_u32(r);
	m->retrans_msec = rbuf_u32(r);
}

static bool router_advert_holds(const struct nd_message *m, bool had_mac)
{
	(void)had_mac;
	return IN6_IS_ADDR_LINKLOCAL(&m->src);
}

/* RFC 4861 4.3 */
static void neighbor_solicit_parse(struct nd_message *m, struct rbuf *r)
{
	rbuf_u32(r);
	rbuf_copy(r, &m->target, sizeof(m->target));
}

static void neighbor_solicit_emit(const struct nd_message *m, struct wbuf *w)
{
	wbuf_u32(w, 0);
	wbuf_copy(w, &m->target, sizeof(m->target));
}

/* RFC 4861 7.1.1. Without a source it is Duplicate Address Detection. */
static bool neighbor_solicit_holds(const struct nd_message *m, bool had_mac)
{
	struct in6_addr group = nd_solicited_node(&m->target);

	if (IN6_IS_ADDR_MULTICAST(&m->target))
		return false;
	return !IN6_IS_ADDR_UNSPECIFIED(&m->src) ||
	       (!had_mac && IN6_ARE_ADDR_EQUAL(&m->dst, &group));
}

/* RFC 4861 4.4 */
static void neighbor_advert_parse(struct nd_message *m, struct rbuf *r)
{
	uint32_t flags = rbuf_u32(r);

	m->router = flags >> 31 & 1;
	m->solicited = flags >> 30 & 1;
	m->override = flags >> 29 & 1;
	rbuf_copy(r, &m->target, sizeof(m->target));
}

static void neighbor_advert_emit(const struct nd_message *m, struct wbuf *w)
{
	wbuf_u32(w, (uint32_t)m->router << 31 | (uint32_t)m->solicited << 30 |
		    (uint32_t)m->override << 29);
	wbuf_copy(w, &m->target, sizeof(m->target));
}

/* RFC 4861 7.1.2 */
static bool neighbor_advert_holds(const struct nd_message *m, bool had_mac)
{
	(void)had_mac;
	return !IN6_IS_ADDR_MULTICAST(&m->target) &&
	       !(IN6_IS_ADDR_MULTICAST(&m->dst) && m->solicited);
}

static const struct nd_kind {
	uint8_t type;
	uint8_t mac; /* the option that m->mac is */
	void (*parse)(struct nd_message *m, struct rbuf *r); /* NULL: nothing for a host */
	bool (*holds)(const struct nd_message *m, bool had_mac);
	void (*emit)(const struct nd_message *m, struct wbuf *w); /* NULL: not from a host */
} kinds[] = {
	{ ND_ROUTER_SOLICIT, ND_OPT_SOURCE_LINKADDR,
	  NULL, NULL, router_solicit_emit },
	{ ND_ROUTER_ADVERT, ND_OPT_SOURCE_LINKADDR,
	  router_advert_parse, router_advert_holds, NULL },
	{ ND_NEIGHBOR_SOLICIT, ND_OPT_SOURCE_LINKADDR,
	  neighbor_solicit_parse, neighbor_solicit_holds, neighbor_solicit_emit },
	{ ND_NEIGHBOR_ADVERT, ND_OPT_TARGET_LINKADDR,
	  neighbor_advert_parse, neighbor_advert_holds, neighbor_advert_emit },
};

static const struct nd_kind *kind_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

/* --- the whole -------------------------------------------------------------------- */

static uint16_t checksum_of(const struct ipv6_header *ip, const uint8_t *message, size_t len)
{
	uint32_t sum = checksum_pseudo(&ip->src, &ip->dst, (uint32_t)len, IPPROTO_ICMPV6);

	return checksum_finish(checksum_add(sum, message, len));
}

int nd_message_parse(struct nd_message *out, const uint8_t *packet, size_t len)
{
	struct rbuf r = rbuf_of(packet, len);
	const struct nd_kind *kind;
	struct nd_message m;
	struct ipv6_header ip;
	struct icmp6_header icmp;
	bool had_mac;

	if (ipv6_parse(&ip, &r) || icmp6_parse(&icmp, &r))
		return -EBADMSG;
	kind = kind_of(icmp.type);
	if (!kind || !kind->parse)
		return -ENOENT;
	m = (struct nd_message){ .type = icmp.type, .src = ip.src, .dst = ip.dst };
	kind->parse(&m, &r);
	had_mac = options_parse(&m, &r, kind->mac);

	if (r.bad || icmp.code != 0 || ip.hop_limit != HOP_LIMIT ||
	    checksum_of(&ip, packet + IPV6_HEADER_LEN, len - IPV6_HEADER_LEN) != 0 ||
	    !kind->holds(&m, had_mac))
		return -EBADMSG;
	*out = m;
	return 0;
}

ssize_t nd_message_emit(const struct nd_message *m, uint8_t *out, size_t cap)
{
	const struct nd_kind *kind = kind_of(m->type);
	uint8_t octets[ND_MESSAGE_MAX - IPV6_HEADER_LEN];
	struct wbuf message = wbuf_of(octets, sizeof(octets)), w = wbuf_of(out, cap);
	struct ipv6_header ip = {
		.next_header = IPPROTO_ICMPV6,
		.hop_limit = HOP_LIMIT,
		.src = m->src,
		.dst = m->dst,
	};
	uint16_t checksum;

	assert(kind && kind->emit);
	icmp6_emit(&(struct icmp6_header){ .type = m->type }, &message);
	kind->emit(m, &message);
	mac_emit(m, &message, kind->mac);
	nonce_emit(m, &message);
	assert(!message.bad);

	checksum = checksum_of(&ip, octets, message.len);
	octets[CHECKSUM_AT] = (uint8_t)(checksum >> 8);
	octets[CHECKSUM_AT + 1] = (uint8_t)checksum;
	ip.payload_len = (uint16_t)message.len;
	ipv6_emit(&ip, &w);
	wbuf_copy(&w, octets, message.len);
	return w.bad ? -ENOSPC : (ssize_t)w.len;
}
