/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much of the catalogue there are cases for, and why not of the rest: rules by
 * their level and by what the catalogue says of their testability.
 */
#include "reports/report.h"

#include <string.h>

static const struct {
	const char *testability;
	const char *text;
} rows[] = {
	{ "tested", "covered by cases" },
	{ "no-case-yet", "no case yet" },
	{ "no-test-needed", "no test needed" },
	{ "untestable", "untestable" },
};

static const enum rule_level levels[] = { LEVEL_MUST, LEVEL_SHOULD, LEVEL_MAY, LEVEL_DEFINED };

enum { LEVELS = sizeof(levels) / sizeof(*levels) };

static unsigned count(const struct catalogue *c, enum rule_level level, const char *testability)
{
	unsigned n = 0;

	for (size_t i = 0; i < c->rule_count; i++)
		n += c->rules[i].level == level && !strcmp(c->rules[i].testability, testability);
	return n;
}

void report_coverage(FILE *f, const struct catalogue *c)
{
	fprintf(f, "rules        %4zu in the catalogue", c->rule_count);
	for (size_t k = 0; k < LEVELS; k++)
		fprintf(f, "  %7s", rule_level_name[levels[k]]);
	fputc('\n', f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned n[LEVELS], sum = 0;

		for (size_t k = 0; k < LEVELS; k++)
			sum += n[k] = count(c, levels[k], rows[i].testability);
		if (!sum)
			continue;
		fprintf(f, "             %4u %-16s", sum, rows[i].text);
		for (size_t k = 0; k < LEVELS; k++)
			fprintf(f, "  %7u", n[k]);
		fputc('\n', f);
	}
	fputs("             (why: shimproof list --rules)\n", f);
}
