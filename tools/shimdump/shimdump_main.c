/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shimdump: prints the packets of a capture, with Shim6 (RFC 5533) and REAP
 * (RFC 5534) explained. Reading is pcap/capture.h, decoding wire/packet.h.
 */
#include "pcap/capture.h"
#include "tools/shimdump/print.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { /* exit status, beside EXIT_SUCCESS */
	EXIT_UNWRITABLE = 1, /* standard output */
	EXIT_MISUSE = 2,
	EXIT_UNREADABLE = 4, /* the capture, all of it or from some octet on */
};

/* getopt and --help both read this table. */
static const struct flag {
	char letter;
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
} flags[] = {
	{ 'c', "count",   "N",    "stop after N packets" },
	{ 'h', "help",    NULL,   "print this text" },
	{ 'n', "numeric", NULL,   "as always: addresses are never turned into names" },
	{ 'r', "read",    "FILE", "read FILE, pcap or pcapng; - is standard input" },
	{ 't', "time",    NULL,   "print no time; twice and more, another one (below)" },
	{ 'v', "verbose", NULL,   "print every field with its octet, and what is wrong" },
	{ 'V', "version", NULL,   "print the version" },
	{ 'x', "hex",     NULL,   "print every octet in hexadecimal" },
};

enum { FLAG_COUNT = sizeof(flags) / sizeof(flags[0]) };

static const char usage[] = "usage: shimdump -r FILE [-nvx] [-t...] [-c N] [FILTER]\n";

static const char about[] =
	"\n"
	"Prints the packets of a capture, a line for each: Shim6 (RFC 5533) and REAP\n"
	"(RFC 5534) explained; of a frame without IPv6, what it is. FILTER is a\n"
	"pcap-filter(7) expression.\n"
	"\n";

static const char notes[] =
	"\n"
	"Times, in UTC: time of day; -t none; -tt seconds since 1970; -ttt since the\n"
	"packet before; -tttt date and time of day; -ttttt since the first packet.\n"
	"\n"
	"Exit status: 0; 1 output not written; 2 misuse; 4 capture not readable, or\n"
	"broken from some octet on.\n"
	"\n"
	"Not yet: live capture, writing captures, JSON lines, joining messages to their\n"
	"contexts, reassembly of fragments, comments and directions of pcapng.\n";

static void print_help(void)
{
	fputs(usage, stdout);
	fputs(about, stdout);
	for (const struct flag *f = flags; f < flags + FLAG_COUNT; f++) {
		char name[24];

		snprintf(name, sizeof(name), "%s%s%s", f->name, f->argument ? "=" : "",
			 f->argument ? f->argument : "");
		printf("  -%c, --%-12s %s\n", f->letter, name, f->help);
	}
	fputs(notes, stdout);
}

struct options {
	const char *path; /* borrowed; NULL: not given */
	unsigned long count; /* 0: no limit */
	struct printer printer;
};

/* Says what went wrong, behind what was printed so far; hands status through. */
static int complain(const char *message, int status)
{
	fflush(stdout);
	fprintf(stderr, "shimdump: %s\n", message);
	return status;
}

static int misuse(const char *message)
{
	complain(message, EXIT_MISUSE);
	fputs(usage, stderr);
	return EXIT_MISUSE;
}

/* true: o->count is a number from 1. */
static bool parse_count(struct options *o, const char *text)
{
	char *end;

	errno = 0;
	o->count = strtoul(text, &end, 10);
	return !errno && !*end && o->count > 0 && *text != '-';
}

/* The two forms in which getopt_long() wants the table. */
static int next_flag(int argc, char **argv)
{
	struct option names[FLAG_COUNT + 1] = { 0 };
	char letters[1 + 2 * FLAG_COUNT + 1] = "+"; /* options end where the filter starts */
	size_t at = 1;

	for (size_t i = 0; i < FLAG_COUNT; i++) {
		names[i] = (struct option){ flags[i].name, flags[i].argument != NULL, NULL,
					    flags[i].letter };
		letters[at++] = flags[i].letter;
		if (flags[i].argument)
			letters[at++] = ':';
	}
	return getopt_long(argc, argv, letters, names, NULL);
}

/* true: o is filled and there is something to do; else *status ends it. */
static bool parse(struct options *o, int argc, char **argv, int *status)
{
	int letter;

	*status = EXIT_SUCCESS;
	while ((letter = next_flag(argc, argv)) != -1) {
		switch (letter) {
		case 'c':
			if (!parse_count(o, optarg)) {
				*status = misuse("-c takes a number from 1");
				return false;
			}
			break;
		case 'h':
			print_help();
			return false;
		case 'n':
			break;
		case 'r':
			o->path = optarg;
			break;
		case 't':
			if (++o->printer.time_form == TIME_FORMS) {
				*status = misuse("there is no time beyond -ttttt");
				return false;
			}
			break;
		case 'v':
			o->printer.fields = true;
			break;
		case 'V':
			puts("shimdump " SHIMPROOF_VERSION " (Shimproof)");
			return false;
		case 'x':
			o->printer.octets = true;
			break;
		default: /* getopt has said what */
			fputs(usage, stderr);
			*status = EXIT_MISUSE;
			return false;
		}
	}
	if (!o->path)
		*status = misuse("which capture? -r FILE");
	return o->path;
}

/* The words of a filter are one expression. Owned by the caller; NULL: no memory. */
static char *joined(char *const *words)
{
	char *expression = NULL;
	size_t len;
	FILE *text = open_memstream(&expression, &len);

	if (!text)
		return NULL;
	for (; *words; words++)
		fprintf(text, "%s ", *words);
	if (fclose(text) == 0)
		return expression;
	free(expression);
	return NULL;
}

/* Prints packets until the end, the count or an error. As capture_next(). */
static int print_all(struct options *o, struct capture *c)
{
	struct captured packet;
	unsigned long printed = 0;
	int more = 0;

	while (!ferror(stdout) && (!o->count || printed < o->count)) {
		more = capture_next(c, &packet);
		if (more != 1)
			break;
		print_packet(&o->printer, &packet);
		printed++;
	}
	return more;
}

/* What is printed counts only once it is out. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fputs("shimdump: standard output can't be written\n", stderr);
	return EXIT_UNWRITABLE;
}

/* Words: those of the filter, none if it is empty; NULL-terminated. */
static int run(struct options *o, char *const *words)
{
	struct capture c;
	char *filter = joined(words);
	int status = EXIT_SUCCESS;

	if (!filter)
		return complain(strerror(ENOMEM), EXIT_UNREADABLE);
	if (capture_open(&c, o->path)) {
		status = complain(c.error, EXIT_UNREADABLE);
	} else {
		if (capture_filter(&c, filter))
			status = complain(c.error, EXIT_MISUSE);
		else if (print_all(o, &c) < 0)
			status = complain(c.error, EXIT_UNREADABLE);
		capture_close(&c);
	}
	free(filter);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { .printer = { .out = stdout } };
	int status;

	argv[0] = (char *)"shimdump"; /* getopt's messages start with it */
	if (parse(&o, argc, argv, &status))
		status = run(&o, argv + optind);
	return flushed(status);
}
