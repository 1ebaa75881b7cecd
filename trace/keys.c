/* SPDX-License-Identifier: BSD-2-Clause */
/* What a context may be named with, and which addresses are whose. */
#include "trace/internal.h"

struct key trace_pair_key(const struct in6_addr *one, const struct in6_addr *other, uint32_t fii)
{
	bool ordered = memcmp(one, other, sizeof(*one)) <= 0;

	return trace_key(KEY_PAIR, fii, ordered ? one : other, ordered ? other : one);
}

static unsigned seen_kept(const struct more *more)
{
	return more->seen_count < SEEN_MAX ? more->seen_count : SEEN_MAX;
}

bool trace_belongs(const struct node *n, unsigned end, const struct in6_addr *addr)
{
	const struct trace_end *e = &n->c.end[end];
	const struct more *more = &n->more[end];

	if (e->has_ulid && addr_equal(&e->ulid, addr))
		return true;
	for (unsigned i = 0; i < seen_kept(more); i++)
		if (addr_equal(&more->seen[i], addr))
			return true;
	for (unsigned i = 0; i < e->locator_count; i++)
		if (e->locators[i].proof != TRACE_REFUTED && addr_equal(&e->locators[i].addr, addr))
			return true;
	return false;
}

void trace_learn(struct node *n, unsigned end, const struct in6_addr *addr)
{
	struct more *more = &n->more[end];

	if (!addr_equal(&more->at, addr)) {
		more->at = *addr;
		/* These two stand in KEY_PEER and KEY_HALF. */
		n->stale |= !n->more[0].told || !n->more[1].told;
	}
	if (more->told || trace_belongs(n, end, addr))
		return;
	more->seen[more->seen_count % SEEN_MAX] = *addr;
	more->seen_count++;
	n->stale = true;
}

struct dues {
	struct due *out;
	unsigned count;
};

static void due_put(struct dues *d, struct key key, unsigned end, bool firm)
{
	d->out[d->count++] = (struct due){ .key = key, .end = (uint8_t)end, .firm = firm };
}

/* Its tag beside each of its addresses. What is refuted is none of them. */
static void tag_keys(struct dues *d, const struct node *n, unsigned end)
{
	const struct trace_end *e = &n->c.end[end];
	const struct more *more = &n->more[end];

	if (e->has_ulid)
		due_put(d, trace_key(KEY_TAG, e->tag, &e->ulid, NULL), end, more->firm);
	for (unsigned i = 0; i < seen_kept(more); i++)
		due_put(d, trace_key(KEY_TAG, e->tag, &more->seen[i], NULL), end, more->firm);
	for (unsigned i = 0; i < e->locator_count; i++)
		if (e->locators[i].proof != TRACE_REFUTED)
			due_put(d, trace_key(KEY_TAG, e->tag, &e->locators[i].addr, NULL), end,
				more->firm);
}

static void end_keys(struct dues *d, const struct node *n, unsigned end)
{
	const struct trace_end *e = &n->c.end[end];
	const struct more *more = &n->more[end], *peer = &n->more[!end];

	if (e->has_tag)
		tag_keys(d, n, end);
	if (e->has_tag && !more->told)
		due_put(d, trace_key(KEY_PEER, e->tag, &peer->at, NULL), end, false);
	/* Where an R2 is awaited, it will tell the tag. */
	if (!e->has_tag && !more->told && (peer->told || !e->has_ulid))
		due_put(d, trace_key(KEY_HALF, 0, &more->at, &peer->at), end, false);
	if (more->has_nonce)
		due_put(d, trace_key(KEY_NONCE, more->nonce, &more->nonce_src, &more->nonce_dst),
			end, false);
}

unsigned trace_keys(const struct node *n, struct due out[static DUES_MAX])
{
	const struct trace_context *c = &n->c;
	struct dues d = { .out = out };

	if (c->end[0].has_ulid)
		due_put(&d, trace_pair_key(&c->end[0].ulid, &c->end[1].ulid, c->fii), 0, false);
	end_keys(&d, n, 0);
	end_keys(&d, n, 1);
	return d.count;
}
