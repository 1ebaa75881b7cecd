/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls from above, packets, and time, in any order: nothing breaks, and after each
 * step everything is as it must be (refstack/core/invariants.c).
 */
#include "refstack/properties/hostile.h"

enum { SEEDS = 100, STEPS = 2000 };

static const struct sim_quality uneven = {
	.loss_ppm = 50000, .duplicate_ppm = 20000, .delay_usec = 10000, .jitter_usec = 40000,
	.mtu = 1400, .too_big = true,
};

struct play {
	struct world w;
	struct hostile hostile;
};

static struct shim_host *any_host(struct play *p, unsigned *side)
{
	*side = (unsigned)world_dice(&p->w, 2);
	return sim_host(p->w.sim, *side);
}

static struct in6_addr any_local(struct play *p, const struct shim_host *host)
{
	return host->locator[world_dice(&p->w, host->locator_count)].addr;
}

static struct shim_context *any_context(struct play *p, const struct shim_host *host)
{
	struct context_walk walk = { .bucket = 0 };
	struct shim_context *context = NULL;
	uint64_t n = world_dice(&p->w, host->contexts.count + 1);

	while (n-- > 0)
		context = context_walk(&host->contexts, &walk);
	return context;
}

/* --- what can happen ---------------------------------------------------------------- */

static void initiate(struct play *p)
{
	unsigned side;
	struct shim_host *host = any_host(p, &side);
	struct in6_addr local = any_local(p, host), peer = any_local(p, sim_host(p->w.sim, !side));

	shim_initiate(host, &local, &peer, (uint32_t)world_dice(&p->w, 3));
}

static void send_something(struct play *p)
{
	static const uint8_t octets[1500] = { 0, 7, 0, 7 };
	unsigned side;
	struct shim_host *host = any_host(p, &side);
	struct in6_addr locator = any_local(p, host);
	struct shim_send send = {
		.local = any_local(p, host),
		.peer = any_local(p, sim_host(p->w.sim, !side)),
		.protocol = world_dice(&p->w, 4) ? IPPROTO_UDP : IPPROTO_ICMPV6,
		.dontshim = world_dice(&p->w, 8) == 0,
		.fii = (uint32_t)world_dice(&p->w, 3),
		.source_locator = world_dice(&p->w, 4) ? NULL : &locator,
	};

	shim_send(host, &send, octets, 8 + world_dice(&p->w, 1480));
	(void)shim_mtu(host, &send.local, &send.peer);
}

static void feed_back(struct play *p)
{
	unsigned side;
	struct shim_host *host = any_host(p, &side);
	struct shim_context *context = any_context(p, host);

	if (context)
		shim_feedback(host, context, world_dice(&p->w, 2));
}

static void stand_by(struct play *p)
{
	unsigned side;
	struct shim_host *host = any_host(p, &side);
	struct shim_context *context = any_context(p, host);

	if (context)
		shim_hot_standby(host, context, world_dice(&p->w, 2));
}

static void change_link(struct play *p)
{
	unsigned side;
	struct shim_host *host = any_host(p, &side);

	shim_host_link_event(host, 1 + (unsigned)world_dice(&p->w, 3), world_dice(&p->w, 3));
}

static void change_address(struct play *p)
{
	unsigned side;
	struct shim_host *host = any_host(p, &side);
	struct in6_addr addr = any_local(p, host);

	shim_host_address_event(host, 1 + (unsigned)world_dice(&p->w, 2), &addr,
				world_dice(&p->w, 3));
}

static void crash(struct play *p)
{
	if (world_dice(&p->w, 8) == 0)
		assert_int_equal(sim_restart_host(p->w.sim, (unsigned)world_dice(&p->w, 2)), 0);
}

static void break_a_path(struct play *p)
{
	unsigned side = (unsigned)world_dice(&p->w, 2);

	sim_outage(p->w.sim,
		   (struct sim_paths){ side, 1 + (unsigned)world_dice(&p->w, 2), SIM_ANY, SIM_ANY },
		   sim_now(p->w.sim), sim_now(p->w.sim) + world_dice(&p->w, 60 * USEC_PER_SEC));
}

static void attack(struct play *p)
{
	struct seen packet;

	if (!world_dice(&p->w, 2) || !hostile_changed(&p->w, &p->hostile, &packet))
		hostile_made(&p->w, &p->hostile, &packet);
	hostile_send(&p->w, &packet);
}

static void wait_a_little(struct play *p)
{
	sim_run_until(p->w.sim, sim_now(p->w.sim) + world_dice(&p->w, 100 * MSEC));
}

static void wait_long(struct play *p)
{
	sim_run_until(p->w.sim, sim_now(p->w.sim) + world_dice(&p->w, 100 * USEC_PER_SEC));
}

static void watch(struct world *w, const struct sim_event *event)
{
	struct play *p = w->arg;

	if (event->fate == SIM_SENT && event->packet[6] == PROTO_SHIM6)
		hostile_see(&p->hostile, event->packet, event->len);
}

static void played(uint64_t seed)
{
	static void (*const steps[])(struct play *) = {
		initiate, send_something, send_something, send_something, feed_back, stand_by,
		change_link, change_address, crash, break_a_path, attack, attack, attack,
		wait_a_little, wait_a_little, wait_long,
	};
	struct play *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	world_open(&p->w, seed, 2, 2, &uneven);
	hostile_open(&p->hostile);
	p->w.tap = watch;
	p->w.arg = p;
	for (unsigned i = 0; i < STEPS; i++) {
		steps[world_dice(&p->w, sizeof(steps) / sizeof(steps[0]))](p);
		world_check(&p->w);
	}
	/* Left alone, everything comes to its end. */
	sim_run_until(p->w.sim, sim_now(p->w.sim) + 3000 * USEC_PER_SEC);
	world_check(&p->w);
	for (unsigned side = A; side <= B; side++)
		WORLD_ASSERT(&p->w, sim_host(p->w.sim, side)->contexts.count == 0);
	world_close(&p->w);
	free(p);
}

static void any_order_of_calls_packets_and_time_is_survived(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, played);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_of_calls_packets_and_time_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
