/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling the peer what has changed with our locators: RFC 5533 10.1 to 10.3. */
#include "refstack/core/test_keys.h"

#include <errno.h>

enum { SHIM = IPV6_HEADER_LEN };

/* A has a key beside its HBA set, so that it can prove new locators. */
static int keyed_setup(void **state)
{
	*state = pair_of_kinds(42, SHIM_HBA_CGA, SHIM_HBA, rsa_1024);
	return 0;
}

#define keyed_test(f) cmocka_unit_test_setup_teardown(f, keyed_setup, pair_teardown)

static void link_is(struct pair *p, unsigned link, bool up)
{
	assert_int_equal(shim_host_link_event(p->host[A], link, up), 0);
}

/* Our requests are a second apart, so that none overtakes the last. */
static void wait_a_second(struct pair *p)
{
	shim_host_advance(p->host[A], shim_host_now(p->host[A]) + USEC_PER_SEC);
}

/* An address that A's set didn't have, on link 2. */
static struct in6_addr add_address(struct pair *p, uint8_t last)
{
	struct in6_addr addr = addr_of("2001:db8:a:3::");

	addr.s6_addr[15] = last;
	assert_int_equal(shim_host_address_event(p->host[A], 2, &addr, true), 0);
	return addr;
}

/* Where in a request the flags of its preferences start, and for how many. */
static void assert_preferences(const struct flight *f, const uint8_t *flags, unsigned n)
{
	size_t option = find_option(f, SHIM6_OPT_PREFERENCES);

	assert_int_not_equal(option, 0);
	assert_int_equal(uint_at(f->octets + option + 2, 2), 5 + n);
	assert_int_equal(f->octets[option + 8], 1); /* Element Len */
	assert_memory_equal(f->octets + option + 9, flags, n);
}

static uint32_t nonce_of(const struct flight *f)
{
	return (uint32_t)uint_at(f->octets + SHIM + 12, 4);
}

/* Of a Locator List or Locator Preferences option. */
static uint32_t generation_of(const struct flight *f, uint16_t type)
{
	size_t option = find_option(f, type);

	assert_int_not_equal(option, 0);
	return (uint32_t)uint_at(f->octets + option + 4, 4);
}

static struct flight *request(struct pair *p, unsigned first, unsigned n)
{
	return sent_nth(p, first, SHIM6_UPDATE_REQUEST, n);
}

/* --- other preferences ---------------------------------------------------------------- */

/* The figure of RFC 5533 5.10 with the option of 5.15.3, by hand. */
static void an_address_that_goes_is_told_to_be_broken(void **state)
{
	struct pair *p = *state;
	const struct flight *f = &p->flight[4];

	establish(p);
	link_is(p, 2, false);
	assert_int_equal(p->count, 5);
	assert_int_equal(f->len, 40 + 16 + 16);
	assert_addr(f->octets + 8, locator_of(p, A, 1));
	assert_addr(f->octets + 24, locator_of(p, B, 1));
	assert_memory_equal(f->octets + 40, ((uint8_t[]){ 59, 3, 64, 0 }), 4);
	assert_true(uint_at(f->octets + 46, 6) == context_of(p, B)->ct_local);
	assert_int_equal(nonce_of(f), context_of(p, A)->update.nonce);
	/* The list is that of the I2, and so is its generation. */
	assert_memory_equal(f->octets + 56, ((uint8_t[]){ 0, 6, 0, 7 }), 4);
	assert_int_equal(uint_at(f->octets + 60, 4),
			 generation_of(&p->flight[2], SHIM6_OPT_LOCATOR_LIST));
	assert_memory_equal(f->octets + 64, ((uint8_t[]){ 1, 0, 1, 0, 0, 0, 0, 0 }), 8);
}

/* RFC 5533 5.11 */
static void the_acknowledgement_brings_back_the_nonce(void **state)
{
	struct pair *p = *state;
	const struct flight *f = &p->flight[5];

	establish(p);
	link_is(p, 2, false);
	settle(p);
	assert_sent(p, 4, ((uint8_t[]){ SHIM6_UPDATE_REQUEST, SHIM6_UPDATE_ACK }), 2);
	assert_int_equal(f->len, 40 + 16);
	assert_memory_equal(f->octets + 40, ((uint8_t[]){ 59, 1, 65, 0 }), 4);
	assert_true(uint_at(f->octets + 46, 6) == context_of(p, A)->ct_local);
	assert_memory_equal(f->octets + 52, p->flight[4].octets + 52, 4);
	assert_memory_equal(f->octets + 8, p->flight[4].octets + 24, 16);
	assert_memory_equal(f->octets + 24, p->flight[4].octets + 8, 16);
	assert_false(context_of(p, A)->update.outstanding);
	assert_true(context_of(p, A)->deadline[TIMER_UPDATE] == USEC_NEVER);
}

static void an_address_that_comes_back_is_told_to_be_well(void **state)
{
	struct pair *p = *state;

	establish(p);
	link_is(p, 2, false);
	settle(p);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, SHIM6_BROKEN);
	wait_a_second(p);
	link_is(p, 2, true);
	assert_preferences(request(p, 4, 2), (uint8_t[]){ 0, 0 }, 2);
	assert_int_equal(find_option(request(p, 4, 2), SHIM6_OPT_LOCATOR_LIST), 0);
	settle(p);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, 0);
}

static void what_the_peer_knows_is_not_told_again(void **state)
{
	struct pair *p = *state;

	establish(p);
	link_is(p, 2, true);
	assert_int_equal(p->count, 4);
	link_is(p, 2, false);
	settle(p);
	link_is(p, 2, false);
	assert_int_equal(shim_host_address_event(p->host[A], 2, &p->host[A]->locator[1].addr,
						 false), 0);
	assert_int_equal(p->count, 6);
}

static void every_context_has_its_own_update(void **state)
{
	struct pair *p = *state;
	struct shim_ulids second = { locator_of(p, A, 1), locator_of(p, B, 2), 0 };
	const struct flight *first;

	establish(p);
	handshake_initiate(p->host[A], &second);
	settle(p);
	link_is(p, 2, false);
	first = request(p, 8, 1);
	assert_int_equal(count_sent(p, 8, SHIM6_UPDATE_REQUEST), 2);
	assert_int_not_equal(nonce_of(first), nonce_of(request(p, 8, 2)));
	settle(p);
	assert_int_equal(count_sent(p, 8, SHIM6_UPDATE_ACK), 2);
}

/* Who has nothing that is up can say nothing; it is told by the next copy. */
static void a_host_without_addresses_tells_it_later(void **state)
{
	struct pair *p = *state;

	establish(p);
	link_is(p, 2, false);
	settle(p);
	link_is(p, 1, false);
	assert_int_equal(p->count, 6);
	link_is(p, 1, true);
	run_until(p, 20 * USEC_PER_SEC);
	assert_false(context_of(p, A)->update.outstanding);
	assert_int_equal(context_of(p, B)->ls_peer->at[0].preference.flags, 0);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, SHIM6_BROKEN);
}

/* --- time: RFC 5533 10.2 and 14 ------------------------------------------------------- */

struct copies {
	unsigned count;
	usec_t at[64];
	struct flight first;
};

/* All copies of A's request that are sent until `end`; all are lost. */
static void watch(struct pair *p, struct copies *c, usec_t end)
{
	p->lose_type = SHIM6_UPDATE_REQUEST;
	p->lose_count = 1000;
	for (usec_t now = shim_host_now(p->host[A]); now <= end; now += USEC_PER_SEC) {
		run_until(p, now);
		for (unsigned i = 0; i < p->count; i++) {
			const struct flight *f = &p->flight[i];

			if (control_type(f) != SHIM6_UPDATE_REQUEST)
				continue;
			if (c->count == 0)
				c->first = *f;
			assert_int_equal(f->len, c->first.len);
			/* But for its addresses it is the same every time. */
			assert_memory_equal(f->octets + 40, c->first.octets + 40, f->len - 40);
			c->at[c->count++] = f->at;
		}
		p->count = p->landed = 0;
	}
}

static void requests_back_off_to_two_minutes_and_never_end(void **state)
{
	static struct copies c;
	struct pair *p = pair_empty();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct shim_config cfg = pair_config(&p->end[i], 77 + i);

		cfg.idle_timeout = 100000;
		pair_host(p, i, &cfg);
	}
	establish(p);
	c.count = p->count = p->landed = 0;
	link_is(p, 2, false);
	watch(p, &c, 3600 * USEC_PER_SEC);
	/* 4, 8, 16, 32 and 64 seconds, and from then on 120 each time. */
	assert_in_range(c.count, 5 + (3600 - 186) / 180, 5 + 1 + 3600 / 60);
	for (unsigned i = 1; i < c.count; i++) {
		usec_t nominal = (i > 5 ? 120 : 4 << (i - 1)) * USEC_PER_SEC;

		assert_in_range(c.at[i] - c.at[i - 1], nominal / 2, nominal * 3 / 2);
	}
	assert_true(context_of(p, A)->update.outstanding);
	pair_free(p);
}

/* RFC 5533 10.2: only the end of the context ends it. */
static void they_end_with_the_context(void **state)
{
	static struct copies c;
	struct pair *p = *state;

	establish(p);
	c.count = p->count = p->landed = 0;
	link_is(p, 2, false);
	watch(p, &c, 299 * USEC_PER_SEC);
	assert_in_range(c.count, 5, 9);
	watch(p, &c, 301 * USEC_PER_SEC);
	assert_null(context_of(p, A));
	c.count = 0;
	watch(p, &c, 3600 * USEC_PER_SEC);
	assert_int_equal(c.count, 0);
}

static void a_lost_acknowledgement_is_asked_for_again(void **state)
{
	struct pair *p = *state;

	establish(p);
	p->lose_type = SHIM6_UPDATE_ACK;
	p->lose_count = 1;
	link_is(p, 2, false);
	run_until(p, 7 * USEC_PER_SEC);
	assert_int_equal(count_sent(p, 4, SHIM6_UPDATE_REQUEST), 2);
	assert_int_equal(count_sent(p, 4, SHIM6_UPDATE_ACK), 2);
	assert_int_equal(nonce_of(request(p, 4, 1)), nonce_of(request(p, 4, 2)));
	assert_false(context_of(p, A)->update.outstanding);
}

/* --- newer information: RFC 5533 10.3 ------------------------------------------------- */

static void what_is_newer_takes_the_place_of_the_update(void **state)
{
	struct pair *p = *state;
	const struct flight *old, *new;

	establish(p);
	link_is(p, 2, false);
	wait_a_second(p);
	link_is(p, 2, true);
	old = request(p, 4, 1);
	new = request(p, 4, 2);
	assert_int_equal(p->count, 6);
	assert_int_not_equal(nonce_of(new), nonce_of(old));
	assert_preferences(new, (uint8_t[]){ 0, 0 }, 2);
	assert_int_equal(generation_of(new, SHIM6_OPT_PREFERENCES),
			 generation_of(old, SHIM6_OPT_PREFERENCES));
	/* The abandoned one isn't sent again. */
	p->landed = p->count;
	run_until(p, 7 * USEC_PER_SEC);
	assert_int_equal(nonce_of(request(p, 4, 3)), nonce_of(new));
}

/* One that came before it would have the last word. */
static void what_is_newer_waits_until_the_last_one_has_landed(void **state)
{
	struct pair *p = *state;

	establish(p);
	link_is(p, 2, false);
	link_is(p, 2, true);
	shim_host_advance(p->host[A], USEC_PER_SEC - 1);
	assert_int_equal(p->count, 5);
	shim_host_advance(p->host[A], USEC_PER_SEC);
	assert_int_equal(p->count, 6);
	assert_preferences(request(p, 4, 2), (uint8_t[]){ 0, 0 }, 2);
	settle(p);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, 0);
}

static void the_back_off_begins_anew_with_what_is_newer(void **state)
{
	struct pair *p = *state;

	establish(p);
	p->lose_type = SHIM6_UPDATE_REQUEST;
	p->lose_count = 100;
	link_is(p, 2, false);
	run_until(p, 14 * USEC_PER_SEC);
	assert_in_range(count_sent(p, 4, SHIM6_UPDATE_REQUEST), 2, 4);
	link_is(p, 2, true);
	assert_in_range(context_of(p, A)->deadline[TIMER_UPDATE] - shim_host_now(p->host[A]),
			2 * USEC_PER_SEC, 6 * USEC_PER_SEC);
	run_until(p, 20 * USEC_PER_SEC);
	assert_in_range(count_sent(p, 4, SHIM6_UPDATE_REQUEST), 4, 7);
}

static void an_acknowledgement_of_the_abandoned_one_is_ignored(void **state)
{
	struct pair *p = *state;
	usec_t due;

	establish(p);
	link_is(p, 2, false);
	wait_a_second(p);
	link_is(p, 2, true);
	land_one(p); /* the first request */
	p->landed++; /* the second one is lost */
	due = context_of(p, A)->deadline[TIMER_UPDATE];
	land_one(p);
	assert_int_equal(control_type(&p->flight[p->landed - 1]), SHIM6_UPDATE_ACK);
	assert_true(context_of(p, A)->update.outstanding);
	assert_true(context_of(p, A)->deadline[TIMER_UPDATE] == due);
	run_until(p, 7 * USEC_PER_SEC);
	assert_false(context_of(p, A)->update.outstanding);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, 0);
}

static void an_acknowledgement_with_any_other_nonce_is_ignored(void **state)
{
	struct pair *p = *state;
	struct flight ack;

	establish(p);
	link_is(p, 2, false);
	land_one(p);
	ack = p->flight[p->landed++];
	for (unsigned i = 0; i < 4; i++) {
		ack.octets[SHIM + 12 + i] ^= 1;
		seal(&ack);
		land(p, &ack);
		assert_true(context_of(p, A)->update.outstanding);
		ack.octets[SHIM + 12 + i] ^= 1;
	}
	seal(&ack);
	land(p, &ack);
	assert_false(context_of(p, A)->update.outstanding);
	land(p, &ack); /* and once more */
	assert_int_equal(p->count, 6);
}

/* The example of RFC 5533 10.3, but that our list keeps what is broken. */
static void an_unacknowledged_list_goes_along_with_what_is_newer(void **state)
{
	struct pair *p = *state;
	struct in6_addr a3, a4;
	struct shim6_message first, second, third;

	establish(p);
	a3 = add_address(p, 3);
	wait_a_second(p);
	link_is(p, 1, false);
	wait_a_second(p);
	a4 = add_address(p, 4);
	first = read_message(request(p, 4, 1));
	second = read_message(request(p, 4, 2));
	third = read_message(request(p, 4, 3));
	assert_int_equal(first.locators.count, 3);
	assert_int_equal(second.locators.count, 3);
	assert_int_equal(third.locators.count, 4);
	assert_addr(&second.locators.locator[2], a3);
	assert_addr(&third.locators.locator[3], a4);
	assert_preferences(request(p, 4, 2), (uint8_t[]){ 1, 0, 0 }, 3);
	assert_preferences(request(p, 4, 3), (uint8_t[]){ 1, 0, 0, 0 }, 4);
	/* The second has the list of the first. */
	assert_int_equal(second.locators.generation, first.locators.generation);
	assert_int_not_equal(third.locators.generation, first.locators.generation);
	assert_int_not_equal(second.request_nonce, first.request_nonce);
	assert_int_not_equal(third.request_nonce, second.request_nonce);
	for (unsigned n = 1; n <= 3; n++)
		assert_int_equal(generation_of(request(p, 4, n), SHIM6_OPT_PREFERENCES),
				 generation_of(request(p, 4, n), SHIM6_OPT_LOCATOR_LIST));
	settle(p);
	assert_false(context_of(p, A)->update.outstanding);
	assert_int_equal(context_of(p, B)->ls_peer->count, 4);
	assert_int_equal(context_of(p, B)->ls_peer->at[0].preference.flags, SHIM6_BROKEN);
}

/* --- other locators: RFC 5533 10.1 ---------------------------------------------------- */

static void a_new_address_is_listed_and_signed(void **state)
{
	struct pair *p = *state;
	struct in6_addr added;
	struct shim6_message m;

	establish(p);
	added = add_address(p, 3);
	m = read_message(request(p, 4, 1));
	assert_int_not_equal(m.locators.generation,
			     generation_of(&p->flight[2], SHIM6_OPT_LOCATOR_LIST));
	assert_int_equal(generation_of(request(p, 4, 1), SHIM6_OPT_PREFERENCES),
			 m.locators.generation);
	assert_int_equal(m.locators.count, 3);
	/* RFC 5533 5.15.2: 1 is HBA, 2 is CGA. */
	assert_memory_equal(m.locators.method, ((uint8_t[]){ 1, 1, 2 }), 3);
	assert_addr(&m.locators.locator[2], added);
	assert_int_equal(m.signature.len, 1024 / 8);
	assert_int_equal(cga_signature_verify(m.pds.data, m.pds.len, &m.locators,
					      m.signature.data, m.signature.len), 0);
	settle(p);
	assert_int_equal(count_sent(p, 4, SHIM6_UPDATE_ACK), 1);
	assert_int_equal(context_of(p, B)->ls_peer->count, 3);
	assert_int_equal(context_of(p, B)->ls_peer->generation, m.locators.generation);
	assert_addr(&context_of(p, B)->ls_peer->at[2].addr, added);
}

/* RFC 5533 7.2: the peer must know of it first. */
static void a_new_address_is_no_source_before_the_acknowledgement(void **state)
{
	struct pair *p = *state;
	struct in6_addr added;

	establish(p);
	added = add_address(p, 3);
	assert_int_equal(send_payload(p, A, 3), -ENETUNREACH);
	assert_int_equal(shim_context_has_local(p->host[A], context_of(p, A), &added),
			 -EADDRNOTAVAIL);
	settle(p);
	assert_int_equal(shim_context_has_local(p->host[A], context_of(p, A), &added), 0);
	assert_int_equal(send_payload(p, A, 3), 0);
	assert_addr(p->flight[p->count - 1].octets + 8, added);
	settle(p);
	assert_int_equal(p->end[B].arrivals, 1);
	assert_addr(&p->end[B].arrival.peer, locator_of(p, A, 1));
	assert_addr(&p->end[B].arrival.peer_locator, added);
}

/* Nor is it one of a Probe: the peer would answer with an R1bis. */
static void nor_is_it_explored_before(void **state)
{
	struct pair *p = *state;
	struct in6_addr added;

	establish(p);
	p->lose_type = SHIM6_UPDATE_REQUEST;
	p->lose_count = 100;
	added = add_address(p, 3);
	link_is(p, 1, false);
	shim_feedback(p->host[A], context_of(p, A), false);
	p->landed = p->count; /* none of it arrives */
	for (usec_t now = 0; now <= 4 * USEC_PER_SEC; now += USEC_PER_SEC / 4)
		shim_host_advance(p->host[A], now);
	assert_in_range(count_sent(p, 4, SHIM6_PROBE), 4, 10);
	for (unsigned i = 4; i < p->count; i++)
		assert_memory_not_equal(p->flight[i].octets + 8, &added, 16);
	assert_int_equal(count_sent(p, 4, SHIM6_R1BIS), 0);
}

/* RFC 5533 10.4: the peer goes there only when a Probe has shown that it works. */
static void a_new_address_moves_nobody(void **state)
{
	struct pair *p = *state;

	establish(p);
	add_address(p, 3);
	run_until(p, USEC_PER_SEC);
	assert_addr(&context_of(p, A)->lp_local, locator_of(p, A, 1));
	assert_addr(&context_of(p, B)->lp_peer, locator_of(p, A, 1));
	assert_int_equal(context_of(p, B)->reap.state, REAP_OPERATIONAL);
}

static void contexts_that_are_begun_later_have_it_from_the_start(void **state)
{
	struct pair *p = *state;
	struct in6_addr added = add_address(p, 3);

	assert_int_equal(p->count, 0);
	establish(p);
	assert_int_equal(p->count, 4);
	assert_int_equal(context_of(p, B)->ls_peer->count, 3);
	assert_addr(&context_of(p, B)->ls_peer->at[2].addr, added);
	assert_int_equal(send_payload(p, A, 3), 0);
}

/* Nothing proves a list of its owner's, so it does without. */
static void an_added_address_may_be_a_ulid_without_locators(void **state)
{
	struct pair *p = *state;
	const struct in6_addr added = add_address(p, 3), b1 = locator_of(p, B, 1);
	const struct shim_ulids ulids = { b1, added, 0 };

	assert_int_equal(shim_initiate(p->host[A], &added, &b1, 0), 0);
	run_until(p, USEC_PER_SEC);
	assert_non_null(shim_context_of(p->host[A], &added, &b1));
	assert_int_equal(find_option(sent_nth(p, 0, SHIM6_I2, 1), SHIM6_OPT_LOCATOR_LIST), 0);
	assert_int_equal(find_option(sent_nth(p, 0, SHIM6_I2, 1), SHIM6_OPT_CGA_PDS), 0);
	assert_null(context_by_ulids(&p->host[B]->contexts, &ulids)->ls_peer);
	assert_int_equal(p->count, 4);
}

static void a_set_of_cgas_grows_as_well(void **state)
{
	struct pair *p = pair_of_kinds(42, SHIM_CGA, SHIM_HBA, rsa_1024);
	struct shim6_message m;

	(void)state;
	establish(p);
	add_address(p, 3);
	m = read_message(request(p, 4, 1));
	assert_memory_equal(m.locators.method, ((uint8_t[]){ 2, 2, 2 }), 3);
	settle(p);
	assert_int_equal(context_of(p, B)->ls_peer->count, 3);
	assert_int_equal(send_payload(p, A, 3), 0);
	pair_free(p);
}

static void without_a_key_an_address_can_not_be_added(void **state)
{
	struct pair *p = *state;
	struct in6_addr addr = addr_of("2001:db8:a:3::3");

	establish(p);
	assert_int_equal(shim_host_address_event(p->host[A], 2, &addr, true), -EINVAL);
	assert_int_equal(shim_host_address_event(p->host[A], 2, &addr, false), -EADDRNOTAVAIL);
	assert_int_equal(p->count, 4);
	assert_false(shim_host_owns(p->host[A], &addr));
}

static void what_is_no_unicast_address_can_not_be_added(void **state)
{
	static const char *const text[] = { "::", "::1", "ff02::1" };
	struct pair *p = *state;

	for (unsigned i = 0; i < 3; i++) {
		struct in6_addr addr = addr_of(text[i]);

		assert_int_equal(shim_host_address_event(p->host[A], 1, &addr, true), -EINVAL);
	}
}

static void there_is_room_for_32_addresses(void **state)
{
	struct pair *p = *state;
	struct in6_addr addr = addr_of("2001:db8:a:3::ff");

	for (uint8_t n = 3; n <= HOST_LOCATORS_MAX; n++)
		add_address(p, n);
	assert_int_equal(shim_host_address_event(p->host[A], 1, &addr, true), -ENOSPC);
}

/* Of an HBA set a part may have been told; the rest needs no signature. */
static void an_address_of_the_set_that_was_down_at_first_is_listed_later(void **state)
{
	struct pair *p = *state;
	struct shim6_message m;

	link_is(p, 2, false);
	establish(p);
	assert_int_equal(context_of(p, B)->ls_peer->count, 1);
	link_is(p, 2, true);
	m = read_message(request(p, 4, 1));
	assert_int_equal(m.locators.count, 2);
	assert_memory_equal(m.locators.method, ((uint8_t[]){ 1, 1 }), 2);
	assert_null(m.signature.data);
	assert_int_equal(send_payload(p, A, 2), -ENETUNREACH);
	settle(p);
	assert_int_equal(context_of(p, B)->ls_peer->count, 2);
	assert_int_equal(send_payload(p, A, 2), 0);
}

/* --- beside a recovery: RFC 5533 7.5 -------------------------------------------------- */

/* The Update Request is what shows that the context is lost; the I2bis tells the
 * same, but only its acknowledgement ends it. */
static void an_update_survives_the_loss_of_the_peers_context(void **state)
{
	struct pair *p = *state;

	establish(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	add_address(p, 3);
	settle(p);
	assert_sent(p, 4, ((uint8_t[]){ SHIM6_UPDATE_REQUEST, SHIM6_R1BIS, SHIM6_I2BIS,
					SHIM6_R2 }), 4);
	assert_consistent(p);
	assert_int_equal(context_of(p, B)->ls_peer->count, 3);
	assert_int_equal(send_payload(p, A, 3), -ENETUNREACH);
	run_until(p, 7 * USEC_PER_SEC);
	assert_int_equal(count_sent(p, 8, SHIM6_UPDATE_ACK), 1);
	assert_true(uint_at(request(p, 8, 1)->octets + 46, 6) == context_of(p, B)->ct_local);
	assert_int_equal(context_of(p, B)->ls_peer->count, 3);
	assert_false(context_of(p, A)->update.outstanding);
}

/* RFC 5533 10.5: processed, and the I2bis once more. */
static void an_acknowledgement_in_i2bis_sent_counts(void **state)
{
	struct pair *p = *state;
	struct flight ack;

	establish(p);
	link_is(p, 2, false);
	land_one(p);
	ack = p->flight[p->landed++];
	context_remove(&p->host[B]->contexts, context_of(p, B));
	shim_feedback(p->host[A], context_of(p, A), false);
	land_one(p); /* a Probe, which gets an R1bis */
	land_one(p);
	assert_int_equal(state_of(p, A), SHIM_I2BIS_SENT);
	land(p, &ack);
	assert_false(context_of(p, A)->update.outstanding);
	assert_int_equal(count_sent(p, 4, SHIM6_I2BIS), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(an_address_that_goes_is_told_to_be_broken),
		pair_test(the_acknowledgement_brings_back_the_nonce),
		pair_test(an_address_that_comes_back_is_told_to_be_well),
		pair_test(what_the_peer_knows_is_not_told_again),
		pair_test(every_context_has_its_own_update),
		pair_test(a_host_without_addresses_tells_it_later),
		cmocka_unit_test(requests_back_off_to_two_minutes_and_never_end),
		pair_test(they_end_with_the_context),
		pair_test(a_lost_acknowledgement_is_asked_for_again),
		pair_test(what_is_newer_takes_the_place_of_the_update),
		pair_test(what_is_newer_waits_until_the_last_one_has_landed),
		pair_test(the_back_off_begins_anew_with_what_is_newer),
		pair_test(an_acknowledgement_of_the_abandoned_one_is_ignored),
		pair_test(an_acknowledgement_with_any_other_nonce_is_ignored),
		keyed_test(an_unacknowledged_list_goes_along_with_what_is_newer),
		keyed_test(a_new_address_is_listed_and_signed),
		keyed_test(a_new_address_is_no_source_before_the_acknowledgement),
		keyed_test(nor_is_it_explored_before),
		keyed_test(a_new_address_moves_nobody),
		keyed_test(contexts_that_are_begun_later_have_it_from_the_start),
		keyed_test(an_added_address_may_be_a_ulid_without_locators),
		cmocka_unit_test(a_set_of_cgas_grows_as_well),
		pair_test(without_a_key_an_address_can_not_be_added),
		keyed_test(what_is_no_unicast_address_can_not_be_added),
		keyed_test(there_is_room_for_32_addresses),
		pair_test(an_address_of_the_set_that_was_down_at_first_is_listed_later),
		keyed_test(an_update_survives_the_loss_of_the_peers_context),
		pair_test(an_acknowledgement_in_i2bis_sent_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
