/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running scenarios against a target. Every case runs in a child process with
 * a bound on wall-clock time; what it saw comes back through shared memory,
 * which no target can close, so a crash still leaves its log and capture.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "conformance/script/scenario.h"
#include "reports/catalogue.h"
#include "reports/result.h"

#include <jansson.h>

struct engine_options {
	const char *target_path;  /* the shared library */
	uint64_t seed;            /* of targets and of the peer */
	const char *captures;     /* folder for one pcapng per case; NULL: none are written */
	usec_t wall_limit_usec;   /* per case; 0: the default, 10 s */
	bool verbose;             /* the target's log lines too */
	const struct catalogue *catalogue; /* says which profile a rule is for; or NULL */
	const struct samples *samples;     /* samples.h; NULL: cases with samples aren't run */
	const struct survey *survey;       /* what is missing isn't run; NULL: all is there */
};

/*
 * Load the target in a child process and ask what it is. 0 and its
 * self-description (owned); else a negative errno and a message (owned):
 * -ENOENT no such file, -ELIBBAD dlopen or the symbol, -EPROTO ABI version,
 * missing calls or bad JSON, -EFAULT it crashed, -ETIMEDOUT.
 */
int engine_describe(const struct engine_options *o, json_t **description, char **message);

/*
 * Ask a target for every option that it does not declare unsupported, so that
 * what is missing is known before the cases (survey.h). A target that ends the
 * process or hangs leaves a survey in which nothing is missing: the cases will
 * show it. 0 and what was found (owned: survey_free()), or a negative errno of
 * the runner itself.
 */
int engine_survey(const struct engine_options *o, const json_t *description, struct survey *out);

/*
 * Run one case. Whatever the target does, out is filled in; the return value
 * is 0 or a negative errno of the runner itself (-ENOMEM, fork, a capture
 * that can't be written).
 */
int engine_run(struct case_result *out, const struct scenario *s, const json_t *description,
	       const struct engine_options *o);

#endif
