/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run found, on three axes that are never mixed: how far a case got
 * (status), what it says of the target (verdict), and whether it was to be
 * asked at all (applicability). Written by the engine, read by the reports.
 * Strings are owned by the run unless said otherwise.
 */
#ifndef REPORTS_RESULT_H
#define REPORTS_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum case_status { STATUS_NOT_RUN, STATUS_COMPLETED, STATUS_CRASHED, STATUS_TIMED_OUT };
enum case_verdict {
	VERDICT_NONE,
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_INCONCLUSIVE,
	VERDICT_RECORDED, /* the case grades nothing; what it saw is in `observed` */
};
enum case_applicability {
	APPLICABLE,
	NOT_APPLICABLE, /* to this profile */
	UNSUPPORTED,    /* the target says that it does not have it */
	UNDECLARED,     /* the target says nothing of it; it is run all the same */
	MISSING,        /* the target does not say so, but what it needs is not there */
};

extern const char *const case_status_name[];        /* "not_run", ... */
extern const char *const case_verdict_name[];       /* "none", "pass", ... */
extern const char *const case_applicability_name[]; /* "applicable", ... */

/* One thing that was not as it should be. */
struct difference {
	char *where;    /* "udp.checksum", "errno", "control[0].addr", "time" */
	long offset;    /* octet of the packet or buffer; -1: has none */
	char *expected; /* decoded: "0x1f", "EOPNOTSUPP (95)" */
	char *actual;
};

struct failure {
	char *message;  /* one sentence */
	char *file;     /* of the case */
	int line, column;
	char *source;   /* the event as written */
	struct difference *differences;
	size_t difference_count;
};

struct case_result {
	char *id, *title, *file;
	int line;
	char **rules;
	size_t rule_count;
	char **informs; /* what a case that grades nothing is about */
	size_t inform_count;
	enum case_status status;
	enum case_verdict verdict;
	enum case_applicability applicability;
	char *reason;           /* why not run, inconclusive, crashed, ...; or NULL */
	unsigned checks;        /* expectations that were put to the test */
	struct failure *failure; /* NULL: none */
	char **observed;         /* what was seen where that was open: "FILE:LINE: -1 EOPNOTSUPP" */
	size_t observed_count;
	char **deviations;      /* tolerated outcomes */
	size_t deviation_count;
	char **events;          /* the last lines of the log, with times */
	size_t event_count;
	char *target_stderr;    /* what the target's process wrote; NULL: nothing */
	char *capture;          /* path, relative to the report's folder; NULL: none */
	uint64_t wall_usec;     /* volatile: never in the reproducible part */
};

/* Of what the target was asked for, what it doesn't know. */
struct absence {
	char **names; /* owned, as of RFC 6316's Tables 1 and 2 */
	size_t count;
	unsigned asked; /* for so many; those that it declares unsupported are not among them */
};

/* What is known of the target before the first case. */
struct survey {
	struct absence options, ancillary;
};

struct run {
	char *suite_version;
	char *target_path;      /* as given by the user; volatile */
	json_t *target;         /* self-description */
	struct survey survey;
	uint64_t seed;
	char *selection;        /* GLOB, or NULL */
	bool strict;
	struct case_result *cases;
	size_t case_count;
	uint64_t wall_usec;     /* volatile */
	char *started;          /* volatile; RFC 3339 */
};

void case_result_free(struct case_result *r); /* what it points to */
void survey_free(struct survey *s);           /* likewise */
void run_free(struct run *run);               /* likewise */

#endif
