/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "Did you mean ...?" Offer the names that would have been right, one after
 * the other; the nearest is kept, unless all are too far from what was written.
 */
#ifndef SCRIPT_SUGGEST_H
#define SCRIPT_SUGGEST_H

struct suggestion {
	const char *written; /* borrowed */
	const char *nearest; /* borrowed; NULL: nothing is near */
	unsigned distance;   /* of nearest: letters to change, to add, to drop or to swap */
};

/* Starts with all members but `written` zero. A candidate of NULL is none. */
void suggestion_offer(struct suggestion *s, const char *candidate);

#endif
