/* SPDX-License-Identifier: BSD-2-Clause */
/* A simulation's life, its settings and its clock; see sim.h. */
#include "refstack/link/sim_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVENTS_MAX = 100000 };

/* Keeps the network's chance apart from that of a host with the same seed. */
#define CHANCE_OF_NETWORK UINT64_C(0x6e6574776f726b73)

struct sim *sim_new(const struct sim_config *cfg)
{
	struct sim *sim = calloc(1, sizeof(*sim));

	if (!sim)
		return NULL;
	sim->cfg = *cfg;
	if (!sim->cfg.events_max)
		sim->cfg.events_max = EVENTS_MAX;
	if (random_open(&sim->chance, cfg->seed ^ CHANCE_OF_NETWORK)) {
		free(sim);
		return NULL;
	}
	return sim;
}

void sim_free(struct sim *sim)
{
	struct sim_due due;

	if (!sim)
		return;
	while (sim->host_count > 0)
		sim_remove_host(sim);
	while (sim_queue_pop(&sim->queue, &due))
		if (due.fn == sim_land)
			free(due.arg);
	free(sim->landing);
	sim_queue_close(&sim->queue);
	sim_map_close(&sim->map);
	random_close(&sim->chance);
	free(sim);
}

uint64_t sim_seed(const struct sim *sim)
{
	return sim->cfg.seed;
}

usec_t sim_now(const struct sim *sim)
{
	return sim->now;
}

size_t sim_in_air(const struct sim *sim)
{
	return sim->in_air;
}

int sim_set(struct sim *sim, struct sim_paths which, const struct sim_quality *quality)
{
	struct sim_walk walk = { 0 };
	struct sim_path *path;
	int rc = -ENOENT;

	while ((path = sim_map_next(&sim->map, &walk, &which))) {
		path->quality = *quality;
		rc = 0;
	}
	return rc;
}

int sim_outage(struct sim *sim, struct sim_paths which, usec_t from_usec, usec_t until_usec)
{
	struct sim_walk walk = { 0 };
	struct sim_path *path;
	int rc = -ENOENT;

	if (until_usec < from_usec)
		return -EINVAL;
	while ((path = sim_map_next(&sim->map, &walk, &which))) {
		rc = sim_path_add_outage(path, from_usec, until_usec);
		if (rc)
			return rc;
	}
	return rc;
}

uint64_t sim_count(const struct sim *sim, struct sim_paths which, enum sim_fate fate)
{
	struct sim_walk walk = { 0 };
	const struct sim_path *path;
	uint64_t count = 0;

	while ((path = sim_map_next(&sim->map, &walk, &which)))
		count += path->count[fate];
	return count;
}

_Noreturn void sim_fail(struct sim *sim, const char *fmt, ...)
{
	char what[128], message[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	snprintf(message, sizeof(message), "sim: t=%llu.%06llu: %s (seed %llu)",
		 (unsigned long long)(sim->now / USEC_PER_SEC),
		 (unsigned long long)(sim->now % USEC_PER_SEC), what,
		 (unsigned long long)sim->cfg.seed);
	if (sim->cfg.fail)
		sim->cfg.fail(sim, sim->cfg.ctx, message);
	else
		fprintf(stderr, "%s\n", message);
	abort();
}

/* --- time ------------------------------------------------------------------------------ */

int sim_at(struct sim *sim, usec_t at, sim_action_fn *fn, void *arg)
{
	return at < sim->now ? -EINVAL : sim_queue_push(&sim->queue, at, fn, arg);
}

/* Not the one host alone that is due: whoever is called next may call any. */
static void advance_all(struct sim *sim)
{
	for (unsigned i = 0; i < sim->host_count; i++)
		sim_host_advance(sim, sim->end[i].host);
}

static usec_t first_deadline(const struct sim *sim)
{
	usec_t first = USEC_NEVER;

	for (unsigned i = 0; i < sim->host_count; i++) {
		usec_t deadline = shim_host_deadline(sim->end[i].host);

		if (deadline < first)
			first = deadline;
	}
	return first;
}

/* Time never goes back, though a host that was called from outside may have a
 * deadline in the past. */
static void reach(struct sim *sim, usec_t at)
{
	if (at > sim->now) {
		sim->now = at;
		sim->events = 0;
	}
}

bool sim_step(struct sim *sim, usec_t until)
{
	usec_t deadline = first_deadline(sim), queued = sim_queue_first(&sim->queue);
	usec_t next = deadline < queued ? deadline : queued;
	struct sim_due due;

	assert(!sim->host_at_work);
	if (next == USEC_NEVER || next > until)
		return false;
	reach(sim, next);
	if (sim->events++ == sim->cfg.events_max)
		sim_fail(sim, "more than %u events in one microsecond", sim->cfg.events_max);
	advance_all(sim);
	if (queued < deadline && sim_queue_pop(&sim->queue, &due))
		due.fn(sim, due.arg);
	return true;
}

void sim_run_until(struct sim *sim, usec_t until)
{
	assert(until != USEC_NEVER);
	while (sim_step(sim, until))
		;
	reach(sim, until);
	advance_all(sim);
}

void sim_settle(struct sim *sim)
{
	while (sim->in_air && sim_step(sim, USEC_NEVER))
		;
}
