/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of survivors that no rule forbids. */
#include "conformance/contrary/accepted.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int take(struct accepted_list *out, const char *path, char **message)
{
	json_t *item;
	size_t i;

	out->items = calloc(json_array_size(out->document) + 1, sizeof(*out->items));
	if (!out->items)
		return -ENOMEM;
	json_array_foreach(out->document, i, item) {
		struct accepted *a = &out->items[i];

		a->cases = "*";
		if (json_unpack(item, "{s?s, s:s, s:s !}", "cases", &a->cases, "perturbation",
				&a->perturbation, "reason", &a->reason)) {
			if (asprintf(message,
				     "%s: item %zu: wanted are perturbation, reason, and "
				     "perhaps cases: texts",
				     path, i) < 0)
				*message = NULL;
			return -EINVAL;
		}
		out->count++;
	}
	return 0;
}

int accepted_load(struct accepted_list *out, const char *path, char **message)
{
	json_error_t error;
	int r = 0;

	*out = (struct accepted_list){ 0 };
	*message = NULL;
	out->document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!out->document || !json_is_array(out->document)) {
		r = access(path, R_OK) ? -errno : -EINVAL;
		if (asprintf(message, "%s:%d: %s", path, error.line,
			     out->document ? "no list" : error.text) < 0)
			*message = NULL;
	}
	if (r == 0)
		r = take(out, path, message);
	if (r < 0)
		accepted_free(out);
	return r;
}

void accepted_free(struct accepted_list *l)
{
	json_decref(l->document);
	free(l->items);
	*l = (struct accepted_list){ 0 };
}

struct accepted *accepted_find(const struct accepted_list *l, const char *id, const char *words)
{
	for (size_t i = 0; i < l->count; i++)
		if (!fnmatch(l->items[i].cases, id, 0) &&
		    !fnmatch(l->items[i].perturbation, words, 0))
			return &l->items[i];
	return NULL;
}
