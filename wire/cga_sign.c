/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CGA Signature option, RFC 5533 5.15.5: RSASSA-PKCS1-v1_5 with SHA-1, as
 * RFC 3972 6 has it; the hash is not Sec's affair, which is of addresses alone.
 */
#include "wire/cga.h"
#include "wire/shim6.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* RFC 5533 prints it as 0x4A 30 5662 4858 574B 3655 416F 506A 6D48. */
static const uint8_t message_type_tag[16] = { 0x4a, 0x30, 0x56, 0x62, 0x48, 0x58, 0x57, 0x4b,
					      0x36, 0x55, 0x41, 0x6f, 0x50, 0x6a, 0x6d, 0x48 };

enum { SIGNED_MAX = sizeof(message_type_tag) + 4 + 16 * SHIM6_LOCATORS_MAX };

/* What is signed: the tag, which is on no wire, the generation, and the
 * locators with the method CGA, in the list's order. */
static int signed_octets(const struct shim6_locator_list *list, struct wbuf *w)
{
	if (list->count > SHIM6_LOCATORS_MAX)
		return -EINVAL;
	wbuf_copy(w, message_type_tag, sizeof(message_type_tag));
	wbuf_u32(w, list->generation);
	for (unsigned i = 0; i < list->count; i++)
		if (list->method[i] == SHIM6_METHOD_CGA)
			wbuf_copy(w, &list->locator[i], sizeof(list->locator[i]));
	return 0;
}

static bool key_suffices(const EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	       EVP_PKEY_get_bits(key) >= CGA_KEY_BITS_MIN;
}

/* A context, and the key's own in it, which isn't to be freed. */
typedef int digest_init_fn(EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *);

static EVP_MD_CTX *rsa_open(digest_init_fn *init, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *of_key;

	if (ctx && (init(ctx, &of_key, EVP_sha1(), NULL, key) <= 0 ||
		    EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PADDING) <= 0)) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

static int verify(EVP_PKEY *key, const struct wbuf *message, const uint8_t *signature, size_t len)
{
	EVP_MD_CTX *ctx;
	int verdict;

	if (!key_suffices(key))
		return -EKEYREJECTED;
	ctx = rsa_open(EVP_DigestVerifyInit, key);
	if (!ctx)
		return -ENOMEM;
	verdict = EVP_DigestVerify(ctx, signature, len, message->data, message->len);
	EVP_MD_CTX_free(ctx);
	return verdict == 1 ? 0 : -EKEYREJECTED;
}

int cga_signature_verify(const uint8_t *pds, size_t pds_len,
			 const struct shim6_locator_list *list, const uint8_t *signature,
			 size_t signature_len)
{
	uint8_t octets[SIGNED_MAX];
	struct wbuf message = wbuf_of(octets, sizeof(octets));
	struct cga_params p;
	const uint8_t *at;
	EVP_PKEY *key;
	int rc = cga_params_parse(&p, pds, pds_len);

	if (rc == 0)
		rc = signed_octets(list, &message);
	if (rc)
		return rc;
	if (p.prefixes && !p.prefixes_flag)
		return -EKEYREJECTED;
	ERR_set_mark();
	at = p.key;
	key = d2i_PUBKEY(NULL, &at, (long)p.key_len);
	rc = key && at == p.key + p.key_len ? verify(key, &message, signature, signature_len)
					    : -EKEYREJECTED;
	EVP_PKEY_free(key);
	ERR_pop_to_mark();
	return rc;
}

static int sign(EVP_PKEY *key, const struct wbuf *message, struct wbuf *signature)
{
	size_t len = (size_t)EVP_PKEY_get_size(key);
	uint8_t *out;
	EVP_MD_CTX *ctx;
	int rc = 0;

	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return -EBADMSG;
	if (!key_suffices(key))
		return -EKEYREJECTED;
	out = wbuf_reserve(signature, len);
	if (!out)
		return -ENOSPC;
	ctx = rsa_open(EVP_DigestSignInit, key);
	if (!ctx || EVP_DigestSign(ctx, out, &len, message->data, message->len) <= 0) {
		signature->len = (size_t)(out - signature->data);
		rc = -ENOMEM;
	}
	EVP_MD_CTX_free(ctx);
	return rc;
}

int cga_sign(const struct shim6_locator_list *list, const uint8_t *key, size_t key_len,
	     struct wbuf *signature)
{
	uint8_t octets[SIGNED_MAX];
	struct wbuf message = wbuf_of(octets, sizeof(octets));
	const uint8_t *at = key;
	EVP_PKEY *private_key;
	int rc = signed_octets(list, &message);

	if (rc)
		return rc;
	ERR_set_mark();
	private_key = d2i_AutoPrivateKey(NULL, &at, (long)key_len);
	rc = private_key ? sign(private_key, &message, signature) : -EBADMSG;
	EVP_PKEY_free(private_key);
	ERR_pop_to_mark();
	return rc;
}
