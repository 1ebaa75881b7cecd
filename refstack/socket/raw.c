/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Raw sockets, RFC 3542 3: what is sent goes behind an IPv6 header that is the stack's,
 * what arrives is all that is behind the extension headers. Like others they deal in
 * identifiers, so they are above the shim.
 */
#include "refstack/socket/kind.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <errno.h>

enum { ICMP6_CHECKSUM_AT = 2 }; /* RFC 4443 2.1 */

/*
 * What these sockets can't have: extension headers, behind which the packet goes on, so
 * that nothing would ever arrive, and RFC 3542 3 doesn't let them be sent either. And
 * Shim6: its messages go between locators, below all sockets, and one that was sent from
 * above could end or move the contexts of others. "No next header" can be sent, but of
 * what comes with it nothing is read, RFC 8200 4.7.
 */
static const uint8_t not_ours[] = {
	IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT,
	IPPROTO_DSTOPTS, IPPROTO_AH,      PROTO_SHIM6,
};

/* 255 is a number like any other, RFC 3542 3: no headers come from the caller. */
static int raw_open(struct sock *s, int protocol)
{
	if (protocol < 0 || protocol > UINT8_MAX || memchr(not_ours, protocol, sizeof(not_ours)))
		return -EPROTONOSUPPORT;
	s->protocol = (uint8_t)protocol;
	s->checksum_at = protocol == IPPROTO_ICMPV6 ? ICMP6_CHECKSUM_AT : -1;
	s->local.port = s->bound.port = s->protocol;
	return 0;
}

/* RFC 3542 3.1. Of UDP a zero would mean that there is none, RFC 8200 8.1. */
static int raw_seal(const struct sock *s, const struct shim_send *send, const struct endpoint *to,
		    uint8_t *upper, size_t len)
{
	size_t at = (size_t)s->checksum_at;
	uint16_t checksum;
	uint32_t sum;

	(void)to;
	if (s->checksum_at < 0)
		return 0;
	if (len < 2 || at > len - 2)
		return -EINVAL;
	memset(upper + at, 0, 2);
	sum = checksum_pseudo(&send->local, &send->peer, (uint32_t)len, s->protocol);
	checksum = checksum_finish(checksum_add(sum, upper, len));
	if (checksum == 0 && s->protocol == IPPROTO_UDP)
		checksum = 0xffff;
	upper[at] = (uint8_t)(checksum >> 8);
	upper[at + 1] = (uint8_t)checksum;
	return 0;
}

static bool is_for(const struct sock *s, const struct shim_arrival *a)
{
	return s && s->kind == &sock_raw && s->protocol == a->protocol &&
	       (addr_any(&s->local.addr) || addr_equal(&s->local.addr, &a->local)) &&
	       (!s->connected || addr_equal(&s->peer.addr, &a->peer));
}

/* The checksum, wherever it is, is the one over everything. Of ICMPv6 the host has
 * verified it. */
static bool passes(const struct sock *s, const struct shim_arrival *a)
{
	uint32_t sum = checksum_pseudo(&a->peer, &a->local, (uint32_t)a->len, a->protocol);

	if (s->protocol == IPPROTO_ICMPV6)
		return ICMP6_FILTER_WILLPASS(a->upper[0], &s->icmp6_filter);
	return s->checksum_at < 0 || checksum_finish(checksum_add(sum, a->upper, a->len)) == 0;
}

/* A copy for each. What a socket turns down by its filter or checksum was for it
 * nevertheless. Names of raw sockets have no ports. */
static bool raw_arrival(struct sock_table *t, const struct shim_arrival *arrival)
{
	const struct datagram d = {
		.local = { .addr = arrival->local },
		.peer = { .addr = arrival->peer },
		.local_locator = arrival->local_locator,
		.peer_locator = arrival->peer_locator,
		.len = arrival->len,
	};
	bool wanted = false;

	for (int i = 0; i < SOCKETS_MAX; i++) {
		if (!is_for(t->socket[i], arrival))
			continue;
		wanted = true;
		if (passes(t->socket[i], arrival))
			message_queue(t->socket[i], &d, arrival->upper);
	}
	return wanted;
}

const struct sock_kind sock_raw = {
	.text = "raw",
	.type = SOCK_RAW,
	.open = raw_open,
	.close = message_close,
	.connect = message_connect,
	.sendmsg = message_sendmsg,
	.recvmsg = message_recvmsg,
	.poll = message_poll,
	.arrival = raw_arrival,
	.seal = raw_seal,
};
