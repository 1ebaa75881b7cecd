/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One case that did not pass, with all that is needed to understand it: where
 * it is written, by which rule, what was expected and what came, what went
 * before, and where the packets are.
 */
#include "reports/paint.h"
#include "reports/printable.h"
#include "reports/report.h"

#include <string.h>

enum {
	INDENT = 10,    /* columns: of the values beside their labels */
	TEXT_MAX = 96,  /* columns: of a line of running text */
	TABLE_MAX = 90, /* columns: of a table that is not set line by line instead */
	GAP = 2,        /* columns: between two columns of it */
};

static void label(FILE *f, const char *text, bool colour)
{
	fprintf(f, "  %s%-*s%s", paint(colour, PAINT_FAINT), INDENT - 2, text,
		paint(colour, PAINT_NONE));
}

static void labelled(FILE *f, const char *name, const char *value, bool colour)
{
	if (!value || !*value)
		return;
	label(f, name, colour);
	printable_put_indented(f, value, INDENT);
}

/* "FAIL", "CRASHED", ...: the word that stands first. */
static const char *headline(const struct case_result *c)
{
	switch (c->status) {
	case STATUS_CRASHED:
		return "CRASHED";
	case STATUS_TIMED_OUT:
		return "TIMED OUT";
	case STATUS_NOT_RUN:
		return "NOT RUN";
	case STATUS_COMPLETED:
		break;
	}
	return c->verdict == VERDICT_FAIL ? "FAIL" : "INCONCLUSIVE";
}

static void put_head(FILE *f, const struct case_result *c, bool colour)
{
	enum paint p = case_outcome(c) == RULE_FAIL ? PAINT_BAD : PAINT_DOUBT;

	fprintf(f, "%s%s%s  %s\n", paint(colour, p), headline(c), paint(colour, PAINT_NONE), c->id);
	fprintf(f, "%*s", INDENT, "");
	printable_put_wrapped(f, c->title, INDENT, TEXT_MAX);
	label(f, "at", colour);
	if (c->failure && c->failure->file)
		fprintf(f, "%s:%d:%d\n", c->failure->file, c->failure->line, c->failure->column);
	else
		fprintf(f, "%s:%d\n", c->file, c->line);
}

static void put_rules(FILE *f, const struct case_result *c, const struct catalogue *cat,
		      bool colour)
{
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct rule *rule = catalogue_rule(cat, c->rules[i]);

		label(f, "rule", colour);
		if (!rule) {
			fprintf(f, "%s, which no catalogue has\n", c->rules[i]);
			continue;
		}
		fprintf(f, "%s (%s, section %s, %s)\n%*s", rule->id, rule->document, rule->section,
			rule_level_name[rule->level], INDENT, "");
		printable_put_wrapped(f, rule->statement, INDENT, TEXT_MAX);
	}
}

/* --- expected and actual ---------------------------------------------------------- */

enum column { COLUMN_WHERE, COLUMN_OCTET, COLUMN_EXPECTED, COLUMN_ACTUAL, COLUMN_COUNT };

struct table_row {
	const char *cells[COLUMN_COUNT];
	char octet[24];
};

static const struct table_row heading = { .cells = { "where", "octet", "expected", "actual" } };

static void row_of(struct table_row *row, const struct difference *d)
{
	if (d->offset < 0)
		snprintf(row->octet, sizeof(row->octet), "-");
	else
		snprintf(row->octet, sizeof(row->octet), "%ld", d->offset);
	row->cells[COLUMN_WHERE] = d->where;
	row->cells[COLUMN_OCTET] = row->octet;
	row->cells[COLUMN_EXPECTED] = d->expected ? d->expected : "-";
	row->cells[COLUMN_ACTUAL] = d->actual ? d->actual : "-";
}

static void widen(size_t widths[COLUMN_COUNT], const struct table_row *row)
{
	for (int i = 0; i < COLUMN_COUNT; i++) {
		size_t width = printable_width(row->cells[i]) + GAP;

		if (width > widths[i])
			widths[i] = width;
	}
}

static void put_row(FILE *f, const struct table_row *row, const size_t widths[COLUMN_COUNT])
{
	fprintf(f, "%*s", INDENT, "");
	for (int i = 0; i < COLUMN_ACTUAL; i++)
		printable_put_padded(f, row->cells[i], widths[i]);
	printable_put(f, row->cells[COLUMN_ACTUAL]);
	fputc('\n', f);
}

/* Octets can be long: then one below the other, where they still line up. */
static void put_stacked(FILE *f, const struct table_row *row)
{
	fprintf(f, "%*s", INDENT, "");
	printable_put(f, row->cells[COLUMN_WHERE]);
	if (strcmp(row->octet, "-"))
		fprintf(f, ", octet %s", row->octet);
	fprintf(f, "\n%*sexpected  ", INDENT + GAP, "");
	printable_put_indented(f, row->cells[COLUMN_EXPECTED], INDENT + GAP + 10);
	fprintf(f, "%*sactual    ", INDENT + GAP, "");
	printable_put_indented(f, row->cells[COLUMN_ACTUAL], INDENT + GAP + 10);
}

static bool fits(const size_t widths[COLUMN_COUNT], const struct failure *failure)
{
	size_t sum = 0;

	for (int i = 0; i < COLUMN_COUNT; i++)
		sum += widths[i];
	for (size_t i = 0; i < failure->difference_count; i++) {
		const struct difference *d = &failure->differences[i];

		if (strchr(d->expected ? d->expected : "", '\n') ||
		    strchr(d->actual ? d->actual : "", '\n'))
			return false;
	}
	return sum <= TABLE_MAX;
}

static void put_differences(FILE *f, const struct failure *failure, bool colour)
{
	size_t widths[COLUMN_COUNT] = { 0 };
	struct table_row row;
	bool table;

	if (!failure->difference_count)
		return;
	widen(widths, &heading);
	for (size_t i = 0; i < failure->difference_count; i++) {
		row_of(&row, &failure->differences[i]);
		widen(widths, &row);
	}
	table = fits(widths, failure);
	if (table) {
		fputs(paint(colour, PAINT_FAINT), f);
		put_row(f, &heading, widths);
		fputs(paint(colour, PAINT_NONE), f);
	}
	for (size_t i = 0; i < failure->difference_count; i++) {
		row_of(&row, &failure->differences[i]);
		if (table)
			put_row(f, &row, widths);
		else
			put_stacked(f, &row);
	}
}

/* --- all of it ------------------------------------------------------------------------ */

static void put_failure(FILE *f, const struct failure *failure, bool colour)
{
	labelled(f, "event", failure->source, colour);
	labelled(f, "problem", failure->message, colour);
	put_differences(f, failure, colour);
}

static void put_events(FILE *f, const struct case_result *c, bool colour)
{
	for (size_t i = 0; i < c->event_count; i++)
		labelled(f, i ? "" : "log", c->events[i], colour);
}

void report_failure(FILE *f, const struct case_result *c, const struct catalogue *cat, bool colour)
{
	put_head(f, c, colour);
	put_rules(f, c, cat, colour);
	if (c->failure)
		put_failure(f, c->failure, colour);
	labelled(f, "reason", c->reason, colour);
	put_events(f, c, colour);
	labelled(f, "stderr", c->target_stderr, colour);
	labelled(f, "capture", c->capture, colour);
}
