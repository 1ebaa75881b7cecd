/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP over the shim: RFC 6316 for streams, and a connection that sees nothing of it when
 * its locators change. */
#include "refstack/socket/stream.h"
#include "refstack/socket/two_streams.h"
#include "wire/shim6.h"

enum { OCTETS = 100 * 1024, HELD_UP = 30 * 1024 };

/* --- segments on the wire ------------------------------------------------------------------ */

/* RFC 5533 5.1: 8 octets of payload extension header, and what is behind it. */
static bool is_shimmed(const struct flying *p)
{
	return next_header(p) == 140 && p->octets[42] & 0x80 && p->octets[40] == IPPROTO_TCP;
}

/* A's next octet: from its locator and to B's. */
static void assert_goes_by(struct two_hosts *w, int s, unsigned from, unsigned to)
{
	settle(w);
	w->flown_count = 0;
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_int_equal(w->flown_count, 1);
	assert_int_equal(number_of(w, A, w->last.octets + 8), from);
	assert_int_equal(number_of(w, B, w->last.octets + 24), to);
	assert_int_equal(is_shimmed(&w->last), from != 1 || to != 1);
	settle(w);
}

/* --- connected, RFC 6316 3 ----------------------------------------------------------------- */

static void a_stream_is_connected_from_the_handshake_to_the_end(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 5), a = tcp_socket(w, A), b;

	assert_int_equal(get_option(w, A, a, SHIM_ASSOCIATED), -EOPNOTSUPP);
	assert_int_equal(get_option(w, B, l, SHIM_ASSOCIATED), -EOPNOTSUPP);
	connect_to(w, A, a, name_at(w, B, 1, PORT));
	assert_int_equal(get_option(w, A, a, SHIM_ASSOCIATED), -EOPNOTSUPP);
	assert_int_equal(get_option(w, A, a, SHIM_LOC_LOCAL_RECV), -EOPNOTSUPP);
	settle(w);
	b = accept_from(w, B, l);
	assert_int_equal(get_option(w, A, a, SHIM_ASSOCIATED), 1);
	assert_int_equal(get_option(w, B, b, SHIM_ASSOCIATED), 1);
	assert_int_equal(get_option(w, B, l, SHIM_ASSOCIATED), -EOPNOTSUPP);
	sock_shutdown(w->sockets[A], a, SHUT_WR);
	settle(w);
	assert_int_equal(get_option(w, A, a, SHIM_ASSOCIATED), 1);
	assert_int_equal(get_option(w, B, b, SHIM_ASSOCIATED), 1);
	sock_shutdown(w->sockets[B], b, SHUT_WR);
	settle(w);
	assert_int_equal(get_option(w, A, a, SHIM_ASSOCIATED), -EOPNOTSUPP);
	assert_int_equal(get_option(w, B, b, SHIM_ASSOCIATED), -EOPNOTSUPP);
}

static void a_reset_disconnects(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	assert_int_equal(disconnect_from(w, B, c.s[B]), 0);
	settle(w);
	assert_int_equal(get_option(w, A, c.s[A], SHIM_ASSOCIATED), -EOPNOTSUPP);
	assert_int_equal(get_option(w, B, c.s[B], SHIM_ASSOCIATED), -EOPNOTSUPP);
}

/* B begins none by itself, and A, whose segments bypass the shim, none either. */
static void a_context_may_come_in_the_middle_of_a_connection(void **state)
{
	struct two_hosts *w = *state;
	struct in6_addr own = locator(w, B, 1), peer = locator(w, A, 1);
	int l = listener(w, A, 5), b = tcp_socket(w, B), a;

	assert_int_equal(set_option(w, A, l, SHIM_DONTSHIM, 1), 0);
	connect_to(w, B, b, name_at(w, A, 1, PORT));
	settle(w);
	a = accept_from(w, A, l);
	assert_int_equal(get_option(w, B, b, SHIM_ASSOCIATED), 0);
	assert_int_equal(get_option(w, B, b, SHIM_HOT_STANDBY), -ENOENT);
	assert_int_equal(sock_send(w->sockets[B], b, "one", 3, 0), 3);
	settle(w);
	assert_receives(w, A, a, "one");
	assert_int_equal(shim_initiate(w->host[B], &own, &peer, 0), 0);
	settle(w);
	assert_int_equal(get_option(w, B, b, SHIM_ASSOCIATED), 1);
	assert_int_equal(set_locator(w, B, b, SHIM_LOC_LOCAL_SEND, locator(w, B, 2)), 0);
	assert_int_equal(sock_send(w->sockets[B], b, "two", 3, 0), 3);
	assert_true(is_shimmed(&w->last));
	assert_true(is_from(&w->last, locator(w, B, 2)));
	settle(w);
	assert_receives(w, A, a, "two");
}

/* RFC 6316 6.2. */
static void dontshim_holds_from_the_first_segment_on(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 5), a = tcp_socket(w, A);

	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 1), 0);
	connect_to(w, A, a, name_at(w, B, 1, PORT));
	settle(w);
	assert_int_equal(sock_send(w->sockets[A], a, "x", 1, 0), 1);
	settle(w);
	assert_int_equal(get_option(w, A, a, SHIM_ASSOCIATED), 0);
	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 0), 0); /* too late */
	assert_int_equal(get_option(w, A, a, SHIM_DONTSHIM), 1);
	assert_int_equal(sock_close(w->sockets[A], a), 0);
	assert_receives(w, B, accept_from(w, B, l), "x");
	settle(w);
	for (unsigned i = 0; i < w->flown_count; i++)
		assert_int_equal(next_header(&w->flown[i]), IPPROTO_TCP);
}

/* --- the way down -------------------------------------------------------------------------- */

static void segments_leave_from_and_go_to_designated_locators(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	assert_goes_by(w, c.s[A], 1, 1);
	assert_int_equal(set_locator(w, A, c.s[A], SHIM_LOC_LOCAL_SEND, locator(w, A, 2)), 0);
	assert_goes_by(w, c.s[A], 2, 1);
	assert_int_equal(set_locator(w, A, c.s[A], SHIM_LOC_PEER_SEND, locator(w, B, 2)),
			 -EUNVERIFIEDLOCATOR);
	run_for(w, USEC_PER_SEC);
	assert_int_equal(set_locator(w, A, c.s[A], SHIM_LOC_PEER_SEND, locator(w, B, 2)), 0);
	assert_goes_by(w, c.s[A], 2, 2);
}

static void the_last_segment_of_the_application_takes_its_way(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	assert_int_equal(set_locator(w, A, c.s[A], SHIM_LOC_LOCAL_SEND, locator(w, A, 2)), 0);
	assert_int_equal(sock_close(w->sockets[A], c.s[A]), 0);
	assert_true(is_shimmed(&w->last));
	assert_true(is_from(&w->last, locator(w, A, 2)));
}

static ssize_t send_with(struct two_hosts *w, int s, int type, const void *data, size_t len)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct sockaddr_in6))] = { 0 };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(len),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

	*h = (struct cmsghdr){ CMSG_LEN(len), SOL_SHIM, type };
	memcpy(CMSG_DATA(h), data, len);
	return sock_sendmsg(w->sockets[A], s, &msg, 0);
}

/* 7.2: for what this call sends, and nothing behind it. */
static void a_locator_with_sendmsg_is_for_the_segments_of_that_call(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	const struct sockaddr_in6 from = name_at(w, A, 2, 0);

	assert_int_equal(send_with(w, c.s[A], SHIM_LOC_LOCAL_SEND, &from, sizeof(from)), 1);
	assert_true(is_shimmed(&w->last));
	assert_true(is_from(&w->last, locator(w, A, 2)));
	assert_goes_by(w, c.s[A], 1, 1);
}

/* 7.3: a failure makes REAP explore (RFC 5534 4.1). */
static void feedback_reaches_the_shim(void **state)
{
	const struct shim_feedback good = { .fb_indicator = 3 }, bad = { .fb_indicator = 2 };
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	assert_int_equal(send_with(w, c.s[A], SHIM_FEEDBACK, &good, sizeof(good)), 1);
	settle(w);
	assert_int_equal(flown_of(w, B, SHIM6_PROBE), 0);
	assert_int_equal(send_with(w, c.s[A], SHIM_FEEDBACK, &bad, sizeof(bad)), 1);
	settle(w);
	assert_int_not_equal(flown_of(w, B, SHIM6_PROBE), 0);
}

static int prefer_local(struct two_hosts *w, int s, unsigned n)
{
	const struct shim_locator lc = { .lc_family = AF_INET6, .lc_addr = locator(w, A, n) };

	return sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &lc, sizeof(lc));
}

/* 11.1 */
static void two_streams_that_can_not_agree_part(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	int other = tcp_socket(w, A);

	connect_to(w, A, other, name_at(w, B, 1, PORT));
	settle(w);
	assert_int_equal(prefer_local(w, c.s[A], 1), 0);
	assert_int_equal(prefer_local(w, other, 2), 0);
	run_for(w, 10 * USEC_PER_SEC);
	assert_int_not_equal(w->sockets[A]->socket[other]->fii, 0);
	assert_goes_by(w, c.s[A], 1, 1);
	assert_goes_by(w, other, 2, 1);
	assert_int_equal(sock_close(w->sockets[A], other), 0);
	settle(w);
	assert_goes_by(w, c.s[A], 1, 1);
}

/* --- the way up ---------------------------------------------------------------------------- */

/* The locators that B's next read is told of: the destination's and the source's. */
static void assert_told(struct two_hosts *w, int s, unsigned at_b, unsigned at_a)
{
	_Alignas(struct cmsghdr) uint8_t control[2 * CMSG_SPACE(sizeof(struct sockaddr_in6))];
	char octets[64];
	struct iovec iov = { .iov_base = octets, .iov_len = sizeof(octets) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct sockaddr_in6 local, peer;
	struct cmsghdr *h;

	assert_true(sock_recvmsg(w->sockets[B], s, &msg, 0) > 0);
	h = CMSG_FIRSTHDR(&msg);
	assert_non_null(h);
	assert_int_equal(h->cmsg_type, SHIM_LOC_LOCAL_RECV);
	memcpy(&local, CMSG_DATA(h), sizeof(local));
	h = CMSG_NXTHDR(&msg, h);
	assert_non_null(h);
	assert_int_equal(h->cmsg_type, SHIM_LOC_PEER_RECV);
	memcpy(&peer, CMSG_DATA(h), sizeof(peer));
	assert_int_equal(number_of(w, B, local.sin6_addr.s6_addr), at_b);
	assert_int_equal(number_of(w, A, peer.sin6_addr.s6_addr), at_a);
}

/* 7.4 */
static void a_read_is_told_the_locators_of_the_last_segment(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	assert_int_equal(set_option(w, B, c.s[B], SHIM_LOC_LOCAL_RECV, 1), 0);
	assert_int_equal(set_option(w, B, c.s[B], SHIM_LOC_PEER_RECV, 1), 0);
	assert_goes_by(w, c.s[A], 1, 1);
	assert_told(w, c.s[B], 1, 1);
	assert_goes_by(w, c.s[A], 1, 1);
	set_locator(w, A, c.s[A], SHIM_LOC_LOCAL_SEND, locator(w, A, 2));
	assert_goes_by(w, c.s[A], 2, 1);
	assert_told(w, c.s[B], 1, 2); /* both octets, and the later one's */
}

static void what_has_come_before_the_accept_is_known_too(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 5), a = tcp_socket(w, A), b;

	connect_to(w, A, a, name_at(w, B, 1, PORT));
	settle(w);
	set_locator(w, A, a, SHIM_LOC_LOCAL_SEND, locator(w, A, 2));
	assert_goes_by(w, a, 2, 1);
	b = accept_from(w, B, l);
	assert_int_equal(set_option(w, B, b, SHIM_LOC_LOCAL_RECV, 1), 0);
	assert_int_equal(set_option(w, B, b, SHIM_LOC_PEER_RECV, 1), 0);
	assert_told(w, b, 1, 2);
}

/* --- a path that fails --------------------------------------------------------------------- */

static uint8_t octet_at(unsigned side, size_t i)
{
	return (uint8_t)(i * 7 + i / 251 + side);
}

/* Some of what is left of OCTETS, from one end into the other. */
static void pour(struct two_hosts *w, const struct connection *c, unsigned from, size_t *sent,
		 size_t *got)
{
	uint8_t octets[4096];
	size_t n = OCTETS - *sent < sizeof(octets) ? OCTETS - *sent : sizeof(octets);
	ssize_t rc;

	for (size_t i = 0; i < n; i++)
		octets[i] = octet_at(from, *sent + i);
	rc = n ? sock_send(w->sockets[from], c->s[from], octets, n, 0) : 0;
	assert_true(rc >= 0 || rc == -EAGAIN);
	*sent += rc > 0 ? (size_t)rc : 0;
	while ((rc = sock_recv(w->sockets[!from], c->s[!from], octets, sizeof(octets), 0)) > 0)
		for (ssize_t i = 0; i < rc; i++, ++*got)
			assert_int_equal(octets[i], octet_at(from, *got));
	assert_int_equal(rc, -EAGAIN);
}

static void octets_go_on_both_ways_when_the_locators_in_use_fail(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	struct sockaddr_in6 before[2] = { own_name(w, A, c.s[A]), own_name(w, B, c.s[B]) };
	size_t sent[2] = { 0 }, got[2] = { 0 };
	unsigned steps = 0;

	while (got[A] < OCTETS || got[B] < OCTETS) {
		assert_true(steps++ < 2000);
		for (unsigned i = 0; i < 2; i++)
			pour(w, &c, i, &sent[i], &got[i]);
		if (got[A] > HELD_UP)
			w->cut[A][1] = w->cut[B][1] = true;
		w->flown_count = 0;
		run_for(w, USEC_PER_SEC / 10);
	}
	assert_int_equal(error_of(w, A, c.s[A]), 0);
	assert_int_equal(error_of(w, B, c.s[B]), 0);
	for (unsigned i = 0; i < 2; i++) {
		struct sockaddr_in6 now = own_name(w, i, c.s[i]);

		assert_memory_equal(&now, &before[i], sizeof(now));
		assert_int_equal(get_option(w, i, c.s[i], SHIM_ASSOCIATED), 1);
	}
	assert_goes_by(w, c.s[A], 1, 2); /* from there it still can */
	assert_int_equal(set_option(w, B, c.s[B], SHIM_LOC_LOCAL_RECV, 1), 0);
	assert_int_equal(set_option(w, B, c.s[B], SHIM_LOC_PEER_RECV, 1), 0);
	assert_told(w, c.s[B], 2, 1);
}

/* RFC 5534 4.1: a peer that is heard to have got our segments needs no Probes, and none are
 * sent while octets and ACKs go. */
static void segments_are_payload_to_reap(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	w->flown_count = 0;
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(sock_send(w->sockets[A], c.s[A], "x", 1, 0), 1);
		run_for(w, USEC_PER_SEC);
	}
	assert_int_equal(flown_of(w, B, SHIM6_PROBE), 0);
	assert_int_equal(flown_of(w, A, SHIM6_PROBE), 0);
	w->cut[A][1] = true; /* ACKs are lost */
	assert_int_equal(sock_send(w->sockets[A], c.s[A], "x", 1, 0), 1);
	run_for(w, 20 * USEC_PER_SEC);
	assert_int_not_equal(flown_of(w, B, SHIM6_PROBE), 0);
}

/* Nothing of TCP is in a context: without one it goes on by its identifiers. */
static void a_connection_outlives_its_context(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	struct in6_addr a = locator(w, A, 1), b = locator(w, B, 1);

	assert_goes_by(w, c.s[A], 1, 1);
	shim_end(w->host[B], &b, &a, 0);
	assert_int_equal(get_option(w, B, c.s[B], SHIM_ASSOCIATED), 0);
	assert_int_equal(sock_send(w->sockets[B], c.s[B], "y", 1, 0), 1);
	settle(w);
	assert_receives(w, A, c.s[A], "y");
	shim_end(w->host[A], &a, &b, 0);
	assert_int_equal(sock_send(w->sockets[A], c.s[A], "z", 1, 0), 1);
	settle(w);
	assert_receives(w, B, c.s[B], "xz");
	assert_int_equal(get_option(w, A, c.s[A], SHIM_ASSOCIATED), 1); /* and begins another */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(a_stream_is_connected_from_the_handshake_to_the_end),
		two_hosts_test(a_reset_disconnects),
		two_hosts_test(a_context_may_come_in_the_middle_of_a_connection),
		two_hosts_test(dontshim_holds_from_the_first_segment_on),
		two_hosts_test(segments_leave_from_and_go_to_designated_locators),
		two_hosts_test(the_last_segment_of_the_application_takes_its_way),
		two_hosts_test(a_locator_with_sendmsg_is_for_the_segments_of_that_call),
		two_hosts_test(feedback_reaches_the_shim),
		two_hosts_test(two_streams_that_can_not_agree_part),
		two_hosts_test(a_read_is_told_the_locators_of_the_last_segment),
		two_hosts_test(what_has_come_before_the_accept_is_known_too),
		two_hosts_test(octets_go_on_both_ways_when_the_locators_in_use_fail),
		two_hosts_test(segments_are_payload_to_reap),
		two_hosts_test(a_connection_outlives_its_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
