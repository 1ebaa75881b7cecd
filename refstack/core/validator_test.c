/* SPDX-License-Identifier: BSD-2-Clause */
#include "refstack/core/validator.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct desk {
	struct random_source random;
	struct validator_keys keys;
	struct validator_claim claim;
	uint8_t octets[VALIDATOR_LEN];
	uint32_t nonce;
};

static int setup(void **state)
{
	static struct desk d;

	d = (struct desk){ .claim = { .init_tag = 0x0123456789ab, .fii = 3 } };
	d.claim.sender_ulid.s6_addr[15] = 1;
	d.claim.receiver_ulid.s6_addr[15] = 2;
	d.claim.src.s6_addr[15] = 3;
	d.claim.dst.s6_addr[15] = 4;
	*state = &d;
	if (random_open(&d.random, 5))
		return -1;
	validator_init(&d.keys, &d.random);
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	random_close(&d->random);
	return 0;
}

static void issue(struct desk *d, unsigned seconds)
{
	d->nonce = validator_issue(&d->keys, &d->random, seconds * USEC_PER_SEC, &d->claim,
				   d->octets);
}

static int check(struct desk *d, unsigned seconds)
{
	struct span validator = { d->octets, sizeof(d->octets) };

	return validator_check(&d->keys, &d->random, seconds * USEC_PER_SEC, &d->claim, d->nonce,
			       &validator);
}

/* RFC 5533 7.13: VALIDATOR_MIN_LIFETIME is 30 seconds. */
static void a_validator_is_good_for_thirty_seconds_and_not_for_two_minutes(void **state)
{
	struct desk *d = *state;

	issue(d, 1000);
	for (unsigned age = 0; age <= 60; age++)
		assert_int_equal(check(d, 1000 + age), 0);
	for (unsigned age = 61; age <= 120; age++)
		assert_int_equal(check(d, 1000 + age), -ETIMEDOUT);
}

static void a_nonce_of_the_future_is_refused(void **state)
{
	struct desk *d = *state;

	issue(d, 1000);
	assert_int_equal(check(d, 999), -ETIMEDOUT);
}

static void every_part_of_the_claim_counts(void **state)
{
	struct desk *d = *state;
	uint8_t *const part[] = {
		(uint8_t *)&d->claim.init_tag, d->claim.sender_ulid.s6_addr,
		d->claim.receiver_ulid.s6_addr, d->claim.src.s6_addr,
		d->claim.dst.s6_addr, (uint8_t *)&d->claim.fii,
	};

	issue(d, 0);
	for (unsigned i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		*part[i] ^= 1;
		assert_int_equal(check(d, 0), -EKEYREJECTED);
		*part[i] ^= 1;
		assert_int_equal(check(d, 0), 0);
	}
	d->nonce++;
	assert_int_equal(check(d, 1), -EKEYREJECTED);
}

static void any_other_octets_are_refused(void **state)
{
	struct desk *d = *state;
	struct span nothing = { NULL, 0 };

	issue(d, 0);
	for (unsigned i = 0; i < VALIDATOR_LEN; i++) {
		struct span cut = { d->octets, i };

		assert_int_equal(
			validator_check(&d->keys, &d->random, 0, &d->claim, d->nonce, &cut),
			-EKEYREJECTED);
		d->octets[i] ^= 0x80;
		assert_int_equal(check(d, 0), -EKEYREJECTED);
		d->octets[i] ^= 0x80;
	}
	assert_int_equal(validator_check(&d->keys, &d->random, 0, &d->claim, d->nonce, &nothing),
			 -EKEYREJECTED);
}

static void it_survives_a_change_of_the_secret(void **state)
{
	struct desk *d = *state;

	for (unsigned period = 1; period < 5; period++) {
		issue(d, period * VALIDATOR_SECRET_PERIOD - 1);
		assert_int_equal(check(d, period * VALIDATOR_SECRET_PERIOD + 30), 0);
	}
}

static void the_secret_changes_with_every_period(void **state)
{
	struct desk *d = *state;
	struct validator_keys before = d->keys;

	issue(d, 2 * VALIDATOR_SECRET_PERIOD - 1);
	assert_memory_equal(before.secret[0], d->keys.secret[0], VALIDATOR_SECRET_LEN);
	assert_memory_not_equal(before.secret[1], d->keys.secret[1], VALIDATOR_SECRET_LEN);

	issue(d, 7 * VALIDATOR_SECRET_PERIOD);
	assert_memory_not_equal(before.secret[0], d->keys.secret[0], VALIDATOR_SECRET_LEN);
}

#define desk_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(a_validator_is_good_for_thirty_seconds_and_not_for_two_minutes),
		desk_test(a_nonce_of_the_future_is_refused),
		desk_test(every_part_of_the_claim_counts),
		desk_test(any_other_octets_are_refused),
		desk_test(it_survives_a_change_of_the_secret),
		desk_test(the_secret_changes_with_every_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
