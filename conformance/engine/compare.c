/* SPDX-License-Identifier: BSD-2-Clause */
/* What is expected beside what came. */
#include "conformance/engine/compare.h"

#include "conformance/engine/show.h"
#include "conformance/engine/values.h"

#include <inttypes.h>
#include <string.h>

struct comparison *comparison_new(struct trial *t)
{
	struct comparison *c = pool_alloc(&t->brief, sizeof(*c));

	c->trial = t;
	c->end = &c->first;
	return c;
}

void compare_differs(struct comparison *c, const char *where, long offset, const char *expected,
		     const char *actual)
{
	struct differing *d = pool_alloc(&c->trial->brief, sizeof(*d));

	*d = (struct differing){ NULL, where, offset, expected, actual };
	*c->end = d;
	c->end = &d->next;
	c->count++;
}

void comparison_keep(struct comparison *c)
{
	for (size_t i = 0; i < SCENARIO_VARIABLES_MAX; i++) {
		struct datum taken = c->taken[i];

		if (!taken.bound)
			continue;
		if (taken.octets)
			taken.octets = pool_copy(&c->trial->lasting, taken.octets, taken.len);
		c->trial->variables[i] = taken;
	}
}

/* --- single values -------------------------------------------------------- */

static bool datum_equal(const struct datum *a, const struct datum *b)
{
	if (!a->octets || !b->octets)
		return !a->octets && !b->octets && a->number == b->number;
	return a->len == b->len && !memcmp(a->octets, b->octets, a->len);
}

static const char *datum_text(struct trial *t, const struct datum *d)
{
	return d->octets ? show_octets(&t->brief, d->octets, d->len)
			 : pool_text(&t->brief, "%" PRId64 " (0x%" PRIx64 ")", d->number,
				     (uint64_t)d->number);
}

void compare_variable(struct comparison *c, unsigned variable, const char *where, long offset,
		      const struct datum *actual)
{
	struct trial *t = c->trial;
	const struct datum *held = &t->variables[variable];

	/* Of a tag that a word of the runner was to set, and has not: no fork came. */
	if (!held->bound && variable < VARIABLE_FIRST_FREE) {
		trial_blocked(t, "$%s holds no number", t->scenario->variables[variable]);
		return;
	}
	if (!held->bound)
		held = &c->taken[variable];
	if (!held->bound) {
		c->taken[variable] = *actual;
		c->taken[variable].bound = true;
	} else if (!datum_equal(held, actual)) {
		compare_differs(c, where, offset,
				pool_text(&t->brief, "%s ($%s)", datum_text(t, held),
					  t->scenario->variables[variable]),
				datum_text(t, actual));
	}
}

/* "SHIM_X (7)" for a symbol, "7" for a number. */
static const char *number_text(struct trial *t, const struct value *v, int64_t number)
{
	if (v->kind == VALUE_SYMBOLS)
		return pool_text(&t->brief, "%s (%" PRId64 ")", show_value(t, v), number);
	return pool_text(&t->brief, "%" PRId64, number);
}

static void compare_not(struct comparison *c, const struct value *v, const char *where, long offset,
			int64_t actual)
{
	const struct value *item = v->items[0];
	int64_t other;

	/* It may be of a variable that this very comparison has set. */
	if (item->kind == VALUE_VARIABLE && c->taken[item->variable].bound)
		other = c->taken[item->variable].number;
	else if (value_number(c->trial, item, &other) < 0)
		return;
	if (other == actual)
		compare_differs(c, where, offset, show_value(c->trial, v),
				pool_text(&c->trial->brief, "%" PRId64, actual));
}

void compare_number(struct comparison *c, const struct value *v, const char *where, long offset,
		    int64_t actual)
{
	const struct datum number = { .number = actual };
	int64_t expected = 0;

	if (v->kind == VALUE_ANY)
		return;
	if (v->kind == VALUE_NOT) {
		compare_not(c, v, where, offset, actual);
		return;
	}
	if (v->kind == VALUE_VARIABLE) {
		compare_variable(c, v->variable, where, offset, &number);
		return;
	}
	if (v->kind != VALUE_ZERO && value_number(c->trial, v, &expected) < 0)
		return; /* the trial is over: no verdict is given twice */
	if (expected != actual)
		compare_differs(c, where, offset, number_text(c->trial, v, expected),
				pool_text(&c->trial->brief, "%" PRId64, actual));
}

static size_t first_difference(const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t i = 0;

	while (i < len && a[i] == b[i])
		i++;
	return i;
}

static void compare_octets(struct comparison *c, const char *where, const struct octets *expected,
			   const uint8_t *actual, size_t len)
{
	size_t common = len < expected->len ? len : expected->len;
	size_t at = first_difference(expected->data, actual, common);

	if (at == len && at == expected->len)
		return;
	compare_differs(c, where, (long)at,
			show_octets(&c->trial->brief, expected->data, expected->len),
			show_octets(&c->trial->brief, actual, len));
}

static bool compare_length(struct comparison *c, const char *where, size_t expected, size_t actual)
{
	struct pool *p = &c->trial->brief;

	if (expected == actual)
		return true;
	compare_differs(c, pool_text(p, "%s length", where), -1,
			pool_text(p, "%zu octets", expected), pool_text(p, "%zu octets", actual));
	return false;
}

/* --- objects -------------------------------------------------------------- */

static void compare_address(struct comparison *c, const struct value *v, const char *where,
			    long offset, const uint8_t *actual)
{
	static const uint8_t unspecified[16];
	const struct datum octets = { .octets = actual, .len = 16 };
	struct octets o = { (uint8_t *)unspecified, 16 };

	if (v->kind == VALUE_ANY)
		return;
	if (v->kind == VALUE_VARIABLE) {
		compare_variable(c, v->variable, where, offset, &octets);
		return;
	}
	if (v->kind != VALUE_ZERO && value_object(c->trial, v, NULL, &o) < 0)
		return;
	if (o.len != 16)
		compare_octets(c, where, &o, actual, 16);
	else if (memcmp(o.data, actual, 16))
		compare_differs(c, where, offset, show_address(c->trial, o.data),
				show_address(c->trial, actual));
}

static void compare_struct(struct comparison *c, const struct value *v, const char *where,
			   const uint8_t *actual, size_t len)
{
	if (!compare_length(c, where, v->type->size, len))
		return;
	for (size_t i = 0; i < v->count; i++) {
		const struct type_member *m = v->members[i];
		const char *name = m->kind == MEMBER_SELF
					   ? where
					   : pool_text(&c->trial->brief, "%s.%s", where, m->name);

		if (m->kind == MEMBER_ADDR)
			compare_address(c, v->items[i], name, (long)m->offset, actual + m->offset);
		else
			compare_number(c, v->items[i], name, (long)m->offset,
				       member_get(m, actual));
	}
}

static void compare_sockaddr(struct comparison *c, const struct value *v, const char *where,
			     const uint8_t *actual, size_t len)
{
	struct pool *p = &c->trial->brief;
	const struct value address = { .kind = VALUE_LOCATOR, .locator = v->locator };
	int family = v->locator.who ? AF_INET6 : (int)v->number;
	struct sockaddr_in6 a;

	if (!compare_length(c, where, sizeof(a), len))
		return;
	memcpy(&a, actual, sizeof(a));
	if (a.sin6_family != family)
		compare_differs(c, pool_text(p, "%s.family", where),
				offsetof(struct sockaddr_in6, sin6_family),
				pool_text(p, "%d", family), pool_text(p, "%d", a.sin6_family));
	if (!v->locator.who)
		return;
	compare_address(c, &address, pool_text(p, "%s.addr", where),
			offsetof(struct sockaddr_in6, sin6_addr), a.sin6_addr.s6_addr);
	if (v->port)
		compare_number(c, v->port, pool_text(p, "%s.port", where),
			       offsetof(struct sockaddr_in6, sin6_port), ntohs(a.sin6_port));
}

/* Items of one size, back to back, in the order written. */
static void compare_list(struct comparison *c, const struct value *v, const struct type *type,
			 const char *where, const uint8_t *actual, size_t len)
{
	size_t size = type ? type->size : v->count ? len / v->count : 0;

	if (!compare_length(c, where, v->count * size, len))
		return;
	for (size_t i = 0; i < v->count; i++)
		compare_object(c, v->items[i], type,
			       pool_text(&c->trial->brief, "%s[%zu]", where, i), actual + i * size,
			       size);
}

/* A type of one number alone: its member says how wide and whether signed. */
static const struct type_member *self_of(const struct type *type)
{
	static const struct type_member as_int = { .kind = MEMBER_INT, .size = sizeof(int) };

	if (type && type->member_count == 1 && type->members[0].kind == MEMBER_SELF)
		return &type->members[0];
	return &as_int;
}

static void compare_zero(struct comparison *c, const struct type *type, const char *where,
			 const uint8_t *actual, size_t len)
{
	struct octets zero = { pool_alloc(&c->trial->brief, len), len };

	if (!type || type->array || compare_length(c, where, type->size, len))
		compare_octets(c, where, &zero, actual, len);
}

void compare_object(struct comparison *c, const struct value *v, const struct type *type,
		    const char *where, const uint8_t *actual, size_t len)
{
	const struct type_member *self = self_of(type);
	const struct datum octets = { .octets = actual, .len = len };
	struct octets o;

	switch (v->kind) {
	case VALUE_ANY:
		return;
	case VALUE_ZERO:
		compare_zero(c, type, where, actual, len);
		return;
	case VALUE_STRUCT:
		compare_struct(c, v, where, actual, len);
		return;
	case VALUE_SOCKADDR:
		compare_sockaddr(c, v, where, actual, len);
		return;
	case VALUE_LIST:
		compare_list(c, v, type, where, actual, len);
		return;
	case VALUE_NUMBER:
	case VALUE_SYMBOLS:
	case VALUE_NOT:
		if (compare_length(c, where, self->size, len))
			compare_number(c, v, where, 0, member_get(self, actual));
		return;
	case VALUE_VARIABLE:
		/* A number would be the one item of a struct: this is octets,
		 * even where there are as many as in an int. */
		compare_variable(c, v->variable, where, 0, &octets);
		return;
	case VALUE_LOCATOR:
		if (compare_length(c, where, 16, len))
			compare_address(c, v, where, 0, actual);
		return;
	case VALUE_OCTETS:
	case VALUE_PDS:
	case VALUE_NULL:
	case VALUE_UNMAPPED:
	case VALUE_CMSG:
	case VALUE_MESSAGE:
		break;
	}
	if (value_object(c->trial, v, type, &o) == 0)
		compare_octets(c, where, &o, actual, len);
}

/* --- fields of packets ---------------------------------------------------- */

static const char *field_text(struct trial *t, const struct wire_value *value)
{
	int len = wire_value_print(NULL, 0, value);
	char *text = pool_alloc(&t->brief, (size_t)(len > 0 ? len : 0) + 1);

	wire_value_print(text, (size_t)(len > 0 ? len : 0) + 1, value);
	return text;
}

static bool is_number(const struct wire_value *value)
{
	return value->kind == WIRE_UINT || value->kind == WIRE_HEX;
}

/* What nobody named: a derived or fixed field must be what it ought to be. */
static void compare_due(struct comparison *c, const char *where, const struct wire_dissection *d,
			unsigned span, const struct wire_field *field,
			const struct wire_value *actual, uint32_t off)
{
	struct wire_value due;

	if (wire_field_due(d, span, field, &due) == 0 && !wire_value_equal(&due, actual))
		compare_differs(c, where, off, field_text(c->trial, &due),
				field_text(c->trial, actual));
}

/* Item by item, so that one can be anything, or a variable. */
static void compare_run(struct comparison *c, const struct value *list, const char *where,
			long off, const struct wire_value *actual)
{
	size_t size = actual->kind == WIRE_ADDRS ? sizeof(struct in6_addr) : 1;
	struct trial *t = c->trial;

	if (actual->len != list->count * size) {
		compare_differs(c, where, off, show_value(t, list), field_text(t, actual));
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		const char *item = pool_text(&t->brief, "%s[%zu]", where, i);
		const uint8_t *octets = actual->octets + i * size;

		if (actual->kind == WIRE_ADDRS)
			compare_address(c, list->items[i], item, off + (long)(i * size), octets);
		else
			compare_number(c, list->items[i], item, off + (long)i, *octets);
	}
}

void compare_field(struct comparison *c, const struct value *v, const struct wire_dissection *d,
		   unsigned span, const struct wire_field *field)
{
	struct trial *t = c->trial;
	const char *where = pool_text(&t->brief, "%s.%s", d->spans[span].layer->name, field->name);
	static const uint8_t empty[1];
	struct wire_value actual, expected;
	struct datum datum;
	uint32_t off;

	if (wire_field_get(d, span, field, &actual, &off) < 0) {
		compare_differs(c, where, d->spans[span].off, v ? show_value(t, v) : "a field",
				"cut short, or lengths that contradict each other");
		return;
	}
	if (!v) {
		compare_due(c, where, d, span, field, &actual, off);
		return;
	}
	if (v->kind == VALUE_ANY)
		return;
	if (v->kind == VALUE_NOT) {
		compare_not(c, v, where, off, (int64_t)actual.number);
		return;
	}
	if (v->kind == VALUE_LIST && actual.kind == WIRE_OCTETS) {
		compare_object(c, v, &type_probe_reports, where, actual.octets, actual.len);
		return;
	}
	if (v->kind == VALUE_LIST) {
		compare_run(c, v, where, off, &actual);
		return;
	}
	if (v->kind == VALUE_VARIABLE) {
		datum = is_number(&actual)
				? (struct datum){ .number = (int64_t)actual.number }
				: (struct datum){ .octets = actual.len ? actual.octets : empty,
						  .len = actual.len };
		compare_variable(c, v->variable, where, off, &datum);
		return;
	}
	if (value_field(t, v, field, &expected) == 0 && !wire_value_equal(&expected, &actual))
		compare_differs(c, where, off, field_text(t, &expected), field_text(t, &actual));
}
