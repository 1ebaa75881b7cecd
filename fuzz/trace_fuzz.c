/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into trace/: packets one behind the other, each as long as its
 * IPv6 header says, dissected and followed. After each, the tables agree.
 */
#include "trace/internal.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <stdlib.h>

enum { CONTEXTS_MAX = 3 }; /* few, so that some are forgotten */

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void check(bool claim)
{
	if (!claim)
		abort();
}

/* The checksum is set right: few changed octets would get past it. */
static void seal(uint8_t *packet, size_t len)
{
	struct ipv6_found at;
	size_t claimed;

	if (ipv6_find(&at, packet, len, PROTO_SHIM6) || len - at.off < 8 ||
	    packet[at.off + 2] & 0x80)
		return;
	claimed = 8 * ((size_t)packet[at.off + 1] + 1);
	if (claimed <= len - at.off)
		wire_bits_put(packet + at.off, 32, 16, checksum_shim6(packet + at.off, claimed));
}

static void follow(struct trace *t, const uint8_t *octets, size_t len, uint64_t usec)
{
	struct wire_dissection d;
	struct trace_mark mark;
	struct in6_addr src, dst;
	uint8_t *packet = malloc(len);

	if (!packet)
		abort();
	memcpy(packet, octets, len);
	seal(packet, len);
	trace_ulids(t, packet, len, &src, &dst);
	wire_dissect(&d, packet, len);
	check(trace_packet(t, &d, usec, &mark) == 0);
	check(mark.from <= 1 && (mark.context || !mark.events));
	check(!trace_check(t));
	free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct trace *t = trace_new(CONTEXTS_MAX);
	size_t off = 0;

	if (!t)
		abort();
	for (uint64_t usec = 1; len - off >= IPV6_HEADER_LEN; usec++) {
		size_t packet = IPV6_HEADER_LEN + (size_t)wire_bits_get(octets + off, 32, 16);

		if (packet > len - off)
			packet = len - off;
		follow(t, octets + off, packet, usec);
		off += packet;
	}
	trace_free(t);
	return 0;
}
