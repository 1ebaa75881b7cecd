/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ULID-pair context (RFC 5533 6.1), its STATES (6.2), and the table of a
 * host's contexts with the lookups of 12.4.
 */
#ifndef REFSTACK_CONTEXT_H
#define REFSTACK_CONTEXT_H

#include "refstack/core/host.h"
#include "refstack/core/random.h"
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

/* Ls: a locator list. */
struct shim_locators {
	uint32_t generation;
	unsigned count;
	struct in6_addr addr[SHIM6_LOCATORS_MAX];
};

enum {
	/* Longest validator that an I2 can bring back beside its fixed part
	 * and the option's four octets. */
	CONTEXT_VALIDATOR_MAX = SHIM6_PACKET_MAX - IPV6_HEADER_LEN - 24 - 4,
	CONTEXTS_MAX = 1024, /* per host */
};

/* The names are those of RFC 5533: CT context tag, Ls locator list, Lp current
 * locator. Section 6.2 says which of them mean something in which STATE. */
struct shim_context {
	struct shim_ulids ulids;
	enum shim_state state;
	uint64_t ct_local, ct_peer;
	struct shim_locators ls_local;
	/* Every one proven by HBA: a message that lists another is ignored
	 * whole. The ULID need not be in it; see context_has_peer(). */
	struct shim_locators ls_peer;
	struct in6_addr lp_local, lp_peer;

	uint32_t init_nonce, resp_nonce;
	size_t validator_len; /* the responder's, for the I2 */
	uint8_t validator[CONTEXT_VALIDATOR_MAX];

	usec_t deadline;  /* of the STATE's timer; USEC_NEVER: not running */
	unsigned retries; /* copies of I1 or I2 sent after the first */
};

bool context_has_peer(const struct shim_context *context, const struct in6_addr *locator);
/* Do they have a peer locator in common? */
bool context_shares_peer(const struct shim_context *a, const struct shim_context *b);
/* Are packets sent without any transformation? RFC 5533 11. */
bool context_uses_ulids(const struct shim_context *context);

struct context_table {
	unsigned count;
	struct shim_context *slot[CONTEXTS_MAX]; /* owned, in no order; the first `count` */
};

/* A context in IDLE with a CT(local) that no other has (RFC 5533 7.1), whose
 * locators are its ULIDs. NULL if the table is full or memory is short. */
struct shim_context *context_add(struct context_table *table, struct random_source *random,
				 const struct shim_ulids *ulids);
void context_remove(struct context_table *table, struct shim_context *context);
void context_remove_all(struct context_table *table);

/* RFC 5533 12.4; NULL: there is none, which is to say that it is IDLE. */
struct shim_context *context_by_ulids(const struct context_table *table,
				      const struct shim_ulids *ulids);
struct shim_context *context_by_tag(const struct context_table *table, uint64_t ct_local);
struct shim_context *context_by_nonce(const struct context_table *table, uint32_t init_nonce,
				      const struct in6_addr *local, const struct in6_addr *peer);

/* The first one whose timer runs out; NULL if none runs. */
struct shim_context *context_first_due(const struct context_table *table);

#endif
