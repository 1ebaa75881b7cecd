/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host's addresses are made of, and how it proves that they are its own:
 * an HBA set, CGAs, or both (RFC 5535 4, RFC 3972), with the PDS and signature
 * that Shim6 messages carry.
 */
#ifndef REFSTACK_IDENTITY_H
#define REFSTACK_IDENTITY_H

#include "refstack/core/host.h"
#include "refstack/core/random.h"
#include "wire/hba.h"
#include "wire/shim6.h"

enum {
	IDENTITY_PDS_MAX = 1024,
	IDENTITY_SIGNATURE_MAX = 512,
};

struct identity {
	enum shim_address_kind kind;
	unsigned count;
	struct in6_addr addr[HBA_PREFIXES_MAX]; /* those made */
	size_t pds_len;
	uint8_t pds[IDENTITY_PDS_MAX]; /* of the first address */
	uint8_t *key;                  /* owned; DER of the private key; NULL: none */
	size_t key_len;
};

/* Makes one address for each prefix, in their order. 0; -EINVAL: no prefix, one
 * twice, a key that is missing, or none, or out of place, Sec or collisions out
 * of range; -ENOSPC: a key too large; -ENOMEM. */
int identity_make(struct identity *out, struct in6_addr *addr, const uint8_t (*prefix)[8],
		  unsigned count, const struct shim_config *cfg, struct random_source *random);
void identity_free(struct identity *identity);

/* By which method an address of the set is proven. */
uint8_t identity_method(const struct identity *identity);

/* Is this address one of those that the PDS makes? */
bool identity_proves(const struct identity *identity, const struct in6_addr *ulid);

/* The PDS that belongs to this ULID of ours. out has IDENTITY_PDS_MAX octets. */
struct span identity_pds(const struct identity *identity, const struct in6_addr *ulid,
			 uint8_t *out);

/* The signature over a list, if there is something in it that wants one; else,
 * or if it can't be made, one of no octets, which is none. out has
 * IDENTITY_SIGNATURE_MAX octets. */
struct span identity_sign(const struct identity *identity, const struct shim6_locator_list *list,
			  uint8_t *out);

#endif
