/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Responder Validator, RFC 5533 5.15.1, 7.10.1 and 7.17.1: what lets a responder
 * forget an I1. An HMAC-SHA256 over everything that the I2 must repeat, under
 * a secret that changes; the Responder Nonce is a clock, so its age can be told.
 */
#ifndef REFSTACK_VALIDATOR_H
#define REFSTACK_VALIDATOR_H

#include "refstack/core/host.h"
#include "refstack/core/random.h"
#include "wire/shim6.h"

enum {
	VALIDATOR_LEN = 32,
	VALIDATOR_SECRET_LEN = 32,
	/* Seconds. RFC 5533 7.13: nonces up to VALIDATOR_MIN_LIFETIME, 30 s,
	 * should be accepted; twice that leaves room for a retransmitted I2. */
	VALIDATOR_LIFETIME = 60,
	/* A nonce that is still good was made under this or the last secret. */
	VALIDATOR_SECRET_PERIOD = 10 * VALIDATOR_LIFETIME,
};

struct validator_keys {
	uint8_t secret[2][VALIDATOR_SECRET_LEN]; /* by the parity of their period */
	uint32_t period;                         /* the latest that has a secret */
};

/* What an I1 claims and its I2 has to claim again; or, with no ULIDs, which no
 * I1 can have, the packet that an R1bis answers, and its I2bis (7.17). */
struct validator_claim {
	uint64_t init_tag, packet_tag;
	struct in6_addr sender_ulid, receiver_ulid;
	struct in6_addr src, dst; /* the locators */
	uint32_t fii;
};

void validator_init(struct validator_keys *keys, struct random_source *random);

/* For an R1 or R1bis; returns its Responder Nonce. */
uint32_t validator_issue(struct validator_keys *keys, struct random_source *random, usec_t now,
			 const struct validator_claim *claim, uint8_t out[static VALIDATOR_LEN]);

/* For an I2 or I2bis: 0; -ETIMEDOUT if the nonce is too old, or of the future;
 * -EKEYREJECTED if the validator isn't what was issued for this claim. */
int validator_check(struct validator_keys *keys, struct random_source *random, usec_t now,
		    const struct validator_claim *claim, uint32_t resp_nonce,
		    const struct span *validator);

#endif
