/* SPDX-License-Identifier: BSD-2-Clause */
/* Forked contexts, with the ULIDs of another one: RFC 5533 6 and 7.7. */
#include "refstack/core/back_to_back.h"

#include <errno.h>

enum { FII = 0x0a0b0c0d };

static struct shim_context *fork_of(const struct pair *p, unsigned side, uint32_t fii)
{
	struct shim_ulids ulids = ulids_of(p, side);

	ulids.fii = fii;
	return context_by_ulids(&p->host[side]->contexts, &ulids);
}

static int begin(struct pair *p, unsigned side, uint32_t fii)
{
	const struct in6_addr local = locator_of(p, side, 1), peer = locator_of(p, !side, 1);

	return shim_initiate(p->host[side], &local, &peer, fii);
}

static void establish_fork(struct pair *p, uint32_t fii)
{
	assert_int_equal(begin(p, A, fii), 0);
	settle(p);
	assert_int_equal(fork_of(p, A, fii)->state, SHIM_ESTABLISHED);
	assert_int_equal(fork_of(p, B, fii)->state, SHIM_ESTABLISHED);
	assert_true(fork_of(p, A, fii)->ct_peer == fork_of(p, B, fii)->ct_local);
	assert_true(fork_of(p, B, fii)->ct_peer == fork_of(p, A, fii)->ct_local);
}

static int send_by(struct pair *p, unsigned side, uint32_t fii)
{
	const struct shim_send send = {
		.local = locator_of(p, side, 1),
		.peer = locator_of(p, !side, 1),
		.protocol = IPPROTO_UDP,
		.fii = fii,
	};

	return shim_send(p->host[side], &send, "datagram", 8);
}

/* --- messages ------------------------------------------------------------------------- */

/* RFC 5533 5.15.7: type 7, length 4. */
static void assert_names_fork(const struct flight *f)
{
	size_t option = find_option(f, SHIM6_OPT_FII);

	assert_memory_equal(f->octets + option,
			    ((uint8_t[]){ 0, 14, 0, 4, 0x0a, 0x0b, 0x0c, 0x0d }), 8);
}

/* RFC 5533 7.7 and 7.11; R1 and R2 are found by their nonce. */
static void i1_and_i2_name_the_fork_and_the_answers_do_not(void **state)
{
	struct pair *p = *state;

	establish_fork(p, FII);
	assert_sent(p, 0, ((uint8_t[]){ SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 }), 4);
	assert_int_equal(p->flight[0].len, 40 + 16 + 8);
	assert_names_fork(&p->flight[0]);
	assert_names_fork(&p->flight[2]);
	assert_int_equal(find_option(&p->flight[1], SHIM6_OPT_FII), 0);
	assert_int_equal(find_option(&p->flight[3], SHIM6_OPT_FII), 0);
	assert_int_equal(find_option(&p->flight[0], SHIM6_OPT_ULID_PAIR), 0);
}

static void the_default_context_is_not_named(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned i = 0; i < p->count; i++)
		assert_int_equal(find_option(&p->flight[i], SHIM6_OPT_FII), 0);
}

/* RFC 5533 7.10.1: what the I1 named, the I2 has to name. */
static void an_i2_for_another_fork_than_its_i1_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight *i2;

	begin(p, A, FII);
	while (control_type(&p->flight[p->landed]) != SHIM6_I2)
		land_one(p);
	i2 = &p->flight[p->landed];
	i2->octets[find_option(i2, SHIM6_OPT_FII) + 7] ^= 1;
	seal(i2);
	settle(p);
	assert_int_equal(p->host[B]->contexts.count, 0);
}

static void an_unforked_i2_for_a_forked_i1_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight *i2;

	begin(p, A, FII);
	while (control_type(&p->flight[p->landed]) != SHIM6_I2)
		land_one(p);
	i2 = &p->flight[p->landed];
	i2->octets[find_option(i2, SHIM6_OPT_FII)] = 0x7e; /* an option that nobody knows */
	seal(i2);
	settle(p);
	assert_int_equal(p->host[B]->contexts.count, 0);
}

/* --- contexts ------------------------------------------------------------------------- */

static void forks_and_the_default_context_have_tags_of_their_own(void **state)
{
	struct pair *p = *state;
	uint64_t tag[4];

	establish(p);
	establish_fork(p, 1);
	establish_fork(p, 2);
	establish_fork(p, UINT32_MAX);
	assert_int_equal(p->host[A]->contexts.count, 4);
	assert_int_equal(p->host[B]->contexts.count, 4);
	tag[0] = fork_of(p, A, 0)->ct_local;
	tag[1] = fork_of(p, A, 1)->ct_local;
	tag[2] = fork_of(p, A, 2)->ct_local;
	tag[3] = fork_of(p, A, UINT32_MAX)->ct_local;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < i; k++)
			assert_true(tag[i] != tag[k]);
}

static void the_same_fork_is_not_begun_twice(void **state)
{
	struct pair *p = *state;

	assert_int_equal(begin(p, A, 1), 0);
	assert_int_equal(begin(p, A, 1), -EALREADY);
	settle(p);
	assert_int_equal(begin(p, A, 1), -EALREADY);
	assert_int_equal(begin(p, B, 1), -EALREADY);
	assert_int_equal(begin(p, A, 0), 0);
	assert_int_equal(begin(p, A, 2), 0);
}

static void a_fork_from_an_address_of_somebody_else_is_not_begun(void **state)
{
	struct pair *p = *state;
	const struct in6_addr local = locator_of(p, B, 2), peer = locator_of(p, B, 1);

	assert_int_equal(shim_initiate(p->host[A], &local, &peer, 1), -EADDRNOTAVAIL);
	assert_int_equal(p->count, 0);
}

static void forks_that_cross_with_other_numbers_are_two(void **state)
{
	struct pair *p = *state;

	begin(p, A, 1);
	begin(p, B, 2);
	settle(p);
	assert_int_equal(p->host[A]->contexts.count, 2);
	assert_int_equal(p->host[B]->contexts.count, 2);
	for (uint32_t fii = 1; fii <= 2; fii++) {
		assert_int_equal(fork_of(p, A, fii)->state, SHIM_ESTABLISHED);
		assert_true(fork_of(p, A, fii)->ct_peer == fork_of(p, B, fii)->ct_local);
	}
}

static void forks_that_cross_with_one_number_are_one(void **state)
{
	struct pair *p = *state;

	begin(p, A, 1);
	begin(p, B, 1);
	settle(p);
	assert_sent(p, 0, ((uint8_t[]){ SHIM6_I1, SHIM6_I1, SHIM6_R2, SHIM6_R2 }), 4);
	assert_int_equal(p->host[A]->contexts.count, 1);
	assert_true(fork_of(p, A, 1)->ct_peer == fork_of(p, B, 1)->ct_local);
}

/* An R1bis would let it begin any number of them. */
static void a_peer_may_begin_so_many_and_no_more(void **state)
{
	struct pair *p = pair_empty();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct shim_config cfg = pair_config(&p->end[i], 42 + i);

		cfg.forks_max = i == B ? 5 : 0;
		pair_host(p, i, &cfg);
	}
	for (uint32_t fii = 0; fii < 8; fii++) {
		assert_int_equal(begin(p, A, fii), 0);
		settle(p);
		p->count = p->landed = 0;
	}
	assert_int_equal(p->host[B]->contexts.count, 5);
	/* What B begins itself is its own affair. */
	assert_int_equal(begin(p, B, 9), 0);
	settle(p);
	assert_int_equal(fork_of(p, B, 9)->state, SHIM_ESTABLISHED);
	pair_free(p);
}

/* RFC 5533 7.15: the same tag for another FII means that the first is lost. */
static void a_fork_with_the_tag_of_another_ends_that_one(void **state)
{
	struct pair *p = *state;

	establish_fork(p, 1);
	begin(p, A, 2);
	while (control_type(&p->flight[p->landed]) != SHIM6_R2)
		land_one(p);
	context_set_peer_tag(&p->host[A]->contexts, fork_of(p, A, 1), fork_of(p, B, 2)->ct_local);
	settle(p);
	assert_null(fork_of(p, A, 1));
	assert_int_equal(fork_of(p, A, 2)->state, SHIM_ESTABLISHED);
}

/* --- payload -------------------------------------------------------------------------- */

/* By its addresses nobody could tell it from the default context's. */
static void payload_of_a_fork_is_tagged_even_between_the_ulids(void **state)
{
	struct pair *p = *state;
	const struct flight *f;

	establish(p);
	establish_fork(p, FII);
	f = &p->flight[p->count];
	assert_int_equal(send_by(p, A, FII), 0);
	assert_int_equal(f->len, 40 + 8 + 8);
	assert_int_equal(f->octets[6], 140);
	assert_addr(f->octets + 8, locator_of(p, A, 1));
	assert_addr(f->octets + 24, locator_of(p, B, 1));
	assert_memory_equal(f->octets + 40, ((uint8_t[]){ IPPROTO_UDP, 0 }), 2);
	assert_true(uint_at(f->octets + 42, 6) ==
		    ((UINT64_C(1) << 47) | fork_of(p, A, FII)->ct_peer));
	assert_memory_equal(f->octets + 48, "datagram", 8);
	settle(p);
	assert_int_equal(p->end[B].arrivals, 1);
	assert_true(p->end[B].arrival.shimmed);
	assert_addr(&p->end[B].arrival.local, locator_of(p, B, 1));
	assert_addr(&p->end[B].arrival.peer, locator_of(p, A, 1));
}

static void payload_of_the_default_context_is_not(void **state)
{
	struct pair *p = *state;

	establish(p);
	establish_fork(p, FII);
	assert_int_equal(send_by(p, A, 0), 0);
	assert_int_equal(p->flight[p->count - 1].octets[6], IPPROTO_UDP);
}

static void payload_of_a_fork_that_is_not_there_is_an_error(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(send_by(p, A, 1), -ENOENT);
	begin(p, A, 1);
	assert_int_equal(send_by(p, A, 1), -ENOENT); /* in I1-SENT there is no tag */
	settle(p);
	assert_int_equal(send_by(p, A, 2), -ENOENT);
	assert_int_equal(send_by(p, A, 1), 0);
}

/* Each context has its own current locators, RFC 5533 6.1. */
static void a_fork_switches_by_itself(void **state)
{
	struct pair *p = *state;
	const struct in6_addr a2 = locator_of(p, A, 2), b2 = locator_of(p, B, 2);

	establish(p);
	establish_fork(p, 1);
	translate_switch(p->host[A], fork_of(p, A, 1), &a2, &b2);
	assert_int_equal(send_by(p, A, 1), 0);
	assert_addr(p->flight[p->count - 1].octets + 8, a2);
	assert_addr(p->flight[p->count - 1].octets + 24, b2);
	assert_int_equal(send_by(p, A, 0), 0);
	assert_addr(p->flight[p->count - 1].octets + 8, locator_of(p, A, 1));
	settle(p);
	assert_int_equal(p->end[B].arrivals, 2);
}

/* --- recovery: RFC 5533 7.18 ---------------------------------------------------------- */

static void an_i2bis_names_the_fork(void **state)
{
	struct pair *p = *state;
	uint64_t tag;

	establish(p);
	establish_fork(p, FII);
	tag = context_of(p, B)->ct_local;
	context_remove(&p->host[B]->contexts, fork_of(p, B, FII));
	assert_int_equal(send_by(p, A, FII), 0);
	settle(p);
	assert_names_fork(sent_nth(p, 8, SHIM6_I2BIS, 1));
	assert_int_equal(find_option(sent_nth(p, 8, SHIM6_I2BIS, 1), SHIM6_OPT_ULID_PAIR), 0);
	assert_true(fork_of(p, A, FII)->ct_peer == fork_of(p, B, FII)->ct_local);
	assert_true(context_of(p, B)->ct_local == tag);
	assert_consistent(p);
}

/* An I1 goes by ULIDs and FII, so the other context's tag says nothing. */
static void a_default_context_that_is_lost_leaves_the_fork_alone(void **state)
{
	struct pair *p = *state;
	uint64_t tag;

	establish(p);
	establish_fork(p, 1);
	tag = fork_of(p, A, 1)->ct_peer;
	context_remove(&p->host[A]->contexts, context_of(p, A));
	establish(p);
	assert_consistent(p);
	assert_int_equal(p->host[B]->contexts.count, 2);
	assert_true(fork_of(p, A, 1)->ct_peer == tag);
	assert_true(fork_of(p, B, 1)->ct_local == tag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(i1_and_i2_name_the_fork_and_the_answers_do_not),
		pair_test(the_default_context_is_not_named),
		pair_test(an_i2_for_another_fork_than_its_i1_is_dropped),
		pair_test(an_unforked_i2_for_a_forked_i1_is_dropped),
		pair_test(forks_and_the_default_context_have_tags_of_their_own),
		pair_test(the_same_fork_is_not_begun_twice),
		pair_test(a_fork_from_an_address_of_somebody_else_is_not_begun),
		pair_test(forks_that_cross_with_other_numbers_are_two),
		pair_test(forks_that_cross_with_one_number_are_one),
		cmocka_unit_test(a_peer_may_begin_so_many_and_no_more),
		pair_test(a_fork_with_the_tag_of_another_ends_that_one),
		pair_test(payload_of_a_fork_is_tagged_even_between_the_ulids),
		pair_test(payload_of_the_default_context_is_not),
		pair_test(payload_of_a_fork_that_is_not_there_is_an_error),
		pair_test(a_fork_switches_by_itself),
		pair_test(an_i2bis_names_the_fork),
		pair_test(a_default_context_that_is_lost_leaves_the_fork_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
