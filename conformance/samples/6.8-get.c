/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.8: the designated locator. The RFC's gives a size, no pointer to one (AMB-78). */
#include "sample.h"

SAMPLE(6_8_get)
{
	struct shim_locator locator;
	socklen_t len = sizeof(locator);

	memset(&locator, 0, sizeof(locator));
	if (getsockopt(fd, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &locator, &len) < 0)
		return -1;
	HAND_OUT(&locator, len);
	return 0;
}
