/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a context is worth its four messages, and when it has outlived its use.
 * RFC 5533 4.3 and 9 leave both open; here one is a number of packets sent on
 * a ULID pair (shim_send() knows which count), the other a time without payload.
 */
#include "refstack/core/internal.h"

#include <errno.h>

enum { IDLE_TIMEOUT = 300 }; /* seconds; RFC 5533 9 */

static struct pair_count *count_of(struct shim_host *host, const struct shim_ulids *ulids)
{
	struct pair_count *pair;

	for (unsigned i = 0; i < HOST_PAIRS_MAX; i++) {
		pair = &host->pair[i];
		if (pair->packets && IN6_ARE_ADDR_EQUAL(&pair->ulids.local, &ulids->local) &&
		    IN6_ARE_ADDR_EQUAL(&pair->ulids.peer, &ulids->peer))
			return pair;
	}
	/* Places are taken in turn: with more pairs than places the oldest
	 * count is lost, and its pair starts anew. */
	pair = &host->pair[host->pair_next++ % HOST_PAIRS_MAX];
	*pair = (struct pair_count){ .ulids = *ulids };
	return pair;
}

/* RFC 5533 7.8: once it failed with a peer's ULID, not again with that ULID
 * for a while, from whichever of ours. */
static bool is_held_down(const struct shim_host *host, const struct in6_addr *peer)
{
	for (unsigned i = 0; i < host->locator_count; i++) {
		struct shim_ulids ulids = { .local = host->locator[i].addr, .peer = *peer };
		const struct shim_context *context = context_by_ulids(&host->contexts, &ulids);

		if (context &&
		    (context->state == SHIM_E_FAILED || context->state == SHIM_NO_SUPPORT))
			return true;
	}
	return false;
}

void heuristic_count(struct shim_host *host, const struct shim_ulids *ulids)
{
	struct pair_count *pair;

	if (!host->cfg.initiate_after || is_held_down(host, &ulids->peer))
		return;
	pair = count_of(host, ulids);
	if (++pair->packets < host->cfg.initiate_after)
		return;
	pair->packets = 0;
	handshake_initiate(host, ulids);
}

int shim_initiate(struct shim_host *host, const struct in6_addr *local,
		  const struct in6_addr *peer, uint32_t fii)
{
	struct shim_ulids ulids = { .local = *local, .peer = *peer, .fii = fii };

	if (!shim_host_owns(host, local))
		return -EADDRNOTAVAIL;
	if (context_by_ulids(&host->contexts, &ulids))
		return -EALREADY;
	return handshake_initiate(host, &ulids) ? 0 : -ENOBUFS;
}

void shim_end(struct shim_host *host, const struct in6_addr *local, const struct in6_addr *peer,
	      uint32_t fii)
{
	struct shim_ulids ulids = { .local = *local, .peer = *peer, .fii = fii };
	struct shim_context *context = context_by_ulids(&host->contexts, &ulids);

	if (context)
		handshake_end(host, context);
}

/* The timer isn't moved with each packet: when it runs out, it looks at when the
 * last one went. */
void heuristic_used(struct shim_host *host, struct shim_context *context)
{
	context->used = host->now;
}

void heuristic_expire(struct shim_host *host, struct shim_context *context)
{
	unsigned seconds = host->cfg.idle_timeout ? host->cfg.idle_timeout : IDLE_TIMEOUT;
	usec_t end = context->used + seconds * USEC_PER_SEC;

	if (!context_is_up(context))
		context_set_timer(&host->contexts, context, TIMER_IDLE, USEC_NEVER);
	else if (end > host->now)
		context_set_timer(&host->contexts, context, TIMER_IDLE, end);
	else if (context->wishes && context->wishes->hold)
		context_set_timer(&host->contexts, context, TIMER_IDLE,
				  host->now + seconds * USEC_PER_SEC);
	else
		handshake_end(host, context); /* RFC 5533 9: without a word to the peer */
}
