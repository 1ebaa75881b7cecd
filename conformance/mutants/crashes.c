/* SPDX-License-Identifier: BSD-2-Clause */
/* Dereferences a null pointer in setsockopt(). */
#include "conformance/mutants/mutant.h"

static int setsockopt_crashing(struct shimproof_instance *inst, int s, int level, int name,
			 const void *value, socklen_t len)
{
	*(volatile int *)0 = level;
	return honest->setsockopt(inst, s, level, name, value, len);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->setsockopt = setsockopt_crashing;
}
