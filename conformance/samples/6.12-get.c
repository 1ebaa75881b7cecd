/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.12: the Send Timeout. */
#include "sample.h"

SAMPLE(6_12_get)
{
	int optval;
	socklen_t len = sizeof(optval);

	if (getsockopt(fd, SOL_SHIM, SHIM_APP_TIMEOUT, &optval, &len) < 0)
		return -1;
	HAND_OUT(&optval, len);
	return 0;
}
