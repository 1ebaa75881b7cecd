/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.8: send from this locator. */
#include "sample.h"

SAMPLE(6_8_set)
{
	struct shim_locator locator;

	memset(&locator, 0, sizeof(locator));
	locator.lc_family = AF_INET6;
	locator.lc_ifidx = 0;
	locator.lc_flags = 0;
	locator.lc_prio = 0;
	locator.lc_weight = 0;
	memcpy(&locator.lc_addr, ip6, sizeof(*ip6));

	return setsockopt(fd, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &locator, sizeof(locator));
}
