/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of Neighbor Discovery: one link on an Ethernet where the test is
 * everybody else. All that the link says is kept, in order. Frames are written as
 * in the figures; what is left to seal() is lengths and the ICMPv6 checksum.
 */
#ifndef REFSTACK_ND_LAN_H
#define REFSTACK_ND_LAN_H

#include "refstack/link/nd_internal.h"
#include "wire/checksum.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* Who is there: we, a peer, a router, and a third whom nobody knows. */
#define MAC_US     "02000000000a "
#define MAC_PEER   "02000000000b "
#define MAC_ROUTER "020000000001 "
#define MAC_OTHER  "02000000000c "
#define MAC_ALL    "333300000001 " /* of ff02::1 */
#define MAC_OF_US  "3333ff00000a " /* of our solicited-node group */
#define MAC_OF_PEER "3333ff00000b "

#define ADDR_NONE   "00000000000000000000000000000000 "
#define ADDR_US     "20010db8000a0001000000000000000a " /* 2001:db8:a:1::a */
#define ADDR_PEER   "20010db8000a0001000000000000000b "
#define ADDR_FAR    "20010db8000b0001000000000000000f " /* behind the router */
#define ADDR_ROUTER "fe800000000000000000000000000001 "
#define ADDR_ALL    "ff020000000000000000000000000001 "
#define ADDR_OF_US   "ff0200000000000000000001ff00000a "
#define ADDR_OF_PEER "ff0200000000000000000001ff00000b "

enum { LAN_KEPT_MAX = 1024, LAN_OCTETS_MAX = 1514 };

struct kept {
	usec_t at;
	size_t len;
	uint8_t octets[LAN_OCTETS_MAX];
};

struct lan {
	struct nd *nd;
	unsigned sent_count, delivered_count, status_count, prefix_count;
	struct kept sent[LAN_KEPT_MAX], delivered[LAN_KEPT_MAX];
	struct status {
		usec_t at;
		struct in6_addr addr;
		enum nd_address_status status;
	} status[LAN_KEPT_MAX];
	struct nd_autonomous_prefix prefix[LAN_KEPT_MAX];
	void (*on_status)(struct lan *lan, const struct status *status); /* may be NULL */
	void (*on_delivered)(struct lan *lan);                           /* may be NULL */
};

static inline void lan_keep(struct lan *lan, struct kept *kept, unsigned *count,
			    const void *octets, size_t len)
{
	assert_true(*count < LAN_KEPT_MAX && len <= LAN_OCTETS_MAX);
	kept[*count].at = lan->nd->now;
	kept[*count].len = len;
	memcpy(kept[(*count)++].octets, octets, len);
}

static inline void lan_transmit(void *ctx, const void *frame, size_t len)
{
	struct lan *lan = ctx;

	lan_keep(lan, lan->sent, &lan->sent_count, frame, len);
}

static inline void lan_deliver(void *ctx, const void *packet, size_t len)
{
	struct lan *lan = ctx;

	lan_keep(lan, lan->delivered, &lan->delivered_count, packet, len);
	if (lan->on_delivered)
		lan->on_delivered(lan);
}

static inline void lan_status(void *ctx, const struct in6_addr *addr,
			      enum nd_address_status status)
{
	struct lan *lan = ctx;
	struct status *s = &lan->status[lan->status_count++];

	assert_true(lan->status_count < LAN_KEPT_MAX);
	*s = (struct status){ lan->nd->now, *addr, status };
	if (lan->on_status)
		lan->on_status(lan, s);
}

static inline void lan_prefix(void *ctx, const struct nd_autonomous_prefix *prefix)
{
	struct lan *lan = ctx;

	assert_true(lan->prefix_count < LAN_KEPT_MAX);
	lan->prefix[lan->prefix_count++] = *prefix;
}

static inline struct nd_config lan_config(struct lan *lan, uint64_t seed)
{
	return (struct nd_config){
		.seed = seed,
		.mac = { { 2, 0, 0, 0, 0, 0xa } },
		.mtu = 1500,
		.ctx = lan,
		.transmit = lan_transmit,
		.deliver = lan_deliver,
		.address = lan_status,
		.prefix = lan_prefix,
	};
}

static inline struct lan *lan_new(uint64_t seed)
{
	struct lan *lan = calloc(1, sizeof(*lan));
	struct nd_config cfg = lan_config(lan, seed);

	assert_non_null(lan);
	lan->nd = nd_new(&cfg);
	assert_non_null(lan->nd);
	return lan;
}

static inline void lan_free(struct lan *lan)
{
	nd_free(lan->nd);
	free(lan);
}

static inline void lan_forget(struct lan *lan)
{
	lan->sent_count = lan->delivered_count = lan->status_count = lan->prefix_count = 0;
}

/* Time passes. */
static inline void pass(struct lan *lan, usec_t usec)
{
	nd_advance(lan->nd, lan->nd->now + usec);
}

/* A link whose addresses, 2001:db8:a:1::a and the link-local one, are assigned, with
 * that /64 on it, in silence: no router has answered, and all is forgotten. */
static inline int lan_setup(void **state)
{
	struct lan *lan = lan_new(42);
	struct in6_addr us = addr_of("2001:db8:a:1::a"), prefix = addr_of("2001:db8:a:1::");

	assert_int_equal(nd_address_add(lan->nd, &us), 0);
	assert_int_equal(nd_prefix_add(lan->nd, &prefix, 64), 0);
	pass(lan, 20 * USEC_PER_SEC);
	assert_true(nd_address_is_assigned(lan->nd, &us));
	assert_true(nd_deadline(lan->nd) == USEC_NEVER);
	lan_forget(lan);
	*state = lan;
	return 0;
}

static inline int lan_teardown(void **state)
{
	lan_free(*state);
	return 0;
}

#define lan_test(f) cmocka_unit_test_setup_teardown(f, lan_setup, lan_teardown)

/* --- frames ------------------------------------------------------------------------- */

/* Payload Length and, of ICMPv6, the checksum are right again after an edit. */
static inline void seal(struct octets *frame)
{
	uint8_t *ip = frame->data + ETHERNET_HEADER_LEN, *message = ip + 40;
	size_t len = frame->len - ETHERNET_HEADER_LEN - 40;
	struct in6_addr src, dst;
	uint16_t sum;

	ip[4] = (uint8_t)(len >> 8);
	ip[5] = (uint8_t)len;
	if (ip[6] != 58 || len < 4)
		return;
	memcpy(&src, ip + 8, sizeof(src));
	memcpy(&dst, ip + 24, sizeof(dst));
	message[2] = message[3] = 0;
	sum = checksum_finish(checksum_add(checksum_pseudo(&src, &dst, (uint32_t)len, 58), message,
					   len));
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
}

/* macs: to, from; addrs: from, to. */
static inline struct octets frame_of(const char *macs, const char *header, const char *addrs,
				     const char *payload)
{
	char hex[4096];
	struct octets frame;

	assert_in_range(snprintf(hex, sizeof(hex), "%s 86dd %s %s %s", macs, header, addrs,
				 payload), 0, sizeof(hex) - 1);
	frame = octets_of(hex);
	seal(&frame);
	return frame;
}

static inline struct octets nd_frame(const char *macs, const char *addrs, const char *message)
{
	return frame_of(macs, "60000000 0000 3a ff", addrs, message);
}

/* Takes the frame. */
static inline void hear(struct lan *lan, struct octets frame)
{
	nd_input(lan->nd, frame.data, frame.len);
	octets_free(&frame);
}

/* An IPv6 packet of next header 17 that holds just this. */
static inline struct octets packet_of(const char *addrs, const char *payload)
{
	struct octets frame = frame_of(MAC_US MAC_PEER, "60000000 0000 11 40", addrs, payload);
	struct octets packet = octets_copy(frame.data + ETHERNET_HEADER_LEN,
					   frame.len - ETHERNET_HEADER_LEN);

	octets_free(&frame);
	return packet;
}

static inline int lan_send(struct lan *lan, const char *addrs, const char *payload)
{
	struct octets packet = packet_of(addrs, payload);
	int err = nd_send(lan->nd, packet.data, packet.len);

	octets_free(&packet);
	return err;
}

/* --- what was said --------------------------------------------------------------------- */

#define assert_sent(lan, i, hex) \
	do { \
		assert_true((i) < (lan)->sent_count); \
		assert_octets_equal((lan)->sent[i].octets, (lan)->sent[i].len, hex); \
	} while (0)

/* A packet as lan_send() has made it, on its way to whom? */
static inline void assert_sent_to(const struct lan *lan, unsigned i, const char *mac,
				  const char *addrs, const char *payload)
{
	struct octets packet = packet_of(addrs, payload);
	struct octets to = octets_of(mac);

	assert_true(i < lan->sent_count);
	assert_memory_equal(lan->sent[i].octets, to.data, to.len);
	assert_int_equal(lan->sent[i].len, ETHERNET_HEADER_LEN + packet.len);
	assert_memory_equal(lan->sent[i].octets + ETHERNET_HEADER_LEN, packet.data, packet.len);
	octets_free(&to);
	octets_free(&packet);
}

/* The ICMPv6 type of a sent frame; 0: it is something else. */
static inline uint8_t sent_type(const struct lan *lan, unsigned i)
{
	return lan->sent[i].octets[20] == 58 ? lan->sent[i].octets[54] : 0;
}

/* --- neighbours -------------------------------------------------------------------------- */

static inline struct nd_neighbor *the(struct lan *lan, const char *text)
{
	struct in6_addr addr = addr_of(text);
	struct nd_neighbor *n = neighbor_find(lan->nd, &addr);

	assert_non_null(n);
	return n;
}

static inline bool knows(struct lan *lan, const char *text)
{
	struct in6_addr addr = addr_of(text);

	return neighbor_find(lan->nd, &addr);
}

#define PEER_TEXT "2001:db8:a:1::b"

/* The peer's answer to a solicitation of ours. */
static inline struct octets peer_answers(void)
{
	return nd_frame(MAC_US MAC_PEER, ADDR_PEER ADDR_US,
			"8800 0000 60000000" ADDR_PEER "0201" MAC_PEER);
}

/* The peer is REACHABLE, and all forgotten that it took. */
static inline void meet_peer(struct lan *lan)
{
	assert_int_equal(lan_send(lan, ADDR_US ADDR_PEER, "00"), 0);
	hear(lan, peer_answers());
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_REACHABLE);
	lan_forget(lan);
}

#endif
