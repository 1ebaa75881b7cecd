/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the simulation know of each other: sim.c has its life and its
 * clock, sim_host.c the hosts, sim_packet.c the packets under way. */
#ifndef REFSTACK_SIM_INTERNAL_H
#define REFSTACK_SIM_INTERNAL_H

#include "refstack/core/random.h"
#include "refstack/link/sim.h"
#include "refstack/link/sim_path.h"
#include "refstack/link/sim_queue.h"
#include "wire/cursor.h"

/* Luck for so many packets is drawn at once: many small draws are slow. */
enum { SIM_LUCK_STOCK = 32 * LUCKS * 4 };

/* One end of the paths: a host and what it was made from. */
struct sim_end {
	struct sim *sim;        /* whose it is */
	unsigned index;
	struct shim_host *host; /* owned */
	struct shim_config cfg; /* as given, but for the seed if that was 0, and the key */
	uint8_t *key;           /* owned */
	unsigned lives;         /* how often it was restarted */
};

/* A packet under way. It is as long as its octets and no longer, and not from a
 * pool, so that a sanitizer sees a host that reads behind them. */
struct sim_flight {
	struct sim_path *path; /* borrowed */
	uint64_t id;
	size_t len;
	uint8_t octets[];
};

struct sim {
	struct sim_config cfg;
	usec_t now;
	unsigned events; /* at `now` */
	struct random_source chance;
	uint8_t stock[SIM_LUCK_STOCK];
	struct rbuf luck; /* what is left of the stock */
	struct sim_queue queue;
	struct sim_map map;
	unsigned host_count;
	struct sim_end end[SIM_HOSTS_MAX];
	size_t in_air;
	uint64_t packets;           /* that have set out, twins aside */
	struct sim_flight *landing; /* owned; here in case a callback jumps out */
	bool host_at_work;          /* it has been called and hasn't returned */
};

/* The end of the simulation, told by its own callback; see sim_config. */
_Noreturn void sim_fail(struct sim *sim, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* sim_host.c */
void sim_host_advance(struct sim *sim, struct shim_host *host);
/* The last one. What it sends when it is told may still go to the others. */
void sim_remove_host(struct sim *sim);

/* sim_packet.c; ctx is a sim_end. */
void sim_transmit(void *ctx, unsigned link, const void *packet, size_t len);
/* The action at the end of a flight, which it takes. */
void sim_land(struct sim *sim, void *flight);

#endif
