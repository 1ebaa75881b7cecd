/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of all commands in one table, for parsing and for help. */
#include "conformance/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every JSON reader keeps numbers up to here exactly, so reports can be believed. */
#define SEED_MAX 9007199254740991u

enum { TIMEOUT_MAX = 24 * 3600 }; /* seconds */

void complain(const struct options *o, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "shimproof %s: ", o->command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* --- how each takes its argument -------------------------------------------------- */

static int take_glob(struct options *o, const char *glob, bool exclude)
{
	o->globs[o->glob_count++] = (struct glob_option){ .glob = glob, .exclude = exclude };
	return 0;
}

static int take_select(struct options *o, const char *argument)
{
	return take_glob(o, argument, false);
}

static int take_exclude(struct options *o, const char *argument)
{
	return take_glob(o, argument, true);
}

static int take_seed(struct options *o, const char *argument)
{
	unsigned long long seed;
	char *end;

	errno = 0;
	seed = strtoull(argument, &end, 0);
	if (errno || *end || *argument < '0' || *argument > '9' || seed > SEED_MAX) {
		complain(o, "--seed: %s is not a number from 0 to %llu", argument,
			 (unsigned long long)SEED_MAX);
		return -EINVAL;
	}
	o->seed = seed;
	return 0;
}

static int take_timeout(struct options *o, const char *argument)
{
	char *end;
	double seconds = strtod(argument, &end);

	if (*end || end == argument || !(seconds >= 0.001 && seconds <= TIMEOUT_MAX)) {
		complain(o, "--timeout: %s is not a number of seconds from 0.001 to %d", argument,
			 TIMEOUT_MAX);
		return -EINVAL;
	}
	o->timeout_usec = (usec_t)(seconds * 1e6 + 0.5);
	return 0;
}

static int take_sample(struct options *o, const char *argument)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(argument, &end, 10);
	if (errno || *end || *argument < '1' || *argument > '9' || number > UINT_MAX) {
		complain(o, "--sample: %s is not a number from 1 on", argument);
		return -EINVAL;
	}
	o->sample = (unsigned)number;
	return 0;
}

/* --- the table ------------------------------------------------------------------------ */

enum { NOWHERE = -1 };

static const struct option_row {
	const char *name;
	char letter;          /* or 0 */
	unsigned commands;
	const char *argument; /* NULL: a flag */
	const char *help;
	/* Where it goes: a member of struct options, const char * or bool; or a
	 * function of its own. */
	long member;
	int (*take)(struct options *o, const char *argument);
} rows[] = {
#define MEMBER(m) (long)offsetof(struct options, m), NULL
	{ "target", 't', COMMAND_RUN | COMMAND_CONTRARY, "PATH",
	  "the stack under test, a shared library", MEMBER(target) },
	{ "select", 's', COMMAND_RUN | COMMAND_LIST | COMMAND_CONTRARY, "GLOB",
	  "cases whose id fits, or all of one rule; more than once: or", NOWHERE, take_select },
	{ "exclude", 'x', COMMAND_RUN | COMMAND_LIST | COMMAND_CONTRARY, "GLOB",
	  "leave these cases out", NOWHERE, take_exclude },
	{ "json", 0, COMMAND_RUN | COMMAND_CONTRARY, "FILE", "write the report for machines",
	  MEMBER(json) },
	{ "junit", 0, COMMAND_RUN, "FILE", "write a report for build servers", MEMBER(junit) },
	{ "captures", 0, COMMAND_RUN, "DIR", "write a pcapng file per case", MEMBER(captures) },
	{ "include", 0, COMMAND_RUN | COMMAND_CONTRARY, "DIR",
	  "where the target's header for C programs is", MEMBER(include) },
	{ "seed", 0, COMMAND_RUN | COMMAND_CONTRARY, "N", "of all random numbers; default 1",
	  NOWHERE, take_seed },
	{ "strict", 0, COMMAND_RUN, NULL, "a SHOULD that failed fails the run", MEMBER(strict) },
	{ "timeout", 0, COMMAND_RUN | COMMAND_CONTRARY, "SECONDS",
	  "wall-clock time for one case; default 10", NOWHERE, take_timeout },
	{ "sample", 0, COMMAND_CONTRARY, "N", "one perturbation in N, for a quick look", NOWHERE,
	  take_sample },
	{ "verbose", 'v', COMMAND_RUN, NULL, "name every case as it ends; keep the target's log",
	  MEMBER(verbose) },
	{ "verbose", 'v', COMMAND_CONTRARY, NULL, "tell of every perturbation", MEMBER(verbose) },
	{ "rules", 0, COMMAND_LIST, NULL, "rules, with their cases", MEMBER(rules) },
	{ "layers", 0, COMMAND_LIST, NULL, "layers and fields of packets, as cases name them",
	  MEMBER(layers) },
	{ "matrix", 0, COMMAND_LIST, NULL,
	  "checks of each option and object, by kind and state of the socket", MEMBER(matrix) },
	{ "json", 0, COMMAND_LIST, NULL, "as JSON", MEMBER(as_json) },
	{ "cases", 0, COMMAND_ALL, "DIR", "where cases are", MEMBER(cases) },
	{ "specs", 0, COMMAND_ALL, "DIR", "where catalogues are", MEMBER(specs) },
	{ "help", 'h', COMMAND_ALL, NULL, "this text", MEMBER(help) },
#undef MEMBER
};

#define ROWS (sizeof(rows) / sizeof(*rows))

static int take(struct options *o, const struct option_row *row, const char *argument)
{
	char *member = (char *)o + row->member;

	if (row->take)
		return row->take(o, argument);
	if (row->argument)
		memcpy(member, &argument, sizeof(argument));
	else
		*(bool *)member = true;
	return 0;
}

/* getopt's view of a command's rows. A value is the row's number, from 1; a
 * letter stands for the same row. */
struct getopt_view {
	struct option options[ROWS + 1];
	char letters[3 * ROWS + 2];
};

static void view_of(struct getopt_view *view, unsigned command)
{
	size_t count = 0;
	char *letter = view->letters;

	*view = (struct getopt_view){ 0 };
	*letter++ = ':'; /* our own messages */
	for (size_t i = 0; i < ROWS; i++) {
		if (!(rows[i].commands & command))
			continue;
		view->options[count++] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument : no_argument,
			.val = 256 + (int)i,
		};
		if (rows[i].letter) {
			*letter++ = rows[i].letter;
			if (rows[i].argument)
				*letter++ = ':';
		}
	}
}

static const struct option_row *row_of(int value, unsigned command)
{
	if (value >= 256)
		return &rows[value - 256];
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].letter == value && rows[i].commands & command)
			return &rows[i];
	return NULL;
}

static int parse_all(struct options *o, unsigned command, int argc, char **argv)
{
	struct getopt_view view;
	int value, err = 0;

	view_of(&view, command);
	optind = 1;
	while (!err && (value = getopt_long(argc, argv, view.letters, view.options, NULL)) >= 0) {
		if (value == '?' || value == ':') {
			/* A letter, which may be one of several behind a dash. */
			char letter[] = { '-', (char)optopt, '\0' };
			bool is_letter = optopt > 0 && optopt < 256;

			complain(o, "%s: %s; try: shimproof %s --help",
				 is_letter ? letter : argv[optind - 1],
				 value == ':' ? "needs a value" : "there is no such option",
				 o->command);
			err = -EINVAL;
		} else {
			err = take(o, row_of(value, command), optarg);
		}
	}
	o->operands = argv + optind;
	o->operand_count = (size_t)(argc - optind);
	return err;
}

/* --- defaults --------------------------------------------------------------------------- */

/* share/shimproof beside the bin/ that this program stands in, so that what was
 * installed can be moved. Owned; NULL if it isn't installed. */
static char *installed_data(void)
{
	char *program = realpath("/proc/self/exe", NULL), *data = NULL;
	char *slash = program ? strrchr(program, '/') : NULL;

	if (slash)
		*slash = '\0';
	if (slash && asprintf(&data, "%s/../share/shimproof", program) < 0)
		data = NULL;
	free(program);
	if (data && access(data, R_OK)) {
		free(data);
		return NULL;
	}
	return data;
}

/* Where cases and specs are: $SHIMPROOF_DATA, else where they were installed,
 * else in the tree that we stand in. */
static int find_data(struct options *o)
{
	const char *said = getenv("SHIMPROOF_DATA");
	char *installed = said ? NULL : installed_data();
	const char *data = said ? said : installed;
	int err = 0;

	o->cases = "conformance/cases";
	o->specs = "specs";
	for (int i = 0; data && i < 2; i++)
		if (asprintf(&o->data[i], "%s/%s", data, i ? "specs" : "cases") < 0) {
			o->data[i] = NULL;
			err = -ENOMEM;
		}
	if (data && !err) {
		o->cases = o->data[0];
		o->specs = o->data[1];
	}
	free(installed);
	return err;
}

int options_parse(struct options *o, unsigned command, int argc, char **argv)
{
	int err;

	*o = (struct options){ .command = argv[0], .seed = 1 };
	o->globs = calloc((size_t)argc, sizeof(*o->globs));
	err = o->globs ? find_data(o) : -ENOMEM;
	if (err)
		complain(o, "%s", strerror(-err));
	return err ? err : parse_all(o, command, argc, argv);
}

void options_free(struct options *o)
{
	free(o->globs);
	free(o->data[0]);
	free(o->data[1]);
}

void options_help(FILE *f, unsigned command)
{
	for (size_t i = 0; i < ROWS; i++) {
		char text[64];

		if (!(rows[i].commands & command))
			continue;
		snprintf(text, sizeof(text), "--%s%s%s", rows[i].name, rows[i].argument ? " " : "",
			 rows[i].argument ? rows[i].argument : "");
		fprintf(f, "  %c%c%s %-18s %s\n", rows[i].letter ? '-' : ' ',
			rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ", text,
			rows[i].help);
	}
}
