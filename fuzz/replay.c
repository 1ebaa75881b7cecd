/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small stand-in for libFuzzer's driver, for compilers without it and for
 * valgrind: replay COUNT FILE... gives a fuzz target each file as it is, every
 * beginning of it, and COUNT copies with a few octets changed. It is blind, but
 * the same files give the same octets.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 65536, CHANGES_MAX = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static uint64_t chance = 1; /* the generator's state; a driver has one */

/* SplitMix64. */
static uint64_t next_random(void)
{
	uint64_t z = chance += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* In memory of just that size, so that a step beyond it is seen. */
static void try(const uint8_t *octets, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, octets, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void try_changed(const uint8_t *octets, size_t len)
{
	uint8_t changed[INPUT_MAX];

	memcpy(changed, octets, len);
	for (unsigned n = 1 + next_random() % CHANGES_MAX; n > 0 && len > 0; n--)
		changed[next_random() % len] = (uint8_t)next_random();
	try(changed, len);
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long tries = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: %s COUNT FILE...\n", argv[0]);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		uint8_t octets[INPUT_MAX];
		FILE *f = fopen(argv[i], "rb");
		size_t len = f ? fread(octets, 1, sizeof(octets), f) : 0;

		if (!f) {
			perror(argv[i]);
			return 2;
		}
		fclose(f);
		for (size_t n = 0; n <= len; n++)
			try(octets, n);
		for (unsigned long n = 0; n < count; n++)
			try_changed(octets, len);
		tries += len + 1 + count;
	}
	printf("%lu inputs from %d files\n", tries, argc - 2);
	return 0;
}
