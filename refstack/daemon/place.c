/* SPDX-License-Identifier: BSD-2-Clause */
/* A walk through JSON that is known to be right; see place.h. */
#include "refstack/daemon/place.h"

#include <string.h>

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* at: its opening quote. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

/* One value, brackets and all. */
static const char *skip_value(const char *at)
{
	unsigned depth = 0;

	do {
		at = skip_blanks(at);
		if (*at == '"') {
			at = skip_string(at);
		} else if (*at == '{' || *at == '[') {
			depth++;
			at++;
		} else if (*at == '}' || *at == ']') {
			depth--;
			at++;
		} else if (*at == ',' || *at == ':') {
			at++;
		} else {
			at += strcspn(at, " \t\r\n,:]}");
		}
	} while (depth && *at);
	return at;
}

/* The member's name; NULL: there is none. at: the object. */
static const char *find_member(const char *at, const char *key)
{
	size_t len = strlen(key);

	if (*at != '{')
		return NULL;
	for (at = skip_blanks(at + 1); *at == '"'; at = skip_blanks(at)) {
		const char *name = at;

		at = skip_string(at);
		if ((size_t)(at - name) == len + 2 && strncmp(name + 1, key, len) == 0)
			return name;
		at = skip_value(skip_blanks(at) + 1); /* the colon */
		at = skip_blanks(at);
		at += *at == ',';
	}
	return NULL;
}

static const char *find_element(const char *at, size_t index)
{
	if (*at != '[')
		return NULL;
	for (at = skip_blanks(at + 1); *at && *at != ']'; at = skip_blanks(at)) {
		if (index-- == 0)
			return at;
		at = skip_blanks(skip_value(at));
		at += *at == ',';
	}
	return NULL;
}

static struct json_place count(const char *text, const char *at)
{
	struct json_place place = { 1, 1 };

	for (; text < at; text++) {
		place.column++;
		if (*text == '\n')
			place = (struct json_place){ place.line + 1, 1 };
	}
	return place;
}

bool json_place(struct json_place *out, const char *text, const struct json_step *path,
		size_t steps, bool name)
{
	const char *at = skip_blanks(text);

	for (size_t i = 0; i < steps && at; i++) {
		at = path[i].key ? find_member(at, path[i].key) : find_element(at, path[i].index);
		if (at && path[i].key && !(name && i + 1 == steps))
			at = skip_blanks(skip_blanks(skip_string(at)) + 1);
	}
	if (at)
		*out = count(text, at);
	return at;
}
