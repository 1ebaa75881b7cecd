/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runs of RFC 5534 appendix A, step by step, between two hosts of ours. The
 * examples 1 and 2, in which nothing is sent, are in keepalive_test.c.
 */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

/* Who sends what: type 0 is payload. */
struct step {
	unsigned from;
	uint8_t type;
};

static void assert_steps(const struct pair *p, const struct step *steps, unsigned n)
{
	assert_int_equal(p->count, n);
	for (unsigned i = 0; i < n; i++) {
		const struct flight *f = &p->flight[i];

		assert_int_equal(f->to, !steps[i].from);
		assert_int_equal(control_type(f), steps[i].type);
		if (!steps[i].type)
			assert_true(is_payload(f));
	}
}

static void assert_payload(const struct pair *p, unsigned i, unsigned from, unsigned local,
			   unsigned peer)
{
	const struct flight *f = &p->flight[i];

	assert_true(i < p->count && is_payload(f));
	assert_int_equal(f->to, !from);
	assert_int_equal(source_of(p, f), local);
	assert_int_equal(destination_of(p, f), peer);
}

/* Links of 2001:db8:a:n::/64 and 2001:db8:b:n::/64, and if there are two each, a
 * second provider that they have in common: 2001:db8:c:n::/64. */
static struct pair *with_links(unsigned a, unsigned b)
{
	const unsigned links[2] = { a, b };
	struct pair *p = pair_empty();

	for (unsigned side = A; side <= B; side++) {
		struct shim_config cfg = pair_config(&p->end[side], 20 + side);

		cfg.link_count = links[side];
		if (a == 2 && b == 2) {
			cfg.link[1].prefix[0][5] = 0xc;
			cfg.link[1].prefix[0][7] = (uint8_t)(1 + side);
		}
		pair_host(p, side, &cfg);
	}
	establish(p);
	clear(p);
	return p;
}

static void example_3_unidirectional_communications(void **state)
{
	static const struct step steps[] = { { A, 0 }, { A, 0 }, { A, 0 },
					     { B, SHIM6_KEEPALIVE }, { A, 0 } };
	struct pair *p = with_links(2, 2);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		say(p, A);
		run_until(p, (i + 1) * SECOND);
	}
	assert_true(deadline_of(p, A, TIMER_SEND) == 15 * SECOND);
	run_until(p, 15 * SECOND / 2);
	assert_true(deadline_of(p, A, TIMER_SEND) == USEC_NEVER);
	say(p, A);
	assert_steps(p, steps, 5);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
	pair_free(p);
}

/* A has one address, B two; all connections via B1 break. */
static void example_4_failure_scenario(void **state)
{
	struct pair *p = with_links(1, 2);
	const struct flight *f = p->flight;
	unsigned n;

	(void)state;
	say(p, A);
	say(p, B);
	settle(p);
	assert_payload(p, 0, A, 1, 1);
	assert_payload(p, 1, B, 1, 1);

	/* At time T1 path A<->B1 becomes broken. B is the first to say something then. */
	p->cut[A][1][1] = p->cut[B][1][1] = true;
	for (unsigned i = 0; i < 3; i++) {
		say(p, B);
		run_until(p, (1 + i) * SECOND);
		say(p, A);
	}
	assert_true(deadline_of(p, B, TIMER_SEND) < deadline_of(p, A, TIMER_SEND));
	n = p->count;

	/* Send Timeout seconds after T1, B complains. */
	run_until(p, 15 * SECOND);
	assert_int_equal(p->count, n + 1);
	assert_probe(p, n, B, REAP_EXPLORING, 1, 1, 0); /* p */
	assert_int_equal(reap_of(p, B), REAP_EXPLORING);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);

	/* But it's lost, retransmission uses another pair. */
	run_until(p, 15 * SECOND + SECOND / 2);
	assert_int_equal(p->count, n + 4);
	assert_probe(p, n + 1, B, REAP_EXPLORING, 2, 1, 0); /* q */
	/* A: InboundOk, "it picks B2 as the most likely candidate" */
	assert_probe(p, n + 2, A, REAP_INBOUND_OK, 1, 2, 1); /* r */
	assert_true(reports(&f[n + 2], &f[n + 1]));
	/* B: Operational */
	assert_probe(p, n + 3, B, REAP_OPERATIONAL, 2, 1, 1); /* s */
	assert_true(reports(&f[n + 3], &f[n + 2]));
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
	assert_int_equal(p->flight[n + 3].at, 15 * SECOND + SECOND / 2);

	/* Payload packets flow again. */
	say(p, A);
	say(p, B);
	assert_payload(p, n + 4, A, 1, 2);
	assert_payload(p, n + 5, B, 2, 1);
	settle(p);
	assert_true(p->end[A].arrival.shimmed && p->end[B].arrival.shimmed);
	pair_free(p);
}

/*
 * A and B have two addresses each, and the path from A1 to B1 breaks, in this
 * direction only. What differs from the figure: A repeats its Probe when that is
 * due (6.5), which is when B's r arrives; and B's t goes over the pair that B has
 * found to work, of which 6.8 says nothing, and the figure that it is the other.
 */
static void example_5_one_way_failure(void **state)
{
	struct pair *p = with_links(2, 2);
	const struct flight *f = p->flight;
	unsigned n;

	(void)state;
	say(p, A);
	say(p, B);
	settle(p);
	p->cut[A][1][1] = true;
	for (unsigned i = 0; i < 15; i++) {
		say(p, B);
		settle(p);
		say(p, A);
		run_until(p, (i + 1) * SECOND - (i == 14));
		assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
	}
	n = p->count;
	for (unsigned i = 0; i < n; i++)
		assert_true(is_payload(&f[i]));

	/* Send Timeout seconds after T1, B notices the problem. A responds, and that is lost. */
	run_until(p, 15 * SECOND);
	assert_int_equal(p->count, n + 2);
	assert_probe(p, n, B, REAP_EXPLORING, 1, 1, 0);      /* p */
	assert_probe(p, n + 1, A, REAP_INBOUND_OK, 1, 1, 1); /* q */
	assert_true(reports(&f[n + 1], &f[n]));
	assert_int_equal(reap_of(p, A), REAP_INBOUND_OK);
	assert_int_equal(reap_of(p, B), REAP_EXPLORING);

	/* Next, B tries a different pair. */
	run_until(p, 15 * SECOND + SECOND / 2);
	assert_int_equal(p->count, n + 6);
	assert_probe(p, n + 2, A, REAP_INBOUND_OK, 1, 1, 1); /* A's repetition */
	assert_probe(p, n + 3, B, REAP_EXPLORING, 2, 2, 0);  /* r */
	assert_probe(p, n + 4, A, REAP_INBOUND_OK, 2, 2, 2); /* s */
	assert_true(reports(&f[n + 4], &f[n]) && reports(&f[n + 4], &f[n + 3]));
	/* B knows now that A hears it, and that A's Probe arrives. */
	assert_probe(p, n + 5, B, REAP_OPERATIONAL, 1, 1, 1); /* t */
	assert_true(reports(&f[n + 5], &f[n + 4]));
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);

	/* Payload packets flow again, each way over another pair. */
	p->end[A].arrivals = p->end[B].arrivals = 0;
	say(p, A);
	say(p, B);
	assert_payload(p, n + 6, A, 2, 2);
	assert_payload(p, n + 7, B, 1, 1);
	settle(p);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_int_equal(p->end[B].arrivals, 1);
	pair_free(p);
}

/* No example, but the plainest run of section 6: both notice at once. */
static void two_that_explore_at_once_end_it_with_three_probes_each(void **state)
{
	static const struct { unsigned from; enum reap_state says; } probes[] = {
		{ A, REAP_EXPLORING }, { B, REAP_EXPLORING },
		{ B, REAP_INBOUND_OK }, { A, REAP_INBOUND_OK },
		{ A, REAP_OPERATIONAL }, { B, REAP_OPERATIONAL },
	};
	struct pair *p = *state;

	establish(p);
	say(p, A);
	say(p, B);
	clear(p); /* both are lost */
	run_until(p, 15 * SECOND);
	assert_int_equal(p->count, 6);
	for (unsigned i = 0; i < 6; i++)
		assert_probe(p, i, probes[i].from, probes[i].says, 1, 1, i < 2 ? 0 : 1);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
	run_until(p, 40 * SECOND);
	for (unsigned i = 6; i < p->count; i++)
		assert_int_equal(control_type(&p->flight[i]), SHIM6_KEEPALIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_3_unidirectional_communications),
		cmocka_unit_test(example_4_failure_scenario),
		cmocka_unit_test(example_5_one_way_failure),
		pair_test(two_that_explore_at_once_end_it_with_three_probes_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
