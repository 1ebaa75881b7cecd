/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search for a modifier (wire/cga_search.h) on all processors. Neither
 * wire/ nor the core starts threads; who makes addresses hands this in:
 *
 *	struct keys_effort effort = { .progress = told, .context = window };
 *
 *	rc = hba_generate_by(keys_search, &effort, &set, prefixes, ...);
 *
 * The threads live no longer than the call. Nobody can tell from the result how
 * many there were: it is the lowest step that suffices.
 */
#ifndef REFSTACK_KEYS_SEARCH_H
#define REFSTACK_KEYS_SEARCH_H

#include "wire/cga_search.h"

enum {
	KEYS_THREADS_MAX = 256,
	KEYS_PROGRESS_STEPS = 1 << 16, /* between two calls of progress, at least */
};

/*
 * How it goes: the steps tried by all, never fewer than the last time, and how
 * many are to be expected on average, which need not be enough. Called in the
 * thread that has called keys_search(), and counted in steps, for there is no
 * clock here; so it is the caller who knows how often to print. False: give up.
 */
typedef bool keys_progress(void *context, uint64_t tried, uint64_t expected);

struct keys_effort {
	unsigned threads;        /* the caller's with them, to KEYS_THREADS_MAX at most;
	                          * 0: for each processor that we may run on */
	unsigned batch;          /* steps that a thread takes at a time; 0: a good number */
	keys_progress *progress; /* may be NULL */
	void *context;           /* for progress; borrowed */
};

/*
 * A cga_searcher. effort: a const struct keys_effort; NULL, or all zeros, is
 * every processor, and nothing told. Threads that the system refuses are done
 * without. 0, or -ECANCELED if progress has given up.
 */
cga_searcher keys_search;

#endif
