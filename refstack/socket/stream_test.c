/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP sockets as POSIX has them; what the shim does to them is in stream_shim_test.c. */
#include "refstack/socket/stream.h"
#include "refstack/socket/two_streams.h"

#include <netinet/tcp.h>

/* --- to connect ---------------------------------------------------------------------------- */

static void connect_is_in_progress_until_the_handshake_is_over(void **state)
{
	struct two_hosts *w = *state;
	int l = listener(w, B, 1), s = tcp_socket(w, A);
	struct sockaddr_in6 peer = name_at(w, B, 1, PORT), name;
	socklen_t len = sizeof(name);

	assert_int_equal(events_of(w, A, s), POLLOUT | POLLHUP);
	assert_int_equal(connect_to(w, A, s, peer), -EINPROGRESS);
	assert_int_equal(events_of(w, A, s), 0);
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&name, &len),
			 -ENOTCONN);
	settle(w);
	assert_int_equal(events_of(w, A, s), POLLOUT);
	assert_int_equal(sock_poll(w->sockets[A], s, POLLWRNORM), POLLWRNORM);
	assert_int_equal(error_of(w, A, s), 0);
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&name, &len), 0);
	assert_memory_equal(&name, &peer, sizeof(name));
	assert_int_equal(events_of(w, B, l), POLLIN);
}

static void calls_have_the_errors_of_their_state(void **state)
{
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[A];
	const struct sockaddr_in6 to = name_at(w, B, 1, PORT);
	int s = tcp_socket(w, A), udp = udp_socket(w, A);
	char c;

	listener(w, B, 1);
	assert_int_equal(sock_send(t, s, "x", 1, 0), -ENOTCONN);
	assert_int_equal(send_to(w, A, s, to, "x", 1), -ENOTCONN);
	assert_int_equal(sock_recv(t, s, &c, 1, 0), -ENOTCONN);
	assert_int_equal(sock_shutdown(t, s, SHUT_WR), -ENOTCONN);
	assert_int_equal(accept_from(w, A, s), -EINVAL);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, 0)), -EINVAL);

	assert_int_equal(connect_to(w, A, s, to), -EINPROGRESS);
	assert_int_equal(connect_to(w, A, s, to), -EALREADY);
	assert_int_equal(sock_send(t, s, "x", 1, 0), -EAGAIN);
	assert_int_equal(sock_recv(t, s, &c, 1, 0), -EAGAIN);
	assert_int_equal(sock_shutdown(t, s, SHUT_WR), -ENOTCONN);
	assert_int_equal(sock_listen(t, s, 1), -EINVAL);

	settle(w);
	assert_int_equal(connect_to(w, A, s, to), -EISCONN);
	assert_int_equal(sock_listen(t, s, 1), -EINVAL);
	assert_int_equal(bind_to(w, A, s, name_of(in6addr_any, 1)), -EINVAL);
	assert_int_equal(sock_shutdown(t, s, 77), -EINVAL);
	assert_int_equal(sock_recv(t, s, &c, 1, 0), -EAGAIN);
	assert_int_equal(sock_recv(t, s, &c, 1, MSG_OOB), -EOPNOTSUPP);
	assert_int_equal(sock_send(t, s, &c, 1, MSG_OOB), -EOPNOTSUPP);

	assert_int_equal(sock_listen(t, udp, 1), -EOPNOTSUPP);
	assert_int_equal(accept_from(w, A, udp), -EOPNOTSUPP);
	assert_int_equal(sock_shutdown(t, udp, SHUT_WR), -EOPNOTSUPP);
	assert_int_equal(sock_listen(t, 99, 1), -EBADF);
	assert_int_equal(accept_from(w, A, 99), -EBADF);
	assert_int_equal(sock_shutdown(t, 99, SHUT_WR), -EBADF);
}

static void connect_is_refused_where_nobody_listens_and_may_be_tried_again(void **state)
{
	struct two_hosts *w = *state;
	int s = tcp_socket(w, A);

	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -EINPROGRESS);
	settle(w);
	assert_int_equal(events_of(w, A, s), POLLIN | POLLOUT | POLLRDHUP | POLLHUP | POLLERR);
	assert_int_equal(sock_poll(w->sockets[A], s, 0), POLLHUP | POLLERR);
	assert_int_equal(error_of(w, A, s), ECONNREFUSED);
	assert_int_equal(error_of(w, A, s), 0);
	listener(w, B, 1);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -EINPROGRESS);
	settle(w);
	assert_int_equal(events_of(w, A, s), POLLOUT);
}

static void connect_tells_the_pending_error_first(void **state)
{
	struct two_hosts *w = *state;
	int s = tcp_socket(w, A);

	connect_to(w, A, s, name_at(w, B, 1, PORT));
	settle(w);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -ECONNREFUSED);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -EINPROGRESS);
}

static void a_syn_is_sent_again_and_given_up_in_the_end(void **state)
{
	struct two_hosts *w = *state;
	int s = tcp_socket(w, A);

	w->cut[B][1] = true;
	connect_to(w, A, s, name_at(w, B, 1, PORT));
	assert_int_equal(sock_table_deadline(w->sockets[A]), TCP_RTO_FIRST);
	run_for(w, 100 * USEC_PER_SEC);
	assert_int_equal(events_of(w, A, s), 0);
	run_for(w, 100 * USEC_PER_SEC);
	assert_int_equal(error_of(w, A, s), ETIMEDOUT);
	assert_int_equal(sock_table_deadline(w->sockets[A]), USEC_NEVER);
}

/* RFC 5533 8: the shim hands up errors about packets that it left as they were. */
static void an_icmp6_error_about_the_syn_ends_the_attempt(void **state)
{
	struct two_hosts *w = *state;
	int s = tcp_socket(w, A);
	struct shim_upper_error error = {
		.local = locator(w, A, 1),
		.peer = locator(w, B, 1),
		.type = ICMP6_DST_UNREACH,
		.code = ICMP6_DST_UNREACH_ADMIN,
		.protocol = IPPROTO_TCP,
		.upper = w->flown[0].octets + 40,
		.len = 8,
	};

	connect_to(w, A, s, name_at(w, B, 1, PORT));
	assert_int_equal(next_header(&w->flown[0]), IPPROTO_TCP);
	error.len = 7;
	sock_upper.error(w->sockets[A], &error);
	assert_int_equal(events_of(w, A, s), 0);
	error.len = 8;
	error.protocol = IPPROTO_UDP;
	sock_upper.error(w->sockets[A], &error);
	assert_int_equal(events_of(w, A, s), 0);
	error.protocol = IPPROTO_TCP;
	sock_upper.error(w->sockets[A], &error);
	assert_int_equal(error_of(w, A, s), EACCES);
}

/* --- octets -------------------------------------------------------------------------------- */

static void octets_go_both_ways_through_any_vectors(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	struct iovec out[] = { { "he", 2 }, { NULL, 0 }, { "llo", 3 } };
	char head[3], tail[64] = { 0 };
	struct iovec in[] = { { head, 3 }, { tail, sizeof(tail) } };
	struct sockaddr_in6 name = { .sin6_port = 77 };
	struct msghdr give = { .msg_iov = out, .msg_iovlen = 3 };
	struct msghdr take = {
		.msg_name = &name, .msg_namelen = sizeof(name), .msg_iov = in, .msg_iovlen = 2
	};

	assert_int_equal(sock_sendmsg(w->sockets[A], c.s[A], &give, 0), 5);
	settle(w);
	assert_int_equal(sock_recvmsg(w->sockets[B], c.s[B], &take, MSG_PEEK), 5);
	assert_int_equal(take.msg_namelen, 0); /* as on Linux */
	assert_memory_equal(head, "hel", 3);
	assert_memory_equal(tail, "lo", 3);
	assert_receives(w, B, c.s[B], "hello");
	assert_int_equal(sock_send(w->sockets[B], c.s[B], "there", 5, 0), 5);
	settle(w);
	assert_receives(w, A, c.s[A], "there");
	assert_nothing_to_receive(w, A, c.s[A]);
}

static void a_send_takes_what_there_is_room_for(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	static char octets[TCP_BUFFER + 100];
	struct iovec iov[] = { { octets, TCP_BUFFER - 10 }, { octets, 20 }, { octets, 20 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 3 };

	assert_int_equal(sock_sendmsg(w->sockets[A], c.s[A], &msg, 0), TCP_BUFFER);
	assert_int_equal(sock_send(w->sockets[A], c.s[A], octets, 1, 0), -EAGAIN);
	assert_int_equal(events_of(w, A, c.s[A]), 0);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], c.s[B], octets, sizeof(octets), 0), TCP_BUFFER);
	settle(w);
	assert_int_equal(events_of(w, A, c.s[A]), POLLOUT);
	assert_int_equal(sock_recv(w->sockets[B], c.s[B], octets, sizeof(octets), 0), -EAGAIN);
}

static void reading_opens_the_window_at_once(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	static char octets[TCP_BUFFER];

	assert_int_equal(sock_send(w->sockets[A], c.s[A], octets, TCP_BUFFER, 0), TCP_BUFFER);
	settle(w);
	assert_int_equal(sock_send(w->sockets[A], c.s[A], "more", 4, 0), 4);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], c.s[B], octets, TCP_BUFFER, 0), TCP_BUFFER);
	assert_nothing_to_receive(w, B, c.s[B]);
	settle(w);
	assert_receives(w, B, c.s[B], "more");
}

static void small_segments_wait_unless_told_not_to(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	sock_send(w->sockets[A], c.s[A], "x", 1, 0);
	w->flying_count = w->flown_count = 0;
	sock_send(w->sockets[A], c.s[A], "y", 1, 0);
	assert_int_equal(w->flown_count, 0);
	assert_int_equal(set_int(w, A, c.s[A], IPPROTO_TCP, TCP_NODELAY, 1), 0);
	assert_int_equal(w->flown_count, 1);
	sock_send(w->sockets[A], c.s[A], "z", 1, 0);
	assert_int_equal(w->flown_count, 2);
}

/* --- the end ------------------------------------------------------------------------------- */

static void who_has_shut_down_can_still_hear(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	char octet;

	assert_int_equal(sock_shutdown(w->sockets[A], c.s[A], SHUT_WR), 0);
	assert_int_equal(sock_send(w->sockets[A], c.s[A], "x", 1, 0), -EPIPE);
	settle(w);
	assert_int_equal(events_of(w, B, c.s[B]), POLLIN | POLLOUT | POLLRDHUP);
	assert_int_equal(sock_recv(w->sockets[B], c.s[B], &octet, 1, 0), 0);
	assert_int_equal(sock_send(w->sockets[B], c.s[B], "late", 4, 0), 4);
	settle(w);
	assert_receives(w, A, c.s[A], "late");
}

static void what_was_sent_before_close_arrives_behind_it(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	char octet;

	w->cut[B][1] = true;
	assert_int_equal(sock_send(w->sockets[A], c.s[A], "last", 4, 0), 4);
	assert_int_equal(sock_close(w->sockets[A], c.s[A]), 0);
	assert_int_equal(sock_close(w->sockets[A], c.s[A]), -EBADF);
	settle(w);
	assert_int_equal(w->sockets[A]->lingering_count, 1);
	w->cut[B][1] = false;
	run_for(w, 30 * USEC_PER_SEC);
	assert_receives(w, B, c.s[B], "last");
	assert_int_equal(sock_recv(w->sockets[B], c.s[B], &octet, 1, 0), 0);
	assert_int_equal(sock_close(w->sockets[B], c.s[B]), 0);
	settle(w);
	assert_int_equal(w->sockets[B]->lingering_count, 0);
	assert_int_equal(w->sockets[A]->lingering_count, 1); /* TIME-WAIT */
	run_for(w, 2 * TCP_MSL);
	assert_int_equal(w->sockets[A]->lingering_count, 0);
}

static void close_with_unread_octets_resets(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);

	sock_send(w->sockets[A], c.s[A], "x", 1, 0);
	settle(w);
	assert_int_equal(sock_close(w->sockets[B], c.s[B]), 0);
	assert_int_equal(w->sockets[B]->lingering_count, 0);
	settle(w);
	assert_int_equal(sock_send(w->sockets[A], c.s[A], "x", 1, 0), -ECONNRESET);
	assert_int_equal(sock_send(w->sockets[A], c.s[A], "x", 1, 0), -EPIPE);
	assert_int_equal(connect_to(w, A, c.s[A], name_at(w, B, 1, PORT)), -EINPROGRESS);
}

static void af_unspec_resets_and_makes_a_new_socket_of_it(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	char octet;

	assert_int_equal(disconnect_from(w, A, c.s[A]), 0);
	assert_int_equal(own_name(w, A, c.s[A]).sin6_port, 0);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], c.s[B], &octet, 1, 0), -ECONNRESET);
	assert_int_equal(sock_recv(w->sockets[B], c.s[B], &octet, 1, 0), 0);
	assert_int_equal(connect_to(w, A, c.s[A], name_at(w, B, 1, PORT)), -EINPROGRESS);
	settle(w);
	assert_int_equal(events_of(w, A, c.s[A]), POLLOUT);
	assert_int_equal(disconnect_from(w, B, c.listener), 0);
	assert_int_equal(accept_from(w, B, c.listener), -EINVAL);
	settle(w);
	assert_int_equal(error_of(w, A, c.s[A]), ECONNRESET);
}

/* Both ends closed, the one that was first in TIME-WAIT. */
static void close_both(struct two_hosts *w, int a, int b)
{
	assert_int_equal(sock_close(w->sockets[A], a), 0);
	settle(w);
	assert_int_equal(sock_close(w->sockets[B], b), 0);
	settle(w);
}

static void a_pair_in_time_wait_is_in_use_and_so_is_its_port(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	struct sockaddr_in6 own = own_name(w, A, c.s[A]);
	int s;

	own.sin6_addr = in6addr_any;
	close_both(w, c.s[A], c.s[B]);
	s = tcp_socket(w, A);
	assert_int_equal(bind_to(w, A, s, own), -EADDRINUSE);
	assert_int_equal(set_int(w, A, s, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	assert_int_equal(bind_to(w, A, s, own), -EADDRINUSE); /* that one hadn't it */
	run_for(w, 2 * TCP_MSL);
	assert_int_equal(bind_to(w, A, s, own), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -EINPROGRESS);
	settle(w);
	close_both(w, s, accept_from(w, B, c.listener));
	s = tcp_socket(w, A);
	assert_int_equal(set_int(w, A, s, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	assert_int_equal(bind_to(w, A, s, own), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -EADDRINUSE);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 2, PORT)), -EINPROGRESS);
}

/* The first goes on for ever, as B doesn't close it; of the others the oldest went. */
static void those_that_linger_are_bounded_and_time_wait_goes_first(void **state)
{
	struct two_hosts *w = *state;
	struct connection c = connection(w);
	const struct sock *first;

	assert_int_equal(sock_send(w->sockets[B], c.s[B], "x", 1, 0), 1);
	assert_int_equal(sock_shutdown(w->sockets[B], c.s[B], SHUT_WR), 0);
	w->flying_count = 0;
	assert_int_equal(sock_close(w->sockets[A], c.s[A]), 0);
	first = w->sockets[A]->lingering[0];
	w->flying_count = 0;
	for (unsigned i = 0; i < LINGERING_MAX + 9; i++) {
		int a = tcp_socket(w, A);

		connect_to(w, A, a, name_at(w, B, 1, PORT));
		settle(w);
		close_both(w, a, accept_from(w, B, c.listener));
	}
	assert_int_equal(w->sockets[A]->lingering_count, LINGERING_MAX);
	assert_ptr_equal(w->sockets[A]->lingering[0], first);
	assert_int_equal(tcp_state(first->stream->conn), TCPS_FIN_WAIT_1);
	assert_int_equal(tcp_state(w->sockets[A]->lingering[1]->stream->conn), TCPS_TIME_WAIT);
}

/* RFC 3542 6.2 */
static void a_stream_can_be_given_no_source_by_pktinfo(void **state)
{
	struct two_hosts *w = *state;
	struct in6_pktinfo info = { .ipi6_addr = locator(w, A, 2) };
	int s = tcp_socket(w, A);

	assert_int_equal(
		sock_setsockopt(w->sockets[A], s, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info)),
		-EINVAL);
	info = (struct in6_pktinfo){ .ipi6_ifindex = 2 };
	assert_int_equal(
		sock_setsockopt(w->sockets[A], s, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info)),
		0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -EINPROGRESS);
	assert_true(is_from(&w->flown[0], locator(w, A, 2)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(connect_is_in_progress_until_the_handshake_is_over),
		two_hosts_test(calls_have_the_errors_of_their_state),
		two_hosts_test(connect_is_refused_where_nobody_listens_and_may_be_tried_again),
		two_hosts_test(connect_tells_the_pending_error_first),
		two_hosts_test(a_syn_is_sent_again_and_given_up_in_the_end),
		two_hosts_test(an_icmp6_error_about_the_syn_ends_the_attempt),
		two_hosts_test(octets_go_both_ways_through_any_vectors),
		two_hosts_test(a_send_takes_what_there_is_room_for),
		two_hosts_test(reading_opens_the_window_at_once),
		two_hosts_test(small_segments_wait_unless_told_not_to),
		two_hosts_test(who_has_shut_down_can_still_hear),
		two_hosts_test(what_was_sent_before_close_arrives_behind_it),
		two_hosts_test(close_with_unread_octets_resets),
		two_hosts_test(af_unspec_resets_and_makes_a_new_socket_of_it),
		two_hosts_test(a_pair_in_time_wait_is_in_use_and_so_is_its_port),
		two_hosts_test(those_that_linger_are_bounded_and_time_wait_goes_first),
		two_hosts_test(a_stream_can_be_given_no_source_by_pktinfo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
