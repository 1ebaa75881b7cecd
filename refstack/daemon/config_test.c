/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of settings, right ones and every mistake. */
#include "refstack/daemon/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/test_octets.h"

struct read {
	bool fine;
	struct settings settings;
	char said[1024]; /* behind the path */
};

static struct read read_octets(const void *octets, size_t len)
{
	char path[] = "/tmp/refstackd-test-XXXXXX", said[1024] = "";
	struct read r = { .said = "" };
	FILE *errors = fmemopen(said, sizeof(said), "w");
	int fd = mkstemp(path);

	assert_true(fd >= 0 && errors);
	assert_int_equal(write(fd, octets, len), len);
	close(fd);
	r.fine = config_read(&r.settings, path, errors);
	fclose(errors);
	unlink(path);
	if (*said) {
		assert_memory_equal(said, path, strlen(path));
		strcpy(r.said, said + strlen(path) + 1);
	}
	return r;
}

static struct read read_text(const char *text)
{
	return read_octets(text, strlen(text));
}

static struct settings settings_of(const char *text)
{
	struct read r = read_text(text);

	assert_string_equal(r.said, "");
	assert_true(r.fine);
	return r.settings;
}

static void assert_wrong(const char *text, const char *said)
{
	struct read r = read_text(text);

	assert_string_equal(r.said, said);
	assert_false(r.fine);
}

/* --- what is right -------------------------------------------------------------------- */

static void an_empty_file_sets_nothing(void **state)
{
	const struct settings none = { .link_count = 0 };
	struct settings s = settings_of("{}");

	(void)state;
	assert_memory_equal(&s, &none, sizeof(s));
}

static void everything_can_be_set(void **state)
{
	struct settings s = settings_of(
		"{ \"links\": [ { \"interface\": \"eth0\", \"prefix\": \"2001:db8:a:1::/64\","
		"                 \"gateway\": \"fe80::1\", \"mac\": \"own\" },"
		"               { \"tun\": \"shim0\","
		"                 \"prefix\": [ \"2001:db8:a:2::/64\", \"2001:db8:a:3::/64\" ] } ],"
		"  \"apps\": { \"tun\": \"apps0\", \"route\": [ \"2001:db8:b::/48\" ] },"
		"  \"kind\": \"cga\", \"key\": \"k.der\", \"hba-sec\": 1, \"seed\": 7,"
		"  \"initiate-after\": 4, \"send-timeout\": 20, \"idle-timeout\": 60, \"echo\": 7,"
		"  \"socket\": \"none\", \"log\": \"json\", \"user\": \"nobody\", \"count\": 9,"
		"  \"for\": 50 }");

	(void)state;
	assert_int_equal(s.link_count, 2);
	assert_int_equal(s.link[0].type, LINK_ETHERNET);
	assert_string_equal(s.link[0].name, "eth0");
	assert_int_equal(s.link[0].prefix_count, 1);
	assert_true(s.link[0].has_gateway);
	assert_int_equal(s.link[0].mac_choice, MAC_OWN);
	assert_int_equal(s.link[1].type, LINK_TUN);
	assert_int_equal(s.link[1].prefix_count, 2);
	assert_string_equal(s.apps, "apps0");
	assert_int_equal(s.route_count, 1);
	assert_int_equal(s.kind, SHIM_CGA);
	assert_string_equal(s.key, "k.der");
	assert_int_equal(s.hba_sec, 1);
	assert_int_equal(s.seed, 7);
	assert_int_equal(s.initiate_after, 4);
	assert_int_equal(s.send_timeout, 20);
	assert_int_equal(s.idle_timeout, 60);
	assert_int_equal(s.echo_port, 7);
	assert_true(s.has_socket);
	assert_true(s.json_log);
	assert_string_equal(s.user, "nobody");
	assert_int_equal(s.count, 9);
	assert_int_equal(s.seconds, 50);
}

static void parts_may_come_before_the_device(void **state)
{
	struct settings s = settings_of("{\"links\":[{\"tun\":\"a\",\"prefix\":\"2001:db8:1::/64\"},"
					"{\"prefix\":\"2001:db8:2::/64\",\"tun\":\"b\"}]}");

	(void)state;
	assert_int_equal(s.link[0].prefix_count, 1);
	assert_int_equal(s.link[1].prefix_count, 1);
	assert_int_equal(s.link[1].prefix[0][5], 2);
}

/* --- what is wrong -------------------------------------------------------------------- */

#define KNOWN                                                                                      \
	"links, apps, kind, key, hba-sec, seed, initiate-after, send-timeout, idle-timeout, "      \
	"echo, socket, log, user, count, for\n"

static void what_is_no_json_is_told_with_its_place(void **state)
{
	(void)state;
	assert_wrong("{ \"echo\": 7,\n  }", "2:3: string or '}' expected near '}'\n");
	assert_wrong("{ \"echo\": 7 } x", "1:15: end of file expected near 'x'\n");
	assert_wrong("{ \"echo\": 7,\n \"echo\": 8 }", "2:7: duplicate object key near '\"echo\"'\n");
	assert_wrong("", "1:0: '[' or '{' expected near end of file\n");
}

static void what_is_no_object_is_told(void **state)
{
	(void)state;
	assert_wrong("\n [7]", "2:2: the file takes an object, not [7]\n");
}

static void unknown_members_are_told_with_the_known(void **state)
{
	(void)state;
	assert_wrong("{\n  \"echo\": 7,\n  \"ecko\": 7\n}", "3:3: there is no \"ecko\" here, but " KNOWN);
	assert_wrong("{\"tun\": \"shim0\"}", "1:2: there is no \"tun\" here, but " KNOWN);
	assert_wrong("{\"prefix\": \"2001:db8::/64\"}", "1:2: there is no \"prefix\" here, but " KNOWN);
	assert_wrong("{\"config\": \"x\"}", "1:2: there is no \"config\" here, but " KNOWN);
	assert_wrong("{\"links\": [{\"tun\": \"a\",\n\"mtu\": 1500}]}",
		     "2:1: there is no \"mtu\" here, but tun, prefix\n");
	assert_wrong("{\"links\": [{\"interface\": \"a\",\n\"mtu\": 1500}]}",
		     "2:1: there is no \"mtu\" here, but interface, prefix, gateway, mac\n");
	assert_wrong("{\"apps\": {\"tun\": \"a\", \"mtu\": 1500}}",
		     "1:23: there is no \"mtu\" here, but tun, route\n");
}

static void values_out_of_range_are_told_with_the_range(void **state)
{
	(void)state;
	assert_wrong("{\"echo\": 65536}", "1:10: echo takes a port from 1 to 65535, not 65536\n");
	assert_wrong("{\"echo\": -1}", "1:10: echo takes a port from 1 to 65535, not -1\n");
	assert_wrong("{\"kind\": \"ssh\"}", "1:10: kind takes hba, hba+cga or cga, not \"ssh\"\n");
	assert_wrong("{\"log\": \"\"}", "1:9: log takes text or json, not \"\"\n");
	assert_wrong("{\"hba-sec\": 3}", "1:13: hba-sec takes a number from 0 to 2, not 3\n");
	assert_wrong("{\n\"send-timeout\":\n0}",
		     "3:1: send-timeout takes a number of seconds from 1 to 65535, not 0\n");
}

static void values_of_another_type_are_told(void **state)
{
	(void)state;
	assert_wrong("{\"echo\": \"7\"}", "1:10: echo takes a port from 1 to 65535, not \"7\"\n");
	assert_wrong("{\"echo\": 7.5}", "1:10: echo takes a port from 1 to 65535, not 7.5\n");
	assert_wrong("{\"echo\": null}", "1:10: echo takes a port from 1 to 65535, not null\n");
	assert_wrong("{\"echo\": [7]}", "1:10: echo takes a port from 1 to 65535, not [7]\n");
	assert_wrong("{\"kind\": 1}", "1:10: kind takes hba, hba+cga or cga, not 1\n");
	assert_wrong("{\"user\": {}}", "1:10: user takes the name of a user, not {}\n");
	assert_wrong("{\"seed\": 1e3}", "1:10: seed takes a number from 0 to 9007199254740991, not 1000.0\n");
}

static void links_that_are_none_are_told(void **state)
{
	(void)state;
	assert_wrong("{\"links\": {}}", "1:11: links takes an array of objects, not {}\n");
	assert_wrong("{\"links\": [\n7]}", "2:1: a link takes an object with either \"tun\" or"
					   " \"interface\", not 7\n");
	assert_wrong("{\"links\": [{}]}", "1:12: a link takes an object with either \"tun\" or"
					  " \"interface\", not {}\n");
	assert_wrong("{\"links\": [{\"tun\":\"a\",\"interface\":\"b\"}]}",
		     "1:12: a link takes an object with either \"tun\" or \"interface\","
		     " not {\"tun\":\"a\",\"interface\":\"b\"}\n");
	assert_wrong("{\"links\": [{\"tun\": 7}]}",
		     "1:20: tun takes a name for a TUN device, 8 links in all, none twice, not 7\n");
	assert_wrong("{\"links\": [{\"tun\":\"a\"},\n{\"interface\":\"a\"}]}",
		     "2:14: interface takes the name of a network interface, 8 links in all, none"
		     " twice, not \"a\"\n");
	assert_wrong("{\"links\": [{\"interface\":\"a\",\"gateway\":[\"fe80::1\"]}]}",
		     "1:39: gateway takes the IPv6 address of a router, not [\"fe80::1\"]\n");
}

static void prefixes_that_are_none_are_told(void **state)
{
	(void)state;
	assert_wrong("{\"links\": [{\"tun\":\"a\",\"prefix\":\"2001:db8::/48\"}]}",
		     "1:32: prefix takes a prefix like 2001:db8:a:1::/64, 4 to a link, none twice,"
		     " not \"2001:db8::/48\"\n");
	assert_wrong("{\"links\": [{\"tun\":\"a\",\"prefix\":[\"2001:db8::/64\",\n  7]}]}",
		     "2:3: prefix takes a prefix like 2001:db8:a:1::/64, 4 to a link, none twice,"
		     " not 7\n");
}

static void programs_without_a_device_are_told(void **state)
{
	(void)state;
	assert_wrong("{\"apps\": \"apps0\"}",
		     "1:10: apps takes an object with \"tun\", not \"apps0\"\n");
	assert_wrong("{\"apps\": {\"route\":\"::/0\"}}",
		     "1:10: apps takes an object with \"tun\", not {\"route\":\"::/0\"}\n");
	assert_wrong("{\"apps\": {\"tun\":\"\"}}", "1:17: tun takes a name for a TUN device, not \"\"\n");
}

static void long_values_are_cut_in_messages(void **state)
{
	(void)state;
	assert_wrong("{\"kind\": \"0123456789012345678901234567890123456789012345678901234567890123\"}",
		     "1:10: kind takes hba, hba+cga or cga, not"
		     " \"01234567890123456789012345678901234567890123456789012345678\n");
}

/* --- files ---------------------------------------------------------------------------- */

static void files_that_are_none_are_told(void **state)
{
	struct settings s = { 0 };
	char said[256] = "", *large = malloc(CONFIG_OCTETS_MAX + 1);
	FILE *errors = fmemopen(said, sizeof(said), "w");

	(void)state;
	assert_non_null(large);
	assert_false(config_read(&s, "/tmp", errors));
	fclose(errors);
	assert_string_equal(said, "/tmp: it can't be read\n");
	assert_string_equal(read_octets("{\0}", 3).said, " there is an octet 0 in it, so it is no JSON\n");
	memset(large, ' ', CONFIG_OCTETS_MAX + 1);
	assert_string_equal(read_octets(large, CONFIG_OCTETS_MAX + 1).said,
			    " it has more than 65536 octets\n");
	memcpy(large, "{}", 2);
	assert_true(read_octets(large, CONFIG_OCTETS_MAX).fine);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_sets_nothing),
		cmocka_unit_test(everything_can_be_set),
		cmocka_unit_test(parts_may_come_before_the_device),
		cmocka_unit_test(what_is_no_json_is_told_with_its_place),
		cmocka_unit_test(what_is_no_object_is_told),
		cmocka_unit_test(unknown_members_are_told_with_the_known),
		cmocka_unit_test(values_out_of_range_are_told_with_the_range),
		cmocka_unit_test(values_of_another_type_are_told),
		cmocka_unit_test(links_that_are_none_are_told),
		cmocka_unit_test(prefixes_that_are_none_are_told),
		cmocka_unit_test(programs_without_a_device_are_told),
		cmocka_unit_test(long_values_are_cut_in_messages),
		cmocka_unit_test(files_that_are_none_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
