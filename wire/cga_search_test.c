/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search for a modifier, against numbers of an independent implementation
 * and against Hash2 as libcrypto takes it in the ordinary way. What becomes of
 * a modifier has its tests in cga_test.c and hba_test.c.
 */
#include "wire/hba.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <openssl/evp.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* HBA-only, Sec 1: nonce 8081...af as a key, two prefixes. */
#define HBA_PDS                                                                                    \
	"000102030405060708090a0b0c0d0e0f 20010db8000a0001 00"                                     \
	"304c300d06092a864886f70d0101010500033b003038023100"                                       \
	"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"                         \
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0203010001"                                               \
	"0012 0014 00000000 20010db8000a0001 20010db8000b0002"

enum { HBA_STEPS = 75418 };

/* --- the steps ----------------------------------------------------------- */

static void the_step_is_the_one_computed_elsewhere(void **state)
{
	struct octets pds = octets_of(HBA_PDS);
	struct cga_search s;
	uint64_t step = 77;

	(void)state;
	assert_int_equal(cga_search_open(&s, pds.data, pds.len, 1), 0);
	assert_int_equal(cga_search_expected(&s), 65536);
	assert_int_equal(cga_search_alone(NULL, &s, &step), 0);
	assert_int_equal(step, HBA_STEPS);
	cga_modifier_add(pds.data, step);
	assert_octets_equal(pds.data, CGA_MODIFIER_LEN, "000102030405060708090a0b0c0e34a9");
	octets_free(&pds);
}

/* However the steps are divided, each is tried once and none is passed over. */
static void steps_are_tried_from_any_to_any(void **state)
{
	static const struct {
		uint64_t from, count, next;
		bool found;
	} tries[] = {
		{ 0, 0, 0, false },
		{ 0, HBA_STEPS, HBA_STEPS, false },
		{ 0, HBA_STEPS + 1, HBA_STEPS, true },
		{ HBA_STEPS - 1, 1, HBA_STEPS, false },
		{ HBA_STEPS - 1, 2, HBA_STEPS, true },
		{ HBA_STEPS, 0, HBA_STEPS, false },
		{ HBA_STEPS, 1, HBA_STEPS, true },
		{ HBA_STEPS, 1000, HBA_STEPS, true },
		{ HBA_STEPS + 1, 1, HBA_STEPS + 2, false },
	};
	struct octets pds = octets_of(HBA_PDS);
	struct cga_search s;

	(void)state;
	assert_int_equal(cga_search_open(&s, pds.data, pds.len, 1), 0);
	for (size_t i = 0; i < COUNT(tries); i++) {
		uint64_t step = tries[i].from;

		assert_int_equal(cga_search_try(&s, &step, tries[i].count), tries[i].found);
		assert_int_equal(step, tries[i].next);
	}
	octets_free(&pds);
}

/* Hash2 begins with d242 at first, and with 0000 6247 at the step of Sec 1. */
static void sec_says_how_many_bits_are_zero(void **state)
{
	static const bool suffices[2][CGA_SEC_MAX + 1] = { { true, false, false },
							   { true, true, false } };
	struct octets pds = octets_of(HBA_PDS);
	struct cga_search s;

	(void)state;
	for (unsigned sec = 0; sec <= CGA_SEC_MAX; sec++) {
		assert_int_equal(cga_search_open(&s, pds.data, pds.len, sec), 0);
		assert_int_equal(cga_search_expected(&s), UINT64_C(1) << 16 * sec);
		for (unsigned i = 0; i < 2; i++) {
			uint64_t step = i * HBA_STEPS;

			assert_int_equal(cga_search_try(&s, &step, 1), suffices[i][sec]);
		}
	}
	octets_free(&pds);
}

/* --- what is hashed ------------------------------------------------------ */

/* The first two octets of Hash2, RFC 3972 4. */
static unsigned hash2_of(const struct octets *pds)
{
	struct octets message = octets_copy(pds->data, pds->len);
	uint8_t hash[20];

	memset(message.data + CGA_PREFIX_AT, 0, CGA_KEY_AT - CGA_PREFIX_AT);
	assert_int_equal(EVP_Digest(message.data, message.len, hash, NULL, EVP_sha1(), NULL), 1);
	octets_free(&message);
	return (unsigned)hash[0] << 8 | hash[1];
}

/* Around each length at which the padding, or what is hashed, gets a block more. */
static void structures_of_any_length_are_hashed_as_a_whole(void **state)
{
	static const size_t lens[] = { 25,  27,  54,  55,  56,  57,  63,  64,  65,  118, 119,
				       120, 127, 128, 129, 183, 184, 191, 192, 193, 1280 };

	(void)state;
	for (size_t i = 0; i < COUNT(lens); i++) {
		struct octets pds = { .data = malloc(lens[i]), .len = lens[i] };
		struct cga_search s;
		uint64_t step;

		assert_non_null(pds.data);
		for (size_t at = 0; at < pds.len; at++)
			pds.data[at] = (uint8_t)(0xa5 + at);
		assert_int_equal(cga_search_open(&s, pds.data, pds.len, 1), 0);
		assert_int_equal(cga_search_alone(NULL, &s, &step), 0);
		for (uint64_t before = 0; before < step; before++) {
			assert_int_not_equal(hash2_of(&pds), 0);
			cga_modifier_add(pds.data, 1);
		}
		assert_int_equal(hash2_of(&pds), 0);
		octets_free(&pds);
	}
}

static void prefix_and_count_are_not_hashed(void **state)
{
	struct octets pds = octets_of(HBA_PDS);
	struct cga_search s;
	uint64_t step = HBA_STEPS;

	(void)state;
	memset(pds.data + CGA_PREFIX_AT, 0xff, CGA_KEY_AT - CGA_PREFIX_AT);
	assert_int_equal(cga_search_open(&s, pds.data, pds.len, 1), 0);
	assert_true(cga_search_try(&s, &step, 1));
	octets_free(&pds);
}

static void what_cannot_be_searched_is_not_opened(void **state)
{
	struct octets pds = octets_of(HBA_PDS);
	struct cga_search s = { .sec = 77 };

	(void)state;
	assert_int_equal(cga_search_open(&s, pds.data, pds.len, CGA_SEC_MAX + 1), -EINVAL);
	for (size_t len = 0; len < CGA_KEY_AT; len++) {
		struct octets cut = octets_copy(pds.data, len);

		assert_int_equal(cga_search_open(&s, cut.data, cut.len, 1), -EINVAL);
		octets_free(&cut);
	}
	assert_int_equal(s.sec, 77);
	octets_free(&pds);
}

/* --- the modifier -------------------------------------------------------- */

static void modifiers_are_numbers_of_128_bits(void **state)
{
	static const struct {
		const char *from;
		uint64_t n;
		const char *to;
	} sums[] = {
		{ "00000000000000000000000000000000", 0, "00000000000000000000000000000000" },
		{ "000000000000000000000000000000ff", 1, "00000000000000000000000000000100" },
		{ "00000000000000000000000000000001", UINT64_MAX,
		  "00000000000000010000000000000000" },
		{ "0000000000000000ffffffffffffffff", UINT64_MAX,
		  "0000000000000001fffffffffffffffe" },
		{ "ffffffffffffffffffffffffffffffff", 2, "00000000000000000000000000000001" },
		{ "0001020304050607fffffffffffffffe", 0x0102030405060708,
		  "00010203040506080102030405060706" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sums); i++) {
		struct octets modifier = octets_of(sums[i].from);

		cga_modifier_add(modifier.data, sums[i].n);
		assert_octets_equal(modifier.data, modifier.len, sums[i].to);
		octets_free(&modifier);
	}
}

/* --- somebody else's search ---------------------------------------------- */

static int refuses(void *context, const struct cga_search *s, uint64_t *step)
{
	(void)s;
	(void)step;
	return *(int *)context;
}

static void the_error_of_a_searcher_is_passed_on(void **state)
{
	static const uint8_t key[] = { 0x30, 0 }, nonce[HBA_NONCE_LEN], prefix[1][8];
	struct cga_params p = { .key = key, .key_len = sizeof(key) };
	struct in6_addr addr = IN6ADDR_LOOPBACK_INIT;
	struct hba_set set = { .count = 77 };
	uint64_t steps = 77;
	uint8_t pds[64];
	struct wbuf w = wbuf_of(pds, sizeof(pds));
	int error = -ECANCELED;

	(void)state;
	wbuf_u8(&w, 0xee);
	assert_int_equal(cga_generate_by(refuses, &error, &addr, &w, &p, 1, &steps), error);
	assert_int_equal(w.len, 1);
	assert_int_equal(steps, 77);
	assert_true(IN6_IS_ADDR_LOOPBACK(&addr));
	assert_int_equal(hba_generate_by(refuses, &error, &set, prefix, 1, 1, nonce, nonce, 0),
			 error);
	assert_int_equal(set.count, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_step_is_the_one_computed_elsewhere),
		cmocka_unit_test(steps_are_tried_from_any_to_any),
		cmocka_unit_test(sec_says_how_many_bits_are_zero),
		cmocka_unit_test(structures_of_any_length_are_hashed_as_a_whole),
		cmocka_unit_test(prefix_and_count_are_not_hashed),
		cmocka_unit_test(what_cannot_be_searched_is_not_opened),
		cmocka_unit_test(modifiers_are_numbers_of_128_bits),
		cmocka_unit_test(the_error_of_a_searcher_is_passed_on),
	};

	return cmocka_run_group_tests_name("cga_search", tests, NULL, NULL);
}
