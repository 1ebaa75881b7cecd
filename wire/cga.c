/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CGA Parameters Data Structure of RFC 3972 3 with its extensions, RFC
 * 4581, and the addresses that come from it, RFC 3972 4 and 5.
 */
#include "wire/cga_search.h"

#include <errno.h>
#include <openssl/evp.h>

enum {
	MIDDLE_LEN = CGA_KEY_AT - CGA_PREFIX_AT, /* Subnet Prefix and Collision Count */
	SHA1_LEN = 20,
	DER_SEQUENCE = 0x30,
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

const uint8_t *cga_key_take(struct rbuf *r, size_t *len)
{
	size_t start = r->off;

	if (rbuf_u8(r) != DER_SEQUENCE)
		r->bad = true;
	rbuf_take(r, der_length(r));
	if (r->bad)
		return NULL;
	*len = r->off - start;
	return r->data + start;
}

bool cga_extension_next(struct rbuf *r, struct cga_extension *out)
{
	struct cga_extension e;

	if (rbuf_left(r) == 0)
		return false;
	e.type = rbuf_u16(r);
	e.len = rbuf_u16(r);
	e.data = rbuf_take(r, e.len);
	if (r->bad)
		return false;
	*out = e;
	return true;
}

/* RFC 5535 5. A second one is no extension of the first: which of them would
 * be the set? No RFC says so; our reading is that there is none. */
static int multi_prefix_parse(struct cga_params *p, const struct cga_extension *e)
{
	struct rbuf r = rbuf_of(e->data, e->len);

	if (p->prefixes || e->len % CGA_PREFIX_LEN != 4)
		return -EBADMSG;
	p->prefixes_flag = rbuf_u32(&r) >> 31;
	p->prefix_count = rbuf_left(&r) / CGA_PREFIX_LEN;
	p->prefixes = rbuf_take(&r, rbuf_left(&r));
	return 0;
}

int cga_params_parse(struct cga_params *out, const uint8_t *pds, size_t len)
{
	struct rbuf r = rbuf_of(pds, len);
	struct cga_params p = { 0 };
	struct cga_extension e;

	rbuf_copy(&r, p.modifier, sizeof(p.modifier));
	rbuf_copy(&r, p.prefix, sizeof(p.prefix));
	p.collision_count = rbuf_u8(&r);
	p.key = cga_key_take(&r, &p.key_len);
	if (!p.key)
		return -EBADMSG;
	p.extensions = pds + r.off;
	p.extensions_len = rbuf_left(&r);
	while (cga_extension_next(&r, &e))
		if (e.type == CGA_MULTI_PREFIX && multi_prefix_parse(&p, &e))
			return -EBADMSG;
	if (r.bad)
		return -EBADMSG;
	*out = p;
	return 0;
}

int cga_params_emit(const struct cga_params *p, struct wbuf *w)
{
	wbuf_copy(w, p->modifier, sizeof(p->modifier));
	wbuf_copy(w, p->prefix, sizeof(p->prefix));
	wbuf_u8(w, p->collision_count);
	wbuf_copy(w, p->key, p->key_len);
	wbuf_copy(w, p->extensions, p->extensions_len);
	return w->bad ? -ENOSPC : 0;
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
	    !EVP_DigestUpdate(ctx, pds, CGA_MODIFIER_LEN) ||
	    !EVP_DigestUpdate(ctx, middle, MIDDLE_LEN) ||
	    !EVP_DigestUpdate(ctx, pds + CGA_KEY_AT, len - CGA_KEY_AT) ||
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

/* --- making an address --------------------------------------------------- */

int cga_address_make(struct in6_addr *addr, const uint8_t *pds, size_t len, unsigned sec)
{
	EVP_MD_CTX *ctx = sha1_open();
	uint8_t hash1[SHA1_LEN];
	int rc = ctx ? pds_hash(ctx, pds, len, pds + CGA_PREFIX_AT, hash1) : -ENOMEM;

	EVP_MD_CTX_free(ctx);
	if (rc)
		return rc;
	memcpy(addr->s6_addr, pds + CGA_PREFIX_AT, CGA_PREFIX_LEN);
	memcpy(addr->s6_addr + CGA_PREFIX_LEN, hash1, 8);
	addr->s6_addr[CGA_PREFIX_LEN] = (uint8_t)((hash1[0] & HASH1_BITS) | sec << 5);
	return 0;
}

/* Steps 2 and 3: the structure gets the modifier that is hard enough. */
static int modifier_search(cga_searcher *searcher, void *context, uint8_t *pds, size_t len,
			   unsigned sec, uint64_t *steps)
{
	struct cga_search search;
	int rc = cga_search_open(&search, pds, len, sec);

	if (rc == 0)
		rc = searcher(context, &search, steps);
	if (rc == 0)
		cga_modifier_add(pds, *steps);
	return rc;
}

int cga_generate_by(cga_searcher *searcher, void *context, struct in6_addr *addr, struct wbuf *pds,
		    const struct cga_params *start, unsigned sec, uint64_t *steps)
{
	size_t from = pds->len, len;
	uint64_t count;
	int rc;

	if (sec > CGA_SEC_MAX || start->collision_count > CGA_COLLISIONS_MAX)
		return -EINVAL;
	rc = cga_params_emit(start, pds);
	len = pds->len - from;
	if (rc == 0)
		rc = modifier_search(searcher, context, pds->data + from, len, sec, &count);
	if (rc == 0)
		rc = cga_address_make(addr, pds->data + from, len, sec);
	if (rc)
		pds->len = from;
	else if (steps)
		*steps = count;
	return rc;
}

int cga_generate(struct in6_addr *addr, struct wbuf *pds, const struct cga_params *start,
		 unsigned sec, uint64_t *steps)
{
	return cga_generate_by(cga_search_alone, NULL, addr, pds, start, sec, steps);
}

/* --- proving an address -------------------------------------------------- */

/* RFC 3972 5, but for step 2: the prefix hashed is the address's own. */
static int hashes_verify(EVP_MD_CTX *ctx, const struct in6_addr *addr, const struct cga_params *p,
			 const uint8_t *pds, size_t len)
{
	const uint8_t *identifier = addr->s6_addr + CGA_PREFIX_LEN;
	unsigned sec = identifier[0] >> 5;
	uint8_t middle[MIDDLE_LEN], hash[SHA1_LEN];
	int rc;

	if (p->collision_count > CGA_COLLISIONS_MAX)
		return -EKEYREJECTED;
	memcpy(middle, addr->s6_addr, CGA_PREFIX_LEN);
	middle[CGA_PREFIX_LEN] = p->collision_count;
	rc = pds_hash(ctx, pds, len, middle, hash);
	if (rc)
		return rc;
	if (!hash1_agrees(hash, identifier))
		return -EKEYREJECTED;

	if (sec > CGA_SEC_MAX)
		return -ENOTSUP;
	if (sec == 0) /* nothing is asked of Hash2 */
		return 0;
	rc = pds_hash(ctx, pds, len, nine_zeros, hash);
	if (rc)
		return rc;
	return hash2_suffices(hash, sec) ? 0 : -EKEYREJECTED;
}

int cga_verify_elsewhere(const struct in6_addr *addr, const uint8_t *pds, size_t len)
{
	struct cga_params p;
	EVP_MD_CTX *ctx;
	int rc = cga_params_parse(&p, pds, len);

	if (rc)
		return rc;
	ctx = sha1_open();
	rc = ctx ? hashes_verify(ctx, addr, &p, pds, len) : -ENOMEM;
	EVP_MD_CTX_free(ctx);
	return rc;
}

int cga_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len)
{
	struct cga_params p;
	int rc = cga_params_parse(&p, pds, len);

	if (rc)
		return rc;
	if (memcmp(addr->s6_addr, p.prefix, CGA_PREFIX_LEN) != 0)
		return -EKEYREJECTED;
	return cga_verify_elsewhere(addr, pds, len);
}
