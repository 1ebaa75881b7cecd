/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets built by libnet: a second opinion on wire_build(), from code that
 * shares nothing with ours. Only building, so no privilege is needed.
 *
 * libnet 1.1.6 is right about IPv6 directly in front of UDP, of an ICMPv6
 * echo or of octets that it doesn't look into. Where it is known to be
 * wrong (inject.c lists how) nothing is built and -ENOTSUP says: use
 * wire_build() instead.
 */
#ifndef PCAP_INJECT_H
#define PCAP_INJECT_H

#include "wire/ipv6.h"

#include <sys/types.h>

enum { /* RFC 4443 4.1 and 4.2 */
	INJECT_ECHO_REQUEST = 128,
	INJECT_ECHO_REPLY = 129,
};

/*
 * Each writes a whole packet and returns its octets. ip->payload_len is
 * derived; the rest of *ip is taken as it is. data may be NULL if len is 0.
 * -ENOTSUP   libnet would get this one wrong
 * -EINVAL    flow label above 20 bits, or an echo type that isn't one
 * -EMSGSIZE  more than the 65535 octets that Payload Length can say
 * -ENOSPC    the packet doesn't fit in cap
 * -ENOMEM
 * On error out is untouched.
 */

/* ip->next_header must be UDP: with a header between, -ENOTSUP. */
ssize_t inject_udp(uint8_t *out, size_t cap, const struct ipv6_header *ip, uint16_t src_port,
		   uint16_t dst_port, const void *data, size_t len);

/* ip->next_header must be ICMPv6: with a header between, -ENOTSUP. */
ssize_t inject_echo(uint8_t *out, size_t cap, const struct ipv6_header *ip, uint8_t type,
		    uint16_t id, uint16_t seq, const void *data, size_t len);

/* Octets of any protocol; checksums within are the caller's. */
ssize_t inject_octets(uint8_t *out, size_t cap, const struct ipv6_header *ip, const void *data,
		      size_t len);

#endif
