/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.4, 6.5 and 11.1: preferences, what they rank, and what goes before them. */
#include "refstack/socket/two_hosts.h"
#include "wire/shim6.h"

enum { SECOND = 1000000 };

static int prefer(struct two_hosts *w, int s, int name, struct in6_addr addr, uint16_t priority,
		  uint16_t weight)
{
	const struct shim_locator lc = {
		.lc_family = AF_INET6,
		.lc_prio = priority,
		.lc_weight = weight,
		.lc_addr = addr,
	};

	return sock_setsockopt(w->sockets[A], s, SOL_SHIM, name, &lc, sizeof(lc));
}

static int prefer_local(struct two_hosts *w, int s, unsigned n, uint16_t priority, uint16_t weight)
{
	return prefer(w, s, SHIM_LOC_LOCAL_PREF, locator(w, A, n), priority, weight);
}

static int prefer_peer(struct two_hosts *w, int s, unsigned n, uint16_t priority, uint16_t weight)
{
	return prefer(w, s, SHIM_LOC_PEER_PREF, locator(w, B, n), priority, weight);
}

static void assert_best(struct two_hosts *w, int s, int name, struct in6_addr addr,
			uint16_t priority, uint16_t weight)
{
	struct shim_locator lc = get_locator(w, A, s, name);

	assert_int_equal(lc.lc_family, AF_INET6);
	assert_true(addr_equal(&lc.lc_addr, &addr));
	assert_int_equal(lc.lc_prio, priority);
	assert_int_equal(lc.lc_weight, weight);
	assert_int_equal(lc.lc_flags, SHIM_LOCATOR_HBA);
}

/* What the last Update Request said of A's locators, RFC 5533 5.15.3; returns octets of
 * an element. */
static unsigned told_preferences(const struct two_hosts *w, const uint8_t **elements)
{
	const struct flying *request = flown_nth(w, B, SHIM6_UPDATE_REQUEST,
						 flown_of(w, B, SHIM6_UPDATE_REQUEST));
	size_t at = 40 + 16;

	assert_non_null(request);
	while (at + 8 <= request->len) {
		const uint8_t *o = request->octets + at;
		unsigned type = (o[0] & 0x7f) << 7 | o[1] >> 1, len = o[2] << 8 | o[3];

		*elements = o + 9;
		if (type == SHIM6_OPT_PREFERENCES)
			return o[8];
		at += (4 + len + 7) / 8 * 8;
	}
	fail_msg("no preferences were told");
	return 0;
}

/* --- get and set ------------------------------------------------------------------------ */

static void the_best_is_first_the_one_in_use(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_best(w, s, SHIM_LOC_LOCAL_PREF, locator(w, A, 1), 0, 0);
	assert_best(w, s, SHIM_LOC_PEER_PREF, locator(w, B, 1), 0, 0);
}

static void lowest_priority_then_largest_weight_is_read(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(prefer_local(w, s, 1, 300, 10), 0);
	assert_best(w, s, SHIM_LOC_LOCAL_PREF, locator(w, A, 1), 300, 10);
	assert_int_equal(prefer_local(w, s, 2, 300, 9), 0);
	assert_best(w, s, SHIM_LOC_LOCAL_PREF, locator(w, A, 1), 300, 10);
	assert_int_equal(prefer_local(w, s, 2, 300, 65535), 0);
	assert_best(w, s, SHIM_LOC_LOCAL_PREF, locator(w, A, 2), 300, 65535);
	assert_int_equal(prefer_local(w, s, 1, 299, 0), 0);
	assert_best(w, s, SHIM_LOC_LOCAL_PREF, locator(w, A, 1), 299, 0);
	assert_int_equal(prefer_local(w, s, 1, 65535, 0), 0);
	assert_best(w, s, SHIM_LOC_LOCAL_PREF, locator(w, A, 2), 300, 65535);
	assert_best(w, s, SHIM_LOC_PEER_PREF, locator(w, B, 1), 0, 0);
}

static void what_8_1_forbids_changes_nothing(void **state)
{
	static const int names[] = { SHIM_LOC_LOCAL_PREF, SHIM_LOC_PEER_PREF };
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct in6_addr foreign = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } };
	const struct in6_addr mapped = { { { [10] = 0xff, 0xff, 192, 0, 2, 1 } } };

	for (unsigned i = 0; i < 2; i++) {
		const struct in6_addr own = locator(w, i, 1), other = locator(w, !i, 1);
		const struct {
			struct shim_locator lc;
			int rc;
		} rows[] = {
			{ { .lc_family = AF_INET6, .lc_addr = foreign }, -EINVALIDLOCATOR },
			{ { .lc_family = AF_INET6, .lc_addr = other }, -EINVALIDLOCATOR },
			{ { .lc_family = AF_INET, .lc_addr = mapped }, -EINVALIDLOCATOR },
			{ { .lc_family = AF_UNSPEC, .lc_addr = own }, -EINVAL },
			{ { .lc_family = AF_INET6 }, -EINVAL },
			{ { .lc_family = 0 }, -EINVAL }, /* no reset: 6.8 and 6.9 alone have one */
			{ { .lc_family = AF_INET6, .lc_proto = 17, .lc_addr = own }, -EINVAL },
		};

		for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
			assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, names[i],
							 &rows[k].lc, sizeof(rows[k].lc)),
					 rows[k].rc);
			assert_best(w, s, names[i], own, 0, 0);
		}
		for (socklen_t len = 0; len < sizeof(rows[0].lc); len++)
			assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, names[i],
							 &rows[0].lc, len), -EINVAL);
	}
	assert_int_equal(w->flying_count, 0);
}

/* --- effect -------------------------------------------------------------------------------- */

static void local_preferences_choose_the_source(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), b = bound_socket(w);

	assert_int_equal(prefer_local(w, s, 2, 1, 10), 0);
	assert_goes(w, s, 2, 1);
	assert_int_equal(prefer_local(w, s, 1, 1, 10), 0); /* as good: no reason to move */
	assert_goes(w, s, 2, 1);
	assert_int_equal(prefer_local(w, s, 1, 1, 11), 0);
	assert_goes(w, s, 1, 1);
	assert_int_equal(prefer_local(w, s, 2, 0, 0), 0);
	assert_goes(w, s, 2, 1);
	settle(w);
	for (unsigned i = 0; i < 4; i++)
		assert_receives(w, B, b, "x");
}

/* RFC 5533 7.2: until it has answered the Probe, payload goes where it went. */
static void peer_preferences_choose_the_destination_once_it_is_verified(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), b = bound_socket(w);

	assert_int_equal(prefer_peer(w, s, 2, 1, 10), 0);
	assert_best(w, s, SHIM_LOC_PEER_PREF, locator(w, B, 2), 1, 10);
	assert_int_equal(w->flying_count, 1);
	assert_int_equal(control_type(&w->last), SHIM6_PROBE);
	assert_true(is_to(&w->last, locator(w, B, 2)));
	assert_goes(w, s, 1, 1);
	settle(w);
	assert_goes(w, s, 1, 2);
	assert_int_equal(prefer_peer(w, s, 1, 0, 0), 0);
	assert_goes(w, s, 1, 1);
	settle(w);
	for (unsigned i = 0; i < 3; i++)
		assert_receives(w, B, b, "x");
}

static void unreachable_locators_are_no_preference(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	w->cut[B][2] = true;
	assert_int_equal(prefer_peer(w, s, 2, 1, 1), 0);
	run_for(w, 3 * SECOND);
	assert_int_equal(prefer_peer(w, s, 2, 0, 0), -EUNREACHABLELOCATOR);
	assert_goes(w, s, 1, 1);
	assert_best(w, s, SHIM_LOC_PEER_PREF, locator(w, B, 2), 1, 1);
}

/* 11.1, in either order. */
static void designated_locators_go_before_preferred_ones(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), t = connected_socket(w);

	assert_int_equal(prefer_local(w, s, 2, 0, 0), 0);
	assert_int_equal(prefer_peer(w, s, 2, 0, 0), 0);
	settle(w);
	assert_goes(w, t, 2, 2);
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 1)), 0);
	assert_int_equal(set_locator(w, A, s, SHIM_LOC_PEER_SEND, locator(w, B, 1)), 0);
	assert_goes(w, s, 1, 1);
	assert_int_equal(prefer_local(w, s, 2, 0, 5), 0);
	assert_int_equal(prefer_peer(w, s, 2, 0, 5), 0);
	assert_goes(w, s, 1, 1);
	assert_goes(w, t, 2, 2);
}

/* 11.1: B would rather have A send to its first locator, which it says afterwards. */
static void application_goes_before_the_peer(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), b = udp_socket(w, B);
	const struct shim_locator first = {
		.lc_family = AF_INET6,
		.lc_weight = 9,
		.lc_addr = locator(w, B, 1),
	};

	assert_int_equal(prefer_peer(w, s, 2, 7, 0), 0);
	settle(w);
	assert_int_equal(connect_to(w, B, b, own_name(w, A, s)), 0);
	assert_int_equal(sock_setsockopt(w->sockets[B], b, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &first,
					 sizeof(first)), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(flown_of(w, A, SHIM6_UPDATE_REQUEST), 1);
	assert_goes(w, s, 1, 2);
	assert_best(w, s, SHIM_LOC_PEER_PREF, locator(w, B, 2), 7, 0);
}

static void preferred_source_is_taken_again_when_it_is_back(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(prefer_local(w, s, 2, 0, 0), 0);
	settle(w);
	assert_int_equal(shim_host_link_event(w->host[A], 2, false), 0);
	run_for(w, 5 * SECOND);
	assert_goes(w, s, 1, 1);
	assert_int_equal(shim_host_link_event(w->host[A], 2, true), 0);
	run_for(w, 5 * SECOND);
	assert_goes(w, s, 2, 1);
}

/* The path fails and another is found: there is no way back into the hole. */
static void preference_does_not_undo_an_exploration(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), b = bound_socket(w);

	assert_int_equal(prefer_peer(w, s, 2, 0, 0), 0);
	settle(w);
	assert_goes(w, s, 1, 2);
	settle(w);
	assert_receives(w, B, b, "x");
	w->cut[B][2] = true;
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
		run_for(w, SECOND);
	}
	assert_goes(w, s, 1, 1);
}

/* --- what the peer is told -------------------------------------------------------------------- */

static void peer_is_told_of_local_preferences(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const uint8_t *e;

	run_for(w, 2 * SECOND);
	assert_int_equal(prefer_local(w, s, 2, 3, 40), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(told_preferences(w, &e), 3);
	assert_memory_equal(e, ((uint8_t[]){ 0, 255, 0, 0, 3, 40 }), 6); /* nothing of the first */

	/* What doesn't fit an octet keeps its order. */
	assert_int_equal(prefer_local(w, s, 1, 1000, 40), 0);
	assert_int_equal(prefer_local(w, s, 2, 2000, 50), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(told_preferences(w, &e), 3);
	assert_memory_equal(e, ((uint8_t[]){ 0, 0, 40, 0, 1, 50 }), 6);

	assert_int_equal(sock_close(w->sockets[A], s), 0); /* nobody prefers anything any more */
	run_for(w, 2 * SECOND);
	assert_int_equal(told_preferences(w, &e), 1);
}

static void what_the_peer_tells_is_read_without_a_preference_of_ones_own(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), b = udp_socket(w, B);
	const struct shim_locator first = {
		.lc_family = AF_INET6,
		.lc_prio = 4,
		.lc_weight = 5,
		.lc_addr = locator(w, B, 1),
	};

	assert_int_equal(connect_to(w, B, b, own_name(w, A, s)), 0);
	assert_int_equal(sock_setsockopt(w->sockets[B], b, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &first,
					 sizeof(first)), 0);
	run_for(w, 2 * SECOND);
	assert_best(w, s, SHIM_LOC_PEER_PREF, locator(w, B, 1), 4, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(the_best_is_first_the_one_in_use),
		two_hosts_test(lowest_priority_then_largest_weight_is_read),
		two_hosts_test(what_8_1_forbids_changes_nothing),
		two_hosts_test(local_preferences_choose_the_source),
		two_hosts_test(peer_preferences_choose_the_destination_once_it_is_verified),
		two_hosts_test(unreachable_locators_are_no_preference),
		two_hosts_test(designated_locators_go_before_preferred_ones),
		two_hosts_test(application_goes_before_the_peer),
		two_hosts_test(preferred_source_is_taken_again_when_it_is_back),
		two_hosts_test(preference_does_not_undo_an_exploration),
		two_hosts_test(peer_is_told_of_local_preferences),
		two_hosts_test(what_the_peer_tells_is_read_without_a_preference_of_ones_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
