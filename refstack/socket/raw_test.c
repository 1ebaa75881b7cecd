/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw sockets, RFC 3542 3; those of ICMPv6 are in raw_icmp6_test.c. */
#include "refstack/socket/two_hosts.h"

enum { OSPF = 89, AT_UPPER = 40, SHIM = 8 };

static int bound_raw(struct two_hosts *w, unsigned side, int protocol, struct in6_addr addr)
{
	int s = raw_socket(w, side, protocol);

	assert_int_equal(bind_to(w, side, s, name_of(addr, 0)), 0);
	return s;
}

static int connected_raw(struct two_hosts *w, unsigned side, int protocol, struct in6_addr peer)
{
	int s = raw_socket(w, side, protocol);

	assert_int_equal(connect_to(w, side, s, name_of(peer, 0)), 0);
	return s;
}

/* --- which there are ------------------------------------------------------------------- */

static void every_protocol_that_ends_a_packet_but_shim6_has_sockets(void **state)
{
	static const uint8_t without[] = { 0, 43, 44, 51, 60, 140 }; /* RFC 8200 4, RFC 5533 17 */
	struct two_hosts *w = *state;

	for (int protocol = -1; protocol <= 300; protocol++) {
		int s = sock_socket(w->sockets[A], AF_INET6, SOCK_RAW, protocol);

		if (protocol < 0 || protocol > 255 || memchr(without, protocol, sizeof(without)))
			assert_int_equal(s, -EPROTONOSUPPORT);
		else
			assert_int_equal(sock_close(w->sockets[A], s), 0);
	}
}

/* --- there and back ------------------------------------------------------------------------ */

static void payload_goes_behind_a_header_of_the_stacks(void **state)
{
	static const uint8_t head[8] = { 0x60, 0, 0, 0, 0, 6, OSPF, 64 };
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, OSPF);
	struct in6_addr src = locator(w, A, 1), dst = locator(w, B, 1);

	assert_int_equal(send_to(w, A, a, name_of(dst, 0), "octets", 6), 6);
	assert_int_equal(w->flying[0].len, AT_UPPER + 6);
	assert_memory_equal(w->flying[0].octets, head, 8);
	assert_memory_equal(w->flying[0].octets + 8, &src, 16);
	assert_memory_equal(w->flying[0].octets + 24, &dst, 16);
	assert_memory_equal(w->flying[0].octets + AT_UPPER, "octets", 6);
}

/* RFC 3542 3: neither the IPv6 header nor extension headers. Here Destination Options
 * with a PadN of four octets, RFC 8200 4.6. */
static void what_is_behind_all_headers_arrives_and_names_its_sender(void **state)
{
	static const uint8_t upper[] = { OSPF, 0, 1, 4, 0, 0, 0, 0, 'h', 'i' };
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, IPPROTO_UDP), b = raw_socket(w, B, OSPF);
	char buf[8];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct sockaddr_in6 from, expected = name_at(w, A, 1, 0);
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), upper, sizeof(upper)),
			 sizeof(upper));
	w->flying[0].octets[6] = 60;
	settle(w);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), 2);
	assert_memory_equal(buf, "hi", 2);
	assert_memory_equal(&from, &expected, sizeof(from));
	assert_nothing_to_receive(w, B, b);
}

static void an_empty_payload_is_a_packet_too(void **state)
{
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, OSPF), b = raw_socket(w, B, OSPF);

	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), "", 0), 0);
	settle(w);
	assert_receives(w, B, b, "");
}

static void more_than_the_link_takes_is_refused(void **state)
{
	static const uint8_t data[65536];
	struct two_hosts *w = *state;
	int a = connected_raw(w, A, OSPF, locator(w, B, 1));

	assert_int_equal(sock_send(w->sockets[A], a, data, 65536, 0), -EMSGSIZE);
	assert_int_equal(sock_send(w->sockets[A], a, data, 1461, 0), -EMSGSIZE);
	assert_int_equal(sock_send(w->sockets[A], a, data, 1460, 0), 1460);
}

/* --- whose packet it is ------------------------------------------------------------------------
 */

static void every_socket_of_the_protocol_has_a_copy(void **state)
{
	struct two_hosts *w = *state;
	int one = raw_socket(w, B, IPPROTO_UDP), two = raw_socket(w, B, IPPROTO_UDP);
	int other = raw_socket(w, B, OSPF), udp = bound_socket(w), a = udp_socket(w, A);

	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "data", 4), 4);
	settle(w);
	assert_receives(w, B, udp, "data");
	assert_int_equal(sock_recv(w->sockets[B], one, NULL, 0, MSG_TRUNC), 8 + 4);
	assert_int_equal(sock_recv(w->sockets[B], two, NULL, 0, MSG_TRUNC), 8 + 4);
	assert_nothing_to_receive(w, B, one);
	assert_nothing_to_receive(w, B, other);
}

static void a_copy_makes_no_port_of_udp(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A), b = raw_socket(w, B, IPPROTO_UDP);

	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "x", 1), 1);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], b, NULL, 0, MSG_TRUNC), 9);
	assert_int_equal(next_header(&w->last), IPPROTO_ICMPV6);
	assert_int_equal(w->last.octets[AT_UPPER], 1);
	assert_int_equal(w->last.octets[AT_UPPER + 1], 4);
}

static void bind_and_connect_choose_what_is_heard(void **state)
{
	struct two_hosts *w = *state;
	int any = raw_socket(w, B, OSPF), here = bound_raw(w, B, OSPF, locator(w, B, 1));
	int there = bound_raw(w, B, OSPF, locator(w, B, 2));
	int peer = connected_raw(w, B, OSPF, locator(w, A, 1));
	int stranger = connected_raw(w, B, OSPF, locator(w, A, 2));
	int a = raw_socket(w, A, OSPF);

	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), "x", 1), 1);
	settle(w);
	assert_receives(w, B, any, "x");
	assert_receives(w, B, here, "x");
	assert_receives(w, B, peer, "x");
	assert_nothing_to_receive(w, B, there);
	assert_nothing_to_receive(w, B, stranger);
}

/* RFC 4443 3.4 */
static void nobodys_next_header_is_answered_unless_a_socket_wants_it(void **state)
{
	static const uint8_t unrecognized[] = { 4, 1 }, pointer[] = { 0, 0, 0, 6 };
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, OSPF), b = raw_socket(w, B, OSPF + 1);

	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), "x", 1), 1);
	settle(w);
	assert_int_equal(w->last.to, A);
	assert_int_equal(next_header(&w->last), IPPROTO_ICMPV6);
	assert_memory_equal(w->last.octets + AT_UPPER, unrecognized, 2);
	assert_memory_equal(w->last.octets + AT_UPPER + 4, pointer, 4);

	assert_int_equal(sock_close(w->sockets[B], b), 0);
	b = raw_socket(w, B, OSPF);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), "x", 1), 1);
	settle(w);
	assert_int_equal(w->last.to, B);
	assert_receives(w, B, b, "x");
}

/* RFC 8200 4.7: it is no reason for an error, and holds nothing. */
static void behind_no_next_header_there_is_nothing(void **state)
{
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, 59), b = raw_socket(w, B, 59);

	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), "x", 1), 1);
	assert_int_equal(next_header(&w->last), 59);
	settle(w);
	assert_int_equal(w->last.to, B);
	assert_nothing_to_receive(w, B, b);
}

/* --- names -------------------------------------------------------------------------------------
 */

static void the_port_of_a_name_is_the_protocol_or_nothing(void **state)
{
	struct two_hosts *w = *state;
	int s = raw_socket(w, A, OSPF);

	assert_int_equal(send_to(w, A, s, name_at(w, B, 1, 0), "x", 1), 1);
	assert_int_equal(send_to(w, A, s, name_at(w, B, 1, OSPF), "x", 1), 1);
	assert_int_equal(next_header(&w->last), OSPF);
	w->flying_count = 0;
	assert_int_equal(send_to(w, A, s, name_at(w, B, 1, OSPF + 1), "x", 1), -EINVAL);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, OSPF + 1)), -EINVAL);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), -EDESTADDRREQ);
	assert_int_equal(w->flying_count, 0);
}

static void names_are_identifiers_and_the_protocol(void **state)
{
	struct two_hosts *w = *state;
	struct sockaddr_in6 expected = name_of(in6addr_any, OSPF), now, to = name_at(w, B, 1, 0);
	socklen_t len = sizeof(now);
	int s = raw_socket(w, A, OSPF);

	now = own_name(w, A, s);
	assert_memory_equal(&now, &expected, sizeof(now));
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 2, PORT)), 0); /* a port that isn't one */
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 1, 0)), 0);    /* again, as on Linux */
	assert_int_equal(bind_to(w, A, s, name_at(w, B, 1, 0)), -EADDRNOTAVAIL);
	expected = name_at(w, A, 1, OSPF);
	now = own_name(w, A, s);
	assert_memory_equal(&now, &expected, sizeof(now));
	assert_int_equal(connect_to(w, A, s, to), 0);
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&now, &len), 0);
	assert_memory_equal(&now, &to, sizeof(now));
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 2, 0)), -EINVAL);
	assert_int_equal(disconnect_from(w, A, s), 0);
	now = own_name(w, A, s);
	assert_memory_equal(&now, &expected, sizeof(now));
}

/* 17 is a port of UDP as well. */
static void a_protocol_takes_no_port(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A), udp = udp_socket(w, B), raw = raw_socket(w, B, IPPROTO_UDP);

	assert_int_equal(bind_to(w, B, udp, name_of(in6addr_any, IPPROTO_UDP)), 0);
	assert_int_equal(sock_close(w->sockets[B], udp), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, IPPROTO_UDP), "x", 1), 1);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], raw, NULL, 0, MSG_TRUNC), 9);
	assert_nothing_to_receive(w, B, raw);
}

/* --- IPV6_CHECKSUM, RFC 3542 3.1
 * ------------------------------------------------------------------ */

static int set_checksum(struct two_hosts *w, unsigned side, int s, int offset)
{
	return sock_setsockopt(w->sockets[side], s, IPPROTO_IPV6, IPV6_CHECKSUM, &offset,
			       sizeof(offset));
}

static int get_checksum(struct two_hosts *w, unsigned side, int s)
{
	socklen_t len = sizeof(int);
	int offset, rc;

	rc = sock_getsockopt(w->sockets[side], s, IPPROTO_IPV6, IPV6_CHECKSUM, &offset, &len);
	return rc < 0 ? rc : offset;
}

static void checksum_goes_where_it_is_said(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_raw(w, A, OSPF, locator(w, B, 1));
	uint32_t sum = 6 + OSPF; /* the pseudo-header's length and next header */

	assert_int_equal(get_checksum(w, A, a), -1);
	assert_int_equal(set_checksum(w, A, a, 4), 0);
	assert_int_equal(get_checksum(w, A, a), 4);
	assert_int_equal(sock_send(w->sockets[A], a, "data~~", 6, 0), 6);
	assert_memory_equal(w->flying[0].octets + AT_UPPER, "data", 4);
	for (size_t i = 8; i < AT_UPPER + 6; i += 2)
		sum += (uint32_t)w->flying[0].octets[i] << 8 | w->flying[0].octets[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	assert_int_equal((sum & 0xffff) + (sum >> 16), 0xffff);

	assert_int_equal(sock_send(w->sockets[A], a, "data~", 5, 0), -EINVAL);
	assert_int_equal(sock_send(w->sockets[A], a, "", 0, 0), -EINVAL);
	assert_int_equal(set_checksum(w, A, a, -7), 0);
	assert_int_equal(get_checksum(w, A, a), -1);
	assert_int_equal(sock_send(w->sockets[A], a, "data~", 5, 0), 5);
}

static void a_wrong_checksum_is_read_only_by_who_does_not_ask(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_raw(w, A, OSPF, locator(w, B, 1));
	int strict = raw_socket(w, B, OSPF), lax = raw_socket(w, B, OSPF);

	assert_int_equal(set_checksum(w, A, a, 0), 0);
	assert_int_equal(set_checksum(w, B, strict, 0), 0);
	assert_int_equal(sock_send(w->sockets[A], a, "..data", 6, 0), 6);
	w->flying[0].octets[AT_UPPER + 5] ^= 1;
	settle(w);
	assert_nothing_to_receive(w, B, strict);
	assert_int_equal(sock_recv(w->sockets[B], lax, NULL, 0, MSG_TRUNC), 6);
	assert_int_equal(sock_send(w->sockets[A], a, "..data", 6, 0), 6);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], strict, NULL, 0, MSG_TRUNC), 6);
}

static void checksum_option_refuses_odd_places_and_other_sockets(void **state)
{
	struct two_hosts *w = *state;
	int raw = raw_socket(w, A, OSPF), udp = udp_socket(w, A);

	assert_int_equal(set_checksum(w, A, raw, 1), -EINVAL);
	assert_int_equal(set_checksum(w, A, raw, 7), -EINVAL);
	assert_int_equal(get_checksum(w, A, raw), -1);
	assert_int_equal(set_checksum(w, A, udp, 2), -ENOPROTOOPT);
	assert_int_equal(get_checksum(w, A, udp), -ENOPROTOOPT);
}

/* --- above the shim
 * --------------------------------------------------------------------------------- */

static void identifiers_stay_when_locators_change(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_raw(w, A, OSPF, locator(w, B, 1));
	int b = connected_raw(w, B, OSPF, locator(w, A, 1));

	associate(w, a);
	assert_receives(w, B, b, "");
	assert_int_equal(get_option(w, B, b, SHIM_ASSOCIATED), 1);
	assert_int_equal(sock_send(w->sockets[A], a, "plain", 5, 0), 5);
	assert_int_equal(next_header(&w->last), OSPF);
	settle(w);
	assert_receives(w, B, b, "plain");

	/* By another of A's locators, with the tag before the payload (RFC 5533 5.2). */
	assert_int_equal(shim_host_link_event(w->host[A], 1, false), 0);
	assert_int_equal(sock_send(w->sockets[A], a, "moved", 5, 0), 5);
	assert_int_equal(next_header(&w->last), 140);
	assert_true(is_from(&w->last, locator(w, A, 2)));
	assert_int_equal(w->last.octets[AT_UPPER], OSPF);
	assert_memory_equal(w->last.octets + AT_UPPER + SHIM, "moved", 5);
	settle(w);
	assert_receives(w, B, b, "moved");
	run_for(w, 10 * USEC_PER_SEC);
	assert_int_equal(sock_send(w->sockets[B], b, "back", 4, 0), 4);
	assert_true(is_to(&w->last, locator(w, A, 2)));
	settle(w);
	assert_receives(w, A, a, "back");
}

static void the_shims_own_messages_are_not_for_sockets(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_raw(w, A, OSPF, locator(w, B, 1)), all[256], count = 0;

	for (int protocol = 0; protocol < 256; protocol++) {
		int s = sock_socket(w->sockets[B], AF_INET6, SOCK_RAW, protocol);

		if (s >= 0)
			all[count++] = s;
	}
	assert_int_equal(count, 250);
	associate(w, a); /* I1, R1, I2, R2 */
	for (int i = 0; i < count; i++) {
		ssize_t len = sock_recv(w->sockets[B], all[i], NULL, 0, MSG_TRUNC);

		if (len != -EAGAIN) /* what made the context */
			assert_int_equal(own_name(w, B, all[i]).sin6_port, htons(OSPF));
		assert_nothing_to_receive(w, B, all[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(every_protocol_that_ends_a_packet_but_shim6_has_sockets),
		two_hosts_test(payload_goes_behind_a_header_of_the_stacks),
		two_hosts_test(what_is_behind_all_headers_arrives_and_names_its_sender),
		two_hosts_test(an_empty_payload_is_a_packet_too),
		two_hosts_test(more_than_the_link_takes_is_refused),
		two_hosts_test(every_socket_of_the_protocol_has_a_copy),
		two_hosts_test(a_copy_makes_no_port_of_udp),
		two_hosts_test(bind_and_connect_choose_what_is_heard),
		two_hosts_test(nobodys_next_header_is_answered_unless_a_socket_wants_it),
		two_hosts_test(behind_no_next_header_there_is_nothing),
		two_hosts_test(the_port_of_a_name_is_the_protocol_or_nothing),
		two_hosts_test(names_are_identifiers_and_the_protocol),
		two_hosts_test(a_protocol_takes_no_port),
		two_hosts_test(checksum_goes_where_it_is_said),
		two_hosts_test(a_wrong_checksum_is_read_only_by_who_does_not_ask),
		two_hosts_test(checksum_option_refuses_odd_places_and_other_sockets),
		two_hosts_test(identifiers_stay_when_locators_change),
		two_hosts_test(the_shims_own_messages_are_not_for_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
