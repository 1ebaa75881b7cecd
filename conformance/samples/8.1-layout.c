/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 8.1: the members of struct shim_locator, where they are and how long. */
#include "sample.h"

IS_AT(shim_locator, lc_family, 0, 1);
IS_AT(shim_locator, lc_proto, 1, 1);
IS_AT(shim_locator, lc_port, 2, 2);
IS_AT(shim_locator, lc_prio, 4, 2);
IS_AT(shim_locator, lc_weight, 6, 2);
IS_AT(shim_locator, lc_ifidx, 8, 4);
IS_AT(shim_locator, lc_addr, 12, 16);
IS_AT(shim_locator, lc_flags, 28, 2);
_Static_assert(sizeof(struct shim_locator) == 32, "struct shim_locator has another size");

SAMPLE(8_1_layout)
{
	return 0;
}
