/* SPDX-License-Identifier: BSD-2-Clause */
/* The neighbour cache: address resolution, RFC 4861 7.2, and unreachability
 * detection, 7.3. */
#include "refstack/link/nd_internal.h"
#include "wire/checksum.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <stdlib.h>

struct nd_neighbor *neighbor_find(struct nd *nd, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		if (nd->neighbor[i].state && IN6_ARE_ADDR_EQUAL(&nd->neighbor[i].addr, addr))
			return &nd->neighbor[i];
	return NULL;
}

/* --- places ----------------------------------------------------------------------- */

static void drop_queue(struct nd_neighbor *n)
{
	while (n->queued > 0)
		free(n->queue[--n->queued]);
}

void neighbor_free_all(struct nd *nd)
{
	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		drop_queue(&nd->neighbor[i]);
}

/* Who goes last when there is no place left. Whoever sends us packets from many
 * addresses can make as many entries, but they never answer: so what has
 * answered once stays before them, what answers now before that, and routers
 * before all. */
static unsigned worth(struct nd *nd, const struct nd_neighbor *n)
{
	if (!n->state)
		return 0;
	if (router_find(nd, &n->addr))
		return 4;
	if (!n->proven)
		return 1;
	return n->state == ND_STALE ? 2 : 3;
}

/* A fresh entry for an address that has none: never NULL. */
static struct nd_neighbor *place(struct nd *nd, const struct in6_addr *addr)
{
	struct nd_neighbor *least = &nd->neighbor[0];
	unsigned least_worth = worth(nd, least);

	for (unsigned i = 1; i < ND_NEIGHBORS_MAX; i++) {
		struct nd_neighbor *n = &nd->neighbor[i];
		unsigned n_worth = worth(nd, n);

		if (n_worth > least_worth ||
		    (n_worth == least_worth && n->touched >= least->touched))
			continue;
		least = n;
		least_worth = n_worth;
	}
	drop_queue(least);
	*least = (struct nd_neighbor){ .addr = *addr, .due = USEC_NEVER, .touched = nd->now };
	return least;
}

/* --- states: RFC 4861 7.3.2 ------------------------------------------------------- */

static void enter(struct nd_neighbor *n, enum nd_state state, usec_t due)
{
	n->state = state;
	n->due = due;
	n->solicits = 0;
}

static void become_reachable(struct nd *nd, struct nd_neighbor *n)
{
	/* RFC 4861 6.3.2: uniformly from half to one and a half of the base. */
	usec_t time = nd->reachable_usec / 2 + nd_chance(nd, nd->reachable_usec);

	enter(n, ND_REACHABLE, nd->now + time);
	n->proven = true;
	n->touched = nd->now;
}

/* A solicitation, to all who could have the address or, once it is known, to
 * its Ethernet address; RFC 4861 7.2.2. Without an address of ours there can be
 * none, but the time passes all the same. */
static void solicit(struct nd *nd, struct nd_neighbor *n)
{
	const struct in6_addr *src = address_source(nd, &n->from);
	struct nd_message m = {
		.type = ND_NEIGHBOR_SOLICIT,
		.dst = n->state == ND_INCOMPLETE ? nd_solicited_node(&n->addr) : n->addr,
		.target = n->addr,
		.has_mac = true,
		.mac = nd->cfg.mac,
	};
	struct ethernet_addr mac = n->state == ND_INCOMPLETE ? ethernet_of_group(&m.dst) : n->mac;
	uint8_t packet[ND_MESSAGE_MAX];

	n->solicits++;
	n->due = nd->now + nd->retrans_usec;
	if (!src)
		return;
	m.src = *src;
	nd_transmit(nd, &mac, packet, (size_t)nd_message_emit(&m, packet, sizeof(packet)));
}

/* --- packets that wait ------------------------------------------------------------ */

/* RFC 4861 7.2.2: the oldest makes room for the newest. */
static int enqueue(struct nd_neighbor *n, const uint8_t *packet, size_t len)
{
	struct nd_queued *q = malloc(sizeof(*q) + len);

	if (!q)
		return -ENOMEM;
	q->len = len;
	memcpy(q->octets, packet, len);
	if (n->queued == ND_QUEUE_MAX) {
		free(n->queue[0]);
		memmove(n->queue, n->queue + 1, sizeof(n->queue) - sizeof(n->queue[0]));
		n->queued--;
	}
	n->queue[n->queued++] = q;
	return 0;
}

/* RFC 4443 2.4 (e): no error about an error; and nobody waits for an answer to
 * what we have said ourselves. */
static bool may_cause_error(const uint8_t *packet, size_t len)
{
	return packet[6] != IPPROTO_ICMPV6 ||
	       (len > IPV6_HEADER_LEN && packet[IPV6_HEADER_LEN] & ICMP6_INFOMSG_MASK &&
		!nd_is_message(packet, len));
}

/* RFC 4443 3.1, as from ourselves. */
static void deliver_unreachable(struct nd *nd, const uint8_t *packet, size_t len)
{
	enum { HEADER_LEN = 8, QUOTE_MAX = ND_MTU_MIN - IPV6_HEADER_LEN - HEADER_LEN };
	uint8_t error[ND_MTU_MIN], *message = error + IPV6_HEADER_LEN;
	size_t quote = len < QUOTE_MAX ? len : QUOTE_MAX;
	struct wbuf w = wbuf_of(error, sizeof(error));
	struct ipv6_header ip = {
		.payload_len = (uint16_t)(HEADER_LEN + quote),
		.next_header = IPPROTO_ICMPV6,
		.hop_limit = 64,
	};
	uint16_t sum;

	memcpy(&ip.src, packet + 8, sizeof(ip.src));
	ip.dst = ip.src;
	ipv6_emit(&ip, &w);
	icmp6_emit(&(struct icmp6_header){ ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, 0 }, &w);
	wbuf_u32(&w, 0);
	wbuf_copy(&w, packet, quote);
	sum = checksum_finish(checksum_add(
		checksum_pseudo(&ip.src, &ip.dst, ip.payload_len, IPPROTO_ICMPV6), message,
		ip.payload_len));
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
	nd->cfg.deliver(nd->cfg.ctx, error, w.len);
}

/* It doesn't answer: the entry goes, and next time everything begins anew (RFC
 * 4861 7.3.3). Who hears of it may send at once, so it is gone by then. */
static void fail(struct nd *nd, struct nd_neighbor *n)
{
	const struct nd_neighbor failed = *n;

	n->state = ND_NONE;
	n->queued = 0;
	router_failed(nd, &failed.addr);
	for (unsigned i = 0; i < failed.queued; i++) {
		struct nd_queued *q = failed.queue[i];

		if (may_cause_error(q->octets, q->len))
			deliver_unreachable(nd, q->octets, q->len);
		free(q);
	}
}

/* --- out -------------------------------------------------------------------------- */

/* To one whose Ethernet address is known. RFC 4861 7.3.3: if we can't be sure
 * of it, whoever we speak to has some time to show that it hears us. */
static void output(struct nd *nd, struct nd_neighbor *n, const uint8_t *packet, size_t len)
{
	const struct ethernet_addr mac = n->mac;

	if (n->state == ND_STALE)
		enter(n, ND_DELAY, nd->now + DELAY_FIRST_PROBE_TIME_SEC * USEC_PER_SEC);
	n->touched = nd->now;
	nd_transmit(nd, &mac, packet, len);
}

int neighbor_send(struct nd *nd, const struct in6_addr *hop, const uint8_t *packet, size_t len)
{
	struct nd_neighbor *n = neighbor_find(nd, hop);
	bool is_new = !n;
	int err;

	if (is_new) {
		n = place(nd, hop);
		enter(n, ND_INCOMPLETE, USEC_NEVER);
	}
	memcpy(&n->from, packet + 8, sizeof(n->from));
	if (n->state != ND_INCOMPLETE) {
		output(nd, n, packet, len);
		return 0;
	}
	err = enqueue(n, packet, len);
	if (is_new)
		solicit(nd, n);
	return err;
}

/* Its Ethernet address has come to be known. */
static void flush(struct nd *nd, struct nd_neighbor *n)
{
	const struct nd_neighbor ready = *n;

	n->queued = 0;
	for (unsigned i = 0; i < ready.queued; i++) {
		struct nd_queued *q = ready.queue[i];

		neighbor_send(nd, &ready.addr, q->octets, q->len);
		free(q);
	}
}

/* --- in --------------------------------------------------------------------------- */

/* By these alone nobody knows that it hears us, too, so it isn't REACHABLE. */
void neighbor_learn(struct nd *nd, const struct in6_addr *addr, const struct ethernet_addr *mac)
{
	struct nd_neighbor *n = neighbor_find(nd, addr);

	if (n && n->state != ND_INCOMPLETE && ethernet_equal(&n->mac, mac))
		return;
	if (!n)
		n = place(nd, addr);
	n->mac = *mac;
	enter(n, ND_STALE, USEC_NEVER);
	flush(nd, n);
}

static void advertised_incomplete(struct nd *nd, struct nd_neighbor *n, const struct nd_message *m)
{
	if (!m->has_mac) /* it still can't be sent to */
		return;
	n->mac = m->mac;
	n->router = m->router;
	if (m->solicited)
		become_reachable(nd, n);
	else
		enter(n, ND_STALE, USEC_NEVER);
	flush(nd, n);
}

/* RFC 4861 7.2.5, and the table in its appendix C. */
void neighbor_advertised(struct nd *nd, const struct nd_message *m)
{
	struct nd_neighbor *n = neighbor_find(nd, &m->target);
	bool differs;

	if (!n)
		return;
	if (n->state == ND_INCOMPLETE) {
		advertised_incomplete(nd, n, m);
		return;
	}
	differs = m->has_mac && !ethernet_equal(&n->mac, &m->mac);
	if (differs && !m->override) { /* who of them is right? to be probed */
		if (n->state == ND_REACHABLE)
			enter(n, ND_STALE, USEC_NEVER);
		return;
	}
	if (differs)
		n->mac = m->mac;
	if (m->solicited)
		become_reachable(nd, n);
	else if (differs)
		enter(n, ND_STALE, USEC_NEVER);
	n->router = m->router;
	if (!m->router)
		router_resigned(nd, &m->target);
}

/* --- time ------------------------------------------------------------------------- */

usec_t neighbor_deadline(const struct nd *nd)
{
	usec_t first = USEC_NEVER;

	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		if (nd->neighbor[i].state && nd->neighbor[i].due < first)
			first = nd->neighbor[i].due;
	return first;
}

static void resolve_on(struct nd *nd, struct nd_neighbor *n)
{
	if (n->solicits < MAX_MULTICAST_SOLICIT)
		solicit(nd, n);
	else
		fail(nd, n);
}

static void grow_stale(struct nd *nd, struct nd_neighbor *n)
{
	(void)nd;
	enter(n, ND_STALE, USEC_NEVER);
}

static void begin_to_probe(struct nd *nd, struct nd_neighbor *n)
{
	enter(n, ND_PROBE, USEC_NEVER);
	solicit(nd, n);
}

static void probe_on(struct nd *nd, struct nd_neighbor *n)
{
	if (n->solicits < MAX_UNICAST_SOLICIT)
		solicit(nd, n);
	else
		fail(nd, n);
}

static void (*const on_due[ND_STATE_COUNT])(struct nd *nd, struct nd_neighbor *n) = {
	[ND_INCOMPLETE] = resolve_on,
	[ND_REACHABLE]  = grow_stale,
	[ND_DELAY]      = begin_to_probe,
	[ND_PROBE]      = probe_on,
};

void neighbor_expire(struct nd *nd)
{
	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++) {
		struct nd_neighbor *n = &nd->neighbor[i];

		if (on_due[n->state] && n->due <= nd->now)
			on_due[n->state](nd, n);
	}
}
