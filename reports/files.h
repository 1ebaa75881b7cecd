/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a folder, in the order of their names, and their fingerprint. */
#ifndef REPORTS_FILES_H
#define REPORTS_FILES_H

#include <stddef.h>

struct file {
	char *path;   /* owned */
	char *octets; /* owned */
	size_t len;
};

struct files {
	struct file *files; /* owned */
	size_t count;
};

/* Read all files of the folder whose name fits, and append them. 0, -ENOENT
 * (none fits, or no such folder), -ENOMEM, or what opening or reading gave. */
int files_read(struct files *f, const char *folder, const char *glob);
void files_free(struct files *f);

/* SHA-256 over the name (without folder), a NUL and the content of each, in
 * hex; owned by the caller. 0 or -ENOMEM. */
int files_digest(const struct files *f, char **hex);

#endif
