/* SPDX-License-Identifier: BSD-2-Clause */
/* open(): a socket in the state that a case begins with. */
#include "conformance/engine/calls.h"
#include "conformance/engine/segments.h"

#include <netinet/in.h>
#include <poll.h>

enum {
	PROTO_EXPERIMENT = 253, /* of raw sockets: nobody's, RFC 3692 2.1 */
	BACKLOG = 5,
};

static const struct kind {
	int type, protocol;
	in_port_t own, peer;
} kinds[] = {
	[TRANSPORT_UDP] = { SOCK_DGRAM, IPPROTO_UDP, OWN_PORT, PEER_PORT },
	[TRANSPORT_TCP] = { SOCK_STREAM, IPPROTO_TCP, OWN_PORT, PEER_PORT },
	[TRANSPORT_RAW] = { SOCK_RAW, PROTO_EXPERIMENT, 0, 0 },
};

static struct sockaddr_in6 address_of(const struct in6_addr *addr, in_port_t port)
{
	return (struct sockaddr_in6){ .sin6_family = AF_INET6,
				      .sin6_addr = *addr,
				      .sin6_port = htons(port) };
}

static int bound(struct trial *t, const struct kind *kind, int *s)
{
	const struct sockaddr_in6 own = address_of(&t->locators[0].addr, kind->own);

	*s = t->target.socket(t->instance, AF_INET6, kind->type, kind->protocol);
	if (must(t, "socket()", *s) < 0)
		return TRIAL_OVER;
	return must(t, "bind()",
		    t->target.bind(t->instance, *s, (const struct sockaddr *)&own, sizeof(own)));
}

static int connect_to_peer(struct trial *t, const struct kind *kind, int s)
{
	const struct sockaddr_in6 peer = address_of(&t->peer.set.addr[0], kind->peer);
	int r = t->target.connect(t->instance, s, (const struct sockaddr *)&peer, sizeof(peer));

	/* TCP is as fast as its peer (target ABI, connect). */
	return must(t, "connect()", r == -EINPROGRESS && kind->type == SOCK_STREAM ? 0 : r);
}

/* The socket itself has to tell that the handshake is over. */
static int writable(struct trial *t, int s)
{
	int events = t->target.poll ? t->target.poll(t->instance, s, POLLOUT) : POLLOUT;

	if (must(t, "poll()", events) < 0)
		return TRIAL_OVER;
	if (!(events & POLLOUT))
		return trial_blocked(t, "connect() has not ended, says poll(): 0x%x",
				     (unsigned)events);
	return 0;
}

static int connected(struct trial *t, const struct kind *kind, enum open_state state, int s)
{
	bool tcp = kind->type == SOCK_STREAM;

	if (tcp)
		segments_begin(t);
	if (connect_to_peer(t, kind, s) < 0)
		return TRIAL_OVER;
	if (tcp && (state == OPEN_CONNECTING ? segments_await_syn(t) : segments_answer(t)) < 0)
		return TRIAL_OVER;
	if (tcp && state != OPEN_CONNECTING && writable(t, s) < 0)
		return TRIAL_OVER;
	return state == OPEN_CONTEXT ? peer_establish(t, s, false) : 0;
}

/* The socket becomes the accepted one where a connection is wanted. */
static int listening(struct trial *t, enum open_state state, int *s)
{
	if (must(t, "listen()", t->target.listen(t->instance, *s, BACKLOG)) < 0)
		return TRIAL_OVER;
	segments_begin(t);
	if (state == OPEN_LISTENING)
		return 0;
	if (segments_connect(t) < 0)
		return TRIAL_OVER;
	*s = t->target.accept(t->instance, *s, NULL, NULL);
	return must(t, "accept()", *s);
}

int word_open(struct trial *t, const struct call *call, struct done *done)
{
	const struct kind *kind = &kinds[call->args[0]->number];
	enum open_state state = (enum open_state)call->args[1]->number;
	int s, r = bound(t, kind, &s);

	if (r < 0)
		return r;
	switch (state) {
	case OPEN_UNCONNECTED:
		if (kind->type == SOCK_STREAM)
			segments_begin(t); /* the case may connect it */
		break;
	case OPEN_CONNECTED:
	case OPEN_CONTEXT:
	case OPEN_CONNECTING:
		r = connected(t, kind, state, s);
		break;
	case OPEN_LISTENING:
	case OPEN_ACCEPTED:
		r = listening(t, state, &s);
		break;
	}
	done->result = s;
	return r;
}
