/* SPDX-License-Identifier: BSD-2-Clause */
/* Neighbor Discovery: where frames and packets come in and go out; see nd.h. */
#include "refstack/link/nd_internal.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Keeps this use of a seed apart from the host's, which keeps secrets: chance
 * here can be watched from outside. "neighbor". */
static const uint64_t seed_label = UINT64_C(0x6e65696768626f72);

void nd_log(const struct nd *nd, const char *fmt, ...)
{
	char line[256];
	va_list args;

	if (!nd->cfg.log)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	nd->cfg.log(nd->cfg.ctx, line);
}

usec_t nd_chance(struct nd *nd, usec_t max)
{
	return random_u64(&nd->random) % (max + 1);
}

bool nd_is_unicast(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_UNSPECIFIED(addr) &&
	       !IN6_IS_ADDR_LOOPBACK(addr);
}

/* --- birth and death -------------------------------------------------------------- */

static bool config_is_sound(const struct nd_config *cfg)
{
	return cfg->transmit && cfg->deliver && cfg->address && cfg->mtu >= ND_MTU_MIN &&
	       cfg->mtu <= ND_MTU_MAX && !ethernet_is_group(&cfg->mac);
}

struct nd *nd_new(const struct nd_config *cfg)
{
	struct in6_addr link_local;
	struct nd *nd;

	if (!config_is_sound(cfg))
		return NULL;
	nd = calloc(1, sizeof(*nd));
	if (!nd || random_open(&nd->random, cfg->seed ^ seed_label)) {
		free(nd);
		return NULL;
	}
	nd->cfg = *cfg;
	nd->reachable_usec = REACHABLE_TIME_MSEC * ND_USEC_PER_MSEC;
	nd->retrans_usec = RETRANS_TIMER_MSEC * ND_USEC_PER_MSEC;
	nd->router_solicit_due = nd->mld_due = USEC_NEVER;
	link_local = ethernet_link_local(&cfg->mac);
	nd_address_add(nd, &link_local);
	return nd;
}

void nd_free(struct nd *nd)
{
	if (!nd)
		return;
	neighbor_free_all(nd);
	random_close(&nd->random);
	free(nd);
}

/* --- time ------------------------------------------------------------------------- */

static const struct {
	usec_t (*deadline)(const struct nd *nd);
	void (*expire)(struct nd *nd); /* all that is due now */
} parts[] = {
	{ address_deadline,  address_expire },
	{ neighbor_deadline, neighbor_expire },
	{ router_deadline,   router_expire },
	{ prefix_deadline,   prefix_expire },
	{ mld_deadline,      mld_expire },
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

usec_t nd_deadline(const struct nd *nd)
{
	usec_t first = USEC_NEVER;

	for (unsigned i = 0; i < PARTS; i++) {
		usec_t due = parts[i].deadline(nd);

		if (due < first)
			first = due;
	}
	return first;
}

void nd_advance(struct nd *nd, usec_t now)
{
	usec_t due;

	while ((due = nd_deadline(nd)) <= now && due != USEC_NEVER) {
		if (due > nd->now)
			nd->now = due;
		for (unsigned i = 0; i < PARTS; i++)
			parts[i].expire(nd);
	}
	if (now > nd->now)
		nd->now = now;
}

/* --- out -------------------------------------------------------------------------- */

void nd_transmit(struct nd *nd, const struct ethernet_addr *dst, const void *packet, size_t len)
{
	struct ethernet_header h = { *dst, nd->cfg.mac, ETHERNET_TYPE_IPV6 };
	uint8_t frame[ETHERNET_HEADER_LEN + ND_MTU_MAX];
	struct wbuf w = wbuf_of(frame, sizeof(frame));

	ethernet_emit(&h, &w);
	wbuf_copy(&w, packet, len);
	if (!w.bad)
		nd->cfg.transmit(nd->cfg.ctx, frame, w.len);
}

static int send_unicast(struct nd *nd, const struct in6_addr *dst, const void *packet, size_t len)
{
	const struct in6_addr *hop;

	if (!nd_is_unicast(dst) || address_find(nd, dst))
		return -EINVAL;
	hop = router_next_hop(nd, dst);
	return hop ? neighbor_send(nd, hop, packet, len) : -ENETUNREACH;
}

int nd_send(struct nd *nd, const void *packet, size_t len)
{
	struct rbuf r = rbuf_of(packet, len);
	struct ethernet_addr group;
	struct ipv6_header ip;

	if (len > nd->cfg.mtu)
		return -EMSGSIZE;
	if (ipv6_parse(&ip, &r) || rbuf_left(&r) != ip.payload_len)
		return -EBADMSG;
	if (!nd_address_is_assigned(nd, &ip.src))
		return -EADDRNOTAVAIL;
	if (!IN6_IS_ADDR_MULTICAST(&ip.dst))
		return send_unicast(nd, &ip.dst, packet, len);
	group = ethernet_of_group(&ip.dst);
	nd_transmit(nd, &group, packet, len);
	return 0;
}

/* --- in --------------------------------------------------------------------------- */

static void take_advertisement(struct nd *nd, const struct nd_message *m)
{
	if (!address_advertised(nd, m))
		neighbor_advertised(nd, m);
}

static const struct {
	uint8_t type;
	void (*take)(struct nd *nd, const struct nd_message *m);
} messages[] = {
	{ ND_ROUTER_ADVERT,    router_advertised },
	{ ND_NEIGHBOR_SOLICIT, address_solicited },
	{ ND_NEIGHBOR_ADVERT,  take_advertisement },
};

static void take_message(struct nd *nd, const uint8_t *packet, size_t len)
{
	struct nd_message m;

	if (nd_message_parse(&m, packet, len) || !address_listens(nd, &m.dst))
		return;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (messages[i].type == m.type)
			messages[i].take(nd, &m);
}

/* Groups by their Ethernet addresses; which IPv6 group it is, is seen later. */
static bool is_for_us(const struct nd *nd, const struct ethernet_header *h)
{
	return h->type == ETHERNET_TYPE_IPV6 && !ethernet_is_group(&h->src) &&
	       (ethernet_equal(&h->dst, &nd->cfg.mac) ||
		(h->dst.octets[0] == 0x33 && h->dst.octets[1] == 0x33));
}

/* Nobody on a link has these as its source: groups, the loopback address, and
 * our own, unless it isn't settled yet whose they are. */
static bool may_be_source(const struct nd *nd, const struct in6_addr *src)
{
	return !IN6_IS_ADDR_MULTICAST(src) && !IN6_IS_ADDR_LOOPBACK(src) &&
	       !nd_address_is_assigned(nd, src);
}

void nd_input(struct nd *nd, const void *frame, size_t len)
{
	struct rbuf r = rbuf_of(frame, len);
	struct ethernet_header h;
	struct ipv6_header ip;
	const uint8_t *packet;

	if (ethernet_parse(&h, &r) || !is_for_us(nd, &h))
		return;
	packet = r.data + r.off;
	if (ipv6_parse(&ip, &r) || rbuf_left(&r) < ip.payload_len || !may_be_source(nd, &ip.src))
		return;
	len = IPV6_HEADER_LEN + ip.payload_len; /* Ethernet may have padded it */

	if (nd_is_message(packet, len))
		take_message(nd, packet, len);
	else if (IN6_IS_ADDR_MULTICAST(&ip.dst) && mld_queried(nd, &ip, packet, len))
		return;
	else if (nd_address_is_assigned(nd, &ip.dst) || IN6_ARE_ADDR_EQUAL(&ip.dst, &nd_all_nodes))
		nd->cfg.deliver(nd->cfg.ctx, packet, len);
}
