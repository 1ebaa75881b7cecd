/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into the dissector: any octets, taken apart, every field
 * asked for, printed. Whatever comes in, the spans tile it.
 */
#include "wire/layers.h"
#include "wire/packet.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void check(bool claim)
{
	if (!claim)
		abort();
}

static void visit_fields(const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	struct wire_value value, due;
	char text[256];
	uint32_t off;

	for (size_t i = 0; i < s->layer->field_count; i++) {
		const struct wire_field *field = &s->layer->fields[i];

		if (wire_field_get(d, span, field, &value, &off) == 0) {
			check(off >= s->off && off <= s->off + s->len);
			check(value.len <= s->off + s->len - off);
			check(wire_value_equal(&value, &value));
			check(wire_value_print(text, sizeof(text), &value) >= 0);
		}
		if (wire_field_due(d, span, field, &due) == 0)
			wire_value_print(text, sizeof(text), &due);
	}
}

static void visit(const struct wire_dissection *d)
{
	size_t off = 0;
	char line[512];

	for (unsigned i = 0; i < d->span_count; i++) {
		check(d->spans[i].off == off && d->spans[i].len > 0);
		off += d->spans[i].len;
		visit_fields(d, i);
	}
	check(off == d->len && d->end <= d->len);
	wire_line_print(line, sizeof(line), d);
	check(wire_line_print(NULL, 0, d) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const struct in6_addr src = IN6ADDR_LOOPBACK_INIT, dst = IN6ADDR_ANY_INIT;
	struct wire_dissection d;

	wire_dissect(&d, octets, len);
	visit(&d);
	wire_dissect_ulids(&d, octets, len, &src, &dst);
	visit(&d);
	return 0;
}
