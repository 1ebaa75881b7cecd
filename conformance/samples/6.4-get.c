/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.4: the source locator that is preferred most. */
#include "sample.h"

SAMPLE(6_4_get)
{
	struct shim_locator lc;
	socklen_t len = sizeof(lc);

	if (getsockopt(fd, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &lc, &len) < 0)
		return -1;
	HAND_OUT(&lc, len);
	return 0;
}
