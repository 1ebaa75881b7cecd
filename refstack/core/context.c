/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts and their table, RFC 5533 6 and 12.4; see context.h. */
#include "refstack/core/context.h"
#include "wire/cursor.h"

#include <stdlib.h>
#include <string.h>

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

/* --- what a context can say of itself ------------------------------------------- */

struct peer_locator *context_listed(const struct shim_context *context,
				    const struct in6_addr *locator)
{
	struct peer_locators *ls = context->ls_peer;

	for (unsigned i = 0; ls && i < ls->count; i++)
		if (IN6_ARE_ADDR_EQUAL(&ls->at[i].addr, locator))
			return &ls->at[i];
	return NULL;
}

bool context_has_peer(const struct shim_context *context, const struct in6_addr *locator)
{
	return IN6_ARE_ADDR_EQUAL(locator, &context->ulids.peer) ||
	       context_listed(context, locator);
}

bool context_shares_peer(const struct shim_context *a, const struct shim_context *b)
{
	for (unsigned i = 0; a->ls_peer && i < a->ls_peer->count; i++)
		if (context_has_peer(b, &a->ls_peer->at[i].addr))
			return true;
	return context_has_peer(b, &a->ulids.peer);
}

/* --- hashes ----------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 u128;

/* Both halves of a product: every bit of one factor moves every bit of it. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	u128 product = (u128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) * (b | 1);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_ulids(const struct context_table *table, const struct shim_ulids *ulids)
{
	uint64_t word[4], hash = mix(table->key, ulids->fii);

	memcpy(&word[0], &ulids->local, 16);
	memcpy(&word[2], &ulids->peer, 16);
	for (unsigned i = 0; i < 4; i++)
		hash = mix(hash ^ word[i], table->key);
	return hash;
}

static uint64_t hash_peer(const struct context_table *table, const struct in6_addr *peer)
{
	uint64_t word[2];

	memcpy(word, peer, sizeof(word));
	return mix(mix(table->key, word[0]), word[1] ^ table->key);
}

/* CT(local) is our own choice, and random; CT(peer) is the peer's. */
static uint64_t hash_peer_tag(const struct context_table *table, uint64_t tag)
{
	return mix(tag, table->key);
}

/* --- the table -------------------------------------------------------------------- */

void context_table_init(struct context_table *table, struct random_source *random, unsigned max)
{
	*table = (struct context_table){
		.random = random,
		.max = max,
		.key = random_u64(random),
	};
}

static void context_free(struct shim_context *context)
{
	free(context->ls_peer);
	free(context->pds_peer);
	free(context->handshake);
	reap_forget(&context->reap);
	free(context->reap.standby);
	free(context->reap.check);
	free(context->wishes);
	free(context);
}

void context_table_free(struct context_table *table)
{
	struct context_walk walk = { .bucket = 0 };
	struct shim_context *context;

	while ((context = context_walk(table, &walk)))
		context_free(context); /* and not out of tables that go, too */
	index_free(&table->by_tag);
	index_free(&table->by_ulids);
	index_free(&table->by_peer);
	index_free(&table->by_peer_tag);
	index_free(&table->by_nonce);
}

/* RFC 5533 7.1 */
static uint64_t unused_tag(const struct context_table *table)
{
	uint64_t tag;

	do
		tag = random_u64(table->random) & SHIM6_TAG_MASK;
	while (context_by_tag(table, tag));
	return tag;
}

/* In those tables where it stays to its end; false, and in none. */
static bool enlist(struct context_table *table, struct shim_context *context)
{
	if (index_add(&table->by_tag, &context->by_tag, context->ct_local))
		return false;
	if (index_add(&table->by_ulids, &context->by_ulids, hash_ulids(table, &context->ulids))) {
		index_remove(&table->by_tag, &context->by_tag);
		return false;
	}
	if (index_add(&table->by_peer, &context->by_peer, hash_peer(table, &context->ulids.peer))) {
		index_remove(&table->by_tag, &context->by_tag);
		index_remove(&table->by_ulids, &context->by_ulids);
		return false;
	}
	return true;
}

struct shim_context *context_add(struct context_table *table, const struct shim_ulids *ulids)
{
	struct shim_context *context;

	if (table->count == table->max)
		return NULL;
	context = aligned_alloc(CACHE_LINE, (sizeof(*context) + CACHE_LINE - 1) / CACHE_LINE *
						   CACHE_LINE);
	if (!context)
		return NULL;

	*context = (struct shim_context){ .ulids = *ulids };
	context->ct_local = unused_tag(table);
	context->lp_local = ulids->local;
	context->lp_peer = ulids->peer;
	for (unsigned i = 0; i < TIMER_COUNT; i++)
		context->deadline[i] = USEC_NEVER;
	if (!enlist(table, context)) {
		free(context);
		return NULL;
	}
	table->count++;
	return context;
}

void context_remove(struct context_table *table, struct shim_context *context)
{
	timer_stop(&table->wheel, &context->timer);
	index_remove(&table->by_tag, &context->by_tag);
	index_remove(&table->by_ulids, &context->by_ulids);
	index_remove(&table->by_peer, &context->by_peer);
	if (context->in_by_peer_tag)
		index_remove(&table->by_peer_tag, &context->by_peer_tag);
	context_set_nonce(table, context, 0);
	table->count--;
	context_free(context);
}

/* Without memory for its first bucket an index finds nothing: a handshake then
 * comes to nothing, and a lost context isn't noticed. */
void context_set_peer_tag(struct context_table *table, struct shim_context *context, uint64_t tag)
{
	if (context->in_by_peer_tag)
		index_remove(&table->by_peer_tag, &context->by_peer_tag);
	context->ct_peer = tag;
	context->in_by_peer_tag = index_add(&table->by_peer_tag, &context->by_peer_tag,
					    hash_peer_tag(table, tag)) == 0;
}

void context_set_nonce(struct context_table *table, struct shim_context *context, uint32_t nonce)
{
	if (context->init_nonce)
		index_remove(&table->by_nonce, &context->by_nonce);
	context->init_nonce = nonce;
	if (nonce && index_add(&table->by_nonce, &context->by_nonce, nonce))
		context->init_nonce = 0;
}

/* --- lookups ---------------------------------------------------------------------- */

struct shim_context *context_by_ulids(const struct context_table *table,
				      const struct shim_ulids *ulids)
{
	struct index_node *node = index_first(&table->by_ulids, hash_ulids(table, ulids));

	for (; node; node = index_next(node)) {
		struct shim_context *context = index_entry(node, struct shim_context, by_ulids);
		const struct shim_ulids *have = &context->ulids;

		if (have->fii == ulids->fii && IN6_ARE_ADDR_EQUAL(&have->peer, &ulids->peer) &&
		    IN6_ARE_ADDR_EQUAL(&have->local, &ulids->local))
			return context;
	}
	return NULL;
}

struct shim_context *context_by_tag(const struct context_table *table, uint64_t ct_local)
{
	struct index_node *node = index_first(&table->by_tag, ct_local);

	return node ? index_entry(node, struct shim_context, by_tag) : NULL;
}

struct shim_context *context_by_nonce(const struct context_table *table, uint32_t init_nonce,
				      const struct shim_context *after)
{
	struct index_node *node = after ? index_next(&after->by_nonce)
					: index_first(&table->by_nonce, init_nonce);

	return node ? index_entry(node, struct shim_context, by_nonce) : NULL;
}

struct shim_context *context_by_peer_tag(const struct context_table *table, uint64_t ct_peer,
					 const struct shim_context *after)
{
	struct index_node *node = after ? index_next(&after->by_peer_tag)
					: index_first(&table->by_peer_tag,
						      hash_peer_tag(table, ct_peer));

	for (; node; node = index_next(node)) {
		struct shim_context *context = index_entry(node, struct shim_context, by_peer_tag);

		if (context->ct_peer == ct_peer)
			return context;
	}
	return NULL;
}

struct shim_context *context_walk(const struct context_table *table, struct context_walk *walk)
{
	struct index_node *node = walk->next;

	while (!node && walk->bucket < table->by_tag.buckets)
		node = table->by_tag.bucket[walk->bucket++];
	if (!node)
		return NULL;
	walk->next = node->next;
	return index_entry(node, struct shim_context, by_tag);
}

unsigned context_count_peer(const struct context_table *table, const struct in6_addr *peer,
			    unsigned enough)
{
	struct index_node *node = index_first(&table->by_peer, hash_peer(table, peer));
	unsigned n = 0;

	for (; node && n < enough; node = index_next(node))
		n += IN6_ARE_ADDR_EQUAL(
			&index_entry(node, struct shim_context, by_peer)->ulids.peer, peer);
	return n;
}

/* --- time ------------------------------------------------------------------------- */

/* A timer that is put off or stopped stays in the wheel where it is, so that
 * payload going to and fro costs no work there: waking up for nothing once in
 * a while is cheaper. */
void context_set_timer(struct context_table *table, struct shim_context *context,
		       enum context_timer timer, usec_t at)
{
	context->deadline[timer] = at;
	if (at != USEC_NEVER && (!context->timer.link || at < context->timer.at))
		timer_set(&table->wheel, &context->timer, at);
}
