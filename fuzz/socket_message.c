/* SPDX-License-Identifier: BSD-2-Clause */
/* What applications send and receive, and the ancillary data that goes with it. */
#include "fuzz/socket_fuzz.h"
#include "refstack/include/shim.h"
#include "refstack/socket/kind.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum { CONTROL_MAX = 256 };

/* --- out ------------------------------------------------------------------------------------- */

static size_t some_len(struct world *w)
{
	static const size_t large[] = { 1300, 1444, 1452, 1460, 65527, 65528, 65535, 70000 };
	unsigned n = octet(w);

	return n < 0xf8 ? n * 5u : large[n & 7];
}

/* The payload starts with octets of the program, for raw sockets to say something by. */
static uint8_t *some_payload(struct world *w, size_t len)
{
	uint8_t *payload = exact_untouched(len);

	for (size_t i = 0; i < len && i < 8 && len < 50; i++)
		payload[i] = (uint8_t)octet(w);
	return payload;
}

/* Where a datagram has gone that the socket sent as it is: from and to what it designates,
 * as far as the context has them. */
static void check_way(const struct who *o)
{
	const struct side *e = o->side;
	const struct packet *p = &e->sent[(e->sent_count - 1) % SENT_MAX];
	const struct sock *s = o->sock;

	if (s->kind->type == SOCK_STREAM || !s->connected || addr_any(&s->local_send) ||
	    !addr_any(&s->pktinfo.ipi6_addr) || s->pktinfo.ipi6_ifindex)
		return;
	if (sock_check_local(s, &s->local_send) == 0)
		demand(memcmp(p->octets + 8, &s->local_send, 16) == 0,
		       "it is from where it is said");
	if (!addr_any(&s->peer_send) && sock_check_peer(s, &s->peer_send) == 0)
		demand(memcmp(p->octets + 24, &s->peer_send, 16) == 0, "it is to where it is said");
}

static void check_said(const struct who *o, ssize_t rc, size_t len)
{
	demand(rc <= (ssize_t)len, "no more is sent than there is");
	demand(rc < 0 || o->sock, "there is an error without a socket");
	demand(rc < 0 || o->sock->kind->type == SOCK_STREAM || rc == (ssize_t)len,
	       "a datagram is sent as a whole");
}

void say(struct world *w)
{
	struct who o = some_socket(w);
	size_t len = some_len(w);
	uint8_t *payload = some_payload(w, len);
	ssize_t rc = sock_send(o.t, o.s, payload, len, 0);

	free(payload);
	check_said(&o, rc, len);
	if (rc >= 0)
		check_way(&o);
}

void say_to(struct world *w)
{
	struct who o = some_socket(w);
	struct name name = some_name(w, o.side);
	struct sockaddr *addr = exact(&name.sin6, name.len);
	size_t len = some_len(w);
	uint8_t *payload = some_payload(w, len);

	check_said(&o, sock_sendto(o.t, o.s, payload, len, 0, addr, name.len), len);
	free(payload);
	free(addr);
}

/* --- ancillary data -------------------------------------------------------------------------- */

struct control {
	uint8_t octets[CONTROL_MAX];
	size_t len;
};

static void put_object(struct control *c, int level, int type, const void *data, size_t len,
		       size_t said)
{
	struct cmsghdr h = { .cmsg_len = CMSG_LEN(said), .cmsg_level = level, .cmsg_type = type };
	size_t step = CMSG_SPACE(len);

	if (c->len + step > CONTROL_MAX)
		return;
	memset(c->octets + c->len, 0, step);
	memcpy(c->octets + c->len, &h, sizeof(h));
	memcpy(c->octets + c->len + CMSG_LEN(0), data, len);
	c->len += step;
}

/* Of each kind that there is, and of none; one in eight is said to have another length. */
static void some_object(struct world *w, const struct side *e, struct control *c)
{
	unsigned what = octet(w), kind = what & 7;
	struct sockaddr_in6 sin6 = { .sin6_family = what & 0x40 ? AF_INET : AF_INET6 };
	struct shim_feedback feedback = { .fb_direction = what >> 3 & 1 };
	struct in6_pktinfo info = { .ipi6_ifindex = what >> 3 & 3 };
	uint8_t raw[24];
	size_t more = what & 0x80 ? octet(w) : 0;

	switch (kind) {
	case 0:
	case 1:
	case 2:
	case 3:
		sin6.sin6_addr = some_address(w, e);
		put_object(c, SOL_SHIM, kind & 1 ? SHIM_LOC_PEER_SEND : SHIM_LOC_LOCAL_SEND, &sin6,
			   sizeof(sin6), sizeof(sin6) + more);
		break;
	case 4:
		feedback.fb_indicator = what >> 4 & 7;
		put_object(c, SOL_SHIM, SHIM_FEEDBACK, &feedback, sizeof(feedback),
			   sizeof(feedback) + more);
		break;
	case 5:
		info.ipi6_addr = some_address(w, e);
		put_object(c, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info), sizeof(info) + more);
		break;
	default:
		rbuf_copy(&w->program, raw, sizeof(raw));
		put_object(c, kind == 6 ? SOL_SHIM : raw[0], raw[1] % 20, raw + 4, raw[2] % 20,
			   raw[2] % 20 + more - raw[3] / 64);
		break;
	}
}

void say_with(struct world *w)
{
	struct who o = some_socket(w);
	unsigned how = octet(w);
	struct control control = { .len = 0 };
	struct name name = { .len = 0 };
	struct iovec iov[3];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 1 + (how & 1) };
	size_t len = some_len(w);
	uint8_t *payload = some_payload(w, len);

	if (how & 2)
		name = some_name(w, o.side);
	for (unsigned n = how >> 2 & 3; n > 0; n--)
		some_object(w, o.side, &control);
	if (how & 0x80)
		control.len -= control.len ? octet(w) % control.len : 0;
	iov[0] = (struct iovec){ payload, how & 1 ? len / 3 : len };
	iov[1] = (struct iovec){ payload + len / 3, len - len / 3 };
	msg.msg_name = name.len ? exact(&name.sin6, name.len) : NULL;
	msg.msg_namelen = name.len;
	msg.msg_control = exact(control.octets, control.len);
	msg.msg_controllen = control.len;
	check_said(&o, sock_sendmsg(o.t, o.s, &msg, how & 0x40 ? MSG_DONTWAIT : 0), len);
	free(msg.msg_name);
	free(msg.msg_control);
	free(payload);
}

/* --- in -------------------------------------------------------------------------------------- */

static int some_flags(struct world *w)
{
	unsigned how = octet(w);

	return (how & 1 ? MSG_PEEK : 0) | (how & 2 ? MSG_TRUNC : 0) | (how & 4 ? MSG_DONTWAIT : 0) |
	       ((how & 0xf0) == 0xf0 ? MSG_OOB : 0) | ((how & 0xf0) == 0xe0 ? MSG_ERRQUEUE : 0);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* POLLIN says what recv() finds; and who peeks takes nothing away. */
void hear(struct world *w)
{
	struct who o = some_socket(w);
	int flags = some_flags(w);
	size_t room = octet(w) * 8u;
	uint8_t *out = exact_untouched(room);
	bool waits = o.sock && o.sock->kind->type != SOCK_STREAM &&
		     sock_poll(o.t, o.s, POLLIN) == POLLIN;
	size_t queued = o.sock ? o.sock->queued : 0;
	ssize_t rc = sock_recv(o.t, o.s, out, room, flags);

	demand(rc <= (ssize_t)room || flags & MSG_TRUNC, "no more is received than there is room");
	demand_untouched(out, rc < 0 ? 0 : least((size_t)rc, room), room, "nothing is behind it");
	free(out);
	if (!o.sock || o.sock->kind->type == SOCK_STREAM || flags & (MSG_OOB | MSG_ERRQUEUE))
		return;
	demand(rc == -EAGAIN ? !waits : waits, "poll() and recv() agree");
	demand(o.sock->queued == queued - (waits && !(flags & MSG_PEEK)), "one datagram is taken");
}

/* The objects of a message are well formed, and of what is asked for. */
static void check_control(const struct who *o, struct msghdr *msg)
{
	size_t used = 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(msg); h; h = CMSG_NXTHDR(msg, h)) {
		struct in6_pktinfo info;
		struct sockaddr_in6 sin6;

		used += CMSG_ALIGN(h->cmsg_len);
		if (h->cmsg_level == IPPROTO_IPV6) {
			demand(h->cmsg_type == IPV6_PKTINFO &&
				       h->cmsg_len == CMSG_LEN(sizeof(info)),
			       "RFC 3542 knows this object");
			memcpy(&info, CMSG_DATA(h), sizeof(info));
			demand(shim_host_owns(o->side->host, &info.ipi6_addr),
			       "IPV6_PKTINFO names an identifier of ours");
			continue;
		}
		demand(h->cmsg_level == SOL_SHIM && h->cmsg_len == CMSG_LEN(sizeof(sin6)) &&
			       (h->cmsg_type == SHIM_LOC_LOCAL_RECV ||
				h->cmsg_type == SHIM_LOC_PEER_RECV),
		       "RFC 6316 knows this object");
		memcpy(&sin6, CMSG_DATA(h), sizeof(sin6));
		demand(sin6.sin6_family == AF_INET6 && o->sock->connected,
		       "a locator is given to who is connected");
	}
	demand(msg->msg_controllen <= used, "behind the objects there is nothing");
}

/* What there is room for. */
struct rooms {
	size_t data, name, control;
};

static void check_heard(const struct who *o, struct msghdr *msg, const struct rooms *room,
			ssize_t rc)
{
	size_t got = rc < 0 ? 0 : least((size_t)rc, room->data);
	bool said = rc >= 0 && o->sock->kind->type != SOCK_STREAM;

	demand_untouched(msg->msg_iov[0].iov_base, got, room->data, "nothing is behind a message");
	demand_untouched(msg->msg_name, said ? least(room->name, msg->msg_namelen) : 0, room->name,
			 "nothing is behind a name");
	demand_untouched(msg->msg_control, rc < 0 ? 0 : msg->msg_controllen, room->control,
			 "nothing is behind the objects");
	if (rc < 0) {
		demand(msg->msg_namelen == room->name && msg->msg_controllen == room->control,
		       "an error changes nothing");
		return;
	}
	demand(msg->msg_controllen <= room->control, "objects fit their room");
	demand(!said || msg->msg_namelen == sizeof(struct sockaddr_in6), "who has sent is named");
	check_control(o, msg);
}

void hear_with(struct world *w)
{
	struct who o = some_socket(w);
	int flags = some_flags(w);
	struct rooms room = { octet(w) * 8u, octet(w) % 64, octet(w) };
	struct iovec iov[2] = { { exact_untouched(room.data), room.data / 3 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	iov[1] = (struct iovec){ (uint8_t *)iov[0].iov_base + room.data / 3,
				 room.data - room.data / 3 };
	msg.msg_name = exact_untouched(room.name);
	msg.msg_namelen = (socklen_t)room.name;
	msg.msg_control = exact_untouched(room.control);
	msg.msg_controllen = room.control;
	check_heard(&o, &msg, &room, sock_recvmsg(o.t, o.s, &msg, flags));
	free(iov[0].iov_base);
	free(msg.msg_name);
	free(msg.msg_control);
}
