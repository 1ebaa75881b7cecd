/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which cases. A GLOB is held against ids of cases, where `*` also stands for
 * slashes; the whole id of a rule stands for the rule's cases. One that fits
 * nothing is a mistake of the caller: a run must not look green because of it.
 */
#include "conformance/cli/cli.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool fits(const struct glob_option *g, const struct scenario *s)
{
	return fnmatch(g->glob, s->id, 0) == 0 || scenario_tests_rule(s, g->glob);
}

static void complain_about(const struct options *o, const struct glob_option *g,
			   const struct workspace *w)
{
	struct nearness near = { .written = g->glob };

	for (size_t i = 0; i < w->suite.count; i++)
		near_offer(&near, w->suite.scenarios[i].id);
	for (size_t i = 0; i < w->catalogue.rule_count; i++)
		near_offer(&near, w->catalogue.rules[i].id);
	complain(o, "--%s %s fits no case", g->exclude ? "exclude" : "select", g->glob);
	near_print(stderr, &near);
	fputs("`shimproof list` shows all cases\n", stderr);
}

static bool is_of_use(const struct glob_option *g, const struct suite *suite)
{
	for (size_t i = 0; i < suite->count; i++)
		if (fits(g, &suite->scenarios[i]))
			return true;
	return false;
}

static bool is_chosen(const struct options *o, const struct scenario *s)
{
	bool selective = false, selected = false;

	for (size_t i = 0; i < o->glob_count; i++) {
		const struct glob_option *g = &o->globs[i];

		if (g->exclude && fits(g, s))
			return false;
		selective |= !g->exclude;
		selected |= !g->exclude && fits(g, s);
	}
	return selected || !selective;
}

int selection_make(bool *chosen, const struct options *o, const struct workspace *w)
{
	size_t count = 0;

	for (size_t i = 0; i < o->glob_count; i++)
		if (!is_of_use(&o->globs[i], &w->suite)) {
			complain_about(o, &o->globs[i], w);
			return -EINVAL;
		}
	for (size_t i = 0; i < w->suite.count; i++) {
		chosen[i] = is_chosen(o, &w->suite.scenarios[i]);
		count += chosen[i];
	}
	if (count)
		return 0;
	if (o->glob_count)
		complain(o, "--exclude leaves nothing of the selection");
	else
		complain(o, "there is no case in %s", o->cases);
	return -EINVAL;
}

int selection_text(char **text, const struct options *o)
{
	char *out = NULL;
	size_t size;
	FILE *f;

	if (!o->glob_count && !o->operand_count) {
		*text = NULL;
		return 0;
	}
	f = open_memstream(&out, &size);
	if (!f)
		return -ENOMEM;
	for (size_t i = 0; i < o->operand_count; i++)
		fprintf(f, "%s%s", i ? " " : "", o->operands[i]);
	for (size_t i = 0; i < o->glob_count; i++)
		fprintf(f, "%s%s%s", i || o->operand_count ? " " : "",
			o->globs[i].exclude ? "!" : "", o->globs[i].glob);
	if (fclose(f)) {
		free(out);
		return -ENOMEM;
	}
	*text = out;
	return 0;
}

/* --- what may have been meant ------------------------------------------------------------- */

enum { LONGEST = 127, NEAR_COUNT = 3 }; /* octets; ids */

/* Letters to change, add or drop until `written` is a beginning of `id`: who
 * writes a part of an id means all that begin with it. Asterisks are free. */
static unsigned distance(const char *written, const char *id)
{
	unsigned row[LONGEST + 1], least = 0;
	size_t len = strnlen(id, LONGEST);

	for (size_t j = 0; j <= len; j++)
		row[j] = (unsigned)j;
	for (; *written; written++) {
		unsigned diagonal = row[0];

		if (*written == '*')
			continue;
		row[0]++;
		for (size_t j = 1; j <= len; j++) {
			unsigned change = diagonal + (*written != id[j - 1]);
			unsigned step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < step ? change : step;
		}
	}
	least = row[0];
	for (size_t j = 1; j <= len; j++)
		least = row[j] < least ? row[j] : least;
	return least;
}

void near_offer(struct nearness *n, const char *id)
{
	unsigned d = distance(n->written, id);
	int i = NEAR_COUNT;

	while (i > 0 && (!n->ids[i - 1] || d < n->distances[i - 1]))
		i--;
	if (i == NEAR_COUNT || d > 1 + strlen(n->written) / 3)
		return;
	for (int j = NEAR_COUNT - 1; j > i; j--) {
		n->ids[j] = n->ids[j - 1];
		n->distances[j] = n->distances[j - 1];
	}
	n->ids[i] = id;
	n->distances[i] = d;
}

void near_print(FILE *f, const struct nearness *n)
{
	for (int i = 0; i < NEAR_COUNT && n->ids[i]; i++)
		fprintf(f, "%-14s %s\n", i ? "" : "did you mean", n->ids[i]);
}
