/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets for tests, octet by octet as the figures of RFC 8200, 5533, 5534,
 * 768, 9293 and 4443 draw them; checksums were added up outside this tree.
 *
 *	A   2001:db8:a::1    B   2001:db8:b::1    locators
 *	A1  2001:db8:a:1::1  B2  2001:db8:b:2::1  and others
 *	C   2001:db8:c::1    D   2001:db8:d::1    ULIDs
 */
#ifndef WIRE_TEST_PACKETS_H
#define WIRE_TEST_PACKETS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define A "20010db8000a00000000000000000001"
#define B "20010db8000b00000000000000000001"
#define C "20010db8000c00000000000000000001"
#define D "20010db8000d00000000000000000001"
#define A1 "20010db8000a00010000000000000001"
#define B2 "20010db8000b00020000000000000001"

/* An IPv6 header with hop limit 64; IP is one from A to B. */
#define FROM_TO(from, to, payload_len, next) "60000000" payload_len next "40" from to
#define IP(payload_len, next)                FROM_TO(A, B, payload_len, next)

#define VALIDATOR "0002 0004 00010203"
#define LOCATORS  "0004 002c 00000005 02 0101 0000000000" A B

/* Modifier, Subnet Prefix, Collision Count, and the shortest of keys. */
#define PDS "0008 001d 000102030405060708090a0b0c0d0e0f 1011121314151617 00 30020500 00000000000000"

struct test_packet {
	const char *name;
	const char *hex;  /* blanks are for the eye */
	const char *line; /* as wire_line_print() has it */
};

static const struct test_packet test_packets[] = {
	{ "i1",
	  IP("0010", "8c") "3b 01 01 00 562b 0123456789ab deadbeef",
	  "2001:db8:a::1 > 2001:db8:b::1: I1 init_tag 0x123456789ab init_nonce 0xdeadbeef" },
	{ "i1 with ulid_pair and fii",
	  IP("0040", "8c") "3b 07 01 00 fa58 0123456789ab deadbeef"
	  "000c 0024 00000000" A B "000e 0004 00000001",
	  "2001:db8:a::1 > 2001:db8:b::1: I1 init_tag 0x123456789ab init_nonce 0xdeadbeef, "
	  "ulid_pair sender 2001:db8:a::1 receiver 2001:db8:b::1, fii 0x1" },
	{ "r1",
	  IP("0028", "8c") "3b 04 02 00 cadc 0000 deadbeef 00000007"
	  "0002 0014 000102030405060708090a0b0c0d0e0f10111213",
	  "2001:db8:a::1 > 2001:db8:b::1: R1 init_nonce 0xdeadbeef resp_nonce 0x7, "
	  "validator 000102030405060708090a0b0c0d0e0f10111213" },
	{ "r1 with padding",
	  IP("0028", "8c") "3b 04 02 00 ed04 0000 deadbeef 00000007"
	  "0002 0010 000102030405060708090a0b0c0d0e0f 00000000",
	  "2001:db8:a::1 > 2001:db8:b::1: R1 init_nonce 0xdeadbeef resp_nonce 0x7, "
	  "validator 000102030405060708090a0b0c0d0e0f" },
	{ "i2 with an unknown option",
	  IP("0090", "8c") "3b 11 03 00 6285 0123456789ab deadbeef 00000007 00000000"
	  VALIDATOR LOCATORS PDS "0014 0004 0000 001e" "009a 0005 0102030405 00000000000000",
	  "2001:db8:a::1 > 2001:db8:b::1: I2 init_tag 0x123456789ab init_nonce 0xdeadbeef "
	  "resp_nonce 0x7, validator 00010203, "
	  "locator_list generation 5 methods [1, 1] locators [2001:db8:a::1, 2001:db8:b::1], "
	  "pds 0001020304050607.. (29 octets), keepalive_timeout 30, "
	  "option type 77 octets 0102030405" },
	{ "r2",
	  IP("0068", "8c") "3b 0c 04 00 a3df 112233445566 deadbeef" LOCATORS PDS,
	  "2001:db8:a::1 > 2001:db8:b::1: R2 resp_tag 0x112233445566 init_nonce 0xdeadbeef, "
	  "locator_list generation 5 methods [1, 1] locators [2001:db8:a::1, 2001:db8:b::1], "
	  "pds 0001020304050607.. (29 octets)" },
	{ "r1bis",
	  IP("0018", "8c") "3b 02 05 00 0e21 7edcba987654 00000009" VALIDATOR,
	  "2001:db8:a::1 > 2001:db8:b::1: R1bis packet_tag 0x7edcba987654 resp_nonce 0x9, "
	  "validator 00010203" },
	{ "i2bis",
	  IP("0028", "8c") "3b 04 06 00 9f4b 0123456789ab deadbeef 00000009"
	  "00000000 0000 7edcba987654" VALIDATOR,
	  "2001:db8:a::1 > 2001:db8:b::1: I2bis init_tag 0x123456789ab init_nonce 0xdeadbeef "
	  "resp_nonce 0x9 packet_tag 0x7edcba987654, validator 00010203" },
	{ "update request with preferences",
	  IP("0020", "8c") "3b 03 40 00 ffe3 7fffffffffff 01020304"
	  "0006 0007 00000005 01 0100 0000000000",
	  "2001:db8:a::1 > 2001:db8:b::1: Update Request receiver_tag 0x7fffffffffff "
	  "request_nonce 0x1020304, preferences generation 5 element_len 1 elements [1, 0]" },
	{ "update request with pds and signature",
	  IP("0048", "8c") "3b 08 40 00 53f0 112233445566 0000002a"
	  PDS "000a 0008 0102030405060708 00000000",
	  "2001:db8:a::1 > 2001:db8:b::1: Update Request receiver_tag 0x112233445566 "
	  "request_nonce 0x2a, pds 0001020304050607.. (29 octets), "
	  "signature 0102030405060708" },
	{ "update acknowledgement",
	  IP("0010", "8c") "3b 01 41 00 fff8 7fffffffffff 01020304",
	  "2001:db8:a::1 > 2001:db8:b::1: Update Acknowledgement receiver_tag 0x7fffffffffff "
	  "request_nonce 0x1020304" },
	{ "keepalive",
	  IP("0010", "8c") "3b 01 42 00 e931 112233445566 00000000",
	  "2001:db8:a::1 > 2001:db8:b::1: Keepalive receiver_tag 0x112233445566" },
	{ "probe",
	  FROM_TO(B2, A1, "0038", "8c") "3b 06 43 00 875a 112233445566 01 40 0000"
	  B2 A1 "01020304 00000000",
	  "2001:db8:b:2::1 > 2001:db8:a:1::1: Probe receiver_tag 0x112233445566 Exploring "
	  "sent [2001:db8:b:2::1 > 2001:db8:a:1::1 nonce 0x1020304]" },
	{ "probe that answers",
	  FROM_TO(A1, B2, "0060", "8c") "3b 0b 43 00 d641 112233445566 11 80 0000"
	  A1 B2 "a1a2a3a4 00000000" B2 A1 "01020304 00000000",
	  "2001:db8:a:1::1 > 2001:db8:b:2::1: Probe receiver_tag 0x112233445566 InboundOk "
	  "sent [2001:db8:a:1::1 > 2001:db8:b:2::1 nonce 0xa1a2a3a4] "
	  "received [2001:db8:b:2::1 > 2001:db8:a:1::1 nonce 0x1020304]" },
	{ "error",
	  IP("0038", "8c") "3b 06 44 00 a59b 0034" IP("0010", "8c") "3b 01 01 00 562b 0123",
	  "2001:db8:a::1 > 2001:db8:b::1: Error code 0 (unknown message type) pointer 52, "
	  "48 octets quoted" },
	{ "control message of unknown type",
	  IP("0010", "8c") "3b 01 63 00 48ea 0102 0304050607080900",
	  "2001:db8:a::1 > 2001:db8:b::1: Shim6 control type 99 body 01020304050607080900" },
	{ "udp",
	  IP("000d", "11") "1388 0007 000d 4cea 68656c6c6f",
	  "2001:db8:a::1.5000 > 2001:db8:b::1.7: UDP, length 5" },
	{ "udp behind a payload header", /* its checksum is for C and D */
	  IP("0015", "8c") "11 00 923456789abc" "1388 0007 000d 4ce6 68656c6c6f",
	  "2001:db8:a::1 > 2001:db8:b::1: shim6 payload tag 0x123456789abc: "
	  "UDP 5000 > 7, length 5" },
	{ "echo request",
	  IP("000c", "3a") "80 00 5e64 0102 0003 61626364",
	  "2001:db8:a::1 > 2001:db8:b::1: ICMPv6 echo request, id 258, seq 3, length 4" },
	{ "icmp6",
	  IP("0008", "3a") "01 00 a334 00000000",
	  "2001:db8:a::1 > 2001:db8:b::1: ICMPv6 destination unreachable, no route, length 4" },
	{ "icmp6 of a type without a name",
	  IP("0008", "3a") "c8 02 dc31 00000000",
	  "2001:db8:a::1 > 2001:db8:b::1: ICMPv6 type 200 code 2, length 4" },
	{ "every extension header",
	  IP("0040", "00") "3c 00 0502 0000 0100" "2b 00 01 04 00000000"
	  "2c 02 00 00 00000000" D "8c 00 0000 12345678"
	  "3b 01 01 00 562b 0123456789ab deadbeef",
	  "2001:db8:a::1 > 2001:db8:b::1: Hop-by-Hop Options 050200000100: "
	  "Destination Options 010400000000: Routing type 0 segments_left 0 "
	  "data 0000000020010db8000d00000000000000000001: "
	  "Fragment offset 0 more 0 id 0x12345678: "
	  "I1 init_tag 0x123456789ab init_nonce 0xdeadbeef" },
	{ "authentication header", /* RFC 4302 2: of 24 octets, in units of 4 and less 2 */
	  IP("0025", "33") "11 04 0000 00000100 00000005 00112233445566778899aabb"
	  "1388 0007 000d 4cea 68656c6c6f",
	  "2001:db8:a::1 > 2001:db8:b::1: Authentication spi 0x100 seq 5 "
	  "icv 00112233445566778899aabb: UDP 5000 > 7, length 5" },
	{ "type 2 routing header", /* RFC 6275 6.4: the checksum is for D */
	  IP("0025", "2b") "11 02 02 01 00000000" D "1388 0007 000d 4ce8 68656c6c6f",
	  "2001:db8:a::1 > 2001:db8:b::1: Routing type 2 segments_left 1 "
	  "data 0000000020010db8000d00000000000000000001: UDP 5000 > 7, length 5" },
	{ "home address option", /* RFC 6275 6.3, behind PadN: the checksum is for C */
	  IP("0025", "3c") "11 02 01 02 0000 c9 10" C "1388 0007 000d 4ce8 68656c6c6f",
	  "2001:db8:a::1 > 2001:db8:b::1: Destination Options 01020000c9102001.. (22 octets): "
	  "UDP 5000 > 7, length 5" },
	{ "later fragment",
	  IP("0010", "2c") "11 00 0008 12345678" "0001020304050607",
	  "2001:db8:a::1 > 2001:db8:b::1: Fragment offset 1 more 0 id 0x12345678: "
	  "next header 17, length 8" },
	{ "shimmed tunnel", /* RFC 5533 4.6: payload header, then IPv6 again */
	  IP("003d", "8c") "29 00 923456789abc" "60000000000d1140" C D
	  "1388 0007 000d 4ce6 68656c6c6f",
	  "2001:db8:a::1 > 2001:db8:b::1: shim6 payload tag 0x123456789abc: "
	  "2001:db8:c::1.5000 > 2001:db8:d::1.7: UDP, length 5" },
	{ "tcp", /* RFC 9293 3.1 */
	  IP("0019", "06") "1388 0007 00000002 01020304 50 18 ffff f8d5 0000 68656c6c6f",
	  "2001:db8:a::1.5000 > 2001:db8:b::1.7: TCP [P.] seq 2 ack 16909060 win 65535, "
	  "length 5" },
	{ "tcp with an option", /* Maximum Segment Size, 1440 */
	  IP("0018", "06") "1388 0007 00000001 00000000 60 02 ffff 2922 0000 020405a0",
	  "2001:db8:a::1.5000 > 2001:db8:b::1.7: TCP [S] seq 1 win 65535 options 020405a0, "
	  "length 0" },
	{ "urgent tcp",
	  IP("0014", "06") "1388 0007 00000001 00000000 50 22 ffff 40a5 0005",
	  "2001:db8:a::1.5000 > 2001:db8:b::1.7: TCP [SU] seq 1 win 65535 urgent 5, length 0" },
	{ "shimmed tcp",
	  IP("001c", "8c") "06 00 923456789abc"
	  "1388 0007 00000002 01020304 50 11 ffff 3cb0 0000",
	  "2001:db8:a::1 > 2001:db8:b::1: shim6 payload tag 0x123456789abc: "
	  "TCP 5000 > 7 [F.] seq 2 ack 16909060 win 65535, length 0" },
	{ "a protocol that nobody explains", /* 253, RFC 3692 2.1 */
	  IP("0006", "fd") "010203040506",
	  "2001:db8:a::1 > 2001:db8:b::1: next header 253, length 6" },
	{ "nothing behind",
	  IP("0000", "3b"),
	  "2001:db8:a::1 > 2001:db8:b::1" },
};

enum { TEST_PACKET_COUNT = sizeof(test_packets) / sizeof(test_packets[0]) };
enum { TEST_PACKET_MAX = 256 };

/* Octets of a text of hex digits and blanks; returns how many. */
static inline size_t test_octets(uint8_t *out, const char *hex)
{
	size_t len = 0;
	int n;

	for (; sscanf(hex, " %2hhx%n", &out[len], &n) == 1; hex += n)
		len++;
	return len;
}

#endif
