/* SPDX-License-Identifier: BSD-2-Clause */
/* Both windows and how much goes into them: RFC 9293 3.7.4 and 3.8.6, RFC 5681; and the
 * size of segments, 3.7.1. */
#include "refstack/tcp/test_tcp.h"

static const uint8_t much[TCP_BUFFER];

static void send_octets(struct lone *l, size_t len)
{
	assert_int_equal(tcp_send(l->conn, much, len), len);
}

static void take(struct lone *l, size_t len)
{
	static uint8_t got[TCP_BUFFER];

	assert_int_equal(tcp_recv(l->conn, got, len, false), len);
}

static unsigned segments_heard(struct lone *l)
{
	unsigned n = 0;

	while (hears(l))
		n++;
	return n;
}

/* --- ours, 3.8.6.2.2 ---------------------------------------------------------------------- */

static void fill_our_window(struct lone *l)
{
	while (l->conn->rcv_nxt != l->conn->rcv_adv) {
		uint32_t left = l->conn->rcv_adv - l->conn->rcv_nxt;

		tell_text(l, TCP_ACK, l->conn->rcv_nxt, O, much, left < 1000 ? left : 1000);
		assert_true(hears(l));
	}
	assert_int_equal(l->heard.header.window, 0);
	assert_int_equal(tcp_readable(l->conn), TCP_BUFFER);
}

static void window_shuts_and_opens_in_no_small_steps(void **state)
{
	struct lone l;
	const uint32_t full = P + TCP_BUFFER;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	fill_our_window(&l);
	take(&l, MSS - 1);
	assert_silent(&l);
	take(&l, 1);
	assert_hears(&l, TCP_ACK, O, full, 0);
	assert_int_equal(l.heard.header.window, MSS);
	take(&l, 10);
	assert_silent(&l);
	tell_text(&l, TCP_ACK, full, O, much, 100); /* the edge stays */
	assert_hears(&l, TCP_ACK, O, full + 100, 0);
	assert_int_equal(l.heard.header.window, MSS - 100);
	lone_end(&l);
}

static void right_edge_of_the_window_never_moves_back(void **state)
{
	struct lone l;
	uint32_t edge = 0, now, seed = 3;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	for (unsigned i = 0; i < 5000; i++) {
		uint32_t wnd = l.conn->rcv_adv - l.conn->rcv_nxt, len;

		seed = seed * 1664525 + 1013904223;
		len = (seed >> 16) % 1400;
		if (seed >> 31)
			tell_text(&l, TCP_ACK, l.conn->rcv_nxt, O, much, len < wnd ? len : wnd);
		else if (tcp_readable(l.conn) > len)
			take(&l, len);
		while (hears(&l)) {
			now = l.heard.header.ack + l.heard.header.window;
			assert_true(edge == 0 || !seq_before(now, edge));
			assert_true(now - l.conn->rcv_nxt + tcp_readable(l.conn) <= TCP_BUFFER);
			edge = now;
		}
	}
	lone_end(&l);
}

/* Table 6, and what is said below it: ACKs and RSTs are taken although the window is shut. */
static void shut_window_takes_acks_and_resets_but_no_text(void **state)
{
	struct lone l;
	const uint32_t full = P + TCP_BUFFER;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	send_octets(&l, 10);
	assert_true(hears(&l));
	fill_our_window(&l);
	tell_text(&l, TCP_ACK, full, O + 10, much, 1);
	assert_int_equal(l.conn->snd_una, O + 10);
	assert_hears(&l, TCP_ACK, O + 10, full, 0);
	tell(&l, TCP_ACK | TCP_FIN, full, O + 10);
	assert_state(&l, TCPS_ESTABLISHED);
	assert_hears(&l, TCP_ACK, O + 10, full, 0);
	tell(&l, TCP_ACK, full + 1, O + 10);
	assert_hears(&l, TCP_ACK, O + 10, full, 0);
	tell(&l, TCP_RST, full, 0);
	assert_state(&l, TCPS_CLOSED);
	lone_end(&l);
}

/* --- the peer's ---------------------------------------------------------------------------- */

static void no_more_is_sent_than_the_window_takes(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.window = 2 * MSS + 100;
	tell(&l, TCP_ACK, P, O);
	send_octets(&l, 5 * MSS);
	assert_hears(&l, TCP_ACK, O, P, MSS);
	assert_hears(&l, TCP_ACK, O + MSS, P, MSS);
	assert_silent(&l); /* 100 would be silly: 3.8.6.2.1 */
	l.window = 2 * MSS;
	tell(&l, TCP_ACK, P, O + MSS);
	assert_hears(&l, TCP_ACK, O + 2 * MSS, P, MSS);
	assert_silent(&l);
	lone_end(&l);
}

static void old_segment_does_not_take_the_window_back(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	tell_text(&l, TCP_ACK, P, O, much, 10);
	l.window = 7;
	tell_text(&l, TCP_ACK, P - 5, O, much, 20); /* WL1 is older, though something is new */
	assert_int_equal(l.conn->snd_wnd, 60000);
	lone_end(&l);
}

/* 3.7.4. */
static void small_segments_wait_for_the_ack_unless_told_not_to(void **state)
{
	for (unsigned nodelay = 0; nodelay < 2; nodelay++) {
		struct lone l;

		(void)state;
		bring(&l, TCPS_ESTABLISHED);
		tcp_set_nodelay(l.conn, nodelay);
		assert_int_equal(tcp_nodelay(l.conn), nodelay);
		send_octets(&l, 3);
		assert_hears(&l, TCP_PSH | TCP_ACK, O, P, 3);
		send_octets(&l, 4);
		send_octets(&l, 5);
		if (nodelay) {
			assert_hears(&l, TCP_PSH | TCP_ACK, O + 3, P, 9);
		} else {
			assert_silent(&l);
			tell(&l, TCP_ACK, P, O + 3);
			assert_hears(&l, TCP_PSH | TCP_ACK, O + 3, P, 9);
		}
		lone_end(&l);
	}
}

static void fin_takes_the_last_text_with_it(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	send_octets(&l, MSS + 5);
	assert_hears(&l, TCP_ACK, O, P, MSS);
	assert_silent(&l);
	assert_int_equal(tcp_shutdown(l.conn, SHUT_WR), 0);
	assert_hears(&l, TCP_FIN | TCP_PSH | TCP_ACK, O + MSS, P, 5);
	tell(&l, TCP_ACK, P, O + MSS);
	assert_state(&l, TCPS_FIN_WAIT_1);
	tell(&l, TCP_ACK, P, O + MSS + 6);
	assert_state(&l, TCPS_FIN_WAIT_2);
	lone_end(&l);
}

/* --- congestion, RFC 5681 -------------------------------------------------------------------- */

static void window_of_congestion_begins_with_three_and_doubles_each_round(void **state)
{
	struct lone l;
	uint32_t at = O;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	send_octets(&l, 40 * MSS);
	for (unsigned round = 3; round <= 12; round *= 2) {
		for (unsigned i = 0; i < round; i++)
			assert_hears(&l, TCP_ACK, at + i * MSS, P, MSS);
		assert_silent(&l);
		for (unsigned i = 0; i < round; i++)
			tell(&l, TCP_ACK, P, at += MSS);
	}
	lone_end(&l);
}

static void third_duplicate_brings_the_lost_segment_at_once(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.conn->cwnd = 8 * MSS;
	send_octets(&l, 20 * MSS);
	assert_int_equal(segments_heard(&l), 8);
	for (unsigned i = 0; i < 2; i++) {
		tell(&l, TCP_ACK, P, O);
		assert_silent(&l);
	}
	tell(&l, TCP_ACK, P, O);
	assert_hears(&l, TCP_ACK, O, P, MSS);
	assert_silent(&l);
	assert_int_equal(l.conn->ssthresh, 4 * MSS);
	assert_int_equal(l.conn->cwnd, 7 * MSS);
	tell(&l, TCP_ACK, P, O);
	tell(&l, TCP_ACK, P, O);
	assert_hears(&l, TCP_ACK, O + 8 * MSS, P, MSS); /* for each that has left the path */
	tell(&l, TCP_ACK, P, O + 8 * MSS);
	assert_int_equal(l.conn->cwnd, 4 * MSS);
	lone_end(&l);
}

static void timeout_goes_back_to_one_segment(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.conn->cwnd = 8 * MSS;
	send_octets(&l, 20 * MSS);
	assert_int_equal(segments_heard(&l), 8);
	l.now = tcp_deadline(l.conn);
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_ACK, O, P, MSS);
	assert_silent(&l);
	assert_int_equal(l.conn->ssthresh, 4 * MSS);
	tell(&l, TCP_ACK, P, O + 6 * MSS); /* those had arrived */
	assert_hears(&l, TCP_ACK, O + 6 * MSS, P, MSS);
	assert_hears(&l, TCP_ACK, O + 7 * MSS, P, MSS);
	assert_silent(&l);
	lone_end(&l);
}

/* --- sizes ---------------------------------------------------------------------------------- */

static void segments_are_as_large_as_peer_and_path_take(void **state)
{
	static const struct {
		uint16_t said;
		size_t room;
		unsigned mss;
	} rows[] = {
		{ 0, 9000, TCP_MSS_UNSAID }, { 1400, 9000, 1400 },       { 1460, 1240, 1220 },
		{ 500, 1240, 500 },          { 1, 1240, TCP_MSS_LEAST },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lone l;
		struct octets o;
		struct tcp_segment s;

		connecting(&l);
		l.room = rows[i].room < sizeof(l.octets) ? rows[i].room : sizeof(l.octets);
		o = peer_octets(&l, TCP_SYN | TCP_ACK, IRS, O, NULL, 0);
		s = segment_of(&l, &o);
		s.header.mss = rows[i].said;
		tcp_input(l.conn, &s, l.now);
		assert_true(hears(&l));
		assert_int_equal(tcp_mss(l.conn), rows[i].mss);
		send_octets(&l, 5000);
		assert_hears(&l, TCP_ACK, O, P, rows[i].mss);
		octets_free(&o);
		lone_end(&l);
	}
}

/* A context takes 8 octets for its header when it changes locators. */
static void what_is_sent_again_is_cut_anew_when_the_room_has_changed(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	send_octets(&l, MSS);
	assert_hears(&l, TCP_PSH | TCP_ACK, O, P, MSS);
	l.room -= 8;
	l.now = tcp_deadline(l.conn);
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_ACK, O, P, MSS - 8);
	tell(&l, TCP_ACK, P, O + MSS - 8);
	assert_hears(&l, TCP_PSH | TCP_ACK, O + MSS - 8, P, 8);
	lone_end(&l);
}

/* RFC 9293 3.10.7.4, fifth: only if SND.UNA =< SEG.ACK. */
static void old_ack_does_not_change_the_window(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	send_octets(&l, 100);
	assert_true(hears(&l));
	tell(&l, TCP_ACK, P, O + 100);
	l.window = 7;
	tell_text(&l, TCP_ACK, P + 1, O + 50, much, 10); /* newer by WL1, and yet older */
	assert_int_equal(l.conn->snd_wnd, 60000);
	tell_text(&l, TCP_ACK, P, O + 50, much, 1);
	assert_int_equal(l.conn->snd_wnd, 60000);
	assert_int_equal(tcp_readable(l.conn), 11);
	lone_end(&l);
}

/* 3.8.6.2.1, (3): of a peer that never offers a whole segment. */
static void half_of_the_largest_window_is_not_silly(void **state)
{
	struct lone l;

	(void)state;
	connecting(&l);
	l.window = 600;
	tell(&l, TCP_SYN | TCP_ACK, IRS, O);
	assert_true(hears(&l));
	send_octets(&l, 5000);
	assert_hears(&l, TCP_ACK, O, P, 600);
	l.window = 300;
	tell(&l, TCP_ACK, P, O + 600);
	assert_hears(&l, TCP_ACK, O + 600, P, 300);
	l.window = 299;
	tell(&l, TCP_ACK, P, O + 900);
	assert_silent(&l);
	l.now = tcp_deadline(l.conn); /* (4) */
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_ACK, O + 900, P, 299);
	lone_end(&l);
}

/* RFC 5681 2: the peer has something to say, and nothing is lost. */
static void text_with_an_old_ack_is_no_duplicate(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	send_octets(&l, 2 * MSS);
	assert_int_equal(segments_heard(&l), 2);
	for (unsigned i = 0; i < 5; i++) {
		tell_text(&l, TCP_ACK, P + i, O, much, 1);
		assert_hears(&l, TCP_ACK, O + 2 * MSS, P + i + 1, 0);
	}
	assert_silent(&l);
	lone_end(&l);
}

/* RFC 5681 3.1: ssthresh is that of the flight which was lost. */
static void second_timeout_does_not_halve_again(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.conn->cwnd = 16 * MSS;
	send_octets(&l, 20 * MSS);
	assert_int_equal(segments_heard(&l), 16);
	for (unsigned i = 0; i < 2; i++) {
		l.now = tcp_deadline(l.conn);
		tcp_expire(l.conn, l.now);
		assert_hears(&l, TCP_ACK, O, P, MSS);
		assert_int_equal(l.conn->ssthresh, 8 * MSS);
		l.conn->snd_nxt = O + 4 * MSS; /* as if less had been sent since */
	}
	lone_end(&l);
}

/* Both windows are shut, and both ends probe: neither finds the other's ACK out of place. */
static void ack_during_a_probe_stands_where_the_peer_expects_it(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_ESTABLISHED);
	l.window = 0;
	tell(&l, TCP_ACK, P, O);
	send_octets(&l, 10);
	assert_silent(&l);
	l.now = tcp_deadline(l.conn);
	tcp_expire(l.conn, l.now);
	assert_hears(&l, TCP_ACK, O, P, 1);
	tell_text(&l, TCP_ACK, P, O, much, 1);
	assert_hears(&l, TCP_ACK, O, P + 1, 0);
	lone_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_shuts_and_opens_in_no_small_steps),
		cmocka_unit_test(right_edge_of_the_window_never_moves_back),
		cmocka_unit_test(shut_window_takes_acks_and_resets_but_no_text),
		cmocka_unit_test(no_more_is_sent_than_the_window_takes),
		cmocka_unit_test(old_segment_does_not_take_the_window_back),
		cmocka_unit_test(small_segments_wait_for_the_ack_unless_told_not_to),
		cmocka_unit_test(fin_takes_the_last_text_with_it),
		cmocka_unit_test(window_of_congestion_begins_with_three_and_doubles_each_round),
		cmocka_unit_test(third_duplicate_brings_the_lost_segment_at_once),
		cmocka_unit_test(timeout_goes_back_to_one_segment),
		cmocka_unit_test(segments_are_as_large_as_peer_and_path_take),
		cmocka_unit_test(what_is_sent_again_is_cut_anew_when_the_room_has_changed),
		cmocka_unit_test(old_ack_does_not_change_the_window),
		cmocka_unit_test(half_of_the_largest_window_is_not_silly),
		cmocka_unit_test(text_with_an_old_ack_is_no_duplicate),
		cmocka_unit_test(second_timeout_does_not_halve_again),
		cmocka_unit_test(ack_during_a_probe_stands_where_the_peer_expects_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
