/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets of somebody who means no good. One who is off the path makes them up; one
 * who sees everything changes what it has seen. Neither can make an address out
 * of a prefix that is not its own, with the PDS of another: that is what HBA is for.
 */
#ifndef REFSTACK_HOSTILE_H
#define REFSTACK_HOSTILE_H

#include "refstack/properties/world.h"
#include "wire/checksum.h"
#include "wire/hba.h"

enum { SEEN_MAX = 64, PACKET_MAX = 1500, OWN_MAX = 4 };

struct hostile {
	struct hba_set own; /* it has honest addresses, too */
	unsigned count;     /* of those seen so far */
	struct seen {
		size_t len;
		uint8_t octets[PACKET_MAX];
	} seen[SEEN_MAX]; /* the last ones */
};

static inline void hostile_open(struct hostile *h)
{
	static const uint8_t prefix[OWN_MAX][8] = {
		{ 0x20, 0x01, 0x0d, 0xb8, 0xee, 1 }, { 0x20, 0x01, 0x0d, 0xb8, 0xee, 2 },
		{ 0x20, 0x01, 0x0d, 0xb8, 0x0a, 0, 0, 9 }, /* next door to A's */
		{ 0x20, 0x01, 0x0d, 0xb8, 0x0b, 0, 0, 9 },
	};
	static const uint8_t modifier[HBA_MODIFIER_LEN] = { 6, 6, 6 }, nonce[HBA_NONCE_LEN] = { 0x80 };

	*h = (struct hostile){ .count = 0 };
	assert_int_equal(hba_generate(&h->own, prefix, OWN_MAX, 0, modifier, nonce, 0), 0);
}

static inline void hostile_see(struct hostile *h, const uint8_t *packet, size_t len)
{
	struct seen *s = &h->seen[h->count++ % SEEN_MAX];

	if (len > PACKET_MAX)
		len = PACKET_MAX;
	memcpy(s->octets, packet, len);
	s->len = len;
}

/* Of the two hosts, or of its own, or of nobody. */
static inline struct in6_addr hostile_address(struct world *w, const struct hostile *h)
{
	unsigned side = (unsigned)world_dice(w, 2);
	const struct shim_host *host = sim_host(w->sim, side);
	struct in6_addr addr = host->locator[world_dice(w, host->locator_count)].addr;

	if (world_dice(w, 3) == 0)
		addr = h->own.addr[world_dice(w, OWN_MAX)];
	if (world_dice(w, 8) == 0)
		addr.s6_addr[15] ^= (uint8_t)(1 + world_dice(w, 255));
	return addr;
}

/* The checksum of a control message right behind the IPv6 header is right again. */
static inline void hostile_seal(uint8_t *octets, size_t len)
{
	size_t message = len > 41 ? 8 * (octets[41] + 1u) : 0;
	uint16_t sum;

	if (octets[6] != PROTO_SHIM6 || len < 48 || octets[42] & 0x80 || 40 + message > len)
		return;
	octets[44] = octets[45] = 0;
	sum = checksum_shim6(octets + 40, message);
	octets[44] = (uint8_t)(sum >> 8);
	octets[45] = (uint8_t)sum;
}

/* --- changes to what was seen ------------------------------------------------------ */

static inline void change_an_octet(struct world *w, struct hostile *h, struct seen *s)
{
	(void)h;
	s->octets[40 + world_dice(w, s->len - 40)] = (uint8_t)world_dice(w, 256);
}

static inline void change_the_source(struct world *w, struct hostile *h, struct seen *s)
{
	struct in6_addr addr = hostile_address(w, h);

	memcpy(s->octets + 8, &addr, 16);
}

static inline void change_the_destination(struct world *w, struct hostile *h, struct seen *s)
{
	struct in6_addr addr = hostile_address(w, h);

	memcpy(s->octets + 24, &addr, 16);
}

/* Wherever an address of theirs stands, in lists, pairs, reports and quotes. */
static inline void change_an_address(struct world *w, struct hostile *h, struct seen *s)
{
	struct in6_addr was = hostile_address(w, h), is = hostile_address(w, h);

	for (size_t i = 40; i + 16 <= s->len; i++)
		if (!memcmp(s->octets + i, &was, 16))
			memcpy(s->octets + i, &is, 16);
}

static inline void change_the_type(struct world *w, struct hostile *h, struct seen *s)
{
	static const uint8_t types[] = { 1, 2, 3, 4, 5, 6, 64, 65, 66, 67, 68, 7 };

	(void)h;
	if (s->len > 42)
		s->octets[42] = types[world_dice(w, sizeof(types))];
}

/* One of its own PDS for theirs, where there is room for it. */
static inline void change_the_pds(struct world *w, struct hostile *h, struct seen *s)
{
	for (size_t i = 40; i + 4 + h->own.pds_len <= s->len; i += 8)
		if (s->octets[i] == 0 && s->octets[i + 1] == 8 && s->octets[i + 3] > 25)
			memcpy(s->octets + i + 4, h->own.pds, h->own.pds_len);
	(void)w;
}

static inline void cut_it(struct world *w, struct hostile *h, struct seen *s)
{
	(void)h;
	s->len = 40 + world_dice(w, s->len - 40 + 1);
}

static inline void send_it_back(struct world *w, struct hostile *h, struct seen *s)
{
	struct in6_addr src;

	(void)w;
	(void)h;
	memcpy(&src, s->octets + 8, 16);
	memmove(s->octets + 8, s->octets + 24, 16);
	memcpy(s->octets + 24, &src, 16);
}

static inline void leave_it(struct world *w, struct hostile *h, struct seen *s)
{
	(void)w;
	(void)h;
	(void)s;
}

/* false: nothing has been seen yet. */
static inline bool hostile_changed(struct world *w, struct hostile *h, struct seen *out)
{
	static void (*const changes[])(struct world *, struct hostile *, struct seen *) = {
		change_an_octet,   change_the_source, change_the_destination,
		change_an_address, change_an_address, change_the_type,
		change_the_pds,    cut_it,            send_it_back,
		leave_it,
	};
	unsigned have = h->count < SEEN_MAX ? h->count : SEEN_MAX;

	if (!have)
		return false;
	*out = h->seen[world_dice(w, have)];
	for (unsigned n = 1 + (unsigned)world_dice(w, 3); n > 0 && out->len > 48; n--)
		changes[world_dice(w, sizeof(changes) / sizeof(changes[0]))](w, h, out);
	out->octets[4] = (uint8_t)((out->len - 40) >> 8);
	out->octets[5] = (uint8_t)(out->len - 40);
	if (world_dice(w, 16))
		hostile_seal(out->octets, out->len);
	return true;
}

/* --- made up ------------------------------------------------------------------------ */

/* Any message, with any tags and nonces, its own locators, and a proof of these. */
static inline void hostile_made(struct world *w, struct hostile *h, struct seen *out)
{
	static const uint8_t types[] = { 1, 2, 3, 4, 5, 6, 64, 65, 66, 67 };
	struct ipv6_header ip = {
		.next_header = PROTO_SHIM6,
		.hop_limit = 64,
		.src = hostile_address(w, h),
		.dst = hostile_address(w, h),
	};
	struct shim6_message m = {
		.type = types[world_dice(w, sizeof(types))],
		.init_tag = world_dice(w, SHIM6_TAG_MASK),
		.resp_tag = world_dice(w, SHIM6_TAG_MASK),
		.receiver_tag = world_dice(w, SHIM6_TAG_MASK),
		.packet_tag = world_dice(w, SHIM6_TAG_MASK),
		.init_nonce = (uint32_t)world_dice(w, UINT32_MAX),
		.resp_nonce = (uint32_t)world_dice(w, 64),
		.request_nonce = (uint32_t)world_dice(w, UINT32_MAX),
		.probe = { .state = (uint8_t)world_dice(w, 3), .sent_count = 1 },
	};
	uint8_t validator[32] = { (uint8_t)world_dice(w, 256) };
	struct wbuf packet = wbuf_of(out->octets, sizeof(out->octets)), message;

	if (m.type <= 6 && m.type != 1 && m.type != 4)
		m.validator = (struct span){ validator, sizeof(validator) };
	if (m.type == 3 || m.type == 4 || m.type == 6 || m.type == 64) {
		m.has_locators = true;
		m.locators.count = (uint8_t)(1 + world_dice(w, 3));
		for (unsigned i = 0; i < m.locators.count; i++) {
			m.locators.method[i] = (uint8_t)(1 + world_dice(w, 2));
			m.locators.locator[i] = hostile_address(w, h);
		}
		m.pds = (struct span){ h->own.pds, h->own.pds_len };
	}
	if (m.type == 1 || m.type == 3 || m.type == 6) {
		m.has_ulids = world_dice(w, 2);
		m.ulids.sender = hostile_address(w, h);
		m.ulids.receiver = hostile_address(w, h);
	}
	m.probe.sent[0] = (struct reap_report){ .src = ip.src, .dst = ip.dst };
	ipv6_emit(&ip, &packet);
	message = wbuf_of(out->octets + 40, sizeof(out->octets) - 40);
	assert_int_equal(shim6_message_emit(&m, &message), 0);
	out->len = 40 + message.len;
	out->octets[4] = (uint8_t)(message.len >> 8);
	out->octets[5] = (uint8_t)message.len;
}

/* It arrives at a link of a host now, with all that follows at once. */
static inline void hostile_send(struct world *w, const struct seen *s)
{
	unsigned side = (unsigned)world_dice(w, 2);

	shim_host_input(sim_host(w->sim, side), 1 + (unsigned)world_dice(w, w->links[side]),
			s->octets, s->len);
}

#endif
