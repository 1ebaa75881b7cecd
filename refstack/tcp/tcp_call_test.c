/* SPDX-License-Identifier: BSD-2-Clause */
/* The application's calls, RFC 9293 3.9.1, and what poll() says meanwhile. */
#include "refstack/tcp/test_tcp.h"

#include <poll.h>

static char got[TCP_BUFFER];

static ssize_t take(struct lone *l)
{
	return tcp_recv(l->conn, got, sizeof(got), false);
}

static void sending_takes_what_there_is_room_for(void **state)
{
	static const uint8_t much[TCP_BUFFER + 1000];
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	assert_int_equal(tcp_send(l.conn, much, 0), 0);
	assert_int_equal(tcp_send(l.conn, much, 1000), 1000);
	assert_int_equal(tcp_send(l.conn, much, sizeof(much)), TCP_BUFFER - 1000);
	assert_int_equal(tcp_send(l.conn, much, 1), -EAGAIN);
	assert_false(tcp_poll(l.conn) & POLLOUT);
	assert_true(hears(&l));
	tell(&l, TCP_ACK, P, O + MSS);
	assert_true(tcp_poll(l.conn) & POLLOUT);
	assert_int_equal(tcp_send(l.conn, much, sizeof(much)), MSS);
	lone_end(&l);
}

static void receiving_by_portions_and_peeks(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	assert_int_equal(take(&l), -EAGAIN);
	assert_false(tcp_poll(l.conn) & POLLIN);
	tell_text(&l, TCP_ACK, P, O, "abcdef", 6);
	assert_true(tcp_poll(l.conn) & POLLIN);
	assert_int_equal(tcp_recv(l.conn, got, 4, true), 4);
	assert_int_equal(tcp_readable(l.conn), 6);
	assert_int_equal(tcp_recv(l.conn, got, 2, false), 2);
	assert_memory_equal(got, "ab", 2);
	assert_int_equal(take(&l), 4);
	assert_memory_equal(got, "cdef", 4);
	assert_int_equal(take(&l), -EAGAIN);
	lone_end(&l);
}

/* RFC 9293 3.6: the one direction is closed, the other lives. */
static void half_closed_connection_carries_the_other_half(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_FIN_WAIT_2);
	assert_int_equal(tcp_send(l.conn, "x", 1), -EPIPE);
	tell_text(&l, TCP_ACK, P, O + 1, "abc", 3);
	assert_hears(&l, TCP_ACK, O + 1, P + 3, 0);
	assert_int_equal(take(&l), 3);
	tell_text(&l, TCP_ACK | TCP_FIN, P + 3, O + 1, "def", 3);
	assert_hears(&l, TCP_ACK, O + 1, P + 7, 0);
	assert_state(&l, TCPS_TIME_WAIT);
	assert_int_equal(take(&l), 3);
	assert_int_equal(take(&l), 0);
	assert_int_equal(take(&l), 0);
	lone_end(&l);

	bring(&l, TCPS_CLOSE_WAIT);
	assert_int_equal(take(&l), 0);
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P + 1, 3);
	tell(&l, TCP_ACK, P + 1, O + 3);
	assert_int_equal(tcp_shutdown(l.conn, SHUT_WR), 0);
	assert_hears(&l, TCP_FIN | TCP_ACK, O + 3, P + 1, 0);
	assert_int_equal(tcp_send(l.conn, "abc", 3), -EPIPE);
	lone_end(&l);
}

static void shut_for_receiving_forgets_what_comes_and_keeps_the_window_open(void **state)
{
	static const uint8_t much[1000];
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK, P, O, "abc", 3);
	assert_true(hears(&l));
	assert_int_equal(tcp_shutdown(l.conn, SHUT_RD), 0);
	assert_int_equal(take(&l), 0);
	for (unsigned i = 0; i < 200; i++) {
		tell_text(&l, TCP_ACK, P + 3 + i * 1000, O, much, sizeof(much));
		assert_hears(&l, TCP_ACK, O, P + 3 + (i + 1) * 1000, 0);
	}
	assert_int_equal(take(&l), 0);
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	assert_state(&l, TCPS_ESTABLISHED);
	lone_end(&l);
}

static void shutting_down_what_is_not_connected_is_refused(void **state)
{
	struct lone l;

	(void)state;
	connecting(&l);
	assert_int_equal(tcp_shutdown(l.conn, SHUT_WR), -ENOTCONN);
	assert_int_equal(tcp_send(l.conn, "x", 1), -EAGAIN);
	assert_int_equal(take(&l), -EAGAIN);
	tcp_abort(l.conn);
	assert_int_equal(tcp_shutdown(l.conn, SHUT_WR), -ENOTCONN);
	lone_end(&l);
	bring(&l, TCPS_ESTABLISHED);
	assert_int_equal(tcp_shutdown(l.conn, 7), -EINVAL);
	assert_state(&l, TCPS_ESTABLISHED);
	lone_end(&l);
}

/* RFC 9293 3.6.1, SHLD-3: what nobody reads is not as if it had been read. */
static void closing_with_text_unread_resets(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK, P, O, "abc", 3);
	assert_true(hears(&l));
	tcp_close(l.conn, l.now);
	assert_hears(&l, TCP_RST, O, 0, 0);
	assert_true(tcp_over(l.conn));
	lone_end(&l);
}

static void text_that_comes_after_closing_is_reset(void **state)
{
	static const enum tcp_state states[] = { TCPS_ESTABLISHED, TCPS_FIN_WAIT_2 };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct lone l;

		bring(&l, states[i]);
		tcp_close(l.conn, l.now);
		while (hears(&l))
			continue;
		tell_text(&l, TCP_ACK, P, O, "abc", 3);
		assert_hears(&l, TCP_RST, O + 1, 0, 0);
		assert_true(tcp_over(l.conn));
		lone_end(&l);
	}
}

static void closing_sends_what_there_is_and_ends_by_itself(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	tcp_close(l.conn, l.now);
	assert_hears(&l, TCP_FIN | TCP_PSH | TCP_ACK, O, P, 3);
	assert_memory_equal(l.heard.text, "abc", 3);
	tell(&l, TCP_FIN | TCP_ACK, P, O + 4);
	assert_hears(&l, TCP_ACK, O + 4, P + 1, 0);
	assert_state(&l, TCPS_TIME_WAIT);
	l.now = tcp_deadline(l.conn);
	tcp_expire(l.conn, l.now);
	assert_true(tcp_over(l.conn));
	lone_end(&l);
}

static void reset_is_told_once_and_what_was_unread_is_gone(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK, P, O, "abc", 3);
	tell(&l, TCP_RST, P + 3, 0);
	assert_int_equal(tcp_poll(l.conn), POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP);
	assert_int_equal(take(&l), -ECONNRESET);
	assert_int_equal(take(&l), 0);
	assert_int_equal(tcp_send(l.conn, "x", 1), -EPIPE);
	assert_false(tcp_poll(l.conn) & POLLERR);
	lone_end(&l);
}

static const struct {
	enum tcp_state state;
	short events;
} polls[] = {
	{ TCPS_SYN_SENT, 0 },
	{ TCPS_SYN_RECEIVED, 0 },
	{ TCPS_ESTABLISHED, POLLOUT },
	{ TCPS_FIN_WAIT_1, POLLOUT },
	{ TCPS_FIN_WAIT_2, POLLOUT },
	{ TCPS_CLOSE_WAIT, POLLIN | POLLOUT | POLLRDHUP },
	{ TCPS_CLOSING, POLLIN | POLLOUT | POLLRDHUP | POLLHUP },
	{ TCPS_LAST_ACK, POLLIN | POLLOUT | POLLRDHUP | POLLHUP },
	{ TCPS_TIME_WAIT, POLLIN | POLLOUT | POLLRDHUP | POLLHUP },
};

/* POLLOUT says that sending wouldn't wait; where it fails at once, it doesn't. */
static void poll_says_what_the_calls_would(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(polls) / sizeof(polls[0]); i++) {
		struct lone l;
		short events;

		bring(&l, polls[i].state);
		events = tcp_poll(l.conn);
		assert_int_equal(events, polls[i].events);
		assert_int_equal(take(&l) == -EAGAIN, !(events & POLLIN));
		assert_int_equal(tcp_send(l.conn, "x", 1) == -EAGAIN, !(events & POLLOUT));
		lone_end(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sending_takes_what_there_is_room_for),
		cmocka_unit_test(receiving_by_portions_and_peeks),
		cmocka_unit_test(half_closed_connection_carries_the_other_half),
		cmocka_unit_test(shut_for_receiving_forgets_what_comes_and_keeps_the_window_open),
		cmocka_unit_test(shutting_down_what_is_not_connected_is_refused),
		cmocka_unit_test(closing_with_text_unread_resets),
		cmocka_unit_test(text_that_comes_after_closing_is_reset),
		cmocka_unit_test(closing_sends_what_there_is_and_ends_by_itself),
		cmocka_unit_test(reset_is_told_once_and_what_was_unread_is_gone),
		cmocka_unit_test(poll_says_what_the_calls_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
