/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefixes that routers advertise: RFC 4861 6.3.4, RFC 4862 5.5.3. */
#include "refstack/link/nd_lan.h"

#include <netinet/icmp6.h>

#define ADDR_NEAR "20010db8000c0001000000000000000f " /* 2001:db8:c:1::f */
#define NEAR "20010db8000c00010000000000000000 "

enum { L = 0x80, A = 0x40 };

static void advertise(struct lan *lan, unsigned len, unsigned flags, uint32_t valid,
		      uint32_t preferred, const char *prefix)
{
	char hex[256];

	snprintf(hex, sizeof(hex), "8600 0000 4000 0000 00000000 00000000"
		 "0304 %02x%02x %08x %08x 00000000 %s", len, flags, valid, preferred, prefix);
	hear(lan, nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL, hex));
}

static bool is_on_link(const struct lan *lan, const char *text)
{
	struct in6_addr addr = addr_of(text);

	return prefix_is_on_link(lan->nd, &addr);
}

static bool near_is_on_link(const struct lan *lan)
{
	return is_on_link(lan, "2001:db8:c:1::f");
}

static void assert_told(const struct lan *lan, unsigned i, uint32_t valid, uint32_t preferred)
{
	assert_int_equal(lan->prefix_count, i + 1);
	assert_octets_equal(lan->prefix[i].prefix, 8, "20010db8000c0001");
	assert_int_equal(lan->prefix[i].valid_sec, valid);
	assert_int_equal(lan->prefix[i].preferred_sec, preferred);
}

/* --- on the link ------------------------------------------------------------------ */

static void what_has_the_prefix_is_on_the_link(void **state)
{
	struct lan *lan = *state;

	assert_int_equal(lan_send(lan, ADDR_US ADDR_NEAR, "00"), -ENETUNREACH);
	advertise(lan, 64, L, 100, 100, NEAR);
	assert_int_equal(lan_send(lan, ADDR_US ADDR_NEAR, "00"), 0);
	assert_int_equal(sent_type(lan, 0), ND_NEIGHBOR_SOLICIT);
	assert_int_equal(lan->prefix_count, 0); /* without A nobody is told */
}

static void without_the_flag_it_says_nothing(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 100, 100, NEAR);
	assert_false(near_is_on_link(lan));
	advertise(lan, 64, L, 100, 100, NEAR);
	advertise(lan, 64, A, 0, 0, NEAR);
	assert_true(near_is_on_link(lan));
}

static void it_is_on_the_link_for_its_lifetime(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, L, 100, 0, NEAR);
	pass(lan, 100 * USEC_PER_SEC - 1);
	assert_true(near_is_on_link(lan));
	pass(lan, 1);
	assert_false(near_is_on_link(lan));
}

static void the_last_word_on_its_lifetime_counts(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, L, UINT32_MAX, 0, NEAR);
	pass(lan, UINT64_C(0x1ffffffff) * USEC_PER_SEC);
	assert_true(near_is_on_link(lan));
	advertise(lan, 64, L, 10, 0, NEAR);
	pass(lan, 9 * USEC_PER_SEC);
	advertise(lan, 64, L, 10, 0, NEAR);
	pass(lan, 9 * USEC_PER_SEC);
	assert_true(near_is_on_link(lan));
	advertise(lan, 64, L, 0, 0, NEAR);
	assert_false(near_is_on_link(lan));
}

static void the_callers_prefix_stays(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, L, 0, 0, "20010db8000a00010000000000000000");
	assert_true(is_on_link(lan, PEER_TEXT));
	advertise(lan, 64, L, 10, 0, "20010db8000a00010000000000000000");
	pass(lan, 20 * USEC_PER_SEC);
	assert_true(is_on_link(lan, PEER_TEXT));
}

static void a_prefix_has_as_many_bits_as_it_says(void **state)
{
	static const struct {
		unsigned len;
		const char *in, *out; /* NULL: nothing is */
	} cases[] = {
		{ 0, "8000::", NULL },
		{ 1, "7fff::", "8000::" },
		{ 7, "2100::1", "2200::" },
		{ 8, "20ff::", "2100::" },
		{ 63, "2001:db8:c:0:ffff::", "2001:db8:c:2::" },
		{ 64, "2001:db8:c:1:ffff:ffff:ffff:ffff", "2001:db8:c::" },
		{ 65, "2001:db8:c:1:7fff::", "2001:db8:c:1:8000::" },
		{ 127, "2001:db8:c:1::1", "2001:db8:c:1::2" },
		{ 128, "2001:db8:c:1::", "2001:db8:c:1::1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lan *lan = lan_new(1);

		assert_false(is_on_link(lan, cases[i].in));
		advertise(lan, cases[i].len, L, 100, 100, NEAR);
		assert_true(is_on_link(lan, cases[i].in));
		assert_false(cases[i].out && is_on_link(lan, cases[i].out));
		advertise(lan, cases[i].len, L, 0, 0, NEAR);
		assert_false(is_on_link(lan, cases[i].in));
		lan_free(lan);
	}
}

static void the_caller_gives_no_more_than_128_bits(void **state)
{
	struct lan *lan = *state;
	struct in6_addr prefix = addr_of("2001:db8::");

	assert_int_equal(nd_prefix_add(lan->nd, &prefix, 128), 0);
	assert_int_equal(nd_prefix_add(lan->nd, &prefix, 129), -EINVAL);
}

static void more_prefixes_than_places_change_nothing(void **state)
{
	struct lan *lan = *state;
	struct in6_addr prefix = addr_of("2001:db8:ffff::");
	char hex[64];

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(hex, sizeof(hex), "20010db8%08x0000000000000000", 0xb0000 + i);
		advertise(lan, 64, L | A, 100000, 100000, hex);
	}
	assert_true(is_on_link(lan, PEER_TEXT));
	assert_true(is_on_link(lan, "2001:db8:b::1"));
	assert_int_equal(lan->prefix_count, ND_AUTONOMOUS_MAX);
	assert_int_equal(nd_prefix_add(lan->nd, &prefix, 64), -ENOSPC);
	pass(lan, 100000 * USEC_PER_SEC);
	assert_false(is_on_link(lan, "2001:db8:b::1"));
	assert_int_equal(lan->prefix_count, 2 * ND_AUTONOMOUS_MAX);
	assert_int_equal(nd_prefix_add(lan->nd, &prefix, 64), 0);
}

/* --- for addresses ---------------------------------------------------------------- */

static void a_prefix_for_addresses_is_told_with_its_lifetimes(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 86400, 14400, NEAR);
	assert_told(lan, 0, 86400, 14400);
	advertise(lan, 64, A, UINT32_MAX, UINT32_MAX, NEAR);
	assert_told(lan, 1, UINT32_MAX, UINT32_MAX);
}

static void the_end_of_each_lifetime_is_told(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 300, 100, NEAR);
	pass(lan, 100 * USEC_PER_SEC - 1);
	assert_told(lan, 0, 300, 100);
	pass(lan, 1);
	assert_told(lan, 1, 200, 0);
	pass(lan, 200 * USEC_PER_SEC - 1);
	assert_told(lan, 1, 200, 0);
	pass(lan, 1);
	assert_told(lan, 2, 0, 0);
	pass(lan, 100000 * USEC_PER_SEC);
	assert_int_equal(lan->prefix_count, 3);
}

static void what_ends_at_once_is_told_once(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 300, 300, NEAR);
	pass(lan, 100000 * USEC_PER_SEC);
	assert_told(lan, 1, 0, 0);
}

static void a_prefix_is_deprecated_and_preferred_again_by_its_router(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 86400, 86400, NEAR);
	advertise(lan, 64, A, 86400, 0, NEAR);
	assert_told(lan, 1, 86400, 0);
	advertise(lan, 64, A, 86400, 1000, NEAR);
	assert_told(lan, 2, 86400, 1000);
	pass(lan, 1000 * USEC_PER_SEC);
	assert_told(lan, 3, 85400, 0);
}

/* RFC 4862 5.5.3 (e) */
static void nobody_takes_a_prefix_away_sooner_than_in_two_hours(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 86400, 86400, NEAR);
	advertise(lan, 64, A, 0, 0, NEAR);
	assert_told(lan, 1, 7200, 0);
	pass(lan, 7100 * USEC_PER_SEC);
	advertise(lan, 64, A, 50, 50, NEAR); /* less than the 100 that are left */
	assert_told(lan, 2, 100, 50);
	advertise(lan, 64, A, 200, 50, NEAR);
	assert_told(lan, 3, 200, 50);
	advertise(lan, 64, A, 7201, 50, NEAR);
	assert_told(lan, 4, 7201, 50);
	advertise(lan, 64, A, 7200, 50, NEAR);
	assert_told(lan, 5, 7200, 50);
}

static void a_second_that_has_begun_is_told_whole(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 100, 100, NEAR);
	pass(lan, USEC_PER_SEC / 2);
	advertise(lan, 64, A, 10, 10, NEAR);
	assert_told(lan, 1, 100, 10);
}

static void a_prefix_for_addresses_that_makes_no_sense_is_passed_over(void **state)
{
	struct lan *lan = *state;

	advertise(lan, 64, A, 100, 101, NEAR); /* RFC 4862 5.5.3 (c) */
	advertise(lan, 63, A, 100, 100, NEAR); /* (d): there are 64 bits to come */
	advertise(lan, 65, A, 100, 100, NEAR);
	advertise(lan, 64, A, 0, 0, NEAR);     /* (d): new, and gone */
	advertise(lan, 64, A, 100, 100, "fe800000000000000000000000000000"); /* (b) */
	advertise(lan, 64, L | A, 100, 100, "ff0e0000000000000000000000000000");
	assert_int_equal(lan->prefix_count, 0);
	assert_false(is_on_link(lan, "ff0e::1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		lan_test(what_has_the_prefix_is_on_the_link),
		lan_test(without_the_flag_it_says_nothing),
		lan_test(it_is_on_the_link_for_its_lifetime),
		lan_test(the_last_word_on_its_lifetime_counts),
		lan_test(the_callers_prefix_stays),
		cmocka_unit_test(a_prefix_has_as_many_bits_as_it_says),
		lan_test(the_caller_gives_no_more_than_128_bits),
		lan_test(more_prefixes_than_places_change_nothing),
		lan_test(a_prefix_for_addresses_is_told_with_its_lifetimes),
		lan_test(the_end_of_each_lifetime_is_told),
		lan_test(what_ends_at_once_is_told_once),
		lan_test(a_prefix_is_deprecated_and_preferred_again_by_its_router),
		lan_test(nobody_takes_a_prefix_away_sooner_than_in_two_hours),
		lan_test(a_second_that_has_begun_is_told_whole),
		lan_test(a_prefix_for_addresses_that_makes_no_sense_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
