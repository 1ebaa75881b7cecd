/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels, written by hand from the figures of their RFCs; link headers are capture_test.c's. */
#include "pcap/frame.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define ETHER4 "020000000002 020000000001 0800 "
#define ETHER6 "020000000002 020000000001 86dd "
/* 192.0.2.1 to 192.0.2.2; fragment field, protocol. */
#define IP4F(fragment, protocol) \
	"45000054 1234" fragment "40" protocol "0000 c0000201 c0000202 "
#define IP4(protocol) IP4F("0000", protocol)
#define IP6(next) "60000000 0000" next "40" \
	"20010db8000000000000000000000001 20010db8000000000000000000000002 "
/* With a Payload Length, which a walk along extension headers keeps to. */
#define IP6L(len, next) "60000000" len next "40" \
	"20010db8000000000000000000000001 20010db8000000000000000000000002 "

static const struct row {
	const char *name;
	int link;
	const char *hex;
	uint16_t ethertype;
	ssize_t ip_off;
	unsigned tunnels;
	bool fragment;
} rows[] = {
	{ "no tunnel", DLT_EN10MB, ETHER6 IP6("3b"), 0x86dd, 14, 0, false },
	{ "IPv4, UDP", DLT_EN10MB, ETHER4 IP4("11"), 0x0800, -1, 0, false },
	{ "6in4", DLT_EN10MB, ETHER4 IP4("29") IP6("3b"), 0x86dd, 34, 1, false },
	{ "6in4, raw IPv4", DLT_IPV4, IP4("29") IP6("3b"), 0x86dd, 20, 1, false },
	{ "6in4, IPv4 with an option", DLT_RAW,
	  "46000054 12340000 40290000 c0000201 c0000202 94040000" IP6("3b"),
	  0x86dd, 24, 1, false },
	{ "6in4, don't fragment", DLT_RAW, IP4F("4000", "29") IP6("3b"), 0x86dd, 20, 1, false },
	{ "GRE", DLT_RAW, IP4("2f") "000086dd" IP6("3b"), 0x86dd, 24, 1, false },
	{ "GRE with checksum", DLT_RAW, IP4("2f") "800086dd 00000000" IP6("3b"),
	  0x86dd, 28, 1, false },
	{ "GRE with key", DLT_RAW, IP4("2f") "200086dd 00000007" IP6("3b"), 0x86dd, 28, 1, false },
	{ "GRE with sequence number", DLT_RAW, IP4("2f") "100086dd 00000001" IP6("3b"),
	  0x86dd, 28, 1, false },
	{ "GRE with all three", DLT_RAW, IP4("2f") "b00086dd 00000000 00000007 00000001" IP6("3b"),
	  0x86dd, 36, 1, false },
	{ "GRE, IPv4 in it", DLT_RAW, IP4("2f") "00000800" IP4("11"), 0x0800, -1, 1, false },
	{ "6in4 in GRE", DLT_RAW, IP4("2f") "00000800" IP4("29") IP6("3b"), 0x86dd, 44, 2, false },
	{ "IPv4 in IPv4, then 6in4", DLT_RAW, IP4("04") IP4("29") IP6("3b"), 0x86dd, 40, 2, false },
	{ "GRE, Ethernet with a tag in it", DLT_RAW,
	  IP4("2f") "00006558" "020000000002 020000000001 8100 0007 86dd" IP6("3b"),
	  0x86dd, 42, 1, false },
	{ "GRE over IPv6", DLT_EN10MB, ETHER6 IP6L("002c", "2f") "000086dd" IP6("3b"),
	  0x86dd, 58, 1, false },
	{ "GRE over IPv6, encapsulation limit", DLT_IPV6,
	  IP6L("0034", "3c") "2f00 04 01 04 01 01 00" "000086dd" IP6("3b"), 0x86dd, 52, 1, false },
	{ "IPv6 in IPv6 is the dissector's", DLT_IPV6, IP6("29") IP6("3b"), 0x86dd, 0, 0, false },
	{ "four tunnels", DLT_RAW, IP4("04") IP4("04") IP4("04") IP4("29") IP6("3b"),
	  0x86dd, 80, 4, false },
	{ "the fifth stays shut", DLT_RAW,
	  IP4("04") IP4("04") IP4("04") IP4("04") IP4("29") IP6("3b"),
	  0x0800, -1, 4, false },
	{ "first fragment of 6in4", DLT_RAW, IP4F("2000", "29") IP6("3b"), 0x0800, -1, 0, true },
	{ "later fragment of 6in4", DLT_RAW, IP4F("0004", "29") IP6("3b"), 0x0800, -1, 0, true },
	{ "fragment of GRE in GRE", DLT_RAW, IP4("2f") "00000800" IP4F("2000", "2f") "000086dd",
	  0x0800, -1, 1, true },
	{ "fragment of UDP", DLT_RAW, IP4F("2000", "11"), 0x0800, -1, 0, false },
	{ "GRE of RFC 1701, with routing", DLT_RAW, IP4("2f") "400086dd 00000000" IP6("3b"),
	  0x0800, -1, 0, false },
	{ "GRE version 1, PPTP", DLT_RAW, IP4("2f") "3001880b 00000000 00000000",
	  0x0800, -1, 0, false },
	{ "GRE of what we don't know", DLT_RAW, IP4("2f") "00008847 00000000",
	  0x8847, -1, 1, false },
	{ "IPv4 header shorter than IPv4's", DLT_EN10MB,
	  ETHER4 "44000054 12340000 40290000 c0000201 c0000202" IP6("3b"), 0x0800, -1, 0, false },
	{ "ethertype IPv4, version 6", DLT_EN10MB, ETHER4 IP6("29"), 0x0800, -1, 0, false },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static struct captured entered(int link, const struct octets *frame, size_t len)
{
	/* In a block of just that size. */
	struct octets copy = octets_copy(frame->data, len);
	struct captured c = { .frame = copy.data, .len = copy.len };

	frame_enter(&c, link_type_numbered(link));
	octets_free(&copy);
	return c;
}

static void every_tunnel_leads_to_the_innermost_header(void **state)
{
	(void)state;
	for (const struct row *row = rows; row < rows + ROWS; row++) {
		struct octets frame = octets_of(row->hex);
		struct captured c = entered(row->link, &frame, frame.len);

		if (c.ethertype != row->ethertype || c.ip_off != row->ip_off ||
		    c.tunnels != row->tunnels || c.tunnel_fragment != row->fragment)
			fail_msg("%s: ethertype %#x at %zd, %u tunnels, fragment %d", row->name,
				 c.ethertype, c.ip_off, c.tunnels, c.tunnel_fragment);
		octets_free(&frame);
	}
}

static void tunnel_cut_short_has_nothing_in_it(void **state)
{
	(void)state;
	for (const struct row *row = rows; row < rows + ROWS; row++) {
		struct octets frame = octets_of(row->hex);

		for (size_t len = 0; len < frame.len; len++) {
			struct captured c = entered(row->link, &frame, len);

			assert_true(c.tunnels <= row->tunnels);
			assert_true((c.ip_off >= 0) == (c.ethertype == FRAME_IPV6));
			assert_true(c.ip_off <= (ssize_t)len);
			if (c.tunnels == row->tunnels && c.ip_off >= 0)
				assert_int_equal(c.ip_off, row->ip_off);
		}
		octets_free(&frame);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tunnel_leads_to_the_innermost_header),
		cmocka_unit_test(tunnel_cut_short_has_nothing_in_it),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
