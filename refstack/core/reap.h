/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What REAP (RFC 5534) remembers for a context. The state machine is reap.c,
 * what is tried while a path is looked for explore.c.
 */
#ifndef REFSTACK_REAP_H
#define REFSTACK_REAP_H

#include "refstack/core/host.h"
#include "wire/reap.h"

/* Probes of an exploration, RFC 5534 5.2: the last ones sent and received. */
struct reap_memory {
	unsigned count;
	struct reap_report report[REAP_REPORTS_MAX]; /* oldest first */
};

enum {
	REAP_INITIAL_PROBES = 4,       /* RFC 5534 7 */
	REAP_INITIAL_PROBE_MSEC = 500, /* the same */
	REAP_CHECK_PROBES = 4,
};

/* Where a Probe can go: which of our locators, and which of Ls(peer). */
struct reap_pair {
	uint8_t local, peer;
};

struct reap_exploration {
	struct reap_memory sent, received;
	bool chosen;     /* a pair, by a report: it has done what it was for */
	unsigned tries;  /* Probes of the sequence, RFC 5534 4.3, so far */
	unsigned next, pair_count;
	struct reap_pair *pair; /* owned; in the order in which they are tried */
};

/* A pair in reserve. */
struct reap_standby {
	uint32_t nonce; /* of the Probe that asks; 0: none is on its way */
	bool ready;     /* it has answered, lately */
	unsigned next;  /* which of the candidates is tried when this one fails */
	struct in6_addr local, peer;
};

/* Probes that ask whether the peer is at one of its locators. */
struct reap_check {
	unsigned tries;
	uint32_t nonce[REAP_CHECK_PROBES]; /* of those so far */
	struct in6_addr local, peer;
};

struct reap {
	uint8_t state; /* enum reap_state */
	usec_t heard; /* when payload, a Keepalive or a Probe came last */
	uint16_t keepalive_timeout; /* seconds; what the peer wants, RFC 5534 5.3; 0: the default */
	struct reap_exploration *exploration; /* owned; NULL: there is or was none */
	struct reap_standby *standby;         /* owned; NULL: none is wanted */
	struct reap_check *check;             /* owned; NULL: none is under way */
};

/* Frees the exploration; a pair in reserve is still wanted. */
void reap_forget(struct reap *reap);

struct shim_pace; /* upper.h */

/* Interval behind Probe n of a sequence (n >= 1). RFC 5534 4.3 and 7: the first
 * ones, four unless pace says so, evenly spaced, then doubling up to Max Probe Timeout.
 * pace: may be NULL. */
usec_t reap_probe_interval(const struct shim_pace *pace, unsigned n);

#endif
