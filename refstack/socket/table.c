/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets of a host: their numbers, their birth and their end. Numbers
 * are given as POSIX does, the lowest free one first.
 */
#include "refstack/include/shim.h"
#include "refstack/socket/kind.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

const struct shim_upper sock_upper = {
	.arrival = sock_arrival,
	.error = sock_error,
	.wishes = sock_wishes,
};

struct sock_table *sock_table_new(struct shim_host *host)
{
	struct sock_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->host = host;
	shim_set_upper(host, &sock_upper, t);
	return t;
}

void sock_free(struct sock *s)
{
	if (!s)
		return;
	s->kind->close(s);
	free(s->wishes);
	free(s);
}

void sock_table_free(struct sock_table *t)
{
	if (!t)
		return;
	shim_set_upper(t->host, NULL, NULL);
	for (int i = 0; i < SOCKETS_MAX; i++) {
		struct sock *s = t->socket[i];

		if (s && s->fii) /* nobody else would ever end it */
			shim_end(t->host, &s->local.addr, &s->peer.addr, s->fii);
		sock_free(s);
	}
	for (unsigned i = 0; i < t->lingering_count; i++)
		sock_free(t->lingering[i]);
	free(t);
}

struct sock *sock_of(const struct sock_table *t, int s)
{
	return s >= 0 && s < SOCKETS_MAX ? t->socket[s] : NULL;
}

static int lowest_free(const struct sock_table *t)
{
	for (int i = 0; i < SOCKETS_MAX; i++)
		if (!t->socket[i])
			return i;
	return -EMFILE;
}

int sock_new(struct sock **out, struct sock_table *t, const struct sock_kind *kind, int protocol)
{
	struct sock *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return -ENOBUFS;
	s->table = t;
	s->kind = kind;
	s->last = &s->first;
	rc = kind->open(s, protocol);
	if (rc < 0)
		free(s);
	else
		*out = s;
	return rc;
}

/* SOCK_NONBLOCK and SOCK_CLOEXEC ask for what is the case here anyway. */
int sock_socket(struct sock_table *t, int domain, int type, int protocol)
{
	const struct sock_kind *kind = sock_kind_of(type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC));
	struct sock *s;
	int rc;

	if (domain != AF_INET6)
		return -EAFNOSUPPORT;
	if (!kind)
		return -ESOCKTNOSUPPORT;
	rc = sock_new(&s, t, kind, protocol);
	if (rc < 0)
		return rc;
	rc = lowest_free(t);
	if (rc < 0)
		sock_free(s);
	else
		t->socket[rc] = s;
	return rc;
}

int sock_close(struct sock_table *t, int s)
{
	struct sock *sock = sock_of(t, s);

	if (!sock)
		return -EBADF;
	if (sock->kind->linger && sock->kind->linger(sock)) {
		t->socket[s] = NULL;
		return 0;
	}
	sock_leave(sock);
	t->socket[s] = NULL;
	sock_free(sock);
	return 0;
}

int sock_listen(struct sock_table *t, int s, int backlog)
{
	struct sock *sock = sock_of(t, s);

	if (!sock)
		return -EBADF;
	return sock->kind->listen ? sock->kind->listen(sock, backlog) : -EOPNOTSUPP;
}

/* What is wrong with the call itself costs no connection. */
int sock_accept(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len)
{
	struct sock *sock = sock_of(t, s), *accepted;
	int number, rc;

	if (!sock)
		return -EBADF;
	if (!sock->kind->accept)
		return -EOPNOTSUPP;
	if (addr && !len)
		return -EFAULT;
	if (addr && (int)*len < 0)
		return -EINVAL;
	number = lowest_free(t);
	rc = number < 0 ? number : sock->kind->accept(sock, &accepted);
	if (rc < 0)
		return rc;
	t->socket[number] = accepted;
	if (addr)
		sock_name_store(&accepted->peer, addr, len);
	return number;
}

int sock_shutdown(struct sock_table *t, int s, int how)
{
	struct sock *sock = sock_of(t, s);

	if (!sock)
		return -EBADF;
	return sock->kind->shutdown ? sock->kind->shutdown(sock, how) : -EOPNOTSUPP;
}

int sock_poll(struct sock_table *t, int s, short events)
{
	const struct sock *sock = sock_of(t, s);

	return sock ? sock->kind->poll(sock) & (events | POLLERR | POLLHUP) : -EBADF;
}

struct shim_context *sock_context(const struct sock *s)
{
	struct shim_context *fork = NULL;

	if (!s->connected || s->dontshim)
		return NULL;
	if (s->fii)
		fork = shim_fork_of(s->table->host, &s->local.addr, &s->peer.addr, s->fii);
	return fork ? fork : shim_context_of(s->table->host, &s->local.addr, &s->peer.addr);
}

bool sock_is_own_pair(const struct sock *s, const struct in6_addr *local,
		      const struct in6_addr *peer)
{
	return s->connected && addr_equal(&s->local.addr, local) && addr_equal(&s->peer.addr, peer);
}

int sock_check_local(const struct sock *s, const struct in6_addr *locator)
{
	const struct shim_context *context = sock_context(s);

	if (!context)
		return -ENOENT;
	return shim_context_has_local(s->table->host, context, locator) == 0 ? 0 : -EINVALIDLOCATOR;
}

int sock_ask_local(const struct sock *s, const struct in6_addr *locator)
{
	int rc = sock_check_local(s, locator);

	if (rc == 0 && !shim_host_bears(s->table->host, locator))
		return -EINVALIDLOCATOR;
	return rc;
}

int sock_check_peer(const struct sock *s, const struct in6_addr *locator)
{
	const struct shim_context *context = sock_context(s);

	if (!context)
		return -ENOENT;
	switch (shim_context_reach(context, locator)) {
	case SHIM_UNKNOWN:
		return -EINVALIDLOCATOR;
	case SHIM_VERIFIED:
		return 0;
	case SHIM_UNREACHABLE:
		return -EUNREACHABLELOCATOR;
	case SHIM_UNVERIFIED:
		break;
	}
	return -EUNVERIFIEDLOCATOR;
}

int sock_ask_peer(const struct sock *s, const struct in6_addr *locator)
{
	int rc = sock_check_peer(s, locator);

	if (rc == -EUNVERIFIEDLOCATOR || rc == -EUNREACHABLELOCATOR)
		shim_verify(s->table->host, sock_context(s), locator);
	return rc;
}
