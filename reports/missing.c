/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a target lacks of RFC 6316 without having said so. A stack that never
 * heard of SOL_SHIM would fail nearly every case in the same way; one
 * paragraph says as much.
 */
#include "reports/printable.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

enum {
	INDENT = 13,   /* columns: of what stands behind its label */
	TEXT_MAX = 96, /* columns */
};

static bool names(const struct absence *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++)
		if (!strcmp(a->names[i], name))
			return true;
	return false;
}

/* Options and ancillary data share most of their names; each is told once. */
static void put_names(FILE *f, const struct survey *s)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return;
	for (size_t i = 0; i < s->options.count; i++)
		fprintf(memory, "%s ", s->options.names[i]);
	for (size_t i = 0; i < s->ancillary.count; i++)
		if (!names(&s->options, s->ancillary.names[i]))
			fprintf(memory, "%s ", s->ancillary.names[i]);
	if (!fclose(memory)) {
		fprintf(f, "%*s", INDENT, "");
		printable_put_wrapped(f, text, INDENT, TEXT_MAX);
	}
	free(text);
}

void report_missing(FILE *f, const struct run *run, const struct rollup *r)
{
	const struct survey *s = &run->survey;

	if (!s->options.count && !s->ancillary.count)
		return;
	fprintf(f,
		"missing      %zu of %u options, %zu of %u ancillary data; every call gave "
		"ENOPROTOOPT\n",
		s->options.count, s->options.asked, s->ancillary.count, s->ancillary.asked);
	put_names(f, s);
	if (r->missing)
		fprintf(f, "%*s%u case%s not run for want of them\n", INDENT, "", r->missing,
			r->missing == 1 ? "" : "s");
}
