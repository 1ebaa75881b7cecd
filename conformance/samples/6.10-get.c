/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 6316 6.10: the list of local locators. The RFC's names another option,
 * and gives a size where a pointer to one belongs (AMB-79).
 */
#include "sample.h"

SAMPLE(6_10_get)
{
	struct shim_locator locators[SHIM_MAX_LOCATORS];
	socklen_t len = sizeof(locators);

	memset(locators, 0, sizeof(locators));
	if (getsockopt(fd, SOL_SHIM, SHIM_LOCLIST_LOCAL, locators, &len) < 0)
		return -1;
	HAND_OUT(locators, len);
	return 0;
}
