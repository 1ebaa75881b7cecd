/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cryptographically generated addresses (RFC 3972): the parameters structure,
 * making an address from one, proving that an address comes from one, and the
 * signature over a Locator List (RFC 5533 5.15.5). No state and no randomness
 * of its own.
 *
 * Hash1 and Hash2 are SHA-1, for that is what RFC 4982 6 registers for Sec 0, 1
 * and 2; other hashes would come with other values of Sec, never beside them.
 */
#ifndef WIRE_CGA_H
#define WIRE_CGA_H

#include "wire/cursor.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CGA_MODIFIER_LEN = 16,
	CGA_PREFIX_LEN = 8,
	CGA_PREFIX_AT = 16,     /* in the structure, RFC 3972 3 */
	CGA_COUNT_AT = 24,
	CGA_KEY_AT = 25,
	CGA_COLLISIONS_MAX = 2,
	CGA_SEC_MAX = 2,        /* RFC 4982: no procedure is registered beyond */
	CGA_KEY_BITS_MIN = 1024, /* of RSA in Shim6, RFC 5533 16 */
	CGA_MULTI_PREFIX = 0x0012, /* type of an extension, RFC 5535 11 */
};

/* --- the structure ------------------------------------------------------- */

/* An RFC 3972 parameters structure, unpacked; pointers borrow from it. */
struct cga_params {
	uint8_t modifier[CGA_MODIFIER_LEN];
	uint8_t prefix[CGA_PREFIX_LEN];
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

/* The way back: modifier, prefix, count, key and extensions, as they stand.
 * 0 or -ENOSPC. */
int cga_params_emit(const struct cga_params *p, struct wbuf *w);

/* The next extension, RFC 4581. */
struct cga_extension {
	uint16_t type;
	uint16_t len;        /* of data, in octets */
	const uint8_t *data; /* borrowed */
};

/* true; false at the end or when the rest is no extension (then r->bad is set). */
bool cga_extension_next(struct rbuf *r, struct cga_extension *out);

/* The key at the cursor: a DER SEQUENCE, whose length ends the field. Borrowed;
 * NULL and r->bad if there is none. */
const uint8_t *cga_key_take(struct rbuf *r, size_t *len);

/* --- addresses ----------------------------------------------------------- */

/*
 * An address and its parameters structure, RFC 3972 4. start: a random
 * modifier, the prefix, 0 or what duplicate detection demands for a collision
 * count, the key, and extensions, which may be none. The structure is appended
 * to pds, with the modifier that suffices; steps (may be NULL) counts those
 * tried beyond the first.
 *
 * The work is 2^(16 Sec) hashes on average: none to speak of for Sec 0, a
 * blink for 1, minutes for 2; cga_generate_by() of wire/cga_search.h divides it.
 *
 * 0; -EINVAL for sec or collision_count (0 to 2) out of range; -ENOSPC;
 * -ENOMEM if the library has no SHA-1 to give.
 */
int cga_generate(struct in6_addr *addr, struct wbuf *pds, const struct cga_params *start,
		 unsigned sec, uint64_t *steps);

/* Steps 5 and 6 alone: the address that a finished structure, of len >=
 * CGA_KEY_AT octets, makes with its own prefix. 0 or -ENOMEM. */
int cga_address_make(struct in6_addr *addr, const uint8_t *pds, size_t len, unsigned sec);

/* Is addr the address that pds makes? RFC 3972 5. 0; -EBADMSG if pds is
 * malformed; -EKEYREJECTED if not; -ENOTSUP for Sec 3 to 7, once everything
 * before Sec agrees; -ENOMEM. */
int cga_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len);

/* The same but for the prefix, which need not be the structure's: with it
 * an address is hashed by its own (RFC 5535 7.2). */
int cga_verify_elsewhere(const struct in6_addr *addr, const uint8_t *pds, size_t len);

/* --- signatures ---------------------------------------------------------- */

struct shim6_locator_list;

/*
 * Is this the signature of pds's key, RFC 5533 5.15.5, over those of the list
 * that have the method CGA? RSASSA-PKCS1-v1_5 with SHA-1, RFC 3972 6.
 *
 * It proves nothing by itself: RFC 3972 6 accepts a signature only if the ULID
 * is the CGA of pds, too (cga_verify(), or hba_verify() for one that is both).
 *
 * 0; -EBADMSG if pds is malformed; -EKEYREJECTED if the signature does not
 * verify, if the key is none (P = 0, RFC 5535 5), not RSA, or of less than
 * CGA_KEY_BITS_MIN bits; -EINVAL for a list of too many; -ENOMEM.
 */
int cga_signature_verify(const uint8_t *pds, size_t pds_len,
			 const struct shim6_locator_list *list, const uint8_t *signature,
			 size_t signature_len);

/* The content of a CGA Signature option for a list. key: DER of an RSA private
 * key, PKCS #8 or #1. 0; -EBADMSG if it isn't; -EKEYREJECTED if it is shorter
 * than above; -EINVAL for a list of too many; -ENOSPC; -ENOMEM. */
int cga_sign(const struct shim6_locator_list *list, const uint8_t *key, size_t key_len,
	     struct wbuf *signature);

#endif
