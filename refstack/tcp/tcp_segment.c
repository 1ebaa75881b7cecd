/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments apart from a connection: taken from their octets, refused (RFC 9293 3.10.7.1),
 * quoted by an ICMPv6 error; and the first sequence number, RFC 6528.
 */
#include "refstack/tcp/tcp_conn.h"
#include "wire/checksum.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

enum { CHECKSUM_AT = 16, QUOTED_LEN = 8 };

bool tcp_pair_equal(const struct tcp_pair *a, const struct tcp_pair *b)
{
	return a->local_port == b->local_port && a->peer_port == b->peer_port &&
	       IN6_ARE_ADDR_EQUAL(&a->local, &b->local) && IN6_ARE_ADDR_EQUAL(&a->peer, &b->peer);
}

/* TCP is between two hosts: RFC 9293 3.9.2.3, MUST-57 and MUST-63. */
static bool one_host(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_UNSPECIFIED(addr);
}

int tcp_segment_read(struct tcp_segment *out, const struct in6_addr *local,
		     const struct in6_addr *peer, const uint8_t *upper, size_t len)
{
	struct rbuf r = rbuf_of(upper, len);
	struct tcp_header h;
	uint32_t sum;
	int rc = tcp_parse(&h, &r);

	if (rc < 0)
		return rc;
	sum = checksum_pseudo(peer, local, (uint32_t)len, IPPROTO_TCP);
	if (checksum_finish(checksum_add(sum, upper, len)) != 0)
		return -EBADMSG;
	if (!one_host(local) || !one_host(peer))
		return -EBADMSG;
	*out = (struct tcp_segment){
		.pair = { *local, *peer, h.dst_port, h.src_port },
		.header = h,
		.text = upper + r.off,
		.len = (uint32_t)rbuf_left(&r),
	};
	return 0;
}

void tcp_seal(const struct tcp_pair *pair, uint8_t *upper, size_t len)
{
	uint32_t sum = checksum_pseudo(&pair->local, &pair->peer, (uint32_t)len, IPPROTO_TCP);
	uint16_t checksum;

	upper[CHECKSUM_AT] = upper[CHECKSUM_AT + 1] = 0;
	checksum = checksum_finish(checksum_add(sum, upper, len));
	upper[CHECKSUM_AT] = (uint8_t)(checksum >> 8);
	upper[CHECKSUM_AT + 1] = (uint8_t)checksum;
}

size_t tcp_refuse(const struct tcp_segment *segment, uint8_t *out, size_t room)
{
	const struct tcp_header *in = &segment->header;
	struct tcp_header h = {
		.src_port = segment->pair.local_port,
		.dst_port = segment->pair.peer_port,
		.flags = TCP_RST,
	};
	struct wbuf w = wbuf_of(out, room);

	if (in->flags & TCP_RST)
		return 0;
	if (in->flags & TCP_ACK) {
		h.seq = in->ack;
	} else {
		h.flags |= TCP_ACK;
		h.ack = in->seq + segment->len + !!(in->flags & TCP_SYN) + !!(in->flags & TCP_FIN);
	}
	if (tcp_emit(&h, &w) < 0)
		return 0;
	tcp_seal(&segment->pair, out, w.len);
	return w.len;
}

int tcp_quoted(struct tcp_pair *out, const struct in6_addr *local, const struct in6_addr *peer,
	       const uint8_t *upper, size_t len)
{
	struct rbuf r = rbuf_of(upper, len);
	uint16_t local_port = rbuf_u16(&r), peer_port = rbuf_u16(&r);

	if (len < QUOTED_LEN)
		return -EMSGSIZE;
	*out = (struct tcp_pair){ *local, *peer, local_port, peer_port };
	return 0;
}

/* ISN = M + F(localip, localport, remoteip, remoteport, secretkey); M counts 4 us. */
uint32_t tcp_iss(const uint8_t secret[static TCP_SECRET_LEN], const struct tcp_pair *pair,
		 usec_t now)
{
	uint8_t input[2 * (16 + 2)], digest[32];
	struct wbuf w = wbuf_of(input, sizeof(input));
	struct rbuf r = rbuf_of(digest, sizeof(digest));

	wbuf_copy(&w, &pair->local, 16);
	wbuf_u16(&w, pair->local_port);
	wbuf_copy(&w, &pair->peer, 16);
	wbuf_u16(&w, pair->peer_port);
	/* Without memory there is no number, and none must be guessable. */
	if (!HMAC(EVP_sha256(), secret, TCP_SECRET_LEN, input, w.len, digest, NULL))
		abort();
	return (uint32_t)(now / 4) + rbuf_u32(&r);
}
