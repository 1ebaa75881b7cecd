/* SPDX-License-Identifier: BSD-2-Clause */
/* shimproof run: the selected cases against a target, and the reports. */
#include "conformance/cli/cli.h"
#include "reports/printable.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One run, from its options to its reports. */
struct session {
	const struct options *options;
	struct workspace workspace;
	bool *chosen; /* by scenario */
	struct output json, junit;
	struct samples samples;
	struct run run;
	struct rollup rollup;
};

static uint64_t clock_usec(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Now, as RFC 3339 has it. Owned. */
static char *timestamp(void)
{
	time_t now = time(NULL);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return strdup(text);
}

/* --- before ------------------------------------------------------------------------- */

static int open_one(struct session *s, struct output *out, const char *path)
{
	int err = output_open(out, path);

	if (err)
		complain(s->options, "%s can't be written: %s", path, strerror(-err));
	return err;
}

/* Where the reports will go; said before the run, not after it. */
static int open_outputs(struct session *s)
{
	const struct options *o = s->options;
	int err;

	if (o->json && o->junit && !strcmp(o->json, o->junit)) {
		complain(o, "--json and --junit are both to be written to %s", o->json);
		return -EINVAL;
	}
	err = open_one(s, &s->json, o->json);
	if (!err)
		err = open_one(s, &s->junit, o->junit);
	if (!err && o->captures) {
		err = make_folders(o->captures, true);
		if (!err && access(o->captures, W_OK))
			err = -errno;
		if (err)
			complain(o, "%s can't be written: %s", o->captures, strerror(-err));
	}
	return err;
}

static int describe(struct session *s, const struct engine_options *engine)
{
	char *message = NULL;
	int err = engine_describe(engine, &s->run.target, &message);

	if (err)
		complain(s->options, "the target %s can't be tested: %s", engine->target_path,
			 message ? message : strerror(-err));
	free(message);
	return err;
}

static int survey(struct session *s, const struct engine_options *engine)
{
	int err = engine_survey(engine, s->run.target, &s->run.survey);

	if (err)
		complain(s->options, "the target could not be asked what it has: %s",
			 strerror(-err));
	return err;
}

static int begin(struct session *s)
{
	const struct options *o = s->options;

	s->run.suite_version = strdup(SHIMPROOF_VERSION);
	s->run.target_path = strdup(o->target);
	s->run.started = timestamp();
	s->run.seed = o->seed;
	s->run.strict = o->strict;
	s->run.cases = calloc(s->workspace.suite.count + 1, sizeof(*s->run.cases));
	if (!s->run.suite_version || !s->run.target_path || !s->run.started || !s->run.cases)
		return -ENOMEM;
	return selection_text(&s->run.selection, o);
}

/* --- the cases ------------------------------------------------------------------------ */

static int copy_texts(char ***to, size_t *count, const char *const *texts, size_t text_count)
{
	*to = calloc(text_count + 1, sizeof(**to));
	if (!*to)
		return -ENOMEM;
	for (; *count < text_count; ++*count) {
		(*to)[*count] = strdup(texts[*count]);
		if (!(*to)[*count])
			return -ENOMEM;
	}
	return 0;
}

/* A case that the runner itself could not bring to an end. */
static int blame_runner(struct case_result *out, const struct scenario *s, int err)
{
	case_result_free(out);
	out->id = strdup(s->id);
	out->title = strdup(s->title);
	out->file = strdup(s->place.file);
	out->line = s->place.line;
	if (!out->id || !out->title || !out->file ||
	    copy_texts(&out->rules, &out->rule_count, s->rules, s->rule_count) ||
	    copy_texts(&out->informs, &out->inform_count, s->informs, s->inform_count))
		return -ENOMEM;
	if (asprintf(&out->reason, "the runner failed: %s", strerror(-err)) < 0) {
		out->reason = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* The engine names captures from beside their folder; people need a path that
 * leads there from where they stand. */
static int place_capture(struct case_result *c, const char *folder)
{
	const char *slash = c->capture ? strrchr(c->capture, '/') : NULL;
	char *path;

	if (!slash)
		return 0;
	if (asprintf(&path, "%s%s", folder, slash) < 0)
		return -ENOMEM;
	free(c->capture);
	c->capture = path;
	return 0;
}

static const char *ending(const struct case_result *c)
{
	if (c->status == STATUS_CRASHED || c->status == STATUS_TIMED_OUT)
		return case_status_name[c->status];
	if (c->verdict == VERDICT_RECORDED)
		return case_verdict_name[c->verdict];
	return rule_verdict_name[case_outcome(c)];
}

static void name_case(const struct case_result *c)
{
	printf("%-14s %s\n", ending(c), c->id);
	for (size_t i = 0; c->verdict == VERDICT_RECORDED && i < c->observed_count; i++) {
		printf("%-14s ", "");
		printable_put(stdout, c->observed[i]);
		putchar('\n');
	}
	fflush(stdout);
}

static int run_case(struct session *s, const struct scenario *scenario,
		    const struct engine_options *engine)
{
	struct case_result *c = &s->run.cases[s->run.case_count++];
	uint64_t begun = clock_usec(CLOCK_MONOTONIC);
	int err = engine_run(c, scenario, s->run.target, engine);

	err = err ? blame_runner(c, scenario, err) : place_capture(c, engine->captures);
	c->wall_usec = clock_usec(CLOCK_MONOTONIC) - begun;
	if (!err && s->options->verbose)
		name_case(c);
	return err;
}

static int run_cases(struct session *s, const struct engine_options *engine)
{
	const struct suite *suite = &s->workspace.suite;
	uint64_t begun = clock_usec(CLOCK_MONOTONIC);
	int err = 0;

	for (size_t i = 0; i < suite->count && !err; i++)
		if (s->chosen[i])
			err = run_case(s, &suite->scenarios[i], engine);
	s->run.wall_usec = clock_usec(CLOCK_MONOTONIC) - begun;
	if (!err && s->options->verbose)
		putchar('\n');
	return err;
}

/* --- after ------------------------------------------------------------------------------ */

/* In the JSON report captures are named from where it stands. */
static int rebase_captures(struct run *run, const char *report)
{
	for (size_t i = 0; i < run->case_count; i++) {
		struct case_result *c = &run->cases[i];
		char *path = c->capture ? relative_path(report, c->capture) : NULL;

		if (c->capture && !path)
			return -ENOMEM;
		free(c->capture);
		c->capture = path;
	}
	return 0;
}

static int write_reports(struct session *s)
{
	const struct catalogue *c = &s->workspace.catalogue;
	bool colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	int err = report_console(stdout, &s->run, &s->rollup, c, colour);

	if (!err && s->junit.file)
		err = report_junit(s->junit.file, &s->run, &s->rollup, c);
	if (!err && s->json.file)
		err = rebase_captures(&s->run, s->json.path);
	if (!err && s->json.file)
		err = report_json(s->json.file, &s->run, &s->rollup, c);
	if (!err)
		err = output_commit(&s->junit);
	if (!err)
		err = output_commit(&s->json);
	return err;
}

static void name_reports(const struct options *o)
{
	const char *paths[] = { o->json, o->junit, o->captures };
	const char *label = "reports";

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (!paths[i])
			continue;
		printf("%-12s %s\n", label, paths[i]);
		label = "";
	}
}

static int fault(const struct session *s, int err)
{
	if (err)
		complain(s->options, "%s", strerror(-err));
	return CONCLUSION_FAULT;
}

/* Everything is chosen and the target is known: run, judge, report. */
static int carry_out(struct session *s, const struct engine_options *engine)
{
	int err = run_cases(s, engine);

	if (!err)
		err = rollup_make(&s->rollup, &s->run, &s->workspace.catalogue);
	if (!err)
		err = write_reports(s);
	if (err)
		return fault(s, err);
	name_reports(s->options);
	return s->rollup.conclusion;
}

static int prepare_and_carry_out(struct session *s)
{
	const struct options *o = s->options;
	const struct engine_options engine = {
		.target_path = o->target,
		.seed = o->seed,
		.captures = o->captures,
		.wall_limit_usec = o->timeout_usec,
		.verbose = o->verbose,
		.catalogue = &s->workspace.catalogue,
		.survey = &s->run.survey,
		.samples = &s->samples,
	};
	int err;

	if (workspace_open(&s->workspace, o, o->operands, o->operand_count))
		return CONCLUSION_USAGE;
	s->chosen = calloc(s->workspace.suite.count + 1, sizeof(*s->chosen));
	err = s->chosen ? begin(s) : -ENOMEM;
	if (err)
		return fault(s, err);
	if (selection_make(s->chosen, o, &s->workspace) || open_outputs(s))
		return CONCLUSION_USAGE;
	if (describe(s, &engine) || survey(s, &engine) ||
	    workspace_samples(&s->samples, &s->workspace, s->chosen, o, s->run.target))
		return CONCLUSION_FAULT;
	return carry_out(s, &engine);
}

int run_main(const struct options *o)
{
	struct session s = { .options = o };
	int status;

	if (!o->target) {
		complain(o, "which target? Name its library with --target PATH");
		return CONCLUSION_USAGE;
	}
	status = prepare_and_carry_out(&s);
	output_discard(&s.json);
	output_discard(&s.junit);
	samples_free(&s.samples);
	rollup_free(&s.rollup);
	run_free(&s.run);
	free(s.chosen);
	workspace_close(&s.workspace);
	return status;
}
