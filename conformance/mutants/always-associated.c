/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads 1 from SHIM_ASSOCIATED on every connected socket. */
#include "conformance/mutants/mutant.h"

enum { ASSOCIATED = 1 }; /* its number in the reference stack */

static int getsockopt_associated(struct shimproof_instance *inst, int s, int level, int name,
				 void *value, socklen_t *len)
{
	int result = honest->getsockopt(inst, s, level, name, value, len);
	int one = 1;

	if (result == 0 && name == ASSOCIATED && *len == sizeof(one))
		memcpy(value, &one, sizeof(one));
	return result;
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->getsockopt = getsockopt_associated;
}
