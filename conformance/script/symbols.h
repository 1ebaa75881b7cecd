/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that stand for numbers, in one table: the platform's own, and those
 * of RFC 6316, whose numbers are the target's affair (section 12) and are
 * looked up in its self-description.
 */
#ifndef SCRIPT_SYMBOLS_H
#define SCRIPT_SYMBOLS_H

#include "conformance/script/types.h"

#include <stdbool.h>
#include <stdint.h>

enum symbol_class {
	SYMBOL_FAMILY, SYMBOL_SOCKTYPE, SYMBOL_PROTOCOL, SYMBOL_FLAG, SYMBOL_POLL, SYMBOL_HOW,
	SYMBOL_TCP_FLAG,
	SYMBOL_LEVEL,  /* SOL_SHIM, SOL_SOCKET: "levels" of the self-description */
	SYMBOL_OPTION, /* "options" */
	SYMBOL_CMSG,   /* "cmsgs" */
	SYMBOL_ERRNO,  /* "errnos" */
	SYMBOL_LIMIT,  /* "limits" */
};

struct symbol {
	const char *name;
	enum symbol_class class;
	bool from_target;
	int64_t number;          /* unless from_target */
	const struct type *type; /* of an option's value or a cmsg's content; NULL: octets */
};

extern const struct symbol symbols[]; /* ends with a NULL name */

/* RFC 6316 uses one name for an option and for ancillary data, so the class
 * matters: NULL if there is none. */
const struct symbol *symbol_named(const char *name, enum symbol_class class);
const struct symbol *symbol_any_class(const char *name);

#endif
