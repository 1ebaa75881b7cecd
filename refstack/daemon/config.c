/* SPDX-License-Identifier: BSD-2-Clause */
/* The file's JSON, held against the table of settings; see config.h. */
#include "refstack/daemon/config.h"
#include "refstack/daemon/place.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>

enum { DEPTH_MAX = 4 }; /* links, which one, prefix, which one */

struct reading {
	struct settings *settings;
	const char *path, *text;
	FILE *errors;
	unsigned depth;
	struct json_step step[DEPTH_MAX]; /* to what is looked at */
};

/* --- mistakes ------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4)))
static bool wrong(const struct reading *r, bool name, const char *fmt, ...)
{
	struct json_place place;
	va_list args;

	fprintf(r->errors, "%s:", r->path);
	if (json_place(&place, r->text, r->step, r->depth, name))
		fprintf(r->errors, "%u:%u:", place.line, place.column);
	fputc(' ', r->errors);
	va_start(args, fmt);
	vfprintf(r->errors, fmt, args);
	va_end(args);
	fputc('\n', r->errors);
	return false;
}

static bool wrong_value(const struct reading *r, const char *name, const char *takes,
			const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

	wrong(r, false, "%s takes %s, not %.60s", name, takes, text ? text : "this");
	free(text);
	return false;
}

static bool unknown_member(const struct reading *r, const char *name, const char *more,
			   const struct setting *table)
{
	char list[256];

	settings_list(table, true, list, sizeof(list));
	return wrong(r, true, "there is no \"%.60s\" here, but %s%s", name, more, list);
}

static void enter(struct reading *r, const char *key, size_t index)
{
	r->step[r->depth++] = (struct json_step){ key, index };
}

static void leave(struct reading *r)
{
	r->depth--;
}

/* --- values --------------------------------------------------------------------------- */

/* As the flag would have it; a number is written as one. */
static bool read_scalar(struct reading *r, const struct setting *setting, const char *name,
			const json_t *value)
{
	char number[32];
	const char *text = NULL;

	if (setting->is_number && json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		text = number;
	} else if (!setting->is_number) {
		text = json_string_value(value);
	}
	if (text && setting->take(r->settings, text))
		return true;
	return wrong_value(r, name, setting->takes, value);
}

static bool read_value(struct reading *r, const struct setting *setting, const json_t *value)
{
	bool fine = true;
	json_t *each;
	size_t i;

	if (!setting->many || !json_is_array(value))
		return read_scalar(r, setting, setting->name, value);
	json_array_foreach(value, i, each) {
		enter(r, NULL, i);
		fine = read_scalar(r, setting, setting->name, each);
		leave(r);
		if (!fine)
			break;
	}
	return fine;
}

/* An object with the device under the name `head`, and parts of it. */
static bool read_parts(struct reading *r, const struct setting *setting, const char *head,
		       json_t *object)
{
	char more[32];
	const char *name;
	json_t *value;
	bool fine = true;

	enter(r, head, 0);
	fine = read_scalar(r, setting, head, json_object_get(object, head));
	leave(r);
	snprintf(more, sizeof(more), "%s, ", head);
	json_object_foreach(object, name, value) {
		const struct setting *part = setting_named(setting->parts, name);

		if (!fine)
			break;
		if (strcmp(name, head) == 0)
			continue;
		enter(r, name, 0);
		fine = part ? read_value(r, part, value)
			    : unknown_member(r, name, more, setting->parts);
		leave(r);
	}
	return fine;
}

/* --- objects -------------------------------------------------------------------------- */

#define LINK_TAKES "an object with either \"tun\" or \"interface\""

static bool read_link(struct reading *r, json_t *object)
{
	bool tun = json_object_get(object, "tun"), interface = json_object_get(object, "interface");
	const char *head = tun ? "tun" : "interface";

	if (tun == interface)
		return wrong_value(r, "a link", LINK_TAKES, object);
	return read_parts(r, setting_named(settings_known, head), head, object);
}

static bool read_links(struct reading *r, json_t *links)
{
	bool fine = true;
	json_t *each;
	size_t i;

	if (!json_is_array(links))
		return wrong_value(r, "links", "an array of objects", links);
	json_array_foreach(links, i, each) {
		enter(r, NULL, i);
		fine = read_link(r, each);
		leave(r);
		if (!fine)
			break;
	}
	return fine;
}

static bool read_apps(struct reading *r, json_t *object)
{
	if (!json_object_get(object, "tun"))
		return wrong_value(r, "apps", "an object with \"tun\"", object);
	return read_parts(r, setting_named(settings_known, "apps"), "tun", object);
}

static const struct {
	const char *name;
	bool (*read)(struct reading *r, json_t *value);
} objects[] = {
	{ "links", read_links },
	{ "apps", read_apps },
};

static bool read_member(struct reading *r, const char *name, json_t *value)
{
	const struct setting *setting = setting_named(settings_known, name);

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (strcmp(objects[i].name, name) == 0)
			return objects[i].read(r, value);
	if (!setting || setting->only_flag)
		return unknown_member(r, name, "links, ", settings_known);
	return read_value(r, setting, value);
}

static bool read_root(struct reading *r, json_t *root)
{
	const char *name;
	json_t *value;
	bool fine = true;

	if (!json_is_object(root))
		return wrong_value(r, "the file", "an object", root);
	json_object_foreach(root, name, value) {
		enter(r, name, 0);
		fine = read_member(r, name, value);
		leave(r);
		if (!fine)
			break;
	}
	return fine;
}

/* --- the file ------------------------------------------------------------------------- */

/* The file's octets, and an end; NULL, or why not. */
static const char *load(char text[static CONFIG_OCTETS_MAX + 2], const char *path)
{
	FILE *file = fopen(path, "r");
	size_t len;
	bool failed;

	if (!file)
		return strerror(errno);
	len = fread(text, 1, CONFIG_OCTETS_MAX + 1, file);
	failed = ferror(file);
	text[len] = '\0';
	fclose(file);
	if (failed)
		return "it can't be read";
	if (len > CONFIG_OCTETS_MAX)
		return "it has more than 65536 octets";
	return memchr(text, 0, len) ? "there is an octet 0 in it, so it is no JSON" : NULL;
}

bool config_read(struct settings *s, const char *path, FILE *errors)
{
	char text[CONFIG_OCTETS_MAX + 2];
	struct reading r = { .settings = s, .path = path, .text = text, .errors = errors };
	const char *why = load(text, path);
	json_error_t error;
	json_t *root;
	bool fine;

	if (why) {
		fprintf(errors, "%s: %s\n", path, why);
		return false;
	}
	root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		fprintf(errors, "%s:%d:%d: %s\n", path, error.line, error.column, error.text);
		return false;
	}
	fine = read_root(&r, root);
	json_decref(root);
	return fine;
}
