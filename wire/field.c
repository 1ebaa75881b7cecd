/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of fields: taken from a packet, compared, and shown. */
#include "wire/packet.h"
#include "wire/text.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static bool is_number(enum wire_kind kind)
{
	return kind == WIRE_UINT || kind == WIRE_HEX;
}

/* Where a field lies in its layer's octets, and how many it touches. */
static int field_place(const struct wire_layer *layer, const struct wire_field *field,
		       const uint8_t *octets, size_t len, size_t *off, size_t *field_len)
{
	size_t first = field->bit / 8;
	size_t behind = ((size_t)field->bit + field->bits + 7) / 8;

	if (field->bits == 0)
		return layer->extent(field, octets, len, off, field_len);
	if (behind > len)
		return -EBADMSG;
	*off = first;
	*field_len = behind - first;
	return 0;
}

int wire_field_get(const struct wire_dissection *d, unsigned span, const struct wire_field *field,
		   struct wire_value *out, uint32_t *off)
{
	const struct wire_span *s = &d->spans[span];
	const uint8_t *octets = d->octets + s->off;
	struct wire_value value = { .kind = field->kind };
	size_t at, len;
	int rc;

	assert(span < d->span_count);
	rc = field_place(s->layer, field, octets, s->len, &at, &len);
	if (rc)
		return rc;
	assert(at <= s->len && len <= s->len - at);

	if (is_number(value.kind)) {
		value.number = wire_bits_get(octets, field->bit, field->bits);
	} else {
		value.octets = octets + at;
		value.len = len;
	}
	*out = value;
	if (off)
		*off = s->off + (uint32_t)at;
	return 0;
}

int wire_number_get(const struct wire_dissection *d, unsigned span, const char *name,
		    uint64_t *out)
{
	const struct wire_field *field = wire_field_named(d->spans[span].layer, name);
	struct wire_value value;
	int rc = field ? wire_field_get(d, span, field, &value, NULL) : -ENOENT;

	if (rc == 0)
		*out = value.number;
	return rc;
}

bool wire_value_equal(const struct wire_value *a, const struct wire_value *b)
{
	if (is_number(a->kind) != is_number(b->kind))
		return false;
	if (is_number(a->kind))
		return a->number == b->number;
	return a->len == b->len && (a->len == 0 || memcmp(a->octets, b->octets, a->len) == 0);
}

static void add_addr(struct text *t, const uint8_t *octets)
{
	char name[INET6_ADDRSTRLEN];

	text_add(t, "%s", inet_ntop(AF_INET6, octets, name, sizeof(name)));
}

static void add_octets(struct text *t, const struct wire_value *v)
{
	for (size_t i = 0; i < v->len; i++)
		text_add(t, "%02x", v->octets[i]);
}

static void add_uint8s(struct text *t, const struct wire_value *v)
{
	text_add(t, "[");
	for (size_t i = 0; i < v->len; i++)
		text_add(t, "%s%u", i ? ", " : "", v->octets[i]);
	text_add(t, "]");
}

static void add_addrs(struct text *t, const struct wire_value *v)
{
	text_add(t, "[");
	for (size_t i = 0; i + 16 <= v->len; i += 16) {
		text_add(t, "%s", i ? ", " : "");
		add_addr(t, v->octets + i);
	}
	text_add(t, "]");
}

int wire_value_print(char *buf, size_t size, const struct wire_value *value)
{
	struct text t = text_of(buf, size);

	switch (value->kind) {
	case WIRE_UINT:
		text_add(&t, "%" PRIu64, value->number);
		break;
	case WIRE_HEX:
		text_add(&t, "0x%" PRIx64, value->number);
		break;
	case WIRE_ADDR:
		add_addr(&t, value->octets);
		break;
	case WIRE_OCTETS:
		add_octets(&t, value);
		break;
	case WIRE_UINT8S:
		add_uint8s(&t, value);
		break;
	case WIRE_ADDRS:
		add_addrs(&t, value);
		break;
	}
	return (int)t.len;
}
