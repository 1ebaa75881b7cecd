/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	BITS_FIRST = 6,
	BITS_MOST = 31,
};

_Static_assert(sizeof(struct entry) == 64, "an entry is a cache line");

/*
 * Pair-multiply-shift (Thorup, "High Speed Hashing for Integers and Strings", 3.5):
 * with random multipliers nobody can choose keys that collide. Chance decides which
 * bucket, and never what is found there, so it needn't be an argument.
 */
static uint32_t hash_of(const struct table *t, const struct key *key)
{
	const uint64_t *m = t->multiplier;
	uint64_t sum = m[KEY_HALVES];

	for (unsigned i = 0; i < KEY_HALVES; i += 2) {
		uint64_t word = key->word[i / 2];

		sum += (m[i] + (word >> 32)) * (m[i + 1] + (uint32_t)word);
	}
	return (uint32_t)(sum >> 32);
}

static uint32_t *bucket_of(const struct table *t, uint32_t hash)
{
	return &t->buckets[hash >> (32 - t->bits)];
}

struct entry *table_find(struct table *t, const struct key *key)
{
	struct entry *e = table_entry(t, t->found);
	uint32_t number;

	if (e && key_equal(&e->key, key))
		return e;
	number = *bucket_of(t, hash_of(t, key));
	while ((e = table_entry(t, number)) && !key_equal(&e->key, key))
		number = e->next;
	t->found = number;
	return e;
}

uint32_t table_put(struct table *t, const struct key *key)
{
	uint32_t number = t->unused, hash = hash_of(t, key), *bucket = bucket_of(t, hash);
	struct entry *e = &t->entries[number];

	t->unused = e->next;
	t->unused_count--;
	t->count++;
	*e = (struct entry){ .key = *key, .hash = hash, .next = *bucket };
	*bucket = number;
	return number;
}

static void unused_put(struct table *t, uint32_t number)
{
	t->entries[number].next = t->unused;
	t->unused = number;
	t->unused_count++;
}

void table_drop(struct table *t, uint32_t number)
{
	uint32_t *in = bucket_of(t, t->entries[number].hash);

	while (*in != number)
		in = &t->entries[*in].next;
	*in = t->entries[number].next;
	if (t->found == number)
		t->found = 0;
	t->count--;
	unused_put(t, number);
}

/* --- room ----------------------------------------------------------------- */

/* Into new buckets goes what was in the old ones. */
static void rehash(struct table *t, const uint32_t *old, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (uint32_t number = old[i], next; number; number = next) {
			struct entry *e = &t->entries[number];
			uint32_t *bucket = bucket_of(t, e->hash);

			next = e->next;
			e->next = *bucket;
			*bucket = number;
		}
}

/* Number 0 is none, so one of them is never used. */
static bool grow(struct table *t, unsigned bits)
{
	size_t count = (size_t)1 << bits, before = t->bits ? (size_t)1 << t->bits : 0;
	struct entry *entries = bits <= BITS_MOST ? aligned_alloc(sizeof(*entries),
								  count * sizeof(*entries))
						  : NULL;
	uint32_t *buckets = calloc(count, sizeof(*buckets)), *old = t->buckets;

	if (!entries || !buckets) {
		free(entries);
		free(buckets);
		return false;
	}
	if (before)
		memcpy(entries, t->entries, before * sizeof(*entries));
	free(t->entries);
	t->entries = entries;
	t->buckets = buckets;
	t->bits = bits;
	rehash(t, old, before);
	free(old);
	for (size_t i = count - 1; i >= before && i > 0; i--)
		unused_put(t, (uint32_t)i);
	return true;
}

bool table_reserve(struct table *t, size_t count)
{
	while (t->unused_count < count)
		if (!grow(t, t->bits + 1))
			return false;
	return true;
}

bool table_init(struct table *t)
{
	*t = (struct table){ .count = 0 };
	return getrandom(t->multiplier, sizeof(t->multiplier), 0) == sizeof(t->multiplier) &&
	       grow(t, BITS_FIRST);
}

void table_free(struct table *t)
{
	free(t->entries);
	free(t->buckets);
	*t = (struct table){ .count = 0 };
}

const char *table_check(const struct table *t)
{
	size_t all = (size_t)1 << t->bits, count = 0, unused = 0;

	for (size_t i = 0; i < all; i++)
		for (uint32_t n = t->buckets[i]; n; n = t->entries[n].next, count++)
			if (t->entries[n].hash != hash_of(t, &t->entries[n].key) ||
			    t->entries[n].hash >> (32 - t->bits) != i || count > t->count)
				return "an entry is in a bucket that isn't its own";
	for (uint32_t n = t->unused; n && unused <= all; n = t->entries[n].next)
		unused++;
	if (count != t->count || unused != t->unused_count || count + unused != all - 1)
		return "entries got lost";
	return NULL;
}
