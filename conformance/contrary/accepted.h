/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Perturbations that no rule forbids, each with the reason why: data
 * (specs/survivors.json, schema: specs/survivors.schema.json) that is held against
 * what is found, so that it can't rot.
 */
#ifndef CONTRARY_ACCEPTED_H
#define CONTRARY_ACCEPTED_H

#include <jansson.h>
#include <stddef.h>

struct accepted {
	const char *cases;        /* glob of ids; borrowed from the document */
	const char *perturbation; /* glob of words */
	const char *reason;
	unsigned matched; /* perturbations so far; counted by who looks them up */
};

struct accepted_list {
	json_t *document;       /* owned */
	struct accepted *items; /* owned */
	size_t count;
};

/* 0; or -ENOENT, -EINVAL, -ENOMEM and a message (owned). */
int accepted_load(struct accepted_list *out, const char *path, char **message);
void accepted_free(struct accepted_list *l);

/* The first that fits; NULL: none does. */
struct accepted *accepted_find(const struct accepted_list *l, const char *id, const char *words);

#endif
