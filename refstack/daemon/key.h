/* SPDX-License-Identifier: BSD-2-Clause */
/* The private key of CGAs, from a file. */
#ifndef REFSTACK_DAEMON_KEY_H
#define REFSTACK_DAEMON_KEY_H

#include <stddef.h>
#include <stdint.h>

struct key {
	uint8_t *der; /* owned; key_free() */
	size_t len;
};

/* PEM or DER, without a passphrase. NULL, or what is wrong with it. */
const char *key_read(struct key *out, const char *path);
/* Leaves nothing of it in memory. Harmless on a zeroed one. */
void key_free(struct key *key);

#endif
