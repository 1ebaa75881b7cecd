/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The modifier of an address that has to be earned: steps 2 and 3 of RFC 3972
 * 4, and of RFC 5535 6. It counts up until the first 16 Sec bits of Hash2 are
 * zero; all that making an address costs is here.
 *
 * Step n is the first modifier and n, and stands alone, so that they may be
 * tried by many at once. The lowest step that suffices is the result, whoever
 * finds it. This is one thread's part; refstack/keys/ has the threads.
 */
#ifndef WIRE_CGA_SEARCH_H
#define WIRE_CGA_SEARCH_H

#include "wire/cga.h"

enum { SHA1_BLOCK_LEN = 64 };

/*
 * What Hash2 is taken of, padded as SHA-1 has it, once and for all steps. The
 * structure isn't copied but where it ends or changes, so that it may be of any
 * length, and a copy of this for each thread costs nothing.
 */
struct cga_search {
	unsigned sec;
	uint32_t zeros;        /* bits of Hash2's first word that must be zero */
	const uint8_t *inside; /* whole blocks that go between, borrowed */
	size_t inside_len;
	uint8_t ends[3 * SHA1_BLOCK_LEN]; /* the first block, and what follows inside */
	size_t ends_len;
};

/* pds: a structure with the first modifier; from its second block on it must
 * stay as it is. 0; -EINVAL for sec above CGA_SEC_MAX or a len below CGA_KEY_AT. */
int cga_search_open(struct cga_search *s, const uint8_t *pds, size_t len, unsigned sec);

/* The work to expect, in steps: 2^(16 Sec). Half of all searches take more than
 * 0.7 times as many, one in a hundred more than 4.6 times. */
uint64_t cga_search_expected(const struct cga_search *s);

/* Tries count steps from *step on. true: *step suffices, and none before it;
 * false: none does, and *step is the next. */
bool cga_search_try(const struct cga_search *s, uint64_t *step, uint64_t count);

/* n more, as a number of 128 bits that goes round. */
void cga_modifier_add(uint8_t modifier[static CGA_MODIFIER_LEN], uint64_t n);

/* Who tries the steps: finds the lowest that suffices. 0, or a negative errno
 * and *step untouched. */
typedef int cga_searcher(void *context, const struct cga_search *s, uint64_t *step);

/* The searcher that is there without threads. Needs no context, cannot fail. */
cga_searcher cga_search_alone;

/* cga_generate(), with somebody else to do the search; its error is passed on. */
int cga_generate_by(cga_searcher *searcher, void *context, struct in6_addr *addr, struct wbuf *pds,
		    const struct cga_params *start, unsigned sec, uint64_t *steps);

#endif
