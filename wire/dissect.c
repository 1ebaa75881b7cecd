/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes packets apart: a walk along the next headers (RFC 8200 4), into Shim6
 * messages (RFC 5533 5) and their options. The walk only finds where layers
 * are; what their fields say is held against wire_field_due() afterwards.
 */
#include "wire/due.h"
#include "wire/finding.h"
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/shim6.h"
#include "wire/tcp.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct walk {
	struct wire_dissection *d;
	size_t off;        /* the next octet to explain, <= d->end */
	size_t claimed;    /* where the packet ends by its lengths, even if that isn't here */
	uint8_t protocol;  /* what stands at `off`, an IPv6 Next Header value */
	bool full;         /* no room for more spans */
	size_t leaving;    /* the octet of the header that leaves the packet; SIZE_MAX: none */
};

/* Room for one more: the last place, which those behind the one that goes move up to
 * leave. NULL: it would have to be a more severe one. */
static struct wire_finding *finding_crowd(struct wire_dissection *d, enum wire_severity severity)
{
	unsigned i = WIRE_FINDINGS_MAX;

	while (i > 0 && d->findings[i - 1].severity >= severity)
		i--;
	if (i == 0)
		return NULL;
	memmove(&d->findings[i - 1], &d->findings[i],
		(WIRE_FINDINGS_MAX - i) * sizeof(d->findings[0]));
	return &d->findings[WIRE_FINDINGS_MAX - 1];
}

void wire_finding_add(struct wire_dissection *d, enum wire_severity severity, size_t off,
		      const char *rfc, const char *format, ...)
{
	unsigned before = d->finding_count++;
	struct wire_finding *f = before < WIRE_FINDINGS_MAX ? &d->findings[before]
							    : finding_crowd(d, severity);
	va_list args;

	if (!f)
		return;
	f->severity = severity;
	f->off = (uint32_t)off;
	f->rfc = rfc;
	va_start(args, format);
	vsnprintf(f->text, sizeof(f->text), format, args);
	va_end(args);
}

static size_t octets_here(const struct walk *w)
{
	return w->d->end - w->off;
}

static const uint8_t *octets_at(const struct walk *w)
{
	return w->d->octets + w->off;
}

static void span_put(struct wire_dissection *d, const struct wire_layer *layer, size_t off,
		     size_t len)
{
	if (len == 0)
		return;
	d->spans[d->span_count++] = (struct wire_span){
		.layer = layer,
		.off = (uint32_t)off,
		.len = (uint32_t)len,
	};
}

/* A header that ends where the packet has no octets any more. That is one fault, so its
 * length is not complained of once more. */
static void find_leaving(struct walk *w, const struct wire_layer *layer, size_t header, size_t want)
{
	bool control = layer->family == WIRE_FAMILY_SHIM6;

	w->leaving = header;
	wire_finding_add(w->d, WIRE_ERROR, header + control,
			 control ? layer_control.rfc : layer->rfc,
			 "%s of %zu octets leaves the packet", layer->title, want);
}

/* The next `want` octets, or those of them that are here, become a span.
 * true if the walk can go on behind them. */
static bool span_take(struct walk *w, const struct wire_layer *layer, size_t want)
{
	size_t here = octets_here(w);

	if (w->d->span_count >= WIRE_SPANS_LOOKED_AT) {
		w->full = true;
		return false;
	}
	span_put(w->d, layer, w->off, want < here ? want : here);
	w->off += want < here ? want : here;
	return want <= here;
}

/* The same, of a header whose end nothing else is said of. */
static bool header_take(struct walk *w, const struct wire_layer *layer, size_t want)
{
	size_t off = w->off;
	bool leaves = want > octets_here(w) && off + want > w->claimed;
	bool whole = span_take(w, layer, want);

	if (leaves && !w->full)
		find_leaving(w, layer, off, want);
	return whole;
}

/* The capture ends within the outermost header, or before it. */
static void cut_in_header(struct wire_dissection *d)
{
	d->cut = true;
	wire_finding_add(d, WIRE_NOTE, d->len, layer_ipv6.rfc,
			 "%zu octets of the header are not here", IPV6_HEADER_LEN - d->len);
}

static bool take_ipv6(struct walk *w)
{
	struct wire_dissection *d = w->d;
	const uint8_t *octets = octets_at(w);
	bool outer = d->span_count == 0;
	size_t end;

	if (wire_bits_get(octets, 0, 4) != 6) {
		wire_finding_add(d, WIRE_ERROR, w->off, layer_ipv6.rfc, "version %u is not IPv6",
				 octets[0] >> 4);
		return false;
	}
	if (!header_take(w, &layer_ipv6, IPV6_HEADER_LEN)) {
		if (outer)
			cut_in_header(d);
		return false;
	}

	end = w->off + wire_bits_get(octets, 32, 16);
	if (outer && end > d->len) {
		d->cut = true;
		wire_finding_add(d, WIRE_NOTE, d->len, layer_ipv6.rfc,
				 "%zu octets of the packet are not here", end - d->len);
	}
	if (end < w->claimed)
		w->claimed = end;
	if (outer || end < d->claimed)
		d->claimed = end;
	if (end < d->end)
		d->end = end;
	w->protocol = octets[6];
	return true;
}

/* Hop-by-Hop Options, Destination Options and Routing are alike in what
 * leads on: RFC 8200 4.3, 4.4, 4.6. */
static bool take_extension(struct walk *w)
{
	const struct wire_layer *layer = wire_layer_numbered(WIRE_FAMILY_IP, w->protocol);
	const uint8_t *octets = octets_at(w);
	size_t want = octets_here(w) < 2 ? 8 : 8 * ((size_t)octets[1] + 1);

	w->protocol = octets[0];
	return header_take(w, layer, want);
}

/* RFC 4302 2.2: counted in fours, and without the first two of them. */
static bool take_ah(struct walk *w)
{
	const uint8_t *octets = octets_at(w);
	size_t want = octets_here(w) < 2 ? layer_ah.fixed : 8 + 4 * (size_t)octets[1];

	w->protocol = octets[0];
	return header_take(w, &layer_ah, want);
}

static bool take_fragment(struct walk *w)
{
	const uint8_t *octets = octets_at(w);

	w->protocol = octets[0];
	if (!header_take(w, &layer_fragment, layer_fragment.fixed))
		return false;
	if (wire_bits_get(octets, 31, 1))
		w->claimed = SIZE_MAX; /* lengths may speak of later fragments */
	return wire_bits_get(octets, 16, 13) == 0;
}

/* How far a message reaches before its options; all of it if that's unclear. */
static size_t message_head(const struct wire_layer *layer, const uint8_t *octets, size_t len)
{
	size_t head = layer->fixed, off, field_len;

	for (size_t i = 0; i < layer->field_count; i++) {
		if (layer->fields[i].bits)
			continue;
		if (layer->extent(&layer->fields[i], octets, len, &off, &field_len))
			return len;
		if (head < off + field_len)
			head = off + field_len;
	}
	return head < len ? head : len;
}

/* The options of a message that ends at `end`; `whole` if all of it is here. */
static bool take_options(struct walk *w, size_t end, bool whole)
{
	while (w->off < end) {
		const uint8_t *octets = octets_at(w);
		size_t left = end - w->off;
		size_t total = left < 4 ? 8 : shim6_option_total(wire_bits_get(octets, 16, 16));
		const struct wire_layer *layer = NULL;

		if (total <= left) {
			layer = wire_layer_numbered(WIRE_FAMILY_OPTION,
						    (unsigned)wire_bits_get(octets, 0, 15));
			if (!layer || 4 + wire_bits_get(octets, 16, 16) < layer->fixed)
				layer = &layer_option;
		} else {
			if (whole)
				wire_finding_add(w->d, WIRE_ERROR, w->off, layer_option.rfc,
						 "option of %zu octets where %zu are left", total,
						 left);
			layer = &layer_data;
			total = left;
		}
		if (!span_take(w, layer, total))
			return false;
	}
	return whole;
}

static bool take_control(struct walk *w)
{
	const uint8_t *octets = octets_at(w);
	const struct wire_layer *layer = wire_layer_numbered(WIRE_FAMILY_SHIM6, octets[2] & 0x7f);
	size_t here = octets_here(w);
	size_t want = 8 * ((size_t)octets[1] + 1);
	size_t len = want < here ? want : here;
	size_t end = w->off + len;

	/* S = 1 is HIP's; the table of `control` finds fault with it. */
	if (!layer || octets[3] & 1 || want < layer->fixed)
		layer = &layer_control;
	if (want > here && w->off + want > w->claimed)
		find_leaving(w, layer, w->off, want);

	w->protocol = octets[0];
	return span_take(w, layer, message_head(layer, octets, len)) &&
	       take_options(w, end, want <= here);
}

/* RFC 5533 5.1: P tells a payload header, the first bit behind the lengths. */
static bool take_shim6(struct walk *w)
{
	const uint8_t *octets = octets_at(w);

	if (octets_here(w) < 4) {
		if (w->off + 4 > w->claimed)
			wire_finding_add(w->d, WIRE_ERROR, w->off, "RFC 5533 5.1",
					 "Shim6 header of %zu octets", octets_here(w));
		return false;
	}
	if (!(octets[2] & 0x80))
		return take_control(w);
	w->protocol = octets[0];
	if (octets[1]) /* is found as wrong, wherever it leads */
		return span_take(w, &layer_payload, 8 * ((size_t)octets[1] + 1));
	return header_take(w, &layer_payload, SHIM6_PAYLOAD_LEN);
}

static bool take_udp(struct walk *w)
{
	size_t start = w->off;
	size_t len;

	if (!header_take(w, &layer_udp, UDP_HEADER_LEN))
		return false;
	len = wire_bits_get(w->d->octets + start, 32, 16);
	if (len >= UDP_HEADER_LEN && start + len < w->d->end)
		w->d->end = start + len;
	return false;
}

/* RFC 9293 3.1: counted in fours. An offset into the header itself is found as wrong. */
static bool take_tcp(struct walk *w)
{
	const uint8_t *octets = octets_at(w);
	size_t want = octets_here(w) < 13 ? 0 : 4 * (size_t)(octets[12] >> 4);

	header_take(w, &layer_tcp, want < TCP_HEADER_LEN ? TCP_HEADER_LEN : want);
	return false;
}

static bool take_icmp6(struct walk *w)
{
	uint8_t type = *octets_at(w);
	const struct wire_layer *layer = type == 128 || type == 129 ? &layer_echo : &layer_icmp6;

	header_take(w, layer, layer->fixed);
	return false;
}

/* By next header. true: something may follow. What isn't listed is data. */
static bool (*const steps[UINT8_MAX + 1])(struct walk *w) = {
	[IPPROTO_IPV6] = take_ipv6,
	[IPPROTO_HOPOPTS] = take_extension,
	[IPPROTO_DSTOPTS] = take_extension,
	[IPPROTO_ROUTING] = take_extension,
	[IPPROTO_FRAGMENT] = take_fragment,
	[IPPROTO_AH] = take_ah,
	[PROTO_SHIM6] = take_shim6,
	[IPPROTO_TCP] = take_tcp,
	[IPPROTO_UDP] = take_udp,
	[IPPROTO_ICMPV6] = take_icmp6,
};

static bool step(struct walk *w)
{
	return steps[w->protocol] && steps[w->protocol](w);
}

static void complain(struct wire_dissection *d, unsigned span, const struct wire_field *field,
		     uint64_t is, uint64_t due)
{
	size_t off = d->spans[span].off + field->bit / 8;
	bool length = field->role == WIRE_LENGTH; /* in doubt is whose it is */
	const char *rfc = (length ? wire_layer_meant(d, span) : d->spans[span].layer)->rfc;
	char is_text[24], due_text[24];

	wire_value_print(is_text, sizeof(is_text),
			 &(struct wire_value){ .kind = field->kind, .number = is });
	wire_value_print(due_text, sizeof(due_text),
			 &(struct wire_value){ .kind = field->kind, .number = due });
	if (field->role == WIRE_RESERVED)
		wire_finding_add(d, WIRE_NOTE, off, rfc, "%s is %s, not zero", field->name,
				 is_text);
	else
		wire_finding_add(d, WIRE_ERROR, off, rfc, "bad %s %s (%s is right)", field->name,
				 is_text, due_text);
}

/* RFC 768: a datagram ends where its Length says. What IPv6 has behind it, as UDP options
 * are (RFC 9868), no checksum covers. */
static bool is_surplus(const struct wire_layer *layer, const struct wire_field *field, uint64_t is,
		       uint64_t due)
{
	return layer == &layer_udp && field->role == WIRE_LENGTH && is >= UDP_HEADER_LEN &&
	       is < due;
}

/* A field that isn't what it ought to be. Values are numbers: nothing else
 * is fixed or derived. false if it leaves the layer's bounds in doubt. */
static bool check_field(struct walk *w, unsigned span, const struct wire_field *field)
{
	struct wire_dissection *d = w->d;
	const struct wire_span *s = &d->spans[span];
	uint64_t is, due;

	if (wire_field_end(field) > s->len || wire_number_due(d, span, field, &due))
		return true;
	is = wire_field_bits(d, s, field);
	if (is == due)
		return true;
	if (is_surplus(s->layer, field, is, due)) {
		wire_finding_add(d, WIRE_WARNING, s->off + is, s->layer->rfc,
				 "%" PRIu64 " octets behind the datagram", due - is);
		return true;
	}
	/* Where it leaves the packet, that has been said, and the length says the same. */
	if (field->role != WIRE_LENGTH || s->off != w->leaving)
		complain(d, span, field, is, due);
	return field->role != WIRE_LENGTH && field->role != WIRE_FIXED;
}

/* A variable field that can't be placed, when no single length is to blame. */
static void check_extents(struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	struct wire_value value;

	for (size_t i = 0; i < s->layer->field_count; i++) {
		if (s->layer->fields[i].bits ||
		    wire_field_get(d, span, &s->layer->fields[i], &value, NULL) != -EBADMSG)
			continue;
		wire_finding_add(d, WIRE_ERROR, s->off, s->layer->rfc,
				 "%s: counts and lengths contradict each other", s->layer->name);
		return;
	}
}

/* A checksum over doubtful bounds says nothing, and neither do fields beyond
 * them, or those of a layer that the capture or the fragment has cut. */
static void check_span(struct walk *w, unsigned span)
{
	struct wire_dissection *d = w->d;
	const struct wire_span *s = &d->spans[span];
	const struct wire_layer *layer = s->layer;
	const struct wire_field *end = layer->fields + layer->field_count;
	bool open = w->claimed > d->end && s->off + s->len == d->end;
	bool sound = s->len >= layer->fixed;

	for (const struct wire_field *f = layer->fields; f < end; f++)
		if (f->role != WIRE_VALUE && (sound || f->role != WIRE_CHECKSUM))
			sound &= check_field(w, span, f);
	if (layer->extent && layer != &layer_data && sound && !open)
		check_extents(d, span);
}

static void check_rest(struct walk *w)
{
	struct wire_dissection *d = w->d;

	if (w->full)
		wire_finding_add(d, WIRE_WARNING, w->off, "RFC 8200 4",
				 "more headers than the %d that are looked at",
				 WIRE_SPANS_LOOKED_AT);
	else if (w->protocol == PROTO_NONE && w->off < d->end)
		wire_finding_add(d, WIRE_NOTE, w->off, "RFC 8200 4.7",
				 "%zu octets behind No Next Header", octets_here(w));
}

void wire_dissect_ulids(struct wire_dissection *d, const void *octets, size_t len,
			const struct in6_addr *src, const struct in6_addr *dst)
{
	struct walk w = { .d = d, .claimed = SIZE_MAX, .protocol = IPPROTO_IPV6,
			  .leaving = SIZE_MAX };

	d->octets = octets;
	d->len = d->end = d->claimed = len;
	d->cut = false;
	d->ulids_known = src && dst;
	d->ulid_src = d->ulids_known ? *src : in6addr_any;
	d->ulid_dst = d->ulids_known ? *dst : in6addr_any;
	d->span_count = d->finding_count = 0;

	if (len == 0)
		cut_in_header(d);
	while (w.off < d->end && step(&w))
		;
	check_rest(&w);
	span_put(d, &layer_data, w.off, d->end - w.off);
	span_put(d, &layer_data, d->end, len - d->end);

	for (unsigned i = 0; i < d->span_count; i++)
		check_span(&w, i);
	wire_lint(d);
}

void wire_dissect(struct wire_dissection *d, const void *octets, size_t len)
{
	wire_dissect_ulids(d, octets, len, NULL, NULL);
}
