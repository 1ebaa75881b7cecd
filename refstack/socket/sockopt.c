/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of other levels than RFC 6316's: what a socket is, and RFC 3542. */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/kind.h"
#include "refstack/socket/options.h"
#include "refstack/socket/stream.h"

#include <errno.h>
#include <netinet/tcp.h>

/* --- what it is ---------------------------------------------------------------------------- */

static void get_type(const struct sock *s, struct shim_value *out)
{
	out->number = s->kind->type;
}

static void get_domain(const struct sock *s, struct shim_value *out)
{
	(void)s;
	out->number = AF_INET6;
}

static void get_protocol(const struct sock *s, struct shim_value *out)
{
	out->number = s->protocol;
}

/* Told once, and as a positive number. */
static void get_error(const struct sock *s, struct shim_value *out)
{
	out->number = s->kind->take_error ? -s->kind->take_error(s) : 0;
}

static void get_reuse(const struct sock *s, struct shim_value *out)
{
	out->number = s->reuse;
}

static int set_reuse(struct sock *s, const struct shim_value *value)
{
	s->reuse = value->number != 0;
	return 0;
}

/* --- RFC 3542 6 ---------------------------------------------------------------------------- */

static void get_recvpktinfo(const struct sock *s, struct shim_value *out)
{
	out->number = s->recvpktinfo;
}

/* Any number but zero turns it on, as on Linux. */
static int set_recvpktinfo(struct sock *s, const struct shim_value *value)
{
	s->recvpktinfo = value->number != 0;
	return 0;
}

static void get_pktinfo(const struct sock *s, struct shim_value *out)
{
	out->pktinfo = s->pktinfo;
}

/* 6.2: a connection of TCP can't change its source, so no address may be named. */
static int set_pktinfo(struct sock *s, const struct shim_value *value)
{
	int rc = pktinfo_check(s, &value->pktinfo);

	if (rc == 0 && s->kind->type == SOCK_STREAM && !addr_any(&value->pktinfo.ipi6_addr))
		rc = -EINVAL;
	if (rc == 0)
		s->pktinfo = value->pktinfo;
	return rc;
}

/* --- TCP ----------------------------------------------------------------------------------- */

static void get_listens(const struct sock *s, struct shim_value *out)
{
	out->number = stream_listens(s);
}

static void get_nodelay(const struct sock *s, struct shim_value *out)
{
	out->number = s->stream->nodelay;
}

static int set_nodelay(struct sock *s, const struct shim_value *value)
{
	stream_set_nodelay(s, value->number != 0);
	return 0;
}

/* --- raw sockets, RFC 3542 3.1 and 3.2 ---------------------------------------------------------
 */

static void get_checksum(const struct sock *s, struct shim_value *out)
{
	out->number = s->checksum_at;
}

/* ICMPv6 has its checksum where it is. */
static int set_checksum(struct sock *s, const struct shim_value *value)
{
	if (s->protocol == IPPROTO_ICMPV6 || (value->number > 0 && value->number % 2 != 0))
		return -EINVAL;
	s->checksum_at = value->number < 0 ? -1 : value->number;
	return 0;
}

static void get_filter(const struct sock *s, struct shim_value *out)
{
	out->filter = s->icmp6_filter;
}

static int set_filter(struct sock *s, const struct shim_value *value)
{
	s->icmp6_filter = value->filter;
	return 0;
}

#define NAMED(x) x, #x
#define R        SHIM_GET
#define RW       (SHIM_GET | SHIM_SET)
#define INT      sizeof(int), false, SHIM_ANY, false
#define PKTINFO  sizeof(struct in6_pktinfo), false, SHIM_ANY, false
#define FILTER   sizeof(struct icmp6_filter), false, SHIM_ANY, false
#define OF_ALL   0, 0
#define OF_TCP   SOCK_STREAM, 0
#define OF_RAW   SOCK_RAW, 0
#define OF_PING  SOCK_RAW, IPPROTO_ICMPV6

/* clang-format off */
const struct sock_option sock_options[] = {
	{ SOL_SOCKET,     OF_ALL,  { NAMED(SO_TYPE),          R,  INT,     get_type, NULL } },
	{ SOL_SOCKET,     OF_ALL,  { NAMED(SO_DOMAIN),        R,  INT,     get_domain, NULL } },
	{ SOL_SOCKET,     OF_ALL,  { NAMED(SO_PROTOCOL),      R,  INT,     get_protocol, NULL } },
	{ SOL_SOCKET,     OF_ALL,  { NAMED(SO_ERROR),         R,  INT,     get_error, NULL } },
	{ SOL_SOCKET,     OF_ALL,  { NAMED(SO_ACCEPTCONN),    R,  INT,     get_listens, NULL } },
	{ SOL_SOCKET,     OF_ALL,  { NAMED(SO_REUSEADDR),     RW, INT,     get_reuse, set_reuse } },
	{ IPPROTO_TCP,    OF_TCP,  { NAMED(TCP_NODELAY),      RW, INT,     get_nodelay, set_nodelay } },
	{ IPPROTO_IPV6,   OF_ALL,  { NAMED(IPV6_RECVPKTINFO), RW, INT,     get_recvpktinfo,
								       set_recvpktinfo } },
	{ IPPROTO_IPV6,   OF_ALL,  { NAMED(IPV6_PKTINFO),     RW, PKTINFO, get_pktinfo, set_pktinfo } },
	{ IPPROTO_IPV6,   OF_RAW,  { NAMED(IPV6_CHECKSUM),    RW, INT,     get_checksum, set_checksum } },
	{ IPPROTO_ICMPV6, OF_PING, { NAMED(ICMP6_FILTER),     RW, FILTER,  get_filter, set_filter } },
	{ .option = { .text = NULL } },
};
/* clang-format on */
