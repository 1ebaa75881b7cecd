/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that appear only when they are whole, and paths between them. */
#include "conformance/cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_folder(const char *path)
{
	return mkdir(path, 0777) && errno != EEXIST ? -errno : 0;
}

int make_folders(const char *path, bool last)
{
	char *part = strdup(path);
	int err = part ? 0 : -ENOMEM;

	/* A slash in front is the root's, which is there. */
	for (char *p = part && *part ? strchr(part + 1, '/') : NULL; p && !err;
	     p = strchr(p + 1, '/')) {
		*p = '\0';
		err = make_folder(part);
		*p = '/';
	}
	if (!err && last)
		err = make_folder(part);
	free(part);
	return err;
}

int output_open(struct output *out, const char *path)
{
	struct stat there;
	int err;

	*out = (struct output){ .path = path };
	if (!path)
		return 0;
	/* Better now than when there is a report to move there. */
	if (stat(path, &there) == 0 && S_ISDIR(there.st_mode))
		return -EISDIR;
	err = make_folders(path, false);
	if (err)
		return err;
	if (asprintf(&out->draft, "%s.tmp", path) < 0) {
		out->draft = NULL;
		return -ENOMEM;
	}
	out->file = fopen(out->draft, "we");
	return out->file ? 0 : -errno;
}

int output_commit(struct output *out)
{
	int err = 0;

	if (!out->file)
		return 0;
	if (fclose(out->file) || rename(out->draft, out->path))
		err = -errno;
	out->file = NULL;
	if (err)
		unlink(out->draft);
	return err;
}

void output_discard(struct output *out)
{
	if (out->file) {
		fclose(out->file);
		unlink(out->draft);
	}
	free(out->draft);
	*out = (struct output){ 0 };
}

/* The folder of a file, without links and dots. Owned. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) :
			       strdup(".");
	char *real = folder ? realpath(folder, NULL) : NULL;

	free(folder);
	return real;
}

/* Octets that two absolute paths of folders have in common, in whole parts. */
static size_t common(const char *a, const char *b)
{
	size_t i = 0, whole = 0;

	for (; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			whole = i;
	if ((!a[i] || a[i] == '/') && (!b[i] || b[i] == '/'))
		whole = i;
	return whole;
}

char *relative_path(const char *from, const char *to)
{
	char *a = folder_of(from), *b = folder_of(to), *path = NULL;
	const char *slash = strrchr(to, '/');
	size_t size;
	FILE *f = a && b ? open_memstream(&path, &size) : NULL;

	if (f) {
		size_t same = common(a, b);

		for (const char *p = a + same; *p; p++)
			if (*p == '/' && p[1])
				fputs("../", f);
		for (const char *p = b + same; *p; p++)
			if (p != b + same || *p != '/')
				fputc(*p, f);
		if (b[same] && b[same + 1])
			fputc('/', f);
		fputs(slash ? slash + 1 : to, f);
		if (fclose(f)) {
			free(path);
			path = NULL;
		}
	}
	free(a);
	free(b);
	return path;
}

char *beside(const char *path, const char *name)
{
	size_t len = strlen(path);
	char *out;

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	return asprintf(&out, "%.*s%s", (int)len, path, name) < 0 ? NULL : out;
}
