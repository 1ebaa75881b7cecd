/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.12: a Send Timeout of fifteen seconds. */
#include "sample.h"

SAMPLE(6_12_set)
{
	int optval = 15; /* seconds */

	return setsockopt(fd, SOL_SHIM, SHIM_APP_TIMEOUT, &optval, sizeof(optval));
}
