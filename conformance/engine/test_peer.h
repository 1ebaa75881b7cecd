/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a fake target needs to talk Shim6 with the peer: octets as in the figures
 * of RFC 5533 5 and RFC 5534 5, to which only addresses and checksums are added.
 * Include after <cmocka.h>.
 */
#ifndef ENGINE_TEST_PEER_H
#define ENGINE_TEST_PEER_H

#include "conformance/engine/test_rig.h"
#include "wire/checksum.h"

#define SOCKET "0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"

enum { SHIM = 40 }; /* octets of a packet: where its Shim6 message begins */

static const char responder_tag[] = "0123456789ab"; /* the target's */

/* How a packet of the target's is wrong. */
enum forgery { HONEST = 0, BAD_CHECKSUM = 1, BAD_SOURCE = 2 };

static inline void put(uint8_t *at, const char *hex)
{
	struct octets o = octets_of(hex);

	memcpy(at, o.data, o.len);
	octets_free(&o);
}

/* The IPv6 header and the checksum of a message that stands at SHIM. */
static inline void wrap(uint8_t *packet, size_t len, const void *src, const void *dst,
			enum forgery forgery)
{
	uint16_t sum;

	put(packet, "60000000 0000 8c 40");
	packet[5] = (uint8_t)(len - SHIM);
	memcpy(packet + 8, src, 16);
	memcpy(packet + 24, dst, 16);
	sum = (uint16_t)(checksum_shim6(packet + SHIM, len - SHIM) ^ (forgery == BAD_CHECKSUM));
	packet[SHIM + 4] = (uint8_t)(sum >> 8);
	packet[SHIM + 5] = (uint8_t)sum;
	packet[23] ^= forgery == BAD_SOURCE;
}

/* Send a message back to where `to` came from. */
static inline void reply(unsigned link, const uint8_t *to, uint8_t *packet, size_t len,
			 enum forgery forgery)
{
	wrap(packet, len, to + 24, to + 8, forgery);
	rig.env->transmit(rig.env->ctx, link, packet, len);
}

static inline void assert_verdict(const char *body, enum case_verdict verdict, const char *reason)
{
	struct case_result r = rig_run(body);

	if (r.verdict != verdict || !strstr(r.reason ? r.reason : "", reason))
		fail_msg("%s, because: %s", case_verdict_name[r.verdict],
			 r.reason ? r.reason : r.failure ? r.failure->message : "no reason");
	case_result_free(&r);
}

#endif
