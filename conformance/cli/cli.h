/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of shimproof and what they share: options by one table, the
 * catalogue and the cases, selections, and files that appear only when whole.
 * Everything here talks to people: what goes wrong is said on stderr, with
 * where, what, and how to go on.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "conformance/engine/engine.h"
#include "conformance/engine/samples.h"
#include "reports/report.h"

#include <stdio.h>

enum {
	TEXT_WIDTH = 96, /* columns of running text */
	COMMAND_RUN = 1,
	COMMAND_LIST = 2,
	COMMAND_EXPLAIN = 4,
	COMMAND_LINT = 8,
	COMMAND_CONTRARY = 16,
	COMMAND_ALL = 31,
};

/* --- options ------------------------------------------------------------------ */

struct glob_option {
	const char *glob;
	bool exclude;
};

struct options {
	const char *command; /* for messages: "run" */
	bool help;
	const char *target, *json, *junit, *captures, *include;
	const char *cases, *specs; /* never NULL; samples are beside the cases */
	struct glob_option *globs; /* in the order in which they were given; owned */
	size_t glob_count;
	uint64_t seed;
	usec_t timeout_usec; /* 0: the engine's default */
	unsigned sample;     /* contrary: one in so many; 0: all */
	bool strict, verbose, rules, layers, matrix, as_json;
	char **operands; /* borrowed from argv */
	size_t operand_count;
	char *data[2]; /* owned: defaults of cases and specs */
};

/* argv[0] is the command's name. 0; -EINVAL after a message; -ENOMEM. */
int options_parse(struct options *o, unsigned command, int argc, char **argv);
void options_free(struct options *o);
void options_help(FILE *f, unsigned command); /* a line for each of its options */

__attribute__((format(printf, 2, 3))) void complain(const struct options *o, const char *format,
						      ...);

/* --- what is on disk -------------------------------------------------------------- */

struct workspace {
	struct catalogue catalogue;
	struct suite suite;
	unsigned mistakes; /* that were printed */
};

/* The catalogue, and the cases of the operands given, or all. Mistakes go to
 * stderr. 0 or a negative errno, after a message. */
int workspace_open(struct workspace *w, const struct options *o, char **roots, size_t root_count);
void workspace_close(struct workspace *w);

/* As workspace_open, but both are read whatever is wrong with the other, and
 * mistakes go to f; 0, or what went wrong with either. What failed is empty. */
int workspace_read(struct workspace *w, const struct options *o, char **roots, size_t root_count,
		   FILE *f);

/* Compile the samples of RFC 6316 that the chosen scenarios run, for the target with this
 * description; they are beside the cases. 0 or a negative errno, after a message; either
 * way samples_free() them. */
int workspace_samples(struct samples *out, const struct workspace *w, const bool *chosen,
		      const struct options *o, const json_t *description);

bool scenario_tests_rule(const struct scenario *s, const char *rule_id);

/* --- selections --------------------------------------------------------------------- */

/* Which scenarios the options select: chosen has one flag for each. 0, or
 * -EINVAL after a message: nothing is selected, or a GLOB is of no use. */
int selection_make(bool *chosen, const struct options *o, const struct workspace *w);

/* For the report: "rfc6316/6.6* !*tcp*"; owned; NULL in *text: everything. */
int selection_text(char **text, const struct options *o);

/* The ids that look most like what was written, nearest first. Starts with
 * all members but `written` zero. */
struct nearness {
	const char *written; /* borrowed, as are the ids */
	const char *ids[3];  /* NULL if fewer are near */
	unsigned distances[3];
};

void near_offer(struct nearness *n, const char *id);
void near_print(FILE *f, const struct nearness *n);

/* --- files ---------------------------------------------------------------------------- */

/* A file that is written beside its place and moved there when it is whole. */
struct output {
	const char *path; /* borrowed */
	char *draft;      /* owned */
	FILE *file;       /* NULL: no such output is wanted */
};

int output_open(struct output *out, const char *path); /* makes folders; NULL path: nothing */
int output_commit(struct output *out);                 /* 0 or a negative errno */
void output_discard(struct output *out);               /* harmless after commit */
int make_folders(const char *path, bool last);         /* last: also the last part */

/* How to get from the folder of the file `from` to the file `to`; both exist
 * or are in folders that do. Owned; NULL without memory. */
char *relative_path(const char *from, const char *to);

/* The path of `name` in the folder that holds `path`. Owned; NULL without memory. */
char *beside(const char *path, const char *name);

/* --- commands: exit statuses of enum conclusion ------------------------------------- */

int run_main(const struct options *o);
int list_main(const struct options *o);
int explain_main(const struct options *o);
int lint_main(const struct options *o);
int contrary_main(const struct options *o);

#endif
