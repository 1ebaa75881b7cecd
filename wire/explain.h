/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is inside a field that the table of its layer shows as a run of
 * octets: the reports of a Probe, the elements of Locator Preferences, the CGA
 * parameters with their extensions, the packet that an Error, of Shim6 or of ICMPv6, quotes.
 */
#ifndef WIRE_EXPLAIN_H
#define WIRE_EXPLAIN_H

#include "wire/packet.h"

/* One value: "sent[0].nonce", or "modifier" where group is NULL. */
struct wire_piece {
	const char *group;       /* "sent", "elements", ...; NULL: stands alone */
	unsigned index;          /* in its group, from 0 */
	const char *name;
	struct wire_value value; /* borrowed from the packet */
	uint32_t off;            /* octet of the packet */
};

typedef void wire_piece_fn(void *ctx, const struct wire_piece *piece);

/* Every piece of a span, in the order of its octets; those of a group one
 * after the other. What its lengths contradict, or is not there whole, is the
 * last one's: "rest". */
void wire_explain(const struct wire_dissection *d, unsigned span, wire_piece_fn *fn, void *ctx);

#endif
