/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP sockets that listen, and what comes of those that knock. */
#include "refstack/socket/stream.h"
#include "refstack/socket/two_streams.h"

#include <limits.h>

/* A's socket, with its handshake as far as B takes it. */
static int knock(struct two_hosts *w, unsigned n)
{
	int s = tcp_socket(w, A);

	assert_int_equal(connect_to(w, A, s, name_at(w, B, n, PORT)), -EINPROGRESS);
	settle(w);
	return s;
}

static void accept_gives_who_has_knocked_in_order(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 5), a[2], b;
	struct sockaddr_in6 peer = { 0 }, own, name;
	socklen_t len = sizeof(peer);

	assert_int_equal(accept_from(w, B, l), -EAGAIN);
	assert_int_equal(events_of(w, B, l), 0);
	for (unsigned i = 0; i < 2; i++)
		a[i] = knock(w, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(events_of(w, B, l), POLLIN);
		b = sock_accept(w->sockets[B], l, (struct sockaddr *)&peer, &len);
		own = own_name(w, A, a[i]);
		assert_int_equal(len, sizeof(peer));
		assert_memory_equal(&peer, &own, sizeof(peer));
		own = own_name(w, B, b);
		name = name_at(w, B, 2, PORT);
		assert_memory_equal(&own, &name, sizeof(own));
	}
	assert_int_equal(events_of(w, B, l), 0);
	assert_int_equal(accept_from(w, B, l), -EAGAIN);
}

static void what_is_wrong_with_accept_itself_costs_no_connection(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 5), udp[SOCKETS_MAX];
	struct sockaddr_in6 peer;
	socklen_t len = (socklen_t)-1;

	knock(w, 1);
	assert_int_equal(sock_accept(w->sockets[B], l, (struct sockaddr *)&peer, NULL), -EFAULT);
	assert_int_equal(sock_accept(w->sockets[B], l, (struct sockaddr *)&peer, &len), -EINVAL);
	for (int i = 1; i < SOCKETS_MAX; i++)
		udp[i] = udp_socket(w, B);
	assert_int_equal(accept_from(w, B, l), -EMFILE);
	assert_int_equal(sock_close(w->sockets[B], udp[9]), 0);
	assert_int_equal(accept_from(w, B, l), 9);
}

static void the_backlog_is_bounded(void **state)
{
	static const struct {
		int backlog;
		unsigned taken;
	} rows[] = { { 2, 2 }, { 1, 1 }, { 0, 1 }, { -1, 1 } };
	struct two_hosts *w = *state;
	int l = tcp_socket(w, B);

	assert_int_equal(bind_to(w, B, l, name_of(in6addr_any, PORT)), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned taken = 0;

		assert_int_equal(sock_listen(w->sockets[B], l, rows[i].backlog), 0);
		for (unsigned k = 0; k < 4; k++)
			knock(w, 1);
		while (accept_from(w, B, l) >= 0)
			taken++;
		assert_int_equal(taken, rows[i].taken);
	}
	assert_int_equal(sock_listen(w->sockets[B], l, INT_MAX), 0);
	assert_int_equal(w->sockets[B]->socket[l]->stream->listening->tcp.backlog, TCP_BACKLOG_MAX);
}

static void listen_finds_a_port_and_says_that_it_listens(void **state)
{
	struct two_hosts *w = *state;
	int l = tcp_socket(w, B), value = 7;
	socklen_t len = sizeof(value);

	sock_getsockopt(w->sockets[B], l, SOL_SOCKET, SO_ACCEPTCONN, &value, &len);
	assert_int_equal(value, 0);
	assert_int_equal(sock_listen(w->sockets[B], l, 1), 0);
	assert_int_not_equal(own_name(w, B, l).sin6_port, 0);
	sock_getsockopt(w->sockets[B], l, SOL_SOCKET, SO_ACCEPTCONN, &value, &len);
	assert_int_equal(value, 1);
	assert_int_equal(connect_to(w, B, l, name_at(w, A, 1, PORT)), -EISCONN);
	assert_int_equal(sock_shutdown(w->sockets[B], l, SHUT_RD), -ENOTCONN);
	assert_int_equal(sock_recv(w->sockets[B], l, &value, 1, 0), -ENOTCONN);
}

/* Both had SO_REUSEADDR when they were bound, so it is listen() that finds it out. */
static void of_two_that_would_hear_the_same_one_listens(void **state)
{
	struct two_hosts *w = *state;
	int s[3];

	for (unsigned i = 0; i < 3; i++) {
		s[i] = tcp_socket(w, B);
		set_int(w, B, s[i], SOL_SOCKET, SO_REUSEADDR, 1);
	}
	assert_int_equal(bind_to(w, B, s[0], name_of(in6addr_any, PORT)), 0);
	assert_int_equal(bind_to(w, B, s[1], name_at(w, B, 1, PORT)), 0);
	assert_int_equal(sock_listen(w->sockets[B], s[0], 1), 0);
	assert_int_equal(sock_listen(w->sockets[B], s[1], 1), -EADDRINUSE);
	assert_int_equal(bind_to(w, B, s[2], name_at(w, B, 2, PORT)), -EADDRINUSE);
}

static void a_listener_hears_what_is_for_its_address(void **state)
{
	struct two_hosts *w = *state;
	int first = tcp_socket(w, B), second = tcp_socket(w, B), other;

	assert_int_equal(bind_to(w, B, first, name_at(w, B, 1, PORT)), 0);
	assert_int_equal(bind_to(w, B, second, name_at(w, B, 2, PORT)), 0);
	assert_int_equal(sock_listen(w->sockets[B], second, 1), 0);
	other = knock(w, 1);
	assert_int_equal(error_of(w, A, other), ECONNREFUSED);
	assert_int_equal(events_of(w, A, knock(w, 2)), POLLOUT);
	assert_int_equal(sock_listen(w->sockets[B], first, 1), 0);
	assert_int_equal(events_of(w, A, knock(w, 1)), POLLOUT);
	assert_true(accept_from(w, B, first) >= 0);
	assert_true(accept_from(w, B, second) >= 0);
}

/* TCP is known here: the answer is a segment, no error of ICMPv6. */
static void what_is_for_nobody_gets_a_reset(void **state)
{
	struct two_hosts *w = *state;

	assert_int_equal(error_of(w, A, knock(w, 1)), ECONNREFUSED);
	for (unsigned i = 0; i < w->flown_count; i++)
		assert_int_not_equal(next_header(&w->flown[i]), IPPROTO_ICMPV6);
}

static void who_was_not_accepted_is_reset_when_the_listener_closes(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 5), a[2], kept;

	kept = knock(w, 1);
	assert_true(accept_from(w, B, l) >= 0);
	for (unsigned i = 0; i < 2; i++)
		a[i] = knock(w, 1);
	assert_int_equal(sock_close(w->sockets[B], l), 0);
	settle(w);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(error_of(w, A, a[i]), ECONNRESET);
	assert_int_equal(events_of(w, A, kept), POLLOUT);
	assert_int_equal(error_of(w, A, knock(w, 1)), ECONNREFUSED);
}

static void who_has_gone_before_the_accept_leaves_room(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 1), a = knock(w, 1);

	assert_int_equal(disconnect_from(w, A, a), 0);
	settle(w);
	assert_int_equal(accept_from(w, B, l), -EAGAIN);
	knock(w, 1);
	assert_true(accept_from(w, B, l) >= 0);
}

/* RFC 9293 3.8.3. */
static void a_syn_ack_is_sent_again_and_given_up_in_the_end(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 1);

	w->cut[A][1] = true;
	knock(w, 1);
	assert_int_not_equal(sock_table_deadline(w->sockets[B]), USEC_NEVER);
	sock_close(w->sockets[A], 0);
	run_for(w, 500 * USEC_PER_SEC);
	assert_int_equal(sock_table_deadline(w->sockets[B]), USEC_NEVER);
	w->cut[A][1] = false;
	knock(w, 1);
	assert_true(accept_from(w, B, l) >= 0);
}

static void an_accepted_socket_has_what_was_set_for_it_on_the_listener(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 5), with, without, value = 7;
	socklen_t len = sizeof(value);

	knock(w, 1);
	without = accept_from(w, B, l);
	assert_int_equal(set_option(w, B, l, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(set_int(w, B, l, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	knock(w, 1);
	with = accept_from(w, B, l);
	assert_int_equal(get_option(w, B, without, SHIM_DONTSHIM), 0);
	assert_int_equal(get_option(w, B, with, SHIM_DONTSHIM), 1);
	sock_getsockopt(w->sockets[B], with, SOL_SOCKET, SO_REUSEADDR, &value, &len);
	assert_int_equal(value, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(accept_gives_who_has_knocked_in_order),
		two_hosts_test(what_is_wrong_with_accept_itself_costs_no_connection),
		two_hosts_test(the_backlog_is_bounded),
		two_hosts_test(listen_finds_a_port_and_says_that_it_listens),
		two_hosts_test(of_two_that_would_hear_the_same_one_listens),
		two_hosts_test(a_listener_hears_what_is_for_its_address),
		two_hosts_test(what_is_for_nobody_gets_a_reset),
		two_hosts_test(who_was_not_accepted_is_reset_when_the_listener_closes),
		two_hosts_test(who_has_gone_before_the_accept_leaves_room),
		two_hosts_test(a_syn_ack_is_sent_again_and_given_up_in_the_end),
		two_hosts_test(an_accepted_socket_has_what_was_set_for_it_on_the_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
