/* SPDX-License-Identifier: BSD-2-Clause */
/* Capturing on the loopback device of a network namespace of our own; that takes root. */
#include "pcap/capture.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/dlt.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct capture_options options = { .timeout_msec = 10 };
static const char *lacking; /* what there would have to be; NULL: nothing */
static struct capture *interrupted;

/* In a namespace, so that nothing else is on the wire, and down at first. */
static int setup(void **state)
{
	(void)state;
	if (geteuid() != 0)
		lacking = "not root";
	else if (unshare(CLONE_NEWNET))
		lacking = "no network namespace to be had";
	return 0;
}

static void skip_if_lacking(void)
{
	if (!lacking)
		return;
	print_message("# %s\n", lacking);
	skip();
}

static void bring_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
}

/* A datagram with that text to a port where nobody listens. */
static void send_datagram(const char *text)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback,
				   .sin6_port = htons(9) };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	assert_int_equal(sendto(fd, text, strlen(text), 0, (void *)&to, sizeof(to)), strlen(text));
	close(fd);
}

/* The next frame that is UDP; neighbour discovery may come between. */
static int next_udp(struct capture *c, struct captured *out)
{
	for (int tries = 0; tries < 200; tries++) {
		int result = capture_next(c, out);

		if (result < 0 && result != -EAGAIN)
			fail_msg("%s", c->error);
		if (result == 1 && out->ip_off >= 0 && out->frame[out->ip_off + 6] == IPPROTO_UDP)
			return 1;
	}
	return 0;
}

static void device_that_is_not_there_is_named(void **state)
{
	struct capture c;

	(void)state;
	skip_if_lacking();
	assert_int_equal(capture_open_live(&c, "nonesuch0", &options), -ENODEV);
	assert_string_equal(c.error, "nonesuch0: there is no such device");
	assert_int_equal(capture_open_live(&c, "lo", &options), -ENETDOWN);
	assert_string_equal(c.error, "lo: the device is not up");
}

static void without_rights_it_is_not_permitted(void **state)
{
	struct capture c;
	int status;
	pid_t child;

	(void)state;
	skip_if_lacking();
	child = fork();
	if (child == 0) {
		if (setresuid(65534, 65534, 65534) ||
		    capture_open_live(&c, "lo", &options) != -EPERM)
			_exit(1);
		_exit(strcmp(c.error, "lo: not permitted to capture on it") != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void what_is_sent_is_captured_and_counted(void **state)
{
	struct capture_stats stats;
	struct captured got;
	struct capture c;

	(void)state;
	skip_if_lacking();
	bring_up();
	assert_int_equal(capture_open_live(&c, "lo", &options), 0);
	assert_int_equal(capture_filter(&c, "ip6 and udp"), 0);
	assert_int_equal(capture_next(&c, &got), -EAGAIN);
	send_datagram("hello");
	assert_int_equal(next_udp(&c, &got), 1);
	assert_int_equal(got.link_type, DLT_EN10MB);
	assert_int_equal(got.ip_off, 14);
	assert_int_equal(got.len, 14 + 40 + 8 + 5);
	assert_memory_equal(got.frame + 62, "hello", 5);
	assert_true(got.usec > UINT64_C(1500000000000000));
	assert_int_equal(capture_stats(&c, &stats), 0);
	assert_true(stats.received >= 1);
	assert_int_equal(stats.dropped, 0);
	capture_close(&c);
}

static void snaplen_cuts_and_tells_the_length(void **state)
{
	struct capture_options short_ones = { .snaplen = 60, .timeout_msec = 10 };
	struct captured got;
	struct capture c;

	(void)state;
	skip_if_lacking();
	assert_int_equal(capture_open_live(&c, "lo", &short_ones), 0);
	send_datagram("hello");
	assert_int_equal(next_udp(&c, &got), 1);
	assert_int_equal(got.len, 60);
	assert_int_equal(got.wire_len, 67);
	capture_close(&c);
}

static void any_tells_the_interface(void **state)
{
	struct captured got;
	struct capture c;

	(void)state;
	skip_if_lacking();
	assert_int_equal(capture_open_live(&c, "any", &options), 0);
	send_datagram("hello");
	assert_int_equal(next_udp(&c, &got), 1);
	assert_int_equal(got.link_type, DLT_LINUX_SLL2);
	assert_int_equal(got.if_index, if_nametoindex("lo"));
	capture_close(&c);
}

static void interrupt(int number)
{
	(void)number;
	capture_break(interrupted);
}

static void signal_ends_it(void **state)
{
	struct capture_options slow = { .timeout_msec = 60000 };
	struct captured got;
	struct capture c;

	(void)state;
	skip_if_lacking();
	assert_int_equal(capture_open_live(&c, "lo", &slow), 0);
	interrupted = &c;
	signal(SIGALRM, interrupt);
	ualarm(20000, 0);
	assert_int_equal(capture_next(&c, &got), 0);
	assert_int_equal(capture_next(&c, &got), 0);
	capture_close(&c);
}

static void see_loopback(void *ctx, const struct capture_device *device)
{
	if (strcmp(device->name, "lo") == 0)
		*(bool *)ctx = device->loopback && device->up;
}

static void devices_are_listed(void **state)
{
	bool seen = false;

	(void)state;
	skip_if_lacking();
	assert_true(capture_devices(see_loopback, &seen) >= 1);
	assert_true(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(device_that_is_not_there_is_named),
		cmocka_unit_test(without_rights_it_is_not_permitted),
		cmocka_unit_test(what_is_sent_is_captured_and_counted),
		cmocka_unit_test(snaplen_cuts_and_tells_the_length),
		cmocka_unit_test(any_tells_the_interface),
		cmocka_unit_test(signal_ends_it),
		cmocka_unit_test(devices_are_listed),
	};

	return cmocka_run_group_tests_name("live", tests, setup, NULL);
}
