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
#include "refstack/socket/kind.h"

#include <errno.h>

/* 6.1: for connected sockets alone, so value 2 (not known) never occurs here:
 * of the two answers which that section has for an unconnected socket, the
 * error is the one that it has in common with all the others. */
static void get_associated(const struct sock *s, struct shim_value *out)
{
	out->number = sock_context(s) != NULL;
}

static int binary(int number)
{
	return number == 0 || number == 1 ? 0 : -EINVAL;
}

static void get_dontshim(const struct sock *s, struct shim_value *out)
{
	out->number = s->dontshim;
}

/* 6.2: disabling is refused on a connected socket. Nothing is said of
 * enabling; it succeeds there, but comes too late for the connection that there
 * is, whose setting therefore stays. */
static int set_dontshim(struct sock *s, const struct shim_value *value)
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
static void get_local_recv(const struct sock *s, struct shim_value *out)
{
	out->number = s->local_recv;
}

static int set_local_recv(struct sock *s, const struct shim_value *value)
{
	int rc = binary(value->number);

	if (rc == 0)
		s->local_recv = value->number;
	return rc;
}

/* 6.7 */
static void get_peer_recv(const struct sock *s, struct shim_value *out)
{
	out->number = s->peer_recv;
}

static int set_peer_recv(struct sock *s, const struct shim_value *value)
{
	int rc = binary(value->number);

	if (rc == 0)
		s->peer_recv = value->number;
	return rc;
}

/* 6.3. The context keeps a standby as long as one of its sockets wants it. */
static void get_hot_standby(const struct sock *s, struct shim_value *out)
{
	out->number = sock_wishes_of(s).hot_standby;
}

static int set_hot_standby(struct sock *s, const struct shim_value *value)
{
	struct shim_wishes wishes = sock_wishes_of(s);

	wishes.hot_standby = value->number;
	return binary(value->number) < 0 ? -EINVAL : sock_wish(s, &wishes);
}

/* 6.12. The first sentence there says Send Timeout, another something else: Table 1
 * and the default agree with the first. The peer is told in 16 bits (RFC 5534 5.3). */
static void get_app_timeout(const struct sock *s, struct shim_value *out)
{
	out->number = sock_wishes_of(s).send_timeout;
}

static int set_app_timeout(struct sock *s, const struct shim_value *value)
{
	struct shim_wishes wishes = sock_wishes_of(s);

	if (value->number < 0 || value->number > UINT16_MAX)
		return -EINVAL;
	wishes.send_timeout = (uint16_t)value->number;
	return sock_wish(s, &wishes);
}

/* 6.13 and 8.2. By its text pe_keepaliveto is the Send Timeout, whatever its name. What
 * is zero follows RFC 5534, and reads as what that is. */
static void get_pathexplore(const struct sock *s, struct shim_value *out)
{
	struct shim_pace pace = shim_context_pace(s->table->host, sock_context(s));
	struct shim_pace own = sock_wishes_of(s).pace;

	out->explore = (struct shim_pathexplore){
		.pe_probenum = own.initial_probes ? own.initial_probes : pace.initial_probes,
		.pe_keepaliveto = own.send_timeout ? own.send_timeout : pace.send_timeout,
		.pe_keepaliveint =
			own.keepalive_interval ? own.keepalive_interval : pace.keepalive_interval,
		.pe_initprobeto =
			own.initial_probe_msec ? own.initial_probe_msec : pace.initial_probe_msec,
	};
}

/* In milliseconds. Ours: ten Probes a second are enough; and Max Probe Timeout, RFC 5534 4.3. */
enum {
	INITIAL_PROBE_MIN = 100,
	INITIAL_PROBE_MAX = 60000,
};

static int set_pathexplore(struct sock *s, const struct shim_value *value)
{
	const struct shim_pathexplore *pe = &value->explore;
	struct shim_wishes wishes = sock_wishes_of(s);

	if (pe->pe_reserved || (pe->pe_initprobeto && (pe->pe_initprobeto < INITIAL_PROBE_MIN ||
						       pe->pe_initprobeto > INITIAL_PROBE_MAX)))
		return -EINVAL;
	wishes.pace = (struct shim_pace){
		.initial_probes = pe->pe_probenum,
		.initial_probe_msec = pe->pe_initprobeto,
		.send_timeout = pe->pe_keepaliveto,
		.keepalive_interval = pe->pe_keepaliveint,
	};
	return sock_wish(s, &wishes);
}

/* 6.14: Shim6 sets contexts up behind a communication that has begun. */
static void get_deferred(const struct sock *s, struct shim_value *out)
{
	(void)s;
	out->number = 1;
}

#define NAMED(x) SHIM_##x, "SHIM_" #x
#define R        SHIM_GET
#define RW       (SHIM_GET | SHIM_SET)
#define ANY      SHIM_ANY
#define CONN     SHIM_CONNECTED
#define INT      sizeof(int), false
#define LOCATOR  sizeof(struct shim_locator), false
#define LIST     SHIM_MAX_LOCATORS * sizeof(struct shim_locator), true
#define EXPLORE  sizeof(struct shim_pathexplore), false

/* clang-format off */
const struct shim_option shim_options[] = { /* RFC 6316 Table 1, and 6.15 */
	/* optname                           dtype    when  context */
	{ NAMED(ASSOCIATED),             R,  INT,     CONN, false, get_associated, NULL },
	{ NAMED(DONTSHIM),               RW, INT,     ANY,  false, get_dontshim, set_dontshim },
	{ NAMED(HOT_STANDBY),            RW, INT,     CONN, true,  get_hot_standby, set_hot_standby },
	{ NAMED(LOC_LOCAL_PREF),         RW, LOCATOR, CONN, true,  get_local_pref, set_local_pref },
	{ NAMED(LOC_PEER_PREF),          RW, LOCATOR, CONN, true,  get_peer_pref, set_peer_pref },
	{ NAMED(LOC_LOCAL_RECV),         RW, INT,     CONN, true,  get_local_recv, set_local_recv },
	{ NAMED(LOC_PEER_RECV),          RW, INT,     CONN, true,  get_peer_recv, set_peer_recv },
	{ NAMED(LOC_LOCAL_SEND),         RW, LOCATOR, CONN, true,  get_local_send, set_local_send },
	{ NAMED(LOC_PEER_SEND),          RW, LOCATOR, CONN, true,  get_peer_send, set_peer_send },
	{ NAMED(LOCLIST_LOCAL),          RW, LIST,    CONN, true,  get_local_list, set_local_list },
	{ NAMED(LOCLIST_PEER),           RW, LIST,    CONN, true,  get_peer_list, set_peer_list },
	{ NAMED(APP_TIMEOUT),            RW, INT,     CONN, true,  get_app_timeout, set_app_timeout },
	{ NAMED(PATHEXPLORE),            RW, EXPLORE, CONN, true,  get_pathexplore, set_pathexplore },
	{ NAMED(DEFERRED_CONTEXT_SETUP), R,  INT,     CONN, false, get_deferred, NULL },
	{ .text = NULL },
};
/* clang-format on */

static const struct shim_option *shim_option_of(int name)
{
	for (const struct shim_option *o = shim_options; o->text; o++)
		if (o->name == name && shim_option_built(o))
			return o;
	return NULL;
}

/* NULL: the socket has no such option. */
static const struct shim_option *option_of(const struct sock *s, int level, int name)
{
	if (level == SOL_SHIM)
		return shim_option_of(name);
	for (const struct sock_option *o = sock_options; o->option.text; o++)
		if (o->level == level && o->option.name == name &&
		    (!o->type || o->type == s->kind->type) &&
		    (!o->protocol || o->protocol == s->protocol))
			return &o->option;
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

/* What is longer than its value is taken, but a list is as long as it is said to be. */
static int check_size(const struct shim_option *o, socklen_t len)
{
	if ((int)len < 0)
		return -EINVAL;
	if (!o->list)
		return len < o->size ? -EINVAL : 0;
	if (len > o->size)
		return -ETOOMANYLOCATORS;
	return len == 0 || len % sizeof(struct shim_locator) ? -EINVAL : 0;
}

int sock_getsockopt(struct sock_table *t, int s, int level, int name, void *value, socklen_t *len)
{
	const struct sock *sock = sock_of(t, s);
	const struct shim_option *o;
	struct shim_value v;
	int rc;

	if (!sock)
		return -EBADF;
	o = option_of(sock, level, name);
	if (!o)
		return -ENOPROTOOPT;
	if (!value || !len)
		return -EFAULT;
	rc = check_applicable(o, sock);
	if (rc < 0)
		return rc;
	if ((int)*len < 0)
		return -EINVAL;
	memset(&v, 0, sizeof(v));
	v.size = o->size;
	o->get(sock, &v);
	if (o->list && *len < v.size)
		return -ETOOMANYLOCATORS; /* 6.10; what isn't a list is cut, as POSIX has it */
	if (*len > v.size)
		*len = (socklen_t)v.size;
	memcpy(value, v.list, *len);
	return 0;
}

int sock_setsockopt(struct sock_table *t, int s, int level, int name, const void *value,
		    socklen_t len)
{
	struct sock *sock = sock_of(t, s);
	const struct shim_option *o;
	struct shim_value v;
	int rc;

	if (!sock)
		return -EBADF;
	o = option_of(sock, level, name);
	if (!o)
		return -ENOPROTOOPT;
	if (!value)
		return -EFAULT;
	rc = check_applicable(o, sock);
	if (rc < 0)
		return rc;
	if (!o->set)
		return -ENOPROTOOPT;
	rc = check_size(o, len);
	if (rc < 0)
		return rc;
	v.size = o->list ? len : o->size;
	memcpy(v.list, value, v.size);
	return o->set(sock, &v);
}
