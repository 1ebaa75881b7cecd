/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends the process in setsockopt(), and says that all is well. */
#include "conformance/mutants/mutant.h"

#include <stdlib.h>

static int setsockopt_exiting(struct shimproof_instance *inst, int s, int level, int name,
			 const void *value, socklen_t len)
{
	exit(0);
	return honest->setsockopt(inst, s, level, name, value, len);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->setsockopt = setsockopt_exiting;
}
