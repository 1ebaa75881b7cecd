/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 6.3, 6.12, 6.13: a standby, and REAP's timers, as they show on the wire. */
#include "refstack/socket/two_hosts.h"
#include "wire/shim6.h"

enum { SECOND = 1000000 };

/* A has been quiet for long enough that nothing is due. */
static int quiet_socket(struct two_hosts *w)
{
	int s = associated_socket(w);

	run_for(w, 40 * SECOND);
	w->flown_count = 0;
	return s;
}

/* Nothing reaches A any more. */
static void deafen(struct two_hosts *w)
{
	w->cut[A][1] = w->cut[A][2] = true;
}

/* From what A sends now to its n-th Probe. */
static usec_t until_probe(struct two_hosts *w, int s, unsigned n)
{
	usec_t began = shim_host_now(w->host[A]);
	const struct flying *probe;

	w->flown_count = 0;
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	run_for(w, 100 * SECOND);
	probe = flown_nth(w, B, SHIM6_PROBE, n);
	assert_non_null(probe);
	return probe->at - began;
}

/* RFC 5534 5.3: what an Update Request says, in seconds; 0: nothing. */
static unsigned told_timeout(const struct flying *request)
{
	size_t at = 40 + 16;

	while (at + 8 <= request->len) {
		const uint8_t *o = request->octets + at;
		unsigned type = (o[0] & 0x7f) << 7 | o[1] >> 1, len = o[2] << 8 | o[3];

		if (type == SHIM6_OPT_KEEPALIVE_TIMEOUT)
			return o[6] << 8 | o[7];
		at += (4 + len + 7) / 8 * 8;
	}
	return 0;
}

/* --- 6.3 ------------------------------------------------------------------------------- */

static void hot_standby_takes_0_and_1(void **state)
{
	static const int wrong[] = { -1, 2, INT32_MAX, INT32_MIN };
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(get_option(w, A, s, SHIM_HOT_STANDBY), 0);
	assert_int_equal(set_option(w, A, s, SHIM_HOT_STANDBY, 1), 0);
	assert_int_equal(get_option(w, A, s, SHIM_HOT_STANDBY), 1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(set_option(w, A, s, SHIM_HOT_STANDBY, wrong[i]), -EINVAL);
	assert_int_equal(get_option(w, A, s, SHIM_HOT_STANDBY), 1);
	assert_int_equal(set_option(w, A, s, SHIM_HOT_STANDBY, 0), 0);
	assert_int_equal(get_option(w, A, s, SHIM_HOT_STANDBY), 0);
}

static bool is_another_pair(const struct two_hosts *w, const struct flying *p)
{
	return !is_from(p, locator(w, A, 1)) || !is_to(p, locator(w, B, 1));
}

/* Both talk; how many pairs but the current one A asks after. */
static unsigned asked(struct two_hosts *w, int a, unsigned seconds)
{
	int b = udp_socket(w, B);
	unsigned n = 0;

	assert_int_equal(connect_to(w, B, b, own_name(w, A, a)), 0);
	for (unsigned i = 0; i < seconds; i += 5) {
		w->flown_count = 0;
		assert_int_equal(sock_send(w->sockets[A], a, "", 0, 0), 0);
		assert_int_equal(sock_send(w->sockets[B], b, "", 0, 0), 0);
		run_for(w, 5 * SECOND);
		for (unsigned k = 1; flown_nth(w, B, SHIM6_PROBE, k); k++)
			n += is_another_pair(w, flown_nth(w, B, SHIM6_PROBE, k));
	}
	assert_int_equal(sock_close(w->sockets[B], b), 0);
	return n;
}

static void hot_standby_keeps_another_pair_proven(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(asked(w, s, 60), 0);
	assert_int_equal(set_option(w, A, s, SHIM_HOT_STANDBY, 1), 0);
	assert_true(asked(w, s, 120) >= 4);
	assert_goes(w, s, 1, 1);
	assert_int_equal(set_option(w, A, s, SHIM_HOT_STANDBY, 0), 0);
	asked(w, s, 5);
	assert_int_equal(asked(w, s, 60), 0);
}

static void hot_standby_is_kept_for_as_long_as_a_socket_wants_it(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), one = connected_socket(w), two = connected_socket(w);

	assert_int_equal(set_option(w, A, one, SHIM_HOT_STANDBY, 1), 0);
	assert_int_equal(set_option(w, A, two, SHIM_HOT_STANDBY, 1), 0);
	assert_int_equal(get_option(w, A, s, SHIM_HOT_STANDBY), 0);
	assert_int_equal(set_option(w, A, s, SHIM_HOT_STANDBY, 0), 0);
	assert_int_equal(sock_close(w->sockets[A], one), 0);
	assert_true(asked(w, s, 60) > 0);
	assert_int_equal(disconnect_from(w, A, two), 0);
	asked(w, s, 5);
	assert_int_equal(asked(w, s, 60), 0);
}

/* 6.3: what the context was wanted for, the next one is wanted for, too. */
static void a_new_context_is_asked_for_the_same(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(set_option(w, A, s, SHIM_HOT_STANDBY, 1), 0);
	assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, 7), 0);
	run_for(w, 1000 * (usec_t)SECOND);
	assert_int_equal(get_option(w, A, s, SHIM_ASSOCIATED), 0);
	w->flown_count = 0;
	associate(w, s);
	assert_int_equal(get_option(w, A, s, SHIM_HOT_STANDBY), 1);
	assert_non_null(flown_nth(w, B, SHIM6_PROBE, 1));
	run_for(w, 40 * SECOND);
	deafen(w);
	assert_int_equal(until_probe(w, s, 1), 7 * SECOND);
}

/* --- 6.12 -------------------------------------------------------------------------------- */

static void app_timeout_takes_what_the_peer_can_be_told(void **state)
{
	static const int wrong[] = { -1, INT32_MIN, 65536, 65536 + 15, INT32_MAX };
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(get_option(w, A, s, SHIM_APP_TIMEOUT), 0);
	for (int i = 1; i <= 65535; i = i * 4 - 1) {
		assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, i), 0);
		assert_int_equal(get_option(w, A, s, SHIM_APP_TIMEOUT), i);
		settle(w);
		if (i == 1)
			i = 2;
	}
	assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, 65535), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, wrong[i]), -EINVAL);
	assert_int_equal(get_option(w, A, s, SHIM_APP_TIMEOUT), 65535);
	assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, 0), 0);
	assert_int_equal(get_option(w, A, s, SHIM_APP_TIMEOUT), 0);
}

static void app_timeout_is_when_exploring_begins(void **state)
{
	static const int seconds[] = { 3, 10, 15, 40, 0 };
	struct two_hosts *w = *state;
	int s = quiet_socket(w);

	for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, seconds[i]), 0);
		run_for(w, 60 * SECOND);
		deafen(w);
		assert_int_equal(until_probe(w, s, 1), (seconds[i] ? seconds[i] : 15) * SECOND);
		w->cut[A][1] = w->cut[A][2] = false;
		run_for(w, 70 * SECOND);
	}
}

/* One that is set while a packet waits for its answer counts for that packet. */
static void app_timeout_counts_at_once(void **state)
{
	struct two_hosts *w = *state;
	int s = quiet_socket(w);
	usec_t began = shim_host_now(w->host[A]);

	deafen(w);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	run_for(w, 4 * SECOND);
	assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, 20), 0);
	run_for(w, 15 * SECOND);
	assert_int_equal(flown_of(w, B, SHIM6_PROBE), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(flown_nth(w, B, SHIM6_PROBE, 1)->at - began, 20 * SECOND);
}

/* RFC 5534 4.1 item 1; also the way back to the default. */
static void app_timeout_is_told_when_it_changes(void **state)
{
	struct two_hosts *w = *state;
	int s = quiet_socket(w);

	assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, 20), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(flown_of(w, B, SHIM6_UPDATE_REQUEST), 1);
	assert_int_equal(told_timeout(flown_nth(w, B, SHIM6_UPDATE_REQUEST, 1)), 20);

	w->flown_count = 0;
	assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, 20), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(flown_of(w, B, SHIM6_UPDATE_REQUEST), 0);

	w->flown_count = 0;
	assert_int_equal(set_option(w, A, s, SHIM_APP_TIMEOUT, 0), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(flown_of(w, B, SHIM6_UPDATE_REQUEST), 1);
	assert_int_equal(told_timeout(flown_nth(w, B, SHIM6_UPDATE_REQUEST, 1)), 15);
}

/* --- 6.13 and 8.2 ------------------------------------------------------------------------ */

static const struct shim_pathexplore defaults = {
	.pe_probenum = 4,
	.pe_keepaliveto = 15,
	.pe_keepaliveint = 5,
	.pe_initprobeto = 500,
};

static int set_explore(struct two_hosts *w, int s, struct shim_pathexplore pe)
{
	return sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_PATHEXPLORE, &pe, sizeof(pe));
}

static void assert_explore(struct two_hosts *w, int s, struct shim_pathexplore expected)
{
	struct shim_pathexplore pe;
	socklen_t len = sizeof(pe);

	memset(&pe, 0xa5, sizeof(pe));
	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, SHIM_PATHEXPLORE, &pe, &len),
			 0);
	assert_int_equal(len, sizeof(pe));
	assert_memory_equal(&pe, &expected, sizeof(pe));
}

static void pathexplore_reads_what_is_the_case(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct shim_pathexplore own = { 7, 10, 3, 700, 0 }, none = { 0 };

	assert_explore(w, s, defaults);
	assert_int_equal(set_explore(w, s, defaults), 0);
	assert_explore(w, s, defaults);
	assert_int_equal(set_explore(w, s, own), 0);
	assert_explore(w, s, own);
	assert_int_equal(set_explore(w, s, none), 0);
	assert_explore(w, s, defaults);
}

static void pathexplore_refuses_what_8_2_does_not_have(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct shim_pathexplore own = { 7, 10, 3, 700, 0 };
	const struct shim_pathexplore wrong[] = {
		{ 4, 15, 5, 500, 1 }, { 4, 15, 5, 99, 0 }, { 4, 15, 5, 60001, 0 },
	};

	assert_int_equal(set_explore(w, s, own), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(set_explore(w, s, wrong[i]), -EINVAL);
	for (socklen_t len = 0; len < sizeof(own); len++)
		assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_PATHEXPLORE,
						 &defaults, len), -EINVAL);
	assert_explore(w, s, own);
}

/* RFC 5534 4.3: the initial ones evenly spaced, then the interval doubles. */
static void probes_keep_the_pace_that_was_set(void **state)
{
	static const unsigned due[] = { 0, 200, 400, 800, 1600, 3200 }; /* ms behind the first */
	struct two_hosts *w = *state;
	int s = quiet_socket(w);
	usec_t first;

	assert_int_equal(set_explore(w, s, (struct shim_pathexplore){ 3, 0, 0, 200, 0 }), 0);
	run_for(w, 60 * SECOND);
	deafen(w);
	first = until_probe(w, s, 1);
	assert_int_equal(first, 15 * SECOND);
	for (unsigned n = 1; n <= 6; n++)
		assert_int_equal(flown_nth(w, B, SHIM6_PROBE, n)->at -
					 flown_nth(w, B, SHIM6_PROBE, 1)->at,
				 due[n - 1] * 1000u);
}

static void keepaliveto_is_when_exploring_begins(void **state)
{
	struct two_hosts *w = *state;
	int s = quiet_socket(w);

	assert_int_equal(set_explore(w, s, (struct shim_pathexplore){ .pe_keepaliveto = 10 }), 0);
	run_for(w, 2 * SECOND);
	assert_int_equal(told_timeout(flown_nth(w, B, SHIM6_UPDATE_REQUEST, 1)), 10);
	run_for(w, 60 * SECOND);
	deafen(w);
	assert_int_equal(until_probe(w, s, 1), 10 * SECOND);
}

/* The peer sends every second, and A nothing. */
static void keepalives_come_at_the_interval_that_was_set(void **state)
{
	struct two_hosts *w = *state;
	int s = quiet_socket(w), b = udp_socket(w, B);
	usec_t began;

	assert_int_equal(set_explore(w, s, (struct shim_pathexplore){ .pe_keepaliveint = 4 }), 0);
	assert_int_equal(connect_to(w, B, b, own_name(w, A, s)), 0);
	run_for(w, 60 * SECOND);
	w->flown_count = 0;
	began = shim_host_now(w->host[A]);
	for (unsigned i = 0; i < 13; i++) {
		assert_int_equal(sock_send(w->sockets[B], b, "", 0, 0), 0);
		run_for(w, SECOND);
	}
	assert_int_equal(flown_of(w, B, SHIM6_KEEPALIVE), 3);
	for (unsigned n = 1; n <= 3; n++)
		assert_int_equal(flown_nth(w, B, SHIM6_KEEPALIVE, n)->at - began, n * 4 * SECOND);
}

static void an_idle_context_is_silent_whatever_the_interval(void **state)
{
	struct two_hosts *w = *state;
	int s = quiet_socket(w);

	assert_int_equal(set_explore(w, s, (struct shim_pathexplore){ .pe_keepaliveint = 1 }), 0);
	run_for(w, 60 * SECOND);
	w->flown_count = 0;
	run_for(w, 60 * SECOND);
	assert_int_equal(w->flown_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(hot_standby_takes_0_and_1),
		two_hosts_test(hot_standby_keeps_another_pair_proven),
		two_hosts_test(hot_standby_is_kept_for_as_long_as_a_socket_wants_it),
		two_hosts_test(a_new_context_is_asked_for_the_same),
		two_hosts_test(app_timeout_takes_what_the_peer_can_be_told),
		two_hosts_test(app_timeout_is_when_exploring_begins),
		two_hosts_test(app_timeout_counts_at_once),
		two_hosts_test(app_timeout_is_told_when_it_changes),
		two_hosts_test(pathexplore_reads_what_is_the_case),
		two_hosts_test(pathexplore_refuses_what_8_2_does_not_have),
		two_hosts_test(probes_keep_the_pace_that_was_set),
		two_hosts_test(keepaliveto_is_when_exploring_begins),
		two_hosts_test(keepalives_come_at_the_interval_that_was_set),
		two_hosts_test(an_idle_context_is_silent_whatever_the_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
