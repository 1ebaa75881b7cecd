/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 8.3: the members of struct shim_feedback, where they are and how long. */
#include "sample.h"

IS_AT(shim_feedback, fb_direction, 0, 1);
IS_AT(shim_feedback, fb_indicator, 1, 1);
IS_AT(shim_feedback, fb_reserved, 2, 2);
_Static_assert(sizeof(struct shim_feedback) == 4, "struct shim_feedback has another size");

SAMPLE(8_3_layout)
{
	return 0;
}
