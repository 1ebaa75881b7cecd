/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What trace/ keeps. A context is a node; entries of one hash table lead to it
 * by all that a packet may name it with. Which entries a node is due follows from
 * the node alone (trace_keys()), so they are made anew when it changes, and a
 * check can hold the two side by side.
 */
#ifndef TRACE_INTERNAL_H
#define TRACE_INTERNAL_H

#include "trace/pairs.h"
#include "trace/table.h"
#include "trace/trace.h"

#include <stddef.h>
#include <string.h>

/* --- names of a context --------------------------------------------------- */

enum key_kind {
	KEY_PAIR,  /* the ULIDs, lower one first, and the FII */
	KEY_TAG,   /* a tag and an address of the end that has allocated it */
	KEY_NONCE, /* of an initiator, with the addresses that it wrote from and to */
	/* For captures that begin in the middle, from control messages alone: */
	KEY_PEER,  /* a tag and the address that its end's peer was last seen at */
	KEY_HALF,  /* where the end whose tag isn't known and its peer were last seen */
};

/* Inline, so that its words are never stored as one size and loaded as another. */
static inline struct key trace_key(enum key_kind kind, uint64_t number, const struct in6_addr *one,
				   const struct in6_addr *other)
{
	struct key k = { { (uint64_t)kind << KEY_NUMBER_BITS | number } };

	memcpy(&k.word[1], one, sizeof(*one));
	if (other)
		memcpy(&k.word[3], other, sizeof(*other));
	return k;
}

struct key trace_pair_key(const struct in6_addr *one, const struct in6_addr *other, uint32_t fii);

/* An entry that a node is due. */
struct due {
	struct key key;
	uint8_t end;
	bool firm; /* it takes the key from another: a tag that a host has sent in an
		    * I2, R2 or I2bis is no other context's, RFC 5533 7.15 */
};

enum {
	SEEN_MAX = 4, /* addresses of an end beside ULID and locators */
	DUES_PER_END = 1 + SEEN_MAX + SHIM6_LOCATORS_MAX + 3,
	DUES_MAX = 1 + 2 * DUES_PER_END,
};

/* --- contexts ------------------------------------------------------------- */

struct link { /* of a ring */
	struct link *prev, *next;
};

/* What an end had said before its last update, as long as the peer may refuse that. */
struct before {
	bool kept;        /* there is such an update */
	uint32_t nonce;   /* of it */
	bool told, has_list, has_signature;
	bool list_is_new, pds_are_new; /* what it has replaced by another is below */
	uint32_t generation;
	unsigned locator_count;
	struct trace_locator *locators; /* owned */
	uint8_t *pds;                   /* owned */
	size_t pds_len;
	int signature_rc;
};

/* What isn't told of an end. */
struct more {
	struct in6_addr seen[SEEN_MAX];
	unsigned seen_count; /* all; the last are kept */
	struct in6_addr at;  /* in the latest control message */
	bool told;      /* its locators are those that its I2, R2 or I2bis named, or its
			 * update; otherwise they aren't known */
	bool firm;      /* its tag is */
	bool has_nonce; /* its handshake waits for an R2 */
	bool answered;  /* the one with this nonce no longer does */
	uint32_t nonce;
	struct in6_addr nonce_src, nonce_dst;
	uint8_t *pds;   /* owned; NULL: none was shown; CGA parameters, RFC 3972 3 */
	size_t pds_len;
	bool has_signature;
	int signature_rc; /* of cga_signature_verify() */
	struct before before;
};

enum share { FRESH, SETTLED, SHARES }; /* settled: both ends were active */

struct node {
	struct trace_context c; /* first */
	struct more more[2];
	struct link by_id, by_use;
	bool active[2];        /* that end has sent what needs a context */
	uint32_t entries;      /* the first of them */
	size_t held;           /* octets beside the node itself */
	uint8_t share;         /* enum share */
	bool stale;            /* entries and held may not be what they are due */
	bool outage_open, outage_settled;
	uint8_t lost;          /* the end that has, while TRACE_RECOVERING */
	uint64_t payload_usec; /* of its last payload */
};

struct trace {
	struct table table;
	struct pairs pairs; /* of which the table has entries */

	struct link by_id;          /* all nodes, the oldest first */
	struct link by_use[SHARES]; /* the one unused for longest first */
	size_t count[SHARES], held[SHARES];
	size_t max_count, max_held;
	unsigned last_id;
	uint64_t forgotten, strays;

	/* Had before a packet changes anything, so that nothing fails midway. */
	struct node *spare;
};

/* store.c */
bool trace_reserve(struct trace *t); /* false: no memory */
struct node *trace_node_new(struct trace *t, uint64_t usec); /* after trace_reserve() */
void trace_touch(struct trace *t, struct node *n);
void trace_settle(struct trace *t, struct node *n); /* entries and held as due; makes room */

/* keys.c */
unsigned trace_keys(const struct node *n, struct due out[static DUES_MAX]);
bool trace_belongs(const struct node *n, unsigned end, const struct in6_addr *addr);
/* A control message went from or to there; kept as the end's while it hasn't told
 * its locators. */
void trace_learn(struct node *n, unsigned end, const struct in6_addr *addr);

/* locators.c */
struct gift { /* memory for what a message brings */
	struct trace_locator *locators;
	uint8_t *pds;
};
bool trace_gift_make(struct gift *g, const struct shim6_message *m);
void trace_gift_free(struct gift *g);
/* What an end says of itself: true if its list is new or another. `anew`: in a
 * handshake, where a generation needn't be higher. */
bool trace_tell(struct node *n, unsigned end, const struct shim6_message *m, bool anew,
		struct gift *g);
void trace_prove(struct node *n, unsigned end);
/* Its update with that nonce was taken by the peer, or passed over: then what it said
 * before holds. Nothing if there is no such update, or another came since. */
void trace_tell_taken(struct node *n, unsigned end, uint32_t nonce);
void trace_tell_refused(struct node *n, unsigned end, uint32_t nonce);
void trace_before_forget(struct more *more);

/* Octets that an end's lists and parameters take. */
static inline size_t trace_said_size(const struct trace_end *e, const struct more *more)
{
	const struct before *b = &more->before;
	size_t locators = e->locator_count + (b->locators ? b->locator_count : 0);

	return locators * sizeof(struct trace_locator) + more->pds_len +
	       (b->pds ? b->pds_len : 0);
}

/* outage.c: each returns enum trace_event */
unsigned trace_probe(struct node *n, unsigned state, uint64_t usec); /* enum reap_state */
unsigned trace_payload(struct node *n, unsigned from, const struct in6_addr *src,
		       const struct in6_addr *dst, uint64_t usec);

/* check.c: NULL, or what is wrong with the tables. For tests; takes as long as it
 * takes. */
const char *trace_check(struct trace *t);

static inline bool addr_equal(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
