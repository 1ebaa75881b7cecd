/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both ends at once, RFC 5533 7.4 and 7.5: whatever order the messages land in,
 * and if one of them is lost, or comes twice, there must be one context at each
 * end at last, and either must send by the other's tag. Every order is tried,
 * each from the beginning, by counting through the choices that were made.
 */
#include "refstack/core/back_to_back.h"
#include "refstack/core/invariants.h"

enum { CHOICES_MAX = 128, ORDERS_MAX = 200000 };

/* What the network does at most once, in one order or another. */
enum fault { NOTHING, LOSS, LOSS_OR_COPY };

struct story {
	struct pair *p;
	void (*also)(struct pair *p); /* happens once, at any time; NULL: it has */
	enum fault fault;             /* that may still come */
	/* What has been chosen, of how many, and at which choice we are. */
	unsigned choice[CHOICES_MAX], options[CHOICES_MAX], made, at;
	bool landed[FLIGHTS_MAX];
};

static unsigned choose(struct story *s, unsigned options)
{
	assert_true(s->at < CHOICES_MAX);
	if (s->at == s->made) {
		s->choice[s->made] = 0;
		s->options[s->made++] = options;
	}
	assert_int_equal(s->options[s->at], options);
	return s->choice[s->at++];
}

/* The next order: the last choice that has another option takes it. */
static bool count_on(struct story *s)
{
	while (s->made > 0 && s->choice[s->made - 1] + 1 == s->options[s->made - 1])
		s->made--;
	if (s->made == 0)
		return false;
	s->choice[s->made - 1]++;
	return true;
}

static unsigned in_air(const struct story *s, unsigned *air)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->p->count; i++)
		if (!s->landed[i])
			air[n++] = i;
	return n;
}

/* One thing happens: a packet lands, or is lost, or lands and stays in the air,
 * or the other end begins. */
static void step(struct story *s, const unsigned *air, unsigned n)
{
	unsigned kinds = 1 + (unsigned)s->fault;
	unsigned choice = choose(s, kinds * n + (s->also ? 1 : 0));
	unsigned kind = choice / (n ? n : 1);
	struct flight f;

	if (choice == kinds * n) {
		s->also(s->p);
		s->also = NULL;
		return;
	}
	f = s->p->flight[air[choice % n]];
	s->landed[air[choice % n]] = kind < 2;
	if (kind > 0)
		s->fault = NOTHING;
	if (kind != 1)
		land(s->p, &f);
}

static bool is_over(const struct pair *p)
{
	return state_of(p, A) == SHIM_ESTABLISHED && state_of(p, B) == SHIM_ESTABLISHED;
}

static void time_goes_on(struct pair *p)
{
	usec_t a = shim_host_deadline(p->host[A]), b = shim_host_deadline(p->host[B]);
	usec_t due = a < b ? a : b;

	assert_true(due != USEC_NEVER);
	shim_host_advance(p->host[A], due);
	shim_host_advance(p->host[B], due);
}

static void live(struct story *s)
{
	unsigned air[FLIGHTS_MAX], n;

	while ((n = in_air(s, air)) > 0 || s->also || !is_over(s->p)) {
		if (n > 0 || s->also)
			step(s, air, n);
		else
			time_goes_on(s->p);
		for (unsigned side = A; side <= B; side++)
			assert_null(shim_host_broken_rule(s->p->host[side]));
	}
}

static void assert_well(struct pair *p)
{
	assert_consistent(p);
	assert_int_equal(p->host[A]->contexts.count, 1);
	assert_int_equal(p->host[B]->contexts.count, 1);
	for (unsigned side = A; side <= B; side++) {
		assert_int_equal(context_of(p, side)->ls_peer->count, 2);
		assert_null(context_of(p, side)->handshake);
		assert_true(context_of(p, side)->deadline[TIMER_STATE] == USEC_NEVER);
		p->end[!side].arrivals = 0;
		p->landed = p->count;
		assert_int_equal(send_payload(p, side, 2), 0);
		settle(p);
		assert_int_equal(p->end[!side].arrivals, 1);
		assert_true(p->end[!side].arrival.shimmed);
	}
}

/* Who lost its context in the middle of an exchange may have left the other with a
 * tag that is none: nothing in RFC 5533 tells it, before it sends payload (7.5). */
static void heal(struct pair *p)
{
	p->landed = p->count;
	for (unsigned side = A; side <= B; side++) {
		assert_int_equal(send_payload(p, side, 2), 0);
		settle(p);
	}
}

/* In how many orders it was told. */
static unsigned every_order(void (*begin)(struct pair *p), void (*also)(struct pair *p),
			    enum fault fault, bool heals)
{
	static struct story s;
	unsigned orders = 0;

	s.made = 0;
	do {
		s.p = pair_new(7, 0);
		s.also = also;
		s.fault = fault;
		s.at = 0;
		memset(s.landed, 0, sizeof(s.landed));
		begin(s.p);
		for (unsigned i = 0; i < s.p->landed; i++)
			s.landed[i] = true;
		live(&s);
		if (heals)
			heal(s.p);
		assert_well(s.p);
		pair_free(s.p);
		assert_true(++orders < ORDERS_MAX);
	} while (count_on(&s));
	return orders;
}

/* --- what happens --------------------------------------------------------------------- */

static void a_begins(struct pair *p)
{
	initiate(p, A);
}

static void b_begins(struct pair *p)
{
	initiate(p, B);
}

static void b_may_have_begun(struct pair *p)
{
	if (!context_of(p, B))
		initiate(p, B);
}

static void b_forgets_and_a_sends(struct pair *p)
{
	establish(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	assert_int_equal(send_payload(p, A, 2), 0);
}

static void b_forgets_and_begins(struct pair *p)
{
	establish(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	initiate(p, B);
}

static void a_sends(struct pair *p)
{
	if (context_of(p, A) && context_is_up(context_of(p, A)))
		assert_int_equal(send_payload(p, A, 2), 0);
}

static void a_forgets_and_begins(struct pair *p)
{
	if (context_of(p, A))
		context_remove(&p->host[A]->contexts, context_of(p, A));
	initiate(p, A);
}

/* --- claims --------------------------------------------------------------------------- */

static void the_orders_are_all_different_and_many(void **state)
{
	(void)state;
	/* I1, R1, I2 and R2, one after the other, with nothing to choose. */
	assert_int_equal(every_order(a_begins, NULL, NOTHING, false), 1);
	/* Each of the four may be lost or doubled; what is doubled lands again
	 * at once or later. */
	assert_true(every_order(a_begins, NULL, LOSS_OR_COPY, false) > 8);
}

static void both_may_begin_at_any_time(void **state)
{
	(void)state;
	assert_true(every_order(a_begins, b_may_have_begun, NOTHING, false) > 20);
}

static void both_may_begin_though_one_message_is_lost_or_comes_twice(void **state)
{
	(void)state;
	assert_true(every_order(a_begins, b_may_have_begun, LOSS_OR_COPY, false) > 1000);
}

static void who_has_lost_the_context_may_begin_during_its_recovery(void **state)
{
	(void)state;
	assert_true(every_order(b_forgets_and_a_sends, b_may_have_begun, NOTHING, false) > 20);
}

static void so_it_may_though_one_message_is_lost(void **state)
{
	(void)state;
	assert_true(every_order(b_forgets_and_a_sends, b_may_have_begun, LOSS, false) > 1000);
}

static void payload_may_be_on_its_way_to_who_begins_again(void **state)
{
	(void)state;
	assert_true(every_order(b_forgets_and_begins, a_sends, LOSS, false) > 100);
}

static void the_other_may_lose_it_too_and_begin(void **state)
{
	(void)state;
	assert_true(every_order(b_forgets_and_begins, a_forgets_and_begins, LOSS_OR_COPY, true) >
		    100);
}

static void either_may_forget_while_the_other_begins(void **state)
{
	(void)state;
	assert_true(every_order(b_begins, a_forgets_and_begins, LOSS_OR_COPY, true) > 100);
}

/* --- what each STATE makes of a message: RFC 5533 6.2 --------------------------------- */

/* A context of B's in that STATE, as if it had come there by itself. */
static struct shim_context *put_in(struct pair *p, enum shim_state s)
{
	if (!context_of(p, B))
		initiate(p, B);
	context_of(p, B)->state = s;
	context_of(p, B)->update.told_up = context_of(p, B)->ls_local;
	p->landed = p->count;
	return context_of(p, B);
}

static const struct {
	enum shim_state found;
	uint8_t i1_gets, i2_gets; /* what is sent, 0: nothing */
	enum shim_state i2_leaves;
} answers[] = {
	{ SHIM_I1_SENT, SHIM6_R2, SHIM6_R2, SHIM_ESTABLISHED },
	{ SHIM_I2_SENT, SHIM6_R2, SHIM6_R2, SHIM_I2_SENT },
	{ SHIM_I2BIS_SENT, SHIM6_R2, SHIM6_R2, SHIM_I2BIS_SENT },
	{ SHIM_ESTABLISHED, SHIM6_R1, SHIM6_R2, SHIM_ESTABLISHED },
	{ SHIM_E_FAILED, SHIM6_R1, SHIM6_R2, SHIM_ESTABLISHED },
	{ SHIM_NO_SUPPORT, SHIM6_R1, SHIM6_R2, SHIM_ESTABLISHED },
};

enum { ANSWERS = sizeof(answers) / sizeof(answers[0]) };

/* RFC 5533 7.9: STATE and CT(peer) are as they were. */
static void an_i1_is_answered_as_the_state_has_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ANSWERS; i++) {
		struct pair *p = pair_new(42, 0);
		const struct shim_context *b;
		struct flight i1;

		initiate(p, A);
		i1 = p->flight[p->landed++];
		b = put_in(p, answers[i].found);
		land(p, &i1);
		assert_sent(p, p->landed, &answers[i].i1_gets, 1);
		assert_memory_equal(p->flight[p->landed].octets +
					    (answers[i].i1_gets == SHIM6_R1 ? 48 : 52),
				    i1.octets + 52, 4);
		assert_int_equal(b->state, answers[i].found);
		assert_true(b->ct_peer == 0);
		pair_free(p);
	}
}

/* Whoever writes a ULID into an I1 isn't told CT(local) for it: our reading, for 7.9
 * asks where it comes from in ESTABLISHED alone. */
static void an_i1_from_an_unknown_locator_gets_an_r1_in_every_state(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ANSWERS; i++) {
		struct pair *p = pair_new(42, 0);
		struct flight i1;

		assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
		initiate(p, A);
		i1 = p->flight[p->landed++];
		put_in(p, answers[i].found);
		land(p, &i1);
		assert_sent(p, p->landed, ((uint8_t[]){ SHIM6_R1 }), 1);
		assert_int_equal(state_of(p, B), answers[i].found);
		pair_free(p);
	}
}

/* RFC 5533 7.13 */
static void an_i2_is_answered_as_the_state_has_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ANSWERS; i++) {
		struct pair *p = pair_new(42, 0);
		const struct shim_context *b;
		struct flight i2;

		initiate(p, A);
		while (control_type(&p->flight[p->landed]) != SHIM6_I2)
			land_one(p);
		i2 = p->flight[p->landed++];
		b = put_in(p, answers[i].found);
		land(p, &i2);
		assert_sent(p, p->landed, &answers[i].i2_gets, 1);
		assert_memory_equal(p->flight[p->landed].octets + 52, i2.octets + 52, 4);
		assert_int_equal(b->state, answers[i].i2_leaves);
		assert_true(b->ct_peer == context_of(p, A)->ct_local);
		assert_int_equal(b->ls_peer->count, 2);
		pair_free(p);
	}
}

/* RFC 5533 7.11: an R1 is for I1-SENT alone. */
static void an_r1_is_taken_in_i1_sent_alone(void **state)
{
	(void)state;
	for (enum shim_state s = SHIM_I1_SENT; s < SHIM_STATE_COUNT; s++) {
		struct pair *p = pair_new(42, 0);
		struct flight r1;

		initiate(p, B);
		land_one(p);
		r1 = p->flight[p->landed++];
		put_in(p, s);
		land(p, &r1);
		assert_int_equal(p->count - p->landed, s == SHIM_I1_SENT);
		assert_int_equal(state_of(p, B), s == SHIM_I1_SENT ? SHIM_I2_SENT : s);
		pair_free(p);
	}
}

/* RFC 5533 7.16: an R2 is for all that wait for one. */
static void an_r2_is_taken_by_who_waits_for_it(void **state)
{
	(void)state;
	for (enum shim_state s = SHIM_I1_SENT; s < SHIM_STATE_COUNT; s++) {
		struct pair *p = pair_new(42, 0);
		bool waits = s <= SHIM_I2BIS_SENT;
		struct flight r2;

		initiate(p, B);
		while (control_type(&p->flight[p->landed]) != SHIM6_R2)
			land_one(p);
		r2 = p->flight[p->landed++];
		put_in(p, s);
		land(p, &r2);
		assert_int_equal(p->count, p->landed);
		assert_int_equal(state_of(p, B), waits ? SHIM_ESTABLISHED : s);
		assert_int_equal(context_of(p, B)->ls_peer != NULL, waits);
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_orders_are_all_different_and_many),
		cmocka_unit_test(both_may_begin_at_any_time),
		cmocka_unit_test(both_may_begin_though_one_message_is_lost_or_comes_twice),
		cmocka_unit_test(who_has_lost_the_context_may_begin_during_its_recovery),
		cmocka_unit_test(so_it_may_though_one_message_is_lost),
		cmocka_unit_test(payload_may_be_on_its_way_to_who_begins_again),
		cmocka_unit_test(the_other_may_lose_it_too_and_begin),
		cmocka_unit_test(either_may_forget_while_the_other_begins),
		cmocka_unit_test(an_i1_is_answered_as_the_state_has_it),
		cmocka_unit_test(an_i1_from_an_unknown_locator_gets_an_r1_in_every_state),
		cmocka_unit_test(an_i2_is_answered_as_the_state_has_it),
		cmocka_unit_test(an_r1_is_taken_in_i1_sent_alone),
		cmocka_unit_test(an_r2_is_taken_by_who_waits_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
