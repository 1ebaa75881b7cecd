/* SPDX-License-Identifier: BSD-2-Clause */
/* Which pairs are tried, and in which order: RFC 5534 4.3. */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

/* What stands where in a prefix of 2001:db8:x:y::/64. */
struct place {
	uint8_t x, y;
};

/* Two hosts with a link for each place. */
static struct pair *with_prefixes(const struct place *a, unsigned a_count, const struct place *b,
				  unsigned b_count)
{
	const struct place *place[2] = { a, b };
	const unsigned count[2] = { a_count, b_count };
	struct pair *p = pair_empty();

	for (unsigned side = A; side <= B; side++) {
		struct shim_config cfg = pair_config(&p->end[side], 5 + side);

		cfg.link_count = count[side];
		for (unsigned i = 0; i < count[side]; i++) {
			cfg.link[i] = cfg.link[0];
			cfg.link[i].prefix[0][5] = place[side][i].x;
			cfg.link[i].prefix[0][7] = place[side][i].y;
		}
		pair_host(p, side, &cfg);
	}
	return p;
}

struct way {
	unsigned local, peer;
};

/* The next Probes go these ways and no other, then from the first again. */
static void assert_order(struct pair *p, const struct way *ways, unsigned n)
{
	clear(p);
	while (p->count < 2 * n) {
		assert_non_null(context_of(p, A));
		shim_host_advance(p->host[A], shim_host_deadline(p->host[A]));
		for (unsigned i = 0; i < p->count; i++)
			if (!is_reap(&p->flight[i]))
				p->flight[i--] = p->flight[--p->count];
	}
	for (unsigned i = 0; i < 2 * n; i++)
		assert_probe(p, i, A, REAP_EXPLORING, ways[i % n].local, ways[i % n].peer, 0);
}

#define assert_ways(p, ...)                                                         \
	assert_order(p, (const struct way[]){ __VA_ARGS__ },                        \
		     sizeof((const struct way[]){ __VA_ARGS__ }) / sizeof(struct way))

/* Just before A's first Probe. */
static void ready(struct pair *p)
{
	p->host[A]->cfg.idle_timeout = 3600;
	say(p, A);
	pass(p, A, SEND_TIMEOUT * SECOND - 1);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
}

/* B tells preferences: octets as in RFC 5533 5.15.3, behind the generation. */
static void tell(struct pair *p, uint32_t nonce, const uint8_t *elements, size_t len)
{
	struct shim6_message m = message_of(p, SHIM6_UPDATE_REQUEST);
	uint32_t generation = context_of(p, B)->ls_local_generation;
	uint8_t octets[64] = { (uint8_t)(generation >> 24), (uint8_t)(generation >> 16),
			       (uint8_t)(generation >> 8), (uint8_t)generation };
	unsigned acks = 0;

	memcpy(octets + 4, elements, len);
	m.request_nonce = nonce;
	m.other_count = 1;
	m.other[0] = (struct shim6_option){ .type = 3, .len = (uint16_t)(4 + len), .data = octets };
	clear(p);
	hear(p, &m, 1, 1);
	for (unsigned i = 0; i < p->count; i++)
		acks += control_type(&p->flight[i]) == SHIM6_UPDATE_ACK;
	assert_int_equal(acks, 1);
}

#define tell_of(p, nonce, ...) tell(p, nonce, (const uint8_t[]){ __VA_ARGS__ }, \
			     sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* --- all of them -------------------------------------------------------------- */

/* Nothing is better than anything else here. */
static void all_pairs_are_tried_the_current_one_first_and_then_again(void **state)
{
	struct pair *p = *state;

	establish(p);
	ready(p);
	assert_ways(p, { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 });
}

static void the_current_pair_is_first_whichever_it_is(void **state)
{
	struct pair *p = *state;
	struct flight third;

	explore(p);
	pass(p, A, SECOND);
	third = p->flight[2];
	assert_probe(p, 2, A, REAP_EXPLORING, 2, 1, 0);
	hear_probe(p, REAP_OPERATIONAL, 1, 1, 1, &third);
	ready(p);
	assert_ways(p, { 2, 1 }, { 1, 1 }, { 1, 2 }, { 2, 2 });
}

/* More than the fifteen that a Probe can report. */
static void many_pairs_are_all_tried(void **state)
{
	static const struct place a[] = { { 10, 1 }, { 10, 2 }, { 10, 3 }, { 10, 4 }, { 10, 5 } };
	static const struct place b[] = { { 11, 1 }, { 11, 2 }, { 11, 3 }, { 11, 4 } };
	struct pair *p = with_prefixes(a, 5, b, 4);
	unsigned tried[6][5] = { { 0 } };

	(void)state;
	establish(p);
	ready(p);
	clear(p);
	while (p->count < 40 && context_of(p, A))
		shim_host_advance(p->host[A], shim_host_deadline(p->host[A]));
	for (unsigned i = 0; i < 40; i++)
		tried[source_of(p, &p->flight[i])][destination_of(p, &p->flight[i])]++;
	for (unsigned l = 1; l <= 5; l++)
		for (unsigned r = 1; r <= 4; r++)
			assert_int_equal(tried[l][r], 2);
	pair_free(p);
}

/* --- the order ---------------------------------------------------------------- */

/* RFC 6724 5, rule 8. The lengths in common, from the last two groups: 000a and 000b
 * have 47 bits, 000b:0009 with 0001 60, with 0008 63. */
static void the_longer_prefix_in_common_goes_first(void **state)
{
	static const struct place a[] = { { 10, 1 }, { 11, 9 } }, b[] = { { 11, 1 }, { 11, 8 } };
	struct pair *p = with_prefixes(a, 2, b, 2);

	(void)state;
	establish(p);
	ready(p);
	assert_ways(p, { 1, 1 }, { 2, 2 }, { 2, 1 }, { 1, 2 });
	pair_free(p);
}

/* RFC 5533 5.15.3: as in RFC 2782, a lower number is a higher priority. */
static void the_priority_that_the_peer_tells_goes_before_the_prefix(void **state)
{
	static const struct place a[] = { { 10, 1 }, { 11, 9 } };
	static const struct place b[] = { { 11, 1 }, { 11, 8 }, { 12, 1 } };
	struct pair *p = with_prefixes(a, 2, b, 3);

	(void)state;
	establish(p);
	/* two octets each: flags, priority */
	tell_of(p, 9, 2, 0, 20, 0, 255, 0, 3);
	ready(p);
	/* 000c has 45 bits in common with both of A's. */
	assert_ways(p, { 1, 1 }, { 1, 3 }, { 2, 3 }, { 2, 1 }, { 2, 2 }, { 1, 2 });
	pair_free(p);
}

static void what_the_peer_calls_broken_goes_last(void **state)
{
	static const struct place a[] = { { 10, 1 }, { 11, 9 } };
	static const struct place b[] = { { 12, 1 }, { 11, 8 }, { 12, 2 } };
	struct pair *p = with_prefixes(a, 2, b, 3);

	(void)state;
	establish(p);
	tell_of(p, 9, 1, 0, 1, 0);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	ready(p);
	assert_ways(p, { 1, 1 }, { 1, 3 }, { 2, 1 }, { 2, 3 }, { 2, 2 }, { 1, 2 });
	pair_free(p);
}

static void a_current_pair_that_the_peer_calls_broken_goes_behind_all_that_are_not(void **state)
{
	struct pair *p = *state;

	establish(p);
	tell_of(p, 9, 1, 1, 0);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	assert_probe(p, 1, A, REAP_EXPLORING, 1, 2, 0);
	assert_ways(p, { 2, 2 }, { 1, 1 }, { 2, 1 }, { 1, 2 });
}

/* It may be reached there all the same: a host need not list what doesn't work now. */
static void a_ulid_that_the_peer_does_not_list_goes_last(void **state)
{
	static const struct way ways[] = { { 1, 2 }, { 2, 2 }, { 1, 1 }, { 2, 1 } };
	struct pair *p = *state;
	unsigned n = 0;

	establish(p);
	clear(p);
	tell_list(p, 1u << 1);
	pass(p, A, 2 * SECOND);
	for (unsigned i = 0; i < p->count; i++)
		if (is_reap(&p->flight[i]) && n < 4) {
			assert_probe(p, i, A, REAP_EXPLORING, ways[n].local, ways[n].peer, 0);
			n++;
		}
	assert_int_equal(n, 4);
}

/* --- what is not used --------------------------------------------------------- */

/* RFC 5534 3.2 */
static void an_address_that_is_down_is_not_used(void **state)
{
	struct pair *p = *state;
	struct in6_addr second = locator_of(p, A, 2);

	establish(p);
	assert_int_equal(shim_host_address_event(p->host[A], 2, &second, false), 0);
	settle(p);
	ready(p);
	clear(p);
	pass(p, A, 2 * SECOND);
	assert_int_equal(p->count, 4); /* nor does it have turns that come to nothing */
	assert_ways(p, { 1, 1 }, { 1, 2 });
}

static void an_address_that_comes_back_is_used_again(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	settle(p);
	ready(p);
	pass(p, A, 5 * SECOND);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	assert_int_equal(shim_host_link_event(p->host[A], 2, true), 0);
	assert_ways(p, { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 });
}

/* RFC 5533 10.5: not before the peer has acknowledged it. */
static void an_address_that_the_peer_does_not_know_is_not_used(void **state)
{
	struct pair *p = *state;

	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, true), 0);
	p->landed = p->count; /* the Update Request is lost */
	ready(p);
	assert_ways(p, { 1, 1 }, { 1, 2 });
}

static void without_an_address_nothing_is_sent_until_one_is_back(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	settle(p);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	clear(p);
	pass(p, A, 10 * SECOND);
	assert_int_equal(p->count, 0);
	assert_int_equal(shim_host_link_event(p->host[A], 2, true), 0);
	run_until(p, 80 * SECOND);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_pair(p, A, 2, 1);
}

/* --- while it lasts ----------------------------------------------------------- */

/* 4.3: "nodes SHOULD attempt to test through all of them". A layer above that knows
 * that packets are lost may say so again and again. */
static void complaints_do_not_keep_it_at_the_first_pair(void **state)
{
	struct pair *p = *state;
	bool tried[3][3] = { { false } };

	explore(p);
	for (unsigned i = 0; i < 100; i++) {
		shim_feedback(p->host[A], context_of(p, A), false);
		pass(p, A, SECOND / 10);
	}
	for (unsigned i = 0; i < p->count; i++)
		tried[source_of(p, &p->flight[i])][destination_of(p, &p->flight[i])] = true;
	assert_true(tried[1][1] && tried[1][2] && tried[2][1] && tried[2][2]);
}

/* Copies of one, and others that say the same once more. */
static void nor_do_update_requests_that_change_nothing(void **state)
{
	struct pair *p = *state;
	bool tried[3][3] = { { false } };

	explore(p);
	for (unsigned i = 0; i < 100; i++) {
		tell_of(p, 9 + i / 3, 1, 1, 0);
		pass(p, A, SECOND / 10);
		for (unsigned k = 0; k < p->count; k++)
			tried[source_of(p, &p->flight[k])][destination_of(p, &p->flight[k])] = true;
	}
	assert_true(tried[1][1] && tried[1][2] && tried[2][1] && tried[2][2]);
}

static void what_the_peer_tells_meanwhile_makes_another_order(void **state)
{
	static const struct way ways[] = { { 1, 2 }, { 2, 2 }, { 1, 1 }, { 2, 1 } };
	struct pair *p = *state;

	explore(p);
	pass(p, A, SECOND / 2);
	assert_int_equal(p->count, 2);
	tell_of(p, 9, 1, 1, 0);
	clear(p);
	pass(p, A, 3 * SECOND);
	for (unsigned i = 0; i < 4; i++)
		assert_probe(p, i, A, REAP_INBOUND_OK, ways[i].local, ways[i].peer, 0);
}

/* B has lost the context, and tells in its I2 of fewer locators: A's plans have to
 * be of what B has now. */
static void a_peer_that_begins_anew_with_fewer_locators_is_probed_there_alone(void **state)
{
	struct pair *p = *state;

	explore(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	assert_int_equal(shim_host_link_event(p->host[B], 2, false), 0);
	clear(p);
	initiate(p, B);
	while (state_of(p, B) != SHIM_ESTABLISHED) {
		assert_true(p->landed < p->count);
		land_one(p);
	}
	assert_int_equal(context_of(p, A)->ls_peer->count, 1);
	clear(p);
	pass(p, A, 20 * SECOND);
	assert_true(p->count > 4);
	for (unsigned i = 0; i < p->count; i++)
		assert_int_equal(destination_of(p, &p->flight[i]), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(all_pairs_are_tried_the_current_one_first_and_then_again),
		pair_test(the_current_pair_is_first_whichever_it_is),
		cmocka_unit_test(many_pairs_are_all_tried),
		cmocka_unit_test(the_longer_prefix_in_common_goes_first),
		cmocka_unit_test(the_priority_that_the_peer_tells_goes_before_the_prefix),
		cmocka_unit_test(what_the_peer_calls_broken_goes_last),
		pair_test(a_current_pair_that_the_peer_calls_broken_goes_behind_all_that_are_not),
		pair_test(a_ulid_that_the_peer_does_not_list_goes_last),
		pair_test(an_address_that_is_down_is_not_used),
		pair_test(an_address_that_comes_back_is_used_again),
		pair_test(an_address_that_the_peer_does_not_know_is_not_used),
		pair_test(without_an_address_nothing_is_sent_until_one_is_back),
		pair_test(complaints_do_not_keep_it_at_the_first_pair),
		pair_test(nor_do_update_requests_that_change_nothing),
		pair_test(what_the_peer_tells_meanwhile_makes_another_order),
		pair_test(a_peer_that_begins_anew_with_fewer_locators_is_probed_there_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
