/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071), and what is summed for whom. */
#include "wire/checksum.h"
#include "wire/layer.h"

/* Words of 32 bits may be added as well as of 16, RFC 1071 2 (C): 2^16 and
 * 2^32 are both 1 modulo 0xffff. The sum is wide, so carries wait for the end. */
uint32_t checksum_add(uint32_t sum, const void *octets, size_t len)
{
	const uint8_t *p = octets;
	uint64_t wide = sum;

	for (; len > 7; p += 8, len -= 8)
		wide += wire_octets_number(p, 4) + wire_octets_number(p + 4, 4);
	for (; len > 1; p += 2, len -= 2)
		wide += wire_octets_number(p, 2);
	if (len)
		wide += (uint32_t)p[0] << 8;

	while (wide >> 32)
		wide = (wide & UINT32_MAX) + (wide >> 32);
	return (uint32_t)wide;
}

uint16_t checksum_finish(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint32_t checksum_pseudo(const struct in6_addr *src, const struct in6_addr *dst,
			 uint32_t upper_len, uint8_t next_header)
{
	const uint8_t tail[8] = {
		(uint8_t)(upper_len >> 24), (uint8_t)(upper_len >> 16),
		(uint8_t)(upper_len >> 8),  (uint8_t)upper_len,
		0, 0, 0, next_header,
	};
	uint32_t sum = checksum_add(0, src, sizeof(*src));

	sum = checksum_add(sum, dst, sizeof(*dst));
	return checksum_add(sum, tail, sizeof(tail));
}

uint16_t checksum_shim6(const uint8_t *message, size_t len)
{
	uint32_t sum = checksum_add(0, message, 4);

	return checksum_finish(checksum_add(sum, message + 6, len - 6));
}
