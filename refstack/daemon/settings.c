/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings by the table, and all of them together; see settings.h. */
#include "refstack/daemon/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- the table, used ------------------------------------------------------------------ */

const struct setting *setting_named(const struct setting *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

void settings_list(const struct setting *table, bool of_file, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (; table->name; table++) {
		if (of_file && table->only_flag)
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "",
					table->name);
		if (len >= size)
			return;
	}
}

/* NAME=VALUE */
static bool take_part(struct settings *s, const struct setting *setting, char *text, char *why,
		      size_t size)
{
	char *value = strchr(text, '=');
	const struct setting *part;
	char list[128];

	if (value)
		*value++ = '\0';
	part = value ? setting_named(setting->parts, text) : NULL;
	if (!part) {
		settings_list(setting->parts, false, list, sizeof(list));
		snprintf(why, size,
			 "%s: parts are like NAME=VALUE, with %s for names, not \"%.60s\"",
			 setting->name, list, text);
		return false;
	}
	if (part->take(s, value))
		return true;
	snprintf(why, size, "%s: %s takes %s, not \"%.60s\"", setting->name, part->name,
		 part->takes, value);
	return false;
}

bool setting_take(struct settings *s, const struct setting *setting, const char *text, char *why,
		  size_t size)
{
	char copy[PATH_MAX + 1], *rest = copy, *word;

	if (strlen(text) >= sizeof(copy)) {
		snprintf(why, size, "%s: that is too long", setting->name);
		return false;
	}
	strcpy(copy, text);
	word = setting->parts ? strsep(&rest, ",") : copy;
	if (!setting->take(s, word)) {
		snprintf(why, size, "%s takes %s, not \"%.60s\"", setting->name, setting->takes,
			 word);
		return false;
	}
	while (setting->parts && (word = strsep(&rest, ",")))
		if (!take_part(s, setting, word, why, size))
			return false;
	return true;
}

/* --- all together --------------------------------------------------------------------- */

static bool lacks_prefix(const struct settings *s)
{
	for (unsigned i = 0; i < s->link_count; i++)
		if (s->link[i].type == LINK_TUN && !s->link[i].prefix_count)
			return true;
	return false;
}

static bool is_link(const struct settings *s, const char *name)
{
	for (unsigned i = 0; i < s->link_count; i++)
		if (strcmp(s->link[i].name, name) == 0)
			return true;
	return false;
}

const char *settings_conflict(const struct settings *s)
{
	const struct {
		bool is;
		const char *message;
	} conflicts[] = {
		{ !s->link_count, "--tun or --interface is missing: there is no link" },
		{ lacks_prefix(s), "--prefix is missing: a TUN device has no router to ask" },
		{ s->kind == SHIM_HBA && *s->key, "--key is for --kind hba+cga and cga" },
		{ s->kind != SHIM_HBA && !*s->key,
		  "--key is missing: --kind hba+cga and cga need one" },
		{ *s->apps && is_link(s, s->apps),
		  "--apps takes a device that is not a link, too" },
		{ s->route_count && !*s->apps, "routes are for --apps" },
		{ s->count && !s->echo_port, "--count is for --echo" },
	};

	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++)
		if (conflicts[i].is)
			return conflicts[i].message;
	return NULL;
}

const char *settings_warning(const struct settings *s)
{
	if (s->send_timeout && (s->send_timeout < 10 || s->send_timeout > 100))
		return "a send timeout should be 10 to 100 seconds (RFC 5534 7)";
	return NULL;
}

void settings_default_socket(char out[static SOCKET_PATH_MAX + 1])
{
	const char *folder = geteuid() == 0 ? "/run" : getenv("XDG_RUNTIME_DIR");
	int n = folder ? snprintf(out, SOCKET_PATH_MAX + 1, "%s/refstackd.sock", folder) : 0;

	if (n <= 0 || n > SOCKET_PATH_MAX)
		out[0] = '\0';
}
