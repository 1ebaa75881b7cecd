/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mistakes in case files. They are collected while everything is read and
 * checked, and told at the end: in the order of files and lines, each once,
 * with the source line and a caret.
 */
#ifndef SCRIPT_DIAG_H
#define SCRIPT_DIAG_H

#include "conformance/script/arena.h"
#include "conformance/script/scenario.h"

/* A file's text. place.file of everything in it is `name`, the same pointer. */
struct source {
	const char *name;
	const char *text; /* a NUL stands behind it */
	size_t len;       /* octets */
	struct source *next;
};

enum { DIAG_TOLD_MAX = 50 }; /* after that many, only the number of the others is told */

struct diag {
	struct arena *arena;                   /* borrowed */
	struct source *sources, **sources_end; /* borrowed, in the order of reports */
	struct mistake *first, **last;
	size_t count;
};

void diag_init(struct diag *d, struct arena *a);
/* A text that mistakes will be in, so that its lines can be quoted. */
void diag_source(struct diag *d, struct source *source);

/* Note a mistake. A place without a line is about the whole file, one without
 * a file about none. */
void diag_report(struct diag *d, struct place where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Tell everything that was noted; each text ends with a newline. */
void diag_tell(const struct diag *d, void (*errors)(void *ctx, const char *text), void *ctx);

#endif
