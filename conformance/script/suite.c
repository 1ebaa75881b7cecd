/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a suite: files are found, read and checked; ids are given. */
#include "conformance/script/suite.h"
#include "conformance/script/check.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1024 * 1024 }; /* octets of a case file */

struct loader {
	const char *base;
	const char *const *roots;
	size_t root_count;
	const char *text_name, *text; /* instead of roots */
	size_t text_len;
	void (*errors)(void *ctx, const char *text);
	void *ctx;

	struct arena *arena;
	struct diag diag;
	struct path_link *paths;
	size_t path_count;
	struct scenario_link *first, **last;
	struct suite suite;
	int result;

	/* What isn't in the arena, for the clean-up. */
	FTS *walk;
	void *scanner;
	int fd;
};

/* --- ids -------------------------------------------------------------------------- */

/* The path below base without `.case`; a file elsewhere has its own name only. */
static const char *file_id(struct loader *l, const char *path)
{
	size_t base_len = strlen(l->base), len;
	const char *slash = strrchr(path, '/'), *id = slash ? slash + 1 : path;

	while (base_len > 1 && l->base[base_len - 1] == '/')
		base_len--;
	if (strncmp(path, l->base, base_len) == 0 && path[base_len] == '/')
		id = path + base_len + strspn(path + base_len, "/");
	len = strlen(id);
	if (len > 5 && strcmp(id + len - 5, ".case") == 0)
		len -= 5;
	return arena_copy(l->arena, id, len);
}

static void check_file_id(struct loader *l, const char *id, struct place where)
{
	char *part = arena_copy(l->arena, id, strlen(id)), *slash;

	for (; part; part = slash ? slash + 1 : NULL) {
		slash = strchr(part, '/');
		if (slash)
			*slash = '\0';
		if (!is_slug(part))
			diag_report(&l->diag, where, "names of case files have lower-case "
				    "letters, digits, - and . only: %s", part);
	}
}

static int by_id(const void *a, const void *b)
{
	const struct scenario *x = *(const struct scenario *const *)a;
	const struct scenario *y = *(const struct scenario *const *)b;
	int order = strcmp(x->id, y->id);

	return order ? order : (x > y) - (x < y);
}

static void check_ids(struct loader *l)
{
	const struct scenario **all =
		ARENA_ARRAY(l->arena, const struct scenario *, l->suite.count);

	for (size_t i = 0; i < l->suite.count; i++)
		all[i] = &l->suite.scenarios[i];
	if (l->suite.count > 0)
		qsort(all, l->suite.count, sizeof(*all), by_id);
	for (size_t i = 1; i < l->suite.count; i++)
		if (strcmp(all[i - 1]->id, all[i]->id) == 0)
			diag_report(&l->diag, all[i]->place, "the id %s is taken already, by %s:%d",
				    all[i]->id, all[i - 1]->place.file, all[i - 1]->place.line);
}

/* --- texts and files ---------------------------------------------------------------- */

static void read_text(struct loader *l, const char *name, const char *text, size_t len)
{
	struct source *source = ARENA_NEW(l->arena, struct source);
	struct parse p = { .arena = l->arena, .diag = &l->diag, .source = source };
	const char *id = file_id(l, name);
	size_t before = l->diag.count;

	name = arena_copy(l->arena, name, strlen(name));
	*source = (struct source){ .name = name, .text = text, .len = len };
	diag_source(&l->diag, source);
	check_file_id(l, id, (struct place){ .file = name });
	script_read(&p, &l->scanner);
	if (!p.first && l->diag.count == before)
		diag_report(&l->diag, (struct place){ .file = name }, "here is no case");
	for (const struct ast_case *c = p.first; c; c = c->next)
		l->last = check_case(l->arena, &l->diag, c, id, l->last);
}

/* The file's octets with a NUL behind them; NULL and errno. */
static const char *file_octets(struct loader *l, const char *path, size_t *len)
{
	struct stat status;
	char *text;
	ssize_t got;

	l->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0 || fstat(l->fd, &status) < 0)
		return NULL;
	if (!S_ISREG(status.st_mode) || status.st_size > FILE_MAX) {
		errno = S_ISREG(status.st_mode) ? EFBIG : EINVAL;
		return NULL;
	}
	text = arena_alloc(l->arena, (size_t)status.st_size + 1);
	for (*len = 0; *len < (size_t)status.st_size; *len += (size_t)got) {
		got = read(l->fd, text + *len, (size_t)status.st_size - *len);
		if (got < 0)
			return NULL;
		if (got == 0)
			break;
	}
	return text;
}

static void read_file(struct loader *l, const char *path)
{
	size_t len;
	const char *text = file_octets(l, path, &len);

	if (text)
		read_text(l, path, text, len);
	else
		diag_report(&l->diag, (struct place){ .file = path }, "%s", strerror(errno));
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* --- directories ----------------------------------------------------------------------- */

struct path_link {
	const char *path;
	struct path_link *next;
};

static void add_path(struct loader *l, const char *path)
{
	struct path_link *link = ARENA_NEW(l->arena, struct path_link);

	link->path = arena_copy(l->arena, path, strlen(path));
	link->next = l->paths;
	l->paths = link;
	l->path_count++;
}

/* Every root: a file is taken whatever it is called, a directory is searched. */
static void find_files(struct loader *l, const char *root)
{
	char *const roots[] = { arena_copy(l->arena, root, strlen(root)), NULL };
	FTSENT *entry;

	l->walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
	if (!l->walk)
		longjmp(*l->arena->exhausted, 1);
	while ((entry = fts_read(l->walk))) {
		const char *dot = strrchr(entry->fts_name, '.');

		if (entry->fts_errno) {
			diag_report(&l->diag, (struct place){ 0 }, "%s: %s", entry->fts_path,
				    strerror(entry->fts_errno));
			l->result = entry->fts_level == 0 ? -entry->fts_errno : l->result;
		} else if (entry->fts_info == FTS_F &&
			   (entry->fts_level == 0 || (dot && strcmp(dot, ".case") == 0))) {
			add_path(l, entry->fts_path);
		}
	}
	fts_close(l->walk);
	l->walk = NULL;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_roots(struct loader *l)
{
	const char **paths;
	size_t count = 0;

	for (size_t i = 0; i < l->root_count; i++)
		find_files(l, l->roots[i]);
	paths = ARENA_ARRAY(l->arena, const char *, l->path_count + 1);
	for (const struct path_link *link = l->paths; link; link = link->next)
		paths[count++] = link->path;
	qsort(paths, count, sizeof(*paths), by_path);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(paths[i - 1], paths[i]) != 0)
			read_file(l, paths[i]);
}

/* --- the suite ---------------------------------------------------------------------------- */

static void collect(struct loader *l)
{
	struct scenario *scenarios;
	size_t count = 0;

	for (const struct scenario_link *link = l->first; link; link = link->next)
		l->suite.count++;
	scenarios = ARENA_ARRAY(l->arena, struct scenario, l->suite.count + 1);
	for (const struct scenario_link *link = l->first; link; link = link->next)
		scenarios[count++] = link->scenario;
	l->suite.scenarios = scenarios;
	l->suite.memory = l->arena;
}

static void load(void *ctx)
{
	struct loader *l = ctx;

	diag_init(&l->diag, l->arena);
	if (l->text)
		read_text(l, l->text_name, l->text, l->text_len);
	else
		read_roots(l);
	collect(l);
	check_ids(l);
	diag_tell(&l->diag, l->errors, l->ctx);
}

static int run(struct loader *l, struct suite *out, size_t memory_limit)
{
	int result;

	l->arena = calloc(1, sizeof(*l->arena));
	if (!l->arena)
		return -ENOMEM;
	l->arena->limit = memory_limit;
	l->last = &l->first;
	l->fd = -1;
	result = arena_guard(l->arena, load, l);
	if (result == 0)
		result = l->result ? l->result : l->diag.count > 0 ? -EINVAL : 0;
	if (result == 0) {
		*out = l->suite;
		return 0;
	}
	script_abandon(l->scanner);
	if (l->walk)
		fts_close(l->walk);
	if (l->fd >= 0)
		close(l->fd);
	arena_free(l->arena);
	free(l->arena);
	return result;
}

int suite_load(struct suite *out, const char *base, const char *const *roots, size_t root_count,
	       void (*errors)(void *ctx, const char *text), void *ctx)
{
	struct loader l = {
		.base = base, .roots = roots, .root_count = root_count,
		.errors = errors, .ctx = ctx,
	};

	return run(&l, out, 0);
}

int suite_load_text(struct suite *out, const char *name, const char *text, size_t len,
		    size_t memory_limit, void (*errors)(void *ctx, const char *text), void *ctx)
{
	struct loader l = {
		.base = "", .text_name = name, .text = text, .text_len = len,
		.errors = errors, .ctx = ctx,
	};

	return run(&l, out, memory_limit);
}

void suite_free(struct suite *suite)
{
	struct arena *arena = suite->memory;

	if (!arena)
		return;
	arena_free(arena);
	free(arena);
	*suite = (struct suite){ 0 };
}
