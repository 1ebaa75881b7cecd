/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Return routability, RFC 5533 7.2: a locator of the peer's gets no payload before the
 * peer has answered there. Explorations and the pair in reserve find it out by the
 * way; here it is asked for its own sake, since an application may want a
 * locator that nobody has had a reason to try (RFC 6316 6.9 and 6.16).
 *
 * The Probe is that of the hot standby, see explore.c: it says InboundOk, and the
 * peer reports it without leaving Operational. When the peer was not heard of for a
 * Send Timeout that would be too much to say, and it says Exploring.
 */
#include "refstack/core/internal.h"

#include <stdlib.h>

static const usec_t CHECK_INTERVAL = USEC_PER_SEC / 2; /* as Initial Probe Timeout, RFC 5534 7 */

/* RFC 5533 7.2 exempts the ULID; and what is sent to all the time, REAP looks after. */
enum shim_reach shim_context_reach(const struct shim_context *context,
				   const struct in6_addr *locator)
{
	const struct peer_locator *listed = context_listed(context, locator);
	enum shim_reach reach = listed ? (enum shim_reach)listed->reach : SHIM_UNKNOWN;

	if (reach == SHIM_UNREACHABLE || reach == SHIM_VERIFIED)
		return reach;
	if (IN6_ARE_ADDR_EQUAL(locator, &context->ulids.peer) ||
	    IN6_ARE_ADDR_EQUAL(locator, &context->lp_peer))
		return SHIM_VERIFIED;
	return listed ? SHIM_UNVERIFIED : SHIM_UNKNOWN;
}

void verify_set(struct shim_context *context, const struct in6_addr *locator, enum shim_reach reach)
{
	struct peer_locator *listed = context_listed(context, locator);

	if (listed)
		listed->reach = reach & 3;
}

/* --- Probes --------------------------------------------------------------------- */

void verify_stop(struct shim_host *host, struct shim_context *context)
{
	struct peer_locators *ls = context->ls_peer;

	for (unsigned i = 0; ls && i < ls->count; i++)
		ls->at[i].wanted = false;
	free(context->reap.check);
	context->reap.check = NULL;
	context_set_timer(&host->contexts, context, TIMER_CHECK, USEC_NEVER);
}

static void ask(struct shim_host *host, struct shim_context *context)
{
	struct reap_check *check = context->reap.check;
	bool heard = host->now - context->reap.heard <= reap_send_timeout(host, context);

	check->nonce[check->tries] = random_u32(&host->random);
	explore_send(host, context, &check->local, &check->peer,
		     heard ? REAP_INBOUND_OK : REAP_EXPLORING, NULL, check->nonce[check->tries]);
	check->tries++;
	context_set_timer(&host->contexts, context, TIMER_CHECK, host->now + CHECK_INTERVAL);
}

/* The next one that is wanted, if there is one; from where we send, since from
 * there it will have to be reached. */
static void begin(struct shim_host *host, struct shim_context *context)
{
	struct peer_locators *ls = context->ls_peer;
	unsigned i = 0;

	while (ls && i < ls->count && !ls->at[i].wanted)
		i++;
	if (!ls || i == ls->count) {
		verify_stop(host, context);
		return;
	}
	if (!context->reap.check)
		context->reap.check = malloc(sizeof(*context->reap.check));
	if (!context->reap.check)
		return;
	ls->at[i].wanted = false;
	*context->reap.check = (struct reap_check){
		.local = context->lp_local,
		.peer = ls->at[i].addr,
	};
	ask(host, context);
}

void shim_verify(struct shim_host *host, struct shim_context *context,
		 const struct in6_addr *locator)
{
	struct peer_locator *listed = context_listed(context, locator);
	struct reap_check *check = context->reap.check;

	if (!listed || !context_is_up(context) || context->reap.state != REAP_OPERATIONAL ||
	    (check && IN6_ARE_ADDR_EQUAL(&check->peer, locator)))
		return;
	listed->wanted = true;
	if (!check)
		begin(host, context);
}

/* An exploration tries all locators by itself; a link that is down proves nothing; and
 * what the peer has taken back is nobody's business any more. */
void verify_due(struct shim_host *host, struct shim_context *context)
{
	struct reap_check *check = context->reap.check;

	if (!check || context->reap.state != REAP_OPERATIONAL ||
	    !context_listed(context, &check->peer) || !host_is_up(host, &check->local) ||
	    !context_has_local(host, context, &check->local)) {
		verify_stop(host, context);
	} else if (check->tries < REAP_CHECK_PROBES) {
		ask(host, context);
	} else {
		verify_set(context, &check->peer, SHIM_UNREACHABLE);
		begin(host, context);
	}
}

static bool answers(const struct reap_check *check, const struct reap_report *report)
{
	for (unsigned i = 0; i < check->tries; i++)
		if (report->nonce == check->nonce[i] &&
		    IN6_ARE_ADDR_EQUAL(&report->src, &check->local) &&
		    IN6_ARE_ADDR_EQUAL(&report->dst, &check->peer))
			return true;
	return false;
}

void verify_take(struct shim_host *host, struct shim_context *context,
		 const struct reap_probe *probe)
{
	struct reap_check *check = context->reap.check;

	for (unsigned i = 0; check && i < probe->received_count; i++) {
		if (!answers(check, &probe->received[i]))
			continue;
		verify_set(context, &check->peer, SHIM_VERIFIED);
		begin(host, context);
		wish_follow(host, context);
		return;
	}
}
