/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hash table of trace/: from a key to an entry. Most lookups of a long capture find
 * nothing in the processor's caches, so an entry is one line of them, and what
 * leads to it is as dense as it can be: the table grows with what it holds.
 */
#ifndef TRACE_TABLE_H
#define TRACE_TABLE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct node;

/* Kind, number, one or two addresses: as words, for they are hashed and compared so. */
struct key {
	uint64_t word[5];
};

enum {
	KEY_NUMBER_BITS = 48, /* of the first word; the kind is above */
	KEY_HALVES = 2 * sizeof(struct key) / sizeof(uint64_t),
};

static inline unsigned key_kind(const struct key *key)
{
	return (unsigned)(key->word[0] >> KEY_NUMBER_BITS);
}

/* Of one or two addresses. */
static inline const uint8_t *key_address(const struct key *key, unsigned index)
{
	return (const uint8_t *)&key->word[1 + 2 * index];
}

static inline bool key_equal(const struct key *a, const struct key *b)
{
	const uint64_t *p = a->word, *q = b->word;

	return !((p[0] ^ q[0]) | (p[1] ^ q[1]) | (p[2] ^ q[2]) | (p[3] ^ q[3]) | (p[4] ^ q[4]));
}

struct entry {
	struct key key;
	struct node *node; /* borrowed */
	uint32_t next;     /* by number, in its bucket, or among those that are free; 0: none */
	uint32_t sibling;  /* of the same node */
	uint32_t hash;
	uint8_t end;       /* that the key is about */
};

struct table {
	struct entry *entries; /* owned; by number, from 1 */
	uint32_t *buckets;     /* owned; the first entry of each */
	unsigned bits;         /* there are 1 << bits of either */
	uint32_t unused;       /* the first that is free; 0: none */
	uint32_t found;        /* the one that was found last: it is asked for again; 0: none */
	size_t count, unused_count;
	uint64_t multiplier[KEY_HALVES + 1]; /* of the hash, random */
};

/* false: no memory, or no random numbers. */
bool table_init(struct table *t);
void table_free(struct table *t);

static inline struct entry *table_entry(const struct table *t, uint32_t number)
{
	return number ? &t->entries[number] : NULL;
}

/* Sees to it that so many can be put without fail; moves entries. false: no memory,
 * nothing has changed. */
bool table_reserve(struct table *t, size_t count);

/* NULL: there is none. */
struct entry *table_find(struct table *t, const struct key *key);

/* The number of a new entry, reserved before; the caller fills in the rest. */
uint32_t table_put(struct table *t, const struct key *key);
void table_drop(struct table *t, uint32_t number);

/* NULL, or what is wrong with it; for tests. */
const char *table_check(const struct table *t);

#endif
