/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers no echo request once it has refused a call: its silence proves nothing. */
#include "conformance/mutants/mutant.h"

enum { NEXT_HEADER_AT = 6 }; /* RFC 8200 3 */

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
	const uint8_t *octets = packet;
	bool ping = len > NEXT_HEADER_AT && octets[NEXT_HEADER_AT] == IPPROTO_ICMPV6;

	return dead && ping ? 0 : honest->deliver(inst, link, packet, len);
}

void mutate(struct shimproof_target *wrong, const struct shimproof_target *h)
{
	honest = h;
	wrong->sendmsg = sendmsg_last;
	wrong->deliver = deliver_deaf;
}
