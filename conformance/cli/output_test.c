/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that appear only when they are whole, and the ways between them. */
#include "conformance/cli/cli.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Every test works in a new folder, and leaves it empty. */
static int enter_folder(void **state)
{
	char *folder = strdup(P_tmpdir "/output-XXXXXX");

	*state = folder;
	return folder && mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
	int err = chdir("/") || rmdir(*state);

	free(*state);
	return err;
}

static void output_appears_when_it_is_committed(void **state)
{
	struct output out;

	(void)state;
	assert_int_equal(output_open(&out, "deep/er/report.json"), 0);
	fputs("whole", out.file);
	assert_int_not_equal(access("deep/er/report.json", F_OK), 0);
	assert_int_equal(output_commit(&out), 0);
	assert_int_equal(access("deep/er/report.json", R_OK), 0);
	output_discard(&out);
	assert_int_equal(access("deep/er/report.json", R_OK), 0);

	assert_int_equal(unlink("deep/er/report.json"), 0);
	assert_int_equal(rmdir("deep/er"), 0);
	assert_int_equal(rmdir("deep"), 0);
}

static void discarded_output_leaves_what_was_there(void **state)
{
	struct output out;
	char text[16] = "";
	FILE *f = fopen("report.json", "w");

	(void)state;
	fputs("older", f);
	fclose(f);
	assert_int_equal(output_open(&out, "report.json"), 0);
	fputs("half", out.file);
	output_discard(&out);

	f = fopen("report.json", "r");
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	assert_string_equal(text, "older");
	assert_int_equal(unlink("report.json"), 0);
}

static void no_path_is_no_output(void **state)
{
	struct output out;

	(void)state;
	assert_int_equal(output_open(&out, NULL), 0);
	assert_null(out.file);
	assert_int_equal(output_commit(&out), 0);
	output_discard(&out);
}

static void output_below_a_file_is_refused(void **state)
{
	struct output out;

	(void)state;
	fclose(fopen("file", "w"));
	assert_int_equal(output_open(&out, "file/report.json"), -ENOTDIR);
	output_discard(&out);
	assert_int_equal(unlink("file"), 0);
}

static void paths_lead_from_file_to_file(void **state)
{
	static const struct {
		const char *from, *to, *path;
	} rows[] = {
		{ "r.json", "x.pcapng", "x.pcapng" },
		{ "r.json", "a/x.pcapng", "a/x.pcapng" },
		{ "r.json", "./a/../a/x.pcapng", "a/x.pcapng" },
		{ "a/r.json", "x.pcapng", "../x.pcapng" },
		{ "a/b/r.json", "ab/x.pcapng", "../../ab/x.pcapng" },
		{ "ab/r.json", "a/x.pcapng", "../a/x.pcapng" },
		{ "a/b/r.json", "a/x.pcapng", "../x.pcapng" },
		{ "a/r.json", "a/b/x.pcapng", "b/x.pcapng" },
	};

	(void)state;
	assert_int_equal(make_folders("a/b/", true), 0);
	assert_int_equal(make_folders("ab", true), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *path = relative_path(rows[i].from, rows[i].to);

		assert_string_equal(path, rows[i].path);
		free(path);
	}
	assert_null(relative_path("nowhere/r.json", "x.pcapng"));
	assert_int_equal(rmdir("a/b") || rmdir("a") || rmdir("ab"), 0);
}

static void paths_may_begin_at_the_root(void **state)
{
	char *path = relative_path("/r.json", "/usr/x.pcapng");

	(void)state;
	assert_string_equal(path, "usr/x.pcapng");
	free(path);
	path = relative_path("/usr/r.json", "/x.pcapng");
	assert_string_equal(path, "../x.pcapng");
	free(path);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

static void beside_is_in_the_same_folder(void **state)
{
	static const struct {
		const char *path, *there;
	} rows[] = {
		{ "conformance/cases", "conformance/samples" },
		{ "conformance/cases//", "conformance/samples" },
		{ "/usr/share/shimproof/cases", "/usr/share/shimproof/samples" },
		{ "/cases", "/samples" },
		{ "cases", "samples" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *path = beside(rows[i].path, "samples");

		assert_string_equal(path, rows[i].there);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beside_is_in_the_same_folder),
		TEST(output_appears_when_it_is_committed),
		TEST(discarded_output_leaves_what_was_there),
		TEST(no_path_is_no_output),
		TEST(output_below_a_file_is_refused),
		TEST(paths_lead_from_file_to_file),
		TEST(paths_may_begin_at_the_root),
	};

	return cmocka_run_group_tests_name("cli/output", tests, NULL, NULL);
}
