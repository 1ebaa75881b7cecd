/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of documents (specs/lines-*.json, specs/lines.schema.json): their
 * sections, the lines that carry no rule, the capitalised keywords. The texts
 * themselves are not here.
 */
#ifndef REPORTS_LINES_H
#define REPORTS_LINES_H

#include "reports/catalogue.h"

/* A row of any of the three lists. */
struct span {
	int first, last;  /* lines, from 1; read as a pair */
	const char *word; /* number of a section; why there is no rule; a keyword */
};

struct spans {
	struct span *rows; /* in the order of their lines */
	size_t count;
};

struct text {
	const char *document;
	const char *sha256;
	const char *file; /* where this is written */
	struct spans sections;     /* one behind the other, without gaps */
	struct spans without_rule; /* disjoint */
	struct spans keywords;     /* words of level_of_keyword() */
};

struct texts {
	struct text *texts; /* in the order of the files' names */
	size_t count;
	void *memory;
};

/* All specs/lines-*.json in a folder; there may be none. Mistakes go to
 * `errors`, all of them. 0, -EINVAL, -ENOMEM, or what reading gave. */
int texts_load(struct texts *out, const char *folder, void (*errors)(void *ctx, const char *text),
	       void *ctx);
void texts_free(struct texts *t);

/* What a keyword of RFC 2119 is in a catalogue: of "MUST NOT", LEVEL_MUST. */
enum rule_level level_of_keyword(const char *word);

#endif
