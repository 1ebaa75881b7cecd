/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounds, and captures that mean harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/test_tape.h"
#include "wire/checksum.h"

enum { FLOOD = 20000, RANDOM_PACKETS = 20000 };

/* SplitMix64. */
static uint64_t next_random(uint64_t *chance)
{
	uint64_t z = *chance += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static struct in6_addr numbered(uint64_t number)
{
	struct in6_addr addr = { { { 0x20, 0x01, 0x0d, 0xb8, 0xff } } };

	memcpy(&addr.s6_addr[8], &number, sizeof(number));
	return addr;
}

static void assert_agreed(const struct tape *tape)
{
	const char *wrong = trace_check(tape->t);

	if (wrong)
		fail_msg("%s", wrong);
}

/* --- forgetting ---------------------------------------------------------------- */

static void collect(void *ctx, const struct trace_context *c)
{
	unsigned **at = ctx;

	*(*at)++ = c->id;
}

static void the_longest_unused_is_forgotten(void **state)
{
	struct tape *tape = *state;
	unsigned ids[TAPE_CONTEXTS], *at = ids;
	struct in6_addr from;

	tape_handshake(tape);
	for (unsigned i = 0; i < TAPE_CONTEXTS + 3; i++) {
		from = numbered(i + 1);
		SAY(&from, B1, i1_of(i, i));
		if (i == 4) { /* the context of numbered(3) is used again */
			from = numbered(3);
			SAY(&from, B1, i1_of(2, 2));
		}
	}
	trace_each(tape->t, collect, &at);
	assert_int_equal(at - ids, TAPE_CONTEXTS);
	assert_int_equal(trace_forgotten(tape->t), 4);
	assert_int_equal(ids[0], 1); /* the one that both ends have */
	assert_int_equal(ids[1], 4);
	assert_int_equal(ids[2], 7);
	for (unsigned i = 1; i < TAPE_CONTEXTS; i++)
		assert_true(ids[i] > ids[i - 1]);
}

static void one_context_is_enough_to_begin_with(void **state)
{
	struct tape *tape = tape_new(1);
	struct in6_addr from = numbered(1);

	(void)state;
	tape_handshake(tape);
	SAY(&from, B1, i1_of(1, 1));
	assert_int_equal(tape_count(tape), 1);
	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_null(tape->mark.context);
	tape_teardown((void **)&tape);
}

static void a_flood_of_i1_leaves_those_at_work(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);

	tape->unchecked = true;
	for (uint64_t i = 0; i < FLOOD; i++) {
		struct in6_addr from = numbered(i + 1);

		SAY(&from, B1, i1_of(TAG_A, NONCE_A));
	}
	assert_agreed(tape);
	tape_payload(tape, A1, B1, TAG_B);
	assert_ptr_equal(tape->mark.context, c);
	assert_int_equal(trace_forgotten(tape->t), FLOOD + 1 - TAPE_CONTEXTS);
}

static void long_lists_are_bounded(void **state)
{
	struct tape *tape = tape_new(4);
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->a);

	(void)state;
	m.pds = (struct span){ 0 };
	m.locators.count = 110; /* as many as a header can hold, with what else is there */
	for (uint64_t i = 0; i < 200; i++) {
		struct in6_addr from = numbered(i);

		for (unsigned j = 0; j < m.locators.count; j++)
			m.locators.locator[j] = numbered(i * 1000 + j);
		m.locators.generation = (uint32_t)i;
		tape_control(tape, &from, B1, &m);
	}
	assert_int_equal(tape->mark.context->end[0].locator_count, 110);
	assert_true(tape_count(tape) >= 1);
	tape_teardown((void **)&tape);
}

/* --- tags that are equal ------------------------------------------------------------ */

/* Both B and another host C have allocated TAG_B. */
static void equal_tags_of_two_hosts_do_not_mix(void **state)
{
	struct tape *tape = *state;
	struct in6_addr other = numbered(3);
	struct shim6_message r2 = { .type = SHIM6_R2, .resp_tag = TAG_B, .init_nonce = NONCE_A };
	const struct trace_context *first = tape_handshake(tape), *second;

	SAY(A1, &other, i1_of(TAG_A + 1, NONCE_A));
	SAY(A1, &other, i2_of(TAG_A + 1, NONCE_A, &tape->a));
	SAY(&other, A1, r2);
	second = tape->mark.context;
	assert_ptr_not_equal(first, second);
	assert_ulids(tape, A1, B1, TAG_B, A1, B1);
	assert_ulids(tape, A1, &other, TAG_B, A1, &other);
	tape_payload(tape, A2, &other, TAG_B);
	assert_ptr_equal(tape->mark.context, second);
	tape_payload(tape, A2, B2, TAG_B);
	assert_ptr_equal(tape->mark.context, first);
}

/* RFC 5533 7.6: B has lost the first context and gives its tag to another. */
static void a_tag_that_is_given_again_leaves_the_old_context(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *first = tape_handshake(tape), *second;
	struct in6_addr ulid = numbered(9);

	SAY(&ulid, B1, i1_of(TAG_A + 1, NONCE_A));
	SAY(&ulid, B1, i2_of(TAG_A + 1, NONCE_A, &tape->a));
	assert_int_equal(first->state, TRACE_ESTABLISHED);
	SAY(B1, &ulid, r2_of(TAG_B, NONCE_A, &tape->b));
	second = tape->mark.context;
	assert_int_equal(first->state, TRACE_RECOVERING);
	assert_false(first->end[1].has_tag);
	assert_ulids(tape, &ulid, B2, TAG_B, &ulid, B1);
	tape_payload(tape, A1, B1, TAG_B);
	assert_ptr_equal(tape->mark.context, second);
	tape_payload(tape, B1, A1, TAG_A);
	assert_ptr_equal(tape->mark.context, first);
}

static void a_forged_i1_takes_no_tag(void **state)
{
	struct tape *tape = *state;
	struct in6_addr ulid = numbered(9);

	tape_handshake(tape);
	SAY(B1, &ulid, i1_of(TAG_B, NONCE_B));
	assert_ulids(tape, A1, B1, TAG_B, A1, B1);
}

static void floods_of_one_tag_are_followed(void **state)
{
	struct tape *tape = tape_new(1000);

	(void)state;
	tape->unchecked = true;
	for (uint64_t i = 0; i < FLOOD; i++) {
		struct in6_addr from = numbered(i), to = numbered(i / 2);

		SAY(&from, &to, keepalive_of(TAG_B));
	}
	assert_agreed(tape);
	assert_int_equal(tape_count(tape), 1000);
	tape_teardown((void **)&tape);
}

/* --- octets of any kind ---------------------------------------------------------------- */

struct film { /* packets of a handshake, with what follows */
	uint8_t octets[6][600];
	size_t len[6];
};

static void film_shoot(struct film *f, const struct tape *tape)
{
	const struct shim6_message messages[] = {
		i1_of(TAG_A, NONCE_A), r1_of(NONCE_A),     i2_of(TAG_A, NONCE_A, &tape->a),
		r2_of(TAG_B, NONCE_A, &tape->b), keepalive_of(TAG_B),
		update_of(TAG_A, &tape->b, 2, 1),
	};
	for (unsigned i = 0; i < 6; i++) {
		bool forth = i == 0 || i == 2 || i == 4;

		f->len[i] = make_control(f->octets[i], sizeof(f->octets[i]), forth ? A1 : B1,
					 forth ? B1 : A1, &messages[i]);
	}
}

static void every_truncation_of_a_handshake_is_survived(void **state)
{
	struct tape *tape = *state;
	struct film f;

	film_shoot(&f, tape);
	for (unsigned i = 0; i < 6; i++)
		for (size_t len = 0; len < f.len[i]; len++) {
			assert_int_equal(tape_feed(tape, f.octets[i], len), 0);
			assert_null(tape->mark.context);
		}
	assert_int_equal(tape_count(tape), 0);
}

/* Octets changed at random, of which the checksum is right, in random order. */
static void damaged_packets_leave_the_tables_in_agreement(void **state)
{
	struct tape *tape = *state;
	uint64_t chance = 1;
	struct film f;

	film_shoot(&f, tape);
	for (unsigned i = 0; i < RANDOM_PACKETS; i++) {
		unsigned which = next_random(&chance) % 6;
		uint8_t octets[600];
		size_t claimed;

		memcpy(octets, f.octets[which], f.len[which]);
		for (unsigned n = next_random(&chance) % 4; n > 0; n--)
			octets[8 + next_random(&chance) % (f.len[which] - 8)] ^=
				(uint8_t)(1 << next_random(&chance) % 8);
		claimed = 8 * ((size_t)octets[41] + 1);
		if (claimed <= f.len[which] - 40)
			wire_bits_put(octets + 40, 32, 16, checksum_shim6(octets + 40, claimed));
		tape_feed(tape, octets, f.len[which]);
	}
	assert_true(tape_count(tape) > 0);
}

static void random_octets_are_nothing(void **state)
{
	struct tape *tape = *state;
	uint64_t chance = 2;

	for (unsigned i = 0; i < RANDOM_PACKETS; i++) {
		uint8_t octets[120];
		struct in6_addr src, dst;

		for (size_t j = 0; j < sizeof(octets); j++)
			octets[j] = (uint8_t)next_random(&chance);
		octets[0] = 0x60;
		octets[6] = i % 2 ? PROTO_SHIM6 : IPPROTO_DSTOPTS;
		assert_false(trace_ulids(tape->t, octets, i % (sizeof(octets) + 1), &src, &dst));
		tape_feed(tape, octets, i % (sizeof(octets) + 1));
	}
	assert_int_equal(tape_count(tape), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TAPE_TEST(the_longest_unused_is_forgotten),
		cmocka_unit_test(one_context_is_enough_to_begin_with),
		TAPE_TEST(a_flood_of_i1_leaves_those_at_work),
		cmocka_unit_test(long_lists_are_bounded),
		TAPE_TEST(equal_tags_of_two_hosts_do_not_mix),
		TAPE_TEST(a_tag_that_is_given_again_leaves_the_old_context),
		TAPE_TEST(a_forged_i1_takes_no_tag),
		cmocka_unit_test(floods_of_one_tag_are_followed),
		TAPE_TEST(every_truncation_of_a_handshake_is_survived),
		TAPE_TEST(damaged_packets_leave_the_tables_in_agreement),
		TAPE_TEST(random_octets_are_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
