/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends everything on the first link, also from locators of the second. */
#include "conformance/mutants/wire.h"

static void spoil(uint8_t *packet, size_t len, unsigned *link)
{
	(void)packet;
	(void)len;
	*link = 1;
}
