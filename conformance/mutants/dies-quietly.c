/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes deaf once it has refused a call: its silence proves nothing. */
#include "conformance/mutants/mutant.h"

static bool dead;

static ssize_t sendmsg_last(struct shimproof_instance *inst, int s, const struct msghdr *msg,
			    int flags)
{
	ssize_t n = honest->sendmsg(inst, s, msg, flags);

	dead = dead || n < 0;
	return n;
}

static int deliver_deaf(struct shimproof_instance *inst, unsigned link, const void *packet,
			size_t len)
{
	return dead ? 0 : honest->deliver(inst, link, packet, len);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->sendmsg = sendmsg_last;
	wrong->deliver = deliver_deaf;
}
