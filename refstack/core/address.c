/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of a host and the links that they are on: which are up, and what a change
 * means to every context. */
#include "refstack/core/internal.h"

#include <errno.h>

const struct host_locator *host_locator(const struct shim_host *host, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < host->locator_count; i++)
		if (IN6_ARE_ADDR_EQUAL(&host->locator[i].addr, addr))
			return &host->locator[i];
	return NULL;
}

bool host_locator_is_up(const struct shim_host *host, const struct host_locator *locator)
{
	return locator->up && host->link_up[locator->link - 1];
}

bool host_is_up(const struct shim_host *host, const struct in6_addr *addr)
{
	const struct host_locator *l = host_locator(host, addr);

	return l && host_locator_is_up(host, l);
}

locator_set host_locators_up(const struct shim_host *host)
{
	locator_set up = 0;

	for (unsigned i = 0; i < host->locator_count; i++)
		if (host_locator_is_up(host, &host->locator[i]))
			up |= UINT32_C(1) << i;
	return up;
}

locator_set host_locator_bit(const struct shim_host *host, const struct in6_addr *addr)
{
	const struct host_locator *l = host_locator(host, addr);

	return l ? UINT32_C(1) << (l - host->locator) : 0;
}

locator_set context_sources(const struct shim_host *host, const struct shim_context *context)
{
	return context->ls_local | host_locator_bit(host, &context->ulids.local);
}

locator_set context_ears(const struct shim_host *host, const struct shim_context *context)
{
	return context_sources(host, context) |
	       (context->update.outstanding ? context->update.offered : 0);
}

int shim_context_has_local(const struct shim_host *host, const struct shim_context *context,
			   const struct in6_addr *addr)
{
	return context_has_local(host, context, addr) ? 0 : -EADDRNOTAVAIL;
}

bool host_is_unicast(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_UNSPECIFIED(addr) &&
	       !IN6_IS_ADDR_LOOPBACK(addr);
}

bool shim_host_owns(const struct shim_host *host, const struct in6_addr *addr)
{
	return host_locator(host, addr);
}

bool shim_host_bears(const struct shim_host *host, const struct in6_addr *addr)
{
	const struct host_locator *l = host_locator(host, addr);

	return l && l->up;
}

size_t shim_host_addresses(const struct shim_host *host, struct shim_address *out, size_t max)
{
	for (size_t i = 0; i < host->locator_count && i < max; i++)
		out[i] = (struct shim_address){
			.addr = host->locator[i].addr,
			.link = host->locator[i].link,
			.prefix_len = 64,
			.up = host_locator_is_up(host, &host->locator[i]),
		};
	return host->locator_count;
}

int shim_select_source(const struct shim_host *host, const struct in6_addr *peer,
		       struct in6_addr *out)
{
	(void)peer; /* all of ours are global: scope and label decide nothing */
	for (unsigned i = 0; i < host->locator_count; i++) {
		if (host_locator_is_up(host, &host->locator[i])) {
			*out = host->locator[i].addr;
			return 0;
		}
	}
	return -EADDRNOTAVAIL;
}

/* Every context may have to send from elsewhere, to look for another path, and
 * to tell its peer; what explores need not wait for its turn when there is more to try. */
static void locators_changed(struct shim_host *host, bool more)
{
	struct context_walk walk = { .bucket = 0 };
	struct shim_context *context;

	while ((context = context_walk(&host->contexts, &walk))) {
		bool lost = !host_is_up(host, &context->lp_local);

		handshake_restart(host, context);
		if (!context_is_up(context))
			continue;
		translate_pick_local(host, context);
		reap_happen(host, context, lost ? REAP_BROKEN : REAP_CHANGED, NULL);
		if (more && context->reap.state != REAP_OPERATIONAL) {
			explore_restart(context);
			context_set_timer(&host->contexts, context, TIMER_PROBE, host->now);
		}
		update_consider(host, context);
	}
}

/* One that the HBA set, or the CGAs, didn't have: it is proven by signature. */
static int add_locator(struct shim_host *host, unsigned link, const struct in6_addr *addr)
{
	if (!host->identity.key || !host_is_unicast(addr))
		return -EINVAL;
	if (host->locator_count == HOST_LOCATORS_MAX)
		return -ENOSPC;
	host->locator[host->locator_count++] = (struct host_locator){
		.addr = *addr,
		.link = link,
		.method = SHIM6_METHOD_CGA,
		.up = true,
	};
	return 0;
}

int shim_host_address_event(struct shim_host *host, unsigned link, const struct in6_addr *addr,
			    bool up)
{
	const struct host_locator *l = host_locator(host, addr);
	int err = 0;

	if (link < 1 || link > host->cfg.link_count)
		return -ENODEV;
	if (!l)
		err = up ? add_locator(host, link, addr) : -EADDRNOTAVAIL;
	else if (l->link != link)
		err = -EADDRNOTAVAIL;
	else
		host->locator[l - host->locator].up = up;
	if (!err)
		locators_changed(host, up);
	return err;
}

int shim_host_link_event(struct shim_host *host, unsigned link, bool up)
{
	if (link < 1 || link > host->cfg.link_count)
		return -ENODEV;
	host->link_up[link - 1] = up;
	locators_changed(host, up);
	return 0;
}
