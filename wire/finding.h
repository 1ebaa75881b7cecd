/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with a packet, as dissect.c and lint.c note it down. */
#ifndef WIRE_FINDING_H
#define WIRE_FINDING_H

#include "wire/packet.h"

enum {
	/* For octets that nobody explains, inside the payload and behind it. */
	WIRE_SPANS_FOR_REST = 2,
	WIRE_SPANS_LOOKED_AT = WIRE_SPANS_MAX - WIRE_SPANS_FOR_REST,
};

/* Counted even when there is no room left for it; then it takes the place of the last
 * one that is less severe. rfc outlives d. Cold, and so is what leads to it alone: most
 * packets are right, and their code is to stay in the processor's cache. */
__attribute__((cold, format(printf, 5, 6))) void
wire_finding_add(struct wire_dissection *d, enum wire_severity severity, size_t off,
		 const char *rfc, const char *format, ...);

/* What the fields mean together, once all spans stand: options in their
 * messages, counts, addresses, padding. Adds findings only. */
void wire_lint(struct wire_dissection *d);

/* Of that, what an option says by itself, and what the options [message + 1, end) of
 * a message say of each other. */
void wire_lint_option(struct wire_dissection *d, unsigned option);
void wire_lint_preferences(struct wire_dissection *d, unsigned message, unsigned end);

#endif
