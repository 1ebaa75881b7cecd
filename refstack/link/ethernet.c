/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet frames and addresses for IPv6; see ethernet.h. */
#include "refstack/link/ethernet.h"
#include "refstack/core/random.h"

#include <errno.h>

/* Keeps this use of a seed apart from the host's and from that of nd.c: what
 * goes into an address is seen by everybody. "ethernet". */
static const uint64_t seed_label = UINT64_C(0x65746865726e6574);

int ethernet_parse(struct ethernet_header *out, struct rbuf *r)
{
	struct ethernet_header h;

	rbuf_copy(r, &h.dst, sizeof(h.dst));
	rbuf_copy(r, &h.src, sizeof(h.src));
	h.type = rbuf_u16(r);
	if (r->bad)
		return -EMSGSIZE;
	*out = h;
	return 0;
}

int ethernet_emit(const struct ethernet_header *h, struct wbuf *w)
{
	wbuf_copy(w, &h->dst, sizeof(h->dst));
	wbuf_copy(w, &h->src, sizeof(h->src));
	wbuf_u16(w, h->type);
	return w->bad ? -ENOSPC : 0;
}

struct ethernet_addr ethernet_of_group(const struct in6_addr *group)
{
	struct ethernet_addr addr = { { 0x33, 0x33 } };

	memcpy(addr.octets + 2, group->s6_addr + 12, 4);
	return addr;
}

int ethernet_of_seed(struct ethernet_addr *out, uint64_t seed)
{
	struct random_source random;
	int err = random_open(&random, seed ^ seed_label);

	if (err)
		return err;
	random_octets(&random, out, sizeof(*out));
	random_close(&random);
	out->octets[0] = (uint8_t)((out->octets[0] & ~0x03) | 0x02); /* one station; local */
	return 0;
}

struct in6_addr ethernet_link_local(const struct ethernet_addr *addr)
{
	const uint8_t *mac = addr->octets;

	return (struct in6_addr){ .s6_addr = {
		0xfe, 0x80, 0, 0, 0, 0, 0, 0,
		mac[0] ^ 0x02, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5],
	} };
}
