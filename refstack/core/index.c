/* SPDX-License-Identifier: BSD-2-Clause */
/* The hash table of index.h. */
#include "refstack/core/index.h"

#include <errno.h>
#include <stdlib.h>

enum { BUCKETS_MIN = 64 };

static void link_in(struct index *index, struct index_node *node)
{
	struct index_node **head = &index->bucket[node->hash & (index->buckets - 1)];

	node->next = *head;
	*head = node;
}

/* To twice the buckets. Without memory the chains get longer instead. */
static void grow(struct index *index)
{
	struct index larger = { .buckets = index->buckets ? 2 * index->buckets : BUCKETS_MIN };

	larger.bucket = calloc(larger.buckets, sizeof(struct index_node *));
	if (!larger.bucket)
		return;
	for (size_t i = 0; i < index->buckets; i++) {
		struct index_node *node = index->bucket[i], *next;

		for (; node; node = next) {
			next = node->next;
			link_in(&larger, node);
		}
	}
	free(index->bucket);
	index->bucket = larger.bucket;
	index->buckets = larger.buckets;
}

int index_add(struct index *index, struct index_node *node, uint64_t hash)
{
	if (2 * index->count >= index->buckets) /* most chains have one link */
		grow(index);
	if (!index->buckets)
		return -ENOMEM;
	node->hash = hash;
	link_in(index, node);
	index->count++;
	return 0;
}

void index_remove(struct index *index, struct index_node *node)
{
	struct index_node **link = &index->bucket[node->hash & (index->buckets - 1)];

	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	index->count--;
}

void index_free(struct index *index)
{
	free(index->bucket);
	*index = (struct index){ .count = 0 };
}

/* What is behind the node is fetched while its hash is still on its way. */
static struct index_node *same_hash(struct index_node *node, uint64_t hash)
{
	for (; node; node = node->next) {
		__builtin_prefetch((const char *)node + CACHE_LINE);
		__builtin_prefetch((const char *)node + 2 * CACHE_LINE);
		if (node->hash == hash)
			break;
	}
	return node;
}

struct index_node *index_first(const struct index *index, uint64_t hash)
{
	if (!index->buckets)
		return NULL;
	return same_hash(index->bucket[hash & (index->buckets - 1)], hash);
}

struct index_node *index_next(const struct index_node *node)
{
	return same_hash(node->next, node->hash);
}
