/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the fields that are a run of octets to their layer's table: RFC 5534
 * 5.2 (reports), RFC 5533 5.14 and RFC 4443 3 (quotes), RFC 5533 5.15.3 (elements),
 * RFC 3972 3 and RFC 5535 5 (CGA parameters). The walk is a cursor's over the run; a piece
 * that isn't there whole ends it, and what is left of the run is a "rest".
 */
#include "wire/explain.h"
#include "wire/cga.h"
#include "wire/layers.h"
#include "wire/reap.h"
#include "wire/rows.h"

struct walk {
	const struct wire_dissection *d;
	unsigned span;
	wire_piece_fn *fn;
	void *ctx;
	struct rbuf r;  /* over the field */
	uint32_t base;  /* octet of the packet where the field starts */
};

/* The pieces inside an element of a group, or of the field itself (group
 * NULL), as they follow each other. */
struct part {
	const char *name;
	enum wire_kind kind;
	uint8_t len; /* octets; 0: all that is left */
};

static void give(struct walk *w, const char *group, unsigned index, const char *name,
		 struct wire_value value, const uint8_t *at)
{
	struct wire_piece piece = {
		.group = group, .index = index, .name = name, .value = value,
		.off = w->base + (uint32_t)(at - w->r.data),
	};

	w->fn(w->ctx, &piece);
}

static struct wire_value value_of(enum wire_kind kind, const uint8_t *octets, size_t len)
{
	if (kind == WIRE_UINT || kind == WIRE_HEX)
		return (struct wire_value){
			.kind = kind, .number = wire_bits_get(octets, 0, (unsigned)(8 * len)),
		};
	return (struct wire_value){ .kind = kind, .octets = octets, .len = len };
}

/* What of the parts fits in the octets. */
static void give_parts(struct walk *w, const char *group, unsigned index, const struct part *parts,
		       size_t count, struct rbuf *r)
{
	for (size_t i = 0; i < count && rbuf_left(r); i++) {
		size_t len = parts[i].len ? parts[i].len : rbuf_left(r);
		const uint8_t *at = rbuf_take(r, len);

		if (at)
			give(w, group, index, parts[i].name, value_of(parts[i].kind, at, len), at);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct part rest_parts[] = { { "rest", WIRE_OCTETS, 0 } };

/* From `at` on, whatever the cursor has found there. */
static void give_rest(struct walk *w, size_t at)
{
	struct rbuf rest = { .data = w->r.data, .len = w->r.len, .off = at };

	give_parts(w, NULL, 0, rest_parts, COUNT(rest_parts), &rest);
}

/* --- Probe --------------------------------------------------------------- */

static const struct part report_parts[] = {
	{ "src",   WIRE_ADDR, 16 },
	{ "dst",   WIRE_ADDR, 16 },
	{ "nonce", WIRE_HEX,  4 },
	{ "data",  WIRE_HEX,  4 },
};

static void explain_reports(struct walk *w)
{
	uint64_t sent = wire_row_number(w->d, w->span, ROW_PROBE_SENT_COUNT);

	for (unsigned i = 0; rbuf_left(&w->r) >= REAP_REPORT_LEN; i++) {
		struct rbuf report = rbuf_carve(&w->r, REAP_REPORT_LEN);

		give_parts(w, i < sent ? "sent" : "received", i < sent ? i : i - (unsigned)sent,
			   report_parts, COUNT(report_parts), &report);
	}
	give_rest(w, w->r.off);
}

/* --- Error --------------------------------------------------------------- */

static const struct part error_parts[] = { { "quoted", WIRE_OCTETS, 0 } };

static void explain_quote(struct walk *w)
{
	give_parts(w, NULL, 0, error_parts, COUNT(error_parts), &w->r);
}

/* --- errors of ICMPv6 ---------------------------------------------------- */

/* RFC 4443 3.1 to 3.4. The packet in error is cut where the error would have more than
 * 1280 octets. */
static const struct part icmp6_parts[][2] = {
	{ { "unused",  WIRE_HEX,  4 }, { "quoted", WIRE_OCTETS, 0 } },
	{ { "mtu",     WIRE_UINT, 4 }, { "quoted", WIRE_OCTETS, 0 } },
	{ { "unused",  WIRE_HEX,  4 }, { "quoted", WIRE_OCTETS, 0 } },
	{ { "pointer", WIRE_UINT, 4 }, { "quoted", WIRE_OCTETS, 0 } },
};

/* What is behind other headers, and other messages of ICMPv6, stays as it is. */
static void explain_data(struct walk *w)
{
	const struct wire_span *before = &w->d->spans[w->span - (w->span > 0)];
	unsigned type;

	if (before->layer != &layer_icmp6)
		return;
	type = w->d->octets[before->off];
	if (type < 1 || type > COUNT(icmp6_parts))
		return;
	give_parts(w, NULL, 0, icmp6_parts[type - 1], 2, &w->r);
	give_rest(w, w->r.off);
}

/* --- Locator Preferences ------------------------------------------------- */

/* Longer elements start like these, and what follows is the future's. */
static const struct part element_parts[] = {
	{ "flags",    WIRE_HEX,    1 },
	{ "priority", WIRE_UINT,   1 },
	{ "weight",   WIRE_UINT,   1 },
	{ "rest",     WIRE_OCTETS, 0 },
};

static void explain_elements(struct walk *w)
{
	uint64_t each = wire_row_number(w->d, w->span, ROW_PREFERENCES_ELEMENT_LEN);

	for (unsigned i = 0; each && rbuf_left(&w->r) >= each; i++) {
		struct rbuf element = rbuf_carve(&w->r, each);

		give_parts(w, "elements", i, element_parts, COUNT(element_parts), &element);
	}
	give_rest(w, w->r.off);
}

/* --- CGA Parameter Data Structure ---------------------------------------- */

static const struct part pds_parts[] = {
	{ "modifier",        WIRE_OCTETS, CGA_MODIFIER_LEN },
	{ "subnet_prefix",   WIRE_OCTETS, CGA_PREFIX_LEN },
	{ "collision_count", WIRE_UINT,   1 },
};

static const struct part extension_parts[] = {
	{ "type",   WIRE_HEX,    2 },
	{ "len",    WIRE_UINT,   2 },
	{ "octets", WIRE_OCTETS, 0 },
};

static const struct part prefix_parts[] = { { "prefix", WIRE_OCTETS, CGA_PREFIX_LEN } };

/* Does it have a P bit and prefixes? If not, its length contradicts its type,
 * and it is shown as one that nobody knows. */
static bool is_multi_prefix(const struct cga_extension *e)
{
	return e->type == CGA_MULTI_PREFIX && e->len % CGA_PREFIX_LEN == 4;
}

/* P is the first bit of four octets, RFC 5535 5, and the others are reserved. */
static void give_flag(struct walk *w, unsigned index, const uint8_t *word)
{
	struct wire_value p = { .kind = WIRE_UINT, .number = word[0] >> 7 };
	struct wire_value reserved = { .kind = WIRE_HEX, .number = wire_bits_get(word, 1, 31) };

	give(w, "extensions", index, "p", p, word);
	give(w, "extensions", index, "reserved", reserved, word);
}

/* Where they end: before one that leaves the structure. */
static size_t explain_extensions(struct walk *w, struct rbuf r)
{
	size_t end = r.off;
	struct cga_extension e;

	for (unsigned i = 0; cga_extension_next(&r, &e); i++) {
		struct rbuf octets = rbuf_of(e.data - 4, 4 + (size_t)e.len);
		bool known = is_multi_prefix(&e);

		give_parts(w, "extensions", i, extension_parts,
			   COUNT(extension_parts) - known, &octets);
		if (known)
			give_flag(w, i, e.data);
		end = r.off;
	}
	return end;
}

/* The prefixes of all of them, for groups stand one after the other. */
static void explain_prefixes(struct walk *w, struct rbuf r)
{
	struct cga_extension e;
	unsigned index = 0;

	while (cga_extension_next(&r, &e)) {
		struct rbuf prefixes = rbuf_of(e.data, e.len);

		if (!is_multi_prefix(&e))
			continue;
		for (rbuf_take(&prefixes, 4); rbuf_left(&prefixes); index++)
			give_parts(w, "prefixes", index, prefix_parts, 1, &prefixes);
	}
}

static void explain_pds(struct walk *w)
{
	const uint8_t *key;
	size_t end, len;

	give_parts(w, NULL, 0, pds_parts, COUNT(pds_parts), &w->r);
	end = w->r.off;
	key = cga_key_take(&w->r, &len);
	if (key) {
		give(w, NULL, 0, "public_key", value_of(WIRE_OCTETS, key, len), key);
		end = explain_extensions(w, w->r);
		explain_prefixes(w, w->r);
	}
	give_rest(w, end);
}

/* --- fields -------------------------------------------------------------- */

static const struct {
	const struct wire_layer *layer;
	unsigned row;
	void (*explain)(struct walk *w);
} explained[] = {
	{ &layer_probe,       ROW_PROBE_REPORTS,        explain_reports },
	{ &layer_error,       ROW_ERROR_PACKET,         explain_quote },
	{ &layer_preferences, ROW_PREFERENCES_ELEMENTS, explain_elements },
	{ &layer_pds,         ROW_PDS_OCTETS,           explain_pds },
	{ &layer_data,        ROW_DATA_OCTETS,          explain_data },
};

void wire_explain(const struct wire_dissection *d, unsigned span, wire_piece_fn *fn, void *ctx)
{
	const struct wire_layer *layer = d->spans[span].layer;
	struct walk w = { .d = d, .span = span, .fn = fn, .ctx = ctx };
	struct wire_value run;

	for (size_t i = 0; i < COUNT(explained); i++) {
		if (explained[i].layer != layer ||
		    wire_field_get(d, span, &layer->fields[explained[i].row], &run, &w.base))
			continue;
		w.r = rbuf_of(run.octets, run.len);
		explained[i].explain(&w);
	}
}
