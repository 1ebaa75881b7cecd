/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of documents load, and every mistake in their files is told in words. */
#include "reports/lines.h"
#include "reports/testdata/golden.h"

#include <errno.h>
#include <unistd.h>

#define HEAD     "\"document\": \"RFC 1\", \"text_sha256\": \"ab\""
#define SECTIONS "\"sections\": [{\"section\": \"1\", \"lines\": [1, 9]}]"
#define WITHOUT  "\"without_rule\": []"
#define KEYWORDS "\"keywords\": []"

struct folder {
	char path[32];
	char *told; /* all mistakes, without the folder's name, a line each */
	FILE *telling;
	size_t told_size;
};

static void tell(void *ctx, const char *text)
{
	struct folder *f = ctx;
	size_t len = strlen(f->path);

	assert_memory_equal(text, f->path, len);
	fprintf(f->telling, "%s\n", text + len + (text[len] == '/'));
}

static int open_folder(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	*state = f;
	strcpy(f->path, P_tmpdir "/lines-XXXXXX");
	f->telling = open_memstream(&f->told, &f->told_size);
	return mkdtemp(f->path) && f->telling ? 0 : -1;
}

static void path_in(const struct folder *f, char *path, size_t size)
{
	snprintf(path, size, "%s/lines-a.json", f->path);
}

static int close_folder(void **state)
{
	struct folder *f = *state;
	char path[64];

	path_in(f, path, sizeof(path));
	unlink(path);
	rmdir(f->path);
	fclose(f->telling);
	free(f->told);
	free(f);
	return 0;
}

static void put(const struct folder *f, const char *text)
{
	char path[64];
	FILE *out;

	path_in(f, path, sizeof(path));
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static int load(struct folder *f, struct texts *t)
{
	int err;

	rewind(f->telling);
	err = texts_load(t, f->path, tell, f);
	fputc('\0', f->telling);
	fflush(f->telling);
	return err;
}

static void good_file_loads(void **state)
{
	struct folder *f = *state;
	char *lines = golden_read("reports/testdata/lines.json");
	const struct text *text;
	struct texts t;

	put(f, lines);
	assert_int_equal(load(f, &t), 0);
	assert_string_equal(f->told, "");
	assert_int_equal(t.count, 1);
	text = &t.texts[0];
	assert_string_equal(text->document, "RFC 6316");
	assert_string_equal(text->file + strlen(f->path), "/lines-a.json");
	assert_memory_equal(text->sha256, "0123", 4);
	assert_int_equal(text->sections.count, 2);
	assert_string_equal(text->sections.rows[1].word, "6.8");
	assert_int_equal(text->sections.rows[1].first, 13);
	assert_int_equal(text->sections.rows[1].last, 21);
	assert_int_equal(text->without_rule.count, 5);
	assert_string_equal(text->without_rule.rows[0].word, "heading");
	assert_int_equal(text->keywords.count, 1);
	assert_string_equal(text->keywords.rows[0].word, "RECOMMENDED");
	texts_free(&t);
	free(lines);
}

static void folder_may_have_none(void **state)
{
	struct folder *f = *state;
	struct texts t;

	assert_int_equal(load(f, &t), 0);
	assert_int_equal(t.count, 0);
	texts_free(&t);
}

static void one_line_may_have_two_keywords(void **state)
{
	struct folder *f = *state;
	struct texts t;

	put(f, "{" HEAD ", " SECTIONS ", " WITHOUT ", \"keywords\": ["
	       "{\"lines\": [3, 3], \"word\": \"MUST\"}, {\"lines\": [3, 3], \"word\": \"MAY\"}]}");
	assert_int_equal(load(f, &t), 0);
	assert_int_equal(t.texts[0].keywords.count, 2);
	texts_free(&t);
}

static void each_mistake_is_told(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{ "{", "lines-a.json: line 1, column 1: string or '}' expected near end of file\n" },
		{ "{" HEAD ", " WITHOUT ", " KEYWORDS "}",
		  "lines-a.json: member \"sections\" is missing\n" },
		{ "{" HEAD ", " SECTIONS ", " WITHOUT ", \"keywords\": "
		  "[{\"lines\": [3, 3], \"word\": \"WILL\"}]}",
		  "lines-a.json: keywords[0]: \"word\" must be MUST, MUST NOT, REQUIRED, SHALL, "
		  "SHALL NOT, SHOULD, SHOULD NOT, RECOMMENDED, MAY or OPTIONAL\n" },
		{ "{" HEAD ", " SECTIONS ", " KEYWORDS ", \"without_rule\": [{\"lines\": [0, 3], "
		  "\"why\": \"boredom\"}]}",
		  "lines-a.json: without_rule[0]: \"lines\" must be [first, last], lines from 1 on\n"
		  "lines-a.json: without_rule[0]: \"why\" must be layout, heading, introduction, "
		  "convention, rationale, example, illustration, reference, scope or "
		  "acknowledgments\n" },
		/* sections touch each other */
		{ "{" HEAD ", " WITHOUT ", " KEYWORDS ", \"sections\": ["
		  "{\"section\": \"1\", \"lines\": [1, 9]}, {\"section\": \"2\", \"lines\": [11, 12]}]}",
		  "lines-a.json: sections[1]: begins at line 11, though what is before it ends at "
		  "line 9\n" },
		/* ranges don't */
		{ "{" HEAD ", " SECTIONS ", " KEYWORDS ", \"without_rule\": ["
		  "{\"lines\": [1, 3], \"why\": \"layout\"}, {\"lines\": [3, 4], \"why\": \"scope\"}]}",
		  "lines-a.json: without_rule[1]: line 3 is not behind line 3, where what is before "
		  "it ends\n" },
		{ "{" HEAD ", " SECTIONS ", " WITHOUT ", \"keywords\": ["
		  "{\"lines\": [4, 4], \"word\": \"MUST\"}, {\"lines\": [3, 3], \"word\": \"MAY\"}]}",
		  "lines-a.json: keywords[1]: line 3 is in front of line 4, which is before it\n" },
	};
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct texts t = { .count = 77 };

		put(f, rows[i].text);
		assert_int_equal(load(f, &t), -EINVAL);
		assert_int_equal(t.count, 77);
		assert_string_equal(f->told, rows[i].told);
	}
}

static void keywords_have_the_levels_of_rfc_2119(void **state)
{
	(void)state;
	assert_int_equal(level_of_keyword("MUST"), LEVEL_MUST);
	assert_int_equal(level_of_keyword("MUST NOT"), LEVEL_MUST);
	assert_int_equal(level_of_keyword("REQUIRED"), LEVEL_MUST);
	assert_int_equal(level_of_keyword("SHALL"), LEVEL_MUST);
	assert_int_equal(level_of_keyword("SHALL NOT"), LEVEL_MUST);
	assert_int_equal(level_of_keyword("SHOULD"), LEVEL_SHOULD);
	assert_int_equal(level_of_keyword("SHOULD NOT"), LEVEL_SHOULD);
	assert_int_equal(level_of_keyword("RECOMMENDED"), LEVEL_SHOULD);
	assert_int_equal(level_of_keyword("MAY"), LEVEL_MAY);
	assert_int_equal(level_of_keyword("OPTIONAL"), LEVEL_MAY);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_file_loads),
		TEST(folder_may_have_none),
		TEST(one_line_may_have_two_keywords),
		TEST(each_mistake_is_told),
		cmocka_unit_test(keywords_have_the_levels_of_rfc_2119),
	};

	return cmocka_run_group_tests_name("reports/lines", tests, NULL, NULL);
}
