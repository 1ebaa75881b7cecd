/* SPDX-License-Identifier: BSD-2-Clause */
/* Establishment as it should go, and when messages are lost or cross. */
#include "refstack/core/back_to_back.h"

static const uint8_t four[] = { SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 };

/* --- the exchange ------------------------------------------------------------ */

/* RFC 5533 7.3, figure 3 */
static void four_messages_establish_both_ends(void **state)
{
	struct pair *p = *state;
	struct shim_context *a, *b;

	establish(p);
	assert_sent(p, 0, four, 4);
	a = context_of(p, A);
	b = context_of(p, B);
	assert_true(a->ct_peer == b->ct_local && b->ct_peer == a->ct_local);
	assert_true(a->ct_local != a->ct_peer);
	for (unsigned i = 0; i < TIMER_COUNT; i++) {
		assert_int_equal(a->deadline[i] == USEC_NEVER, i != TIMER_IDLE);
		assert_int_equal(b->deadline[i] == USEC_NEVER, i != TIMER_IDLE);
	}
	assert_ptr_equal(shim_context_of(p->host[A], &a->ulids.local, &a->ulids.peer), a);
}

static void each_end_knows_the_locators_of_the_other(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned side = A; side <= B; side++) {
		const struct peer_locators *ls = context_of(p, side)->ls_peer;

		assert_int_equal(ls->count, 2);
		for (unsigned n = 1; n <= 2; n++)
			assert_addr(&ls->at[n - 1].addr, locator_of(p, !side, n));
	}
}

static void every_message_goes_between_the_ulids(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned i = 0; i < 4; i++) {
		unsigned from = i % 2 ? B : A;

		assert_int_equal(p->flight[i].to, !from);
		assert_int_equal(p->flight[i].link, 1);
		assert_addr(p->flight[i].octets + 8, locator_of(p, from, 1));
		assert_addr(p->flight[i].octets + 24, locator_of(p, !from, 1));
	}
}

/* The figure of RFC 5533 5.4: without options, 16 octets. */
static void an_i1_looks_as_in_the_figure(void **state)
{
	struct pair *p = *state;
	const uint8_t *i1 = p->flight[0].octets + IPV6_HEADER_LEN;
	struct shim_context *a;
	struct rbuf r;

	initiate(p, A);
	a = context_of(p, A);
	assert_int_equal(p->flight[0].len, 40 + 16);
	assert_memory_equal(i1, ((uint8_t[]){ 59, 1, 1, 0 }), 4);
	r = rbuf_of(i1 + 6, 10);
	assert_true(rbuf_uint(&r, 6) == a->ct_local);
	assert_int_equal(rbuf_u32(&r), a->init_nonce);
	assert_int_equal(p->flight[0].octets[7], 64);
}

/* RFC 5533 7.10.1: an R1 has nothing but the nonces and the validator. */
static void an_r1_carries_the_validator_and_the_initiator_nonce(void **state)
{
	struct pair *p = *state;
	const uint8_t *r1 = p->flight[1].octets + IPV6_HEADER_LEN;

	establish(p);
	assert_int_equal(p->flight[1].len, 40 + 16 + 40);
	assert_memory_equal(r1, ((uint8_t[]){ 59, 6, 2, 0 }), 4);
	assert_memory_equal(r1 + 8, p->flight[0].octets + 40 + 12, 4);
	assert_memory_equal(r1 + 16, ((uint8_t[]){ 0, 2, 0, 32 }), 4);
}

/* RFC 5533 7.11: the validator comes back as it was; list and PDS go along. */
static void an_i2_brings_back_the_validator_and_proves_its_locators(void **state)
{
	struct pair *p = *state;
	const struct shim_host *a = p->host[A];
	struct shim6_message i2;
	struct rbuf r;

	establish(p);
	r = rbuf_of(p->flight[2].octets + 40, p->flight[2].len - 40);
	assert_int_equal(shim6_message_parse(&i2, &r), 0);
	assert_int_equal(i2.validator.len, 32);
	assert_memory_equal(i2.validator.data, p->flight[1].octets + 40 + 20, 32);
	assert_int_equal(i2.locators.count, 2);
	for (unsigned n = 1; n <= 2; n++) {
		assert_int_equal(i2.locators.method[n - 1], 1); /* HBA, RFC 5533 5.15.2 */
		assert_addr(&i2.locators.locator[n - 1], locator_of(p, A, n));
	}
	assert_int_equal(i2.pds.len, a->identity.pds_len);
	assert_memory_equal(i2.pds.data, a->identity.pds, a->identity.pds_len);
	assert_false(i2.has_ulids);
	assert_false(i2.has_fii);
}

/* RFC 5533 7.9: what would it cost to be flooded with I1s? */
static void a_responder_keeps_nothing_before_the_i2(void **state)
{
	struct pair *p = *state;
	struct flight i1;

	initiate(p, A);
	i1 = p->flight[0];
	for (unsigned i = 0; i < 10000; i++) {
		i1.octets[40 + 8] = (uint8_t)(i >> 8);
		i1.octets[40 + 9] = (uint8_t)i;
		seal(&i1);
		p->count = p->landed = 0;
		land(p, &i1);
		assert_sent(p, 0, &four[1], 1);
	}
	assert_int_equal(p->host[B]->contexts.count, 0);
	assert_true(shim_host_deadline(p->host[B]) == USEC_NEVER);
}

/* RFC 5533 7.7: the option is there as soon as the ULIDs aren't the addresses. */
static void an_initiator_whose_ulid_is_down_names_the_ulids(void **state)
{
	struct pair *p = *state;
	const uint8_t *option = p->flight[0].octets + 40 + 16;

	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	establish(p);
	assert_sent(p, 0, four, 4);
	assert_int_equal(p->flight[0].link, 2);
	assert_int_equal(p->flight[0].len, 40 + 16 + 40);
	assert_addr(p->flight[0].octets + 8, locator_of(p, A, 2));
	assert_memory_equal(option, ((uint8_t[]){ 0, 12, 0, 36, 0, 0, 0, 0 }), 8);
	assert_addr(option + 8, locator_of(p, A, 1));
	assert_addr(option + 24, locator_of(p, B, 1));
}

/* RFC 5533 7.7, 7.9: a forked context is another one. */
static void a_forked_context_stands_beside_the_default_one(void **state)
{
	struct pair *p = *state;
	struct shim_ulids forked = ulids_of(p, A);

	forked.fii = 7;
	handshake_initiate(p->host[A], &forked);
	settle(p);
	assert_int_equal(context_by_ulids(&p->host[A]->contexts, &forked)->state,
			 SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, A), SHIM_IDLE);
	assert_int_equal(state_of(p, B), SHIM_IDLE);
	assert_int_equal(p->host[B]->contexts.count, 1);
	establish(p);
	assert_int_equal(p->host[A]->contexts.count, 2);
	assert_int_equal(p->host[B]->contexts.count, 2);
}

/* --- messages that cross --------------------------------------------------------- */

/* RFC 5533 7.4, figure 4 */
static void crossing_i1s_are_answered_with_r2s(void **state)
{
	struct pair *p = *state;
	const uint8_t types[] = { SHIM6_I1, SHIM6_I1, SHIM6_R2, SHIM6_R2 };

	initiate(p, A);
	initiate(p, B);
	settle(p);
	assert_sent(p, 0, types, 4);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	assert_true(context_of(p, A)->ct_peer == context_of(p, B)->ct_local);
	assert_true(context_of(p, B)->ct_peer == context_of(p, A)->ct_local);
}

/* RFC 5533 7.4, figure 5 */
static void an_i2_that_crosses_an_i1_establishes(void **state)
{
	struct pair *p = *state;
	const uint8_t types[] = { SHIM6_I1, SHIM6_R1, SHIM6_I1, SHIM6_I2, SHIM6_R2, SHIM6_R2 };

	initiate(p, A);
	land_one(p);
	initiate(p, B);
	land_one(p);
	assert_int_equal(state_of(p, A), SHIM_I2_SENT);
	settle(p);
	assert_sent(p, 0, types, 6);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	assert_true(context_of(p, A)->ct_peer == context_of(p, B)->ct_local);
	assert_int_equal(p->host[B]->contexts.count, 1);
}

/* --- messages that are lost or come twice ---------------------------------------- */

static void any_one_message_may_be_lost(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct pair *p = pair_new(100 + i, 0);

		p->lose_type = four[i];
		p->lose_count = 1;
		initiate(p, A);
		run_until(p, 7 * USEC_PER_SEC);
		assert_int_equal(p->lost, 1);
		assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
		assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
		assert_true(context_of(p, A)->ct_peer == context_of(p, B)->ct_local);
		assert_true(context_of(p, B)->ct_peer == context_of(p, A)->ct_local);
		pair_free(p);
	}
}

/* RFC 5533 7.8, 14: 4 s, doubled, half to one and a half of it, 5 copies. */
static void i1s_back_off_and_end_in_e_failed(void **state)
{
	struct pair *p = *state;
	usec_t last = 0;

	p->lose_type = SHIM6_I1;
	p->lose_count = 100;
	initiate(p, A);
	run_until(p, 90 * USEC_PER_SEC);
	assert_int_equal(p->count, 5);
	for (unsigned i = 1; i < 5; i++) {
		usec_t nominal = (4 << (i - 1)) * USEC_PER_SEC;

		assert_in_range(p->flight[i].at - last, nominal / 2, nominal * 3 / 2);
		assert_memory_equal(p->flight[i].octets, p->flight[0].octets, p->flight[0].len);
		last = p->flight[i].at;
	}
	run_until(p, last + 31 * USEC_PER_SEC);
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
	run_until(p, last + 97 * USEC_PER_SEC);
	assert_int_equal(state_of(p, A), SHIM_E_FAILED);
	assert_int_equal(p->count, 5);
}

/* NO_R1_HOLDDOWN_TIME */
static void e_failed_is_forgotten_after_a_minute(void **state)
{
	struct pair *p = *state;
	usec_t failed = 0;

	p->lose_type = SHIM6_I1;
	p->lose_count = 100;
	initiate(p, A);
	while (state_of(p, A) == SHIM_I1_SENT) {
		failed = shim_host_deadline(p->host[A]);
		run_until(p, failed);
	}
	assert_int_equal(state_of(p, A), SHIM_E_FAILED);
	run_until(p, failed + 60 * USEC_PER_SEC - 1);
	assert_int_equal(state_of(p, A), SHIM_E_FAILED);
	run_until(p, failed + 60 * USEC_PER_SEC);
	assert_int_equal(p->host[A]->contexts.count, 0);
}

/* RFC 5533 6.2: in E-FAILED packets find what they would find in IDLE. */
static void a_peer_may_begin_while_we_are_in_e_failed(void **state)
{
	struct pair *p = *state;
	const uint8_t types[] = { SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 };

	p->lose_type = SHIM6_I1;
	p->lose_count = 5;
	initiate(p, A);
	while (state_of(p, A) == SHIM_I1_SENT)
		run_until(p, shim_host_deadline(p->host[A]));
	initiate(p, B);
	settle(p);
	assert_sent(p, 5, types, 4);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	assert_true(context_of(p, A)->deadline[TIMER_STATE] == USEC_NEVER);
}

/* RFC 5533 7.12: I2_RETRIES_MAX is 2, and then an I1 again. */
static void three_i2s_without_an_answer_fall_back_to_the_i1(void **state)
{
	struct pair *p = *state;
	const uint8_t types[] = { SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_I2, SHIM6_I2,
				  SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 };

	p->lose_type = SHIM6_I2;
	p->lose_count = 3;
	initiate(p, A);
	run_until(p, 43 * USEC_PER_SEC);
	assert_sent(p, 0, types, 9);
	assert_in_range(p->flight[3].at - p->flight[2].at, 2 * USEC_PER_SEC, 6 * USEC_PER_SEC);
	assert_in_range(p->flight[4].at - p->flight[3].at, 4 * USEC_PER_SEC, 12 * USEC_PER_SEC);
	assert_in_range(p->flight[5].at - p->flight[4].at, 8 * USEC_PER_SEC, 24 * USEC_PER_SEC);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
}

static void every_message_may_come_twice(void **state)
{
	struct pair *p = *state;
	uint64_t tag;

	establish(p);
	tag = context_of(p, B)->ct_local;
	for (unsigned i = 0; i < 4; i++) {
		struct flight again = p->flight[i];

		land(p, &again);
		settle(p);
	}
	/* The I1 and the I2 have an R2 each (7.9, 7.13), the others nothing. */
	assert_sent(p, 4, ((uint8_t[]){ SHIM6_R2, SHIM6_R2 }), 2);
	assert_int_equal(p->host[A]->contexts.count, 1);
	assert_int_equal(p->host[B]->contexts.count, 1);
	assert_true(context_of(p, B)->ct_local == tag && context_of(p, A)->ct_peer == tag);
}

/* RFC 5533 7.9: another tag means that the peer has lost the context. */
static void an_i1_with_a_new_tag_gets_an_r1_and_then_replaces_it(void **state)
{
	struct pair *p = *state;
	const uint8_t types[] = { SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 };
	uint64_t tag;

	establish(p);
	tag = context_of(p, B)->ct_peer;
	context_remove(&p->host[A]->contexts, context_of(p, A));
	initiate(p, A);
	settle(p);
	assert_sent(p, 4, types, 4);
	assert_int_equal(p->host[B]->contexts.count, 1);
	assert_true(context_of(p, B)->ct_peer != tag);
	assert_true(context_of(p, B)->ct_peer == context_of(p, A)->ct_local);
}

/* RFC 5533 7.15 */
static void a_context_whose_tag_the_peer_gave_away_again_is_discarded(void **state)
{
	struct pair *p = *state;
	struct shim_ulids second = { locator_of(p, A, 2), locator_of(p, B, 1), 0 };
	struct shim_context *newer;

	establish(p);
	handshake_initiate(p->host[A], &second);
	while (p->landed + 1 < p->count || control_type(&p->flight[p->landed]) != SHIM6_R2)
		land_one(p);
	/* As if B had lost the first and drawn its tag for the second. */
	newer = context_by_ulids(&p->host[B]->contexts,
				 &(struct shim_ulids){ second.peer, second.local, 0 });
	context_set_peer_tag(&p->host[A]->contexts, context_of(p, A), newer->ct_local);
	land_one(p);
	assert_null(context_of(p, A));
	assert_int_equal(context_by_ulids(&p->host[A]->contexts, &second)->state,
			 SHIM_ESTABLISHED);
}

/* Tags are each host's own: two peers may well draw the same. */
static void the_same_tag_from_another_peer_is_no_confusion(void **state)
{
	struct pair *p = *state;
	struct shim_host *a = p->host[A];
	struct shim_ulids elsewhere = ulids_of(p, A);
	struct shim_context *other;

	elsewhere.peer.s6_addr[15] ^= 1;
	other = context_add(&a->contexts, &elsewhere);
	other->state = SHIM_ESTABLISHED;
	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != SHIM6_R2)
		land_one(p);
	context_set_peer_tag(&a->contexts, other, context_of(p, B)->ct_local);
	settle(p);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_ptr_equal(context_by_ulids(&a->contexts, &elsewhere), other);
}

static void two_contexts_of_a_pair_of_hosts_live_side_by_side(void **state)
{
	struct pair *p = *state;
	struct shim_ulids second = { locator_of(p, A, 2), locator_of(p, B, 1), 0 };

	establish(p);
	handshake_initiate(p->host[A], &second);
	settle(p);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_int_equal(context_by_ulids(&p->host[A]->contexts, &second)->state,
			 SHIM_ESTABLISHED);
}

/* --- chance ----------------------------------------------------------------------- */

static void the_same_seed_gives_the_same_octets(void **state)
{
	struct pair *p[3] = { pair_new(9, 0), pair_new(9, 0), pair_new(10, 0) };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		p[i]->lose_type = SHIM6_I2;
		p[i]->lose_count = 1;
		initiate(p[i], A);
		run_until(p[i], 20 * USEC_PER_SEC);
		assert_int_equal(p[i]->count, 5);
	}
	for (unsigned i = 0; i < 5; i++) {
		const struct flight *f = &p[0]->flight[i];

		assert_true(f->at == p[1]->flight[i].at && f->len == p[1]->flight[i].len);
		assert_memory_equal(f->octets, p[1]->flight[i].octets, f->len);
		assert_memory_not_equal(f->octets, p[2]->flight[i].octets, f->len);
	}
	for (unsigned i = 0; i < 3; i++)
		pair_free(p[i]);
}

static void the_size_of_the_steps_of_time_does_not_matter(void **state)
{
	struct pair *p[2] = { pair_new(9, 0), pair_new(9, 0) };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		p[i]->lose_type = SHIM6_I1;
		p[i]->lose_count = 100;
		initiate(p[i], A);
	}
	shim_host_advance(p[0]->host[A], 300 * USEC_PER_SEC);
	for (usec_t now = 0; now <= 300 * USEC_PER_SEC; now += USEC_PER_SEC / 8)
		shim_host_advance(p[1]->host[A], now);
	assert_int_equal(p[0]->count, 5);
	assert_int_equal(p[1]->count, 5);
	for (unsigned i = 0; i < 5; i++)
		assert_true(p[0]->flight[i].at == p[1]->flight[i].at);
	pair_free(p[0]);
	pair_free(p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(four_messages_establish_both_ends),
		pair_test(each_end_knows_the_locators_of_the_other),
		pair_test(every_message_goes_between_the_ulids),
		pair_test(an_i1_looks_as_in_the_figure),
		pair_test(an_r1_carries_the_validator_and_the_initiator_nonce),
		pair_test(an_i2_brings_back_the_validator_and_proves_its_locators),
		pair_test(a_responder_keeps_nothing_before_the_i2),
		pair_test(an_initiator_whose_ulid_is_down_names_the_ulids),
		pair_test(a_forked_context_stands_beside_the_default_one),
		pair_test(crossing_i1s_are_answered_with_r2s),
		pair_test(an_i2_that_crosses_an_i1_establishes),
		cmocka_unit_test(any_one_message_may_be_lost),
		pair_test(i1s_back_off_and_end_in_e_failed),
		pair_test(e_failed_is_forgotten_after_a_minute),
		pair_test(a_peer_may_begin_while_we_are_in_e_failed),
		pair_test(three_i2s_without_an_answer_fall_back_to_the_i1),
		pair_test(every_message_may_come_twice),
		pair_test(an_i1_with_a_new_tag_gets_an_r1_and_then_replaces_it),
		pair_test(a_context_whose_tag_the_peer_gave_away_again_is_discarded),
		pair_test(the_same_tag_from_another_peer_is_no_confusion),
		pair_test(two_contexts_of_a_pair_of_hosts_live_side_by_side),
		cmocka_unit_test(the_same_seed_gives_the_same_octets),
		cmocka_unit_test(the_size_of_the_steps_of_time_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
