/* SPDX-License-Identifier: BSD-2-Clause */
/* open() of TCP and raw sockets, and the sequence numbers that cases write with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"
#include "wire/tcp.h"

#include <endian.h>

enum { ISN = 0xfffffffe, SEGMENT_MAX = 128 }; /* the target's, which soon wraps */

/* A TCP that is just good enough to be opened; L1 is the rig's. */
static struct {
	/* set by the test */
	bool silent;        /* says nothing */
	uint8_t extra;      /* flags that its SYN has too */
	uint32_t ack_off;   /* what it acknowledges is wrong by so much */
	uint16_t sum_off;   /* so are its checksums */
	bool never_writable;

	/* what came of it */
	struct in6_addr peer;
	uint32_t peer_next;
	int domain, type, protocol, backlog;
	struct sockaddr_in6 bound, connected;
	unsigned accepted;
	uint8_t flags; /* of the last segment that was delivered */
	uint32_t seq, ack;
} tcp;

/* RFC 9293 3.1, with no options. */
static void send_segment(uint8_t flags, uint32_t seq, uint32_t ack, const char *data)
{
	const size_t data_len = strlen(data), len = 20 + data_len;
	uint8_t packet[SEGMENT_MAX] = { 0x60, [6] = IPPROTO_TCP, [7] = 64 }, *segment = packet + 40;
	const uint16_t ports[] = { htobe16(5000), htobe16(7) };
	const uint32_t numbers[] = { htobe32(seq), htobe32(ack) };
	struct in6_addr own;
	uint16_t sum;

	assert_true(40 + len <= sizeof(packet));
	inet_pton(AF_INET6, "2001:db8:1::1", &own);
	packet[5] = (uint8_t)len;
	memcpy(packet + 8, &own, 16);
	memcpy(packet + 24, &tcp.peer, 16);
	memcpy(segment, ports, 4);
	memcpy(segment + 4, numbers, 8);
	segment[12] = 0x50;
	segment[13] = flags;
	segment[14] = 0x10; /* window 4096 */
	memcpy(segment + 20, data, data_len);
	sum = checksum_finish(checksum_add(checksum_pseudo(&own, &tcp.peer, (uint32_t)len,
							   IPPROTO_TCP), segment, len));
	sum = htobe16((uint16_t)(sum + tcp.sum_off));
	memcpy(segment + 16, &sum, 2);
	rig.env->transmit(rig.env->ctx, 1, packet, 40 + len);
}

static void on_deliver(unsigned link, const uint8_t *packet, size_t len)
{
	const uint8_t *segment = packet + 40;
	uint32_t number;

	assert_int_equal(link, 1);
	if (len < 60 || packet[6] != IPPROTO_TCP || tcp.silent)
		return;
	memcpy(&tcp.peer, packet + 8, 16);
	memcpy(&number, segment + 4, 4);
	tcp.seq = be32toh(number);
	memcpy(&number, segment + 8, 4);
	tcp.ack = be32toh(number);
	tcp.flags = segment[13];
	if (!(tcp.flags & TCP_SYN))
		return;
	tcp.peer_next = tcp.seq + 1;
	if (tcp.flags & TCP_ACK)
		send_segment(TCP_ACK, ISN + 1U, tcp.peer_next + tcp.ack_off, "");
	else
		send_segment((uint8_t)(TCP_SYN | TCP_ACK | tcp.extra), ISN,
			     tcp.peer_next + tcp.ack_off, "");
}

static int tcp_socket(struct shimproof_instance *i, int domain, int type, int protocol)
{
	(void)i;
	tcp.domain = domain;
	tcp.type = type;
	tcp.protocol = protocol;
	return 3;
}

static int tcp_bind(struct shimproof_instance *i, int s, const struct sockaddr *addr,
		    socklen_t len)
{
	(void)i, (void)s;
	memcpy(&tcp.bound, addr, len);
	return 0;
}

static int tcp_connect(struct shimproof_instance *i, int s, const struct sockaddr *addr,
		       socklen_t len)
{
	(void)i, (void)s;
	memcpy(&tcp.connected, addr, len);
	tcp.peer = tcp.connected.sin6_addr;
	if (tcp.type != SOCK_STREAM)
		return 0;
	if (!tcp.silent)
		send_segment((uint8_t)(TCP_SYN | tcp.extra), ISN, 0, "");
	return -EINPROGRESS;
}

static int tcp_listen(struct shimproof_instance *i, int s, int backlog)
{
	(void)i, (void)s;
	tcp.backlog = backlog;
	return 0;
}

static int tcp_accept(struct shimproof_instance *i, int s, struct sockaddr *addr, socklen_t *len)
{
	(void)i, (void)s;
	assert_null(addr);
	assert_null(len);
	if (tcp.flags != TCP_ACK)
		return -EAGAIN;
	tcp.accepted++;
	return 4;
}

/* Sends what it is given as one segment. */
static ssize_t tcp_send(struct shimproof_instance *i, int s, const void *data, size_t len,
			int flags)
{
	char text[32] = "";

	(void)i, (void)flags;
	assert_int_equal(s, tcp.accepted ? 4 : 3);
	assert_true(len < sizeof(text));
	memcpy(text, data, len);
	/* What the peer has acknowledged is what comes next. */
	send_segment(TCP_PSH | TCP_ACK, tcp.ack, tcp.peer_next, text);
	return (ssize_t)len;
}

static int tcp_poll(struct shimproof_instance *i, int s, short events)
{
	(void)i, (void)s;
	return tcp.never_writable ? 0 : events & POLLOUT;
}

static void change(struct shimproof_target *target)
{
	target->socket = tcp_socket;
	target->bind = tcp_bind;
	target->connect = tcp_connect;
	target->listen = tcp_listen;
	target->accept = tcp_accept;
	target->send = tcp_send;
	target->poll = tcp_poll;
}

static int setup(void **state)
{
	rig_setup(state);
	memset(&tcp, 0, sizeof(tcp));
	rig.change = change;
	rig.on_deliver = on_deliver;
	return 0;
}

static void assert_blocked(const char *body, const char *reason)
{
	struct case_result r = rig_run(body);

	assert_int_equal(r.verdict, VERDICT_INCONCLUSIVE);
	if (!strstr(r.reason, reason))
		fail_msg("%s", r.reason);
	case_result_free(&r);
}

/* --- open ----------------------------------------------------------------- */

static void a_connected_socket_has_had_its_handshake(void **state)
{
	(void)state;
	assert_passes("0 s = open(tcp, connected)\n");
	assert_int_equal(tcp.type, SOCK_STREAM);
	assert_int_equal(tcp.protocol, IPPROTO_TCP);
	assert_int_equal(ntohs(tcp.bound.sin6_port), 5000);
	assert_int_equal(ntohs(tcp.connected.sin6_port), 7);
	assert_int_equal(tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(tcp.ack, ISN + 1U);
}

static void an_accepted_socket_is_the_one_that_accept_gives(void **state)
{
	(void)state;
	assert_passes("0 s = open(tcp, accepted)\n");
	assert_int_equal(tcp.accepted, 1);
	assert_int_equal(tcp.backlog, 5);
	assert_int_equal(tcp.flags, TCP_ACK);
	assert_int_equal(tcp.seq, tcp.peer_next);
	assert_int_equal(tcp.ack, ISN + 1U);
}

static void a_connecting_or_listening_socket_leaves_the_handshake_to_the_case(void **state)
{
	(void)state;
	assert_passes("0 s = open(tcp, connecting)\n"
		      "+0 < P1 -> L1 tcp(src=7, dst=5000, seq=$peer_seq, ack=$local_seq, "
		      "flags=SYN|ACK)\n"
		      "+0 > L1 -> P1 tcp(seq=$local_seq, ack=$peer_seq, flags=ACK)\n");
	assert_passes("0 s = open(tcp, listening)\n"
		      "+0 < P1 -> L1 tcp(src=7, dst=5000, seq=$peer_seq, flags=SYN)\n"
		      "+0 > L1 -> P1 tcp(src=5000, dst=7, seq=$isn, ack=$peer_seq, "
		      "flags=SYN|ACK)\n"
		      "+0 < P1 -> L1 tcp(src=7, dst=5000, seq=$peer_seq, ack=$local_seq, "
		      "flags=ACK)\n");
	assert_int_equal(tcp.ack, ISN + 1U);
}

static void an_unconnected_socket_can_be_connected_by_the_case(void **state)
{
	(void)state;
	assert_passes("0 s = open(tcp, unconnected)\n"
		      "+0 connect(s, P1:7) = -1 EINPROGRESS\n"
		      "+0 > L1 -> P1 tcp(src=5000, dst=7, flags=SYN)\n"
		      "+0 < P1 -> L1 tcp(src=7, dst=5000, seq=$peer_seq, ack=$local_seq, "
		      "flags=SYN|ACK)\n"
		      "+0 > L1 -> P1 tcp(seq=$local_seq, ack=$peer_seq, flags=ACK)\n");
	assert_int_equal(tcp.ack, ISN + 1U);
}

static void a_raw_socket_has_no_ports(void **state)
{
	(void)state;
	assert_passes("0 s = open(raw, connected)\n");
	assert_int_equal(tcp.type, SOCK_RAW);
	assert_int_equal(tcp.protocol, 253);
	assert_int_equal(tcp.bound.sin6_port, 0);
	assert_int_equal(tcp.connected.sin6_port, 0);
	assert_memory_equal(&tcp.connected.sin6_addr, &tcp.peer, 16);
}

static void a_handshake_that_goes_wrong_judges_nothing(void **state)
{
	(void)state;
	tcp.silent = true;
	assert_blocked("0 s = open(tcp, connected)\n", "no SYN came");
	assert_blocked("0 s = open(tcp, accepted)\n", "no SYN-ACK came");
	setup(state);
	tcp.extra = TCP_RST;
	assert_blocked("0 s = open(tcp, connecting)\n", "SYN was due, and this came");
	setup(state);
	tcp.sum_off = 1;
	assert_blocked("0 s = open(tcp, connected)\n", "SYN is wrong");
	setup(state);
	tcp.ack_off = 5;
	assert_blocked("0 s = open(tcp, accepted)\n", "SYN-ACK acknowledges");
	assert_blocked("0 s = open(tcp, connected)\n", "ACK acknowledges");
	setup(state);
	tcp.never_writable = true;
	assert_blocked("0 s = open(tcp, connected)\n", "has not ended");
}

static void open_needs_the_calls_of_its_state(void **state)
{
	static const char *const bodies[] = { "0 s = open(tcp, listening)\n",
					      "0 s = open(tcp, accepted)\n" };

	(void)state;
	rig.change = NULL; /* the rig has no listen() */
	for (size_t i = 0; i < 2; i++) {
		struct case_result r = rig_run(bodies[i]);

		assert_int_equal(r.applicability, UNSUPPORTED);
		assert_non_null(strstr(r.reason, "listen()"));
		case_result_free(&r);
	}
}

/* --- sequence numbers ----------------------------------------------------- */

#define OPEN     "0 s = open(tcp, accepted)\n"
#define IN       "+0 < P1 -> L1 tcp(src=7, dst=5000, ack=$local_seq, "
#define EXPECTED "+0 > L1 -> P1 tcp(src=5000, dst=7, seq=$local_seq, ack=$peer_seq, "

static void numbers_follow_what_passes(void **state)
{
	(void)state;
	assert_passes(OPEN "+0 send(s, \"abc\") = 3\n" EXPECTED "flags=PSH|ACK) \"abc\"\n"
		      IN "seq=$peer_seq, flags=ACK)\n");
	assert_int_equal(tcp.ack, (uint32_t)(ISN + 4U)); /* beyond 2^32 */

	assert_passes(OPEN IN "seq=$peer_seq, flags=PSH|ACK) \"hello\"\n"
		      IN "seq=$peer_seq, flags=FIN|ACK)\n" IN "seq=$peer_seq, flags=ACK)\n");
	assert_int_equal(tcp.seq, tcp.peer_next + 5 + 1);
}

static void what_was_drained_has_passed(void **state)
{
	(void)state;
	assert_passes(OPEN "+0 send(s, \"abc\") = 3\n+0 drain()\n" IN "seq=$peer_seq, flags=ACK)\n");
	assert_int_equal(tcp.ack, (uint32_t)(ISN + 4U));
}

static void segments_behind_a_gap_or_wrong_or_again_move_nothing(void **state)
{
	static const char *const bodies[] = {
		IN "seq=7, flags=ACK) \"hello\"\n", /* one of the two is behind a gap */
		IN "seq=0x80000007, flags=ACK) \"hello\"\n",
		IN "seq=$peer_seq, flags=ACK, checksum=0xbad) \"hello\"\n",
		"+0 < P1 -> L1 tcp(src=8, dst=5000, seq=$peer_seq, flags=ACK) \"hello\"\n",
		IN "seq=$peer_seq, flags=ACK)\n",
		"+0 < P1 -> L1 udp(src=7, dst=5000) \"hello\"\n",
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		char body[512];

		setup(state);
		snprintf(body, sizeof(body), OPEN "%s" IN "seq=$peer_seq, flags=ACK)\n", bodies[i]);
		assert_passes(body);
		assert_int_equal(tcp.seq, tcp.peer_next);
	}
}

static void segments_behind_a_payload_header_count(void **state)
{
	(void)state;
	/* The rig takes segments that begin right behind the IPv6 header only. */
	assert_passes(OPEN "+0 < P2 -> L1 ulids(P1, L1) payload(tag=9) tcp(src=7, dst=5000, "
			   "seq=$peer_seq, ack=$local_seq, flags=ACK) \"hello\"\n"
		      IN "seq=$peer_seq, flags=ACK)\n");
	assert_int_equal(tcp.seq, tcp.peer_next + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_connected_socket_has_had_its_handshake, setup),
		cmocka_unit_test_setup(an_accepted_socket_is_the_one_that_accept_gives, setup),
		cmocka_unit_test_setup(
			a_connecting_or_listening_socket_leaves_the_handshake_to_the_case, setup),
		cmocka_unit_test_setup(an_unconnected_socket_can_be_connected_by_the_case, setup),
		cmocka_unit_test_setup(a_raw_socket_has_no_ports, setup),
		cmocka_unit_test_setup(a_handshake_that_goes_wrong_judges_nothing, setup),
		cmocka_unit_test_setup(open_needs_the_calls_of_its_state, setup),
		cmocka_unit_test_setup(numbers_follow_what_passes, setup),
		cmocka_unit_test_setup(what_was_drained_has_passed, setup),
		cmocka_unit_test_setup(segments_behind_a_gap_or_wrong_or_again_move_nothing, setup),
		cmocka_unit_test_setup(segments_behind_a_payload_header_count, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
