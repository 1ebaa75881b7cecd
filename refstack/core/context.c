/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts and their table, RFC 5533 6 and 12.4; see context.h. */
#include "refstack/core/context.h"
#include "refstack/core/upper.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

const char *shim_state_name(enum shim_state state)
{
	static const char *const name[SHIM_STATE_COUNT] = {
		[SHIM_IDLE] = "IDLE",
		[SHIM_I1_SENT] = "I1-SENT",
		[SHIM_I2_SENT] = "I2-SENT",
		[SHIM_I2BIS_SENT] = "I2BIS-SENT",
		[SHIM_ESTABLISHED] = "ESTABLISHED",
		[SHIM_E_FAILED] = "E-FAILED",
		[SHIM_NO_SUPPORT] = "NO-SUPPORT",
	};

	return name[state];
}

static bool locators_have(const struct shim_locators *ls, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < ls->count; i++)
		if (IN6_ARE_ADDR_EQUAL(&ls->addr[i], addr))
			return true;
	return false;
}

int shim_context_has_local(const struct shim_context *context, const struct in6_addr *addr)
{
	return locators_have(&context->ls_local, addr) ? 0 : -EADDRNOTAVAIL;
}

bool context_has_peer(const struct shim_context *context, const struct in6_addr *locator)
{
	return IN6_ARE_ADDR_EQUAL(locator, &context->ulids.peer) ||
	       locators_have(&context->ls_peer, locator);
}

bool context_shares_peer(const struct shim_context *a, const struct shim_context *b)
{
	for (unsigned i = 0; i < a->ls_peer.count; i++)
		if (context_has_peer(b, &a->ls_peer.addr[i]))
			return true;
	return context_has_peer(b, &a->ulids.peer);
}

bool context_uses_ulids(const struct shim_context *context)
{
	return IN6_ARE_ADDR_EQUAL(&context->lp_local, &context->ulids.local) &&
	       IN6_ARE_ADDR_EQUAL(&context->lp_peer, &context->ulids.peer);
}

static uint64_t unused_tag(const struct context_table *table, struct random_source *random)
{
	uint64_t tag;

	do
		tag = random_u64(random) & SHIM6_TAG_MASK;
	while (context_by_tag(table, tag));
	return tag;
}

struct shim_context *context_add(struct context_table *table, struct random_source *random,
				 const struct shim_ulids *ulids)
{
	struct shim_context *context;

	if (table->count == CONTEXTS_MAX)
		return NULL;
	context = calloc(1, sizeof(*context));
	if (!context)
		return NULL;

	context->ulids = *ulids;
	context->ct_local = unused_tag(table, random);
	context->lp_local = ulids->local;
	context->lp_peer = ulids->peer;
	context->ls_local = (struct shim_locators){ .count = 1, .addr = { ulids->local } };
	context->deadline = USEC_NEVER;
	table->slot[table->count++] = context;
	return context;
}

void context_remove(struct context_table *table, struct shim_context *context)
{
	unsigned i = 0;

	while (i < table->count && table->slot[i] != context)
		i++;
	assert(i < table->count);
	table->slot[i] = table->slot[--table->count];
	free(context);
}

void context_remove_all(struct context_table *table)
{
	while (table->count > 0)
		free(table->slot[--table->count]);
}

struct shim_context *context_by_ulids(const struct context_table *table,
				      const struct shim_ulids *ulids)
{
	for (unsigned i = 0; i < table->count; i++) {
		const struct shim_ulids *have = &table->slot[i]->ulids;

		if (have->fii == ulids->fii && IN6_ARE_ADDR_EQUAL(&have->peer, &ulids->peer) &&
		    IN6_ARE_ADDR_EQUAL(&have->local, &ulids->local))
			return table->slot[i];
	}
	return NULL;
}

struct shim_context *context_by_tag(const struct context_table *table, uint64_t ct_local)
{
	for (unsigned i = 0; i < table->count; i++)
		if (table->slot[i]->ct_local == ct_local)
			return table->slot[i];
	return NULL;
}

struct shim_context *context_by_nonce(const struct context_table *table, uint32_t init_nonce,
				      const struct in6_addr *local, const struct in6_addr *peer)
{
	for (unsigned i = 0; i < table->count; i++) {
		struct shim_context *context = table->slot[i];

		if (context->init_nonce == init_nonce &&
		    shim_context_has_local(context, local) == 0 && context_has_peer(context, peer))
			return context;
	}
	return NULL;
}

struct shim_context *context_first_due(const struct context_table *table)
{
	struct shim_context *first = NULL;

	for (unsigned i = 0; i < table->count; i++)
		if (table->slot[i]->deadline < (first ? first->deadline : USEC_NEVER))
			first = table->slot[i];
	return first;
}
