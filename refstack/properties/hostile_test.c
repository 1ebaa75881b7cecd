/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever an attacker sends, no payload goes to an address that isn't in the peer's
 * own set (RFC 5533 16, RFC 5535); and it costs a responder no memory.
 */
#include "refstack/properties/hostile.h"

#include <malloc.h>

enum {
	SEEDS = 20,
	PACKETS = 25000, /* of each kind and seed: a million in all */
	FLOOD = 200000,  /* 10,000,000 in make soak, by WORLD_FLOOD */
};

static const struct sim_quality lan = { .delay_usec = 5000 };

struct attack {
	struct hostile hostile;
	uint64_t astray, control, payload;
};

static bool is_of(const struct shim_host *host, const uint8_t *addr)
{
	struct in6_addr a;

	memcpy(&a, addr, sizeof(a));
	return shim_host_owns(host, &a);
}

/* Everything that the two hosts send is seen, and payload counted. */
static void watch(struct world *w, const struct sim_event *event)
{
	struct attack *attack = w->arg;
	const uint8_t *p = event->packet;
	bool payload = p[6] == IPPROTO_UDP || (p[6] == PROTO_SHIM6 && p[42] & 0x80);

	if (event->fate != SIM_SENT)
		return;
	if (!payload || world_dice(w, 64) == 0) /* or there were nothing else to change */
		hostile_see(&attack->hostile, p, event->len);
	attack->payload += payload;
	attack->control += p[6] == PROTO_SHIM6 && !payload;
	if (payload && !is_of(sim_host(w->sim, !event->path.from), p + 24))
		attack->astray++;
}

/* So that every kind of message is there to be seen. */
static void stir(struct world *w)
{
	unsigned side = (unsigned)world_dice(w, 2), link = 1 + (unsigned)world_dice(w, 2);

	switch (world_dice(w, 6)) {
	case 0:
		shim_host_link_event(sim_host(w->sim, side), link, world_dice(w, 4));
		break;
	case 1:
		sim_outage(w->sim, (struct sim_paths){ side, link, SIM_ANY, SIM_ANY },
			   sim_now(w->sim), sim_now(w->sim) + 20 * USEC_PER_SEC);
		break;
	case 2:
		assert_int_equal(sim_restart_host(w->sim, side), 0);
		break;
	default:
		shim_initiate(sim_host(w->sim, side), &w->ulid[side], &w->ulid[!side], 0);
		break;
	}
}

static void attacked(uint64_t seed, bool sees)
{
	struct attack attack = { .astray = 0 };
	struct world w;

	world_open(&w, seed, 2, 2, &lan);
	hostile_open(&attack.hostile);
	w.tap = watch;
	w.arg = &attack;
	world_establish(&w);
	world_begin_to_talk(&w, 200 * MSEC);
	for (unsigned i = 0; i < PACKETS; i++) {
		struct seen packet;

		if (i % 64 == 0)
			sim_run_until(w.sim, sim_now(w.sim) + world_dice(&w, 2 * USEC_PER_SEC));
		if (i % 1024 == 0)
			stir(&w);
		if (!sees || !hostile_changed(&w, &attack.hostile, &packet))
			hostile_made(&w, &attack.hostile, &packet);
		hostile_send(&w, &packet);
		if (i % 256 == 0)
			world_check(&w);
	}
	WORLD_ASSERT(&w, attack.astray == 0);
	WORLD_ASSERT(&w, attack.payload > 1000);
	WORLD_ASSERT(&w, attack.control > 100);
	world_check(&w);
	world_close(&w);
}

static void attacked_blindly(uint64_t seed) { attacked(seed, false); }
static void attacked_knowingly(uint64_t seed) { attacked(seed, true); }

static void nobody_off_the_path_leads_payload_astray(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, attacked_blindly);
}

static void nobody_who_sees_everything_leads_payload_astray(void **state)
{
	(void)state;
	world_for_seeds(SEEDS, attacked_knowingly);
}

/* --- a flood ------------------------------------------------------------------------- */

static size_t memory(void)
{
	return mallinfo2().uordblks; /* 0 where the allocator is a sanitizer's */
}

static void an_i1(struct world *w, struct seen *out)
{
	struct ipv6_header ip = { .next_header = PROTO_SHIM6, .hop_limit = 64, .payload_len = 16 };
	struct shim6_message i1 = { .type = SHIM6_I1 };
	struct wbuf packet = wbuf_of(out->octets, 40), message = wbuf_of(out->octets + 40, 16);

	for (unsigned i = 0; i < 16; i++)
		ip.src.s6_addr[i] = (uint8_t)world_dice(w, 256);
	ip.src.s6_addr[0] = 0x20;
	ip.dst = w->ulid[B];
	i1.init_tag = world_dice(w, SHIM6_TAG_MASK);
	i1.init_nonce = (uint32_t)world_dice(w, UINT32_MAX);
	ipv6_emit(&ip, &packet);
	shim6_message_emit(&i1, &message);
	out->len = 56;
}

static void a_flood_of_i1_costs_no_memory_and_harms_no_context(void **state)
{
	const char *more = getenv("WORLD_FLOOD");
	const uint64_t flood = more ? strtoull(more, NULL, 0) : FLOOD;
	size_t before, answers;
	struct world w;

	(void)state;
	world_open(&w, 1, 2, 2, &lan);
	world_establish(&w);
	world_begin_to_talk(&w, 200 * MSEC);
	sim_run_until(w.sim, 2 * USEC_PER_SEC);
	before = memory();
	answers = sim_count(w.sim, (struct sim_paths){ B, SIM_ANY, SIM_ANY, SIM_ANY }, SIM_SENT);
	for (uint64_t i = 0; i < flood; i++) {
		struct seen i1;

		an_i1(&w, &i1);
		shim_host_input(sim_host(w.sim, B), 1, i1.octets, i1.len);
		if (i % 1000 == 0)
			sim_run_until(w.sim, sim_now(w.sim) + 100 * MSEC);
	}
	answers = sim_count(w.sim, (struct sim_paths){ B, SIM_ANY, SIM_ANY, SIM_ANY }, SIM_SENT) -
		  answers;
	sim_settle(w.sim);
	WORLD_ASSERT(&w, answers >= flood);
	WORLD_ASSERT(&w, sim_host(w.sim, B)->contexts.count == 1);
	WORLD_ASSERT(&w, memory() <= before + 65536);
	WORLD_ASSERT(&w, world_agrees(&w));
	WORLD_ASSERT(&w, w.worst_gap[A] < USEC_PER_SEC && w.worst_gap[B] < USEC_PER_SEC);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_off_the_path_leads_payload_astray),
		cmocka_unit_test(nobody_who_sees_everything_leads_payload_astray),
		cmocka_unit_test(a_flood_of_i1_costs_no_memory_and_harms_no_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
