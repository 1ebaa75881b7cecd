/* SPDX-License-Identifier: BSD-2-Clause */
/* What recvmsg() gave: name, data, flags, and each ancillary object (RFC 3542 20). */
#include "conformance/contrary/plan.h"

#include "conformance/engine/values.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

enum { CMSG_LEVEL, CMSG_TYPE, CMSG_CONTENT }; /* of a VALUE_CMSG's items */

struct object {
	struct region_at at; /* the whole of it, with its padding */
	struct cmsghdr head;
};

static const struct noted_piece *piece_of(const struct planning *p, size_t call, enum region r)
{
	return &p->notes->calls[call].pieces[r];
}

static void change_length(struct planning *p, size_t call, enum region r, size_t len)
{
	const struct noted_piece *piece = piece_of(p, call, r);
	struct region_at at = { call, r, 0, piece->len };

	plan_region(p, &at, NULL, piece->octets, piece->held, len,
		    plan_text(p, "%s length %zu -> %zu", region_name[r], piece->len, len));
}

/* --- the list of objects ----------------------------------------------------- */

/* `add` (NULL: nothing) in place of `len` octets at `off` of the control octets. */
static void splice(struct planning *p, size_t call, size_t off, size_t len, const uint8_t *add,
		   size_t add_len, const char *words)
{
	const struct noted_piece *piece = piece_of(p, call, REGION_CONTROL);
	struct region_at at = { call, REGION_CONTROL, 0, piece->held };
	size_t whole = piece->held - len + add_len;
	uint8_t *changed;

	if (whole > piece->room)
		return; /* the runner's buffer has no room for one more */
	changed = pool_alloc(&p->who.brief, whole);
	if (off)
		memcpy(changed, piece->octets, off);
	if (add_len)
		memcpy(changed + off, add, add_len);
	if (piece->held > off + len)
		memcpy(changed + off + add_len, piece->octets + off + len, piece->held - off - len);
	plan_region(p, &at, NULL, changed, whole, whole, words);
}

static void add_stranger(struct planning *p, size_t call)
{
	const struct cmsghdr head = { .cmsg_len = CMSG_LEN(4), .cmsg_level = 0x7ffffffe };
	uint8_t object[CMSG_SPACE(4)] = { 0 };

	memcpy(object, &head, sizeof(head));
	splice(p, call, piece_of(p, call, REGION_CONTROL)->held, 0, object, sizeof(object),
	       "control: one more object, of another level");
}

static void change_header(struct planning *p, const struct object *o, size_t off, const char *what)
{
	const struct noted_piece *piece = piece_of(p, o->at.call, REGION_CONTROL);
	uint8_t *changed = pool_copy(&p->who.brief, piece->octets, piece->held);
	struct region_at at = { o->at.call, REGION_CONTROL, 0, piece->held };

	changed[o->at.off + off] ^= 1;
	plan_region(p, &at, NULL, changed, piece->held, piece->len, what);
}

/* The expected object of this level and type; NULL: `*`, or none. */
static const struct value *expected(struct planning *p, const struct value *list,
				    const struct object *o)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct value *item = list->items[i];
		int64_t level = 0, type = 0;

		if (item->kind == VALUE_CMSG &&
		    value_number(&p->who, item->items[CMSG_LEVEL], &level) == 0 &&
		    value_number(&p->who, item->items[CMSG_TYPE], &type) == 0 &&
		    level == o->head.cmsg_level && type == o->head.cmsg_type)
			return item;
	}
	return NULL;
}

static const struct type *content_type(const struct value *cmsg)
{
	const struct value *type = cmsg->items[CMSG_TYPE];

	return type->kind == VALUE_SYMBOLS && type->symbols[0] ? type->symbols[0]->type : NULL;
}

static void change_object(struct planning *p, const struct value *list, const struct object *o)
{
	const struct noted_piece *piece = piece_of(p, o->at.call, REGION_CONTROL);
	const struct value *item = expected(p, list, o);
	struct region_at content = { o->at.call, REGION_CONTROL, o->at.off + CMSG_LEN(0),
				     o->head.cmsg_len - CMSG_LEN(0) };

	splice(p, o->at.call, o->at.off, o->at.len, NULL, 0,
	       plan_text(p, "control: object %d dropped", o->head.cmsg_type));
	splice(p, o->at.call, o->at.off, 0, piece->octets + o->at.off, o->at.len,
	       plan_text(p, "control: object %d twice", o->head.cmsg_type));
	if (!item)
		return;
	change_header(p, o, offsetof(struct cmsghdr, cmsg_level), "control: another level");
	change_header(p, o, offsetof(struct cmsghdr, cmsg_type), "control: another type");
	change_header(p, o, offsetof(struct cmsghdr, cmsg_len), "control: another cmsg_len");
	plan_value(p, content, item->items[CMSG_CONTENT], content_type(item),
		   plan_text(p, "control: object %d", o->head.cmsg_type));
}

static void change_control(struct planning *p, size_t call, const struct value *v)
{
	const struct noted_piece *piece = piece_of(p, call, REGION_CONTROL);

	if (v->kind != VALUE_LIST) {
		plan_value(p, (struct region_at){ call, REGION_CONTROL, 0, piece->held }, v, NULL,
			   region_name[REGION_CONTROL]);
		return;
	}
	for (size_t off = 0; piece->held - off >= sizeof(struct cmsghdr);) {
		struct object o = { .at = { call, REGION_CONTROL, off, 0 } };
		size_t left = piece->held - off;

		memcpy(&o.head, piece->octets + off, sizeof(o.head));
		if (o.head.cmsg_len < CMSG_LEN(0) || o.head.cmsg_len > left)
			break;
		o.at.len = CMSG_ALIGN(o.head.cmsg_len) < left ? CMSG_ALIGN(o.head.cmsg_len) : left;
		change_object(p, v, &o);
		off += o.at.len;
	}
	add_stranger(p, call);
}

/* --- the rest ------------------------------------------------------------------ */

static void change_flags(struct planning *p, size_t call)
{
	static const struct {
		int flag;
		const char *name;
	} flags[] = { { MSG_TRUNC, "MSG_TRUNC" }, { MSG_CTRUNC, "MSG_CTRUNC" } };
	int before = p->notes->calls[call].flags;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		plan_add(p, NULL, plan_text(p, "call %zu flags %d", call, before ^ flags[i].flag),
			 "flags: %s %s", before & flags[i].flag ? "without" : "with",
			 flags[i].name);
}

static void change_name(struct planning *p, size_t call, const struct value *v)
{
	const struct noted_piece *piece = piece_of(p, call, REGION_NAME);

	if (v->kind == VALUE_NULL) {
		change_length(p, call, REGION_NAME, piece->len + sizeof(struct sockaddr_in6));
		return;
	}
	plan_value(p, (struct region_at){ call, REGION_NAME, 0, piece->held }, v, NULL,
		   region_name[REGION_NAME]);
	if (piece->len && v->kind != VALUE_ANY)
		change_length(p, call, REGION_NAME, piece->len - 1);
}

void plan_message(struct planning *p, size_t call, const struct message_value *m)
{
	struct region_at data = { call, REGION_DATA, 0, piece_of(p, call, REGION_DATA)->held };

	if (m->name)
		change_name(p, call, m->name);
	else if (m->namelen)
		change_length(p, call, REGION_NAME, piece_of(p, call, REGION_NAME)->len + 1);
	if (m->data)
		plan_value(p, data, m->data, NULL, region_name[REGION_DATA]);
	if (m->flags && m->flags->kind != VALUE_ANY)
		change_flags(p, call);
	if (m->control)
		change_control(p, call, m->control);
	else if (m->controllen)
		change_length(p, call, REGION_CONTROL, piece_of(p, call, REGION_CONTROL)->len + 1);
}
