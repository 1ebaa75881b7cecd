/* SPDX-License-Identifier: BSD-2-Clause */
/* Do the tables agree? Each claim is one that some lookup relies on. */
#include "trace/internal.h"

#define NODE(link, member) \
	((const struct node *)(const void *)((const char *)(link) - offsetof(struct node, member)))

#define CLAIM(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return #condition;                                                         \
	} while (0)

static bool is_due(const struct key *key, unsigned end, const struct due *dues, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (dues[i].end == end && key_equal(&dues[i].key, key))
			return true;
	return false;
}

static const struct entry *first_entry(const struct trace *t, const struct node *n)
{
	return table_entry(&t->table, n->entries);
}

static const struct entry *next_entry(const struct trace *t, const struct entry *e)
{
	return table_entry(&t->table, e->sibling);
}

/* Nothing leads to a node that shouldn't, and nothing that must is missing. */
static const char *check_entries(struct trace *t, const struct node *n)
{
	struct due dues[DUES_MAX];
	unsigned count = trace_keys(n, dues);

	CLAIM(count <= DUES_MAX);
	for (const struct entry *e = first_entry(t, n); e; e = next_entry(t, e)) {
		CLAIM(e->node == n);
		CLAIM(table_find(&t->table, &e->key) == e);
		CLAIM(n->stale || is_due(&e->key, e->end, dues, count));
	}
	for (unsigned i = 0; i < count && !n->stale; i++) {
		const struct entry *e = table_find(&t->table, &dues[i].key);

		if (dues[i].firm || key_kind(&dues[i].key) == KEY_PAIR)
			CLAIM(e && e->node == n);
	}
	return NULL;
}

static size_t weight(const struct trace *t, const struct node *n)
{
	size_t held = 0;

	for (const struct entry *e = first_entry(t, n); e; e = next_entry(t, e))
		held += sizeof(*e);
	for (unsigned i = 0; i < 2; i++)
		held += trace_said_size(&n->c.end[i], &n->more[i]);
	return held;
}

static const char *check_node(struct trace *t, const struct node *n)
{
	const struct trace_context *c = &n->c;

	CLAIM(c->id >= 1 && c->id <= t->last_id);
	CLAIM(c->state < TRACE_STATE_COUNT);
	CLAIM(c->end[0].has_ulid == c->end[1].has_ulid);
	CLAIM(n->stale ? weight(t, n) <= n->held : weight(t, n) == n->held);
	CLAIM(!n->outage_open || c->outage_count > 0);
	CLAIM(c->state != TRACE_EXPLORING || n->outage_open);
	for (unsigned i = 0; i < 2; i++) {
		CLAIM(c->end[i].locator_count <= SHIM6_LOCATORS_MAX);
		CLAIM(c->end[i].has_list || !c->end[i].locator_count);
		CLAIM(!n->more[i].pds == !n->more[i].pds_len);
		CLAIM(n->more[i].before.kept ||
		      (!n->more[i].before.locators && !n->more[i].before.pds));
		CLAIM(!n->more[i].firm || c->end[i].has_tag);
		for (unsigned j = 0; j < c->end[i].locator_count; j++)
			CLAIM(c->end[i].locators[j].proof < TRACE_PROOF_COUNT);
	}
	return check_entries(t, n);
}

static const char *check_shares(const struct trace *t)
{
	for (unsigned i = 0; i < SHARES; i++) {
		size_t count = 0, held = 0;

		for (const struct link *l = t->by_use[i].next; l != &t->by_use[i]; l = l->next) {
			CLAIM(NODE(l, by_use)->share == i);
			count++;
			held += NODE(l, by_use)->held;
		}
		CLAIM(count == t->count[i]);
		CLAIM(held == t->held[i]);
	}
	CLAIM(t->count[FRESH] + t->count[SETTLED] <= t->max_count);
	CLAIM(t->held[FRESH] + t->held[SETTLED] <= t->max_held);
	return NULL;
}

const char *trace_check(struct trace *t)
{
	size_t count = 0, entries = 0;
	const char *wrong;
	unsigned last = 0;

	for (const struct link *l = t->by_id.next; l != &t->by_id; l = l->next) {
		const struct node *n = NODE(l, by_id);

		wrong = check_node(t, n);
		if (wrong)
			return wrong;
		CLAIM(n->c.id > last);
		last = n->c.id;
		count++;
		for (const struct entry *e = first_entry(t, n); e; e = next_entry(t, e))
			entries++;
	}
	CLAIM(count == t->count[FRESH] + t->count[SETTLED]);
	CLAIM(entries == t->table.count);
	wrong = table_check(&t->table);
	return wrong ? wrong : check_shares(t);
}
