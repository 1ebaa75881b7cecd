/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.6: have the destination locator of what is received. */
#include "sample.h"

SAMPLE(6_6_set)
{
	int optval = 1;

	return setsockopt(fd, SOL_SHIM, SHIM_LOC_LOCAL_RECV, &optval, sizeof(optval));
}
