/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw sockets of ICMPv6, RFC 3542 3.1 to 3.3. */
#include "refstack/socket/two_hosts.h"

enum { AT_UPPER = 40, ECHO_LEN = 12 };

/* RFC 4443 4.1: type 128, code 0, no checksum yet, identifier 0x1234, number 7, data. */
static const uint8_t echo_request[ECHO_LEN] = {
	128, 0, 0, 0, 0x12, 0x34, 0, 7, 'p', 'i', 'n', 'g'
};

static ssize_t ping(struct two_hosts *w, unsigned from, int s)
{
	return send_to(w, from, s, name_at(w, !from, 1, 0), echo_request, ECHO_LEN);
}

/* RFC 4443 2.3, RFC 8200 8.1: all words of the packet from its addresses on, and of the
 * pseudo-header the length and next header. */
static uint16_t sum_of(const struct flying *p)
{
	uint32_t sum = (uint32_t)(p->len - AT_UPPER) + 58;

	for (size_t i = 8; i < p->len; i++)
		sum += i % 2 ? p->octets[i] : (uint32_t)p->octets[i] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void the_stack_computes_the_checksum(void **state)
{
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, IPPROTO_ICMPV6);

	assert_int_equal(ping(w, A, a), ECHO_LEN);
	assert_int_equal(w->flying_count, 1); /* no I1: it doesn't count for the shim */
	assert_int_equal(next_header(&w->last), 58);
	assert_int_equal(sum_of(&w->last), 0xffff);
	assert_memory_equal(w->last.octets + AT_UPPER + 4, echo_request + 4, ECHO_LEN - 4);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), echo_request, 3), -EINVAL);
}

static void a_request_is_read_and_answered_and_the_reply_is_read(void **state)
{
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, IPPROTO_ICMPV6), b = raw_socket(w, B, IPPROTO_ICMPV6);
	uint8_t buf[ECHO_LEN];

	assert_int_equal(ping(w, A, a), ECHO_LEN);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], b, buf, sizeof(buf), 0), ECHO_LEN);
	assert_int_equal(buf[0], 128);
	assert_memory_equal(buf + 4, echo_request + 4, ECHO_LEN - 4);
	assert_int_equal(sock_recv(w->sockets[A], a, buf, sizeof(buf), 0), ECHO_LEN);
	assert_int_equal(buf[0], 129);
	assert_memory_equal(buf + 4, echo_request + 4, ECHO_LEN - 4);
	assert_nothing_to_receive(w, A, a);
	assert_nothing_to_receive(w, B, b);
}

static void a_broken_message_is_for_nobody(void **state)
{
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, IPPROTO_ICMPV6), b = raw_socket(w, B, IPPROTO_ICMPV6);

	assert_int_equal(ping(w, A, a), ECHO_LEN);
	w->flying[0].octets[AT_UPPER + ECHO_LEN - 1] ^= 1;
	settle(w);
	assert_nothing_to_receive(w, A, a);
	assert_nothing_to_receive(w, B, b);
}

/* RFC 3542 3.3 */
static void every_type_is_passed_on(void **state)
{
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, IPPROTO_ICMPV6), b = raw_socket(w, B, IPPROTO_ICMPV6);

	for (unsigned type = 128; type < 256; type++) {
		const uint8_t message[4] = { (uint8_t)type };
		uint8_t buf[8];

		assert_int_equal(send_to(w, A, a, name_at(w, B, 1, 0), message, 4), 4);
		settle(w);
		assert_int_equal(sock_recv(w->sockets[B], b, buf, sizeof(buf), 0), 4);
		assert_int_equal(buf[0], type);
	}
}

static void the_filter_blocks_what_it_names(void **state)
{
	struct two_hosts *w = *state;
	int a = raw_socket(w, A, IPPROTO_ICMPV6), b = raw_socket(w, B, IPPROTO_ICMPV6);
	struct icmp6_filter filter, again;
	socklen_t len = sizeof(filter);

	assert_int_equal(
		sock_getsockopt(w->sockets[B], b, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, &len), 0);
	assert_int_equal(len, sizeof(filter));
	for (int type = 0; type < 256; type++)
		assert_true(ICMP6_FILTER_WILLPASS(type, &filter));
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(129, &filter);
	assert_int_equal(
		sock_setsockopt(w->sockets[A], a, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, len), 0);
	assert_int_equal(
		sock_setsockopt(w->sockets[B], b, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, len), 0);
	assert_int_equal(ping(w, A, a), ECHO_LEN);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[A], a, NULL, 0, MSG_TRUNC), ECHO_LEN);
	assert_nothing_to_receive(w, B, b);
	assert_int_equal(
		sock_getsockopt(w->sockets[B], b, IPPROTO_ICMPV6, ICMP6_FILTER, &again, &len), 0);
	assert_memory_equal(&again, &filter, sizeof(filter));
}

static void the_options_are_those_of_icmp6(void **state)
{
	struct two_hosts *w = *state;
	struct icmp6_filter filter = { 0 };
	int s = raw_socket(w, A, IPPROTO_ICMPV6), other = raw_socket(w, A, 89), offset = 2;
	socklen_t len = sizeof(offset);

	assert_int_equal(
		sock_setsockopt(w->sockets[A], s, IPPROTO_IPV6, IPV6_CHECKSUM, &offset, len),
		-EINVAL);
	offset = 77;
	assert_int_equal(
		sock_getsockopt(w->sockets[A], s, IPPROTO_IPV6, IPV6_CHECKSUM, &offset, &len), 0);
	assert_int_equal(offset, 2);
	assert_int_equal(sock_setsockopt(w->sockets[A], other, IPPROTO_ICMPV6, ICMP6_FILTER,
					 &filter, sizeof(filter)),
			 -ENOPROTOOPT);
	assert_int_equal(sock_setsockopt(w->sockets[A], udp_socket(w, A), IPPROTO_ICMPV6,
					 ICMP6_FILTER, &filter, sizeof(filter)),
			 -ENOPROTOOPT);
	assert_int_equal(sock_setsockopt(w->sockets[A], s, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
					 sizeof(filter) - 1),
			 -EINVAL);
}

/* RFC 5533 8: the port unreachable goes to A's second locator and quotes a payload
 * extension header; who reads it finds neither. */
static void an_error_reads_as_if_there_were_no_shim(void **state)
{
	struct two_hosts *w = *state;
	int raw = raw_socket(w, A, IPPROTO_ICMPV6), s = associated_socket(w);
	struct in6_addr src = locator(w, A, 1), dst = locator(w, B, 1);
	struct sockaddr_in6 own = own_name(w, A, s);
	uint8_t buf[128];

	while (sock_recv(w->sockets[A], raw, buf, sizeof(buf), 0) >= 0) /* about the first one */
		;
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "lost", 4, 0), 4);
	settle(w);
	assert_int_equal(next_header(&w->last), 58);
	assert_true(is_to(&w->last, locator(w, A, 2)));
	assert_int_equal(w->last.octets[AT_UPPER + 8 + 6], 140);

	assert_int_equal(sock_recv(w->sockets[A], raw, buf, sizeof(buf), 0), 8 + 40 + 8 + 4);
	assert_int_equal(buf[0], 1);
	assert_int_equal(buf[1], 4);
	assert_memory_equal(buf + 8, ((uint8_t[]){ 0x60, 0, 0, 0, 0, 12, 17, 64 }), 8);
	assert_memory_equal(buf + 16, &src, 16);
	assert_memory_equal(buf + 32, &dst, 16);
	assert_memory_equal(buf + 48, &own.sin6_port, 2);
	assert_memory_equal(buf + 50, ((uint8_t[]){ PORT >> 8, PORT & 0xff, 0, 12 }), 4);
	assert_memory_equal(buf + 56, "lost", 4);

	/* As it came, with a checksum that is right between B and A's identifier. */
	w->last.len = AT_UPPER + 60;
	memcpy(w->last.octets + 8, &dst, 16);
	memcpy(w->last.octets + 24, &src, 16);
	memcpy(w->last.octets + AT_UPPER, buf, 60);
	assert_int_equal(sum_of(&w->last), 0xffff);
	assert_nothing_to_receive(w, A, raw);
}

/* The same, cut anywhere: without all of the extension header nobody knows whose it is. */
static void an_error_that_quotes_less_reads_the_same_as_far_as_it_goes(void **state)
{
	enum { QUOTE = AT_UPPER + 8, TAGGED = 40 + 8 };
	struct two_hosts *w = *state;
	int s = associated_socket(w), raw = raw_socket(w, A, IPPROTO_ICMPV6);
	struct flying honest;
	uint8_t whole[128], buf[128];

	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "lost", 4, 0), 4);
	settle(w);
	honest = w->last;
	assert_int_equal(sock_recv(w->sockets[A], raw, whole, sizeof(whole), 0), 60);
	for (size_t len = QUOTE; len <= honest.len; len++) {
		struct flying p = honest;
		uint16_t sum;

		p.len = len;
		p.octets[5] = (uint8_t)(len - AT_UPPER);
		p.octets[AT_UPPER + 2] = p.octets[AT_UPPER + 3] = 0;
		sum = (uint16_t)~sum_of(&p);
		p.octets[AT_UPPER + 2] = (uint8_t)(sum >> 8);
		p.octets[AT_UPPER + 3] = (uint8_t)sum;
		shim_host_input(w->host[A], p.link, p.octets, p.len);
		if (len < QUOTE + TAGGED) {
			assert_nothing_to_receive(w, A, raw);
			continue;
		}
		assert_int_equal(sock_recv(w->sockets[A], raw, buf, sizeof(buf), 0),
				 len - AT_UPPER - 8);
		assert_memory_equal(buf + 4, whole + 4, len - AT_UPPER - 8 - 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(the_stack_computes_the_checksum),
		two_hosts_test(a_request_is_read_and_answered_and_the_reply_is_read),
		two_hosts_test(a_broken_message_is_for_nobody),
		two_hosts_test(every_type_is_passed_on),
		two_hosts_test(the_filter_blocks_what_it_names),
		two_hosts_test(the_options_are_those_of_icmp6),
		two_hosts_test(an_error_reads_as_if_there_were_no_shim),
		two_hosts_test(an_error_that_quotes_less_reads_the_same_as_far_as_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
