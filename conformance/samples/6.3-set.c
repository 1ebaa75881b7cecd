/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.3: ask for a hot-standby connection. */
#include "sample.h"

SAMPLE(6_3_set)
{
	int optval = 1;

	return setsockopt(fd, SOL_SHIM, SHIM_HOT_STANDBY, &optval, sizeof(optval));
}
