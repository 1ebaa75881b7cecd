/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets by hand, with Shim6 in them and without; then cut at every octet. */
#include "pcap/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define IP6(len, next) "60000000" len next "40" \
	"20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define SHIM6 "3b010100562b0123456789abdeadbeef"
#define UDP "0001 0002 0008 0000"

static const struct row {
	const char *name, *hex;
	bool shim6;
} rows[] = {
	{ "I1", IP6("0010", "8c") SHIM6, true },
	{ "I1, only its IPv6 header captured", IP6("0010", "8c"), true },
	{ "behind hop-by-hop options", IP6("0018", "00") "8c00010400000000" SHIM6, true },
	{ "behind destination options of 16 octets",
	  IP6("0020", "3c") "8c01010c000000000000000000000000" SHIM6, true },
	{ "behind routing", IP6("0018", "2b") "8c00040000000000" SHIM6, true },
	{ "behind authentication, lengths in 4 octets",
	  IP6("0020", "33") "8c020000000000010000000100000000" SHIM6, true },
	{ "behind all of them", IP6("0038", "00") "3c00010400000000" "2b00010400000000"
	  "3300040000000000" "2c01000000000001 00000001" "8c00000000000007" SHIM6, true },
	{ "in the first fragment", IP6("0018", "2c") "8c00000100000007" SHIM6, true },
	{ "in a later fragment, says the header",
	  IP6("0010", "2c") "8c00000900000007 0011223344556677",
	  true },
	{ "in a later fragment, behind another header",
	  IP6("0010", "2c") "3c00000900000007 8c00010400000000", false },
	{ "within IPv6 in IPv6", IP6("0038", "29") IP6("0010", "8c") SHIM6, true },
	{ "within IPv6 in IPv6, behind options",
	  IP6("0048", "3c") "2900040104010100" IP6("0018", "3c") "8c00010400000000" SHIM6, true },
	{ "quoted by an error",
	  IP6("0040", "3a") "0104000000000000" IP6("0010", "8c") SHIM6, true },
	{ "quoted by an error, cut by the quote",
	  IP6("0030", "3a") "0400000000000006" IP6("0500", "8c"), true },
	{ "UDP", IP6("0008", "11") UDP, false },
	{ "TCP", IP6("0000", "06"), false },
	{ "no next header", IP6("0000", "3b"), false },
	{ "ESP", IP6("0008", "32") "0000000100000001", false },
	{ "UDP within IPv6 in IPv6", IP6("0030", "29") IP6("0008", "11") UDP, false },
	{ "UDP quoted by an error",
	  IP6("0038", "3a") "0104000000000000" IP6("0008", "11") UDP, false },
	{ "echo request with a packet in it",
	  IP6("0040", "3a") "8000000000010001" IP6("0010", "8c") SHIM6, false },
	{ "behind the packet's end", IP6("0000", "3c") "8c00010400000000" SHIM6, false },
	{ "behind a length that leaves the packet",
	  IP6("0018", "3c") "8c09010400000000" SHIM6, false },
	{ "version 4", "450000280000000040060000c0000201c0000202"
		       "0000000000000000000000000000000000000000", false },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void shim6_is_seen_where_it_is(void **state)
{
	(void)state;
	for (const struct row *row = rows; row < rows + ROWS; row++) {
		struct octets packet = octets_of(row->hex);

		if (carries_shim6(packet.data, packet.len) != row->shim6)
			fail_msg("%s: %s", row->name, row->shim6 ? "overlooked" : "imagined");
		octets_free(&packet);
	}
}

static void what_was_cut_off_is_never_read(void **state)
{
	(void)state;
	for (const struct row *row = rows; row < rows + ROWS; row++) {
		struct octets packet = octets_of(row->hex);

		for (size_t len = 0; len < packet.len; len++) {
			struct octets cut = octets_copy(packet.data, len);

			if (carries_shim6(cut.data, len) && !row->shim6)
				fail_msg("%s: imagined in %zu octets", row->name, len);
			octets_free(&cut);
		}
		octets_free(&packet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shim6_is_seen_where_it_is),
		cmocka_unit_test(what_was_cut_off_is_never_read),
	};

	return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
