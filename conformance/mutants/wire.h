/* SPDX-License-Identifier: BSD-2-Clause */
/* For mutants with a fault on the wire: every packet passes by `spoil`, which
 * may change its octets or its link in place. */
#ifndef MUTANT_WIRE_H
#define MUTANT_WIRE_H

#include "conformance/mutants/mutant.h"

static void spoil(uint8_t *packet, size_t len, unsigned *link);

static const struct shimproof_env *runner; /* of the one instance in this process */

static void transmit_spoilt(void *ctx, unsigned link, const void *packet, size_t len)
{
	uint8_t copy[2048];

	if (len > sizeof(copy))
		return;
	memcpy(copy, packet, len);
	spoil(copy, len, &link);
	runner->transmit(ctx, link, copy, len);
}

static int create_spoilt(const char *config, const struct shimproof_env *env,
			 struct shimproof_instance **out)
{
	static struct shimproof_env spoilt; /* env outlives the instance */

	runner = env;
	spoilt = *env;
	spoilt.transmit = transmit_spoilt;
	return honest->create(config, &spoilt, out);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->create = create_spoilt;
}

/* Offsets in packets without extension headers but the payload header. */
enum { NEXT_HEADER_AT = 6, SOURCE_AT = 8, DESTINATION_AT = 24, UPPER_AT = 40, SHIM6 = 140 };

static inline bool is_payload(const uint8_t *packet, size_t len)
{
	return len >= UPPER_AT + 8 && packet[NEXT_HEADER_AT] == SHIM6 &&
	       packet[UPPER_AT + 2] & 0x80;
}

#endif
