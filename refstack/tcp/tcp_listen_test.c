/* SPDX-License-Identifier: BSD-2-Clause */
/* LISTEN, RFC 9293 3.10.7.2, and what waits to be accepted. */
#include "refstack/tcp/test_tcp.h"

/* A segment from a port of the peer's; the connection that it made, or not. */
static struct tcp_conn *knock(struct lone *l, uint16_t port, uint8_t flags, bool *refuse)
{
	struct tcp_conn *c;
	struct octets o;
	struct tcp_segment s;

	l->pair.peer_port = port;
	o = peer_octets(l, flags, IRS, ISS, NULL, 0);
	s = segment_of(l, &o);
	c = tcp_listener_input(&l->listener, &s, ISS, refuse);
	octets_free(&o);
	return c;
}

static void end_of_handshake(struct lone *l, struct tcp_conn *c)
{
	l->conn = c;
	l->pair = *tcp_pair(c);
	assert_hears(l, TCP_SYN | TCP_ACK, ISS, P, 0);
	tell(l, TCP_ACK, P, O);
	assert_state(l, TCPS_ESTABLISHED);
	l->conn = NULL;
}

static void end(struct lone *l)
{
	struct tcp_conn *c;

	while ((c = tcp_listener_close(&l->listener)))
		tcp_free(c);
	assert_int_equal(l->listener.count, 0);
}

static void only_a_syn_makes_a_connection_and_only_an_ack_gets_a_reset(void **state)
{
	static const struct {
		uint8_t flags;
		bool made, refused;
	} rows[] = {
		{ TCP_SYN, true, false },
		{ TCP_SYN | TCP_FIN, true, false },
		{ TCP_SYN | TCP_ACK, false, true },
		{ TCP_ACK, false, true },
		{ TCP_FIN | TCP_ACK, false, true },
		{ TCP_RST, false, false },
		{ TCP_RST | TCP_ACK, false, false },
		{ TCP_RST | TCP_SYN, false, false },
		{ TCP_FIN, false, false },
		{ 0, false, false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lone l = lone_begin();
		bool refuse = !rows[i].refused;
		struct tcp_conn *c = knock(&l, 80, rows[i].flags, &refuse);

		assert_int_equal(c != NULL, rows[i].made);
		assert_int_equal(refuse, rows[i].refused);
		assert_int_equal(l.listener.count, rows[i].made);
		end(&l);
	}
}

static void syns_beyond_the_backlog_are_dropped(void **state)
{
	struct lone l = lone_begin();
	bool refuse;

	(void)state;
	for (uint16_t i = 0; i < 4; i++)
		assert_non_null(knock(&l, 80 + i, TCP_SYN, &refuse));
	assert_null(knock(&l, 84, TCP_SYN, &refuse));
	assert_false(refuse);
	end(&l);
	l.listener.backlog = 100000;
	for (uint16_t i = 0; i < TCP_BACKLOG_MAX; i++)
		assert_non_null(knock(&l, 80 + i, TCP_SYN, &refuse));
	assert_null(knock(&l, 8000, TCP_SYN, &refuse));
	end(&l);
}

static void established_ones_are_accepted_in_the_order_of_their_syns(void **state)
{
	struct lone l = lone_begin();
	struct tcp_conn *c[3];
	bool refuse;

	(void)state;
	for (uint16_t i = 0; i < 3; i++)
		c[i] = knock(&l, 80 + i, TCP_SYN, &refuse);
	assert_false(tcp_listener_ready(&l.listener));
	assert_null(tcp_listener_accept(&l.listener));
	end_of_handshake(&l, c[2]);
	end_of_handshake(&l, c[1]);
	assert_true(tcp_listener_ready(&l.listener));
	assert_ptr_equal(tcp_listener_accept(&l.listener), c[1]);
	assert_ptr_equal(tcp_listener_accept(&l.listener), c[2]);
	assert_null(tcp_listener_accept(&l.listener));
	assert_ptr_equal(tcp_listener_find(&l.listener, tcp_pair(c[0])), c[0]);
	assert_null(tcp_listener_find(&l.listener, tcp_pair(c[1])));
	tcp_free(c[1]);
	tcp_free(c[2]);
	end(&l);
}

static void those_that_are_over_make_room(void **state)
{
	struct lone l = lone_begin();
	struct tcp_conn *c[4];
	bool refuse;

	(void)state;
	for (uint16_t i = 0; i < 4; i++)
		c[i] = knock(&l, 80 + i, TCP_SYN, &refuse);
	l.conn = c[1];
	l.pair = *tcp_pair(c[1]);
	tell(&l, TCP_RST, P, 0);
	tcp_listener_reap(&l.listener);
	assert_int_equal(l.listener.count, 3);
	assert_ptr_equal(l.listener.conn[1], c[2]);
	assert_non_null(knock(&l, 99, TCP_SYN, &refuse));
	end(&l);
}

static void closing_a_listener_resets_what_it_has(void **state)
{
	struct lone l = lone_begin();
	struct tcp_conn *c;
	bool refuse;

	(void)state;
	c = knock(&l, 80, TCP_SYN, &refuse);
	end_of_handshake(&l, c);
	l.conn = tcp_listener_close(&l.listener);
	assert_ptr_equal(l.conn, c);
	assert_hears(&l, TCP_RST, O, 0, 0);
	assert_true(tcp_over(l.conn));
	assert_null(tcp_listener_close(&l.listener));
	lone_end(&l);
}

/* Nothing is kept of a SYN but the connection itself: rings come with octets. */
static void connection_half_open_has_no_rings(void **state)
{
	struct lone l = lone_begin();
	struct tcp_conn *c;
	bool refuse;

	(void)state;
	c = knock(&l, 80, TCP_SYN, &refuse);
	assert_null(c->send.octets);
	assert_null(c->recv.ring.octets);
	assert_true(sizeof(*c) < 600);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_syn_makes_a_connection_and_only_an_ack_gets_a_reset),
		cmocka_unit_test(syns_beyond_the_backlog_are_dropped),
		cmocka_unit_test(established_ones_are_accepted_in_the_order_of_their_syns),
		cmocka_unit_test(those_that_are_over_make_room),
		cmocka_unit_test(closing_a_listener_resets_what_it_has),
		cmocka_unit_test(connection_half_open_has_no_rings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
