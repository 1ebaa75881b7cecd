/* SPDX-License-Identifier: BSD-2-Clause */
/* struct msghdr and its ancillary data (RFC 3542 20), out of a case and back. */
#include "conformance/engine/calls.h"

#include "conformance/engine/show.h"

#include <inttypes.h>
#include <stdalign.h>
#include <string.h>

enum { DATA_ROOM = 2048, CONTROL_ROOM = 256, CMSGS_MAX = 32 };

/* Of a VALUE_CMSG's items. */
enum { CMSG_LEVEL, CMSG_TYPE, CMSG_CONTENT, CMSG_ITEMS };

static const struct type *content_type(const struct value *cmsg)
{
	const struct value *type = cmsg->items[CMSG_TYPE];

	return type->kind == VALUE_SYMBOLS && type->symbols[0] ? type->symbols[0]->type : NULL;
}

/* --- to the target -------------------------------------------------------- */

static int add_cmsg(struct trial *t, const struct value *v, struct octets *all)
{
	int64_t level, type;
	struct octets content;
	struct cmsghdr head;
	uint8_t *grown;

	if (value_number(t, v->items[CMSG_LEVEL], &level) < 0 ||
	    value_number(t, v->items[CMSG_TYPE], &type) < 0 ||
	    value_object(t, v->items[CMSG_CONTENT], content_type(v), &content) < 0)
		return TRIAL_OVER;
	head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(content.len), .cmsg_level = (int)level,
				 .cmsg_type = (int)type };
	grown = pool_alloc(&t->brief, all->len + CMSG_SPACE(content.len));
	if (all->len)
		memcpy(grown, all->data, all->len);
	memcpy(grown + all->len, &head, sizeof(head));
	if (content.len)
		memcpy(grown + all->len + CMSG_LEN(0), content.data, content.len);
	*all = (struct octets){ grown, all->len + CMSG_SPACE(content.len) };
	return 0;
}

static int control_octets(struct trial *t, const struct value *v, struct octets *out)
{
	struct octets all = { 0 };

	if (v->kind != VALUE_LIST)
		return value_object(t, v, NULL, out);
	for (size_t i = 0; i < v->count; i++) {
		int r = add_cmsg(t, v->items[i], &all);

		if (r < 0)
			return r;
	}
	*out = all;
	return 0;
}

/* A number if it is named, else what it would be. */
static int number_or(struct trial *t, const struct value *v, size_t otherwise, size_t *out)
{
	int64_t number = (int64_t)otherwise;
	int r = v ? value_number(t, v, &number) : 0;

	if (r == 0)
		*out = (size_t)number;
	return r;
}

int message_to_send(struct trial *t, const struct message_value *m, struct done *done,
		    struct message *out)
{
	struct octets name = { 0 }, data = { 0 }, control = { 0 };
	size_t namelen = 0, controllen = 0, flags = 0;

	if ((m->name && value_sockaddr(t, m->name, &name) < 0) ||
	    (m->data && value_object(t, m->data, NULL, &data) < 0) ||
	    (m->control && control_octets(t, m->control, &control) < 0) ||
	    number_or(t, m->namelen, name.len, &namelen) < 0 ||
	    number_or(t, m->controllen, control.len, &controllen) < 0 ||
	    number_or(t, m->flags, 0, &flags) < 0)
		return TRIAL_OVER;
	out->data_at = (struct iovec){ done_octets(t, done, "the data", 1, data, data.len),
				       data.len };
	out->header = (struct msghdr){
		.msg_name = done_octets(t, done, "the name", alignof(struct sockaddr_in6), name,
					namelen),
		.msg_namelen = (socklen_t)namelen,
		.msg_iov = m->iov ? pointer_of(t, m->iov) : &out->data_at,
		.msg_iovlen = 1,
		.msg_control = done_octets(t, done, "the ancillary data", alignof(struct cmsghdr),
					   control, controllen),
		.msg_controllen = controllen,
		.msg_flags = (int)flags,
	};
	return 0;
}

/* Room for a part, or the pointer that a case has instead. */
static void *part_room(struct trial *t, struct done *done, const char *name,
		       const struct value *pointer, size_t len, struct octets *out)
{
	*out = (struct octets){ 0 };
	if (pointer)
		return pointer_of(t, pointer);
	*out = (struct octets){ done_room(t, done, name, len), len };
	return out->data;
}

int message_to_fill(struct trial *t, const struct message_value *m, struct done *done,
		    struct message *out)
{
	bool no_name = m->name && m->name->kind == VALUE_NULL;
	size_t namelen = 0, len = 0, controllen = 0;
	void *name, *control;

	if (number_or(t, m->namelen, sizeof(struct sockaddr_in6), &namelen) < 0 ||
	    number_or(t, m->len, DATA_ROOM, &len) < 0 ||
	    number_or(t, m->controllen, CONTROL_ROOM, &controllen) < 0)
		return TRIAL_OVER;
	if (no_name)
		namelen = 0;
	name = part_room(t, done, "the name", m->name, namelen, &out->name);
	control = part_room(t, done, "the ancillary data", m->control, controllen, &out->control);
	out->data_at.iov_base = part_room(t, done, "the data", m->data, len, &out->data);
	out->data_at.iov_len = len;
	out->header = (struct msghdr){
		.msg_name = namelen ? name : NULL,
		.msg_namelen = (socklen_t)namelen,
		.msg_iov = m->iov ? pointer_of(t, m->iov) : &out->data_at,
		.msg_iovlen = 1,
		.msg_control = controllen ? control : NULL,
		.msg_controllen = controllen,
	};
	return 0;
}

/* --- from the target ------------------------------------------------------ */

struct cmsg {
	int level, type;
	size_t off;          /* of its header in the buffer */
	const uint8_t *data; /* borrowed */
	size_t len;
	bool taken;
};

/* Take the buffer apart with no trust in the lengths. */
static unsigned cmsgs_parse(struct comparison *c, struct cmsg out[static CMSGS_MAX],
			    const uint8_t *control, size_t len)
{
	struct pool *p = &c->trial->brief;
	unsigned n = 0;
	size_t off = 0;

	while (len - off >= sizeof(struct cmsghdr) && n < CMSGS_MAX) {
		struct cmsghdr head;

		memcpy(&head, control + off, sizeof(head));
		if (head.cmsg_len < CMSG_LEN(0) || head.cmsg_len > len - off) {
			compare_differs(c, "control", (long)off, "a cmsg_len that fits",
					pool_text(p, "%zu", (size_t)head.cmsg_len));
			return n;
		}
		out[n++] = (struct cmsg){ head.cmsg_level, head.cmsg_type, off,
					  control + off + CMSG_LEN(0),
					  head.cmsg_len - CMSG_LEN(0), false };
		if (CMSG_ALIGN(head.cmsg_len) >= len - off)
			return n;
		off += CMSG_ALIGN(head.cmsg_len);
	}
	if (off < len)
		compare_differs(c, "control", (long)off, "nothing more",
				pool_text(p, "%zu octets", len - off));
	return n;
}

static void compare_cmsg(struct comparison *c, const struct value *expected,
			 const struct cmsg *actual, const char *where)
{
	struct pool *p = &c->trial->brief;

	if (expected->kind == VALUE_ANY)
		return;
	compare_number(c, expected->items[CMSG_LEVEL], pool_text(p, "%s.level", where),
		       (long)actual->off, actual->level);
	compare_number(c, expected->items[CMSG_TYPE], pool_text(p, "%s.type", where),
		       (long)actual->off, actual->type);
	compare_object(c, expected->items[CMSG_CONTENT], content_type(expected), where,
		       actual->data, actual->len);
}

/* Find for each expected item one of its own, in any order. On success the
 * variables that they take are in c. */
static bool assign(struct comparison *c, const struct value *list, size_t item, struct cmsg *got,
		   unsigned count)
{
	if (item == list->count)
		return true;
	for (unsigned i = 0; i < count; i++) {
		struct comparison *attempt = comparison_new(c->trial);

		if (got[i].taken)
			continue;
		memcpy(attempt->taken, c->taken, sizeof(c->taken));
		compare_cmsg(attempt, list->items[item], &got[i], "control");
		if (attempt->count)
			continue;
		got[i].taken = true;
		if (assign(attempt, list, item + 1, got, count)) {
			memcpy(c->taken, attempt->taken, sizeof(c->taken));
			return true;
		}
		got[i].taken = false;
	}
	return false;
}

static bool same_head(struct trial *t, const struct value *expected, const struct cmsg *actual)
{
	struct comparison *c = comparison_new(t);

	if (expected->kind == VALUE_ANY)
		return true;
	compare_number(c, expected->items[CMSG_LEVEL], "level", -1, actual->level);
	compare_number(c, expected->items[CMSG_TYPE], "type", -1, actual->type);
	return !c->count;
}

/* There is no way to pair them all: show each beside the likeliest other. */
static void show_misfits(struct comparison *c, const struct value *list, struct cmsg *got,
			 unsigned count)
{
	struct trial *t = c->trial;

	for (size_t item = 0; item < list->count; item++) {
		const struct value *v = list->items[item];
		const char *where = pool_text(&t->brief, "control[%zu]", item);
		struct cmsg *best = NULL;

		for (unsigned i = 0; i < count && !best; i++)
			if (!got[i].taken && same_head(t, v, &got[i]))
				best = &got[i];
		if (!best) {
			compare_differs(c, where, -1, show_value(t, v), "not there");
			continue;
		}
		best->taken = true;
		compare_cmsg(c, v, best, where);
	}
}

static const char *cmsg_text(struct trial *t, const struct cmsg *m)
{
	return pool_text(&t->brief, "{%d, %d, %s}", m->level, m->type,
			 show_octets(&t->brief, m->data, m->len));
}

static void compare_control(struct comparison *c, const struct value *expected,
			    const uint8_t *control, size_t len)
{
	struct cmsg got[CMSGS_MAX];
	unsigned count = cmsgs_parse(c, got, control, len);

	if (!assign(c, expected, 0, got, count))
		show_misfits(c, expected, got, count);
	for (unsigned i = 0; i < count; i++)
		if (!got[i].taken)
			compare_differs(c, "control", (long)got[i].off, "nothing more",
					cmsg_text(c->trial, &got[i]));
}

static size_t bounded(struct comparison *c, const char *where, size_t len, size_t room)
{
	struct pool *p = &c->trial->brief;

	if (len <= room)
		return len;
	compare_differs(c, where, -1, pool_text(p, "at most %zu", room), pool_text(p, "%zu", len));
	return room;
}

void compare_message(struct comparison *c, const struct message_value *expected,
		     const struct message *actual, size_t data_len)
{
	const struct msghdr *h = &actual->header;
	size_t control_len = bounded(c, "controllen", h->msg_controllen, actual->control.len);

	if (expected->name && expected->name->kind == VALUE_NULL)
		compare_number(c, &(const struct value){ .kind = VALUE_NUMBER }, "namelen", -1,
			       h->msg_namelen);
	else if (expected->name)
		compare_object(c, expected->name, NULL, "name", actual->name.data,
			       bounded(c, "namelen", h->msg_namelen, actual->name.len));
	if (expected->data)
		compare_object(c, expected->data, NULL, "data", actual->data.data, data_len);
	if (expected->flags)
		compare_number(c, expected->flags, "flags", -1, h->msg_flags);
	if (expected->namelen)
		compare_number(c, expected->namelen, "namelen", -1, h->msg_namelen);
	if (expected->controllen)
		compare_number(c, expected->controllen, "controllen", -1,
			       (int64_t)h->msg_controllen);
	if (!expected->control)
		return;
	if (expected->control->kind == VALUE_LIST)
		compare_control(c, expected->control, actual->control.data, control_len);
	else
		compare_object(c, expected->control, NULL, "control", actual->control.data,
			       control_len);
}

const char *message_text(struct trial *t, const struct message *m)
{
	size_t len = m->header.msg_controllen;
	struct comparison *bad = comparison_new(t); /* what is wrong with it says who compares it */
	struct cmsg got[CMSGS_MAX];
	unsigned count =
		cmsgs_parse(bad, got, m->control.data, len < m->control.len ? len : m->control.len);
	const char *text = "";

	for (unsigned i = 0; i < count; i++)
		text = pool_text(&t->brief, "%s%s%s", text, i ? ", " : " control=[",
				 cmsg_text(t, &got[i]));
	if (count)
		text = pool_text(&t->brief, "%s]", text);
	return m->header.msg_flags
		       ? pool_text(&t->brief, "%s flags=0x%x", text, (unsigned)m->header.msg_flags)
		       : text;
}
