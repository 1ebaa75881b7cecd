/* SPDX-License-Identifier: BSD-2-Clause */
/* From a context tag to the ULIDs, for whoever dissects the packet then. */
#include "trace/internal.h"
#include "wire/ipv6.h"

/* The header of Shim6 is nearly always right behind that of IPv6, and most
 * packets have none. */
static const uint8_t *payload_header(const uint8_t *packet, size_t len)
{
	static const uint8_t direct[] = { PROTO_SHIM6, IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMPV6 };
	struct ipv6_found at = { .off = IPV6_HEADER_LEN };
	bool shim6;

	if (len < IPV6_HEADER_LEN + SHIM6_PAYLOAD_LEN || packet[0] >> 4 != 6)
		return NULL;
	shim6 = packet[6] == PROTO_SHIM6;
	if (!shim6 && memchr(direct, packet[6], sizeof(direct)))
		return NULL;
	if (!shim6 && ipv6_find(&at, packet, len, PROTO_SHIM6))
		return NULL;
	if (len - at.off < SHIM6_PAYLOAD_LEN || packet[at.off + 1] != 0)
		return NULL;
	return packet[at.off + 2] & 0x80 ? packet + at.off : NULL;
}

bool trace_ulids(struct trace *t, const uint8_t *packet, size_t len, struct in6_addr *src,
		 struct in6_addr *dst)
{
	const uint8_t *header = payload_header(packet, len);
	struct in6_addr locator;
	struct entry *e;
	struct key key;

	if (!header)
		return false;
	memcpy(&locator, packet + 24, sizeof(locator));
	key = trace_key(KEY_TAG, wire_bits_get(header, 17, 47), &locator, NULL);
	e = table_find(&t->table, &key);
	if (!e || !e->node->c.end[0].has_ulid)
		return false;
	*src = e->node->c.end[!e->end].ulid;
	*dst = e->node->c.end[e->end].ulid;
	return true;
}
