/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bounds-checked cursors over octets. A read past the end, or a write past
 * the capacity, sets `bad`, yields zeros or nothing, and every later
 * operation does the same; so a codec reads like the figure in the RFC and
 * checks once, at its end. Numbers are host order outside, network order
 * inside the buffer.
 */
#ifndef WIRE_CURSOR_H
#define WIRE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rbuf {
	const uint8_t *data; /* borrowed */
	size_t len;          /* octets in data */
	size_t off;          /* next octet to read, off <= len */
	bool bad;            /* a read went past the end */
};

static inline struct rbuf rbuf_of(const void *data, size_t len)
{
	return (struct rbuf){ .data = data, .len = len };
}

static inline size_t rbuf_left(const struct rbuf *r)
{
	return r->bad ? 0 : r->len - r->off;
}

/* The next n octets, borrowed from the buffer; NULL and `bad` if there are
 * fewer. n = 0 gives a valid pointer. */
static inline const uint8_t *rbuf_take(struct rbuf *r, size_t n)
{
	if (r->bad || r->len - r->off < n) {
		r->bad = true;
		return NULL;
	}
	r->off += n;
	return r->data + (r->off - n);
}

static inline uint64_t rbuf_uint(struct rbuf *r, size_t octets)
{
	const uint8_t *p = rbuf_take(r, octets);
	uint64_t value = 0;

	for (size_t i = 0; p && i < octets; i++)
		value = value << 8 | p[i];
	return value;
}

static inline uint8_t rbuf_u8(struct rbuf *r) { return (uint8_t)rbuf_uint(r, 1); }
static inline uint16_t rbuf_u16(struct rbuf *r) { return (uint16_t)rbuf_uint(r, 2); }
static inline uint32_t rbuf_u32(struct rbuf *r) { return (uint32_t)rbuf_uint(r, 4); }

static inline void rbuf_copy(struct rbuf *r, void *out, size_t n)
{
	const uint8_t *p = rbuf_take(r, n);

	if (p)
		memcpy(out, p, n);
	else
		memset(out, 0, n);
}

/* A cursor over the next n octets alone; what it reads can't leave them. */
static inline struct rbuf rbuf_carve(struct rbuf *r, size_t n)
{
	const uint8_t *p = rbuf_take(r, n);

	return (struct rbuf){ .data = p, .len = p ? n : 0, .bad = !p };
}

struct wbuf {
	uint8_t *data; /* borrowed */
	size_t cap;    /* octets that fit */
	size_t len;    /* octets written, len <= cap */
	bool bad;      /* a write did not fit; nothing of it was written */
};

static inline struct wbuf wbuf_of(void *data, size_t cap)
{
	return (struct wbuf){ .data = data, .cap = cap };
}

/* Room for n more octets, counted as written; NULL and `bad` if it isn't there. */
static inline uint8_t *wbuf_reserve(struct wbuf *w, size_t n)
{
	if (w->bad || w->cap - w->len < n) {
		w->bad = true;
		return NULL;
	}
	w->len += n;
	return w->data + (w->len - n);
}

static inline void wbuf_uint(struct wbuf *w, uint64_t value, size_t octets)
{
	uint8_t *p = wbuf_reserve(w, octets);

	for (size_t i = octets; p && i-- > 0; value >>= 8)
		p[i] = (uint8_t)value;
}

static inline void wbuf_u8(struct wbuf *w, uint8_t v) { wbuf_uint(w, v, 1); }
static inline void wbuf_u16(struct wbuf *w, uint16_t v) { wbuf_uint(w, v, 2); }
static inline void wbuf_u32(struct wbuf *w, uint32_t v) { wbuf_uint(w, v, 4); }

static inline void wbuf_copy(struct wbuf *w, const void *from, size_t n)
{
	uint8_t *p = wbuf_reserve(w, n);

	if (p && n)
		memcpy(p, from, n);
}

static inline void wbuf_zero(struct wbuf *w, size_t n)
{
	uint8_t *p = wbuf_reserve(w, n);

	if (p)
		memset(p, 0, n);
}

#endif
