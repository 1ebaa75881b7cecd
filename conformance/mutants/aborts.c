/* SPDX-License-Identifier: BSD-2-Clause */
/* Aborts in setsockopt(). */
#include "conformance/mutants/mutant.h"

#include <stdlib.h>

static int setsockopt_aborting(struct shimproof_instance *inst, int s, int level, int name,
			 const void *value, socklen_t len)
{
	abort();
	return honest->setsockopt(inst, s, level, name, value, len);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->setsockopt = setsockopt_aborting;
}
