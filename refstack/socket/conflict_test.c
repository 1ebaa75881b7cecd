/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 11.1: sockets that want different things of one ULID pair. */
#include "refstack/socket/two_hosts.h"
#include "wire/shim6.h"

enum { SECOND = 1000000 };

static int prefer(struct two_hosts *w, int s, unsigned n)
{
	const struct shim_locator lc = {
		.lc_family = AF_INET6,
		.lc_prio = 1,
		.lc_addr = locator(w, A, n),
	};

	return sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &lc, sizeof(lc));
}

static void count_context(void *ctx, const struct shim_context_info *info)
{
	unsigned *count = ctx;

	count[info->fii != 0] += strcmp(info->state, "ESTABLISHED") == 0;
}

/* Those that carry payload. */
static unsigned defaults_of(const struct two_hosts *w, unsigned side)
{
	unsigned count[2] = { 0 };

	shim_host_contexts(w->host[side], count_context, count);
	return count[0];
}

static unsigned forks_of(const struct two_hosts *w, unsigned side)
{
	unsigned count[2] = { 0 };

	shim_host_contexts(w->host[side], count_context, count);
	return count[1];
}

/* RFC 5533 5.3: the tag of a payload packet. */
static uint64_t tag_of(const struct flying *p)
{
	uint64_t tag = 0;

	assert_int_equal(next_header(p), 140);
	for (unsigned i = 42; i < 48; i++)
		tag = tag << 8 | p->octets[i];
	return tag & 0x7fffffffffff;
}

/* One prefers the first locator and the other the second. */
static void part(struct two_hosts *w, int *one, int *two)
{
	*one = associated_socket(w);
	*two = connected_socket(w);
	assert_int_equal(prefer(w, *one, 1), 0);
	assert_int_equal(prefer(w, *two, 2), 0);
}

/* The packets of a fork can't do without its tag, as their ULIDs are those of the
 * default context. */
static void each_has_its_own_way(void **state)
{
	struct two_hosts *w = *state;
	int one, two, b;

	part(w, &one, &two);
	settle(w);
	assert_int_equal(forks_of(w, A), 1);
	assert_int_equal(forks_of(w, B), 1);
	b = bound_socket(w);
	assert_goes(w, two, 2, 1);
	assert_goes(w, one, 1, 1);
	assert_goes(w, two, 2, 1);
	settle(w);
	for (unsigned i = 0; i < 3; i++)
		assert_receives(w, B, b, "x");
	assert_int_equal(get_option(w, A, two, SHIM_ASSOCIATED), 1);
}

/* RFC 5533 5.15.7, and 6: it isn't 0. */
static void i1_names_the_fork(void **state)
{
	struct two_hosts *w = *state;
	const struct flying *i1;
	int one, two;

	run_for(w, 2 * SECOND);
	one = associated_socket(w);
	two = connected_socket(w);
	assert_int_equal(prefer(w, one, 1), 0);
	settle(w);
	w->flown_count = 0;
	assert_int_equal(prefer(w, two, 2), 0);
	i1 = flown_nth(w, B, SHIM6_I1, 1);
	assert_non_null(i1);
	assert_int_equal(i1->len, 40 + 16 + 8);
	assert_memory_equal(i1->octets + 56, ((uint8_t[]){ 0, 14, 0, 4 }), 4);
	assert_memory_not_equal(i1->octets + 60, ((uint8_t[]){ 0, 0, 0, 0 }), 4);
}

/* A handshake needs its time, and a peer that takes no forks has none. */
static void until_the_fork_stands_its_packets_go_as_preferred(void **state)
{
	struct two_hosts *w = *state;
	int one, two;

	part(w, &one, &two);
	assert_int_equal(forks_of(w, A), 0);
	assert_goes(w, two, 2, 1);
	assert_goes(w, one, 1, 1);
	w->flying_count = 0; /* the I1 is lost with them */
	assert_goes(w, two, 2, 1);
	assert_int_equal(get_option(w, A, two, SHIM_ASSOCIATED), 1);
	assert_int_equal(get_locator(w, A, two, SHIM_LOC_LOCAL_PREF).lc_ifidx, 2);
	assert_int_equal(get_locator(w, A, one, SHIM_LOC_LOCAL_PREF).lc_ifidx, 1);
}

static void fork_goes_with_its_socket(void **state)
{
	struct two_hosts *w = *state;
	int one, two;

	part(w, &one, &two);
	settle(w);
	assert_int_equal(forks_of(w, A), 1);
	assert_int_equal(sock_close(w->sockets[A], two), 0);
	assert_int_equal(forks_of(w, A), 0);
	assert_int_equal(defaults_of(w, A), 1);
	assert_goes(w, one, 1, 1);
	settle(w);

	assert_int_equal(prefer(w, two = connected_socket(w), 2), 0);
	settle(w);
	assert_int_equal(forks_of(w, A), 1);
	assert_int_equal(disconnect_from(w, A, two), 0);
	assert_int_equal(forks_of(w, A), 0);
	assert_int_equal(connect_to(w, A, two, name_at(w, B, 1, PORT)), 0);
	settle(w);
	assert_int_equal(forks_of(w, A), 1); /* it still wants what it wanted */
	assert_goes(w, two, 2, 1);
}

static void fork_whose_handshake_is_under_way_goes_too(void **state)
{
	struct two_hosts *w = *state;
	int one, two;

	part(w, &one, &two);
	assert_int_equal(sock_close(w->sockets[A], two), 0);
	settle(w);
	run_for(w, 10 * SECOND);
	assert_int_equal(forks_of(w, A), 0);
	assert_goes(w, one, 1, 1);
}

static void fork_lives_as_long_as_its_socket_without_payload(void **state)
{
	struct two_hosts *w = *state;
	int one, two;

	part(w, &one, &two);
	run_for(w, 1000 * (usec_t)SECOND);
	assert_int_equal(defaults_of(w, A), 0);
	assert_int_equal(forks_of(w, A), 1);
	assert_int_equal(get_option(w, A, one, SHIM_ASSOCIATED), 0);
	assert_int_equal(get_option(w, A, two, SHIM_ASSOCIATED), 1);
	assert_goes(w, two, 2, 1);
	run_for(w, 20 * SECOND); /* B has forgotten it, and is told of it again */
	assert_int_equal(forks_of(w, B), 1);
}

/* Both want the same context back that has ended: one of them has to go. */
static void sockets_part_again_in_a_new_context(void **state)
{
	struct two_hosts *w = *state;
	int one, two;

	part(w, &one, &two);
	assert_int_equal(connect_to(w, A, two, name_at(w, B, 2, PORT)), 0);
	run_for(w, 1000 * (usec_t)SECOND);
	assert_int_equal(defaults_of(w, A), 0);
	assert_int_equal(connect_to(w, A, two, name_at(w, B, 1, PORT)), 0);
	associate(w, one);
	assert_goes(w, one, 1, 1);
	settle(w);
	assert_int_equal(sock_send(w->sockets[A], two, "x", 1, 0), 1);
	settle(w);
	assert_int_equal(forks_of(w, A), 1);
	assert_goes(w, two, 2, 1);
	assert_int_equal(sock_send(w->sockets[A], one, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
}

/* B is gone for the handshake, and back. */
static void fork_that_failed_is_tried_again(void **state)
{
	struct two_hosts *w = *state;
	int one, two;

	part(w, &one, &two);
	w->flying_count = 0;
	w->cut[B][1] = w->cut[B][2] = true;
	run_for(w, 250 * (usec_t)SECOND);
	assert_int_equal(forks_of(w, A), 0);
	w->cut[B][1] = w->cut[B][2] = false;
	assert_goes(w, two, 2, 1);
	settle(w);
	assert_int_equal(forks_of(w, A), 1);
	assert_goes(w, two, 2, 1);
	assert_goes(w, one, 1, 1);
}

static void what_agrees_shares_a_context(void **state)
{
	struct two_hosts *w = *state;
	int one = associated_socket(w), two = connected_socket(w), three = connected_socket(w);

	assert_int_equal(prefer(w, one, 2), 0);
	assert_int_equal(prefer(w, two, 2), 0);
	assert_int_equal(set_option(w, A, three, SHIM_APP_TIMEOUT, 20), 0);
	assert_int_equal(set_option(w, A, one, SHIM_HOT_STANDBY, 1), 0);
	settle(w);
	assert_int_equal(forks_of(w, A), 0);
	assert_goes(w, three, 2, 1);
	settle(w);

	/* Who goes takes away what he alone wanted. */
	assert_int_equal(sock_close(w->sockets[A], one), 0);
	assert_goes(w, three, 2, 1);
	assert_int_equal(get_locator(w, A, three, SHIM_LOC_LOCAL_PREF).lc_ifidx, 2);
	assert_int_equal(sock_close(w->sockets[A], two), 0);
	assert_int_equal(get_locator(w, A, three, SHIM_LOC_LOCAL_PREF).lc_prio, 0);
}

static void timeouts_part_sockets_too(void **state)
{
	struct two_hosts *w = *state;
	int one = associated_socket(w), two = connected_socket(w);
	usec_t began;

	assert_int_equal(set_option(w, A, one, SHIM_APP_TIMEOUT, 10), 0);
	assert_int_equal(set_option(w, A, two, SHIM_APP_TIMEOUT, 20), 0);
	run_for(w, 60 * SECOND);
	assert_int_equal(forks_of(w, A), 1);
	assert_int_equal(get_option(w, A, one, SHIM_APP_TIMEOUT), 10);
	assert_int_equal(get_option(w, A, two, SHIM_APP_TIMEOUT), 20);

	w->cut[A][1] = w->cut[A][2] = true;
	w->flown_count = 0;
	began = shim_host_now(w->host[A]);
	assert_int_equal(sock_send(w->sockets[A], two, "x", 1, 0), 1);
	run_for(w, 30 * SECOND);
	assert_int_equal(flown_nth(w, B, SHIM6_PROBE, 1)->at - began, 20 * SECOND);
}

/* The one that came first is given a fork when it changes its mind. */
static void whoever_disagrees_last_is_the_one_to_go(void **state)
{
	struct two_hosts *w = *state;
	int one = associated_socket(w), two = connected_socket(w);

	assert_int_equal(prefer(w, one, 2), 0);
	assert_int_equal(prefer(w, two, 2), 0);
	settle(w);
	assert_int_equal(set_option(w, A, two, SHIM_APP_TIMEOUT, 20), 0);
	assert_int_equal(set_option(w, A, one, SHIM_APP_TIMEOUT, 30), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(forks_of(w, A), 1);
	assert_goes(w, two, 2, 1);
	{
		uint64_t tag = tag_of(&w->last);

		assert_goes(w, one, 2, 1);
		assert_true(tag_of(&w->last) != tag);
	}
}

static void locators_that_are_designated_part_nobody(void **state)
{
	struct two_hosts *w = *state;
	int one = associated_socket(w), two = connected_socket(w);

	assert_int_equal(set_local_send_option(w, A, one, locator(w, A, 1)), 0);
	assert_int_equal(set_local_send_option(w, A, two, locator(w, A, 2)), 0);
	settle(w);
	assert_int_equal(forks_of(w, A), 0);
	assert_goes(w, two, 2, 1);
	assert_goes(w, one, 1, 1);
}

static void hosts_that_end_with_forks_lose_nothing(void **state)
{
	struct two_hosts *w = *state;
	int one, two;

	part(w, &one, &two);
	settle(w);
	assert_int_equal(prefer(w, connected_socket(w), 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(each_has_its_own_way),
		two_hosts_test(i1_names_the_fork),
		two_hosts_test(until_the_fork_stands_its_packets_go_as_preferred),
		two_hosts_test(fork_goes_with_its_socket),
		two_hosts_test(fork_whose_handshake_is_under_way_goes_too),
		two_hosts_test(fork_lives_as_long_as_its_socket_without_payload),
		two_hosts_test(sockets_part_again_in_a_new_context),
		two_hosts_test(fork_that_failed_is_tried_again),
		two_hosts_test(what_agrees_shares_a_context),
		two_hosts_test(timeouts_part_sockets_too),
		two_hosts_test(whoever_disagrees_last_is_the_one_to_go),
		two_hosts_test(locators_that_are_designated_part_nobody),
		two_hosts_test(hosts_that_end_with_forks_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
