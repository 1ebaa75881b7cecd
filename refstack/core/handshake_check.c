/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message of the handshake is worth: its context by RFC 5533 12.4, and
 * what 7.9, 7.11, 7.13, 7.16, 7.18 and 7.20 want of it before anything may
 * happen. Whatever fails is dropped; only the log hears of most of it.
 */
#include "refstack/core/handshake.h"

static bool lists(const struct shim6_message *m, const struct in6_addr *locator)
{
	for (unsigned i = 0; m->has_locators && i < m->locators.count; i++)
		if (IN6_ARE_ADDR_EQUAL(&m->locators.locator[i], locator))
			return true;
	return false;
}

/* I1, I2 and I2bis name their ULIDs, or their addresses are them. NULL if the
 * ULIDs can be those of a context of ours, else why not. */
static const char *find_ulids(const struct shim_host *host, struct heard *h)
{
	const struct shim6_message *m = h->m;

	h->ulids = (struct shim_ulids){
		.local = m->has_ulids ? m->ulids.receiver : h->rx->ip.dst,
		.peer = m->has_ulids ? m->ulids.sender : h->rx->ip.src,
		.fii = m->has_fii ? m->fii : 0,
	};
	h->claim = (struct validator_claim){
		.init_tag = m->init_tag,
		.sender_ulid = h->ulids.peer,
		.receiver_ulid = h->ulids.local,
		.src = h->rx->ip.src,
		.dst = h->rx->ip.dst,
		.fii = h->ulids.fii,
	};
	if (!shim_host_owns(host, &h->ulids.local))
		return "a ULID that is not ours";
	if (!host_is_unicast(&h->ulids.peer) || shim_host_owns(host, &h->ulids.peer))
		return "a ULID that can't be the peer's";
	return NULL;
}

/* RFC 5533 7.9 */
struct shim_context *meet_i1(struct shim_host *host, struct heard *h, struct refusal *no)
{
	no->why = find_ulids(host, h);
	return no->why ? NULL : context_by_ulids(&host->contexts, &h->ulids);
}

/* The handshake that R1 and R2 answer: its nonce and its locators. */
static struct shim_context *by_nonce(const struct shim_host *host, const struct heard *h)
{
	struct shim_context *context = NULL;

	while ((context = context_by_nonce(&host->contexts, h->m->init_nonce, context)))
		if (IN6_ARE_ADDR_EQUAL(&h->rx->ip.src, &context->handshake->peer) &&
		    IN6_ARE_ADDR_EQUAL(&h->rx->ip.dst, &context->handshake->local))
			return context;
	return NULL;
}

static const char *validator_refusal(const struct shim6_message *m)
{
	if (!m->validator.data)
		return "an R1 or R1bis without a validator";
	if (m->validator.len > CONTEXT_VALIDATOR_MAX)
		return "an R1 or R1bis whose validator no I2 can hold";
	return NULL;
}

/* RFC 5533 7.11. The text has sets of locators where 12.4 has the pair; only
 * the pair that the I1 went over can have an answer. */
struct shim_context *meet_r1(struct shim_host *host, struct heard *h, struct refusal *no)
{
	struct shim_context *context = by_nonce(host, h);

	no->why = context ? validator_refusal(h->m) : "an R1 that nobody waits for";
	return context;
}

/* RFC 5533 7.13 and 7.20 from the validator on. The test of the source is asked
 * there only when a context exists; we ask it always, since 7.2 wants a locator
 * verified before the R2 that lets the peer use it as a source. */
static struct shim_context *meet_validated(struct shim_host *host, struct heard *h,
					   struct refusal *no)
{
	const struct in6_addr *src = &h->rx->ip.src;
	struct shim_context *context;

	if (validator_check(&host->validators, &host->random, host->now, &h->claim,
			    h->m->resp_nonce, &h->m->validator)) {
		no->why = "an I2 or I2bis whose nonce or validator is not good";
		return NULL;
	}
	context = context_by_ulids(&host->contexts, &h->ulids);
	no->why = prove(host, context, h, &h->ulids.peer, false, &no->error_at);
	if (!no->why && !IN6_ARE_ADDR_EQUAL(src, &h->ulids.peer) && !lists(h->m, src) &&
	    !(context && context_has_peer(context, src)))
		no->why = "an I2 or I2bis from a locator that it does not list";
	return context;
}

/* RFC 5533 7.13, in its order. */
struct shim_context *meet_i2(struct shim_host *host, struct heard *h, struct refusal *no)
{
	no->why = find_ulids(host, h);
	return no->why ? NULL : meet_validated(host, h, no);
}

/* RFC 5533 7.20. The R1bis knew nothing of ULIDs, so its validator is over the
 * tag that had come and the locators. */
struct shim_context *meet_i2bis(struct shim_host *host, struct heard *h, struct refusal *no)
{
	no->why = find_ulids(host, h);
	if (no->why)
		return NULL;
	h->claim = (struct validator_claim){
		.packet_tag = h->m->packet_tag,
		.src = h->rx->ip.src,
		.dst = h->rx->ip.dst,
	};
	return meet_validated(host, h, no);
}

/* RFC 5533 7.16 */
struct shim_context *meet_r2(struct shim_host *host, struct heard *h, struct refusal *no)
{
	struct shim_context *context = by_nonce(host, h);

	if (!context)
		no->why = "an R2 that nobody waits for";
	else
		no->why = prove(host, context, h, &context->ulids.peer, false, &no->error_at);
	return context;
}

/* RFC 5533 7.18 has the current locators, and with them an R1bis to a Probe over
 * any other pair would be lost, just when it is needed: those of the lists will do. */
struct shim_context *meet_r1bis(struct shim_host *host, struct heard *h, struct refusal *no)
{
	struct shim_context *context = NULL;

	while ((context = context_by_peer_tag(&host->contexts, h->m->packet_tag, context)))
		if (context_is_up(context) && context_has_peer(context, &h->rx->ip.src) &&
		    context_hears_at(host, context, &h->rx->ip.dst))
			break;
	no->why = context ? validator_refusal(h->m) : "an R1bis about no context of ours";
	return context;
}
