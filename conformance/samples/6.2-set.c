/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.2: have no multihoming support on this socket. */
#include "sample.h"

SAMPLE(6_2_set)
{
	int optval = 1;

	return setsockopt(fd, SOL_SHIM, SHIM_DONTSHIM, &optval, sizeof(optval));
}
