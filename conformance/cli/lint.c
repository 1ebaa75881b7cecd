/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shimproof lint: mistakes inside the files, and between them. Between: a case
 * of a rule that isn't there, a rule to be tested that no case tests, a rule
 * not to be tested that one does, a case that would judge a target by a rule
 * that doesn't apply to it.
 */
#include "conformance/cli/cli.h"

#include <stdarg.h>
#include <string.h>

struct lint {
	const struct workspace *w;
	unsigned problems;
};

__attribute__((format(printf, 3, 4))) static void at_case(struct lint *l, const struct scenario *s,
							   const char *format, ...)
{
	va_list args;

	printf("%s:%d: case %s: ", s->place.file, s->place.line, s->id);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	l->problems++;
}

static void at_rule(struct lint *l, const struct rule *r, const char *what)
{
	printf("%s: rule %s: %s\n", r->file, r->id, what);
	l->problems++;
}

static bool needs(const struct scenario *s, const char *word, size_t len)
{
	for (size_t i = 0; i < s->need_count; i++)
		if (strlen(s->needs[i]) == len && !memcmp(s->needs[i], word, len))
			return true;
	return false;
}

/* Each word of "udp and SHIM_LOC_LOCAL_SEND" must be one that the case needs. */
static void check_needs(struct lint *l, const struct scenario *s, const struct rule *r)
{
	const char *word = r->applies_if;

	while (word) {
		const char *end = strstr(word, " and ");
		size_t len = end ? (size_t)(end - word) : strlen(word);

		if (!needs(s, word, len))
			at_case(l, s, "rule %s applies if %.*s; add `needs %.*s`", r->id, (int)len,
				word, (int)len, word);
		word = end ? end + strlen(" and ") : NULL;
	}
}

static void check_case(struct lint *l, const struct scenario *s)
{
	if (!s->rule_count)
		at_case(l, s, "names no rule");
	for (size_t i = 0; i < s->rule_count; i++) {
		const struct rule *r = catalogue_rule(&l->w->catalogue, s->rules[i]);
		struct nearness near = { .written = s->rules[i] };

		if (r) {
			check_needs(l, s, r);
			continue;
		}
		for (size_t j = 0; j < l->w->catalogue.rule_count; j++)
			near_offer(&near, l->w->catalogue.rules[j].id);
		at_case(l, s, "rule %s is in no catalogue%s%s%s", s->rules[i],
			near.ids[0] ? " (did you mean " : "", near.ids[0] ? near.ids[0] : "",
			near.ids[0] ? "?)" : "");
	}
}

static void check_rule(struct lint *l, const struct rule *r)
{
	unsigned cases = 0;

	for (size_t i = 0; i < l->w->suite.count; i++)
		cases += scenario_tests_rule(&l->w->suite.scenarios[i], r->id);
	if (r->testable && !cases)
		at_rule(l, r, "no case tests it");
	if (!r->testable && cases)
		at_rule(l, r, "a case tests it, so its testability must be \"tested\"");
}

int lint_main(const struct options *o)
{
	struct workspace w;
	struct lint l = { .w = &w };
	int err = workspace_read(&w, o, o->operands, o->operand_count, stdout);

	l.problems = w.mistakes;
	/* With a file missing, everything that refers to it would look wrong. */
	for (size_t i = 0; !err && i < w.suite.count; i++)
		check_case(&l, &w.suite.scenarios[i]);
	for (size_t i = 0; !err && !o->operand_count && i < w.catalogue.rule_count; i++)
		check_rule(&l, &w.catalogue.rules[i]);
	if (err && !w.mistakes)
		complain(o, "cases in %s, catalogues in %s: %s", o->cases, o->specs,
			 strerror(-err));
	if (l.problems)
		printf("%u problem%s\n", l.problems, l.problems == 1 ? "" : "s");
	else if (!err)
		printf("no problem in %zu cases and %zu rules\n", w.suite.count,
		       w.catalogue.rule_count);
	workspace_close(&w);
	return l.problems || err ? 1 : 0;
}
