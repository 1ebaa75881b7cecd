/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket options of RFC 6316 section 6. shim_options is Table 1 of that
 * document with the conditions of sections 6.1 to 6.15 as further columns.
 *
 * What is wrong is told in this order: no such option, no memory to read or
 * write, not connected, no context, the argument. RFC 6316 gives only the two
 * in the middle, each with an errno of its own, and an unconnected socket has
 * no context either, so the more general error has to come first.
 */
#include "refstack/socket/options.h"

#include <assert.h>
#include <errno.h>

/* 6.1: for connected sockets alone, so value 2 (not known) never occurs here:
 * of the two answers which that section has for an unconnected socket, the
 * error is the one that it has in common with all the others. */
static void get_associated(const struct sock *s, union shim_value *out)
{
	out->number = sock_context(s) != NULL;
}

static int binary(int number)
{
	return number == 0 || number == 1 ? 0 : -EINVAL;
}

static void get_dontshim(const struct sock *s, union shim_value *out)
{
	out->number = s->dontshim;
}

/* 6.2: disabling is refused on a connected socket. Nothing is said of
 * enabling; it succeeds there, but comes too late for the connection that there
 * is, whose setting therefore stays. */
static int set_dontshim(struct sock *s, const union shim_value *value)
{
	int rc = binary(value->number);

	if (rc < 0)
		return rc;
	if (s->connected)
		return value->number ? -EOPNOTSUPP : 0;
	s->dontshim = value->number;
	return 0;
}

/* 6.6 */
static void get_local_recv(const struct sock *s, union shim_value *out)
{
	out->number = s->local_recv;
}

static int set_local_recv(struct sock *s, const union shim_value *value)
{
	int rc = binary(value->number);

	if (rc == 0)
		s->local_recv = value->number;
	return rc;
}

/* 6.7 */
static void get_peer_recv(const struct sock *s, union shim_value *out)
{
	out->number = s->peer_recv;
}

static int set_peer_recv(struct sock *s, const union shim_value *value)
{
	int rc = binary(value->number);

	if (rc == 0)
		s->peer_recv = value->number;
	return rc;
}

static uint32_t link_of(const struct shim_host *host, const struct in6_addr *addr)
{
	struct shim_address own[HOST_LOCATORS_MAX];
	size_t count = shim_host_addresses(host, own, HOST_LOCATORS_MAX);

	for (size_t i = 0; i < count; i++)
		if (addr_equal(&own[i].addr, addr))
			return own[i].link;
	return 0;
}

/* 6.8: the designated locator, zero-filled if there is none. */
static void get_local_send(const struct sock *s, union shim_value *out)
{
	if (addr_any(&s->local_send))
		return;
	out->locator.lc_family = AF_INET6;
	out->locator.lc_ifidx = link_of(s->table->host, &s->local_send);
	out->locator.lc_addr = s->local_send;
	out->locator.lc_flags = SHIM_LOCATOR_HBA; /* as all of a host's own are */
}

/* The members, without the padding behind the last one, which says nothing. */
static bool zero_filled(const struct shim_locator *lc)
{
	static const struct shim_locator zero;
	const size_t members = offsetof(struct shim_locator, lc_flags) + sizeof(lc->lc_flags);

	return memcmp(lc, &zero, members) == 0;
}

/* 6.8 and 8.1. The all-zero locator alone resets: half of one, a family
 * without address or an address without family, is nothing that 8.1 allows. */
static int set_local_send(struct sock *s, const union shim_value *value)
{
	const struct shim_locator *lc = &value->locator;
	int rc;

	if (zero_filled(lc)) {
		s->local_send = in6addr_any;
		return 0;
	}
	if (lc->lc_proto != 0) /* Shim6 knows no NAT */
		return -EINVAL;
	if (lc->lc_family == AF_INET) /* nor IPv4 locators, section 3 */
		return -EINVALIDLOCATOR;
	if (lc->lc_family != AF_INET6 || addr_any(&lc->lc_addr))
		return -EINVAL;
	rc = sock_check_local(s, &lc->lc_addr);
	if (rc == 0)
		s->local_send = lc->lc_addr;
	return rc;
}

/* 6.14: Shim6 sets contexts up behind a communication that has begun. */
static void get_deferred(const struct sock *s, union shim_value *out)
{
	(void)s;
	out->number = 1;
}

#define NAMED(x)  SHIM_##x, "SHIM_" #x
#define R         SHIM_GET
#define RW        (SHIM_GET | SHIM_SET)
#define ANY       SHIM_ANY
#define CONN      SHIM_CONNECTED
#define INT       sizeof(int)
#define LOCATOR   sizeof(struct shim_locator)
#define LIST      (SHIM_MAX_LOCATORS * LOCATOR)
#define EXPLORE   sizeof(struct shim_pathexplore)
#define NOT_BUILT NULL, NULL

/* clang-format off */
const struct shim_option shim_options[] = { /* RFC 6316 Table 1, and 6.15 */
	/* optname                           dtype    when  context */
	{ NAMED(ASSOCIATED),             R,  INT,     CONN, false, get_associated, NULL },
	{ NAMED(DONTSHIM),               RW, INT,     ANY,  false, get_dontshim, set_dontshim },
	{ NAMED(HOT_STANDBY),            RW, INT,     CONN, true,  NOT_BUILT },
	{ NAMED(LOC_LOCAL_PREF),         RW, LOCATOR, CONN, true,  NOT_BUILT },
	{ NAMED(LOC_PEER_PREF),          RW, LOCATOR, CONN, true,  NOT_BUILT },
	{ NAMED(LOC_LOCAL_RECV),         RW, INT,     CONN, true,  get_local_recv, set_local_recv },
	{ NAMED(LOC_PEER_RECV),          RW, INT,     CONN, true,  get_peer_recv, set_peer_recv },
	{ NAMED(LOC_LOCAL_SEND),         RW, LOCATOR, CONN, true,  get_local_send, set_local_send },
	{ NAMED(LOC_PEER_SEND),          RW, LOCATOR, CONN, true,  NOT_BUILT },
	{ NAMED(LOCLIST_LOCAL),          RW, LIST,    CONN, true,  NOT_BUILT },
	{ NAMED(LOCLIST_PEER),           RW, LIST,    CONN, true,  NOT_BUILT },
	{ NAMED(APP_TIMEOUT),            RW, INT,     CONN, true,  NOT_BUILT },
	{ NAMED(PATHEXPLORE),            RW, EXPLORE, CONN, true,  NOT_BUILT },
	{ NAMED(DEFERRED_CONTEXT_SETUP), R,  INT,     CONN, false, get_deferred, NULL },
	{ .text = NULL },
};
/* clang-format on */

static const struct shim_option *option_of(int level, int name)
{
	if (level != SOL_SHIM)
		return NULL;
	for (const struct shim_option *o = shim_options; o->text; o++)
		if (o->name == name && shim_option_built(o))
			return o;
	return NULL;
}

/* RFC 6316 6.15 */
static int check_applicable(const struct shim_option *o, const struct sock *s)
{
	if (o->when == SHIM_CONNECTED && !s->connected)
		return -EOPNOTSUPP;
	if (o->context && !sock_context(s))
		return -ENOENT;
	return 0;
}

int sock_getsockopt(struct sock_table *t, int s, int level, int name, void *value, socklen_t *len)
{
	const struct sock *sock = sock_of(t, s);
	const struct shim_option *o = option_of(level, name);
	union shim_value v;
	int rc;

	if (!sock)
		return -EBADF;
	if (!o)
		return -ENOPROTOOPT;
	if (!value || !len)
		return -EFAULT;
	rc = check_applicable(o, sock);
	if (rc < 0)
		return rc;
	if ((int)*len < 0)
		return -EINVAL;
	assert(o->size <= sizeof(v));
	memset(&v, 0, sizeof(v));
	o->get(sock, &v);
	if (*len > o->size)
		*len = (socklen_t)o->size;
	memcpy(value, &v, *len);
	return 0;
}

int sock_setsockopt(struct sock_table *t, int s, int level, int name, const void *value,
		    socklen_t len)
{
	struct sock *sock = sock_of(t, s);
	const struct shim_option *o = option_of(level, name);
	union shim_value v;
	int rc;

	if (!sock)
		return -EBADF;
	if (!o)
		return -ENOPROTOOPT;
	if (!value)
		return -EFAULT;
	rc = check_applicable(o, sock);
	if (rc < 0)
		return rc;
	if (!o->set)
		return -ENOPROTOOPT;
	if ((int)len < 0 || len < o->size)
		return -EINVAL;
	assert(o->size <= sizeof(v));
	memcpy(&v, value, o->size);
	return o->set(sock, &v);
}
