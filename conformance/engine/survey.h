/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before the cases: which options of RFC 6316 does a target know at all? Each
 * is read in every state of a socket that can be reached (unconnected,
 * connected, with a context) and, as long as nothing but ENOPROTOOPT comes
 * back, set to zeros. One that gave nothing else is missing.
 */
#ifndef ENGINE_SURVEY_H
#define ENGINE_SURVEY_H

#include "conformance/engine/target.h"
#include "conformance/engine/trial.h"
#include "reports/result.h"

enum { SURVEY_MAX = 32 };

/* Options that are asked for: those of the table of symbols that have a number
 * and aren't declared unsupported. Two spellings of one number are one. */
struct survey_questions {
	const struct symbol *options[SURVEY_MAX];
	unsigned count;
};

void survey_prepare(struct survey_questions *q, const json_t *description);

/* A case without events, in whose place survey_ask() runs; the child writes
 * RECORD_ANSWERs. */
const struct scenario *survey_scenario(void);
int survey_ask(struct trial *t);

/* What the answers come to. 0, or -ENOMEM. */
int survey_read(struct survey *out, const struct survey_questions *q, const uint8_t *records,
		size_t len);

/* Does a case need what is missing? Then why says so. */
bool survey_lacks(const struct survey *s, const json_t *description, const struct scenario *c,
		  char why[static TARGET_WHY_MAX]);

#endif
