/* SPDX-License-Identifier: BSD-2-Clause */
/* What else is on the link: UDP, TCP and ICMPv6 between hosts without Shim6. */
#ifndef BENCH_BACKGROUND_H
#define BENCH_BACKGROUND_H

#include "bench/draft.h"

struct background; /* owned; background_free() */

struct background *background_new(uint64_t seed); /* NULL without memory */
void background_free(struct background *b);
void background_next(struct background *b, struct packet *out);

#endif
