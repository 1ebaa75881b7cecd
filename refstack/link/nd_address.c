/* SPDX-License-Identifier: BSD-2-Clause */
/* Our addresses: Duplicate Address Detection, RFC 4862 5.4, and what
 * neighbours ask and say of them, RFC 4861 7.2.4. */
#include "refstack/link/nd_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>

struct nd_address *address_find(struct nd *nd, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++)
		if (nd->address[i].state && IN6_ARE_ADDR_EQUAL(&nd->address[i].addr, addr))
			return &nd->address[i];
	return NULL;
}

bool nd_address_is_assigned(const struct nd *nd, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++)
		if (nd->address[i].state == ADDRESS_ASSIGNED &&
		    IN6_ARE_ADDR_EQUAL(&nd->address[i].addr, addr))
			return true;
	return false;
}

bool address_listens(const struct nd *nd, const struct in6_addr *dst)
{
	if (IN6_ARE_ADDR_EQUAL(dst, &nd_all_nodes))
		return true;
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++) {
		struct in6_addr group = nd_solicited_node(&nd->address[i].addr);

		if (nd->address[i].state && (IN6_ARE_ADDR_EQUAL(dst, &nd->address[i].addr) ||
					     IN6_ARE_ADDR_EQUAL(dst, &group)))
			return true;
	}
	return false;
}

const struct in6_addr *address_source(const struct nd *nd, const struct in6_addr *wish)
{
	if (nd_address_is_assigned(nd, wish))
		return wish;
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++) /* the link-local one comes first */
		if (nd->address[i].state == ADDRESS_ASSIGNED)
			return &nd->address[i].addr;
	return NULL;
}

const struct in6_addr *address_link_local(const struct nd *nd)
{
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++)
		if (nd->address[i].state == ADDRESS_ASSIGNED &&
		    IN6_IS_ADDR_LINKLOCAL(&nd->address[i].addr))
			return &nd->address[i].addr;
	return NULL;
}

/* RFC 4862 5.4.2: a random delay goes before, so that hosts that start
 * together don't all speak at once. */
int nd_address_add(struct nd *nd, const struct in6_addr *addr)
{
	if (!nd_is_unicast(addr))
		return -EINVAL;
	if (address_find(nd, addr))
		return -EEXIST;
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++) {
		struct nd_address *a = &nd->address[i];

		if (a->state)
			continue;
		*a = (struct nd_address){
			.state = ADDRESS_TENTATIVE,
			.addr = *addr,
			.due = nd->now + nd_chance(nd, MAX_RTR_SOLICITATION_DELAY_MSEC *
							       ND_USEC_PER_MSEC),
		};
		random_octets(&nd->random, a->nonce, sizeof(a->nonce));
		return 0;
	}
	return -ENOSPC;
}

int nd_address_remove(struct nd *nd, const struct in6_addr *addr)
{
	struct nd_address *a = address_find(nd, addr);

	if (!a)
		return -EADDRNOTAVAIL;
	a->state = ADDRESS_NONE;
	return 0;
}

static void tell(struct nd *nd, const struct in6_addr *addr, enum nd_address_status status)
{
	static const char *const words[] = {
		[ND_ASSIGNED] = "is ours",
		[ND_DUPLICATE] = "is a duplicate",
	};
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, addr, text, sizeof(text));
	nd_log(nd, "address %s %s", text, words[status]);
	nd->cfg.address(nd->cfg.ctx, addr, status);
}

/* --- Duplicate Address Detection -------------------------------------------------- */

static void ask_who_has(struct nd *nd, struct nd_address *a)
{
	struct nd_message m = {
		.type = ND_NEIGHBOR_SOLICIT,
		.dst = nd_solicited_node(&a->addr),
		.target = a->addr,
		.has_nonce = true,
	};
	struct ethernet_addr group = ethernet_of_group(&m.dst);
	uint8_t packet[ND_MESSAGE_MAX];

	memcpy(m.nonce, a->nonce, sizeof(m.nonce));
	a->solicits++;
	a->due = nd->now + nd->retrans_usec;
	mld_join(nd, a); /* RFC 4862 5.4.2: first, so that others' questions reach us */
	nd_transmit(nd, &group, packet, (size_t)nd_message_emit(&m, packet, sizeof(packet)));
}

static void assign(struct nd *nd, struct nd_address *a)
{
	const struct in6_addr addr = a->addr;

	a->state = ADDRESS_ASSIGNED;
	if (IN6_IS_ADDR_LINKLOCAL(&addr)) {
		mld_report_all(nd); /* now that there is a source for it: RFC 3590 4 */
		router_solicit_start(nd);
	} else {
		mld_join(nd, a);
	}
	tell(nd, &addr, ND_ASSIGNED);
}

static void give_up(struct nd *nd, struct nd_address *a)
{
	const struct in6_addr addr = a->addr;

	a->state = ADDRESS_NONE;
	tell(nd, &addr, ND_DUPLICATE);
}

usec_t address_deadline(const struct nd *nd)
{
	usec_t first = USEC_NEVER;

	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++)
		if (nd->address[i].state == ADDRESS_TENTATIVE && nd->address[i].due < first)
			first = nd->address[i].due;
	return first;
}

void address_expire(struct nd *nd)
{
	for (unsigned i = 0; i < ND_ADDRESSES_MAX; i++) {
		struct nd_address *a = &nd->address[i];

		if (a->state != ADDRESS_TENTATIVE || a->due > nd->now)
			continue;
		if (a->solicits < DUP_ADDR_DETECT_TRANSMITS)
			ask_who_has(nd, a);
		else
			assign(nd, a);
	}
}

/* --- what neighbours ask and say -------------------------------------------------- */

/* RFC 4861 7.2.4: to all nodes, and unsolicited, if it was Duplicate Address
 * Detection that asked. */
static void answer(struct nd *nd, const struct nd_message *solicitation)
{
	bool anonymous = IN6_IS_ADDR_UNSPECIFIED(&solicitation->src);
	struct nd_message m = {
		.type = ND_NEIGHBOR_ADVERT,
		.src = solicitation->target,
		.dst = anonymous ? nd_all_nodes : solicitation->src,
		.target = solicitation->target,
		.solicited = !anonymous,
		.override = true,
		.has_mac = true,
		.mac = nd->cfg.mac,
	};
	struct ethernet_addr group = ethernet_of_group(&nd_all_nodes);
	uint8_t packet[ND_MESSAGE_MAX];
	size_t len = (size_t)nd_message_emit(&m, packet, sizeof(packet));

	/* The asker is on the link, whatever its address, or the hop limit were not 255.
	 * And the answer itself is no reason to probe its reachability. */
	if (anonymous)
		nd_transmit(nd, &group, packet, len);
	else if (solicitation->has_mac)
		nd_transmit(nd, &solicitation->mac, packet, len);
	else
		neighbor_send(nd, &m.dst, packet, len);
}

void address_solicited(struct nd *nd, const struct nd_message *m)
{
	struct nd_address *a = address_find(nd, &m->target);

	if (!a)
		return;
	if (a->state == ADDRESS_ASSIGNED) {
		if (m->has_mac)
			neighbor_learn(nd, &m->src, &m->mac);
		answer(nd, m);
	} else if (IN6_IS_ADDR_UNSPECIFIED(&m->src) &&
		   !(m->has_nonce && memcmp(m->nonce, a->nonce, sizeof(m->nonce)) == 0)) {
		give_up(nd, a); /* RFC 4862 5.4.3: another wants it, too */
	} /* else somebody looks for its owner, who is not us yet; or it is our own */
}

bool address_advertised(struct nd *nd, const struct nd_message *m)
{
	struct nd_address *a = address_find(nd, &m->target);

	if (a && a->state == ADDRESS_TENTATIVE)
		give_up(nd, a); /* RFC 4862 5.4.4 */
	return a;
}
