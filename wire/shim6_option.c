/* SPDX-License-Identifier: BSD-2-Clause */
/* Shim6 options, RFC 5533 5.15: the frame of any, and the content of three. */
#include "wire/shim6.h"

#include <errno.h>

bool shim6_option_next(struct rbuf *r, struct shim6_option *out)
{
	struct shim6_option o = { .off = r->off };
	uint16_t word;

	if (rbuf_left(r) == 0)
		return false;
	word = rbuf_u16(r);
	o.type = word >> 1;
	o.critical = word & 1;
	o.len = rbuf_u16(r);
	o.data = rbuf_take(r, o.len);
	rbuf_take(r, shim6_option_total(o.len) - 4 - o.len);
	if (r->bad)
		return false;
	*out = o;
	return true;
}

int shim6_option_emit(uint16_t type, bool critical, const void *data, size_t len, struct wbuf *w)
{
	size_t total = shim6_option_total(len);
	struct wbuf o;

	if (type > 0x7fff || len > UINT16_MAX)
		return -EINVAL;
	o = wbuf_of(wbuf_reserve(w, total), total);
	if (w->bad)
		return -ENOSPC;
	wbuf_u16(&o, (uint16_t)(type << 1 | critical));
	wbuf_u16(&o, (uint16_t)len);
	wbuf_copy(&o, data, len);
	wbuf_zero(&o, total - o.len);
	return 0;
}

/* Octets between the methods and the locators, which start on a multiple of 8
 * in the option and so at 4 more than one in its content. */
static size_t locator_padding(size_t count)
{
	return (7 - count % 8) % 8;
}

int shim6_locator_list_parse(struct shim6_locator_list *out, const struct shim6_option *o)
{
	struct rbuf r = rbuf_of(o->data, o->len);
	uint32_t generation = rbuf_u32(&r);
	uint8_t count = rbuf_u8(&r);

	if (r.bad || count > SHIM6_LOCATORS_MAX ||
	    rbuf_left(&r) != count + locator_padding(count) + 16 * (size_t)count)
		return -EBADMSG;
	memset(out, 0, sizeof(*out));
	out->generation = generation;
	out->count = count;
	rbuf_copy(&r, out->method, count);
	rbuf_take(&r, locator_padding(count));
	rbuf_copy(&r, out->locator, 16 * (size_t)count);
	return 0;
}

int shim6_locator_list_emit(const struct shim6_locator_list *list, struct wbuf *w)
{
	if (list->count > SHIM6_LOCATORS_MAX)
		return -EINVAL;
	wbuf_u32(w, list->generation);
	wbuf_u8(w, list->count);
	wbuf_copy(w, list->method, list->count);
	wbuf_zero(w, locator_padding(list->count));
	wbuf_copy(w, list->locator, 16 * (size_t)list->count);
	return w->bad ? -ENOSPC : 0;
}

int shim6_ulid_pair_parse(struct shim6_ulid_pair *out, const struct shim6_option *o)
{
	struct rbuf r = rbuf_of(o->data, o->len);

	if (o->len != 36)
		return -EBADMSG;
	rbuf_take(&r, 4); /* Reserved2 */
	rbuf_copy(&r, &out->sender, sizeof(out->sender));
	rbuf_copy(&r, &out->receiver, sizeof(out->receiver));
	return 0;
}

int shim6_ulid_pair_emit(const struct shim6_ulid_pair *pair, struct wbuf *w)
{
	wbuf_zero(w, 4); /* Reserved2 */
	wbuf_copy(w, &pair->sender, sizeof(pair->sender));
	wbuf_copy(w, &pair->receiver, sizeof(pair->receiver));
	return w->bad ? -ENOSPC : 0;
}

/* An element of any length: the three octets that are known, zero where it
 * ends before them. */
static void preference_get(struct rbuf *r, size_t len, struct shim6_preference *out)
{
	struct rbuf element = rbuf_carve(r, len);

	out->flags = rbuf_u8(&element);
	out->priority = rbuf_u8(&element);
	out->weight = rbuf_u8(&element);
}

int shim6_preferences_parse(struct shim6_preferences *out, const struct shim6_option *o)
{
	struct rbuf r = rbuf_of(o->data, o->len);
	struct shim6_preferences p = { 0 };

	p.generation = rbuf_u32(&r);
	p.element_len = rbuf_u8(&r);
	if (r.bad || p.element_len == 0 || rbuf_left(&r) % p.element_len)
		return -EBADMSG;
	if (rbuf_left(&r) / p.element_len > SHIM6_LOCATORS_MAX)
		return -E2BIG;
	while (rbuf_left(&r))
		preference_get(&r, p.element_len, &p.element[p.count++]);
	*out = p;
	return 0;
}

int shim6_preferences_emit(const struct shim6_preferences *p, struct wbuf *w)
{
	if (p->element_len < 1 || p->element_len > 3 || p->count > SHIM6_LOCATORS_MAX)
		return -EINVAL;
	wbuf_u32(w, p->generation);
	wbuf_u8(w, p->element_len);
	for (unsigned i = 0; i < p->count; i++) {
		const struct shim6_preference *e = &p->element[i];

		wbuf_copy(w, (const uint8_t[]){ e->flags, e->priority, e->weight },
			  p->element_len);
	}
	return w->bad ? -ENOSPC : 0;
}
