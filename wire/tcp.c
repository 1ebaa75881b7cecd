/* SPDX-License-Identifier: BSD-2-Clause */
/* The TCP header and its options, RFC 9293 3.1; see tcp.h. */
#include "wire/tcp.h"

#include <errno.h>

/* RFC 9293 3.1, Table 1. */
enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2 };

/* What stands behind the end of the list is padding, and says nothing. An MSS of
 * another length than its own isn't one. */
static int options_parse(struct tcp_header *out, struct rbuf *r)
{
	while (rbuf_left(r) > 0) {
		uint8_t kind = rbuf_u8(r), len;
		struct rbuf value;

		if (kind == OPTION_END)
			return 0;
		if (kind == OPTION_NOP)
			continue;
		len = rbuf_u8(r);
		if (r->bad || len < 2)
			return -EBADMSG;
		value = rbuf_carve(r, len - 2u);
		if (r->bad)
			return -EBADMSG;
		if (kind == OPTION_MSS && len == TCP_MSS_OPTION_LEN)
			out->mss = rbuf_u16(&value);
	}
	return 0;
}

int tcp_parse(struct tcp_header *out, struct rbuf *r)
{
	struct rbuf rest = *r, options;
	struct tcp_header h = { .mss = 0 };
	int rc;

	h.src_port = rbuf_u16(&rest);
	h.dst_port = rbuf_u16(&rest);
	h.seq = rbuf_u32(&rest);
	h.ack = rbuf_u32(&rest);
	h.data_offset = rbuf_u8(&rest) >> 4 << 2;
	h.flags = rbuf_u8(&rest);
	h.window = rbuf_u16(&rest);
	h.checksum = rbuf_u16(&rest);
	h.urgent = rbuf_u16(&rest);
	if (rest.bad)
		return -EMSGSIZE;
	if (h.data_offset < TCP_HEADER_LEN)
		return -EBADMSG;
	options = rbuf_carve(&rest, (size_t)h.data_offset - TCP_HEADER_LEN);
	if (rest.bad)
		return -EMSGSIZE;
	rc = options_parse(&h, &options);
	if (rc < 0)
		return rc;
	*out = h;
	*r = rest;
	return 0;
}

int tcp_emit(const struct tcp_header *h, struct wbuf *w)
{
	unsigned len = TCP_HEADER_LEN + (h->mss ? TCP_MSS_OPTION_LEN : 0);

	if (w->bad || w->cap - w->len < len) {
		w->bad = true;
		return -ENOSPC;
	}
	wbuf_u16(w, h->src_port);
	wbuf_u16(w, h->dst_port);
	wbuf_u32(w, h->seq);
	wbuf_u32(w, h->ack);
	wbuf_u8(w, (uint8_t)(len / 4 << 4));
	wbuf_u8(w, h->flags);
	wbuf_u16(w, h->window);
	wbuf_u16(w, h->checksum);
	wbuf_u16(w, h->urgent);
	if (h->mss) {
		wbuf_u8(w, OPTION_MSS);
		wbuf_u8(w, TCP_MSS_OPTION_LEN);
		wbuf_u16(w, h->mss);
	}
	return 0;
}
