/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sample programs of RFC 6316, compiled against the header of the target
 * and run with its calls in place of the system's. They are compiled before
 * the cases, in one go; only when that fails each by itself, so that one that
 * does not compile costs its own cases. Compiler and programs run in children.
 */
#ifndef ENGINE_SAMPLES_H
#define ENGINE_SAMPLES_H

#include "conformance/engine/target.h"
#include "conformance/script/scenario.h"

#include <jansson.h>

struct samples {
	char *folder; /* owned; of what was compiled; goes with samples_free() */
	char *reason; /* owned; why none of them can be run; NULL: they can */
	char *header; /* owned; the target's, as it names it */
	struct {
		char *library; /* owned; NULL: it doesn't compile, or was not wanted */
		char *words;   /* owned; what the compiler said, or NULL */
	} built[SAMPLES_MAX];  /* by row of samples[] */
};

struct samples_order {
	const char *sources;       /* the folder of NAME.c */
	const char *target_path;   /* what the target's own folders of headers are relative to */
	const char *include;       /* a folder of headers that is searched first; or NULL */
	const json_t *description; /* has "header" and "include" */
	bool wanted[SAMPLES_MAX];  /* by row of samples[] */
};

/* Want what a case runs. */
void samples_want(struct samples_order *o, const struct scenario *s);

/*
 * Compile what is wanted; with nothing wanted, nothing is done. A machine
 * without a compiler, a target without a header, and a sample that does not
 * compile are no errors: they are in *out. 0 or a negative errno.
 */
int samples_build(struct samples *out, const struct samples_order *o);
void samples_free(struct samples *s);

/* Is a case with samples that can't be run here, whatever the target does? */
bool samples_unusable(const struct samples *samples, const struct scenario *s,
		      char why[static TARGET_WHY_MAX]);

#endif
