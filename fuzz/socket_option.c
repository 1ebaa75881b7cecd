/* SPDX-License-Identifier: BSD-2-Clause */
/* getsockopt() and setsockopt() of every option that there is, with values that may be
 * right and with any octets; and what is to be read of what was set. */
#include "fuzz/socket_fuzz.h"
#include "refstack/include/shim.h"
#include "refstack/socket/options.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>

struct chosen {
	int level;
	const struct shim_option *option;
	unsigned number; /* of all options, those of SOL_SHIM first */
};

/* NULL for option: there are no more. */
static struct chosen nth_option(unsigned n)
{
	unsigned i = 0, k = 0;

	while (shim_options[i].text && i < n)
		i++;
	if (i == n && shim_options[i].text)
		return (struct chosen){ SOL_SHIM, &shim_options[i], n };
	while (sock_options[k].option.text && i + k < n)
		k++;
	demand(n < OPTIONS_MAX, "all options are remembered");
	if (!sock_options[k].option.text)
		return (struct chosen){ 0, NULL, n };
	return (struct chosen){ sock_options[k].level, &sock_options[k].option, n };
}

static struct chosen some_option(struct world *w)
{
	unsigned count = 0;

	while (nth_option(count).option)
		count++;
	return nth_option(octet(w) % count);
}

/* --- values -------------------------------------------------------------------------------- */

static int some_number(struct world *w)
{
	static const int numbers[] = { 0, 1, 2, 10, -1, 65535, 65536, -65536 };
	unsigned n = octet(w);

	return n < 0x80 ? numbers[n & 7] : (int)(n & 0x7f);
}

static struct shim_locator some_locator(struct world *w, const struct side *e)
{
	struct shim_locator lc = { .lc_family = AF_INET6, .lc_addr = some_address(w, e) };
	unsigned how = octet(w);

	lc.lc_prio = how & 3;
	lc.lc_weight = how >> 2 & 3;
	lc.lc_family = (how & 0xf0) == 0xf0 ? AF_INET : AF_INET6;
	if ((how & 0xf0) == 0xe0) /* none */
		memset(&lc, 0, sizeof(lc));
	return lc;
}

static void some_list(struct world *w, const struct side *e, struct shim_value *out)
{
	unsigned n = octet(w) % (SHIM_MAX_LOCATORS + 1);

	if (n > 4 && n < SHIM_MAX_LOCATORS) /* a short one is more likely */
		n &= 3;
	for (unsigned i = 0; i < n; i++)
		out->list[i] = some_locator(w, e);
	out->size = n * sizeof(out->list[0]);
}

static void some_value(struct world *w, const struct side *e, const struct chosen *c,
		       struct shim_value *out)
{
	memset(out, 0, sizeof(*out));
	out->size = c->option->size;
	if (c->option->list)
		some_list(w, e, out);
	else if (out->size == sizeof(int))
		out->number = some_number(w);
	else if (c->level == SOL_SHIM && out->size == sizeof(struct shim_locator))
		out->locator = some_locator(w, e);
	else if (c->level == SOL_SHIM)
		out->explore = (struct shim_pathexplore){
			.pe_probenum = (uint16_t)some_number(w),
			.pe_keepaliveto = (uint16_t)some_number(w),
			.pe_keepaliveint = (uint16_t)some_number(w),
			.pe_initprobeto = (uint16_t)(octet(w) * 50),
		};
	else if (c->option->name == IPV6_PKTINFO && c->level == IPPROTO_IPV6)
		out->pktinfo = (struct in6_pktinfo){ some_address(w, e), octet(w) & 7 };
	else
		rbuf_copy(&w->program, out->list, out->size);
}

/* --- what is to be read of it ---------------------------------------------------------------- */

static void is_truth(int name, const struct sock *s, struct shim_value *value)
{
	(void)name;
	(void)s;
	value->number = value->number != 0;
}

static void is_offset(int name, const struct sock *s, struct shim_value *value)
{
	(void)name;
	(void)s;
	if (value->number < 0)
		value->number = -1;
}

/* Options that are read as they were set, but for what `as` does to them; octets from `at`
 * on, len of them. */
static const struct echo {
	int level, name;
	size_t at, len;
	void (*as)(int name, const struct sock *s, struct shim_value *value);
} echoes[] = {
	{ SOL_SHIM, SHIM_HOT_STANDBY, 0, sizeof(int), NULL },
	{ SOL_SHIM, SHIM_LOC_LOCAL_RECV, 0, sizeof(int), NULL },
	{ SOL_SHIM, SHIM_LOC_PEER_RECV, 0, sizeof(int), NULL },
	{ SOL_SHIM, SHIM_LOC_LOCAL_SEND, offsetof(struct shim_locator, lc_addr), 16, NULL },
	{ SOL_SHIM, SHIM_LOC_PEER_SEND, offsetof(struct shim_locator, lc_addr), 16, NULL },
	{ SOL_SHIM, SHIM_APP_TIMEOUT, 0, sizeof(int), NULL },
	{ SOL_SHIM, SHIM_PATHEXPLORE, 0, offsetof(struct shim_pathexplore, pe_reserved), NULL },
	{ IPPROTO_IPV6, IPV6_RECVPKTINFO, 0, sizeof(int), is_truth },
	{ IPPROTO_IPV6, IPV6_PKTINFO, 0, sizeof(struct in6_pktinfo), NULL },
	{ IPPROTO_TCP, TCP_NODELAY, 0, sizeof(int), is_truth },
	{ SOL_SOCKET, SO_REUSEADDR, 0, sizeof(int), is_truth },
	{ IPPROTO_IPV6, IPV6_CHECKSUM, 0, sizeof(int), is_offset },
	{ IPPROTO_ICMPV6, ICMP6_FILTER, 0, sizeof(struct icmp6_filter), NULL },
};

static void remember(struct remembered *out, const struct echo *echo,
		     const struct shim_value *value)
{
	const uint8_t *octets = (const uint8_t *)value->list;

	*out = (struct remembered){ .known = true };
	memcpy(out->value, octets, echo->at + echo->len);
	for (size_t i = echo->at; i < echo->at + echo->len; i++)
		out->mask[i] = 0xff;
	if (echo->level != SOL_SHIM || echo->name != SHIM_PATHEXPLORE)
		return;
	for (size_t i = 0; i < echo->len; i += 2) /* zero: what the context has, RFC 6316 8.2 */
		if (!octets[i] && !octets[i + 1])
			out->mask[i] = out->mask[i + 1] = 0;
}

/* 6.2: set on a connected socket, SHIM_DONTSHIM comes too late, so it isn't an echo. */
static void take_note(const struct who *o, const struct chosen *c, struct shim_value *value)
{
	for (size_t i = 0; i < sizeof(echoes) / sizeof(echoes[0]); i++) {
		const struct echo *echo = &echoes[i];

		if (echo->level != c->level || echo->name != c->option->name)
			continue;
		if (echo->as)
			echo->as(echo->name, o->sock, value);
		remember(&o->memory->option[c->number], echo, value);
	}
}

void check_remembered(const struct who *o)
{
	struct chosen c;

	for (unsigned n = 0; (c = nth_option(n)).option; n++) {
		const struct remembered *r = &o->memory->option[n];
		struct shim_value value;
		socklen_t len = sizeof(value.list);
		int rc;

		if (!r->known)
			continue;
		rc = sock_getsockopt(o->t, o->s, c.level, c.option->name, value.list, &len);
		demand(rc == 0 || (c.option->context && (rc == -EOPNOTSUPP || rc == -ENOENT)),
		       "what was set can be read while there is a context");
		for (size_t i = 0; rc == 0 && i < VALUE_MAX; i++)
			demand(!((((uint8_t *)value.list)[i] ^ r->value[i]) & r->mask[i]),
			       "an option is read as it was set");
	}
}

/* --- lists ----------------------------------------------------------------------------------- */

static const struct shim_locator *find(const struct shim_value *list, const struct in6_addr *addr)
{
	for (size_t i = 0; i < list->size / sizeof(list->list[0]); i++)
		if (addr_equal(&list->list[i].lc_addr, addr))
			return &list->list[i];
	return NULL;
}

static bool zero(const struct shim_locator *lc)
{
	return lc->lc_family == 0 && addr_any(&lc->lc_addr);
}

/* A list that was set holds no others afterwards; a preference is shown in the list. Of two
 * that are equal the last one counts. */
static void check_list(const struct who *o, const struct chosen *c, const struct shim_value *set)
{
	static const int lists[][2] = {
		{ SHIM_LOCLIST_LOCAL, SHIM_LOCLIST_LOCAL },
		{ SHIM_LOCLIST_PEER, SHIM_LOCLIST_PEER },
		{ SHIM_LOC_LOCAL_PREF, SHIM_LOCLIST_LOCAL },
		{ SHIM_LOC_PEER_PREF, SHIM_LOCLIST_PEER },
	};
	struct shim_value got;
	socklen_t len = sizeof(got.list);
	const struct shim_locator *lc;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (c->level != SOL_SHIM || c->option->name != lists[i][0])
			continue;
		demand(sock_getsockopt(o->t, o->s, SOL_SHIM, lists[i][1], got.list, &len) == 0,
		       "a list that was set can be read");
		got.size = len;
		for (size_t k = 0; c->option->list && k < len / sizeof(got.list[0]); k++)
			demand(find(set, &got.list[k].lc_addr) != NULL, "nothing else is listed");
		lc = &set->list[set->size / sizeof(set->list[0]) - 1];
		if (zero(lc) || !find(&got, &lc->lc_addr))
			continue;
		demand(find(&got, &lc->lc_addr)->lc_prio == lc->lc_prio &&
			       find(&got, &lc->lc_addr)->lc_weight == lc->lc_weight,
		       "preferences are shown");
	}
}

/* --- steps ----------------------------------------------------------------------------------- */

/* A length that the program says, with as many octets of its own. */
static void some_octets(struct world *w, struct shim_value *out)
{
	out->size = octet(w) * 5u;
	for (size_t i = 0; i < out->size && i < sizeof(out->list); i++)
		((uint8_t *)out->list)[i] ^= (uint8_t)octet(w);
	if (out->size > sizeof(out->list))
		out->size = sizeof(out->list);
}

void set_option(struct world *w)
{
	struct who o = some_socket(w);
	struct chosen c = some_option(w);
	unsigned how = octet(w);
	struct shim_value value;
	void *octets;
	int rc;

	some_value(w, o.side, &c, &value);
	if ((how & 0xf0) == 0xf0)
		some_octets(w, &value);
	if ((how & 0xf0) == 0xe0)
		c.level ^= 1 << (how & 0xf);
	octets = exact(value.list, value.size);
	rc = sock_setsockopt(o.t, o.s, c.level, c.option->name, how == 0xdf ? NULL : octets,
			     how == 0xde ? (socklen_t)-1 : (socklen_t)value.size);
	free(octets);
	demand(rc <= 0 && (o.sock || rc == -EBADF), "there is an error without a socket");
	if (rc < 0)
		return;
	check_list(&o, &c, &value);
	take_note(&o, &c, &value);
}

void get_option(struct world *w)
{
	struct who o = some_socket(w);
	struct chosen c = some_option(w);
	unsigned how = octet(w);
	size_t room = how & 1 ? octet(w) * 8u : c.option->size;
	void *out = exact_untouched(room);
	socklen_t len = (socklen_t)room;
	int rc;

	if (how & 2)
		c.level ^= 1 << (how >> 2 & 0xf);
	rc = sock_getsockopt(o.t, o.s, c.level, c.option->name, (how & 0xc2) == 0xc0 ? NULL : out,
			     (how & 0xc2) == 0x80 ? NULL : &len);
	demand(rc < 0 ? len == room : len <= room, "a value isn't longer than its room");
	demand_untouched(out, rc < 0 ? 0 : len, room, "nothing is written behind a value");
	free(out);
}
