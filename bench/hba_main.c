/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hba [SETS]: what making HBA sets of Sec 1 costs, per block of SHA-1 that their
 * steps need, beside the same blocks as one long message, which is the fastest
 * that libcrypto has. First on one thread, then on one for each processor.
 * Medians of seven rounds, each of which measures all; the same sets every time.
 */
#include "refstack/keys/search.h"
#include "wire/hba.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	ROUNDS = 7,
	SETS = 64,
	SEC = 1,
	PREFIXES = 2,
	PIECE_BLOCKS = 128, /* of the long message; they stay in the nearest cache */
	PIECES = 20000,
};

static double now_nsec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *long_message(void *unused)
{
	static const uint8_t piece[PIECE_BLOCKS * SHA1_BLOCK_LEN];
	EVP_MD_CTX *sha = EVP_MD_CTX_new();

	if (!sha || !EVP_DigestInit_ex(sha, EVP_sha1(), NULL))
		abort();
	for (unsigned i = 0; i < PIECES; i++)
		EVP_DigestUpdate(sha, piece, sizeof(piece));
	EVP_MD_CTX_free(sha);
	return unused;
}

/* Nanoseconds per block, with so many threads at it. */
static double bare(unsigned threads)
{
	pthread_t *helpers = calloc(threads, sizeof(*helpers));
	double start = now_nsec();

	if (!helpers)
		abort();
	for (unsigned i = 1; i < threads; i++)
		if (pthread_create(&helpers[i], NULL, long_message, NULL))
			abort();
	long_message(NULL);
	for (unsigned i = 1; i < threads; i++)
		pthread_join(helpers[i], NULL);
	free(helpers);
	return (now_nsec() - start) / ((double)threads * PIECES * PIECE_BLOCKS);
}

/* The same in making sets; blocks: how many these took. */
static double making(unsigned threads, unsigned sets, uint64_t *blocks)
{
	static const uint8_t prefixes[PREFIXES][8] = {
		{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, 0x00, 0x01 },
		{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0b, 0x00, 0x02 },
	};
	const uint8_t nonce[HBA_NONCE_LEN] = { 0x80 };
	struct keys_effort effort = { .threads = threads };
	double start = now_nsec();

	*blocks = 0;
	for (unsigned i = 0; i < sets; i++) {
		const uint8_t modifier[HBA_MODIFIER_LEN] = { (uint8_t)(i >> 8), (uint8_t)i };
		struct hba_set set;

		if (hba_generate_by(keys_search, &effort, &set, prefixes, PREFIXES, SEC, modifier,
				    nonce, 0))
			abort();
		*blocks += (set.steps + 1) * ((set.pds_len + 1 + 8 - 1) / SHA1_BLOCK_LEN + 1);
	}
	return (now_nsec() - start) / (double)*blocks;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A row: NAME, nanoseconds per block, and the ratio to what is bare. Sorts. */
static double row(const char *name, unsigned threads, double *nsec, double of)
{
	char whole[64];
	double median;

	qsort(nsec, ROUNDS, sizeof(*nsec), by_size);
	median = nsec[ROUNDS / 2];
	snprintf(whole, sizeof(whole), "%s, %u thread%s", name, threads, threads == 1 ? "" : "s");
	printf("  %-44s %12.2f ns  %6.2f\n", whole, median, median / (of > 0 ? of : median));
	return median;
}

int main(int argc, char **argv)
{
	unsigned sets = argc == 2 ? (unsigned)atoi(argv[1]) : SETS;
	unsigned threads[2] = { 1, (unsigned)sysconf(_SC_NPROCESSORS_ONLN) };
	double without[2][ROUNDS], with[2][ROUNDS], median;
	uint64_t blocks;

	if (argc > 2 || sets < 1) {
		fputs("usage: hba [SETS]\n", stderr);
		return 2;
	}
	for (unsigned r = 0; r < ROUNDS; r++) {
		for (unsigned i = 0; i < 2; i++) {
			without[i][r] = bare(threads[i]);
			with[i][r] = making(threads[i], sets, &blocks);
		}
	}
	printf("Making HBA sets of Sec 1, per block of SHA-1 (%.0f for a set)           ratio\n",
	       (double)blocks / sets);
	for (unsigned i = 0; i < 2; i++) {
		median = row("one long message: blocks alone", threads[i], without[i], 0);
		median = row("hba_generate_by()", threads[i], with[i], median);
		printf("  %-44s %12.2f ms\n", "  a set", median * (double)blocks / sets / 1e6);
	}
	return 0;
}
