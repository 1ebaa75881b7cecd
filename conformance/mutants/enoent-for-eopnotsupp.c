/* SPDX-License-Identifier: BSD-2-Clause */
/* Says that there is no context where it ought to say that the socket isn't connected. */
#include "conformance/mutants/mutant.h"

static int confuse(int result)
{
	return result == -EOPNOTSUPP ? -ENOENT : result;
}

static int getsockopt_confused(struct shimproof_instance *inst, int s, int level, int name,
			       void *value, socklen_t *len)
{
	return confuse(honest->getsockopt(inst, s, level, name, value, len));
}

static int setsockopt_confused(struct shimproof_instance *inst, int s, int level, int name,
			       const void *value, socklen_t len)
{
	return confuse(honest->setsockopt(inst, s, level, name, value, len));
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->getsockopt = getsockopt_confused;
	wrong->setsockopt = setsockopt_confused;
}
