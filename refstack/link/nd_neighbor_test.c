/* SPDX-License-Identifier: BSD-2-Clause */
/* The neighbour cache: RFC 4861 7.2 and 7.3, and what a flood does to it. */
#include "refstack/link/nd_lan.h"

#include <netinet/icmp6.h>

#define TO_PEER ADDR_US ADDR_PEER

/* --- address resolution ----------------------------------------------------------- */

static void a_stranger_is_looked_for(void **state)
{
	struct lan *lan = *state;

	assert_int_equal(lan_send(lan, TO_PEER, "0102"), 0);
	assert_int_equal(lan->sent_count, 1);
	assert_sent(lan, 0, MAC_OF_PEER MAC_US "86dd"
		    "60000000 0020 3aff" ADDR_US ADDR_OF_PEER
		    "8700 1bed 00000000 20010db8000a0001000000000000000b  01 01 02000000000a");
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_INCOMPLETE);
}

static void the_packet_goes_when_the_answer_comes(void **state)
{
	struct lan *lan = *state;

	lan_send(lan, TO_PEER, "0102");
	hear(lan, peer_answers());
	assert_int_equal(lan->sent_count, 2);
	assert_sent_to(lan, 1, MAC_PEER, TO_PEER, "0102");
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_REACHABLE);
	assert_int_equal(lan_send(lan, TO_PEER, "03"), 0);
	assert_int_equal(lan->sent_count, 3);
	assert_sent_to(lan, 2, MAC_PEER, TO_PEER, "03");
	assert_int_equal(lan->delivered_count, 0);
}

static void it_asks_three_times_a_second_apart(void **state)
{
	struct lan *lan = *state;
	usec_t start = lan->nd->now;

	lan_send(lan, TO_PEER, "0102");
	pass(lan, 3600 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(lan->sent[i].at == start + i * USEC_PER_SEC);
		assert_int_equal(lan->sent[i].len, lan->sent[0].len);
		assert_memory_equal(lan->sent[i].octets, lan->sent[0].octets, lan->sent[0].len);
	}
}

static void packets_wait_in_order_and_the_oldest_makes_room(void **state)
{
	static const char *const texts[] = { "01", "02", "03", "04", "05" };
	struct lan *lan = *state;

	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(lan_send(lan, TO_PEER, texts[i]), 0);
	assert_int_equal(lan->sent_count, 1); /* a single question for all */
	hear(lan, peer_answers());
	assert_int_equal(lan->sent_count, 4);
	for (unsigned i = 0; i < ND_QUEUE_MAX; i++)
		assert_sent_to(lan, 1 + i, MAC_PEER, TO_PEER, texts[2 + i]);
}

/* RFC 4861 7.2.2: the source of the packet, so that it is the right one who
 * learns where we are. */
static void the_question_comes_from_the_source_of_the_packet(void **state)
{
	struct lan *lan = *state;

	assert_int_equal(lan_send(lan, "fe80000000000000000000fffe00000a" ADDR_PEER, "00"), 0);
	assert_octets_equal(lan->sent[0].octets + 22, 16, "fe80000000000000000000fffe00000a");
}

static void without_an_address_of_ours_there_is_no_question(void **state)
{
	struct lan *lan = *state;
	struct in6_addr us = addr_of("2001:db8:a:1::a"), local = addr_of("fe80::ff:fe00:a");

	lan_send(lan, TO_PEER, "00");
	nd_address_remove(lan->nd, &us);
	pass(lan, USEC_PER_SEC); /* the link-local one will do */
	assert_int_equal(lan->sent_count, 2);
	assert_octets_equal(lan->sent[1].octets + 22, 16, "fe80000000000000000000fffe00000a");
	nd_address_remove(lan->nd, &local);
	pass(lan, 10 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 2);
	assert_false(knows(lan, PEER_TEXT));
}

/* --- who doesn't answer ----------------------------------------------------------- */

static void an_echo_request(struct lan *lan)
{
	struct octets p = octets_of("60000000 000c 3a40" ADDR_US ADDR_PEER
				    "8000 3310 12340007 70696e67");

	assert_int_equal(nd_send(lan->nd, p.data, p.len), 0);
	octets_free(&p);
}

/* RFC 4861 7.2.2, RFC 4443 3.1 */
static void who_does_not_answer_is_unreachable(void **state)
{
	struct lan *lan = *state;
	usec_t start = lan->nd->now;

	an_echo_request(lan);
	pass(lan, 3 * USEC_PER_SEC - 1);
	assert_int_equal(lan->delivered_count, 0);
	pass(lan, 1);
	assert_int_equal(lan->delivered_count, 1);
	assert_true(lan->delivered[0].at == start + 3 * USEC_PER_SEC);
	assert_octets_equal(lan->delivered[0].octets, lan->delivered[0].len,
			    "60000000 003c 3a40" ADDR_US ADDR_US "0103 08e4 00000000"
			    "60000000 000c 3a40" ADDR_US ADDR_PEER "8000 3310 12340007 70696e67");
	assert_false(knows(lan, PEER_TEXT));
	assert_true(nd_deadline(lan->nd) == USEC_NEVER);
}

static void there_is_an_error_for_each_packet_that_waited(void **state)
{
	struct lan *lan = *state;

	for (unsigned i = 0; i < 5; i++)
		lan_send(lan, TO_PEER, i % 2 ? "01" : "02");
	pass(lan, 3 * USEC_PER_SEC);
	assert_int_equal(lan->delivered_count, ND_QUEUE_MAX);
}

static void the_quote_is_cut_so_that_the_error_has_1280_octets(void **state)
{
	static uint8_t packet[1500] = { 0x60, 0, 0, 0, 0x05, 0xb4, 17, 64 };
	struct lan *lan = *state;
	struct octets addrs = octets_of(ADDR_US ADDR_PEER);

	memcpy(packet + 8, addrs.data, 32);
	assert_int_equal(nd_send(lan->nd, packet, sizeof(packet)), 0);
	pass(lan, 3 * USEC_PER_SEC);
	assert_int_equal(lan->delivered[0].len, 1280);
	assert_memory_equal(lan->delivered[0].octets + 48, packet, 1280 - 48);
	octets_free(&addrs);
}

/* RFC 4443 2.4 (e) */
static void errors_and_our_own_messages_cause_no_error(void **state)
{
	struct lan *lan = *state;
	struct octets p = octets_of("60000000 0008 3a40" ADDR_US ADDR_PEER "0104 0000 00000000");

	assert_int_equal(nd_send(lan->nd, p.data, p.len), 0);
	octets_free(&p);
	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, "8700 0000 00000000" ADDR_US));
	assert_int_equal(the(lan, PEER_TEXT)->queued, 2);
	pass(lan, 3 * USEC_PER_SEC);
	assert_int_equal(lan->delivered_count, 0);
}

static void send_again(struct lan *lan)
{
	if (lan->delivered_count < 10)
		lan_send(lan, TO_PEER, "0a");
}

static void who_hears_of_it_may_send_again_at_once(void **state)
{
	struct lan *lan = *state;

	lan->on_delivered = send_again;
	lan_send(lan, TO_PEER, "01");
	pass(lan, 3 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 4);
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_INCOMPLETE);
	hear(lan, peer_answers());
	assert_sent_to(lan, 4, MAC_PEER, TO_PEER, "0a");
}

/* --- what is said of neighbours: RFC 4861 appendix C ------------------------------ */

/* MAC_PEER is known, but while INCOMPLETE. */
static void put(struct lan *lan, enum nd_state state)
{
	lan_send(lan, TO_PEER, "00");
	if (state != ND_INCOMPLETE)
		hear(lan, nd_frame(MAC_US MAC_PEER, ADDR_PEER ADDR_US,
				   "8800 0000 60000000" ADDR_PEER "0201" MAC_PEER));
	if (state > ND_REACHABLE)
		while (the(lan, PEER_TEXT)->state != ND_STALE)
			nd_advance(lan->nd, nd_deadline(lan->nd));
	if (state > ND_STALE)
		lan_send(lan, TO_PEER, "01");
	if (state > ND_DELAY)
		pass(lan, 5 * USEC_PER_SEC);
	assert_int_equal(the(lan, PEER_TEXT)->state, state);
	lan_forget(lan);
}

enum { NO_MAC, SAME, OTHER };
enum { S = 4, O = 2 }; /* of the first octet of the flags, shifted by 4 */

static void advertisements_change_states_as_the_table_says(void **state)
{
	static const struct {
		enum nd_state before;
		int mac;
		int flags;
		enum nd_state after;
		int mac_after; /* NO_MAC: still not known */
	} rows[] = {
		{ ND_INCOMPLETE, NO_MAC, 0,     ND_INCOMPLETE, NO_MAC },
		{ ND_INCOMPLETE, NO_MAC, S | O, ND_INCOMPLETE, NO_MAC },
		/* STALE, but a packet has waited, so it goes on */
		{ ND_INCOMPLETE, SAME,   0,     ND_DELAY,      SAME },
		{ ND_INCOMPLETE, SAME,   O,     ND_DELAY,      SAME },
		{ ND_INCOMPLETE, SAME,   S,     ND_REACHABLE,  SAME },
		{ ND_INCOMPLETE, SAME,   S | O, ND_REACHABLE,  SAME },

		{ ND_REACHABLE,  OTHER,  0,     ND_STALE,      SAME },
		{ ND_REACHABLE,  OTHER,  S,     ND_STALE,      SAME },
		{ ND_STALE,      OTHER,  S,     ND_STALE,      SAME },
		{ ND_DELAY,      OTHER,  0,     ND_DELAY,      SAME },
		{ ND_PROBE,      OTHER,  S,     ND_PROBE,      SAME },

		{ ND_REACHABLE,  OTHER,  S | O, ND_REACHABLE,  OTHER },
		{ ND_STALE,      OTHER,  S | O, ND_REACHABLE,  OTHER },
		{ ND_PROBE,      OTHER,  S | O, ND_REACHABLE,  OTHER },
		{ ND_REACHABLE,  OTHER,  O,     ND_STALE,      OTHER },
		{ ND_DELAY,      OTHER,  O,     ND_STALE,      OTHER },
		{ ND_PROBE,      OTHER,  O,     ND_STALE,      OTHER },

		{ ND_STALE,      SAME,   S,     ND_REACHABLE,  SAME },
		{ ND_DELAY,      SAME,   S,     ND_REACHABLE,  SAME },
		{ ND_PROBE,      SAME,   S | O, ND_REACHABLE,  SAME },
		{ ND_PROBE,      NO_MAC, S,     ND_REACHABLE,  SAME },
		{ ND_REACHABLE,  SAME,   0,     ND_REACHABLE,  SAME },
		{ ND_STALE,      SAME,   O,     ND_STALE,      SAME },
		{ ND_DELAY,      SAME,   O,     ND_DELAY,      SAME },
		{ ND_PROBE,      NO_MAC, O,     ND_PROBE,      SAME },
	};
	static const char *const macs[] = { "", "0201" MAC_PEER, "0201" MAC_OTHER };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lan *lan;
		void *fresh;
		char hex[128];

		lan_setup(&fresh);
		lan = fresh;
		put(lan, rows[i].before);
		snprintf(hex, sizeof(hex), "8800 0000 %x0000000" ADDR_PEER "%s", rows[i].flags,
			 macs[rows[i].mac]);
		hear(lan, nd_frame(MAC_US MAC_PEER, ADDR_PEER ADDR_US, hex));
		assert_int_equal(the(lan, PEER_TEXT)->state, rows[i].after);
		if (rows[i].mac_after)
			assert_octets_equal(&the(lan, PEER_TEXT)->mac, 6,
					    macs[rows[i].mac_after] + 4);
		lan_free(lan);
	}
}

/* RFC 4861 7.2.3 */
static void solicitations_change_states_as_the_table_says(void **state)
{
	static const struct {
		enum nd_state before;
		int mac;
		enum nd_state after;
	} rows[] = {
		{ ND_INCOMPLETE, SAME,   ND_DELAY },
		{ ND_INCOMPLETE, NO_MAC, ND_INCOMPLETE },
		{ ND_REACHABLE,  SAME,   ND_REACHABLE },
		{ ND_REACHABLE,  OTHER,  ND_STALE },
		{ ND_DELAY,      OTHER,  ND_STALE },
		{ ND_PROBE,      SAME,   ND_PROBE },
		{ ND_PROBE,      OTHER,  ND_STALE },
	};
	static const char *const macs[] = { "", "0101" MAC_PEER, "0101" MAC_OTHER };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lan *lan;
		void *fresh;
		char hex[128];

		lan_setup(&fresh);
		lan = fresh;
		put(lan, rows[i].before);
		snprintf(hex, sizeof(hex), "8700 0000 00000000" ADDR_US "%s", macs[rows[i].mac]);
		hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, hex));
		assert_int_equal(the(lan, PEER_TEXT)->state, rows[i].after);
		lan_free(lan);
	}
}

static void who_was_not_asked_for_is_not_remembered(void **state)
{
	struct lan *lan = *state;

	hear(lan, peer_answers());
	assert_false(knows(lan, PEER_TEXT));
}

/* --- unreachability detection: RFC 4861 7.3.3 ------------------------------------- */

static void what_was_reachable_grows_stale_in_its_time(void **state)
{
	usec_t least = USEC_NEVER, most = 0;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		struct lan *lan;
		usec_t start;
		void *fresh;

		lan_setup(&fresh);
		lan = fresh;
		for (unsigned k = 0; k < i; k++)
			random_u32(&lan->nd->random);
		meet_peer(lan);
		start = lan->nd->now;
		while (the(lan, PEER_TEXT)->state == ND_REACHABLE)
			nd_advance(lan->nd, nd_deadline(lan->nd));
		assert_int_equal(the(lan, PEER_TEXT)->state, ND_STALE);
		assert_in_range(lan->nd->now - start, 15 * USEC_PER_SEC, 45 * USEC_PER_SEC);
		least = lan->nd->now - start < least ? lan->nd->now - start : least;
		most = lan->nd->now - start > most ? lan->nd->now - start : most;
		pass(lan, 3600 * USEC_PER_SEC); /* idle, it is nobody's trouble */
		assert_int_equal(lan->sent_count, 0);
		lan_free(lan);
	}
	assert_true(least < 22 * USEC_PER_SEC && most > 38 * USEC_PER_SEC);
}

static void a_stale_one_is_probed_five_seconds_after_it_was_sent_to(void **state)
{
	struct lan *lan = *state;
	usec_t start;

	put(lan, ND_STALE);
	start = lan->nd->now;
	lan_send(lan, TO_PEER, "0102");
	assert_sent_to(lan, 0, MAC_PEER, TO_PEER, "0102");
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_DELAY);
	pass(lan, 5 * USEC_PER_SEC - 1);
	assert_int_equal(lan->sent_count, 1);
	pass(lan, 1);
	assert_sent(lan, 1, MAC_PEER MAC_US "86dd"
		    "60000000 0020 3aff" ADDR_US ADDR_PEER
		    "8700 ec2d 00000000 20010db8000a0001000000000000000b  01 01 02000000000a");
	lan_send(lan, TO_PEER, "03"); /* goes on while it is probed */
	assert_sent_to(lan, 2, MAC_PEER, TO_PEER, "03");
	pass(lan, 60 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 5);
	assert_true(lan->sent[3].at == start + 6 * USEC_PER_SEC);
	assert_true(lan->sent[4].at == start + 7 * USEC_PER_SEC);
	assert_false(knows(lan, PEER_TEXT));
}

static void who_answers_a_probe_stays(void **state)
{
	struct lan *lan = *state;

	put(lan, ND_PROBE);
	hear(lan, peer_answers());
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_REACHABLE);
	pass(lan, 10 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 0);
}

/* --- floods ----------------------------------------------------------------------- */

/* A neighbour that there isn't, number i. */
static struct octets spoofed(const char *dst, const char *message, unsigned i)
{
	char macs[64], addrs[128];

	snprintf(macs, sizeof(macs), "%s 02ff%08x", dst, i);
	snprintf(addrs, sizeof(addrs), "20010db8000a000100000001%08x %s", i,
		 strcmp(dst, MAC_OF_US) == 0 ? ADDR_OF_US : ADDR_US);
	return nd_frame(macs, addrs, message);
}

static unsigned entries(const struct lan *lan)
{
	unsigned count = 0;

	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		count += lan->nd->neighbor[i].state != ND_NONE;
	return count;
}

static void whoever_solicits_from_many_addresses_does_not_push_out_who_answers(void **state)
{
	struct lan *lan = *state;

	meet_peer(lan);
	for (unsigned i = 0; i < 10000; i++) {
		hear(lan, spoofed(MAC_OF_US, "8700 0000 00000000" ADDR_US "0101 02ff00000000", i));
		lan_forget(lan);
	}
	assert_int_equal(entries(lan), ND_NEIGHBORS_MAX);
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_REACHABLE);
}

/* Answers to packets from many addresses: a question for each, and packets that wait. */
static void whoever_has_us_look_for_many_does_not_push_out_who_answers(void **state)
{
	struct lan *lan = *state;
	char addrs[128];

	meet_peer(lan);
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(addrs, sizeof(addrs), ADDR_US "20010db8000a000100000001%08x", i);
		for (unsigned k = 0; k < 4; k++)
			assert_int_equal(lan_send(lan, addrs, "00"), 0);
		pass(lan, 100);
		lan_forget(lan);
	}
	assert_int_equal(entries(lan), ND_NEIGHBORS_MAX);
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_REACHABLE);
	assert_int_equal(lan_send(lan, TO_PEER, "0102"), 0);
	assert_sent_to(lan, 0, MAC_PEER, TO_PEER, "0102");
}

/* And one that has answered once and rests stays before those that never did. */
static void a_stale_one_that_has_answered_stays_in_a_flood_too(void **state)
{
	struct lan *lan = *state;

	put(lan, ND_STALE);
	for (unsigned i = 0; i < 1000; i++) {
		hear(lan, spoofed(MAC_OF_US, "8700 0000 00000000" ADDR_US "0101 02ff00000000", i));
		lan_forget(lan);
	}
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_STALE);
}

static void a_new_one_can_be_found_in_the_middle_of_a_flood(void **state)
{
	struct lan *lan = *state;

	for (unsigned i = 0; i < 1000; i++) {
		if (i == 500)
			lan_send(lan, TO_PEER, "0102");
		if (i == 700)
			hear(lan, peer_answers());
		pass(lan, 10);
		hear(lan, spoofed(MAC_OF_US, "8700 0000 00000000" ADDR_US "0101 02ff00000000", i));
		if (i != 700)
			lan_forget(lan);
	}
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_REACHABLE);
}

/* Number i answers, and is REACHABLE. */
static void meet(struct lan *lan, unsigned i)
{
	char addrs[128], hex[128];

	snprintf(addrs, sizeof(addrs), ADDR_US "20010db8000a000100000001%08x", i);
	snprintf(hex, sizeof(hex), "8800 0000 60000000 20010db8000a000100000001%08x"
		 "0201 02ff%08x", i, i);
	lan_send(lan, addrs, "00");
	hear(lan, spoofed(MAC_US, hex, i));
	pass(lan, 1);
	lan_forget(lan);
}

static struct nd_neighbor *number(struct lan *lan, unsigned i)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	snprintf(text, sizeof(text), "2001:db8:a:1:0:1:0:%x", i);
	addr = addr_of(text);
	return neighbor_find(lan->nd, &addr);
}

static void with_all_places_taken_by_who_answers_the_longest_unused_goes(void **state)
{
	struct lan *lan = *state;

	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		meet(lan, i);
	lan_send(lan, ADDR_US "20010db8000a00010000000100000000", "00"); /* number 0 */
	meet(lan, ND_NEIGHBORS_MAX);
	assert_int_equal(number(lan, 0)->state, ND_REACHABLE);
	assert_null(number(lan, 1));
	assert_int_equal(number(lan, 2)->state, ND_REACHABLE);
}

/* Number 9 says that it has moved, without being asked. */
static void one_that_is_stale_goes_before_those_that_answer_now(void **state)
{
	struct lan *lan = *state;

	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		meet(lan, i);
	hear(lan, spoofed(MAC_US, "8800 0000 20000000 20010db8000a00010000000100000009"
			  "0201 02ee00000009", 9));
	assert_int_equal(number(lan, 9)->state, ND_STALE);
	meet(lan, ND_NEIGHBORS_MAX);
	assert_null(number(lan, 9));
	assert_int_equal(number(lan, 0)->state, ND_REACHABLE);
}

static void the_place_of_a_router_that_has_failed_is_free(void **state)
{
	struct lan *lan = *state;
	struct in6_addr gateway = addr_of(PEER_TEXT);

	nd_gateway_add(lan->nd, &gateway);
	lan_send(lan, TO_PEER, "00");
	pass(lan, 3 * USEC_PER_SEC);
	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		meet(lan, i);
	for (unsigned i = 0; i < ND_NEIGHBORS_MAX; i++)
		assert_int_equal(number(lan, i)->state, ND_REACHABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		lan_test(a_stranger_is_looked_for),
		lan_test(the_packet_goes_when_the_answer_comes),
		lan_test(it_asks_three_times_a_second_apart),
		lan_test(packets_wait_in_order_and_the_oldest_makes_room),
		lan_test(the_question_comes_from_the_source_of_the_packet),
		lan_test(without_an_address_of_ours_there_is_no_question),
		lan_test(who_does_not_answer_is_unreachable),
		lan_test(there_is_an_error_for_each_packet_that_waited),
		lan_test(the_quote_is_cut_so_that_the_error_has_1280_octets),
		lan_test(errors_and_our_own_messages_cause_no_error),
		lan_test(who_hears_of_it_may_send_again_at_once),
		cmocka_unit_test(advertisements_change_states_as_the_table_says),
		cmocka_unit_test(solicitations_change_states_as_the_table_says),
		lan_test(who_was_not_asked_for_is_not_remembered),
		cmocka_unit_test(what_was_reachable_grows_stale_in_its_time),
		lan_test(a_stale_one_is_probed_five_seconds_after_it_was_sent_to),
		lan_test(who_answers_a_probe_stays),
		lan_test(whoever_solicits_from_many_addresses_does_not_push_out_who_answers),
		lan_test(whoever_has_us_look_for_many_does_not_push_out_who_answers),
		lan_test(a_stale_one_that_has_answered_stays_in_a_flood_too),
		lan_test(a_new_one_can_be_found_in_the_middle_of_a_flood),
		lan_test(with_all_places_taken_by_who_answers_the_longest_unused_goes),
		lan_test(one_that_is_stale_goes_before_those_that_answer_now),
		lan_test(the_place_of_a_router_that_has_failed_is_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
