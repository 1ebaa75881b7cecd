/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a control message is worth: the checks of RFC 5533 12.3, its context
 * by 12.4, and what 7.9, 7.11, 7.13 and 7.16 want of it before anything may
 * happen. Whatever fails is dropped in silence; only the log hears of it.
 */
#include "refstack/core/handshake.h"

/* --- what must hold ------------------------------------------------------------- */

/* RFC 5533 7.2: does all that the message says about its sender's locators
 * follow from its PDS? NULL if so, else what does not. */
static const char *disproof(const struct shim6_message *m, const struct in6_addr *ulid)
{
	const struct shim6_locator_list *list = &m->locators;

	if (m->pds.data && hba_verify(ulid, m->pds.data, m->pds.len) &&
	    cga_verify(ulid, m->pds.data, m->pds.len))
		return "the PDS is not that of the ULID";
	if (!m->has_locators)
		return NULL;
	if (!m->pds.data)
		return "a Locator List without a PDS";
	for (unsigned i = 0; i < list->count; i++) {
		if (list->method[i] == SHIM6_METHOD_CGA)
			return "a locator to be verified by CGA, which is not supported";
		if (list->method[i] != SHIM6_METHOD_HBA)
			return "a locator with an unknown verification method";
		if (!host_is_unicast(&list->locator[i]) ||
		    hba_verify(&list->locator[i], m->pds.data, m->pds.len))
			return "a locator that is not of the HBA set";
	}
	return NULL;
}

static bool lists(const struct shim6_message *m, const struct in6_addr *locator)
{
	for (unsigned i = 0; m->has_locators && i < m->locators.count; i++)
		if (IN6_ARE_ADDR_EQUAL(&m->locators.locator[i], locator))
			return true;
	return false;
}

/* I1 and I2 name their ULIDs, or their addresses are them. NULL if the
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

/* --- whom a message meets ------------------------------------------------------- */

/* Who a message is about, NULL: nobody yet; or, in why, what is wrong with it. */
typedef struct shim_context *meeting(struct shim_host *host, struct heard *h, const char **why);

/* RFC 5533 7.9 */
static struct shim_context *meet_i1(struct shim_host *host, struct heard *h, const char **why)
{
	*why = find_ulids(host, h);
	return *why ? NULL : context_by_ulids(&host->contexts, &h->ulids);
}

/* RFC 5533 7.11 */
static struct shim_context *meet_r1(struct shim_host *host, struct heard *h, const char **why)
{
	struct shim_context *context = context_by_nonce(&host->contexts, h->m->init_nonce,
							&h->rx->ip.dst, &h->rx->ip.src);

	if (!context)
		*why = "an R1 that nobody waits for";
	else if (!h->m->validator.data)
		*why = "an R1 without a validator";
	else if (h->m->validator.len > sizeof(context->validator))
		*why = "an R1 whose validator no I2 can hold";
	return context;
}

/* RFC 5533 7.13, in its order. The test of the source is asked there only
 * when a context exists; we ask it always, since 7.2 wants a locator verified
 * before the R2 that lets the peer use it as a source. */
static struct shim_context *meet_i2(struct shim_host *host, struct heard *h, const char **why)
{
	const struct in6_addr *src = &h->rx->ip.src;
	struct shim_context *context;

	*why = find_ulids(host, h);
	if (*why)
		return NULL;
	if (validator_check(&host->validators, &host->random, host->now, &h->claim,
			    h->m->resp_nonce, &h->m->validator)) {
		*why = "an I2 whose nonce or validator is not good";
		return NULL;
	}
	*why = disproof(h->m, &h->ulids.peer);
	if (*why)
		return NULL;
	context = context_by_ulids(&host->contexts, &h->ulids);
	if (!IN6_ARE_ADDR_EQUAL(src, &h->ulids.peer) && !lists(h->m, src) &&
	    !(context && context_has_peer(context, src)))
		*why = "an I2 from a locator that it does not list";
	return context;
}

/* RFC 5533 7.16 */
static struct shim_context *meet_r2(struct shim_host *host, struct heard *h, const char **why)
{
	struct shim_context *context = context_by_nonce(&host->contexts, h->m->init_nonce,
							&h->rx->ip.dst, &h->rx->ip.src);

	if (!context || !IN6_ARE_ADDR_EQUAL(&h->rx->ip.src, &context->lp_peer) ||
	    !IN6_ARE_ADDR_EQUAL(&h->rx->ip.dst, &context->lp_local))
		*why = "an R2 that nobody waits for";
	else
		*why = disproof(h->m, &context->ulids.peer);
	return context;
}

/* --- dispatch ------------------------------------------------------------------- */

#define HAS(option) (1u << SHIM6_OPT_##option)

enum {
	NAMED = HAS(ULID_PAIR) | HAS(FII),
	PROVEN = HAS(LOCATOR_LIST) | HAS(PREFERENCES) | HAS(CGA_PDS) | HAS(CGA_SIGNATURE) |
		 HAS(KEEPALIVE_TIMEOUT),
};

/* The messages, and the options that RFC 5533 5.4 to 5.9 and RFC 5534 5.3
 * list for them. */
static const struct kind {
	uint8_t type;
	enum handshake_event event;
	meeting *meet;
	unsigned options;
} kinds[] = {
	{ SHIM6_I1, ON_I1, meet_i1, NAMED },
	{ SHIM6_R1, ON_R1, meet_r1, HAS(VALIDATOR) },
	{ SHIM6_I2, ON_I2, meet_i2, NAMED | PROVEN | HAS(VALIDATOR) },
	{ SHIM6_R2, ON_R2, meet_r2, PROVEN },
};

/* RFC 5533 5.15: with an option that is critical, and unknown or not one of
 * this message's, nothing of it is processed. Those that the parser unpacked
 * are known. */
static bool options_allow(const struct kind *kind, const struct shim6_message *m)
{
	for (unsigned i = 0; i < m->other_count; i++) {
		uint16_t type = m->other[i].type;

		if (m->other[i].critical && !(type < 32 && kind->options & 1u << type))
			return false;
	}
	return true;
}

void handshake_input(struct shim_host *host, const struct received *rx, size_t off)
{
	struct rbuf r = rbuf_of(rx->packet + off, rx->len - off);
	struct shim6_message m;
	struct heard h = { .rx = rx, .m = &m };
	const struct kind *kind = NULL;
	const char *why = NULL;
	struct shim_context *context;

	if (shim6_message_parse(&m, &r)) {
		host_drop(host, rx, "a control message that is malformed or not supported");
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == m.type)
			kind = &kinds[i];
	if (!kind) {
		host_drop(host, rx, "a control message that is not supported");
		return;
	}
	if (!options_allow(kind, &m)) {
		host_drop(host, rx, "a critical option that is not known here");
		return;
	}
	context = kind->meet(host, &h, &why);
	if (why)
		host_drop(host, rx, why);
	else
		handshake_happen(host, kind->event, context, &h);
}
