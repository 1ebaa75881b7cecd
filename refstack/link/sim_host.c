/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosts of a simulation: made, restarted, ended. */
#include "refstack/core/upper.h"
#include "refstack/link/sim_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { LIFE_OCTETS = 65536 }; /* of a host's chance: more than a life in a test uses */

static void forward_log(void *ctx, const char *line)
{
	const struct sim_end *end = ctx;

	end->cfg.log(end->cfg.ctx, line);
}

static void forward_event(void *ctx, const struct shim_event *event)
{
	const struct sim_end *end = ctx;

	end->cfg.event(end->cfg.ctx, event);
}

/* The chance of former lives is passed over, so that no tag or nonce of
 * theirs comes again but by chance. */
static void skip_former_lives(const struct sim_end *end, struct shim_host *host)
{
	uint8_t skipped[LIFE_OCTETS];

	for (unsigned i = 0; i < end->lives; i++)
		shim_random(host, skipped, sizeof(skipped));
}

void sim_host_advance(struct sim *sim, struct shim_host *host)
{
	sim->host_at_work = true;
	shim_host_advance(host, sim->now);
	sim->host_at_work = false;
}

static struct shim_host *make_host(struct sim_end *end)
{
	struct shim_config cfg = end->cfg;

	cfg.ctx = end;
	cfg.transmit = sim_transmit;
	cfg.log = end->cfg.log ? forward_log : NULL;
	cfg.event = end->cfg.event ? forward_event : NULL;
	return shim_host_new(&cfg);
}

static void begin(struct sim_end *end, struct shim_host *host)
{
	struct sim *sim = end->sim;

	end->host = host;
	skip_former_lives(end, host);
	sim_host_advance(sim, host);
	if (sim->cfg.host_begins)
		sim->cfg.host_begins(sim, sim->cfg.ctx, end->index);
}

static void end_life(struct sim_end *end)
{
	struct sim *sim = end->sim;

	if (sim->cfg.host_ends)
		sim->cfg.host_ends(sim, sim->cfg.ctx, end->index);
	shim_host_free(end->host);
	end->host = NULL;
}

/* The key is copied: a restart needs it, too. */
static int end_init(struct sim_end *end, struct sim *sim, const struct shim_config *cfg)
{
	uint64_t seed = random_u64(&sim->chance);

	*end = (struct sim_end){ .sim = sim, .index = sim->host_count, .cfg = *cfg };
	if (!cfg->seed)
		end->cfg.seed = seed;
	if (cfg->key_len) {
		end->key = malloc(cfg->key_len);
		if (!end->key)
			return -ENOMEM;
		memcpy(end->key, cfg->key, cfg->key_len);
		end->cfg.key = end->key;
	}
	return sim_map_add(&sim->map, end->index, cfg->link_count, &sim->cfg.quality);
}

static void end_close(struct sim_end *end)
{
	sim_map_remove(&end->sim->map, end->index);
	free(end->key);
}

int sim_add_host(struct sim *sim, const struct shim_config *cfg)
{
	struct sim_end *end = &sim->end[sim->host_count];
	struct shim_host *host;
	int err;

	if (sim->host_count == SIM_HOSTS_MAX)
		return -ENOSPC;
	if (cfg->link_count < 1 || cfg->link_count > HOST_LINKS_MAX)
		return -EINVAL;
	err = end_init(end, sim, cfg);
	host = err ? NULL : make_host(end);
	if (!host) {
		end_close(end);
		return err ? err : -EINVAL;
	}
	sim->host_count++;
	begin(end, host);
	return (int)end->index;
}

int sim_restart_host(struct sim *sim, unsigned index)
{
	struct sim_end *end = &sim->end[index];
	struct shim_host *host;

	assert(index < sim->host_count && !sim->host_at_work);
	host = make_host(end);
	if (!host)
		return -ENOMEM;
	end_life(end);
	end->lives++;
	begin(end, host);
	return 0;
}

void sim_remove_host(struct sim *sim)
{
	struct sim_end *end = &sim->end[sim->host_count - 1];

	end_life(end);
	sim->host_count--;
	end_close(end);
}

struct shim_host *sim_host(const struct sim *sim, unsigned index)
{
	assert(index < sim->host_count);
	return sim->end[index].host;
}
