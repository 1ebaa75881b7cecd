/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work in a process of its own, with a bound on wall-clock time, so that
 * nothing a target does to its process reaches the runner's.
 */
#ifndef ENGINE_CHILD_H
#define ENGINE_CHILD_H

#include "conformance/engine/ledger.h"

#include <stdbool.h>
#include <stdint.h>

enum { CHILD_OUTPUT_MAX = 64 << 10 }; /* octets of output that are kept */

struct child_end {
	bool timed_out;
	bool finished;      /* `work` returned, and RECORD_FINISHED was written */
	int status;         /* as from waitpid() */
	char *output;       /* owned; stdout and stderr as written; NULL: none */
	uint64_t wall_usec;
};

/*
 * Fork; `work` runs in the child, which then leaves without atexit handlers.
 * What it started as processes ends with it, unless they left its process
 * group: those can't touch a later case, but go on. Damage to descriptors is a
 * RECORD_DAMAGE. 0, or a negative errno when there was no child to run.
 */
int child_run(struct child_end *out, struct ledger *ledger,
	      void (*work)(struct ledger *ledger, void *ctx), void *ctx, uint64_t limit_usec);

/* Why it did not finish: "SIGSEGV (11)", "it called exit()". Owned, or NULL
 * without memory. */
char *child_reason(const struct child_end *end);

#endif
