/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.10 and 6.11: the locator lists of both sides. */
#include "refstack/socket/two_hosts.h"
#include "wire/shim6.h"

enum { LOCATOR = sizeof(struct shim_locator) };

static unsigned get_list(struct two_hosts *w, int s, int name, struct shim_locator *out)
{
	socklen_t len = SHIM_MAX_LOCATORS * LOCATOR;

	memset(out, 0xa5, len);
	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, name, out, &len), 0);
	assert_int_equal(len % LOCATOR, 0);
	return len / LOCATOR;
}

static int set_list(struct two_hosts *w, int s, int name, const struct shim_locator *list,
		    size_t count)
{
	return sock_setsockopt(w->sockets[A], s, SOL_SHIM, name, list,
			       (socklen_t)(count * LOCATOR));
}

static struct shim_locator locator6(struct in6_addr addr)
{
	return (struct shim_locator){ .lc_family = AF_INET6, .lc_addr = addr };
}

static void verify_all(struct two_hosts *w, int s)
{
	set_locator(w, A, s, SHIM_LOC_PEER_SEND, locator(w, B, 2));
	settle(w);
}

/* --- get ------------------------------------------------------------------------------ */

static void local_list_is_that_of_the_host(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS];

	assert_int_equal(get_list(w, associated_socket(w), SHIM_LOCLIST_LOCAL, list), LINKS);
	for (unsigned n = 1; n <= LINKS; n++) {
		struct in6_addr addr = locator(w, A, n);
		uint8_t expected[LOCATOR] = { AF_INET6 };
		const uint32_t ifidx = n;
		const uint16_t flags = SHIM_LOCATOR_HBA;

		memcpy(expected + 8, &ifidx, sizeof(ifidx));
		memcpy(expected + 12, &addr, sizeof(addr));
		memcpy(expected + 28, &flags, sizeof(flags));
		assert_memory_equal(&list[n - 1], expected, LOCATOR);
	}
}

static void peer_list_is_what_the_peer_has_told(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS];

	assert_int_equal(get_list(w, associated_socket(w), SHIM_LOCLIST_PEER, list), LINKS);
	for (unsigned n = 1; n <= LINKS; n++) {
		struct in6_addr addr = locator(w, B, n);

		assert_true(addr_equal(&list[n - 1].lc_addr, &addr));
		assert_int_equal(list[n - 1].lc_family, AF_INET6);
		assert_int_equal(list[n - 1].lc_ifidx, 0);
		assert_int_equal(list[n - 1].lc_flags, SHIM_LOCATOR_HBA);
	}
}

/* 6.10: no silent truncation; nothing is written. */
static void short_buffer_is_an_error_at_every_length(void **state)
{
	static const int names[] = { SHIM_LOCLIST_LOCAL, SHIM_LOCLIST_PEER };
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	for (size_t i = 0; i < 2; i++) {
		for (socklen_t room = 0; room < LINKS * LOCATOR; room++) {
			uint8_t buf[LINKS * LOCATOR];
			socklen_t len = room;

			memset(buf, 0xa5, sizeof(buf));
			assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, names[i], buf,
							 &len), -ETOOMANYLOCATORS);
			assert_int_equal(len, room);
			for (size_t k = 0; k < sizeof(buf); k++)
				assert_int_equal(buf[k], 0xa5);
		}
	}
}

/* --- set: both ------------------------------------------------------------------------- */

static void wrong_lengths_and_numbers_are_refused(void **state)
{
	static const int names[] = { SHIM_LOCLIST_LOCAL, SHIM_LOCLIST_PEER };
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS + 1];
	int s = associated_socket(w);

	verify_all(w, s);
	for (size_t i = 0; i < 2; i++) {
		for (unsigned k = 0; k <= SHIM_MAX_LOCATORS; k++)
			list[k] = locator6(locator(w, i == 0 ? A : B, 1 + k % 2));
		assert_int_equal(set_list(w, s, names[i], list, SHIM_MAX_LOCATORS + 1),
				 -ETOOMANYLOCATORS);
		for (socklen_t len = 0; len < 2 * LOCATOR; len++)
			if (len != LOCATOR)
				assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM,
								 names[i], list, len), -EINVAL);
		assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, names[i], list,
						 (socklen_t)-LOCATOR), -EINVAL);
		assert_int_equal(set_list(w, s, names[i], list, SHIM_MAX_LOCATORS), 0);
		assert_int_equal(get_list(w, s, names[i], list), LINKS);
	}
}

static void the_same_list_again_changes_nothing(void **state)
{
	static const int names[] = { SHIM_LOCLIST_LOCAL, SHIM_LOCLIST_PEER };
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS], again[SHIM_MAX_LOCATORS];
	int s = associated_socket(w);

	verify_all(w, s);
	for (size_t i = 0; i < 2; i++) {
		unsigned count = get_list(w, s, names[i], list);

		assert_int_equal(set_list(w, s, names[i], list, count), 0);
		assert_int_equal(get_list(w, s, names[i], again), count);
		assert_memory_equal(list, again, count * LOCATOR);
	}
	assert_goes(w, s, 1, 1);
}

static void zeros_behind_the_list_are_no_part_of_it(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS] = { locator6(locator(w, A, 1)),
							locator6(locator(w, A, 2)) };
	int s = associated_socket(w);

	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, list, SHIM_MAX_LOCATORS), 0);
	assert_int_equal(get_list(w, s, SHIM_LOCLIST_LOCAL, list), 2);
	list[0] = (struct shim_locator){ 0 };
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, list, 2), -EINVAL);
}

/* --- set: ours ------------------------------------------------------------------------- */

static void one_bad_locator_spoils_the_local_list(void **state)
{
	struct two_hosts *w = *state;
	const struct in6_addr foreign = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } };
	struct shim_locator list[2] = { locator6(locator(w, A, 2)), locator6(foreign) };
	struct shim_locator out[SHIM_MAX_LOCATORS];
	int s = associated_socket(w);

	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, list, 2), -EINVALIDLOCATOR);
	list[1] = locator6(locator(w, B, 1));
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, list, 2), -EINVALIDLOCATOR);
	list[1].lc_family = 0;
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, list, 2), -EINVAL);
	assert_int_equal(get_list(w, s, SHIM_LOCLIST_LOCAL, out), LINKS);
	assert_goes(w, s, 1, 1);
}

/* The peer is told of the new list, RFC 5533 10, and comes to know no other. */
/* 14.1.1, of an option as of a list. */
static void locator_that_has_left_its_interface_is_refused(void **state)
{
	static const int names[] = { SHIM_LOC_LOCAL_PREF, SHIM_LOC_LOCAL_SEND, SHIM_LOCLIST_LOCAL };
	struct two_hosts *w = *state;
	const struct in6_addr second = locator(w, A, 2);
	const struct shim_locator lc = locator6(second);
	int s = associated_socket(w);

	assert_int_equal(shim_host_address_event(w->host[A], 2, &second, false), 0);
	settle(w);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(set_list(w, s, names[i], &lc, 1), -EINVALIDLOCATOR);

	assert_int_equal(shim_host_address_event(w->host[A], 2, &second, true), 0);
	assert_int_equal(shim_host_link_event(w->host[A], 2, false), 0); /* it has its address */
	settle(w);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(set_list(w, s, names[i], &lc, 1), 0);
}

static void local_list_is_told_and_used(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS];
	int s = associated_socket(w), b = bound_socket(w), reply = udp_socket(w, B);
	const struct shim_locator second = locator6(locator(w, A, 2));

	run_for(w, 2 * USEC_PER_SEC);
	w->flown_count = 0;
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, &second, 1), 0);
	assert_int_equal(get_list(w, s, SHIM_LOCLIST_LOCAL, list), 1);
	assert_true(addr_equal(&list[0].lc_addr, &second.lc_addr));
	settle(w);
	assert_int_equal(flown_of(w, B, SHIM6_UPDATE_REQUEST), 1);
	assert_true(flown_of(w, A, SHIM6_UPDATE_ACK) > 0);
	assert_goes(w, s, 2, 1);
	settle(w);
	assert_receives(w, B, b, "x");

	assert_int_equal(connect_to(w, B, reply, own_name(w, A, s)), 0);
	assert_int_equal(get_option(w, B, reply, SHIM_ASSOCIATED), 1);
	{
		socklen_t len = sizeof(list);

		assert_int_equal(sock_getsockopt(w->sockets[B], reply, SOL_SHIM, SHIM_LOCLIST_PEER,
						 list, &len), 0);
		/* and the ULID, which is the peer's without any list */
		assert_int_equal(len, 2 * LOCATOR);
		assert_true(addr_equal(&list[0].lc_addr, &second.lc_addr));
	}
}

static void local_list_grows_again(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS] = { locator6(locator(w, A, 1)),
							locator6(locator(w, A, 2)) };
	int s = associated_socket(w);

	run_for(w, 2 * USEC_PER_SEC);
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, list, 1), 0);
	run_for(w, 2 * USEC_PER_SEC);
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), -EINVALIDLOCATOR);
	w->flown_count = 0;
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_LOCAL, list, 2), 0);
	run_for(w, 2 * USEC_PER_SEC);
	assert_int_equal(flown_of(w, B, SHIM6_UPDATE_REQUEST), 1);
	assert_int_equal(get_list(w, s, SHIM_LOCLIST_LOCAL, list), 2);
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_goes(w, s, 2, 1);
}

/* --- set: the peer's --------------------------------------------------------------------- */

static void peer_list_takes_verified_locators_of_the_peer(void **state)
{
	struct two_hosts *w = *state;
	const struct in6_addr foreign = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } };
	struct shim_locator list[SHIM_MAX_LOCATORS] = { locator6(locator(w, B, 1)),
							locator6(locator(w, B, 2)) };
	int s = associated_socket(w);

	assert_int_equal(set_list(w, s, SHIM_LOCLIST_PEER, list, 2), -EUNVERIFIEDLOCATOR);
	assert_goes(w, s, 1, 1);
	w->cut[B][2] = true;
	run_for(w, 3 * USEC_PER_SEC);
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_PEER, list, 2), -EUNREACHABLELOCATOR);
	list[0] = locator6(foreign);
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_PEER, list, 2), -EINVALIDLOCATOR);
	w->cut[B][2] = false;
	run_for(w, USEC_PER_SEC);
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_PEER, list, 2), -EINVALIDLOCATOR);
	assert_int_equal(get_list(w, s, SHIM_LOCLIST_PEER, list), 2);
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_PEER, list, 2), 0);
}

static void peer_list_selects_where_is_sent_to(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator list[SHIM_MAX_LOCATORS];
	const struct shim_locator second = locator6(locator(w, B, 2));
	int s = associated_socket(w), b = bound_socket(w);

	verify_all(w, s);
	assert_int_equal(set_list(w, s, SHIM_LOCLIST_PEER, &second, 1), 0);
	assert_int_equal(get_list(w, s, SHIM_LOCLIST_PEER, list), 1);
	assert_goes(w, s, 1, 2);
	settle(w);
	assert_receives(w, B, b, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(local_list_is_that_of_the_host),
		two_hosts_test(peer_list_is_what_the_peer_has_told),
		two_hosts_test(short_buffer_is_an_error_at_every_length),
		two_hosts_test(wrong_lengths_and_numbers_are_refused),
		two_hosts_test(the_same_list_again_changes_nothing),
		two_hosts_test(zeros_behind_the_list_are_no_part_of_it),
		two_hosts_test(one_bad_locator_spoils_the_local_list),
		two_hosts_test(locator_that_has_left_its_interface_is_refused),
		two_hosts_test(local_list_is_told_and_used),
		two_hosts_test(local_list_grows_again),
		two_hosts_test(peer_list_takes_verified_locators_of_the_peer),
		two_hosts_test(peer_list_selects_where_is_sent_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
