/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection, and a peer that is the test: it tells segments with numbers of its own
 * and hears what comes. Every segment goes through its octets and their checksum.
 */
#ifndef REFSTACK_TEST_TCP_H
#define REFSTACK_TEST_TCP_H

#include "refstack/tcp/tcp_conn.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* Ours and the peer's first sequence numbers; and O and P: the first octets behind. */
enum { ISS = 1000, IRS = 5000, O = ISS + 1, P = IRS + 1, ROOM = 1240, MSS = ROOM - 20 };

struct lone {
	struct tcp_conn *conn; /* owned; lone_end() */
	struct tcp_listener listener;
	struct tcp_pair pair;
	usec_t now;
	uint16_t window; /* the peer's */
	size_t room;
	struct tcp_segment heard;
	uint8_t octets[2048];
	size_t len;
};

static inline struct lone lone_begin(void)
{
	return (struct lone){
		.listener = { .backlog = 4 },
		.pair = { addr_of("2001:db8:a::1"), addr_of("2001:db8:b::1"), 40000, 80 },
		.window = 60000,
		.room = ROOM,
		.now = 5 * USEC_PER_SEC,
	};
}

static inline void lone_end(struct lone *l)
{
	tcp_free(l->conn);
}

/* What the peer would send. */
static inline struct octets peer_octets(const struct lone *l, uint8_t flags, uint32_t seq,
					uint32_t ack, const void *text, size_t len)
{
	struct tcp_pair other = { l->pair.peer, l->pair.local, l->pair.peer_port,
				  l->pair.local_port };
	struct tcp_header h = {
		.src_port = other.local_port,
		.dst_port = other.peer_port,
		.seq = seq,
		.ack = ack,
		.flags = flags,
		.window = l->window,
		.mss = flags & TCP_SYN ? 1460 : 0,
	};
	uint8_t *out = malloc(TCP_HEADER_LEN_MAX + len);
	struct wbuf w = wbuf_of(out, TCP_HEADER_LEN_MAX + len);
	struct octets o;

	assert_non_null(out);
	assert_int_equal(tcp_emit(&h, &w), 0);
	wbuf_copy(&w, text, len);
	tcp_seal(&other, out, w.len);
	o = octets_copy(out, w.len);
	free(out);
	return o;
}

static inline struct tcp_segment segment_of(const struct lone *l, const struct octets *o)
{
	struct tcp_segment s;

	assert_int_equal(tcp_segment_read(&s, &l->pair.local, &l->pair.peer, o->data, o->len), 0);
	return s;
}

static inline void tell_text(struct lone *l, uint8_t flags, uint32_t seq, uint32_t ack,
			     const void *text, size_t len)
{
	struct octets o = peer_octets(l, flags, seq, ack, text, len);
	struct tcp_segment s = segment_of(l, &o);

	tcp_input(l->conn, &s, l->now);
	octets_free(&o);
}

static inline void tell(struct lone *l, uint8_t flags, uint32_t seq, uint32_t ack)
{
	tell_text(l, flags, seq, ack, NULL, 0);
}

/* What it sends, if anything. */
static inline bool hears(struct lone *l)
{
	l->len = tcp_output(l->conn, l->octets, l->room, l->now);
	if (l->len == 0)
		return false;
	assert_true(l->len <= l->room);
	assert_int_equal(
		tcp_segment_read(&l->heard, &l->pair.peer, &l->pair.local, l->octets, l->len), 0);
	return true;
}

static inline void assert_silent(struct lone *l)
{
	assert_false(hears(l));
}

static inline void assert_hears_(struct lone *l, uint8_t flags, uint32_t seq, uint32_t ack,
				 uint32_t len, const char *file, int line)
{
	_assert_int_equal(hears(l), true, file, line);
	_assert_int_equal(l->heard.header.flags, flags, file, line);
	_assert_int_equal(l->heard.header.seq, seq, file, line);
	_assert_int_equal(l->heard.header.ack, ack, file, line);
	_assert_int_equal(l->heard.len, len, file, line);
}
#define assert_hears(l, flags, seq, ack, len)                                                      \
	assert_hears_((l), (flags), (seq), (ack), (len), __FILE__, __LINE__)

#define assert_state(l, s)                                                                         \
	assert_string_equal(tcp_state_name(tcp_state((l)->conn)), tcp_state_name(s))

/* --- into each state ---------------------------------------------------------------------- */

static inline void connecting(struct lone *l)
{
	*l = lone_begin();
	l->conn = tcp_connect(&l->pair, ISS);
	assert_non_null(l->conn);
	assert_hears(l, TCP_SYN, ISS, 0, 0);
}

/* From LISTEN, and so that the test has the connection. */
static inline void listening(struct lone *l)
{
	struct octets o;
	struct tcp_segment s;
	bool refuse = true;

	*l = lone_begin();
	o = peer_octets(l, TCP_SYN, IRS, 0, NULL, 0);
	s = segment_of(l, &o);
	l->conn = tcp_listener_input(&l->listener, &s, ISS, &refuse);
	assert_non_null(l->conn);
	assert_false(refuse);
	l->listener.count = 0;
	assert_hears(l, TCP_SYN | TCP_ACK, ISS, P, 0);
	octets_free(&o);
}

static inline void bring(struct lone *l, enum tcp_state state)
{
	connecting(l);
	if (state == TCPS_SYN_SENT)
		return;
	if (state == TCPS_SYN_RECEIVED) { /* opened by both */
		tell(l, TCP_SYN, IRS, 0);
		assert_hears(l, TCP_SYN | TCP_ACK, ISS, P, 0);
		return;
	}
	tell(l, TCP_SYN | TCP_ACK, IRS, O);
	assert_hears(l, TCP_ACK, O, P, 0);
	if (state == TCPS_CLOSE_WAIT || state == TCPS_LAST_ACK) {
		tell(l, TCP_FIN | TCP_ACK, P, O);
		assert_hears(l, TCP_ACK, O, P + 1, 0);
	}
	if (state == TCPS_LAST_ACK) {
		assert_int_equal(tcp_shutdown(l->conn, SHUT_WR), 0);
		assert_hears(l, TCP_FIN | TCP_ACK, O, P + 1, 0);
	}
	if (state == TCPS_ESTABLISHED || state == TCPS_CLOSE_WAIT || state == TCPS_LAST_ACK)
		return;
	assert_int_equal(tcp_shutdown(l->conn, SHUT_WR), 0);
	assert_hears(l, TCP_FIN | TCP_ACK, O, P, 0);
	if (state == TCPS_CLOSING) {
		tell(l, TCP_FIN | TCP_ACK, P, O);
		assert_hears(l, TCP_ACK, O + 1, P + 1, 0);
	} else if (state != TCPS_FIN_WAIT_1) {
		tell(l, TCP_ACK, P, O + 1);
	}
	if (state == TCPS_TIME_WAIT) {
		tell(l, TCP_FIN | TCP_ACK, P, O + 1);
		assert_hears(l, TCP_ACK, O + 1, P + 1, 0);
	}
}

/* The number that the peer's next octet has in a state, and ours. */
static inline uint32_t peer_next(const struct lone *l)
{
	return l->conn->rcv_nxt;
}
static inline uint32_t our_next(const struct lone *l)
{
	return l->conn->snd_nxt;
}

#endif
