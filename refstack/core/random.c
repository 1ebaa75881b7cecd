/* SPDX-License-Identifier: BSD-2-Clause */
/* Random octets from a seed; see random.h. */
#include "refstack/core/random.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_LEN = 32 }; /* of ChaCha20, and what SHA-256 gives */

/* The label keeps this use of a seed apart from any other. */
static int key_of(uint8_t key[static KEY_LEN], uint64_t seed)
{
	uint8_t input[] = "refstack seed \0\0\0\0\0\0\0\0";
	size_t at = sizeof(input) - 1;

	for (unsigned i = 0; i < sizeof(seed); i++, seed >>= 8)
		input[--at] = (uint8_t)seed;
	return EVP_Digest(input, sizeof(input) - 1, key, NULL, EVP_sha256(), NULL);
}

int random_open(struct random_source *r, uint64_t seed)
{
	static const uint8_t counter_and_nonce[16]; /* zero: a key serves one source */
	uint8_t key[KEY_LEN];
	EVP_CIPHER_CTX *stream = EVP_CIPHER_CTX_new();

	if (!stream || key_of(key, seed) != 1 ||
	    EVP_EncryptInit_ex(stream, EVP_chacha20(), NULL, key, counter_and_nonce) != 1) {
		EVP_CIPHER_CTX_free(stream);
		return -ENOMEM;
	}
	r->stream = stream;
	return 0;
}

void random_close(struct random_source *r)
{
	EVP_CIPHER_CTX_free(r->stream);
	r->stream = NULL;
}

void random_octets(struct random_source *r, void *out, size_t len)
{
	uint8_t *octets = out;

	memset(octets, 0, len);
	while (len > 0) {
		int n = len < INT_MAX ? (int)len : INT_MAX;

		/* It can't fail once it is open; going on with zeros would
		 * hand out tags that anybody knows. */
		if (EVP_EncryptUpdate(r->stream, octets, &n, octets, n) != 1)
			abort();
		octets += n;
		len -= (size_t)n;
	}
}

uint32_t random_u32(struct random_source *r)
{
	return (uint32_t)random_u64(r);
}

uint32_t random_nonce(struct random_source *r)
{
	uint32_t nonce;

	do
		nonce = random_u32(r);
	while (nonce == 0);
	return nonce;
}

uint64_t random_u64(struct random_source *r)
{
	uint8_t octets[8];
	uint64_t value = 0;

	random_octets(r, octets, sizeof(octets));
	for (unsigned i = 0; i < sizeof(octets); i++)
		value = value << 8 | octets[i];
	return value;
}
