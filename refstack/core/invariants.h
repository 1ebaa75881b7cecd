/* SPDX-License-Identifier: BSD-2-Clause */
/* What always holds of a host; for tests and fuzzers. */
#ifndef REFSTACK_INVARIANTS_H
#define REFSTACK_INVARIANTS_H

#include "refstack/core/internal.h"

/* NULL if everything is as it must be between two calls, else what is not. The
 * work grows with the number of contexts. */
const char *shim_host_broken_rule(const struct shim_host *host);

#endif
