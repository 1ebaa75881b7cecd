/* SPDX-License-Identifier: BSD-2-Clause */
/* wire_field_due() for one who asks it of every field of every packet. */
#ifndef WIRE_DUE_H
#define WIRE_DUE_H

#include "wire/packet.h"

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
