/* SPDX-License-Identifier: BSD-2-Clause */
/* What each setting takes, and what it says of all else. */
#include "refstack/daemon/test_flags.h"

#include "wire/test_octets.h"

#define TUN "--tun shim0 --prefix 2001:db8:a:1::/64 "

static void assert_prefix(const uint8_t *prefix, const char *text)
{
	struct in6_addr addr = addr_of(text);

	assert_memory_equal(prefix, &addr, 8);
}

/* --- links ---------------------------------------------------------------------------- */

static void links_come_in_their_order(void **state)
{
	struct settings s = settings_of("--interface eth0,prefix=2001:db8:a:1::/64 "
					"--tun shim0,prefix=2001:db8:a:2::/64");

	(void)state;
	assert_int_equal(s.link_count, 2);
	assert_int_equal(s.link[0].type, LINK_ETHERNET);
	assert_string_equal(s.link[0].name, "eth0");
	assert_prefix(s.link[0].prefix[0], "2001:db8:a:1::");
	assert_int_equal(s.link[1].type, LINK_TUN);
	assert_string_equal(s.link[1].name, "shim0");
	assert_prefix(s.link[1].prefix[0], "2001:db8:a:2::");
}

static void a_prefix_belongs_to_the_link_before_it(void **state)
{
	struct settings s = settings_of("--tun t1 --prefix 2001:db8:1::/64 --prefix 2001:db8:2::/64 "
					"--tun t2 --prefix 2001:db8:3::/64");

	(void)state;
	assert_int_equal(s.link[0].prefix_count, 2);
	assert_prefix(s.link[0].prefix[1], "2001:db8:2::");
	assert_int_equal(s.link[1].prefix_count, 1);
	assert_prefix(s.link[1].prefix[0], "2001:db8:3::");
}

static void a_prefix_before_any_link_belongs_to_the_first(void **state)
{
	struct settings s = settings_of("--prefix 2001:db8:1::/64 --tun t1 --tun t2,prefix=2001:db8:2::/64");

	(void)state;
	assert_int_equal(s.link[0].prefix_count, 1);
	assert_prefix(s.link[0].prefix[0], "2001:db8:1::");
	assert_int_equal(s.link[1].prefix_count, 1);
}

static void an_interface_has_more_parts(void **state)
{
	struct settings s = settings_of("--interface eth0,gateway=fe80::1,mac=02:0a:0B:00:00:ff "
					"--interface eth1,mac=own --interface eth2,mac=made --interface eth3");

	(void)state;
	assert_true(s.link[0].has_gateway);
	assert_memory_equal(&s.link[0].gateway, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	assert_int_equal(s.link[0].mac_choice, MAC_GIVEN);
	assert_memory_equal(s.link[0].mac.octets, "\x02\x0a\x0b\0\0\xff", 6);
	assert_int_equal(s.link[1].mac_choice, MAC_OWN);
	assert_int_equal(s.link[2].mac_choice, MAC_MADE);
	assert_int_equal(s.link[3].mac_choice, MAC_MADE);
	assert_false(s.link[3].has_gateway);
	assert_int_equal(s.link[3].prefix_count, 0);
}

#define SAYS_TUN "refstackd: --tun takes a name for a TUN device, 8 links in all, none twice, not "
#define SAYS_INTERFACE \
	"refstackd: --interface takes the name of a network interface, 8 links in all, none twice, not "

static void a_link_has_a_name_that_an_interface_may_have(void **state)
{
	(void)state;
	assert_misuse("--tun sixteen-letters0", SAYS_TUN "\"sixteen-letters0\"\n");
	assert_misuse("--tun a/b", SAYS_TUN "\"a/b\"\n");
	assert_misuse("--tun a:b", SAYS_TUN "\"a:b\"\n");
	assert_misuse("--tun ..", SAYS_TUN "\"..\"\n");
	assert_misuse("--interface=", SAYS_INTERFACE "\"\"\n");
	assert_misuse("--interface ,gateway=fe80::1", SAYS_INTERFACE "\"\"\n");
}

static void no_link_is_there_twice_and_no_more_than_eight(void **state)
{
	(void)state;
	assert_misuse("--tun a --interface a", SAYS_INTERFACE "\"a\"\n");
	assert_misuse("--tun a --tun b --tun c --tun d --tun e --tun f --tun g --tun h --tun i",
		      SAYS_TUN "\"i\"\n");
}

#define SAYS_PREFIX "prefix takes a prefix like 2001:db8:a:1::/64, 4 to a link, none twice, not "

static void a_prefix_is_a_64_of_its_own(void **state)
{
	static const char *const none[] = {
		"2001:db8:a:1::",       "2001:db8:a:1::/63", "2001:db8:a:1::/65", "2001:db8:a:1::1/64",
		"2001:db8:a:1/64",      "/64",               "ff05:1::/64",       "fe80::/64",
		"2001:db8:a:1::/64x",   "2001:db8:a:1::/-64", "2001:db8:a:1::/",  "x",
		"2001:db8:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa/64",
	};
	char line[128], said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		snprintf(line, sizeof(line), "--tun shim0 --prefix %s", none[i]);
		snprintf(said, sizeof(said), "refstackd: --" SAYS_PREFIX "\"%s\"\n", none[i]);
		assert_misuse(line, said);
	}
}

static void no_prefix_is_there_twice_and_no_more_than_four_on_a_link(void **state)
{
	(void)state;
	assert_misuse("--tun a,prefix=2001:db8::/64 --tun b,prefix=2001:db8::/64",
		      "refstackd: --tun: " SAYS_PREFIX "\"2001:db8::/64\"\n");
	assert_misuse("--tun a,prefix=2001:db8:1::/64,prefix=2001:db8:2::/64,prefix=2001:db8:3::/64,"
		      "prefix=2001:db8:4::/64,prefix=2001:db8:5::/64",
		      "refstackd: --tun: " SAYS_PREFIX "\"2001:db8:5::/64\"\n");
}

static void a_gateway_is_one_router(void **state)
{
	static const char *const none[] = { "ff02::2", "::", "::1", "192.0.2.1", "router", "" };
	char line[128], said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		snprintf(line, sizeof(line), "--interface eth0,gateway=%s", none[i]);
		snprintf(said, sizeof(said), "refstackd: --interface: gateway takes the IPv6 address of"
			 " a router, not \"%s\"\n", none[i]);
		assert_misuse(line, said);
	}
}

static void an_ethernet_address_is_that_of_one_station(void **state)
{
	static const char *const none[] = {
		"01:00:00:00:00:01", "02:00:00:00:00",    "02:00:00:00:00:01:02", "2:0:0:0:0:1",
		"02-00-00-00-00-01", "02:00:00:00:00:0g", "mine",
	};
	char line[128], said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		snprintf(line, sizeof(line), "--interface eth0,mac=%s", none[i]);
		snprintf(said, sizeof(said), "refstackd: --interface: mac takes made, own, or a station's"
			 " address like 02:00:00:00:00:01, not \"%s\"\n", none[i]);
		assert_misuse(line, said);
	}
}

static void parts_that_are_none_are_told(void **state)
{
	(void)state;
	assert_misuse("--interface eth0,ecko=1",
		      "refstackd: --interface: parts are like NAME=VALUE, with prefix, gateway, mac for"
		      " names, not \"ecko\"\n");
	assert_misuse("--interface eth0,prefix",
		      "refstackd: --interface: parts are like NAME=VALUE, with prefix, gateway, mac for"
		      " names, not \"prefix\"\n");
	assert_misuse("--tun shim0,gateway=fe80::1",
		      "refstackd: --tun: parts are like NAME=VALUE, with prefix for names, not"
		      " \"gateway\"\n");
}

/* --- the kernel's programs ------------------------------------------------------------ */

static void programs_of_the_kernel_have_a_device_and_routes(void **state)
{
	struct settings s = settings_of(TUN "--apps apps0,route=2001:db8:b::/48,route=::/0");
	struct in6_addr prefix = addr_of("2001:db8:b::");

	(void)state;
	assert_string_equal(s.apps, "apps0");
	assert_int_equal(s.route_count, 2);
	assert_memory_equal(&s.route[0].prefix, &prefix, 16);
	assert_int_equal(s.route[0].len, 48);
	assert_int_equal(s.route[1].len, 0);
	assert_string_equal(settings_of(TUN "--apps apps0").apps, "apps0");
}

static void routes_are_prefixes(void **state)
{
	(void)state;
	assert_misuse(TUN "--apps apps0,route=2001:db8:b::1/48",
		      "refstackd: --apps: route takes a prefix like 2001:db8:b::/48, at most 8 of them,"
		      " not \"2001:db8:b::1/48\"\n");
	assert_misuse(TUN "--apps apps0,route=::/129",
		      "refstackd: --apps: route takes a prefix like 2001:db8:b::/48, at most 8 of them,"
		      " not \"::/129\"\n");
	assert_misuse(TUN "--apps a,route=::/0,route=::/0,route=::/0,route=::/0,route=::/0,route=::/0,"
			  "route=::/0,route=::/0,route=::/1",
		      "refstackd: --apps: route takes a prefix like 2001:db8:b::/48, at most 8 of them,"
		      " not \"::/1\"\n");
}

/* --- the rest ------------------------------------------------------------------------- */

static void without_more_the_host_is_as_the_core_has_it(void **state)
{
	struct settings s = settings_of(TUN);

	(void)state;
	assert_int_equal(s.kind, SHIM_HBA);
	assert_int_equal(s.hba_sec, 0);
	assert_false(s.has_seed);
	assert_int_equal(s.initiate_after, 0);
	assert_int_equal(s.send_timeout, 0);
	assert_int_equal(s.idle_timeout, 0);
	assert_int_equal(s.echo_port, 0);
	assert_string_equal(s.apps, "");
	assert_string_equal(s.user, "");
	assert_false(s.json_log);
	assert_false(s.has_socket);
	assert_null(settings_warning(&s));
}

static void every_setting_is_taken(void **state)
{
	struct settings s = settings_of(TUN "--kind hba+cga --key k.pem --hba-sec 1 --seed 0x10 "
					"--initiate-after 4 --send-timeout 20 --idle-timeout 60 --echo 7 "
					"--socket /tmp/s --log json --user nobody --count 9 --for 50");

	(void)state;
	assert_int_equal(s.kind, SHIM_HBA_CGA);
	assert_string_equal(s.key, "k.pem");
	assert_int_equal(s.hba_sec, 1);
	assert_true(s.has_seed);
	assert_int_equal(s.seed, 16);
	assert_int_equal(s.initiate_after, 4);
	assert_int_equal(s.send_timeout, 20);
	assert_int_equal(s.idle_timeout, 60);
	assert_int_equal(s.echo_port, 7);
	assert_true(s.has_socket);
	assert_string_equal(s.socket, "/tmp/s");
	assert_true(s.json_log);
	assert_string_equal(s.user, "nobody");
	assert_int_equal(s.count, 9);
	assert_int_equal(s.seconds, 50);
}

/* The flag, what it doesn't take, and what it takes. */
static const struct {
	const char *flag, *value, *takes;
} refused[] = {
	{ "kind", "ssh", "hba, hba+cga or cga" },
	{ "kind", "HBA", "hba, hba+cga or cga" },
	{ "hba-sec", "3", "a number from 0 to 2" },
	{ "hba-sec", "-1", "a number from 0 to 2" },
	{ "seed", "9007199254740992", "a number from 0 to 9007199254740991" },
	{ "seed", "99999999999999999999", "a number from 0 to 9007199254740991" },
	{ "seed", "one", "a number from 0 to 9007199254740991" },
	{ "initiate-after", "2147483648", "a number from 0 to 2147483647" },
	{ "initiate-after", "4x", "a number from 0 to 2147483647" },
	{ "send-timeout", "0", "a number of seconds from 1 to 65535" },
	{ "send-timeout", "65536", "a number of seconds from 1 to 65535" },
	{ "idle-timeout", "0", "a number of seconds from 1 to 2147483647" },
	{ "echo", "0", "a port from 1 to 65535" },
	{ "echo", "65536", "a port from 1 to 65535" },
	{ "echo", "http", "a port from 1 to 65535" },
	{ "log", "xml", "text or json" },
	{ "count", "0", "a number from 1 to 9007199254740991" },
	{ "for", "0", "a number of seconds from 1 to 2147483647" },
	{ "for", "2147483648", "a number of seconds from 1 to 2147483647" },
	{ "user", "somebody-with-a-name-of-33-letters", "the name of a user" },
};

static void what_is_out_of_range_is_told_with_the_range(void **state)
{
	char line[256], said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		snprintf(line, sizeof(line), TUN "--%s %s", refused[i].flag, refused[i].value);
		snprintf(said, sizeof(said), "refstackd: --%s takes %s, not \"%s\"\n", refused[i].flag,
			 refused[i].takes, refused[i].value);
		assert_misuse(line, said);
	}
}

static void what_is_empty_is_told(void **state)
{
	(void)state;
	assert_misuse(TUN "--user=", "refstackd: --user takes the name of a user, not \"\"\n");
	assert_misuse(TUN "--key=", "refstackd: --key takes the path of a file, not \"\"\n");
	assert_misuse(TUN "--socket=",
		      "refstackd: --socket takes none, or a path of at most 107 octets, not \"\"\n");
}

static void a_socket_has_a_path_that_fits(void **state)
{
	char line[256], path[110];

	(void)state;
	memset(path, 'p', sizeof(path));
	path[107] = '\0';
	snprintf(line, sizeof(line), TUN "--socket %s", path);
	assert_string_equal(settings_of(line).socket, path);
	path[107] = 'p';
	path[108] = '\0';
	snprintf(line, sizeof(line), TUN "--socket %s", path);
	assert_int_equal(parse(line).request, REQUEST_MISUSE);
	assert_string_equal(settings_of(TUN "--socket none").socket, "");
}

/* --- all together --------------------------------------------------------------------- */

static void what_does_not_go_together_is_told(void **state)
{
	(void)state;
	assert_misuse("", "refstackd: --tun or --interface is missing: there is no link\n");
	assert_misuse("--prefix 2001:db8::/64",
		      "refstackd: --tun or --interface is missing: there is no link\n");
	assert_misuse("--tun shim0",
		      "refstackd: --prefix is missing: a TUN device has no router to ask\n");
	assert_misuse("--interface eth0 --tun shim0",
		      "refstackd: --prefix is missing: a TUN device has no router to ask\n");
	assert_misuse(TUN "--key k.pem", "refstackd: --key is for --kind hba+cga and cga\n");
	assert_misuse(TUN "--kind cga",
		      "refstackd: --key is missing: --kind hba+cga and cga need one\n");
	assert_misuse(TUN "--apps shim0",
		      "refstackd: --apps takes a device that is not a link, too\n");
	assert_misuse(TUN "--count 3", "refstackd: --count is for --echo\n");
}

static void a_send_timeout_outside_of_the_rfc_is_warned_of(void **state)
{
	struct settings s = settings_of(TUN "--send-timeout 10");

	(void)state;
	assert_null(settings_warning(&s));
	s.send_timeout = 100;
	assert_null(settings_warning(&s));
	s.send_timeout = 9;
	assert_string_equal(settings_warning(&s),
			    "a send timeout should be 10 to 100 seconds (RFC 5534 7)");
	s.send_timeout = 101;
	assert_non_null(settings_warning(&s));
}

static void lists_are_cut_to_size(void **state)
{
	char list[16];

	(void)state;
	settings_list(settings_known, false, list, sizeof(list));
	assert_string_equal(list, "tun, interface,");
	settings_list(settings_known, true, list, sizeof(list));
	assert_string_equal(list, "apps, kind, key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_come_in_their_order),
		cmocka_unit_test(a_prefix_belongs_to_the_link_before_it),
		cmocka_unit_test(a_prefix_before_any_link_belongs_to_the_first),
		cmocka_unit_test(an_interface_has_more_parts),
		cmocka_unit_test(a_link_has_a_name_that_an_interface_may_have),
		cmocka_unit_test(no_link_is_there_twice_and_no_more_than_eight),
		cmocka_unit_test(a_prefix_is_a_64_of_its_own),
		cmocka_unit_test(no_prefix_is_there_twice_and_no_more_than_four_on_a_link),
		cmocka_unit_test(a_gateway_is_one_router),
		cmocka_unit_test(an_ethernet_address_is_that_of_one_station),
		cmocka_unit_test(parts_that_are_none_are_told),
		cmocka_unit_test(programs_of_the_kernel_have_a_device_and_routes),
		cmocka_unit_test(routes_are_prefixes),
		cmocka_unit_test(without_more_the_host_is_as_the_core_has_it),
		cmocka_unit_test(every_setting_is_taken),
		cmocka_unit_test(what_is_out_of_range_is_told_with_the_range),
		cmocka_unit_test(what_is_empty_is_told),
		cmocka_unit_test(a_socket_has_a_path_that_fits),
		cmocka_unit_test(what_does_not_go_together_is_told),
		cmocka_unit_test(a_send_timeout_outside_of_the_rfc_is_warned_of),
		cmocka_unit_test(lists_are_cut_to_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
