/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.2: is there to be no multihoming support? */
#include "sample.h"

SAMPLE(6_2_get)
{
	int optval;
	socklen_t len = sizeof(optval);

	if (getsockopt(fd, SOL_SHIM, SHIM_DONTSHIM, &optval, &len) < 0)
		return -1;
	HAND_OUT(&optval, len);
	return 0;
}
