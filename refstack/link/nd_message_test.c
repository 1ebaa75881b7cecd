/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of Neighbor Discovery: octets by hand, RFC 4861 4, and what makes a
 * message none, 6.1 and 7.1. */
#include "refstack/link/nd_lan.h"

#include <netinet/icmp6.h>

/* With their checksums; each a packet. */
#define RS_OCTETS \
	"60000000 0010 3aff fe80000000000000000000fffe00000a ff020000000000000000000000000002" \
	"8500 7b1a 00000000  01 01 02000000000a"
#define RS_WITHOUT_SOURCE \
	"60000000 0008 3aff 00000000000000000000000000000000 ff020000000000000000000000000002" \
	"8500 7bb8 00000000"
#define RA_OCTETS \
	"60000000 0040 3aff fe800000000000000000000000000001 ff020000000000000000000000000001" \
	"8600 b1f5 40 c0 0708 00007530 000003e8" \
	"01 01 020000000001" \
	"05 01 0000 000005dc" \
	"03 04 40 c0 00015180 00003840 00000000 20010db8000a00010000000000000000"
#define NS_OCTETS \
	"60000000 0020 3aff 20010db8000a0001000000000000000b ff0200000000000000000001ff00000a" \
	"8700 1bed 00000000 20010db8000a0001000000000000000a  01 01 02000000000b"
#define DAD_OCTETS \
	"60000000 0020 3aff 00000000000000000000000000000000 ff0200000000000000000001ff00000a" \
	"8700 53d9 00000000 20010db8000a0001000000000000000a  0e 01 a1a2a3a4a5a6"
#define NA_OCTETS \
	"60000000 0020 3aff 20010db8000a0001000000000000000a 20010db8000a0001000000000000000b" \
	"8800 8a2e 60000000 20010db8000a0001000000000000000a  02 01 02000000000a"

static const struct ethernet_addr mac_us = { { 2, 0, 0, 0, 0, 0xa } };
static const struct ethernet_addr mac_peer = { { 2, 0, 0, 0, 0, 0xb } };

static struct nd_message parsed(const char *hex)
{
	struct octets o = octets_of(hex);
	struct nd_message m;

	assert_true(nd_is_message(o.data, o.len));
	assert_int_equal(nd_message_parse(&m, o.data, o.len), 0);
	octets_free(&o);
	return m;
}

#define assert_addr(addr, text) \
	do { \
		struct in6_addr expected_ = addr_of(text); \
		assert_memory_equal(&(addr), &expected_, sizeof(expected_)); \
	} while (0)

/* A frame of nd_frame() without its Ethernet header; it is freed. */
static int verdict_on(struct octets frame)
{
	struct nd_message m;
	struct octets o = octets_copy(frame.data + ETHERNET_HEADER_LEN,
				      frame.len - ETHERNET_HEADER_LEN);
	int err = nd_message_parse(&m, o.data, o.len);

	octets_free(&o);
	octets_free(&frame);
	return err;
}

/* --- octets ----------------------------------------------------------------------- */

static void a_router_advertisement_is_taken_apart(void **state)
{
	struct nd_message m = parsed(RA_OCTETS);

	(void)state;
	assert_int_equal(m.type, ND_ROUTER_ADVERT);
	assert_addr(m.src, "fe80::1");
	assert_addr(m.dst, "ff02::1");
	assert_int_equal(m.lifetime_sec, 1800);
	assert_int_equal(m.reachable_msec, 30000);
	assert_int_equal(m.retrans_msec, 1000);
	assert_true(m.has_mac);
	assert_octets_equal(&m.mac, 6, MAC_ROUTER);
	assert_int_equal(m.prefix_count, 1);
	assert_addr(m.prefix[0].prefix, "2001:db8:a:1::");
	assert_int_equal(m.prefix[0].len, 64);
	assert_true(m.prefix[0].on_link && m.prefix[0].autonomous);
	assert_int_equal(m.prefix[0].valid_sec, 86400);
	assert_int_equal(m.prefix[0].preferred_sec, 14400);
}

static void the_prefix_flags_are_told_apart(void **state)
{
	static const struct {
		const char *flags;
		bool on_link, autonomous;
	} cases[] = { { "80", true, false }, { "40", false, true }, { "3f", false, false } };
	struct nd_message m;
	char hex[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct octets f;

		snprintf(hex, sizeof(hex), "8600 0000 00000000 00000000 00000000 0304 40 %s"
			 "00015180 00003840 00000000 20010db8000a00010000000000000000",
			 cases[i].flags);
		f = nd_frame(MAC_ALL MAC_ROUTER, ADDR_ROUTER ADDR_ALL, hex);
		assert_int_equal(nd_message_parse(&m, f.data + 14, f.len - 14), 0);
		assert_int_equal(m.prefix[0].on_link, cases[i].on_link);
		assert_int_equal(m.prefix[0].autonomous, cases[i].autonomous);
		octets_free(&f);
	}
}

static void a_neighbor_solicitation_is_taken_apart(void **state)
{
	struct nd_message m = parsed(NS_OCTETS);

	(void)state;
	assert_int_equal(m.type, ND_NEIGHBOR_SOLICIT);
	assert_addr(m.src, "2001:db8:a:1::b");
	assert_addr(m.target, "2001:db8:a:1::a");
	assert_true(m.has_mac && ethernet_equal(&m.mac, &mac_peer));
	assert_false(m.has_nonce);
	m = parsed(DAD_OCTETS);
	assert_addr(m.src, "::");
	assert_addr(m.target, "2001:db8:a:1::a");
	assert_false(m.has_mac);
	assert_true(m.has_nonce);
	assert_octets_equal(m.nonce, sizeof(m.nonce), "a1a2a3a4a5a6");
}

static void a_neighbor_advertisement_is_taken_apart(void **state)
{
	static const struct {
		const char *flags;
		bool router, solicited, override;
	} cases[] = {
		{ "80000000", true, false, false }, { "40000000", false, true, false },
		{ "20000000", false, false, true }, { "1fffffff", false, false, false },
	};
	struct nd_message m = parsed(NA_OCTETS);
	char hex[128];

	(void)state;
	assert_int_equal(m.type, ND_NEIGHBOR_ADVERT);
	assert_addr(m.target, "2001:db8:a:1::a");
	assert_true(m.has_mac && ethernet_equal(&m.mac, &mac_us));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct octets f;

		snprintf(hex, sizeof(hex), "8800 0000 %s" ADDR_US, cases[i].flags);
		f = nd_frame(MAC_US MAC_PEER, ADDR_PEER ADDR_US, hex);
		assert_int_equal(nd_message_parse(&m, f.data + 14, f.len - 14), 0);
		assert_int_equal(m.router, cases[i].router);
		assert_int_equal(m.solicited, cases[i].solicited);
		assert_int_equal(m.override, cases[i].override);
		assert_false(m.has_mac);
		octets_free(&f);
	}
}

static void what_a_host_says_has_these_octets(void **state)
{
	const struct {
		struct nd_message m;
		const char *hex;
	} cases[] = {
		{ { .type = ND_ROUTER_SOLICIT, .src = addr_of("fe80::ff:fe00:a"),
		    .dst = nd_all_routers, .has_mac = true, .mac = mac_us }, RS_OCTETS },
		{ { .type = ND_ROUTER_SOLICIT, .dst = nd_all_routers }, RS_WITHOUT_SOURCE },
		{ parsed(NS_OCTETS), NS_OCTETS },
		{ parsed(DAD_OCTETS), DAD_OCTETS },
		{ parsed(NA_OCTETS), NA_OCTETS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t out[ND_MESSAGE_MAX];
		ssize_t len = nd_message_emit(&cases[i].m, out, sizeof(out));

		assert_true(len > 0);
		assert_octets_equal(out, (size_t)len, cases[i].hex);
		for (ssize_t cap = 0; cap < len; cap++)
			assert_int_equal(nd_message_emit(&cases[i].m, out, (size_t)cap), -ENOSPC);
	}
}

static void the_solicited_node_group_has_the_last_three_octets(void **state)
{
	struct in6_addr addr = addr_of("4037::1:800:200e:8c6c"); /* RFC 4291 2.7.1 */
	struct in6_addr group = nd_solicited_node(&addr);

	(void)state;
	assert_addr(group, "ff02::1:ff0e:8c6c");
}

/* --- what counts for nothing ------------------------------------------------------ */

/* Whole where the fixed part or an option ends, and nowhere else. */
static void every_truncation_within_something_is_refused(void **state)
{
	static const struct {
		const char *hex;
		size_t ends[6]; /* octets of the message; 0: no more */
	} cases[] = {
		{ RA_OCTETS, { 16, 24, 32, 64 } },
		{ NS_OCTETS, { 24, 32 } },
		{ DAD_OCTETS, { 24, 32 } },
		{ NA_OCTETS, { 24, 32 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct octets whole = octets_of(cases[i].hex);
		const size_t *end = cases[i].ends;

		for (size_t len = 1; len <= whole.len - 40; len++) {
			struct octets frame = { calloc(1, 14 + 40 + len), 14 + 40 + len };
			bool is_end = len == *end;

			assert_non_null(frame.data);
			memcpy(frame.data + 14, whole.data, 40 + len);
			seal(&frame);
			assert_int_equal(verdict_on(frame), is_end ? 0 : -EBADMSG);
			end += is_end;
		}
		octets_free(&whole);
	}
}

static void nothing_is_read_of_a_packet_that_ends_in_its_header(void **state)
{
	struct octets whole = octets_of(NS_OCTETS);
	struct nd_message m;

	(void)state;
	for (size_t len = 0; len <= 40; len++) {
		struct octets o = octets_copy(whole.data, len);

		assert_false(nd_is_message(o.data, o.len));
		assert_int_equal(nd_message_parse(&m, o.data, o.len), -EBADMSG);
		octets_free(&o);
	}
	octets_free(&whole);
}

static void each_rule_of_validity_is_one(void **state)
{
	static const struct {
		const char *header, *addrs, *message;
	} broken[] = {
		/* a hop limit of 254: it was forwarded */
		{ "60000000 0000 3a fe", ADDR_PEER ADDR_OF_US, "8700 0000 00000000" ADDR_US },
		{ "60000000 0000 3a fe", ADDR_PEER ADDR_US, "8800 0000 60000000" ADDR_PEER },
		{ "60000000 0000 3a fe", ADDR_ROUTER ADDR_ALL,
		  "8600 0000 00000708 00000000 00000000" },
		/* code 1 */
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_OF_US, "8701 0000 00000000" ADDR_US },
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_US, "8801 0000 60000000" ADDR_PEER },
		{ "60000000 0000 3a ff", ADDR_ROUTER ADDR_ALL,
		  "8601 0000 00000708 00000000 00000000" },
		/* an option of length 0 */
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_OF_US,
		  "8700 0000 00000000" ADDR_US "0100" MAC_PEER },
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_US,
		  "8800 0000 60000000" ADDR_PEER "6300" MAC_PEER },
		{ "60000000 0000 3a ff", ADDR_ROUTER ADDR_ALL,
		  "8600 0000 00000708 00000000 00000000 0100" MAC_ROUTER },
		/* an option longer than what is left */
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_OF_US,
		  "8700 0000 00000000" ADDR_US "0102" MAC_PEER },
		/* the target is a group */
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_ALL, "8700 0000 00000000" ADDR_ALL },
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_US, "8800 0000 20000000" ADDR_ALL },
		/* no source, but a link-layer address; or not to the right group */
		{ "60000000 0000 3a ff", ADDR_NONE ADDR_OF_US,
		  "8700 0000 00000000" ADDR_US "0101" MAC_PEER },
		{ "60000000 0000 3a ff", ADDR_NONE ADDR_OF_US,
		  "8700 0000 00000000" ADDR_US "0102" MAC_PEER "0000000000000000" },
		{ "60000000 0000 3a ff", ADDR_NONE ADDR_OF_PEER, "8700 0000 00000000" ADDR_US },
		{ "60000000 0000 3a ff", ADDR_NONE ADDR_ALL, "8700 0000 00000000" ADDR_US },
		{ "60000000 0000 3a ff", ADDR_NONE ADDR_US, "8700 0000 00000000" ADDR_US },
		/* solicited, to everybody */
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_ALL, "8800 0000 40000000" ADDR_PEER },
		/* a router's address that is not link-local */
		{ "60000000 0000 3a ff", ADDR_PEER ADDR_ALL,
		  "8600 0000 00000708 00000000 00000000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_int_equal(verdict_on(frame_of(MAC_US MAC_PEER, broken[i].header,
						     broken[i].addrs, broken[i].message)),
				 -EBADMSG);
}

static void every_octet_is_under_the_checksum(void **state)
{
	static const char *const packets[] = { RA_OCTETS, NS_OCTETS, DAD_OCTETS, NA_OCTETS };

	(void)state;
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		struct octets o = octets_of(packets[i]);

		for (size_t at = 8; at < o.len; at++) {
			struct nd_message m;

			o.data[at] ^= 0x10;
			assert_int_not_equal(nd_message_parse(&m, o.data, o.len), 0);
			o.data[at] ^= 0x10;
		}
		octets_free(&o);
	}
}

static void what_does_not_concern_a_host_is_told_so(void **state)
{
	(void)state;
	assert_int_equal(verdict_on(nd_frame(MAC_ALL MAC_PEER, ADDR_PEER ADDR_ALL,
					     "8500 0000 00000000")), -ENOENT);
	assert_int_equal(verdict_on(nd_frame(MAC_US MAC_ROUTER, ADDR_ROUTER ADDR_US,
					     "8900 0000 00000000" ADDR_PEER ADDR_FAR)), -ENOENT);
}

static void only_right_behind_the_header_it_is_neighbor_discovery(void **state)
{
	struct octets echo = octets_of("60000000 0008 3a ff" ADDR_PEER ADDR_US "80000000 00000000");
	struct octets behind = octets_of("60000000 0020 3c ff" ADDR_PEER ADDR_OF_US
					 "3a 00 0104 00000000 8700 0000 00000000" ADDR_US);
	struct octets fragment = octets_of("60000000 0020 2c ff" ADDR_PEER ADDR_OF_US
					   "3a 00 0000 00000001 8700 0000 00000000" ADDR_US);

	(void)state;
	assert_false(nd_is_message(echo.data, echo.len));
	assert_false(nd_is_message(behind.data, behind.len));
	assert_false(nd_is_message(fragment.data, fragment.len));
	octets_free(&echo);
	octets_free(&behind);
	octets_free(&fragment);
}

/* --- options that are passed over ------------------------------------------------- */

static struct nd_message with_options(const char *addrs, const char *fixed, const char *option)
{
	char hex[2048];
	struct octets f;
	struct nd_message m;

	snprintf(hex, sizeof(hex), "%s %s", fixed, option);
	f = nd_frame(MAC_US MAC_PEER, addrs, hex);
	assert_int_equal(nd_message_parse(&m, f.data + 14, f.len - 14), 0);
	octets_free(&f);
	return m;
}

static void options_of_no_use_are_passed_over(void **state)
{
	static const char *const of_no_use[] = {
		"0201" MAC_PEER,                   /* the target's in a solicitation */
		"0101 010000000001",               /* the address of a group */
		"0102" MAC_PEER "0000000000000000", /* longer than Ethernet's */
		"6301 000000000000",               /* unknown */
		"0e02 a1a2a3a4a5a6 a1a2a3a4a5a6a7a8", /* a longer nonce */
		"0301 4040 00000001",              /* a prefix cut short */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(of_no_use) / sizeof(of_no_use[0]); i++) {
		struct nd_message m = with_options(ADDR_PEER ADDR_OF_US,
						   "8700 0000 00000000" ADDR_US, of_no_use[i]);
		char both[256];

		assert_false(m.has_mac || m.has_nonce || m.prefix_count);
		snprintf(both, sizeof(both), "%s 0101" MAC_PEER, of_no_use[i]);
		m = with_options(ADDR_PEER ADDR_OF_US, "8700 0000 00000000" ADDR_US, both);
		assert_true(m.has_mac && ethernet_equal(&m.mac, &mac_peer));
	}
}

static void a_prefix_of_129_bits_is_passed_over(void **state)
{
	struct nd_message m = with_options(
		ADDR_ROUTER ADDR_ALL, "8600 0000 00000708 00000000 00000000",
		"0304 81c0 00015180 00003840 00000000 20010db8000a00010000000000000000"
		"0304 80c0 00015180 00003840 00000000 20010db8000a00010000000000000001");

	(void)state;
	assert_int_equal(m.prefix_count, 1);
	assert_int_equal(m.prefix[0].len, 128);
}

static void prefixes_beyond_the_sixteenth_are_passed_over(void **state)
{
	char hex[2048] = "";
	struct nd_message m;

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		snprintf(hex + strlen(hex), sizeof(hex) - strlen(hex),
			 "0304 40c0 00015180 00003840 00000000 20010db8%08x0000000000000000", i);
	m = with_options(ADDR_ROUTER ADDR_ALL, "8600 0000 00000708 00000000 00000000", hex);
	assert_int_equal(m.prefix_count, ND_MESSAGE_PREFIXES);
	assert_addr(m.prefix[15].prefix, "2001:db8:0:f::");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_router_advertisement_is_taken_apart),
		cmocka_unit_test(the_prefix_flags_are_told_apart),
		cmocka_unit_test(a_neighbor_solicitation_is_taken_apart),
		cmocka_unit_test(a_neighbor_advertisement_is_taken_apart),
		cmocka_unit_test(what_a_host_says_has_these_octets),
		cmocka_unit_test(the_solicited_node_group_has_the_last_three_octets),
		cmocka_unit_test(every_truncation_within_something_is_refused),
		cmocka_unit_test(nothing_is_read_of_a_packet_that_ends_in_its_header),
		cmocka_unit_test(each_rule_of_validity_is_one),
		cmocka_unit_test(every_octet_is_under_the_checksum),
		cmocka_unit_test(what_does_not_concern_a_host_is_told_so),
		cmocka_unit_test(only_right_behind_the_header_it_is_neighbor_discovery),
		cmocka_unit_test(options_of_no_use_are_passed_over),
		cmocka_unit_test(a_prefix_of_129_bits_is_passed_over),
		cmocka_unit_test(prefixes_beyond_the_sixteenth_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
