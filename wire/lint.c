/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fields of a Shim6 packet mean together: options in their messages
 * (RFC 5533 5.4 to 5.11, RFC 5534 5.3), counts, padding, addresses and size.
 * Whether a field by itself is right is the dissector's affair.
 */
#include "wire/cga.h"
#include "wire/finding.h"
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/shim6.h"

#include <string.h>

enum { NO, MAY, MUST };

enum {
	OPTION_COLUMNS = 8,
	OPTION_HEAD = 4,       /* octets of an option before its content */
	CGA_COLLISION_AT = 24, /* octet of the parameters, RFC 3972 3 */
};

static const struct wire_layer *const columns[OPTION_COLUMNS] = {
	&layer_validator, &layer_locator_list, &layer_preferences, &layer_pds,
	&layer_signature, &layer_ulid_pair,    &layer_fii,         &layer_keepalive_timeout,
};

/* The option lists of RFC 5533 5.4 to 5.11; the last column is RFC 5534 5.3,
 * which doesn't rule out the acknowledgement. What is conditional is MAY
 * here, and what the RFC only says "is included" too. */
static const struct {
	const struct wire_layer *message;
	uint8_t option[OPTION_COLUMNS];
} listed[] = {
	/*                       valid. list  prefs  pds  sig.  ulids  fii  timeout */
	{ &layer_i1,             { NO,   NO,  NO,    NO,  NO,   MAY,   MAY, NO } },
	{ &layer_r1,             { MUST, NO,  NO,    NO,  NO,   NO,    NO,  NO } },
	{ &layer_i2,             { MUST, MAY, MAY,   MAY, MAY,  MAY,   MAY, MAY } },
	{ &layer_r2,             { NO,   MAY, MAY,   MAY, MAY,  NO,    NO,  MAY } },
	{ &layer_r1bis,          { MAY,  NO,  NO,    NO,  NO,   NO,    NO,  NO } },
	{ &layer_i2bis,          { MAY,  MAY, MAY,   MAY, MAY,  MAY,   MAY, MAY } },
	{ &layer_update_request, { NO,   MAY, MAY,   MAY, MAY,  NO,    NO,  MAY } },
	{ &layer_update_ack,     { NO,   NO,  NO,    NO,  NO,   NO,    NO,  MAY } },
	{ &layer_keepalive,      { NO,   NO,  NO,    NO,  NO,   NO,    NO,  NO } },
	{ &layer_probe,          { NO,   NO,  NO,    NO,  NO,   NO,    NO,  NO } },
};

/* A number, 0 where it isn't in the packet. */
static uint64_t number_of(const struct wire_dissection *d, unsigned span, unsigned row)
{
	uint64_t number = 0;

	wire_row_get(d, span, row, &number);
	return number;
}

/* The spans of a message's options are [message + 1, the result). */
static unsigned options_end(const struct wire_dissection *d, unsigned message)
{
	unsigned i = message + 1;

	while (i < d->span_count && d->spans[i].layer->family == WIRE_FAMILY_OPTION)
		i++;
	return i;
}

/* Are all octets here that the message claims? If not, options may be where
 * the capture, the packet or the fragment doesn't reach. */
static bool is_whole(const struct wire_dissection *d, unsigned message)
{
	return d->spans[message].off + 8 * (number_of(d, message, ROW_HDR_EXT_LEN) + 1) <= d->end;
}

static void lint_count(struct wire_dissection *d, unsigned message, const struct wire_layer *option,
		       unsigned count, uint8_t allowed)
{
	const struct wire_layer *layer = d->spans[message].layer;
	size_t off = d->spans[message].off;

	if (count > 0 && allowed == NO)
		wire_finding_add(d, WIRE_WARNING, off, layer->rfc, "%s is not an option of %s",
				 option->name, layer->title);
	if (count == 0 && allowed == MUST && is_whole(d, message))
		wire_finding_add(d, WIRE_ERROR, off, layer->rfc, "%s without %s", layer->title,
				 option->name);
	if (count > 1)
		wire_finding_add(d, WIRE_WARNING, off, option->rfc, "%u times %s", count,
				 option->name);
}

/* Options [message + 1, end). */
static void lint_listed(struct wire_dissection *d, unsigned message, unsigned end,
			const uint8_t *allowed)
{
	unsigned counts[OPTION_COLUMNS] = { 0 };

	for (unsigned i = message + 1; i < end; i++)
		for (unsigned column = 0; column < OPTION_COLUMNS; column++)
			counts[column] += d->spans[i].layer == columns[column];
	for (unsigned column = 0; column < OPTION_COLUMNS; column++)
		lint_count(d, message, columns[column], counts[column], allowed[column]);
}

/* RFC 5533 5.15: padding is zero when sent; that isn't checked when received. */
static void lint_zeros(struct wire_dissection *d, unsigned option, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (d->octets[i] == 0)
			continue;
		wire_finding_add(d, WIRE_NOTE, i, "RFC 5533 5.15", "padding of %s is not zero",
				 d->spans[option].layer->name);
		return;
	}
}

/* Behind the content; in a locator list, between methods and locators too. */
static void lint_padding(struct wire_dissection *d, unsigned option)
{
	const struct wire_span *s = &d->spans[option];
	const struct wire_field *methods = &layer_locator_list.fields[ROW_LOCATOR_LIST_METHODS];
	const struct wire_field *locators = &layer_locator_list.fields[ROW_LOCATOR_LIST_LOCATORS];
	struct wire_value before, behind;
	uint32_t from, to;

	if (s->layer == &layer_locator_list &&
	    wire_field_read(d, s, methods, &before, &from) == 0 &&
	    wire_field_read(d, s, locators, &behind, &to) == 0)
		lint_zeros(d, option, from + before.len, to);
	lint_zeros(d, option, s->off + 4 + number_of(d, option, ROW_OPTION_LEN), s->off + s->len);
}

/* RFC 3972 3. One that the capture has cut says nothing. */
static void lint_pds(struct wire_dissection *d, unsigned option)
{
	const struct wire_span *s = &d->spans[option];
	size_t len = number_of(d, option, ROW_OPTION_LEN);
	struct cga_params params;

	if (OPTION_HEAD + len > s->len)
		return;
	if (cga_params_parse(&params, d->octets + s->off + OPTION_HEAD, len))
		wire_finding_add(d, WIRE_ERROR, s->off + OPTION_HEAD, "RFC 3972 3",
				 "%zu octets that are no CGA parameters", len);
	else if (params.collision_count > CGA_COLLISIONS_MAX)
		wire_finding_add(d, WIRE_ERROR, s->off + OPTION_HEAD + CGA_COLLISION_AT,
				 "RFC 3972 3", "collision_count is %u, at most %d make sense",
				 params.collision_count, CGA_COLLISIONS_MAX);
}

static void lint_option(struct wire_dissection *d, unsigned option)
{
	const struct wire_span *s = &d->spans[option];
	uint64_t type = number_of(d, option, ROW_OPTION_TYPE);
	uint64_t elements, each;

	lint_padding(d, option);
	if (s->layer == &layer_option && number_of(d, option, ROW_OPTION_CRITICAL))
		wire_finding_add(d, WIRE_WARNING, s->off, "RFC 5533 5.15",
				 "critical option %u is not known", (unsigned)type);
	if (s->layer == &layer_pds)
		lint_pds(d, option);
	if (s->layer == &layer_preferences) {
		each = number_of(d, option, ROW_PREFERENCES_ELEMENT_LEN);
		elements = number_of(d, option, ROW_OPTION_LEN) + 4 - layer_preferences.fixed;
		if (each == 0 || elements % each)
			wire_finding_add(d, WIRE_ERROR, s->off + 8, s->layer->rfc,
					 "%u octets are not elements of %u", (unsigned)elements,
					 (unsigned)each);
	}
}

/* RFC 5534 5.2. */
static void lint_probe(struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];

	if (s->len < s->layer->fixed)
		return;
	if (number_of(d, span, ROW_PROBE_SENT_COUNT) == 0)
		wire_finding_add(d, WIRE_ERROR, s->off + 12, s->layer->rfc,
				 "sent_count is 0, at least 1 needed");
	if (number_of(d, span, ROW_PROBE_STATE) == 3)
		wire_finding_add(d, WIRE_ERROR, s->off + 13, s->layer->rfc, "state 3 is none");
}

/* RFC 5533 5.14: an Error quotes some of the packet that is wrong. */
static void lint_error(struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];

	if (s->len >= s->layer->fixed && number_of(d, span, ROW_HDR_EXT_LEN) == 0)
		wire_finding_add(d, WIRE_ERROR, s->off + 1, s->layer->rfc,
				 "hdr_ext_len is 0, at least 1 needed");
}

static bool is_unfit(const uint8_t *addr)
{
	return addr[0] == 0xff || memcmp(addr, &in6addr_any, sizeof(in6addr_any)) == 0;
}

/* Around the message: RFC 5533 5.1 for the size, 5.3 for Next Header, 12.3
 * for addresses. */
static void lint_packet(struct wire_dissection *d, unsigned message)
{
	const struct wire_span *s = &d->spans[message];
	uint64_t next = number_of(d, message, ROW_NEXT_HEADER);
	const uint8_t *ip = d->octets;

	for (unsigned i = 0; i < message; i++)
		if (d->spans[i].layer == &layer_ipv6)
			ip = d->octets + d->spans[i].off;

	if (next != PROTO_NONE)
		wire_finding_add(d, WIRE_NOTE, s->off, "RFC 5533 5.3",
				 "next_header %u: control messages have 59", (unsigned)next);
	if (IPV6_HEADER_LEN + wire_bits_get(ip, 32, 16) > SHIM6_PACKET_MAX)
		wire_finding_add(d, WIRE_ERROR, (size_t)(ip - d->octets), "RFC 5533 5.1",
				 "control packet of more than %d octets", SHIM6_PACKET_MAX);
	for (unsigned at = 8; at <= 24; at += 16) /* source, destination */
		if (is_unfit(ip + at))
			wire_finding_add(d, WIRE_ERROR, (size_t)(ip - d->octets) + at,
					 "RFC 5533 12.3", "control message %s a multicast or "
					 "unspecified address", at == 8 ? "from" : "to");
}

static void lint_message(struct wire_dissection *d, unsigned message)
{
	const struct wire_layer *layer = d->spans[message].layer;
	unsigned end = options_end(d, message);

	lint_packet(d, message);
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		if (listed[i].message == layer)
			lint_listed(d, message, end, listed[i].option);
	for (unsigned i = message + 1; i < end; i++)
		lint_option(d, i);
	if (layer == &layer_probe)
		lint_probe(d, message);
	if (layer == &layer_error)
		lint_error(d, message);
}

void wire_lint(struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->span_count; i++)
		if (d->spans[i].layer->family == WIRE_FAMILY_SHIM6)
			lint_message(d, i);
}
