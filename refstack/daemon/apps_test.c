/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the kernel and the shim. The kernel's end is a pair of sockets here, the
 * shim that of host A, whose context with host B begins with its first packet.
 * Octets are by hand from RFC 8200 3 and RFC 4443 2.1, 3.1 and 3.2.
 */
#include "refstack/daemon/apps.h"
#include "refstack/socket/two_hosts.h"
#include "wire/checksum.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 40 };

struct kernel {
	struct two_hosts *w;
	struct apps apps;
	int fd;
	ssize_t len; /* of what it was given; < 0: nothing */
	uint8_t got[2048];
};

static int setup(void **state)
{
	struct kernel *k = calloc(1, sizeof(*k));
	int ends[2];
	void *w;

	if (!k || two_hosts_setup(&w) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends))
		return -1;
	k->w = w;
	k->fd = ends[1];
	k->apps = (struct apps){ .fd = ends[0], .host = k->w->host[A], .ulid = locator(w, A, 1) };
	*state = k;
	return 0;
}

static int teardown(void **state)
{
	struct kernel *k = *state;
	void *w = k->w;

	close(k->fd);
	apps_close(&k->apps);
	free(k);
	return two_hosts_teardown(&w);
}

#define kernel_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* An IPv6 packet of the kernel's, payload of zeros. */
static size_t packet(uint8_t *out, struct in6_addr src, struct in6_addr dst, uint8_t next_header,
		     size_t len)
{
	memset(out, 0, HEADER + len);
	out[0] = 0x60;
	out[4] = (uint8_t)(len >> 8);
	out[5] = (uint8_t)len;
	out[6] = next_header;
	out[7] = 63;
	memcpy(out + 8, &src, 16);
	memcpy(out + 24, &dst, 16);
	return HEADER + len;
}

/* From our ULID to B's; returns whether it went out. */
static bool send_sized(struct kernel *k, size_t len)
{
	unsigned before = k->w->flying_count;
	uint8_t octets[2048];

	apps_take(&k->apps, octets, packet(octets, k->apps.ulid, locator(k->w, B, 1), 17, len));
	k->len = recv(k->fd, k->got, sizeof(k->got), 0);
	return k->w->flying_count > before;
}

static uint16_t sum_of(const uint8_t *octets, size_t len)
{
	struct in6_addr src, dst;

	memcpy(&src, octets + 8, 16);
	memcpy(&dst, octets + 24, 16);
	return checksum_finish(checksum_add(checksum_pseudo(&src, &dst, (uint32_t)len - HEADER, 58),
					    octets + HEADER, len - HEADER));
}

/* It was given an ICMPv6 error from the peer to our ULID, so long behind its header. */
static void assert_error(const struct kernel *k, const char *head, size_t len)
{
	const struct in6_addr peer = locator(k->w, B, 1);

	assert_int_equal(k->len, HEADER + len);
	assert_int_equal(k->got[0], 0x60);
	assert_int_equal(k->got[4] << 8 | k->got[5], len);
	assert_int_equal(k->got[6], 58);
	assert_memory_equal(k->got + 8, &peer, 16);
	assert_memory_equal(k->got + 24, &k->apps.ulid, 16);
	assert_memory_equal(k->got + 40, head, 2);      /* type, code */
	assert_memory_equal(k->got + 44, head + 2, 4);  /* unused, or the MTU */
	assert_int_equal(sum_of(k->got, (size_t)k->len), 0);
}

/* --- from the kernel ------------------------------------------------------------------ */

static void a_packet_goes_out_with_all_that_is_behind_its_header(void **state)
{
	struct kernel *k = *state;
	uint8_t octets[HEADER + 12];
	struct in6_addr peer = locator(k->w, B, 1);
	size_t len = packet(octets, k->apps.ulid, peer, 6, 12);

	memcpy(octets + HEADER, "upper layer!", 12);
	apps_take(&k->apps, octets, len);
	assert_memory_equal(k->w->flying[0].octets + HEADER, "upper layer!", 12);
	assert_int_equal(k->w->flying[0].len, len);
	assert_int_equal(k->w->flying[0].octets[6], 6);
	assert_int_equal(k->w->flying[0].octets[7], 63);
	assert_memory_equal(k->w->flying[0].octets + 8, octets + 8, 32);
	assert_int_equal(k->apps.sent, 1);
}

static void keep_info(void *ctx, const struct shim_context_info *info)
{
	*(struct shim_context_info *)ctx = *info;
}

static void it_goes_through_the_context(void **state)
{
	struct kernel *k = *state;
	const struct in6_addr second = locator(k->w, A, 2);
	struct shim_context_info info = { .ct_peer = 0 };

	assert_true(send_sized(k, 12));
	settle(k->w);
	shim_host_link_event(k->w->host[A], 1, false);
	settle(k->w);
	assert_true(send_sized(k, 12));
	assert_int_equal(k->w->last.octets[6], 140);
	assert_memory_equal(k->w->last.octets + 8, &second, 16);
	assert_int_equal(k->w->last.len, HEADER + 8 + 12);
	assert_memory_equal(k->w->last.octets + 40, "\x11\0", 2);
	shim_host_contexts(k->w->host[A], keep_info, &info);
	for (unsigned i = 0; i < 6; i++) /* P, and the tag */
		assert_int_equal(k->w->last.octets[42 + i],
				 (uint8_t)((info.ct_peer | UINT64_C(1) << 47) >> 8 * (5 - i)));
}

static void what_is_not_from_our_ulid_is_ignored(void **state)
{
	struct kernel *k = *state;
	const struct in6_addr peer = locator(k->w, B, 1), own = locator(k->w, A, 2);
	uint8_t octets[HEADER + 8];

	apps_take(&k->apps, octets, packet(octets, own, peer, 17, 8));
	apps_take(&k->apps, octets, packet(octets, in6addr_any, peer, 17, 8));
	assert_int_equal(k->w->flying_count, 0);
	assert_int_equal(k->apps.ignored, 2);
	assert_int_equal(k->apps.sent, 0);
}

/* Routers are asked for, groups reported. */
static void what_is_for_no_other_host_is_ignored(void **state)
{
	static const char *const none[] = { "ff02::2", "ff0e::1", "fe80::1", "::", "::1" };
	struct kernel *k = *state;
	uint8_t octets[HEADER + 8];

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct in6_addr dst;

		assert_int_equal(inet_pton(AF_INET6, none[i], &dst), 1);
		apps_take(&k->apps, octets, packet(octets, k->apps.ulid, dst, 17, 8));
	}
	apps_take(&k->apps, octets, packet(octets, k->apps.ulid, locator(k->w, A, 2), 17, 8));
	assert_int_equal(k->w->flying_count, 0);
	assert_int_equal(k->apps.ignored, 6);
	assert_int_equal(recv(k->fd, k->got, sizeof(k->got), 0), -1);
}

static void what_is_no_packet_is_ignored(void **state)
{
	struct kernel *k = *state;
	uint8_t octets[HEADER + 8];
	size_t whole = packet(octets, k->apps.ulid, locator(k->w, B, 1), 17, 8);

	for (size_t len = 0; len < whole; len++)
		apps_take(&k->apps, octets, len);
	octets[5] = 7;
	apps_take(&k->apps, octets, whole);
	octets[5] = 8;
	octets[0] = 0x45;
	apps_take(&k->apps, octets, whole);
	assert_int_equal(k->apps.ignored, whole + 2);
	assert_int_equal(k->w->flying_count, 0);
}

/* --- what can't be sent --------------------------------------------------------------- */

static void too_large_a_packet_is_told_with_the_mtu(void **state)
{
	struct kernel *k = *state;

	assert_true(send_sized(k, 1460));
	settle(k->w);
	/* There is a context now, which may need eight octets any time. */
	shim_host_link_event(k->w->host[A], 1, false);
	settle(k->w);
	assert_false(send_sized(k, 1453));
	assert_error(k, "\x02\x00\x00\x00\x05\xd4", 1240); /* 1492 */
	assert_true(send_sized(k, 1452));
	assert_int_equal(k->apps.failed, 1);
}

static void an_error_quotes_the_packet_as_the_kernel_knows_it(void **state)
{
	struct kernel *k = *state;
	const struct in6_addr peer = locator(k->w, B, 1);
	uint8_t octets[2048];
	size_t len = packet(octets, k->apps.ulid, peer, 17, 1461);

	memset(octets + HEADER, 0x5a, 1461);
	apps_take(&k->apps, octets, len);
	k->len = recv(k->fd, k->got, sizeof(k->got), 0);
	assert_error(k, "\x02\x00\x00\x00\x05\xdc", 1240); /* 1500: no context yet */
	assert_memory_equal(k->got + HEADER + 8, octets, 1280 - HEADER - 8);
}

static void without_any_way_out_the_kernel_is_told(void **state)
{
	struct kernel *k = *state;

	shim_host_link_event(k->w->host[A], 1, false);
	shim_host_link_event(k->w->host[A], 2, false);
	assert_false(send_sized(k, 12));
	assert_error(k, "\x01\x00\x00\x00\x00\x00", 8 + HEADER + 12);
}

/* A program that is told of an outage may give up, which it must not. */
static void within_a_context_an_outage_is_silent(void **state)
{
	struct kernel *k = *state;

	assert_true(send_sized(k, 12));
	settle(k->w);
	shim_host_link_event(k->w->host[A], 1, false);
	shim_host_link_event(k->w->host[A], 2, false);
	settle(k->w);
	assert_false(send_sized(k, 12));
	assert_int_equal(k->len, -1);
	assert_int_equal(k->apps.failed, 1);
}

/* --- to the kernel -------------------------------------------------------------------- */

static struct shim_arrival arrival(const struct kernel *k, uint8_t protocol, const char *upper,
				   size_t len)
{
	return (struct shim_arrival){
		.local = k->apps.ulid,
		.peer = locator(k->w, B, 1),
		.local_locator = locator(k->w, A, 2),
		.peer_locator = locator(k->w, B, 2),
		.protocol = protocol,
		.hop_limit = 61,
		.upper = (const uint8_t *)upper,
		.len = len,
	};
}

static void what_arrives_has_the_ulids_in_its_header(void **state)
{
	struct kernel *k = *state;
	struct shim_arrival a = arrival(k, 6, "segment", 7);

	assert_true(apps_arrival(&k->apps, &a));
	k->len = recv(k->fd, k->got, sizeof(k->got), 0);
	assert_int_equal(k->len, HEADER + 7);
	assert_memory_equal(k->got, "\x60\0\0\0\0\x07\x06\x3d", 8);
	assert_memory_equal(k->got + 8, &a.peer, 16);
	assert_memory_equal(k->got + 24, &a.local, 16);
	assert_memory_equal(k->got + HEADER, "segment", 7);
	assert_int_equal(k->apps.received, 1);
}

static void what_is_for_another_address_is_not_the_kernels(void **state)
{
	struct kernel *k = *state;
	struct shim_arrival a = arrival(k, 6, "segment", 7);

	a.local = locator(k->w, A, 2);
	assert_false(apps_arrival(&k->apps, &a));
	assert_int_equal(recv(k->fd, k->got, sizeof(k->got), 0), -1);
}

static void without_a_device_nothing_is_the_kernels(void **state)
{
	struct kernel *k = *state;
	struct shim_arrival a = arrival(k, 6, "segment", 7);
	struct apps none = { .fd = -1, .ulid = k->apps.ulid };

	assert_false(apps_arrival(&none, &a));
}

/* What is about a link must not come from behind it. */
static void of_icmpv6_echo_replies_alone_are_the_kernels(void **state)
{
	struct kernel *k = *state;

	for (unsigned type = 0; type < 256; type++) {
		char message[8] = { (char)type };
		struct shim_arrival a = arrival(k, 58, message, sizeof(message));

		assert_int_equal(apps_arrival(&k->apps, &a), type == 129);
	}
	assert_int_equal(k->apps.received, 1);
}

static void a_kernel_that_takes_nothing_is_counted(void **state)
{
	struct kernel *k = *state;
	struct shim_arrival a = arrival(k, 6, "segment", 7);

	shutdown(k->fd, SHUT_RDWR);
	signal(SIGPIPE, SIG_IGN);
	assert_true(apps_arrival(&k->apps, &a));
	assert_int_equal(k->apps.failed, 1);
}

/* --- errors from the path ------------------------------------------------------------- */

static void an_error_of_the_path_reaches_the_kernel(void **state)
{
	struct kernel *k = *state;
	const struct shim_upper_error error = {
		.local = k->apps.ulid,
		.peer = locator(k->w, B, 1),
		.type = 1,
		.code = 4,
		.protocol = 17,
		.upper = (const uint8_t *)"\x12\x34\0\x07\0\x0a\xab\xcdhi",
		.len = 10,
	};

	apps_error(&k->apps, &error);
	k->len = recv(k->fd, k->got, sizeof(k->got), 0);
	assert_error(k, "\x01\x04\0\0\0\0", 8 + HEADER + 10);
	assert_memory_equal(k->got + 48, "\x60\0\0\0\0\x0a\x11\x40", 8);
	assert_memory_equal(k->got + 56, &error.local, 16);
	assert_memory_equal(k->got + 72, &error.peer, 16);
	assert_memory_equal(k->got + 88, error.upper, 10);
}

static void an_error_has_no_more_than_1280_octets(void **state)
{
	static const uint8_t upper[1400];
	struct kernel *k = *state;
	const struct shim_upper_error error = {
		.local = k->apps.ulid,
		.peer = locator(k->w, B, 1),
		.type = 2,
		.word = 1352,
		.protocol = 6,
		.upper = upper,
		.len = sizeof(upper),
	};

	apps_error(&k->apps, &error);
	k->len = recv(k->fd, k->got, sizeof(k->got), 0);
	assert_error(k, "\x02\x00\x00\x00\x05\x48", 1240);
}

static void an_error_about_another_address_is_not_the_kernels(void **state)
{
	struct kernel *k = *state;
	const struct shim_upper_error error = {
		.local = locator(k->w, A, 2),
		.peer = locator(k->w, B, 1),
		.type = 1,
		.upper = (const uint8_t *)"",
	};

	apps_error(&k->apps, &error);
	assert_int_equal(recv(k->fd, k->got, sizeof(k->got), 0), -1);
}

/* --- the device ----------------------------------------------------------------------- */

static void its_mtu_leaves_room_for_the_extension_header(void **state)
{
	(void)state;
	assert_int_equal(apps_mtu(1500), 1492);
	assert_int_equal(apps_mtu(1288), 1280);
	assert_int_equal(apps_mtu(1287), 1280);
	assert_int_equal(apps_mtu(1280), 1280);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		kernel_test(a_packet_goes_out_with_all_that_is_behind_its_header),
		kernel_test(it_goes_through_the_context),
		kernel_test(what_is_not_from_our_ulid_is_ignored),
		kernel_test(what_is_for_no_other_host_is_ignored),
		kernel_test(what_is_no_packet_is_ignored),
		kernel_test(too_large_a_packet_is_told_with_the_mtu),
		kernel_test(an_error_quotes_the_packet_as_the_kernel_knows_it),
		kernel_test(without_any_way_out_the_kernel_is_told),
		kernel_test(within_a_context_an_outage_is_silent),
		kernel_test(what_arrives_has_the_ulids_in_its_header),
		kernel_test(what_is_for_another_address_is_not_the_kernels),
		kernel_test(without_a_device_nothing_is_the_kernels),
		kernel_test(of_icmpv6_echo_replies_alone_are_the_kernels),
		kernel_test(a_kernel_that_takes_nothing_is_counted),
		kernel_test(an_error_of_the_path_reaches_the_kernel),
		kernel_test(an_error_has_no_more_than_1280_octets),
		kernel_test(an_error_about_another_address_is_not_the_kernels),
		cmocka_unit_test(its_mtu_leaves_room_for_the_extension_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
