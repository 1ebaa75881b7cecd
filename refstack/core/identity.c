/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and their proof; see identity.h. */
#include "refstack/core/identity.h"
#include "wire/cga_search.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

static bool has_key(const struct shim_config *cfg)
{
	return cfg->kind != SHIM_HBA;
}

static cga_searcher *searcher(const struct shim_config *cfg)
{
	return cfg->search ? cfg->search : cga_search_alone;
}

static bool is_twice(const uint8_t (*prefix)[8], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < i; k++)
			if (!memcmp(prefix[i], prefix[k], 8))
				return true;
	return false;
}

/* The public half of the key as RFC 3972 3 has it in a PDS: a DER
 * SubjectPublicKeyInfo, to be freed with OPENSSL_free(). */
static int public_key(const struct shim_config *cfg, uint8_t **der, size_t *len)
{
	const uint8_t *at = cfg->key;
	EVP_PKEY *key;
	int n = 0;

	*der = NULL;
	ERR_set_mark(); /* what is refused here is nobody else's trouble */
	key = d2i_AutoPrivateKey(NULL, &at, (long)cfg->key_len);
	if (key && EVP_PKEY_base_id(key) == EVP_PKEY_RSA &&
	    EVP_PKEY_bits(key) >= CGA_KEY_BITS_MIN &&
	    EVP_PKEY_bits(key) <= 8 * IDENTITY_SIGNATURE_MAX)
		n = i2d_PUBKEY(key, der);
	EVP_PKEY_free(key);
	ERR_pop_to_mark();
	*len = n > 0 ? (size_t)n : 0;
	return n > 0 ? 0 : -EINVAL;
}

/* The addresses that one PDS makes with each prefix in its turn. */
static int make_addresses(const struct identity *identity, struct in6_addr *addr,
			  const uint8_t (*prefix)[8], unsigned count, unsigned sec)
{
	uint8_t pds[IDENTITY_PDS_MAX];
	int err = 0;

	memcpy(pds, identity->pds, identity->pds_len);
	for (unsigned i = 0; i < count && !err; i++) {
		memcpy(pds + CGA_PREFIX_AT, prefix[i], CGA_PREFIX_LEN);
		err = cga_address_make(&addr[i], pds, identity->pds_len, sec);
	}
	return err;
}

/* RFC 3972 4; with the Multi-Prefix extension, RFC 5535 6. A modifier serves
 * all prefixes, since it is looked for without one. */
static int make_with_key(struct identity *out, struct in6_addr *addr, const uint8_t (*prefix)[8],
			 unsigned count, const struct shim_config *cfg,
			 struct random_source *random)
{
	uint8_t extension[8 + 8 * HBA_PREFIXES_MAX];
	struct wbuf ext = wbuf_of(extension, sizeof(extension));
	struct wbuf pds = wbuf_of(out->pds, sizeof(out->pds));
	struct cga_params start = { .collision_count = (uint8_t)cfg->collisions };
	uint8_t *key;
	int err = public_key(cfg, &key, &start.key_len);

	if (err)
		return err;
	random_octets(random, start.modifier, sizeof(start.modifier));
	memcpy(start.prefix, prefix[0], sizeof(start.prefix));
	start.key = key;
	if (cfg->kind == SHIM_HBA_CGA)
		err = hba_extension_emit(prefix, count, true, &ext);
	start.extensions = extension;
	start.extensions_len = ext.len;
	if (!err)
		err = cga_generate_by(searcher(cfg), cfg->search_ctx, &addr[0], &pds, &start,
				      cfg->hba_sec, NULL);
	OPENSSL_free(key);
	out->pds_len = pds.len;
	return err ? err : make_addresses(out, addr, prefix, count, cfg->hba_sec);
}

static int make_hba(struct identity *out, struct in6_addr *addr, const uint8_t (*prefix)[8],
		    unsigned count, const struct shim_config *cfg, struct random_source *random)
{
	uint8_t modifier[HBA_MODIFIER_LEN], nonce[HBA_NONCE_LEN];
	struct hba_set set;
	int err;

	random_octets(random, modifier, sizeof(modifier));
	random_octets(random, nonce, sizeof(nonce));
	err = hba_generate_by(searcher(cfg), cfg->search_ctx, &set, prefix, count, cfg->hba_sec,
			      modifier, nonce, cfg->collisions);
	if (err)
		return err;
	memcpy(addr, set.addr, count * sizeof(*addr));
	memcpy(out->pds, set.pds, set.pds_len);
	out->pds_len = set.pds_len;
	return 0;
}

int identity_make(struct identity *out, struct in6_addr *addr, const uint8_t (*prefix)[8],
		  unsigned count, const struct shim_config *cfg, struct random_source *random)
{
	int err;

	*out = (struct identity){ .kind = cfg->kind };
	if (count < 1 || count > HBA_PREFIXES_MAX || is_twice(prefix, count) ||
	    has_key(cfg) != (cfg->key_len > 0))
		return -EINVAL;
	err = (has_key(cfg) ? make_with_key : make_hba)(out, addr, prefix, count, cfg, random);
	if (err)
		return err;
	out->count = count;
	memcpy(out->addr, addr, count * sizeof(*addr));
	if (!has_key(cfg))
		return 0;
	out->key = malloc(cfg->key_len);
	if (!out->key)
		return -ENOMEM;
	memcpy(out->key, cfg->key, cfg->key_len);
	out->key_len = cfg->key_len;
	return 0;
}

void identity_free(struct identity *identity)
{
	if (identity->key)
		OPENSSL_cleanse(identity->key, identity->key_len);
	free(identity->key);
	identity->key = NULL;
}

uint8_t identity_method(const struct identity *identity)
{
	return identity->kind == SHIM_CGA ? SHIM6_METHOD_CGA : SHIM6_METHOD_HBA;
}

bool identity_proves(const struct identity *identity, const struct in6_addr *ulid)
{
	for (unsigned i = 0; i < identity->count; i++)
		if (IN6_ARE_ADDR_EQUAL(&identity->addr[i], ulid))
			return true;
	return false;
}

struct span identity_pds(const struct identity *identity, const struct in6_addr *ulid,
			 uint8_t *out)
{
	memcpy(out, identity->pds, identity->pds_len);
	memcpy(out + CGA_PREFIX_AT, ulid, CGA_PREFIX_LEN);
	return (struct span){ out, identity->pds_len };
}

struct span identity_sign(const struct identity *identity, const struct shim6_locator_list *list,
			  uint8_t *out)
{
	struct wbuf w = wbuf_of(out, IDENTITY_SIGNATURE_MAX);
	bool wanted = false;

	for (unsigned i = 0; i < list->count; i++)
		wanted = wanted || list->method[i] == SHIM6_METHOD_CGA;
	if (!wanted || !identity->key ||
	    cga_sign(list, identity->key, identity->key_len, &w))
		return (struct span){ .data = NULL };
	return (struct span){ out, w.len };
}
