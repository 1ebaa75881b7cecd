/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets API for multihoming shims, RFC 6316, as an application sees
 * it. Structures have the members, types and order of RFC 6316 section 8 and
 * natural alignment (sizes 32, 12 and 4); the numbers are this platform's own,
 * since RFC 6316 section 12 leaves them open.
 */
#ifndef SHIM_H
#define SHIM_H

#include <netinet/in.h>
#include <stdint.h>

#define SOL_SHIM 6316

/* Socket options, RFC 6316 Table 1. Where Table 2 has ancillary data of the
 * same name, its cmsg_type is the same number. */
#define SHIM_ASSOCIATED             1  /* int, get */
#define SHIM_DONTSHIM               2  /* int */
#define SHIM_HOT_STANDBY            3  /* int */
#define SHIM_LOC_LOCAL_PREF         4  /* struct shim_locator */
#define SHIM_LOC_PEER_PREF          5  /* struct shim_locator */
#define SHIM_LOC_LOCAL_RECV         6  /* int; cmsg: sockaddr_in6 from recvmsg() */
#define SHIM_LOC_PEER_RECV          7  /* int; cmsg: sockaddr_in6 from recvmsg() */
#define SHIM_LOC_LOCAL_SEND         8  /* struct shim_locator; cmsg: sockaddr_in6 to sendmsg() */
#define SHIM_LOC_PEER_SEND          9  /* struct shim_locator; cmsg: sockaddr_in6 to sendmsg() */
#define SHIM_LOCLIST_LOCAL          10 /* struct shim_locator[] */
#define SHIM_LOCLIST_PEER           11 /* struct shim_locator[] */
#define SHIM_APP_TIMEOUT            12 /* int, seconds */
#define SHIM_PATHEXPLORE            13 /* struct shim_pathexplore */
#define SHIM_DEFERRED_CONTEXT_SETUP 14 /* int, get; RFC 6316 6.14 */
#define SHIM_CONTEXT_DEFERRED_SETUP SHIM_DEFERRED_CONTEXT_SETUP /* as Table 1 and 6.15 spell it */

/* Ancillary data only, RFC 6316 Table 2. */
#define SHIM_FEEDBACK               15 /* struct shim_feedback to sendmsg() */

/* Errors, RFC 6316 6.16 (ETOOMANYLOCATORS: 6.10 and 6.11). */
#define EINVALIDLOCATOR     200 /* not a locator of the context's HBA set */
#define EUNVERIFIEDLOCATOR  201 /* the peer's; reachability not confirmed yet */
#define EUNREACHABLELOCATOR 202 /* the peer's; the reachability check failed */
#define ETOOMANYLOCATORS    203 /* more than SHIM_MAX_LOCATORS, or than the buffer holds */

#define SHIM_MAX_LOCATORS 32 /* RFC 6316 section 13 */

/* RFC 6316 8.1 */
struct shim_locator {
	uint8_t lc_family;       /* AF_INET or AF_INET6 */
	uint8_t lc_proto;        /* 0, or IPPROTO_UDP behind a NAT */
	uint16_t lc_port;        /* host order; behind a NAT */
	uint16_t lc_prio;        /* the lowest value is the highest priority */
	uint16_t lc_weight;      /* among equal priorities, larger is preferred */
	uint32_t lc_ifidx;       /* of local locators; no effect when set */
	struct in6_addr lc_addr; /* network order; IPv4 as ::ffff:a.b.c.d */
	uint16_t lc_flags;       /* SHIM_LOCATOR_*; no effect when set */
};

#define SHIM_LOCATOR_HBA 0x01
#define SHIM_LOCATOR_CGA 0x02

/* RFC 6316 8.2 */
struct shim_pathexplore {
	uint16_t pe_probenum;     /* number of initial probes */
	uint16_t pe_keepaliveto;  /* seconds */
	uint16_t pe_keepaliveint; /* seconds */
	uint16_t pe_initprobeto;  /* milliseconds */
	uint32_t pe_reserved;     /* zero */
};

/* RFC 6316 8.3 */
struct shim_feedback {
	uint8_t fb_direction; /* 0 outbound, 1 inbound */
	uint8_t fb_indicator; /* 1 unable to connect, 2 unsatisfactory, 3 satisfactory */
	uint16_t fb_reserved; /* ignored */
};

#endif
