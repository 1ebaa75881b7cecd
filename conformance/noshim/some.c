/* SPDX-License-Identifier: BSD-2-Clause */
/* Has what pins and shows locators, and lacks what ranks and lists them. */
#include "conformance/noshim/lack.h"

static bool lacks(const char *name)
{
	static const char *const lacking[] = {
		"SHIM_HOT_STANDBY",   "SHIM_LOC_LOCAL_PREF", "SHIM_LOC_PEER_PREF",
		"SHIM_LOCLIST_LOCAL", "SHIM_LOCLIST_PEER",   "SHIM_DEFERRED_CONTEXT_SETUP",
	};

	for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++)
		if (!strcmp(name, lacking[i]))
			return true;
	return false;
}

static bool lacks_ancillary(void)
{
	return false;
}
