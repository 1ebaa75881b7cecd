/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Can the suite fail? Every case is run clean, and once for each perturbation
 * of what it observed; what still passes then is told.
 */
#ifndef CONTRARY_DOUBT_H
#define CONTRARY_DOUBT_H

#include "conformance/contrary/accepted.h"
#include "conformance/contrary/plan.h"
#include "conformance/engine/engine.h"

#include <stdio.h>

enum finding {
	FOUND_NOTHING,      /* not run: it was not in the sample */
	FOUND_FAILED,       /* detected */
	FOUND_INCONCLUSIVE, /* detected: the case says that it can't tell */
	FOUND_ALLOWED,      /* passed: it is one of the outcomes that the case allows */
	FOUND_SURVIVED,     /* passed */
	FOUND_BROKEN,       /* neither: the process ended, or the runner failed */
	FOUND_COUNT,
};

struct doubt {
	const struct suite *suite;    /* borrowed */
	const bool *chosen;           /* borrowed; by scenario */
	const json_t *description;    /* borrowed; of the target */
	struct engine_options engine; /* target_path: of the contrary library */
	const char *target;           /* path of the library that it stands in front of */
	unsigned every;               /* run one perturbation in so many; 1: all */
	bool verbose;                 /* the report tells of every perturbation */

	struct case_result *clean; /* owned; by scenario */
	struct plan plan;
	uint8_t *findings; /* owned; enum finding, by perturbation */
};

/* 0 or a negative errno. What is there already is freed by doubt_free. */
int doubt_run(struct doubt *d);
void doubt_free(struct doubt *d);

/* --- the outcome ------------------------------------------------------------ */

struct tally {
	unsigned cases;    /* perturbed */
	unsigned ungraded; /* not perturbed: no observation is wrong for them, ... */
	unsigned not_run;  /* ... the target or this machine hasn't what they need, ... */
	unsigned unfit;    /* ... or they don't pass by themselves */
	unsigned found[FOUND_COUNT];
	unsigned accepted; /* of those that survived */
	unsigned problems; /* survivors with no reason, stale reasons, broken runs */
};

/* On the console: survivors by case, stale reasons, totals. `whole`: all cases
 * were asked, so that every reason must fit something. */
struct tally doubt_report(FILE *f, const struct doubt *d, struct accepted_list *accepted,
			  bool whole);

/* The same for machines (schema: specs/contrary.schema.json); owned. */
json_t *doubt_json(const struct doubt *d, struct accepted_list *accepted, const struct tally *t);

#endif
