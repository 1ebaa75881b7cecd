/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.6: are destination locators asked for? */
#include "sample.h"

SAMPLE(6_6_get)
{
	int optval;
	socklen_t len = sizeof(optval);

	if (getsockopt(fd, SOL_SHIM, SHIM_LOC_LOCAL_RECV, &optval, &len) < 0)
		return -1;
	HAND_OUT(&optval, len);
	return 0;
}
