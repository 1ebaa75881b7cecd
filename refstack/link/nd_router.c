/* SPDX-License-Identifier: BSD-2-Clause */
/* Default routers: finding them, heeding them, choosing one; RFC 4861 5.2 and 6.3. */
#include "refstack/link/nd_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>

enum {
	REACHABLE_MAX_MSEC = 3600000, /* RFC 4861 6.2.1, of what a router may tell */
	/* What a RetransTimer can sensibly be. RFC 4861 has no bounds, but with 1 ms a
	 * single advertisement would make us flood, with a day it would make us deaf. */
	RETRANS_MIN_MSEC = 100,
	RETRANS_MAX_MSEC = 60000,
};

struct nd_router *router_find(struct nd *nd, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < ND_ROUTERS_MAX; i++)
		if (nd->router[i].until && IN6_ARE_ADDR_EQUAL(&nd->router[i].addr, addr))
			return &nd->router[i];
	return NULL;
}

static void log_router(const struct nd *nd, const struct in6_addr *addr, const char *what)
{
	char text[INET6_ADDRSTRLEN];

	nd_log(nd, "router %s %s", inet_ntop(AF_INET6, addr, text, sizeof(text)), what);
}

/* A router that is new finds no place while all are taken: RFC 4861 6.3.4 asks
 * for two at least, and those that are here are known to be. */
static int keep(struct nd *nd, const struct in6_addr *addr, usec_t until)
{
	struct nd_router *r = router_find(nd, addr);

	if (r) {
		if (r->until != USEC_NEVER) /* the caller's stays */
			r->until = until;
		return 0;
	}
	for (unsigned i = 0; i < ND_ROUTERS_MAX; i++) {
		if (nd->router[i].until)
			continue;
		nd->router[i] = (struct nd_router){ *addr, until };
		log_router(nd, addr, "is there");
		return 0;
	}
	return -ENOSPC;
}

static void forget(struct nd *nd, struct nd_router *r, const char *why)
{
	const struct in6_addr addr = r->addr;

	if (r->until == USEC_NEVER)
		return;
	r->until = 0;
	log_router(nd, &addr, why);
}

int nd_gateway_add(struct nd *nd, const struct in6_addr *router)
{
	return nd_is_unicast(router) ? keep(nd, router, USEC_NEVER) : -EINVAL;
}

void router_resigned(struct nd *nd, const struct in6_addr *addr)
{
	struct nd_router *r = router_find(nd, addr);

	if (r)
		forget(nd, r, "is a host now");
}

/* RFC 4861 6.3.6: the next one in turn, when no other is known to work. */
void router_failed(struct nd *nd, const struct in6_addr *addr)
{
	const struct nd_router *r = router_find(nd, addr);

	if (!r)
		return;
	nd->router_first = (unsigned)(r - nd->router + 1) % ND_ROUTERS_MAX;
	log_router(nd, addr, "does not answer");
}

/* --- where a packet goes ---------------------------------------------------------- */

/* RFC 4861 6.3.6: one that is known, or thought, to be reachable; else any. */
static const struct in6_addr *pick(struct nd *nd)
{
	const struct in6_addr *any = NULL;

	for (unsigned i = 0; i < ND_ROUTERS_MAX; i++) {
		const struct nd_router *r = &nd->router[(nd->router_first + i) % ND_ROUTERS_MAX];
		const struct nd_neighbor *n = r->until ? neighbor_find(nd, &r->addr) : NULL;

		if (n && n->state != ND_INCOMPLETE)
			return &r->addr;
		if (r->until && !any)
			any = &r->addr;
	}
	return any;
}

/* Without a router, what isn't known to be on the link can't be reached: RFC
 * 5942 4 does away with the guess that everything is. */
const struct in6_addr *router_next_hop(struct nd *nd, const struct in6_addr *dst)
{
	if (IN6_IS_ADDR_LINKLOCAL(dst) || prefix_is_on_link(nd, dst) || router_find(nd, dst))
		return dst;
	return pick(nd);
}

/* --- Router Advertisements: RFC 4861 6.3.4 ---------------------------------------- */

static void take_timers(struct nd *nd, const struct nd_message *m)
{
	if (m->reachable_msec && m->reachable_msec <= REACHABLE_MAX_MSEC)
		nd->reachable_usec = m->reachable_msec * ND_USEC_PER_MSEC;
	if (m->retrans_msec >= RETRANS_MIN_MSEC && m->retrans_msec <= RETRANS_MAX_MSEC)
		nd->retrans_usec = m->retrans_msec * ND_USEC_PER_MSEC;
}

static void take_lifetime(struct nd *nd, const struct nd_message *m)
{
	struct nd_router *r;

	if (m->lifetime_sec) {
		keep(nd, &m->src, nd_until(nd, m->lifetime_sec));
		nd->router_solicit_due = USEC_NEVER; /* RFC 4861 6.3.7 */
		return;
	}
	r = router_find(nd, &m->src);
	if (r)
		forget(nd, r, "is no default router now");
}

void router_advertised(struct nd *nd, const struct nd_message *m)
{
	struct nd_neighbor *n;

	if (nd->cfg.no_routers)
		return;
	take_timers(nd, m);
	take_lifetime(nd, m);
	if (m->has_mac)
		neighbor_learn(nd, &m->src, &m->mac);
	n = neighbor_find(nd, &m->src);
	if (n)
		n->router = true;
	for (unsigned i = 0; i < m->prefix_count; i++)
		prefix_advertised(nd, &m->prefix[i]);
}

/* --- Router Solicitations: RFC 4861 6.3.7 ----------------------------------------- */

/* The random delay that should go before was that of the address. */
void router_solicit_start(struct nd *nd)
{
	if (!nd->cfg.no_routers && !nd->router_solicits)
		nd->router_solicit_due = nd->now;
}

static void solicit_routers(struct nd *nd)
{
	const struct in6_addr *src = address_link_local(nd);
	struct nd_message m = {
		.type = ND_ROUTER_SOLICIT,
		.dst = nd_all_routers,
		.has_mac = src, /* not without a source, RFC 4861 4.1 */
		.mac = nd->cfg.mac,
	};
	struct ethernet_addr group = ethernet_of_group(&m.dst);
	uint8_t packet[ND_MESSAGE_MAX];

	if (src)
		m.src = *src;
	nd->router_solicits++;
	nd->router_solicit_due = nd->router_solicits < MAX_RTR_SOLICITATIONS
		? nd->now + RTR_SOLICITATION_INTERVAL_SEC * USEC_PER_SEC : USEC_NEVER;
	nd_transmit(nd, &group, packet, (size_t)nd_message_emit(&m, packet, sizeof(packet)));
}

/* --- time ------------------------------------------------------------------------- */

usec_t router_deadline(const struct nd *nd)
{
	usec_t first = nd->router_solicit_due;

	for (unsigned i = 0; i < ND_ROUTERS_MAX; i++)
		if (nd->router[i].until && nd->router[i].until < first)
			first = nd->router[i].until;
	return first;
}

void router_expire(struct nd *nd)
{
	if (nd->router_solicit_due <= nd->now)
		solicit_routers(nd);
	for (unsigned i = 0; i < ND_ROUTERS_MAX; i++)
		if (nd->router[i].until && nd->router[i].until <= nd->now)
			forget(nd, &nd->router[i], "has not been heard of for too long");
}
