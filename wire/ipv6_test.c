/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers of RFC 8200 3, RFC 768 and RFC 4443 2.1, and the walk along them. */
#include "wire/ipv6.h"
#include "wire/layers.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define ADDRS "20010db8000a00000000000000000001 20010db8000b00000000000000000002"

/* Headers in front of a UDP header, all from the figures of RFC 8200 4. */
#define UDP       "1001 0007 0008 0000"
#define HOP(next) next "00 0104 00000000"                          /* PadN of 6 */
#define DST(next) next "01 010c 000000000000000000000000"          /* PadN of 14 */
#define ROUTING(next) next "02 0000 00000000 20010db8000c00000000000000000003"
#define FIRST(next)   next "00 0001 01020304"
#define LATER(next)   next "00 0009 01020304"
#define AH(next)      next "04 0000 00000100 00000001 000102030405060708090a0b"
#define SHIM6(next)   next "00 8123 456789ab"

/* A packet with its Payload Length; exact, for the sanitizers. */
static struct octets packet_of(const char *first, const char *rest)
{
	char hex[1024];
	struct octets o;

	snprintf(hex, sizeof(hex), "60000000 0000 %s 40 " ADDRS " %s", first, rest);
	o = octets_of(hex);
	o.data[4] = (uint8_t)((o.len - IPV6_HEADER_LEN) >> 8);
	o.data[5] = (uint8_t)(o.len - IPV6_HEADER_LEN);
	return o;
}

static void assert_found(const char *first, const char *rest, int wanted,
			 const struct ipv6_found *expected)
{
	struct octets o = packet_of(first, rest);
	struct ipv6_found at;

	assert_int_equal(ipv6_find(&at, o.data, o.len, wanted), 0);
	assert_int_equal(at.off, expected->off);
	assert_int_equal(at.next_at, expected->next_at);
	assert_int_equal(at.proto, expected->proto);
	assert_int_equal(at.fragment, expected->fragment);
	octets_free(&o);
}

static void assert_not_found(const char *first, const char *rest, int wanted, int error)
{
	struct octets o = packet_of(first, rest);
	struct ipv6_found at = { .off = 77 };

	assert_int_equal(ipv6_find(&at, o.data, o.len, wanted), error);
	assert_int_equal(at.off, 77);
	octets_free(&o);
}

/* --- headers ------------------------------------------------------------- */

static const char header[] = "6ab12345 0102 8c 3f " ADDRS;

static void ipv6_is_parsed_and_emitted_as_drawn(void **state)
{
	struct in6_addr src = addr_of("2001:db8:a::1"), dst = addr_of("2001:db8:b::2");
	struct octets o = octets_of(header);
	struct rbuf r = rbuf_of(o.data, o.len);
	uint8_t out[IPV6_HEADER_LEN];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct ipv6_header h;

	(void)state;
	assert_int_equal(ipv6_parse(&h, &r), 0);
	assert_int_equal(r.off, 40);
	assert_int_equal(h.traffic_class, 0xab);
	assert_int_equal(h.flow_label, 0x12345);
	assert_int_equal(h.payload_len, 0x0102);
	assert_int_equal(h.next_header, PROTO_SHIM6);
	assert_int_equal(h.hop_limit, 63);
	assert_memory_equal(&h.src, &src, sizeof(src));
	assert_memory_equal(&h.dst, &dst, sizeof(dst));

	assert_int_equal(ipv6_emit(&h, &w), 0);
	assert_octets_equal(w.data, w.len, header);
	octets_free(&o);
}

/* The codec is by hand, the table is what dissects: every bit means the same to both. */
static void ipv6_by_hand_and_by_its_table_agree(void **state)
{
	(void)state;
	for (unsigned bit = 4; bit < 8 * IPV6_HEADER_LEN; bit++) {
		uint8_t octets[IPV6_HEADER_LEN] = { 0x60 }, out[IPV6_HEADER_LEN];
		struct rbuf r = rbuf_of(octets, sizeof(octets));
		struct wbuf w = wbuf_of(out, sizeof(out));
		struct ipv6_header hand = { 0 }, table = { 0 };

		octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		assert_int_equal(ipv6_parse(&hand, &r), 0);
		wire_fixed_parse(&layer_ipv6, octets, &table);
		assert_memory_equal(&hand, &table, sizeof(hand));
		assert_int_equal(ipv6_emit(&hand, &w), 0);
		assert_memory_equal(out, octets, sizeof(out));
	}
}

static void ipv6_rejects_every_truncation(void **state)
{
	struct octets o = octets_of(header);

	(void)state;
	for (size_t len = 0; len < o.len; len++) {
		struct octets cut = octets_copy(o.data, len);
		struct rbuf r = rbuf_of(cut.data, cut.len);
		struct ipv6_header h = { .hop_limit = 77 };

		assert_int_equal(ipv6_parse(&h, &r), -EMSGSIZE);
		assert_int_equal(h.hop_limit, 77);
		octets_free(&cut);
	}
	octets_free(&o);
}

static void ipv6_rejects_every_other_version(void **state)
{
	struct octets o = octets_of(header);

	(void)state;
	for (unsigned version = 0; version < 16; version++) {
		struct rbuf r = rbuf_of(o.data, o.len);
		struct ipv6_header h = { .hop_limit = 77 };

		o.data[0] = (uint8_t)(version << 4 | 0xa);
		assert_int_equal(ipv6_parse(&h, &r), version == 6 ? 0 : -EBADMSG);
		assert_int_equal(h.hop_limit, version == 6 ? 63 : 77);
	}
	octets_free(&o);
}

static void udp_is_parsed_and_emitted_as_drawn(void **state)
{
	struct octets o = octets_of("1001 0007 0009 abcd ff");
	struct rbuf r = rbuf_of(o.data, o.len);
	uint8_t out[UDP_HEADER_LEN];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct udp_header h;

	(void)state;
	assert_int_equal(udp_parse(&h, &r), 0);
	assert_int_equal(rbuf_left(&r), 1);
	assert_int_equal(h.src_port, 4097);
	assert_int_equal(h.dst_port, 7);
	assert_int_equal(h.len, 9);
	assert_int_equal(h.checksum, 0xabcd);

	assert_int_equal(udp_emit(&h, &w), 0);
	assert_octets_equal(w.data, w.len, "100100070009abcd");
	octets_free(&o);
}

static void icmp6_is_parsed_and_emitted_as_drawn(void **state)
{
	struct octets o = octets_of("0104abcd");
	struct rbuf r = rbuf_of(o.data, o.len);
	uint8_t out[ICMP6_HEADER_LEN];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct icmp6_header h;

	(void)state;
	assert_int_equal(icmp6_parse(&h, &r), 0);
	assert_int_equal(h.type, 1);
	assert_int_equal(h.code, 4);
	assert_int_equal(h.checksum, 0xabcd);

	assert_int_equal(icmp6_emit(&h, &w), 0);
	assert_octets_equal(w.data, w.len, "0104abcd");
	octets_free(&o);
}

static void upper_headers_reject_every_truncation(void **state)
{
	struct octets o = octets_of("100100070009abcd");
	struct udp_header udp = { .len = 77 };
	struct icmp6_header icmp6 = { .type = 77 };

	(void)state;
	for (size_t len = 0; len < UDP_HEADER_LEN; len++) {
		struct octets cut = octets_copy(o.data, len);
		struct rbuf r = rbuf_of(cut.data, cut.len);

		assert_int_equal(udp_parse(&udp, &r), -EMSGSIZE);
		if (len < ICMP6_HEADER_LEN) {
			r = rbuf_of(cut.data, cut.len);
			assert_int_equal(icmp6_parse(&icmp6, &r), -EMSGSIZE);
		}
		octets_free(&cut);
	}
	assert_int_equal(udp.len, 77);
	assert_int_equal(icmp6.type, 77);
	octets_free(&o);
}

static void headers_without_room_are_not_emitted(void **state)
{
	uint8_t out[IPV6_HEADER_LEN];
	struct wbuf ip = wbuf_of(out, IPV6_HEADER_LEN - 1);
	struct wbuf udp = wbuf_of(out, UDP_HEADER_LEN - 1);
	struct wbuf icmp6 = wbuf_of(out, ICMP6_HEADER_LEN - 1);

	(void)state;
	assert_int_equal(ipv6_emit(&(struct ipv6_header){ 0 }, &ip), -ENOSPC);
	assert_int_equal(udp_emit(&(struct udp_header){ 0 }, &udp), -ENOSPC);
	assert_int_equal(icmp6_emit(&(struct icmp6_header){ 0 }, &icmp6), -ENOSPC);
	assert_int_equal(ip.len + udp.len + icmp6.len, 0);
}

/* --- the walk ------------------------------------------------------------ */

static void find_sees_what_stands_behind_the_ipv6_header(void **state)
{
	(void)state;
	assert_found("11", UDP, 17, &(struct ipv6_found){ .off = 40, .next_at = 6, .proto = 17 });
	assert_found("11", UDP, -1, &(struct ipv6_found){ .off = 40, .next_at = 6, .proto = 17 });
}

static void find_steps_over_extension_headers_in_any_order(void **state)
{
	const struct ipv6_found udp = { .off = 40 + 8 + 16 + 24, .next_at = 64, .proto = 17 };
	const struct ipv6_found turned = { .off = 40 + 24 + 16 + 8, .next_at = 80, .proto = 17 };

	(void)state;
	assert_found("00", HOP("3c") DST("2b") ROUTING("11") UDP, 17, &udp);
	assert_found("00", HOP("3c") DST("2b") ROUTING("11") UDP, -1, &udp);
	assert_found("2b", ROUTING("3c") DST("00") HOP("11") UDP, -1, &turned);
}

static void find_measures_authentication_in_units_of_four(void **state)
{
	(void)state;
	assert_found("33", AH("11") UDP, 17,
		     &(struct ipv6_found){ .off = 40 + 24, .next_at = 40, .proto = 17 });
}

static void find_stops_at_an_extension_header_that_is_wanted(void **state)
{
	(void)state;
	assert_found("00", HOP("3c") DST("11") UDP, 0,
		     &(struct ipv6_found){ .off = 40, .next_at = 6, .proto = 0 });
	assert_found("00", HOP("3c") DST("11") UDP, 60,
		     &(struct ipv6_found){ .off = 48, .next_at = 40, .proto = 60 });
}

static void find_goes_on_behind_the_first_fragment(void **state)
{
	(void)state;
	assert_found("2c", FIRST("3c") DST("11") UDP, 17,
		     &(struct ipv6_found){ .off = 64, .next_at = 48, .proto = 17 });
}

/* Offset 1: the octets behind the header are from the middle of a packet,
 * though they look like a header here. */
static void find_sees_no_header_in_a_later_fragment(void **state)
{
	const struct ipv6_found middle = {
		.off = 48, .next_at = 40, .proto = 60, .fragment = true,
	};

	(void)state;
	assert_not_found("2c", LATER("11") UDP, 17, -ENOENT);
	assert_not_found("2c", LATER("3c") DST("11") UDP, 60, -ENOENT);
	assert_not_found("2c", LATER("3c") DST("11") UDP, 17, -ENOENT);
	assert_found("2c", LATER("3c") DST("11") UDP, -1, &middle);
	assert_found("2c", LATER("11") UDP, 44,
		     &(struct ipv6_found){ .off = 40, .next_at = 6, .proto = 44 });
}

static void find_does_not_enter_shim6_nor_encryption(void **state)
{
	const struct ipv6_found shim6 = { .off = 48, .next_at = 40, .proto = PROTO_SHIM6 };
	const struct ipv6_found esp = { .off = 40, .next_at = 6, .proto = 50 };

	(void)state;
	assert_found("00", HOP("8c") SHIM6("11") UDP, PROTO_SHIM6, &shim6);
	assert_found("00", HOP("8c") SHIM6("11") UDP, -1, &shim6);
	assert_not_found("00", HOP("8c") SHIM6("11") UDP, 17, -ENOENT);
	assert_found("32", "0000000100000001", -1, &esp);
}

static void find_ends_at_no_next_header(void **state)
{
	const struct ipv6_found none = { .off = 48, .next_at = 40, .proto = PROTO_NONE };

	(void)state;
	assert_found("00", HOP("3b"), -1, &none);
	assert_found("00", HOP("3b"), PROTO_NONE, &none);
	assert_found("00", HOP("3b") UDP, -1, &none);
	assert_not_found("00", HOP("3b") UDP, 17, -ENOENT);
}

static void find_may_name_a_header_of_which_nothing_is_there(void **state)
{
	(void)state;
	assert_found("11", "", 17, &(struct ipv6_found){ .off = 40, .next_at = 6, .proto = 17 });
}

static void find_rejects_a_chain_that_leaves_the_packet(void **state)
{
	struct octets o = packet_of("00", HOP("3c") DST("2b") ROUTING("2c") FIRST("11"));
	struct ipv6_found at = { .off = 77 };

	(void)state;
	for (size_t len = 0; len < o.len; len++) {
		struct octets cut = octets_copy(o.data, len);

		assert_int_equal(ipv6_find(&at, cut.data, cut.len, 17), -EMSGSIZE);
		octets_free(&cut);
	}
	assert_int_equal(at.off, 77);
	assert_int_equal(ipv6_find(&at, o.data, o.len, 17), 0);
	octets_free(&o);

	assert_not_found("00", "11ff010400000000" UDP, 17, -EMSGSIZE);
}

static void find_keeps_to_the_payload_length(void **state)
{
	struct octets o = packet_of("00", HOP("3c") DST("11") UDP);
	struct ipv6_found at;

	(void)state;
	o.data[5] = 8; /* the rest was padded by the link */
	assert_int_equal(ipv6_find(&at, o.data, o.len, 17), -EMSGSIZE);
	assert_int_equal(ipv6_find(&at, o.data, o.len, 60), 0);
	assert_int_equal(at.off, 48);
	o.data[5] = 255; /* the rest was not captured */
	assert_int_equal(ipv6_find(&at, o.data, o.len, 17), 0);
	octets_free(&o);
}

static size_t own_of(const char *head, size_t len)
{
	struct octets o = octets_of(head);
	size_t own;

	own = ipv6_own_len(o.data, len);
	octets_free(&o);
	return own;
}

#define ADDRESSES "20010db8000a00000000000000000001" "20010db8000b00000000000000000001"

/* Ethernet pads to 60 octets, and a capture may have its checksum of 4. */
static void own_octets_end_where_the_payload_length_says(void **state)
{
	(void)state;
	assert_int_equal(own_of("60000000 0010 8c40" ADDRESSES, 60), 56);
	assert_int_equal(own_of("60000000 0010 8c40" ADDRESSES, 56), 56);
	assert_int_equal(own_of("60000000 0000 3b40" ADDRESSES, 46), 40);
	/* not all of it was captured */
	assert_int_equal(own_of("60000000 0010 8c40" ADDRESSES, 50), 50);
	assert_int_equal(own_of("60000000 0010 8c40", 8), 8);
	assert_int_equal(own_of("6000", 2), 2);
}

/* RFC 2675 3, and what a card takes apart only when it sends. */
static void own_octets_are_all_where_the_payload_length_is_not_told(void **state)
{
	(void)state;
	assert_int_equal(own_of("60000000 0000 0040" ADDRESSES, 70000), 70000);
	assert_int_equal(own_of("60000000 0000 0640" ADDRESSES, 1500), 1500);
	assert_int_equal(own_of("45000014 0000 0000", 60), 60);
}

static void find_rejects_what_is_not_ipv6(void **state)
{
	struct octets o = packet_of("11", UDP);
	struct ipv6_found at;

	(void)state;
	o.data[0] = 0x45;
	assert_int_equal(ipv6_find(&at, o.data, o.len, 17), -EBADMSG);
	octets_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv6_is_parsed_and_emitted_as_drawn),
		cmocka_unit_test(ipv6_by_hand_and_by_its_table_agree),
		cmocka_unit_test(ipv6_rejects_every_truncation),
		cmocka_unit_test(ipv6_rejects_every_other_version),
		cmocka_unit_test(udp_is_parsed_and_emitted_as_drawn),
		cmocka_unit_test(icmp6_is_parsed_and_emitted_as_drawn),
		cmocka_unit_test(upper_headers_reject_every_truncation),
		cmocka_unit_test(headers_without_room_are_not_emitted),
		cmocka_unit_test(find_sees_what_stands_behind_the_ipv6_header),
		cmocka_unit_test(find_steps_over_extension_headers_in_any_order),
		cmocka_unit_test(find_measures_authentication_in_units_of_four),
		cmocka_unit_test(find_stops_at_an_extension_header_that_is_wanted),
		cmocka_unit_test(find_goes_on_behind_the_first_fragment),
		cmocka_unit_test(find_sees_no_header_in_a_later_fragment),
		cmocka_unit_test(find_does_not_enter_shim6_nor_encryption),
		cmocka_unit_test(find_ends_at_no_next_header),
		cmocka_unit_test(find_may_name_a_header_of_which_nothing_is_there),
		cmocka_unit_test(find_rejects_a_chain_that_leaves_the_packet),
		cmocka_unit_test(find_keeps_to_the_payload_length),
		cmocka_unit_test(own_octets_end_where_the_payload_length_says),
		cmocka_unit_test(own_octets_are_all_where_the_payload_length_is_not_told),
		cmocka_unit_test(find_rejects_what_is_not_ipv6),
	};

	return cmocka_run_group_tests_name("ipv6", tests, NULL, NULL);
}
