/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into the decoders. The dissector: any octets, taken apart,
 * every field asked for, printed, as JSON too; whatever comes in, the spans tile it. The
 * codec of messages, which stacks use: what it has taken in it sends again, of
 * the same length. And the parameters structure inside (RFC 3972 3).
 */
#include "wire/checksum.h"
#include "wire/hba.h"
#include "wire/ipv6.h"
#include "wire/json.h"
#include "wire/layers.h"
#include "wire/packet.h"
#include "wire/shim6.h"

#include <stdlib.h>
#include <string.h>

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

/* Of characters that need no escape, and as long with little room as with none. */
static void visit_json(const struct wire_dissection *d)
{
	char json[4096];
	size_t len = wire_json_print(json, sizeof(json), d, true);

	check(wire_json_print(NULL, 0, d, true) == len);
	check(strlen(json) == (len < sizeof(json) ? len : sizeof(json) - 1));
	for (const char *c = json; *c; c++)
		check(*c >= ' ' && *c <= '~' && *c != '\\');
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
	visit_json(d);
}

static void visit_message(const uint8_t *octets, size_t len)
{
	uint8_t again[SHIM6_HEADER_MAX];
	struct wbuf w = wbuf_of(again, sizeof(again));
	struct rbuf r = rbuf_of(octets, len), r2;
	struct shim6_message m, m2;
	struct cga_params params;
	int cut = shim6_message_parse_cut(&m2, &r);

	if (shim6_message_parse(&m, &r))
		return;
	check(cut == 0 && m2.type == m.type && m2.receiver_tag == m.receiver_tag &&
	      m2.init_tag == m.init_tag && m2.init_nonce == m.init_nonce);
	check(shim6_message_emit(&m, &w) == 0 && w.len == r.off);
	r2 = rbuf_of(again, w.len);
	check(shim6_message_parse(&m2, &r2) == 0 && r2.off == w.len);
	check(m2.type == m.type && m2.other_count == m.other_count && m2.pds.len == m.pds.len);
	if (m.pds.data && cga_params_parse(&params, m.pds.data, m.pds.len) == 0)
		hba_verify(&in6addr_loopback, m.pds.data, m.pds.len);
}

/* The checksum is set right first: few changed octets would get past it. */
static void visit_shim6(const uint8_t *octets, size_t len)
{
	struct ipv6_found at;
	uint8_t *copy;
	size_t claimed;

	if (ipv6_find(&at, octets, len, PROTO_SHIM6) || len - at.off < 8)
		return;
	octets += at.off;
	len -= at.off;
	copy = malloc(len);
	if (!copy)
		abort();
	memcpy(copy, octets, len);
	claimed = 8 * ((size_t)copy[1] + 1);
	if (claimed <= len)
		wire_bits_put(copy, 32, 16, checksum_shim6(copy, claimed));
	visit_message(copy, len);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const struct in6_addr src = IN6ADDR_LOOPBACK_INIT, dst = IN6ADDR_ANY_INIT;
	struct wire_dissection d;

	wire_dissect(&d, octets, len);
	visit(&d);
	wire_dissect_ulids(&d, octets, len, &src, &dst);
	visit(&d);
	visit_shim6(octets, len);
	return 0;
}
