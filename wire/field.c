/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of fields: taken from a packet, compared, and shown. */
#include "wire/rows.h"
#include "wire/text.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* The octets behind it may be those of another packet, or nobody's. */
uint64_t wire_last_bits(const struct wire_dissection *d, const struct wire_span *s,
			const struct wire_field *field)
{
	return wire_bits_get(d->octets + s->off, field->bit, field->bits);
}

int wire_run_read(const struct wire_dissection *d, const struct wire_span *s,
		  const struct wire_field *field, struct wire_value *out, uint32_t *off)
{
	const uint8_t *octets = d->octets + s->off;
	size_t at, len;
	int rc = s->layer->extent(field, octets, s->len, &at, &len);

	if (rc)
		return rc;
	assert(at <= s->len && len <= s->len - at);
	*off = s->off + (uint32_t)at;
	out->kind = field->kind;
	out->octets = octets + at;
	out->len = len;
	return 0;
}

int wire_field_get(const struct wire_dissection *d, unsigned span, const struct wire_field *field,
		   struct wire_value *out, uint32_t *off)
{
	struct wire_value value = { 0 };
	uint32_t at;
	int rc;

	assert(span < d->span_count);
	rc = wire_field_read(d, &d->spans[span], field, &value, &at);
	if (rc)
		return rc;
	*out = value;
	if (off)
		*off = at;
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
	if (wire_is_number(a->kind) != wire_is_number(b->kind))
		return false;
	if (wire_is_number(a->kind))
		return a->number == b->number;
	return a->len == b->len && (a->len == 0 || memcmp(a->octets, b->octets, a->len) == 0);
}

static void add_uint8s(struct text *t, const struct wire_value *v)
{
	text_str(t, "[");
	for (size_t i = 0; i < v->len; i++) {
		text_str(t, i ? ", " : "");
		text_dec(t, v->octets[i]);
	}
	text_str(t, "]");
}

static void add_addrs(struct text *t, const struct wire_value *v)
{
	text_str(t, "[");
	for (size_t i = 0; i + 16 <= v->len; i += 16) {
		text_str(t, i ? ", " : "");
		text_addr(t, v->octets + i);
	}
	text_str(t, "]");
}

void text_value(struct text *t, const struct wire_value *value)
{
	switch (value->kind) {
	case WIRE_UINT:
		text_dec(t, value->number);
		break;
	case WIRE_HEX:
		text_hex(t, value->number);
		break;
	case WIRE_ADDR:
		text_addr(t, value->octets);
		break;
	case WIRE_OCTETS:
		text_octets(t, value->octets, value->len);
		break;
	case WIRE_UINT8S:
		add_uint8s(t, value);
		break;
	case WIRE_ADDRS:
		add_addrs(t, value);
		break;
	}
}

int wire_value_print(char *buf, size_t size, const struct wire_value *value)
{
	struct text t = text_of(buf, size);

	text_value(&t, value);
	return (int)t.len;
}
