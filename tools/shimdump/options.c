/* SPDX-License-Identifier: BSD-2-Clause */
/* One table of flags: getopt_long() and --help both read it. */
#include "tools/shimdump/options.h"

#include "wire/layers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_CONTEXTS_DEFAULT = 16384,
	MAX_CONTEXTS_MOST = 1 << 24, /* more would be a table of gigabytes */
	LONG_ONLY = 256,             /* letters end before it */
};

/* Each takes its argument; false: that is none for it. */
typedef bool take(struct options *o, const char *arg);

/* Decimal, or hexadecimal with 0x; nobody means octal with a 0. */
static bool parse_number(const char *text, uint64_t max, uint64_t *out)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;
	unsigned long long number;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, hex ? 16 : 10);
	if (errno || *end || number > max)
		return false;
	*out = number;
	return true;
}

static bool take_count(struct options *o, const char *arg)
{
	uint64_t n;

	if (!parse_number(arg, INT64_MAX, &n) || n == 0)
		return false;
	o->count = (unsigned long)n;
	return true;
}

static bool take_unsigned(unsigned *out, const char *arg, unsigned min, unsigned max)
{
	uint64_t n;

	if (!parse_number(arg, max, &n) || n < min)
		return false;
	*out = (unsigned)n;
	return true;
}

static bool take_snaplen(struct options *o, const char *arg)
{
	return take_unsigned(&o->snaplen, arg, 0, INT32_MAX);
}

static bool take_max_contexts(struct options *o, const char *arg)
{
	return take_unsigned(&o->max_contexts, arg, 1, MAX_CONTEXTS_MOST);
}

static bool take_context(struct options *o, const char *arg)
{
	return take_unsigned(&o->selection.context, arg, 1, UINT32_MAX);
}

static bool take_tag(struct options *o, const char *arg)
{
	o->selection.has_tag = parse_number(arg, SHIM6_TAG_MASK, &o->selection.tag);
	return o->selection.has_tag;
}

static bool take_ulid(struct options *o, const char *arg)
{
	o->selection.has_ulid = inet_pton(AF_INET6, arg, &o->selection.ulid) == 1;
	return o->selection.has_ulid;
}

static bool take_type(struct options *o, const char *arg)
{
	const struct wire_layer *layer = wire_layer_named(arg);

	if (!layer || o->selection.type_count == TYPES_MAX)
		return false;
	o->selection.types[o->selection.type_count++] = layer;
	return true;
}

static bool take_view(struct options *o, const char *arg)
{
	const struct view_kind *kind = view_kind_named(arg);

	if (kind)
		o->view = kind;
	return kind;
}

/* An argument that is kept as it is. */
#define KEEPS(name, where)                                                                         \
	static bool name(struct options *o, const char *arg)                                       \
	{                                                                                          \
		where = arg;                                                                       \
		return *arg;                                                                       \
	}

KEEPS(take_path, o->path)
KEEPS(take_device, o->device)
KEEPS(take_write, o->write_path)
KEEPS(take_user, o->user)

static bool take_time(struct options *o, const char *arg)
{
	(void)arg;
	return ++o->look.time_form < TIME_FORMS;
}

/* What has no argument and only sets something. */
#define SETS(name, what)                                                                           \
	static bool name(struct options *o, const char *arg)                                       \
	{                                                                                          \
		(void)arg;                                                                         \
		what;                                                                              \
		return true;                                                                       \
	}

SETS(take_all, o->selection.all = true)
SETS(take_shim6, o->selection.shim6 = true)
SETS(take_malformed, o->selection.malformed = true)
SETS(take_bad_checksum, o->selection.bad_checksum = true)
SETS(take_devices, o->devices = true)
SETS(take_link_header, o->look.link_header = true)
SETS(take_findings, o->findings = true)
SETS(take_lines, o->lines = true)
SETS(take_nothing, (void)o)
SETS(take_no_promiscuous, o->promiscuous = false)
SETS(take_quiet, o->quiet_progress = true)
SETS(take_verbose, o->look.verbose++)
SETS(take_hex, o->look.hex++)
SETS(take_ascii, o->look.ascii++)

static const struct flag {
	int letter; /* LONG_ONLY and more: none */
	const char *name;
	const char *argument; /* NULL: none */
	take *take;           /* NULL: ends the program, letter says how */
	const char *help;
} flags[] = {
	{ 'r', "read", "FILE", take_path, "read a capture; - is standard input" },
	{ 'i', "device", "NAME", take_device, "capture from a device" },
	{ 'D', "devices", NULL, take_devices, "list devices" },
	{ 'w', "write", "FILE", take_write, "write the packets to FILE instead of showing them" },
	{ 'c', "count", "N", take_count, "stop after N packets" },
	{ 's', "snaplen", "N", take_snaplen, "capture N octets of each packet" },
	{ 'p', "no-promiscuous", NULL, take_no_promiscuous, "capture what is for this host" },
	{ 'Z', "user", "NAME", take_user, "who to be once the capture is open" },
	{ 'T', "view", "VIEW", take_view, "text, jsonl, ladder, contexts or summary" },
	{ 256, "findings", NULL, take_findings, "only what is wrong; status 1 if it is errors" },
	{ 'a', "all", NULL, take_all, "all packets (text), not those with Shim6 alone (others)" },
	{ 'S', "shim6", NULL, take_shim6, "packets with Shim6 alone" },
	{ 257, "context", "N", take_context, "packets of the N-th context" },
	{ 258, "tag", "TAG", take_tag, "packets with that context tag" },
	{ 259, "ulid", "ADDR", take_ulid, "packets of contexts with that ULID" },
	{ 260, "type", "NAME", take_type, "i1, probe, payload, fii, ...; more than one: or" },
	{ 261, "malformed", NULL, take_malformed, "packets with errors" },
	{ 262, "bad-checksum", NULL, take_bad_checksum, "packets with a wrong checksum" },
	{ 263, "max-contexts", "N", take_max_contexts, "contexts to remember (16384)" },
	{ 't', "time", NULL, take_time, "no time; twice and more, another one (below)" },
	{ 'v', "verbose", NULL, take_verbose, "fields; -vv what is quoted, too; -vvv and octets" },
	{ 'e', "link", NULL, take_link_header, "the link header, too" },
	{ 'x', "hex", NULL, take_hex, "octets; -xx with the link header" },
	{ 'X', "ascii", NULL, take_ascii, "octets and characters; -XX with the link header" },
	{ 'l', "lines", NULL, take_lines, "put each packet out at once, also into a pipe" },
	{ 'n', "numeric", NULL, take_nothing, "as always: addresses are never turned into names" },
	{ 'q', "quiet", NULL, take_quiet, "no progress on a terminal" },
	{ 'h', "help", NULL, NULL, "print this text" },
	{ 'V', "version", NULL, NULL, "print the version" },
};

enum { FLAG_COUNT = sizeof(flags) / sizeof(flags[0]) };

static const char usage[] = "usage: shimdump [-r FILE | -i DEVICE] [OPTION ...] [FILTER]\n";

static void print_help(void)
{
	fputs(usage, stdout);
	fputs("tcpdump for Shim6 (RFC 5533) and REAP (RFC 5534). FILTER: pcap-filter(7).\n\n",
	      stdout);
	for (const struct flag *f = flags; f < flags + FLAG_COUNT; f++) {
		char name[32], letter[5] = "   ";

		if (f->letter < LONG_ONLY)
			snprintf(letter, sizeof(letter), "-%c,", f->letter);
		snprintf(name, sizeof(name), "%s%s%s", f->name, f->argument ? "=" : "",
			 f->argument ? f->argument : "");
		printf("  %s --%-16s %s\n", letter, name, f->help);
	}
	fputs("\nTimes, in UTC: time of day; -t none; -tt seconds since 1970; -ttt since the\n"
	      "packet before; -tttt with the date; -ttttt since the first packet.\n"
	      "Exit status: 0; 1 errors found; 2 misuse; 3 output not written; 4 capture not\n"
	      "readable, or broken from some point on.\n",
	      stdout);
}

static bool misuse(const char *message, int *status)
{
	fprintf(stderr, "shimdump: %s\n%s", message, usage);
	*status = EXIT_MISUSE;
	return false;
}

/* The two forms in which getopt_long() wants the table. */
static int next_flag(int argc, char **argv)
{
	struct option names[FLAG_COUNT + 1] = { 0 };
	char letters[2 * FLAG_COUNT + 1] = "";
	size_t at = 0;

	for (size_t i = 0; i < FLAG_COUNT; i++) {
		names[i] = (struct option){ flags[i].name, flags[i].argument != NULL, NULL,
					    flags[i].letter };
		if (flags[i].letter >= LONG_ONLY)
			continue;
		letters[at++] = (char)flags[i].letter;
		if (flags[i].argument)
			letters[at++] = ':';
	}
	return getopt_long(argc, argv, letters, names, NULL);
}

/* "-c" or "--type", for messages. */
static void name_of(char out[static 32], const struct flag *f)
{
	if (f->letter < LONG_ONLY)
		snprintf(out, 32, "-%c", f->letter);
	else
		snprintf(out, 32, "--%s", f->name);
}

static bool take_flag(struct options *o, int letter, int *status)
{
	const struct flag *f = flags;
	char name[32], message[128];

	while (f < flags + FLAG_COUNT && f->letter != letter)
		f++;
	if (f == flags + FLAG_COUNT) { /* getopt has said what */
		fputs(usage, stderr);
		*status = EXIT_MISUSE;
		return false;
	}
	if (!f->take) {
		if (letter == 'h')
			print_help();
		else
			puts("shimdump " SHIMPROOF_VERSION " (Shimproof)");
		return false;
	}
	if (f->take(o, optarg ? optarg : ""))
		return true;
	name_of(name, f);
	if (f->argument)
		snprintf(message, sizeof(message), "%s takes %s, not \"%.60s\"", name, f->argument,
			 optarg);
	else
		snprintf(message, sizeof(message), "%s as often as this means nothing", name);
	return misuse(message, status);
}

/* The words of a filter are one expression. Owned; NULL: no memory. */
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

/* What can't be done together; NULL: it can. */
static const char *conflict(const struct options *o)
{
	const struct {
		bool is;
		const char *message;
	} conflicts[] = {
		{ o->path && o->device, "-r and -i: from a file or from a device?" },
		{ !o->path && !o->device, "which capture? -r FILE or -i DEVICE" },
		{ o->path && o->snaplen, "-s is for devices: a file has what it has" },
		{ o->path && !o->promiscuous, "-p is for devices" },
		{ o->selection.all && o->selection.shim6, "-a and -S: all, or Shim6 alone?" },
		{ o->findings && o->view, "--findings and -T: one view at a time" },
		{ o->write_path && o->findings, "-w writes packets, --findings shows: which?" },
		{ o->write_path && o->view, "-w writes packets, -T shows them: which?" },
	};

	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++)
		if (conflicts[i].is)
			return conflicts[i].message;
	return NULL;
}

/* What follows from what was given. */
static void complete(struct options *o)
{
	const char *no_color = getenv("NO_COLOR");

	if (o->findings)
		o->view = &findings_view;
	if (!o->view)
		o->view = &view_kinds[0];
	if (o->look.verbose > 2 && !o->look.hex && !o->look.ascii)
		o->look.hex = 1;
	o->look.name = o->path ? o->path : o->device;
	o->look.colour = isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

bool options_parse(struct options *o, int argc, char **argv, int *status)
{
	const char *wrong;
	int letter;

	*o = (struct options){
		.max_contexts = MAX_CONTEXTS_DEFAULT,
		.promiscuous = true,
	};
	*status = EXIT_SUCCESS;
	while ((letter = next_flag(argc, argv)) != -1)
		if (!take_flag(o, letter, status))
			return false;
	wrong = o->devices ? NULL : conflict(o);
	if (wrong)
		return misuse(wrong, status);
	complete(o);
	o->filter = joined(argv + optind);
	if (!o->filter)
		*status = EXIT_UNREADABLE;
	return o->filter;
}

void options_free(struct options *o)
{
	free(o->filter);
}
