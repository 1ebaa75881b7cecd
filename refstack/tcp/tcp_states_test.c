/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state with every event: RFC 9293 3.3.2, Figure 5, and 3.10. */
#include "refstack/tcp/test_tcp.h"

enum { SILENT = 0xfe };

/* clang-format off */
/* --- events; each is acceptable in the state that it comes in ------------------------------- */

static void shut(struct lone *l) { tcp_shutdown(l->conn, SHUT_WR); }
static void close_it(struct lone *l) { tcp_close(l->conn, l->now); }
static void abort_it(struct lone *l) { tcp_abort(l->conn); }
static void rst(struct lone *l) { tell(l, TCP_RST, peer_next(l), 0); }
static void rst_ack(struct lone *l) { tell(l, TCP_RST | TCP_ACK, IRS, our_next(l)); }
static void syn(struct lone *l) { tell(l, TCP_SYN, IRS, 0); }
static void syn_ack(struct lone *l) { tell(l, TCP_SYN | TCP_ACK, IRS, our_next(l)); }
static void ack_of_all(struct lone *l) { tell(l, TCP_ACK, peer_next(l), our_next(l)); }
static void fin(struct lone *l) { tell(l, TCP_FIN | TCP_ACK, peer_next(l), l->conn->snd_una); }
static void fin_ack(struct lone *l) { tell(l, TCP_FIN | TCP_ACK, peer_next(l), our_next(l)); }
static void fin_again(struct lone *l) { tell(l, TCP_FIN | TCP_ACK, peer_next(l) - 1, our_next(l)); }
static void syn_in_window(struct lone *l) { tell(l, TCP_SYN, peer_next(l) + 10, 0); }
static void rst_in_window(struct lone *l) { tell(l, TCP_RST, peer_next(l) + 1, 0); }
static void nothing_acked(struct lone *l) { tell(l, 0, peer_next(l), 0); }
static void text(struct lone *l)
{
	tell_text(l, TCP_ACK, peer_next(l), l->conn->snd_una, "text", 4);
}
static void two_msl(struct lone *l)
{
	l->now += 2 * TCP_MSL;
	tcp_expire(l->conn, l->now);
}

#define S(s) TCPS_##s

static const struct {
	enum tcp_state before;
	void (*event)(struct lone *l);
	enum tcp_state after;
	uint8_t says; /* control bits of what it sends, or SILENT */
	int error;
} rows[] = {
	{ S(SYN_SENT),     syn_ack,       S(ESTABLISHED),  TCP_ACK,           0 },
	{ S(SYN_SENT),     syn,           S(SYN_RECEIVED), TCP_SYN | TCP_ACK, 0 },
	{ S(SYN_SENT),     rst_ack,       S(CLOSED),       SILENT,            -ECONNREFUSED },
	{ S(SYN_SENT),     rst,           S(SYN_SENT),     SILENT,            0 },
	{ S(SYN_SENT),     ack_of_all,    S(SYN_SENT),     SILENT,            0 },
	{ S(SYN_SENT),     nothing_acked, S(SYN_SENT),     SILENT,            0 },
	{ S(SYN_SENT),     close_it,      S(CLOSED),       SILENT,            0 },
	{ S(SYN_SENT),     abort_it,      S(CLOSED),       SILENT,            0 },

	{ S(SYN_RECEIVED), ack_of_all,    S(ESTABLISHED),  SILENT,            0 },
	{ S(SYN_RECEIVED), fin_ack,       S(CLOSE_WAIT),   TCP_ACK,           0 },
	{ S(SYN_RECEIVED), rst,           S(CLOSED),       SILENT,            -ECONNREFUSED },
	{ S(SYN_RECEIVED), rst_in_window, S(SYN_RECEIVED), TCP_ACK,           0 },
	{ S(SYN_RECEIVED), fin,           S(SYN_RECEIVED), TCP_RST,           0 }, /* its ACK */
	{ S(SYN_RECEIVED), syn_in_window, S(SYN_RECEIVED), TCP_ACK,           0 },
	{ S(SYN_RECEIVED), nothing_acked, S(SYN_RECEIVED), SILENT,            0 },
	{ S(SYN_RECEIVED), close_it,      S(SYN_RECEIVED), SILENT,            0 },
	{ S(SYN_RECEIVED), abort_it,      S(CLOSED),       TCP_RST,           0 },

	{ S(ESTABLISHED),  fin,           S(CLOSE_WAIT),   TCP_ACK,           0 },
	{ S(ESTABLISHED),  text,          S(ESTABLISHED),  TCP_ACK,           0 },
	{ S(ESTABLISHED),  shut,          S(FIN_WAIT_1),   TCP_FIN | TCP_ACK, 0 },
	{ S(ESTABLISHED),  close_it,      S(FIN_WAIT_1),   TCP_FIN | TCP_ACK, 0 },
	{ S(ESTABLISHED),  abort_it,      S(CLOSED),       TCP_RST,           0 },
	{ S(ESTABLISHED),  rst,           S(CLOSED),       SILENT,            -ECONNRESET },
	{ S(ESTABLISHED),  rst_in_window, S(ESTABLISHED),  TCP_ACK,           0 },
	{ S(ESTABLISHED),  syn_in_window, S(ESTABLISHED),  TCP_ACK,           0 },
	{ S(ESTABLISHED),  ack_of_all,    S(ESTABLISHED),  SILENT,            0 },
	{ S(ESTABLISHED),  nothing_acked, S(ESTABLISHED),  SILENT,            0 },

	{ S(FIN_WAIT_1),   ack_of_all,    S(FIN_WAIT_2),   SILENT,            0 },
	{ S(FIN_WAIT_1),   fin,           S(CLOSING),      TCP_ACK,           0 },
	{ S(FIN_WAIT_1),   fin_ack,       S(TIME_WAIT),    TCP_ACK,           0 },
	{ S(FIN_WAIT_1),   text,          S(FIN_WAIT_1),   TCP_ACK,           0 },
	{ S(FIN_WAIT_1),   shut,          S(FIN_WAIT_1),   SILENT,            0 },
	{ S(FIN_WAIT_1),   close_it,      S(FIN_WAIT_1),   SILENT,            0 },
	{ S(FIN_WAIT_1),   abort_it,      S(CLOSED),       TCP_RST,           0 },
	{ S(FIN_WAIT_1),   rst,           S(CLOSED),       SILENT,            -ECONNRESET },
	{ S(FIN_WAIT_1),   syn_in_window, S(FIN_WAIT_1),   TCP_ACK,           0 },

	{ S(FIN_WAIT_2),   fin,           S(TIME_WAIT),    TCP_ACK,           0 },
	{ S(FIN_WAIT_2),   text,          S(FIN_WAIT_2),   TCP_ACK,           0 },
	{ S(FIN_WAIT_2),   shut,          S(FIN_WAIT_2),   SILENT,            0 },
	{ S(FIN_WAIT_2),   close_it,      S(FIN_WAIT_2),   SILENT,            0 },
	{ S(FIN_WAIT_2),   abort_it,      S(CLOSED),       TCP_RST,           0 },
	{ S(FIN_WAIT_2),   rst,           S(CLOSED),       SILENT,            -ECONNRESET },
	{ S(FIN_WAIT_2),   two_msl,       S(FIN_WAIT_2),   SILENT,            0 },

	{ S(CLOSE_WAIT),   shut,          S(LAST_ACK),     TCP_FIN | TCP_ACK, 0 },
	{ S(CLOSE_WAIT),   close_it,      S(LAST_ACK),     TCP_FIN | TCP_ACK, 0 },
	{ S(CLOSE_WAIT),   abort_it,      S(CLOSED),       TCP_RST,           0 },
	{ S(CLOSE_WAIT),   fin_again,     S(CLOSE_WAIT),   TCP_ACK,           0 },
	{ S(CLOSE_WAIT),   rst,           S(CLOSED),       SILENT,            -ECONNRESET },
	{ S(CLOSE_WAIT),   text,          S(CLOSE_WAIT),   TCP_ACK,           0 },

	{ S(CLOSING),      ack_of_all,    S(TIME_WAIT),    SILENT,            0 },
	{ S(CLOSING),      fin_again,     S(CLOSING),      TCP_ACK,           0 },
	{ S(CLOSING),      close_it,      S(CLOSING),      SILENT,            0 },
	{ S(CLOSING),      abort_it,      S(CLOSED),       SILENT,            0 },
	{ S(CLOSING),      rst,           S(CLOSED),       SILENT,            0 },

	{ S(LAST_ACK),     ack_of_all,    S(CLOSED),       SILENT,            0 },
	{ S(LAST_ACK),     fin_again,     S(LAST_ACK),     TCP_ACK,           0 },
	{ S(LAST_ACK),     close_it,      S(LAST_ACK),     SILENT,            0 },
	{ S(LAST_ACK),     abort_it,      S(CLOSED),       SILENT,            0 },
	{ S(LAST_ACK),     rst,           S(CLOSED),       SILENT,            0 },

	{ S(TIME_WAIT),    fin_again,     S(TIME_WAIT),    TCP_ACK,           0 },
	{ S(TIME_WAIT),    two_msl,       S(CLOSED),       SILENT,            0 },
	{ S(TIME_WAIT),    syn_in_window, S(TIME_WAIT),    TCP_ACK,           0 },
	{ S(TIME_WAIT),    close_it,      S(TIME_WAIT),    SILENT,            0 },
	{ S(TIME_WAIT),    abort_it,      S(CLOSED),       SILENT,            0 },
	{ S(TIME_WAIT),    rst,           S(CLOSED),       SILENT,            0 },
};
/* clang-format on */

static void each_event_leads_from_each_state_to_its_next(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lone l;
		bool says;

		bring(&l, rows[i].before);
		assert_state(&l, rows[i].before);
		assert_silent(&l);
		rows[i].event(&l);
		says = hears(&l);
		if (tcp_state(l.conn) != rows[i].after || says != (rows[i].says != SILENT) ||
		    (says && l.heard.header.flags != rows[i].says))
			fail_msg("row %u: from %s to %s, with 0x%02x", i,
				 tcp_state_name(rows[i].before), tcp_state_name(tcp_state(l.conn)),
				 says ? l.heard.header.flags : 0);
		assert_int_equal(tcp_take_error(l.conn), rows[i].error);
		assert_int_equal(tcp_take_error(l.conn), 0);
		assert_silent(&l);
		if (rows[i].after == TCPS_CLOSED) {
			assert_true(tcp_over(l.conn));
			assert_true(tcp_deadline(l.conn) == USEC_NEVER);
		}
		lone_end(&l);
	}
}

/* 3.10.7.4, second and fourth: it returns to LISTEN, which is no connection at all. */
static void listeners_connection_goes_with_a_reset_or_a_syn(void **state)
{
	void (*const events[])(struct lone *) = { rst, syn_in_window };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct lone l;

		listening(&l);
		assert_state(&l, TCPS_SYN_RECEIVED);
		events[i](&l);
		assert_silent(&l);
		assert_true(tcp_over(l.conn));
		lone_end(&l);
	}
}

/* 3.10.4: queued till ESTABLISHED. */
static void close_before_the_handshake_ends_is_made_good_behind_it(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_SYN_RECEIVED);
	tcp_close(l.conn, l.now);
	ack_of_all(&l);
	assert_state(&l, TCPS_FIN_WAIT_1);
	assert_hears(&l, TCP_FIN | TCP_ACK, O, P, 0);
	lone_end(&l);
}

/* 3.5, Figure 7: each gets the other's SYN, and takes its SYN,ACK for a duplicate. */
static void simultaneous_open_comes_to_stand(void **state)
{
	struct lone l;

	(void)state;
	bring(&l, TCPS_SYN_RECEIVED);
	tell(&l, TCP_SYN | TCP_ACK, IRS, O);
	assert_state(&l, TCPS_SYN_RECEIVED);
	assert_hears(&l, TCP_ACK, O, P, 0); /* by which the peer is ESTABLISHED */
	tell(&l, TCP_ACK, P, O);
	assert_state(&l, TCPS_ESTABLISHED);
	lone_end(&l);
}

/* 3.5, Figure 8: an old SYN is found out by its sender. */
static void wrong_ack_in_syn_sent_is_reset_and_the_attempt_goes_on(void **state)
{
	static const uint32_t wrong[] = { ISS, ISS + 2, ISS - 1, ISS + 0x7fffffffu };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct lone l;

		connecting(&l);
		tell(&l, TCP_SYN | TCP_ACK, IRS, wrong[i]);
		assert_hears(&l, TCP_RST, wrong[i], 0, 0);
		tell(&l, TCP_RST | TCP_ACK, IRS, wrong[i]);
		assert_state(&l, TCPS_SYN_SENT);
		assert_silent(&l);
		syn_ack(&l);
		assert_state(&l, TCPS_ESTABLISHED);
		lone_end(&l);
	}
}

/* Eighth: TIME-WAIT begins anew. */
static void time_wait_starts_again_with_the_peers_fin(void **state)
{
	struct lone l;
	usec_t end;

	(void)state;
	bring(&l, TCPS_TIME_WAIT);
	end = tcp_deadline(l.conn);
	assert_int_equal(end - l.now, 2 * TCP_MSL);
	l.now += USEC_PER_SEC;
	ack_of_all(&l);
	assert_int_equal(tcp_deadline(l.conn), end);
	fin_again(&l);
	assert_int_equal(tcp_deadline(l.conn), end + USEC_PER_SEC);
	lone_end(&l);
}

static void text_on_a_syn_ack_and_its_fin_are_taken(void **state)
{
	struct lone l;
	char got[8];

	(void)state;
	connecting(&l);
	tell_text(&l, TCP_SYN | TCP_ACK | TCP_FIN, IRS, O, "abc", 3);
	assert_state(&l, TCPS_CLOSE_WAIT);
	assert_hears(&l, TCP_ACK, O, P + 4, 0);
	assert_int_equal(tcp_recv(l.conn, got, sizeof(got), false), 3);
	assert_memory_equal(got, "abc", 3);
	assert_int_equal(tcp_recv(l.conn, got, sizeof(got), false), 0);
	lone_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_leads_from_each_state_to_its_next),
		cmocka_unit_test(listeners_connection_goes_with_a_reset_or_a_syn),
		cmocka_unit_test(close_before_the_handshake_ends_is_made_good_behind_it),
		cmocka_unit_test(simultaneous_open_comes_to_stand),
		cmocka_unit_test(wrong_ack_in_syn_sent_is_reset_and_the_attempt_goes_on),
		cmocka_unit_test(time_wait_starts_again_with_the_peers_fin),
		cmocka_unit_test(text_on_a_syn_ack_and_its_fin_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
