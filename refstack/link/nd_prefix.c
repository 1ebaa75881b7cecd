/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefixes: which addresses are on the link, RFC 4861 6.3.4, and for which ours
 * may be made, RFC 4862 5.5.3. */
#include "refstack/link/nd_internal.h"

#include <errno.h>

/* RFC 4862 5.5.3 (e): by a single advertisement, which anybody can forge, a
 * prefix does not lose more than it had beyond this. */
#define TWO_HOURS_SEC UINT32_C(7200)

/* --- on the link ------------------------------------------------------------------ */

static bool starts_with(const struct in6_addr *addr, const struct in6_addr *prefix, unsigned len)
{
	unsigned octets = len / 8, bits = len % 8;

	return memcmp(addr, prefix, octets) == 0 &&
	       (!bits || (addr->s6_addr[octets] ^ prefix->s6_addr[octets]) >> (8 - bits) == 0);
}

bool prefix_is_on_link(const struct nd *nd, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < ND_ON_LINK_MAX; i++)
		if (nd->on_link[i].until &&
		    starts_with(addr, &nd->on_link[i].prefix, nd->on_link[i].len))
			return true;
	return false;
}

static struct nd_on_link *find_on_link(struct nd *nd, const struct in6_addr *prefix, uint8_t len)
{
	for (unsigned i = 0; i < ND_ON_LINK_MAX; i++)
		if (nd->on_link[i].until && nd->on_link[i].len == len &&
		    starts_with(prefix, &nd->on_link[i].prefix, len))
			return &nd->on_link[i];
	return NULL;
}

/* The one that is there, or a free place; NULL: none is left. */
static struct nd_on_link *place_on_link(struct nd *nd, const struct in6_addr *prefix, uint8_t len)
{
	struct nd_on_link *found = find_on_link(nd, prefix, len);

	for (unsigned i = 0; !found && i < ND_ON_LINK_MAX; i++) {
		if (nd->on_link[i].until)
			continue;
		found = &nd->on_link[i];
		*found = (struct nd_on_link){ .prefix = *prefix, .len = len };
	}
	return found;
}

int nd_prefix_add(struct nd *nd, const struct in6_addr *prefix, unsigned len)
{
	struct nd_on_link *l;

	if (len > 128)
		return -EINVAL;
	l = place_on_link(nd, prefix, (uint8_t)len);
	if (!l)
		return -ENOSPC;
	l->fixed = true;
	l->until = USEC_NEVER;
	return 0;
}

static void on_link_advertised(struct nd *nd, const struct nd_prefix_info *p)
{
	struct nd_on_link *l = p->valid_sec ? place_on_link(nd, &p->prefix, p->len)
					    : find_on_link(nd, &p->prefix, p->len);

	if (l && !l->fixed)
		l->until = p->valid_sec ? nd_until(nd, p->valid_sec) : 0;
}

/* --- for addresses ---------------------------------------------------------------- */

static struct nd_autonomous *find_autonomous(struct nd *nd, const struct in6_addr *prefix)
{
	for (unsigned i = 0; i < ND_AUTONOMOUS_MAX; i++)
		if (nd->autonomous[i].valid_until &&
		    memcmp(nd->autonomous[i].prefix, prefix, sizeof(nd->autonomous[i].prefix)) == 0)
			return &nd->autonomous[i];
	return NULL;
}

static struct nd_autonomous *place_autonomous(struct nd *nd, const struct in6_addr *prefix)
{
	for (unsigned i = 0; i < ND_AUTONOMOUS_MAX; i++) {
		struct nd_autonomous *a = &nd->autonomous[i];

		if (a->valid_until)
			continue;
		*a = (struct nd_autonomous){ .valid_until = nd->now };
		memcpy(a->prefix, prefix, sizeof(a->prefix));
		return a;
	}
	return NULL;
}

/* Seconds to go, the last one begun counted whole. */
static uint32_t remaining_sec(const struct nd *nd, usec_t until)
{
	if (until == USEC_NEVER)
		return ND_LIFETIME_INFINITE;
	return until <= nd->now ? 0 : (uint32_t)((until - nd->now - 1) / USEC_PER_SEC + 1);
}

static void tell(struct nd *nd, const struct nd_autonomous *a)
{
	struct nd_autonomous_prefix p = {
		.valid_sec = remaining_sec(nd, a->valid_until),
		.preferred_sec = remaining_sec(nd, a->preferred_until),
	};

	if (!nd->cfg.prefix)
		return;
	memcpy(p.prefix, a->prefix, sizeof(p.prefix));
	nd->cfg.prefix(nd->cfg.ctx, &p);
}

static void autonomous_advertised(struct nd *nd, const struct nd_prefix_info *p)
{
	struct nd_autonomous *a = find_autonomous(nd, &p->prefix);
	uint32_t remaining;

	if (p->len != 64 || p->preferred_sec > p->valid_sec)
		return;
	if (!a && p->valid_sec)
		a = place_autonomous(nd, &p->prefix);
	if (!a)
		return;
	remaining = remaining_sec(nd, a->valid_until);
	if (p->valid_sec > TWO_HOURS_SEC || p->valid_sec > remaining)
		a->valid_until = nd_until(nd, p->valid_sec);
	else if (remaining > TWO_HOURS_SEC)
		a->valid_until = nd_until(nd, TWO_HOURS_SEC);
	a->preferred_until = nd_until(nd, p->preferred_sec);
	a->deprecated = p->preferred_sec == 0;
	tell(nd, a);
}

void prefix_advertised(struct nd *nd, const struct nd_prefix_info *p)
{
	if (IN6_IS_ADDR_LINKLOCAL(&p->prefix) || IN6_IS_ADDR_MULTICAST(&p->prefix))
		return;
	if (p->on_link)
		on_link_advertised(nd, p);
	if (p->autonomous)
		autonomous_advertised(nd, p);
}

/* --- time ------------------------------------------------------------------------- */

static usec_t autonomous_due(const struct nd_autonomous *a)
{
	if (!a->valid_until)
		return USEC_NEVER;
	return !a->deprecated && a->preferred_until < a->valid_until ? a->preferred_until
								     : a->valid_until;
}

usec_t prefix_deadline(const struct nd *nd)
{
	usec_t first = USEC_NEVER;

	for (unsigned i = 0; i < ND_ON_LINK_MAX; i++)
		if (nd->on_link[i].until && nd->on_link[i].until < first)
			first = nd->on_link[i].until;
	for (unsigned i = 0; i < ND_AUTONOMOUS_MAX; i++)
		if (autonomous_due(&nd->autonomous[i]) < first)
			first = autonomous_due(&nd->autonomous[i]);
	return first;
}

static void autonomous_expire(struct nd *nd, struct nd_autonomous *a)
{
	const struct nd_autonomous then = *a;

	if (then.valid_until <= nd->now)
		a->valid_until = 0;
	else
		a->deprecated = true;
	tell(nd, &then);
}

void prefix_expire(struct nd *nd)
{
	for (unsigned i = 0; i < ND_ON_LINK_MAX; i++)
		if (nd->on_link[i].until <= nd->now)
			nd->on_link[i].until = 0;
	for (unsigned i = 0; i < ND_AUTONOMOUS_MAX; i++)
		if (autonomous_due(&nd->autonomous[i]) <= nd->now)
			autonomous_expire(nd, &nd->autonomous[i]);
}
