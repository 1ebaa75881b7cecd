/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the buffers of calls: pages between two that can be neither read
 * nor written, so that who goes far past an end is stopped there, also without
 * a sanitizer. They are used again from event to event, since most are alike.
 */
#ifndef ENGINE_GUARD_H
#define ENGINE_GUARD_H

#include "conformance/engine/ledger.h"

struct guard {
	struct guard *next;
	uint8_t *pages; /* owned; the first that can be used */
	size_t size;    /* octets of them, whole pages */
	bool taken;

	const char *name; /* of the buffer, for reports */
	uint8_t *data;    /* what the target gets */
	size_t len;       /* octets of it */
};

struct guards {
	struct guard *all; /* owned */
	uint8_t *unmapped; /* owned; a page of no use; NULL: not asked for yet */
	const char *call;  /* that is running; NULL: none */
};

/* Room for at least `whole` octets, which is the caller's until guards_release().
 * Running out of memory ends the process, as it does in pool.h. */
struct guard *guard_take(struct guards *g, size_t whole);
void guards_release(struct guards *g); /* all of them, to be used again */
void guards_free(struct guards *g);

/* The pointer `unmapped`: always the same, into a page that faults. */
uint8_t *guards_unmapped(struct guards *g);

/*
 * From now on a fault at such a place is a RECORD_DAMAGE that names call and
 * buffer; the process then ends by the signal as it would have. One pair at a
 * time in a process, because a signal handler is told nothing. Both are
 * borrowed until guards_unwatch().
 */
void guards_watch(const struct guards *g, struct ledger *ledger);
void guards_unwatch(void);

#endif
