/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked for by a command line. */
#include "refstack/daemon/test_flags.h"

#include <unistd.h>

#define TUN "--tun shim0 --prefix 2001:db8:a:1::/64 "

static void each_request_has_its_words(void **state)
{
	(void)state;
	assert_int_equal(parse(TUN).request, REQUEST_RUN);
	assert_int_equal(parse(TUN "--check").request, REQUEST_CHECK);
	assert_int_equal(parse("--check " TUN).request, REQUEST_CHECK);
	assert_int_equal(parse("--help").request, REQUEST_HELP);
	assert_int_equal(parse("--version").request, REQUEST_VERSION);
	assert_int_equal(parse("status --socket /tmp/s").request, REQUEST_STATUS);
	assert_int_equal(parse("status --help").request, REQUEST_HELP);
}

static void settings_are_checked_before_all_else(void **state)
{
	(void)state;
	assert_int_equal(parse("--check").request, REQUEST_MISUSE);
	assert_misuse("--echo 0 --help", "refstackd: --echo takes a port from 1 to 65535, not \"0\"\n");
}

static void unknown_words_are_told(void **state)
{
	(void)state;
	assert_misuse("--ecko 7", "refstackd: there is no flag --ecko\n");
	assert_misuse("-x", "refstackd: there is no flag -x\n");
	assert_misuse(TUN "shim1", "refstackd: what is \"shim1\"?\n");
	assert_misuse(TUN "--echo", "refstackd: --echo needs a value\n");
}

static void the_last_one_wins(void **state)
{
	(void)state;
	assert_int_equal(settings_of(TUN "--echo 7 --echo 9").echo_port, 9);
}

static void a_file_counts_where_its_flag_stands(void **state)
{
	char path[] = "/tmp/refstackd-test-XXXXXX", line[256];
	int fd = mkstemp(path);
	struct settings s;

	(void)state;
	assert_true(fd >= 0);
	dprintf(fd, "{ \"echo\": 9, \"initiate-after\": 4 }");
	close(fd);
	snprintf(line, sizeof(line), TUN "--echo 7 --config %s --initiate-after 5", path);
	s = settings_of(line);
	unlink(path);
	assert_int_equal(s.echo_port, 9);
	assert_int_equal(s.initiate_after, 5);
}

static void a_file_that_is_not_there_is_told(void **state)
{
	(void)state;
	assert_misuse("--config /nonexistent/x.json", "/nonexistent/x.json: No such file or directory\n");
}

/* --- status --------------------------------------------------------------------------- */

static void status_has_two_flags(void **state)
{
	struct parsed p = parse("status --json --socket /tmp/s");

	(void)state;
	assert_int_equal(p.request, REQUEST_STATUS);
	assert_true(p.flags.json);
	assert_string_equal(p.flags.settings.socket, "/tmp/s");
	assert_false(parse("status --socket /tmp/s").flags.json);
	assert_misuse("status --tun x", "refstackd: there is no flag --tun\n");
	assert_misuse("status now", "refstackd: status takes --socket and --json alone\n");
	assert_misuse("status --socket none", "refstackd: status needs --socket PATH here\n");
}

static void the_default_socket_is_where_the_user_may_write(void **state)
{
	char path[SOCKET_PATH_MAX + 1];

	(void)state;
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	settings_default_socket(path);
	assert_string_equal(path, geteuid() == 0 ? "/run/refstackd.sock"
						 : "/run/user/7/refstackd.sock");
	if (geteuid() == 0)
		return;
	unsetenv("XDG_RUNTIME_DIR");
	settings_default_socket(path);
	assert_string_equal(path, "");
}

/* --- help ----------------------------------------------------------------------------- */

static void help_has_every_setting(void **state)
{
	char text[8192] = "", flag[64];
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	flags_help(out);
	fclose(out);
	for (const struct setting *s = settings_known; s->name; s++) {
		snprintf(flag, sizeof(flag), "\n  --%s %s", s->name, s->argument);
		assert_non_null(strstr(text, flag));
		assert_non_null(strstr(text, s->help));
	}
	for (const char *line = text; line; line = strchr(line + 1, '\n'))
		assert_true(strcspn(line + 1, "\n") <= 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_has_its_words),
		cmocka_unit_test(settings_are_checked_before_all_else),
		cmocka_unit_test(unknown_words_are_told),
		cmocka_unit_test(the_last_one_wins),
		cmocka_unit_test(a_file_counts_where_its_flag_stands),
		cmocka_unit_test(a_file_that_is_not_there_is_told),
		cmocka_unit_test(status_has_two_flags),
		cmocka_unit_test(the_default_socket_is_where_the_user_may_write),
		cmocka_unit_test(help_has_every_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
