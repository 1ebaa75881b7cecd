/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of RFC 6316 section 6 that are about locators. What 6.4, 6.8 and 6.10
 * say of our own, 6.5, 6.9 and 6.11 say of the peer's, with errors of their own.
 */
#include "refstack/socket/options.h"

#include <errno.h>

/* The members, without the padding behind the last one, which says nothing. */
static bool zero_filled(const struct shim_locator *lc)
{
	static const struct shim_locator zero;
	const size_t members = offsetof(struct shim_locator, lc_flags) + sizeof(lc->lc_flags);

	return memcmp(lc, &zero, members) == 0;
}

/* 8.1. Half of a locator, a family without address or an address without family, is
 * nothing that it allows. lc_ifidx and lc_flags have no effect here. */
static int check_locator(const struct shim_locator *lc)
{
	if (lc->lc_proto != 0) /* Shim6 knows no NAT */
		return -EINVAL;
	if (lc->lc_family == AF_INET) /* nor IPv4 locators, section 3 */
		return -EINVALIDLOCATOR;
	if (lc->lc_family != AF_INET6 || addr_any(&lc->lc_addr))
		return -EINVAL;
	return 0;
}

/* One side of a context, as the options see it. */
struct side {
	int (*ask)(const struct sock *s, const struct in6_addr *locator); /* to be used */
	int (*check)(const struct sock *s, const struct in6_addr *locator);
	size_t (*list)(const struct sock *s, struct shim_listed *out, size_t max);
	const struct in6_addr *(*current)(const struct shim_context *context);
	size_t wishes; /* where its list is in struct shim_wishes */
	size_t send;   /* and its designated locator in struct sock */
};

static size_t list_local(const struct sock *s, struct shim_listed *out, size_t max)
{
	return shim_context_locals(s->table->host, sock_context(s), out, max);
}

static size_t list_peer(const struct sock *s, struct shim_listed *out, size_t max)
{
	return shim_context_peers(sock_context(s), out, max);
}

static const struct side local = {
	.ask = sock_ask_local,
	.check = sock_check_local,
	.list = list_local,
	.current = shim_context_lp_local,
	.wishes = offsetof(struct shim_wishes, local),
	.send = offsetof(struct sock, local_send),
};
static const struct side peer = {
	.ask = sock_ask_peer,
	.check = sock_check_peer,
	.list = list_peer,
	.current = shim_context_lp_peer,
	.wishes = offsetof(struct shim_wishes, peer),
	.send = offsetof(struct sock, peer_send),
};

static struct shim_wish_list *list_in(struct shim_wishes *wishes, const struct side *side)
{
	return (struct shim_wish_list *)((char *)wishes + side->wishes);
}

static struct in6_addr *send_in(const struct sock *s, const struct side *side)
{
	return (struct in6_addr *)((char *)s + side->send);
}

static struct shim_wish *find_wish(struct shim_wish_list *list, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < list->count; i++)
		if (addr_equal(&list->at[i].addr, addr))
			return &list->at[i];
	return NULL;
}

/* What the socket prefers, or else what its context does. */
static struct shim_wish_list preferred(const struct sock *s, const struct side *side)
{
	const struct shim_wishes *shared = shim_context_wishes(sock_context(s));
	struct shim_wishes wishes = sock_wishes_of(s);

	if (list_in(&wishes, side)->count == 0 && shared)
		wishes = *shared;
	return *list_in(&wishes, side);
}

/* What 8.1 has to say of a locator: without a preference of the application that which
 * the peer has told. */
static struct shim_locator describe(const struct shim_listed *l, struct shim_wish_list *list)
{
	const struct shim_wish *wish = find_wish(list, &l->addr);
	struct shim_locator lc;

	memset(&lc, 0, sizeof(lc)); /* also its padding, which is the application's to see */
	lc.lc_family = AF_INET6;
	lc.lc_prio = wish ? wish->priority : l->priority;
	lc.lc_weight = wish ? wish->weight : l->weight;
	lc.lc_ifidx = l->link;
	lc.lc_addr = l->addr;
	lc.lc_flags = (uint16_t)((l->hba ? SHIM_LOCATOR_HBA : 0) | (l->cga ? SHIM_LOCATOR_CGA : 0));
	return lc;
}

/* As far as the context knows it; else there is the address, and that is all. */
static struct shim_locator describe_addr(const struct sock *s, const struct side *side,
					 const struct in6_addr *addr)
{
	struct shim_listed listed[SHIM_MAX_LOCATORS], found = { .addr = *addr };
	size_t count = side->list(s, listed, SHIM_MAX_LOCATORS);
	struct shim_wish_list list = preferred(s, side);

	for (size_t i = 0; i < count && i < SHIM_MAX_LOCATORS; i++)
		if (addr_equal(&listed[i].addr, addr))
			found = listed[i];
	return describe(&found, &list);
}

/* 6.8, 6.9: the designated locator, zero-filled if there is none. */
static void get_send(const struct sock *s, const struct side *side, struct shim_value *out)
{
	const struct in6_addr *addr = send_in(s, side);

	if (addr_any(addr))
		return;
	out->locator = describe_addr(s, side, addr);
	out->locator.lc_prio = out->locator.lc_weight = 0; /* which is not what this is about */
}

/* 6.8, 6.9: the all-zero locator alone resets. */
static int set_send(struct sock *s, const struct side *side, const struct shim_value *value)
{
	const struct shim_locator *lc = &value->locator;
	int rc;

	if (zero_filled(lc)) {
		*send_in(s, side) = in6addr_any;
		return 0;
	}
	rc = check_locator(lc);
	if (rc == 0)
		rc = side->ask(s, &lc->lc_addr);
	if (rc == 0)
		*send_in(s, side) = lc->lc_addr;
	return rc;
}

/* --- preferences, 6.4 and 6.5 --------------------------------------------------------- */

static bool is_known(const struct sock *s, const struct side *side, const struct in6_addr *addr)
{
	int rc = side->check(s, addr);

	return rc != -ENOENT && rc != -EINVALIDLOCATOR;
}

/* The lowest priority, then the largest weight. Without a preference the best one is
 * that which is used. */
static void get_pref(const struct sock *s, const struct side *side, struct shim_value *out)
{
	struct shim_wish_list list = preferred(s, side);
	const struct shim_wish *best = NULL;

	for (unsigned i = 0; i < list.count; i++) {
		const struct shim_wish *wish = &list.at[i];

		if ((!best || wish->priority < best->priority ||
		     (wish->priority == best->priority && wish->weight > best->weight)) &&
		    is_known(s, side, &wish->addr))
			best = wish;
	}
	out->locator = describe_addr(s, side, best ? &best->addr : side->current(sock_context(s)));
}

/* Makes room by what the context doesn't know: it was said of another one. */
static void forget_strangers(const struct sock *s, const struct side *side,
			     struct shim_wish_list *list)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < list->count; i++)
		if (is_known(s, side, &list->at[i].addr))
			list->at[kept++] = list->at[i];
	list->count = kept;
}

static int put_wish(struct shim_wish_list *list, const struct shim_locator *lc)
{
	struct shim_wish *wish = find_wish(list, &lc->lc_addr);

	if (!wish && list->count == SHIM_WISHES_MAX)
		return -ETOOMANYLOCATORS;
	if (!wish)
		wish = &list->at[list->count++];
	*wish = (struct shim_wish){ lc->lc_addr, lc->lc_prio, lc->lc_weight };
	return 0;
}

/* A preference is no guarantee (6.9), so it may be said of a locator that isn't
 * verified; it comes true when that is. */
static int set_pref(struct sock *s, const struct side *side, const struct shim_value *value,
		    int (*check)(const struct sock *s, const struct in6_addr *locator))
{
	const struct shim_locator *lc = &value->locator;
	struct shim_wishes wishes = sock_wishes_of(s);
	struct shim_wish_list *list = list_in(&wishes, side);
	int rc = check_locator(lc);

	if (rc == 0)
		rc = check(s, &lc->lc_addr);
	if (rc < 0 && rc != -EUNVERIFIEDLOCATOR)
		return rc;
	if (list->only && !find_wish(list, &lc->lc_addr))
		return -EINVALIDLOCATOR; /* 6.10: it was taken out of the list */
	if (list->count == SHIM_WISHES_MAX)
		forget_strangers(s, side, list);
	rc = put_wish(list, lc);
	return rc < 0 ? rc : sock_wish(s, &wishes);
}

/* --- lists, 6.10 and 6.11 --------------------------------------------------------------- */

static void get_list(const struct sock *s, const struct side *side, struct shim_value *out)
{
	struct shim_listed listed[SHIM_MAX_LOCATORS];
	struct shim_wish_list list = preferred(s, side);
	size_t count = side->list(s, listed, SHIM_MAX_LOCATORS), n = 0;

	for (size_t i = 0; i < count && i < SHIM_MAX_LOCATORS; i++)
		if (!list.only || find_wish(&list, &listed[i].addr))
			out->list[n++] = describe(&listed[i], &list);
	out->size = n * sizeof(out->list[0]);
}

/* With more than one defect the first of these is told: what isn't the peer's is worse
 * than where it isn't. */
static const int gravity[] = { -EINVAL, -EINVALIDLOCATOR, -EUNREACHABLELOCATOR,
			       -EUNVERIFIEDLOCATOR };

static int graver(int a, int b)
{
	for (size_t i = 0; i < sizeof(gravity) / sizeof(*gravity); i++)
		if (a == gravity[i] || b == gravity[i])
			return gravity[i];
	return 0;
}

/* In the place of the list that there is; a locator of ours that isn't in it yet comes
 * into it (14.1.1), one of the peer's can't (14.1.2). The sample of 6.10 has zeros
 * behind its locators, which are none. */
static int set_list(struct sock *s, const struct side *side, const struct shim_value *value,
		    int (*check)(const struct sock *s, const struct in6_addr *locator))
{
	size_t count = value->size / sizeof(value->list[0]);
	struct shim_wishes wishes = sock_wishes_of(s);
	struct shim_wish_list *list = list_in(&wishes, side);
	int rc = 0;

	while (count > 0 && zero_filled(&value->list[count - 1]))
		count--;
	*list = (struct shim_wish_list){ .only = true };
	for (size_t i = 0; i < count; i++) {
		int err = check_locator(&value->list[i]);

		rc = graver(rc, err ? err : check(s, &value->list[i].lc_addr));
		put_wish(list, &value->list[i]); /* there is room for as many as can come */
	}
	if (count == 0)
		rc = -EINVAL; /* a context without locators isn't any */
	return rc < 0 ? rc : sock_wish(s, &wishes);
}

static int check_own(const struct sock *s, const struct in6_addr *locator)
{
	return shim_host_bears(s->table->host, locator) ? 0 : -EINVALIDLOCATOR;
}

/* --- for the table --------------------------------------------------------------------- */

void get_local_pref(const struct sock *s, struct shim_value *out)
{
	get_pref(s, &local, out);
}

int set_local_pref(struct sock *s, const struct shim_value *value)
{
	return set_pref(s, &local, value, sock_ask_local);
}

void get_local_send(const struct sock *s, struct shim_value *out)
{
	get_send(s, &local, out);
}

int set_local_send(struct sock *s, const struct shim_value *value)
{
	return set_send(s, &local, value);
}

void get_local_list(const struct sock *s, struct shim_value *out)
{
	get_list(s, &local, out);
}

int set_local_list(struct sock *s, const struct shim_value *value)
{
	return set_list(s, &local, value, check_own);
}

void get_peer_pref(const struct sock *s, struct shim_value *out)
{
	get_pref(s, &peer, out);
}

int set_peer_pref(struct sock *s, const struct shim_value *value)
{
	return set_pref(s, &peer, value, sock_check_peer);
}

void get_peer_send(const struct sock *s, struct shim_value *out)
{
	get_send(s, &peer, out);
}

int set_peer_send(struct sock *s, const struct shim_value *value)
{
	return set_send(s, &peer, value);
}

void get_peer_list(const struct sock *s, struct shim_value *out)
{
	get_list(s, &peer, out);
}

int set_peer_list(struct sock *s, const struct shim_value *value)
{
	return set_list(s, &peer, value, sock_ask_peer);
}
