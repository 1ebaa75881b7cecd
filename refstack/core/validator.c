/* SPDX-License-Identifier: BSD-2-Clause */
/* The Responder Validator, RFC 5533 7.10.1; see validator.h. */
#include "refstack/core/validator.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

/* RFC 5533 7.10.1 calls it the counter C: here, seconds since the host began. */
static uint32_t nonce_at(usec_t now)
{
	return (uint32_t)(now / USEC_PER_SEC);
}

void validator_init(struct validator_keys *keys, struct random_source *random)
{
	random_octets(random, keys->secret, sizeof(keys->secret));
	keys->period = 0;
}

/* Fresh secrets for the periods that have begun since the last call. Of an
 * idle stretch longer than two periods only the last two matter. */
static void rotate(struct validator_keys *keys, struct random_source *random, usec_t now)
{
	uint32_t period = nonce_at(now) / VALIDATOR_SECRET_PERIOD;
	uint32_t missed = period - keys->period;

	for (uint32_t n = missed < 2 ? missed : 2; n > 0; n--)
		random_octets(random, keys->secret[(period - n + 1) % 2], VALIDATOR_SECRET_LEN);
	keys->period = period;
}

/* Every part has a fixed length, so no two claims look the same. */
static void compute(const struct validator_keys *keys, const struct validator_claim *claim,
		    uint32_t resp_nonce, uint8_t out[static VALIDATOR_LEN])
{
	const uint8_t *secret = keys->secret[resp_nonce / VALIDATOR_SECRET_PERIOD % 2];
	uint8_t input[4 + 2 * 6 + 4 * 16 + 4];
	struct wbuf w = wbuf_of(input, sizeof(input));

	wbuf_u32(&w, resp_nonce);
	wbuf_uint(&w, claim->init_tag, 6);
	wbuf_uint(&w, claim->packet_tag, 6);
	wbuf_copy(&w, &claim->sender_ulid, 16);
	wbuf_copy(&w, &claim->receiver_ulid, 16);
	wbuf_copy(&w, &claim->src, 16);
	wbuf_copy(&w, &claim->dst, 16);
	wbuf_u32(&w, claim->fii);

	/* Without memory there is no validator, and none must be guessable. */
	if (!HMAC(EVP_sha256(), secret, VALIDATOR_SECRET_LEN, input, w.len, out, NULL))
		abort();
}

uint32_t validator_issue(struct validator_keys *keys, struct random_source *random, usec_t now,
			 const struct validator_claim *claim, uint8_t out[static VALIDATOR_LEN])
{
	uint32_t resp_nonce = nonce_at(now);

	rotate(keys, random, now);
	compute(keys, claim, resp_nonce, out);
	return resp_nonce;
}

int validator_check(struct validator_keys *keys, struct random_source *random, usec_t now,
		    const struct validator_claim *claim, uint32_t resp_nonce,
		    const struct span *validator)
{
	uint8_t due[VALIDATOR_LEN];

	/* Unsigned: a nonce of the future is as old as can be. */
	if (nonce_at(now) - resp_nonce > VALIDATOR_LIFETIME)
		return -ETIMEDOUT;
	rotate(keys, random, now);
	compute(keys, claim, resp_nonce, due);
	if (validator->len != sizeof(due) || CRYPTO_memcmp(validator->data, due, sizeof(due)) != 0)
		return -EKEYREJECTED;
	return 0;
}
