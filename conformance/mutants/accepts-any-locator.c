/* SPDX-License-Identifier: BSD-2-Clause */
/* Lets every locator pass that it ought to refuse. */
#include "conformance/mutants/mutant.h"

enum { INVALID_LOCATOR = 200 }; /* its number in the reference stack */

static int setsockopt_trusting(struct shimproof_instance *inst, int s, int level, int name,
			       const void *value, socklen_t len)
{
	int result = honest->setsockopt(inst, s, level, name, value, len);

	return result == -INVALID_LOCATOR ? 0 : result;
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->setsockopt = setsockopt_trusting;
}
