/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line for each packet, in the manner of tcpdump(8), and below it what was
 * asked for: context and fields (-v), octets (-x, -X). What the line says is
 * wire_line_print()'s.
 */
#include "tools/shimdump/clock.h"

#include "wire/explain.h"
#include "wire/layers.h"
#include "wire/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_ROOM = 16384,       /* a longer line is cut, and ends with "..." */
	LINE_REST = 512,         /* of it, for the context behind the packet */
	ROW_OCTETS = 20,
	SHOWN_OCTETS = 160,      /* of a longer run of octets, unless -vv */
	ADDRESS_OCTETS = 16,
	NAME_COLUMNS = 22,
	QUOTES_MAX = 4,          /* packets quoted in each other that are shown */
	DLT_ETHERNET = 1, /* DLT_EN10MB of pcap/dlt.h */
	ETHERNET_LEN = 14,
};

/* --- frames without IPv6 ---------------------------------------------------- */

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

static void put_frame(struct text *t, const struct captured *packet)
{
	if (packet->tunnel_fragment)
		text_str(t, "fragment of a tunnelled packet");
	else if (packet->ethertype == FRAME_UNTYPED)
		text_str(t, "no IP behind the link header");
	else if (packet->ethertype < FRAME_TYPE_FIRST)
		text_str(t, "IEEE 802.3 frame");
	else
		text_add(t, "ethertype %s (0x%04x)", ethertype_name(packet->ethertype),
			 packet->ethertype);
	text_add(t, ", length %zu\n", packet->wire_len);
}

/* Of Ethernet the addresses; of other links how long their header is. */
static void put_link(struct text *t, const struct captured *packet)
{
	const uint8_t *o = packet->frame;

	if (packet->link_type == DLT_ETHERNET && packet->len >= ETHERNET_LEN)
		text_add(t,
			 "%02x:%02x:%02x:%02x:%02x:%02x > %02x:%02x:%02x:%02x:%02x:%02x, "
			 "length %zu: ",
			 o[6], o[7], o[8], o[9], o[10], o[11], o[0], o[1], o[2], o[3], o[4], o[5],
			 packet->wire_len);
	else if (packet->ip_off > 0)
		text_add(t, "link header of %zd octets, length %zu: ", packet->ip_off,
			 packet->wire_len);
}

/* --- the context ------------------------------------------------------------- */

static bool has_payload(const struct wire_dissection *d)
{
	int span = shim6_span(d);

	return span >= 0 && d->spans[span].layer == &layer_payload;
}

/* " [context 1, ULIDs A > B, switch]" */
static void put_mark(struct text *t, const struct sight *s)
{
	const struct trace_context *c = s->mark.context;

	if (!c)
		return;
	text_str(t, " [context ");
	text_dec(t, c->id);
	if (has_payload(s->d) && c->end[0].has_ulid && c->end[1].has_ulid) {
		text_str(t, ", ULIDs ");
		text_addr(t, c->end[s->mark.from].ulid.s6_addr);
		text_str(t, " > ");
		text_addr(t, c->end[!s->mark.from].ulid.s6_addr);
	}
	for (unsigned i = 0; event_name[i]; i++) {
		if (!(s->mark.events & 1U << i))
			continue;
		text_str(t, ", ");
		text_str(t, event_name[i]);
	}
	text_put(t, "]", 1);
}

static void print_end(FILE *out, const char *role, const struct trace_end *end, bool sender)
{
	char text[ADDR_ROOM];

	fprintf(out, "%10s  %s  ULID %s, tag ", "", role, ulid_text(text, end));
	put_tag(out, end);
	fprintf(out, "%s\n", sender ? ", the sender" : "");
}

static void print_context(FILE *out, const struct sight *s)
{
	const struct trace_context *c = s->mark.context;

	if (!c)
		return;
	fprintf(out, "%8s  context %u, %s", "", c->id, trace_state_name[c->state]);
	if (c->fii)
		fprintf(out, ", fork 0x%" PRIx32, c->fii);
	fputc('\n', out);
	print_end(out, "initiator", &c->end[0], s->mark.from == 0);
	print_end(out, "responder", &c->end[1], s->mark.from == 1);
}

/* A locator in the sender's list; NULL: it isn't there. */
static const struct trace_locator *locator_of(const struct sight *s, const uint8_t *addr)
{
	const struct trace_end *end;

	if (!s->mark.context)
		return NULL;
	end = &s->mark.context->end[s->mark.from];
	for (unsigned i = 0; i < end->locator_count; i++)
		if (!memcmp(&end->locators[i].addr, addr, ADDRESS_OCTETS))
			return &end->locators[i];
	return NULL;
}

/* --- fields ------------------------------------------------------------------
 * "octet  name  value", octets counted from the IPv6 header. */

struct rows {
	FILE *out;
	const struct sight *s; /* NULL: inside a quoted packet */
	unsigned verbose;
	uint32_t base;  /* octet of the packet at which the dissection starts */
	unsigned depth; /* of quotation */
};

static void print_row(const struct rows *r, uint32_t off, const char *name,
		      const struct wire_value *value, const struct trace_locator *locator)
{
	char text[LINE_ROOM];

	wire_value_print(text, sizeof(text), value);
	fprintf(r->out, "%8" PRIu32 "  %*s%-*s %s", r->base + off, 2 + 2 * (int)r->depth, "",
		NAME_COLUMNS, name, *text ? text : "none");
	if (locator) {
		fputs("  ", r->out);
		put_proof(r->out, locator);
	}
	fputc('\n', r->out);
}

/* A long value takes a row for each address or so many octets. */
static void print_rows(const struct rows *r, uint32_t off, const char *name,
		       const struct wire_value *value)
{
	bool addresses = value->kind == WIRE_ADDRS;
	size_t step = addresses ? ADDRESS_OCTETS : ROW_OCTETS;
	bool whole = addresses || r->verbose > 1 || value->len <= SHOWN_OCTETS;
	size_t shown = whole ? value->len : SHOWN_OCTETS;

	for (size_t at = 0; at < shown; at += step) {
		struct wire_value row = {
			.kind = addresses ? WIRE_ADDR : value->kind,
			.octets = value->octets + at,
			.len = shown - at < step ? shown - at : step,
		};

		print_row(r, off + (uint32_t)at, at ? "" : name, &row,
			  addresses && r->s ? locator_of(r->s, row.octets) : NULL);
	}
	if (shown < value->len)
		fprintf(r->out, "%8s    %-*s and %zu octets more\n", "", NAME_COLUMNS, "",
			value->len - shown);
}

static void print_value(const struct rows *r, uint32_t off, const char *name,
			const struct wire_value *value)
{
	if ((value->kind == WIRE_OCTETS && value->len > ROW_OCTETS) ||
	    (value->kind == WIRE_ADDRS && value->len > 0))
		print_rows(r, off, name, value);
	else
		print_row(r, off, name, value, NULL);
}

static void print_field(const struct rows *r, const struct wire_dissection *d, unsigned span,
			const struct wire_field *field)
{
	struct wire_value value;
	uint32_t off;
	int rc = wire_field_get(d, span, field, &value, &off);

	if (rc == -EBADMSG) /* as wire_line_print() */
		fprintf(r->out, "%8s  %*s%-*s ?\n", "", 2 + 2 * (int)r->depth, "", NAME_COLUMNS,
			field->name);
	else if (rc == 0)
		print_value(r, off, field->name, &value);
}

static void print_dissection(const struct rows *r, const struct wire_dissection *d);

/* An Error of Shim6, or of ICMPv6, has a packet inside. */
static void print_quote(const struct rows *r, const struct wire_value *octets, uint32_t off)
{
	struct wire_dissection d;
	struct rows inner = *r;
	char line[LINE_ROOM];

	wire_dissect(&d, octets->octets, octets->len);
	wire_line_print(line, sizeof(line), &d);
	fprintf(r->out, "%8" PRIu32 "  %*squoted: IP6 %s\n", r->base + off, 2 + 2 * (int)r->depth,
		"", line);
	inner.s = NULL;
	inner.base += off;
	inner.depth++;
	if (r->verbose > 1 && inner.depth < QUOTES_MAX)
		print_dissection(&inner, &d);
}

static void count_piece(void *ctx, const struct wire_piece *piece)
{
	(void)piece;
	++*(unsigned *)ctx;
}

static void print_piece(void *ctx, const struct wire_piece *piece)
{
	char name[64];

	if (piece->group)
		snprintf(name, sizeof(name), "%s[%u].%s", piece->group, piece->index, piece->name);
	else
		snprintf(name, sizeof(name), "%s", piece->name);
	if (!strcmp(name, "quoted"))
		print_quote(ctx, &piece->value, piece->off);
	else
		print_value(ctx, piece->off, name, &piece->value);
}

/* What can be explained stands for the run of octets that it is in. */
static void print_span(const struct rows *r, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	unsigned pieces = 0;

	fprintf(r->out, "%8" PRIu32 "  %*s%s, %" PRIu32 " octets", r->base + s->off,
		2 * (int)r->depth, "", s->layer->title, s->len);
	if (*s->layer->rfc)
		fprintf(r->out, " (%s)", s->layer->rfc);
	fputc('\n', r->out);
	wire_explain(d, span, count_piece, &pieces);
	for (size_t i = 0; i < s->layer->field_count; i++)
		if (s->layer->fields[i].bits || !pieces)
			print_field(r, d, span, &s->layer->fields[i]);
	wire_explain(d, span, print_piece, (void *)r);
}

/* Findings about octets from..to; spans follow each other, so with the last
 * one reaching to the end each finding is printed once. */
static void print_findings(const struct rows *r, const struct wire_dissection *d, uint32_t from,
			   uint32_t to)
{
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++) {
		const struct wire_finding *f = &d->findings[i];

		if (f->off >= from && f->off < to)
			fprintf(r->out, "%8" PRIu32 "  ! %s: %s (%s)\n", r->base + f->off,
				severity_name[f->severity], f->text, f->rfc);
	}
}

/* Of a quoted packet no findings: whoever quotes cuts. */
static void print_dissection(const struct rows *r, const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->span_count; i++) {
		bool last = i + 1 == d->span_count;

		print_span(r, d, i);
		if (r->depth == 0)
			print_findings(r, d, i ? d->spans[i].off : 0,
				       last ? UINT32_MAX : d->spans[i + 1].off);
	}
	if (d->span_count == 0)
		print_findings(r, d, 0, UINT32_MAX);
	if (r->depth == 0 && d->finding_count > WIRE_FINDINGS_MAX)
		fprintf(r->out, "%8s  ! and %u findings more\n", "",
			d->finding_count - WIRE_FINDINGS_MAX);
}

/* --- octets --------------------------------------------------------------------- */

static void print_ascii(FILE *out, const uint8_t *octets, size_t len)
{
	fprintf(out, "%*s", (int)(2 + (16 - len) / 2 * 5 + len % 2 * 3), "");
	for (size_t i = 0; i < len; i++)
		fputc(octets[i] < 0x80 && isprint(octets[i]) ? octets[i] : '.', out);
}

static void print_octets(FILE *out, const uint8_t *octets, size_t len, bool ascii)
{
	for (size_t at = 0; at < len; at += 16) {
		size_t n = len - at < 16 ? len - at : 16;

		fprintf(out, "\t0x%04zx: ", at);
		for (size_t i = at; i < at + n; i++)
			fprintf(out, i % 2 ? "%02x" : " %02x", octets[i]);
		if (ascii)
			print_ascii(out, octets + at, n);
		fputc('\n', out);
	}
}

/* --- packets ---------------------------------------------------------------------- */

/* The packet and its context; the former, if it is long, gives way to the latter. */
static void put_line(struct text *t, const struct sight *s)
{
	size_t room, len;

	if (s->fragments)
		text_add(t, "reassembled from %u fragments: ", s->fragments);
	text_str(t, "IP6 ");
	room = t->size - t->len - LINE_REST;
	len = (size_t)wire_line_print(t->buf + t->len, room, s->d);
	t->len += len < room ? len : room - 1;
	if (len >= room)
		text_str(t, "...");
	put_mark(t, s);
	text_put(t, "\n", 1);
}

/* What the link has put behind the packet: what it was padded with, and checked by. */
static void print_trailer(const struct rows *r, const struct sight *s)
{
	size_t end = (size_t)s->frame->ip_off + s->d->len;
	struct wire_value octets = { .kind = WIRE_OCTETS, .octets = s->frame->frame + end };

	if (s->fragments || end >= s->frame->len)
		return;
	octets.len = s->frame->len - end;
	fprintf(r->out, "%8zu  trailer of the link, %zu octets\n", s->d->len, octets.len);
	print_value(r, (uint32_t)s->d->len, "octets", &octets);
}

static void print_below(struct view *v, const struct sight *s)
{
	struct rows r = { .out = v->out, .s = s, .verbose = v->look.verbose };

	print_context(v->out, s);
	print_dissection(&r, s->d);
	print_trailer(&r, s);
}

/* From the link header, if there is one, and if it was asked for. */
static void print_packet_octets(const struct view *v, const struct sight *s)
{
	const struct captured *f = s->frame;
	bool link = v->look.hex > 1 || v->look.ascii > 1;

	if (s->d && (s->fragments || !link))
		print_octets(v->out, s->d->octets, s->d->len, v->look.ascii);
	else
		print_octets(v->out, f->frame, f->len, v->look.ascii);
}

int text_begin(struct view *v)
{
	v->state = calloc(1, sizeof(struct clock));
	return v->state ? 0 : -ENOMEM;
}

void text_packet(struct view *v, const struct sight *s)
{
	const struct captured *f = s->frame;
	char line[LINE_ROOM];
	struct text t = text_of(line, sizeof(line));

	clock_put(&t, v->state, v->look.time_form, f->usec);
	if (v->look.link_header)
		put_link(&t, f);
	if (s->d)
		put_line(&t, s);
	else
		put_frame(&t, f);
	fwrite_unlocked(t.buf, 1, t.len, v->out);
	if (s->d && v->look.verbose)
		print_below(v, s);
	if (v->look.hex || v->look.ascii)
		print_packet_octets(v, s);
}

void text_end(struct view *v)
{
	free(v->state);
}
