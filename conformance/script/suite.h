/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a suite from memory, for tests and fuzzing; see scenario.h. */
#ifndef SCRIPT_SUITE_H
#define SCRIPT_SUITE_H

#include "conformance/script/scenario.h"

/*
 * As suite_load(), of one file: ids are its name without `.case`. A NUL stands
 * behind the text; name and text only have to live during the call. memory_limit:
 * octets that may be used, 0 for no limit; -ENOMEM if more are needed.
 */
int suite_load_text(struct suite *out, const char *name, const char *text, size_t len,
		    size_t memory_limit, void (*errors)(void *ctx, const char *text), void *ctx);

#endif
