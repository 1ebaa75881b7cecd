/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet in one line, for people who read tcpdump's. */
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/packet.h"
#include "wire/print_icmp6.h"
#include "wire/text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

/* Octets that are shown in full, and how many of longer runs are. */
enum { OCTETS_FULL = 20, OCTETS_SHOWN = 8 };

static bool number_of(const struct wire_dissection *d, unsigned span, const char *name,
		      uint64_t *out)
{
	return wire_number_get(d, span, name, out) == 0;
}

/* Octets behind a header and the headers that belong to it. */
static size_t octets_behind(const struct wire_dissection *d, unsigned span)
{
	size_t start = d->spans[span].off + d->spans[span].len;

	return d->end > start ? d->end - start : 0;
}

static void add_value(struct text *t, const struct wire_value *value)
{
	char text[64];

	if (value->kind == WIRE_OCTETS && value->len > OCTETS_FULL) {
		for (size_t i = 0; i < OCTETS_SHOWN; i++)
			text_add(t, "%02x", value->octets[i]);
		text_add(t, ".. (%zu octets)", value->len);
	} else if ((size_t)wire_value_print(text, sizeof(text), value) < sizeof(text)) {
		text_add(t, "%s", text);
	} else {
		/* Straight to its place; what doesn't fit is counted there. */
		size_t room = t->len < t->size ? t->size - t->len : 0;

		t->len += (size_t)wire_value_print(room ? t->buf + t->len : NULL, room, value);
	}
}

static void add_addr(struct text *t, const uint8_t *octets)
{
	add_value(t, &(struct wire_value){ .kind = WIRE_ADDR, .octets = octets, .len = 16 });
}

static bool is_critical(const struct wire_field *field)
{
	return strcmp(field->name, "critical") == 0;
}

/* Would the field's name only repeat that of its option or header? */
static bool is_lone(const struct wire_layer *layer, const struct wire_field *field)
{
	unsigned free_fields = 0;

	for (size_t i = 0; i < layer->field_count; i++)
		free_fields += layer->fields[i].role == WIRE_VALUE &&
			       !is_critical(&layer->fields[i]);
	return free_fields == 1 && (layer->family == WIRE_FAMILY_OPTION || field->bits == 0);
}

/* The free fields of a layer; `critical` only where it is set. */
static void add_fields(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_layer *layer = d->spans[span].layer;

	for (size_t i = 0; i < layer->field_count; i++) {
		const struct wire_field *field = &layer->fields[i];
		bool lone = is_lone(layer, field);
		struct wire_value value;

		if (field->role != WIRE_VALUE)
			continue;
		if (wire_field_get(d, span, field, &value, NULL)) {
			text_add(t, " %s ?", field->name);
		} else if (is_critical(field)) {
			text_add(t, "%s", value.number ? " critical" : "");
		} else {
			text_add(t, " %s%s", lone ? "" : field->name, lone ? "" : " ");
			add_value(t, &value);
		}
	}
}

static void add_titled(struct text *t, const struct wire_dissection *d, unsigned span)
{
	text_add(t, "%s", d->spans[span].layer->title);
	add_fields(t, d, span);
}

static void add_option(struct text *t, const struct wire_dissection *d, unsigned span)
{
	text_add(t, "%s", d->spans[span].layer->name);
	add_fields(t, d, span);
}

static void add_ipv6(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	const uint8_t *octets = d->octets + s->off;
	bool udp = span + 1 < d->span_count && s[1].layer == &layer_udp;
	uint64_t src, dst;

	if (s->len < IPV6_HEADER_LEN) {
		text_add(t, "%sheader of %" PRIu32 " octets", span ? "IPv6 " : "", s->len);
		return;
	}
	udp = udp && number_of(d, span + 1, "src", &src) && number_of(d, span + 1, "dst", &dst);
	add_addr(t, octets + 8);
	if (udp)
		text_add(t, ".%" PRIu64, src);
	text_add(t, " > ");
	add_addr(t, octets + 24);
	if (udp)
		text_add(t, ".%" PRIu64, dst);
}

static void add_payload(struct text *t, const struct wire_dissection *d, unsigned span)
{
	text_add(t, "shim6 payload");
	add_fields(t, d, span);
}

/* The ports stand with the addresses, unless there is something between. */
static void add_udp(struct text *t, const struct wire_dissection *d, unsigned span)
{
	uint64_t src, dst;

	text_add(t, "UDP");
	if (span > 0 && d->spans[span - 1].layer != &layer_ipv6 &&
	    number_of(d, span, "src", &src) && number_of(d, span, "dst", &dst))
		text_add(t, " %" PRIu64 " > %" PRIu64, src, dst);
	text_add(t, ", length %zu", octets_behind(d, span));
}

static void add_icmp6(struct text *t, const struct wire_dissection *d, unsigned span)
{
	if (!icmp6_print(t, d, span))
		add_titled(t, d, span);
	text_add(t, ", length %zu", octets_behind(d, span));
}

static void add_echo(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const uint8_t *octets = d->octets + d->spans[span].off;
	uint64_t id, seq;

	text_add(t, "ICMPv6 echo %s", octets[0] == 128 ? "request" : "reply");
	if (number_of(d, span, "id", &id) && number_of(d, span, "seq", &seq))
		text_add(t, ", id %" PRIu64 ", seq %" PRIu64, id, seq);
	text_add(t, ", length %zu", octets_behind(d, span));
}

/* A report is source, destination, nonce and data: RFC 5534 5.2. */
static void add_report(struct text *t, const uint8_t *octets)
{
	add_addr(t, octets);
	text_add(t, " > ");
	add_addr(t, octets + 16);
	text_add(t, " nonce 0x%" PRIx64, wire_bits_get(octets, 256, 32));
	if (wire_bits_get(octets, 288, 32))
		text_add(t, " data 0x%" PRIx64, wire_bits_get(octets, 288, 32));
}

static void add_probe(struct text *t, const struct wire_dissection *d, unsigned span)
{
	static const char *const states[] = { "Operational", "Exploring", "InboundOk", "state 3" };
	const struct wire_field *field = wire_field_named(&layer_probe, "reports");
	struct wire_value reports;
	uint64_t tag, sent, state;

	if (!number_of(d, span, "receiver_tag", &tag) || !number_of(d, span, "state", &state) ||
	    !number_of(d, span, "sent_count", &sent) ||
	    wire_field_get(d, span, field, &reports, NULL)) {
		add_titled(t, d, span);
		return;
	}
	text_add(t, "Probe receiver_tag 0x%" PRIx64 " %s", tag, states[state & 3]);
	for (size_t i = 0; i < reports.len / 40; i++) {
		if (i == 0 || i == sent)
			text_add(t, "%s%s [", i ? "]" : "", i < sent ? " sent" : " received");
		else
			text_add(t, ", ");
		add_report(t, reports.octets + 40 * i);
	}
	text_add(t, "%s", reports.len ? "]" : "");
}

/* RFC 5533 5.14. */
static const char *error_name(uint64_t code)
{
	static const char *const names[] = {
		"unknown message type",   "unknown critical option",
		"locator not verified",   "generation out of sync",
		"wrong number of locators",
	};

	if (code < sizeof(names) / sizeof(names[0]))
		return names[code];
	return code < 120 ? "unassigned" : "debugging";
}

static void add_error(struct text *t, const struct wire_dissection *d, unsigned span)
{
	uint64_t code, pointer;

	text_add(t, "Error");
	if (number_of(d, span, "code", &code) && number_of(d, span, "pointer", &pointer))
		text_add(t, " code %" PRIu64 " (%s) pointer %" PRIu64, code, error_name(code),
			 pointer);
	text_add(t, ", %" PRIu32 " octets quoted",
		 d->spans[span].len > 8 ? d->spans[span].len - 8 : 0);
}

/* The header in front of a span, options of messages passed over. span > 0. */
static unsigned header_before(const struct wire_dissection *d, unsigned span)
{
	do
		span--;
	while (span > 0 && d->spans[span].layer->family == WIRE_FAMILY_OPTION);
	return span;
}

/* Octets in the place of an option, inside a message by its Hdr Ext Len. */
static bool is_broken_option(const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *header;
	uint64_t units;

	if (span == 0 || d->spans[span].layer != &layer_data)
		return false;
	header = &d->spans[header_before(d, span)];
	return header->layer->family == WIRE_FAMILY_SHIM6 &&
	       number_of(d, header_before(d, span), "hdr_ext_len", &units) &&
	       d->spans[span].off < header->off + 8 * (units + 1);
}

/* UDP and ICMPv6 have told the length of theirs. */
static void add_data(struct text *t, const struct wire_dissection *d, unsigned span)
{
	uint64_t next;

	if (is_broken_option(d, span))
		text_add(t, "option ?, ");
	else if (span > 0 && d->spans[span].off < d->end &&
		 number_of(d, header_before(d, span), "next_header", &next))
		text_add(t, "next header %" PRIu64 ", ", next);
	text_add(t, "length %" PRIu32, d->spans[span].len);
}

static const struct {
	const struct wire_layer *layer;
	void (*add)(struct text *t, const struct wire_dissection *d, unsigned span);
} printers[] = {
	{ &layer_ipv6,    add_ipv6 },
	{ &layer_payload, add_payload },
	{ &layer_udp,     add_udp },
	{ &layer_icmp6,   add_icmp6 },
	{ &layer_echo,    add_echo },
	{ &layer_probe,   add_probe },
	{ &layer_error,   add_error },
	{ &layer_data,    add_data },
};

static void add_span(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_layer *layer = d->spans[span].layer;

	for (size_t i = 0; i < sizeof(printers) / sizeof(printers[0]); i++) {
		if (printers[i].layer == layer) {
			printers[i].add(t, d, span);
			return;
		}
	}
	if (layer->family == WIRE_FAMILY_OPTION)
		add_option(t, d, span);
	else
		add_titled(t, d, span);
}

static bool tells_length(const struct wire_layer *layer)
{
	return layer == &layer_udp || layer == &layer_icmp6 || layer == &layer_echo;
}

/* Options belong to the message in front of them. */
static const char *separator(const struct wire_dissection *d, unsigned span)
{
	if (span == 0)
		return "";
	return d->spans[span].layer->family == WIRE_FAMILY_OPTION || is_broken_option(d, span)
		       ? ", "
		       : ": ";
}

int wire_line_print(char *buf, size_t size, const struct wire_dissection *d)
{
	struct text t = text_of(buf, size);

	if (d->span_count == 0)
		text_add(&t, "no octets");
	for (unsigned i = 0; i < d->span_count; i++) {
		const struct wire_layer *layer = d->spans[i].layer;

		if (layer == &layer_data && i > 0 && tells_length(d->spans[i - 1].layer))
			continue;
		text_add(&t, "%s", separator(d, i));
		add_span(&t, d, i);
	}
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++)
		text_add(&t, " [%s]", d->findings[i].text);
	if (d->finding_count > WIRE_FINDINGS_MAX)
		text_add(&t, " [and %u more]", d->finding_count - WIRE_FINDINGS_MAX);
	return (int)t.len;
}
