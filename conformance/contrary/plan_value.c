/* SPDX-License-Identifier: BSD-2-Clause */
/* What a value looks at, changed piece by piece. */
#include "conformance/contrary/plan.h"

#include "conformance/engine/show.h"
#include "conformance/engine/values.h"

#include <inttypes.h>
#include <string.h>

/* A variable that takes its value here matters where it is used again. */
const char *plan_excuse(const struct value *v)
{
	if (v->kind == VALUE_NOT)
		return "the case takes any number but one here";
	return v->kind == VALUE_VARIABLE && v->binds ? "the case takes what comes here" : NULL;
}

static const struct noted_piece *piece_of(const struct planning *p, const struct region_at *at)
{
	return &p->notes->calls[at->call].pieces[at->region];
}

void plan_region(struct planning *p, const struct region_at *at, const char *excuse,
		 const uint8_t *octets, size_t held, size_t len, const char *words)
{
	plan_add(p, excuse,
		 plan_text(p, "call %zu %s %zu %s", at->call, region_name[at->region], len,
			   plan_octets(p, octets, held)),
		 "%s", words);
}

/* The region with `len` octets at `off` of it put in place of what is there. */
static void put(struct planning *p, const struct region_at *at, const char *excuse, size_t off,
		const uint8_t *octets, size_t len, const char *words)
{
	const struct noted_piece *piece = piece_of(p, at);
	uint8_t *changed;

	if (off + len > piece->held)
		return;
	changed = pool_copy(&p->who.brief, piece->octets, piece->held);
	memcpy(changed + off, octets, len);
	plan_region(p, at, excuse, changed, piece->held, piece->len, words);
}

static void put_octet(struct planning *p, const struct region_at *at, const char *excuse,
		      size_t off, const char *where)
{
	const struct noted_piece *piece = piece_of(p, at);
	uint8_t flipped;

	if (off >= piece->held)
		return;
	flipped = piece->octets[off] ^ 1;
	put(p, at, excuse, off, &flipped, 1,
	    plan_text(p, "%s octet %zu: %02x -> %02x", where, off - at->off, flipped ^ 1u,
		      flipped));
}

/* --- by kind --------------------------------------------------------------- */

static void run_of_octets(struct planning *p, struct region_at at, const char *excuse,
			  const char *where)
{
	if (at.len)
		put_octet(p, &at, excuse, at.off, where);
	if (at.len > 1)
		put_octet(p, &at, excuse, at.off + at.len - 1, where);
}

static void address(struct planning *p, struct region_at at, const struct value *v,
		    const char *where)
{
	const char *excuse = plan_excuse(v);
	const struct noted_piece *piece = piece_of(p, &at);
	uint8_t other[16];

	if (v->kind == VALUE_ANY || at.off + 16 > piece->held)
		return;
	put_octet(p, &at, excuse, at.off + 15, where);
	if (plan_sibling(p, piece->octets + at.off, other))
		put(p, &at, excuse, at.off, other, 16,
		    plan_text(p, "%s: another locator of the same host", where));
}

static void number(struct planning *p, struct region_at at, const struct value *v,
		   const struct type_member *m, const char *where)
{
	const struct noted_piece *piece = piece_of(p, &at);
	const struct type_member here = { .kind = m->kind, .size = m->size };
	uint8_t object[8] = { 0 };
	int64_t before;

	if (v->kind == VALUE_ANY || m->size > sizeof(object) || at.off + m->size > piece->held)
		return;
	memcpy(object, piece->octets + at.off, m->size);
	before = member_get(&here, object);
	member_put(&here, object, (uint64_t)before + 1);
	put(p, &at, plan_excuse(v), at.off, object, m->size,
	    plan_text(p, "%s: %" PRId64 " -> %" PRId64, where, before, member_get(&here, object)));
}

static void members(struct planning *p, struct region_at at, const struct value *v,
		    const char *where)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct type_member *m = v->members[i];
		struct region_at there = { at.call, at.region, at.off + m->offset, m->size };
		const char *name =
			m->kind == MEMBER_SELF ? where : plan_text(p, "%s.%s", where, m->name);

		if (m->kind == MEMBER_ADDR)
			address(p, there, v->items[i], name);
		else
			number(p, there, v->items[i], m, name);
	}
}

static void socket_address(struct planning *p, struct region_at at, const struct value *v,
			   const char *where)
{
	static const struct value fixed = { .kind = VALUE_NUMBER };

	for (size_t i = 0; i < type_sockaddr_in6.member_count; i++) {
		const struct type_member *m = &type_sockaddr_in6.members[i];
		struct region_at there = { at.call, at.region, at.off + m->offset, m->size };
		const char *name = plan_text(p, "%s.%s", where, m->name);

		if (!strcmp(m->name, "family"))
			number(p, there, &fixed, m, name);
		else if (v->locator.who && !strcmp(m->name, "addr"))
			address(p, there, &fixed, name);
		else if (v->port && !strcmp(m->name, "port"))
			number(p, there, v->port, m, name);
	}
}

static void list(struct planning *p, struct region_at at, const struct value *v,
		 const struct type *type, const char *where)
{
	const struct type *element = type && type_element(type) ? type_element(type) : type;
	size_t size = element ? element->size : v->count ? at.len / v->count : 0;

	for (size_t i = 0; i < v->count; i++)
		plan_value(p, (struct region_at){ at.call, at.region, at.off + i * size, size },
			   v->items[i], element, plan_text(p, "%s[%zu]", where, i));
}

void plan_value(struct planning *p, struct region_at at, const struct value *v,
		const struct type *type, const char *where)
{
	static const struct type_member as_int = { .kind = MEMBER_INT, .size = sizeof(int) };
	const struct type_member *self = type && type->member_count == 1 ? type->members : &as_int;

	switch (v->kind) {
	case VALUE_ANY:
	case VALUE_NULL:
	case VALUE_UNMAPPED:
	case VALUE_CMSG:
	case VALUE_MESSAGE:
		return;
	case VALUE_NUMBER:
	case VALUE_SYMBOLS:
	case VALUE_NOT:
		number(p, at, v, self, where);
		return;
	case VALUE_LOCATOR:
		address(p, at, v, where);
		return;
	case VALUE_SOCKADDR:
		socket_address(p, at, v, where);
		return;
	case VALUE_STRUCT:
		members(p, at, v, where);
		return;
	case VALUE_LIST:
		list(p, at, v, type, where);
		return;
	case VALUE_VARIABLE:
	case VALUE_ZERO:
	case VALUE_OCTETS:
	case VALUE_PDS:
		run_of_octets(p, at, plan_excuse(v), where);
		return;
	}
}
