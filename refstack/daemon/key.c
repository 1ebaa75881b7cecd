/* SPDX-License-Identifier: BSD-2-Clause */
/* The private key of CGAs; see key.h. */
#include "refstack/daemon/key.h"
#include "wire/cga.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* OpenSSL would ask the terminal. */
static int no_passphrase(char *out, int size, int writing, void *ctx)
{
	(void)out, (void)size, (void)writing, (void)ctx;
	return -1;
}

static EVP_PKEY *read_any(const char *path)
{
	BIO *file = BIO_new_file(path, "r");
	EVP_PKEY *key;

	if (!file)
		return NULL;
	key = PEM_read_bio_PrivateKey(file, NULL, no_passphrase, NULL);
	if (!key && BIO_reset(file) == 0)
		key = d2i_PrivateKey_bio(file, NULL);
	BIO_free(file);
	return key;
}

const char *key_read(struct key *out, const char *path)
{
	const char *why = NULL;
	EVP_PKEY *key;
	int n;

	errno = 0;
	key = read_any(path);
	if (!key)
		return errno ? strerror(errno)
			     : "there is no private key in it, or a passphrase on it";
	if (EVP_PKEY_base_id(key) != EVP_PKEY_RSA)
		why = "it is no RSA key, which RFC 3972 wants";
	else if (EVP_PKEY_bits(key) < CGA_KEY_BITS_MIN)
		why = "it has less than 1024 bits (RFC 5533 16)";
	out->der = NULL;
	n = why ? 0 : i2d_PrivateKey(key, &out->der);
	EVP_PKEY_free(key);
	out->len = n > 0 ? (size_t)n : 0;
	return why || n > 0 ? why : "it can't be written as DER";
}

void key_free(struct key *key)
{
	OPENSSL_clear_free(key->der, key->len);
	*key = (struct key){ .der = NULL };
}
