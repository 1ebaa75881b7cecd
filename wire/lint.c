/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fields of a Shim6 packet mean together: options in their messages
 * (RFC 5533 5.4 to 5.11, RFC 5534 5.3), reports, addresses and size. Options
 * themselves are lint_option.c's, and whether a field by itself is right is the
 * dissector's affair.
 */
#include "wire/due.h"
#include "wire/finding.h"
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/shim6.h"

#include <string.h>

enum need {
	NO,   /* isn't listed */
	MAY,  /* is, and need not be there */
	SAYS, /* the RFC says that it is, where some locator in the list is by CGA */
	CGA,  /* MUST be there in that case */
	LIST, /* MUST be, where the Locator List is */
	MUST,
};

enum { OPTION_COLUMNS = 8 };

static const struct wire_layer *const columns[OPTION_COLUMNS] = {
	&layer_validator, &layer_locator_list, &layer_preferences, &layer_pds,
	&layer_signature, &layer_ulid_pair,    &layer_fii,         &layer_keepalive_timeout,
};

/* The option lists of RFC 5533 5.4 to 5.11; the last column is RFC 5534 5.3,
 * which doesn't rule out the acknowledgement. With its list a message MUST bring what
 * verifies it; of an update that isn't said in this word, and the parameters may
 * have come before. Other conditions can't be told from a message: MAY. */
static const struct {
	const struct wire_layer *message;
	uint8_t option[OPTION_COLUMNS]; /* enum need */
} listed[] = {
	/*                       valid. list  prefs  pds   sig.  ulids  fii  timeout */
	{ &layer_i1,             { NO,   NO,   NO,    NO,   NO,   MAY,   MAY, NO } },
	{ &layer_r1,             { MUST, NO,   NO,    NO,   NO,   NO,    NO,  NO } },
	{ &layer_i2,             { MUST, MAY,  MAY,   LIST, CGA,  MAY,   MAY, MAY } },
	{ &layer_r2,             { NO,   MAY,  MAY,   LIST, CGA,  NO,    NO,  MAY } },
	{ &layer_r1bis,          { MAY,  NO,   NO,    NO,   NO,   NO,    NO,  NO } },
	{ &layer_i2bis,          { MAY,  MAY,  MAY,   LIST, CGA,  MAY,   MAY, MAY } },
	{ &layer_update_request, { NO,   MAY,  MAY,   MAY,  SAYS, NO,    NO,  MAY } },
	{ &layer_update_ack,     { NO,   NO,   NO,    NO,   NO,   NO,    NO,  MAY } },
	{ &layer_keepalive,      { NO,   NO,   NO,    NO,   NO,   NO,    NO,  NO } },
	{ &layer_probe,          { NO,   NO,   NO,    NO,   NO,   NO,    NO,  NO } },
};

/* When what goes with a Locator List is missing. */
static const struct condition {
	uint8_t severity;
	bool cga; /* only where some locator is by CGA */
	const char *text;
} conditions[] = {
	[SAYS] = { WIRE_WARNING, true, "locators by CGA" },
	[CGA] = { WIRE_ERROR, true, "locators by CGA" },
	[LIST] = { WIRE_ERROR, false, "locator_list" },
};

/* A message and its options, which are the spans [span + 1, end). */
struct message {
	struct wire_dissection *d;
	unsigned span, end;
	const struct wire_layer *layer;
	size_t off;
	bool whole; /* all octets that it claims are here, and were looked at: else options may
		     * be where the capture, the packet, the fragment or the spans end */
};

static struct message message_at(struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	struct message m = { .d = d, .span = span, .end = span + 1, .layer = s->layer,
			     .off = s->off };

	while (m.end < d->span_count && d->spans[m.end].layer->family == WIRE_FAMILY_OPTION)
		m.end++;
	m.whole = m.end < WIRE_SPANS_LOOKED_AT &&
		  m.off + 8 * (wire_row_number(d, span, ROW_HDR_EXT_LEN) + 1) <= d->end;
	return m;
}

/* --- options in their messages ----------------------------------------------- */

static bool has_method(const struct wire_dissection *d, unsigned list, uint8_t method)
{
	const struct wire_field *field = &layer_locator_list.fields[ROW_LOCATOR_LIST_METHODS];
	struct wire_value methods;
	uint32_t off;

	return wire_field_read(d, &d->spans[list], field, &methods, &off) == 0 &&
	       memchr(methods.octets, method, methods.len);
}

static void lint_missing(const struct message *m, const struct wire_layer *option,
			 const struct condition *condition)
{
	struct wire_dissection *d = m->d;

	for (unsigned i = m->span + 1; i < m->end; i++) {
		if (d->spans[i].layer != &layer_locator_list ||
		    (condition->cga && !has_method(d, i, SHIM6_METHOD_CGA)))
			continue;
		wire_finding_add(d, condition->severity, d->spans[i].off, m->layer->rfc,
				 "%s with %s, but without %s", m->layer->title, condition->text,
				 option->name);
		return;
	}
}

/* How often an option is there. */
struct tally {
	unsigned all;
	unsigned plain; /* of them with C = 0 */
};

static void lint_tally(const struct message *m, const struct wire_layer *option, struct tally n,
		       enum need need)
{
	const struct wire_layer *layer = m->layer;

	if (n.plain > 0 && need == NO)
		wire_finding_add(m->d, WIRE_WARNING, m->off, layer->rfc,
				 "%s is not an option of %s", option->name, layer->title);
	if (n.all > 1)
		wire_finding_add(m->d, WIRE_WARNING, m->off, option->rfc, "%u times %s", n.all,
				 option->name);
	if (n.all > 0 || !m->whole)
		return;
	if (need == MUST)
		wire_finding_add(m->d, WIRE_ERROR, m->off, layer->rfc, "%s without %s",
				 layer->title, option->name);
	else if (need > MAY)
		lint_missing(m, option, &conditions[need]);
}

/* OPTION_COLUMNS: it has none. */
static unsigned column_of(const struct wire_layer *option)
{
	unsigned column = 0;

	while (column < OPTION_COLUMNS && columns[column] != option)
		column++;
	return column;
}

static bool is_critical(const struct message *m, unsigned option)
{
	return wire_row_number(m->d, option, ROW_OPTION_CRITICAL);
}

static void lint_listed(const struct message *m, const uint8_t *needs)
{
	struct tally tallies[OPTION_COLUMNS + 1] = { { 0 } };

	for (unsigned i = m->span + 1; i < m->end; i++) {
		const struct wire_layer *option = m->d->spans[i].layer;
		unsigned column = column_of(option);
		bool critical = is_critical(m, i);

		tallies[column].all++;
		tallies[column].plain += !critical;
		if (critical && column < OPTION_COLUMNS && needs[column] == NO)
			wire_finding_add(m->d, WIRE_WARNING, m->d->spans[i].off, "RFC 5533 5.15",
					 "critical %s is not an option of %s: Error code %d is due",
					 option->name, m->layer->title, SHIM6_ERROR_OPTION);
	}
	for (unsigned column = 0; column < OPTION_COLUMNS; column++)
		lint_tally(m, columns[column], tallies[column], needs[column]);
}

static void lint_options(const struct message *m)
{
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		if (listed[i].message == m->layer)
			lint_listed(m, listed[i].option);
	for (unsigned i = m->span + 1; i < m->end; i++) {
		wire_lint_option(m->d, i);
		if (is_critical(m, i) && wire_layer_meant(m->d, i) == &layer_option)
			wire_finding_add(m->d, WIRE_WARNING, m->d->spans[i].off, "RFC 5533 5.15",
					 "critical option %u is not known",
					 (unsigned)wire_row_number(m->d, i, ROW_OPTION_TYPE));
	}
	wire_lint_preferences(m->d, m->span, m->end);
}

/* --- Probe and Error ----------------------------------------------------------- */

/* RFC 5534 5.2: as many as the counts say, the last one whole. */
static void lint_reports(const struct message *m, const struct wire_value *reports, uint32_t off)
{
	unsigned claimed = (unsigned)(wire_row_number(m->d, m->span, ROW_PROBE_SENT_COUNT) +
				      wire_row_number(m->d, m->span, ROW_PROBE_RECEIVED_COUNT));
	unsigned whole = (unsigned)(reports->len / REAP_REPORT_LEN);

	if (whole < claimed)
		wire_finding_add(m->d, m->whole ? WIRE_ERROR : WIRE_NOTE,
				 off + REAP_REPORT_LEN * whole, m->layer->rfc,
				 "report %u of %u has %u of its %u octets", whole + 1, claimed,
				 (unsigned)(reports->len % REAP_REPORT_LEN), REAP_REPORT_LEN);
}

/* RFC 5534 5.2: the first one that was sent is about this Probe. */
static void lint_first_report(const struct message *m, const struct wire_value *reports,
			      uint32_t off)
{
	struct wire_endpoints ends;
	const size_t len = sizeof(ends.src);

	if (reports->len < REAP_REPORT_LEN ||
	    wire_row_number(m->d, m->span, ROW_PROBE_SENT_COUNT) == 0 ||
	    wire_endpoints(m->d, m->span, &ends))
		return;
	if (memcmp(reports->octets, &ends.src, len) != 0)
		wire_finding_add(m->d, WIRE_WARNING, off, m->layer->rfc,
				 "sent[0].src is not the source of this Probe");
	if (memcmp(reports->octets + len, &ends.dst, len) != 0)
		wire_finding_add(m->d, WIRE_WARNING, off + len, m->layer->rfc,
				 "sent[0].dst is not the destination of this Probe");
}

static void lint_probe(const struct message *m)
{
	const struct wire_span *s = &m->d->spans[m->span];
	struct wire_value reports;
	uint32_t off;

	if (wire_field_read(m->d, s, &layer_probe.fields[ROW_PROBE_REPORTS], &reports, &off))
		return;
	if (wire_row_number(m->d, m->span, ROW_PROBE_SENT_COUNT) == 0)
		wire_finding_add(m->d, WIRE_ERROR, m->off + 12, m->layer->rfc,
				 "sent_count is 0, at least 1 needed");
	if (wire_row_number(m->d, m->span, ROW_PROBE_STATE) == REAP_STATE_COUNT)
		wire_finding_add(m->d, WIRE_ERROR, m->off + 13, m->layer->rfc, "state 3 is none");
	lint_reports(m, &reports, off);
	lint_first_report(m, &reports, off);
}

/* RFC 5533 5.14: an Error quotes some of the packet that is wrong. */
static void lint_error(const struct message *m)
{
	if (m->d->spans[m->span].len >= m->layer->fixed &&
	    wire_row_number(m->d, m->span, ROW_HDR_EXT_LEN) == 0)
		wire_finding_add(m->d, WIRE_ERROR, m->off + 1, m->layer->rfc,
				 "hdr_ext_len is 0, at least 1 needed");
}

/* --- options of IPv6 ---------------------------------------------------------- */

/* RFC 8200 4.2: each is within its header. One that isn't all here tells nothing. */
static void lint_ipv6_options(struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	struct rbuf r = rbuf_of(d->octets + s->off, s->len);
	struct ipv6_option o;

	if (s->len < 8 * (wire_row_number(d, span, ROW_HDR_EXT_LEN) + 1))
		return;
	rbuf_take(&r, IPV6_OPTIONS_AT);
	while (ipv6_option_next(&r, &o))
		;
	if (r.bad)
		wire_finding_add(d, WIRE_ERROR, s->off + r.off, "RFC 8200 4.2",
				 "option %u leaves its header", r.data[r.off]);
}

/* --- around the message ------------------------------------------------------- */

static bool is_unfit(const uint8_t *addr)
{
	return addr[0] == 0xff || memcmp(addr, &in6addr_any, sizeof(in6addr_any)) == 0;
}

/* RFC 5533 5.1 for the size, 5.3 for Next Header, 12.3 for addresses. */
static void lint_packet(const struct message *m)
{
	struct wire_dissection *d = m->d;
	uint64_t next = wire_row_number(d, m->span, ROW_NEXT_HEADER);
	const uint8_t *ip = d->octets;

	for (unsigned i = 0; i < m->span; i++)
		if (d->spans[i].layer == &layer_ipv6)
			ip = d->octets + d->spans[i].off;

	if (next != PROTO_NONE)
		wire_finding_add(d, WIRE_NOTE, m->off, "RFC 5533 5.3",
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

void wire_lint(struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->span_count; i++) {
		struct message m;

		if (d->spans[i].layer == &layer_hop || d->spans[i].layer == &layer_dst)
			lint_ipv6_options(d, i);
		if (d->spans[i].layer->family != WIRE_FAMILY_SHIM6)
			continue;
		m = message_at(d, i);
		lint_packet(&m);
		lint_options(&m);
		if (m.layer == &layer_probe)
			lint_probe(&m);
		if (m.layer == &layer_error)
			lint_error(&m);
	}
}
