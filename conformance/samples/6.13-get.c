/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.13: the parameters of path exploration. */
#include "sample.h"

SAMPLE(6_13_get)
{
	struct shim_pathexplore pe;
	socklen_t len = sizeof(pe);

	if (getsockopt(fd, SOL_SHIM, SHIM_PATHEXPLORE, &pe, &len) < 0)
		return -1;
	HAND_OUT(&pe, len);
	return 0;
}
