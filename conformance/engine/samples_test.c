/* SPDX-License-Identifier: BSD-2-Clause */
/* Sample programs: compiled or not, and run in the place of an application. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/engine/samples.h"
#include "conformance/engine/test_rig.h"

#define SOURCES "conformance/samples"
#define HEADERS "refstack/include"

static struct samples built;

static size_t row_of(const char *name)
{
	const struct sample *s = sample_named(name);

	assert_non_null(s);
	return (size_t)(s - samples);
}

static json_t *describe(const char *header, const char *folder)
{
	return json_pack("{s:s*, s:[s]}", "header", header, "include", folder);
}

/* Compile two of them against a header; the rest is not wanted. */
static void build(const json_t *description, const char *include)
{
	struct samples_order o = { .sources = SOURCES,
				   .target_path = "./target.so",
				   .include = include,
				   .description = description };

	o.wanted[row_of("6.1-get")] = o.wanted[row_of("6.13-get")] = true;
	assert_int_equal(samples_build(&built, &o), 0);
}

static bool has_compiler(void)
{
	return system("cc --version >/dev/null 2>&1") == 0;
}

static int teardown(void **state)
{
	(void)state;
	samples_free(&built);
	return 0;
}

static void all_that_are_wanted_are_one_library(void **state)
{
	json_t *d;

	(void)state;
	if (!has_compiler())
		skip();
	d = describe("shim.h", HEADERS);
	build(d, NULL);
	json_decref(d);
	assert_null(built.reason);
	assert_non_null(built.built[row_of("6.1-get")].library);
	assert_string_equal(built.built[row_of("6.1-get")].library,
			    built.built[row_of("6.13-get")].library);
	assert_null(built.built[row_of("6.8-get")].library);
	assert_int_equal(access(built.built[row_of("6.1-get")].library, R_OK), 0);
}

static void nothing_is_left_behind(void **state)
{
	char folder[256];
	json_t *d;

	(void)state;
	if (!has_compiler())
		skip();
	d = describe("shim.h", HEADERS);
	build(d, NULL);
	json_decref(d);
	snprintf(folder, sizeof(folder), "%s", built.folder);
	assert_int_equal(access(folder, F_OK), 0);
	samples_free(&built);
	assert_int_equal(access(folder, F_OK), -1);
}

/* A folder of its own with this in shim.h; remove_header() takes it away. */
static char *write_header(const char *text)
{
	static char folder[64], path[80];
	FILE *f;

	snprintf(folder, sizeof(folder), "%s/header-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/shim.h", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return folder;
}

static void remove_header(const char *folder)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/shim.h", folder);
	unlink(path);
	rmdir(folder);
}

static void one_that_does_not_compile_spoils_no_other(void **state)
{
	json_t *d = describe("shim.h", "/nowhere");
	char *folder = write_header("#define SOL_SHIM 1\n"
				    "#define SHIM_ASSOCIATED 2\n"
				    "#define SHIM_PATHEXPLORE 3\n"); /* and no structure */
	size_t good = row_of("6.1-get"), bad = row_of("6.13-get");

	(void)state;
	if (has_compiler()) {
		build(d, folder);
		assert_null(built.reason);
		assert_non_null(built.built[good].library);
		assert_null(built.built[good].words);
		assert_null(built.built[bad].library);
		assert_non_null(strstr(built.built[bad].words, "6.13-get.c"));
		assert_non_null(strstr(built.built[bad].words, "error"));
		assert_null(strstr(built.built[bad].words, built.folder));
	}
	remove_header(folder);
	json_decref(d);
}

static void without_a_header_no_case_can_be_run(void **state)
{
	json_t *d = describe(NULL, HEADERS);
	const struct call call = { .id = CALL_SAMPLE, .sample = sample_named("6.1-get") };
	const struct event events[] = { { .kind = EVENT_CALL, .call = &call } };
	const struct scenario with = { .events = events, .event_count = 1 }, without = { 0 };
	char why[TARGET_WHY_MAX];

	(void)state;
	build(d, NULL);
	json_decref(d);
	assert_true(samples_unusable(&built, &with, why));
	assert_string_equal(why, "the target names no header for C programs");
	assert_false(samples_unusable(&built, &without, why));
}

static void without_a_compiler_no_case_can_be_run(void **state)
{
	json_t *d = describe("shim.h", HEADERS);
	char *path = strdup(getenv("PATH"));

	(void)state;
	setenv("PATH", "/nowhere", 1);
	build(d, NULL);
	setenv("PATH", path, 1);
	free(path);
	json_decref(d);
	assert_string_equal(built.reason, "there is no C compiler (cc)");
}

static void a_header_that_is_nowhere_is_nobody_s_failure(void **state)
{
	json_t *d;

	(void)state;
	if (!has_compiler())
		skip();
	d = describe("nowhere/shim.h", HEADERS);
	build(d, NULL);
	json_decref(d);
	assert_non_null(built.reason);
	assert_non_null(strstr(built.reason, "<nowhere/shim.h>"));
	assert_non_null(strstr(built.reason, "--include"));
	assert_null(strstr(built.reason, built.folder));
	assert_null(built.built[row_of("6.1-get")].words);
}

static void without_a_folder_for_temporary_files_no_case_can_be_run(void **state)
{
	json_t *d = describe("shim.h", HEADERS);

	(void)state;
	setenv("TMPDIR", "/nowhere", 1);
	build(d, NULL);
	unsetenv("TMPDIR");
	json_decref(d);
	assert_string_equal(built.reason, "there is no folder for temporary files");
}

/* --- running ------------------------------------------------------------------- */

/* Against the rig's target, with what it is told to answer. */
static void play(struct case_result *out, const char *body)
{
	json_t *d = describe("shim.h", HEADERS);

	build(d, NULL);
	json_decref(d);
	rig_samples = &built;
	*out = rig_run(body);
	rig_samples = NULL;
}

static void a_sample_calls_the_target_and_hands_out_what_it_got(void **state)
{
	struct case_result r;

	(void)state;
	if (!has_compiler())
		skip();
	rig.option = "01000000";
	play(&r, "0 s = open(udp, unconnected)\n+0 sample(\"6.1-get\", s) = 0 {1}\n");
	assert_int_equal(r.verdict, VERDICT_PASS);
	case_result_free(&r);
	samples_free(&built);
	play(&r, "0 s = open(udp, unconnected)\n+0 sample(\"6.1-get\", s) = 0 {0}\n");
	assert_differs(&r, 4, "value", "0", "1");
	case_result_free(&r);
}

static void the_errno_of_a_sample_is_the_target_s(void **state)
{
	struct case_result r;

	(void)state;
	if (!has_compiler())
		skip();
	rig.option_error = EOPNOTSUPP;
	play(&r, "0 s = open(udp, unconnected)\n+0 sample(\"6.1-get\", s) = -1 EOPNOTSUPP\n");
	assert_int_equal(r.verdict, VERDICT_PASS);
	case_result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(all_that_are_wanted_are_one_library, teardown),
		cmocka_unit_test_teardown(nothing_is_left_behind, teardown),
		cmocka_unit_test_teardown(one_that_does_not_compile_spoils_no_other, teardown),
		cmocka_unit_test_teardown(without_a_header_no_case_can_be_run, teardown),
		cmocka_unit_test_teardown(without_a_compiler_no_case_can_be_run, teardown),
		cmocka_unit_test_teardown(a_header_that_is_nowhere_is_nobody_s_failure, teardown),
		cmocka_unit_test_teardown(without_a_folder_for_temporary_files_no_case_can_be_run,
					  teardown),
		cmocka_unit_test_setup_teardown(a_sample_calls_the_target_and_hands_out_what_it_got,
						rig_setup, teardown),
		cmocka_unit_test_setup_teardown(the_errno_of_a_sample_is_the_target_s, rig_setup,
						teardown),
	};

	return cmocka_run_group_tests_name("engine/samples", tests, NULL, NULL);
}
