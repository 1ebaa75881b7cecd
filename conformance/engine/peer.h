/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer of a trial: an HBA set of its own, and the four messages that
 * establish a context (RFC 5533 7), from either side. It checks all that it
 * gets; a handshake that goes wrong makes the trial inconclusive, because it
 * was only the way to the case's own rule.
 */
#ifndef ENGINE_PEER_H
#define ENGINE_PEER_H

#include "wire/hba.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

enum { PEER_LOCATORS = 2 };

struct peer {
	struct hba_set set;   /* addr[0] is P1 */
	uint64_t chance;      /* where its random numbers go on */
	uint64_t tag;         /* its context tag, which the target puts in what it sends */
	size_t target_pds_len; /* the CGA parameters that the target has sent; 0: none yet */
	uint8_t target_pds[HBA_PDS_MAX];
};

/* One number for a case out of the run's seed and the case's id, so that the
 * order of cases doesn't matter. */
uint64_t peer_seed(uint64_t seed, const char *id);

/* 0, or what hba_generate() says. */
int peer_init(struct peer *p, uint64_t seed);

/* CGA parameters for a ULID of the peer's: those of the set, with its prefix. */
void peer_pds(const struct peer *p, const struct in6_addr *ulid, uint8_t out[static HBA_PDS_MAX]);

struct trial;

/* The peer as initiator and as responder; s is a connected socket. */
int peer_establish(struct trial *t, int s);
int peer_answer(struct trial *t);

/* Look at what the target sends: its CGA parameters are for pds(octets=L). */
void peer_learn(struct peer *p, const void *packet, size_t len);

#endif
