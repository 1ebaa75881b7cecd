/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts and the table that leads to them, within bounds. Someone who floods a
 * capture with handshakes that nobody answers, or with long lists, costs
 * himself: such contexts have a quarter of the room, and are the first to go.
 */
#include "trace/internal.h"

#include <stdlib.h>

enum {
	HELD_PER_CONTEXT = 2048, /* octets; two ends with a few locators take less */
	HELD_AT_LEAST = 131072,  /* more than the largest context there can be */
	FRESH_PART = 4,
};

/* The node whose member a link is. */
#define NODE_OF(link, member)                                                                      \
	((struct node *)(void *)((char *)(link) - offsetof(struct node, member)))

const char *const trace_state_name[] = {
	[TRACE_BEGUN] = "begun",
	[TRACE_ESTABLISHED] = "established",
	[TRACE_EXPLORING] = "exploring",
	[TRACE_RECOVERING] = "recovering",
	[TRACE_REFUSED] = "refused",
};

static void ring_init(struct link *ring)
{
	ring->prev = ring->next = ring;
}

static void ring_append(struct link *ring, struct link *l)
{
	l->prev = ring->prev;
	l->next = ring;
	ring->prev->next = l;
	ring->prev = l;
}

static void ring_remove(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
}

/* --- the entries of a context ---------------------------------------------- */

static struct entry *entry_of(const struct trace *t, uint32_t number)
{
	return table_entry(&t->table, number);
}

static void entry_put(struct trace *t, struct node *n, const struct due *due)
{
	uint32_t number = table_put(&t->table, &due->key);
	struct entry *e = entry_of(t, number);

	e->node = n;
	e->end = due->end;
	e->sibling = n->entries;
	n->entries = number;
	if (key_kind(&e->key) == KEY_PAIR)
		pairs_put(&t->pairs, key_address(&e->key, 0), key_address(&e->key, 1));
}

/* *at, in its node's list, leaves that and the table. */
static void entry_drop(struct trace *t, uint32_t *at)
{
	uint32_t number = *at;
	const struct entry *e = entry_of(t, number);

	if (key_kind(&e->key) == KEY_PAIR)
		pairs_drop(&t->pairs, key_address(&e->key, 0), key_address(&e->key, 1));
	*at = e->sibling;
	table_drop(&t->table, number);
}

static void entries_drop(struct trace *t, struct node *n)
{
	while (n->entries)
		entry_drop(t, &n->entries);
}

/*
 * Another context has the key. Tags are firm when a host has sent them, so that
 * host has dropped what it had by this tag (context confusion, RFC 5533 7.15).
 * Other keys that the old context may now be due can wait for its next packet.
 */
static void confuse(struct trace *t, struct node *old, unsigned end)
{
	uint32_t *at = &old->entries;

	while (*at) {
		struct entry *e = entry_of(t, *at);
		unsigned kind = key_kind(&e->key);

		if (e->end == end && (kind == KEY_TAG || kind == KEY_PEER))
			entry_drop(t, at);
		else
			at = &e->sibling;
	}
	old->c.end[end].has_tag = old->more[end].firm = false;
	old->stale = true;
	if (old->c.state == TRACE_ESTABLISHED || old->c.state == TRACE_EXPLORING) {
		old->c.state = TRACE_RECOVERING;
		old->lost = (uint8_t)end;
	}
}

/* Puts what n is due, and weighs it. */
static void reindex(struct trace *t, struct node *n)
{
	struct due dues[DUES_MAX];
	unsigned count = trace_keys(n, dues);

	entries_drop(t, n);
	for (unsigned i = 0; i < count; i++) {
		struct entry *taken = table_find(&t->table, &dues[i].key);

		if (taken && (taken->node == n || !dues[i].firm))
			continue;
		if (taken)
			confuse(t, taken->node, taken->end);
		entry_put(t, n, &dues[i]);
	}
	n->stale = false;
	t->held[n->share] -= n->held;
	n->held = 0;
	for (uint32_t i = n->entries; i; i = entry_of(t, i)->sibling)
		n->held += sizeof(struct entry);
	for (unsigned i = 0; i < 2; i++)
		n->held += trace_said_size(&n->c.end[i], &n->more[i]);
	t->held[n->share] += n->held;
}

/* --- contexts ------------------------------------------------------------- */

static void node_free(struct node *n)
{
	for (unsigned i = 0; i < 2; i++) {
		free(n->c.end[i].locators);
		free(n->more[i].pds);
		trace_before_forget(&n->more[i]);
	}
	free(n);
}

static void forget(struct trace *t, struct node *n)
{
	entries_drop(t, n);
	ring_remove(&n->by_id);
	ring_remove(&n->by_use);
	t->count[n->share]--;
	t->held[n->share] -= n->held;
	t->forgotten++;
	node_free(n);
}

/* The one of that share unused for longest, but not `keep`. */
static struct node *oldest(const struct trace *t, enum share share, const struct node *keep)
{
	struct link *l = t->by_use[share].next;

	if (l != &t->by_use[share] && NODE_OF(l, by_use) == keep)
		l = l->next;
	return l == &t->by_use[share] ? NULL : NODE_OF(l, by_use);
}

static bool forget_one(struct trace *t, const struct node *keep)
{
	bool many = t->count[FRESH] > t->max_count / FRESH_PART ||
		    t->held[FRESH] > t->max_held / FRESH_PART;
	struct node *n = oldest(t, many ? FRESH : SETTLED, keep);

	if (!n)
		n = oldest(t, many ? SETTLED : FRESH, keep);
	if (n)
		forget(t, n);
	return n;
}

bool trace_reserve(struct trace *t)
{
	if (!t->spare)
		t->spare = malloc(sizeof(*t->spare));
	return t->spare && table_reserve(&t->table, DUES_MAX);
}

struct node *trace_node_new(struct trace *t, uint64_t usec)
{
	struct node *n = t->spare;

	while (t->count[FRESH] + t->count[SETTLED] >= t->max_count && forget_one(t, NULL))
		;
	t->spare = NULL;
	*n = (struct node){ .share = FRESH, .stale = true };
	n->c.id = ++t->last_id;
	n->c.first_usec = n->c.last_usec = usec;
	n->c.established_usec = n->payload_usec = TRACE_NEVER;
	ring_append(&t->by_id, &n->by_id);
	ring_append(&t->by_use[FRESH], &n->by_use);
	t->count[FRESH]++;
	return n;
}

void trace_touch(struct trace *t, struct node *n)
{
	uint8_t share = n->active[0] && n->active[1] ? SETTLED : FRESH;

	ring_remove(&n->by_use);
	t->count[n->share]--;
	t->held[n->share] -= n->held;
	n->share = share;
	t->count[n->share]++;
	t->held[n->share] += n->held;
	ring_append(&t->by_use[share], &n->by_use);
}

void trace_settle(struct trace *t, struct node *n)
{
	if (n->stale)
		reindex(t, n);
	while (t->held[FRESH] + t->held[SETTLED] > t->max_held && forget_one(t, n))
		;
}

/* --- all of it ------------------------------------------------------------ */

struct trace *trace_new(unsigned max_contexts)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	ring_init(&t->by_id);
	for (int i = 0; i < SHARES; i++)
		ring_init(&t->by_use[i]);
	t->max_count = max_contexts;
	t->max_held = HELD_AT_LEAST + (size_t)max_contexts * HELD_PER_CONTEXT;
	if (!table_init(&t->table) || !pairs_init(&t->pairs)) {
		trace_free(t);
		return NULL;
	}
	return t;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	while (t->by_id.next != &t->by_id)
		forget(t, NODE_OF(t->by_id.next, by_id));
	table_free(&t->table);
	free(t->spare);
	free(t);
}

/* All contexts that are handed out are in nodes of ours, and those may be changed. */
void trace_pick(struct trace *t, const struct trace_context *c)
{
	(void)t;
	((struct trace_context *)c)->picked = true;
}

uint64_t trace_forgotten(const struct trace *t)
{
	return t->forgotten;
}

uint64_t trace_strays(const struct trace *t)
{
	return t->strays;
}

void trace_each(const struct trace *t, void (*visit)(void *ctx, const struct trace_context *c),
		void *ctx)
{
	for (struct link *l = t->by_id.next; l != &t->by_id; l = l->next)
		visit(ctx, &NODE_OF(l, by_id)->c);
}
