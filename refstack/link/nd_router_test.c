/* SPDX-License-Identifier: BSD-2-Clause */
/* Default routers: RFC 4861 5.2 and 6.3. */
#include "refstack/link/nd_lan.h"

#include <netinet/icmp6.h>

#define ROUTER_TEXT "fe80::1"
#define TO_FAR ADDR_US ADDR_FAR

#define MAC_SECOND  "020000000002 "
#define ADDR_SECOND "fe800000000000000000000000000002 "

/* A router that says no more than how long it will be one, in hexadecimal seconds. */
static struct octets advertisement_of(const char *mac, const char *addr, const char *lifetime)
{
	char macs[64], addrs[128], hex[128];

	snprintf(macs, sizeof(macs), MAC_ALL "%s", mac);
	snprintf(addrs, sizeof(addrs), "%s" ADDR_ALL, addr);
	snprintf(hex, sizeof(hex), "8600 0000 4000 %s 00000000 00000000 0101 %s", lifetime, mac);
	return nd_frame(macs, addrs, hex);
}

static struct octets advertisement(const char *lifetime)
{
	return advertisement_of(MAC_ROUTER, ADDR_ROUTER, lifetime);
}

/* Router n, from 1, of many. */
static struct octets nth_advertisement(unsigned n)
{
	char mac[32], addr[64];

	snprintf(mac, sizeof(mac), "0200000001%02x", n);
	snprintf(addr, sizeof(addr), "fe80000000000000000000000000%04x", 0x100 + n);
	return advertisement_of(mac, addr, "0708");
}

static unsigned solicitations(const struct lan *lan)
{
	unsigned count = 0;

	for (unsigned i = 0; i < lan->sent_count; i++)
		count += sent_type(lan, i) == ND_ROUTER_SOLICIT;
	return count;
}

static bool is_known(struct lan *lan)
{
	struct in6_addr addr = addr_of(ROUTER_TEXT);

	return router_find(lan->nd, &addr);
}

/* --- solicitations: 6.3.7 --------------------------------------------------------- */

static void routers_are_asked_for_three_times_four_seconds_apart(void **state)
{
	struct lan *lan = lan_new(5);
	usec_t first = 0;

	(void)state;
	pass(lan, 3600 * USEC_PER_SEC);
	assert_int_equal(solicitations(lan), 3);
	for (unsigned i = 0, k = 0; i < lan->sent_count; i++) {
		if (sent_type(lan, i) != ND_ROUTER_SOLICIT)
			continue;
		assert_sent(lan, i, "333300000002" MAC_US "86dd 60000000 0010 3aff"
			    "fe80000000000000000000fffe00000a ff020000000000000000000000000002"
			    "8500 7b1a 00000000  01 01 02000000000a");
		first = k ? first : lan->sent[i].at;
		assert_true(lan->sent[i].at == first + k++ * 4 * USEC_PER_SEC);
	}
	assert_true(first == lan->status[0].at); /* as soon as there is an address to ask from */
	lan_free(lan);
}

static void who_is_a_router_ends_the_asking(void **state)
{
	struct lan *lan = lan_new(5);

	(void)state;
	while (solicitations(lan) == 0)
		nd_advance(lan->nd, nd_deadline(lan->nd));
	hear(lan, advertisement("0000")); /* this one is none */
	pass(lan, 4 * USEC_PER_SEC);
	assert_int_equal(solicitations(lan), 2);
	hear(lan, advertisement("0708"));
	pass(lan, 60 * USEC_PER_SEC);
	assert_int_equal(solicitations(lan), 2);
	lan_free(lan);
}

/* What a router says without being asked may be a part only. */
static void one_is_asked_for_even_if_it_was_heard_before(void **state)
{
	struct lan *lan = lan_new(5);

	(void)state;
	hear(lan, advertisement("0708"));
	pass(lan, 3 * USEC_PER_SEC);
	assert_int_equal(solicitations(lan), 1);
	lan_free(lan);
}

static void a_link_without_routers_neither_asks_nor_listens(void **state)
{
	struct lan *lan = calloc(1, sizeof(*lan));
	struct nd_config cfg = lan_config(lan, 5);
	struct in6_addr us = addr_of("2001:db8:a:1::a");

	(void)state;
	cfg.no_routers = true;
	lan->nd = nd_new(&cfg);
	assert_non_null(lan->nd);
	nd_address_add(lan->nd, &us);
	pass(lan, 60 * USEC_PER_SEC);
	assert_int_equal(solicitations(lan), 0);
	hear(lan, nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL,
			   "8600 0000 4000 0708 00000000 00000000 0101" MAC_ROUTER
			   "0304 40c0 00015180 00003840 00000000"
			   "20010db8000a00010000000000000000"));
	assert_false(is_known(lan) || knows(lan, ROUTER_TEXT));
	assert_int_equal(lan->prefix_count, 0);
	assert_int_equal(lan_send(lan, TO_FAR, "00"), -ENETUNREACH);
	assert_int_equal(lan_send(lan, ADDR_US ADDR_PEER, "00"), -ENETUNREACH);
	lan_free(lan);
}

/* --- next hop: 5.2 ---------------------------------------------------------------- */

static void without_a_router_what_is_not_on_the_link_is_nowhere(void **state)
{
	struct lan *lan = *state;

	assert_int_equal(lan_send(lan, TO_FAR, "0102"), -ENETUNREACH);
	assert_int_equal(lan->sent_count, 0);
}

static void what_is_not_on_the_link_goes_to_the_router(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	assert_int_equal(lan_send(lan, TO_FAR, "0102"), 0);
	assert_int_equal(lan->sent_count, 1); /* it has told where it is */
	assert_sent_to(lan, 0, MAC_ROUTER, TO_FAR, "0102");
	assert_int_equal(lan_send(lan, ADDR_US ADDR_PEER, "0102"), 0);
	assert_int_equal(sent_type(lan, 1), ND_NEIGHBOR_SOLICIT);
	assert_octets_equal(lan->sent[1].octets, 6, MAC_OF_PEER);
}

static void link_local_addresses_are_on_the_link(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	assert_int_equal(lan_send(lan, ADDR_US "fe80000000000000000000fffe00000b", "00"), 0);
	assert_octets_equal(lan->sent[0].octets, 6, MAC_OF_PEER);
}

static void groups_need_neither_router_nor_neighbour(void **state)
{
	struct lan *lan = *state;

	assert_int_equal(lan_send(lan, ADDR_US ADDR_ALL, "0102"), 0);
	assert_sent_to(lan, 0, MAC_ALL, ADDR_US ADDR_ALL, "0102");
	assert_int_equal(lan_send(lan, ADDR_US "ff0e00000000000000000000deadbeef", "03"), 0);
	assert_octets_equal(lan->sent[1].octets, 6, "3333deadbeef");
}

static void a_gateway_of_the_caller_is_looked_for_and_used(void **state)
{
	struct lan *lan = *state;
	struct in6_addr gateway = addr_of(PEER_TEXT), group = addr_of("ff02::2");

	assert_int_equal(nd_gateway_add(lan->nd, &group), -EINVAL);
	assert_int_equal(nd_gateway_add(lan->nd, &gateway), 0);
	assert_int_equal(lan_send(lan, TO_FAR, "0102"), 0);
	assert_octets_equal(lan->sent[0].octets, 6, MAC_OF_PEER);
	hear(lan, peer_answers()); /* it doesn't say that it is a router; the caller knows better */
	assert_sent_to(lan, 1, MAC_PEER, TO_FAR, "0102");
	assert_int_equal(lan_send(lan, TO_FAR, "03"), 0);
	assert_sent_to(lan, 2, MAC_PEER, TO_FAR, "03");
}

static void a_gateway_is_on_the_link_whatever_its_prefix(void **state)
{
	struct lan *lan = *state;
	struct in6_addr gateway = addr_of("2001:db8:f::b");

	assert_int_equal(nd_gateway_add(lan->nd, &gateway), 0);
	assert_int_equal(lan_send(lan, TO_FAR, "0102"), 0);
	assert_octets_equal(lan->sent[0].octets, 6, MAC_OF_PEER);
	gateway = addr_of("2001:db8:f::c"); /* a second one, spoken to itself */
	assert_int_equal(nd_gateway_add(lan->nd, &gateway), 0);
	assert_int_equal(lan_send(lan, ADDR_US "20010db8000f0000000000000000000c", "00"), 0);
	assert_octets_equal(lan->sent[1].octets, 6, "3333ff00000c");
}

/* --- coming and going: 6.3.4 and 6.3.5 -------------------------------------------- */

static void a_router_is_one_for_its_lifetime(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	pass(lan, 1800 * USEC_PER_SEC - 1);
	assert_true(is_known(lan));
	pass(lan, 1);
	assert_false(is_known(lan));
	assert_int_equal(lan_send(lan, TO_FAR, "00"), -ENETUNREACH);
}

static void each_advertisement_renews_it(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	pass(lan, 1000 * USEC_PER_SEC);
	hear(lan, advertisement("0708"));
	pass(lan, 1000 * USEC_PER_SEC);
	assert_true(is_known(lan));
	hear(lan, advertisement("0001"));
	pass(lan, USEC_PER_SEC);
	assert_false(is_known(lan));
}

static void a_lifetime_of_0_ends_it(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	hear(lan, advertisement("0000"));
	assert_false(is_known(lan));
}

/* 7.2.5: the R flag. */
static void a_router_that_says_it_is_a_host_is_none(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	hear(lan, nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL,
			   "8800 0000 a0000000" ADDR_ROUTER "0201" MAC_ROUTER));
	assert_true(is_known(lan));
	hear(lan, nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL,
			   "8800 0000 20000000" ADDR_ROUTER "0201" MAC_ROUTER));
	assert_false(is_known(lan));
}

static void what_the_caller_knows_no_router_changes(void **state)
{
	struct lan *lan = *state;
	struct in6_addr gateway = addr_of(ROUTER_TEXT);

	assert_int_equal(nd_gateway_add(lan->nd, &gateway), 0);
	hear(lan, advertisement("0001"));
	pass(lan, 10 * USEC_PER_SEC);
	hear(lan, advertisement("0000"));
	hear(lan, nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL,
			   "8800 0000 20000000" ADDR_ROUTER "0201" MAC_ROUTER));
	assert_true(is_known(lan));
}

/* --- which of several: 6.3.6 ------------------------------------------------------ */

static void a_second_router_serves_when_the_first_falls_silent(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	hear(lan, advertisement_of(MAC_SECOND, ADDR_SECOND, "0708"));
	lan_send(lan, TO_FAR, "01");
	assert_sent_to(lan, 0, MAC_ROUTER, TO_FAR, "01");
	pass(lan, 8 * USEC_PER_SEC - 1); /* five to wait, three to probe */
	lan_forget(lan);
	lan_send(lan, TO_FAR, "02");
	assert_sent_to(lan, 0, MAC_ROUTER, TO_FAR, "02");
	pass(lan, 1);
	lan_forget(lan);
	lan_send(lan, TO_FAR, "03");
	assert_sent_to(lan, 0, MAC_SECOND, TO_FAR, "03");
}

static void one_that_is_looked_for_yields_to_one_that_is_known(void **state)
{
	struct lan *lan = *state;
	struct in6_addr first = addr_of("fe80::100:1");

	nd_gateway_add(lan->nd, &first);
	lan_send(lan, TO_FAR, "01");
	assert_int_equal(the(lan, "fe80::100:1")->state, ND_INCOMPLETE);
	hear(lan, advertisement("0708"));
	lan_send(lan, TO_FAR, "02");
	assert_sent_to(lan, 1, MAC_ROUTER, TO_FAR, "02");
}

/* Neither has said where it is, so each in turn is looked for. */
static void when_none_is_known_to_work_they_take_turns(void **state)
{
	struct lan *lan = *state;
	struct in6_addr first = addr_of("fe80::100:1"), second = addr_of("fe80::100:2");

	nd_gateway_add(lan->nd, &first);
	nd_gateway_add(lan->nd, &second);
	for (unsigned round = 0; round < 4; round++) {
		lan_forget(lan);
		lan_send(lan, TO_FAR, "00");
		assert_octets_equal(lan->sent[0].octets, 6,
				    round % 2 ? "3333ff000002" : "3333ff000001");
		pass(lan, 3 * USEC_PER_SEC);
	}
}

static void more_routers_than_places_change_nothing(void **state)
{
	struct lan *lan = *state;

	hear(lan, advertisement("0708"));
	for (unsigned i = 1; i < 200; i++)
		hear(lan, nth_advertisement(i));
	assert_true(is_known(lan));
	lan_send(lan, TO_FAR, "01");
	assert_sent_to(lan, 0, MAC_ROUTER, TO_FAR, "01");
}

static void neighbours_do_not_push_out_a_router(void **state)
{
	struct lan *lan = *state;
	char macs[64], addrs[128];

	hear(lan, advertisement("0708"));
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(macs, sizeof(macs), MAC_OF_US "02ff%08x", i);
		snprintf(addrs, sizeof(addrs), "20010db8000a000100000001%08x" ADDR_OF_US, i);
		hear(lan, nd_frame(macs, addrs,
				   "8700 0000 00000000" ADDR_US "0101 02ff00000000"));
		lan_forget(lan);
	}
	lan_send(lan, TO_FAR, "01");
	assert_sent_to(lan, 0, MAC_ROUTER, TO_FAR, "01");
}

/* --- what else a router says ------------------------------------------------------ */

static void timers(struct lan *lan, const char *reachable_and_retrans)
{
	char hex[128];

	snprintf(hex, sizeof(hex), "8600 0000 4000 0000 %s", reachable_and_retrans);
	hear(lan, nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL, hex));
}

static void its_timers_are_ours(void **state)
{
	struct lan *lan = *state;
	usec_t start = lan->nd->now;

	timers(lan, "00001388 000007d0"); /* 5 s, 2 s */
	lan_send(lan, ADDR_US ADDR_PEER, "00");
	pass(lan, 2 * USEC_PER_SEC);
	assert_true(lan->sent[1].at == start + 2 * USEC_PER_SEC);
	hear(lan, peer_answers());
	assert_in_range(the(lan, PEER_TEXT)->due - lan->nd->now, 2500000, 7500000);
	timers(lan, "00000000 00000000"); /* it says nothing of them */
	assert_true(lan->nd->reachable_usec == 5 * USEC_PER_SEC);
	assert_true(lan->nd->retrans_usec == 2 * USEC_PER_SEC);
}

static void timers_that_make_no_sense_are_not(void **state)
{
	struct lan *lan = *state;

	timers(lan, "ffffffff 00000001");
	timers(lan, "0036ee81 ffffffff");
	assert_true(lan->nd->reachable_usec == 30 * USEC_PER_SEC);
	assert_true(lan->nd->retrans_usec == USEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routers_are_asked_for_three_times_four_seconds_apart),
		cmocka_unit_test(who_is_a_router_ends_the_asking),
		cmocka_unit_test(one_is_asked_for_even_if_it_was_heard_before),
		cmocka_unit_test(a_link_without_routers_neither_asks_nor_listens),
		lan_test(without_a_router_what_is_not_on_the_link_is_nowhere),
		lan_test(what_is_not_on_the_link_goes_to_the_router),
		lan_test(link_local_addresses_are_on_the_link),
		lan_test(groups_need_neither_router_nor_neighbour),
		lan_test(a_gateway_of_the_caller_is_looked_for_and_used),
		lan_test(a_gateway_is_on_the_link_whatever_its_prefix),
		lan_test(a_router_is_one_for_its_lifetime),
		lan_test(each_advertisement_renews_it),
		lan_test(a_lifetime_of_0_ends_it),
		lan_test(a_router_that_says_it_is_a_host_is_none),
		lan_test(what_the_caller_knows_no_router_changes),
		lan_test(a_second_router_serves_when_the_first_falls_silent),
		lan_test(one_that_is_looked_for_yields_to_one_that_is_known),
		lan_test(when_none_is_known_to_work_they_take_turns),
		lan_test(more_routers_than_places_change_nothing),
		lan_test(neighbours_do_not_push_out_a_router),
		lan_test(its_timers_are_ours),
		lan_test(timers_that_make_no_sense_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
