/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 6316 3: there are declarations for C. Every name of options, ancillary
 * data and errors, and the limit; options differ from each other, as do objects.
 */
#include "sample.h"

static int all_differ(const int *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (numbers[i] == numbers[j])
				return 0;
	return 1;
}

SAMPLE(3_names)
{
	static const int options[] = {
		SHIM_ASSOCIATED,    SHIM_DONTSHIM,
		SHIM_HOT_STANDBY,   SHIM_LOC_LOCAL_PREF,
		SHIM_LOC_PEER_PREF, SHIM_LOC_LOCAL_RECV,
		SHIM_LOC_PEER_RECV, SHIM_LOC_LOCAL_SEND,
		SHIM_LOC_PEER_SEND, SHIM_LOCLIST_LOCAL,
		SHIM_LOCLIST_PEER,  SHIM_APP_TIMEOUT,
		SHIM_PATHEXPLORE,   SHIM_DEFERRED_CONTEXT_SETUP,
	};
	static const int objects[] = {
		SHIM_LOC_LOCAL_RECV, SHIM_LOC_PEER_RECV, SHIM_LOC_LOCAL_SEND,
		SHIM_LOC_PEER_SEND,  SHIM_FEEDBACK,
	};
	static const int errors[] = { EINVALIDLOCATOR, EUNVERIFIEDLOCATOR, EUNREACHABLELOCATOR,
				      ETOOMANYLOCATORS };

	errno = ERANGE;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i] <= 0)
			return -1;
	if (!all_differ(options, sizeof(options) / sizeof(options[0])) ||
	    !all_differ(objects, sizeof(objects) / sizeof(objects[0])))
		return -1;
	return SOL_SHIM != SOL_SOCKET && SHIM_MAX_LOCATORS > 0 ? 0 : -1;
}
