/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of shimdump: what they look like. What they say is wire/packet.h's. */
#include "tools/shimdump/print.h"

#include "wire/layer.h"
#include "wire/packet.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum {
	USEC = 1000000,          /* in a second */
	LINE_ROOM = 16384,       /* a longer line ends in "..." */
	ROW_OCTETS = 20,         /* two rows show a report of a Probe, RFC 5534 5.2 */
	SHOWN_OCTETS = 160,      /* of a longer run of octets */
	ADDRESS_OCTETS = 16,
	FRAME_TYPE_FIRST = 1536, /* IEEE 802.3: what is smaller is a length */
};

/* --- times ----------------------------------------------------------------
 * Divisions, not localtime(): glibc asks the file system about the time zone
 * at each call, which would be most of the work of a line. */

/* Hours, as many as there are, minutes and seconds. */
static void print_hours(FILE *out, uint64_t usec)
{
	uint64_t minutes = usec / USEC / 60;

	fprintf(out, "%02" PRIu64 ":%02u:%02u.%06u ", minutes / 60, (unsigned)(minutes % 60),
		(unsigned)(usec / USEC % 60), (unsigned)(usec % USEC));
}

static void print_time_of_day(FILE *out, uint64_t usec)
{
	print_hours(out, usec % (24 * UINT64_C(3600) * USEC));
}

static void print_seconds(FILE *out, uint64_t usec)
{
	fprintf(out, "%" PRIu64 ".%06u ", usec / USEC, (unsigned)(usec % USEC));
}

static void print_date(FILE *out, uint64_t usec)
{
	time_t seconds = (time_t)(usec / USEC);
	struct tm tm;
	char text[32];

	if (gmtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%Y-%m-%d ", &tm))
		fputs(text, out);
	print_time_of_day(out, usec);
}

/* Captures may go back in time, so there is a column for the sign. */
static void print_difference(FILE *out, uint64_t usec, uint64_t from)
{
	fputc(usec < from ? '-' : ' ', out);
	print_hours(out, usec < from ? from - usec : usec - from);
}

static void print_time(struct printer *p, uint64_t usec)
{
	if (!p->started) {
		p->first_usec = p->previous_usec = usec;
		p->started = true;
	}
	switch (p->time_form) {
	case TIME_OF_DAY:
		print_time_of_day(p->out, usec);
		break;
	case TIME_SECONDS:
		print_seconds(p->out, usec);
		break;
	case TIME_SINCE_PACKET:
		print_difference(p->out, usec, p->previous_usec);
		break;
	case TIME_AND_DATE:
		print_date(p->out, usec);
		break;
	case TIME_SINCE_FIRST:
		print_difference(p->out, usec, p->first_usec);
		break;
	case TIME_NONE:
	case TIME_FORMS:
		break;
	}
	p->previous_usec = usec;
}

/* --- frames without IPv6 -------------------------------------------------- */

static const struct {
	uint16_t number;
	const char *name;
} ethertypes[] = {
	{ 0x0800, "IPv4" },
	{ 0x0806, "ARP" },
	{ 0x8035, "Reverse ARP" },
	{ 0x86dd, "IPv6" },
	{ 0x8847, "MPLS unicast" },
	{ 0x8848, "MPLS multicast" },
	{ 0x8863, "PPPoE D" },
	{ 0x8864, "PPPoE S" },
	{ 0x888e, "EAPOL" },
	{ 0x88cc, "LLDP" },
};

static const char *ethertype_name(uint16_t number)
{
	for (size_t i = 0; i < sizeof(ethertypes) / sizeof(ethertypes[0]); i++)
		if (ethertypes[i].number == number)
			return ethertypes[i].name;
	return "Unknown";
}

static void print_frame(FILE *out, const struct captured *packet)
{
	if (packet->ethertype == FRAME_UNTYPED)
		fputs("no IP behind the link header", out);
	else if (packet->ethertype < FRAME_TYPE_FIRST)
		fputs("IEEE 802.3 frame", out);
	else
		fprintf(out, "ethertype %s (0x%04x)", ethertype_name(packet->ethertype),
			packet->ethertype);
	fprintf(out, ", length %zu\n", packet->wire_len);
}

/* --- fields ---------------------------------------------------------------
 * "octet  name  value", octets counted from the IPv6 header. */

static void print_row(FILE *out, uint32_t off, const char *name, const struct wire_value *value)
{
	char text[LINE_ROOM];

	wire_value_print(text, sizeof(text), value);
	fprintf(out, "%8" PRIu32 "    %-16s %s\n", off, name, *text ? text : "none");
}

/* A long value takes a row for each address or so many octets. */
static void print_rows(FILE *out, uint32_t off, const char *name, const struct wire_value *value)
{
	bool addresses = value->kind == WIRE_ADDRS;
	size_t step = addresses ? ADDRESS_OCTETS : ROW_OCTETS;
	size_t shown = addresses || value->len <= SHOWN_OCTETS ? value->len : SHOWN_OCTETS;

	for (size_t at = 0; at < shown; at += step) {
		struct wire_value row = {
			.kind = addresses ? WIRE_ADDR : value->kind,
			.octets = value->octets + at,
			.len = shown - at < step ? shown - at : step,
		};

		print_row(out, off + (uint32_t)at, at ? "" : name, &row);
	}
	if (shown < value->len)
		fprintf(out, "%8s    %-16s and %zu octets more\n", "", "", value->len - shown);
}

static void print_field(FILE *out, const struct wire_dissection *d, unsigned span,
			const struct wire_field *field)
{
	struct wire_value value;
	uint32_t off;

	if (wire_field_get(d, span, field, &value, &off)) {
		fprintf(out, "%8s    %-16s ?\n", "", field->name); /* as wire_line_print() */
		return;
	}
	if ((value.kind == WIRE_OCTETS && value.len > ROW_OCTETS) ||
	    (value.kind == WIRE_ADDRS && value.len > ADDRESS_OCTETS))
		print_rows(out, off, field->name, &value);
	else
		print_row(out, off, field->name, &value);
}

static const char *const severity_names[] = {
	[WIRE_NOTE] = "note",
	[WIRE_WARNING] = "warning",
	[WIRE_ERROR] = "error",
};

/* Findings about octets from..to; spans follow each other, so with the last
 * one reaching to the end each finding is printed once. */
static void print_findings(FILE *out, const struct wire_dissection *d, uint32_t from, uint32_t to)
{
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++) {
		const struct wire_finding *f = &d->findings[i];

		if (f->off >= from && f->off < to)
			fprintf(out, "%8" PRIu32 "  ! %s: %s (%s)\n", f->off,
				severity_names[f->severity], f->text, f->rfc);
	}
}

static void print_fields(FILE *out, const struct wire_dissection *d)
{
	if (d->span_count == 0)
		print_findings(out, d, 0, UINT32_MAX);
	for (unsigned i = 0; i < d->span_count; i++) {
		const struct wire_span *span = &d->spans[i];
		const struct wire_layer *layer = span->layer;
		bool last = i + 1 == d->span_count;

		fprintf(out, "%8" PRIu32 "  %s, %" PRIu32 " octets", span->off, layer->title,
			span->len);
		if (*layer->rfc)
			fprintf(out, " (%s)", layer->rfc);
		fputc('\n', out);
		for (size_t j = 0; j < layer->field_count; j++)
			print_field(out, d, i, &layer->fields[j]);
		print_findings(out, d, i ? span->off : 0,
			       last ? UINT32_MAX : d->spans[i + 1].off);
	}
	if (d->finding_count > WIRE_FINDINGS_MAX)
		fprintf(out, "%8s  ! and %u findings more\n", "",
			d->finding_count - WIRE_FINDINGS_MAX);
}

/* --- packets -------------------------------------------------------------- */

static void print_octets(FILE *out, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (i % 16 == 0)
			fprintf(out, "\t0x%04zx: ", i);
		fprintf(out, i % 2 ? "%02x" : " %02x", octets[i]);
		if (i % 16 == 15 || i + 1 == len)
			fputc('\n', out);
	}
}

static void print_ip(struct printer *p, const uint8_t *octets, size_t len)
{
	struct wire_dissection d;
	char line[LINE_ROOM];

	wire_dissect(&d, octets, len);
	if (wire_line_print(line, sizeof(line), &d) >= LINE_ROOM)
		memcpy(line + LINE_ROOM - sizeof("..."), "...", sizeof("..."));
	fprintf(p->out, "IP6 %s\n", line);
	if (p->fields)
		print_fields(p->out, &d);
}

void print_packet(struct printer *p, const struct captured *packet)
{
	size_t off = packet->ip_off < 0 ? 0 : (size_t)packet->ip_off;

	print_time(p, packet->usec);
	if (packet->ip_off < 0)
		print_frame(p->out, packet);
	else
		print_ip(p, packet->frame + off, packet->len - off);
	if (p->octets)
		print_octets(p->out, packet->frame + off, packet->len - off);
}
