/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at the octet behind the data that it is to send. */
#include "conformance/mutants/mutant.h"

static ssize_t send_reading_on(struct shimproof_instance *inst, int s, const void *data, size_t len,
			       int flags)
{
	(void)((const volatile char *)data)[len];
	return honest->send(inst, s, data, len, flags);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->send = send_reading_on;
}
