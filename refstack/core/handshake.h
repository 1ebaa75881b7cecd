/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the two halves of context establishment: handshake_check.c finds
 * out what a message is worth (RFC 5533 7.9, 7.11, 7.13, 7.16, 7.18, 7.20), and
 * handshake.c is the state machine (6.2). Beside them control.c alone includes it.
 */
#ifndef REFSTACK_HANDSHAKE_H
#define REFSTACK_HANDSHAKE_H

#include "refstack/core/internal.h"

enum handshake_event {
	ON_INITIATE,
	ON_I1,
	ON_R1,
	ON_I2, /* or an I2bis: what differs is how it is checked */
	ON_R2,
	ON_R1BIS,
	ON_TIMEOUT,
	ON_UNSUPPORTED, /* ICMPv6 type 4 code 1 that quotes the I1 */
	HANDSHAKE_EVENT_COUNT,
};

/* context: NULL is IDLE. heard: of a message, else NULL. */
void handshake_happen(struct shim_host *host, enum handshake_event event,
		      struct shim_context *context, const struct heard *heard);

/* Why a message is dropped, and where an Error of code 2 has to point to; 0: in silence. */
struct refusal {
	const char *why; /* NULL: it is taken */
	size_t error_at;
};

/* Whom a message is about; NULL: nobody yet. Or, in no->why, what is wrong. */
typedef struct shim_context *meeting(struct shim_host *host, struct heard *h, struct refusal *no);
meeting meet_i1, meet_r1, meet_i2, meet_r2, meet_r1bis, meet_i2bis;

#endif
