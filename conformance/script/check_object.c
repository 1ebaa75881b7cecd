/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies in memory: structs by their type, ancillary data, messages. */
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"

#include <string.h>

/* --- structs ------------------------------------------------------------------ */

static const char *nearest_member(const struct type *type, const char *name)
{
	struct suggestion s = { .written = name };

	for (size_t i = 0; i < type->member_count; i++)
		suggestion_offer(&s, type->members[i].name);
	return s.nearest;
}

static const struct value *check_member(struct checker *k, const struct node *n, enum side side,
					const struct type *type, const struct type_member *m)
{
	bool is_signed = m->kind == MEMBER_INT || m->kind == MEMBER_SELF;
	unsigned bits = (unsigned)m->size * 8;
	struct number_place place = {
		.class = ANY_CLASS,
		.min = is_signed ? -largest(bits - 1) - 1 : 0,
		.max = largest(is_signed ? bits - 1 : bits),
		.what = m->kind == MEMBER_SELF ? type->name : m->name,
	};

	if (m->kind == MEMBER_ADDR)
		return check_locator(k, n, side);
	return check_number(k, n, side, &place);
}

/* The member that an item is for; NULL after telling what is wrong. */
static const struct type_member *member_of(struct checker *k, const struct node *item,
					   const struct type *type)
{
	const struct type_member *m;

	if (!item->name && type->member_count == 1)
		return type->members;
	if (!item->name) {
		diag_report(k->diag, item->place,
			    "a member of %s is written name=value", type->name);
		return NULL;
	}
	m = type_member_named(type, item->name);
	if (!m)
		diag_report(k->diag, item->name_place,
			    "%s has no member %s%s",
			    type->name, item->name,
			    did_you_mean(k, nearest_member(type, item->name)));
	return m;
}

static const struct value *check_struct(struct checker *k, const struct node *n, enum side side,
					const struct type *type)
{
	const struct type_member **members =
		ARENA_ARRAY(k->arena, const struct type_member *, n->items.count);
	const struct value **items = ARENA_ARRAY(k->arena, const struct value *, n->items.count);
	struct value *v = value_new(k, n, VALUE_STRUCT);
	bool wrong = false;

	for (const struct node *item = n->items.first; item; item = item->next) {
		const struct type_member *m = member_of(k, item, type);

		for (size_t i = 0; m && i < v->count; i++)
			if (members[i] == m) {
				diag_report(k->diag, item->name ? item->name_place : item->place,
					    "%s stands here twice", m->name);
				m = NULL;
			}
		if (!m) {
			wrong = true;
			continue;
		}
		if (!filled(k, item))
			continue;
		members[v->count] = m;
		items[v->count] = check_member(k, item, side, type, m);
		wrong |= !items[v->count++];
	}
	v->type = type;
	v->members = members;
	v->items = items;
	return wrong ? NULL : v;
}

/* --- objects ------------------------------------------------------------------ */

static bool is_one_number(const struct type *type)
{
	return type && type->member_count == 1 && type->members[0].kind == MEMBER_SELF;
}

/* A plain number where an int belongs is the same as {number}. */
static const struct value *check_plain(struct checker *k, const struct node *n, enum side side,
				       const struct type *type)
{
	const struct type_member **members = ARENA_ARRAY(k->arena, const struct type_member *, 1);
	const struct value **items = ARENA_ARRAY(k->arena, const struct value *, 1);
	struct value *v = value_new(k, n, VALUE_STRUCT);

	members[0] = type->members;
	items[0] = check_member(k, n, side, type, type->members);
	v->type = type;
	v->members = members;
	v->items = items;
	v->count = 1;
	return items[0] ? v : NULL;
}

static const struct value *check_array(struct checker *k, const struct node *n, enum side side,
				       const struct type *type)
{
	const struct value **items = ARENA_ARRAY(k->arena, const struct value *, n->items.count);
	struct value *v = value_new(k, n, VALUE_LIST);
	bool wrong = false;

	for (const struct node *item = n->items.first; item; item = item->next) {
		if (item->name) {
			diag_report(k->diag, item->name_place, "an item of a list has no name");
			wrong = true;
			continue;
		}
		if (!filled(k, item))
			continue;
		items[v->count] = check_object(k, item, side, type_element(type));
		wrong |= !items[v->count++];
	}
	v->items = items;
	return wrong ? NULL : v;
}

static const struct type *written_type(struct checker *k, const struct node *n)
{
	const struct type *type = type_named(n->word);
	struct suggestion s = { .written = n->word };

	if (type)
		return type;
	for (size_t i = 0; types[i]; i++)
		suggestion_offer(&s, types[i]->name);
	diag_report(k->diag, n->word_place,
		    "no such type: %s%s", n->word, did_you_mean(k, s.nearest));
	return NULL;
}

static const struct value *check_struct_literal(struct checker *k, const struct node *n,
						enum side side, const struct type *type)
{
	if (n->word) {
		type = written_type(k, n);
		if (!type)
			return NULL;
	} else if (!type) {
		diag_report(k->diag, n->place,
			    "the type isn't known here: write it in front, or write octets");
		return NULL;
	} else if (type->array) {
		diag_report(k->diag, n->place, "expected a list: [{...}, ...]");
		return NULL;
	}
	return check_struct(k, n, side, type);
}

static const struct value *check_zero(struct checker *k, const struct node *n, enum side side)
{
	if (side == GIVEN) {
		diag_report(k->diag, n->place, "zero can only be expected; give {} or zeros(n)");
		return NULL;
	}
	return value_new(k, n, VALUE_ZERO);
}

const struct type type_wrong;

const struct value *check_object(struct checker *k, const struct node *n, enum side side,
				 const struct type *type)
{
	n = required(k, n);
	if (!n)
		return NULL;
	if (type == &type_wrong) {
		forgive_variables(k, n);
		return NULL;
	}
	switch (n->kind) {
	case NODE_STAR:
		return check_star(k, n, side);
	case NODE_STRUCT:
		return check_struct_literal(k, n, side, type);
	case NODE_LIST:
		if (type && type->array)
			return check_array(k, n, side, type);
		break;
	case NODE_OCTETS:
	case NODE_CALL:
		return check_octets(k, n, side);
	case NODE_NUMBER:
	case NODE_NOT:
	case NODE_OR:
	case NODE_WORD:
		if (is_pointer(n))
			return check_pointer(k, n, side);
		if (is_word(n, "zero"))
			return check_zero(k, n, side);
		if (is_one_number(type))
			return check_plain(k, n, side, type);
		break;
	case NODE_VARIABLE:
		if (is_one_number(type))
			return check_plain(k, n, side, type);
		return check_variable(k, n, side, HOLDS_OCTETS);
	case NODE_ADDRESS:
	case NODE_ABSENT:
		break;
	}
	mistake_not(k, n, !type ? "octets or a struct with its type" :
			  type->array ? "a list of structs or octets" : "a struct or octets");
	return NULL;
}

/* --- messages -------------------------------------------------------------------- */

static const struct value *check_cmsg(struct checker *k, const struct node *n, enum side side)
{
	static const struct number_place level = { SYMBOL_LEVEL, INT32_MIN, INT32_MAX, "a level" };
	static const struct number_place type = { SYMBOL_CMSG, INT32_MIN, INT32_MAX,
						  "a cmsg type" };
	const struct value **items = ARENA_ARRAY(k->arena, const struct value *, 3);
	const struct node *item;
	struct value *v;

	n = required(k, n);
	if (!n)
		return NULL;
	if (n->kind == NODE_STAR)
		return check_star(k, n, side);
	item = n->items.first;
	if (n->kind != NODE_STRUCT || n->word || n->items.count != 3 || item->name ||
	    item->next->name || item->next->next->name) {
		diag_report(k->diag, n->place, "ancillary data is written {level, type, value}");
		return NULL;
	}
	v = value_new(k, n, VALUE_CMSG);
	items[0] = check_number(k, item, side, &level);
	items[1] = check_number(k, item->next, side, &type);
	items[2] = check_object(k, item->next->next, side, type_of(items[1]));
	v->items = items;
	v->count = 3;
	return items[0] && items[1] && items[2] ? v : NULL;
}

static const struct value *check_control(struct checker *k, const struct node *n, enum side side)
{
	const struct value **items;
	struct value *v;
	bool wrong = false;

	n = required(k, n);
	if (!n || n->kind != NODE_LIST)
		return n ? check_buffer(k, n, side) : NULL;
	items = ARENA_ARRAY(k->arena, const struct value *, n->items.count);
	v = value_new(k, n, VALUE_LIST);
	for (const struct node *item = n->items.first; item; item = item->next) {
		if (!filled(k, item))
			continue;
		items[v->count] = check_cmsg(k, item, side);
		wrong |= !items[v->count++];
	}
	v->items = items;
	return wrong ? NULL : v;
}

/* null is expected when no name came. */
static const struct value *check_name(struct checker *k, const struct node *n, enum side side)
{
	n = required(k, n);
	if (!n)
		return NULL;
	return is_word(n, "null") ? value_new(k, n, VALUE_NULL) : check_address(k, n, side);
}

/* Room is made by lengths; that there is none is all to be said. */
static const struct value *check_no_room(struct checker *k, const struct node *n, enum side side)
{
	n = required(k, n);
	return n ? check_pointer(k, n, side) : NULL;
}

static const struct value *check_flags(struct checker *k, const struct node *n, enum side side)
{
	static const struct number_place flags = { SYMBOL_FLAG, INT32_MIN, INT32_MAX, "flags" };

	return check_number(k, n, side, &flags);
}

static const struct value *check_size(struct checker *k, const struct node *n, enum side side)
{
	static const struct number_place size = { ANY_CLASS, 0, 1 << 20, "a length" };

	return check_number(k, n, side, &size);
}

static const struct message_part {
	const char *name;
	size_t slot;   /* in struct message_value */
	unsigned uses; /* enum message_use */
	const struct value *(*check)(struct checker *k, const struct node *n, enum side side);
} message_parts[] = {
#define PART(name) #name, offsetof(struct message_value, name)
	{ PART(name),       MESSAGE_SENT | MESSAGE_SEEN,                check_name },
	{ PART(name),       MESSAGE_ROOM,                               check_no_room },
	{ PART(data),       MESSAGE_SENT | MESSAGE_SEEN,                check_buffer },
	{ PART(data),       MESSAGE_ROOM,                               check_no_room },
	{ PART(control),    MESSAGE_SENT | MESSAGE_SEEN,                check_control },
	{ PART(control),    MESSAGE_ROOM,                               check_no_room },
	{ PART(iov),        MESSAGE_SENT | MESSAGE_ROOM,                check_no_room },
	{ PART(flags),      MESSAGE_SENT | MESSAGE_SEEN,                check_flags },
	{ PART(len),        MESSAGE_ROOM,                               check_size },
	{ PART(controllen), MESSAGE_SENT | MESSAGE_SEEN | MESSAGE_ROOM, check_size },
	{ PART(namelen),    MESSAGE_SENT | MESSAGE_SEEN | MESSAGE_ROOM, check_size },
#undef PART
};

enum { MESSAGE_PARTS = sizeof(message_parts) / sizeof(message_parts[0]) };

static const struct message_part *part_named(struct checker *k, const struct node *item,
					     enum message_use use)
{
	struct suggestion s = { .written = item->name ? item->name : "" };

	if (!item->name) {
		diag_report(k->diag, item->place, "a part of a message is written name=value");
		return NULL;
	}
	for (size_t i = 0; i < MESSAGE_PARTS; i++) {
		if (!(message_parts[i].uses & use))
			continue;
		if (strcmp(message_parts[i].name, item->name) == 0)
			return &message_parts[i];
		suggestion_offer(&s, message_parts[i].name);
	}
	diag_report(k->diag, item->name_place, "this message has no %s%s", item->name,
		    did_you_mean(k, s.nearest));
	return NULL;
}

const struct value *check_message(struct checker *k, const struct node *n, enum message_use use)
{
	enum side side = use == MESSAGE_SEEN ? EXPECTED : GIVEN;
	struct message_value *message = ARENA_NEW(k->arena, struct message_value);
	struct value *v;
	bool wrong = false;

	n = required(k, n);
	if (!n)
		return NULL;
	if (n->kind == NODE_STAR)
		return check_star(k, n, side);
	if (is_pointer(n))
		return check_pointer(k, n, side);
	if (n->kind != NODE_STRUCT || n->word) {
		mistake_not(k, n, "a message: {name=..., data=..., control=[...]}");
		return NULL;
	}
	v = value_new(k, n, VALUE_MESSAGE);
	v->message = message;
	for (const struct node *item = n->items.first; item; item = item->next) {
		const struct message_part *part = part_named(k, item, use);
		const struct value **slot;

		wrong |= !part;
		if (!part || !filled(k, item))
			continue;
		slot = (const struct value **)(void *)((char *)message + part->slot);
		if (*slot)
			diag_report(k->diag, item->name_place, "%s stands here twice", part->name);
		*slot = part->check(k, item, side);
		wrong |= !*slot;
	}
	return wrong ? NULL : v;
}
