/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of each context: its ends, how it came about, what went wrong. */
#include "tools/shimdump/clock.h"

#include <inttypes.h>

static void put_label(FILE *out, const char *label)
{
	fprintf(out, "  %-13s", label);
}

static void put_end(FILE *out, const char *role, const struct trace_end *end)
{
	char text[ADDR_ROOM];

	put_label(out, role);
	fprintf(out, "ULID %s, tag ", ulid_text(text, end));
	put_tag(out, end);
	fprintf(out, "; sent %" PRIu64 " control, %" PRIu64 " payload\n", end->control,
		end->payload);
	if (end->has_list) {
		put_label(out, "");
		fprintf(out, "%u locator%s, generation %" PRIu32 "\n", end->locator_count,
			end->locator_count == 1 ? "" : "s", end->generation);
	}
	for (unsigned i = 0; i < end->locator_count; i++) {
		put_label(out, "");
		fprintf(out, "%s  ", addr_text(text, &end->locators[i].addr));
		put_proof(out, &end->locators[i]);
		fputc('\n', out);
	}
}

static void put_times(FILE *out, const struct trace_context *c)
{
	put_label(out, "first seen");
	clock_of_day(out, c->first_usec);
	fputs(c->seen_from_start ? "\n" : ", begun before the capture\n", out);
	if (c->established_usec == TRACE_NEVER)
		return;
	put_label(out, "established");
	clock_of_day(out, c->established_usec);
	if (c->seen_from_start && c->established_usec >= c->first_usec) {
		fputs(", after ", out);
		clock_seconds(out, c->established_usec - c->first_usec);
		fputs(" s", out);
	}
	fputc('\n', out);
}

/* "failed 12:00:00, explored 15.0 s later, 6 probes, resumed 17.2 s after it failed" */
static void put_outage(FILE *out, const struct trace_outage *o)
{
	bool failed = o->failed_usec != TRACE_NEVER;
	uint64_t start = failed ? o->failed_usec : o->began_usec;

	put_label(out, "outage");
	if (failed) {
		fputs("last payload ", out);
		clock_of_day(out, o->failed_usec);
		fputs(", explored after ", out);
		clock_seconds(out, o->began_usec > start ? o->began_usec - start : 0);
		fputs(" s", out);
	} else {
		fputs("explored from ", out);
		clock_of_day(out, o->began_usec);
	}
	fprintf(out, ", %u probe%s, ", o->probes, o->probes == 1 ? "" : "s");
	if (o->resumed_usec != TRACE_NEVER) {
		fputs("resumed after ", out);
		clock_seconds(out, o->resumed_usec > start ? o->resumed_usec - start : 0);
		fputs(" s\n", out);
	} else {
		fputs("not resumed\n", out);
	}
}

static void put_context(void *ctx, const struct trace_context *c)
{
	FILE *out = ctx;
	unsigned kept = c->outage_count < TRACE_OUTAGES_MAX ? c->outage_count : TRACE_OUTAGES_MAX;

	if (!c->picked)
		return; /* no packet of it was selected */
	fprintf(out, "context %u, %s", c->id, trace_state_name[c->state]);
	if (c->fii)
		fprintf(out, ", fork 0x%" PRIx32, c->fii);
	fputc('\n', out);
	put_end(out, "initiator", &c->end[0]);
	put_end(out, "responder", &c->end[1]);
	put_times(out, c);
	if (c->outage_count > kept) {
		put_label(out, "outages");
		fprintf(out, "%u, of which the last %u are:\n", c->outage_count, kept);
	}
	for (unsigned n = c->outage_count - kept; n < c->outage_count; n++)
		put_outage(out, &c->outages[n % TRACE_OUTAGES_MAX]);
}

void contexts_end(struct view *v)
{
	uint64_t strays = trace_strays(v->trace);

	trace_each(v->trace, put_context, v->out);
	if (strays)
		fprintf(v->out, "and %" PRIu64 " payload packets by tags of no context\n", strays);
	put_forgotten(v->out, v->trace);
}
