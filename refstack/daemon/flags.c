/* SPDX-License-Identifier: BSD-2-Clause */
/* getopt_long() over the table of settings, and the help that comes from it. */
#include "refstack/daemon/flags.h"
#include "refstack/daemon/config.h"

#include <getopt.h>

enum { SETTINGS_MAX = 32, HELP_COLUMN = 26 };

/* What is a flag alone, besides the settings. */
static const struct own_flag {
	const char *name, *argument, *help;
	int letter;
} own_flags[] = {
	{ "config", "FILE", "read settings from a JSON file", 'c' },
	{ "check", NULL, "check the settings and exit", 'C' },
	{ "help", NULL, "print this text", 'h' },
	{ "version", NULL, "print the version", 'V' },
};

enum { OWN_FLAGS = sizeof(own_flags) / sizeof(own_flags[0]), FIRST_SETTING = 256 };

/* --- help ----------------------------------------------------------------------------- */

static void help_row(FILE *out, const char *name, const char *argument, const char *help)
{
	int width = fprintf(out, "  --%s%s%s", name, argument ? " " : "", argument ? argument : "");

	if (width >= HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	else
		fprintf(out, "%*s", HELP_COLUMN - width, "");
	fprintf(out, "%s\n", help);
}

void flags_help(FILE *out)
{
	fputs("usage: refstackd [--config FILE] [--tun NAME | --interface NAME] [OPTION]...\n"
	      "       refstackd status [--socket PATH] [--json]\n\n"
	      "Runs the Shim6 reference stack (RFC 5533) on up to 8 links. Its addresses are\n"
	      "made on start and printed, a line each:\n"
	      "  address 2001:db8:a:1:c9:f301:d2ea:7baa\n"
	      "What happens is told on stderr. SIGINT and SIGTERM end it.\n\n",
	      out);
	for (const struct setting *s = settings_known; s->name; s++)
		help_row(out, s->name, s->argument, s->help);
	for (unsigned i = 0; i < OWN_FLAGS; i++)
		help_row(out, own_flags[i].name, own_flags[i].argument, own_flags[i].help);
	fputs("\nOf status: --socket as above; --json prints what the daemon says as it is.\n\n"
	      "TUN devices need CAP_NET_ADMIN, interfaces CAP_NET_RAW. The kernel's side of a\n"
	      "--tun is the caller's to set up, that of --apps is set up:\n"
	      "  ip link set NAME up\n"
	      "  ip -6 address add 2001:db8:f::1/64 dev NAME\n"
	      "  ip -6 route add P/64 dev NAME\n\n"
	      "exit status: 0 when it ended as asked, 2 misuse, 4 trouble with a device or\n"
	      "the control socket\n",
	      out);
}

/* --- parsing -------------------------------------------------------------------------- */

static enum request misuse(FILE *errors, const char *text)
{
	fprintf(errors, "refstackd: %s\n", text);
	return REQUEST_MISUSE;
}

/* getopt's own messages go to stderr; these are ours, in its words. */
static enum request unknown_flag(FILE *errors, int letter, const char *word)
{
	fprintf(errors, letter == ':' ? "refstackd: %s needs a value\n"
				      : "refstackd: there is no flag %s\n", word);
	return REQUEST_MISUSE;
}

static void list_flags(struct option *longs)
{
	unsigned n = 0;

	for (unsigned i = 0; settings_known[i].name; i++)
		longs[n++] = (struct option){ settings_known[i].name, required_argument, NULL,
					      FIRST_SETTING + (int)i };
	for (unsigned i = 0; i < OWN_FLAGS; i++)
		longs[n++] = (struct option){ own_flags[i].name, own_flags[i].argument != NULL,
					      NULL, own_flags[i].letter };
}

static enum request take_setting(struct flags *f, const struct setting *setting, FILE *errors)
{
	char why[320];

	if (setting_take(&f->settings, setting, optarg, why, sizeof(why)))
		return REQUEST_RUN;
	fprintf(errors, "refstackd: --%s\n", why);
	return REQUEST_MISUSE;
}

/* Other than REQUEST_RUN it ends the parsing. */
static enum request take_flag(struct flags *f, int letter, const char *word, bool *check,
			      FILE *errors)
{
	switch (letter) {
	case 'c':
		return config_read(&f->settings, optarg, errors) ? REQUEST_RUN : REQUEST_MISUSE;
	case 'C':
		*check = true;
		return REQUEST_RUN;
	case 'h':
		return REQUEST_HELP;
	case 'V':
		return REQUEST_VERSION;
	case '?':
	case ':':
		return unknown_flag(errors, letter, word);
	default:
		return take_setting(f, &settings_known[letter - FIRST_SETTING], errors);
	}
}

static enum request parse_run(struct flags *f, int argc, char **argv, FILE *errors)
{
	struct option longs[SETTINGS_MAX + OWN_FLAGS + 1] = { 0 };
	enum request request = REQUEST_RUN;
	const char *conflict;
	bool check = false;
	int letter;

	list_flags(longs);
	optind = 0; /* as for the first time, since tests parse more than once */
	while ((letter = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		request = take_flag(f, letter, argv[optind - 1], &check, errors);
		if (request != REQUEST_RUN)
			return request;
	}
	if (argv[optind]) {
		fprintf(errors, "refstackd: what is \"%s\"?\n", argv[optind]);
		return REQUEST_MISUSE;
	}
	conflict = settings_conflict(&f->settings);
	if (conflict)
		return misuse(errors, conflict);
	return check ? REQUEST_CHECK : REQUEST_RUN;
}

static enum request parse_status(struct flags *f, int argc, char **argv, FILE *errors)
{
	static const struct option longs[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char why[320];
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (letter == 'h')
			return REQUEST_HELP;
		if (letter == '?' || letter == ':')
			return unknown_flag(errors, letter, argv[optind - 1]);
		if (letter == 'j')
			f->json = true;
		else if (!setting_take(&f->settings, setting_named(settings_known, "socket"),
				       optarg, why, sizeof(why)))
			return misuse(errors, why);
	}
	if (argv[optind])
		return misuse(errors, "status takes --socket and --json alone");
	return *f->settings.socket ? REQUEST_STATUS
				   : misuse(errors, "status needs --socket PATH here");
}

enum request flags_parse(struct flags *f, int argc, char **argv, FILE *errors)
{
	*f = (struct flags){ .json = false };
	settings_default_socket(f->settings.socket);
	if (argc > 1 && strcmp(argv[1], "status") == 0)
		return parse_status(f, argc - 1, argv + 1, errors);
	return parse_run(f, argc, argv, errors);
}
