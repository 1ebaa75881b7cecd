/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash-based addresses, RFC 5535 5 to 7, on the CGA Parameters Data Structure
 * of RFC 3972 3. Offsets in one: Modifier 0, Subnet Prefix 16, Collision
 * Count 24, Public Key 25, extensions behind the key.
 */
#include "wire/hba.h"
#include "wire/cursor.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>

enum {
	PREFIX_AT = 16,
	KEY_AT = 25,
	PREFIX_LEN = 8,
	MIDDLE_LEN = KEY_AT - PREFIX_AT, /* Subnet Prefix and Collision Count */
	SHA1_LEN = 20,
	COLLISIONS_MAX = 2,
	EXTENSION_MULTI_PREFIX = 0x0012, /* RFC 5535 11 */
	DER_SEQUENCE = 0x30,
	DER_BIT_STRING = 0x03,
	DER_INTEGER = 0x02,
};

/* --- the structure ------------------------------------------------------- */

/* The length of a DER value: one octet, or 0x81 or 0x82 and as many octets
 * as it takes, no more. */
static size_t der_length(struct rbuf *r)
{
	uint8_t first = rbuf_u8(r);
	size_t octets = first & 0x7f, length;

	if (first < 0x80)
		return first;
	if (octets < 1 || octets > 2) {
		r->bad = true;
		return 0;
	}
	length = rbuf_uint(r, octets);
	if (length < (octets == 1 ? 0x80 : 0x100))
		r->bad = true;
	return length;
}

/* RFC 5535 5. A second one is no extension of the first: which of them would
 * be the set? No RFC says so; our reading is that there is none. */
static int multi_prefix_parse(struct cga_params *p, struct rbuf *r)
{
	if (p->prefixes || rbuf_left(r) % PREFIX_LEN != 4)
		return -EBADMSG;
	p->prefixes_flag = rbuf_u32(r) >> 31;
	p->prefix_count = rbuf_left(r) / PREFIX_LEN;
	p->prefixes = rbuf_take(r, rbuf_left(r));
	return 0;
}

static int extensions_parse(struct cga_params *p, struct rbuf *r)
{
	while (rbuf_left(r)) {
		uint16_t type = rbuf_u16(r);
		uint16_t len = rbuf_u16(r);
		struct rbuf body = rbuf_carve(r, len);

		if (r->bad)
			return -EBADMSG;
		if (type == EXTENSION_MULTI_PREFIX && multi_prefix_parse(p, &body))
			return -EBADMSG;
	}
	return 0;
}

int cga_params_parse(struct cga_params *out, const uint8_t *pds, size_t len)
{
	struct rbuf r = rbuf_of(pds, len);
	struct cga_params p = { 0 };

	rbuf_copy(&r, p.modifier, sizeof(p.modifier));
	rbuf_copy(&r, p.prefix, sizeof(p.prefix));
	p.collision_count = rbuf_u8(&r);
	if (rbuf_u8(&r) != DER_SEQUENCE)
		return -EBADMSG;
	rbuf_take(&r, der_length(&r));
	if (r.bad)
		return -EBADMSG;
	p.key = pds + KEY_AT;
	p.key_len = r.off - KEY_AT;
	p.extensions = pds + r.off;
	p.extensions_len = rbuf_left(&r);
	if (extensions_parse(&p, &r))
		return -EBADMSG;
	*out = p;
	return 0;
}

/* --- hashes -------------------------------------------------------------- */

static EVP_MD_CTX *sha1_open(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx && !EVP_DigestInit_ex(ctx, EVP_sha1(), NULL)) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

/*
 * SHA-1 of a parameters structure with other octets in its middle: a prefix
 * and a collision count make Hash1 (RFC 3972 3), nine zeros make Hash2. The
 * context keeps its digest; to name SHA-1 each time costs more than the hash.
 */
static int pds_hash(EVP_MD_CTX *ctx, const uint8_t *pds, size_t len,
		    const uint8_t middle[static MIDDLE_LEN], uint8_t hash[static SHA1_LEN])
{
	if (!EVP_DigestInit_ex(ctx, NULL, NULL) ||
	    !EVP_DigestUpdate(ctx, pds, HBA_MODIFIER_LEN) ||
	    !EVP_DigestUpdate(ctx, middle, MIDDLE_LEN) ||
	    !EVP_DigestUpdate(ctx, pds + KEY_AT, len - KEY_AT) ||
	    !EVP_DigestFinal_ex(ctx, hash, NULL))
		return -ENOMEM;
	return 0;
}

static const uint8_t nine_zeros[MIDDLE_LEN];

/* The first 16 * Sec bits of Hash2 are zero, RFC 3972 4 and RFC 4982 5. */
static bool hash2_suffices(const uint8_t *hash2, unsigned sec)
{
	return memcmp(hash2, nine_zeros, 2 * (size_t)sec) == 0;
}

/* The bits of an identifier's first octet that Hash1 gives; the others are Sec
 * (0xe0), u and g (0x03). RFC 3972 2: Mask1. */
#define HASH1_BITS 0x1c

static bool hash1_agrees(const uint8_t *hash1, const uint8_t *identifier)
{
	return ((hash1[0] ^ identifier[0]) & HASH1_BITS) == 0 &&
	       memcmp(hash1 + 1, identifier + 1, 7) == 0;
}

/* --- making a set -------------------------------------------------------- */

/*
 * The 384 bits as the modulus of an RSA SubjectPublicKeyInfo, RFC 5535 6. An
 * INTEGER has no leading zero octets, but one when its top bit would make it
 * negative. The exponent is nobody's choice but ours: 65537.
 */
static void nonce_emit(const uint8_t *nonce, struct wbuf *w)
{
	static const uint8_t rsa_encryption[] = { DER_SEQUENCE, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86,
						  0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0 };
	static const uint8_t exponent[] = { DER_INTEGER, 3, 0x01, 0x00, 0x01 };
	size_t zeros = 0, sign, modulus, rsa_key, bits;

	while (zeros < HBA_NONCE_LEN - 1 && nonce[zeros] == 0)
		zeros++;
	sign = nonce[zeros] >> 7;
	modulus = sign + HBA_NONCE_LEN - zeros;
	rsa_key = 2 + modulus + sizeof(exponent);
	bits = 1 + 2 + rsa_key;

	wbuf_u8(w, DER_SEQUENCE);
	wbuf_u8(w, (uint8_t)(sizeof(rsa_encryption) + 2 + bits));
	wbuf_copy(w, rsa_encryption, sizeof(rsa_encryption));
	wbuf_u8(w, DER_BIT_STRING);
	wbuf_u8(w, (uint8_t)bits);
	wbuf_u8(w, 0); /* unused bits */
	wbuf_u8(w, DER_SEQUENCE);
	wbuf_u8(w, (uint8_t)rsa_key);
	wbuf_u8(w, DER_INTEGER);
	wbuf_u8(w, (uint8_t)modulus);
	wbuf_zero(w, sign);
	wbuf_copy(w, nonce + zeros, HBA_NONCE_LEN - zeros);
	wbuf_copy(w, exponent, sizeof(exponent));
}

/* The Multi-Prefix extension with P = 0, RFC 5535 5. */
static void prefixes_emit(const uint8_t (*prefixes)[PREFIX_LEN], unsigned count, struct wbuf *w)
{
	wbuf_u16(w, EXTENSION_MULTI_PREFIX);
	wbuf_u16(w, (uint16_t)(4 + PREFIX_LEN * count));
	wbuf_u32(w, 0);
	wbuf_copy(w, prefixes, PREFIX_LEN * (size_t)count);
}

/* One more, as a number of 128 bits. */
static void modifier_increment(uint8_t *modifier)
{
	for (int i = HBA_MODIFIER_LEN - 1; i >= 0; i--)
		if (++modifier[i] != 0)
			return;
}

/* Steps 3 and 4: count the modifier up until Hash2 is hard enough. */
static int modifier_search(EVP_MD_CTX *ctx, struct hba_set *set)
{
	uint8_t hash2[SHA1_LEN];

	for (;; set->steps++) {
		int rc = pds_hash(ctx, set->pds, set->pds_len, nine_zeros, hash2);

		if (rc || hash2_suffices(hash2, set->sec))
			return rc;
		modifier_increment(set->pds);
	}
}

/* Step 6, for one prefix. */
static int address_make(EVP_MD_CTX *ctx, struct hba_set *set, const uint8_t *prefix,
			unsigned collision_count, struct in6_addr *addr)
{
	uint8_t middle[MIDDLE_LEN], hash1[SHA1_LEN];
	int rc;

	memcpy(middle, prefix, PREFIX_LEN);
	middle[PREFIX_LEN] = (uint8_t)collision_count;
	rc = pds_hash(ctx, set->pds, set->pds_len, middle, hash1);
	if (rc)
		return rc;
	memcpy(addr->s6_addr, prefix, PREFIX_LEN);
	memcpy(addr->s6_addr + PREFIX_LEN, hash1, 8);
	addr->s6_addr[PREFIX_LEN] = (uint8_t)((hash1[0] & HASH1_BITS) | set->sec << 5);
	return 0;
}

int hba_generate(struct hba_set *out, const uint8_t (*prefixes)[8], unsigned count, unsigned sec,
		 const uint8_t modifier[static HBA_MODIFIER_LEN],
		 const uint8_t nonce[static HBA_NONCE_LEN], unsigned collision_count)
{
	struct hba_set set = { .count = count, .sec = sec };
	struct wbuf w = wbuf_of(set.pds, sizeof(set.pds));
	EVP_MD_CTX *ctx;
	int rc;

	if (count < 1 || count > HBA_PREFIXES_MAX || sec > HBA_SEC_MAX ||
	    collision_count > COLLISIONS_MAX)
		return -EINVAL;
	wbuf_copy(&w, modifier, HBA_MODIFIER_LEN);
	wbuf_copy(&w, prefixes[0], PREFIX_LEN);
	wbuf_u8(&w, (uint8_t)collision_count);
	nonce_emit(nonce, &w);
	prefixes_emit(prefixes, count, &w);
	assert(!w.bad);
	set.pds_len = w.len;

	ctx = sha1_open();
	if (!ctx)
		return -ENOMEM;
	rc = modifier_search(ctx, &set);
	for (unsigned i = 0; rc == 0 && i < count; i++)
		rc = address_make(ctx, &set, prefixes[i], collision_count, &set.addr[i]);
	EVP_MD_CTX_free(ctx);
	if (rc == 0)
		*out = set;
	return rc;
}

/* --- proving an address -------------------------------------------------- */

/* RFC 3972 5, but for step 2: the prefix hashed is the address's own. */
static int hashes_verify(EVP_MD_CTX *ctx, const struct in6_addr *addr, const struct cga_params *p,
			 const uint8_t *pds, size_t len)
{
	const uint8_t *identifier = addr->s6_addr + PREFIX_LEN;
	unsigned sec = identifier[0] >> 5;
	uint8_t middle[MIDDLE_LEN], hash[SHA1_LEN];
	int rc;

	if (p->collision_count > COLLISIONS_MAX)
		return -EKEYREJECTED;
	memcpy(middle, addr->s6_addr, PREFIX_LEN);
	middle[PREFIX_LEN] = p->collision_count;
	rc = pds_hash(ctx, pds, len, middle, hash);
	if (rc)
		return rc;
	if (!hash1_agrees(hash, identifier))
		return -EKEYREJECTED;

	if (sec > HBA_SEC_MAX)
		return -ENOTSUP;
	rc = pds_hash(ctx, pds, len, nine_zeros, hash);
	if (rc)
		return rc;
	return hash2_suffices(hash, sec) ? 0 : -EKEYREJECTED;
}

static int address_verify(const struct in6_addr *addr, const struct cga_params *p,
			  const uint8_t *pds, size_t len)
{
	EVP_MD_CTX *ctx = sha1_open();
	int rc = ctx ? hashes_verify(ctx, addr, p, pds, len) : -ENOMEM;

	EVP_MD_CTX_free(ctx);
	return rc;
}

int hba_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len)
{
	struct cga_params p;
	int rc = cga_params_parse(&p, pds, len);

	if (rc)
		return rc;
	for (size_t i = 0; i < p.prefix_count; i++)
		if (memcmp(addr->s6_addr, p.prefixes + i * PREFIX_LEN, PREFIX_LEN) == 0)
			return address_verify(addr, &p, pds, len);
	return -EKEYREJECTED;
}

int cga_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len)
{
	struct cga_params p;
	int rc = cga_params_parse(&p, pds, len);

	if (rc)
		return rc;
	if (memcmp(addr->s6_addr, p.prefix, PREFIX_LEN) != 0)
		return -EKEYREJECTED;
	return address_verify(addr, &p, pds, len);
}
