/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets share the context of their ULID pair, and may want different things of it.
 * What they want together the context does; the one that comes with what another can't
 * live with is given a fork of its own (RFC 6316 11.1), as long as it stays connected.
 * A handshake takes its time: until then, and if the peer has no fork for us, its
 * packets are sent one by one the way that it prefers.
 */
#include "refstack/socket/sock.h"

#include <errno.h>
#include <stdlib.h>

/* --- together --------------------------------------------------------------------- */

static bool same_pace(const struct shim_pace *a, const struct shim_pace *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool any_pace(const struct shim_pace *pace)
{
	static const struct shim_pace none;

	return !same_pace(pace, &none);
}

static const struct shim_wish *wish_in(const struct shim_wish_list *list,
				       const struct in6_addr *addr)
{
	for (unsigned i = 0; i < list->count; i++)
		if (addr_equal(&list->at[i].addr, addr))
			return &list->at[i];
	return NULL;
}

/* In whichever order they were said. */
static bool same_list(const struct shim_wish_list *a, const struct shim_wish_list *b)
{
	if (a->count != b->count || a->only != b->only)
		return false;
	for (unsigned i = 0; i < a->count; i++) {
		const struct shim_wish *wish = wish_in(b, &a->at[i].addr);

		if (!wish || wish->priority != a->at[i].priority || wish->weight != a->at[i].weight)
			return false;
	}
	return true;
}

/* Who says nothing of something can live with anything; and a standby hurts nobody. */
static bool agree(const struct shim_wishes *a, const struct shim_wishes *b)
{
	return (!a->send_timeout || !b->send_timeout || a->send_timeout == b->send_timeout) &&
	       (!any_pace(&a->pace) || !any_pace(&b->pace) || same_pace(&a->pace, &b->pace)) &&
	       (!a->local.count || !b->local.count || same_list(&a->local, &b->local)) &&
	       (!a->peer.count || !b->peer.count || same_list(&a->peer, &b->peer));
}

static void add(struct shim_wishes *sum, const struct shim_wishes *wishes)
{
	sum->hot_standby = sum->hot_standby || wishes->hot_standby;
	if (!sum->send_timeout)
		sum->send_timeout = wishes->send_timeout;
	if (!any_pace(&sum->pace))
		sum->pace = wishes->pace;
	if (!sum->local.count)
		sum->local = wishes->local;
	if (!sum->peer.count)
		sum->peer = wishes->peer;
}

static bool goes_through(const struct sock *s, const struct in6_addr *local,
			 const struct in6_addr *peer, uint32_t fii)
{
	return s && s->connected && !s->dontshim && s->fii == fii &&
	       addr_equal(&s->local.addr, local) && addr_equal(&s->peer.addr, peer);
}

bool sock_wishes(void *ctx, const struct in6_addr *local, const struct in6_addr *peer, uint32_t fii,
		 struct shim_wishes *out)
{
	const struct sock_table *t = ctx;

	for (int i = 0; i < SOCKETS_MAX; i++)
		if (goes_through(t->socket[i], local, peer, fii) && t->socket[i]->wishes)
			add(out, t->socket[i]->wishes);
	for (int i = 0; i < SOCKETS_MAX && fii; i++)
		out->hold = out->hold || goes_through(t->socket[i], local, peer, fii);
	return true;
}

/* Is there another socket of the default context that can't live with that? */
static bool in_conflict(const struct sock *s, const struct shim_wishes *wishes)
{
	for (int i = 0; i < SOCKETS_MAX; i++) {
		const struct sock *other = s->table->socket[i];

		if (other != s && goes_through(other, &s->local.addr, &s->peer.addr, 0) &&
		    other->wishes && !agree(wishes, other->wishes))
			return true;
	}
	return false;
}

/* --- the context that has to know --------------------------------------------------- */

/* Memory may be short; then the context goes on with what was wanted before. */
static int tell(const struct sock *s, const struct in6_addr *local, const struct in6_addr *peer,
		uint32_t fii)
{
	struct shim_context *context = shim_fork_of(s->table->host, local, peer, fii);
	struct shim_wishes sum = { .hold = false };

	if (!context)
		return 0; /* it will ask when it stands */
	sock_wishes(s->table, local, peer, fii, &sum);
	return shim_wish(s->table->host, context, &sum);
}

/* RFC 5533 7.7: the number has to be one that the pair doesn't have yet. Without one
 * the socket stays with the default context. */
static void begin_fork(struct sock *s)
{
	uint32_t fii = 0;

	while (fii == 0)
		shim_random(s->table->host, &fii, sizeof(fii));
	s->fii = fii;
	shim_initiate(s->table->host, &s->local.addr, &s->peer.addr, fii);
}

static void end_fork(struct sock *s)
{
	shim_end(s->table->host, &s->local.addr, &s->peer.addr, s->fii);
	s->fii = 0;
}

struct shim_wishes sock_wishes_of(const struct sock *s)
{
	return s->wishes ? *s->wishes : (struct shim_wishes){ .hold = false };
}

int sock_wish(struct sock *s, const struct shim_wishes *wishes)
{
	struct shim_wishes *before = s->wishes;
	bool fork = !s->fii && in_conflict(s, wishes);
	int rc;

	s->wishes = malloc(sizeof(*s->wishes));
	if (!s->wishes) {
		s->wishes = before;
		return -ENOBUFS;
	}
	*s->wishes = *wishes;
	if (fork)
		begin_fork(s);
	/* The default context loses what the fork takes away. */
	rc = tell(s, &s->local.addr, &s->peer.addr, fork ? 0 : s->fii);
	if (rc < 0) {
		struct shim_wishes *wish = s->wishes;

		if (fork)
			end_fork(s);
		s->wishes = before;
		before = wish;
	}
	free(before);
	return rc;
}

void sock_join(struct sock *s)
{
	if (!s->wishes || s->dontshim)
		return;
	if (in_conflict(s, s->wishes) && sock_context(s))
		begin_fork(s);
	else
		tell(s, &s->local.addr, &s->peer.addr, 0);
}

/* A handshake that has failed is held down by the core (RFC 5533 7.8), so this may ask
 * as often as it likes. */
void sock_part(struct sock *s)
{
	struct shim_host *host = s->table->host;

	if (s->dontshim || !shim_context_of(host, &s->local.addr, &s->peer.addr))
		return;
	if (s->fii) {
		shim_initiate(host, &s->local.addr, &s->peer.addr, s->fii);
	} else if (in_conflict(s, s->wishes)) {
		begin_fork(s);
		tell(s, &s->local.addr, &s->peer.addr, 0);
	}
}

/* What the socket wanted goes with it, and its fork. */
void sock_leave(struct sock *s)
{
	if (!s->connected)
		return;
	s->connected = false;
	if (s->fii)
		end_fork(s);
	else if (s->wishes && !s->dontshim)
		tell(s, &s->local.addr, &s->peer.addr, 0);
}

/* --- without a fork ------------------------------------------------------------------ */

static bool is_better(const struct shim_wish *a, const struct shim_wish *b)
{
	return !b || a->priority < b->priority ||
	       (a->priority == b->priority && a->weight > b->weight);
}

static bool is_up(const struct shim_host *host, const struct in6_addr *addr)
{
	struct shim_address own[HOST_LOCATORS_MAX];
	size_t count = shim_host_addresses(host, own, HOST_LOCATORS_MAX);

	for (size_t i = 0; i < count; i++)
		if (addr_equal(&own[i].addr, addr))
			return own[i].up;
	return false;
}

void sock_wished_pair(const struct sock *s, struct in6_addr *local, struct in6_addr *peer)
{
	const struct shim_wish *best_local = NULL, *best_peer = NULL;
	const struct shim_wishes *wishes = s->wishes;
	struct shim_context *context = sock_context(s);

	if (!wishes || !context ||
	    shim_fork_of(s->table->host, &s->local.addr, &s->peer.addr, s->fii))
		return;
	for (unsigned i = 0; i < wishes->local.count; i++) {
		const struct shim_wish *wish = &wishes->local.at[i];

		if (is_better(wish, best_local) && is_up(s->table->host, &wish->addr) &&
		    sock_check_local(s, &wish->addr) == 0)
			best_local = wish;
	}
	for (unsigned i = 0; i < wishes->peer.count; i++) {
		const struct shim_wish *wish = &wishes->peer.at[i];

		if (is_better(wish, best_peer) &&
		    shim_context_reach(context, &wish->addr) == SHIM_VERIFIED)
			best_peer = wish;
	}
	if (best_local)
		*local = best_local->addr;
	if (best_peer)
		*peer = best_peer->addr;
}
