/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be told of TUN devices without the right to make one. */
#include "refstack/link/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

/* IFNAMSIZ is 16, its NUL included. */
static void a_name_that_no_device_can_have_is_refused(void **state)
{
	(void)state;
	assert_int_equal(tun_open(""), -EINVAL);
	assert_int_equal(tun_open("0123456789abcdef"), -EINVAL);
}

static void reading_gives_packets_or_eagain_or_what_went_wrong(void **state)
{
	uint8_t packet[8];
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(tun_read(ends[0], packet, sizeof(packet)), -EAGAIN);
	assert_int_equal(tun_write(ends[1], "packet", 6), 0);
	assert_int_equal(tun_read(ends[0], packet, sizeof(packet)), 6);
	assert_memory_equal(packet, "packet", 6);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(tun_read(ends[0], packet, sizeof(packet)), -EBADF);
	assert_int_equal(tun_write(ends[1], "packet", 6), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_no_device_can_have_is_refused),
		cmocka_unit_test(reading_gives_packets_or_eagain_or_what_went_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
