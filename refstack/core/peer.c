/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two sides tell each other beside their tags: locators with their
 * proof (RFC 5533 5.15.2 and 5.15.4), preferences (5.15.3), and the Keepalive
 * Timeout (RFC 5534 5.3). It goes into I2, R2, I2bis and Update Requests alike.
 */
#include "refstack/core/internal.h"

#include <errno.h>
#include <stdlib.h>

enum { SEND_TIMEOUT_DEFAULT = 15 }; /* seconds, RFC 5534 7 */

/* --- from the peer --------------------------------------------------------------- */

/* Where the field of an option's content is in the packet. */
static size_t option_at(const struct heard *h, const struct shim6_option *o, size_t octet)
{
	return h->off + o->off + octet;
}

int peer_check_preferences(const struct shim_context *context, const struct heard *h,
			   size_t *error_at)
{
	const struct shim6_message *m = h->m;
	const struct peer_locators *ls = context->ls_peer;
	struct shim6_preferences p;
	struct shim6_option o;
	uint32_t generation = m->has_locators ? m->locators.generation : ls ? ls->generation : 0;
	unsigned count = m->has_locators ? m->locators.count : ls ? ls->count : 0;

	if (!control_option(h, SHIM6_OPT_PREFERENCES, &o))
		return 0;
	if (shim6_preferences_parse(&p, &o)) {
		*error_at = option_at(h, &o, 2); /* its Length */
		return SHIM6_ERROR_PREFERENCES;
	}
	if (p.generation != generation) {
		*error_at = option_at(h, &o, 4);
		return SHIM6_ERROR_GENERATION;
	}
	if (p.count != count) {
		*error_at = option_at(h, &o, 2);
		return SHIM6_ERROR_PREFERENCES;
	}
	return 0;
}

static struct peer_locators *locators_of(const struct shim6_locator_list *list)
{
	struct peer_locators *ls =
		calloc(1, sizeof(*ls) + list->count * sizeof(struct peer_locator));

	if (!ls)
		return NULL;
	ls->generation = list->generation;
	ls->count = list->count;
	for (unsigned i = 0; i < list->count; i++) {
		ls->at[i].addr = list->locator[i];
		ls->at[i].method = list->method[i] & 3;
	}
	return ls;
}

/* What was found out about a locator holds, in whichever list it is. */
static void keep_reach(struct peer_locators *ls, const struct shim_context *context)
{
	for (unsigned i = 0; i < ls->count; i++) {
		const struct peer_locator *old = context_listed(context, &ls->at[i].addr);

		if (old) {
			ls->at[i].reach = old->reach;
			ls->at[i].wanted = old->wanted;
		}
	}
}

/* The list and its proof together or neither. */
static int record_locators(struct shim_context *context, const struct shim6_message *m)
{
	struct peer_locators *ls = m->has_locators ? locators_of(&m->locators) : NULL;
	uint8_t *pds = m->pds.data ? malloc(m->pds.len + 1) : NULL;

	if ((m->has_locators && !ls) || (m->pds.data && !pds)) {
		free(ls);
		free(pds);
		return -ENOMEM;
	}
	if (ls) {
		keep_reach(ls, context);
		free(context->ls_peer);
		context->ls_peer = ls;
	}
	if (pds) {
		memcpy(pds, m->pds.data, m->pds.len);
		free(context->pds_peer);
		context->pds_peer = pds;
		context->pds_peer_len = m->pds.len;
	}
	return 0;
}

static void record_preferences(struct shim_context *context, const struct heard *h)
{
	struct peer_locators *ls = context->ls_peer;
	struct shim6_preferences p;
	struct shim6_option o;
	size_t error_at;

	if (!ls || !control_option(h, SHIM6_OPT_PREFERENCES, &o) ||
	    peer_check_preferences(context, h, &error_at) || shim6_preferences_parse(&p, &o))
		return;
	for (unsigned i = 0; i < p.count && i < ls->count; i++)
		ls->at[i].preference = p.element[i];
}

/* A message without a list leaves the one that we have; RFC 5533 doesn't say,
 * but nothing in it was withdrawn. */
int peer_record(struct shim_context *context, const struct heard *h)
{
	struct shim6_option o;
	int err = record_locators(context, h->m);

	if (err)
		return err;
	record_preferences(context, h);
	if (control_option(h, SHIM6_OPT_KEEPALIVE_TIMEOUT, &o))
		reap_keepalive_timeout_parse(&context->reap.keepalive_timeout, &o);
	return 0;
}

/* Does the peer call broken where we send to? */
static bool is_broken(const struct shim_context *context)
{
	const struct peer_locator *listed = context_listed(context, &context->lp_peer);

	if (!listed) /* as the ULID may not be */
		return context->ls_peer;
	return listed->preference.flags & SHIM6_BROKEN;
}

/*
 * Where to look for another pair, or whether to. What the peer has no more is not
 * sent to any more, not even until another is found. RFC 5533 7.2 wants a locator
 * that is not the ULID proven and probed first: the one that the message has come
 * from answers there, or its nonce or validator would not be right.
 */
void peer_follow(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	bool broken = is_broken(context);

	if (!context_has_peer(context, &context->lp_peer)) {
		translate_switch(host, context, &context->lp_local,
				 context_has_peer(context, &h->rx->ip.src) ? &h->rx->ip.src
									   : &context->ulids.peer);
		broken = true;
	}
	reap_happen(host, context, broken ? REAP_BROKEN : REAP_CHANGED, NULL);
}

/* --- to the peer ----------------------------------------------------------------- */

static void list_locators(const struct shim_host *host, locator_set set,
			  struct shim6_locator_list *list)
{
	list->count = 0;
	for (unsigned i = 0; i < host->locator_count; i++) {
		if (!(set & UINT32_C(1) << i))
			continue;
		list->method[list->count] = host->locator[i].method;
		list->locator[list->count++] = host->locator[i].addr;
	}
}

/* RFC 6316 8.1 has 16 bits where RFC 5533 5.15.3 has 8, and says nothing of it. Values
 * that fit are told as they are; else their order alone. */
static uint8_t squeeze(const uint16_t *value, unsigned count, unsigned which)
{
	bool fits = true;
	unsigned less = 0;

	for (unsigned i = 0; i < count; i++) {
		bool first = true;

		for (unsigned k = 0; k < i; k++)
			first = first && value[k] != value[i];
		fits = fits && value[i] < UINT8_MAX;
		less += first && value[i] < value[which];
	}
	return (uint8_t)(fits ? value[which] : less);
}

/* What the application prefers; the locators that it says nothing of come last. */
static struct shim6_preference told_preference(const struct shim_wish_list *list,
					       const struct in6_addr *addr)
{
	uint16_t priority[SHIM_WISHES_MAX], weight[SHIM_WISHES_MAX];
	unsigned at = list->count;

	for (unsigned i = 0; i < list->count; i++) {
		priority[i] = list->at[i].priority;
		weight[i] = list->at[i].weight;
		if (IN6_ARE_ADDR_EQUAL(&list->at[i].addr, addr))
			at = i;
	}
	if (at == list->count)
		return (struct shim6_preference){ .priority = UINT8_MAX };
	return (struct shim6_preference){
		.priority = squeeze(priority, list->count, at),
		.weight = squeeze(weight, list->count, at),
	};
}

/* What is not up is broken, as far as the peer is concerned. Content of the
 * option, for the locators of `set`. */
static void write_preferences(const struct shim_host *host, const struct shim_context *context,
			      locator_set set, struct wbuf *w)
{
	const struct shim_wish_list *wishes = context->wishes ? &context->wishes->local : NULL;
	bool preferred = wishes && wishes->count;
	struct shim6_preferences p = {
		.generation = context->ls_local_generation,
		.element_len = preferred ? 3 : 1,
	};

	for (unsigned i = 0; i < host->locator_count; i++) {
		struct shim6_preference *element = &p.element[p.count];

		if (!(set & UINT32_C(1) << i))
			continue;
		if (preferred)
			*element = told_preference(wishes, &host->locator[i].addr);
		element->flags = host_locator_is_up(host, &host->locator[i]) ? 0 : SHIM6_BROKEN;
		p.count++;
	}
	shim6_preferences_emit(&p, w);
}

static void add_option(struct shim6_message *m, uint16_t type, const struct wbuf *content)
{
	m->other[m->other_count++] = (struct shim6_option){
		.type = type,
		.len = (uint16_t)content->len,
		.data = content->data,
	};
}

/* The highest one but the source of the message, without which the peer would
 * not take it. */
static locator_set without_last(const struct shim_host *host, locator_set set,
				const struct in6_addr *src)
{
	locator_set others = set & ~host_locator_bit(host, src);

	return others ? set & ~(UINT32_C(1) << (31 - __builtin_clz(others))) : 0;
}

locator_set peer_tell(struct shim_host *host, const struct shim_context *context,
		      const struct in6_addr *src, const struct in6_addr *dst,
		      struct shim6_message *m, const struct tell *tell)
{
	uint8_t pds[IDENTITY_PDS_MAX], signature[IDENTITY_SIGNATURE_MAX];
	uint8_t preferences[5 + 3 * HOST_LOCATORS_MAX], timeout[4];
	struct wbuf w = wbuf_of(timeout, sizeof(timeout));
	uint16_t seconds = (uint16_t)(reap_send_timeout(host, context) / USEC_PER_SEC);
	unsigned others = m->other_count;
	locator_set set = identity_proves(&host->identity, &context->ulids.local) ? tell->set : 0;
	int err;

	do {
		m->other_count = others;
		m->has_locators = set != 0;
		m->pds = m->signature = (struct span){ .data = NULL };
		if (set) {
			m->locators.generation = context->ls_local_generation;
			list_locators(host, set, &m->locators);
			m->pds = identity_pds(&host->identity, &context->ulids.local, pds);
			m->signature = identity_sign(&host->identity, &m->locators, signature);
		}
		if (tell->preferences && (set || !tell->set)) {
			w = wbuf_of(preferences, sizeof(preferences));
			write_preferences(host, context, set ? set : context->ls_local, &w);
			add_option(m, SHIM6_OPT_PREFERENCES, &w);
		}
		if (seconds != SEND_TIMEOUT_DEFAULT || context->update.timeout) {
			w = wbuf_of(timeout, sizeof(timeout));
			reap_keepalive_timeout_emit(seconds, &w);
			add_option(m, SHIM6_OPT_KEEPALIVE_TIMEOUT, &w);
		}
		err = host_send_control(host, src, dst, m);
		if (err == -ENOSPC && set)
			set = without_last(host, set, src);
	} while (err == -ENOSPC && set);
	if (err == -ENOSPC)
		host_log(host, "a message has no room for one locator beside a validator of %zu "
			       "octets", m->validator.len);
	return err ? 0 : set;
}
