/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registry of layers, and what one table row does: a field of any width
 * at any bit, between octets and a host-order struct.
 */
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/shim6.h"

#include <netinet/in.h>
#include <string.h>

const struct wire_layer *const wire_layers[] = {
	&layer_ipv6,
	&layer_hop,
	&layer_dst,
	&layer_routing,
	&layer_fragment,
	&layer_ah,
	&layer_udp,
	&layer_tcp,
	&layer_icmp6,
	&layer_echo,

	&layer_payload,
	&layer_i1,
	&layer_r1,
	&layer_i2,
	&layer_r2,
	&layer_r1bis,
	&layer_i2bis,
	&layer_update_request,
	&layer_update_ack,
	&layer_keepalive,
	&layer_probe,
	&layer_error,
	&layer_control,

	&layer_validator,
	&layer_locator_list,
	&layer_preferences,
	&layer_pds,
	&layer_signature,
	&layer_ulid_pair,
	&layer_fii,
	&layer_keepalive_timeout,
	&layer_option,

	&layer_data,
	NULL,
};

const struct wire_layer *wire_layer_named(const char *name)
{
	for (const struct wire_layer *const *l = wire_layers; *l; l++)
		if (strcmp((*l)->name, name) == 0)
			return *l;
	return NULL;
}

/* The layers by their numbers: a decoder asks for each that it meets. */
static const struct wire_layer *const next_headers[] = {
	[IPPROTO_HOPOPTS] = &layer_hop,
	[IPPROTO_TCP] = &layer_tcp,
	[IPPROTO_UDP] = &layer_udp,
	[IPPROTO_IPV6] = &layer_ipv6,
	[IPPROTO_ROUTING] = &layer_routing,
	[IPPROTO_FRAGMENT] = &layer_fragment,
	[IPPROTO_AH] = &layer_ah,
	[IPPROTO_ICMPV6] = &layer_icmp6,
	[IPPROTO_DSTOPTS] = &layer_dst,
	[PROTO_SHIM6] = &layer_payload,
};

static const struct wire_layer *const messages[] = {
	[SHIM6_I1] = &layer_i1,
	[SHIM6_R1] = &layer_r1,
	[SHIM6_I2] = &layer_i2,
	[SHIM6_R2] = &layer_r2,
	[SHIM6_R1BIS] = &layer_r1bis,
	[SHIM6_I2BIS] = &layer_i2bis,
	[SHIM6_UPDATE_REQUEST] = &layer_update_request,
	[SHIM6_UPDATE_ACK] = &layer_update_ack,
	[SHIM6_KEEPALIVE] = &layer_keepalive,
	[SHIM6_PROBE] = &layer_probe,
	[SHIM6_ERROR] = &layer_error,
};

static const struct wire_layer *const options[] = {
	[SHIM6_OPT_VALIDATOR] = &layer_validator,
	[SHIM6_OPT_LOCATOR_LIST] = &layer_locator_list,
	[SHIM6_OPT_PREFERENCES] = &layer_preferences,
	[SHIM6_OPT_CGA_PDS] = &layer_pds,
	[SHIM6_OPT_CGA_SIGNATURE] = &layer_signature,
	[SHIM6_OPT_ULID_PAIR] = &layer_ulid_pair,
	[SHIM6_OPT_FII] = &layer_fii,
	[SHIM6_OPT_KEEPALIVE_TIMEOUT] = &layer_keepalive_timeout,
};

#define NUMBERED(a) { a, sizeof(a) / sizeof((a)[0]) }

static const struct {
	const struct wire_layer *const *layers;
	size_t count;
} families[] = {
	[WIRE_FAMILY_IP] = NUMBERED(next_headers),
	[WIRE_FAMILY_SHIM6] = NUMBERED(messages),
	[WIRE_FAMILY_OPTION] = NUMBERED(options),
	[WIRE_FAMILY_DATA] = { NULL, 0 },
};

const struct wire_layer *wire_layer_numbered(enum wire_family family, unsigned number)
{
	return number < families[family].count ? families[family].layers[number] : NULL;
}

const struct wire_field *wire_field_named(const struct wire_layer *layer, const char *name)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (strcmp(layer->fields[i].name, name) == 0)
			return &layer->fields[i];
	return NULL;
}

/* The part of a field that lies in the octet where it starts. */
struct chunk {
	unsigned bits;
	unsigned shift; /* of its last bit, from the octet's last bit */
	uint8_t mask;   /* before the shift */
};

static struct chunk chunk_at(unsigned bit, unsigned bits)
{
	unsigned room = 8 - bit % 8;
	unsigned n = bits < room ? bits : room;

	return (struct chunk){ .bits = n, .shift = room - n, .mask = (uint8_t)((1u << n) - 1) };
}

void wire_bits_put(uint8_t *octets, unsigned bit, unsigned bits, uint64_t value)
{
	while (bits) {
		struct chunk c = chunk_at(bit, bits);
		uint8_t *octet = &octets[bit / 8];

		bits -= c.bits;
		*octet = (uint8_t)(*octet & ~(c.mask << c.shift));
		*octet = (uint8_t)(*octet | (value >> bits & c.mask) << c.shift);
		bit += c.bits;
	}
}

static uint64_t member_load(const struct wire_field *field, const void *in)
{
	const uint8_t *at = (const uint8_t *)in + field->member;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (field->width) {
	case 1:
		return *at;
	case 2:
		return memcpy(&u16, at, 2), u16;
	case 4:
		return memcpy(&u32, at, 4), u32;
	default:
		return memcpy(&u64, at, 8), u64;
	}
}

static void member_store(const struct wire_field *field, void *out, uint64_t value)
{
	uint8_t *at = (uint8_t *)out + field->member;

	switch (field->width) {
	case 1:
		*at = (uint8_t)value;
		break;
	case 2:
		memcpy(at, &(uint16_t){ (uint16_t)value }, 2);
		break;
	case 4:
		memcpy(at, &(uint32_t){ (uint32_t)value }, 4);
		break;
	default:
		memcpy(at, &value, 8);
		break;
	}
}

void wire_fixed_parse(const struct wire_layer *layer, const uint8_t *octets, void *out)
{
	for (size_t i = 0; i < layer->field_count; i++) {
		const struct wire_field *f = &layer->fields[i];

		if (f->bits == 0 || f->width == 0)
			continue;
		if (f->kind == WIRE_ADDR)
			memcpy((uint8_t *)out + f->member, octets + f->bit / 8,
			       sizeof(struct in6_addr));
		else
			member_store(f, out, wire_bits_get(octets, f->bit, f->bits));
	}
}

void wire_fixed_emit(const struct wire_layer *layer, uint8_t *octets, const void *in)
{
	memset(octets, 0, layer->fixed);
	for (size_t i = 0; i < layer->field_count; i++) {
		const struct wire_field *f = &layer->fields[i];

		if (f->bits == 0)
			continue;
		if (f->kind == WIRE_ADDR) {
			if (f->width)
				memcpy(octets + f->bit / 8, (const uint8_t *)in + f->member,
				       sizeof(struct in6_addr));
		} else {
			wire_bits_put(octets, f->bit, f->bits,
				      f->width ? member_load(f, in) : f->init);
		}
	}
}
