/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shimproof explain: what a rule asks and which cases test it, what a case
 * does and for which rules, how a text is read and which rules rely on it.
 */
#include "conformance/cli/cli.h"
#include "reports/printable.h"

#include <ctype.h>
#include <string.h>

enum { INDENT = 12 }; /* columns: of the values beside their labels */

static void put_label(const char *label)
{
	printf("  %-*s", INDENT - 2, label);
}

static void put_text(const char *label, const char *text)
{
	if (!text)
		return;
	put_label(label);
	printable_put_wrapped(stdout, text, INDENT, TEXT_WIDTH);
}

static void put_list(const char *label, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_text(i ? "" : label, texts[i]);
}

static void put_place(const char *label, const char *id, const struct place *place)
{
	put_label(label);
	printf("%s\n%*s%s:%d\n", id, INDENT, "", place->file, place->line);
}

/* --- readings ------------------------------------------------------------------------ */

static void put_reading(const struct reading *r)
{
	printf("%s, %s: %s%s%s\n", r->id, r->document, r->verdict, r->verdict_note ? ", " : "",
	       r->verdict_note ? r->verdict_note : "");
	put_text("about", r->subject);
	if (r->where)
		put_text("where", r->where);
	else
		put_list("sections", r->sections, r->section_count);
	put_text("problem", r->problem);
	put_text("reading", r->interpretation);
	put_list("passes", r->outcomes, r->outcome_count);
	put_text("why", r->why);
}

static bool cites(const struct rule *rule, const char *reading)
{
	for (size_t i = 0; i < rule->reading_count; i++)
		if (!strcmp(rule->readings[i], reading))
			return true;
	return false;
}

/* A rule, or a reading: what a case that only records names as what it informs of. */
static bool informs_of(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->inform_count; i++)
		if (strcmp(s->informs[i], id) == 0)
			return true;
	return false;
}

static void put_cases(const char *label, const struct workspace *w, const char *id,
		      bool (*fits)(const struct scenario *s, const char *id))
{
	for (size_t i = 0; i < w->suite.count; i++) {
		const struct scenario *s = &w->suite.scenarios[i];

		if (!fits(s, id))
			continue;
		put_place(label, s->id, &s->place);
		label = "";
	}
}

static void explain_reading(const struct reading *r, const struct workspace *w)
{
	const struct catalogue *c = &w->catalogue;
	const char *label = "rules";

	put_reading(r);
	for (size_t i = 0; i < c->rule_count; i++)
		if (cites(&c->rules[i], r->id)) {
			put_text(label, c->rules[i].id);
			label = "";
		}
	put_cases("recorded", w, r->id, informs_of);
}

/* --- rules ------------------------------------------------------------------------------ */

static void put_rule(const struct rule *r)
{
	const char *kind = isupper((unsigned char)*r->section) ? "appendix" : "section";

	printf("%s\n", r->id);
	put_text("says", r->statement);
	put_label("level");
	printf("%s, %s; it binds the %s\n", rule_level_name[r->level],
	       r->from_keyword ? "by keyword" : "by its wording", r->subject);
	put_label("where");
	printf("%s, %s %s, lines %d-%d\n%*s%s#%s-%s\n", r->document, kind, r->section,
	       r->first_line, r->last_line, INDENT, "", r->url, kind, r->section);
}

static void explain_rule(const struct rule *r, const struct workspace *w)
{
	put_rule(r);
	put_text("profile", strcmp(r->profile, "any") ? r->profile : NULL);
	put_text("applies", r->applies_if);
	put_label("observed");
	printf("%s\n", strcmp(r->observe, "both") ? r->observe : "api and wire");
	if (!r->testable) {
		put_text("untested", r->testability);
		put_text("", r->reason);
	}
	put_cases("cases", w, r->id, scenario_tests_rule);
	put_cases("recorded", w, r->id, informs_of);
	for (size_t i = 0; i < r->reading_count; i++) {
		putchar('\n');
		put_reading(catalogue_reading(&w->catalogue, r->readings[i]));
	}
}

/* --- cases ------------------------------------------------------------------------------- */

static void explain_case(const struct scenario *s, const struct catalogue *c)
{
	printf("%s\n", s->id);
	put_text("title", s->title);
	put_label("file");
	printf("%s:%d\n", s->place.file, s->place.line);
	put_list("informs", s->informs, s->inform_count);
	put_list("needs", s->needs, s->need_count);
	put_label("config");
	printf("links=%u peer=%u initiate_after=%u hba_sec=%u\n", s->links, s->peer,
	       s->initiate_after, s->hba_sec);
	for (size_t i = 0; i < s->event_count; i++) {
		put_label(i ? "" : "events");
		printable_put_indented(stdout, s->events[i].text, INDENT);
	}
	for (size_t i = 0; i < s->rule_count; i++) {
		const struct rule *r = catalogue_rule(c, s->rules[i]);

		putchar('\n');
		if (r)
			put_rule(r);
		else
			printf("%s\n  is in no catalogue\n", s->rules[i]);
	}
}

/* --- whatever it is ----------------------------------------------------------------------- */

static const struct scenario *find_case(const struct suite *suite, const char *id)
{
	for (size_t i = 0; i < suite->count; i++)
		if (!strcmp(suite->scenarios[i].id, id))
			return &suite->scenarios[i];
	return NULL;
}

static void complain_about(const struct options *o, const char *id, const struct workspace *w)
{
	struct nearness near = { .written = id };

	for (size_t i = 0; i < w->catalogue.rule_count; i++)
		near_offer(&near, w->catalogue.rules[i].id);
	for (size_t i = 0; i < w->catalogue.reading_count; i++)
		near_offer(&near, w->catalogue.readings[i].id);
	for (size_t i = 0; i < w->suite.count; i++)
		near_offer(&near, w->suite.scenarios[i].id);
	complain(o, "%s is no rule, no case and no reading", id);
	near_print(stderr, &near);
	fputs("`shimproof list` shows all cases, `shimproof list --rules` all rules\n", stderr);
}

static bool explain(const struct options *o, const char *id, const struct workspace *w)
{
	const struct rule *rule = catalogue_rule(&w->catalogue, id);
	const struct reading *reading = catalogue_reading(&w->catalogue, id);
	const struct scenario *s = find_case(&w->suite, id);

	if (rule)
		explain_rule(rule, w);
	else if (reading)
		explain_reading(reading, w);
	else if (s)
		explain_case(s, &w->catalogue);
	else
		complain_about(o, id, w);
	return rule || reading || s;
}

int explain_main(const struct options *o)
{
	struct workspace w;
	int status = 0;

	if (!o->operand_count) {
		complain(o, "what? Give the id of a rule, a case or a reading");
		return CONCLUSION_USAGE;
	}
	if (workspace_open(&w, o, NULL, 0))
		return CONCLUSION_USAGE;
	for (size_t i = 0; i < o->operand_count; i++) {
		if (i)
			putchar('\n');
		if (!explain(o, o->operands[i], &w))
			status = CONCLUSION_USAGE;
	}
	workspace_close(&w);
	return status;
}
