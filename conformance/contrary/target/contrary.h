/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A target in front of another: every call goes through, and one observation
 * of the runner's comes back changed. It knows nothing of Shim6, of cases, or
 * of what is right.
 */
#ifndef CONTRARY_CONTRARY_H
#define CONTRARY_CONTRARY_H

#include "conformance/contrary/target/fault.h"
#include "conformance/target/shimproof_target.h"

/* What stands behind the runner's instance. */
struct contrary {
	const struct shimproof_target *real; /* borrowed */
	struct shimproof_instance *inner;    /* owned: the real one's */
	struct shimproof_env ours;           /* what the real one calls */
	struct shimproof_env runner;         /* a copy; its ctx is borrowed */
	struct faults faults;
	bool notes;              /* observations go to the log */
	uint64_t calls, packets; /* so far */
	bool sent[FAULTS_MAX];   /* which `send`s are done */
};

static inline struct contrary *contrary_of(struct shimproof_instance *i)
{
	return (struct contrary *)(void *)i;
}

/* The target that does what `text` says (fault.h) to what `real` gives. Both
 * outlive it; there is one at a time in a process, because describe() and
 * create() have no instance that could tell them apart. 0 or a negative errno. */
int contrary_make(struct shimproof_target *out, const struct shimproof_target *real,
		  const char *text);

/* A line for the runner's log. */
__attribute__((format(printf, 2, 3))) void contrary_say(struct contrary *c, const char *format,
							...);

/* calls.c: put the socket calls that the real target offers into `out`. */
void contrary_offer_calls(struct shimproof_target *out, const struct shimproof_target *real);

#endif
