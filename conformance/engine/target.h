/* SPDX-License-Identifier: BSD-2-Clause */
/* A target as a library, and what its self-description says. */
#ifndef ENGINE_TARGET_H
#define ENGINE_TARGET_H

#include "conformance/script/scenario.h"
#include "conformance/target/shimproof_target.h"
#include "reports/catalogue.h"
#include "reports/result.h"

#include <jansson.h>

enum { TARGET_WHY_MAX = 512 }; /* room for a message, in octets */

/*
 * Take over what a library exports. Calls that it was built without, or
 * leaves out, are NULL in *out. 0; or -EPROTO and why: another ABI, or a
 * mandatory call is missing (all are named).
 */
int target_check(struct shimproof_target *out, const struct shimproof_target *theirs,
		 char why[static TARGET_WHY_MAX]);

/* The same from a file, which stays loaded. Also -ENOENT, -ELIBBAD. */
int target_load(struct shimproof_target *out, const char *path, char why[static TARGET_WHY_MAX]);

/* A self-description out of its text, owned; NULL and why if it is none. */
json_t *target_description(const char *text, char why[static TARGET_WHY_MAX]);

/* A symbol's number: the platform's, or the target's own. 0 or -ENOENT. */
int target_number(const json_t *description, const struct symbol *symbol, int64_t *out);

/* Does it say that it supports this? */
bool target_supports(const json_t *description, const char *word);

/* Errno as text, the target's own names included: "ENOENT (2)"; in why. */
const char *target_errno(const json_t *description, int number, char why[static TARGET_WHY_MAX]);

/* Is a case to be asked? All but APPLICABLE come with a reason. Without a
 * catalogue (NULL) the profiles of rules are not known, and not compared. */
enum case_applicability target_applicability(const json_t *description,
					     const struct catalogue *catalogue,
					     const struct scenario *s,
					     char why[static TARGET_WHY_MAX]);

#endif
