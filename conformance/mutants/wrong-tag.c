/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts another context tag into what it sends. */
#include "conformance/mutants/wire.h"

static void spoil(uint8_t *packet, size_t len, unsigned *link)
{
	(void)link;
	if (is_payload(packet, len))
		packet[UPPER_AT + 7] ^= 1;
}
