/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.14: can a context be set up while data flow? */
#include "sample.h"

SAMPLE(6_14_get)
{
	int optval;
	socklen_t len = sizeof(optval);

	if (getsockopt(fd, SOL_SHIM, SHIM_DEFERRED_CONTEXT_SETUP, &optval, &len) < 0)
		return -1;
	HAND_OUT(&optval, len);
	return 0;
}
