/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/contrary/accepted.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct accepted_list list;
static char *message;

static int load(const char *text)
{
	char path[] = P_tmpdir "/accepted-XXXXXX";
	int fd = mkstemp(path), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	r = accepted_load(&list, path, &message);
	unlink(path);
	return r;
}

static int forget(void **state)
{
	(void)state;
	accepted_free(&list);
	free(message);
	message = NULL;
	return 0;
}

static void the_first_that_fits_gives_the_reason(void **state)
{
	(void)state;
	assert_int_equal(
		load("[{\"perturbation\": \"a*\", \"cases\": \"x/*\", \"reason\": \"one\"},"
		     " {\"perturbation\": \"a*\", \"reason\": \"two\"}]"),
		0);
	assert_string_equal(accepted_find(&list, "x/y/z", "abc")->reason, "one");
	assert_string_equal(accepted_find(&list, "y/x/z", "abc")->reason, "two");
	assert_null(accepted_find(&list, "x/y/z", "bc"));
}

static void a_mistake_is_told_with_its_place(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[1]",
		"[{}]",
		"[{\"perturbation\": \"a\"}]",
		"[{\"reason\": \"a\"}]",
		"[{\"perturbation\": \"a\", \"reason\": \"b\", \"case\": \"c\"}]",
		"[{\"perturbation\": \"a\", \"reason\": 1}]",
		"[",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(load(texts[i]), -EINVAL);
		assert_non_null(strstr(message, "/accepted-"));
		assert_int_equal(list.count, 0);
		free(message);
		message = NULL;
	}
}

static void a_missing_file_is_said_to_be_missing(void **state)
{
	(void)state;
	assert_int_equal(accepted_load(&list, P_tmpdir "/no/such/file", &message), -ENOENT);
	assert_non_null(strstr(message, "/no/such/file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_first_that_fits_gives_the_reason, forget),
		cmocka_unit_test_teardown(a_mistake_is_told_with_its_place, forget),
		cmocka_unit_test_teardown(a_missing_file_is_said_to_be_missing, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
