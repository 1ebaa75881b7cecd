/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash table of things that carry their own nodes, so that one thing can be
 * in several tables. Chained; it grows, and never shrinks. What is equal is
 * the caller's to say, as is the hash. Nodes are best at the start of a thing,
 * followed by what is looked at next.
 */
#ifndef REFSTACK_INDEX_H
#define REFSTACK_INDEX_H

#include <stddef.h>
#include <stdint.h>

enum { CACHE_LINE = 64 };

struct index_node {
	struct index_node *next;
	uint64_t hash;
};

/* Zeroed: empty. */
struct index {
	struct index_node **bucket; /* owned; index_free() */
	size_t buckets;             /* a power of two, or 0 */
	size_t count;
};

/* 0, or -ENOMEM if there is not one bucket. */
int index_add(struct index *index, struct index_node *node, uint64_t hash);
/* It has to be in this table. */
void index_remove(struct index *index, struct index_node *node);
void index_free(struct index *index);

/* The nodes of this hash, one after the other; NULL: no more. */
struct index_node *index_first(const struct index *index, uint64_t hash);
struct index_node *index_next(const struct index_node *node);

/* What the node is a member of. */
#define index_entry(node, type, member) ((type *)((char *)(node) - offsetof(type, member)))

#endif
