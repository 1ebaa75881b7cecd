/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 6316 6.13: parameters of path exploration. The RFC's has the structure's
 * old name (AMB-03) and leaves pe_keepaliveint as it happens to be (AMB-80).
 */
#include "sample.h"

SAMPLE(6_13_set)
{
	struct shim_pathexplore pe;

	pe.pe_probenum = 4;
	pe.pe_keepaliveto = 10;  /* seconds */
	pe.pe_keepaliveint = 5;  /* seconds: half of it, RFC 5534 4.1 */
	pe.pe_initprobeto = 500; /* milliseconds */
	pe.pe_reserved = 0;

	return setsockopt(fd, SOL_SHIM, SHIM_PATHEXPLORE, &pe, sizeof(pe));
}
