/* SPDX-License-Identifier: BSD-2-Clause */
/* The views by name, and what they share. */
#include "tools/shimdump/view.h"

#include "wire/layers.h"

#include <string.h>

const struct view_kind view_kinds[] = {
	{ "text",     "a line for each packet; -v its fields", true, text_begin, text_packet,
	  text_end },
	{ "jsonl",    "a JSON object for each, a line each; -v with octets", false, jsonl_begin,
	  jsonl_packet, jsonl_end },
	{ "ladder",   "a sequence diagram for each context", false, ladder_begin, ladder_packet,
	  ladder_end },
	{ "contexts", "what became of each context", false, NULL, NULL, contexts_end },
	{ "summary",  "how many of what", false, summary_begin, summary_packet, summary_end },
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

const char *const proof_text[] = {
	[TRACE_UNPROVEN] = "not proven",
	[TRACE_IS_ULID] = "the ULID",
	[TRACE_HBA] = "HBA verified",
	[TRACE_CGA] = "CGA verified",
	[TRACE_REFUTED] = "REFUTED",
};

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

bool has_bad_checksum(const struct wire_dissection *d)
{
	struct wire_value is, due;

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

/* "x.pcap:17: octet 44: error: bad checksum ... (RFC 5533 5.3)" */
static void findings_packet(struct view *v, const struct sight *s)
{
	for (unsigned i = 0; s->d && i < s->d->finding_count && i < WIRE_FINDINGS_MAX; i++) {
		const struct wire_finding *f = &s->d->findings[i];

		fprintf(v->out, "%s:%llu: octet %u: %s: %s (%s)\n", v->look.name,
			(unsigned long long)s->number, (unsigned)f->off, severity_name[f->severity],
			f->text, f->rfc);
	}
}

const struct view_kind findings_view = {
	.name = "findings", .help = "what is wrong, alone", .packet = findings_packet,
};
