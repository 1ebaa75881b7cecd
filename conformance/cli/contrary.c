/* SPDX-License-Identifier: BSD-2-Clause */
/* shimproof contrary: does the suite find out when a target does otherwise? */
#include "conformance/cli/cli.h"

#include "conformance/contrary/doubt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* lib/contrary.so beside the bin/ that this program stands in. Owned. */
static char *contrary_library(void)
{
	char *program = realpath("/proc/self/exe", NULL), *path = NULL;
	char *slash = program ? strrchr(program, '/') : NULL;

	if (slash)
		*slash = '\0';
	if (slash && asprintf(&path, "%s/../lib/contrary.so", program) < 0)
		path = NULL;
	free(program);
	return path;
}

static int open_accepted(const struct options *o, struct accepted_list *out)
{
	char *path = NULL, *message = NULL;
	int err = asprintf(&path, "%s/survivors.json", o->specs) < 0 ? -ENOMEM : 0;

	if (err)
		path = NULL;
	else
		err = accepted_load(out, path, &message);
	if (err)
		complain(o, "%s", message ? message : strerror(-err));
	free(message);
	free(path);
	return err;
}

static int write_json(const struct doubt *d, struct accepted_list *accepted, const struct tally *t,
		      struct output *out)
{
	json_t *report = out->file ? doubt_json(d, accepted, t) : NULL;
	int err = 0;

	if (!out->file)
		return 0;
	if (!report || json_dumpf(report, out->file, JSON_INDENT(1)) || putc('\n', out->file) < 0)
		err = -EIO;
	json_decref(report);
	return err ? err : output_commit(out);
}

/* Everything is chosen, and the target is known. */
static int carry_out(const struct options *o, struct doubt *d, struct accepted_list *accepted)
{
	bool whole = !o->glob_count && !o->operand_count;
	struct output json;
	struct tally t;
	int err = output_open(&json, o->json);

	if (err) {
		complain(o, "%s can't be written: %s", o->json, strerror(-err));
		return CONCLUSION_USAGE;
	}
	err = doubt_run(d);
	if (!err) {
		t = doubt_report(stdout, d, accepted, whole);
		err = write_json(d, accepted, &t, &json);
	}
	output_discard(&json);
	if (err) {
		complain(o, "%s", strerror(-err));
		return CONCLUSION_FAULT;
	}
	return t.problems || !t.cases ? CONCLUSION_FAILED : CONCLUSION_CONFORMANT;
}

static int describe_and_carry_out(const struct options *o, const struct workspace *w,
				  struct doubt *d, struct accepted_list *accepted)
{
	struct engine_options real = d->engine;
	struct samples compiled = { 0 };
	char *message = NULL;
	json_t *description = NULL;
	int err, status = CONCLUSION_FAULT;

	real.target_path = d->target;
	err = engine_describe(&real, &description, &message);
	if (err) {
		complain(o, "the target %s can't be tested: %s", o->target,
			 message ? message : strerror(-err));
		free(message);
		return CONCLUSION_FAULT;
	}
	d->description = description;
	d->engine.samples = &compiled;
	if (workspace_samples(&compiled, w, d->chosen, o, description) == 0)
		status = carry_out(o, d, accepted);
	samples_free(&compiled);
	json_decref(description);
	return status;
}

/* The paths: a child may stand elsewhere, and a name without a slash would be
 * searched for in the system's folders. */
static int with_paths(const struct options *o, const struct workspace *w, struct doubt *d,
		      struct accepted_list *accepted)
{
	char *library = contrary_library(), *target = realpath(o->target, NULL);
	int status = CONCLUSION_FAULT;

	d->engine.target_path = library;
	d->target = target;
	if (!target)
		complain(o, "%s: %s", o->target, strerror(errno));
	else if (!library || access(library, R_OK))
		complain(o, "%s: no such file", library ? library : "contrary.so");
	else
		status = describe_and_carry_out(o, w, d, accepted);
	free(library);
	free(target);
	return status;
}

static int with_workspace(const struct options *o, struct workspace *w)
{
	bool *chosen = calloc(w->suite.count + 1, sizeof(*chosen));
	struct accepted_list accepted = { 0 };
	struct doubt d = {
		.suite = &w->suite,
		.chosen = chosen,
		.engine = { .seed = o->seed,
			    .wall_limit_usec = o->timeout_usec,
			    .catalogue = &w->catalogue },
		.verbose = o->verbose,
		.every = o->sample ? (unsigned)o->sample : 1,
	};
	int status = CONCLUSION_USAGE;

	if (chosen && selection_make(chosen, o, w) == 0 && open_accepted(o, &accepted) == 0)
		status = with_paths(o, w, &d, &accepted);
	doubt_free(&d);
	accepted_free(&accepted);
	free(chosen);
	return status;
}

int contrary_main(const struct options *o)
{
	struct workspace w;
	int status;

	if (!o->target) {
		complain(o, "which target? Name its library with --target PATH");
		return CONCLUSION_USAGE;
	}
	if (workspace_open(&w, o, o->operands, o->operand_count))
		return CONCLUSION_USAGE;
	status = with_workspace(o, &w);
	workspace_close(&w);
	return status;
}
