/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of hash-based addresses, RFC 5535 5 to 7. */
#include "wire/hba.h"

#include <assert.h>
#include <errno.h>

enum {
	DER_SEQUENCE = 0x30,
	DER_BIT_STRING = 0x03,
	DER_INTEGER = 0x02,
};

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

int hba_extension_emit(const uint8_t (*prefixes)[8], unsigned count, bool has_key,
		       struct wbuf *w)
{
	wbuf_u16(w, CGA_MULTI_PREFIX);
	wbuf_u16(w, (uint16_t)(4 + CGA_PREFIX_LEN * count));
	wbuf_u32(w, has_key ? UINT32_C(1) << 31 : 0);
	wbuf_copy(w, prefixes, CGA_PREFIX_LEN * (size_t)count);
	return w->bad ? -ENOSPC : 0;
}

/* Step 6: an address for each prefix, over the structure as it would be for it. */
static int addresses_make(struct hba_set *set, const uint8_t (*prefixes)[8])
{
	uint8_t pds[HBA_PDS_MAX];
	int rc = 0;

	memcpy(pds, set->pds, set->pds_len);
	for (unsigned i = 0; rc == 0 && i < set->count; i++) {
		memcpy(pds + CGA_PREFIX_AT, prefixes[i], CGA_PREFIX_LEN);
		rc = cga_address_make(&set->addr[i], pds, set->pds_len, set->sec);
	}
	return rc;
}

int hba_generate_by(cga_searcher *searcher, void *context, struct hba_set *out,
		    const uint8_t (*prefixes)[8], unsigned count, unsigned sec,
		    const uint8_t modifier[static HBA_MODIFIER_LEN],
		    const uint8_t nonce[static HBA_NONCE_LEN], unsigned collision_count)
{
	struct hba_set set = { .count = count, .sec = sec };
	uint8_t octets[HBA_KEY_MAX + 8 + CGA_PREFIX_LEN * HBA_PREFIXES_MAX];
	struct wbuf key = wbuf_of(octets, sizeof(octets)), pds = wbuf_of(set.pds, sizeof(set.pds));
	struct cga_params start = { .key = octets };
	int rc;

	if (count < 1 || count > HBA_PREFIXES_MAX || collision_count > CGA_COLLISIONS_MAX)
		return -EINVAL;
	nonce_emit(nonce, &key);
	start.key_len = key.len;
	start.extensions = octets + key.len;
	hba_extension_emit(prefixes, count, false, &key);
	start.extensions_len = key.len - start.key_len;
	assert(!key.bad);
	memcpy(start.modifier, modifier, sizeof(start.modifier));
	memcpy(start.prefix, prefixes[0], sizeof(start.prefix));
	start.collision_count = (uint8_t)collision_count;

	rc = cga_generate_by(searcher, context, &set.addr[0], &pds, &start, sec, &set.steps);
	set.pds_len = pds.len;
	if (rc == 0)
		rc = addresses_make(&set, prefixes);
	if (rc == 0)
		*out = set;
	return rc;
}

int hba_generate(struct hba_set *out, const uint8_t (*prefixes)[8], unsigned count, unsigned sec,
		 const uint8_t modifier[static HBA_MODIFIER_LEN],
		 const uint8_t nonce[static HBA_NONCE_LEN], unsigned collision_count)
{
	return hba_generate_by(cga_search_alone, NULL, out, prefixes, count, sec, modifier, nonce,
			       collision_count);
}

/* --- proving an address -------------------------------------------------- */

int hba_verify(const struct in6_addr *addr, const uint8_t *pds, size_t len)
{
	struct cga_params p;
	int rc = cga_params_parse(&p, pds, len);

	if (rc)
		return rc;
	for (size_t i = 0; i < p.prefix_count; i++)
		if (memcmp(addr->s6_addr, p.prefixes + i * CGA_PREFIX_LEN, CGA_PREFIX_LEN) == 0)
			return cga_verify_elsewhere(addr, pds, len);
	return -EKEYREJECTED;
}
