/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 errors, RFC 9293 3.9.2.2: in which state they do what; and which are nobody's. */
#include "refstack/tcp/test_tcp.h"

/* As if the error quoted what was heard last. */
static void complain(struct lone *l, uint8_t type, uint8_t code, uint32_t word)
{
	tcp_error(l->conn, type, code, word, l->octets, 8);
}

static const struct {
	uint8_t type, code;
	int ends;     /* the attempt, with this */
	int given_up; /* or else, what is told in the end */
} rows[] = {
	{ 1, 0, 0, -ENETUNREACH },
	{ 1, 1, -EACCES, -EACCES },
	{ 1, 2, 0, -EHOSTUNREACH },
	{ 1, 3, 0, -EHOSTUNREACH },
	{ 1, 4, -ECONNREFUSED, -ECONNREFUSED },
	{ 1, 5, -EACCES, -EACCES },
	{ 1, 6, -EACCES, -EACCES },
	{ 1, 7, 0, -ETIMEDOUT },
	{ 3, 0, 0, -EHOSTUNREACH },
	{ 4, 0, 0, -EPROTO },
	{ 4, 1, -ECONNREFUSED, -ECONNREFUSED },
	{ 100, 0, 0, -ETIMEDOUT },
};

static void hard_error_ends_an_attempt_and_soft_one_is_remembered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lone l;

		connecting(&l);
		complain(&l, rows[i].type, rows[i].code, 0);
		assert_int_equal(tcp_state(l.conn) == TCPS_CLOSED, rows[i].ends != 0);
		while (tcp_state(l.conn) != TCPS_CLOSED) {
			l.now = tcp_deadline(l.conn);
			tcp_expire(l.conn, l.now);
			hears(&l);
		}
		assert_int_equal(tcp_take_error(l.conn),
				 rows[i].ends ? rows[i].ends : rows[i].given_up);
		lone_end(&l);
	}
}

/* RFC 5461 4: what stands is not torn down by what anybody can send. */
static void no_error_ends_a_connection_that_stands(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lone l;

		bring(&l, TCPS_ESTABLISHED);
		assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
		assert_true(hears(&l));
		complain(&l, rows[i].type, rows[i].code, 0);
		assert_state(&l, TCPS_ESTABLISHED);
		assert_int_equal(tcp_take_error(l.conn), 0);
		tell(&l, TCP_ACK, P, O + 3);
		assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
		lone_end(&l);
	}
}

/* RFC 5927 4.1. */
static void error_about_what_is_not_in_flight_is_nobodys(void **state)
{
	struct lone l;

	(void)state;
	connecting(&l);
	for (size_t len = 0; len < 8; len++)
		tcp_error(l.conn, 1, 4, 0, l.octets, len);
	assert_state(&l, TCPS_SYN_SENT);
	l.octets[7]++;
	complain(&l, 1, 4, 0);
	l.octets[7] -= 2;
	complain(&l, 1, 4, 0);
	assert_state(&l, TCPS_SYN_SENT);
	l.octets[7]++;
	complain(&l, 1, 4, 0);
	assert_state(&l, TCPS_CLOSED);
	lone_end(&l);
}

/* RFC 8201, RFC 9293 3.7.1: in smaller pieces, at once, and not as a loss. */
static void packet_too_big_brings_smaller_segments(void **state)
{
	static const uint8_t much[3 * 1440];
	struct lone l;
	uint32_t cwnd;

	(void)state;
	connecting(&l);
	l.room = 1460;
	tell(&l, TCP_SYN | TCP_ACK, IRS, O);
	assert_true(hears(&l));
	assert_int_equal(tcp_send(l.conn, much, sizeof(much)), sizeof(much));
	assert_hears(&l, TCP_ACK, O, P, 1440);
	cwnd = l.conn->cwnd;
	complain(&l, 2, 0, 1400);
	assert_hears(&l, TCP_ACK, O, P, 1340);
	assert_int_equal(l.conn->cwnd, cwnd);
	complain(&l, 2, 0, 9000); /* no larger */
	assert_hears(&l, TCP_ACK, O + 1340, P, 1340);
	complain(&l, 2, 0, 100); /* no smaller than any link */
	tell(&l, TCP_ACK, P, O + 1340);
	l.now = tcp_deadline(l.conn);
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_ACK, O + 1340, P, 1220);
	lone_end(&l);
}

static void quoted_segment_names_the_connection(void **state)
{
	struct lone l;
	struct tcp_pair pair = { .local_port = 77 };

	(void)state;
	connecting(&l);
	assert_int_equal(tcp_quoted(&pair, &l.pair.local, &l.pair.peer, l.octets, 7), -EMSGSIZE);
	assert_int_equal(pair.local_port, 77);
	assert_int_equal(tcp_quoted(&pair, &l.pair.local, &l.pair.peer, l.octets, 8), 0);
	assert_true(tcp_pair_equal(&pair, tcp_pair(l.conn)));
	lone_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hard_error_ends_an_attempt_and_soft_one_is_remembered),
		cmocka_unit_test(no_error_ends_a_connection_that_stands),
		cmocka_unit_test(error_about_what_is_not_in_flight_is_nobodys),
		cmocka_unit_test(packet_too_big_brings_smaller_segments),
		cmocka_unit_test(quoted_segment_names_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
