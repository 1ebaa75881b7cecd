/* SPDX-License-Identifier: BSD-2-Clause */
/* The applications' calls, but for options. What is given to a call and what it writes is in
 * memory of just that size. */
#include "fuzz/socket_fuzz.h"
#include "refstack/include/shim.h"
#include "refstack/socket/kind.h"
#include "wire/ipv6.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

/* --- names --------------------------------------------------------------------------------- */

/* Mostly one that can be; of bit 3, with the port of one of the other side's sockets. */
struct name some_name(struct world *w, const struct side *e)
{
	static const uint16_t ports[] = { 4660, 4661, 4662, 0, IPPROTO_ICMPV6, 253, 7, 65535 };
	struct name n = { .len = sizeof(n.sin6) };
	const struct sock *other;
	unsigned how;

	n.sin6.sin6_family = AF_INET6;
	n.sin6.sin6_addr = some_address(w, e);
	how = octet(w);
	other = w->side[!e->self].sockets->socket[how & 7];
	n.sin6.sin6_port = htons(how & 8 && other ? other->local.port : ports[how & 7]);
	if ((how & 0xf0) == 0xf0)
		n.len = octet(w) % (sizeof(n.sin6) + 1);
	if ((how & 0xf0) == 0xe0)
		n.sin6.sin6_family = (sa_family_t)octet(w);
	return n;
}

/* These are the socket's names as long as nobody calls anything that changes them: its own
 * as it is, its peer's as it was said. */
static void take_names(const struct who *o, const struct sockaddr_in6 *peer)
{
	socklen_t len = sizeof(o->memory->local);

	o->memory->named = true;
	sock_getsockname(o->t, o->s, (struct sockaddr *)&o->memory->local, &len);
	o->memory->peer = (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_port = peer->sin6_port,
		.sin6_addr = peer->sin6_addr,
	};
}

void open_one(struct world *w)
{
	static const struct {
		int domain, type, protocol;
	} kinds[] = {
		{ AF_INET6, SOCK_DGRAM, 0 },
		{ AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 },
		{ AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP },
		{ AF_INET6, SOCK_RAW, 253 },
		{ AF_INET6, SOCK_RAW, IPPROTO_UDP },
		{ AF_INET6, SOCK_STREAM, 0 },
		{ AF_INET6, SOCK_RAW, IPPROTO_TCP },
		{ AF_INET6, SOCK_RAW, PROTO_SHIM6 },
		{ AF_INET6, SOCK_RAW, PROTO_NONE },
		{ AF_INET6, SOCK_RAW, 256 },
		{ AF_INET6, SOCK_SEQPACKET, 0 },
		{ AF_INET, SOCK_DGRAM, 0 },
	};
	struct side *e = some_side(w);
	unsigned kind = octet(w) % (sizeof(kinds) / sizeof(kinds[0]));
	int s = sock_socket(e->sockets, kinds[kind].domain, kinds[kind].type, kinds[kind].protocol);

	demand(s < SOCKETS_MAX, "sockets are bounded");
	if (s >= OPEN_MAX)
		sock_close(e->sockets, s);
	else if (s >= 0)
		e->memory[s] = (struct memory){ .named = false };
}

void close_one(struct world *w)
{
	struct who o = some_socket(w);

	demand((sock_close(o.t, o.s) == 0) == (o.sock != NULL), "what is open can be closed");
	demand(!sock_of(o.t, o.s), "what is closed is gone");
}

void bind_it(struct world *w)
{
	struct who o = some_socket(w);
	struct name name = some_name(w, o.side);
	struct sockaddr *addr = exact(&name.sin6, name.len);

	if (sock_bind(o.t, o.s, addr, name.len) == 0)
		o.memory->named = false;
	free(addr);
}

void connect_it(struct world *w)
{
	struct who o = some_socket(w);
	struct name name = some_name(w, o.side);
	struct sockaddr *addr = exact(&name.sin6, name.len);
	int rc = sock_connect(o.t, o.s, addr, name.len);

	free(addr);
	if (rc == -EINPROGRESS || (rc == 0 && o.sock->connected))
		take_names(&o, &name.sin6);
	else if (rc == 0) /* AF_UNSPEC */
		o.memory->named = false;
}

void disconnect_it(struct world *w)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct who o = some_socket(w);

	if (sock_connect(o.t, o.s, &none, sizeof(none)) < 0)
		return;
	o.memory->named = false;
	demand(!o.sock->connected && !o.sock->fii, "who is not connected has no fork");
}

void listen_it(struct world *w)
{
	struct who o = some_socket(w);

	sock_listen(o.t, o.s, (int)octet(w) - 4);
}

/* Who knocks is named in a room that the program says. */
void accept_one(struct world *w)
{
	struct who o = some_socket(w);
	unsigned room = octet(w) % 64;
	struct sockaddr_in6 whole = { .sin6_family = AF_UNSPEC };
	struct sockaddr *addr = exact_untouched(room);
	socklen_t len = room, whole_len = sizeof(whole);
	int s = sock_accept(o.t, o.s, addr, &len);

	demand(len == (s < 0 ? room : sizeof(whole)), "a name has a length");
	demand_untouched(addr, s < 0 ? 0 : len, room, "nothing is behind a name");
	if (sock_getpeername(o.t, s, (struct sockaddr *)&whole, &whole_len) == 0)
		demand(memcmp(addr, &whole, room < sizeof(whole) ? room : sizeof(whole)) == 0,
		       "who is accepted is named");
	free(addr);
	if (s < 0)
		return;
	if (s >= OPEN_MAX) {
		sock_close(o.t, s);
		return;
	}
	o.side->memory[s] = (struct memory){ .named = false };
	o.s = s;
	o.memory = &o.side->memory[s];
	if (whole.sin6_family == AF_INET6)
		take_names(&o, &whole);
}

void shut_down(struct world *w)
{
	struct who o = some_socket(w);

	sock_shutdown(o.t, o.s, octet(w) & 3);
}

void ask_names(struct world *w)
{
	struct who o = some_socket(w);
	unsigned room = octet(w) % 64;
	int (*const calls[])(struct sock_table *, int, struct sockaddr *,
			     socklen_t *) = { sock_getsockname, sock_getpeername };

	for (unsigned i = 0; i < 2; i++) {
		struct sockaddr *addr = exact_untouched(room);
		socklen_t len = room;
		int rc = calls[i](o.t, o.s, addr, &len);

		demand(len == (rc < 0 ? room : sizeof(struct sockaddr_in6)), "a name has a length");
		demand_untouched(addr, rc < 0 ? 0 : len, room, "nothing is behind a name");
		free(addr);
	}
}

void poll_it(struct world *w)
{
	struct who o = some_socket(w);
	short events = (short)rbuf_u16(&w->program);
	int rc = sock_poll(o.t, o.s, events);

	demand(o.sock ? rc >= 0 || events < 0 : rc == -EBADF, "what is open can be polled");
	demand(!o.sock || !(rc & ~(events | POLLERR | POLLHUP)), "nothing else is polled");
}
