/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP octet by octet: what makes a datagram (RFC 768, RFC 8200 8.1) and what doesn't. */
#include "refstack/socket/two_hosts.h"

#include <errno.h>

/* Offsets in a plain IPv6 packet, and what RFC 5533 5.2 may put before the UDP header. */
enum { AT_UDP = 40, AT_LEN = AT_UDP + 4, AT_SUM = AT_UDP + 6, AT_DATA = AT_UDP + 8, SHIM = 8 };

static void land(struct two_hosts *w, const struct flying *p)
{
	shim_host_input(w->host[B], p->link, p->octets, p->len);
}

/* --- the checksum, added up here once more ---------------------------------------------- */

static uint32_t words(const uint8_t *octets, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? octets[i] : (uint32_t)octets[i] << 8;
	return sum;
}

/* RFC 8200 8.1: addresses, length and next header, then the datagram; all
 * together make 0xffff if the checksum is right. */
static uint16_t sum_over(const struct in6_addr *src, const struct in6_addr *dst,
			 const uint8_t *upper, size_t len)
{
	uint32_t sum = words(src->s6_addr, 16) + words(dst->s6_addr, 16) + (uint32_t)len + 17 +
		       words(upper, len);

	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void checksum_is_over_the_identifiers(void **state)
{
	struct two_hosts *w = *state;
	struct in6_addr src = locator(w, A, 1), dst = locator(w, B, 1);
	int s = associated_socket(w);
	const uint8_t *p = w->last.octets;

	assert_int_equal(sock_send(w->sockets[A], s, "odd", 3, 0), 3);
	assert_int_equal(w->last.len, AT_DATA + 3);
	assert_int_equal(sum_over(&src, &dst, p + AT_UDP, 11), 0xffff);

	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "even", 4, 0), 4);
	assert_int_equal(w->last.len, AT_DATA + SHIM + 4);
	assert_int_equal(sum_over(&src, &dst, p + AT_UDP + SHIM, 12), 0xffff);
}

/* RFC 768: one that adds up to zero is sent as ones; RFC 8200 8.1: a zero is no
 * checksum, and not taken even where it would add up. */
static void checksum_of_zero_is_sent_as_ones_and_never_taken(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), b = bound_socket(w);

	assert_int_equal(sock_send(w->sockets[A], s, "\0\0", 2, 0), 2);
	assert_int_equal(sock_send(w->sockets[A], s, w->last.octets + AT_SUM, 2, 0), 2);
	assert_int_equal(w->last.octets[AT_SUM], 0xff);
	assert_int_equal(w->last.octets[AT_SUM + 1], 0xff);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], b, NULL, 0, MSG_TRUNC), 2);
	assert_int_equal(sock_recv(w->sockets[B], b, NULL, 0, MSG_TRUNC), 2);

	w->last.octets[AT_SUM] = w->last.octets[AT_SUM + 1] = 0;
	land(w, &w->last);
	assert_nothing_to_receive(w, B, b);
}

/* --- what is not a datagram ---------------------------------------------------------------- */

/* An honest datagram of four octets to B's PORT, held back. */
static struct flying held_datagram(struct two_hosts *w)
{
	int a = udp_socket(w, A);

	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "four", 4), 4);
	w->flying_count = 0;
	assert_int_equal(w->last.len, AT_DATA + 4);
	return w->last;
}

static void every_flipped_bit_is_found_by_the_checksum(void **state)
{
	struct two_hosts *w = *state;
	const struct flying honest = held_datagram(w);
	int b = bound_socket(w);

	for (size_t bit = AT_UDP * 8; bit < honest.len * 8; bit++) {
		struct flying p = honest;

		p.octets[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		land(w, &p);
		assert_nothing_to_receive(w, B, b);
		assert_int_equal(w->flying_count, 0);
	}
	land(w, &honest);
	assert_receives(w, B, b, "four");
}

/* Checksum made right again, so that the length alone is wrong. */
static void set_udp_len(struct two_hosts *w, struct flying *p, unsigned len)
{
	struct in6_addr src = locator(w, A, 1), dst = locator(w, B, 1);
	uint16_t sum;

	p->octets[AT_LEN] = (uint8_t)(len >> 8);
	p->octets[AT_LEN + 1] = (uint8_t)len;
	p->octets[AT_SUM] = p->octets[AT_SUM + 1] = 0;
	sum = (uint16_t)~sum_over(&src, &dst, p->octets + AT_UDP, len);
	p->octets[AT_SUM] = (uint8_t)(sum >> 8);
	p->octets[AT_SUM + 1] = (uint8_t)sum;
}

static void length_must_hold_the_header_and_stay_in_the_packet(void **state)
{
	struct two_hosts *w = *state;
	const struct flying honest = held_datagram(w);
	int b = bound_socket(w);

	for (unsigned len = 0; len < PACKET_MAX - AT_UDP; len++) {
		struct flying p = honest;

		set_udp_len(w, &p, len);
		land(w, &p);
		if (len < 8 || len > 12)
			assert_int_equal(sock_recv(w->sockets[B], b, NULL, 0, MSG_TRUNC), -EAGAIN);
		else
			assert_int_equal(sock_recv(w->sockets[B], b, NULL, 0, MSG_TRUNC), len - 8);
	}
}

static void every_truncated_datagram_is_dropped(void **state)
{
	struct two_hosts *w = *state;
	const struct flying honest = held_datagram(w);
	int b = bound_socket(w);

	for (size_t len = AT_UDP; len < honest.len; len++) {
		struct flying p = honest;

		p.len = len;
		p.octets[5] = (uint8_t)(len - AT_UDP); /* Payload Length of the IPv6 header */
		land(w, &p);
		assert_nothing_to_receive(w, B, b);
	}
}

/* A socket that has not got a port yet has none that could be written to. */
static void datagram_to_port_0_is_for_nobody(void **state)
{
	struct two_hosts *w = *state;
	struct flying p = held_datagram(w);
	int b = udp_socket(w, B);

	p.octets[AT_UDP + 2] = p.octets[AT_UDP + 3] = 0;
	set_udp_len(w, &p, 12); /* as before, with its checksum */
	land(w, &p);
	assert_nothing_to_receive(w, B, b);
	assert_int_equal(next_header(&w->last), IPPROTO_ICMPV6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(checksum_is_over_the_identifiers),
		two_hosts_test(checksum_of_zero_is_sent_as_ones_and_never_taken),
		two_hosts_test(every_flipped_bit_is_found_by_the_checksum),
		two_hosts_test(length_must_hold_the_header_and_stay_in_the_packet),
		two_hosts_test(every_truncated_datagram_is_dropped),
		two_hosts_test(datagram_to_port_0_is_for_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
