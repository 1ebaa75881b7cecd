/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 Table 1, for who wants to know what there is. */
#ifndef REFSTACK_OPTIONS_H
#define REFSTACK_OPTIONS_H

#include "refstack/include/shim.h"
#include "refstack/socket/sock.h"

union shim_value {
	int number;
	struct shim_locator locator;
};

enum shim_when {
	SHIM_ANY,       /* connected or not */
	SHIM_CONNECTED, /* else -EOPNOTSUPP */
};

enum { SHIM_GET = 1, SHIM_SET = 2 };

struct shim_option {
	int name;
	const char *text;
	unsigned access; /* SHIM_GET, SHIM_SET */
	size_t size;     /* octets of the value; of a list, at most */
	enum shim_when when;
	bool context;    /* needs one, else -ENOENT */

	/* Neither: the option is not built, -ENOPROTOOPT. No set: it is read-only.
	 * out comes zero-filled. */
	void (*get)(const struct sock *s, union shim_value *out);
	int (*set)(struct sock *s, const union shim_value *value);
};

extern const struct shim_option shim_options[]; /* ends where text is NULL */

static inline bool shim_option_built(const struct shim_option *o)
{
	return o->get || o->set;
}

#endif
