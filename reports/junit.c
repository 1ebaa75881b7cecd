/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report for build servers, as JUnit XML: a suite per case file. JUnit
 * knows fewer verdicts than we do, so: a failed expectation is a <failure>;
 * inconclusive, crashed, timed out and not run are an <error>; missing,
 * unsupported and not applicable are <skipped>, with the reason, and so is what
 * was only recorded, with what was seen as <system-out>. Its times are wall-clock
 * times, so unlike the JSON report it differs from run to run.
 */
#include "reports/printable.h"
#include "reports/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* XML 1.0, 2.4 and 3.3.3; quotes matter, and white space changes, only in attributes. */
static const struct entity {
	char octet;
	bool only_attributes;
	const char *entity;
} entities[] = {
	{ '&',  false, "&amp;" },
	{ '<',  false, "&lt;" },
	{ '>',  false, "&gt;" },
	{ '"',  true,  "&quot;" },
	{ '\n', true,  "&#10;" },
	{ '\t', true,  "&#9;" },
};

static const char *entity_of(char octet, bool attribute)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++)
		if (entities[i].octet == octet && (attribute || !entities[i].only_attributes))
			return entities[i].entity;
	return NULL;
}

static void put_xml(FILE *f, const char *s, bool attribute)
{
	char *shown = printable_copy(s);

	for (const char *p = shown ? shown : "(no memory)"; *p; p++) {
		const char *entity = entity_of(*p, attribute);

		if (entity)
			fputs(entity, f);
		else
			fputc(*p, f);
	}
	free(shown);
}

static void put_text(FILE *f, const char *s)
{
	put_xml(f, s, false);
}

static void put_attribute(FILE *f, const char *name, const char *value)
{
	fprintf(f, " %s=\"", name);
	put_xml(f, value, true);
	fputc('"', f);
}

static void put_time(FILE *f, uint64_t usec)
{
	fprintf(f, " time=\"%" PRIu64 ".%06" PRIu64 "\"", usec / 1000000, usec % 1000000);
}

/* --- counts --------------------------------------------------------------------- */

enum element { ELEMENT_NONE, ELEMENT_FAILURE, ELEMENT_ERROR, ELEMENT_SKIPPED, ELEMENT_COUNT };

static enum element element_of(const struct case_result *c)
{
	static const enum element elements[RULE_VERDICT_COUNT] = {
		[RULE_FAIL] = ELEMENT_FAILURE,
		[RULE_INCONCLUSIVE] = ELEMENT_ERROR,
		[RULE_NOT_RUN] = ELEMENT_ERROR,
		[RULE_MISSING] = ELEMENT_SKIPPED,
		[RULE_UNSUPPORTED] = ELEMENT_SKIPPED,
		[RULE_NOT_APPLICABLE] = ELEMENT_SKIPPED,
		[RULE_UNTESTED] = ELEMENT_SKIPPED,
	};

	if (c->status == STATUS_CRASHED || c->status == STATUS_TIMED_OUT)
		return ELEMENT_ERROR;
	return elements[case_outcome(c)];
}

static void put_counts(FILE *f, const struct case_result *cases, size_t count)
{
	unsigned counts[ELEMENT_COUNT] = { 0 };

	for (size_t i = 0; i < count; i++)
		counts[element_of(&cases[i])]++;
	fprintf(f, " tests=\"%zu\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"", count,
		counts[ELEMENT_FAILURE], counts[ELEMENT_ERROR], counts[ELEMENT_SKIPPED]);
}

static uint64_t wall_usec(const struct case_result *cases, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += cases[i].wall_usec;
	return sum;
}

/* --- one case --------------------------------------------------------------------- */

/* The strongest level of the case's rules. */
static const char *level_word(const struct case_result *c, const struct catalogue *cat)
{
	static const enum rule_level order[] = { LEVEL_MUST, LEVEL_DEFINED, LEVEL_SHOULD,
						 LEVEL_MAY };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (size_t j = 0; j < c->rule_count; j++) {
			const struct rule *rule = catalogue_rule(cat, c->rules[j]);

			if (rule && rule->level == order[i])
				return rule_level_name[order[i]];
		}
	return "unknown rule";
}

/* The body of a <failure> or <error>: what the console shows. */
static void put_story(FILE *f, const struct case_result *c, const struct catalogue *cat)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return;
	report_failure(memory, c, cat, false);
	if (!fclose(memory))
		put_text(f, text);
	free(text);
}

static void put_element(FILE *f, const char *name, const char *type, const char *message,
			const struct case_result *c, const struct catalogue *cat)
{
	fprintf(f, "      <%s", name);
	put_attribute(f, "type", type);
	put_attribute(f, "message", message);
	fputc('>', f);
	put_story(f, c, cat);
	fprintf(f, "</%s>\n", name);
}

static void put_skipped(FILE *f, const struct case_result *c)
{
	bool recorded = c->verdict == VERDICT_RECORDED;
	const char *reason = recorded ? "grades nothing" : c->reason;

	fputs("      <skipped message=\"", f);
	put_xml(f,
		recorded ? case_verdict_name[c->verdict]
			 : case_applicability_name[c->applicability],
		true);
	fputs(reason ? ": " : "", f);
	put_xml(f, reason ? reason : "", true);
	fputs("\"/>\n", f);
}

static void put_observed(FILE *f, const struct case_result *c)
{
	fputs("      <system-out>", f);
	for (size_t i = 0; i < c->observed_count; i++) {
		put_text(f, c->observed[i]);
		fputc('\n', f);
	}
	fputs("</system-out>\n", f);
}

static const char *error_type(const struct case_result *c)
{
	return c->status == STATUS_COMPLETED ? case_verdict_name[VERDICT_INCONCLUSIVE] :
					       case_status_name[c->status];
}

static void put_result(FILE *f, const struct case_result *c, const struct catalogue *cat)
{
	const char *reason = c->reason ? c->reason : "";

	switch (element_of(c)) {
	case ELEMENT_FAILURE:
		put_element(f, "failure", level_word(c, cat),
			    c->failure ? c->failure->message : reason, c, cat);
		break;
	case ELEMENT_ERROR:
		put_element(f, "error", error_type(c), reason, c, cat);
		break;
	case ELEMENT_SKIPPED:
		put_skipped(f, c);
		break;
	case ELEMENT_NONE:
	case ELEMENT_COUNT:
		break;
	}
}

/* "rfc6316/6.6-loc-local-recv", the part of an id that is its file's. */
static char *suite_name(const struct case_result *c)
{
	const char *slash = strrchr(c->id, '/');

	return strndup(c->id, slash ? (size_t)(slash - c->id) : strlen(c->id));
}

static void put_case(FILE *f, const struct case_result *c, const struct catalogue *cat,
		     const char *suite)
{
	const char *slash = strrchr(c->id, '/');

	fputs("    <testcase", f);
	put_attribute(f, "name", slash ? slash + 1 : c->id);
	put_attribute(f, "classname", suite);
	put_attribute(f, "file", c->file);
	fprintf(f, " line=\"%d\"", c->line);
	put_time(f, c->wall_usec);
	fputs(">\n", f);
	put_result(f, c, cat);
	if (c->verdict == VERDICT_RECORDED)
		put_observed(f, c);
	if (c->target_stderr) {
		fputs("      <system-err>", f);
		put_text(f, c->target_stderr);
		fputs("</system-err>\n", f);
	}
	fputs("    </testcase>\n", f);
}

/* --- suites ------------------------------------------------------------------------- */

/* How many cases from the first one on are of its file. */
static size_t same_file(const struct case_result *cases, size_t count)
{
	size_t n = 1;

	while (n < count && !strcmp(cases[n].file, cases[0].file))
		n++;
	return n;
}

static int put_suite(FILE *f, const struct case_result *cases, size_t count,
		     const struct catalogue *cat)
{
	char *name = suite_name(&cases[0]);

	if (!name)
		return -ENOMEM;
	fputs("  <testsuite", f);
	put_attribute(f, "name", name);
	put_counts(f, cases, count);
	put_time(f, wall_usec(cases, count));
	fputs(">\n", f);
	for (size_t i = 0; i < count; i++)
		put_case(f, &cases[i], cat, name);
	fputs("  </testsuite>\n", f);
	free(name);
	return 0;
}

int report_junit(FILE *f, const struct run *run, const struct rollup *r, const struct catalogue *c)
{
	int err = 0;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", f);
	fprintf(f, " name=\"shimproof: %s\"", conclusion_name[r->conclusion]);
	put_counts(f, run->cases, run->case_count);
	put_time(f, run->wall_usec);
	fputs(">\n", f);
	for (size_t i = 0, n; !err && i < run->case_count; i += n) {
		n = same_file(&run->cases[i], run->case_count - i);
		err = put_suite(f, &run->cases[i], n, c);
	}
	fputs("</testsuites>\n", f);
	if (!err && (fflush(f) || ferror(f)))
		err = -EIO;
	return err;
}
