/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer of a trial: an HBA set of its own, contexts with the target, and
 * its half of the protocol. A handshake it plays when a case says so; the
 * rest by itself, as far as a case wants that. It checks all that it gets; what
 * goes wrong makes the trial inconclusive, because it was only the way to the
 * case's own rule.
 */
#ifndef ENGINE_PEER_H
#define ENGINE_PEER_H

#include "wire/hba.h"
#include "wire/shim6.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PEER_LOCATORS_MAX = 8, /* P1 to P8 */
	PEER_CONTEXTS_MAX = 16,
	PEER_REPORTS_MAX = 4, /* Probes that it remembers to have received */
	PEER_VALIDATOR_LEN = 20,
	PEER_INBOX_MAX = 64,
};

/* One context with the target, as the peer has it. */
struct peer_context {
	uint64_t tag;    /* the peer's own, which the target puts in what it sends */
	uint64_t former; /* its tag before it was lost; 0: never lost */
	uint64_t target_tag;
	struct in6_addr ours, theirs; /* the ULIDs */
	uint32_t fii;                 /* 0: not forked */
	bool up;                      /* established */
	bool lost;                    /* it was, and the peer has forgotten it */

	/* As responder: what R1 or R1bis has said, and must come back. */
	bool asked;
	uint64_t init_tag; /* of I1 */
	uint32_t resp_nonce;
	uint8_t validator[PEER_VALIDATOR_LEN];

	/* What the target has told of itself; without a list it is its ULID alone. */
	struct shim6_locator_list list;
	struct shim6_preferences preferences;

	/* RFC 5534: the state that the last Probe has led to, and Probes received,
	 * the latest first. */
	enum reap_state state;
	unsigned report_count;
	struct reap_report reports[PEER_REPORTS_MAX];
};

struct trial;
struct sent;
struct peer_part; /* peer_play.c */

struct peer {
	struct hba_set set;    /* addr[0] is P1 */
	uint64_t chance;       /* where its random numbers go on */
	uint64_t tag;          /* of its first context */
	size_t target_pds_len; /* the CGA parameters that the target has sent; 0: none yet */
	uint8_t target_pds[HBA_PDS_MAX];

	struct peer_context contexts[PEER_CONTEXTS_MAX]; /* in order of their making */
	size_t context_count;

	unsigned plays;               /* enum peer_play, or-ed */
	bool down[PEER_LOCATORS_MAX]; /* by peer_down() */
	struct peer_letter {          /* what it took, until it can be answered */
		const struct peer_part *part;
		struct peer_context *context; /* by its tag; NULL: none */
		unsigned link;
		const uint8_t *octets; /* borrowed from the ledger */
		size_t len;
	} inbox[PEER_INBOX_MAX];
	size_t inbox_count;
	bool choked;                /* there was more than the inbox holds */
	const struct event *during; /* the event of which the answers are counted */
	unsigned answers;
};

/* One number for a case out of the run's seed and the case's id, so that the
 * order of cases doesn't matter. */
uint64_t peer_seed(uint64_t seed, const char *id);

/* A peer with so many locators, 1 to PEER_LOCATORS_MAX. 0, or what hba_generate()
 * says. */
int peer_init(struct peer *p, uint64_t seed, unsigned locators);

/* CGA parameters for a ULID of the peer's: those of the set, with its prefix. */
void peer_pds(const struct peer *p, const struct in6_addr *ulid, uint8_t out[static HBA_PDS_MAX]);

/* Look at what the target sends: its CGA parameters are for pds(octets=L). */
void peer_learn(struct peer *p, const void *packet, size_t len);

/* The four messages of a handshake, the peer as initiator and as responder (the
 * target's I1, or its I2bis, must be the next packet); s is a connected socket. fork:
 * a context beside the one that there may be for the socket's ULIDs. */
int peer_establish(struct trial *t, int s, bool fork);
int peer_answer(struct trial *t);

/* It has lost its contexts, as after a crash. */
void peer_forget(struct peer *p);

/*
 * Does the peer take this packet, so that no event of the case sees it? It is
 * answered later, by peer_play(), when the target has returned from the call in
 * which it sent: calls are never re-entered. 0 or TRIAL_OVER.
 */
bool peer_takes(struct trial *t, const struct sent *s);
int peer_play(struct trial *t);

#endif
