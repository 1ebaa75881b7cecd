/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.4: prefer a source locator. The RFC's has the size of another object (AMB-77). */
#include "sample.h"

SAMPLE(6_4_set)
{
	struct shim_locator lc;

	memset(&lc, 0, sizeof(lc));
	lc.lc_family = AF_INET6;
	lc.lc_ifidx = 0;
	lc.lc_flags = 0;
	lc.lc_prio = 1;
	lc.lc_weight = 10;
	memcpy(&lc.lc_addr, ip6, sizeof(*ip6));

	return setsockopt(fd, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &lc, sizeof(lc));
}
