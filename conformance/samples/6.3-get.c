/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.3: is a hot-standby connection asked for? */
#include "sample.h"

SAMPLE(6_3_get)
{
	int optval;
	socklen_t len = sizeof(optval);

	if (getsockopt(fd, SOL_SHIM, SHIM_HOT_STANDBY, &optval, &len) < 0)
		return -1;
	HAND_OUT(&optval, len);
	return 0;
}
