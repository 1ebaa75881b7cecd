/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel above the shim: a TUN device on which it has our ULID. What its
 * programs send from there goes through contexts like anything else, and what
 * arrives and nobody else wants is theirs. So their connections, which know the ULIDs
 * alone, outlive the path that they began on.
 *
 * What a packet carries isn't looked at. The kernel may send fragments, which RFC
 * 5533 1.6 has above the shim; but a peer that is this stack drops them.
 */
#ifndef REFSTACK_DAEMON_APPS_H
#define REFSTACK_DAEMON_APPS_H

#include "refstack/core/upper.h"
#include "refstack/daemon/settings.h"

enum { APPS_ERROR_MAX = 1280 }; /* octets of an ICMPv6 error, RFC 4443 2.4 (c) */

struct apps {
	int fd;                 /* owned; < 0: there is none */
	struct shim_host *host; /* borrowed */
	struct in6_addr ulid;
	uint64_t sent, received; /* packets of the kernel's, as it sees them */
	uint64_t ignored;        /* not from our ULID to another host */
	uint64_t failed;         /* not sent, or not taken */
};

/* Opens the device and sets it up: mtu, the ULID as a /128, up, routes. NULL, or
 * what could not be done; *err is why. */
const char *apps_open(struct apps *a, const struct settings *s, struct shim_host *host,
		      const struct in6_addr *ulid, unsigned mtu, int *err);
void apps_close(struct apps *a);

/* Octets of an IPv6 packet that the kernel may send, when the links take that many:
 * less by the payload extension header (RFC 5533 8), but no less than IPv6 asks for. */
unsigned apps_mtu(unsigned link_mtu);

/* Takes what the kernel has sent, but not for long. False: the device is gone. */
bool apps_read(struct apps *a);
/* One packet of it. */
void apps_take(struct apps *a, const uint8_t *packet, size_t len);

/* As struct shim_upper has them. */
bool apps_arrival(struct apps *a, const struct shim_arrival *arrival);
void apps_error(struct apps *a, const struct shim_upper_error *error);

#endif
