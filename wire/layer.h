/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a header looks like, once. A layer is a table of fields with their
 * bit positions as in the RFC's figure; the same table parses into a
 * host-order struct, emits from it, prints, matches and builds. So a field
 * is described in one line, and only there.
 */
#ifndef WIRE_LAYER_H
#define WIRE_LAYER_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
	char key[23];     /* ,"name": as JSON has it; no NUL */
	uint8_t key_len;
	uint16_t bit;     /* from the first bit of the layer; bit 0 is the leftmost */
	uint16_t bits;    /* width; 0: variable, see wire_layer.extent */
	uint8_t kind;     /* enum wire_kind */
	uint8_t role;     /* enum wire_role */
	uint8_t width;    /* sizeof the struct member; 0: no member */
	uint16_t member;  /* offsetof the struct member */
	uint64_t init;    /* value when built without one */
	bool optional;    /* variable, and need not be there: what no figure draws */
};

/* The first columns of a row. A key is copied whole, which takes two moves. */
#define WIRE_FIELD_NAME(n) .name = n, .key = ",\"" n "\":", .key_len = sizeof(",\"" n "\":") - 1

/* Where a layer hangs: how its number is read. */
enum wire_family {
	WIRE_FAMILY_IP,      /* number is an IPv6 Next Header value */
	WIRE_FAMILY_SHIM6,   /* number is a Shim6 message type, RFC 5533 5.3 */
	WIRE_FAMILY_OPTION,  /* number is a Shim6 option type, RFC 5533 5.15 */
	WIRE_FAMILY_DATA,    /* octets that nobody explains */
};

struct wire_layer {
	const char *name;   /* in the case language, JSON and selections: "i1" */
	char head[40];      /* {"layer":"i1","off": as JSON has it; no NUL */
	uint8_t head_len;
	const char *title;  /* for people: "I1" */
	const char *rfc;    /* "RFC 5533 5.4" */
	uint8_t family;     /* enum wire_family */
	uint16_t number;    /* next header, message type or option type */
	uint16_t fixed;     /* octets of the part with fixed positions */
	const struct wire_field *fields;
	size_t field_count;

	/* Position of a variable field inside the layer's octets, both in
	 * octets. Returns 0, or -EBADMSG if the layer is too short or its
	 * lengths contradict each other; -ENOENT for an optional field that isn't
	 * there. NULL: no variable fields. */
	int (*extent)(const struct wire_field *field, const uint8_t *octets, size_t len,
		      size_t *off, size_t *field_len);
};

/* The first columns of a layer, as of a field. */
#define WIRE_LAYER_NAME(n)                                                                         \
	.name = n, .head = "{\"layer\":\"" n "\",\"off\":",                                          \
	.head_len = sizeof("{\"layer\":\"" n "\",\"off\":") - 1

/* Every layer that we know, in no particular order; NULL-terminated. */
extern const struct wire_layer *const wire_layers[];

/* NULL if there is none of that name, number, or field name. Where two share
 * a number, the one for any packet of it: icmp6, not echo. Those of
 * numbers that nobody knows, control and option, have none. */
const struct wire_layer *wire_layer_named(const char *name);
const struct wire_layer *wire_layer_numbered(enum wire_family family, unsigned number);
const struct wire_field *wire_field_named(const struct wire_layer *layer, const char *name);

/* `count` octets as a number, 1 to 8 of them: the first and the last as words
 * that may overlap, for where they do they agree. */
static inline uint64_t wire_octets_number(const uint8_t *octets, unsigned count)
{
	uint64_t all;
	uint32_t first, last;
	uint16_t first16, last16;

	if (count == 8) {
		memcpy(&all, octets, 8);
		return be64toh(all);
	}
	if (count < 2)
		return *octets;
	if (count < 4) {
		memcpy(&first16, octets, 2);
		memcpy(&last16, octets + count - 2, 2);
		return (uint64_t)be16toh(first16) << 8 * (count - 2) | be16toh(last16);
	}
	memcpy(&first, octets, 4);
	memcpy(&last, octets + count - 4, 4);
	return (uint64_t)be32toh(first) << 8 * (count - 4) | be32toh(last);
}

/* A field of up to 64 bits at a bit position. The caller has checked that
 * the octets are there. In the header, because most of what a decoder does is
 * this, and at a constant place it is one load. */
static inline uint64_t wire_bits_get(const uint8_t *octets, unsigned bit, unsigned bits)
{
	unsigned count = (bit % 8 + bits + 7) / 8, behind = -(bit + bits) % 8;
	uint64_t ones = ~UINT64_C(0) >> (64 - bits);
	uint64_t value;

	octets += bit / 8;
	if (count <= 8)
		return wire_octets_number(octets, count) >> behind & ones;
	value = wire_octets_number(octets, 8) << (8 - behind);
	return (value | octets[8] >> behind) & ones;
}

void wire_bits_put(uint8_t *octets, unsigned bit, unsigned bits, uint64_t value);

/* The fixed part, between octets and a host-order struct, by the table.
 * Fields without a member are skipped on parse and written as `init` on
 * emit. octets holds layer->fixed octets. */
void wire_fixed_parse(const struct wire_layer *layer, const uint8_t *octets, void *out);
void wire_fixed_emit(const struct wire_layer *layer, uint8_t *octets, const void *in);

#endif
