/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a context is worth its four messages. RFC 5533 4.3 leaves that open;
 * here it is a number of packets sent on a ULID pair; shim_send() knows which count.
 */
#include "refstack/core/internal.h"

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
	for (unsigned i = 0; i < host->contexts.count; i++) {
		const struct shim_context *context = host->contexts.slot[i];

		if ((context->state == SHIM_E_FAILED || context->state == SHIM_NO_SUPPORT) &&
		    IN6_ARE_ADDR_EQUAL(&context->ulids.peer, peer))
			return true;
	}
	return false;
}

void heuristic_count(struct shim_host *host, const struct in6_addr *local,
		     const struct in6_addr *peer)
{
	struct shim_ulids ulids = { .local = *local, .peer = *peer };
	struct pair_count *pair;

	if (!host->cfg.initiate_after || context_by_ulids(&host->contexts, &ulids) ||
	    is_held_down(host, peer))
		return;
	pair = count_of(host, &ulids);
	if (++pair->packets < host->cfg.initiate_after)
		return;
	pair->packets = 0;
	handshake_initiate(host, &ulids);
}
