/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of sockets: bind, connect and what they are called afterwards.
 * Names are identifiers, whatever locators the packets have (RFC 6316
 * section 10). Where POSIX leaves a choice, the behaviour is that of Linux.
 */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/kind.h"
#include "refstack/socket/stream.h"

#include <errno.h>

enum {
	PORT_EPHEMERAL_MIN = 49152, /* RFC 6335 6 */
	PORT_EPHEMERAL_COUNT = 65536 - PORT_EPHEMERAL_MIN,
};

/* The first form of the struct, RFC 2133, had no scope id; both pass. */
#define SIN6_LEN_MIN offsetof(struct sockaddr_in6, sin6_scope_id)

/* 0 and the family, or -EINVAL if there isn't even that. */
static int family_of(sa_family_t *out, const struct sockaddr *addr, socklen_t len)
{
	if (!addr)
		return -EFAULT;
	if ((int)len < (int)sizeof(*out))
		return -EINVAL;
	memcpy(out, (const char *)addr + offsetof(struct sockaddr, sa_family), sizeof(*out));
	return 0;
}

static int name_parse(struct endpoint *out, const struct sockaddr *addr, socklen_t len)
{
	struct sockaddr_in6 sin6 = { 0 };
	sa_family_t family;
	int rc = family_of(&family, addr, len);

	if (rc < 0)
		return rc;
	if (family != AF_INET6)
		return -EAFNOSUPPORT;
	if (len < SIN6_LEN_MIN)
		return -EINVAL;
	memcpy(&sin6, addr, SIN6_LEN_MIN);
	*out = (struct endpoint){ .addr = sin6.sin6_addr, .port = ntohs(sin6.sin6_port) };
	return 0;
}

int sock_name_store(const struct endpoint *name, struct sockaddr *addr, socklen_t *len)
{
	const struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(name->port),
		.sin6_addr = name->addr,
	};

	if (!addr || !len)
		return -EFAULT;
	if ((int)*len < 0)
		return -EINVAL;
	memcpy(addr, &sin6, *len < sizeof(sin6) ? *len : sizeof(sin6));
	*len = sizeof(sin6);
	return 0;
}

/* There is no loopback, no multicast and no IPv4 below these sockets. */
static bool unicast(const struct in6_addr *addr)
{
	return !addr_any(addr) && !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_LOOPBACK(addr) &&
	       !IN6_IS_ADDR_V4MAPPED(addr);
}

static bool port_fits(const struct sock *s, uint16_t port)
{
	return s->kind->ports ? port != 0 : port == 0 || port == s->protocol;
}

int sock_destination(struct endpoint *out, const struct sock *s, const struct sockaddr *addr,
		     socklen_t len)
{
	struct endpoint to;
	int rc = name_parse(&to, addr, len);

	if (rc < 0)
		return rc;
	if (!port_fits(s, to.port))
		return -EINVAL;
	if (!unicast(&to.addr))
		return -ENETUNREACH;
	*out = to;
	return 0;
}

/* Would another socket of that kind compete for what arrives at `name`? As on Linux, two
 * that both have SO_REUSEADDR may, unless one of them listens. */
static bool taken(const struct sock *s, const struct endpoint *name, bool reuse)
{
	for (unsigned i = 0; i < sock_count(s->table); i++) {
		const struct sock *other = sock_at(s->table, i);

		if (other && other->kind == s->kind && other->local.port == name->port &&
		    (addr_any(&other->local.addr) || addr_any(&name->addr) ||
		     addr_equal(&other->local.addr, &name->addr)) &&
		    !(reuse && other->reuse && !stream_listens(other)))
			return true;
	}
	return false;
}

/* From a random place on, since a guessable port is a gift to off-path
 * attackers (RFC 6056). There are fewer sockets than ports: one is free. */
static uint16_t ephemeral_port(const struct sock *s)
{
	struct endpoint name = { .addr = in6addr_any };
	uint16_t at;

	shim_random(s->table->host, &at, sizeof(at));
	do
		name.port = (uint16_t)(PORT_EPHEMERAL_MIN + at++ % PORT_EPHEMERAL_COUNT);
	while (taken(s, &name, false));
	return name.port;
}

void sock_autobind(struct sock *s)
{
	if (s->local.port == 0)
		s->local.port = ephemeral_port(s);
}

/* The port of a name that the socket is to have, unless another one has it. */
static int claim_port(struct endpoint *name, const struct sock *s)
{
	if (!s->kind->ports)
		name->port = s->protocol; /* whatever there was */
	else if (name->port == 0)
		name->port = ephemeral_port(s);
	else if (taken(s, name, s->reuse))
		return -EADDRINUSE;
	return 0;
}

/* Ports are given once; who has none may be moved until it is connected. */
static bool may_bind(const struct sock *s)
{
	return s->kind->ports ? s->local.port == 0 : !s->connected;
}

int sock_bind(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len)
{
	struct sock *sock = sock_of(t, s);
	struct endpoint name;
	int rc;

	if (!sock)
		return -EBADF;
	rc = name_parse(&name, addr, len);
	if (rc < 0)
		return rc;
	if (!may_bind(sock))
		return -EINVAL;
	if (!addr_any(&name.addr) && !shim_host_owns(t->host, &name.addr))
		return -EADDRNOTAVAIL;
	rc = claim_port(&name, sock);
	if (rc == 0)
		sock->bound = sock->local = name;
	return rc;
}

/* What bind() gave stays; what connect() or a send chose by itself is let go. */
static void disconnect(struct sock *s)
{
	if (s->kind->disconnect)
		s->kind->disconnect(s);
	sock_leave(s);
	s->connected = false;
	s->local = s->bound;
	s->peer = (struct endpoint){ 0 };
}

int sock_source(struct in6_addr *out, const struct sock *s, const struct endpoint *peer)
{
	struct in6_addr source;
	int rc = pktinfo_source(&source, s, &s->pktinfo, &s->bound.addr);

	if (rc == 0 && addr_any(&source))
		rc = shim_select_source(s->table->host, &peer->addr, &source);
	if (rc == 0)
		*out = source;
	return rc;
}

int message_connect(struct sock *s, const struct endpoint *peer)
{
	struct in6_addr source;
	int rc = sock_source(&source, s, peer);

	if (rc < 0)
		return rc;
	sock_leave(s);
	sock_autobind(s);
	s->local.addr = source;
	s->peer = *peer;
	s->connected = true;
	sock_join(s);
	return 0;
}

int sock_connect(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len)
{
	struct sock *sock = sock_of(t, s);
	struct endpoint peer;
	sa_family_t family;
	int rc;

	if (!sock)
		return -EBADF;
	rc = family_of(&family, addr, len);
	if (rc < 0)
		return rc;
	if (family == AF_UNSPEC) {
		disconnect(sock);
		return 0;
	}
	rc = sock_destination(&peer, sock, addr, len);
	return rc < 0 ? rc : sock->kind->connect(sock, &peer);
}

int sock_getsockname(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len)
{
	const struct sock *sock = sock_of(t, s);

	return sock ? sock_name_store(&sock->local, addr, len) : -EBADF;
}

int sock_getpeername(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len)
{
	const struct sock *sock = sock_of(t, s);

	if (!sock)
		return -EBADF;
	return sock->connected ? sock_name_store(&sock->peer, addr, len) : -ENOTCONN;
}
