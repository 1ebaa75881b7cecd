/* SPDX-License-Identifier: BSD-2-Clause */
/* What a connection takes from the network, and what not: RFC 9293 3.10.7.4, Table 6, RFC
 * 5961 against those who only guess; and text in any order. */
#include "refstack/tcp/test_tcp.h"

static void assert_readable(struct lone *l, const char *text)
{
	char got[64];
	size_t len = strlen(text);

	assert_int_equal(tcp_recv(l->conn, got, sizeof(got), false), len ? (ssize_t)len : -EAGAIN);
	assert_memory_equal(got, text, len);
}

/* All that a blind attacker could want to change. */
static void assert_untouched(const struct lone *l, const struct tcp_conn *before)
{
	const struct tcp_conn *c = l->conn;

	assert_int_equal(c->state, before->state);
	assert_int_equal(c->error, 0);
	assert_int_equal(c->rcv_nxt, before->rcv_nxt);
	assert_int_equal(c->snd_una, before->snd_una);
	assert_int_equal(c->snd_wnd, before->snd_wnd);
	assert_int_equal(c->recv.islands, before->recv.islands);
	assert_int_equal(tcp_readable(c), tcp_readable(before));
	assert_false(c->fin_known);
}

static const struct {
	uint32_t off; /* from RCV.NXT */
	uint32_t len;
	bool taken;
} table_6[] = {
	{ 0, 0, true },
	{ 1, 0, true },
	{ TCP_BUFFER - 1, 0, true },
	{ TCP_BUFFER, 0, false },
	{ (uint32_t)-1, 0, false },
	{ 0x80000000u, 0, false },
	{ 0, 4, true },
	{ (uint32_t)-3, 4, true },
	{ (uint32_t)-4, 4, false },
	{ TCP_BUFFER - 1, 4, true },
	{ TCP_BUFFER, 4, false },
	{ 0x7fffffffu, 4, false },
};

/* Taken is seen by the window, which only an acceptable segment changes. */
static void sequence_numbers_are_judged_by_table_6(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(table_6) / sizeof(table_6[0]); i++) {
		struct lone l;
		struct tcp_conn before;

		bring(&l, TCPS_ESTABLISHED);
		before = *l.conn;
		l.window = 777;
		l.conn->snd_wl1 = P - 1000; /* so that the number decides and not its age */
		tell_text(&l, TCP_ACK, P + table_6[i].off, O, "abcd", table_6[i].len);
		if (!table_6[i].taken) {
			assert_untouched(&l, &before);
			assert_hears(&l, TCP_ACK, O, P, 0);
		} else {
			assert_int_equal(l.conn->snd_wnd, 777);
		}
		lone_end(&l);
	}
}

static void reset_out_of_window_changes_nothing_and_is_not_answered(void **state)
{
	static const uint32_t off[] = { (uint32_t)-1, TCP_BUFFER, 0x80000000u, 0x40000000u };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct lone l;
		struct tcp_conn before;

		bring(&l, TCPS_ESTABLISHED);
		before = *l.conn;
		tell(&l, TCP_RST, P + off[i], 0);
		assert_untouched(&l, &before);
		assert_silent(&l);
		lone_end(&l);
	}
}

/* RFC 5961 3.2 and 4.2: the peer, if it was the peer, resets with the number of the ACK. */
static void reset_or_syn_within_the_window_is_challenged(void **state)
{
	static const uint8_t flags[] = { TCP_RST, TCP_RST | TCP_ACK, TCP_SYN, TCP_SYN | TCP_ACK };
	static const uint32_t off[] = { 1, 1000, TCP_BUFFER - 1 };

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		struct lone l;
		struct tcp_conn before;

		bring(&l, TCPS_ESTABLISHED);
		before = *l.conn;
		tell(&l, flags[i % 4], P + off[i / 4], O);
		assert_untouched(&l, &before);
		assert_hears(&l, TCP_ACK, O, P, 0);
		tell(&l, TCP_RST, l.heard.header.ack, 0);
		assert_state(&l, TCPS_CLOSED);
		lone_end(&l);
	}
}

/* RFC 5961 5.2: SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT. */
static void text_with_an_ack_that_cannot_be_is_not_taken(void **state)
{
	static const struct {
		uint32_t ack;
		bool taken;
	} acks[] = {
		{ O, true },          { O + 1, false },           { O - 60000, true },
		{ O - 60001, false }, { O + 0x7fffffffu, false }, { O - 0x7fffffffu, false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(acks) / sizeof(acks[0]); i++) {
		struct lone l;
		struct tcp_conn before;

		bring(&l, TCPS_ESTABLISHED);
		before = *l.conn;
		tell_text(&l, TCP_ACK, P, acks[i].ack, "abc", 3);
		if (!acks[i].taken)
			assert_untouched(&l, &before);
		assert_hears(&l, TCP_ACK, O, P + (acks[i].taken ? 3 : 0), 0);
		lone_end(&l);
	}
}

static void challenges_are_no_more_than_ten_in_a_second(void **state)
{
	struct lone l;
	unsigned answers = 0;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	for (unsigned i = 0; i < 100; i++) {
		tell(&l, TCP_SYN, P + i, 0);
		answers += hears(&l);
	}
	assert_int_equal(answers, CHALLENGES_MAX);
	l.now += USEC_PER_SEC;
	tell(&l, TCP_SYN, P, 0);
	assert_hears(&l, TCP_ACK, O, P, 0);
	lone_end(&l);
}

/* The numbers that an attacker would have to hit, tried as one would. */
static void guessing_blindly_hits_nothing(void **state)
{
	static const uint8_t flags[] = { TCP_RST, TCP_SYN, TCP_ACK, TCP_FIN | TCP_ACK,
					 TCP_ACK | TCP_URG };
	struct lone l;
	struct tcp_conn before;
	uint32_t guess = 1;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	before = *l.conn;
	for (unsigned i = 0; i < 20000; i++) {
		guess = guess * 1664525 + 1013904223;
		if (guess - P + 8 < TCP_BUFFER + 8) /* it may hit once in 65536 */
			continue;
		tell_text(&l, flags[i % 5], guess, guess * 69069, "evil", i % 2 ? 4 : 0);
		while (hears(&l))
			assert_int_equal(l.heard.len, 0);
	}
	assert_untouched(&l, &before);
	lone_end(&l);
}

/* --- text ----------------------------------------------------------------------------------- */

static void text_out_of_order_waits_for_what_is_before_it(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK, P + 6, O, "ghi", 3);
	assert_hears(&l, TCP_ACK, O, P, 0);
	tell_text(&l, TCP_ACK | TCP_FIN, P + 9, O, "jk", 2);
	assert_hears(&l, TCP_ACK, O, P, 0);
	assert_readable(&l, "");
	tell_text(&l, TCP_ACK, P, O, "abc", 3);
	assert_hears(&l, TCP_ACK, O, P + 3, 0);
	assert_readable(&l, "abc");
	tell_text(&l, TCP_ACK, P + 2, O, "cdefg", 5); /* of which some is old, and some there */
	assert_hears(&l, TCP_ACK, O, P + 12, 0);
	assert_state(&l, TCPS_CLOSE_WAIT);
	assert_readable(&l, "defghijk");
	lone_end(&l);
}

static void nothing_behind_a_fin_is_taken(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK | TCP_FIN, P + 3, O, "def", 3);
	tell_text(&l, TCP_ACK, P, O, "abcdefghi", 9);
	assert_hears(&l, TCP_ACK, O, P + 7, 0);
	assert_readable(&l, "abcdef");
	tell_text(&l, TCP_ACK, P + 7, O, "hij", 3);
	assert_int_equal(tcp_readable(l.conn), 0);
	lone_end(&l);
}

/* RFC 9293 3.8.5 lets us; its octets are octets. */
static void urgent_pointer_is_ignored(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK | TCP_URG, P, O, "abc", 3);
	assert_hears(&l, TCP_ACK, O, P + 3, 0);
	assert_readable(&l, "abc");
	lone_end(&l);
}

static void flood_of_pieces_out_of_order_costs_one_ring(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	for (uint32_t i = 1; i < 30000; i++) {
		tell_text(&l, TCP_ACK, P + 2 * i, O, "x", 1);
		assert_true(l.conn->recv.islands <= ISLANDS_MAX);
		while (hears(&l))
			continue;
	}
	assert_int_equal(tcp_readable(l.conn), 0);
	for (uint32_t i = 0; i < 100; i++)
		tell_text(&l, TCP_ACK, P + i, O, "x", 1);
	assert_int_equal(tcp_readable(l.conn), 100);
	lone_end(&l);
}

/* Numbers go round 2^32 in both directions. */
static void wrap_of_the_numbers_is_not_seen(void **state)
{
	struct lone l = lone_begin();
	const uint32_t iss = 0xfffffffe, irs = 0xffffffff;

	(void)state;
	l.conn = tcp_connect(&l.pair, iss);
	assert_hears(&l, TCP_SYN, iss, 0, 0);
	tell(&l, TCP_SYN | TCP_ACK, irs, iss + 1);
	assert_hears(&l, TCP_ACK, 0xffffffff, 0, 0);
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	assert_hears(&l, TCP_ACK | TCP_PSH, 0xffffffff, 0, 3);
	tell_text(&l, TCP_ACK, 0, 2, "xyz", 3);
	assert_int_equal(l.conn->snd_una, 2);
	assert_hears(&l, TCP_ACK, 2, 3, 0);
	assert_readable(&l, "xyz");
	lone_end(&l);
}

static void every_cut_of_a_segment_is_harmless(void **state)
{
	struct lone l;
	struct octets whole;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	whole = peer_octets(&l, TCP_ACK | TCP_FIN, P, O, "abc", 3);
	for (size_t len = 0; len < whole.len; len++) {
		struct octets o = octets_copy(whole.data, len);
		struct tcp_segment s;
		struct tcp_pair other = { l.pair.peer, l.pair.local, 80, 40000 };

		if (len >= TCP_HEADER_LEN) /* so that it isn't the checksum alone that helps */
			tcp_seal(&other, o.data, o.len);
		if (tcp_segment_read(&s, &l.pair.local, &l.pair.peer, o.data, o.len) == 0)
			assert_int_equal(s.len, len - TCP_HEADER_LEN);
		else
			assert_true(len < TCP_HEADER_LEN);
		octets_free(&o);
	}
	octets_free(&whole);
	lone_end(&l);
}

/* What was read can't become more by another FIN, nor less. */
static void first_fin_is_the_fin(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK | TCP_FIN, P + 3, O, "def", 3);
	tell_text(&l, TCP_ACK | TCP_FIN, P + 3, O, "d", 1);
	tell_text(&l, TCP_ACK | TCP_FIN, P + 3, O, "defghi", 6);
	tell_text(&l, TCP_ACK, P, O, "abc", 3);
	assert_hears(&l, TCP_ACK, O, P + 7, 0);
	assert_state(&l, TCPS_CLOSE_WAIT);
	assert_readable(&l, "abcdef");
	lone_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequence_numbers_are_judged_by_table_6),
		cmocka_unit_test(reset_out_of_window_changes_nothing_and_is_not_answered),
		cmocka_unit_test(reset_or_syn_within_the_window_is_challenged),
		cmocka_unit_test(text_with_an_ack_that_cannot_be_is_not_taken),
		cmocka_unit_test(challenges_are_no_more_than_ten_in_a_second),
		cmocka_unit_test(guessing_blindly_hits_nothing),
		cmocka_unit_test(text_out_of_order_waits_for_what_is_before_it),
		cmocka_unit_test(nothing_behind_a_fin_is_taken),
		cmocka_unit_test(urgent_pointer_is_ignored),
		cmocka_unit_test(flood_of_pieces_out_of_order_costs_one_ring),
		cmocka_unit_test(wrap_of_the_numbers_is_not_seen),
		cmocka_unit_test(every_cut_of_a_segment_is_harmless),
		cmocka_unit_test(first_fin_is_the_fin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
