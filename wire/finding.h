/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with a packet, as dissect.c and lint.c note it down. */
#ifndef WIRE_FINDING_H
#define WIRE_FINDING_H

#include "wire/packet.h"

/* Counted even when there is no room left for it. rfc outlives d. */
__attribute__((format(printf, 5, 6))) void wire_finding_add(struct wire_dissection *d,
							    enum wire_severity severity,
							    size_t off, const char *rfc,
							    const char *format, ...);

/* What the fields mean together, once all spans stand: options in their
 * messages, counts, addresses, padding. Adds findings only. */
void wire_lint(struct wire_dissection *d);

#endif
