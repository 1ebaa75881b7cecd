/* SPDX-License-Identifier: BSD-2-Clause */
/* Injected packets, as octets by hand. Checksums: RFC 8200 8.1, worked out apart
 * from this code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#define L1 "20010db8000100000000000000000001"
#define X1 "20010db8dead00000000000000000001"

#define SOCKET "0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"

static void a_protocol_that_nobody_explains_is_data_behind_its_number(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 < X1 -> L1 ipv6(next_header=253) \"hi\"\n");
	assert_string_equal(rig.given, "600000000002fd40" X1 L1 "6869");
	assert_passes(SOCKET "+0 < X1 -> L1 payload(tag=0x0123456789ab, next_header=253) \"hi\"\n");
	assert_string_equal(rig.given, "60000000000a8c40" X1 L1 "fd008123456789ab" "6869");
	assert_passes(SOCKET "+0 < X1 -> L1 ipv6(next_header=253)\n");
	assert_string_equal(rig.given, "600000000000fd40" X1 L1);
}

static void a_segment_has_its_length_and_checksum(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 < X1 -> L1 tcp(src=7, dst=5000, seq=100, flags=SYN, "
			     "options=hex\"0204 05a0\")\n");
	assert_string_equal(rig.given, "6000000000180640" X1 L1
				       "00071388" "00000064" "00000000" "6002ffff" "4a25" "0000"
				       "020405a0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			a_protocol_that_nobody_explains_is_data_behind_its_number, rig_setup),
		cmocka_unit_test_setup(a_segment_has_its_length_and_checksum, rig_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
