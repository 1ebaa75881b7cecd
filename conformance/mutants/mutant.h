/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who checks the checkers: a mutant is the reference stack with one fault,
 * put in front of it at the target ABI. The suite must find every one; which
 * rule and which words it must find stands in EXPECTED. Mutants are built by
 * the tests alone.
 */
#ifndef MUTANT_H
#define MUTANT_H

#include "conformance/target/shimproof_target.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* The reference stack; its export is renamed when mutants are linked. */
const struct shimproof_target *honest_target(void);

/* Each mutant has one function that puts its fault in. */
void mutate(struct shimproof_target *wrong, const struct shimproof_target *honest);

__attribute__((visibility("default"))) const struct shimproof_target *shimproof_target(void);

const struct shimproof_target *shimproof_target(void)
{
	static struct shimproof_target wrong; /* the ABI wants it to live as long as the library */

	wrong = *honest_target();
	mutate(&wrong, honest_target());
	return &wrong;
}

/* For faults in calls: the honest calls, set by mutate(). */
static const struct shimproof_target *honest __attribute__((unused));

#endif
