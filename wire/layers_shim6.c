/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shim6 messages and options as tables, to be held beside the figures of
 * RFC 5533 5.2 to 5.15 and RFC 5534 5.1 to 5.3. Rows stand in the order of
 * the figure; bit 0 is the first of Next Header, or of an option's Type.
 */
#include "wire/layers.h"
#include "wire/ipv6.h"
#include "wire/shim6.h"

#include <errno.h>

/* --- rows ---------------------------------------------------------------- */

#define ROW(name, bit, bits, kind, role, init)                                                     \
	{ WIRE_FIELD_NAME(name), bit, bits, WIRE_##kind, WIRE_##role, 0, 0, init }
#define HELD(type, member, bit, bits, kind, role, init)                                            \
	{ WIRE_FIELD_NAME(#member), bit, bits, WIRE_##kind, WIRE_##role,                           \
	  sizeof(((type *)0)->member), offsetof(type, member), init }

#define FREE(name, bit, bits, kind)  ROW(name, bit, bits, kind, VALUE, 0)
#define RESERVED(name, bit, bits)    ROW(name, bit, bits, HEX, RESERVED, 0)
#define VARIABLE(name, bit, kind)    ROW(name, bit, 0, kind, VALUE, 0) /* starts there or later */
#define REST(bit)                    /* what Length takes in beyond the figure */                  \
	{ .optional = true, WIRE_FIELD_NAME("rest"), bit, 0, WIRE_OCTETS, WIRE_VALUE, 0, 0, 0 }
#define MESSAGE(member, bit, bits)   HELD(struct shim6_message, member, bit, bits, HEX, VALUE, 0)
#define INSIDE(of, member, bit, bits)  /* a member of a member */                                  \
	{ WIRE_FIELD_NAME(#member), bit, bits, WIRE_UINT, WIRE_VALUE,                              \
	  sizeof(((struct shim6_message *)0)->of.member),                                          \
	  offsetof(struct shim6_message, of.member), 0 }
#define PAYLOAD(member, bit, bits, kind, role, init)                                               \
	HELD(struct shim6_payload, member, bit, bits, kind, role, init)

/* The common control header, RFC 5533 5.3; `specific` is the row of the seven
 * type-specific bits. */
#define CONTROL(number, role, specific)                                                            \
	ROW("next_header", 0, 8, UINT, NEXT, PROTO_NONE),                                          \
	ROW("hdr_ext_len", 8, 8, UINT, LENGTH, 0),                                                 \
	ROW("p", 16, 1, UINT, FIXED, 0),                                                           \
	ROW("type", 17, 7, UINT, role, number),                                                    \
	specific,                                                                                  \
	ROW("s", 31, 1, UINT, FIXED, 0),                                                           \
	ROW("checksum", 32, 16, HEX, CHECKSUM, 0)
#define COMMON(number) CONTROL(number, FIXED, RESERVED("reserved1", 24, 7))

/* What every option starts with, RFC 5533 5.15. */
#define OPTION(number, role)                                                                       \
	ROW("type", 0, 15, UINT, role, number),                                                    \
	FREE("critical", 15, 1, UINT),                                                             \
	ROW("len", 16, 16, UINT, LENGTH, 0)

/* --- where variable fields are ------------------------------------------- */

static int place(size_t start, size_t end, size_t len, size_t *off, size_t *field_len)
{
	if (start > end || end > len)
		return -EBADMSG;
	*off = start;
	*field_len = end - start;
	return 0;
}

/* One past a control message's last octet, by its Hdr Ext Len. */
static size_t message_end(const uint8_t *octets, size_t len)
{
	return len < 2 ? 0 : 8 * ((size_t)octets[1] + 1);
}

/* One past an option's content, by its Length. */
static size_t option_end(const uint8_t *octets, size_t len)
{
	return len < 4 ? 0 : 4 + wire_bits_get(octets, 16, 16);
}

/* Of a message that the capture or the packet has cut, what is here. */
static int message_rest(const struct wire_field *field, const uint8_t *octets, size_t len,
			size_t *off, size_t *field_len)
{
	size_t end = message_end(octets, len);

	return place(field->bit / 8, end < len ? end : len, len, off, field_len);
}

static int option_rest(const struct wire_field *field, const uint8_t *octets, size_t len,
		       size_t *off, size_t *field_len)
{
	return place(field->bit / 8, option_end(octets, len), len, off, field_len);
}

/* What Length takes in from there on, if anything. */
static int option_excess(const struct wire_field *field, const uint8_t *octets, size_t len,
			 size_t *off, size_t *field_len)
{
	if (option_end(octets, len) <= field->bit / 8)
		return -ENOENT;
	return option_rest(field, octets, len, off, field_len);
}

/* Blocks of 40 octets, sent ones first; options may follow. Of more than there is
 * room for, what is here, the last one maybe not whole. */
static int probe_reports(const struct wire_field *field, const uint8_t *octets, size_t len,
			 size_t *off, size_t *field_len)
{
	size_t start = field->bit / 8;
	size_t room, wanted;
	int rc = message_rest(field, octets, len, off, &room);

	if (rc)
		return rc;
	wanted = REAP_REPORT_LEN * (size_t)((octets[12] >> 4) + (octets[12] & 0xf));
	return place(start, start + (wanted < room ? wanted : room), len, off, field_len);
}

/* N methods, then padding inside the content so that the N locators start on
 * a multiple of 8; the two together must be what Length says. If they aren't, all
 * of it is a rest. */
static int locator_list(const struct wire_field *field, const uint8_t *octets, size_t len,
			size_t *off, size_t *field_len)
{
	size_t methods = 9, count, locators, end;

	if (len < methods)
		return -EBADMSG;
	count = octets[8];
	locators = (methods + count + 7) / 8 * 8;
	end = locators + 16 * count;
	if (field->optional)
		return end == option_end(octets, len)
			       ? -ENOENT
			       : option_excess(field, octets, len, off, field_len);
	if (end != option_end(octets, len))
		return -EBADMSG;
	if (field->kind == WIRE_UINT8S)
		return place(methods, methods + count, len, off, field_len);
	return place(locators, end, len, off, field_len);
}

/* --- messages ------------------------------------------------------------ */

#define LAYER(id, name_, title_, rfc_, family_, number_, fixed_, extent_)                          \
	const struct wire_layer layer_##id = {                                                     \
		WIRE_LAYER_NAME(name_), .title = title_, .rfc = rfc_,                                       \
		.family = WIRE_FAMILY_##family_, .number = number_, .fixed = fixed_,               \
		.fields = id##_fields,                                                             \
		.field_count = sizeof(id##_fields) / sizeof(id##_fields[0]),                       \
		.extent = extent_,                                                                 \
	}

/* P = 1 is payload: so say the figures of 5.2 and 5.3, which outrank the
 * prose of RFC 5533 12 where it is the other way round. A payload header
 * hangs from Next Header 140 alone, since it has no type. */
static const struct wire_field payload_fields[] = {
	PAYLOAD(next_header, 0, 8, UINT, NEXT, PROTO_NONE),
	ROW("hdr_ext_len", 8, 8, UINT, FIXED, 0),
	ROW("p", 16, 1, UINT, FIXED, 1),
	PAYLOAD(tag, 17, 47, HEX, VALUE, 0),
};
LAYER(payload, "payload", "Payload Extension", "RFC 5533 5.2", IP, PROTO_SHIM6, 8, NULL);

static const struct wire_field i1_fields[] = {
	COMMON(SHIM6_I1),
	RESERVED("r", 48, 1),
	MESSAGE(init_tag, 49, 47),
	MESSAGE(init_nonce, 96, 32),
};
LAYER(i1, "i1", "I1", "RFC 5533 5.4", SHIM6, SHIM6_I1, 16, NULL);

/* The one message of the handshake that carries no tag. */
static const struct wire_field r1_fields[] = {
	COMMON(SHIM6_R1),
	RESERVED("reserved2", 48, 16),
	MESSAGE(init_nonce, 64, 32),
	MESSAGE(resp_nonce, 96, 32),
};
LAYER(r1, "r1", "R1", "RFC 5533 5.5", SHIM6, SHIM6_R1, 16, NULL);

static const struct wire_field i2_fields[] = {
	COMMON(SHIM6_I2),
	RESERVED("r", 48, 1),
	MESSAGE(init_tag, 49, 47),
	MESSAGE(init_nonce, 96, 32),
	MESSAGE(resp_nonce, 128, 32),
	RESERVED("reserved2", 160, 32),
};
LAYER(i2, "i2", "I2", "RFC 5533 5.6", SHIM6, SHIM6_I2, 24, NULL);

static const struct wire_field r2_fields[] = {
	COMMON(SHIM6_R2),
	RESERVED("r", 48, 1),
	MESSAGE(resp_tag, 49, 47),
	MESSAGE(init_nonce, 96, 32),
};
LAYER(r2, "r2", "R2", "RFC 5533 5.7", SHIM6, SHIM6_R2, 16, NULL);

static const struct wire_field r1bis_fields[] = {
	COMMON(SHIM6_R1BIS),
	RESERVED("r", 48, 1),
	MESSAGE(packet_tag, 49, 47),
	MESSAGE(resp_nonce, 96, 32),
};
LAYER(r1bis, "r1bis", "R1bis", "RFC 5533 5.8", SHIM6, SHIM6_R1BIS, 16, NULL);

/* Reserved2 has 49 bits, so that the second tag ends with a word as well. */
static const struct wire_field i2bis_fields[] = {
	COMMON(SHIM6_I2BIS),
	RESERVED("r", 48, 1),
	MESSAGE(init_tag, 49, 47),
	MESSAGE(init_nonce, 96, 32),
	MESSAGE(resp_nonce, 128, 32),
	RESERVED("reserved2", 160, 49),
	MESSAGE(packet_tag, 209, 47),
};
LAYER(i2bis, "i2bis", "I2bis", "RFC 5533 5.9", SHIM6, SHIM6_I2BIS, 32, NULL);

static const struct wire_field update_request_fields[] = {
	COMMON(SHIM6_UPDATE_REQUEST),
	RESERVED("r", 48, 1),
	MESSAGE(receiver_tag, 49, 47),
	MESSAGE(request_nonce, 96, 32),
};
LAYER(update_request, "update_request", "Update Request", "RFC 5533 5.10", SHIM6,
      SHIM6_UPDATE_REQUEST, 16, NULL);

static const struct wire_field update_ack_fields[] = {
	COMMON(SHIM6_UPDATE_ACK),
	RESERVED("r", 48, 1),
	MESSAGE(receiver_tag, 49, 47),
	MESSAGE(request_nonce, 96, 32),
};
LAYER(update_ack, "update_ack", "Update Acknowledgement", "RFC 5533 5.11", SHIM6,
      SHIM6_UPDATE_ACK, 16, NULL);

static const struct wire_field keepalive_fields[] = {
	COMMON(SHIM6_KEEPALIVE),
	RESERVED("r", 48, 1),
	MESSAGE(receiver_tag, 49, 47),
	RESERVED("reserved2", 96, 32),
};
LAYER(keepalive, "keepalive", "Keepalive", "RFC 5534 5.1", SHIM6, SHIM6_KEEPALIVE, 16, NULL);

/* Precvd stands before Psent, as drawn; RFC 5534 5.2 explains them the other
 * way round. State: 0 Operational, 1 Exploring, 2 InboundOk. */
static const struct wire_field probe_fields[] = {
	COMMON(SHIM6_PROBE),
	RESERVED("r", 48, 1),
	MESSAGE(receiver_tag, 49, 47),
	INSIDE(probe, received_count, 96, 4),
	INSIDE(probe, sent_count, 100, 4),
	INSIDE(probe, state, 104, 2),
	RESERVED("reserved2", 106, 22),
	VARIABLE("reports", 128, OCTETS),
};
LAYER(probe, "probe", "Probe", "RFC 5534 5.2", SHIM6, SHIM6_PROBE, 16, probe_reports);

/* The fixed part is 8 octets, though 5.14 says 16: at least 8 of the packet
 * in error are counted in. An Error has no options, so the quote ends it. */
static const struct wire_field error_fields[] = {
	CONTROL(SHIM6_ERROR, FIXED, INSIDE(error, code, 24, 7)),
	INSIDE(error, pointer, 48, 16),
	VARIABLE("packet", 64, OCTETS),
};
LAYER(error, "error", "Error", "RFC 5533 5.14", SHIM6, SHIM6_ERROR, 8, message_rest);

static const struct wire_field control_fields[] = {
	CONTROL(0, VALUE, RESERVED("reserved1", 24, 7)),
	VARIABLE("body", 48, OCTETS),
};
LAYER(control, "control", "Shim6 control", "RFC 5533 5.3", SHIM6, 0xffff, 6, message_rest);

/* --- options ------------------------------------------------------------- */

static const struct wire_field validator_fields[] = {
	OPTION(SHIM6_OPT_VALIDATOR, FIXED),
	VARIABLE("octets", 32, OCTETS),
};
LAYER(validator, "validator", "Responder Validator", "RFC 5533 5.15.1", OPTION,
      SHIM6_OPT_VALIDATOR, 4, option_rest);

/* Methods: 1 is HBA and 2 is CGA, by the table of 5.15.2; RFC 5533 17 has
 * the two swapped. */
static const struct wire_field locator_list_fields[] = {
	OPTION(SHIM6_OPT_LOCATOR_LIST, FIXED),
	FREE("generation", 32, 32, UINT),
	ROW("count", 64, 8, UINT, LENGTH, 0),
	ROW("methods", 72, 0, UINT8S, VALUE, SHIM6_METHOD_HBA), /* init: each one's */
	VARIABLE("locators", 72, ADDRS),
	REST(72),
};
LAYER(locator_list, "locator_list", "Locator List", "RFC 5533 5.15.2", OPTION,
      SHIM6_OPT_LOCATOR_LIST, 9, locator_list);

/* Elements of element_len octets each: flags, priority, weight. Whether they
 * come out even is not a matter of where they are. */
static const struct wire_field preferences_fields[] = {
	OPTION(SHIM6_OPT_PREFERENCES, FIXED),
	FREE("generation", 32, 32, UINT),
	ROW("element_len", 64, 8, UINT, VALUE, 1),
	VARIABLE("elements", 72, UINT8S),
};
LAYER(preferences, "preferences", "Locator Preferences", "RFC 5533 5.15.3", OPTION,
      SHIM6_OPT_PREFERENCES, 9, option_rest);

static const struct wire_field pds_fields[] = {
	OPTION(SHIM6_OPT_CGA_PDS, FIXED),
	VARIABLE("octets", 32, OCTETS),
};
LAYER(pds, "pds", "CGA Parameter Data Structure", "RFC 5533 5.15.4", OPTION, SHIM6_OPT_CGA_PDS, 4,
      option_rest);

static const struct wire_field signature_fields[] = {
	OPTION(SHIM6_OPT_CGA_SIGNATURE, FIXED),
	VARIABLE("octets", 32, OCTETS),
};
LAYER(signature, "signature", "CGA Signature", "RFC 5533 5.15.5", OPTION, SHIM6_OPT_CGA_SIGNATURE,
      4, option_rest);

static const struct wire_field ulid_pair_fields[] = {
	OPTION(SHIM6_OPT_ULID_PAIR, FIXED),
	RESERVED("reserved", 32, 32),
	FREE("sender", 64, 128, ADDR),
	FREE("receiver", 192, 128, ADDR),
	REST(320),
};
LAYER(ulid_pair, "ulid_pair", "ULID Pair", "RFC 5533 5.15.6", OPTION, SHIM6_OPT_ULID_PAIR, 40,
      option_excess);

static const struct wire_field fii_fields[] = {
	OPTION(SHIM6_OPT_FII, FIXED),
	FREE("fii", 32, 32, HEX),
	REST(64),
};
LAYER(fii, "fii", "Forked Instance Identifier", "RFC 5533 5.15.7", OPTION, SHIM6_OPT_FII, 8,
      option_excess);

static const struct wire_field keepalive_timeout_fields[] = {
	OPTION(SHIM6_OPT_KEEPALIVE_TIMEOUT, FIXED),
	RESERVED("reserved", 32, 16),
	FREE("timeout", 48, 16, UINT), /* seconds */
	REST(64),
};
LAYER(keepalive_timeout, "keepalive_timeout", "Keepalive Timeout", "RFC 5534 5.3", OPTION,
      SHIM6_OPT_KEEPALIVE_TIMEOUT, 8, option_excess);

static const struct wire_field option_fields[] = {
	OPTION(0, VALUE),
	VARIABLE("octets", 32, OCTETS),
};
LAYER(option, "option", "Shim6 option", "RFC 5533 5.15", OPTION, 0xffff, 4, option_rest);
