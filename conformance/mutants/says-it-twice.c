/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends every datagram twice. */
#include "conformance/mutants/wire.h"

static void spoil(uint8_t *packet, size_t len, unsigned *link)
{
	if (packet[NEXT_HEADER_AT] == IPPROTO_UDP)
		runner->transmit(runner->ctx, *link, packet, len);
}
