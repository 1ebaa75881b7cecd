/* SPDX-License-Identifier: BSD-2-Clause */
/* When things are sent again: RFC 6298, RFC 9293 3.8.3 and 3.8.6.1. */
#include "refstack/tcp/test_tcp.h"

#define SEC USEC_PER_SEC

/* To the deadline, which is `after` seconds behind start. */
static void wait_until(struct lone *l, usec_t start, unsigned after)
{
	assert_int_equal(tcp_deadline(l->conn), start + after * SEC);
	l->now = tcp_deadline(l->conn) - 1;
	tcp_expire(l->conn, l->now);
	assert_silent(l);
	l->now++;
	tcp_expire(l->conn, l->now);
}

static void syn_goes_again_after_1_3_7_15_seconds_and_is_given_up_after_183(void **state)
{
	static const unsigned at[TCP_SYN_TRIES] = { 1, 3, 7, 15, 31, 63, 123 };
	struct lone l;
	usec_t start;

	(void)state;
	connecting(&l);
	start = l.now;
	for (unsigned i = 0; i < TCP_SYN_TRIES; i++) {
		wait_until(&l, start, at[i]);
		assert_hears(&l, TCP_SYN, ISS, 0, 0);
	}
	wait_until(&l, start, 183);
	assert_state(&l, TCPS_CLOSED);
	assert_silent(&l);
	assert_int_equal(tcp_take_error(l.conn), -ETIMEDOUT);
	lone_end(&l);
}

static void syn_ack_goes_again_at_the_same_times(void **state)
{
	struct lone l;
	usec_t start;

	(void)state;
	listening(&l);
	start = l.now;
	for (unsigned i = 0, at = 1; i < 4; i++, at = 2 * at + 1) {
		wait_until(&l, start, at);
		assert_hears(&l, TCP_SYN | TCP_ACK, ISS, P, 0);
	}
	lone_end(&l);
}

static void text_goes_again_with_the_same_numbers_and_is_given_up(void **state)
{
	static const unsigned at[TCP_TRIES] = { 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363, 423 };
	struct lone l;
	usec_t start;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	start = l.now;
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 3);
	for (unsigned i = 0; i < TCP_TRIES; i++) {
		wait_until(&l, start, at[i]);
		assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 3);
		assert_memory_equal(l.heard.text, "abc", 3);
		assert_silent(&l);
	}
	wait_until(&l, start, 483);
	assert_state(&l, TCPS_CLOSED);
	assert_int_equal(tcp_send(l.conn, "abc", 3), -ETIMEDOUT);
	assert_int_equal(tcp_send(l.conn, "abc", 3), -EPIPE);
	lone_end(&l);
}

static void fin_goes_again(void **state)
{
	struct lone l;
	usec_t start;

	(void)state;
	bring(&l, TCPS_FIN_WAIT_1);
	start = l.now;
	wait_until(&l, start, 1);
	assert_hears(&l, TCP_FIN | TCP_ACK, O, P, 0);
	tell(&l, TCP_ACK, P, O + 1);
	assert_true(tcp_deadline(l.conn) == USEC_NEVER);
	lone_end(&l);
}

/* RFC 6298 5.2 and 5.3. */
static void timer_stops_with_the_last_ack_and_starts_anew_with_each_before(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tcp_set_nodelay(l.conn, true);
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 3);
	assert_int_equal(tcp_send(l.conn, "de", 2), 2);
	assert_hears(&l, TCP_PSH | TCP_ACK, O + 3, P, 2);
	l.now += SEC / 2;
	tell(&l, TCP_ACK, P, O + 3);
	assert_int_equal(tcp_deadline(l.conn), l.now + l.conn->rto);
	tell(&l, TCP_ACK, P, O + 5);
	assert_true(tcp_deadline(l.conn) == USEC_NEVER);
	lone_end(&l);
}

static usec_t rto_of_exchange(struct lone *l, usec_t rtt)
{
	assert_int_equal(tcp_send(l->conn, "x", 1), 1);
	assert_hears(l, TCP_PSH | TCP_ACK, l->conn->snd_una, P, 1);
	l->now += rtt;
	tell(l, TCP_ACK, P, l->conn->snd_nxt);
	return l->conn->rto;
}

/* RFC 6298 2.2: R = 2 s gives 2 + 4 * 1; 2.3: then RTTVAR = 3/4 * 1 + 1/4 * |2 - 4|, SRTT
 * = 7/8 * 2 + 1/8 * 4. The SYN is measured, too: in no time. */
static void rto_is_that_of_rfc_6298(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	assert_int_equal(l.conn->rto, 1 * SEC); /* 2.4: no less */
	l.conn->srtt = 0;
	assert_int_equal(rto_of_exchange(&l, 2 * SEC / 10), 1 * SEC);
	l.conn->srtt = 0;
	l.conn->rto = 10 * SEC;
	assert_int_equal(rto_of_exchange(&l, 2 * SEC), 6 * SEC);
	assert_int_equal(rto_of_exchange(&l, 4 * SEC), 2250000 + 4 * 1250000);
	l.conn->srtt = 0;
	l.conn->rto = 60 * SEC;
	assert_int_equal(rto_of_exchange(&l, 59 * SEC), 60 * SEC); /* 2.5: no more */
	lone_end(&l);
}

/* Karn: RFC 6298 3 and 5. */
static void what_was_sent_twice_is_not_measured_and_keeps_the_timeout_doubled(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	assert_int_equal(tcp_send(l.conn, "x", 1), 1);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 1);
	l.now += SEC;
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 1);
	l.now += SEC / 10;
	tell(&l, TCP_ACK, P, O + 1);
	assert_int_equal(l.conn->rto, 2 * SEC);
	assert_int_equal(rto_of_exchange(&l, SEC / 10), SEC);
	lone_end(&l);
}

/* RFC 6298 5.7, and RFC 5681 3.1: one segment to begin with. */
static void lost_syn_makes_the_beginning_careful(void **state)
{
	struct lone l;
	static const uint8_t much[5 * MSS];

	(void)state;
	connecting(&l);
	l.now += SEC;
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_SYN, ISS, 0, 0);
	tell(&l, TCP_SYN | TCP_ACK, IRS, O);
	assert_int_equal(l.conn->rto, 3 * SEC);
	assert_int_equal(tcp_send(l.conn, much, sizeof(much)), sizeof(much));
	assert_hears(&l, TCP_ACK, O, P, MSS);
	assert_silent(&l);
	lone_end(&l);
}

static void expiring_early_or_twice_is_harmless(void **state)
{
	struct lone l;

	(void)state;
	connecting(&l);
	tcp_expire(l.conn, l.now);
	assert_silent(&l);
	l.now += SEC;
	tcp_expire(l.conn, l.now);
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_SYN, ISS, 0, 0);
	assert_silent(&l);
	assert_int_equal(tcp_deadline(l.conn), l.now + 2 * SEC);
	lone_end(&l);
}

/* RFC 9293 3.8.6.1: at least one octet, after one RTO first, and then ever more seldom; as
 * long as it is answered, for ever. */
static void window_that_is_shut_is_probed_until_it_opens(void **state)
{
	struct lone l;
	usec_t last;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.window = 0;
	tell(&l, TCP_ACK, P, O);
	assert_int_equal(tcp_send(l.conn, "abcdef", 6), 6);
	assert_silent(&l);
	last = l.now;
	for (unsigned i = 0; i < 40; i++) {
		unsigned after = i < 6 ? 1u << i : 60;

		wait_until(&l, last, after);
		last = l.now;
		assert_hears(&l, TCP_ACK, O, P, 1);
		assert_memory_equal(l.heard.text, "a", 1);
		tell(&l, TCP_ACK, P, O);
		assert_silent(&l);
	}
	l.window = 1000;
	tell(&l, TCP_ACK, P, O);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 6);
	assert_int_equal(tcp_deadline(l.conn), l.now + SEC);
	lone_end(&l);
}

static void probe_that_is_taken_moves_on(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.window = 0;
	tell(&l, TCP_ACK, P, O);
	assert_int_equal(tcp_send(l.conn, "abcdef", 6), 6);
	assert_silent(&l);
	l.now += SEC;
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_ACK, O, P, 1);
	tell(&l, TCP_ACK, P, O + 1); /* and its window is still shut */
	assert_silent(&l);
	l.now = tcp_deadline(l.conn);
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_ACK, O + 1, P, 1);
	assert_memory_equal(l.heard.text, "b", 1);
	l.window = 1000;
	tell(&l, TCP_ACK, P, O + 2);
	assert_hears(&l, TCP_PSH | TCP_ACK, O + 2, P, 4);
	lone_end(&l);
}

static void probes_that_nobody_answers_are_given_up(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.window = 0;
	tell(&l, TCP_ACK, P, O);
	assert_int_equal(tcp_send(l.conn, "abcdef", 6), 6);
	assert_silent(&l);
	for (unsigned i = 0; i < TCP_TRIES; i++) {
		l.now = tcp_deadline(l.conn);
		tcp_expire(l.conn, l.now);
		assert_hears(&l, TCP_ACK, O, P, 1);
	}
	l.now = tcp_deadline(l.conn);
	tcp_expire(l.conn, l.now);
	assert_int_equal(tcp_take_error(l.conn), -ETIMEDOUT);
	lone_end(&l);
}

static void fin_gets_through_a_window_that_is_shut(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.window = 0;
	tell(&l, TCP_ACK, P, O);
	assert_int_equal(tcp_shutdown(l.conn, SHUT_WR), 0);
	assert_silent(&l);
	wait_until(&l, l.now, 1);
	assert_hears(&l, TCP_FIN | TCP_ACK, O, P, 0);
	tell(&l, TCP_ACK, P, O + 1);
	assert_state(&l, TCPS_FIN_WAIT_2);
	lone_end(&l);
}

/* Nobody reads any more, and the peer doesn't end either. */
static void orphan_in_fin_wait_2_is_forgotten(void **state)
{
	for (unsigned late = 0; late < 2; late++) {
		struct lone l;

		(void)state;
		bring(&l, late ? TCPS_FIN_WAIT_2 : TCPS_FIN_WAIT_1);
		tcp_close(l.conn, l.now);
		if (!late)
			tell(&l, TCP_ACK, P, O + 1);
		assert_state(&l, TCPS_FIN_WAIT_2);
		wait_until(&l, l.now, 60);
		assert_true(tcp_over(l.conn));
		lone_end(&l);
	}
}

/* The path takes nothing: time goes on, and what comes of it is the same as with a loss. */
static void without_room_it_is_as_if_all_were_lost(void **state)
{
	struct lone l;
	usec_t start;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	start = l.now;
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	l.room = 0;
	assert_silent(&l);
	wait_until(&l, start, 1);
	assert_silent(&l);
	wait_until(&l, start, 3);
	l.room = ROOM;
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 3);
	l.room = 0;
	for (unsigned i = 0; tcp_deadline(l.conn) != USEC_NEVER; i++) {
		assert_true(i < 20);
		l.now = tcp_deadline(l.conn);
		tcp_expire(l.conn, l.now);
		assert_silent(&l);
	}
	assert_int_equal(tcp_take_error(l.conn), -ETIMEDOUT);
	lone_end(&l);
}

/* The timer has run out, nothing is sent again yet, and the answer is there. */
static void answer_in_the_moment_of_the_timeout_is_an_answer(void **state)
{
	struct lone l;

	(void)state;
	connecting(&l);
	l.now += SEC;
	tcp_expire(l.conn, l.now);
	tell(&l, TCP_SYN | TCP_ACK, IRS, O);
	assert_hears(&l, TCP_ACK, O, P, 0);
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 3);
	l.now += 3 * SEC;
	tcp_expire(l.conn, l.now);
	tell(&l, TCP_ACK, P, O + 3);
	assert_silent(&l);
	assert_true(tcp_deadline(l.conn) == USEC_NEVER);
	lone_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn_goes_again_after_1_3_7_15_seconds_and_is_given_up_after_183),
		cmocka_unit_test(syn_ack_goes_again_at_the_same_times),
		cmocka_unit_test(text_goes_again_with_the_same_numbers_and_is_given_up),
		cmocka_unit_test(fin_goes_again),
		cmocka_unit_test(timer_stops_with_the_last_ack_and_starts_anew_with_each_before),
		cmocka_unit_test(rto_is_that_of_rfc_6298),
		cmocka_unit_test(what_was_sent_twice_is_not_measured_and_keeps_the_timeout_doubled),
		cmocka_unit_test(lost_syn_makes_the_beginning_careful),
		cmocka_unit_test(expiring_early_or_twice_is_harmless),
		cmocka_unit_test(window_that_is_shut_is_probed_until_it_opens),
		cmocka_unit_test(probe_that_is_taken_moves_on),
		cmocka_unit_test(probes_that_nobody_answers_are_given_up),
		cmocka_unit_test(fin_gets_through_a_window_that_is_shut),
		cmocka_unit_test(orphan_in_fin_wait_2_is_forgotten),
		cmocka_unit_test(without_room_it_is_as_if_all_were_lost),
		cmocka_unit_test(answer_in_the_moment_of_the_timeout_is_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
