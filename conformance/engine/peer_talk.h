/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the files of the peer: messages in and out, and the contexts that
 * they belong to. As everywhere in a trial, 0 or TRIAL_OVER.
 */
#ifndef ENGINE_PEER_TALK_H
#define ENGINE_PEER_TALK_H

#include "conformance/engine/peer.h"
#include "conformance/engine/trial.h"

/* Where a message goes, or has come from: by the target's link, between these
 * addresses, of which one is the peer's. */
struct path {
	unsigned link;
	struct in6_addr ours, theirs;
};

/* A message of the target's. Its spans are borrowed from the packet. */
struct heard {
	struct trial *t;
	const char *name; /* "R1" */
	const uint8_t *octets;
	size_t len;
	struct path path; /* the packet's, and so the answer's */
	struct shim6_message m;
	struct peer_context *context; /* NULL: not known yet */
};

/* --- peer.c ---------------------------------------------------------------- */

uint64_t peer_random(struct peer *p);
void peer_fill(struct peer *p, uint8_t *out, size_t len);

/* Is it one of the peer's locators? Its number from 0; -1: none. */
int peer_locator(const struct peer *p, const void *addr);

/* The context of these ULIDs, made if there is none yet, and made anew if the peer has
 * lost it. NULL: no room. */
struct peer_context *peer_context_of(struct peer *p, const struct in6_addr *ours,
				     const struct in6_addr *theirs, uint32_t fii);
/* The one that has this tag, or had it before it was lost. NULL: none. */
struct peer_context *peer_context_tagged(struct peer *p, uint64_t tag);
struct peer_context *peer_context_formerly(struct peer *p, uint64_t tag);

/* It gets another tag of the peer's. */
void peer_context_renew(struct peer *p, struct peer_context *c);

/* What R1 or R1bis says, and must come back: its validator, and resp_nonce. The same
 * ones until they have, since more than one may be on its way. */
struct span peer_challenge(struct peer *p, struct peer_context *c);

/* It is established: the case gets its tags. */
void peer_context_up(struct trial *t, struct peer_context *c, uint64_t target_tag);

/* --- peer_message.c -------------------------------------------------------- */

/* What a packet says, checked by itself: 0, or -ENOENT if it is no control message
 * of Shim6, or another error of shim6_message_parse(). */
int message_read(struct shim6_message *out, const uint8_t *packet, size_t len);

/* What is wrong with a packet by itself; NULL: nothing. */
const char *message_wrong(struct trial *t, const uint8_t *packet, size_t len);

int message_say(struct trial *t, const struct path *path, const struct shim6_message *m,
		const char *name);

/* All the peer's locators, and the proof that they are one set: RFC 5533 7.9, 7.13. */
void message_add_locators(struct trial *t, struct shim6_message *m, const struct peer_context *c);

/* What must come back as it went. */
int message_echoes(struct trial *t, const char *field, uint64_t expected, uint64_t actual);

/* What the target tells of its locators is right; it is then the context's. */
int message_locators(struct heard *h);

/* --- peer_handshake.c: what a responder gets, and answers ------------------ */

int peer_take_i1(struct heard *h);
int peer_take_i2(struct heard *h);

/* --- peer_recover.c: the peer has lost a context, RFC 5533 7.17 ------------ */

int peer_say_r1bis(struct heard *h);
int peer_take_i2bis(struct heard *h);

/* --- peer_probe.c: RFC 5534 ------------------------------------------------ */

int peer_take_probe(struct heard *h);

#endif
