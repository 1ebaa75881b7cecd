/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets by hand, RFC 9293 3.1 with the pseudo-header of RFC 8200 8.1, over the identifiers
 * 2001:db8:a::1 port 40000 and 2001:db8:b::1 port 80. */
#include "refstack/tcp/test_tcp.h"

#define PORTS "9c40 0050"
#define PEERS "0050 9c40"

static void hand_over(struct lone *l, const char *hex)
{
	struct octets o = octets_of(hex);
	struct tcp_segment s = segment_of(l, &o);

	tcp_input(l->conn, &s, l->now);
	octets_free(&o);
}

static void assert_sends(struct lone *l, const char *hex)
{
	l->len = tcp_output(l->conn, l->octets, l->room, l->now);
	assert_octets_equal(l->octets, l->len, hex);
}

static void connection_from_syn_to_reset_is_these_octets(void **state)
{
	struct lone l = lone_begin();
	char got[8];

	(void)state;
	l.conn = tcp_connect(&l.pair, ISS);
	l.room = 1240;
	assert_sends(&l, PORTS "000003e8 00000000 6002 ffff 9d15 0000 0204 04c4");
	hand_over(&l, PEERS "00001388 000003e9 6012 1000 78a0 0000 0204 05a0");
	assert_sends(&l, PORTS "000003e9 00001389 5010 ffff a049 0000");
	assert_int_equal(tcp_send(l.conn, "abc", 3), 3);
	assert_sends(&l, PORTS "000003e9 00001389 5018 ffff dbdb 0000 616263");
	assert_int_equal(tcp_shutdown(l.conn, SHUT_WR), 0);
	assert_sends(&l, PORTS "000003ec 00001389 5011 ffff a045 0000");
	hand_over(&l, PEERS "00001389 000003ec 5018 1000 9dc1 0000 78797a");
	/* A pure ACK stands behind the FIN: its window is smaller by what came. */
	l.len = tcp_output(l.conn, l.octets, l.room, l.now);
	assert_memory_equal(l.octets + 4, ((uint8_t[]){ 0, 0, 3, 0xed, 0, 0, 0x13, 0x8c }), 8);
	assert_memory_equal(l.octets + 12, ((uint8_t[]){ 0x50, 0x10, 0xff, 0xfc }), 4);
	assert_int_equal(tcp_recv(l.conn, got, sizeof(got), false), 3);
	assert_memory_equal(got, "xyz", 3);
	tcp_abort(l.conn);
	assert_sends(&l, PORTS "000003ed 00000000 5004 0000 b3da 0000");
	assert_silent(&l);
	lone_end(&l);
}

static void syn_is_answered_with_these_octets(void **state)
{
	struct lone l = lone_begin();
	struct octets o = octets_of(PEERS "00001388 00000000 6002 1000 7c99 0000 0204 05a0");
	struct tcp_segment s = segment_of(&l, &o);
	bool refuse = true;

	(void)state;
	l.conn = tcp_listener_input(&l.listener, &s, ISS, &refuse);
	assert_non_null(l.conn);
	assert_sends(&l, PORTS "000003e8 00001389 6012 ffff 897c 0000 0204 04c4");
	octets_free(&o);
	lone_end(&l);
}

/* RFC 9293 3.10.7.1. */
static void segment_for_nobody_is_refused_so_that_its_sender_believes_it(void **state)
{
	static const struct {
		const char *segment, *rst;
	} rows[] = {
		{ PEERS "00001388 00000000 6002 1000 7c99 0000 0204 05a0",
		  PORTS "00000000 00001389 5014 0000 a42e 0000" },
		{ PEERS "00001389 000003ec 5018 1000 9dc1 0000 78797a",
		  PORTS "000003ec 00000000 5004 0000 b3db 0000" },
	};
	struct lone l = lone_begin();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct octets o = octets_of(rows[i].segment);
		struct tcp_segment s = segment_of(&l, &o);
		uint8_t out[TCP_HEADER_LEN];
		size_t len = tcp_refuse(&s, out, sizeof(out));

		assert_octets_equal(out, len, rows[i].rst);
		assert_int_equal(tcp_refuse(&s, out, sizeof(out) - 1), 0);
		octets_free(&o);
	}
}

static void every_octet_without_an_ack_is_acknowledged_by_a_refusal(void **state)
{
	struct lone l = lone_begin();
	struct octets o = peer_octets(&l, TCP_SYN | TCP_FIN, IRS, 0, "abc", 3);
	struct tcp_segment s = segment_of(&l, &o);
	uint8_t out[TCP_HEADER_LEN];
	struct tcp_header h;
	struct rbuf r = rbuf_of(out, sizeof(out));

	(void)state;
	assert_int_equal(tcp_refuse(&s, out, sizeof(out)), sizeof(out));
	assert_int_equal(tcp_parse(&h, &r), 0);
	assert_int_equal(h.ack, IRS + 5);
	octets_free(&o);
}

static void nobody_answers_a_reset(void **state)
{
	struct lone l = lone_begin();
	uint8_t out[TCP_HEADER_LEN];

	(void)state;
	for (unsigned more = 0; more <= TCP_ACK; more += TCP_ACK) {
		struct octets o = peer_octets(&l, (uint8_t)(TCP_RST | more), IRS, 0, NULL, 0);
		struct tcp_segment s = segment_of(&l, &o);

		assert_int_equal(tcp_refuse(&s, out, sizeof(out)), 0);
		octets_free(&o);
	}
}

static void damaged_and_cut_segments_are_not_read(void **state)
{
	struct lone l = lone_begin();
	struct octets whole = peer_octets(&l, TCP_SYN, IRS, 0, "abc", 3);
	struct tcp_segment s = { .len = 77 };

	(void)state;
	for (size_t len = 0; len < whole.len; len++) {
		struct octets o = octets_copy(whole.data, len);

		assert_int_not_equal(tcp_segment_read(&s, &l.pair.local, &l.pair.peer, o.data, len),
				     0);
		octets_free(&o);
	}
	for (size_t bit = 0; bit < 8 * whole.len; bit++) {
		whole.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(
			tcp_segment_read(&s, &l.pair.local, &l.pair.peer, whole.data, whole.len),
			0);
		whole.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(s.len, 77);
	assert_int_equal(tcp_segment_read(&s, &l.pair.local, &l.pair.peer, whole.data, whole.len),
			 0);
	assert_int_equal(s.len, 3);
	octets_free(&whole);
}

/* RFC 9293 3.9.2.3. */
static void segment_to_or_from_more_than_one_host_is_not_read(void **state)
{
	static const char *const none[] = { "ff02::1", "ff05::2", "::" };

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned side = 0; side < 2; side++) {
			struct lone l = lone_begin();
			struct octets o;
			struct tcp_segment s;

			*(side ? &l.pair.local : &l.pair.peer) = addr_of(none[i]);
			o = peer_octets(&l, TCP_SYN, IRS, 0, NULL, 0);
			assert_int_equal(
				tcp_segment_read(&s, &l.pair.local, &l.pair.peer, o.data, o.len),
				-EBADMSG);
			octets_free(&o);
		}
}

/* RFC 6528 3. */
static void first_number_goes_with_time_and_differs_for_each_pair(void **state)
{
	const uint8_t one[TCP_SECRET_LEN] = { 1 }, two[TCP_SECRET_LEN] = { 2 };
	struct lone l = lone_begin();
	struct tcp_pair other = l.pair;
	uint32_t first = tcp_iss(one, &l.pair, 0);

	(void)state;
	assert_int_equal(tcp_iss(one, &l.pair, 4000) - first, 1000);
	assert_int_not_equal(tcp_iss(two, &l.pair, 0), first);
	other.peer_port++;
	assert_int_not_equal(tcp_iss(one, &other, 0), first);
	other = l.pair;
	other.local.s6_addr[15]++;
	assert_int_not_equal(tcp_iss(one, &other, 0), first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connection_from_syn_to_reset_is_these_octets),
		cmocka_unit_test(syn_is_answered_with_these_octets),
		cmocka_unit_test(segment_for_nobody_is_refused_so_that_its_sender_believes_it),
		cmocka_unit_test(every_octet_without_an_ack_is_acknowledged_by_a_refusal),
		cmocka_unit_test(nobody_answers_a_reset),
		cmocka_unit_test(damaged_and_cut_segments_are_not_read),
		cmocka_unit_test(segment_to_or_from_more_than_one_host_is_not_read),
		cmocka_unit_test(first_number_goes_with_time_and_differs_for_each_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
