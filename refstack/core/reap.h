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

struct reap {
	uint8_t state; /* enum reap_state */
	usec_t heard; /* when payload, a Keepalive or a Probe came last */
	uint16_t keepalive_timeout; /* seconds; what the peer wants, RFC 5534 5.3; 0: the default */
	struct reap_exploration *exploration; /* owned; NULL: there is or was none */
	struct reap_standby *standby;         /* owned; NULL: none is wanted */
};

/* Frees the exploration; a pair in reserve is still wanted. */
void reap_forget(struct reap *reap);

/* Interval behind Probe n of a sequence (n >= 1). RFC 5534 4.3 and 7: the first
 * four evenly spaced, then doubling up to Max Probe Timeout. */
usec_t reap_probe_interval(unsigned n);

#endif
