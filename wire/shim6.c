/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole Shim6 messages, RFC 5533 5 and RFC 5534 5: the fixed part by its
 * layer's table, the options by the two tables here.
 */
#include "wire/shim6.h"
#include "wire/checksum.h"
#include "wire/layers.h"

#include <errno.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* By hand, as the IPv6 header is, for the same reason. */
int shim6_payload_parse(struct shim6_payload *out, struct rbuf *r)
{
	struct rbuf rest = *r;
	const uint8_t *octets = rbuf_take(&rest, SHIM6_PAYLOAD_LEN);

	if (!octets)
		return -EMSGSIZE;
	if (octets[1] != 0 || !(octets[2] & 0x80))
		return -EBADMSG;
	out->next_header = octets[0];
	rest.off -= SHIM6_PAYLOAD_LEN - 2;
	out->tag = rbuf_uint(&rest, 6) & SHIM6_TAG_MASK;
	*r = rest;
	return 0;
}

int shim6_payload_emit(const struct shim6_payload *p, struct wbuf *w)
{
	uint64_t octets = (uint64_t)p->next_header << 56 | UINT64_C(1) << 47 |
			  (p->tag & SHIM6_TAG_MASK);

	wbuf_uint(w, octets, SHIM6_PAYLOAD_LEN);
	return w->bad ? -ENOSPC : 0;
}

/* --- options ------------------------------------------------------------- */

static int span_parse(void *member, const struct shim6_option *o)
{
	*(struct span *)member = (struct span){ .data = o->data, .len = o->len };
	return 0;
}

static int span_emit(const void *member, struct wbuf *w)
{
	const struct span *span = member;

	wbuf_copy(w, span->data, span->len);
	return w->bad ? -ENOSPC : 0;
}

static int locators_parse(void *member, const struct shim6_option *o)
{
	return shim6_locator_list_parse(member, o);
}

static int locators_emit(const void *member, struct wbuf *w)
{
	return shim6_locator_list_emit(member, w);
}

static int ulids_parse(void *member, const struct shim6_option *o)
{
	return shim6_ulid_pair_parse(member, o);
}

static int ulids_emit(const void *member, struct wbuf *w)
{
	return shim6_ulid_pair_emit(member, w);
}

static int fii_parse(void *member, const struct shim6_option *o)
{
	struct rbuf r = rbuf_of(o->data, o->len);

	if (o->len != 4)
		return -EBADMSG;
	*(uint32_t *)member = rbuf_u32(&r);
	return 0;
}

static int fii_emit(const void *member, struct wbuf *w)
{
	wbuf_u32(w, *(const uint32_t *)member);
	return w->bad ? -ENOSPC : 0;
}

/* Options with a place of their own in struct shim6_message, in the order of
 * emission. `has` is the flag that says so; 0: a span, which says it itself. */
struct unpacked {
	uint16_t type;
	uint16_t member;
	uint16_t has;
	int (*parse)(void *member, const struct shim6_option *o);
	int (*emit)(const void *member, struct wbuf *w);
};

#define AT(member) offsetof(struct shim6_message, member)

static const struct unpacked unpacked[] = {
	{ SHIM6_OPT_VALIDATOR,     AT(validator), 0,                span_parse,     span_emit },
	{ SHIM6_OPT_LOCATOR_LIST,  AT(locators),  AT(has_locators), locators_parse, locators_emit },
	{ SHIM6_OPT_CGA_PDS,       AT(pds),       0,                span_parse,     span_emit },
	{ SHIM6_OPT_CGA_SIGNATURE, AT(signature), 0,                span_parse,     span_emit },
	{ SHIM6_OPT_ULID_PAIR,     AT(ulids),     AT(has_ulids),    ulids_parse,    ulids_emit },
	{ SHIM6_OPT_FII,           AT(fii),       AT(has_fii),      fii_parse,      fii_emit },
};

static void *member_of(struct shim6_message *m, size_t at)
{
	return (uint8_t *)m + at;
}

static const void *member_in(const struct shim6_message *m, size_t at)
{
	return (const uint8_t *)m + at;
}

static bool is_present(const struct shim6_message *m, const struct unpacked *u)
{
	if (u->has)
		return *(const bool *)member_in(m, u->has);
	return ((const struct span *)member_in(m, u->member))->data;
}

/* --- between the fixed part and the options -------------------------------- */

struct body {
	int (*parse)(struct shim6_message *m, struct rbuf *r);
	int (*emit)(const struct shim6_message *m, struct wbuf *w);
};

/* That reports leave the message is no more than a count that is wrong. */
static int reports_parse(struct shim6_message *m, struct rbuf *r)
{
	return reap_reports_parse(&m->probe, r) ? -EBADMSG : 0;
}

static int reports_emit(const struct shim6_message *m, struct wbuf *w)
{
	return reap_reports_emit(&m->probe, w);
}

static const struct body reports = { reports_parse, reports_emit };

/* RFC 5533 5.14: Hdr Ext Len is at least 1, so something is quoted. */
static int quote_parse(struct shim6_message *m, struct rbuf *r)
{
	if (rbuf_left(r) == 0)
		return -EPROTO;
	m->error.quote.len = rbuf_left(r);
	m->error.quote.data = rbuf_take(r, m->error.quote.len);
	return 0;
}

static int quote_emit(const struct shim6_message *m, struct wbuf *w)
{
	const struct span *q = &m->error.quote;

	if (q->len == 0 || q->len % 8 || m->error.code > 0x7f || m->other_count)
		return -EINVAL;
	return span_emit(q, w);
}

static const struct body quote = { quote_parse, quote_emit };

size_t shim6_quote_len(size_t len, size_t around)
{
	size_t taken = around + layer_error.fixed;
	size_t room = taken < SHIM6_PACKET_MAX ? SHIM6_PACKET_MAX - taken : 0;

	return (len < room ? len : room) / 8 * 8;
}

/* --- messages ------------------------------------------------------------ */

/* Which options RFC 5533 5.4 to 5.11 list for a type, of the unpacked ones.
 * The least length by section 7 is that of the fixed part, for each of them. */
struct kind {
	const struct wire_layer *layer;
	unsigned lists;          /* bit n: option type n */
	const struct body *body; /* NULL: none */
};

#define LISTS(name) (1u << SHIM6_OPT_##name)
#define LOCATORS    (LISTS(LOCATOR_LIST) | LISTS(CGA_PDS) | LISTS(CGA_SIGNATURE))
#define ULIDS       (LISTS(ULID_PAIR) | LISTS(FII))

static const struct kind kinds[] = {
	{ &layer_i1,             ULIDS,                               NULL },
	{ &layer_r1,             LISTS(VALIDATOR),                    NULL },
	{ &layer_i2,             LISTS(VALIDATOR) | ULIDS | LOCATORS, NULL },
	{ &layer_r2,             LOCATORS,                            NULL },
	{ &layer_r1bis,          LISTS(VALIDATOR),                    NULL },
	{ &layer_i2bis,          LISTS(VALIDATOR) | ULIDS | LOCATORS, NULL },
	{ &layer_update_request, LOCATORS,                            NULL },
	{ &layer_update_ack,     0,                                   NULL },
	{ &layer_keepalive,      0,                                   NULL },
	{ &layer_probe,          0,                                   &reports },
	{ &layer_error,          0,                                   &quote },
};

static const struct kind *kind_of(unsigned type)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].layer->number == type)
			return &kinds[i];
	return NULL;
}

static const struct unpacked *unpacked_of(const struct kind *kind, unsigned type)
{
	for (size_t i = 0; i < COUNT(unpacked); i++)
		if (unpacked[i].type == type && kind->lists & 1u << type)
			return &unpacked[i];
	return NULL;
}

/* To its own place, or else to the others. */
static int option_store(struct shim6_message *m, const struct kind *kind,
			const struct shim6_option *o)
{
	const struct unpacked *u = unpacked_of(kind, o->type);
	int rc;

	if (u && !is_present(m, u)) {
		rc = u->parse(member_of(m, u->member), o);
		if (rc == 0 && u->has)
			*(bool *)member_of(m, u->has) = true;
		return rc;
	}
	if (m->other_count == SHIM6_UNKNOWN_MAX)
		return -E2BIG;
	m->other[m->other_count++] = *o;
	return 0;
}

/* P = 0 and S = 0, RFC 5533 5.3. */
static bool is_control(const uint8_t *message)
{
	return !(message[2] & 0x80 || message[3] & 0x01);
}

/* The octets of one control message, RFC 5533 12.3: as many as it claims, and
 * those that were sent. The length is looked at first, for the sum needs it. */
static int message_carve(struct rbuf *out, struct rbuf *r)
{
	struct rbuf message;

	if (rbuf_left(r) < 8)
		return -EMSGSIZE;
	message = rbuf_carve(r, shim6_message_len(r->data + r->off));
	if (message.bad)
		return -EMSGSIZE;
	if (checksum_finish(checksum_add(0, message.data, message.len)) != 0)
		return -EBADMSG;
	if (!is_control(message.data))
		return -EBADMSG;
	*out = message;
	return 0;
}

/* Nothing yet; what an array has room for stays as it is. */
static void message_clear(struct shim6_message *m)
{
	memset(m, 0, offsetof(struct shim6_message, probe));
	m->probe.state = m->probe.sent_count = m->probe.received_count = 0;
	m->locators.generation = m->locators.count = 0;
	m->other_count = 0;
}

#define COPY(to, from, count) memcpy(to, from, (count) * sizeof((to)[0]))

static void message_copy(struct shim6_message *to, const struct shim6_message *from)
{
	const struct reap_probe *p = &from->probe;

	message_clear(to);
	memcpy(to, from, offsetof(struct shim6_message, probe));
	to->probe.state = p->state;
	to->probe.sent_count = p->sent_count;
	to->probe.received_count = p->received_count;
	COPY(to->probe.sent, p->sent, p->sent_count);
	COPY(to->probe.received, p->received, p->received_count);
	if (from->has_locators)
		to->locators = from->locators;
	to->other_count = from->other_count;
	COPY(to->other, from->other, from->other_count);
}

size_t shim6_fixed_len(uint8_t type)
{
	const struct kind *kind = kind_of(type);

	return kind ? kind->layer->fixed : 0;
}

int shim6_message_parse(struct shim6_message *out, struct rbuf *r)
{
	struct rbuf rest = *r, message;
	struct shim6_message m;
	struct shim6_option o;
	const struct kind *kind;
	const uint8_t *fixed;
	int rc = message_carve(&message, &rest);

	if (rc)
		return rc;
	message_clear(&m);
	m.type = message.data[2];
	kind = kind_of(m.type);
	if (!kind)
		return -ENOTSUP;
	fixed = rbuf_take(&message, kind->layer->fixed);
	if (!fixed)
		return -EPROTO;
	wire_fixed_parse(kind->layer, fixed, &m);

	rc = kind->body ? kind->body->parse(&m, &message) : 0;
	if (rc)
		return rc;
	while (shim6_option_next(&message, &o)) {
		rc = option_store(&m, kind, &o);
		if (rc)
			return rc;
	}
	if (message.bad)
		return -EBADMSG;
	message_copy(out, &m);
	*r = rest;
	return 0;
}

int shim6_message_parse_cut(struct shim6_message *out, const struct rbuf *r)
{
	struct rbuf rest = *r;
	const uint8_t *start = rbuf_take(&rest, 4), *fixed;
	const struct kind *kind;

	if (!start)
		return -EMSGSIZE;
	if (!is_control(start))
		return -EBADMSG;
	kind = kind_of(start[2]);
	if (!kind)
		return -ENOTSUP;
	rest = *r;
	fixed = rbuf_take(&rest, kind->layer->fixed);
	if (!fixed)
		return -EMSGSIZE;
	message_clear(out);
	out->type = start[2];
	wire_fixed_parse(kind->layer, fixed, out);
	out->probe.sent_count = out->probe.received_count = 0;
	if (kind->body == &quote)
		out->error.quote = (struct span){ rest.data + rest.off, rbuf_left(&rest) };
	return 0;
}

static int options_emit(const struct shim6_message *m, const struct kind *kind, struct wbuf *w)
{
	uint8_t octets[SHIM6_HEADER_MAX];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT(unpacked); i++) {
		const struct unpacked *u = &unpacked[i];
		struct wbuf content = wbuf_of(octets, sizeof(octets));

		if (!is_present(m, u))
			continue;
		if (!unpacked_of(kind, u->type) || u->emit(member_in(m, u->member), &content))
			return -EINVAL;
		rc = shim6_option_emit(u->type, false, octets, content.len, w);
	}
	for (size_t i = 0; rc == 0 && i < m->other_count; i++) {
		const struct shim6_option *o = &m->other[i];

		rc = shim6_option_emit(o->type, o->critical, o->data, o->len, w);
	}
	return rc;
}

/* What only a message that is complete can say. */
static void message_seal(uint8_t *message, size_t len)
{
	message[1] = (uint8_t)(len / 8 - 1);
	wire_bits_put(message, 32, 16, checksum_shim6(message, len));
}

int shim6_message_emit(const struct shim6_message *m, struct wbuf *w)
{
	const struct kind *kind = kind_of(m->type);
	size_t start = w->len;
	uint8_t *message;
	int rc;

	if (!kind || m->other_count > SHIM6_UNKNOWN_MAX)
		return -EINVAL;
	message = wbuf_reserve(w, kind->layer->fixed);
	if (!message)
		return -ENOSPC;
	wire_fixed_emit(kind->layer, message, m);
	rc = kind->body ? kind->body->emit(m, w) : 0;
	if (rc == 0)
		rc = options_emit(m, kind, w);
	if (rc == 0 && w->len - start > SHIM6_HEADER_MAX)
		rc = -EINVAL;
	if (rc)
		w->len = start;
	else
		message_seal(message, w->len - start);
	return rc;
}
