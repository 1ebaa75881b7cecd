/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 8.2: the members of struct shim_pathexplore, where they are and how long. */
#include "sample.h"

IS_AT(shim_pathexplore, pe_probenum, 0, 2);
IS_AT(shim_pathexplore, pe_keepaliveto, 2, 2);
IS_AT(shim_pathexplore, pe_keepaliveint, 4, 2);
IS_AT(shim_pathexplore, pe_initprobeto, 6, 2);
IS_AT(shim_pathexplore, pe_reserved, 8, 4);
_Static_assert(sizeof(struct shim_pathexplore) == 12, "struct shim_pathexplore has another size");

SAMPLE(8_2_layout)
{
	return 0;
}
