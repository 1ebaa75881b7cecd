/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/shimdump/test_sight.h"

#include "wire/layers.h"

/* An I1 from A to B, the first packet of context 1. */
static const struct sight *an_i1(struct seen *seen, struct tape *tape)
{
	struct shim6_message m = i1_of(TAG_A, NONCE_A);

	return see_control(seen, tape, A1, B1, &m);
}

static void nothing_given_selects_all(void **state)
{
	struct selection none = { 0 };
	struct seen seen;

	assert_true(selected(&none, an_i1(&seen, *state)));
	assert_true(selected(&none, &(struct sight){ .d = NULL }));
}

static void a_frame_without_ipv6_meets_no_condition(void **state)
{
	struct sight frame = { .d = NULL };

	(void)state;
	assert_false(selected(&(struct selection){ .malformed = true }, &frame));
	assert_false(selected(&(struct selection){ .context = 1 }, &frame));
	assert_false(selected(&(struct selection){ .has_ulid = true }, &frame));
}

static void a_context_is_selected_by_its_number(void **state)
{
	struct seen seen;
	const struct sight *s = an_i1(&seen, *state);

	assert_true(selected(&(struct selection){ .context = 1 }, s));
	assert_false(selected(&(struct selection){ .context = 2 }, s));
}

static void a_tag_is_found_under_any_name(void **state)
{
	struct tape *tape = *state;
	struct seen seen;
	struct selection a = { .has_tag = true, .tag = TAG_A };
	struct selection b = { .has_tag = true, .tag = TAG_B };

	assert_true(selected(&a, an_i1(&seen, tape)));
	assert_true(selected(&a, see_payload(&seen, tape, B1, A1, TAG_A)));
	assert_false(selected(&b, see_payload(&seen, tape, B1, A1, TAG_A)));
}

/* What the addresses of the header are doesn't matter then. */
static void a_ulid_is_that_of_the_context(void **state)
{
	struct tape *tape = *state;
	struct selection ulid = { .has_ulid = true, .ulid = *A1 };
	struct selection locator = { .has_ulid = true, .ulid = *A2 };
	struct seen seen;
	const struct sight *s;

	tape_handshake(tape);
	s = see_payload(&seen, tape, B2, A2, TAG_A);
	assert_non_null(s->mark.context);
	assert_true(selected(&ulid, s));
	assert_false(selected(&locator, s));
}

static void without_a_context_a_ulid_is_an_address(void **state)
{
	struct tape *tape = *state;
	struct seen seen;
	const struct sight *s = see_payload(&seen, tape, A2, B2, 77);

	assert_null(s->mark.context);
	assert_true(selected(&(struct selection){ .has_ulid = true, .ulid = *A2 }, s));
	assert_true(selected(&(struct selection){ .has_ulid = true, .ulid = *B2 }, s));
	assert_false(selected(&(struct selection){ .has_ulid = true, .ulid = *A1 }, s));
}

static void one_of_several_types_is_enough(void **state)
{
	struct seen seen;
	const struct sight *s = an_i1(&seen, *state);

	assert_true(selected(&(struct selection){ .type_count = 2,
			     .types = { &layer_probe, &layer_i1 } }, s));
	assert_false(selected(&(struct selection){ .type_count = 1,
			      .types = { &layer_probe } }, s));
}

static void a_wrong_checksum_is_bad_and_malformed(void **state)
{
	struct tape *tape = *state;
	struct selection bad = { .bad_checksum = true }, malformed = { .malformed = true };
	struct seen seen;
	const struct sight *s = an_i1(&seen, tape);

	assert_false(selected(&bad, s));
	assert_false(selected(&malformed, s));
	seen.octets[45] ^= 1; /* of the checksum */
	s = see(&seen, tape);
	assert_true(selected(&bad, s));
	assert_true(selected(&malformed, s));
}

static void all_conditions_must_hold(void **state)
{
	struct seen seen;
	const struct sight *s = an_i1(&seen, *state);
	struct selection both = { .context = 1, .has_tag = true, .tag = TAG_A };

	assert_true(selected(&both, s));
	both.tag = TAG_B;
	assert_false(selected(&both, s));
}

static void every_cut_is_survived(void **state)
{
	struct tape *tape = *state;
	struct seen seen;
	const struct selection everything = { .malformed = true, .bad_checksum = true,
		.has_tag = true, .has_ulid = true, .type_count = 1, .types = { &layer_i1 } };

	an_i1(&seen, tape);
	while (seen.len-- > 0)
		selected(&everything, see(&seen, tape));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TAPE_TEST(nothing_given_selects_all),
		TAPE_TEST(a_frame_without_ipv6_meets_no_condition),
		TAPE_TEST(a_context_is_selected_by_its_number),
		TAPE_TEST(a_tag_is_found_under_any_name),
		TAPE_TEST(a_ulid_is_that_of_the_context),
		TAPE_TEST(without_a_context_a_ulid_is_an_address),
		TAPE_TEST(one_of_several_types_is_enough),
		TAPE_TEST(a_wrong_checksum_is_bad_and_malformed),
		TAPE_TEST(all_conditions_must_hold),
		TAPE_TEST(every_cut_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
