/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which addresses the host may use: those that Duplicate Address Detection has
 * found to be ours, on links that are up, with prefixes that are still there.
 *
 * A link that comes up again is a new one, since it may be plugged in elsewhere: all
 * of its addresses are claimed anew, and the host has the link back when it is known
 * of each whose it is.
 */
#include "refstack/core/upper.h"
#include "refstack/daemon/daemon.h"

#include <arpa/inet.h>
#include <errno.h>

static struct held *held_of(struct daemon *d, const struct link *link, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < d->held_count; i++)
		if (d->held[i].link == link->number &&
		    IN6_ARE_ADDR_EQUAL(&d->held[i].addr, addr))
			return &d->held[i];
	return NULL;
}

static void forget(struct daemon *d, struct held *h)
{
	size_t behind = (size_t)(d->held + d->held_count - (h + 1));

	memmove(h, h + 1, behind * sizeof(*h));
	d->held_count--;
}

/* --- claiming ------------------------------------------------------------------------- */

/* The verdict may come at once, and may make the list shorter: h isn't used any more. */
static void claim(struct daemon *d, struct link *link, struct held *h)
{
	const struct in6_addr addr = h->addr;
	int err;

	h->state = HELD_TENTATIVE;
	err = link_add(link, &addr);
	if (!err)
		return;
	link_say(link, "an address can't be had: %s", strerror(-err));
	address_verdict(d, link, &addr, ND_DUPLICATE);
}

/* All are tentative before the first is asked for, so that the link isn't settled before
 * the last; and it is counted back, so that one that is forgotten makes nobody be
 * passed over. */
static void claim_all_of(struct daemon *d, struct link *link)
{
	for (unsigned i = 0; i < d->held_count; i++)
		if (d->held[i].link == link->number && d->held[i].state != HELD_EXPIRED)
			d->held[i].state = HELD_TENTATIVE;
	for (unsigned i = d->held_count; i-- > 0;)
		if (d->held[i].link == link->number && d->held[i].state == HELD_TENTATIVE)
			claim(d, link, &d->held[i]);
}

void address_claim_all(struct daemon *d)
{
	struct shim_address addresses[HOST_LOCATORS_MAX];
	size_t n = shim_host_addresses(d->host, addresses, HOST_LOCATORS_MAX);

	d->held_count = (unsigned)n;
	for (unsigned i = 0; i < n; i++)
		d->held[i] = (struct held){ .addr = addresses[i].addr, .link = addresses[i].link,
					    .usable = true };
	for (unsigned i = 0; i < d->link_count; i++)
		if (d->link[i].up)
			claim_all_of(d, &d->link[i]);
}

void address_drop_all(struct daemon *d)
{
	for (unsigned i = 0; i < d->held_count; i++)
		link_remove(&d->link[d->held[i].link - 1], &d->held[i].addr);
	d->held_count = 0;
}

static bool is_settled(const struct daemon *d, const struct link *link)
{
	for (unsigned i = 0; i < d->held_count; i++)
		if (d->held[i].link == link->number && d->held[i].state == HELD_TENTATIVE)
			return false;
	return true;
}

bool address_all_settled(struct daemon *d)
{
	for (unsigned i = 0; i < d->link_count; i++)
		if (!is_settled(d, &d->link[i]))
			return false;
	return true;
}

const struct in6_addr *address_of_others(const struct daemon *d)
{
	for (unsigned i = 0; i < d->held_count; i++)
		if (d->held[i].state == HELD_OTHERS)
			return &d->held[i].addr;
	return NULL;
}

/* --- the host ------------------------------------------------------------------------- */

static void tell_address(struct daemon *d, struct held *h, bool usable)
{
	const struct shim_address address = { .addr = h->addr, .link = h->link, .up = usable };
	int err;

	if (h->usable == usable)
		return;
	err = shim_host_address_event(d->host, h->link, &h->addr, usable);
	if (err) {
		link_say(&d->link[h->link - 1], "the host can't take an address: %s",
			 strerror(-err));
		return;
	}
	h->usable = usable;
	journal_address(&d->journal, daemon_now(d), &address);
}

static void tell_link(struct daemon *d, const struct link *link, bool up)
{
	d->link_settled[link->number - 1] = up;
	shim_host_link_event(d->host, link->number, up);
	journal_link(&d->journal, daemon_now(d), link->number, link->settings->name, up);
}

/* Addresses first, so that none is used that isn't ours. */
static void settle(struct daemon *d, struct link *link)
{
	if (!link->up || d->link_settled[link->number - 1] || !is_settled(d, link))
		return;
	for (unsigned i = 0; i < d->held_count; i++)
		if (d->held[i].link == link->number && d->held[i].state != HELD_EXPIRED)
			tell_address(d, &d->held[i], d->held[i].state == HELD_OURS);
	tell_link(d, link, true);
}

static void lose_link(struct daemon *d, struct link *link)
{
	for (unsigned i = 0; i < d->held_count; i++)
		if (d->held[i].link == link->number && d->held[i].state != HELD_EXPIRED)
			d->held[i].state = HELD_ABSENT;
	if (d->link_settled[link->number - 1])
		tell_link(d, link, false);
}

/* It begins with all links up. */
void address_tell_host(struct daemon *d)
{
	for (unsigned i = 0; i < d->link_count; i++) {
		settle(d, &d->link[i]);
		if (!d->link_settled[i])
			tell_link(d, &d->link[i], false);
	}
}

void address_link_changed(struct daemon *d, struct link *link)
{
	if (!link->up)
		lose_link(d, link);
	else if (link_begin(link, daemon_now(d)))
		link_say(link, "there is no memory for it");
	else
		claim_all_of(d, link);
	if (d->phase == RUNNING)
		settle(d, link);
}

/* --- verdicts ------------------------------------------------------------------------- */

/* One that is asked for while the link works, when its prefix has come. */
static void settle_late(struct daemon *d, struct held *h)
{
	if (h->state == HELD_OURS)
		tell_address(d, h, true);
	else if (!shim_host_owns(d->host, &h->addr))
		forget(d, h);
}

/* Who has our link-local address has our Ethernet address, too, and then nothing
 * works as it should (RFC 4862 5.4.5). */
static void verdict_on_link(struct daemon *d, struct link *link, enum nd_address_status status)
{
	if (status == ND_ASSIGNED)
		return;
	link_say(link, "somebody else has our Ethernet address; the link is not used");
	link->up = false;
	lose_link(d, link);
}

void address_verdict(void *ctx, struct link *link, const struct in6_addr *addr,
		     enum nd_address_status status)
{
	struct daemon *d = ctx;
	struct held *h = held_of(d, link, addr);

	if (IN6_IS_ADDR_LINKLOCAL(addr)) {
		verdict_on_link(d, link, status);
		return;
	}
	if (!h)
		return;
	h->state = status == ND_ASSIGNED ? HELD_OURS : HELD_OTHERS;
	if (d->phase != RUNNING)
		return;
	if (d->link_settled[link->number - 1])
		settle_late(d, h);
	else
		settle(d, link);
}

/* --- prefixes ------------------------------------------------------------------------- */

static const char *text_of(char out[static INET6_ADDRSTRLEN], const uint8_t prefix[static 8])
{
	struct in6_addr addr = { 0 };

	memcpy(&addr, prefix, 8);
	return inet_ntop(AF_INET6, &addr, out, INET6_ADDRSTRLEN);
}

static bool is_among(const uint8_t (*table)[8], unsigned count, const uint8_t *prefix)
{
	for (unsigned i = 0; i < count; i++)
		if (memcmp(table[i], prefix, 8) == 0)
			return true;
	return false;
}

/* Before there is a host: it is to have an address of this prefix, unless that was
 * settled by the settings. */
static void learn(struct daemon *d, struct link *link, const uint8_t *prefix)
{
	struct shim_link_config *l = &d->cfg.link[link->number - 1];
	char text[INET6_ADDRSTRLEN];

	if (link->settings->prefix_count || l->prefix_count == HOST_PREFIXES_MAX)
		return;
	for (unsigned i = 0; i < d->link_count; i++)
		if (is_among(d->cfg.link[i].prefix, d->cfg.link[i].prefix_count, prefix))
			return;
	memcpy(l->prefix[l->prefix_count++], prefix, 8);
	d->learnt_at = daemon_now(d);
	link_say(link, "there is the prefix %s/64", text_of(text, prefix));
}

static struct held *held_of_prefix(struct daemon *d, const struct link *link, const uint8_t *prefix)
{
	for (unsigned i = 0; i < d->held_count; i++)
		if (d->held[i].link == link->number && memcmp(&d->held[i].addr, prefix, 8) == 0)
			return &d->held[i];
	return NULL;
}

/* Routers say it again and again; it is told once. */
static void refuse(struct daemon *d, const struct link *link, const uint8_t *prefix,
		   const char *why)
{
	struct refused_prefix *next = &d->refused[d->refused_next];
	char text[INET6_ADDRSTRLEN];

	for (unsigned i = 0; i < REFUSED_MAX; i++)
		if (d->refused[i].link == link->number &&
		    memcmp(d->refused[i].prefix, prefix, 8) == 0)
			return;
	next->link = link->number;
	memcpy(next->prefix, prefix, 8);
	d->refused_next = (d->refused_next + 1) % REFUSED_MAX;
	link_say(link, "the new prefix %s/64 is not used: %s", text_of(text, prefix), why);
}

/* While the host runs: the rest of the address is chance, since the signature over
 * it is what proves it, not its octets. */
static void invent(struct daemon *d, struct link *link, const uint8_t *prefix)
{
	struct held *h = &d->held[d->held_count];

	if (d->settings->kind == SHIM_HBA) {
		refuse(d, link, prefix, "an HBA set can't grow (RFC 5535 4)");
	} else if (d->held_count == HOST_LOCATORS_MAX) {
		refuse(d, link, prefix, "there are too many addresses");
	} else {
		d->held_count++;
		*h = (struct held){ .link = link->number };
		memcpy(h->addr.s6_addr, prefix, 8);
		shim_random(d->host, h->addr.s6_addr + 8, 8);
		claim(d, link, h);
	}
}

static void expire(struct daemon *d, struct link *link, struct held *h)
{
	if (is_among(link->settings->prefix, link->settings->prefix_count, h->addr.s6_addr) ||
	    h->state == HELD_EXPIRED)
		return;
	h->state = HELD_EXPIRED;
	link_remove(link, &h->addr);
	if (shim_host_owns(d->host, &h->addr))
		tell_address(d, h, false);
}

void address_prefix(void *ctx, struct link *link, const struct nd_autonomous_prefix *prefix)
{
	struct daemon *d = ctx;
	struct held *h = held_of_prefix(d, link, prefix->prefix);

	if (d->phase == LEARNING && prefix->valid_sec)
		learn(d, link, prefix->prefix);
	if (d->phase != RUNNING)
		return;
	if (h && !prefix->valid_sec)
		expire(d, link, h);
	else if (h && h->state == HELD_EXPIRED)
		claim(d, link, h);
	else if (!h && prefix->valid_sec)
		invent(d, link, prefix->prefix);
}
