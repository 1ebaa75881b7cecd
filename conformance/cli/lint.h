/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of shimproof lint share. */
#ifndef CLI_LINT_H
#define CLI_LINT_H

#include "conformance/cli/cli.h"

struct lint {
	const struct workspace *w;
	const char *specs;     /* folder of the catalogues */
	unsigned problems;     /* that were printed, on stdout */
	char accounts[2048];   /* what was proven of documents, a line each */
};

__attribute__((format(printf, 3, 4))) void lint_at_rule(struct lint *l, const struct rule *r,
							 const char *format, ...);

/* The lines of each document with a text, by specs/lines-*.json: every one is
 * cited by a rule or said to carry none, every keyword has its rule. 0, -ENOMEM,
 * or what reading the files gave. */
int lint_lines(struct lint *l);

#endif
