/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What always holds between two calls of a host, whatever came in: for tests and
 * fuzzers, which ask after everything that they do.
 */
#include "refstack/core/invariants.h"

struct rule {
	const char *says;
	bool (*holds)(const struct shim_host *host, const struct shim_context *context);
};

/* --- about the table ------------------------------------------------------------ */

static bool is_found(const struct shim_host *host, const struct shim_context *context)
{
	return context_by_tag(&host->contexts, context->ct_local) == context &&
	       context_by_ulids(&host->contexts, &context->ulids) == context;
}

static bool is_found_by_nonce(const struct shim_host *host, const struct shim_context *context)
{
	const struct shim_context *found = NULL;

	if (!context->init_nonce)
		return true;
	do
		found = context_by_nonce(&host->contexts, context->init_nonce, found);
	while (found && found != context);
	return found;
}

static bool is_found_by_peer_tag(const struct shim_host *host, const struct shim_context *context)
{
	const struct shim_context *found = NULL;

	if (!context_is_up(context))
		return true;
	do
		found = context_by_peer_tag(&host->contexts, context->ct_peer, found);
	while (found && found != context);
	return found;
}

/* RFC 5533 7.1 */
static bool has_a_tag(const struct shim_host *host, const struct shim_context *context)
{
	(void)host;
	return context->ct_local <= SHIM6_TAG_MASK && context->ct_peer <= SHIM6_TAG_MASK;
}

/* --- about the STATE, RFC 5533 6.2 ------------------------------------------------ */

static bool is_no_longer_idle(const struct shim_host *host, const struct shim_context *context)
{
	(void)host;
	return context->state > SHIM_IDLE && context->state < SHIM_STATE_COUNT;
}

static bool has_what_its_handshake_needs(const struct shim_host *host,
					 const struct shim_context *context)
{
	bool shaking = context->state == SHIM_I1_SENT || context->state == SHIM_I2_SENT ||
		       context->state == SHIM_I2BIS_SENT;

	(void)host;
	return shaking == (context->handshake != NULL) && shaking == (context->init_nonce != 0);
}

static bool waits_for_something(const struct shim_host *host, const struct shim_context *context)
{
	bool waits = context->deadline[TIMER_STATE] != USEC_NEVER;

	(void)host;
	return waits == (context->state != SHIM_ESTABLISHED);
}

/* RFC 5533 9 */
static bool ends_one_day(const struct shim_host *host, const struct shim_context *context)
{
	(void)host;
	return !context_is_up(context) || context->deadline[TIMER_IDLE] != USEC_NEVER;
}

static bool wakes_in_time(const struct shim_host *host, const struct shim_context *context)
{
	for (unsigned i = 0; i < TIMER_COUNT; i++)
		if (context->deadline[i] != USEC_NEVER &&
		    (!context->timer.link || context->timer.at > context->deadline[i] ||
		     timer_next(&host->contexts.wheel) > context->deadline[i]))
			return false;
	return true;
}

/* --- about locators, RFC 5533 7.2 -------------------------------------------------- */

static bool sends_to_a_proven_locator(const struct shim_host *host,
				      const struct shim_context *context)
{
	(void)host;
	return !context_is_up(context) || context_has_peer(context, &context->lp_peer);
}

static bool sends_from_one_of_ours(const struct shim_host *host,
				   const struct shim_context *context)
{
	return shim_host_owns(host, &context->lp_local) &&
	       shim_host_owns(host, &context->ulids.local);
}

static bool lists_what_is_there(const struct shim_host *host, const struct shim_context *context)
{
	return host->locator_count == 32 || context->ls_local >> host->locator_count == 0;
}

/* --- about REAP, RFC 5534 3 and 6 --------------------------------------------------- */

static bool expects_and_answers_not_at_once(const struct shim_host *host,
					    const struct shim_context *context)
{
	bool s = context->deadline[TIMER_SEND] != USEC_NEVER;
	bool k = context->deadline[TIMER_KEEPALIVE] != USEC_NEVER;

	(void)host;
	switch ((enum reap_state)context->reap.state) {
	case REAP_OPERATIONAL:
		return !(s && k);
	case REAP_EXPLORING:
		return !s && !k;
	case REAP_INBOUND_OK:
		return !k;
	case REAP_STATE_COUNT:
		break;
	}
	return false;
}

static bool explores_at_a_pace(const struct shim_host *host, const struct shim_context *context)
{
	(void)host;
	return context->reap.state == REAP_OPERATIONAL ||
	       context->deadline[TIMER_PROBE] != USEC_NEVER;
}

static bool asks_at_a_pace(const struct shim_host *host, const struct shim_context *context)
{
	(void)host;
	return !context->reap.check == (context->deadline[TIMER_CHECK] == USEC_NEVER);
}

static bool reaps_while_it_is_up(const struct shim_host *host, const struct shim_context *context)
{
	(void)host;
	if (context_is_up(context))
		return true;
	for (unsigned i = 0; i < TIMER_COUNT; i++)
		if (i != TIMER_STATE && i != TIMER_IDLE && context->deadline[i] != USEC_NEVER)
			return false;
	return context->reap.state == REAP_OPERATIONAL && !context->reap.exploration;
}

static const struct rule rules[] = {
	{ "it is found by its tag and by its ULIDs", is_found },
	{ "it is found by its nonce", is_found_by_nonce },
	{ "it is found by its CT(peer)", is_found_by_peer_tag },
	{ "its tags have 47 bits", has_a_tag },
	{ "one in IDLE isn't kept", is_no_longer_idle },
	{ "it has a nonce and a handshake as long as there is one", has_what_its_handshake_needs },
	{ "in any STATE but ESTABLISHED it waits", waits_for_something },
	{ "without payload it ends one day", ends_one_day },
	{ "it wakes in time", wakes_in_time },
	{ "it sends to a proven locator", sends_to_a_proven_locator },
	{ "it sends from one of our locators", sends_from_one_of_ours },
	{ "it has told locators that are there", lists_what_is_there },
	{ "it runs the timers of its REAP state", expects_and_answers_not_at_once },
	{ "out of Operational, a Probe is due", explores_at_a_pace },
	{ "while a locator is verified, a Probe is due", asks_at_a_pace },
	{ "there is no REAP and no update before it is up", reaps_while_it_is_up },
};

const char *shim_host_broken_rule(const struct shim_host *host)
{
	struct context_walk walk = { .bucket = 0 };
	const struct shim_context *context;
	unsigned count = 0;

	while ((context = context_walk(&host->contexts, &walk))) {
		count++;
		for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
			if (!rules[i].holds(host, context))
				return rules[i].says;
	}
	return count == host->contexts.count ? NULL : "all contexts are counted";
}
