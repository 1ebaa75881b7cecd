/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: a command line is one string, and what is said about it another. */
#ifndef REFSTACK_DAEMON_TEST_FLAGS_H
#define REFSTACK_DAEMON_TEST_FLAGS_H

#include "refstack/daemon/flags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WORDS_MAX = 40 };

struct parsed {
	enum request request;
	struct flags flags;
	char said[1024];
};

/* Words are what blanks part. */
static inline struct parsed parse(const char *line)
{
	struct parsed p = { .said = "" };
	char copy[1024] = "refstackd ", *argv[WORDS_MAX + 1] = { NULL }, *rest = copy;
	FILE *errors = fmemopen(p.said, sizeof(p.said), "w");
	int argc = 0;

	assert_non_null(errors);
	assert_true(strlen(line) < sizeof(copy) - 16);
	strcat(copy, line);
	for (char *word; (word = strsep(&rest, " "));)
		if (*word && argc < WORDS_MAX)
			argv[argc++] = word;
	p.request = flags_parse(&p.flags, argc, argv, errors);
	fclose(errors);
	return p;
}

static inline struct settings settings_of(const char *line)
{
	struct parsed p = parse(line);

	assert_string_equal(p.said, "");
	assert_int_equal(p.request, REQUEST_RUN);
	return p.flags.settings;
}

/* It is misuse, and this is all that is said. */
static inline void assert_misuse(const char *line, const char *said)
{
	struct parsed p = parse(line);

	assert_string_equal(p.said, said);
	assert_int_equal(p.request, REQUEST_MISUSE);
}

#endif
