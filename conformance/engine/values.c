/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of a scenario as numbers and octets. */
#include "conformance/engine/values.h"

#include "conformance/engine/show.h"
#include "conformance/engine/target.h"

#include <string.h>

enum { UNMAPPED_LEN = 16 }; /* octets of `unmapped`, where nothing else tells how many */

bool is_pointer_value(const struct value *v)
{
	return v && (v->kind == VALUE_NULL || v->kind == VALUE_UNMAPPED);
}

void *pointer_of(struct trial *t, const struct value *v)
{
	return v->kind == VALUE_UNMAPPED ? guards_unmapped(&t->guards) : NULL;
}

/* --- members of objects --------------------------------------------------- */

void host_put(uint8_t *at, size_t size, uint64_t number)
{
	const uint16_t n16 = (uint16_t)number;
	const uint32_t n32 = (uint32_t)number;

	if (size == 1)
		*at = (uint8_t)number;
	else if (size == 2)
		memcpy(at, &n16, sizeof(n16));
	else if (size == 4)
		memcpy(at, &n32, sizeof(n32));
	else
		memcpy(at, &number, sizeof(number));
}

uint64_t host_get(const uint8_t *at, size_t size)
{
	uint64_t n64;
	uint32_t n32;
	uint16_t n16;

	if (size == 1)
		return *at;
	if (size == 2) {
		memcpy(&n16, at, sizeof(n16));
		return n16;
	}
	if (size == 4) {
		memcpy(&n32, at, sizeof(n32));
		return n32;
	}
	memcpy(&n64, at, sizeof(n64));
	return n64;
}

int64_t member_get(const struct type_member *m, const uint8_t *object)
{
	const uint8_t *at = object + m->offset;
	unsigned spare = 64 - 8 * (unsigned)m->size;

	if (m->kind == MEMBER_BE)
		return (int64_t)wire_bits_get(at, 0, 8 * (unsigned)m->size);
	if (m->kind == MEMBER_UINT)
		return (int64_t)host_get(at, m->size);
	return (int64_t)(host_get(at, m->size) << spare) >> spare; /* with its sign */
}

void member_put(const struct type_member *m, uint8_t *object, uint64_t number)
{
	uint8_t *at = object + m->offset;

	if (m->kind == MEMBER_BE)
		wire_bits_put(at, 0, 8 * (unsigned)m->size, number);
	else
		host_put(at, m->size, number);
}

/* --- to numbers and octets ------------------------------------------------ */

int value_number(struct trial *t, const struct value *v, int64_t *out)
{
	const struct datum *held;
	int64_t sum = v->number, number;

	if (v->kind == VALUE_NUMBER) {
		*out = v->number;
		return 0;
	}
	if (v->kind == VALUE_VARIABLE) {
		held = &t->variables[v->variable];
		if (!held->bound || held->octets)
			return trial_blocked(t, "$%s holds no number",
					     t->scenario->variables[v->variable]);
		*out = held->number;
		return 0;
	}
	if (v->kind != VALUE_SYMBOLS)
		return trial_blocked(t, "%s is no number", show_value(t, v));
	for (size_t i = 0; i < SYMBOLS_MAX && v->symbols[i]; i++) {
		if (target_number(t->description, v->symbols[i], &number) < 0)
			return trial_blocked(t, "the target has no number for %s",
					     v->symbols[i]->name);
		sum |= number;
	}
	*out = sum;
	return 0;
}

static int put_octets(struct trial *t, struct octets *out, const void *data, size_t len)
{
	*out = (struct octets){ pool_copy(&t->brief, data, len), len };
	return 0;
}

static int put_locator(struct trial *t, struct locator_name name, struct octets *out)
{
	struct in6_addr addr;
	unsigned link;

	if (trial_locator(t, name, &addr, &link) < 0)
		return trial_blocked(t, "there is no %c%u: the target has %zu locators", name.who,
				     name.index, t->locator_count);
	return put_octets(t, out, &addr, sizeof(addr));
}

static int put_pds(struct trial *t, struct locator_name name, struct octets *out)
{
	uint8_t pds[HBA_PDS_MAX];

	if (name.who == 'P') {
		peer_pds(&t->peer, &t->peer.set.addr[0], pds);
		return put_octets(t, out, pds, t->peer.set.pds_len);
	}
	if (!t->peer.target_pds_len)
		return trial_blocked(t, "the target has not sent its CGA parameters yet");
	return put_octets(t, out, t->peer.target_pds, t->peer.target_pds_len);
}

/* A number alone is as wide as its type says, or an int. */
static int put_number(struct trial *t, const struct value *v, const struct type *type,
		      struct octets *out)
{
	bool self = type && type->member_count == 1 && type->members[0].kind == MEMBER_SELF;
	size_t size = self ? type->size : sizeof(int);
	uint8_t object[8] = { 0 };
	int64_t number;
	int r = value_number(t, v, &number);

	if (r < 0)
		return r;
	host_put(object, size, (uint64_t)number);
	return put_octets(t, out, object, size);
}

static int put_member(struct trial *t, const struct value *v, const struct type_member *m,
		      uint8_t *object)
{
	struct octets o;
	int64_t number;
	int r;

	if (m->kind != MEMBER_ADDR &&
	    (v->kind == VALUE_NUMBER || v->kind == VALUE_SYMBOLS || v->kind == VALUE_VARIABLE)) {
		r = value_number(t, v, &number);
		if (r == 0)
			member_put(m, object, (uint64_t)number);
		return r;
	}
	r = value_object(t, v, NULL, &o);
	if (r == 0)
		memcpy(object + m->offset, o.data, o.len < m->size ? o.len : m->size);
	return r;
}

static int put_struct(struct trial *t, const struct value *v, struct octets *out)
{
	uint8_t *object = pool_alloc(&t->brief, v->type->size);

	for (size_t i = 0; i < v->type->member_count; i++)
		if (v->type->members[i].init)
			member_put(&v->type->members[i], object, v->type->members[i].init);
	for (size_t i = 0; i < v->count; i++) {
		int r = put_member(t, v->items[i], v->members[i], object);

		if (r < 0)
			return r;
	}
	*out = (struct octets){ object, v->type->size };
	return 0;
}

/* Items back to back; each is a number of one octet or an object. */
static int put_list(struct trial *t, const struct value *v, const struct type *type,
		    size_t number_size, struct octets *out)
{
	struct octets all = { 0 };

	for (size_t i = 0; i < v->count; i++) {
		struct octets item, grown;
		int64_t number;
		int r;

		if (number_size == 1 && v->items[i]->kind != VALUE_LOCATOR &&
		    v->items[i]->kind != VALUE_STRUCT && v->items[i]->kind != VALUE_OCTETS) {
			r = value_number(t, v->items[i], &number);
			item = (struct octets){ pool_alloc(&t->brief, 1), 1 };
			if (r == 0)
				*item.data = (uint8_t)number;
		} else {
			r = value_object(t, v->items[i], type, &item);
		}
		if (r < 0)
			return r;
		grown = (struct octets){ pool_alloc(&t->brief, all.len + item.len),
					 all.len + item.len };
		if (all.len)
			memcpy(grown.data, all.data, all.len);
		if (item.len)
			memcpy(grown.data + all.len, item.data, item.len);
		all = grown;
	}
	if (!all.data)
		all.data = pool_alloc(&t->brief, 0);
	*out = all;
	return 0;
}

int value_sockaddr(struct trial *t, const struct value *v, struct octets *out)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6 };
	int64_t port = 0;
	unsigned link;
	int r;

	if (v->kind == VALUE_UNMAPPED)
		return value_object(t, v, &type_sockaddr_in6, out);
	if (v->kind != VALUE_SOCKADDR)
		return value_object(t, v, NULL, out);
	if (!v->locator.who) {
		addr.sin6_family = (sa_family_t)v->number;
		return put_octets(t, out, &addr, sizeof(addr));
	}
	if (trial_locator(t, v->locator, &addr.sin6_addr, &link) < 0)
		return trial_blocked(t, "there is no %c%u: the target has %zu locators",
				     v->locator.who, v->locator.index, t->locator_count);
	r = v->port ? value_number(t, v->port, &port) : 0;
	if (r < 0)
		return r;
	addr.sin6_port = htons((uint16_t)port);
	return put_octets(t, out, &addr, sizeof(addr));
}

int value_object(struct trial *t, const struct value *v, const struct type *type,
		 struct octets *out)
{
	const struct datum *held;

	switch (v->kind) {
	case VALUE_NUMBER:
	case VALUE_SYMBOLS:
		return put_number(t, v, type, out);
	case VALUE_VARIABLE:
		held = &t->variables[v->variable];
		if (held->bound && held->octets)
			return put_octets(t, out, held->octets, held->len);
		return put_number(t, v, type, out);
	case VALUE_OCTETS:
		return put_octets(t, out, v->octets, v->len);
	case VALUE_LOCATOR:
		return put_locator(t, v->locator, out);
	case VALUE_SOCKADDR:
		return value_sockaddr(t, v, out);
	case VALUE_LIST:
		return put_list(t, v, type, 0, out);
	case VALUE_STRUCT:
		return put_struct(t, v, out);
	case VALUE_PDS:
		return put_pds(t, v->locator, out);
	case VALUE_NULL:
		*out = (struct octets){ NULL, 0 };
		return 0;
	case VALUE_UNMAPPED:
		*out = (struct octets){ pointer_of(t, v), type ? type->size : UNMAPPED_LEN };
		return 0;
	case VALUE_CMSG:
	case VALUE_MESSAGE:
	case VALUE_ZERO:
	case VALUE_NOT:
	case VALUE_ANY:
		break;
	}
	return trial_blocked(t, "%s is no object that can be given", show_value(t, v));
}

int value_field(struct trial *t, const struct value *v, const struct wire_field *field,
		struct wire_value *out)
{
	struct octets o;
	int64_t number;
	int r;

	if (field->kind == WIRE_UINT || field->kind == WIRE_HEX) {
		r = value_number(t, v, &number);
		if (r == 0)
			*out = (struct wire_value){ .kind = field->kind,
						    .number = (uint64_t)number };
		return r;
	}
	r = v->kind == VALUE_LIST ? put_list(t, v, NULL, 1, &o) : value_object(t, v, NULL, &o);
	if (r == 0)
		*out = (struct wire_value){ .kind = field->kind, .octets = o.data, .len = o.len };
	return r;
}
