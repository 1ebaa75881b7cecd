/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.1: is the socket associated with a context? */
#include "sample.h"

SAMPLE(6_1_get)
{
	int optval;
	socklen_t len = sizeof(optval);

	if (getsockopt(fd, SOL_SHIM, SHIM_ASSOCIATED, &optval, &len) < 0)
		return -1;
	HAND_OUT(&optval, len);
	return 0;
}
