/* SPDX-License-Identifier: BSD-2-Clause */
/* What links of all kinds do: count, and complain, but not too often. */
#include "refstack/daemon/link.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static int send_error;
static unsigned to_read, packets, lines;
static char last_line[256];

static int send_packet(struct link *l, const void *packet, size_t len)
{
	(void)l, (void)packet, (void)len;
	return send_error;
}

static int read_packet(struct link *l)
{
	if (!to_read)
		return -EAGAIN;
	to_read--;
	link_receive(l, "packet", 6);
	return 0;
}

static void take_packet(void *ctx, struct link *link, const void *packet, size_t len)
{
	(void)ctx, (void)link;
	packets++;
	assert_int_equal(len, 6);
	assert_memory_equal(packet, "packet", 6);
}

static void take_line(void *ctx, const char *line)
{
	(void)ctx;
	lines++;
	snprintf(last_line, sizeof(last_line), "%s", line);
}

static const struct link_kind kind = { .name = "test", .send = send_packet, .read = read_packet };
static const struct link_settings settings = { .name = "eth0" };
static const struct link_owner owner = { .packet = take_packet, .log = take_line };

static struct link new_link(void)
{
	send_error = 0;
	to_read = packets = lines = 0;
	return (struct link){ .settings = &settings, .owner = &owner, .kind = &kind, .number = 3,
			      .fd = 7, .up = true };
}

static void packets_are_counted(void **state)
{
	struct link l = new_link();

	(void)state;
	link_send(&l, "x", 1);
	link_send(&l, "x", 1);
	to_read = 5;
	link_read(&l);
	assert_int_equal(l.sent, 2);
	assert_int_equal(l.received, 5);
	assert_int_equal(packets, 5);
	assert_int_equal(l.lost, 0);
	assert_int_equal(lines, 0);
}

static void reading_ends_after_a_while(void **state)
{
	struct link l = new_link();

	(void)state;
	to_read = 1000;
	link_read(&l);
	assert_int_equal(packets, 64);
	link_read(&l);
	assert_int_equal(packets, 128);
}

static void losses_are_told_every_ten_seconds(void **state)
{
	struct link l = new_link();

	(void)state;
	send_error = -ENETUNREACH;
	link_send(&l, "x", 1);
	link_send(&l, "x", 1);
	assert_int_equal(l.lost, 2);
	assert_int_equal(l.sent, 0);
	assert_int_equal(lines, 1);
	assert_string_equal(last_line, "link 3 (eth0): packets are lost: there is no router to where"
				       " they go");
	link_advance(&l, 10 * USEC_PER_SEC - 1);
	link_send(&l, "x", 1);
	assert_int_equal(lines, 1);
	link_advance(&l, 10 * USEC_PER_SEC);
	send_error = -ENOBUFS;
	link_send(&l, "x", 1);
	assert_int_equal(lines, 2);
	assert_string_equal(last_line, "link 3 (eth0): packets are lost: No buffer space available");
	assert_int_equal(l.lost, 4);
}

static void one_that_is_gone_takes_and_has_nothing(void **state)
{
	struct link l = new_link();

	(void)state;
	l.fd = -1;
	to_read = 1;
	link_read(&l);
	link_send(&l, "x", 1);
	assert_int_equal(packets, 0);
	assert_int_equal(l.lost, 1);
	assert_false(link_look(&(struct link){ .fd = -1 }));
	link_close(&l);
}

static void without_neighbours_nothing_is_ever_due(void **state)
{
	struct link l = new_link();

	(void)state;
	link_advance(&l, 5);
	assert_true(link_deadline(&l) == USEC_NEVER);
	assert_true(l.now == 5);
}

static void what_open_means_is_told_by_kind(void **state)
{
	const struct link_settings tun = { .type = LINK_TUN }, ethernet = { .type = LINK_ETHERNET };

	(void)state;
	assert_string_equal(link_trouble(&tun, -EPERM), "opening it needs CAP_NET_ADMIN");
	assert_string_equal(link_trouble(&tun, -EBUSY), "somebody else has it");
	assert_string_equal(link_trouble(&tun, -ENOMEM), "Cannot allocate memory");
	assert_string_equal(link_trouble(&ethernet, -EPERM), "using it needs CAP_NET_RAW");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_counted),
		cmocka_unit_test(reading_ends_after_a_while),
		cmocka_unit_test(losses_are_told_every_ten_seconds),
		cmocka_unit_test(one_that_is_gone_takes_and_has_nothing),
		cmocka_unit_test(without_neighbours_nothing_is_ever_due),
		cmocka_unit_test(what_open_means_is_told_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
