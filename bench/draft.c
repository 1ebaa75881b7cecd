/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench/draft.h"
#include "wire/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not assert(): a benchmark's input has to be right in a build without it, too. */
static void demand(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "generate: %s\n", what);
	abort();
}

void draft_begin(struct draft *d, const struct in6_addr *src, const struct in6_addr *dst)
{
	d->count = 0;
	d->used = 0;
	draft_add(d, &layer_ipv6);
	draft_octets(d, "src", src, sizeof(*src));
	draft_octets(d, "dst", dst, sizeof(*dst));
}

void draft_add(struct draft *d, const struct wire_layer *layer)
{
	demand(d->count < DRAFT_LAYERS, "too many layers");
	d->layers[d->count] = (struct wire_draft_layer){ layer, d->sets[d->count], 0 };
	d->count++;
}

static void set(struct draft *d, const char *name, struct wire_value value)
{
	struct wire_draft_layer *layer = &d->layers[d->count - 1];
	const struct wire_field *field = wire_field_named(layer->layer, name);

	demand(field, name);
	demand(layer->set_count < DRAFT_SETS, "too many fields");
	d->sets[d->count - 1][layer->set_count++] = (struct wire_set){ field, value };
}

void draft_number(struct draft *d, const char *field, uint64_t number)
{
	set(d, field, (struct wire_value){ .kind = WIRE_UINT, .number = number });
}

void draft_octets(struct draft *d, const char *field, const void *octets, size_t len)
{
	set(d, field, (struct wire_value){ .kind = WIRE_OCTETS, .octets = octets, .len = len });
}

uint8_t *draft_room(struct draft *d, size_t len)
{
	demand(len <= DRAFT_SCRATCH - d->used, "no room");
	d->used += len;
	return d->scratch + d->used - len;
}

void draft_build(const struct draft *d, const struct in6_addr *ulid_src,
		 const struct in6_addr *ulid_dst, struct packet *out)
{
	ssize_t len = wire_build(out->octets, sizeof(out->octets), d->layers, d->count, ulid_src,
				 ulid_dst);

	demand(len > 0, "a packet that can't be built");
	out->len = (size_t)len;
	memcpy(&out->ulid_src, ulid_src ? (const void *)ulid_src : out->octets + 8, 16);
	memcpy(&out->ulid_dst, ulid_dst ? (const void *)ulid_dst : out->octets + 24, 16);
}
