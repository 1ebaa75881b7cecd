/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP (RFC 768) over IPv6 (RFC 8200 8.1): from the caller's octets to the shim
 * and, through the socket that fits best, back. Nothing ever blocks. There is
 * no fragmentation: what does not fit the link is -EMSGSIZE.
 */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/sock.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

enum { UDP_PAYLOAD_MAX = 65535 - UDP_HEADER_LEN };

/* The octets that the vectors of a message hold together. */
static ssize_t iov_octets(const struct msghdr *msg)
{
	size_t sum = 0;

	if (msg->msg_iovlen > IOV_MAX)
		return -EMSGSIZE;
	if (msg->msg_iovlen > 0 && !msg->msg_iov)
		return -EFAULT;
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		const struct iovec *v = &msg->msg_iov[i];

		if (v->iov_len > 0 && !v->iov_base)
			return -EFAULT;
		if (v->iov_len > SSIZE_MAX - sum)
			return -EINVAL;
		sum += v->iov_len;
	}
	return (ssize_t)sum;
}

static size_t iov_scatter(const struct msghdr *msg, const uint8_t *from, size_t len)
{
	size_t done = 0;

	for (size_t i = 0; i < msg->msg_iovlen && done < len; i++) {
		const struct iovec *v = &msg->msg_iov[i];
		size_t n = v->iov_len < len - done ? v->iov_len : len - done;

		if (n > 0)
			memcpy(v->iov_base, from + done, n);
		done += n;
	}
	return done;
}

/* The checksum is over the identifiers, whatever the locators (RFC 5533 4.6);
 * one that comes out as zero is sent as ones, since zero would mean none. */
static void udp_seal(const struct shim_send *send, uint8_t *upper, struct udp_header h)
{
	struct wbuf w = wbuf_of(upper, UDP_HEADER_LEN);
	uint32_t sum = checksum_pseudo(&send->local, &send->peer, h.len, IPPROTO_UDP);

	h.checksum = checksum_finish(checksum_add(sum, upper, h.len));
	if (h.checksum == 0)
		h.checksum = 0xffff;
	udp_emit(&h, &w);
}

/* Header, payload and checksum of a message that holds `payload` octets, sent. */
static int udp_output(struct sock *s, const struct shim_send *send, uint16_t port,
		      const struct msghdr *msg, size_t payload)
{
	const struct udp_header h = {
		.src_port = s->local.port,
		.dst_port = port,
		.len = (uint16_t)(UDP_HEADER_LEN + payload),
	};
	uint8_t *upper = malloc(h.len);
	struct wbuf w = wbuf_of(upper, h.len);
	int rc;

	if (!upper)
		return -ENOBUFS;
	udp_emit(&h, &w);
	for (size_t i = 0; i < msg->msg_iovlen; i++)
		wbuf_copy(&w, msg->msg_iov[i].iov_base, msg->msg_iov[i].iov_len);
	assert(!w.bad && w.len == h.len);
	udp_seal(send, upper, h);
	rc = shim_send(s->table->host, send, upper, h.len);
	free(upper);
	return rc;
}

static int destination(struct endpoint *out, const struct sock *s, const struct msghdr *msg)
{
	if (msg->msg_name && msg->msg_namelen)
		return sock_destination(out, msg->msg_name, msg->msg_namelen);
	if (!s->connected)
		return -EDESTADDRREQ;
	*out = s->peer;
	return 0;
}

/*
 * The designated locators, over what is preferred (RFC 6316 11.1): this message's
 * (7.2), or else the socket's (6.8 and 6.9) for its own peer, as long as the context
 * knows them and the peer is there.
 */
static void designate(const struct sock *s, const struct endpoint *to, struct ancillary *a)
{
	struct in6_addr local = in6addr_any, peer = in6addr_any;
	int rc;

	if (!addr_equal(&to->addr, &s->peer.addr))
		return;
	if (s->fii)
		sock_wished_pair(s, &local, &peer);
	if (!addr_any(&s->local_send) && sock_check_local(s, &s->local_send) == 0)
		local = s->local_send;
	if (!addr_any(&s->peer_send)) {
		rc = sock_check_peer(s, &s->peer_send);
		if (rc == 0)
			peer = s->peer_send;
		else if (rc == -EUNVERIFIEDLOCATOR) /* not any more */
			sock_ask_peer(s, &s->peer_send);
	}
	if (addr_any(&a->source_locator))
		a->source_locator = local;
	if (addr_any(&a->peer_locator))
		a->peer_locator = peer;
}

/* RFC 6316 7.3 and 8.3. Unable to connect and unsatisfactory are both news of a failure
 * to REAP, and of either direction it can do the same. */
static void feed_back(const struct sock *s, const struct shim_feedback *feedback)
{
	struct shim_context *context;

	if (feedback->fb_indicator == FEEDBACK_NONE)
		return;
	context = sock_context(s);
	if (context)
		shim_feedback(s->table->host, context,
			      feedback->fb_indicator == FEEDBACK_SATISFACTORY);
}

ssize_t sock_sendmsg(struct sock_table *t, int s, const struct msghdr *msg, int flags)
{
	struct sock *sock = sock_of(t, s);
	struct shim_send send = { .protocol = IPPROTO_UDP };
	struct ancillary ancillary;
	struct endpoint to;
	ssize_t payload;
	int rc;

	if (!sock)
		return -EBADF;
	if (!msg)
		return -EFAULT;
	if (flags & (MSG_OOB | MSG_MORE)) /* those would need more than UDP, or a cork */
		return -EOPNOTSUPP;
	payload = iov_octets(msg);
	if (payload < 0)
		return payload;
	if (payload > UDP_PAYLOAD_MAX)
		return -EMSGSIZE;
	rc = destination(&to, sock, msg);
	if (rc < 0)
		return rc;
	rc = ancillary_take(&ancillary, sock, &to, msg);
	if (rc < 0)
		return rc;
	send.local = sock->local.addr;
	if (addr_any(&send.local)) {
		rc = shim_select_source(t->host, &to.addr, &send.local);
		if (rc < 0)
			return rc;
	}
	sock_autobind(sock);
	send.peer = to.addr;
	send.dontshim = sock->dontshim;
	if (sock->connected && sock->wishes)
		sock_part(sock);
	if (sock->connected)
		designate(sock, &to, &ancillary);
	if (sock->fii && addr_equal(&to.addr, &sock->peer.addr) &&
	    shim_fork_of(t->host, &send.local, &send.peer, sock->fii))
		send.fii = sock->fii;
	if (!addr_any(&ancillary.source_locator))
		send.source_locator = &ancillary.source_locator;
	if (!addr_any(&ancillary.peer_locator))
		send.peer_locator = &ancillary.peer_locator;
	feed_back(sock, &ancillary.feedback);
	rc = udp_output(sock, &send, to.port, msg, (size_t)payload);
	return rc < 0 ? rc : payload;
}

ssize_t sock_sendto(struct sock_table *t, int s, const void *data, size_t len, int flags,
		    const struct sockaddr *addr, socklen_t addr_len)
{
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	const struct msghdr msg = {
		.msg_name = (void *)addr,
		.msg_namelen = addr_len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	return sock_sendmsg(t, s, &msg, flags);
}

ssize_t sock_send(struct sock_table *t, int s, const void *data, size_t len, int flags)
{
	return sock_sendto(t, s, data, len, flags, NULL, 0);
}

/* The socket that fits best: connected to this very peer before bound to the
 * address before bound to any. A connected one has an address as well, so it is
 * enough to count. NULL if none fits. */
static struct sock *udp_demux(const struct sock_table *t, const struct endpoint *local,
			      const struct endpoint *peer)
{
	struct sock *best = NULL;
	int best_fit = 0;

	for (int i = 0; i < SOCKETS_MAX; i++) {
		struct sock *s = t->socket[i];
		int fit = 1;

		/* A socket without a name has port 0, which no datagram is for. */
		if (!s || s->local.port == 0 || s->local.port != local->port)
			continue;
		if (!addr_any(&s->local.addr)) {
			if (!addr_equal(&s->local.addr, &local->addr))
				continue;
			fit++;
		}
		if (s->connected) {
			if (s->peer.port != peer->port ||
			    !addr_equal(&s->peer.addr, &peer->addr))
				continue;
			fit++;
		}
		if (fit > best_fit) {
			best = s;
			best_fit = fit;
		}
	}
	return best;
}

/* A datagram that finds no room is lost, as datagrams may be. */
static void udp_enqueue(struct sock *s, const struct datagram *like, const uint8_t *payload)
{
	struct datagram *d;

	if (s->queued >= QUEUE_DATAGRAMS_MAX || like->len > QUEUE_OCTETS_MAX - s->queued_octets)
		return;
	d = malloc(sizeof(*d) + like->len);
	if (!d)
		return;
	*d = *like;
	memcpy(d->payload, payload, d->len);
	*s->last = d;
	s->last = &d->next;
	s->queued++;
	s->queued_octets += d->len;
}

static void udp_dequeue(struct sock *s)
{
	struct datagram *d = s->first;

	s->first = d->next;
	if (!s->first)
		s->last = &s->first;
	s->queued--;
	s->queued_octets -= d->len;
	free(d);
}

void udp_queue_free(struct sock *s)
{
	while (s->first)
		udp_dequeue(s);
}

/* Length and checksum; octets behind the length are no part of the datagram.
 * No checksum is as bad as a wrong one (RFC 8200 8.1). */
static bool udp_sound(const struct udp_header *h, const struct shim_arrival *a)
{
	uint32_t sum = checksum_pseudo(&a->peer, &a->local, h->len, IPPROTO_UDP);

	return h->len >= UDP_HEADER_LEN && h->len <= a->len && h->checksum != 0 &&
	       checksum_finish(checksum_add(sum, a->upper, h->len)) == 0;
}

bool udp_arrival(void *ctx, const struct shim_arrival *arrival)
{
	struct sock_table *t = ctx;
	struct rbuf r = rbuf_of(arrival->upper, arrival->len);
	struct udp_header h;
	struct datagram d;
	struct sock *s;

	if (arrival->protocol != IPPROTO_UDP)
		return false;
	/* A broken datagram is dropped in silence: who sent it isn't sure. */
	if (udp_parse(&h, &r) < 0 || !udp_sound(&h, arrival))
		return true;
	d = (struct datagram){
		.local = { arrival->local, h.dst_port },
		.peer = { arrival->peer, h.src_port },
		.local_locator = arrival->local_locator,
		.peer_locator = arrival->peer_locator,
		.len = h.len - UDP_HEADER_LEN,
	};
	s = udp_demux(t, &d.local, &d.peer);
	if (s)
		udp_enqueue(s, &d, arrival->upper + UDP_HEADER_LEN);
	return s != NULL;
}

ssize_t sock_recvmsg(struct sock_table *t, int s, struct msghdr *msg, int flags)
{
	struct sock *sock = sock_of(t, s);
	const struct datagram *d;
	ssize_t room, copied;

	if (!sock)
		return -EBADF;
	if (!msg)
		return -EFAULT;
	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	room = iov_octets(msg);
	if (room < 0)
		return room;
	if ((int)msg->msg_namelen < 0)
		return -EINVAL;
	d = sock->first;
	if (!d || flags & MSG_ERRQUEUE) /* no errors are queued */
		return -EAGAIN;
	copied = (ssize_t)iov_scatter(msg, d->payload, d->len);
	msg->msg_flags = d->len > (size_t)room ? MSG_TRUNC : 0;
	if (msg->msg_name)
		sock_name_store(&d->peer, msg->msg_name, &msg->msg_namelen);
	ancillary_give(sock, d, msg);
	if (flags & MSG_TRUNC)
		copied = (ssize_t)d->len;
	if (!(flags & MSG_PEEK))
		udp_dequeue(sock);
	return copied;
}

ssize_t sock_recv(struct sock_table *t, int s, void *data, size_t len, int flags)
{
	struct iovec iov = { .iov_base = data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sock_recvmsg(t, s, &msg, flags);
}
