/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as text, in the words of the case language. */
#include "conformance/engine/show.h"

#include "conformance/engine/values.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { SHOWN_MAX = 96 }; /* octets of a value that are shown */

static bool printable(const uint8_t *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isascii(s[i]) || !isprint(s[i]) || s[i] == '"' || s[i] == '\\')
			return false;
	return true;
}

char *show_octets(struct pool *p, const void *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *s = octets;
	size_t shown = len < SHOWN_MAX ? len : SHOWN_MAX;
	const char *more = shown < len ? "..." : "";
	char hex[2 * SHOWN_MAX + 1];

	if (printable(s, len))
		return pool_text(p, "\"%.*s%s\"", (int)shown, (const char *)s, more);
	for (size_t i = 0; i < shown; i++) {
		hex[2 * i] = digits[s[i] >> 4];
		hex[2 * i + 1] = digits[s[i] & 0xf];
	}
	hex[2 * shown] = '\0';
	return pool_text(p, "hex\"%s%s\"", hex, more);
}

char *show_time(struct pool *p, uint64_t usec)
{
	return pool_text(p, "%" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
}

/* --- with names of the trial ---------------------------------------------- */

const char *show_address(struct trial *t, const void *octets)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, octets, text, sizeof(text));
	for (unsigned i = 0; i < t->locator_count; i++)
		if (!memcmp(&t->locators[i].addr, octets, 16))
			return pool_text(&t->brief, "%s (L%u)", text, i + 1);
	for (unsigned i = 0; i < t->peer.set.count; i++)
		if (!memcmp(&t->peer.set.addr[i], octets, 16))
			return pool_text(&t->brief, "%s (P%u)", text, i + 1);
	return pool_text(&t->brief, "%s", text);
}

static const char *locator_text(struct trial *t, struct locator_name name)
{
	return name.who == '*' ? "any" : pool_text(&t->brief, "%c%u", name.who, name.index);
}

static const char *symbols_text(struct trial *t, const struct value *v)
{
	const char *text = "";

	for (size_t i = 0; i < SYMBOLS_MAX && v->symbols[i]; i++)
		text = pool_text(&t->brief, "%s%s%s", text, i ? "|" : "", v->symbols[i]->name);
	return v->number ? pool_text(&t->brief, "%s|%" PRId64, text, v->number) : text;
}

static const char *items_text(struct trial *t, const struct value *v, const char *open,
			      const char *close)
{
	const char *text = open;

	for (size_t i = 0; i < v->count; i++)
		text = pool_text(&t->brief, "%s%s%s%s%s", text, i ? ", " : "",
				 v->members ? v->members[i]->name : "", v->members ? "=" : "",
				 show_value(t, v->items[i]));
	return pool_text(&t->brief, "%s%s", text, close);
}

static const char *variable_text(struct trial *t, const struct value *v)
{
	const struct datum *held = &t->variables[v->variable];
	const char *name = t->scenario->variables[v->variable];

	if (!held->bound)
		return pool_text(&t->brief, "$%s", name);
	if (held->octets)
		return pool_text(&t->brief, "%s ($%s)",
				 show_octets(&t->brief, held->octets, held->len), name);
	return pool_text(&t->brief, "%" PRId64 " ($%s)", held->number, name);
}

const char *show_value(struct trial *t, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NUMBER:
		return pool_text(&t->brief, "%" PRId64, v->number);
	case VALUE_SYMBOLS:
		return symbols_text(t, v);
	case VALUE_VARIABLE:
		return variable_text(t, v);
	case VALUE_OCTETS:
		return show_octets(&t->brief, v->octets, v->len);
	case VALUE_LOCATOR:
		return locator_text(t, v->locator);
	case VALUE_SOCKADDR:
		if (!v->locator.who)
			return pool_text(&t->brief, "family %" PRId64, v->number);
		return pool_text(&t->brief, "%s:%s", locator_text(t, v->locator),
				 v->port ? show_value(t, v->port) : "0");
	case VALUE_LIST:
		return items_text(t, v, "[", "]");
	case VALUE_STRUCT:
	case VALUE_CMSG:
		return items_text(t, v, "{", "}");
	case VALUE_MESSAGE:
		return "{a message}";
	case VALUE_PDS:
		return v->locator.who == 'P' ? "the peer's CGA parameters"
					     : "the target's CGA parameters";
	case VALUE_NULL:
		return "null";
	case VALUE_UNMAPPED:
		return "unmapped";
	case VALUE_ZERO:
		return "zero";
	case VALUE_NOT:
		return pool_text(&t->brief, "not %s", show_value(t, v->items[0]));
	case VALUE_ANY:
		break;
	}
	return "*";
}

const char *show_object(struct trial *t, const struct type *type, const uint8_t *object, size_t len)
{
	const char *text = "", *between = "";

	if (!type || !type->size || len % type->size || len / type->size > 8)
		return show_octets(&t->brief, object, len);
	for (size_t off = 0; off < len; off += type->size) {
		text = pool_text(&t->brief, "%s%s{", text, off ? ", " : "");
		between = "";
		for (size_t i = 0; i < type->member_count; i++) {
			const struct type_member *m = &type->members[i];
			bool self = m->kind == MEMBER_SELF;

			text = pool_text(&t->brief, "%s%s%s%s", text, between, self ? "" : m->name,
					 self ? "" : "=");
			text = m->kind == MEMBER_ADDR
				       ? pool_text(&t->brief, "%s%s", text,
						   show_address(t, object + off + m->offset))
				       : pool_text(&t->brief, "%s%" PRId64, text,
						   member_get(m, object + off));
			between = ", ";
		}
		text = pool_text(&t->brief, "%s}", text);
	}
	return type->array ? pool_text(&t->brief, "[%s]", text) : text;
}
