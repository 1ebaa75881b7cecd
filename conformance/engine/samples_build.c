/* SPDX-License-Identifier: BSD-2-Clause */
/* Sample programs, compiled by the machine's compiler in a child. */
#include "conformance/engine/samples.h"

#include "conformance/engine/child.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPILER "cc"

enum {
	LIMIT = 60000000, /* microseconds, for a run of the compiler */
	LEDGER = 4096,    /* octets; nothing is written there */
	INCLUDES_MAX = 8,
	WORDS_MAX = 8,     /* lines of the compiler's that are kept */
	REFUSED = 1,       /* what compile() says, beside 0 and errors */
	NO_COMPILER = 127, /* likewise; also an exit status, as a shell has it */
};

struct compilation {
	const struct samples_order *order;
	struct samples *out;
	char *define;                 /* -DSHIM_HEADER=<shim.h> */
	char *includes[INCLUDES_MAX]; /* -I..., owned */
	unsigned include_count;
};

/* --- where headers are ----------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...)
{
	char *out = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&out, format, args) < 0)
		out = NULL;
	va_end(args);
	return out;
}

static int add_include(struct compilation *c, char *flag)
{
	if (!flag || c->include_count == INCLUDES_MAX) {
		free(flag);
		return -ENOMEM;
	}
	c->includes[c->include_count++] = flag;
	return 0;
}

/* A folder that is not absolute starts where the target's library is. */
static int add_target_include(struct compilation *c, const char *folder)
{
	const char *path = c->order->target_path, *slash = strrchr(path, '/');

	if (folder[0] == '/')
		return add_include(c, text("-I%s", folder));
	return add_include(
		c, text("-I%.*s/%s", slash ? (int)(slash - path) : 1, slash ? path : ".", folder));
}

static int find_headers(struct compilation *c)
{
	const json_t *folders = json_object_get(c->order->description, "include");
	int r = 0;

	c->define = text("-DSHIM_HEADER=<%s>", c->out->header);
	if (!c->define)
		return -ENOMEM;
	if (c->order->include)
		r = add_include(c, text("-I%s", c->order->include));
	for (size_t i = 0; r == 0 && i < json_array_size(folders); i++) {
		const char *folder = json_string_value(json_array_get(folders, i));

		r = folder ? add_target_include(c, folder) : 0;
	}
	return r;
}

/* --- the compiler ------------------------------------------------------------------ */

static void become_compiler(struct ledger *ledger, void *argv)
{
	(void)ledger;
	setenv("LC_ALL", "C", 1); /* its words go into reports */
	execvp(COMPILER, argv);
	_exit(NO_COMPILER);
}

/* The first lines, which are about the first mistake; owned. */
static char *first_lines(const char *output)
{
	const char *end = output;

	for (int i = 0; i < WORDS_MAX && *end; i++)
		end += strcspn(end, "\n") + (end[strcspn(end, "\n")] == '\n');
	while (end > output && end[-1] == '\n')
		end--;
	return strndup(output, (size_t)(end - output));
}

/* 0: there is a library; REFUSED: there is none, and *words (owned) says why;
 * NO_COMPILER; or a negative errno. */
static int compile(const struct compilation *c, const char *source, const char *library,
		   char **words)
{
	char *argv[16 + INCLUDES_MAX] = {
		COMPILER,  "-std=c11", "-D_GNU_SOURCE",          "-w",
		"-shared", "-fPIC",    "-fno-diagnostics-color", c->define
	};
	unsigned n = 8;
	struct ledger ledger;
	struct child_end end;
	int r = ledger_map(&ledger, LEDGER);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < c->include_count; i++)
		argv[n++] = c->includes[i];
	argv[n++] = "-o";
	argv[n++] = (char *)library;
	argv[n++] = (char *)source;
	r = child_run(&end, &ledger, become_compiler, argv, LIMIT);
	ledger_unmap(&ledger);
	if (r < 0)
		return r;
	if (WIFEXITED(end.status) && WEXITSTATUS(end.status) == NO_COMPILER)
		r = NO_COMPILER;
	else if (end.timed_out || end.status)
		r = REFUSED;
	if (r == REFUSED)
		*words = first_lines(end.output ? end.output : "the compiler said nothing");
	free(end.output);
	return r == REFUSED && !*words ? -ENOMEM : r;
}

/* --- all, or one by one --------------------------------------------------------------- */

/* A source that has them all, with paths that hold wherever it is. */
static int write_all(const struct compilation *c, const char *path)
{
	char *sources = realpath(c->order->sources, NULL);
	FILE *f = sources ? fopen(path, "w") : NULL;
	int r = f ? 0 : -errno;

	for (size_t i = 0; f && samples[i].name; i++)
		if (c->order->wanted[i])
			fprintf(f, "#include \"%s/%s.c\"\n", sources, samples[i].name);
	if (f && (fclose(f) || r))
		r = -EIO;
	free(sources);
	return r;
}

static int build_all(struct compilation *c)
{
	char *source = text("%s/all.c", c->out->folder), *words = NULL;
	char *library = text("%s/all.so", c->out->folder);
	int r = source && library ? write_all(c, source) : -ENOMEM;

	if (r == 0)
		r = compile(c, source, library, &words);
	for (size_t i = 0; r == 0 && samples[i].name; i++) {
		if (!c->order->wanted[i])
			continue;
		c->out->built[i].library = strdup(library);
		if (!c->out->built[i].library)
			r = -ENOMEM;
	}
	free(words);
	free(library);
	free(source);
	return r;
}

static int build_one(struct compilation *c, size_t i)
{
	char *source = text("%s/%s.c", c->order->sources, samples[i].name);
	char *library = text("%s/%s.so", c->out->folder, samples[i].name);
	int r = source && library ? compile(c, source, library, &c->out->built[i].words) : -ENOMEM;

	free(source);
	if (r == 0)
		c->out->built[i].library = library;
	else
		free(library);
	return r == REFUSED ? 0 : r;
}

static int make_folder(struct samples *out)
{
	const char *tmp = getenv("TMPDIR");

	out->folder = text("%s/shimproof-XXXXXX", tmp ? tmp : P_tmpdir);
	if (!out->folder)
		return -ENOMEM;
	if (mkdtemp(out->folder))
		return 0;
	free(out->folder);
	out->folder = NULL;
	return -errno;
}

/* Why no sample can be run; that is no error of the runner's. */
static int give_reason(struct samples *out, char *reason)
{
	out->reason = reason;
	return reason ? 0 : -ENOMEM;
}

/* A machine without the C library's headers, or a header that isn't where it
 * should be, says nothing of the target. 0, and a reason if there is one. */
static int check_ground(struct compilation *c)
{
	static const char probe[] = "#include <netinet/in.h>\n"
				    "#include <string.h>\n"
				    "#if !__has_include(SHIM_HEADER)\n"
				    "#error --include DIR tells where it is\n"
				    "#endif\n";
	char *source = text("%s/all.c", c->out->folder), *words = NULL;
	char *library = text("%s/all.so", c->out->folder), *error;
	FILE *f = source && library ? fopen(source, "w") : NULL;
	int r = f ? 0 : -ENOMEM;

	if (f && (fputs(probe, f) == EOF || fclose(f) == EOF))
		r = -EIO;
	if (r == 0)
		r = compile(c, source, library, &words);
	if (r == REFUSED) {
		error = strstr(words, "error: "); /* before it is a path that differs each time */
		error = error ? error + strlen("error: ") : words;
		r = give_reason(c->out, text("no program compiles with <%s>: %.*s", c->out->header,
					     (int)strcspn(error, "\n"), error));
	}
	free(words);
	free(library);
	free(source);
	return r;
}

static int build_each(struct compilation *c)
{
	int r = check_ground(c);

	for (size_t i = 0; r == 0 && !c->out->reason && samples[i].name; i++)
		r = c->order->wanted[i] ? build_one(c, i) : 0;
	return r;
}

static int build(struct compilation *c)
{
	int r = find_headers(c);

	if (r == 0)
		r = build_all(c);
	if (r == REFUSED)
		r = build_each(c);
	if (r == NO_COMPILER)
		r = give_reason(c->out, text("there is no C compiler (%s)", COMPILER));
	free(c->define);
	for (unsigned i = 0; i < c->include_count; i++)
		free(c->includes[i]);
	return r;
}

int samples_build(struct samples *out, const struct samples_order *o)
{
	const char *header = json_string_value(json_object_get(o->description, "header"));
	struct compilation c = { .order = o, .out = out };
	bool wanted = false;
	int r = 0;

	*out = (struct samples){ 0 };
	for (size_t i = 0; i < SAMPLES_MAX; i++)
		wanted |= o->wanted[i];
	if (!wanted)
		return 0;
	if (!header)
		return give_reason(out, strdup("the target names no header for C programs"));
	if (access(o->sources, R_OK) < 0)
		return give_reason(out, text("there is no folder %s", o->sources));
	if (make_folder(out) < 0)
		return give_reason(out, strdup("there is no folder for temporary files"));
	out->header = strdup(header);
	r = out->header ? build(&c) : -ENOMEM;
	if (r < 0)
		samples_free(out);
	return r;
}

static void remove_file(const struct samples *s, const char *name)
{
	char *path = text("%s/%s", s->folder, name);

	if (path)
		unlink(path);
	free(path);
}

void samples_free(struct samples *s)
{
	for (size_t i = 0; i < SAMPLES_MAX; i++) {
		if (s->built[i].library)
			unlink(s->built[i].library);
		free(s->built[i].library);
		free(s->built[i].words);
	}
	if (s->folder) {
		remove_file(s, "all.c");
		remove_file(s, "all.so");
		rmdir(s->folder);
	}
	free(s->folder);
	free(s->reason);
	free(s->header);
	*s = (struct samples){ 0 };
}

/* --- cases ---------------------------------------------------------------------------- */

void samples_want(struct samples_order *o, const struct scenario *s)
{
	for (size_t i = 0; i < s->event_count; i++)
		if (s->events[i].kind == EVENT_CALL && s->events[i].call->id == CALL_SAMPLE)
			o->wanted[s->events[i].call->sample - samples] = true;
}

bool samples_unusable(const struct samples *built, const struct scenario *s,
		      char why[static TARGET_WHY_MAX])
{
	struct samples_order o = { 0 };
	bool wanted = false;

	samples_want(&o, s);
	for (size_t i = 0; i < SAMPLES_MAX; i++)
		wanted |= o.wanted[i];
	if (!wanted || (built && !built->reason))
		return false;
	snprintf(why, TARGET_WHY_MAX, "%s", built ? built->reason : "samples were not compiled");
	return true;
}
