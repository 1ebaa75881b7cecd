/* SPDX-License-Identifier: BSD-2-Clause */
/* Closes every descriptor that it finds, in setsockopt(). */
#include "conformance/mutants/mutant.h"

#include <unistd.h>

static int setsockopt_closing(struct shimproof_instance *inst, int s, int level, int name,
			      const void *value, socklen_t len)
{
	for (int fd = 0; fd < 1024; fd++)
		close(fd);
	return honest->setsockopt(inst, s, level, name, value, len);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->setsockopt = setsockopt_closing;
}
