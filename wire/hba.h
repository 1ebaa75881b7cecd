/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash-based addresses (RFC 5535) and the CGA Parameters Data Structure
 * (RFC 3972 3): making a set, and proving that an address belongs to one.
 * No state and no randomness of its own.
 */
#ifndef WIRE_HBA_H
#define WIRE_HBA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HBA_PREFIXES_MAX = 32,
	HBA_MODIFIER_LEN = 16,
	HBA_NONCE_LEN = 48, /* the 384-bit Extended Modifier, RFC 5535 6 */
	HBA_SEC_MAX = 2,    /* RFC 4982: no procedure is registered beyond */
	HBA_PDS_MAX = 25 + 78 + 8 + 8 * HBA_PREFIXES_MAX,
};

/* An RFC 3972 parameters structure, unpacked; pointers borrow from it. */
struct cga_params {
	uint8_t modifier[HBA_MODIFIER_LEN];
	uint8_t prefix[8];
	uint8_t collision_count;   /* as received; above 2 nothing verifies */
	const uint8_t *key;        /* DER SubjectPublicKeyInfo */
	size_t key_len;
	const uint8_t *extensions; /* TLVs back to back */
	size_t extensions_len;
	const uint8_t *prefixes;   /* of the Multi-Prefix extension, 8 octets each;
	                            * NULL: no such extension */
	size_t prefix_count;
	bool prefixes_flag;        /* its P bit, RFC 5535 5: the key is a real one */
};

/*
 * Takes the structure apart; what is inside the key is not looked at, and
 * extensions other than Multi-Prefix are only stepped over.
 * 0; -EBADMSG if a length leaves the structure or isn't DER, if the key is no
 * SEQUENCE, or if the Multi-Prefix extension isn't of 4 + 8n octets or is
 * there twice.
 */
int cga_params_parse(struct cga_params *out, const uint8_t *pds, size_t len);

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
 * same for the whole set, so one collision makes all addresses anew.
 *
 * The work is 2^(16 Sec) hashes of SHA-1 on average: none to speak of for
 * Sec 0, a blink for 1, hours for 2.
 *
 * -EINVAL for count (1 to HBA_PREFIXES_MAX), sec or collision_count (0 to 2)
 * out of range; -ENOMEM if the library has no SHA-1 to give.
 */
int hba_generate(struct hba_set *out, const uint8_t (*prefixes)[8], unsigned count, unsigned sec,
		 const uint8_t modifier[static HBA_MODIFIER_LEN],
		 const uint8_t nonce[static HBA_NONCE_LEN], unsigned collision_count);

/*
 * Does addr belong to the set that pds, of any member, describes? RFC 5535
 * 7.2. Says nothing about who owns the key. 0; -EBADMSG if pds is malformed;
 * -EKEYREJECTED if addr does not belong; -ENOTSUP for Sec 3 to 7, once
 * everything before Sec agrees; -ENOMEM.
 */
int hba_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len);

/* Is addr the address that pds makes? RFC 3972 5. Errors as above. */
int cga_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len);

#endif
