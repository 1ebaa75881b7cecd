/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The catalogues of rules (specs/rfc*.json) and of readings
 * (specs/readings-*.json), loaded and checked. What may stand in the files is
 * written in specs/catalogue.schema.json and specs/readings.schema.json; what
 * a schema can't say (ids that are unique and name their section, readings
 * that exist) is checked here too.
 */
#ifndef REPORTS_CATALOGUE_H
#define REPORTS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

enum rule_level { LEVEL_MUST, LEVEL_SHOULD, LEVEL_MAY, LEVEL_DEFINED };

/* "MUST", "SHOULD", "MAY", "defined"; then NULL. */
extern const char *const rule_level_name[];

/* Strings are owned by the catalogue. */
struct rule {
	const char *id;          /* "rfc6316/6.6/unconnected" */
	const char *document;    /* "RFC 6316" */
	const char *url;         /* of the document */
	const char *text_sha256; /* of the plain text that lines count in, or NULL */
	const char *section;     /* "6.6" */
	int first_line, last_line; /* of the document's text, from 1; read as a pair */
	enum rule_level level;
	bool from_keyword;       /* false: behaviour stated in plain words */
	const char *subject;     /* whom it binds: "shim", "application" */
	const char *statement;   /* in our own words */
	const char *profile;     /* "any", "shim6", "hip" */
	const char *applies_if;  /* words of the target's `supports` joined with " and ", or NULL */
	const char *observe;     /* where it shows: "api", "wire", "both" */
	const char *testability; /* "tested", "no-case-yet", "untestable", "no-test-needed" */
	bool testable;           /* testability is "tested" */
	const char *reason;      /* why not tested, or NULL */
	const char *const *readings; /* ids: "AMB-06" */
	size_t reading_count;
	const char *file;        /* where the rule is written */
};

struct reading {
	const char *id;
	const char *document;
	const char *subject, *problem, *verdict, *interpretation, *why;
	const char *where;        /* sections and lines, or NULL */
	const char *verdict_note; /* what the verdict is limited to, or NULL */
	const char *const *sections;
	size_t section_count;
	const char *const *outcomes; /* those that pass, if it lists them */
	size_t outcome_count;
	const char *uncited; /* why no rule names it, or NULL */
	const char *file;
};

struct catalogue {
	struct rule *rules; /* in the order of the files' names, then of the file */
	size_t rule_count;
	struct reading *readings;
	size_t reading_count;
	char *digest;       /* SHA-256 over the files, in hex */
	void *memory;
};

/* All specs/rfc*.json and specs/readings-*.json in a folder. Mistakes (a
 * missing member, a repeated id, a reading that isn't there) go to `errors`,
 * all of them, with file and rule. 0, -EINVAL, -ENOENT (no rfc*.json there),
 * -ENOMEM. */
int catalogue_load(struct catalogue *out, const char *folder,
		   void (*errors)(void *ctx, const char *text), void *ctx);
void catalogue_free(struct catalogue *c);

/* NULL: there is none. */
const struct rule *catalogue_rule(const struct catalogue *c, const char *id);
const struct reading *catalogue_reading(const struct catalogue *c, const char *id);

/* Does it bind a shim of this profile: "shim6", "hip"? NULL: the shim does not
 * say what it is, and every rule is put to it. */
bool rule_applies(const struct rule *r, const char *profile);

#endif
