/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ULID-pair context (RFC 5533 6.1), its STATES (6.2), and the table of a
 * host's contexts with the lookups of 12.4.
 */
#ifndef REFSTACK_CONTEXT_H
#define REFSTACK_CONTEXT_H

#include "refstack/core/host.h"
#include "refstack/core/index.h"
#include "refstack/core/random.h"
#include "refstack/core/reap.h"
#include "refstack/core/timer.h"
#include "wire/ipv6.h"
#include "wire/shim6.h"

enum shim_state { /* RFC 5533 6.2 */
	SHIM_IDLE,
	SHIM_I1_SENT,
	SHIM_I2_SENT,
	SHIM_I2BIS_SENT,
	SHIM_ESTABLISHED,
	SHIM_E_FAILED,
	SHIM_NO_SUPPORT,
	SHIM_STATE_COUNT,
};

const char *shim_state_name(enum shim_state state);

/* What identifies a context. */
struct shim_ulids {
	struct in6_addr local, peer;
	uint32_t fii; /* Forked Instance Identifier; 0: the default context */
};

/* Ls(peer): what the peer has told of itself, and proven. */
struct peer_locator {
	struct in6_addr addr;
	struct shim6_preference preference; /* RFC 5533 5.15.3; zero: never told */
	uint8_t method : 2;                 /* by which it was proven, enum shim6_method */
	uint8_t reach : 2;                  /* enum shim_reach; SHIM_UNKNOWN: SHIM_UNVERIFIED */
	uint8_t wanted : 1;                 /* to be looked at, see verify.c */
};
_Static_assert(sizeof(struct peer_locator) == 20, "four octets beside the address");

struct peer_locators {
	uint32_t generation;
	unsigned count;
	struct peer_locator at[];
};

/* Ls(local): which of the host's locators, by their number there. */
typedef uint32_t locator_set;
_Static_assert(HOST_LOCATORS_MAX <= 32, "a locator_set has a bit for each locator");

enum {
	/* Longest validator that an I2bis, the larger one, can bring back beside its
	 * fixed part and the option's four octets. */
	CONTEXT_VALIDATOR_MAX = SHIM6_PACKET_MAX - IPV6_HEADER_LEN - 32 - 4,
};

/* What a handshake needs beyond the context, while there is one: since I1-SENT,
 * and in recovery since I2BIS-SENT. */
struct shim_handshake {
	struct in6_addr local, peer; /* over which it goes: a validator holds for these alone */
	uint32_t resp_nonce;
	uint64_t packet_tag;  /* of the R1bis, in I2BIS-SENT */
	usec_t repeat_after;  /* before, no I2 or I2bis is sent beside the timer */
	size_t validator_len; /* the responder's, for the I2 or I2bis */
	uint8_t validator[];
};

/* The Update Request that is on its way, RFC 5533 10. */
struct shim_update {
	uint32_t nonce; /* of the last one */
	uint32_t taken; /* nonce of the peer's last one that was acknowledged */
	bool has_taken;
	unsigned retries;
	locator_set offered; /* Ls(local) once it is acknowledged */
	locator_set asked;   /* to be listed, when there may not have been room for all */
	locator_set told_up; /* those that the peer was not told to be broken */
	bool told, unsure;   /* in the handshake; and not the same each time */
	bool timeout;        /* the Send Timeout has changed: also the default is told */
	bool outstanding;
	bool list; /* it tells the list, too; it always tells preferences */
	bool waiting;           /* there is more to tell than it does */
	usec_t may_change;      /* not before; see update.c */
};

/* A context sleeps until the first of these; see context_set_timer(). */
enum context_timer {
	TIMER_SEND,      /* RFC 5534 4.1 */
	TIMER_KEEPALIVE, /* RFC 5534 4.1 */
	TIMER_INTERVAL,  /* to the next Keepalive */
	TIMER_STATE,     /* RFC 5533 7.8, 7.12, 7.19: retransmission; holddown */
	TIMER_UPDATE,    /* RFC 5533 10.2 */
	TIMER_IDLE,      /* RFC 5533 9 */
	TIMER_PROBE,     /* to the next Probe; in Operational: to the end of an exploration's memory */
	TIMER_STANDBY,   /* to the next proof of the pair in reserve */
	TIMER_CHECK,     /* to the next Probe of a verification */
	TIMER_COUNT,
};

/*
 * The names are those of RFC 5533: CT context tag, Ls locator list, Lp current
 * locator. Section 6.2 says which of them mean something in which STATE.
 *
 * What a packet needs comes first, in three cache lines: among a million contexts
 * each of them that is touched costs more than all that is done with it.
 */
struct shim_context {
	struct index_node by_tag, by_ulids;
	struct shim_ulids ulids;
	uint8_t state; /* enum shim_state */
	bool in_by_peer_tag;
	usec_t used; /* when payload last went either way */
	uint64_t ct_peer;
	struct in6_addr lp_local, lp_peer;
	locator_set ls_local;
	unsigned path_mtu; /* octets, RFC 8201; 0: the link's */
	struct reap reap;
	usec_t deadline[TIMER_COUNT]; /* USEC_NEVER: not running */

	usec_t path_mtu_until;
	uint64_t ct_local;
	struct timer timer; /* the first of deadline[], or before it */
	struct index_node by_peer, by_peer_tag, by_nonce;
	uint32_t ls_local_generation;
	uint32_t init_nonce; /* 0: there is no handshake */
	uint32_t peer_nonce; /* INIT nonce of the last I2 or I2bis that was taken */
	uint8_t retries; /* copies of I1, I2 or I2bis sent after the first */
	uint8_t rounds;  /* handshakes that have begun again from the I1 */
	struct shim_handshake *handshake; /* owned; NULL: none is under way */
	struct peer_locators *ls_peer;    /* owned; every one proven; NULL: never told. The ULID
	                                   * need not be in it; see context_has_peer(). */
	uint8_t *pds_peer; /* owned; the peer's CGA Parameter Data Structure; NULL: never told */
	size_t pds_peer_len;
	struct shim_wishes *wishes; /* owned; NULL: none */
	struct shim_update update;
};

_Static_assert(offsetof(struct shim_context, deadline[TIMER_KEEPALIVE]) + 8 <= 192,
	       "what each packet needs is in three cache lines");

/* Its place in Ls(peer); NULL: it isn't listed. */
struct peer_locator *context_listed(const struct shim_context *context,
				    const struct in6_addr *locator);
/* Is it listed, or the ULID? */
bool context_has_peer(const struct shim_context *context, const struct in6_addr *locator);
/* Do they have a peer locator in common? */
bool context_shares_peer(const struct shim_context *a, const struct shim_context *b);
/* Does it carry payload? In I2BIS-SENT it still does, RFC 5533 11 and 12.2. */
static inline bool context_is_up(const struct shim_context *context)
{
	return context->state == SHIM_ESTABLISHED || context->state == SHIM_I2BIS_SENT;
}

struct context_table {
	unsigned count, max;
	uint64_t key; /* of the hashes, so that nobody can choose addresses that share one */
	struct index by_tag, by_ulids, by_peer, by_peer_tag, by_nonce;
	struct timer_wheel wheel;
	struct random_source *random; /* borrowed */
};

void context_table_init(struct context_table *table, struct random_source *random, unsigned max);
/* Ends all contexts. */
void context_table_free(struct context_table *table);

/* A context in IDLE with a CT(local) that no other has (RFC 5533 7.1), whose
 * locators are its ULIDs. NULL if the table is full or memory is short. */
struct shim_context *context_add(struct context_table *table, const struct shim_ulids *ulids);
void context_remove(struct context_table *table, struct shim_context *context);

/* The two keys that change. An INIT nonce is found from here on, until 0 is set. */
void context_set_peer_tag(struct context_table *table, struct shim_context *context, uint64_t tag);
void context_set_nonce(struct context_table *table, struct shim_context *context, uint32_t nonce);

/* RFC 5533 12.4; NULL: there is none, which is to say that it is IDLE. */
struct shim_context *context_by_ulids(const struct context_table *table,
				      const struct shim_ulids *ulids);
struct shim_context *context_by_tag(const struct context_table *table, uint64_t ct_local);
/* All with this nonce, or CT(peer); `after`: the last one, NULL at first. */
struct shim_context *context_by_nonce(const struct context_table *table, uint32_t init_nonce,
				      const struct shim_context *after);
struct shim_context *context_by_peer_tag(const struct context_table *table, uint64_t ct_peer,
					 const struct shim_context *after);
/* How many there are with this ULID(peer); `enough` if there are more. */
unsigned context_count_peer(const struct context_table *table, const struct in6_addr *peer,
			    unsigned enough);
/* Every one, in no order that means anything; none may go meanwhile but the last one returned. */
struct context_walk {
	size_t bucket;
	struct index_node *next;
};
struct shim_context *context_walk(const struct context_table *table, struct context_walk *walk);

/* USEC_NEVER stops it. */
void context_set_timer(struct context_table *table, struct shim_context *context,
		       enum context_timer timer, usec_t at);

#endif
