/* SPDX-License-Identifier: BSD-2-Clause */
/* Shim6 below, and above it a sockets API that has never heard of SOL_SHIM. */
#include "conformance/noshim/lack.h"

static bool lacks(const char *name)
{
	(void)name;
	return true;
}

static bool lacks_ancillary(void)
{
	return true;
}
