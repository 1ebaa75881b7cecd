/* SPDX-License-Identifier: BSD-2-Clause */
/* wire_field_due() for one who asks it of every field of every packet. */
#ifndef WIRE_DUE_H
#define WIRE_DUE_H

#include "wire/packet.h"

/* The layer that the octets of a span mean to be: of a control message or an option of a
 * type that is known, but too short for its fixed part, that of its type. */
const struct wire_layer *wire_layer_meant(const struct wire_dissection *d, unsigned span);

/*
 * From whom to whom, as those who have sent what stands at `span` see it, and count it
 * into checksums: the ULIDs behind a payload header (RFC 5533 4.6), else the addresses
 * of the IPv6 header, or what a routing header or a Home Address option has in their
 * place (RFC 8200 8.1, RFC 6275 11.3.1). 0; -ENOENT if the packet does not tell.
 */
struct wire_endpoints {
	struct in6_addr src, dst;
};

int wire_endpoints(const struct wire_dissection *d, unsigned span, struct wire_endpoints *out);

/* Of roles LENGTH, NEXT and CHECKSUM: told from the rest of the packet. */
int wire_derived_due(const struct wire_dissection *d, unsigned span,
		     const struct wire_field *field, uint64_t *out);

static inline int wire_number_due(const struct wire_dissection *d, unsigned span,
				  const struct wire_field *field, uint64_t *out)
{
	if (field->role == WIRE_FIXED || field->role == WIRE_RESERVED) {
		*out = field->role == WIRE_FIXED ? field->init : 0;
		return 0;
	}
	return wire_derived_due(d, span, field, out);
}

#endif
