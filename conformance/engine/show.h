/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as text, in the words of the case language. */
#ifndef ENGINE_SHOW_H
#define ENGINE_SHOW_H

#include "conformance/engine/trial.h"

/* Octets as the case language has them: "abc" if all can be printed, else
 * hex"00ff"; cut with an ellipsis when long. Borrowed from the pool. */
char *show_octets(struct pool *p, const void *octets, size_t len);

/* "12.000000" for 12 s. */
char *show_time(struct pool *p, uint64_t usec);

/* --- with names of the trial; borrowed until the event ends --------------- */

/* Text as in the case: "SHIM_DONTSHIM|4", "L1:5000", hex"00". */
const char *show_value(struct trial *t, const struct value *v);

/* "2001:db8::1 (L1)", from 16 octets. */
const char *show_address(struct trial *t, const void *octets);

/* An object by its type: "{lc_family=10, ...}"; without a type its octets. */
const char *show_object(struct trial *t, const struct type *type, const uint8_t *object,
			size_t len);

#endif
