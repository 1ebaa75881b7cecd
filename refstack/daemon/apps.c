/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the kernel's packets and the shim's; see apps.h. */
#include "refstack/daemon/apps.h"
#include "refstack/daemon/iface.h"
#include "refstack/link/tun.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <unistd.h>

enum {
	PACKET_MAX = 65575,
	PACKETS_AT_ONCE = 64,
	MTU_MIN = 1280,           /* RFC 8200 5 */
	PAYLOAD_EXTENSION_LEN = 8, /* RFC 5533 5.1 */
	ERROR_HEADER_LEN = 8,     /* RFC 4443 3 */
	HOP_LIMIT = 64,
};

/* --- the device ----------------------------------------------------------------------- */

unsigned apps_mtu(unsigned link_mtu)
{
	return link_mtu < MTU_MIN + PAYLOAD_EXTENSION_LEN ? MTU_MIN
							  : link_mtu - PAYLOAD_EXTENSION_LEN;
}

static const char *set_up(const struct settings *s, unsigned index, const struct in6_addr *ulid,
			  unsigned mtu, int *err)
{
	*err = iface_set_mtu(index, mtu);
	if (*err)
		return "its MTU can't be set";
	*err = iface_set_up(index);
	if (*err)
		return "it can't be brought up";
	*err = iface_add_address(index, ulid);
	if (*err)
		return "it can't be given our address";
	for (unsigned i = 0; i < s->route_count; i++) {
		*err = iface_add_route(index, &s->route[i].prefix, s->route[i].len);
		if (*err)
			return "it can't be given a route";
	}
	return NULL;
}

const char *apps_open(struct apps *a, const struct settings *s, struct shim_host *host,
		      const struct in6_addr *ulid, unsigned mtu, int *err)
{
	const char *what;

	*a = (struct apps){ .fd = tun_open(s->apps), .host = host, .ulid = *ulid };
	if (a->fd < 0) {
		*err = a->fd;
		return "it can't be opened";
	}
	what = set_up(s, if_nametoindex(s->apps), ulid, mtu, err);
	if (what)
		apps_close(a);
	return what;
}

void apps_close(struct apps *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

/* --- to the kernel -------------------------------------------------------------------- */

static void give(struct apps *a, const void *packet, size_t len)
{
	if (tun_write(a->fd, packet, len))
		a->failed++;
	else
		a->received++;
}

/* An ICMPv6 error about a packet of the kernel's, which ip and upper are or quote.
 * It comes from the peer, since of no other host the kernel knows. */
static void give_error(struct apps *a, uint8_t type, uint8_t code, uint32_t word,
		       const struct ipv6_header *about, const uint8_t *upper, size_t len)
{
	uint8_t packet[APPS_ERROR_MAX];
	struct wbuf w = wbuf_of(packet, sizeof(packet));
	struct ipv6_header ip = {
		.next_header = IPPROTO_ICMPV6,
		.hop_limit = HOP_LIMIT,
		.src = about->dst,
		.dst = about->src,
	};
	const size_t room = sizeof(packet) - 2 * IPV6_HEADER_LEN - ERROR_HEADER_LEN;
	uint16_t sum;

	len = len < room ? len : room;
	ip.payload_len = (uint16_t)(ERROR_HEADER_LEN + IPV6_HEADER_LEN + len);
	ipv6_emit(&ip, &w);
	wbuf_u8(&w, type);
	wbuf_u8(&w, code);
	wbuf_u16(&w, 0);
	wbuf_u32(&w, word);
	ipv6_emit(about, &w);
	wbuf_copy(&w, upper, len);
	sum = checksum_finish(checksum_add(checksum_pseudo(&ip.src, &ip.dst, ip.payload_len,
							   IPPROTO_ICMPV6),
					   packet + IPV6_HEADER_LEN, ip.payload_len));
	packet[IPV6_HEADER_LEN + 2] = (uint8_t)(sum >> 8);
	packet[IPV6_HEADER_LEN + 3] = (uint8_t)sum;
	give(a, packet, w.len);
}

/* Replies to a ping of the kernel's, and nothing else: requests the host answers,
 * errors it has looked at, and what is about a link (RFC 4861) is for the link. */
static bool wants(const struct apps *a, const struct shim_arrival *arrival)
{
	return a->fd >= 0 && IN6_ARE_ADDR_EQUAL(&arrival->local, &a->ulid) &&
	       arrival->len <= UINT16_MAX &&
	       (arrival->protocol != IPPROTO_ICMPV6 ||
		(arrival->len > 0 && arrival->upper[0] == ICMP6_ECHO_REPLY));
}

bool apps_arrival(struct apps *a, const struct shim_arrival *arrival)
{
	struct ipv6_header ip = {
		.next_header = arrival->protocol,
		.hop_limit = arrival->hop_limit,
		.src = arrival->peer,
		.dst = arrival->local,
	};
	uint8_t packet[PACKET_MAX];
	struct wbuf w = wbuf_of(packet, sizeof(packet));

	if (!wants(a, arrival))
		return false;
	ip.payload_len = (uint16_t)arrival->len;
	ipv6_emit(&ip, &w);
	wbuf_copy(&w, arrival->upper, arrival->len);
	give(a, packet, w.len);
	return true;
}

/* RFC 5533 8: as if the packet had never been translated. How long it was isn't
 * known any more, and of the quoted length nobody makes use. */
void apps_error(struct apps *a, const struct shim_upper_error *error)
{
	const struct ipv6_header about = {
		.payload_len = (uint16_t)error->len,
		.next_header = error->protocol,
		.hop_limit = HOP_LIMIT,
		.src = error->local,
		.dst = error->peer,
	};

	if (a->fd >= 0 && IN6_ARE_ADDR_EQUAL(&error->local, &a->ulid))
		give_error(a, error->type, error->code, error->word, &about, error->upper,
			   error->len);
}

/* --- from the kernel ------------------------------------------------------------------ */

/* What can't be sent: too large a packet is told, and that there is no way. But
 * within a context it is the shim that looks for one, and so for the kernel such a
 * packet is lost, as packets may be. */
static void refuse(struct apps *a, const struct ipv6_header *ip, const uint8_t *upper, int err)
{
	a->failed++;
	if (err == -EMSGSIZE)
		give_error(a, ICMP6_PACKET_TOO_BIG, 0,
			   (uint32_t)(IPV6_HEADER_LEN + shim_mtu(a->host, &ip->src, &ip->dst)), ip,
			   upper, ip->payload_len);
	else if (!shim_context_of(a->host, &ip->src, &ip->dst))
		give_error(a, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, 0, ip, upper,
			   ip->payload_len);
}

/* The kernel also asks for routers and reports groups, from and to others. */
static bool is_for_shim(const struct apps *a, const struct ipv6_header *ip)
{
	return IN6_ARE_ADDR_EQUAL(&ip->src, &a->ulid) && !IN6_IS_ADDR_MULTICAST(&ip->dst) &&
	       !IN6_IS_ADDR_LINKLOCAL(&ip->dst) && !IN6_IS_ADDR_UNSPECIFIED(&ip->dst) &&
	       !IN6_IS_ADDR_LOOPBACK(&ip->dst) && !shim_host_owns(a->host, &ip->dst);
}

void apps_take(struct apps *a, const uint8_t *packet, size_t len)
{
	struct rbuf r = rbuf_of(packet, len);
	struct shim_send send;
	struct ipv6_header ip;
	const uint8_t *upper;
	int err;

	if (ipv6_parse(&ip, &r) || rbuf_left(&r) != ip.payload_len || !is_for_shim(a, &ip)) {
		a->ignored++;
		return;
	}
	upper = packet + IPV6_HEADER_LEN;
	send = (struct shim_send){
		.local = ip.src,
		.peer = ip.dst,
		.protocol = ip.next_header,
		.hop_limit = ip.hop_limit,
	};
	err = shim_send(a->host, &send, upper, ip.payload_len);
	if (err)
		refuse(a, &ip, upper, err);
	else
		a->sent++;
}

bool apps_read(struct apps *a)
{
	uint8_t packet[PACKET_MAX];

	for (unsigned i = 0; i < PACKETS_AT_ONCE; i++) {
		ssize_t n = tun_read(a->fd, packet, sizeof(packet));

		if (n < 0)
			return n != -EBADFD;
		apps_take(a, packet, (size_t)n);
	}
	return true;
}
