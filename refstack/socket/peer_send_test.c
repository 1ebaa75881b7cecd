/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.9 and 7.2: the destination locator that an application designates. */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/two_hosts.h"
#include "wire/shim6.h"

static int designate(struct two_hosts *w, int s, unsigned n)
{
	return set_locator(w, A, s, SHIM_LOC_PEER_SEND, locator(w, B, n));
}

/* B's second locator has answered. */
static int verified_socket(struct two_hosts *w)
{
	int s = associated_socket(w);

	assert_int_equal(designate(w, s, 2), -EUNVERIFIEDLOCATOR);
	settle(w);
	return s;
}

static ssize_t send_to_locator(struct two_hosts *w, int s, struct in6_addr peer)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CMSG_SPACE(sizeof(struct sockaddr_in6))];
	} control = { .octets = { 0 } };
	struct sockaddr_in6 name = name_of(peer, 0);
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

	h->cmsg_level = SOL_SHIM;
	h->cmsg_type = SHIM_LOC_PEER_SEND;
	h->cmsg_len = CMSG_LEN(sizeof(name));
	memcpy(CMSG_DATA(h), &name, sizeof(name));
	return sock_sendmsg(w->sockets[A], s, &msg, 0);
}

/* --- get and set ------------------------------------------------------------------ */

static void reads_zero_until_it_is_set(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator lc = get_locator(w, A, associated_socket(w), SHIM_LOC_PEER_SEND);
	const uint8_t zero[sizeof(lc)] = { 0 };

	assert_memory_equal(&lc, zero, sizeof(lc));
}

static void reads_back_what_was_designated(void **state)
{
	struct two_hosts *w = *state;
	int s = verified_socket(w);

	for (unsigned n = 1; n <= LINKS; n++) {
		struct in6_addr addr = locator(w, B, n);
		/* family, proto, port, prio, weight, ifidx: the peer's have none */
		uint8_t expected[sizeof(struct shim_locator)] = { AF_INET6 };
		const uint16_t flags = SHIM_LOCATOR_HBA;
		struct shim_locator lc;

		memcpy(expected + 12, &addr, sizeof(addr));
		memcpy(expected + 28, &flags, sizeof(flags));
		assert_int_equal(designate(w, s, n), 0);
		lc = get_locator(w, A, s, SHIM_LOC_PEER_SEND);
		assert_memory_equal(&lc, expected, sizeof(expected));
	}
}

static void ulid_is_verified_from_the_beginning(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(designate(w, s, 1), 0);
	assert_int_equal(w->flying_count, 0);
	assert_goes(w, s, 1, 1);
}

static void refuses_what_8_1_forbids_and_stays_as_it_was(void **state)
{
	struct two_hosts *w = *state;
	int s = verified_socket(w);
	const struct in6_addr peer = locator(w, B, 1), own = locator(w, A, 1);
	const struct in6_addr mapped = { { { [10] = 0xff, 0xff, 192, 0, 2, 1 } } };
	const struct in6_addr foreign = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } };
	const struct {
		struct shim_locator lc;
		int rc;
	} rows[] = {
		{ { .lc_family = AF_INET6, .lc_addr = foreign }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_INET6, .lc_addr = own }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_INET6, .lc_addr = mapped }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_INET, .lc_addr = mapped }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_UNSPEC, .lc_addr = peer }, -EINVAL },
		{ { .lc_family = AF_INET6 }, -EINVAL },
		{ { .lc_prio = 1 }, -EINVAL },
		{ { .lc_family = AF_INET6, .lc_proto = IPPROTO_UDP, .lc_addr = peer }, -EINVAL },
	};

	assert_int_equal(designate(w, s, 2), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_PEER_SEND,
						 &rows[i].lc, sizeof(rows[i].lc)), rows[i].rc);
		assert_goes(w, s, 1, 2);
	}
	for (socklen_t len = 0; len < sizeof(rows[0].lc); len++)
		assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_PEER_SEND,
						 &rows[0].lc, len), -EINVAL);
}

/* --- verification ------------------------------------------------------------------ */

/* The Probe is the first packet to go there, RFC 5533 7.2. */
static void unverified_locator_is_refused_and_asked(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(designate(w, s, 2), -EUNVERIFIEDLOCATOR);
	assert_int_equal(get_locator(w, A, s, SHIM_LOC_PEER_SEND).lc_family, 0);
	assert_int_equal(w->flying_count, 1);
	assert_int_equal(control_type(&w->last), SHIM6_PROBE);
	assert_true(is_to(&w->last, locator(w, B, 2)));
	assert_true(is_from(&w->last, locator(w, A, 1)));

	assert_int_equal(designate(w, s, 2), -EUNVERIFIEDLOCATOR); /* one Probe is enough */
	assert_int_equal(w->flying_count, 1);
	assert_int_equal(send_to_locator(w, s, locator(w, B, 2)), -EUNVERIFIEDLOCATOR);
	assert_int_equal(w->flying_count, 1);

	settle(w);
	assert_int_equal(designate(w, s, 2), 0);
	assert_goes(w, s, 1, 2);
}

static void after_a_long_silence_it_is_verified_as_well(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	run_for(w, 60 * USEC_PER_SEC);
	assert_int_equal(designate(w, s, 2), -EUNVERIFIEDLOCATOR);
	settle(w);
	assert_int_equal(designate(w, s, 2), 0);
	w->flown_count = 0;
	run_for(w, 10 * USEC_PER_SEC);
	assert_int_equal(flown_of(w, A, SHIM6_PROBE), 0); /* and nobody explores any more */
	assert_int_equal(flown_of(w, B, SHIM6_PROBE), 0);
}

/* Four Probes half a second apart, and then that is known. */
static void locator_that_does_not_answer_is_unreachable_until_it_does(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	w->cut[B][2] = true;
	assert_int_equal(designate(w, s, 2), -EUNVERIFIEDLOCATOR);
	w->flown_count = 0;
	run_for(w, 1900000);
	assert_int_equal(designate(w, s, 2), -EUNVERIFIEDLOCATOR);
	run_for(w, 200000);
	assert_int_equal(flown_of(w, B, SHIM6_PROBE), 3);
	assert_int_equal(send_to_locator(w, s, locator(w, B, 2)), -EUNREACHABLELOCATOR);
	assert_int_equal(designate(w, s, 2), -EUNREACHABLELOCATOR);
	assert_goes(w, s, 1, 1);

	w->cut[B][2] = false;
	run_for(w, USEC_PER_SEC);
	assert_int_equal(designate(w, s, 2), 0);
	assert_goes(w, s, 1, 2);
}

static void hosts_that_end_while_they_ask_lose_nothing(void **state)
{
	struct two_hosts *w = *state;

	w->cut[B][2] = true;
	assert_int_equal(designate(w, associated_socket(w), 2), -EUNVERIFIEDLOCATOR);
}

/* --- effect -------------------------------------------------------------------------- */

static void governs_every_packet_until_it_is_reset(void **state)
{
	struct two_hosts *w = *state;
	int s = verified_socket(w), other = connected_socket(w), b = bound_socket(w);
	const struct shim_locator zero = { 0 };

	assert_int_equal(designate(w, s, 2), 0);
	for (int i = 0; i < 3; i++)
		assert_goes(w, s, 1, 2);
	settle(w);
	assert_receives(w, B, b, "x");
	assert_goes(w, other, 1, 1);
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_goes(w, s, 2, 2);
	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_PEER_SEND, &zero,
					 sizeof(zero)), 0);
	assert_goes(w, s, 2, 1);
}

static void ancillary_data_overrides_for_its_datagram(void **state)
{
	struct two_hosts *w = *state;
	int s = verified_socket(w);

	assert_int_equal(send_to_locator(w, s, locator(w, B, 2)), 1);
	assert_true(is_to(&w->last, locator(w, B, 2)));
	assert_goes(w, s, 1, 1);
	assert_int_equal(designate(w, s, 2), 0);
	assert_int_equal(send_to_locator(w, s, locator(w, B, 1)), 1);
	assert_true(is_to(&w->last, locator(w, B, 1)));
	assert_goes(w, s, 1, 2);
}

static void ancillary_data_refuses_what_is_no_locator_of_the_peers(void **state)
{
	struct two_hosts *w = *state;
	int s = verified_socket(w);

	assert_int_equal(send_to_locator(w, s, locator(w, A, 1)), -EINVALIDLOCATOR);
	assert_int_equal(send_to_locator(w, s, in6addr_any), -EINVALIDLOCATOR);
	assert_int_equal(w->flying_count, 0);
}

static void rests_away_from_its_context(void **state)
{
	struct two_hosts *w = *state;
	int s = verified_socket(w);
	struct sockaddr_in6 elsewhere = name_at(w, B, 2, PORT);

	assert_int_equal(designate(w, s, 2), 0);
	assert_int_equal(connect_to(w, A, s, elsewhere), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_int_equal(next_header(&w->flying[0]), IPPROTO_UDP);
	w->flying_count = 0;
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	assert_goes(w, s, 1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(reads_zero_until_it_is_set),
		two_hosts_test(reads_back_what_was_designated),
		two_hosts_test(ulid_is_verified_from_the_beginning),
		two_hosts_test(refuses_what_8_1_forbids_and_stays_as_it_was),
		two_hosts_test(unverified_locator_is_refused_and_asked),
		two_hosts_test(after_a_long_silence_it_is_verified_as_well),
		two_hosts_test(locator_that_does_not_answer_is_unreachable_until_it_does),
		two_hosts_test(hosts_that_end_while_they_ask_lose_nothing),
		two_hosts_test(governs_every_packet_until_it_is_reset),
		two_hosts_test(ancillary_data_overrides_for_its_datagram),
		two_hosts_test(ancillary_data_refuses_what_is_no_locator_of_the_peers),
		two_hosts_test(rests_away_from_its_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
