/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP header in a few words, as tcpdump has them. */
#include "wire/print_tcp.h"

#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/tcp.h"

/* tcpdump's letters, in its order, and a dot for ACK. */
static void add_flags(struct text *t, uint64_t flags)
{
	static const struct {
		unsigned flag;
		const char *letter;
	} letters[] = {
		{ TCP_FIN, "F" }, { TCP_SYN, "S" }, { TCP_RST, "R" }, { TCP_PSH, "P" },
		{ TCP_ACK, "." }, { TCP_URG, "U" }, { TCP_ECE, "E" }, { TCP_CWR, "W" },
	};

	text_str(t, flags ? " [" : " [none");
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		text_str(t, flags & letters[i].flag ? letters[i].letter : "");
	text_str(t, "]");
}

static void add_options(struct text *t, const struct wire_dissection *d, unsigned span)
{
	struct wire_value options;
	uint32_t off;

	if (wire_field_read(d, &d->spans[span], &layer_tcp.fields[ROW_TCP_OPTIONS], &options,
			    &off) ||
	    options.len == 0)
		return;
	text_str(t, " options ");
	text_octets(t, options.octets, options.len); /* 40 at most */
}

static void add_number(struct text *t, const char *name, uint64_t number)
{
	text_str(t, name);
	text_dec(t, number);
}

void tcp_print(struct text *t, const struct wire_dissection *d, unsigned span)
{
	const struct wire_span *s = &d->spans[span];
	size_t end = s->off + s->len;
	uint64_t flags, window;

	if (wire_row_get(d, span, ROW_TCP_FLAGS, &flags) ||
	    wire_row_get(d, span, ROW_TCP_WINDOW, &window))
		return;
	add_flags(t, flags);
	add_number(t, " seq ", wire_row_number(d, span, ROW_TCP_SEQ));
	if (flags & TCP_ACK)
		add_number(t, " ack ", wire_row_number(d, span, ROW_TCP_ACK));
	add_number(t, " win ", window);
	if (flags & TCP_URG)
		add_number(t, " urgent ", wire_row_number(d, span, ROW_TCP_URGENT));
	add_options(t, d, span);
	add_number(t, ", length ", d->claimed > end ? d->claimed - end : 0);
}
