/* SPDX-License-Identifier: BSD-2-Clause */
/* A binary heap, the parent of entry i at (i - 1) / 2; see sim_queue.h. */
#include "refstack/link/sim_queue.h"

#include <errno.h>
#include <stdlib.h>

enum { ROOM_AT_FIRST = 32 };

static bool before(const struct sim_due *a, const struct sim_due *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static int make_room(struct sim_queue *q)
{
	size_t room = q->room ? 2 * q->room : ROOM_AT_FIRST;
	struct sim_due *heap;

	if (q->count < q->room)
		return 0;
	heap = reallocarray(q->heap, room, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	q->heap = heap;
	q->room = room;
	return 0;
}

void sim_queue_close(struct sim_queue *q)
{
	free(q->heap);
	*q = (struct sim_queue){ 0 };
}

int sim_queue_push(struct sim_queue *q, usec_t at, sim_action_fn *fn, void *arg)
{
	struct sim_due due = { .at = at, .fn = fn, .arg = arg };
	int err = make_room(q);
	size_t i;

	if (err)
		return err;
	due.order = q->pushed++;
	for (i = q->count++; i > 0 && before(&due, &q->heap[(i - 1) / 2]); i = (i - 1) / 2)
		q->heap[i] = q->heap[(i - 1) / 2];
	q->heap[i] = due;
	return 0;
}

usec_t sim_queue_first(const struct sim_queue *q)
{
	return q->count ? q->heap[0].at : USEC_NEVER;
}

bool sim_queue_pop(struct sim_queue *q, struct sim_due *out)
{
	struct sim_due last;
	size_t i = 0, child;

	if (!q->count)
		return false;
	*out = q->heap[0];
	last = q->heap[--q->count];
	while ((child = 2 * i + 1) < q->count) {
		if (child + 1 < q->count && before(&q->heap[child + 1], &q->heap[child]))
			child++;
		if (!before(&q->heap[child], &last))
			break;
		q->heap[i] = q->heap[child];
		i = child;
	}
	q->heap[i] = last;
	return true;
}
