/* SPDX-License-Identifier: BSD-2-Clause */
/* A look at a packet that is only fast: is there Shim6 (RFC 5533) in it? */
#ifndef PCAP_LOOK_H
#define PCAP_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * ip6: a packet from its IPv6 header, perhaps cut. True if it has a Shim6
 * header, control or payload, behind extension headers (RFC 8200 4; those that
 * ipv6_find() of wire/ipv6.h passes) in any order, also within IPv6 in IPv6, or
 * in the packet that an ICMPv6 error quotes (RFC 4443 2.1); so also if its
 * octets themselves were cut off, and for a later fragment whose header says
 * that the whole begins with Shim6. All other fragments but the first say
 * nothing: they want to be reassembled first (pcap/reassemble.h).
 */
bool carries_shim6(const uint8_t *ip6, size_t len);

#endif
