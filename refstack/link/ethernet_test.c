/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet for IPv6: RFC 2464. */
#include "refstack/link/ethernet.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

static const struct ethernet_addr example = { { 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde } };

static void a_header_is_destination_source_type(void **state)
{
	struct octets o = octets_of("3333 00000001  3456789abcde  86dd");
	struct ethernet_header h;
	uint8_t out[ETHERNET_HEADER_LEN];
	struct rbuf r = rbuf_of(o.data, o.len);
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	assert_int_equal(ethernet_parse(&h, &r), 0);
	assert_octets_equal(&h.dst, sizeof(h.dst), "333300000001");
	assert_true(ethernet_equal(&h.src, &example));
	assert_int_equal(h.type, ETHERNET_TYPE_IPV6);
	assert_int_equal(ethernet_emit(&h, &w), 0);
	assert_memory_equal(out, o.data, sizeof(out));
	octets_free(&o);
}

static void a_shorter_header_is_none_and_needs_its_room(void **state)
{
	struct ethernet_header h = { .src = example };

	(void)state;
	for (size_t len = 0; len < ETHERNET_HEADER_LEN; len++) {
		struct octets o = octets_copy("abcdefghijklmn", len);
		struct rbuf r = rbuf_of(o.data, len);
		struct wbuf w = wbuf_of(o.data, len);

		assert_int_equal(ethernet_parse(&h, &r), -EMSGSIZE);
		assert_true(ethernet_equal(&h.src, &example));
		assert_int_equal(ethernet_emit(&h, &w), -ENOSPC);
		octets_free(&o);
	}
}

/* RFC 2464 7: 3333, and the last four octets of the group. */
static void a_group_has_its_ethernet_address(void **state)
{
	struct in6_addr all_nodes = addr_of("ff02::1");
	struct in6_addr solicited = addr_of("ff02::1:ff28:9c5a");
	struct ethernet_addr mac = ethernet_of_group(&all_nodes);

	(void)state;
	assert_octets_equal(&mac, sizeof(mac), "3333 00000001");
	assert_true(ethernet_is_group(&mac));
	mac = ethernet_of_group(&solicited);
	assert_octets_equal(&mac, sizeof(mac), "3333 ff289c5a");
}

/* RFC 2464 4 and 5 with the example that stands there. */
static void the_link_local_address_has_the_modified_eui_64(void **state)
{
	struct in6_addr address = ethernet_link_local(&example);
	struct in6_addr expected = addr_of("fe80::3656:78ff:fe9a:bcde");

	(void)state;
	assert_memory_equal(&address, &expected, sizeof(address));
}

static void an_address_of_a_seed_is_local_and_for_one_station(void **state)
{
	struct ethernet_addr first, again;

	(void)state;
	for (uint64_t seed = 0; seed < 64; seed++) {
		assert_int_equal(ethernet_of_seed(&first, seed), 0);
		assert_int_equal(first.octets[0] & 0x03, 0x02);
		assert_int_equal(ethernet_of_seed(&again, seed), 0);
		assert_true(ethernet_equal(&first, &again));
		assert_int_equal(ethernet_of_seed(&again, seed + 1), 0);
		assert_false(ethernet_equal(&first, &again));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_destination_source_type),
		cmocka_unit_test(a_shorter_header_is_none_and_needs_its_room),
		cmocka_unit_test(a_group_has_its_ethernet_address),
		cmocka_unit_test(the_link_local_address_has_the_modified_eui_64),
		cmocka_unit_test(an_address_of_a_seed_is_local_and_for_one_station),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
