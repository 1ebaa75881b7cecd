/* SPDX-License-Identifier: BSD-2-Clause */
/* How the fuzzers of whole hosts hand packets to them. */
#ifndef FUZZ_AIR_H
#define FUZZ_AIR_H

#include "refstack/core/internal.h"
#include "wire/checksum.h"

#include <stdlib.h>

/* On the link of its destination, else on the first; in memory of its own length, so
 * that reading beyond its end is found. */
static inline void air_land(struct shim_host *host, const uint8_t *octets, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct in6_addr dst = { 0 };
	const struct host_locator *l;

	if (!exact)
		abort();
	memcpy(exact, octets, len);
	if (len >= IPV6_HEADER_LEN)
		memcpy(&dst, exact + 24, sizeof(dst));
	l = host_locator(host, &dst);
	shim_host_input(host, l ? l->link : 1, exact, len);
	free(exact);
}

/* A control message gets the checksum that its octets need. */
static inline void air_seal(uint8_t *octets, size_t len)
{
	size_t claimed;

	if (len < 48 || octets[6] != PROTO_SHIM6 || octets[42] & 0x80)
		return;
	claimed = 8 * (octets[41] + 1u);
	if (claimed > len - 40)
		return;
	wire_bits_put(octets + 40, 32, 16, 0);
	wire_bits_put(octets + 40, 32, 16, checksum_shim6(octets + 40, claimed));
}

#endif
