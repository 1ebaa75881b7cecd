/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the two halves of context establishment: handshake_check.c finds
 * out what a message is worth (RFC 5533 12.3, 7.9, 7.11, 7.13, 7.16), and
 * handshake.c is the state machine (6.2). Nobody else includes it.
 */
#ifndef REFSTACK_HANDSHAKE_H
#define REFSTACK_HANDSHAKE_H

#include "refstack/core/internal.h"

/* A message that passed its checks. */
struct heard {
	const struct received *rx;
	const struct shim6_message *m;
	struct shim_ulids ulids;      /* I1 and I2 alone */
	struct validator_claim claim; /* I1 and I2 alone */
};

enum handshake_event {
	ON_I1,
	ON_R1,
	ON_I2,
	ON_R2,
	ON_TIMEOUT,
	ON_UNSUPPORTED, /* ICMPv6 type 4 code 1 that quotes the I1 */
	HANDSHAKE_EVENT_COUNT,
};

/* context: NULL is IDLE. heard: of a message, else NULL. */
void handshake_happen(struct shim_host *host, enum handshake_event event,
		      struct shim_context *context, const struct heard *heard);

#endif
