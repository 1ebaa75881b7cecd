/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be told of AF_PACKET without the right to use it; packet_test.sh has
 * the rest. */
#include "refstack/link/packet.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/test_octets.h"

static void an_interface_that_is_not_there_is_told_before_all_else(void **state)
{
	struct packet_port port = { .fd = 77 };

	(void)state;
	assert_int_equal(packet_open(&port, "", NULL), -ENODEV);
	assert_int_equal(packet_open(&port, "nosuchinterface", NULL), -ENODEV);
	assert_int_equal(packet_open(&port, "of-more-octets-than-a-name-has", NULL), -ENODEV);
	assert_int_equal(port.fd, 77);
	assert_string_equal(packet_trouble(-ENODEV), "there is no such network interface");
}

static void the_loopback_interface_is_no_ethernet(void **state)
{
	struct packet_port port;
	int err = packet_open(&port, "lo", NULL);

	(void)state;
	assert_int_equal(err, geteuid() == 0 ? -EOPNOTSUPP : -EPERM);
}

static void the_address_of_a_group_is_no_stations(void **state)
{
	static const struct ethernet_addr group = { { 0x33, 0x33, 0, 0, 0, 1 } };
	struct packet_port port;

	(void)state;
	assert_int_equal(packet_open(&port, "lo", &group), -EINVAL);
}

static void every_trouble_has_words(void **state)
{
	(void)state;
	assert_string_equal(packet_trouble(-EPERM), "using it needs CAP_NET_RAW");
	assert_string_equal(packet_trouble(-ENOBUFS), strerror(ENOBUFS));
}

/* --- checksums left undone: the field has the sum of the pseudo-header ------------ */

/* UDP 1025 > 7, "hello", from 2001:db8::1 to ::2, behind two octets of no account. */
static void an_incomplete_checksum_is_completed(void **state)
{
	struct octets o = octets_of("86dd 0401 0007 000d 5b93 68656c6c 6f");

	(void)state;
	packet_complete_checksum(o.data, o.len, 2, 6);
	assert_octets_equal(o.data, o.len, "86dd 0401 0007 000d 5c85 68656c6c 6f");
	octets_free(&o);
}

static void a_checksum_of_0_is_ffff(void **state)
{
	struct octets o = octets_of("fffe 0001 0000");

	(void)state;
	packet_complete_checksum(o.data, o.len, 0, 4);
	assert_octets_equal(o.data, o.len, "fffe 0001 ffff");
	octets_free(&o);
}

static void a_place_out_of_the_frame_is_left_alone(void **state)
{
	static const size_t places[][2] = {
		{ 2, 10 }, { 2, 11 }, { 13, 0 }, { 14, 0 }, { 0, 65535 }, { 65535, 0 },
		{ 65535, 65535 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct octets o = octets_of("000102030405060708090a0b0c");

		packet_complete_checksum(o.data, o.len, places[i][0], places[i][1]);
		assert_octets_equal(o.data, o.len, "000102030405060708090a0b0c");
		octets_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_that_is_not_there_is_told_before_all_else),
		cmocka_unit_test(the_loopback_interface_is_no_ethernet),
		cmocka_unit_test(the_address_of_a_group_is_no_stations),
		cmocka_unit_test(every_trouble_has_words),
		cmocka_unit_test(an_incomplete_checksum_is_completed),
		cmocka_unit_test(a_checksum_of_0_is_ffff),
		cmocka_unit_test(a_place_out_of_the_frame_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
