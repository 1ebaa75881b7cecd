/* SPDX-License-Identifier: BSD-2-Clause */
/* The catalogue and the cases, as every command reads them. */
#include "conformance/cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct mistakes {
	FILE *file;
	unsigned count;
};

static void print_mistake(void *ctx, const char *text)
{
	struct mistakes *m = ctx;

	fprintf(m->file, "%s%s", text, *text && text[strlen(text) - 1] == '\n' ? "" : "\n");
	m->count++;
}

int workspace_read(struct workspace *w, const struct options *o, char **roots, size_t root_count,
		   FILE *f)
{
	const char *const all[] = { o->cases };
	struct mistakes m = { .file = f };
	int rules_err, cases_err;

	*w = (struct workspace){ 0 };
	rules_err = catalogue_load(&w->catalogue, o->specs, print_mistake, &m);
	cases_err = suite_load(&w->suite, o->cases, root_count ? (const char *const *)roots : all,
			       root_count ? root_count : 1, print_mistake, &m);
	w->mistakes = m.count;
	return rules_err ? rules_err : cases_err;
}

int workspace_open(struct workspace *w, const struct options *o, char **roots, size_t root_count)
{
	int err = workspace_read(w, o, roots, root_count, stderr);

	if (!err)
		return 0;
	if (err == -EINVAL)
		complain(o, "%u mistake%s in cases or catalogues", w->mistakes,
			 w->mistakes == 1 ? "" : "s");
	else
		complain(o,
			 "cases in %s, catalogues in %s: %s; say where they are with --cases and "
			 "--specs, or in SHIMPROOF_DATA",
			 o->cases, o->specs, strerror(-err));
	workspace_close(w);
	return err;
}

void workspace_close(struct workspace *w)
{
	catalogue_free(&w->catalogue);
	suite_free(&w->suite);
}

int workspace_samples(struct samples *out, const struct workspace *w, const bool *chosen,
		      const struct options *o, const json_t *description)
{
	char *sources = beside(o->cases, "samples");
	struct samples_order order = {
		.sources = sources,
		.target_path = o->target,
		.include = o->include,
		.description = description,
	};
	int err = sources ? 0 : -ENOMEM;

	for (size_t i = 0; i < w->suite.count; i++)
		if (chosen[i])
			samples_want(&order, &w->suite.scenarios[i]);
	if (!err)
		err = samples_build(out, &order);
	if (err)
		complain(o, "the samples of RFC 6316 could not be compiled: %s", strerror(-err));
	free(sources);
	return err;
}

bool scenario_tests_rule(const struct scenario *s, const char *rule_id)
{
	for (size_t i = 0; i < s->rule_count; i++)
		if (!strcmp(s->rules[i], rule_id))
			return true;
	return false;
}
