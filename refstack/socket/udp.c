/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP (RFC 768) over IPv6 (RFC 8200 8.1): its header, its checksum, and which socket a
 * datagram is for. */
#include "refstack/socket/kind.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <errno.h>

static int udp_open(struct sock *s, int protocol)
{
	if (protocol != 0 && protocol != IPPROTO_UDP)
		return -EPROTONOSUPPORT;
	s->protocol = IPPROTO_UDP;
	return 0;
}

/* The checksum is over the identifiers, whatever the locators (RFC 5533 4.6);
 * one that comes out as zero is sent as ones, since zero would mean none. */
static int udp_seal(const struct sock *s, const struct shim_send *send, const struct endpoint *to,
		    uint8_t *upper, size_t len)
{
	struct udp_header h = {
		.src_port = s->local.port,
		.dst_port = to->port,
		.len = (uint16_t)len,
	};
	uint32_t sum = checksum_pseudo(&send->local, &send->peer, h.len, IPPROTO_UDP);
	struct wbuf w = wbuf_of(upper, UDP_HEADER_LEN);

	udp_emit(&h, &w);
	h.checksum = checksum_finish(checksum_add(sum, upper, h.len));
	if (h.checksum == 0)
		h.checksum = 0xffff;
	w = wbuf_of(upper, UDP_HEADER_LEN);
	udp_emit(&h, &w);
	return 0;
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
		if (!s || s->kind != &sock_udp || s->local.port == 0 ||
		    s->local.port != local->port)
			continue;
		if (!addr_any(&s->local.addr)) {
			if (!addr_equal(&s->local.addr, &local->addr))
				continue;
			fit++;
		}
		if (s->connected) {
			if (s->peer.port != peer->port || !addr_equal(&s->peer.addr, &peer->addr))
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

/* Length and checksum; octets behind the length are no part of the datagram.
 * No checksum is as bad as a wrong one (RFC 8200 8.1). */
static bool udp_sound(const struct udp_header *h, const struct shim_arrival *a)
{
	uint32_t sum = checksum_pseudo(&a->peer, &a->local, h->len, IPPROTO_UDP);

	return h->len >= UDP_HEADER_LEN && h->len <= a->len && h->checksum != 0 &&
	       checksum_finish(checksum_add(sum, a->upper, h->len)) == 0;
}

static bool udp_arrival(struct sock_table *t, const struct shim_arrival *arrival)
{
	struct rbuf r = rbuf_of(arrival->upper, arrival->len);
	struct udp_header h;
	struct datagram d;
	struct sock *s;

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
		message_queue(s, &d, arrival->upper + UDP_HEADER_LEN);
	return s != NULL;
}

const struct sock_kind sock_udp = {
	.text = "udp",
	.type = SOCK_DGRAM,
	.protocol = IPPROTO_UDP,
	.ports = true,
	.open = udp_open,
	.close = message_close,
	.connect = message_connect,
	.sendmsg = message_sendmsg,
	.recvmsg = message_recvmsg,
	.poll = message_poll,
	.arrival = udp_arrival,
	.header_len = UDP_HEADER_LEN,
	.seal = udp_seal,
};
