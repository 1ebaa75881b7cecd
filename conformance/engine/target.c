/* SPDX-License-Identifier: BSD-2-Clause */
/* A target as a library, and what its self-description says. */
#include "conformance/engine/target.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef void any_call(void);

/* What no target can be judged without; sockets are optional. */
static const struct {
	const char *name;
	size_t offset; /* in struct shimproof_target */
} mandatory[] = {
	{ "describe", offsetof(struct shimproof_target, describe) },
	{ "create", offsetof(struct shimproof_target, create) },
	{ "destroy", offsetof(struct shimproof_target, destroy) },
	{ "locators", offsetof(struct shimproof_target, locators) },
	{ "deliver", offsetof(struct shimproof_target, deliver) },
};

static bool has_call(const struct shimproof_target *t, size_t offset)
{
	any_call *call;

	memcpy(&call, (const char *)t + offset, sizeof(call));
	return call;
}

static void join(char why[static TARGET_WHY_MAX], const char *between, const char *word)
{
	size_t len = strlen(why);

	snprintf(why + len, TARGET_WHY_MAX - len, "%s%s", between, word);
}

int target_check(struct shimproof_target *out, const struct shimproof_target *theirs,
		 char why[static TARGET_WHY_MAX])
{
	/* Through `wait`: what comes behind is optional call by call. */
	size_t least = offsetof(struct shimproof_target, socket);
	struct shimproof_target t = { 0 };
	const char *between = "missing calls: ";

	if (theirs->abi != SHIMPROOF_TARGET_ABI) {
		snprintf(why, TARGET_WHY_MAX, "ABI %" PRIu32 ", this runner speaks %d", theirs->abi,
			 SHIMPROOF_TARGET_ABI);
		return -EPROTO;
	}
	if (theirs->size < least) {
		snprintf(why, TARGET_WHY_MAX,
			 "struct shimproof_target of %" PRIu32 " octets, at least %zu needed",
			 theirs->size, least);
		return -EPROTO;
	}
	memcpy(&t, theirs, theirs->size < sizeof(t) ? theirs->size : sizeof(t));

	why[0] = '\0';
	for (size_t i = 0; i < sizeof(mandatory) / sizeof(mandatory[0]); i++) {
		if (has_call(&t, mandatory[i].offset))
			continue;
		join(why, between, mandatory[i].name);
		between = ", ";
	}
	if (!(t.next_deadline && t.advance) && !t.wait)
		join(why, between, "next_deadline and advance, or wait");
	if (why[0])
		return -EPROTO;
	*out = t;
	return 0;
}

int target_load(struct shimproof_target *out, const char *path, char why[static TARGET_WHY_MAX])
{
	const struct shimproof_target *theirs;
	shimproof_target_fn *entry;
	char file[4096];
	void *library, *symbol;

	/* A name without a slash would be searched for in the system's folders. */
	snprintf(file, sizeof(file), "%s%s", strchr(path, '/') ? "" : "./", path);
	if (access(file, F_OK) < 0) {
		snprintf(why, TARGET_WHY_MAX, "%s: no such file", path);
		return -ENOENT;
	}
	library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		snprintf(why, TARGET_WHY_MAX, "%s", dlerror());
		return -ELIBBAD;
	}
	symbol = dlsym(library, SHIMPROOF_TARGET_SYMBOL);
	if (!symbol) {
		snprintf(why, TARGET_WHY_MAX, "%s: exports no %s", path, SHIMPROOF_TARGET_SYMBOL);
		return -ELIBBAD;
	}
	memcpy(&entry, &symbol, sizeof(entry)); /* as POSIX has it; ISO C has no such cast */
	theirs = entry();
	if (!theirs) {
		snprintf(why, TARGET_WHY_MAX, "%s() gave NULL", SHIMPROOF_TARGET_SYMBOL);
		return -EPROTO;
	}
	return target_check(out, theirs, why);
}

/* --- self-description ----------------------------------------------------- */

/* Where the numbers of a class stand in "numbers"; NULL: never the target's. */
static const char *const number_group[] = {
	[SYMBOL_LEVEL] = "levels",
	[SYMBOL_OPTION] = "options",
	[SYMBOL_CMSG] = "cmsgs",
	[SYMBOL_ERRNO] = "errnos",
	[SYMBOL_LIMIT] = "limits",
};

/* A profile that is none would make rules not applicable that are. */
static bool is_profile(const json_t *profile)
{
	const char *name = json_string_value(profile);

	return !profile || (name && (!strcmp(name, "shim6") || !strcmp(name, "hip")));
}

json_t *target_description(const char *text, char why[static TARGET_WHY_MAX])
{
	json_error_t error;
	json_t *d = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	const char *missing = NULL;

	if (!d) {
		snprintf(why, TARGET_WHY_MAX, "describe(): line %d, column %d: %s", error.line,
			 error.column, error.text);
		return NULL;
	}
	if (!json_is_string(json_object_get(d, "name")))
		missing = "string \"name\"";
	else if (!json_is_object(json_object_get(d, "numbers")))
		missing = "object \"numbers\"";
	else if (!json_is_object(json_object_get(d, "supports")))
		missing = "object \"supports\"";
	else if (!is_profile(json_object_get(d, "profile")))
		missing = "\"profile\" that is shim6 or hip";
	if (missing) {
		snprintf(why, TARGET_WHY_MAX, "describe(): there is no %s", missing);
		json_decref(d);
		return NULL;
	}
	return d;
}

int target_number(const json_t *description, const struct symbol *symbol, int64_t *out)
{
	const json_t *numbers = json_object_get(description, "numbers");
	const json_t *number;

	if (!symbol->from_target) {
		*out = symbol->number;
		return 0;
	}
	if (symbol->class >= sizeof(number_group) / sizeof(number_group[0]) ||
	    !number_group[symbol->class])
		return -ENOENT;
	number = json_object_get(json_object_get(numbers, number_group[symbol->class]),
				 symbol->name);
	if (!json_is_integer(number))
		return -ENOENT;
	*out = json_integer_value(number);
	return 0;
}

bool target_supports(const json_t *description, const char *word)
{
	return json_is_true(json_object_get(json_object_get(description, "supports"), word));
}

const char *target_errno(const json_t *description, int number, char why[static TARGET_WHY_MAX])
{
	json_t *errnos = json_object_get(json_object_get(description, "numbers"), "errnos");
	const char *name = NULL, *key;
	json_t *value;

	json_object_foreach(errnos, key, value)
		if (json_is_integer(value) && json_integer_value(value) == number)
			name = key;
	if (!name)
		name = strerrorname_np(number);
	snprintf(why, TARGET_WHY_MAX, "%s (%d)", name ? name : "an unknown errno", number);
	return why;
}

/* NULL if one of a case's rules is for this profile, or for nobody knows whom;
 * else the profile that its first rule is for. */
static const char *other_profile(const struct catalogue *c, const struct scenario *s,
				 const char *profile)
{
	const char *other = NULL;

	for (size_t i = 0; i < s->rule_count; i++) {
		const struct rule *rule = catalogue_rule(c, s->rules[i]);

		if (!rule || rule_applies(rule, profile))
			return NULL;
		other = other ? other : rule->profile;
	}
	return other;
}

enum case_applicability target_applicability(const json_t *description,
					     const struct catalogue *catalogue,
					     const struct scenario *s,
					     char why[static TARGET_WHY_MAX])
{
	const char *profile = json_string_value(json_object_get(description, "profile"));
	const char *other = catalogue ? other_profile(catalogue, s, profile) : NULL;
	const json_t *supports = json_object_get(description, "supports");
	enum case_applicability found = APPLICABLE;
	int64_t number;

	why[0] = '\0';
	if (other) {
		snprintf(why, TARGET_WHY_MAX, "its rules are for %s, and the target is %s", other,
			 profile);
		return NOT_APPLICABLE;
	}
	for (size_t i = 0; i < s->need_count; i++) {
		const json_t *says = json_object_get(supports, s->needs[i]);

		if (json_is_false(says)) {
			snprintf(why, TARGET_WHY_MAX, "the target does not support %s",
				 s->needs[i]);
			return UNSUPPORTED;
		}
		if (json_is_true(says))
			continue;
		found = UNDECLARED;
		join(why, why[0] ? ", " : "the target does not say whether it supports ",
		     s->needs[i]);
	}
	for (size_t i = 0; i < s->target_symbol_count; i++) {
		if (target_number(description, s->target_symbols[i], &number) == 0)
			continue;
		snprintf(why, TARGET_WHY_MAX, "the target has no number for %s",
			 s->target_symbols[i]->name);
		return UNSUPPORTED;
	}
	return found;
}
