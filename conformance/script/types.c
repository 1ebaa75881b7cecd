/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structs that literals can be of: RFC 6316 section 8, what the ancillary
 * data of Table 2 holds, and the reports of a Probe. The offsets of RFC 6316's structs are
 * written down, not taken from a compiler's, so a target's header can be
 * held against them; those of POSIX's are the platform's.
 */
#include "conformance/script/types.h"

#include <netinet/in.h>
#include <string.h>

#define MEMBERS(table) (table), sizeof(table) / sizeof((table)[0])
#define OF(type, member) offsetof(struct type, member), sizeof(((struct type *)NULL)->member)

static const struct type_member int_members[] = {
	{ "value", MEMBER_SELF, 0, 4, 0 },
};

static const struct type_member shim_locator_members[] = { /* RFC 6316 8.1 */
	{ "lc_family", MEMBER_UINT, 0,  1,  0 },
	{ "lc_proto",  MEMBER_UINT, 1,  1,  0 },
	{ "lc_port",   MEMBER_UINT, 2,  2,  0 },
	{ "lc_prio",   MEMBER_UINT, 4,  2,  0 },
	{ "lc_weight", MEMBER_UINT, 6,  2,  0 },
	{ "lc_ifidx",  MEMBER_UINT, 8,  4,  0 },
	{ "lc_addr",   MEMBER_ADDR, 12, 16, 0 },
	{ "lc_flags",  MEMBER_UINT, 28, 2,  0 },
};

static const struct type_member shim_pathexplore_members[] = { /* RFC 6316 8.2 */
	{ "pe_probenum",     MEMBER_UINT, 0, 2, 0 },
	{ "pe_keepaliveto",  MEMBER_UINT, 2, 2, 0 },
	{ "pe_keepaliveint", MEMBER_UINT, 4, 2, 0 },
	{ "pe_initprobeto",  MEMBER_UINT, 6, 2, 0 },
	{ "pe_reserved",     MEMBER_UINT, 8, 4, 0 },
};

static const struct type_member shim_feedback_members[] = { /* RFC 6316 8.3 */
	{ "fb_direction", MEMBER_UINT, 0, 1, 0 },
	{ "fb_indicator", MEMBER_UINT, 1, 1, 0 },
	{ "fb_reserved",  MEMBER_UINT, 2, 2, 0 },
};

static const struct type_member sockaddr_in6_members[] = { /* RFC 3493 3.3 */
	{ "family",   MEMBER_UINT, OF(sockaddr_in6, sin6_family),   AF_INET6 },
	{ "port",     MEMBER_BE,   OF(sockaddr_in6, sin6_port),     0 },
	{ "flowinfo", MEMBER_BE,   OF(sockaddr_in6, sin6_flowinfo), 0 },
	{ "addr",     MEMBER_ADDR, OF(sockaddr_in6, sin6_addr),     0 },
	{ "scope_id", MEMBER_UINT, OF(sockaddr_in6, sin6_scope_id), 0 },
};

static const struct type_member probe_report_members[] = { /* RFC 5534 5.2 */
	{ "src",   MEMBER_ADDR, 0,  16, 0 },
	{ "dst",   MEMBER_ADDR, 16, 16, 0 },
	{ "nonce", MEMBER_BE,   32, 4,  0 },
	{ "data",  MEMBER_BE,   36, 4,  0 },
};

static const struct type_member sockaddr_in_members[] = { /* IPv4 is where errors are due */
	{ "family", MEMBER_UINT, OF(sockaddr_in, sin_family), AF_INET },
	{ "port",   MEMBER_BE,   OF(sockaddr_in, sin_port),   0 },
	{ "addr",   MEMBER_BE,   OF(sockaddr_in, sin_addr),   0 }, /* 192.0.2.1 is 0xc0000201 */
};

static const struct type_member in6_pktinfo_members[] = { /* RFC 3542 6 */
	{ "addr",    MEMBER_ADDR, OF(in6_pktinfo, ipi6_addr),    0 },
	{ "ifindex", MEMBER_UINT, OF(in6_pktinfo, ipi6_ifindex), 0 },
};

const struct type type_int = { "int", 4, false, MEMBERS(int_members) };
const struct type type_shim_locator = { "shim_locator", 32, false, MEMBERS(shim_locator_members) };
const struct type type_shim_locators = { "shim_locator[]", 32, true,
					 MEMBERS(shim_locator_members) };
const struct type type_shim_pathexplore = { "shim_pathexplore", 12, false,
					    MEMBERS(shim_pathexplore_members) };
const struct type type_shim_feedback = { "shim_feedback", 4, false,
					 MEMBERS(shim_feedback_members) };
const struct type type_sockaddr_in6 = { "sockaddr_in6", sizeof(struct sockaddr_in6), false,
					MEMBERS(sockaddr_in6_members) };
const struct type type_sockaddr_in = { "sockaddr_in", sizeof(struct sockaddr_in), false,
				       MEMBERS(sockaddr_in_members) };
const struct type type_in6_pktinfo = { "in6_pktinfo", sizeof(struct in6_pktinfo), false,
				       MEMBERS(in6_pktinfo_members) };

const struct type type_probe_report = { "probe_report", 40, false,
					MEMBERS(probe_report_members) };
const struct type type_probe_reports = { "probe_report[]", 40, true,
					 MEMBERS(probe_report_members) };

const struct type *const types[] = {
	&type_int,          &type_shim_locator, &type_shim_pathexplore, &type_shim_feedback,
	&type_sockaddr_in6, &type_sockaddr_in,  &type_in6_pktinfo,      &type_probe_report,
	NULL,
};

const struct type *type_named(const char *name)
{
	for (size_t i = 0; types[i]; i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	return NULL;
}

const struct type *type_element(const struct type *t)
{
	for (size_t i = 0; t->array && types[i]; i++)
		if (types[i]->members == t->members)
			return types[i];
	return NULL;
}

const struct type_member *type_member_named(const struct type *t, const char *name)
{
	for (size_t i = 0; i < t->member_count; i++)
		if (strcmp(t->members[i].name, name) == 0)
			return &t->members[i];
	return NULL;
}
