/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structs as tables: what a literal may name, and how it is laid out. The
 * layouts are those of RFC 6316 section 8 with natural alignment, of the
 * platform's sockaddr_in6, sockaddr_in and in6_pktinfo, and of a Probe's
 * reports on the wire.
 */
#ifndef SCRIPT_TYPES_H
#define SCRIPT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum member_kind {
	MEMBER_UINT, /* host order */
	MEMBER_INT,
	MEMBER_BE,   /* network order, written as a number */
	MEMBER_ADDR, /* 16 octets: a locator */
	MEMBER_SELF, /* the whole of a one-number type such as int */
};

struct type_member {
	const char *name;
	enum member_kind kind;
	size_t offset, size; /* octets */
	uint64_t init;       /* when a given literal doesn't name it: sin6_family is AF_INET6 */
};

struct type {
	const char *name; /* "shim_locator" */
	size_t size;      /* octets */
	bool array;       /* the value is any number of them: SHIM_LOCLIST_* */
	const struct type_member *members;
	size_t member_count;
};

extern const struct type type_int, type_shim_locator, type_shim_locators, type_shim_pathexplore,
	type_shim_feedback, type_sockaddr_in6, type_sockaddr_in, type_in6_pktinfo,
	type_probe_report, type_probe_reports;

extern const struct type *const types[]; /* all that a literal can name; ends with NULL */

const struct type *type_named(const char *name);                     /* or NULL */
const struct type *type_element(const struct type *t);               /* of an array; else NULL */
const struct type_member *type_member_named(const struct type *t, const char *name);

#endif
