/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/shimdump/options.h"

#include "wire/layers.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 24 };

/* Words divided by blanks, as a shell would. What is parsed borrows from them. */
static bool parse(struct options *o, const char *line, int *status)
{
	static char words[256], *argv[WORDS_MAX + 2];
	int argc = 0;

	strncpy(words, line, sizeof(words) - 1);
	argv[argc++] = (char *)"shimdump";
	for (char *w = strtok(words, " "); w && argc < WORDS_MAX; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	optind = 0; /* getopt begins anew */
	return options_parse(o, argc, argv, status);
}

static void assert_ends(const char *line, int expected)
{
	struct options o;
	int status = -1;

	if (parse(&o, line, &status))
		fail_msg("%s: taken", line);
	options_free(&o);
	assert_int_equal(status, expected);
}

static struct options taken(const char *line)
{
	struct options o;
	int status = -1;

	if (!parse(&o, line, &status))
		fail_msg("%s: refused", line);
	assert_int_equal(status, EXIT_SUCCESS);
	return o;
}

static void what_can_not_be_done_together_is_misuse(void **state)
{
	static const char *const lines[] = {
		"-r x -i y", "-v", "-r x -s 100", "-r x -p", "-r x -a -S",
		"-r x -T text --findings",
		"-r x --findings -T jsonl", "-r x -w y --findings", "-i x -w y -T ladder",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_ends(lines[i], EXIT_MISUSE);
}

static void arguments_out_of_range_are_misuse(void **state)
{
	static const char *const lines[] = {
		"-r x -c 0", "-r x -c -1", "-r x -c 1x", "-r x -c 99999999999999999999",
		"-r x --context 0", "-r x --max-contexts 0", "-r x --max-contexts 2000000000",
		"-r x --tag 0x800000000000", "-r x --tag 0x", "-r x --ulid 192.0.2.1",
		"-r x --type nothing", "-r x -T html", "-r x -tttttt", "-r", "-r x --frobnicate",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_ends(lines[i], EXIT_MISUSE);
}

static void numbers_are_decimal_unless_they_begin_with_0x(void **state)
{
	struct options o = taken("-r x -c 010 --tag 0x7fffffffffff --context 4294967295");

	(void)state;
	assert_int_equal(o.count, 10);
	assert_int_equal(o.selection.tag, 0x7fffffffffff);
	assert_int_equal(o.selection.context, UINT32_MAX);
	options_free(&o);
}

static void options_may_follow_the_filter(void **state)
{
	struct options o = taken("-r x ip6 and tcp -e -v");

	(void)state;
	assert_string_equal(o.filter, "ip6 and tcp ");
	assert_true(o.look.link_header);
	assert_int_equal(o.look.verbose, 1);
	options_free(&o);
}

static void what_follows_two_dashes_is_filter(void **state)
{
	struct options o = taken("-r x -- ip6[6] = -1");

	(void)state;
	assert_string_equal(o.filter, "ip6[6] = -1 ");
	options_free(&o);
}

static void without_options_it_is_text_of_all_of_it(void **state)
{
	struct options o = taken("-r x");

	(void)state;
	assert_ptr_equal(o.view, &view_kinds[0]);
	assert_int_equal(o.count, 0);
	assert_int_equal(o.snaplen, 0);
	assert_true(o.promiscuous);
	assert_string_equal(o.filter, "");
	assert_string_equal(o.look.name, "x");
	options_free(&o);
}

static void findings_are_a_view_and_can_be_of_a_device(void **state)
{
	struct options o = taken("-i x --findings -s 100 -p");

	(void)state;
	assert_ptr_equal(o.view, &findings_view);
	assert_int_equal(o.snaplen, 100);
	assert_false(o.promiscuous);
	options_free(&o);
}

static void vvv_means_x_unless_octets_were_asked_for(void **state)
{
	struct options o = taken("-r x -vvv");

	(void)state;
	assert_int_equal(o.look.hex, 1);
	options_free(&o);
	o = taken("-r x -vvv -X");
	assert_int_equal(o.look.hex, 0);
	assert_int_equal(o.look.ascii, 1);
	options_free(&o);
}

static void types_gather(void **state)
{
	struct options o = taken("-r x --type i1 --type=probe");

	(void)state;
	assert_int_equal(o.selection.type_count, 2);
	assert_ptr_equal(o.selection.types[0], &layer_i1);
	assert_ptr_equal(o.selection.types[1], &layer_probe);
	options_free(&o);
}

static void devices_need_no_capture(void **state)
{
	struct options o = taken("-D");

	(void)state;
	assert_true(o.devices);
	options_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_can_not_be_done_together_is_misuse),
		cmocka_unit_test(arguments_out_of_range_are_misuse),
		cmocka_unit_test(numbers_are_decimal_unless_they_begin_with_0x),
		cmocka_unit_test(options_may_follow_the_filter),
		cmocka_unit_test(what_follows_two_dashes_is_filter),
		cmocka_unit_test(without_options_it_is_text_of_all_of_it),
		cmocka_unit_test(findings_are_a_view_and_can_be_of_a_device),
		cmocka_unit_test(vvv_means_x_unless_octets_were_asked_for),
		cmocka_unit_test(types_gather),
		cmocka_unit_test(devices_need_no_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
