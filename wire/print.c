/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet in one line, for people who read tcpdump's. */
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/print_icmp6.h"
#include "wire/print_tcp.h"
#include "wire/reap.h"
#include "wire/rows.h"
#include "wire/text.h"

/* Octets that are shown in full, and how many of longer runs are. */
enum { OCTETS_FULL = 20, OCTETS_SHOWN = 8 };

/* Octets behind a header, by IPv6's length: the capture may have fewer of them. */
static size_t octets_behind(const struct wire_dissection *d, unsigned span)
{
	size_t start = d->spans[span].off + d->spans[span].layer->fixed;

	return d->claimed > start ? d->claimed - start : 0;
}

static void add_value(struct text *t, const struct wire_value *value)
{
	if (value->kind != WIRE_OCTETS || value->len <= OCTETS_FULL) {
		text_value(t, value);
		return;
	}
	text_octets(t, value->octets, OCTETS_SHOWN);
	text_str(t, ".. (");
	text_dec(t, value->len);
	text_str(t, " octets)");
}

/* " name 0x1f" */
static void add_hex(struct text *t, const char *name, uint64_t number)
{
	text_str(t, name);
	text_hex(t, number);
}

static void add_dec(struct text *t, const char *name, uint64_t number)
{
	text_str(t, name);
	text_dec(t, number);
}

static bool is_critical(const struct wire_layer *layer, const struct wire_field *field)
{
	return layer->family == WIRE_FAMILY_OPTION && field == &layer->fields[ROW_OPTION_CRITICAL];
}

/* Would the name of the free field only repeat that of its option or header? What
 * is optional has its own name always. */
static bool has_lone_field(const struct wire_layer *layer)
{
	bool option = layer->family == WIRE_FAMILY_OPTION, variable = false;
	unsigned free_fields = 0;

	for (size_t i = 0; i < layer->field_count; i++) {
		const struct wire_field *field = &layer->fields[i];

		if (field->role != WIRE_VALUE || field->optional || is_critical(layer, field))
			continue;
		free_fields++;
		variable = field->bits == 0;
	}
	return free_fields == 1 && (option || variable);
}

/* " name 0x1f", or " 0x1f" if it is not to be named. Octets that are none are none. */
static void add_field(struct text *t, const struct wire_field *field,
		      const struct wire_value *value, bool named)
{
	if (value->kind == WIRE_OCTETS && value->len == 0)
		return;
	text_str(t, " ");
	if (named) {
		text_str(t, field->name);
		text_str(t, " ");
	}
	add_value(t, value);
}

/* The free fields of a layer; `critical` only where it is set. */
static void add_fields(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	const struct wire_layer *layer = s->layer;
	bool lone = has_lone_field(layer);
	struct wire_value value;
	uint32_t off;

	for (size_t i = 0; i < layer->field_count; i++) {
		const struct wire_field *field = &layer->fields[i];
		int rc;

		if (field->role != WIRE_VALUE)
			continue;
		rc = wire_field_read(d, s, field, &value, &off);
		if (rc == 0 && is_critical(layer, field)) {
			text_str(t, value.number ? " critical" : "");
		} else if (rc == 0) {
			add_field(t, field, &value, !lone || field->optional);
		} else if (rc == -EBADMSG) {
			text_str(t, " ");
			text_str(t, field->name);
			text_str(t, " ?");
		}
	}
}

static void add_titled(struct text *t, const struct wire_dissection *d, unsigned span)
{
	text_str(t, d->spans[span].layer->title);
	add_fields(t, d, span);
}

static void add_option(struct text *t, const struct wire_dissection *d, unsigned span)
{
	text_str(t, d->spans[span].layer->name);
	add_fields(t, d, span);
}

static void add_length_behind(struct text *t, const struct wire_dissection *d, unsigned span)
{
	add_dec(t, ", length ", octets_behind(d, span));
}

static bool ports_of(const struct wire_dissection *d, unsigned span, uint64_t *src, uint64_t *dst)
{
	const struct wire_layer *layer = d->spans[span].layer;

	return (layer == &layer_udp || layer == &layer_tcp) &&
	       wire_row_get(d, span, ROW_PORT_SRC, src) == 0 &&
	       wire_row_get(d, span, ROW_PORT_DST, dst) == 0;
}

static void add_ipv6(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	const uint8_t *octets = d->octets + s->off;
	uint64_t src, dst;
	bool ports;

	if (s->len < IPV6_HEADER_LEN) {
		add_dec(t, span ? "IPv6 header of " : "header of ", s->len);
		text_str(t, " octets");
		return;
	}
	ports = span + 1 < d->span_count && ports_of(d, span + 1, &src, &dst);
	text_addr(t, octets + 8);
	if (ports)
		add_dec(t, ".", src);
	text_str(t, " > ");
	text_addr(t, octets + 24);
	if (ports)
		add_dec(t, ".", dst);
}

static void add_payload(struct text *t, const struct wire_dissection *d, unsigned span)
{
	text_str(t, "shim6 payload");
	add_fields(t, d, span);
}

/* The ports stand with the addresses, unless there is something between. */
static void add_ports(struct text *t, const struct wire_dissection *d, unsigned span)
{
	uint64_t src, dst;

	if (span > 0 && d->spans[span - 1].layer != &layer_ipv6 && ports_of(d, span, &src, &dst)) {
		add_dec(t, " ", src);
		add_dec(t, " > ", dst);
	}
}

/* The length is the datagram's, of which this may be a fragment. */
static void add_udp(struct text *t, const struct wire_dissection *d, unsigned span)
{
	uint64_t len = wire_row_number(d, span, ROW_UDP_LEN);

	text_str(t, "UDP");
	add_ports(t, d, span);
	add_dec(t, ", length ",
		len >= UDP_HEADER_LEN ? len - UDP_HEADER_LEN : octets_behind(d, span));
}

static void add_tcp(struct text *t, const struct wire_dissection *d, unsigned span)
{
	text_str(t, "TCP");
	add_ports(t, d, span);
	tcp_print(t, d, span);
}

static void add_icmp6(struct text *t, const struct wire_dissection *d, unsigned span)
{
	if (!icmp6_print(t, d, span))
		add_titled(t, d, span);
	add_length_behind(t, d, span);
}

static void add_echo(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const uint8_t *octets = d->octets + d->spans[span].off;
	uint64_t id, seq;

	text_str(t, octets[0] == 128 ? "ICMPv6 echo request" : "ICMPv6 echo reply");
	if (wire_row_get(d, span, ROW_ECHO_ID, &id) == 0 &&
	    wire_row_get(d, span, ROW_ECHO_SEQ, &seq) == 0) {
		add_dec(t, ", id ", id);
		add_dec(t, ", seq ", seq);
	}
	add_length_behind(t, d, span);
}

/* A report is source, destination, nonce and data: RFC 5534 5.2. */
static void add_report(struct text *t, const uint8_t *octets)
{
	uint64_t data = wire_bits_get(octets, 288, 32);

	text_addr(t, octets);
	text_str(t, " > ");
	text_addr(t, octets + 16);
	add_hex(t, " nonce ", wire_bits_get(octets, 256, 32));
	if (data)
		add_hex(t, " data ", data);
}

/* Those that are whole, and "?" for the first that isn't. */
static void add_reports(struct text *t, const struct wire_value *reports, size_t sent,
			size_t received)
{
	size_t count = sent + received, whole = reports->len / REAP_REPORT_LEN;

	for (size_t i = 0; i < count && i <= whole; i++) {
		if (i == 0 || i == sent) {
			text_str(t, i ? "]" : "");
			text_str(t, i < sent ? " sent [" : " received [");
		} else {
			text_str(t, ", ");
		}
		if (i < whole)
			add_report(t, reports->octets + REAP_REPORT_LEN * i);
		else
			text_str(t, "?");
	}
	text_str(t, count ? "]" : "");
}

static void add_probe(struct text *t, const struct wire_dissection *d, unsigned span)
{
	static const char *const states[] = { " Operational", " Exploring", " InboundOk",
					      " state 3" };
	struct wire_value reports;
	uint32_t off;

	if (wire_field_read(d, &d->spans[span], &layer_probe.fields[ROW_PROBE_REPORTS], &reports,
			    &off)) {
		add_titled(t, d, span);
		return;
	}
	add_hex(t, "Probe receiver_tag ", wire_row_number(d, span, ROW_PROBE_RECEIVER_TAG));
	text_str(t, states[wire_row_number(d, span, ROW_PROBE_STATE)]);
	add_reports(t, &reports, wire_row_number(d, span, ROW_PROBE_SENT_COUNT),
		    wire_row_number(d, span, ROW_PROBE_RECEIVED_COUNT));
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
	uint64_t claimed = 8 * wire_row_number(d, span, ROW_HDR_EXT_LEN);
	uint32_t len = d->spans[span].len;
	size_t here = len > layer_error.fixed ? len - layer_error.fixed : 0;
	uint64_t code, pointer;

	text_str(t, "Error");
	if (wire_row_get(d, span, ROW_ERROR_CODE, &code) == 0 &&
	    wire_row_get(d, span, ROW_ERROR_POINTER, &pointer) == 0) {
		add_dec(t, " code ", code);
		text_str(t, " (");
		text_str(t, error_name(code));
		add_dec(t, ") pointer ", pointer);
	}
	add_dec(t, ", ", here);
	if (here < claimed)
		add_dec(t, " of ", claimed);
	text_str(t, " octets quoted");
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
	unsigned header;
	uint64_t units;

	if (span == 0 || d->spans[span].layer != &layer_data)
		return false;
	header = header_before(d, span);
	return d->spans[header].layer->family == WIRE_FAMILY_SHIM6 &&
	       wire_row_get(d, header, ROW_HDR_EXT_LEN, &units) == 0 &&
	       d->spans[span].off < d->spans[header].off + 8 * (units + 1);
}

/* UDP, TCP and ICMPv6 have told the length of theirs. */
static void add_data(struct text *t, const struct wire_dissection *d, unsigned span)
{
	bool payload = span > 0 && d->spans[span].off < d->end;
	uint64_t next;

	if (is_broken_option(d, span)) {
		text_str(t, "option ?, ");
		payload = false;
	} else if (payload &&
		   wire_number_get(d, header_before(d, span), "next_header", &next) == 0) {
		add_dec(t, "next header ", next);
		text_str(t, ", ");
	}
	add_dec(t, "length ", payload ? octets_behind(d, span) : d->spans[span].len);
}

static const struct {
	const struct wire_layer *layer;
	void (*add)(struct text *t, const struct wire_dissection *d, unsigned span);
} printers[] = {
	{ &layer_ipv6,    add_ipv6 },
	{ &layer_payload, add_payload },
	{ &layer_udp,     add_udp },
	{ &layer_tcp,     add_tcp },
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
	return layer == &layer_udp || layer == &layer_tcp || layer == &layer_icmp6 ||
	       layer == &layer_echo;
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

	text_str(&t, d->span_count ? "" : "no octets");
	for (unsigned i = 0; i < d->span_count; i++) {
		if (d->spans[i].layer == &layer_data && i > 0 &&
		    tells_length(d->spans[i - 1].layer))
			continue;
		text_str(&t, separator(d, i));
		add_span(&t, d, i);
	}
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++) {
		text_str(&t, " [");
		text_str(&t, d->findings[i].text);
		text_str(&t, "]");
	}
	if (d->finding_count > WIRE_FINDINGS_MAX) {
		add_dec(&t, " [and ", d->finding_count - WIRE_FINDINGS_MAX);
		text_str(&t, " more]");
	}
	return (int)t.len;
}
