/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash-based addresses (RFC 5535): making a set, and proving that an address
 * belongs to one. No state and no randomness of its own. The structure that
 * a set is described by is a CGA's, with one more extension.
 */
#ifndef WIRE_HBA_H
#define WIRE_HBA_H

#include "wire/cga_search.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HBA_PREFIXES_MAX = 32,
	HBA_MODIFIER_LEN = CGA_MODIFIER_LEN,
	HBA_NONCE_LEN = 48, /* the 384-bit Extended Modifier, RFC 5535 6 */
	HBA_SEC_MAX = CGA_SEC_MAX,
	HBA_KEY_MAX = 78,   /* the nonce as a public key */
	HBA_PDS_MAX = CGA_KEY_AT + HBA_KEY_MAX + 8 + 8 * HBA_PREFIXES_MAX,
};

struct hba_set {
	unsigned count;
	unsigned sec;
	struct in6_addr addr[HBA_PREFIXES_MAX];
	size_t pds_len;
	uint8_t pds[HBA_PDS_MAX]; /* that of addr[0]; the others differ in octets 16-23 only */
	uint64_t steps;           /* modifiers tried beyond the first */
};

/*
 * An HBA-only set, RFC 5535 6. prefixes: count of 8 octets each, in the
 * order in which they are hashed. modifier and nonce: random octets of the
 * caller's. collision_count: 0, or what duplicate detection demands; it is the
 * same for the whole set, so one collision makes all addresses anew. The work
 * is that of cga_generate().
 *
 * -EINVAL for count (1 to HBA_PREFIXES_MAX), sec or collision_count (0 to 2)
 * out of range; -ENOMEM if the library has no SHA-1 to give.
 */
int hba_generate(struct hba_set *out, const uint8_t (*prefixes)[8], unsigned count, unsigned sec,
		 const uint8_t modifier[static HBA_MODIFIER_LEN],
		 const uint8_t nonce[static HBA_NONCE_LEN], unsigned collision_count);

/* The same, with somebody else to do the search; its error is passed on. */
int hba_generate_by(cga_searcher *searcher, void *context, struct hba_set *out,
		    const uint8_t (*prefixes)[8], unsigned count, unsigned sec,
		    const uint8_t modifier[static HBA_MODIFIER_LEN],
		    const uint8_t nonce[static HBA_NONCE_LEN], unsigned collision_count);

/*
 * The Multi-Prefix extension, RFC 5535 5, for cga_generate() with a real key
 * (has_key, the P bit): that gives the set's first address, and
 * cga_address_make() the others, each prefix in its turn put in octets 16-23.
 * 0 or -ENOSPC.
 */
int hba_extension_emit(const uint8_t (*prefixes)[8], unsigned count, bool has_key,
		       struct wbuf *w);

/*
 * Does addr belong to the set that pds, of any member, describes? RFC 5535
 * 7.2. Says nothing about who owns the key. 0; -EBADMSG if pds is malformed;
 * -EKEYREJECTED if addr does not belong; -ENOTSUP for Sec 3 to 7, once
 * everything before Sec agrees; -ENOMEM.
 */
int hba_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len);

#endif
