/* SPDX-License-Identifier: BSD-2-Clause */
/* How many of what: packets by their Shim6 message, and what is wrong with them. */
#include "tools/shimdump/view.h"

#include "wire/layers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum { LAYERS_MAX = 64 };

struct counts {
	unsigned long packets, octets, reassembled, malformed, bad_checksums;
	unsigned long contexts, without_context;
	unsigned long by_layer[LAYERS_MAX]; /* by place in wire_layers */
};

int summary_begin(struct view *v)
{
	v->state = calloc(1, sizeof(struct counts));
	return v->state ? 0 : -ENOMEM;
}

static void count_layer(struct counts *c, const struct wire_layer *layer)
{
	for (unsigned i = 0; wire_layers[i] && i < LAYERS_MAX; i++)
		c->by_layer[i] += wire_layers[i] == layer;
}

void summary_packet(struct view *v, const struct sight *s)
{
	struct counts *c = v->state;
	int span = s->d ? shim6_span(s->d) : -1;

	if (!s->fragments) { /* else its fragments were counted */
		c->packets++;
		c->octets += s->frame->wire_len;
	}
	c->reassembled += s->fragments > 0;
	c->malformed += s->d && is_malformed(s->d);
	c->bad_checksums += s->d && has_bad_checksum(s->d);
	if (span < 0)
		return;
	count_layer(c, s->d->spans[span].layer);
	c->contexts += (s->mark.events & TRACE_NEW) != 0;
	c->without_context += !s->mark.context;
}

void summary_end(struct view *v)
{
	const struct counts *c = v->state;

	fprintf(v->out, "%12lu  packets, %lu octets\n", c->packets, c->octets);
	for (unsigned i = 0; wire_layers[i] && i < LAYERS_MAX; i++)
		if (c->by_layer[i])
			fprintf(v->out, "%12lu  %s\n", c->by_layer[i], wire_layers[i]->title);
	if (c->reassembled)
		fprintf(v->out, "%12lu  put together from fragments\n", c->reassembled);
	fprintf(v->out, "%12lu  malformed\n", c->malformed);
	fprintf(v->out, "%12lu  with a bad checksum\n", c->bad_checksums);
	fprintf(v->out, "%12lu  contexts\n", c->contexts);
	fprintf(v->out, "%12lu  of no context that is known\n", c->without_context);
	if (trace_forgotten(v->trace))
		fprintf(v->out, "%12" PRIu64 "  contexts forgotten (--max-contexts)\n",
			trace_forgotten(v->trace));
	free(v->state);
}
