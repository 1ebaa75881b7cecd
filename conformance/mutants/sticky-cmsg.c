/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the locator of an ancillary object for all that follows. */
#include "conformance/mutants/mutant.h"

#include <netinet/in.h>

enum { LEVEL = 6316, LOCAL_SEND = 8 }; /* numbers of the reference stack */

static ssize_t sendmsg_sticky(struct shimproof_instance *inst, int s, const struct msghdr *msg,
			      int flags)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	uint8_t locator[32] = { AF_INET6 }; /* lc_family; lc_addr is at 12 */

	if (c && c->cmsg_level == LEVEL && c->cmsg_type == LOCAL_SEND &&
	    c->cmsg_len >= CMSG_LEN(sizeof(struct sockaddr_in6))) {
		memcpy(locator + 12, &((struct sockaddr_in6 *)(void *)CMSG_DATA(c))->sin6_addr, 16);
		honest->setsockopt(inst, s, LEVEL, LOCAL_SEND, locator, sizeof(locator));
	}
	return honest->sendmsg(inst, s, msg, flags);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->sendmsg = sendmsg_sticky;
}
