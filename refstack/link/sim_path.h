/* SPDX-License-Identifier: BSD-2-Clause */
/* The paths of a simulation, and what each makes of a packet. */
#ifndef REFSTACK_SIM_PATH_H
#define REFSTACK_SIM_PATH_H

#include "refstack/link/sim.h"

struct sim_outage {
	usec_t from, until;
};

struct sim_path {
	struct sim_paths id;
	struct sim_quality quality;
	struct sim_outage *outage; /* owned; those that may still matter */
	size_t outage_count;
	uint64_t count[SIM_FATES];
};

/*
 * The chance in a packet's life, drawn for every packet alike, whatever its
 * path: so a knob that is turned changes what it is for and not, by shifting
 * the dice, everything else.
 */
enum {
	LUCK_LOSS,
	LUCK_CORRUPT,
	LUCK_BIT,
	LUCK_DUPLICATE,
	LUCK_JITTER,
	LUCK_LATE,
	LUCK_TWIN_JITTER,
	LUCK_TWIN_LATE,
	LUCKS,
};

struct sim_luck {
	uint32_t of[LUCKS]; /* each uniform */
};

/* SIM_DELIVERED, or the loss that it meets. `now` never goes back. */
enum sim_fate sim_path_fate(struct sim_path *path, const struct sim_luck *luck, size_t len,
			    usec_t now);
/* Both false unless chance wants it. A packet without octets behind the IPv6
 * header has nothing to corrupt; else the bit is flipped. */
bool sim_path_corrupts(const struct sim_path *path, const struct sim_luck *luck, uint8_t *packet,
		       size_t len);
bool sim_path_duplicates(const struct sim_path *path, const struct sim_luck *luck);
/* Microseconds under way. */
usec_t sim_path_delay(const struct sim_path *path, const struct sim_luck *luck, bool twin);

/* RFC 4443 3.2 to the sender of a packet, from 2001:db8:ffff:WXYZ::1 where path is
 * from host W, link X, to host Y, link Z. Returns its octets, at most
 * SIM_TOO_BIG_MAX; 0: the packet is one that must not be answered (2.4 (e)). */
enum { SIM_TOO_BIG_MAX = 1280 };
size_t sim_path_too_big(const struct sim_path *path, const uint8_t *packet, size_t len,
			uint8_t out[static SIM_TOO_BIG_MAX]);

int sim_path_add_outage(struct sim_path *path, usec_t from, usec_t until);

/* All paths. Zeroed, it has none. */
struct sim_map {
	unsigned links[SIM_OUTSIDE + 1]; /* by host; 0: there is no such host */
	/* [from][to]: owned, links[from] times links[to] of them. */
	struct sim_path *paths[SIM_OUTSIDE + 1][SIM_OUTSIDE + 1];
};

void sim_map_close(struct sim_map *map);
/* Paths from and to a host, itself included. 0; -ENOMEM and nothing is changed. */
int sim_map_add(struct sim_map *map, unsigned host, unsigned links,
		const struct sim_quality *quality);
void sim_map_remove(struct sim_map *map, unsigned host);
/* Borrowed, as long as both hosts are there. NULL: there is no such path. */
struct sim_path *sim_map_path(const struct sim_map *map, struct sim_paths id);

/* One after the other, those that fit; NULL: that was all. Starts zeroed. */
struct sim_walk {
	unsigned from, to;
	size_t next;
};
struct sim_path *sim_map_next(const struct sim_map *map, struct sim_walk *walk,
			      const struct sim_paths *which);

#endif
