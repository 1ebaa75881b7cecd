/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host with a Shim6 shim, sans I/O: packets, time and randomness are
 * arguments, and what it sends goes to a callback. Two hosts in one process
 * share nothing. What drives it (refstack/target.c, refstack/link/) stands
 * outside; what speaks through it (refstack/socket/) meets it in upper.h.
 */
#ifndef REFSTACK_HOST_H
#define REFSTACK_HOST_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint64_t usec_t; /* microseconds since the host began */
#define USEC_NEVER UINT64_MAX
#define USEC_PER_SEC UINT64_C(1000000)

enum {
	HOST_LINKS_MAX = 8,
	HOST_PREFIXES_MAX = 4, /* per link */
	HOST_LOCATORS_MAX = HOST_LINKS_MAX * HOST_PREFIXES_MAX,
};

struct shim_link_config {
	unsigned mtu;          /* octets of an IPv6 packet, at least 1280 */
	unsigned prefix_count; /* <= HOST_PREFIXES_MAX; all are /64 */
	uint8_t prefix[HOST_PREFIXES_MAX][8];
};

struct shim_config {
	uint64_t seed;           /* all randomness of the host comes from it */
	unsigned link_count;
	struct shim_link_config link[HOST_LINKS_MAX]; /* link[0] is link 1 */
	unsigned hba_sec;        /* 0 to 2, RFC 5535 6 */
	unsigned initiate_after; /* packets sent on a ULID pair, ICMPv6 aside, before a
	                          * context is begun for it; 0: never. RFC 5533 4.3
	                          * leaves the heuristic open. */
	void *ctx;               /* for the callbacks */
	void (*transmit)(void *ctx, unsigned link, const void *packet, size_t len);
	void (*log)(void *ctx, const char *line); /* may be NULL */
};

/* The locators that the host has configured, first by link, then by prefix:
 * one HBA set over all prefixes. */
struct shim_address {
	struct in6_addr addr;
	unsigned link;       /* from 1 */
	unsigned prefix_len; /* bits */
	bool up;             /* address and link are both up */
};

struct shim_host;

/* NULL if memory is short or cfg is out of range. cfg is copied. */
struct shim_host *shim_host_new(const struct shim_config *cfg);
void shim_host_free(struct shim_host *host);

/* A packet arrives on a link. Octets that are not for this host or wrong in
 * any way are dropped as the RFC says; never fails. */
void shim_host_input(struct shim_host *host, unsigned link, const void *packet, size_t len);

/* When the host wants to act; USEC_NEVER if it does not by itself. */
usec_t shim_host_deadline(const struct shim_host *host);
/* Time goes on to `now`; everything due happens. Early or twice is harmless. */
void shim_host_advance(struct shim_host *host, usec_t now);
usec_t shim_host_now(const struct shim_host *host);

/* Configured addresses, L1 first; returns their number. */
size_t shim_host_addresses(const struct shim_host *host, struct shim_address *out, size_t max);
bool shim_host_owns(const struct shim_host *host, const struct in6_addr *addr);

/* Events from outside. 0; -ENODEV: no such link; -EADDRNOTAVAIL: not ours.
 * up brings back what went down; an address that is no member of the HBA set
 * is refused with -EINVAL. */
int shim_host_address_event(struct shim_host *host, unsigned link, const struct in6_addr *addr,
			    bool up);
int shim_host_link_event(struct shim_host *host, unsigned link, bool up);

#endif
