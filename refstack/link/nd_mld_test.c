/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups that we are in, told to switches: RFC 3810, RFC 3590. The link has its
 * link-local address and 2001:db8:a:1::b, which are in groups of their own. */
#include "refstack/link/nd_lan.h"

#define ADDR_LOCAL "fe80000000000000000000fffe00000a "
#define ALERT      "3a00 0502 0000 0100 "
#define JOIN_FROM_NONE \
	"333300000016" MAC_US "86dd 60000000 0024 0001" ADDR_NONE \
	"ff020000000000000000000000000016" ALERT \
	"8f00 6f80 0000 0001  04 00 0000 ff0200000000000000000001ff00000a"
#define JOIN \
	"333300000016" MAC_US "86dd 60000000 0024 0001" ADDR_LOCAL \
	"ff020000000000000000000000000016" ALERT \
	"8f00 71f4 0000 0001  04 00 0000 ff0200000000000000000001ff00000b"
#define REPORT_OF_ALL \
	"333300000016" MAC_US "86dd 60000000 0038 0001" ADDR_LOCAL \
	"ff020000000000000000000000000016" ALERT \
	"8f00 73d0 0000 0002  02 00 0000 ff0200000000000000000001ff00000a" \
	"02 00 0000 ff0200000000000000000001ff00000b"
#define OLD_REPORT \
	"3333ff00000b" MAC_US "86dd 60000000 0020 0001" ADDR_LOCAL ADDR_OF_PEER ALERT \
	"8300 8302 0000 0000  ff0200000000000000000001ff00000b"

/* They ask for an answer within a second. */
#define QUERY     "8200 79be 03e8 0000" ADDR_NONE "02 7d 0000"
#define PATIENT_QUERY "8200 7da6 ffff 0000" ADDR_NONE "02 7d 0000"
#define OLD_QUERY "8200 7c3f 03e8 0000" ADDR_NONE
#define REPORT    "8300 78be 03e8 0000" ADDR_NONE "02 7d 0000"
#define WRONG_SUM "8200 79bf 03e8 0000" ADDR_NONE "02 7d 0000"
#define ON_THE_LINK "60000000 0000 00 01"

/* The checksum stands as it is written. */
static struct octets query_of(const char *header, const char *addrs, const char *options,
			      const char *message)
{
	char payload[256];

	snprintf(payload, sizeof(payload), "%s %s", options, message);
	return frame_of(MAC_ALL MAC_ROUTER, header, addrs, payload);
}

static struct octets query(void)
{
	return query_of(ON_THE_LINK, ADDR_ROUTER ADDR_ALL, ALERT, QUERY);
}

static int mld_setup(void **state)
{
	struct lan *lan = lan_new(42);
	struct in6_addr addr = addr_of("2001:db8:a:1::b");

	assert_int_equal(nd_address_add(lan->nd, &addr), 0);
	pass(lan, 20 * USEC_PER_SEC);
	lan_forget(lan);
	*state = lan;
	return 0;
}

#define mld_test(f) cmocka_unit_test_setup_teardown(f, mld_setup, lan_teardown)

/* --- joins ------------------------------------------------------------------------ */

static unsigned sent_like(const struct lan *lan, const char *hex)
{
	struct octets o = octets_of(hex);
	unsigned count = 0;

	for (unsigned i = 0; i < lan->sent_count; i++)
		count += lan->sent[i].len == o.len &&
			 memcmp(lan->sent[i].octets, o.data, o.len) == 0;
	octets_free(&o);
	return count;
}

static void a_group_is_joined_before_its_address_is_asked_for(void **state)
{
	struct lan *lan = lan_new(1);

	(void)state;
	while (lan->sent_count == 0)
		nd_advance(lan->nd, nd_deadline(lan->nd));
	assert_int_equal(lan->sent_count, 2);
	assert_sent(lan, 0, JOIN_FROM_NONE);
	assert_int_equal(sent_type(lan, 1), 135);
	lan_free(lan);
}

static void all_groups_are_told_when_there_is_an_address_to_tell_it_from(void **state)
{
	struct lan *lan = lan_new(42);
	struct in6_addr addr = addr_of("2001:db8:a:1::b");

	(void)state;
	nd_address_add(lan->nd, &addr);
	while (lan->status_count == 0 || !IN6_IS_ADDR_LINKLOCAL(&lan->status[0].addr)) {
		lan_forget(lan);
		nd_advance(lan->nd, nd_deadline(lan->nd));
	}
	assert_int_equal(sent_like(lan, REPORT_OF_ALL), 1);
	lan_free(lan);
}

static void a_later_group_is_joined_twice(void **state)
{
	struct lan *lan = *state;
	struct in6_addr addr = addr_of("2001:db8:a:1::b");

	assert_int_equal(nd_address_remove(lan->nd, &addr), 0);
	assert_int_equal(nd_address_add(lan->nd, &addr), 0);
	pass(lan, 60 * USEC_PER_SEC);
	assert_int_equal(sent_like(lan, JOIN), 2);
	assert_int_equal(lan->sent_count, 3); /* and the question */
}

/* --- queries ---------------------------------------------------------------------- */

static void a_query_is_answered_within_its_time(void **state)
{
	usec_t least = USEC_NEVER, most = 0;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		struct lan *lan;
		usec_t start;
		void *fresh;

		mld_setup(&fresh);
		lan = fresh;
		for (unsigned k = 0; k < i; k++)
			random_u64(&lan->nd->random);
		start = lan->nd->now;
		hear(lan, query());
		assert_int_equal(lan->sent_count, 0);
		pass(lan, USEC_PER_SEC);
		assert_int_equal(lan->sent_count, 1);
		assert_sent(lan, 0, REPORT_OF_ALL);
		least = lan->sent[0].at - start < least ? lan->sent[0].at - start : least;
		most = lan->sent[0].at - start > most ? lan->sent[0].at - start : most;
		pass(lan, 60 * USEC_PER_SEC);
		assert_int_equal(lan->sent_count, 1);
		assert_int_equal(lan->delivered_count, 0);
		lan_free(lan);
	}
	assert_true(least < USEC_PER_SEC / 5 && most > USEC_PER_SEC * 4 / 5);
}

static void a_time_that_is_written_otherwise_is_no_longer_than_32_seconds(void **state)
{
	struct lan *lan = *state;

	for (unsigned i = 0; i < 50; i++) {
		hear(lan, query_of(ON_THE_LINK, ADDR_ROUTER ADDR_ALL, ALERT, PATIENT_QUERY));
		pass(lan, 32768 * ND_USEC_PER_MSEC);
		assert_int_equal(lan->sent_count, i + 1);
	}
}

static void an_old_query_gets_a_report_for_each_group(void **state)
{
	struct lan *lan = *state;

	hear(lan, query_of(ON_THE_LINK, ADDR_ROUTER ADDR_ALL, ALERT, OLD_QUERY));
	pass(lan, USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 2);
	assert_octets_equal(lan->sent[0].octets, 6, "3333ff00000a");
	assert_sent(lan, 1, OLD_REPORT);
	hear(lan, query());
	pass(lan, USEC_PER_SEC);
	assert_sent(lan, 2, REPORT_OF_ALL);
}

static void many_queries_get_one_answer(void **state)
{
	struct lan *lan = *state;

	usec_t due;

	hear(lan, query());
	due = nd_deadline(lan->nd);
	for (unsigned i = 0; i < 1000; i++) {
		hear(lan, query());
		assert_true(nd_deadline(lan->nd) == due); /* and none puts it off */
	}
	pass(lan, USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 1);
}

static void without_addresses_there_is_nothing_to_report(void **state)
{
	struct lan *lan = *state;
	struct in6_addr addr = addr_of("2001:db8:a:1::b"), local = addr_of("fe80::ff:fe00:a");

	nd_address_remove(lan->nd, &addr);
	nd_address_remove(lan->nd, &local);
	hear(lan, query());
	pass(lan, 60 * USEC_PER_SEC);
	hear(lan, query_of(ON_THE_LINK, ADDR_ROUTER ADDR_ALL, ALERT, OLD_QUERY));
	pass(lan, 60 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 0);
}

/* The checksums are those of the right one, where it isn't that which is wrong. */
static void what_is_no_query_gets_no_answer(void **state)
{
	static const struct {
		const char *header, *addrs, *options, *message;
	} cases[] = {
		{ "60000000 0000 00 02", ADDR_ROUTER ADDR_ALL, ALERT, QUERY },
		{ "60000000 0000 00 ff", ADDR_ROUTER ADDR_ALL, ALERT, QUERY },
		/* from no link-local address: the sum is the same for fe80::1 and ::fe81 */
		{ ON_THE_LINK, "0000000000000000000000000000fe81" ADDR_ALL, ALERT, QUERY },
		/* without options; with those for the destination alone, or too; another type; a wrong checksum */
		{ "60000000 0000 3a 01", ADDR_ROUTER ADDR_ALL, "", QUERY },
		{ "60000000 0000 3c 01", ADDR_ROUTER ADDR_ALL, ALERT, QUERY },
		{ ON_THE_LINK, ADDR_ROUTER ADDR_ALL, "3c00 0502 0000 0100 3a00 0104 00000000",
		  QUERY },
		{ ON_THE_LINK, ADDR_ROUTER ADDR_ALL, ALERT, REPORT },
		{ ON_THE_LINK, ADDR_ROUTER ADDR_ALL, ALERT, WRONG_SUM },
	};
	struct lan *lan = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hear(lan, query_of(cases[i].header, cases[i].addrs, cases[i].options,
				   cases[i].message));
		pass(lan, 60 * USEC_PER_SEC);
		assert_int_equal(lan->sent_count, 0);
	}
}

static void a_query_that_ends_early_is_none(void **state)
{
	struct lan *lan = *state;
	struct octets whole = query();

	for (size_t len = 14; len < 14 + 40 + 8 + 24; len++) {
		struct octets o = octets_copy(whole.data, len);
		uint16_t sum = 0;

		if (len > 14 + 40 + 8 + 4) { /* with a right checksum, too */
			struct in6_addr src = addr_of("fe80::1"), dst = addr_of("ff02::1");
			uint8_t *message = o.data + 14 + 40 + 8;

			o.data[14 + 5] = (uint8_t)(len - 14 - 40);
			message[2] = message[3] = 0;
			sum = checksum_finish(checksum_add(
				checksum_pseudo(&src, &dst, (uint32_t)(len - 62), 58), message,
				len - 62));
			message[2] = (uint8_t)(sum >> 8);
			message[3] = (uint8_t)sum;
		}
		hear(lan, o);
	}
	pass(lan, 60 * USEC_PER_SEC);
	assert_int_equal(lan->sent_count, 0);
	octets_free(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_joined_before_its_address_is_asked_for),
		cmocka_unit_test(all_groups_are_told_when_there_is_an_address_to_tell_it_from),
		mld_test(a_later_group_is_joined_twice),
		cmocka_unit_test(a_query_is_answered_within_its_time),
		mld_test(a_time_that_is_written_otherwise_is_no_longer_than_32_seconds),
		mld_test(an_old_query_gets_a_report_for_each_group),
		mld_test(many_queries_get_one_answer),
		mld_test(without_addresses_there_is_nothing_to_report),
		mld_test(what_is_no_query_gets_no_answer),
		mld_test(a_query_that_ends_early_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
