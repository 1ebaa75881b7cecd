/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet as IPv6 sees it: RFC 2464. */
#ifndef REFSTACK_ETHERNET_H
#define REFSTACK_ETHERNET_H

#include "wire/cursor.h"

#include <netinet/in.h>

enum {
	ETHERNET_ADDR_LEN = 6,
	ETHERNET_HEADER_LEN = 14,
	ETHERNET_TYPE_IPV6 = 0x86dd, /* RFC 2464 3 */
};

struct ethernet_addr {
	uint8_t octets[ETHERNET_ADDR_LEN];
};

struct ethernet_header {
	struct ethernet_addr dst, src;
	uint16_t type;
};

/* 0, or -EMSGSIZE. */
int ethernet_parse(struct ethernet_header *out, struct rbuf *r);
/* 0, or -ENOSPC. */
int ethernet_emit(const struct ethernet_header *h, struct wbuf *w);

static inline bool ethernet_equal(const struct ethernet_addr *a, const struct ethernet_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Groups, and broadcast among them. */
static inline bool ethernet_is_group(const struct ethernet_addr *a)
{
	return a->octets[0] & 0x01;
}

/* Where an IPv6 multicast address is sent to, RFC 2464 7. */
struct ethernet_addr ethernet_of_group(const struct in6_addr *group);

/* An address for one station, locally administered, that chance made from the
 * seed. What else is made from the same seed can't be told by it. 0, or -ENOMEM. */
int ethernet_of_seed(struct ethernet_addr *out, uint64_t seed);

/* fe80::/64 and the modified EUI-64 of the address, RFC 2464 4 and 5. */
struct in6_addr ethernet_link_local(const struct ethernet_addr *addr);

#endif
