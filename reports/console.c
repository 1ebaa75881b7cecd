/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report for people: failures first, then a line per section, then what
 * it all comes to and what to type next. What did not run is always said.
 */
#include "reports/paint.h"
#include "reports/printable.h"
#include "reports/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHOWN_MAX = 5, /* cases in full */
	WORDS_MAX = 6, /* unsupported words */
	SEEN_MAX = 4,  /* observations of cases that grade nothing */
};

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static const char *member(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "?";
}

static void put_head(FILE *f, const struct run *run)
{
	fprintf(f, "shimproof %s, target ", run->suite_version);
	printable_put(f, member(run->target, "name"));
	fputc(' ', f);
	printable_put(f, member(run->target, "version"));
	fputs(" (", f);
	printable_put(f, member(run->target, "profile"));
	fprintf(f, "), seed %" PRIu64, run->seed);
	if (run->selection) {
		fputs(", selection ", f);
		printable_put(f, run->selection);
	}
	fputs("\n\n", f);
}

/* --- cases that did not pass ------------------------------------------------------- */

/* Prints those with that outcome, up to the limit that all share; returns how
 * many there are. */
static unsigned put_cases(FILE *f, const struct run *run, const struct catalogue *c,
			  enum rule_verdict outcome, unsigned *shown, bool colour)
{
	unsigned count = 0;

	for (size_t i = 0; i < run->case_count; i++) {
		if (case_outcome(&run->cases[i]) != outcome)
			continue;
		count++;
		if (*shown >= SHOWN_MAX)
			continue;
		++*shown;
		report_failure(f, &run->cases[i], c, colour);
		fputc('\n', f);
	}
	return count;
}

static void put_failures(FILE *f, const struct run *run, const struct catalogue *c, bool colour)
{
	unsigned shown = 0, count = 0;

	count += put_cases(f, run, c, RULE_FAIL, &shown, colour);
	count += put_cases(f, run, c, RULE_INCONCLUSIVE, &shown, colour);
	count += put_cases(f, run, c, RULE_NOT_RUN, &shown, colour);
	if (count > shown)
		fprintf(f, "... and %u more that did not pass (-v names every case)\n\n",
			count - shown);
}

/* --- sections ------------------------------------------------------------------------ */

/* The columns, and the rules that they count. */
static const struct column {
	const char *title;
	enum rule_verdict verdict;
	enum paint paint;
	bool rare; /* left out when it would be empty */
} columns[] = {
	{ "pass", RULE_PASS, PAINT_GOOD, false },
	{ "fail", RULE_FAIL, PAINT_BAD, false },
	{ "missing", RULE_MISSING, PAINT_BAD, true },
	{ "inconclusive", RULE_INCONCLUSIVE, PAINT_DOUBT, false },
	{ "not run", RULE_NOT_RUN, PAINT_DOUBT, false },
	{ "unsupported", RULE_UNSUPPORTED, PAINT_NONE, false },
	{ "not applicable", RULE_NOT_APPLICABLE, PAINT_NONE, false },
};

#define COLUMNS (sizeof(columns) / sizeof(*columns))

struct section {
	const char *document, *name;
	unsigned verdicts[RULE_VERDICT_COUNT];
};

/* Rules with a verdict of that section; sections come in the catalogue's order. */
static size_t count_sections(struct section *sections, const struct rollup *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->rule_count; i++) {
		const struct rule *rule = r->rules[i].rule;
		enum rule_verdict verdict = r->rules[i].verdict;
		size_t s = 0;

		if (verdict == RULE_UNTESTED || verdict == RULE_NOT_SELECTED)
			continue;
		while (s < count && (strcmp(sections[s].document, rule->document) ||
				     strcmp(sections[s].name, rule->section)))
			s++;
		if (s == count)
			sections[count++] = (struct section){ .document = rule->document,
							      .name = rule->section };
		sections[s].verdicts[verdict]++;
	}
	return count;
}

static bool is_left_out(const struct column *c, const struct rollup *r)
{
	return c->rare && !r->verdicts[c->verdict];
}

static void put_counts(FILE *f, const unsigned verdicts[], const struct rollup *r, bool colour)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		unsigned n = verdicts[columns[i].verdict];
		int width = (int)strlen(columns[i].title);

		if (is_left_out(&columns[i], r))
			continue;
		if (n)
			fprintf(f, "  %s%*u%s", paint(colour, columns[i].paint), width, n,
				paint(colour, PAINT_NONE));
		else
			fprintf(f, "  %*s", width, "-");
	}
	fputc('\n', f);
}

static void put_titles(FILE *f, const char *document, const struct rollup *r, int width,
		       bool colour)
{
	fprintf(f, "%s%-*s%s", paint(colour, PAINT_STRONG), width, document,
		paint(colour, PAINT_NONE));
	for (size_t i = 0; i < COLUMNS; i++)
		if (!is_left_out(&columns[i], r))
			fprintf(f, "  %s", columns[i].title);
	fputc('\n', f);
}

/* What is missing is named once, below the table; it needs no row for each section. */
static bool is_all_missing(const struct section *s)
{
	for (int v = 0; v < RULE_VERDICT_COUNT; v++)
		if (s->verdicts[v] && v != RULE_MISSING)
			return false;
	return true;
}

static int put_sections(FILE *f, const struct rollup *r, bool colour)
{
	struct section *sections = calloc(r->rule_count + 1, sizeof(*sections));
	int width = (int)strlen("all rules");
	size_t count;

	if (!sections)
		return -ENOMEM;
	count = count_sections(sections, r);
	for (size_t i = 0; i < count; i++) {
		if (!i || strcmp(sections[i].document, sections[i - 1].document))
			put_titles(f, sections[i].document, r, width, colour);
		if (is_all_missing(&sections[i]))
			continue;
		fprintf(f, "%-*s", width, sections[i].name);
		put_counts(f, sections[i].verdicts, r, colour);
	}
	if (count) {
		fprintf(f, "%-*s", width, "all rules");
		put_counts(f, r->verdicts, r, colour);
		fputc('\n', f);
	}
	free(sections);
	return 0;
}

/* --- totals and conclusion --------------------------------------------------------- */

static void put_count(FILE *f, unsigned n, const char *what)
{
	if (n)
		fprintf(f, ", %u %s", n, what);
}

static void put_totals(FILE *f, const struct rollup *r)
{
	fprintf(f, "cases        %u: %u passed", r->cases, r->passed);
	put_count(f, r->failed, "failed");
	put_count(f, r->crashed, "crashed");
	put_count(f, r->timed_out, "timed out");
	put_count(f, r->inconclusive, "inconclusive");
	put_count(f, r->not_run, "not run");
	put_count(f, r->missing, "missing");
	put_count(f, r->unsupported, "unsupported");
	put_count(f, r->not_applicable, "not applicable");
	put_count(f, r->recorded, "recorded");
	fprintf(f, "; %u check%s\n", r->checks, plural(r->checks));
	if (r->deviations)
		fprintf(f, "deviations   %u tolerated outcome%s, listed in the JSON report\n",
			r->deviations, plural(r->deviations));
	if (r->undeclared)
		fprintf(f, "undeclared   %u case%s of what the target neither claims nor denies\n",
			r->undeclared, plural(r->undeclared));
}

/* What cases saw that grade nothing: the first few. */
static void put_recorded(FILE *f, const struct run *run, const struct rollup *r)
{
	unsigned shown = 0;

	if (!r->recorded)
		return;
	fprintf(f,
		"recorded     what %u case%s saw without grading it; all is in the JSON report\n",
		r->recorded, plural(r->recorded));
	for (size_t i = 0; i < run->case_count; i++) {
		const struct case_result *c = &run->cases[i];

		if (c->verdict != VERDICT_RECORDED)
			continue;
		for (size_t j = 0; j < c->observed_count && shown < SEEN_MAX; j++, shown++) {
			fprintf(f, "%*s", (int)strlen("recorded     "), "");
			printable_put(f, c->observed[j]);
			fputc('\n', f);
		}
	}
}

/* The words of `supports` that the target denies. */
static void put_unsupported(FILE *f, const json_t *target)
{
	json_t *supports = json_object_get(target, "supports"), *value;
	unsigned count = 0;
	const char *word;

	json_object_foreach(supports, word, value) {
		if (!json_is_false(value) || count++ >= WORDS_MAX)
			continue;
		fputs(count == 1 ? "unsupported  " : " ", f);
		printable_put(f, word);
	}
	if (count > WORDS_MAX)
		fprintf(f, " and %u more", count - WORDS_MAX);
	if (count)
		fputc('\n', f);
}

static unsigned rules_with(const struct rollup *r, enum rule_verdict verdict,
			   enum rule_level level)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->rule_count; i++)
		n += r->rules[i].verdict == verdict && r->rules[i].rule->level == level;
	return n;
}

/* "2 MUST, 1 defined" */
static void put_levels(FILE *f, const struct rollup *r, enum rule_verdict verdict)
{
	const char *glue = "";

	for (int level = 0; rule_level_name[level]; level++) {
		unsigned n = rules_with(r, verdict, level);

		if (!n)
			continue;
		fprintf(f, "%s%u %s", glue, n, rule_level_name[level]);
		glue = ", ";
	}
}

static void put_failed(FILE *f, const struct run *run, const struct rollup *r)
{
	static const struct {
		enum rule_verdict verdict;
		const char *word;
	} kinds[] = { { RULE_FAIL, "failed" }, { RULE_MISSING, "missing" } };
	const struct absence *options = &run->survey.options;
	const char *glue = "";

	if (options->count && options->count == options->asked) {
		fputs("not conformant: no option of RFC 6316 is there", f);
		glue = "; ";
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		unsigned n = r->verdicts[kinds[i].verdict];

		if (!n)
			continue;
		fprintf(f, "%s%u rule%s %s (", glue, n, plural(n), kinds[i].word);
		put_levels(f, r, kinds[i].verdict);
		fputc(')', f);
		glue = ", ";
	}
	fputs(*glue ? "\n" : "a case failed whose rules no catalogue has\n", f);
}

static void put_incomplete(FILE *f, const struct rollup *r)
{
	if (r->inconclusive || r->not_run)
		fprintf(f, "%u case%s inconclusive, %u not run; no rule that weighs failed\n",
			r->inconclusive, plural(r->inconclusive), r->not_run);
	else
		fputs("no case passed, so nothing is shown\n", f);
}

/* What is as it should not be, and yet no reason for another conclusion. */
static void put_light(FILE *f, const struct rollup *r, enum rule_verdict verdict, const char *word)
{
	unsigned n = r->verdicts[verdict];
	bool should = rules_with(r, verdict, LEVEL_SHOULD);

	if (!n)
		return;
	fprintf(f, "             %u %s that %s not weigh (", n, word, n == 1 ? "does" : "do");
	put_levels(f, r, verdict);
	fprintf(f, ")%s\n", should ? "; --strict makes SHOULD weigh" : "");
}

static void put_conformant(FILE *f, const struct run *run, const struct rollup *r)
{
	unsigned passed = r->verdicts[RULE_PASS];
	bool partial = r->verdicts[RULE_UNSUPPORTED];

	fprintf(f, "%u rule%s passed%s%s\n", passed, plural(passed),
		run->selection ? " of the selection" : "",
		partial ? ", apart from what the target doesn't support" : "");
	put_light(f, r, RULE_FAIL, "failed");
	put_light(f, r, RULE_MISSING, "missing");
}

static void put_conclusion(FILE *f, const struct run *run, const struct rollup *r, bool colour)
{
	static const struct {
		enum paint paint;
		const char *word;
	} words[] = {
		[CONCLUSION_CONFORMANT] = { PAINT_GOOD, "CONFORMANT" },
		[CONCLUSION_FAILED] = { PAINT_BAD, "FAILED" },
		[CONCLUSION_INCOMPLETE] = { PAINT_DOUBT, "INCOMPLETE" },
	};

	fprintf(f, "\n%s%-11s%s  ", paint(colour, words[r->conclusion].paint),
		words[r->conclusion].word, paint(colour, PAINT_NONE));
	if (r->conclusion == CONCLUSION_FAILED)
		put_failed(f, run, r);
	else if (r->conclusion == CONCLUSION_INCOMPLETE)
		put_incomplete(f, r);
	else
		put_conformant(f, run, r);
}

/* What helps with the first case that did not pass. */
static void put_next(FILE *f, const struct run *run)
{
	static const enum rule_verdict order[] = { RULE_FAIL, RULE_MISSING, RULE_INCONCLUSIVE,
						   RULE_NOT_RUN };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (size_t j = 0; j < run->case_count; j++) {
			const struct case_result *c = &run->cases[j];

			if (case_outcome(c) != order[i])
				continue;
			fprintf(f, "next         shimproof explain %s\n",
				c->rule_count ? c->rules[0] : c->id);
			if (c->capture)
				fprintf(f, "             shimdump -r %s\n", c->capture);
			return;
		}
}

int report_console(FILE *f, const struct run *run, const struct rollup *r,
		   const struct catalogue *c, bool colour)
{
	int err;

	put_head(f, run);
	put_failures(f, run, c, colour);
	err = put_sections(f, r, colour);
	if (err)
		return err;
	put_totals(f, r);
	if (!run->selection && !r->missing) /* a part of the suite says nothing of the whole */
		report_coverage(f, c);
	put_recorded(f, run, r);
	report_missing(f, run, r);
	put_unsupported(f, run->target);
	put_conclusion(f, run, r, colour);
	put_next(f, run);
	return fflush(f) || ferror(f) ? -EIO : 0;
}
