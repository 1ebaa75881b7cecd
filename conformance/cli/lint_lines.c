/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Catalogues against the lines of their documents. The texts themselves are
 * not here: specs/lines-*.json has what must be known of them, and
 * reports/text_test.sh holds that against a text.
 */
#include "conformance/cli/lint.h"
#include "reports/lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- rules and lines ------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void at_text(struct lint *l, const struct text *t,
							   const char *format, ...)
{
	va_list args;

	printf("%s: ", t->file);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	l->problems++;
}

static bool is_of(const struct rule *r, const struct text *t)
{
	return !strcmp(r->document, t->document);
}

static const struct rule *any_rule_of(const struct lint *l, const struct text *t)
{
	for (size_t i = 0; i < l->w->catalogue.rule_count; i++)
		if (is_of(&l->w->catalogue.rules[i], t))
			return &l->w->catalogue.rules[i];
	return NULL;
}

static const struct rule *rule_citing(const struct lint *l, const struct text *t, int line)
{
	for (size_t i = 0; i < l->w->catalogue.rule_count; i++) {
		const struct rule *r = &l->w->catalogue.rules[i];

		if (is_of(r, t) && r->first_line <= line && line <= r->last_line)
			return r;
	}
	return NULL;
}

static const struct span *span_with(const struct spans *s, int line)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i].first <= line && line <= s->rows[i].last)
			return &s->rows[i];
	return NULL;
}

static void check_section(struct lint *l, const struct text *t, const struct rule *r)
{
	for (size_t i = 0; i < t->sections.count; i++) {
		const struct span *s = &t->sections.rows[i];

		if (strcmp(s->word, r->section))
			continue;
		if (r->first_line < s->first || r->last_line > s->last)
			lint_at_rule(l, r, "lines %d-%d are not in section %s, lines %d-%d",
				     r->first_line, r->last_line, s->word, s->first, s->last);
		return;
	}
	lint_at_rule(l, r, "there is no section %s in %s", r->section, t->file);
}

/* Each line is cited, or listed, and not both; several that nobody knows of
 * are told as one. */
static void check_lines(struct lint *l, const struct text *t)
{
	int first = t->sections.rows[0].first;
	int last = t->sections.rows[t->sections.count - 1].last;
	int unknown = 0; /* first of a run, or 0 */

	for (int line = first; line <= last + 1; line++) {
		const struct rule *r = rule_citing(l, t, line);
		const struct span *s = span_with(&t->without_rule, line);
		bool known = r || s || line > last;

		if (!known && !unknown)
			unknown = line;
		if (known && unknown) {
			at_text(l, t, "lines %d-%d: no rule cites them, and \"without_rule\" does "
				"not list them", unknown, line - 1);
			unknown = 0;
		}
		if (r && s && strcmp(s->word, "layout"))
			at_text(l, t, "line %d carries no rule (%s), but %s cites it", line,
				s->word, r->id);
	}
	for (size_t i = 0; i < t->without_rule.count; i++) {
		const struct span *s = &t->without_rule.rows[i];

		if (s->first < first || s->last > last)
			at_text(l, t, "lines %d-%d of \"without_rule\" are in no section", s->first,
				s->last);
	}
}

static bool answers(const struct rule *r, const struct text *t, const struct span *keyword)
{
	return is_of(r, t) && r->from_keyword && r->level == level_of_keyword(keyword->word) &&
	       r->first_line <= keyword->first && keyword->last <= r->last_line;
}

/* Each keyword takes a rule that no other has, of its level, that cites its
 * line: the one that ends first, since later keywords have no use for it. And
 * a rule whose level is said to come from a keyword must cite one. */
static int check_keywords(struct lint *l, const struct text *t)
{
	const struct catalogue *c = &l->w->catalogue;
	bool *taken = calloc(c->rule_count + 1, sizeof(*taken));

	if (!taken)
		return -ENOMEM;
	for (size_t k = 0; k < t->keywords.count; k++) {
		const struct span *keyword = &t->keywords.rows[k];
		size_t best = c->rule_count;

		for (size_t i = 0; i < c->rule_count; i++)
			if (!taken[i] && answers(&c->rules[i], t, keyword) &&
			    (best == c->rule_count ||
			     c->rules[i].last_line < c->rules[best].last_line))
				best = i;
		taken[best] = true; /* there is one more place than rules */
		if (best == c->rule_count)
			at_text(l, t, "line %d: no rule of its own has the level of this %s",
				keyword->first, keyword->word);
	}
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct rule *r = &c->rules[i];
		bool answered = !r->from_keyword || !is_of(r, t);

		for (size_t k = 0; !answered && k < t->keywords.count; k++)
			answered = answers(r, t, &t->keywords.rows[k]);
		if (!answered)
			lint_at_rule(l, r, "no keyword in lines %d-%d says %s", r->first_line,
				     r->last_line, rule_level_name[r->level]);
	}
	free(taken);
	return 0;
}

static int check_text(struct lint *l, const struct text *t)
{
	const struct rule *any = any_rule_of(l, t);
	unsigned before = l->problems;
	size_t len = strlen(l->accounts);
	int err;

	if (!any) {
		at_text(l, t, "no catalogue has rules of %s", t->document);
		return 0;
	}
	if (!any->text_sha256 || strcmp(any->text_sha256, t->sha256)) {
		at_text(l, t, "the catalogue's lines are those of another text (\"text_sha256\")");
		return 0;
	}
	if (!t->sections.count) {
		at_text(l, t, "there are no sections");
		return 0;
	}
	for (size_t i = 0; i < l->w->catalogue.rule_count; i++)
		if (is_of(&l->w->catalogue.rules[i], t))
			check_section(l, t, &l->w->catalogue.rules[i]);
	check_lines(l, t);
	err = check_keywords(l, t);
	if (!err && l->problems == before)
		snprintf(l->accounts + len, sizeof(l->accounts) - len,
			 "%s: each of its lines %d-%d is cited by a rule or known to carry none, "
			 "each of its %zu keywords has a rule of its own\n",
			 t->document, t->sections.rows[0].first,
			 t->sections.rows[t->sections.count - 1].last, t->keywords.count);
	return err;
}

/* --- all of them --------------------------------------------------------------------- */

static void print_mistake(void *ctx, const char *mistake)
{
	struct lint *l = ctx;

	printf("%s\n", mistake);
	l->problems++;
}

/* A catalogue that says in which text its lines count must have them listed. */
static void check_listed(struct lint *l, const struct texts *texts)
{
	const char *told = "";

	for (size_t i = 0; i < l->w->catalogue.rule_count; i++) {
		const struct rule *r = &l->w->catalogue.rules[i];
		bool listed = !r->text_sha256 || !strcmp(told, r->document);

		for (size_t j = 0; !listed && j < texts->count; j++)
			listed = is_of(r, &texts->texts[j]);
		if (listed)
			continue;
		printf("%s: no lines-*.json has the lines of %s\n", r->file, r->document);
		l->problems++;
		told = r->document;
	}
}

int lint_lines(struct lint *l)
{
	struct texts texts;
	int err = texts_load(&texts, l->specs, print_mistake, l);

	if (err)
		return err;
	check_listed(l, &texts);
	for (size_t i = 0; !err && i < texts.count; i++)
		err = check_text(l, &texts.texts[i]);
	texts_free(&texts);
	return err;
}
