/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ICMPv6 calls its messages, in words that readers of tcpdump know:
 * RFC 4443 3 for errors, RFC 4861 4 for Neighbor Discovery, RFC 2710 3 and
 * RFC 3810 5 for Multicast Listener Discovery.
 */
#include "wire/print_icmp6.h"
#include "wire/layer.h"

#include <inttypes.h>

enum { CODES_MAX = 7 };

/* Behind the names may stand one value of the message, of this kind, at that
 * octet from its type. `value` introduces it; NULL: none. */
static const struct message {
	uint8_t type;
	const char *name;
	const char *codes[CODES_MAX]; /* none at all: the only code is 0, and isn't told */
	const char *value;
	uint8_t kind; /* enum wire_kind: WIRE_UINT of 32 bits, or WIRE_ADDR */
	uint8_t at;
} messages[] = {
	{ 1, "destination unreachable",
	  { "no route", "administratively prohibited", "beyond scope of source address",
	    "address unreachable", "port unreachable", "source address failed policy",
	    "reject route" },
	  NULL, 0, 0 },
	{ 2, "packet too big", { NULL }, ", mtu ", WIRE_UINT, 4 },
	{ 3, "time exceeded",
	  { "hop limit exceeded in transit", "fragment reassembly time exceeded" },
	  NULL, 0, 0 },
	{ 4, "parameter problem",
	  { "erroneous header field", "unrecognized next header", "unrecognized option" },
	  " at octet ", WIRE_UINT, 4 },
	{ 130, "multicast listener query",     { NULL }, NULL,              0,         0 },
	{ 131, "multicast listener report",    { NULL }, NULL,              0,         0 },
	{ 132, "multicast listener done",      { NULL }, NULL,              0,         0 },
	{ 133, "router solicitation",          { NULL }, NULL,              0,         0 },
	{ 134, "router advertisement",         { NULL }, NULL,              0,         0 },
	{ 135, "neighbor solicitation",        { NULL }, ", who has ",      WIRE_ADDR, 8 },
	{ 136, "neighbor advertisement",       { NULL }, ", target is ",    WIRE_ADDR, 8 },
	{ 137, "redirect",                     { NULL }, ", target is ",    WIRE_ADDR, 8 },
	{ 143, "multicast listener report v2", { NULL }, NULL,              0,         0 },
};

static const struct message *message_of(uint64_t type)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (messages[i].type == type)
			return &messages[i];
	return NULL;
}

static void add_code(struct text *t, const struct message *m, uint64_t code)
{
	if (code < CODES_MAX && m->codes[code])
		text_add(t, ", %s", m->codes[code]);
	else if (code || m->codes[0])
		text_add(t, ", code %" PRIu64, code);
}

/* "?" if the packet ends before it. */
static void add_value(struct text *t, const struct wire_dissection *d, size_t off,
		      const struct message *m)
{
	size_t len = m->kind == WIRE_ADDR ? sizeof(struct in6_addr) : sizeof(uint32_t);
	struct wire_value value = { .kind = (enum wire_kind)m->kind };
	char text[64] = "?";

	if (d->end >= off + len) {
		value.octets = d->octets + off;
		value.len = len;
		if (m->kind == WIRE_UINT)
			value.number = wire_bits_get(value.octets, 0, 8 * (unsigned)len);
		wire_value_print(text, sizeof(text), &value);
	}
	text_add(t, "%s%s", m->value, text);
}

bool icmp6_print(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct message *m;
	uint64_t type, code;

	if (wire_number_get(d, span, "type", &type) || wire_number_get(d, span, "code", &code))
		return false;
	m = message_of(type);
	if (!m)
		return false;
	text_add(t, "ICMPv6 %s", m->name);
	add_code(t, m, code);
	if (m->value)
		add_value(t, d, d->spans[span].off + m->at, m);
	return true;
}
