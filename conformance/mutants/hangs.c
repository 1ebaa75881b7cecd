/* SPDX-License-Identifier: BSD-2-Clause */
/* Never returns from setsockopt(). */
#include "conformance/mutants/mutant.h"

static int setsockopt_hanging(struct shimproof_instance *inst, int s, int level, int name,
			      const void *value, socklen_t len)
{
	volatile bool forever = true;

	while (forever)
		;
	return honest->setsockopt(inst, s, level, name, value, len);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->setsockopt = setsockopt_hanging;
}
