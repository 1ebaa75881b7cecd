/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All chance of a host: the keystream of ChaCha20 under a key made from the
 * seed. The same seed gives the same octets, and who has seen some of them
 * cannot tell the next, as tags and nonces need it (RFC 5533 7.1).
 */
#ifndef REFSTACK_RANDOM_H
#define REFSTACK_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random_source {
	struct evp_cipher_ctx_st *stream; /* owned; random_close() */
};

/* 0, or -ENOMEM. */
int random_open(struct random_source *r, uint64_t seed);
/* Harmless on a zeroed or closed source. */
void random_close(struct random_source *r);

void random_octets(struct random_source *r, void *out, size_t len);
uint32_t random_u32(struct random_source *r);
/* Never 0, which can then mean that there is none. */
uint32_t random_nonce(struct random_source *r);
uint64_t random_u64(struct random_source *r);

#endif
