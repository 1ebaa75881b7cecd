/* SPDX-License-Identifier: BSD-2-Clause */
/* The views by name, and what they share. */
#include "tools/shimdump/view.h"

#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/text.h"

#include <inttypes.h>
#include <string.h>

const struct view_kind view_kinds[] = {
	{ "text",     true,  false, text_begin,    text_packet,    text_end },
	{ "jsonl",    false, false, jsonl_begin,   jsonl_packet,   jsonl_end },
	{ "ladder",   false, true,  ladder_begin,  ladder_packet,  ladder_end },
	{ "contexts", false, true,  NULL,          NULL,           contexts_end },
	{ "summary",  false, true,  summary_begin, summary_packet, summary_end },
	{ .name = NULL },
};

const struct view_kind *view_kind_named(const char *name)
{
	for (const struct view_kind *k = view_kinds; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

const char *const severity_name[] = {
	[WIRE_NOTE] = "note",
	[WIRE_WARNING] = "warning",
	[WIRE_ERROR] = "error",
};

void put_proof(FILE *out, const struct trace_locator *l)
{
	static const char *const proofs[] = {
		[TRACE_UNPROVEN] = "not proven",
		[TRACE_IS_ULID] = "the ULID",
		[TRACE_HBA] = "HBA verified",
		[TRACE_CGA] = "CGA verified",
		[TRACE_REFUTED] = "REFUTED",
	};
	static const char *const reasons[] = {
		[TRACE_WHY_NOT] = "",
		[TRACE_NO_METHOD] = ": its method proves nothing",
		[TRACE_NO_PARAMETERS] = ": no CGA parameters were shown",
		[TRACE_NO_SIGNATURE] = ": no signature came with the list",
		[TRACE_NO_PROCEDURE] = ": nothing is registered for this Sec (RFC 4982 6)",
		[TRACE_NO_CHECK] = ": no memory for the check",
		[TRACE_MALFORMED] = ": the CGA parameters are malformed",
		[TRACE_NOT_THE_ULIDS] = ": the CGA parameters don't make the ULID",
		[TRACE_NOT_OF_SET] = ": the CGA parameters don't make it",
		[TRACE_BAD_SIGNATURE] = ": the signature doesn't verify",
	};

	fprintf(out, "%s%s", proofs[l->proof], reasons[l->why]);
}

const char *addr_text(char text[static ADDR_ROOM], const struct in6_addr *addr)
{
	*put_addr(text, addr->s6_addr) = '\0';
	return text;
}

const char *ulid_text(char text[static ADDR_ROOM], const struct trace_end *end)
{
	return end->has_ulid ? addr_text(text, &end->ulid) : "not seen";
}

void put_tag(FILE *out, const struct trace_end *end)
{
	if (end->has_tag)
		fprintf(out, "0x%" PRIx64, end->tag);
	else
		fputs("not seen", out);
}

void put_forgotten(FILE *out, const struct trace *t)
{
	uint64_t n = trace_forgotten(t);

	if (n)
		fprintf(out,
			"and %" PRIu64 " context%s that had to be forgotten (--max-contexts)\n",
			n, n == 1 ? "" : "s");
}

/* By the number of the bit in enum trace_event. */
const char *const event_name[] = {
	"new", "established", "locators", "switch", "outage", "resumed", "lost", "refused", "fork",
	NULL,
};

int shim6_span(const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->span_count; i++)
		if (d->spans[i].layer->family == WIRE_FAMILY_SHIM6 ||
		    d->spans[i].layer == &layer_payload)
			return (int)i;
	return -1;
}

const uint8_t *ipv6_before(const struct wire_dissection *d, unsigned span)
{
	while (span > 0 && d->spans[span].layer != &layer_ipv6)
		span--;
	if (span >= d->span_count || d->spans[span].layer != &layer_ipv6 ||
	    d->spans[span].len < IPV6_HEADER_LEN)
		return NULL;
	return d->octets + d->spans[span].off;
}

bool is_malformed(const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++)
		if (d->findings[i].severity == WIRE_ERROR)
			return true;
	return false;
}

bool has_bad_checksum(const struct wire_dissection *d)
{
	struct wire_value is, due;

	if (!d->finding_count) /* it would be one */
		return false;
	for (unsigned i = 0; i < d->span_count; i++) {
		const struct wire_layer *layer = d->spans[i].layer;

		for (size_t j = 0; j < layer->field_count; j++)
			if (layer->fields[j].role == WIRE_CHECKSUM &&
			    !wire_field_get(d, i, &layer->fields[j], &is, NULL) &&
			    !wire_field_due(d, i, &layer->fields[j], &due) &&
			    !wire_value_equal(&is, &due))
				return true;
	}
	return false;
}

/* --- findings -------------------------------------------------------------------- */

/* Octets are those of the whole, so it says where that is put together. */
static void put_place(FILE *out, const struct view *v, const struct sight *s)
{
	fprintf(out, "%s:%" PRIu64 ": %s", v->look.name, s->number,
		s->fragments ? "reassembled: " : "");
}

/* "x.pcap:17: octet 44: error: bad checksum ... (RFC 5533 5.3)" */
static void findings_packet(struct view *v, const struct sight *s)
{
	unsigned count = s->d ? s->d->finding_count : 0;

	for (unsigned i = 0; i < count && i < WIRE_FINDINGS_MAX; i++) {
		const struct wire_finding *f = &s->d->findings[i];

		put_place(v->out, v, s);
		fprintf(v->out, "octet %" PRIu32 ": %s: %s (%s)\n", f->off,
			severity_name[f->severity], f->text, f->rfc);
	}
	if (count > WIRE_FINDINGS_MAX) {
		put_place(v->out, v, s);
		fprintf(v->out, "and %u findings more\n", count - WIRE_FINDINGS_MAX);
	}
}

const struct view_kind findings_view = { .name = "findings", .packet = findings_packet };
