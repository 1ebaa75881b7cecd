/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets through the shim leave from the first locator, whatever was asked for. */
#include "conformance/mutants/wire.h"

static void spoil(uint8_t *packet, size_t len, unsigned *link)
{
	static uint8_t first[16]; /* learnt from the first packet that went out */
	static bool known;

	if (!known)
		memcpy(first, packet + SOURCE_AT, sizeof(first));
	known = true;
	if (!is_payload(packet, len))
		return;
	memcpy(packet + SOURCE_AT, first, sizeof(first));
	*link = 1;
}
