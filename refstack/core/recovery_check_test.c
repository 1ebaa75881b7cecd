/* SPDX-License-Identifier: BSD-2-Clause */
/* Recoveries with messages that are not what they should be: nothing may happen. */
#include "refstack/core/back_to_back_loss.h"

enum { SHIM = IPV6_HEADER_LEN }; /* where the Shim6 header starts here */

/* A message that comes to nothing: no answer, no context more, no other STATE. */
static void assert_ignored(struct pair *p, const struct flight *f)
{
	unsigned packets = p->count, contexts = p->host[f->to]->contexts.count;
	enum shim_state was = state_of(p, f->to);

	land(p, f);
	assert_int_equal(p->count, packets);
	assert_int_equal(p->host[f->to]->contexts.count, contexts);
	assert_int_equal(state_of(p, f->to), was);
}

static const uint8_t with_tags[] = { SHIM6_UPDATE_REQUEST, SHIM6_UPDATE_ACK, SHIM6_KEEPALIVE,
				     SHIM6_PROBE };

/* --- tags that are right, locators that are not: RFC 5533 10.4, 10.5, 12.4 ------------ */

static void assert_stranger(struct pair *p, const struct flight *f)
{
	const struct shim_context *b = context_of(p, B);
	unsigned packets = p->count;

	land(p, f);
	assert_sent(p, packets, ((uint8_t[]){ SHIM6_R1BIS }), 1);
	assert_int_equal(b->state, SHIM_ESTABLISHED);
	assert_int_equal(b->reap.state, REAP_OPERATIONAL);
	for (unsigned i = TIMER_UPDATE; i < TIMER_COUNT; i++)
		assert_int_equal(b->deadline[i] == USEC_NEVER, i != TIMER_IDLE);
	p->count--;
}

static void a_source_that_is_not_in_the_list_makes_a_control_message_a_stranger(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned i = 0; i < sizeof(with_tags); i++) {
		struct flight f = control(p, A, with_tags[i], context_of(p, B)->ct_local);

		f.octets[23] ^= 1;
		assert_stranger(p, &f);
	}
}

static void a_destination_that_is_not_in_the_list_makes_it_a_stranger_too(void **state)
{
	struct pair *p = *state;

	establish(p);
	context_of(p, B)->ls_local = 1;
	for (unsigned i = 0; i < sizeof(with_tags); i++) {
		struct flight f = control(p, A, with_tags[i], context_of(p, B)->ct_local);

		memcpy(f.octets + 24, &p->host[B]->locator[1].addr, 16);
		assert_stranger(p, &f);
	}
}

/* --- R1bis that are none: RFC 5533 7.18 ----------------------------------------------- */

static void an_r1bis_about_another_tag_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R1BIS);

	for (unsigned i = 0; i < 6; i++) {
		f.octets[SHIM + 6 + i] ^= 1;
		seal(&f);
		assert_ignored(p, &f);
		f.octets[SHIM + 6 + i] ^= 1;
	}
}

static void an_r1bis_from_or_to_an_unknown_locator_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R1BIS);

	f.octets[8 + 15] ^= 1;
	assert_ignored(p, &f);
	f.octets[8 + 15] ^= 1;
	context_of(p, A)->ls_local = 1; /* it came to the second one */
	assert_ignored(p, &f);
}

/* Our reading: 7.18 has the current pair, but what provokes an R1bis may be a
 * Probe that looks for another. */
static void an_r1bis_may_come_by_any_pair_of_the_lists(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 4; n++) {
		struct pair *p = pair_new(7, 0);
		struct flight f = caught(p, SHIM6_R1BIS);

		memcpy(f.octets + 8, &p->host[B]->locator[n & 1].addr, 16);
		memcpy(f.octets + 24, &p->host[A]->locator[n >> 1].addr, 16);
		land(p, &f);
		assert_int_equal(state_of(p, A), SHIM_I2BIS_SENT);
		pair_free(p);
	}
}

static void an_r1bis_counts_in_established_alone(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R1BIS);

	for (enum shim_state s = SHIM_I1_SENT; s < SHIM_STATE_COUNT; s++) {
		if (s == SHIM_ESTABLISHED)
			continue;
		context_of(p, A)->state = s;
		assert_ignored(p, &f);
	}
}

static void an_r1bis_without_a_validator_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R1BIS);

	f.octets[SHIM + 17] = 0x7e; /* an option that nobody knows */
	seal(&f);
	assert_ignored(p, &f);
}

/* It is the responder's own affair, so it comes back whatever its length. */
static void an_i2bis_brings_back_validators_of_any_length(void **state)
{
	(void)state;
	for (uint8_t len = 0; len <= 32; len++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, SHIM6_R1BIS);
		size_t total = shim6_option_total(len);
		const struct flight *i2bis;

		f.octets[SHIM + 19] = len;
		f.octets[SHIM + 1] = (uint8_t)((16 + total) / 8 - 1);
		f.octets[5] = (uint8_t)(16 + total);
		f.len = SHIM + 16 + total;
		seal(&f);
		land(p, &f);
		i2bis = sent_nth(p, PAYLOAD, SHIM6_I2BIS, 1);
		assert_memory_equal(i2bis->octets + SHIM + 32, f.octets + SHIM + 16, 4 + len);
		pair_free(p);
	}
}

/* --- I2bis that are none: RFC 5533 7.20 ----------------------------------------------- */

static void an_i2bis_whose_claim_has_changed_is_dropped(void **state)
{
	static const size_t edit[] = {
		SHIM + 19,      /* the last octet of the Responder Nonce */
		SHIM + 26,      /* the first of the Packet Context Tag */
		SHIM + 31,      /* and the last */
		SHIM + 32 + 4,  /* the first of the validator */
		SHIM + 32 + 35, /* and the last */
		8 + 15,         /* of the source address */
	};
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2BIS);

	for (unsigned i = 0; i < sizeof(edit) / sizeof(edit[0]); i++) {
		f.octets[edit[i]] ^= 1;
		seal(&f);
		assert_ignored(p, &f);
		f.octets[edit[i]] ^= 1;
	}
	seal(&f);
	memcpy(f.octets + 24, &p->host[B]->locator[1].addr, 16);
	assert_ignored(p, &f);
}

/* 33 octets take as much room as 32 do, 28 as much as 32 less 4. */
static void an_i2bis_whose_validator_has_another_length_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2BIS);

	for (uint8_t len = 29; len <= 36; len++) {
		f.octets[SHIM + 32 + 3] = len;
		seal(&f);
		if (len != 32)
			assert_ignored(p, &f);
	}
}

/* The validator knows no ULIDs: the PDS proves the sender's, and ours is ours. */
static void an_i2bis_for_other_ulids_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2BIS);
	size_t ulids = find_option(&f, SHIM6_OPT_ULID_PAIR);

	f.octets[ulids + 23] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
	f.octets[ulids + 23] ^= 1;
	f.octets[ulids + 39] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
}

/* RFC 5533 7.2: nobody proves that this source belongs to that ULID. */
static void an_i2bis_from_an_unlisted_locator_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2BIS);

	f.octets[find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 1] = 0x7e;
	seal(&f);
	assert_ignored(p, &f);
}

static void an_i2bis_is_taken_half_a_minute_later_but_not_two(void **state)
{
	(void)state;
	for (unsigned seconds = 30; seconds <= 120; seconds += 90) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, SHIM6_I2BIS);

		shim_host_advance(p->host[B], seconds * USEC_PER_SEC);
		if (seconds == 30) {
			land(p, &f);
			assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
		} else {
			assert_ignored(p, &f);
		}
		pair_free(p);
	}
}

static void any_octet_changed_comes_to_nothing(void **state)
{
	(void)state;
	for (uint8_t type = SHIM6_R1BIS; type <= SHIM6_I2BIS; type++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, type);

		for (size_t off = SHIM; off < f.len; off++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				f.octets[off] ^= 1 << bit;
				/* P = 1: payload, of nobody's tag. */
				if (off != SHIM + 2 || bit != 7)
					assert_ignored(p, &f);
				f.octets[off] ^= 1 << bit;
			}
		}
		land(p, &f);
		settle(p);
		assert_consistent(p);
		pair_free(p);
	}
}

static void any_octet_changed_under_a_right_checksum_is_survived(void **state)
{
	(void)state;
	for (uint8_t type = SHIM6_R1BIS; type <= SHIM6_I2BIS; type++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, type);

		for (size_t off = SHIM; off < f.len; off++) {
			uint8_t was = f.octets[off];

			for (unsigned v = 0; v < 256; v++) {
				f.octets[off] = (uint8_t)v;
				seal(&f);
				land(p, &f);
				p->landed = p->count = 0;
				assert_in_range(p->host[f.to]->contexts.count, 0, 1);
			}
			f.octets[off] = was;
		}
		pair_free(p);
	}
}

static void any_truncation_comes_to_nothing(void **state)
{
	(void)state;
	for (uint8_t type = SHIM6_R1BIS; type <= SHIM6_I2BIS; type++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, type);
		size_t whole = f.len;

		for (f.len = SHIM; f.len < whole; f.len++) {
			f.octets[4] = (uint8_t)((f.len - SHIM) >> 8);
			f.octets[5] = (uint8_t)(f.len - SHIM);
			assert_ignored(p, &f);
		}
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(a_source_that_is_not_in_the_list_makes_a_control_message_a_stranger),
		pair_test(a_destination_that_is_not_in_the_list_makes_it_a_stranger_too),
		pair_test(an_r1bis_about_another_tag_is_dropped),
		pair_test(an_r1bis_from_or_to_an_unknown_locator_is_dropped),
		cmocka_unit_test(an_r1bis_may_come_by_any_pair_of_the_lists),
		pair_test(an_r1bis_counts_in_established_alone),
		pair_test(an_r1bis_without_a_validator_is_dropped),
		cmocka_unit_test(an_i2bis_brings_back_validators_of_any_length),
		pair_test(an_i2bis_whose_claim_has_changed_is_dropped),
		pair_test(an_i2bis_whose_validator_has_another_length_is_dropped),
		pair_test(an_i2bis_for_other_ulids_is_dropped),
		pair_test(an_i2bis_from_an_unlisted_locator_is_dropped),
		cmocka_unit_test(an_i2bis_is_taken_half_a_minute_later_but_not_two),
		cmocka_unit_test(any_octet_changed_comes_to_nothing),
		cmocka_unit_test(any_octet_changed_under_a_right_checksum_is_survived),
		cmocka_unit_test(any_truncation_comes_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
