/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shimproof lint: mistakes inside the files, and between them. Between: a case
 * of a rule that isn't there, a rule to be tested that no case tests, a rule
 * not to be tested that one does, a case that would judge a target by a rule
 * that doesn't apply to it, a reading that no rule goes by, an option that no
 * case checks on some kind of socket (matrix.h); and, in lint_lines.c, lines and
 * keywords of the document that have no rule.
 */
#include "conformance/cli/lint.h"
#include "conformance/cli/matrix.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

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

void lint_at_rule(struct lint *l, const struct rule *r, const char *format, ...)
{
	va_list args;

	printf("%s: rule %s: ", r->file, r->id);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	l->problems++;
}

static bool needs(const struct scenario *s, const char *word, size_t len)
{
	for (size_t i = 0; i < s->need_count; i++)
		if (strlen(s->needs[i]) == len && !memcmp(s->needs[i], word, len))
			return true;
	return false;
}

/* A rule that says udp means something to send with: any transport will do. */
static bool needs_transport(const struct scenario *s)
{
	static const char *const transports[] = { "udp", "tcp", "raw" };
	bool any = false;

	for (size_t i = 0; i < sizeof(transports) / sizeof(*transports); i++)
		any |= needs(s, transports[i], strlen(transports[i]));
	return any;
}

/* Each word of "udp and SHIM_LOC_LOCAL_SEND" must be one that the case needs. */
static void check_needs(struct lint *l, const struct scenario *s, const struct rule *r)
{
	const char *word = r->applies_if;

	while (word) {
		const char *end = strstr(word, " and ");
		size_t len = end ? (size_t)(end - word) : strlen(word);
		bool met = len == 3 && !memcmp(word, "udp", 3) ? needs_transport(s)
							       : needs(s, word, len);

		if (!met)
			at_case(l, s, "rule %s applies if %.*s; add `needs %.*s`", r->id, (int)len,
				word, (int)len, word);
		word = end ? end + strlen(" and ") : NULL;
	}
}

/* What has no blank must be a rule or a reading. */
static void check_question(struct lint *l, const struct scenario *s, const char *question)
{
	const struct catalogue *c = &l->w->catalogue;

	if (!strchr(question, ' ') && !catalogue_rule(c, question) &&
	    !catalogue_reading(c, question))
		at_case(l, s, "informs about %s, which is in no catalogue", question);
}

static void check_case(struct lint *l, const struct scenario *s)
{
	for (size_t i = 0; i < s->inform_count; i++)
		check_question(l, s, s->informs[i]);
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

/* "Covered by 6.6/delivers.": a section and a slug name another rule of the
 * document, which must be there. */
static void check_reason(struct lint *l, const struct rule *r)
{
	const char *slash = r->reason;

	while (slash && (slash = strchr(slash, '/'))) {
		const char *first = slash, *end = slash + 1;
		char id[256];

		while (first > r->reason && (isalnum((unsigned char)first[-1]) || first[-1] == '.'))
			first--;
		end += strspn(end, "abcdefghijklmnopqrstuvwxyz0123456789-.");
		while (end[-1] == '.')
			end--;
		snprintf(id, sizeof(id), "%.*s/%.*s", (int)strcspn(r->id, "/"), r->id,
			 (int)(end - first), first);
		if (first < slash && end > slash + 1 && !catalogue_rule(&l->w->catalogue, id))
			lint_at_rule(l, r, "its reason names %s, which is in no catalogue", id);
		slash = end;
	}
}

static void check_reading(struct lint *l, const struct reading *reading)
{
	const struct catalogue *c = &l->w->catalogue;
	const struct rule *citing = NULL;

	for (size_t i = 0; i < c->rule_count && !citing; i++)
		for (size_t j = 0; j < c->rules[i].reading_count; j++)
			if (!strcmp(c->rules[i].readings[j], reading->id))
				citing = &c->rules[i];
	if (!citing == !!reading->uncited)
		return;
	if (citing)
		printf("%s: reading %s: rule %s names it, so there is no \"uncited\" to give\n",
		       reading->file, reading->id, citing->id);
	else
		printf("%s: reading %s: no rule names it, so \"uncited\" must say why\n",
		       reading->file, reading->id);
	l->problems++;
}

static void check_rule(struct lint *l, const struct rule *r)
{
	unsigned cases = 0;

	for (size_t i = 0; i < l->w->suite.count; i++)
		cases += scenario_tests_rule(&l->w->suite.scenarios[i], r->id);
	if (r->testable && !cases)
		lint_at_rule(l, r, "no case tests it");
	if (!r->testable && cases)
		lint_at_rule(l, r, "a case tests it, so its testability must be \"tested\"");
	check_reason(l, r);
}

/* Where options are bound to the states of a socket, every option and object is to be
 * checked on every kind of socket in every state. */
static void check_matrix(struct lint *l)
{
	struct matrix m = { 0 };
	struct cell c = { 0 };

	if (!catalogue_rule(&l->w->catalogue, "rfc6316/6.15/only-connected"))
		return;
	for (size_t i = 0; i < l->w->suite.count; i++)
		matrix_add(&m, &l->w->suite.scenarios[i]);
	do {
		if (!matrix_is_empty(&m, &c))
			continue;
		printf("no case checks %s of %s on a %s socket, %s\n",
		       matrix_call_name(c.subject, c.call), matrix_subject_name[c.subject],
		       matrix_kind_name[c.kind], matrix_state_name[c.state]);
		l->problems++;
	} while (matrix_next(&c));
}

/* What can be said only of all cases and catalogues together. */
static int check_all(struct lint *l)
{
	for (size_t i = 0; i < l->w->catalogue.rule_count; i++)
		check_rule(l, &l->w->catalogue.rules[i]);
	for (size_t i = 0; i < l->w->catalogue.reading_count; i++)
		check_reading(l, &l->w->catalogue.readings[i]);
	check_matrix(l);
	return lint_lines(l);
}

int lint_main(const struct options *o)
{
	struct workspace w;
	struct lint l = { .w = &w, .specs = o->specs };
	int err = workspace_read(&w, o, o->operands, o->operand_count, stdout);

	l.problems = w.mistakes;
	/* With a file missing, everything that refers to it would look wrong. */
	for (size_t i = 0; !err && i < w.suite.count; i++)
		check_case(&l, &w.suite.scenarios[i]);
	if (!err && !o->operand_count)
		err = check_all(&l);
	if (err && !l.problems)
		complain(o, "cases in %s, catalogues in %s: %s", o->cases, o->specs,
			 strerror(-err));
	if (l.problems)
		printf("%u problem%s\n", l.problems, l.problems == 1 ? "" : "s");
	else if (!err)
		printf("no problem in %zu cases and %zu rules\n%s", w.suite.count,
		       w.catalogue.rule_count, l.accounts);
	workspace_close(&w);
	return l.problems || err ? 1 : 0;
}
