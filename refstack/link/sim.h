/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network in one process and in virtual time: up to eight hosts, a path from
 * every link of each to every link of each, and all that paths do to packets.
 * Nothing waits: the clock jumps to the next arrival, the next deadline of a
 * host, or the next action that the test has asked for. All chance comes from
 * one seed: the same calls with the same seed give the same octets at the same
 * microseconds.
 *
 * Hosts count from 0 in the order in which they were added, links from 1 as in
 * host.h. Times are in microseconds since the simulation began, probabilities
 * in millionths (ppm, 1000000 and more is always).
 *
 * All callbacks may inject, schedule and set. Hosts may be called from actions,
 * upper layers, host_begins and host_ends, but not from taps and logs, since then
 * one is at work. Actions, and who stands outside, may also run the clock and
 * restart hosts.
 */
#ifndef REFSTACK_SIM_H
#define REFSTACK_SIM_H

#include "refstack/core/host.h"

#include <limits.h>

/* SIM_OUTSIDE is the rest of the world as a host with one link: where injected
 * packets and routers' answers come from, and where packets go to whose
 * destination no host has. */
enum { SIM_HOSTS_MAX = 8, SIM_OUTSIDE = SIM_HOSTS_MAX };
#define SIM_ANY UINT_MAX

/* A path, which is one-way; or, with SIM_ANY for any host or any link, all
 * paths that fit. */
struct sim_paths {
	unsigned from, from_link;
	unsigned to, to_link;
};
#define SIM_ALL_PATHS ((struct sim_paths){ SIM_ANY, SIM_ANY, SIM_ANY, SIM_ANY })

/* What a path does to packets; all zero is the perfect one, without delay. A
 * packet's fate is settled when it is sent, so what changes later, an outage
 * too, doesn't reach those under way. */
struct sim_quality {
	bool down;              /* all are lost */
	unsigned mtu;           /* longer ones are lost; octets of an IPv6 packet; 0: no limit */
	bool too_big;           /* of which a router tells the sender (RFC 4443 3.2) when the
	                         * packet's delay_usec has passed: halfway there and back */
	uint32_t loss_ppm;
	uint32_t corrupt_ppm;   /* one random bit behind the IPv6 header flips: damage to the
	                         * header is misrouting, and nothing there has a checksum */
	uint32_t duplicate_ppm; /* it arrives twice; the twin draws its own delay */
	uint32_t delay_usec;
	uint32_t jitter_usec;   /* 0 up to this much is added, all equally likely */
	uint32_t late_ppm;      /* late_usec is added, too; like jitter, it reorders. */
	uint32_t late_usec;     /* Packets with equal delays keep their order */
};

/* What happens to packets. Every one that sets out (the first four) arrives
 * or is lost, unless it is still in the air. */
enum sim_fate {
	SIM_SENT,          /* by a host */
	SIM_DUPLICATED,    /* the twin sets out */
	SIM_INJECTED,
	SIM_TOO_BIG,       /* a router's answer sets out */
	SIM_CORRUPTED,     /* and goes on; the octets are those with the damage */
	SIM_DELIVERED,     /* the host gets it next */
	SIM_LOST_CHANCE,
	SIM_LOST_DOWN,     /* the path was down or had an outage */
	SIM_LOST_SIZE,     /* more than the path's MTU */
	SIM_LOST_SOURCE,   /* by ingress_filter */
	SIM_LOST_STRANGER, /* no host has its destination address */
	SIM_FATES,
};

/* "sent", "lost: no such address". */
const char *sim_fate_name(enum sim_fate fate);

struct sim_event {
	enum sim_fate fate;
	usec_t at;
	uint64_t id;           /* of the packet; its twin has the same */
	struct sim_paths path; /* without SIM_ANY */
	const uint8_t *packet; /* borrowed during the call */
	size_t len;
};

struct sim;

struct sim_config {
	uint64_t seed;
	struct sim_quality quality; /* of every path at first */
	bool ingress_filter;        /* the networks drop what comes with a source address
	                             * that isn't of the link it comes from (RFC 2827) */
	unsigned events_max;        /* in one microsecond, before it is taken for a
	                             * livelock; 0: 100000 */
	void *ctx;                  /* for the callbacks, each of which may be NULL */
	void (*tap)(struct sim *sim, void *ctx, const struct sim_event *event);
	/* A host has been made, the first time or anew, and nobody has called it;
	 * or it is about to be freed. Where upper layers come and go. */
	void (*host_begins)(struct sim *sim, void *ctx, unsigned host);
	void (*host_ends)(struct sim *sim, void *ctx, unsigned host);
	/* A simulation that can't go on: livelock, no memory, a host that sends what
	 * is no IPv6 packet. The message has time and seed. May longjmp() out, and
	 * then only sim_free() is left to call. If it returns, or is NULL (then the
	 * message goes to stderr), abort() follows. */
	void (*fail)(struct sim *sim, void *ctx, const char *message);
};

/* NULL if memory is short. cfg is copied. */
struct sim *sim_new(const struct sim_config *cfg);
/* With all hosts and all packets. NULL is harmless. */
void sim_free(struct sim *sim);

uint64_t sim_seed(const struct sim *sim);
usec_t sim_now(const struct sim *sim);

/*
 * A new host; cfg is copied, its key too. The simulation puts its own transmit in,
 * the other callbacks get ctx as ever. With seed 0, the host's is drawn from the
 * simulation's. Returns the host's number; -ENOSPC: there are SIM_HOSTS_MAX;
 * -EINVAL: shim_host_new() refuses it; -ENOMEM.
 */
int sim_add_host(struct sim *sim, const struct shim_config *cfg);

/*
 * As after a crash: another host with the same configuration and addresses in
 * its place, and its clock where the others' are; packets under way to it
 * arrive. 0, or -ENOMEM and nothing has happened. What it draws from now on
 * differs from what its former life drew, except the key of its validators,
 * which comes from the seed with the addresses.
 */
int sim_restart_host(struct sim *sim, unsigned host);

/* Borrowed; valid until the host is restarted. */
struct shim_host *sim_host(const struct sim *sim, unsigned host);

/* Between the hosts that there are, from now on. 0, or -ENOENT: no path fits. */
int sim_set(struct sim *sim, struct sim_paths which, const struct sim_quality *quality);

/* What is sent at from_usec or later but before until_usec (USEC_NEVER: ever
 * after) is lost. Outages may overlap. 0; -ENOENT: no path fits; -EINVAL: it
 * would end before it begins; -ENOMEM: some of the paths don't have it. */
int sim_outage(struct sim *sim, struct sim_paths which, usec_t from_usec, usec_t until_usec);

/* How often it has happened on these paths. */
uint64_t sim_count(const struct sim *sim, struct sim_paths which, enum sim_fate fate);
/* Packets under way. */
size_t sim_in_air(const struct sim *sim);

/* A packet out of nowhere, of any octets, arrives on a host's link; no path has
 * a say. They are copied. 0; -EINVAL: at is past; -ENODEV: no such host or
 * link; -ENOMEM. */
int sim_inject(struct sim *sim, unsigned host, unsigned link, const void *packet, size_t len,
	       usec_t at);

/* fn(sim, arg) at that time, when all hosts' clocks show it. What is due in the
 * same microsecond happens in this order: deadlines of hosts, then arrivals and
 * actions as they were scheduled. arg is borrowed until then. 0; -EINVAL: at is
 * past; -ENOMEM. */
typedef void sim_action_fn(struct sim *sim, void *arg);
int sim_at(struct sim *sim, usec_t at, sim_action_fn *fn, void *arg);

/* The next thing that is due, if it is due by then; false: none is, and the
 * clock stands where it stood. */
bool sim_step(struct sim *sim, usec_t until);
/* All that is due by then; afterwards all clocks show it. Not USEC_NEVER. */
void sim_run_until(struct sim *sim, usec_t until);
/* Until no packet is in the air. */
void sim_settle(struct sim *sim);

#endif
