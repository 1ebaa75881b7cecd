/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * However many threads look for a modifier, and however they divide the steps,
 * what they find is what an independent implementation has: prefixes
 * 2001:db8:a:1::/64 and 2001:db8:b:2::/64, modifier 0001...0f.
 */
#include "refstack/keys/search.h"
#include "wire/hba.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t prefixes[2][8] = {
	{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, 0x00, 0x01 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0b, 0x00, 0x02 },
};

static const uint8_t modifier[HBA_MODIFIER_LEN] = { 0, 1, 2,  3,  4,  5,  6,  7,
						    8, 9, 10, 11, 12, 13, 14, 15 };

/* The key of RFC 3972 Appendix A. */
#define RSA_KEY                                                                                    \
	"305c300d06092a864886f70d0101010500034b003048024100c2c2f137305454f10bd9cea36844b530"       \
	"e9211a4b262b16467cb7dfba1f595c0194f275be5a4d386f2c3c2382508773c7867f9b3b9e63a09c"         \
	"7bc48f7a54ebefaf0203010001"

static const unsigned thread_counts[] = { 0, 1, 2, 3, 8 };
/* The good number, single steps, some that divide nothing, and more than all. */
static const unsigned batches[] = { 0, 1, 7, 1000, 1000000 };

static void assert_addr(const struct in6_addr *addr, const char *text)
{
	struct in6_addr expected = addr_of(text);

	assert_memory_equal(addr, &expected, sizeof(expected));
}

/* 8081...af */
static int hba_make(struct keys_effort *effort, struct hba_set *set, unsigned sec)
{
	uint8_t nonce[HBA_NONCE_LEN];

	for (unsigned i = 0; i < sizeof(nonce); i++)
		nonce[i] = (uint8_t)(0x80 + i);
	return hba_generate_by(keys_search, effort, set, prefixes, 2, sec, modifier, nonce, 0);
}

/* --- what is found ------------------------------------------------------- */

static void assert_hba(struct keys_effort *effort)
{
	struct hba_set set;

	assert_int_equal(hba_make(effort, &set, 1), 0);
	assert_int_equal(set.steps, 75418);
	assert_octets_equal(set.pds, CGA_MODIFIER_LEN, "000102030405060708090a0b0c0e34a9");
	assert_addr(&set.addr[0], "2001:db8:a:1:34cd:2419:6d9e:45a3");
	assert_addr(&set.addr[1], "2001:db8:b:2:30cf:1980:e4b:1c83");
}

static void assert_cga_hba(struct keys_effort *effort)
{
	struct octets key = octets_of(RSA_KEY);
	struct cga_params p = { .key = key.data, .key_len = key.len };
	uint8_t extension[24], pds[256];
	struct wbuf e = wbuf_of(extension, sizeof(extension)), w = wbuf_of(pds, sizeof(pds));
	struct in6_addr addr;
	uint64_t steps;

	memcpy(p.modifier, modifier, sizeof(modifier));
	memcpy(p.prefix, prefixes[0], sizeof(p.prefix));
	assert_int_equal(hba_extension_emit(prefixes, 2, true, &e), 0);
	p.extensions = extension;
	p.extensions_len = e.len;
	assert_int_equal(cga_generate_by(keys_search, effort, &addr, &w, &p, 1, &steps), 0);
	assert_int_equal(steps, 175788);
	assert_octets_equal(pds, CGA_MODIFIER_LEN, "000102030405060708090a0b0c0fbcbb");
	assert_addr(&addr, "2001:db8:a:1:3cfd:6134:5e53:64f4");
	octets_free(&key);
}

static void any_number_of_threads_finds_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(thread_counts); i++) {
		for (size_t k = 0; k < COUNT(batches); k++) {
			struct keys_effort effort = { .threads = thread_counts[i],
						      .batch = batches[k] };

			assert_hba(&effort);
			assert_cga_hba(&effort);
		}
	}
	assert_hba(NULL);
}

static void more_threads_than_allowed_are_not_started(void **state)
{
	struct keys_effort effort = { .threads = KEYS_THREADS_MAX + 1000 };

	(void)state;
	assert_hba(&effort);
}

/*
 * Steps 87814, 141912 and 265029 suffice, too. With a batch of 75419 the second
 * thread is at the first of these long before the other one comes to 75418; with
 * one of 141913 it is at the last of them long after.
 */
static void the_lowest_step_wins_and_not_the_first_or_last_found(void **state)
{
	struct keys_effort first = { .threads = 2, .batch = 75419 };
	struct keys_effort last = { .threads = 2, .batch = 141913 };

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		assert_hba(&first);
		assert_hba(&last);
	}
}

static bool is_not_called(void *context, uint64_t tried, uint64_t expected)
{
	(void)context;
	fail_msg("told of %ju steps of %ju", (uintmax_t)tried, (uintmax_t)expected);
	return false;
}

static void sec_0_takes_no_search(void **state)
{
	struct keys_effort effort = { .threads = 8, .progress = is_not_called };
	struct hba_set set;

	(void)state;
	assert_int_equal(hba_make(&effort, &set, 0), 0);
	assert_int_equal(set.steps, 0);
	assert_addr(&set.addr[0], "2001:db8:a:1:c9:f301:d2ea:7baa");
	assert_addr(&set.addr[1], "2001:db8:b:2:1cf9:678a:91dd:99cf");
}

static void what_is_out_of_range_is_not_searched(void **state)
{
	struct keys_effort effort = { .threads = 2, .progress = is_not_called };
	struct hba_set set = { .count = 77 };

	(void)state;
	assert_int_equal(hba_make(&effort, &set, HBA_SEC_MAX + 1), -EINVAL);
	assert_int_equal(set.count, 77);
}

/* --- what is told -------------------------------------------------------- */

struct told {
	pthread_t by;
	unsigned times, enough;
	uint64_t tried, expected;
};

static bool told(void *context, uint64_t tried, uint64_t expected)
{
	struct told *t = context;

	assert_true(pthread_equal(t->by, pthread_self()));
	assert_int_equal(expected, t->expected);
	assert_true(tried >= t->tried + KEYS_PROGRESS_STEPS);
	t->tried = tried;
	return ++t->times < t->enough;
}

/* The hard search is not waited for: it is told of ten times and given up. */
static void progress_grows_by_no_less_than_promised(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(thread_counts); i++) {
		struct told t = { .by = pthread_self(), .enough = 10, .expected = 1ull << 32 };
		struct keys_effort effort = { .threads = thread_counts[i],
					      .progress = told,
					      .context = &t };
		struct hba_set set = { .count = 77 };

		assert_int_equal(hba_make(&effort, &set, 2), -ECANCELED);
		assert_int_equal(t.times, 10);
		assert_int_equal(set.count, 77);
	}
}

/* Alone, since with others it depends on who is where when it is found. */
static void progress_is_told_of_each_round_of_steps(void **state)
{
	struct told t = { .by = pthread_self(), .enough = 10, .expected = 65536 };
	struct keys_effort effort = { .threads = 1, .progress = told, .context = &t };

	(void)state;
	assert_cga_hba(&effort);
	assert_int_equal(t.times, 2);
	assert_int_equal(t.tried, 131072);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_number_of_threads_finds_the_same),
		cmocka_unit_test(more_threads_than_allowed_are_not_started),
		cmocka_unit_test(the_lowest_step_wins_and_not_the_first_or_last_found),
		cmocka_unit_test(sec_0_takes_no_search),
		cmocka_unit_test(what_is_out_of_range_is_not_searched),
		cmocka_unit_test(progress_grows_by_no_less_than_promised),
		cmocka_unit_test(progress_is_told_of_each_round_of_steps),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
