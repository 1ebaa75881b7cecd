/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071), with and without the IPv6 pseudo-header. */
#ifndef WIRE_CHECKSUM_H
#define WIRE_CHECKSUM_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* One's complement sum of octets, added to `sum`; equal to that of their words
 * of 16 bits once it is folded. An odd last octet counts as the high half of a word. */
uint32_t checksum_add(uint32_t sum, const void *octets, size_t len);

/* Fold and complement: the value for the checksum field, host order. 0 over
 * data that already holds a right checksum. */
uint16_t checksum_finish(uint32_t sum);

/* RFC 8200 8.1: what an upper-layer protocol adds for its addresses. */
uint32_t checksum_pseudo(const struct in6_addr *src, const struct in6_addr *dst,
			 uint32_t upper_len, uint8_t next_header);

/* RFC 5533 5.3: a whole Shim6 control message, without pseudo-header, its
 * checksum field counted as zero. len >= 6. */
uint16_t checksum_shim6(const uint8_t *message, size_t len);

#endif
