/* SPDX-License-Identifier: BSD-2-Clause */
/* shimproof: one table for dispatch and for help. */
#include "conformance/cli/cli.h"

#include <string.h>

static const struct command {
	const char *name;
	unsigned id;
	int (*main)(const struct options *o);
	const char *arguments;
	const char *summary;
} commands[] = {
	{ "run", COMMAND_RUN, run_main, "--target PATH [OPTION ...] [CASEFILE ...]",
	  "put a target to the test" },
	{ "list", COMMAND_LIST, list_main, "[OPTION ...] [CASEFILE ...]",
	  "show cases, rules, or the names of layers and fields" },
	{ "explain", COMMAND_EXPLAIN, explain_main, "[OPTION ...] RULE|CASE|READING ...",
	  "tell all about a rule, a case or a reading" },
	{ "lint", COMMAND_LINT, lint_main, "[OPTION ...] [CASEFILE ...]",
	  "find mistakes in cases and catalogues" },
	{ "contrary", COMMAND_CONTRARY, contrary_main, "--target PATH [OPTION ...] [CASEFILE ...]",
	  "put the cases to the test: do they fail if a target does otherwise?" },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static void print_help(FILE *f)
{
	fprintf(f, "usage: shimproof COMMAND [OPTION ...]\n"
		   "Conformance tests for multihoming shims.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(f, "  %-9s%s\n", commands[i].name, commands[i].summary);
	fprintf(f, "\n`shimproof COMMAND --help` tells about one of them, shimproof(1) about all.\n"
		   "Exit status: 0 conformant, 1 failed, 2 misuse, 3 incomplete, "
		   "4 the runner or the\ntarget could not start.\n");
}

static void print_command_help(FILE *f, const struct command *c)
{
	fprintf(f, "usage: shimproof %s %s\n%c%s.\n\n", c->name, c->arguments,
		c->summary[0] - 'a' + 'A', c->summary + 1);
	options_help(f, c->id);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int run_command(const struct command *c, int argc, char **argv)
{
	struct options o;
	int status = CONCLUSION_USAGE;

	if (options_parse(&o, c->id, argc, argv) == 0) {
		if (o.help) {
			print_command_help(stdout, c);
			status = 0;
		} else {
			status = c->main(&o);
		}
	}
	options_free(&o);
	return status;
}

static int misuse(const char *word)
{
	if (word)
		fprintf(stderr, "shimproof: there is no command \"%s\"\n\n", word);
	print_help(stderr);
	return CONCLUSION_USAGE;
}

static int dispatch(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct command *c = word ? find_command(word) : NULL;

	if (c)
		return run_command(c, argc - 1, argv + 1);
	if (word && !strcmp(word, "--version")) {
		puts("shimproof " SHIMPROOF_VERSION);
		return 0;
	}
	if (word && (!strcmp(word, "--help") || !strcmp(word, "-h"))) {
		print_help(stdout);
		return 0;
	}
	return misuse(word);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	if (fflush(stdout) || ferror(stdout)) {
		fputs("shimproof: the output can't be written\n", stderr);
		return CONCLUSION_FAULT;
	}
	return status;
}
