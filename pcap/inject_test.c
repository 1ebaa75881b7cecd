/* SPDX-License-Identifier: BSD-2-Clause */
/* libnet's packets against octets from the figures of RFC 8200, 768 and 4443,
 * their checksums by hand. */
#include "pcap/inject.h"

#include "wire/checksum.h"
#include "wire/layers.h"
#include "wire/packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* From 2001:db8:a::1 to 2001:db8:b::1. */
#define ADDRESSES \
	0x20, 0x01, 0x0d, 0xb8, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
	0x20, 0x01, 0x0d, 0xb8, 0, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1

static struct ipv6_header header(uint8_t next_header)
{
	struct ipv6_header ip = { .next_header = next_header, .hop_limit = 64 };

	assert_int_equal(inet_pton(AF_INET6, "2001:db8:a::1", &ip.src), 1);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8:b::1", &ip.dst), 1);
	return ip;
}

static void udp_packet_is_these_octets(void **state)
{
	static const uint8_t even[] = {
		0x60, 0, 0, 0, 0, 10, 17, 64, ADDRESSES,
		0xc0, 0, 0, 7, 0, 10, 0x7b, 0xe0, 'h', 'i',
	};
	static const uint8_t odd[] = {
		0x60, 0, 0, 0, 0, 11, 17, 64, ADDRESSES,
		0xc0, 0, 0, 7, 0, 11, 0x1f, 0xe5, 'a', 'b', 'c',
	};
	static const uint8_t empty[] = {
		0x60, 0, 0, 0, 0, 8, 17, 64, ADDRESSES,
		0xc0, 0, 0, 7, 0, 8, 0xe4, 0x4d,
	};
	struct ipv6_header ip = header(IPPROTO_UDP);
	uint8_t out[64];

	(void)state;
	assert_int_equal(inject_udp(out, sizeof(out), &ip, 49152, 7, "hi", 2), sizeof(even));
	assert_memory_equal(out, even, sizeof(even));
	assert_int_equal(inject_udp(out, sizeof(out), &ip, 49152, 7, "abc", 3), sizeof(odd));
	assert_memory_equal(out, odd, sizeof(odd));
	assert_int_equal(inject_udp(out, sizeof(out), &ip, 49152, 7, NULL, 0), sizeof(empty));
	assert_memory_equal(out, empty, sizeof(empty));
}

static void echo_packets_are_these_octets(void **state)
{
	static const uint8_t request[] = {
		0x60, 0, 0, 0, 0, 12, 58, 64, ADDRESSES,
		128, 0, 0x33, 0x2a, 0x12, 0x34, 0, 1, 'p', 'i', 'n', 'g',
	};
	static const uint8_t reply[] = {
		0x60, 0, 0, 0, 0, 12, 58, 64, ADDRESSES,
		129, 0, 0x32, 0x2a, 0x12, 0x34, 0, 1, 'p', 'i', 'n', 'g',
	};
	struct ipv6_header ip = header(IPPROTO_ICMPV6);
	uint8_t out[64];

	(void)state;
	assert_int_equal(inject_echo(out, sizeof(out), &ip, INJECT_ECHO_REQUEST, 0x1234, 1, "ping",
				     4), sizeof(request));
	assert_memory_equal(out, request, sizeof(request));
	assert_int_equal(inject_echo(out, sizeof(out), &ip, INJECT_ECHO_REPLY, 0x1234, 1, "ping",
				     4), sizeof(reply));
	assert_memory_equal(out, reply, sizeof(reply));
}

static void octets_go_out_as_they_are(void **state)
{
	/* An I1, RFC 5533 5.4: tag 0123456789ab, nonce deadbeef. */
	static const uint8_t i1[] = {
		0x3b, 0x01, 0x01, 0, 0x56, 0x2b, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
		0xde, 0xad, 0xbe, 0xef,
	};
	static const uint8_t head[] = { 0x60, 0, 0, 0, 0, 16, 140, 64, ADDRESSES };
	static const uint8_t alone[] = { 0x60, 0, 0, 0, 0, 0, 59, 64, ADDRESSES };
	struct ipv6_header ip = header(PROTO_SHIM6);
	uint8_t out[64];

	(void)state;
	assert_int_equal(inject_octets(out, sizeof(out), &ip, i1, sizeof(i1)), 56);
	assert_memory_equal(out, head, sizeof(head));
	assert_memory_equal(out + sizeof(head), i1, sizeof(i1));

	ip.next_header = PROTO_NONE;
	assert_int_equal(inject_octets(out, sizeof(out), &ip, NULL, 0), 40);
	assert_memory_equal(out, alone, sizeof(alone));
}

static void header_fields_stand_where_rfc8200_has_them(void **state)
{
	struct ipv6_header ip = header(PROTO_NONE);
	uint8_t out[40];

	(void)state;
	ip.traffic_class = 0xa5;
	ip.flow_label = 0xf7373;
	ip.hop_limit = 1;
	ip.payload_len = 999; /* derived, so not looked at */
	assert_int_equal(inject_octets(out, sizeof(out), &ip, NULL, 0), 40);
	assert_memory_equal(out, ((const uint8_t[]){ 0x6a, 0x5f, 0x73, 0x73, 0, 0, 59, 1 }), 8);
}

/* 0xe449 makes the sum of this packet 0xffff, so its checksum 0: RFC 8200 8.1. */
static void udp_checksum_of_zero_is_sent_as_ffff(void **state)
{
	struct ipv6_header ip = header(IPPROTO_UDP);
	uint8_t out[64];

	(void)state;
	assert_int_equal(inject_udp(out, sizeof(out), &ip, 49152, 7, "\xe4\x49", 2), 50);
	assert_memory_equal(out + 40, ((const uint8_t[]){ 0xc0, 0, 0, 7, 0, 10, 0xff, 0xff }), 8);
}

static void what_libnet_gets_wrong_is_refused(void **state)
{
	static const uint8_t data[UINT16_MAX];
	struct ipv6_header behind_options = header(IPPROTO_DSTOPTS);
	struct ipv6_header behind_shim6 = header(PROTO_SHIM6);
	struct ipv6_header udp = header(IPPROTO_UDP), echo = header(IPPROTO_ICMPV6);
	struct ipv6_header label = udp;
	static uint8_t out[WIRE_PACKET_MAX];

	(void)state;
	assert_int_equal(inject_udp(out, sizeof(out), &behind_options, 1, 2, "x", 1), -ENOTSUP);
	assert_int_equal(inject_udp(out, sizeof(out), &behind_shim6, 1, 2, "x", 1), -ENOTSUP);
	assert_int_equal(inject_echo(out, sizeof(out), &behind_options, INJECT_ECHO_REQUEST, 1, 2,
				     "x", 1), -ENOTSUP);
	assert_int_equal(inject_echo(out, sizeof(out), &udp, INJECT_ECHO_REQUEST, 1, 2, "x", 1),
			 -ENOTSUP);

	label.flow_label = 0x12345;
	assert_int_equal(inject_udp(out, sizeof(out), &label, 1, 2, "x", 1), -ENOTSUP);
	label.next_header = PROTO_SHIM6;
	assert_int_equal(inject_octets(out, sizeof(out), &label, "x", 1), -ENOTSUP);

	assert_int_equal(inject_udp(out, sizeof(out), &udp, 1, 2, data, 65535 - 17 - 8 + 1),
			 -ENOTSUP);
	assert_int_equal(inject_echo(out, sizeof(out), &echo, INJECT_ECHO_REPLY, 1, 2, data,
				     65535 - 58 - 8 + 1), -ENOTSUP);
}

static void impossible_arguments_are_refused(void **state)
{
	static const uint8_t data[UINT16_MAX + 1];
	struct ipv6_header ip = header(IPPROTO_UDP), echo = header(IPPROTO_ICMPV6);
	uint8_t out[64] = { 0x77 };

	(void)state;
	assert_int_equal(inject_udp(out, sizeof(out), &ip, 1, 2, data, 65528), -EMSGSIZE);
	assert_int_equal(inject_echo(out, sizeof(out), &echo, INJECT_ECHO_REPLY, 1, 2, data, 65528),
			 -EMSGSIZE);
	assert_int_equal(inject_octets(out, sizeof(out), &ip, data, 65536), -EMSGSIZE);
	assert_int_equal(inject_echo(out, sizeof(out), &echo, 127, 1, 2, "x", 1), -EINVAL);
	for (size_t cap = 0; cap < 50; cap++) {
		assert_int_equal(inject_udp(out, cap, &ip, 1, 2, "hi", 2), -ENOSPC);
		assert_int_equal(inject_octets(out, cap, &ip, "0123456789", 10), -ENOSPC);
	}
	ip.flow_label = 0x100000;
	assert_int_equal(inject_octets(out, sizeof(out), &ip, "x", 1), -EINVAL);
	assert_int_equal(out[0], 0x77);
}

/* By our own checksum: libnet's, up to the last length that we let it sum. */
static void checksums_hold_up_to_the_largest_packet(void **state)
{
	static uint8_t data[UINT16_MAX], out[WIRE_PACKET_MAX];
	struct ipv6_header udp = header(IPPROTO_UDP), echo = header(IPPROTO_ICMPV6);

	(void)state;
	memset(data, 0xff, sizeof(data)); /* the largest sums */
	for (size_t len = 0; len <= 65535 - 58 - 8; len += len < 70 ? 1 : 4091) {
		ssize_t n = inject_udp(out, sizeof(out), &udp, 1, 2, data, len);
		uint32_t sum = checksum_pseudo(&udp.src, &udp.dst, (uint32_t)len + 8, IPPROTO_UDP);

		assert_int_equal(n, 48 + len);
		assert_int_equal(checksum_finish(checksum_add(sum, out + 40, len + 8)), 0);

		n = inject_echo(out, sizeof(out), &echo, INJECT_ECHO_REQUEST, 1, 2, data, len);
		sum = checksum_pseudo(&udp.src, &udp.dst, (uint32_t)len + 8, IPPROTO_ICMPV6);
		assert_int_equal(n, 48 + len);
		assert_int_equal(checksum_finish(checksum_add(sum, out + 40, len + 8)), 0);
	}
}

static struct wire_set number(const struct wire_layer *layer, const char *name, uint64_t value)
{
	return (struct wire_set){
		.field = wire_field_named(layer, name),
		.value = { .kind = WIRE_UINT, .number = value },
	};
}

static struct wire_set octets(const struct wire_layer *layer, const char *name, const void *data,
			      size_t len)
{
	return (struct wire_set){
		.field = wire_field_named(layer, name),
		.value = { .kind = WIRE_OCTETS, .octets = data, .len = len },
	};
}

static struct wire_set address(const char *name, const struct in6_addr *addr)
{
	return (struct wire_set){
		.field = wire_field_named(&layer_ipv6, name),
		.value = { .kind = WIRE_ADDR, .octets = addr->s6_addr, .len = 16 },
	};
}

/* Two builders that share no code: where both may answer, both say the same. */
static void wire_build_agrees_with_libnet(void **state)
{
	static uint8_t data[1400], ours[2048], theirs[2048];
	struct ipv6_header udp = header(IPPROTO_UDP), echo = header(IPPROTO_ICMPV6);
	const struct wire_set ip_sets[] = { address("src", &udp.src), address("dst", &udp.dst),
					    number(&layer_ipv6, "hop_limit", 64),
					    number(&layer_ipv6, "flow_label", 0x31717) };
	const struct wire_set udp_sets[] = { number(&layer_udp, "src", 49152),
					     number(&layer_udp, "dst", 7) };
	const struct wire_set echo_sets[] = { number(&layer_echo, "type", 129),
					      number(&layer_echo, "id", 0xfffe),
					      number(&layer_echo, "seq", 3) };

	(void)state;
	udp.flow_label = echo.flow_label = 0x31717;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 37 ^ i >> 3);
	for (size_t len = 1; len <= sizeof(data); len += len < 40 ? 1 : 97) {
		const struct wire_set data_sets[] = { octets(&layer_data, "octets", data, len) };
		const struct wire_draft_layer udp_packet[] = { { &layer_ipv6, ip_sets, 4 },
							       { &layer_udp, udp_sets, 2 },
							       { &layer_data, data_sets, 1 } };
		const struct wire_draft_layer echo_packet[] = { { &layer_ipv6, ip_sets, 4 },
								{ &layer_echo, echo_sets, 3 },
								{ &layer_data, data_sets, 1 } };
		ssize_t n;

		n = inject_udp(theirs, sizeof(theirs), &udp, 49152, 7, data, len);
		assert_int_equal(n, 48 + len);
		assert_int_equal(wire_build(ours, sizeof(ours), udp_packet, 3, NULL, NULL), n);
		assert_memory_equal(ours, theirs, (size_t)n);

		n = inject_echo(theirs, sizeof(theirs), &echo, 129, 0xfffe, 3, data, len);
		assert_int_equal(n, 48 + len);
		assert_int_equal(wire_build(ours, sizeof(ours), echo_packet, 3, NULL, NULL), n);
		assert_memory_equal(ours, theirs, (size_t)n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(udp_packet_is_these_octets),
		cmocka_unit_test(echo_packets_are_these_octets),
		cmocka_unit_test(octets_go_out_as_they_are),
		cmocka_unit_test(header_fields_stand_where_rfc8200_has_them),
		cmocka_unit_test(udp_checksum_of_zero_is_sent_as_ffff),
		cmocka_unit_test(what_libnet_gets_wrong_is_refused),
		cmocka_unit_test(impossible_arguments_are_refused),
		cmocka_unit_test(checksums_hold_up_to_the_largest_packet),
		cmocka_unit_test(wire_build_agrees_with_libnet),
	};

	return cmocka_run_group_tests_name("inject", tests, NULL, NULL);
}
