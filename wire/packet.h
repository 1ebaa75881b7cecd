/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet as a row of layers. Dissecting never fails: what can't be
 * explained stays as octets, and what is wrong is a finding with its place
 * and section. Building is the way back, with every derived field right
 * unless it was set on purpose.
 */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H

#include "wire/layer.h"

#include <netinet/in.h>
#include <sys/types.h>

#define WIRE_SPANS_MAX    96
#define WIRE_FINDINGS_MAX 16
#define WIRE_PACKET_MAX   65575 /* 40 + 65535 */

struct wire_span {
	const struct wire_layer *layer;
	uint32_t off; /* from the first octet of the packet */
	uint32_t len; /* in octets; a control message's span ends before its options */
};

enum wire_severity { WIRE_NOTE, WIRE_WARNING, WIRE_ERROR };

struct wire_finding {
	enum wire_severity severity;
	uint32_t off;      /* octet of the packet */
	const char *rfc;   /* the section that is hurt */
	char text[112];
};

struct wire_dissection {
	const uint8_t *octets; /* borrowed */
	size_t len;            /* captured octets */
	size_t end;            /* where the innermost length says that the payload ends, <= len */
	size_t claimed;        /* the same, but by IPv6 alone, and even if that isn't here */
	bool cut;              /* IPv6 promises more octets than there are: a capture cut
				* short, or, where nothing cuts, a wrong payload_len */
	bool ulids_known;      /* the two below are set */
	struct in6_addr ulid_src, ulid_dst;
	unsigned span_count;
	struct wire_span spans[WIRE_SPANS_MAX];
	unsigned finding_count; /* those that did not fit are counted too */
	struct wire_finding findings[WIRE_FINDINGS_MAX]; /* the least severe are left out */
};

/*
 * Take a packet apart, from its IPv6 header (RFC 8200) through extension
 * headers in any order, Shim6 (RFC 5533), its options, UDP, TCP and ICMPv6; the
 * remainder is a `data` layer, so the spans cover every octet, in order and
 * once. Never reads outside octets[0..len). A packet that isn't IPv6 is one
 * `data` span and a finding. No octets: no spans, and a finding.
 */
void wire_dissect(struct wire_dissection *d, const void *octets, size_t len);

/*
 * The same, when the context is known. Behind a Shim6 payload header the
 * checksums are for the ULIDs (RFC 5533 4.6), which the packet does not
 * tell: src and dst, in this packet's direction, copied. NULL, NULL: not
 * known; such checksums are then neither checked nor due.
 */
void wire_dissect_ulids(struct wire_dissection *d, const void *octets, size_t len,
			const struct in6_addr *src, const struct in6_addr *dst);

/* A field's value. Octets and addresses point into the packet. */
struct wire_value {
	enum wire_kind kind;
	uint64_t number;         /* WIRE_UINT, WIRE_HEX */
	const uint8_t *octets;   /* WIRE_ADDR, _OCTETS, _UINT8S, _ADDRS; borrowed */
	size_t len;              /* in octets */
};

/* 0 and the value; and where it starts, in octets of the packet (off may be
 * NULL). -EBADMSG if the layer was cut short or contradicts itself there;
 * -ENOENT for an optional field that isn't there; the outputs are then
 * untouched. */
int wire_field_get(const struct wire_dissection *d, unsigned span,
		   const struct wire_field *field, struct wire_value *out, uint32_t *off);

/* The same for a number, by the field's name. -ENOENT: the layer has no such field. */
int wire_number_get(const struct wire_dissection *d, unsigned span, const char *name,
		    uint64_t *out);

/*
 * What a field ought to be when nobody says so: `init` of a fixed one, zero
 * of a reserved one, the derived value of lengths, counts, next headers and
 * checksums, recomputed from the packet. 0; -ENOENT for a free field, which has
 * none, and for one that this packet can't tell: a checksum for unknown ULIDs
 * or over octets that aren't here, the next header in front of `data`;
 * -EBADMSG if the layer contradicts itself there.
 */
int wire_field_due(const struct wire_dissection *d, unsigned span,
		   const struct wire_field *field, struct wire_value *out);

bool wire_value_equal(const struct wire_value *a, const struct wire_value *b);

/* As text: 7, 0x1f, 2001:db8::1, octets as 00ff, runs as [a, b]; no octets are
 * no text. Always ends with a NUL; returns the length it would have, like
 * snprintf. */
int wire_value_print(char *buf, size_t size, const struct wire_value *value);

/* One line for a whole packet, as shimdump prints it without -v:
 * "2001:db8::1 > 2001:db8::2: I1 tag 0x1 nonce 0x2, ULID pair ...". Like snprintf. */
int wire_line_print(char *buf, size_t size, const struct wire_dissection *d);

struct wire_set {
	const struct wire_field *field;
	struct wire_value value; /* octets borrowed until the packet is built */
};

struct wire_draft_layer {
	const struct wire_layer *layer;
	const struct wire_set *sets; /* borrowed */
	size_t set_count;
};

/*
 * Build a packet from layers, outermost first. Free fields that aren't set
 * get `init`; derived ones are computed; then what was set on derived, fixed
 * or reserved fields is written over the honest result, and checksums are
 * computed last, over the forged octets: so a forged packet is wrong in
 * exactly that. UDP, TCP and ICMPv6 checksums use the addresses of the IPv6
 * header, or, behind a Shim6 payload header, `ulid_src` and `ulid_dst`
 * (RFC 5533 4.6: checksums are for the ULIDs), when not NULL.
 *
 * The first layer is ipv6; options follow control messages; `data` comes
 * last, or alone, for raw octets. Padding is zero. Methods of a locator list
 * that aren't set are one `init` per locator.
 *
 * Returns its octets; -ENOSPC; -EINVAL for a value that does not fit its
 * field, a layer that can't stand there, or a derived field that must be set
 * because the packet can't tell it (a checksum in a fragment).
 */
ssize_t wire_build(uint8_t *out, size_t cap, const struct wire_draft_layer *layers, size_t count,
		   const struct in6_addr *ulid_src, const struct in6_addr *ulid_dst);

#endif
