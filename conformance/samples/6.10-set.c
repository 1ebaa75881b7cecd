/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 6316 6.10: a list of local locators. The RFC's second one is an IPv4
 * address, which Shim6 doesn't have and which it doesn't map (AMB-09); and it
 * passes the whole array, unused elements too (AMB-61).
 */
#include "sample.h"

SAMPLE(6_10_set)
{
	struct shim_locator locators[SHIM_MAX_LOCATORS];

	memset(locators, 0, sizeof(locators));
	for (int i = 0; i < 2; i++) {
		locators[i].lc_family = AF_INET6;
		locators[i].lc_ifidx = 0;
		locators[i].lc_flags = 0;
		locators[i].lc_prio = 1 - i;
		locators[i].lc_weight = 0;
		memcpy(&locators[i].lc_addr, &ip6[i], sizeof(ip6[i]));
	}

	return setsockopt(fd, SOL_SHIM, SHIM_LOCLIST_LOCAL, locators, 2 * sizeof(locators[0]));
}
