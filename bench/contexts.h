/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hundreds of Shim6 contexts at once, as a busy link would show them: each is
 * established with hash-based addresses that verify, talks, fails over, updates
 * its locators, is lost and recovered, and makes room for the next.
 */
#ifndef BENCH_CONTEXTS_H
#define BENCH_CONTEXTS_H

#include "bench/draft.h"

struct contexts; /* owned; contexts_free() */

struct contexts *contexts_new(uint64_t seed); /* NULL without memory */
void contexts_free(struct contexts *set);

/* The next packet of one of them. Every one has a Shim6 header. */
void contexts_next(struct contexts *set, struct packet *out);

#endif
