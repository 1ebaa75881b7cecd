/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a header looks like, once. A layer is a table of fields with their
 * bit positions as in the RFC's figure; the same table parses into a
 * host-order struct, emits from it, prints, matches and builds. So a field
 * is described in one line, and only there.
 */
#ifndef WIRE_LAYER_H
#define WIRE_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_kind {
	WIRE_UINT,   /* unsigned number of up to 64 bits, shown in decimal */
	WIRE_HEX,    /* the same, shown in hexadecimal */
	WIRE_ADDR,   /* an IPv6 address, 128 bits */
	WIRE_OCTETS, /* a run of octets */
	WIRE_UINT8S, /* a run of one-octet numbers */
	WIRE_ADDRS,  /* a run of IPv6 addresses */
};

enum wire_role {
	WIRE_VALUE,    /* free; `init` when built without one */
	WIRE_FIXED,    /* the RFC fixes it to `init` */
	WIRE_RESERVED, /* zero when sent, ignored when received */
	WIRE_LENGTH,   /* derived: a length or count */
	WIRE_NEXT,     /* derived: the number of what follows */
	WIRE_CHECKSUM, /* derived: the checksum of the layer */
};

struct wire_field {
	const char *name;
	uint16_t bit;     /* from the first bit of the layer; bit 0 is the leftmost */
	uint16_t bits;    /* width; 0: variable, see wire_layer.extent */
	uint8_t kind;     /* enum wire_kind */
	uint8_t role;     /* enum wire_role */
	uint8_t width;    /* sizeof the struct member; 0: no member */
	uint16_t member;  /* offsetof the struct member */
	uint64_t init;    /* value when built without one */
};

/* Where a layer hangs: how its number is read. */
enum wire_family {
	WIRE_FAMILY_IP,      /* number is an IPv6 Next Header value */
	WIRE_FAMILY_SHIM6,   /* number is a Shim6 message type, RFC 5533 5.3 */
	WIRE_FAMILY_OPTION,  /* number is a Shim6 option type, RFC 5533 5.15 */
	WIRE_FAMILY_DATA,    /* octets that nobody explains */
};

struct wire_layer {
	const char *name;   /* in the case language, JSON and selections: "i1" */
	const char *title;  /* for people: "I1" */
	const char *rfc;    /* "RFC 5533 5.4" */
	uint8_t family;     /* enum wire_family */
	uint16_t number;    /* next header, message type or option type */
	uint16_t fixed;     /* octets of the part with fixed positions */
	const struct wire_field *fields;
	size_t field_count;

	/* Position of a variable field inside the layer's octets, both in
	 * octets. Returns 0, or -EBADMSG if the layer is too short or its
	 * lengths contradict each other. NULL: no variable fields. */
	int (*extent)(const struct wire_field *field, const uint8_t *octets, size_t len,
		      size_t *off, size_t *field_len);
};

/* Every layer that we know, in no particular order; NULL-terminated. */
extern const struct wire_layer *const wire_layers[];

/* NULL if there is none of that name, number, or field name. Where two share
 * a number, the one for any packet of it: icmp6, not echo. */
const struct wire_layer *wire_layer_named(const char *name);
const struct wire_layer *wire_layer_numbered(enum wire_family family, unsigned number);
const struct wire_field *wire_field_named(const struct wire_layer *layer, const char *name);

/* A field of up to 64 bits at a bit position. The caller has checked that
 * the octets are there. */
uint64_t wire_bits_get(const uint8_t *octets, unsigned bit, unsigned bits);
void wire_bits_put(uint8_t *octets, unsigned bit, unsigned bits, uint64_t value);

/* The fixed part, between octets and a host-order struct, by the table.
 * Fields without a member are skipped on parse and written as `init` on
 * emit. octets holds layer->fixed octets. */
void wire_fixed_parse(const struct wire_layer *layer, const uint8_t *octets, void *out);
void wire_fixed_emit(const struct wire_layer *layer, uint8_t *octets, const void *in);

#endif
