/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where something stands in a JSON text, for messages: jansson tells it of what is no
 * JSON, but not of a value that it has read.
 */
#ifndef REFSTACK_DAEMON_PLACE_H
#define REFSTACK_DAEMON_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct json_step {
	const char *key; /* of an object; NULL: of an array, by index */
	size_t index;
};

struct json_place {
	unsigned line, column; /* from 1, the column in octets */
};

/* The value at the end of the path, or, of an object's member, its name. The text
 * is known to be JSON. false: not found, as with a name that is written with escapes. */
bool json_place(struct json_place *out, const char *text, const struct json_step *path,
		size_t steps, bool name);

#endif
