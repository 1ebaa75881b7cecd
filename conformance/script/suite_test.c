/* SPDX-License-Identifier: BSD-2-Clause */
/* Suites: files and directories, ids, the end of memory, broken files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_language.h"
#include "conformance/script/test_suite.h"

#include <sys/stat.h>
#include <unistd.h>

#define SMALL "rules a/b\n0 drain()\n"

/* --- folders ------------------------------------------------------------------- */

struct folder {
	char path[64];
	struct told told;
};

static const char *in(const struct folder *f, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->path, name);
	return path;
}

static void put(const struct folder *f, const char *name, const char *text)
{
	FILE *file = fopen(in(f, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static int folder_make(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->path, "/tmp/suite_test.XXXXXX");
	assert_non_null(mkdtemp(f->path));
	mkdir(in(f, "rfc5533"), 0700);
	mkdir(in(f, "rfc6316"), 0700);
	put(f, "rfc6316/6.8-send.case", "case b \"b\"\n" SMALL "case a \"a\"\n" SMALL);
	put(f, "rfc6316/6.10.case", "case a \"a\"\n" SMALL);
	put(f, "rfc5533/4.case", "case a \"a\"\n" SMALL);
	put(f, "rfc5533/README", "no case at all");
	*state = f;
	return 0;
}

static int folder_remove(void **state)
{
	static const char *const names[] = { "rfc6316/6.8-send.case", "rfc6316/6.10.case",
					     "rfc5533/4.case", "rfc5533/README", "rfc5533/x.case",
					     "rfc5533", "rfc6316", "" };
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(in(f, names[i]));
	free(f);
	return 0;
}

static int load(struct folder *f, struct suite *suite, const char *base, const char *a,
		const char *b)
{
	const char *const roots[] = { a, b };

	return suite_load(suite, base, roots, b ? 2 : 1, tell, &f->told);
}

static void directories_are_searched_in_order(void **state)
{
	struct folder *f = *state;
	struct suite suite;

	assert_int_equal(load(f, &suite, f->path, f->path, NULL), 0);
	assert_int_equal(suite.count, 4);
	assert_string_equal(suite.scenarios[0].id, "rfc5533/4/a");
	assert_string_equal(suite.scenarios[1].id, "rfc6316/6.10/a");
	assert_string_equal(suite.scenarios[2].id, "rfc6316/6.8-send/b");
	assert_string_equal(suite.scenarios[3].id, "rfc6316/6.8-send/a");
	suite_free(&suite);
	assert_null(suite.memory);
}

static void a_file_is_read_once(void **state)
{
	struct folder *f = *state;
	struct suite suite;
	char file[256];

	strcpy(file, in(f, "rfc5533/4.case"));
	assert_int_equal(load(f, &suite, f->path, file, file), 0);
	assert_int_equal(suite.count, 1);
	suite_free(&suite);
}

static void a_file_elsewhere_has_its_own_name_only(void **state)
{
	struct folder *f = *state;
	struct suite suite;

	assert_int_equal(load(f, &suite, "elsewhere", in(f, "rfc6316/6.10.case"), NULL), 0);
	assert_string_equal(suite.scenarios[0].id, "6.10/a");
	suite_free(&suite);
}

static void mistakes_of_all_files_are_told_at_once(void **state)
{
	struct folder *f = *state;
	struct suite suite = { 0 };

	put(f, "rfc5533/4.case", "case a \"a\"\nrules a/b\n0 drian()\n");
	put(f, "rfc6316/6.10.case", "case a \"a\"\nrules a/b\n0 darin()\n");
	assert_int_equal(load(f, &suite, f->path, f->path, NULL), -EINVAL);
	assert_int_equal(f->told.count, 2);
	assert_non_null(strstr(f->told.text, "rfc5533/4.case:3:3: no such call: drian"));
	assert_non_null(strstr(f->told.text, "rfc6316/6.10.case:3:3: no such call: darin"));
	assert_true(strstr(f->told.text, "drian") < strstr(f->told.text, "darin"));
	assert_null(suite.memory);
}

static void a_file_that_is_not_there_is_told(void **state)
{
	struct folder *f = *state;
	struct suite suite = { 0 };

	assert_int_equal(load(f, &suite, f->path, f->path, "/nonexistent/x.case"), -ENOENT);
	assert_string_equal(f->told.text, "/nonexistent/x.case: No such file or directory\n");
}

static void a_file_that_is_too_long_is_told(void **state)
{
	struct folder *f = *state;
	struct suite suite = { 0 };

	put(f, "rfc5533/x.case", "");
	assert_int_equal(truncate(in(f, "rfc5533/x.case"), 1024 * 1024 + 1), 0);
	assert_int_equal(load(f, &suite, f->path, f->path, NULL), -EINVAL);
	assert_non_null(strstr(f->told.text, "rfc5533/x.case: File too large\n"));
}

static void names_of_files_are_slugs(void **state)
{
	struct folder *f = *state;
	struct suite suite = { 0 };

	assert_int_equal(load(f, &suite, f->path, in(f, "rfc5533/README"), NULL), -EINVAL);
	assert_non_null(strstr(f->told.text, "rfc5533/README: names of case files have lower-case "
					     "letters, digits, - and . only: README\n"));
}

/* --- one text --------------------------------------------------------------------- */

static void the_examples_of_the_language_load(void **state)
{
	struct suite suite = loaded(language_examples);

	(void)state;
	assert_int_equal(suite.count, 12);
	assert_string_equal(suite.scenarios[0].id, "t/pins-source");
	assert_string_equal(suite.scenarios[3].id, "t/get-is-refused:peer-recv");
	assert_string_equal(suite.scenarios[5].id, "t/set-and-get:local-recv.on");
	assert_int_equal(suite.scenarios[11].event_count, 33);
	suite_free(&suite);
}

static void ignore(void *ctx, const char *text)
{
	(void)ctx;
	assert_int_equal(text[strlen(text) - 1], '\n');
}

/* Whatever happens, there is a suite or nothing, and no octet is read that
 * isn't there: the text ends with its block. */
static void load_octets(const char *text, size_t len)
{
	struct suite suite = { 0 };
	char *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (suite_load_text(&suite, "t.case", copy, len, 0, ignore, NULL) == 0)
		assert_true(suite.count > 0);
	else
		assert_null(suite.memory);
	suite_free(&suite);
	free(copy);
}

static void no_truncation_does_harm(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(language_examples); len++)
		load_octets(language_examples, len);
}

static void no_single_octet_does_harm(void **state)
{
	static const char octets[] = "\0\n \"'#$*+-.0:<=>@A\\[]a{|}~()\x7f\x80\xc3\xff";
	char text[sizeof(language_examples)];
	size_t pick = 0;

	(void)state;
	memcpy(text, language_examples, sizeof(text));
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		pick = (pick + 7) % (sizeof(octets) - 1);
		text[i] = octets[pick];
		load_octets(text, sizeof(text) - 1);
		text[i] = language_examples[i];
	}
}

static void no_line_that_is_left_out_does_harm(void **state)
{
	char text[sizeof(language_examples)];

	(void)state;
	for (const char *at = language_examples, *end; (end = strchr(at, '\n')); at = end + 1) {
		size_t before = (size_t)(at - language_examples), after = strlen(end + 1);

		memcpy(text, language_examples, before);
		memcpy(text + before, end + 1, after);
		load_octets(text, before + after);
	}
}

static void deep_nesting_is_refused(void **state)
{
	char text[4096] = HEAD "+0 send(s, ";
	struct suite suite = { 0 };
	struct told told;

	(void)state;
	memset(text + strlen(text), '[', 3000);
	assert_int_equal(load_text(&suite, &told, text, strlen(text)), -EINVAL);
	assert_int_equal(told.count, 1);
	assert_non_null(strstr(told.text, "t.case:4:43: brackets are nested deeper than 32\n"));
}

/* Memory ends at every point once: all is given back, and nothing is told
 * that would be wrong. */
static void the_end_of_memory_is_an_error(void **state)
{
	size_t len = strlen(language_examples), limit = 1;
	struct suite suite = { 0 };
	int r, refused = 0;

	(void)state;
	for (;; limit += 32 * 1024, refused++) {
		r = suite_load_text(&suite, "t.case", language_examples, len, limit, ignore, NULL);
		if (r == 0)
			break;
		assert_int_equal(r, -ENOMEM);
		assert_null(suite.memory);
	}
	assert_true(refused > 2);
	suite_free(&suite);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)
		WITH_FOLDER(directories_are_searched_in_order),
		WITH_FOLDER(a_file_is_read_once),
		WITH_FOLDER(a_file_elsewhere_has_its_own_name_only),
		WITH_FOLDER(mistakes_of_all_files_are_told_at_once),
		WITH_FOLDER(a_file_that_is_not_there_is_told),
		WITH_FOLDER(a_file_that_is_too_long_is_told),
		WITH_FOLDER(names_of_files_are_slugs),
#undef WITH_FOLDER
		cmocka_unit_test(the_examples_of_the_language_load),
		cmocka_unit_test(no_truncation_does_harm),
		cmocka_unit_test(no_single_octet_does_harm),
		cmocka_unit_test(no_line_that_is_left_out_does_harm),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(the_end_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
