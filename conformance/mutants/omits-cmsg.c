/* SPDX-License-Identifier: BSD-2-Clause */
/* Never hands out ancillary data. */
#include "conformance/mutants/mutant.h"

static ssize_t recvmsg_without_control(struct shimproof_instance *inst, int s, struct msghdr *msg,
				       int flags)
{
	ssize_t n = honest->recvmsg(inst, s, msg, flags);

	msg->msg_controllen = 0;
	return n;
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->recvmsg = recvmsg_without_control;
}
