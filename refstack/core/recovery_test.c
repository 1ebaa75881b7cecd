/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts that one side has lost: RFC 5533 7.5, 7.17 to 7.20. */
#include "refstack/core/back_to_back_loss.h"

enum { SHIM = IPV6_HEADER_LEN }; /* where the Shim6 header starts here */

static const uint8_t with_tags[] = { SHIM6_UPDATE_REQUEST, SHIM6_UPDATE_ACK, SHIM6_KEEPALIVE,
				     SHIM6_PROBE };

/* --- R1bis: RFC 5533 5.8 and 7.17 ----------------------------------------------------- */

/* Octets by hand: 16 fixed ones, and the validator's 32 behind its four. */
static void payload_with_an_unknown_tag_gets_an_r1bis(void **state)
{
	struct pair *p = *state;
	const struct flight *f = &p->flight[R1BIS];
	uint64_t tag;

	shim_host_advance(p->host[B], 0x123 * USEC_PER_SEC);
	tag = be_stale(p);
	land_one(p);
	assert_int_equal(p->end[B].arrivals, 0);
	assert_int_equal(p->count, R1BIS + 1);
	assert_int_equal(f->len, 40 + 16 + 40);
	assert_addr(f->octets + 8, locator_of(p, B, 1));
	assert_addr(f->octets + 24, locator_of(p, A, 2));
	assert_memory_equal(f->octets + 40, ((uint8_t[]){ 59, 6, 5, 0 }), 4);
	assert_true(uint_at(f->octets + 46, 6) == tag); /* R is 0 */
	/* Our Responder Nonce is a clock, RFC 5533 7.17.1. */
	assert_memory_equal(f->octets + 52, ((uint8_t[]){ 0, 0, 1, 0x23 }), 4);
	assert_memory_equal(f->octets + 56, ((uint8_t[]){ 0, 2, 0, 32 }), 4);
	assert_memory_equal(f->octets + 92, ((uint8_t[]){ 0, 0, 0, 0 }), 4);
}

static void who_sends_an_r1bis_keeps_nothing(void **state)
{
	struct pair *p = *state;

	caught(p, SHIM6_R1BIS);
	assert_int_equal(p->host[B]->contexts.count, 0);
	assert_true(shim_host_deadline(p->host[B]) == USEC_NEVER);
}

/* RFC 5533 7.17: all that have a tag. */
static void each_control_message_with_an_unknown_tag_gets_an_r1bis(void **state)
{
	struct pair *p = *state;

	for (unsigned i = 0; i < sizeof(with_tags); i++) {
		struct flight f = control(p, A, with_tags[i], 0x7edcba987654);

		p->count = p->landed = 0;
		land(p, &f);
		assert_sent(p, 0, ((uint8_t[]){ SHIM6_R1BIS }), 1);
		assert_true(uint_at(p->flight[0].octets + 46, 6) == 0x7edcba987654);
		assert_addr(p->flight[0].octets + 8, locator_of(p, B, 1));
		assert_addr(p->flight[0].octets + 24, locator_of(p, A, 1));
	}
}

/* An Error (68) has no tag; types below 64 never provoke one, nor do those above
 * 68 that nobody has assigned, where we hold 12.3 against 7.17. */
static void no_other_control_message_gets_an_r1bis(void **state)
{
	struct pair *p = *state;

	for (unsigned type = 0; type < 128; type++) {
		struct flight f = control(p, A, SHIM6_KEEPALIVE, 0x7edcba987654);

		f.octets[SHIM + 2] = (uint8_t)type;
		seal(&f);
		p->count = p->landed = 0;
		land(p, &f);
		/* The 16 octets are too few for a Probe. */
		assert_int_equal(count_sent(p, 0, SHIM6_R1BIS), type >= 64 && type <= 66);
	}
}

/* Each is larger than what it answers, and goes to whatever source that had. */
static void there_are_no_more_than_a_thousand_a_second(void **state)
{
	struct pair *p = *state;
	struct flight f = control(p, A, SHIM6_KEEPALIVE, 1);
	unsigned sent = 0;

	for (unsigned i = 0; i < 3000; i++) {
		land(p, &f);
		sent += p->count;
		p->count = p->landed = 0;
	}
	assert_int_equal(sent, 1000);
	shim_host_advance(p->host[B], USEC_PER_SEC);
	land(p, &f);
	assert_int_equal(p->count, 1);
}

/* --- I2bis: RFC 5533 5.9 and 7.18 ----------------------------------------------------- */

static void an_i2bis_looks_as_in_the_figure(void **state)
{
	struct pair *p = *state;
	const struct flight *f = &p->flight[I2BIS], *r1bis = &p->flight[R1BIS];
	const struct shim_context *a;
	struct shim6_message m;
	uint64_t tag = be_stale(p);

	land_one(p);
	land_one(p);
	a = context_of(p, A);
	assert_int_equal(a->state, SHIM_I2BIS_SENT);
	assert_int_equal(p->count, I2BIS + 1);
	assert_memory_equal(f->octets + 8, r1bis->octets + 24, 16);
	assert_memory_equal(f->octets + 24, r1bis->octets + 8, 16);
	assert_int_equal(f->octets[40], 59);
	assert_int_equal(f->octets[41], (f->len - 40) / 8 - 1);
	assert_memory_equal(f->octets + 42, ((uint8_t[]){ 6, 0 }), 2);
	assert_true(uint_at(f->octets + 46, 6) == a->ct_local);
	assert_true(uint_at(f->octets + 52, 4) == a->init_nonce);
	assert_memory_equal(f->octets + 56, r1bis->octets + 52, 4); /* Responder Nonce */
	assert_memory_equal(f->octets + 60, ((uint8_t[]){ 0, 0, 0, 0, 0, 0 }), 6);
	assert_true(uint_at(f->octets + 66, 6) == tag);
	/* The validator comes back as it was, padding and all. */
	assert_memory_equal(f->octets + 72, r1bis->octets + 56, 40);

	m = read_message(f);
	assert_int_equal(m.locators.count, 2);
	for (unsigned n = 1; n <= 2; n++) {
		assert_int_equal(m.locators.method[n - 1], 1);
		assert_addr(&m.locators.locator[n - 1], locator_of(p, A, n));
	}
	assert_int_equal(m.pds.len, p->host[A]->identity.pds_len);
	assert_memory_equal(m.pds.data, p->host[A]->identity.pds, m.pds.len);
}

/* The R1bis came to the second locator, so the addresses aren't the ULIDs. */
static void an_i2bis_over_other_locators_names_the_ulids(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2BIS);
	size_t option = find_option(&f, SHIM6_OPT_ULID_PAIR);

	assert_memory_equal(f.octets + option, ((uint8_t[]){ 0, 12, 0, 36, 0, 0, 0, 0 }), 8);
	assert_addr(f.octets + option + 8, locator_of(p, A, 1));
	assert_addr(f.octets + option + 24, locator_of(p, B, 1));
	assert_int_equal(find_option(&f, SHIM6_OPT_FII), 0);
}

static void an_i2bis_over_the_ulids_names_none(void **state)
{
	struct pair *p = *state;
	struct flight f;
	uint64_t tag;

	establish(p);
	tag = context_of(p, B)->ct_local;
	lose(p, B);
	f = control(p, A, SHIM6_KEEPALIVE, tag);
	land(p, &f);
	land_one(p);
	f = p->flight[p->landed++];
	assert_int_equal(control_type(&f), SHIM6_I2BIS);
	assert_int_equal(find_option(&f, SHIM6_OPT_ULID_PAIR), 0);
	land(p, &f);
	settle(p);
	assert_consistent(p);
}

/* --- the exchange as it should go ----------------------------------------------------- */

/* RFC 5533 7.5, figure 6, and 7.20: the old tag isn't given away again. */
static void the_context_comes_back_under_a_new_tag(void **state)
{
	static const uint8_t three[] = { SHIM6_R1BIS, SHIM6_I2BIS, SHIM6_R2 };
	struct pair *p = *state;
	uint64_t kept, tag = be_stale(p);

	kept = context_of(p, A)->ct_local;
	settle(p);
	assert_sent(p, R1BIS, three, 3);
	assert_consistent(p);
	assert_true(context_of(p, A)->ct_local == kept);
	assert_true(context_of(p, B)->ct_local != tag);
	assert_int_equal(p->host[A]->contexts.count, 1);
	assert_int_equal(p->host[B]->contexts.count, 1);
	assert_int_equal(context_of(p, B)->ls_peer->count, 2);
	assert_null(context_of(p, A)->handshake);
	assert_true(context_of(p, A)->deadline[TIMER_STATE] == USEC_NEVER);
}

/* RFC 5533 7.16: by it an R2 is told from that of another exchange. */
static void each_recovery_has_a_nonce_of_its_own(void **state)
{
	struct pair *p = *state;
	const struct flight *first, *second;

	be_stale(p);
	settle(p);
	lose(p, B);
	assert_int_equal(send_payload(p, A, 2), 0);
	settle(p);
	first = sent_nth(p, PAYLOAD, SHIM6_I2BIS, 1);
	second = sent_nth(p, PAYLOAD, SHIM6_I2BIS, 2);
	assert_memory_not_equal(first->octets + 52, second->octets + 52, 4);
	assert_memory_not_equal(first->octets + 52, p->flight[0].octets + 52, 4);
	assert_consistent(p);
}

static void payload_flows_again_both_ways(void **state)
{
	struct pair *p = *state;

	be_stale(p);
	settle(p);
	assert_int_equal(p->end[B].arrivals, 0); /* the one that told */
	assert_int_equal(send_payload(p, A, 2), 0);
	assert_int_equal(send_payload(p, B, 2), 0);
	settle(p);
	assert_int_equal(p->end[B].arrivals, 1);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_true(p->end[B].arrival.shimmed && p->end[A].arrival.shimmed);
	assert_addr(&p->end[B].arrival.peer, locator_of(p, A, 1));
	assert_consistent(p);
}

/* RFC 5533 11 and 12.2: I2BIS-SENT is as good as ESTABLISHED for payload. */
static void during_recovery_payload_still_goes_by_the_old_tag(void **state)
{
	struct pair *p = *state;
	const struct flight *f;
	uint64_t tag = be_stale(p);

	land_one(p);
	land_one(p);
	assert_int_equal(state_of(p, A), SHIM_I2BIS_SENT);
	f = &p->flight[p->count];
	assert_int_equal(send_payload(p, A, 2), 0);
	assert_int_equal(f->octets[6], 140);
	assert_true(uint_at(f->octets + 42, 6) == ((UINT64_C(1) << 47) | tag));
	assert_ptr_equal(shim_context_of(p->host[A], &p->host[A]->locator[0].addr,
					 &p->host[B]->locator[0].addr), context_of(p, A));
}

/* What the peer had sent before it lost its state is not lost with it. */
static void during_recovery_payload_still_comes_in(void **state)
{
	struct pair *p = *state;
	struct flight late;

	establish(p);
	assert_int_equal(send_payload(p, B, 2), 0);
	late = p->flight[--p->count];
	lose(p, B);
	assert_int_equal(send_payload(p, A, 2), 0);
	land_one(p);
	land_one(p);
	assert_int_equal(state_of(p, A), SHIM_I2BIS_SENT);
	land(p, &late);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_true(p->end[A].arrival.shimmed);
	settle(p);
	assert_consistent(p);
}

/* With the ULIDs as locators there are no tags, so nobody has to know. */
static void between_the_ulids_a_lost_context_loses_no_payload(void **state)
{
	struct pair *p = *state;

	establish(p);
	lose(p, B);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(send_payload(p, A, 0), 0);
		assert_int_equal(send_payload(p, B, 0), 0);
	}
	settle(p);
	assert_int_equal(p->count, 4 + 10);
	assert_int_equal(p->end[A].arrivals, 5);
	assert_int_equal(p->end[B].arrivals, 5);
}

/* A host that begins anew has its addresses and its seed, and nothing else. */
static void a_peer_that_restarts_recovers_each_context_by_its_own_tag(void **state)
{
	struct pair *p = *state;
	struct shim_config cfg = pair_config(&p->end[B], 43);
	struct shim_ulids second = { locator_of(p, A, 2), locator_of(p, B, 1), 0 };
	struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);
	uint8_t other[256];

	establish(p);
	handshake_initiate(p->host[A], &second);
	settle(p);
	shim_host_free(p->host[B]);
	pair_host(p, B, &cfg);
	shim_random(p->host[B], other, sizeof(other)); /* else the tags would be the same */
	assert_addr(&b1, locator_of(p, B, 1));

	shim_feedback(p->host[A], context_of(p, A), false);
	shim_feedback(p->host[A], context_by_ulids(&p->host[A]->contexts, &second), false);
	settle(p);
	assert_consistent(p);
	assert_int_equal(p->host[B]->contexts.count, 2);
	assert_non_null(shim_context_of(p->host[B], &b1, &a1));
	assert_non_null(shim_context_of(p->host[B], &second.peer, &second.local));
	assert_true(context_by_ulids(&p->host[A]->contexts, &second)->ct_peer ==
		    shim_context_of(p->host[B], &second.peer, &second.local)->ct_local);
}

/* What B was told by an Update Request is lost with its context. */
static void who_recovers_hears_again_what_is_broken(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	settle(p);
	lose(p, B);
	shim_feedback(p->host[A], context_of(p, A), false);
	run_until(p, 10 * USEC_PER_SEC);
	assert_consistent(p);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, SHIM6_BROKEN);
}

static void so_does_who_begins_again(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	settle(p);
	lose(p, B);
	initiate(p, B);
	run_until(p, 10 * USEC_PER_SEC);
	assert_consistent(p);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, SHIM6_BROKEN);
}

/* RFC 5533 7.5: who has lost it may also be the first to speak; figure 7. */
static void both_sides_losing_it_leaves_nothing_to_recover(void **state)
{
	struct pair *p = *state;

	be_stale(p);
	lose(p, A);
	settle(p);
	assert_int_equal(p->count, R1BIS + 1);
	assert_int_equal(p->host[A]->contexts.count + p->host[B]->contexts.count, 0);
	assert_int_equal(send_payload(p, A, 0), 0);
	assert_int_equal(send_payload(p, B, 0), 0);
	settle(p);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_int_equal(p->end[B].arrivals, 1);
	establish(p);
	assert_consistent(p);
}

/* --- I2bis in every STATE of the one who gets it: RFC 5533 7.20 ----------------------- */

static const struct {
	enum shim_state found, left;
} i2bis_in[] = {
	{ SHIM_I1_SENT, SHIM_ESTABLISHED },
	{ SHIM_I2_SENT, SHIM_I2_SENT },
	{ SHIM_I2BIS_SENT, SHIM_I2BIS_SENT },
	{ SHIM_ESTABLISHED, SHIM_ESTABLISHED },
	{ SHIM_E_FAILED, SHIM_ESTABLISHED },
	{ SHIM_NO_SUPPORT, SHIM_ESTABLISHED },
};

static void an_i2bis_gets_an_r2_in_every_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(i2bis_in) / sizeof(i2bis_in[0]); i++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, SHIM6_I2BIS);
		const struct shim_context *b;
		const struct flight *r2;
		uint64_t tag;

		initiate(p, B);
		p->landed = p->count;
		context_of(p, B)->state = i2bis_in[i].found;
		tag = context_of(p, B)->ct_local;
		land(p, &f);
		b = context_of(p, B);
		assert_int_equal(b->state, i2bis_in[i].left);
		assert_true(b->ct_local == tag);
		assert_true(b->ct_peer == context_of(p, A)->ct_local);
		assert_int_equal(b->ls_peer->count, 2);
		assert_int_equal(p->count, p->landed + 1);
		r2 = &p->flight[p->landed];
		assert_int_equal(control_type(r2), SHIM6_R2);
		assert_true(uint_at(r2->octets + 46, 6) == tag);
		assert_memory_equal(r2->octets + 52, f.octets + 52, 4);
		settle(p);
		assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
		assert_true(context_of(p, A)->ct_peer == tag);
		pair_free(p);
	}
}

static void an_i2bis_that_comes_twice_changes_nothing_more(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2BIS);
	uint64_t tag;

	land(p, &f);
	settle(p);
	tag = context_of(p, B)->ct_local;
	land(p, &f);
	assert_int_equal(count_sent(p, PAYLOAD, SHIM6_R2), 2);
	settle(p);
	assert_consistent(p);
	assert_true(context_of(p, B)->ct_local == tag);
	assert_int_equal(p->host[B]->contexts.count, 1);
}

/* --- time: RFC 5533 7.19 -------------------------------------------------------------- */

/* Three copies, and then an I1, which finds the peer without a context. */
static void three_i2bis_without_an_answer_fall_back_to_the_i1(void **state)
{
	struct pair *p = *state;
	const struct flight *copy[3], *i1;

	p->lose_type = SHIM6_I2BIS;
	p->lose_count = 3;
	be_stale(p);
	run_until(p, 43 * USEC_PER_SEC);
	assert_int_equal(count_sent(p, PAYLOAD, SHIM6_I2BIS), 3);
	for (unsigned n = 0; n < 3; n++) {
		copy[n] = sent_nth(p, PAYLOAD, SHIM6_I2BIS, n + 1);
		assert_int_equal(copy[n]->len, copy[0]->len);
		assert_memory_equal(copy[n]->octets, copy[0]->octets, copy[0]->len);
	}
	i1 = sent_nth(p, PAYLOAD, SHIM6_I1, 1);
	assert_in_range(copy[1]->at - copy[0]->at, 2 * USEC_PER_SEC, 6 * USEC_PER_SEC);
	assert_in_range(copy[2]->at - copy[1]->at, 4 * USEC_PER_SEC, 12 * USEC_PER_SEC);
	assert_in_range(i1->at - copy[2]->at, 8 * USEC_PER_SEC, 24 * USEC_PER_SEC);
	assert_consistent(p);
	assert_int_equal(p->host[A]->contexts.count, 1);
	assert_int_equal(p->host[B]->contexts.count, 1);
}

/* Once it is in I1-SENT it is no context to carry payload. */
static void the_fall_back_ends_the_use_of_the_old_tag(void **state)
{
	struct pair *p = *state;

	p->lose_type = SHIM6_I2BIS;
	p->lose_count = 3;
	be_stale(p);
	while (state_of(p, A) != SHIM_I1_SENT) {
		settle(p);
		shim_host_advance(p->host[A], shim_host_deadline(p->host[A]));
	}
	assert_null(shim_context_of(p->host[A], &p->host[A]->locator[0].addr,
				    &p->host[B]->locator[0].addr));
	assert_int_equal(send_payload(p, A, 0), 0);
	assert_int_equal(p->flight[p->count - 1].octets[6], IPPROTO_UDP);
}

static void any_one_message_of_a_recovery_may_be_lost(void **state)
{
	static const uint8_t types[] = { SHIM6_R1BIS, SHIM6_I2BIS, SHIM6_R2 };

	(void)state;
	for (unsigned i = 0; i < sizeof(types); i++) {
		struct pair *p = pair_new(50 + i, 0);

		be_stale(p);
		p->lose_type = types[i];
		p->lose_count = 1;
		settle(p);
		assert_int_equal(send_payload(p, A, 2), 0);
		run_until(p, 7 * USEC_PER_SEC);
		assert_int_equal(p->lost, 1);
		assert_consistent(p);
		assert_int_equal(p->host[A]->contexts.count, 1);
		assert_int_equal(p->host[B]->contexts.count, 1);
		pair_free(p);
	}
}

/* RFC 5533 12.2 and 10.4: the peer may have a context again, and wait for no R2
 * of ours. The timer has nothing to do with it; the limit is our own. */
static void what_comes_in_during_recovery_repeats_the_i2bis(void **state)
{
	struct pair *p = *state;
	struct flight payload, keepalive;
	usec_t due;

	establish(p);
	assert_int_equal(send_payload(p, B, 2), 0);
	payload = p->flight[--p->count];
	keepalive = control(p, B, SHIM6_KEEPALIVE, context_of(p, A)->ct_local);
	lose(p, B);
	assert_int_equal(send_payload(p, A, 2), 0);
	land_one(p);
	land_one(p);
	p->landed = p->count; /* the I2bis is lost */
	due = context_of(p, A)->deadline[TIMER_STATE];

	land(p, &payload);
	shim_host_advance(p->host[A], USEC_PER_SEC); /* no more than one a second */
	land(p, &keepalive);
	assert_sent(p, p->landed, ((uint8_t[]){ SHIM6_I2BIS, SHIM6_I2BIS }), 2);
	for (unsigned i = 0; i < 2; i++)
		assert_memory_equal(p->flight[p->landed + i].octets, p->flight[I2BIS].octets,
				    p->flight[I2BIS].len);
	assert_true(context_of(p, A)->deadline[TIMER_STATE] == due);
	/* The Keepalive has been processed, too: RFC 5534 6.6. */
	assert_true(context_of(p, A)->deadline[TIMER_SEND] == USEC_NEVER);
	settle(p);
	assert_consistent(p);
}

/* --- confusion: RFC 5533 7.15 --------------------------------------------------------- */

static struct shim_context *second_of(const struct pair *p, unsigned side)
{
	struct shim_ulids ulids = { locator_of(p, A, 2), locator_of(p, B, 1), 0 };

	if (side == B)
		ulids = (struct shim_ulids){ ulids.peer, ulids.local, 0 };
	return context_by_ulids(&p->host[side]->contexts, &ulids);
}

static void establish_second(struct pair *p)
{
	struct shim_ulids ulids = { locator_of(p, A, 2), locator_of(p, B, 1), 0 };

	handshake_initiate(p->host[A], &ulids);
	settle(p);
	assert_int_equal(second_of(p, B)->state, SHIM_ESTABLISHED);
}

/* B has lost both contexts, and draws for the first what was the second's tag. */
static void a_recovery_that_takes_another_contexts_tag_ends_that_one(void **state)
{
	struct pair *p = *state;
	uint64_t tag;

	establish(p);
	establish_second(p);
	tag = second_of(p, A)->ct_peer;
	lose(p, B);
	context_remove(&p->host[B]->contexts, second_of(p, B));
	assert_int_equal(send_payload(p, A, 2), 0);
	while (control_type(&p->flight[p->landed]) != SHIM6_R2)
		land_one(p);
	put_tag(p->flight[p->landed].octets + SHIM + 6, tag);
	seal(&p->flight[p->landed]);
	land_one(p);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	assert_true(context_of(p, A)->ct_peer == tag);
	assert_null(second_of(p, A));
}

/* The same from the other side: A's I2bis brings a tag that B has for another. */
static void an_i2bis_that_takes_another_contexts_tag_ends_that_one(void **state)
{
	struct pair *p = *state;

	establish(p);
	establish_second(p);
	lose(p, B);
	context_set_peer_tag(&p->host[B]->contexts, second_of(p, B), context_of(p, A)->ct_local);
	assert_int_equal(send_payload(p, A, 2), 0);
	settle(p);
	assert_consistent(p);
	assert_null(second_of(p, B));
}

/* So does an I2 for a context that B still has: its CT(peer) changes. */
static void an_i2_that_takes_another_contexts_tag_ends_that_one(void **state)
{
	struct pair *p = *state;

	establish(p);
	establish_second(p);
	lose(p, A);
	initiate(p, A);
	context_set_peer_tag(&p->host[B]->contexts, second_of(p, B), context_of(p, A)->ct_local);
	settle(p);
	assert_consistent(p);
	assert_null(second_of(p, B));
}

/* One that is being recovered is as good as established here. */
static void a_context_in_recovery_can_be_the_old_one(void **state)
{
	struct pair *p = *state;
	uint64_t tag = be_stale(p);

	land_one(p);
	land_one(p);
	assert_int_equal(state_of(p, A), SHIM_I2BIS_SENT);
	p->landed = p->count; /* the I2bis is lost */
	/* B draws the same tag again, for another pair of ULIDs. */
	handshake_initiate(p->host[A], &(struct shim_ulids){ locator_of(p, A, 2),
							    locator_of(p, B, 1), 0 });
	while (control_type(&p->flight[p->landed]) != SHIM6_R2)
		land_one(p);
	put_tag(p->flight[p->landed].octets + SHIM + 6, tag);
	seal(&p->flight[p->landed]);
	land_one(p);
	assert_null(context_of(p, A));
	assert_int_equal(second_of(p, A)->state, SHIM_ESTABLISHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(payload_with_an_unknown_tag_gets_an_r1bis),
		pair_test(who_sends_an_r1bis_keeps_nothing),
		pair_test(each_control_message_with_an_unknown_tag_gets_an_r1bis),
		pair_test(no_other_control_message_gets_an_r1bis),
		pair_test(there_are_no_more_than_a_thousand_a_second),
		pair_test(an_i2bis_looks_as_in_the_figure),
		pair_test(an_i2bis_over_other_locators_names_the_ulids),
		pair_test(an_i2bis_over_the_ulids_names_none),
		pair_test(the_context_comes_back_under_a_new_tag),
		pair_test(each_recovery_has_a_nonce_of_its_own),
		pair_test(payload_flows_again_both_ways),
		pair_test(during_recovery_payload_still_goes_by_the_old_tag),
		pair_test(during_recovery_payload_still_comes_in),
		pair_test(between_the_ulids_a_lost_context_loses_no_payload),
		pair_test(a_peer_that_restarts_recovers_each_context_by_its_own_tag),
		pair_test(who_recovers_hears_again_what_is_broken),
		pair_test(so_does_who_begins_again),
		pair_test(both_sides_losing_it_leaves_nothing_to_recover),
		cmocka_unit_test(an_i2bis_gets_an_r2_in_every_state),
		pair_test(an_i2bis_that_comes_twice_changes_nothing_more),
		pair_test(three_i2bis_without_an_answer_fall_back_to_the_i1),
		pair_test(the_fall_back_ends_the_use_of_the_old_tag),
		cmocka_unit_test(any_one_message_of_a_recovery_may_be_lost),
		pair_test(what_comes_in_during_recovery_repeats_the_i2bis),
		pair_test(a_recovery_that_takes_another_contexts_tag_ends_that_one),
		pair_test(an_i2bis_that_takes_another_contexts_tag_ends_that_one),
		pair_test(an_i2_that_takes_another_contexts_tag_ends_that_one),
		pair_test(a_context_in_recovery_can_be_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
