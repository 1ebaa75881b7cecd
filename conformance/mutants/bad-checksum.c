/* SPDX-License-Identifier: BSD-2-Clause */
/* Spoils the UDP checksum of what goes through the shim. */
#include "conformance/mutants/wire.h"

static void spoil(uint8_t *packet, size_t len, unsigned *link)
{
	(void)link;
	if (is_payload(packet, len) && len >= UPPER_AT + 16)
		packet[UPPER_AT + 8 + 7] ^= 1;
}
