/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 by the table of RFC 3629, section 4, and nothing that steers a terminal. */
#include "reports/printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void only_printable_characters_pass(void **state)
{
	static const struct {
		const char *octets, *shown;
	} rows[] = {
		{ "plain\ttext\n", "plain\ttext\n" },
		{ "\033[2J\a\r\x7f", "\\x1b[2J\\x07\\x0d\\x7f" },
		{ "\xc2\xa0\xc3\xbf", "\xc2\xa0\xc3\xbf" },         /* U+00A0, U+00FF */
		{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },               /* U+009B, CSI in one octet */
		{ "\xe2\x82\xac", "\xe2\x82\xac" },                 /* U+20AC */
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },         /* U+1F600 */
		{ "\xc0\xaf", "\\xc0\\xaf" },                       /* overlong / */
		{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },              /* overlong U+07FF */
		{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },     /* overlong U+FFFF */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },              /* U+D800, a surrogate */
		{ "\xef\xbf\xbd\xef\xbf\xbe", "\xef\xbf\xbd\\xef\\xbf\\xbe" }, /* U+FFFD, U+FFFE */
		{ "\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd" },         /* U+10FFFD */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },     /* U+110000 */
		{ "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" },
		{ "\xe2\x82", "\\xe2\\x82" },                       /* cut off by the end */
		{ "\xe2\x82z", "\\xe2\\x82z" },
		{ "\x80\xbf", "\\x80\\xbf" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *shown = printable_copy(rows[i].octets);

		assert_string_equal(shown, rows[i].shown);
		free(shown);
	}
}

static void width_counts_what_is_shown(void **state)
{
	(void)state;
	assert_int_equal(printable_width("abc"), 3);
	assert_int_equal(printable_width("\xe2\x82\xac"), 1);
	assert_int_equal(printable_width("a\033b"), 6);
	assert_int_equal(printable_width(NULL), 0);
}

static void lines_are_indented_but_the_first(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	printable_put_indented(f, "one\ntwo\n", 3);
	printable_put_indented(f, "three", 3);
	fputc('|', f);
	printable_put_padded(f, "\xc3\xa4", 3);
	fputc('|', f);
	fclose(f);
	assert_string_equal(text, "one\n   two\nthree\n|\xc3\xa4  |");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_printable_characters_pass),
		cmocka_unit_test(width_counts_what_is_shown),
		cmocka_unit_test(lines_are_indented_but_the_first),
	};

	return cmocka_run_group_tests_name("reports/printable", tests, NULL, NULL);
}
