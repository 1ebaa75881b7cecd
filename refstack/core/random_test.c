/* SPDX-License-Identifier: BSD-2-Clause */
#include "refstack/core/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void draw(uint64_t seed, uint8_t *out, size_t len, size_t step)
{
	struct random_source r;

	assert_int_equal(random_open(&r, seed), 0);
	for (size_t off = 0; off < len; off += step)
		random_octets(&r, out + off, step < len - off ? step : len - off);
	random_close(&r);
}

static void the_same_seed_gives_the_same_octets_in_whatever_pieces(void **state)
{
	uint8_t whole[200], pieces[200];

	(void)state;
	draw(7, whole, sizeof(whole), sizeof(whole));
	for (size_t step = 1; step < 130; step++) {
		draw(7, pieces, sizeof(pieces), step);
		assert_memory_equal(whole, pieces, sizeof(whole));
	}
}

static void every_octet_of_the_seed_counts(void **state)
{
	uint8_t zero[32], other[32];

	(void)state;
	draw(0, zero, sizeof(zero), sizeof(zero));
	for (unsigned bit = 0; bit < 64; bit += 8) {
		draw(UINT64_C(1) << bit, other, sizeof(other), sizeof(other));
		assert_memory_not_equal(zero, other, sizeof(zero));
	}
}

static void it_does_not_repeat(void **state)
{
	struct random_source r;
	uint64_t seen[256];

	(void)state;
	assert_int_equal(random_open(&r, 1), 0);
	for (unsigned i = 0; i < 256; i++) {
		seen[i] = random_u64(&r);
		for (unsigned k = 0; k < i; k++)
			assert_true(seen[k] != seen[i]);
	}
	random_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_octets_in_whatever_pieces),
		cmocka_unit_test(every_octet_of_the_seed_counts),
		cmocka_unit_test(it_does_not_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
