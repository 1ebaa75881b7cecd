/* SPDX-License-Identifier: BSD-2-Clause */
/* The link as a whole: what goes in and out, time, and whatever octets. */
#include "refstack/link/nd_lan.h"

#include <netinet/icmp6.h>

#define DATAGRAM "60000000 0000 11 40"

/* --- configuration ---------------------------------------------------------------- */

static void an_unsound_configuration_makes_no_link(void **state)
{
	struct lan lan;
	struct nd_config sound = lan_config(&lan, 1), cfg = sound;

	(void)state;
	cfg.mtu = 1279;
	assert_null(nd_new(&cfg));
	cfg.mtu = 65536;
	assert_null(nd_new(&cfg));
	cfg = sound;
	cfg.mac.octets[0] = 1;
	assert_null(nd_new(&cfg));
	cfg = sound;
	cfg.transmit = NULL;
	assert_null(nd_new(&cfg));
	cfg = sound;
	cfg.deliver = NULL;
	assert_null(nd_new(&cfg));
	cfg = sound;
	cfg.address = NULL;
	assert_null(nd_new(&cfg));
	nd_free(NULL);
}

/* --- in --------------------------------------------------------------------------- */

static void a_packet_for_us_goes_up(void **state)
{
	struct lan *lan = *state;

	hear(lan, frame_of(MAC_US MAC_PEER, DATAGRAM, ADDR_PEER ADDR_US, "0102"));
	hear(lan, frame_of(MAC_ALL MAC_PEER, DATAGRAM, ADDR_PEER ADDR_ALL, "03"));
	assert_int_equal(lan->delivered_count, 2);
	assert_octets_equal(lan->delivered[0].octets, lan->delivered[0].len,
			    "60000000 0002 11 40" ADDR_PEER ADDR_US "0102");
	assert_octets_equal(lan->delivered[1].octets, lan->delivered[1].len,
			    "60000000 0001 11 40" ADDR_PEER ADDR_ALL "03");
}

static void what_ethernet_has_padded_is_cut(void **state)
{
	struct lan *lan = *state;
	struct octets f = octets_of(MAC_US MAC_PEER "86dd 60000000 0002 11 40" ADDR_PEER ADDR_US
				    "0102 00000000");

	hear(lan, f);
	assert_octets_equal(lan->delivered[0].octets, lan->delivered[0].len,
			    "60000000 0002 11 40" ADDR_PEER ADDR_US "0102");
}

static void what_is_not_for_us_goes_nowhere(void **state)
{
	static const struct {
		const char *macs, *header, *addrs;
	} cases[] = {
		{ MAC_OTHER MAC_PEER, DATAGRAM, ADDR_PEER ADDR_US },
		{ "ffffffffffff" MAC_PEER, DATAGRAM, ADDR_PEER ADDR_US },
		{ MAC_US MAC_ALL, DATAGRAM, ADDR_PEER ADDR_US },
		{ MAC_US MAC_PEER, DATAGRAM, ADDR_PEER ADDR_FAR },
		{ MAC_US MAC_PEER, DATAGRAM, ADDR_PEER ADDR_NONE },
		{ MAC_ALL MAC_PEER, DATAGRAM, ADDR_PEER "ff020000000000000000000000000002" },
		{ MAC_US MAC_PEER, DATAGRAM, ADDR_ALL ADDR_US },
		{ MAC_US MAC_PEER, DATAGRAM, ADDR_US ADDR_US },
		{ MAC_US MAC_PEER, DATAGRAM, "00000000000000000000000000000001" ADDR_US },
		{ MAC_US MAC_PEER, "45000000 0000 11 40", ADDR_PEER ADDR_US },
	};
	struct lan *lan = *state;
	struct octets vlan = frame_of(MAC_US MAC_PEER, DATAGRAM, ADDR_PEER ADDR_US, "0102");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		hear(lan, frame_of(cases[i].macs, cases[i].header, cases[i].addrs, "0102"));
	vlan.data[12] = 0x81;
	vlan.data[13] = 0x00;
	hear(lan, vlan);
	assert_int_equal(lan->delivered_count, 0);
	assert_int_equal(lan->sent_count, 0);
}

static void a_frame_that_ends_early_goes_nowhere(void **state)
{
	struct lan *lan = *state;
	struct octets whole = frame_of(MAC_US MAC_PEER, DATAGRAM, ADDR_PEER ADDR_US, "01020304");

	for (size_t len = 0; len < whole.len; len++)
		hear(lan, octets_copy(whole.data, len));
	assert_int_equal(lan->delivered_count, 0);
	hear(lan, whole);
	assert_int_equal(lan->delivered_count, 1);
}

/* Not even when they are for all, or for us. */
static void neighbor_discovery_does_not_go_up(void **state)
{
	struct lan *lan = *state;

	for (unsigned type = ND_ROUTER_SOLICIT; type <= ND_REDIRECT; type++) {
		char hex[32];

		snprintf(hex, sizeof(hex), "%02x00 0000 00000000", type);
		hear(lan, nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL, hex));
		hear(lan, nd_frame(MAC_US MAC_ROUTER, ADDR_ROUTER ADDR_US, hex));
	}
	assert_int_equal(lan->delivered_count, 0);
	hear(lan, nd_frame(MAC_US MAC_PEER, ADDR_PEER ADDR_US, "8000 0000 00010001"));
	assert_int_equal(lan->delivered_count, 1);
}

/* --- out -------------------------------------------------------------------------- */

static void what_is_no_packet_is_not_sent(void **state)
{
	struct lan *lan = *state;
	struct octets p = packet_of(ADDR_US ADDR_PEER, "01020304");

	meet_peer(lan);
	for (size_t len = 0; len < p.len; len++)
		assert_int_equal(nd_send(lan->nd, p.data, len), -EBADMSG);
	p.data[5] = 3;
	assert_int_equal(nd_send(lan->nd, p.data, p.len), -EBADMSG);
	p.data[5] = 4;
	p.data[0] = 0x45;
	assert_int_equal(nd_send(lan->nd, p.data, p.len), -EBADMSG);
	p.data[0] = 0x60;
	assert_int_equal(nd_send(lan->nd, p.data, p.len), 0);
	assert_int_equal(lan->sent_count, 1);
	octets_free(&p);
}

static void a_packet_has_at_most_the_mtu(void **state)
{
	static uint8_t packet[1501] = { 0x60, 0, 0, 0, 0x05, 0xb4, 17, 64 };
	struct lan *lan = *state;
	struct octets addrs = octets_of(ADDR_US ADDR_PEER);

	meet_peer(lan);
	memcpy(packet + 8, addrs.data, 32);
	assert_int_equal(nd_send(lan->nd, packet, 1500), 0);
	assert_int_equal(lan->sent[0].len, 1514);
	packet[5]++;
	assert_int_equal(nd_send(lan->nd, packet, 1501), -EMSGSIZE);
	octets_free(&addrs);
}

static void a_packet_has_a_source_and_a_destination_that_can_be(void **state)
{
	struct lan *lan = *state;

	assert_int_equal(lan_send(lan, ADDR_FAR ADDR_PEER, "00"), -EADDRNOTAVAIL);
	assert_int_equal(lan_send(lan, ADDR_NONE ADDR_PEER, "00"), -EADDRNOTAVAIL);
	assert_int_equal(lan_send(lan, ADDR_US ADDR_NONE, "00"), -EINVAL);
	assert_int_equal(lan_send(lan, ADDR_US ADDR_US, "00"), -EINVAL);
	assert_int_equal(lan_send(lan, ADDR_US "00000000000000000000000000000001", "00"), -EINVAL);
	assert_int_equal(lan->sent_count, 0);
}

/* --- time ------------------------------------------------------------------------- */

/* The same happens at the same times in whatever steps, also backwards. */
static void the_size_of_the_steps_does_not_matter(void **state)
{
	struct lan *leap = lan_new(9), *steps = lan_new(9);
	struct in6_addr us = addr_of("2001:db8:a:1::a"), prefix = addr_of("2001:db8:a:1::");
	struct lan *both[] = { leap, steps };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		nd_address_add(both[i]->nd, &us);
		nd_prefix_add(both[i]->nd, &prefix, 64);
	}
	for (usec_t t = 0; t <= 3 * USEC_PER_SEC; t += 777) {
		nd_advance(steps->nd, t);
		nd_advance(steps->nd, t);
		nd_advance(steps->nd, t / 2);
	}
	nd_advance(steps->nd, 3 * USEC_PER_SEC);
	nd_advance(leap->nd, 3 * USEC_PER_SEC);
	for (unsigned i = 0; i < 2; i++)
		lan_send(both[i], ADDR_US ADDR_PEER, "00");
	nd_advance(leap->nd, 60 * USEC_PER_SEC);
	while (steps->nd->now < 60 * USEC_PER_SEC)
		pass(steps, USEC_PER_SEC / 100);

	assert_int_equal(leap->sent_count, steps->sent_count);
	assert_memory_equal(leap->sent, steps->sent, sizeof(leap->sent));
	assert_int_equal(leap->delivered_count, 1);
	assert_memory_equal(leap->delivered, steps->delivered, sizeof(leap->delivered));
	lan_free(leap);
	lan_free(steps);
}

/* --- whatever octets -------------------------------------------------------------- */

static const char *const seeds_of_chaos[][3] = {
	{ MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, "8700 0000 00000000" ADDR_US "0101" MAC_PEER },
	{ MAC_OF_US MAC_PEER, ADDR_NONE ADDR_OF_US,
	  "8700 0000 00000000" ADDR_US "0e01 a1a2a3a4a5a6" },
	{ MAC_US MAC_PEER, ADDR_PEER ADDR_US, "8800 0000 60000000" ADDR_PEER "0201" MAC_PEER },
	{ MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL,
	  "8600 0000 40c00708 00007530 000003e8 0101 020000000001 0501 0000 000005dc"
	  "0304 40c0 00015180 00003840 00000000 20010db8000a00010000000000000000" },
	{ MAC_US MAC_PEER, ADDR_PEER ADDR_US, "8000 0000 00010001 0102030405060708" },
};

static void alter(struct random_source *random, struct octets *f)
{
	unsigned edits = random_u32(random) % 6;

	while (edits--)
		f->data[random_u32(random) % f->len] = (uint8_t)random_u32(random);
	if (random_u32(random) % 4 == 0)
		f->len = random_u32(random) % (f->len + 1);
	if (f->len >= ETHERNET_HEADER_LEN + 40 && random_u32(random) % 8)
		seal(f);
}

/* Frames that are almost right, with time and our own packets in between: nothing
 * breaks, and there are never more events than places for them. */
static void chaos_breaks_nothing(void **state)
{
	struct lan *lan = *state;
	struct random_source random;

	assert_int_equal(random_open(&random, 2024), 0);
	for (unsigned i = 0; i < 50000; i++) {
		const char *const *seed = seeds_of_chaos[random_u32(&random) % 5];
		struct octets f = nd_frame(seed[0], seed[1], seed[2]), exact;

		alter(&random, &f);
		exact = octets_copy(f.data, f.len);
		octets_free(&f);
		hear(lan, exact);
		if (random_u32(&random) % 8 == 0)
			lan_send(lan, ADDR_US ADDR_PEER, "00");
		pass(lan, random_u32(&random) % 100000);
		lan_forget(lan);
	}
	assert_true(nd_deadline(lan->nd) > lan->nd->now);
	random_close(&random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unsound_configuration_makes_no_link),
		lan_test(a_packet_for_us_goes_up),
		lan_test(what_ethernet_has_padded_is_cut),
		lan_test(what_is_not_for_us_goes_nowhere),
		lan_test(a_frame_that_ends_early_goes_nowhere),
		lan_test(neighbor_discovery_does_not_go_up),
		lan_test(what_is_no_packet_is_not_sent),
		lan_test(a_packet_has_at_most_the_mtu),
		lan_test(a_packet_has_a_source_and_a_destination_that_can_be),
		cmocka_unit_test(the_size_of_the_steps_does_not_matter),
		lan_test(chaos_breaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
