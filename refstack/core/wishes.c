/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sockets of a context want of it (RFC 6316 6): which locators, which
 * timeouts, whether a pair in reserve. Preferences are followed when they are
 * said and when locators change, and by explorations, but not back from what an
 * exploration has chosen: it had a reason.
 */
#include "refstack/core/internal.h"

#include <errno.h>
#include <stdlib.h>

/* --- the order of locators, RFC 6316 8.1 ------------------------------------------ */

static const struct shim_wish *wish_of(const struct shim_wish_list *list,
				       const struct in6_addr *addr)
{
	for (unsigned i = 0; i < list->count; i++)
		if (IN6_ARE_ADDR_EQUAL(&list->at[i].addr, addr))
			return &list->at[i];
	return NULL;
}

/* The larger weight always wins: 8.1 says so, and RFC 2782's chances don't. */
static bool is_better(const struct shim_wish *a, const struct shim_wish *b)
{
	return a->priority != b->priority ? a->priority < b->priority : a->weight > b->weight;
}

unsigned wish_order(const struct shim_wish_list *list, const struct in6_addr *addr)
{
	const struct shim_wish *wish = wish_of(list, addr);
	unsigned better = 0;

	if (!wish)
		return list->count;
	for (unsigned i = 0; i < list->count; i++)
		better += is_better(&list->at[i], wish);
	return better;
}

unsigned wish_order_local(const struct shim_context *context, const struct in6_addr *addr)
{
	return context->wishes ? wish_order(&context->wishes->local, addr) : 0;
}

unsigned wish_order_peer(const struct shim_context *context, const struct in6_addr *addr)
{
	return context->wishes ? wish_order(&context->wishes->peer, addr) : 0;
}

/* A list of which nothing is left would mean no communication, and means nothing. */
locator_set wish_locals(const struct shim_host *host, const struct shim_context *context)
{
	const struct shim_wish_list *list = context->wishes ? &context->wishes->local : NULL;
	locator_set set = 0;

	for (unsigned i = 0; list && list->only && i < list->count; i++)
		set |= host_locator_bit(host, &list->at[i].addr);
	return set ? set : UINT32_MAX;
}

bool wish_allows_peer(const struct shim_context *context, const struct in6_addr *addr)
{
	const struct shim_wish_list *list = context->wishes ? &context->wishes->peer : NULL;
	bool any = false;

	if (!list || !list->only || wish_of(list, addr))
		return true;
	for (unsigned i = 0; i < list->count; i++)
		any = any || context_has_peer(context, &list->at[i].addr);
	return !any;
}

/* --- where the context sends ------------------------------------------------------- */

static const struct in6_addr *best_local(const struct shim_host *host,
					 const struct shim_context *context)
{
	locator_set usable = context_sources(host, context) & wish_locals(host, context) &
			     host_locators_up(host);
	const struct in6_addr *best = &context->lp_local;
	unsigned order = usable & host_locator_bit(host, best) ? wish_order_local(context, best)
							       : UINT32_MAX;

	for (unsigned i = 0; i < host->locator_count; i++) {
		const struct in6_addr *addr = &host->locator[i].addr;

		if (usable & UINT32_C(1) << i && wish_order_local(context, addr) < order) {
			best = addr;
			order = wish_order_local(context, addr);
		}
	}
	return best;
}

/* Verified ones alone; *ask: one that would be better if it were. */
static const struct in6_addr *best_peer(const struct shim_context *context,
					const struct in6_addr **ask)
{
	const struct peer_locators *ls = context->ls_peer;
	const struct in6_addr *best = &context->lp_peer;
	unsigned order =
		wish_allows_peer(context, best) ? wish_order_peer(context, best) : UINT32_MAX;
	unsigned ask_order = UINT32_MAX;

	*ask = NULL;
	for (unsigned i = 0; ls && i < ls->count; i++) {
		const struct in6_addr *addr = &ls->at[i].addr;
		unsigned at = wish_order_peer(context, addr);

		if (!wish_allows_peer(context, addr) || ls->at[i].preference.flags & SHIM6_BROKEN)
			continue;
		if (shim_context_reach(context, addr) == SHIM_VERIFIED && at < order) {
			best = addr;
			order = at;
		} else if (shim_context_reach(context, addr) == SHIM_UNVERIFIED && at < ask_order) {
			*ask = addr;
			ask_order = at;
		}
	}
	if (ask_order >= order)
		*ask = NULL;
	return best;
}

void wish_follow(struct shim_host *host, struct shim_context *context)
{
	struct in6_addr local, peer;
	const struct in6_addr *ask;

	if (!context->wishes || !context_is_up(context) || context->reap.state != REAP_OPERATIONAL)
		return;
	local = *best_local(host, context);
	peer = *best_peer(context, &ask);
	if (!IN6_ARE_ADDR_EQUAL(&local, &context->lp_local) ||
	    !IN6_ARE_ADDR_EQUAL(&peer, &context->lp_peer))
		translate_switch(host, context, &local, &peer);
	if (ask)
		shim_verify(host, context, ask);
}

/* --- from the layer above ------------------------------------------------------------ */

static bool is_nothing(const struct shim_wishes *wishes)
{
	static const struct shim_pace none;

	return !wishes->hold && !wishes->hot_standby && !wishes->send_timeout &&
	       !memcmp(&wishes->pace, &none, sizeof(none)) && !wishes->local.count &&
	       !wishes->peer.count;
}

static bool same_list(const struct shim_wish_list *a, const struct shim_wish_list *b)
{
	return a->count == b->count && a->only == b->only &&
	       !memcmp(a->at, b->at, a->count * sizeof(a->at[0]));
}

const struct shim_wishes *shim_context_wishes(const struct shim_context *context)
{
	return context->wishes;
}

/* In the place of what there was. -ENOBUFS. */
static int put(struct shim_context *context, const struct shim_wishes *wishes)
{
	struct shim_wishes *copy = NULL;

	if (wishes && !is_nothing(wishes)) {
		copy = malloc(sizeof(*copy));
		if (!copy)
			return -ENOBUFS;
		*copy = *wishes;
	}
	free(context->wishes);
	context->wishes = copy;
	return 0;
}

int shim_wish(struct shim_host *host, struct shim_context *context,
	      const struct shim_wishes *wishes)
{
	static const struct shim_wish_list none;
	usec_t timeout = reap_send_timeout(host, context);
	bool news;
	int err;

	news = !same_list(context->wishes ? &context->wishes->local : &none,
			  wishes ? &wishes->local : &none);
	err = put(context, wishes);
	if (err || !context_is_up(context))
		return err;
	if (!context->reap.standby != !(context->wishes && context->wishes->hot_standby))
		shim_hot_standby(host, context, context->wishes && context->wishes->hot_standby);
	if (reap_send_timeout(host, context) != timeout) {
		reap_send_timeout_was(host, context, timeout);
		context->update.timeout = true;
		news = true;
	}
	reap_happen(host, context, REAP_CHANGED, NULL);
	context->update.unsure = context->update.unsure || news;
	update_consider(host, context);
	return 0;
}

/* What is told goes into an Update Request behind the handshake: update_consider()
 * follows it. Without memory there are no wishes. */
void wish_ask(struct shim_host *host, struct shim_context *context)
{
	struct shim_wishes wishes = { .hold = false };

	if (!host->upper || !host->upper->wishes ||
	    !host->upper->wishes(host->upper_ctx, &context->ulids.local, &context->ulids.peer,
				 context->ulids.fii, &wishes) ||
	    put(context, &wishes) || !context->wishes)
		return;
	if (wishes.hot_standby && !context->reap.standby)
		context->reap.standby = calloc(1, sizeof(*context->reap.standby));
	context->update.timeout = wishes.send_timeout || wishes.pace.send_timeout;
	context->update.unsure =
		context->update.unsure || context->update.timeout || wishes.local.count > 0;
}

/* --- to the layer above -------------------------------------------------------------- */

const struct in6_addr *shim_context_lp_local(const struct shim_context *context)
{
	return &context->lp_local;
}

const struct in6_addr *shim_context_lp_peer(const struct shim_context *context)
{
	return &context->lp_peer;
}

size_t shim_context_locals(const struct shim_host *host, const struct shim_context *context,
			   struct shim_listed *out, size_t max)
{
	bool only = context->wishes && context->wishes->local.only;
	locator_set set = only ? wish_locals(host, context) : context_ears(host, context);
	size_t n = 0;

	for (unsigned i = 0; i < host->locator_count; i++) {
		const struct host_locator *l = &host->locator[i];

		if (!(set & UINT32_C(1) << i))
			continue;
		if (n < max)
			out[n] = (struct shim_listed){
				.addr = l->addr,
				.link = l->link,
				.hba = l->method == SHIM6_METHOD_HBA,
				.cga = l->method == SHIM6_METHOD_CGA,
			};
		n++;
	}
	return n;
}

size_t shim_context_peers(const struct shim_context *context, struct shim_listed *out, size_t max)
{
	const struct peer_locators *ls = context->ls_peer;
	size_t n = 0;

	for (unsigned i = 0; ls && i < ls->count; i++) {
		if (n < max)
			out[n] = (struct shim_listed){
				.addr = ls->at[i].addr,
				.hba = ls->at[i].method == SHIM6_METHOD_HBA,
				.cga = ls->at[i].method == SHIM6_METHOD_CGA,
				.priority = ls->at[i].preference.priority,
				.weight = ls->at[i].preference.weight,
			};
		n++;
	}
	if (!context_listed(context, &context->ulids.peer)) {
		if (n < max)
			out[n] = (struct shim_listed){ .addr = context->ulids.peer };
		n++;
	}
	return n;
}
