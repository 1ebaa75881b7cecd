/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 messages by name. */
#ifndef WIRE_PRINT_ICMP6_H
#define WIRE_PRINT_ICMP6_H

#include "wire/packet.h"
#include "wire/text.h"

/* "ICMPv6 packet too big, mtu 1280". span is one of layer_icmp6, echo isn't. false, and
 * nothing is added: a type that has no name here, or type and code aren't in the packet. */
bool icmp6_print(struct text *t, const struct wire_dissection *d, unsigned span);

#endif
