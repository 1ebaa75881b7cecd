/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sample programs of RFC 6316, section 6, one row each. The programs
 * themselves, in a form that compiles, are conformance/samples/NAME.c.
 */
#ifndef SCRIPT_SAMPLES_H
#define SCRIPT_SAMPLES_H

#include "conformance/script/types.h"

enum { SAMPLES_MAX = 32, SAMPLE_LOCATORS_MAX = 2 };

struct sample {
	const char *name;       /* section, and what it does: "6.4-set" */
	unsigned locators;      /* that it is given */
	const struct type *out; /* of what it hands out; NULL: nothing */
};

extern const struct sample samples[]; /* ends with a NULL name; at most SAMPLES_MAX */

const struct sample *sample_named(const char *name); /* or NULL */

#endif
