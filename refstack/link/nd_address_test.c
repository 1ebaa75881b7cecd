/* SPDX-License-Identifier: BSD-2-Clause */
/* Our addresses: Duplicate Address Detection, RFC 4862 5.4, and answers to
 * solicitations, RFC 4861 7.2.4. */
#include "refstack/link/nd_lan.h"

#include <netinet/icmp6.h>

#define US_TEXT "2001:db8:a:1::a"

/* The peer looks for us, as in RFC 4861 7.2.2. */
#define SOLICITATION "8700 0000 00000000" ADDR_US "0101" MAC_PEER
#define DAD_OF_PEER  "8700 0000 00000000" ADDR_US "0e01 a1a2a3a4a5a6"

static struct lan *tentative(uint64_t seed)
{
	struct lan *lan = lan_new(seed);
	struct in6_addr us = addr_of(US_TEXT);

	assert_int_equal(nd_address_add(lan->nd, &us), 0);
	return lan;
}

/* The solicitations sent for an address as DAD does it. */
static unsigned asked_for(const struct lan *lan, const char *target)
{
	struct octets t = octets_of(target), none = octets_of(ADDR_NONE);
	unsigned count = 0;

	for (unsigned i = 0; i < lan->sent_count; i++)
		count += sent_type(lan, i) == ND_NEIGHBOR_SOLICIT &&
			 memcmp(lan->sent[i].octets + 14 + 8, none.data, 16) == 0 &&
			 memcmp(lan->sent[i].octets + 14 + 40 + 8, t.data, 16) == 0;
	octets_free(&t);
	octets_free(&none);
	return count;
}

static const struct status *status_of(const struct lan *lan, const char *text)
{
	struct in6_addr addr = addr_of(text);

	for (unsigned i = 0; i < lan->status_count; i++)
		if (IN6_ARE_ADDR_EQUAL(&lan->status[i].addr, &addr))
			return &lan->status[i];
	return NULL;
}

static bool is_duplicate(const struct lan *lan)
{
	struct in6_addr us = addr_of(US_TEXT);
	const struct status *s = status_of(lan, US_TEXT);

	return s && s->status == ND_DUPLICATE && !nd_address_is_assigned(lan->nd, &us);
}

/* --- Duplicate Address Detection -------------------------------------------------- */

static void nothing_is_sent_before_time_passes(void **state)
{
	struct lan *lan = tentative(1);

	(void)state;
	assert_int_equal(lan->sent_count, 0);
	assert_true(nd_deadline(lan->nd) <= USEC_PER_SEC);
	lan_free(lan);
}

/* All but the nonce, which is chance, and the checksum with it. */
static void it_asks_who_has_the_address(void **state)
{
	struct lan *lan = tentative(1);
	uint8_t *f;

	(void)state;
	while (asked_for(lan, ADDR_US) == 0)
		nd_advance(lan->nd, nd_deadline(lan->nd));
	f = lan->sent[lan->sent_count - 1].octets;
	assert_int_equal(lan->sent[lan->sent_count - 1].len, 14 + 40 + 32);
	assert_octets_equal(f, 56, MAC_OF_US MAC_US "86dd 60000000 0020 3aff" ADDR_NONE ADDR_OF_US
			    "8700");
	assert_octets_equal(f + 58, 22, "00000000" ADDR_US "0e01");
	lan_free(lan);
}

static void an_address_that_nobody_has_is_ours_a_second_after_the_question(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct lan *lan = tentative(seed);
		struct in6_addr us = addr_of(US_TEXT);
		usec_t asked;

		while (asked_for(lan, ADDR_US) == 0)
			nd_advance(lan->nd, nd_deadline(lan->nd));
		asked = lan->nd->now;
		assert_true(asked <= USEC_PER_SEC);
		nd_advance(lan->nd, asked + USEC_PER_SEC - 1);
		assert_null(status_of(lan, US_TEXT));
		assert_false(nd_address_is_assigned(lan->nd, &us));
		nd_advance(lan->nd, asked + USEC_PER_SEC);
		assert_int_equal(status_of(lan, US_TEXT)->status, ND_ASSIGNED);
		assert_true(nd_address_is_assigned(lan->nd, &us));
		assert_int_equal(asked_for(lan, ADDR_US), 1);
		lan_free(lan);
	}
}

static void the_link_local_address_is_detected_like_any(void **state)
{
	struct lan *lan = lan_new(1);

	(void)state;
	pass(lan, 2 * USEC_PER_SEC);
	assert_int_equal(asked_for(lan, "fe80000000000000000000fffe00000a"), 1);
	assert_int_equal(status_of(lan, "fe80::ff:fe00:a")->status, ND_ASSIGNED);
	lan_free(lan);
}

/* Hosts that start together don't speak together. */
static void the_delay_is_that_of_the_seed(void **state)
{
	usec_t least = USEC_NEVER, most = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct lan *lan = lan_new(seed), *again = lan_new(seed);
		usec_t due = nd_deadline(lan->nd);

		assert_true(due == nd_deadline(again->nd));
		least = due < least ? due : least;
		most = due > most ? due : most;
		pass(lan, 5 * USEC_PER_SEC);
		pass(again, 5 * USEC_PER_SEC);
		assert_int_equal(lan->sent_count, again->sent_count);
		assert_memory_equal(lan->sent, again->sent, sizeof(lan->sent));
		lan_free(lan);
		lan_free(again);
	}
	assert_true(least < USEC_PER_SEC / 5 && most > USEC_PER_SEC * 4 / 5);
}

/* Of the same seed a host makes what must not be told, and nonces are told. */
static void its_chance_is_not_that_of_the_host(void **state)
{
	struct lan *lan = lan_new(7);
	struct random_source host;
	uint8_t octets[256];

	(void)state;
	assert_int_equal(random_open(&host, 7), 0);
	random_octets(&host, octets, sizeof(octets));
	assert_null(memmem(octets, sizeof(octets), lan->nd->address[0].nonce, ND_NONCE_LEN));
	random_close(&host);
	lan_free(lan);
}

/* Each at three times: before we have asked, when we have, and just before the end. */
static void who_has_it_or_wants_it_makes_it_a_duplicate(void **state)
{
	static const struct {
		const char *macs, *addrs, *message;
	} others[] = {
		{ MAC_ALL MAC_PEER, ADDR_US ADDR_ALL,
		  "8800 0000 20000000" ADDR_US "0201" MAC_PEER },
		{ MAC_ALL MAC_PEER, ADDR_PEER ADDR_ALL, "8800 0000 00000000" ADDR_US },
		{ MAC_OF_US MAC_PEER, ADDR_NONE ADDR_OF_US, "8700 0000 00000000" ADDR_US },
		{ MAC_OF_US MAC_PEER, ADDR_NONE ADDR_OF_US, DAD_OF_PEER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		for (unsigned when = 0; when < 3; when++) {
			struct lan *lan = tentative(3);

			while (when > 0 && asked_for(lan, ADDR_US) == 0)
				nd_advance(lan->nd, nd_deadline(lan->nd));
			if (when == 2)
				pass(lan, USEC_PER_SEC - 1);
			hear(lan, nd_frame(others[i].macs, others[i].addrs, others[i].message));
			assert_true(is_duplicate(lan));
			lan_forget(lan);
			pass(lan, 5 * USEC_PER_SEC);
			assert_int_equal(asked_for(lan, ADDR_US), 0);
			assert_null(status_of(lan, US_TEXT));
			lan_free(lan);
		}
	}
}

/* RFC 4862 5.4.3; and some links give back what one has sent: RFC 7527. */
static void these_make_it_no_duplicate(void **state)
{
	struct lan *lan = tentative(3);
	struct octets own;

	(void)state;
	while (asked_for(lan, ADDR_US) == 0)
		nd_advance(lan->nd, nd_deadline(lan->nd));
	own = octets_copy(lan->sent[lan->sent_count - 1].octets, 14 + 40 + 32);
	lan_forget(lan);
	hear(lan, own);
	/* somebody looks for whoever has it */
	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, SOLICITATION));
	/* about others' addresses */
	hear(lan, nd_frame(MAC_ALL MAC_PEER, ADDR_PEER ADDR_ALL, "8800 0000 20000000" ADDR_PEER));
	hear(lan, nd_frame(MAC_OF_PEER MAC_PEER, ADDR_NONE ADDR_OF_PEER,
			   "8700 0000 00000000" ADDR_PEER));
	assert_int_equal(lan->sent_count, 0);
	pass(lan, USEC_PER_SEC);
	assert_int_equal(status_of(lan, US_TEXT)->status, ND_ASSIGNED);
	lan_free(lan);
}

static void take_another(struct lan *lan, const struct status *status)
{
	struct in6_addr another = addr_of("2001:db8:a:1::aa");

	if (status->status == ND_DUPLICATE)
		assert_int_equal(nd_address_add(lan->nd, &another), 0);
}

/* RFC 3972 4 (7): an address with the next collision count. */
static void another_can_be_taken_as_soon_as_a_duplicate_is_told(void **state)
{
	struct lan *lan = tentative(3);

	(void)state;
	lan->on_status = take_another;
	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_NONE ADDR_OF_US, DAD_OF_PEER));
	assert_true(is_duplicate(lan));
	pass(lan, 2 * USEC_PER_SEC);
	assert_int_equal(status_of(lan, "2001:db8:a:1::aa")->status, ND_ASSIGNED);
	lan_free(lan);
}

/* --- tentative, RFC 4862 5.4 ------------------------------------------------------ */

static void a_tentative_address_is_no_address_yet(void **state)
{
	struct lan *lan = tentative(3);

	(void)state;
	pass(lan, USEC_PER_SEC);
	lan_forget(lan);
	hear(lan, frame_of(MAC_US MAC_PEER, "60000000 0000 11 40", ADDR_PEER ADDR_US, "0102"));
	assert_int_equal(lan->delivered_count, 0);
	assert_int_equal(lan_send(lan, ADDR_US ADDR_PEER, "0102"), -EADDRNOTAVAIL);
	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, SOLICITATION));
	hear(lan, nd_frame(MAC_US MAC_PEER, ADDR_PEER ADDR_US, SOLICITATION));
	assert_int_equal(lan->sent_count, 0);
	lan_free(lan);
}

/* --- answers ---------------------------------------------------------------------- */

static void a_solicitation_is_answered(void **state)
{
	struct lan *lan = *state;

	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, SOLICITATION));
	assert_int_equal(lan->sent_count, 1);
	assert_sent(lan, 0, MAC_PEER MAC_US "86dd"
		    "60000000 0020 3aff" ADDR_US ADDR_PEER
		    "8800 8a2e 60000000 20010db8000a0001000000000000000a  02 01 02000000000a");
	/* The same when it comes to us alone, as a probe. */
	hear(lan, nd_frame(MAC_US MAC_PEER, ADDR_PEER ADDR_US, SOLICITATION));
	assert_int_equal(lan->sent_count, 2);
	assert_memory_equal(lan->sent[1].octets, lan->sent[0].octets, 86);
}

static void it_tells_where_the_asker_is(void **state)
{
	struct lan *lan = *state;

	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, SOLICITATION));
	assert_int_equal(the(lan, PEER_TEXT)->state, ND_STALE);
	assert_octets_equal(&the(lan, PEER_TEXT)->mac, 6, MAC_PEER);
	pass(lan, 60 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 1); /* the answer, and no probe because of it */
}

/* It was hop limit 255 that brought it here, so it is no router's business. */
static void an_asker_from_elsewhere_is_answered_on_the_link(void **state)
{
	struct lan *lan = *state;

	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_FAR ADDR_OF_US, SOLICITATION));
	assert_int_equal(lan->sent_count, 1);
	assert_octets_equal(lan->sent[0].octets, 6, MAC_PEER);
}

static void an_asker_without_an_ethernet_address_is_looked_for_first(void **state)
{
	struct lan *lan = *state;

	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, "8700 0000 00000000" ADDR_US));
	assert_int_equal(lan->sent_count, 1);
	assert_int_equal(sent_type(lan, 0), ND_NEIGHBOR_SOLICIT);
	hear(lan, peer_answers());
	assert_int_equal(lan->sent_count, 2);
	assert_int_equal(sent_type(lan, 1), ND_NEIGHBOR_ADVERT);
	assert_octets_equal(lan->sent[1].octets, 6, MAC_PEER);
}

static void who_wants_our_address_is_told_before_all(void **state)
{
	struct lan *lan = *state;

	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_NONE ADDR_OF_US, DAD_OF_PEER));
	assert_int_equal(lan->sent_count, 1);
	assert_sent(lan, 0, MAC_ALL MAC_US "86dd"
		    "60000000 0020 3aff" ADDR_US ADDR_ALL
		    "8800 f8f9 20000000 20010db8000a0001000000000000000a  02 01 02000000000a");
	assert_int_equal(lan->status_count, 0);
}

static void the_link_local_address_is_answered_for_too(void **state)
{
	struct lan *lan = *state;

	hear(lan, nd_frame("3333ff00000a" MAC_PEER, ADDR_PEER ADDR_OF_US,
			   "8700 0000 00000000 fe80000000000000000000fffe00000a 0101" MAC_PEER));
	assert_int_equal(lan->sent_count, 1);
	assert_octets_equal(lan->sent[0].octets + 14 + 8, 16, "fe80000000000000000000fffe00000a");
}

static void what_is_not_asked_of_us_gets_no_answer(void **state)
{
	struct lan *lan = *state;
	struct in6_addr us = addr_of(US_TEXT);
	/* our group, not our address: its last three octets are the same */
	static const char cousin[] = "8700 0000 00000000 20010db8000a0001000000001100000a"
				     "0101" MAC_PEER;

	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, cousin));
	hear(lan, nd_frame(MAC_OF_PEER MAC_OTHER, ADDR_FAR ADDR_OF_PEER,
			   "8700 0000 00000000" ADDR_PEER "0101" MAC_OTHER));
	/* our address, in a group that is not ours; and from what is ours already */
	hear(lan, nd_frame(MAC_OF_PEER MAC_PEER, ADDR_PEER ADDR_OF_PEER, SOLICITATION));
	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_US ADDR_OF_US, SOLICITATION));
	assert_int_equal(nd_address_remove(lan->nd, &us), 0);
	hear(lan, nd_frame(MAC_OF_US MAC_PEER, ADDR_PEER ADDR_OF_US, SOLICITATION));
	assert_int_equal(lan->sent_count, 0);
	assert_false(knows(lan, PEER_TEXT));
}

static void who_claims_what_is_ours_is_not_heeded(void **state)
{
	struct lan *lan = *state;
	struct in6_addr us = addr_of(US_TEXT);

	hear(lan, nd_frame(MAC_ALL MAC_PEER, ADDR_PEER ADDR_ALL,
			   "8800 0000 20000000" ADDR_US "0201" MAC_PEER));
	assert_int_equal(lan->status_count, 0);
	assert_true(nd_address_is_assigned(lan->nd, &us));
	assert_false(knows(lan, US_TEXT));
}

/* --- adding and removing ---------------------------------------------------------- */

static void what_is_no_unicast_address_is_refused(void **state)
{
	static const char *const texts[] = { "::", "::1", "ff02::1" };
	struct lan *lan = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct in6_addr addr = addr_of(texts[i]);

		assert_int_equal(nd_address_add(lan->nd, &addr), -EINVAL);
	}
}

static void an_address_is_added_once_and_removed_once(void **state)
{
	struct lan *lan = *state;
	struct in6_addr us = addr_of(US_TEXT);

	assert_int_equal(nd_address_add(lan->nd, &us), -EEXIST);
	assert_int_equal(nd_address_remove(lan->nd, &us), 0);
	assert_int_equal(nd_address_remove(lan->nd, &us), -EADDRNOTAVAIL);
	assert_int_equal(lan_send(lan, ADDR_US ADDR_PEER, "00"), -EADDRNOTAVAIL);
	assert_int_equal(nd_address_add(lan->nd, &us), 0);
	assert_false(nd_address_is_assigned(lan->nd, &us));
}

static void a_place_that_was_left_is_taken_again(void **state)
{
	struct lan *lan = lan_new(1);
	struct in6_addr addr = addr_of("2001:db8::");

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (uint8_t i = 0; i < ND_ADDRESSES_MAX - 1; i++) {
			addr.s6_addr[15] = i;
			assert_int_equal(nd_address_add(lan->nd, &addr), 0);
		}
		addr.s6_addr[15] = 0xff;
		assert_int_equal(nd_address_add(lan->nd, &addr), -ENOSPC);
		for (uint8_t i = 0; i < ND_ADDRESSES_MAX - 1; i++) {
			addr.s6_addr[15] = i;
			assert_int_equal(nd_address_remove(lan->nd, &addr), 0);
		}
	}
	lan_free(lan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_sent_before_time_passes),
		cmocka_unit_test(it_asks_who_has_the_address),
		cmocka_unit_test(an_address_that_nobody_has_is_ours_a_second_after_the_question),
		cmocka_unit_test(the_link_local_address_is_detected_like_any),
		cmocka_unit_test(the_delay_is_that_of_the_seed),
		cmocka_unit_test(its_chance_is_not_that_of_the_host),
		cmocka_unit_test(who_has_it_or_wants_it_makes_it_a_duplicate),
		cmocka_unit_test(these_make_it_no_duplicate),
		cmocka_unit_test(another_can_be_taken_as_soon_as_a_duplicate_is_told),
		cmocka_unit_test(a_tentative_address_is_no_address_yet),
		lan_test(a_solicitation_is_answered),
		lan_test(it_tells_where_the_asker_is),
		lan_test(an_asker_from_elsewhere_is_answered_on_the_link),
		lan_test(an_asker_without_an_ethernet_address_is_looked_for_first),
		lan_test(who_wants_our_address_is_told_before_all),
		lan_test(the_link_local_address_is_answered_for_too),
		lan_test(what_is_not_asked_of_us_gets_no_answer),
		lan_test(who_claims_what_is_ours_is_not_heeded),
		lan_test(what_is_no_unicast_address_is_refused),
		lan_test(an_address_is_added_once_and_removed_once),
		cmocka_unit_test(a_place_that_was_left_is_taken_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
