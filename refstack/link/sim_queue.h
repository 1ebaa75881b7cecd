/* SPDX-License-Identifier: BSD-2-Clause */
/* What a simulation has before it, by time; of the same time, first come first
 * served, which is what makes it repeat. */
#ifndef REFSTACK_SIM_QUEUE_H
#define REFSTACK_SIM_QUEUE_H

#include "refstack/link/sim.h"

struct sim_due {
	usec_t at;
	uint64_t order; /* in which they were pushed */
	sim_action_fn *fn;
	void *arg;
};

/* A binary heap; zeroed, it is empty. */
struct sim_queue {
	struct sim_due *heap; /* owned; sim_queue_close() */
	size_t count, room;
	uint64_t pushed;
};

/* Leaves what the entries point to alone. */
void sim_queue_close(struct sim_queue *q);

/* 0, or -ENOMEM. */
int sim_queue_push(struct sim_queue *q, usec_t at, sim_action_fn *fn, void *arg);
/* When the first is due; USEC_NEVER: there is none. */
usec_t sim_queue_first(const struct sim_queue *q);
/* Takes the first; false: there is none. */
bool sim_queue_pop(struct sim_queue *q, struct sim_due *out);

#endif
