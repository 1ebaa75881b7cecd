/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of the layers' tables, for code that looks at fields of every packet:
 * nothing is searched by name, and reading is inline. layer_test.c holds the
 * numbers against the names in the tables.
 */
#ifndef WIRE_ROWS_H
#define WIRE_ROWS_H

#include "wire/packet.h"

#include <errno.h>

enum {
	/* Extension headers and Shim6 messages alike; AH has other units. */
	ROW_NEXT_HEADER = 0,
	ROW_HDR_EXT_LEN = 1,

	ROW_IPV6_PAYLOAD_LEN = 3,
	ROW_ROUTING_TYPE = 2,
	ROW_ROUTING_SEGMENTS_LEFT = 3,
	ROW_FRAGMENT_MORE = 4,
	ROW_PORT_SRC = 0, /* of UDP and TCP */
	ROW_PORT_DST = 1,
	ROW_UDP_LEN = 2,
	ROW_TCP_SEQ = 2,
	ROW_TCP_ACK = 3,
	ROW_TCP_DATA_OFFSET = 4,
	ROW_TCP_FLAGS = 6,
	ROW_TCP_WINDOW = 7,
	ROW_TCP_URGENT = 9,
	ROW_TCP_OPTIONS = 10,
	ROW_ECHO_ID = 3,
	ROW_ECHO_SEQ = 4,

	ROW_MESSAGE_TYPE = 3,
	ROW_PROBE_RECEIVER_TAG = 8,
	ROW_PROBE_RECEIVED_COUNT = 9,
	ROW_PROBE_SENT_COUNT = 10,
	ROW_PROBE_STATE = 11,
	ROW_PROBE_REPORTS = 13,
	ROW_ERROR_CODE = 4,
	ROW_ERROR_POINTER = 7,
	ROW_ERROR_PACKET = 8,

	ROW_OPTION_TYPE = 0,
	ROW_OPTION_CRITICAL = 1,
	ROW_OPTION_LEN = 2,
	ROW_OPTION_GENERATION = 3, /* of Locator List and Locator Preferences */
	ROW_LOCATOR_LIST_METHODS = 5,
	ROW_LOCATOR_LIST_LOCATORS = 6,
	ROW_PREFERENCES_ELEMENT_LEN = 4,
	ROW_PREFERENCES_ELEMENTS = 5,
	ROW_PDS_OCTETS = 3,
	ROW_DATA_OCTETS = 0,
};

static inline bool wire_is_number(unsigned kind)
{
	return kind == WIRE_UINT || kind == WIRE_HEX;
}

/* Octets of a layer up to the end of a field of fixed width. */
static inline size_t wire_field_end(const struct wire_field *field)
{
	return ((size_t)field->bit + field->bits + 7) / 8;
}

uint64_t wire_last_bits(const struct wire_dissection *d, const struct wire_span *s,
			const struct wire_field *field);

/* The number in a field of fixed width that lies inside its span. With eight octets
 * left in the packet, be they of other layers, one load gets it, whatever its width. */
static inline uint64_t wire_field_bits(const struct wire_dissection *d, const struct wire_span *s,
				       const struct wire_field *field)
{
	size_t at = s->off + field->bit / 8;

	if (d->len - at < 8 || field->bit % 8 + field->bits > 64)
		return wire_last_bits(d, s, field);
	return wire_octets_number(d->octets + at, 8) << field->bit % 8 >> (64 - field->bits);
}

/* The number in a row of fixed width: 0 and the number, or -EBADMSG if the layer
 * was cut short of it; the output is then untouched. */
static inline int wire_row_get(const struct wire_dissection *d, unsigned span, unsigned row,
			       uint64_t *out)
{
	const struct wire_span *s = &d->spans[span];
	const struct wire_field *field = &s->layer->fields[row];

	if (wire_field_end(field) > s->len)
		return -EBADMSG;
	*out = wire_field_bits(d, s, field);
	return 0;
}

/* The same, 0 where it isn't in the packet. */
static inline uint64_t wire_row_number(const struct wire_dissection *d, unsigned span, unsigned row)
{
	uint64_t number = 0;

	wire_row_get(d, span, row, &number);
	return number;
}

int wire_run_read(const struct wire_dissection *d, const struct wire_span *s,
		  const struct wire_field *field, struct wire_value *out, uint32_t *off);

/* wire_field_get() for a span that is there. */
static inline int wire_field_read(const struct wire_dissection *d, const struct wire_span *s,
				  const struct wire_field *field, struct wire_value *out,
				  uint32_t *off)
{
	if (field->bits == 0)
		return wire_run_read(d, s, field, out, off);
	if (wire_field_end(field) > s->len)
		return -EBADMSG;
	*off = s->off + field->bit / 8;
	out->kind = field->kind;
	if (field->kind == WIRE_ADDR) {
		out->octets = d->octets + *off;
		out->len = sizeof(struct in6_addr);
	} else {
		out->number = wire_field_bits(d, s, field);
	}
	return 0;
}

#endif
