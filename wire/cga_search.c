/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search for a modifier; see cga_search.h.
 *
 * A step is two or three blocks of SHA-1. To begin and end a hash through EVP
 * costs as much as two more, so this file, and no other, uses what is below it:
 * blocks that are padded already go straight into a SHA_CTX, and the state is
 * read there. OpenSSL calls these functions deprecated; the macro says that we
 * know.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "wire/cga_search.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>

enum { SHA1_END = 0x80, SHA1_BITS_LEN = 8 }; /* the padding, FIPS 180-4 5.1.1 */

int cga_search_open(struct cga_search *s, const uint8_t *pds, size_t len, unsigned sec)
{
	static const uint32_t zeros[CGA_SEC_MAX + 1] = { 0, 0xffff0000, 0xffffffff };
	size_t first = len < SHA1_BLOCK_LEN ? len : SHA1_BLOCK_LEN;
	size_t inside = (len - first) / SHA1_BLOCK_LEN * SHA1_BLOCK_LEN;
	struct wbuf w = wbuf_of(s->ends, sizeof(s->ends));

	if (sec > CGA_SEC_MAX || len < CGA_KEY_AT)
		return -EINVAL;
	s->sec = sec;
	s->zeros = zeros[sec];
	s->inside = pds + first;
	s->inside_len = inside;

	wbuf_copy(&w, pds, CGA_MODIFIER_LEN);
	wbuf_zero(&w, CGA_KEY_AT - CGA_PREFIX_AT);
	wbuf_copy(&w, pds + CGA_KEY_AT, first - CGA_KEY_AT);
	wbuf_copy(&w, pds + first + inside, len - first - inside);
	wbuf_u8(&w, SHA1_END);
	while ((w.len + SHA1_BITS_LEN) % SHA1_BLOCK_LEN != 0)
		wbuf_u8(&w, 0);
	wbuf_uint(&w, 8 * (uint64_t)len, SHA1_BITS_LEN);
	assert(!w.bad);
	s->ends_len = w.len;
	return 0;
}

uint64_t cga_search_expected(const struct cga_search *s)
{
	return UINT64_C(1) << 16 * s->sec;
}

/* Two octets are compared for each Sec, RFC 3972 4 and RFC 4982 5: they are in
 * the first of the five words that a SHA-1 state is. */
static bool suffices(const struct cga_search *s)
{
	SHA_CTX sha;

	SHA1_Init(&sha);
	SHA1_Update(&sha, s->ends, SHA1_BLOCK_LEN);
	SHA1_Update(&sha, s->inside, s->inside_len);
	SHA1_Update(&sha, s->ends + SHA1_BLOCK_LEN, s->ends_len - SHA1_BLOCK_LEN);
	return (sha.h0 & s->zeros) == 0;
}

void cga_modifier_add(uint8_t modifier[static CGA_MODIFIER_LEN], uint64_t n)
{
	for (int i = CGA_MODIFIER_LEN - 1; i >= 0 && n > 0; i--) {
		unsigned sum = modifier[i] + (unsigned)(n & 0xff);

		modifier[i] = (uint8_t)sum;
		n = (n >> 8) + (sum >> 8);
	}
}

bool cga_search_try(const struct cga_search *s, uint64_t *step, uint64_t count)
{
	struct cga_search mine = *s;

	for (cga_modifier_add(mine.ends, *step); count > 0; count--, ++*step) {
		if (suffices(&mine))
			return true;
		cga_modifier_add(mine.ends, 1);
	}
	return false;
}

int cga_search_alone(void *context, const struct cga_search *s, uint64_t *step)
{
	uint64_t n = 0;

	(void)context;
	while (!cga_search_try(s, &n, UINT64_MAX))
		;
	*step = n;
	return 0;
}
