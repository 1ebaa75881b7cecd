/* SPDX-License-Identifier: BSD-2-Clause */
/* Catalogues load, and every mistake in them is told in words. */
#include "reports/catalogue.h"
#include "reports/testdata/golden.h"

#include <errno.h>
#include <unistd.h>

#define HEAD "\"document\": \"RFC 6316\", \"title\": \"T\", \"url\": \"https://example.org/\""

/* A rule without mistakes, in parts that a test may replace. */
#define ID      "\"id\": \"rfc6316/6.6/a\", "
#define WHERE   "\"section\": \"6.6\", \"lines\": [3, 4], "
#define LEVEL   "\"level\": \"MUST\", \"level_source\": \"keyword\", "
#define BINDS   "\"subject\": \"shim\", \"statement\": \"It is so.\", \"profile\": \"any\", "
#define TESTING "\"observe\": \"api\", \"testability\": \"tested\""
#define RULE    "{" ID WHERE LEVEL BINDS TESTING "}"
#define RULES(text) "{" HEAD ", \"rules\": [" text "]}"

#define READING_REST                                                                           \
	"\"subject\": \"S\", \"sections\": [\"6\"], \"problem\": \"P\", "                      \
	"\"interpretation\": \"I\", \"why\": \"W\""
#define READING "{\"id\": \"AMB-01\", \"verdict\": \"STRICT\", " READING_REST "}"
#define READINGS(text) "{\"document\": \"RFC 6316\", \"readings\": [" text "]}"

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
	strcpy(f->path, P_tmpdir "/catalogue-XXXXXX");
	f->telling = open_memstream(&f->told, &f->told_size);
	return mkdtemp(f->path) && f->telling ? 0 : -1;
}

static void name_in(const struct folder *f, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", f->path, name);
}

static int close_folder(void **state)
{
	static const char *const names[] = { "rfc6316.json", "rfc5533.json", "readings-a.json",
					     "readings.schema.json" };
	struct folder *f = *state;
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		name_in(f, names[i], path, sizeof(path));
		unlink(path);
	}
	rmdir(f->path);
	fclose(f->telling);
	free(f->told);
	free(f);
	return 0;
}

static void put(const struct folder *f, const char *name, const char *text)
{
	char path[64];
	FILE *out;

	name_in(f, name, path, sizeof(path));
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static int load(struct folder *f, struct catalogue *c)
{
	int err;

	rewind(f->telling);
	err = catalogue_load(c, f->path, tell, f);
	fputc('\0', f->telling);
	fflush(f->telling);
	return err;
}

static void good_files_load(void **state)
{
	struct folder *f = *state;
	char *rules = golden_read("reports/testdata/catalogue.json");
	char *readings = golden_read("reports/testdata/readings.json");
	const struct reading *reading;
	const struct rule *rule;
	struct catalogue c;

	put(f, "rfc6316.json", rules);
	put(f, "readings-a.json", readings);
	put(f, "readings.schema.json", "not for us");
	assert_int_equal(load(f, &c), 0);
	assert_string_equal(f->told, "");
	assert_int_equal(c.rule_count, 2);
	assert_int_equal(c.reading_count, 1);

	rule = catalogue_rule(&c, "rfc6316/6.6/unconnected");
	assert_non_null(rule);
	assert_string_equal(rule->document, "RFC 6316");
	assert_string_equal(rule->section, "6.6");
	assert_int_equal(rule->first_line, 10);
	assert_int_equal(rule->last_line, 11);
	assert_int_equal(rule->level, LEVEL_DEFINED);
	assert_false(rule->from_keyword);
	assert_true(rule->testable);
	assert_null(rule->reason);
	assert_null(rule->text_sha256);
	assert_string_equal(rule->applies_if, "udp and SHIM_LOC_LOCAL_RECV");
	assert_int_equal(rule->reading_count, 1);
	assert_string_equal(rule->readings[0], "AMB-06");

	rule = catalogue_rule(&c, "rfc6316/6.8/wise");
	assert_non_null(rule);
	assert_int_equal(rule->level, LEVEL_SHOULD);
	assert_true(rule->from_keyword);
	assert_false(rule->testable);
	assert_string_equal(rule->reason, "Wisdom can't be seen from outside.");
	assert_string_equal(rule->subject, "application");
	assert_string_equal(rule->observe, "wire");
	assert_null(rule->applies_if);

	reading = catalogue_reading(&c, "AMB-06");
	assert_non_null(reading);
	assert_string_equal(reading->verdict, "CONFIGURABLE");
	assert_int_equal(reading->section_count, 2);
	assert_string_equal(reading->sections[1], "7.1");
	assert_int_equal(reading->outcome_count, 1);
	assert_null(reading->uncited);
	assert_null(catalogue_reading(&c, "AMB-07"));
	assert_null(catalogue_rule(&c, "rfc6316/6.6"));
	catalogue_free(&c);
	free(rules);
	free(readings);
}

/* SHA-256 of "rfc6316.json", a zero octet and the text, by sha256sum(1). */
static void digest_is_over_names_and_contents(void **state)
{
	struct folder *f = *state;
	struct catalogue c;

	put(f, "rfc6316.json",
	    "{\"document\": \"D\", \"title\": \"T\", \"url\": \"U\", \"rules\": []}\n");
	assert_int_equal(load(f, &c), 0);
	assert_string_equal(c.digest,
			    "c1e32b2c3e0e8e0659a1f3aff8d34b5dbc5f16db0bb9b3d9514326d26f0b081c");
	catalogue_free(&c);
}

static void rules_come_in_the_order_of_files(void **state)
{
	struct folder *f = *state;
	struct catalogue c;

	put(f, "rfc6316.json", RULES(RULE));
	put(f, "rfc5533.json", "{\"document\": \"RFC 5533\", \"title\": \"T\", \"url\": \"U\", "
			       "\"rules\": [{\"id\": \"rfc5533/6.6/a\", " WHERE LEVEL BINDS TESTING
			       "}]}");
	assert_int_equal(load(f, &c), 0);
	assert_string_equal(c.rules[0].id, "rfc5533/6.6/a");
	assert_string_equal(c.rules[1].id, "rfc6316/6.6/a");
	catalogue_free(&c);
}

static void rules_know_the_text_of_their_lines(void **state)
{
	struct folder *f = *state;
	struct catalogue c;

	put(f, "rfc6316.json", "{" HEAD ", \"text_sha256\": \"ab\", \"rules\": [" RULE "]}");
	assert_int_equal(load(f, &c), 0);
	assert_string_equal(c.rules[0].text_sha256, "ab");
	catalogue_free(&c);
}

static void untested_rules_have_one_of_three_reasons(void **state)
{
	static const char *const words[] = { "no-case-yet", "untestable", "no-test-needed" };
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct catalogue c;
		char text[512];

		snprintf(text, sizeof(text),
			 RULES("{" ID WHERE LEVEL BINDS "\"observe\": \"api\", "
			       "\"testability\": \"%s\", \"reason\": \"R\"}"), words[i]);
		put(f, "rfc6316.json", text);
		assert_int_equal(load(f, &c), 0);
		assert_string_equal(c.rules[0].testability, words[i]);
		assert_false(c.rules[0].testable);
		catalogue_free(&c);
	}
}

static void reading_says_why_it_is_not_cited(void **state)
{
	struct folder *f = *state;
	struct catalogue c;

	put(f, "rfc6316.json", RULES(RULE));
	put(f, "readings-a.json", READINGS("{\"id\": \"AMB-01\", \"verdict\": \"STRICT\", "
					   "\"uncited\": \"U\", " READING_REST "}"));
	assert_int_equal(load(f, &c), 0);
	assert_string_equal(c.readings[0].uncited, "U");
	catalogue_free(&c);
}

static void each_mistake_is_told(void **state)
{
	static const struct {
		const char *rules, *readings; /* files; NULL: not there */
		const char *told;
	} rows[] = {
		{ "{\n  \"document\": }", NULL,
		  "rfc6316.json: line 2, column 15: unexpected token near '}'\n" },
		{ "{\"rules\": [], \"rules\": []}", NULL,
		  "rfc6316.json: line 1, column 21: duplicate object key near '\"rules\"'\n" },
		{ "[]", NULL, "rfc6316.json: must be an object\n" },
		{ "{\"document\": \"D\", \"title\": 7, \"rules\": {}, \"ruels\": []}", NULL,
		  "rfc6316.json: \"title\" must be text\n"
		  "rfc6316.json: member \"url\" is missing\n"
		  "rfc6316.json: \"rules\" must be an array\n"
		  "rfc6316.json: member \"ruels\" is not known\n" },
		{ RULES("7, {" WHERE LEVEL BINDS TESTING "}"), NULL,
		  "rfc6316.json: rules[0]: must be an object\n"
		  "rfc6316.json: rules[1]: member \"id\" is missing\n" },
		{ RULES("{" ID WHERE BINDS TESTING "}"), NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: member \"level\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/a: member \"level_source\" is missing\n" },
		{ RULES("{" ID WHERE "\"level\": \"WILL\", \"level_source\": 1, " BINDS
			TESTING "}"), NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: \"level\" must be MUST, SHOULD, MAY or "
		  "defined\n"
		  "rfc6316.json: rule rfc6316/6.6/a: \"level_source\" must be keyword or "
		  "wording\n" },
		{ RULES("{" ID "\"section\": \"6.6\", \"lines\": [4, 3], " LEVEL BINDS TESTING "}"),
		  NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: \"lines\" must be [first, last], lines from 1 "
		  "on\n" },
		{ RULES("{" ID "\"section\": \"6.6\", \"lines\": [3, 4, 5], " LEVEL BINDS TESTING
			"}"), NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: \"lines\" must be [first, last], lines from 1 "
		  "on\n" },
		{ RULES("{\"id\": \"rfc6316/6.7/a\", " WHERE LEVEL BINDS TESTING "}"), NULL,
		  "rfc6316.json: rule rfc6316/6.7/a: the id must be rfc6316/6.6/ and a slug of "
		  "a-z, 0-9, - and .\n" },
		{ RULES("{\"id\": \"rfc6316/6.6/A b\", " WHERE LEVEL BINDS TESTING "}"), NULL,
		  "rfc6316.json: rule rfc6316/6.6/A b: the id must be rfc6316/6.6/ and a slug of "
		  "a-z, 0-9, - and .\n" },
		{ RULES(RULE ", " RULE), NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: the id is taken already, in "
		  "@/rfc6316.json\n" },
		{ RULES("{" ID WHERE LEVEL BINDS "\"observe\": \"api\", "
			"\"testability\": \"untestable\"}"), NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: it is untestable, so \"reason\" must say "
		  "why\n" },
		{ RULES("{" ID WHERE LEVEL BINDS TESTING ", \"reason\": \"R\"}"), NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: it is tested, so there is no \"reason\" to "
		  "give\n" },
		{ RULES("{" ID WHERE LEVEL BINDS TESTING ", \"readings\": \"AMB-01\"}"), NULL,
		  "rfc6316.json: rule rfc6316/6.6/a: \"readings\" must be a list of texts\n" },
		{ RULES("{" ID WHERE LEVEL BINDS TESTING ", \"readings\": [\"AMB-02\", "
			"\"AMB-01\"]}"), READINGS(READING),
		  "rfc6316.json: rule rfc6316/6.6/a: reading AMB-02 is in no readings-*.json\n" },
		{ RULES(RULE), READINGS(READING ", " READING),
		  "readings-a.json: reading AMB-01: the id is taken already, in "
		  "@/readings-a.json\n" },
		/* a rule isn't blamed for a mistake in the reading that it names */
		{ RULES("{" ID WHERE LEVEL BINDS TESTING ", \"readings\": [\"AMB-01\"]}"),
		  READINGS("{\"id\": \"AMB-01\", \"verdict\": \"MILD\", " READING_REST "}"),
		  "readings-a.json: reading AMB-01: \"verdict\" must be STRICT, ACCEPT, "
		  "ACCEPT-BOTH, CONFIGURABLE or NOT-GRADED\n" },
		/* all mistakes of all files */
		{ RULES("{" ID WHERE LEVEL BINDS TESTING ", \"color\": 1}, "
			"{\"id\": \"rfc6316/6.6/b\"}"), "nothing",
		  "rfc6316.json: rule rfc6316/6.6/a: member \"color\" is not known\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"section\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"lines\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"level\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"level_source\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"subject\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"statement\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"profile\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"observe\" is missing\n"
		  "rfc6316.json: rule rfc6316/6.6/b: member \"testability\" is missing\n"
		  "readings-a.json: line 1, column 7: '[' or '{' expected near 'nothing'\n" },
	};
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct catalogue c = { .rule_count = 77 };
		char wanted[2048];
		const char *at = strchr(rows[i].told, '@');

		put(f, "rfc6316.json", rows[i].rules);
		put(f, "readings-a.json", rows[i].readings ? rows[i].readings : READINGS(""));
		assert_int_equal(load(f, &c), -EINVAL);
		assert_int_equal(c.rule_count, 77);
		snprintf(wanted, sizeof(wanted), "%.*s%s%s",
			 (int)(at ? at - rows[i].told : (ptrdiff_t)strlen(rows[i].told)),
			 rows[i].told, at ? f->path : "", at ? at + 1 : "");
		assert_string_equal(f->told, wanted);
	}
}

static void folder_without_catalogue_is_not_there(void **state)
{
	struct folder *f = *state;
	struct catalogue c;

	put(f, "readings-a.json", READINGS(""));
	assert_int_equal(load(f, &c), -ENOENT);
	assert_string_equal(f->told, ": rfc*.json: No such file or directory\n");
}

static void catalogue_may_do_without_readings(void **state)
{
	struct folder *f = *state;
	struct catalogue c;

	put(f, "rfc6316.json", RULES(RULE));
	assert_int_equal(load(f, &c), 0);
	assert_int_equal(c.reading_count, 0);
	catalogue_free(&c);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_files_load),
		TEST(digest_is_over_names_and_contents),
		TEST(rules_come_in_the_order_of_files),
		TEST(rules_know_the_text_of_their_lines),
		TEST(untested_rules_have_one_of_three_reasons),
		TEST(reading_says_why_it_is_not_cited),
		TEST(each_mistake_is_told),
		TEST(folder_without_catalogue_is_not_there),
		TEST(catalogue_may_do_without_readings),
	};

	return cmocka_run_group_tests_name("reports/catalogue", tests, NULL, NULL);
}
