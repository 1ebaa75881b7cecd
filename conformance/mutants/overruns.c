/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes eight octets where the caller has room for an int. */
#include "conformance/mutants/mutant.h"

static int getsockopt_overrunning(struct shimproof_instance *inst, int s, int level, int name,
				  void *value, socklen_t *len)
{
	int result = honest->getsockopt(inst, s, level, name, value, len);

	if (result == 0 && *len == sizeof(int))
		memset((char *)value + sizeof(int), 0, sizeof(int));
	return result;
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->getsockopt = getsockopt_overrunning;
}
