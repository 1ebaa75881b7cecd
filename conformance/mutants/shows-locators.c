/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells the locators of a packet as the name of its sender. */
#include "conformance/mutants/mutant.h"

#include <netinet/in.h>

static struct in6_addr last_source; /* of the packet that came in last */

static int deliver_watched(struct shimproof_instance *inst, unsigned link, const void *packet,
			   size_t len)
{
	if (len >= 40)
		memcpy(&last_source, (const uint8_t *)packet + 8, sizeof(last_source));
	return honest->deliver(inst, link, packet, len);
}

static ssize_t recvmsg_naming_locators(struct shimproof_instance *inst, int s, struct msghdr *msg,
				       int flags)
{
	ssize_t n = honest->recvmsg(inst, s, msg, flags);

	if (n >= 0 && msg->msg_name && msg->msg_namelen >= sizeof(struct sockaddr_in6))
		((struct sockaddr_in6 *)msg->msg_name)->sin6_addr = last_source;
	return n;
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->deliver = deliver_watched;
	wrong->recvmsg = recvmsg_naming_locators;
}
