/* SPDX-License-Identifier: BSD-2-Clause */
/* REAP over anything that can happen, in any order: RFC 5534 6, in general. */
#include "refstack/core/back_to_back_reap.h"

static void at_random(struct pair *p, struct random_source *random)
{
	struct flight own = p->flight[0];
	uint32_t dice = random_u32(random);
	unsigned from = 1 + (dice >> 8 & 1), to = 1 + (dice >> 9 & 1);

	clear(p);
	switch (dice % 12) {
	case 0:
		hear_payload(p);
		break;
	case 1:
		hear_tagged(p);
		break;
	case 2:
		hear_keepalive(p);
		break;
	case 3:
		hear_probe(p, REAP_EXPLORING, from, to, dice, NULL);
		break;
	case 4:
		hear_probe(p, REAP_INBOUND_OK, from, to, dice, NULL);
		break;
	case 5:
		hear_probe(p, REAP_OPERATIONAL, from, to, dice, NULL);
		break;
	case 6:
		hear_probe(p, (enum reap_state)(dice >> 16 & 1), from, to, dice,
			   control_type(&own) == SHIM6_PROBE ? &own : NULL);
		break;
	case 7:
		shim_feedback(p->host[A], context_of(p, A), dice >> 16 & 1);
		break;
	case 8:
		hear_update_ack(p);
		break;
	case 9:
		say(p, A);
		break;
	default:
		pass(p, A, dice % (5 * USEC_PER_SEC));
		break;
	}
}

/* RFC 5534 6: which timer runs where, and never both. */
static void in_no_state_runs_a_timer_that_must_not(void **state)
{
	struct random_source random;

	(void)state;
	assert_int_equal(random_open(&random, 11), 0);
	for (unsigned seed = 0; seed < 20; seed++) {
		struct pair *p = pair_new(seed, 0);

		establish(p);
		for (unsigned i = 0; i < 500; i++) {
			bool send, keepalive, interval, probe;
			enum reap_state now;

			at_random(p, &random);
			assert_non_null(context_of(p, A));
			send = deadline_of(p, A, TIMER_SEND) != USEC_NEVER;
			keepalive = deadline_of(p, A, TIMER_KEEPALIVE) != USEC_NEVER;
			interval = deadline_of(p, A, TIMER_INTERVAL) != USEC_NEVER;
			probe = deadline_of(p, A, TIMER_PROBE) != USEC_NEVER;
			now = reap_of(p, A);
			assert_false(send && keepalive);
			assert_false(keepalive && now != REAP_OPERATIONAL);
			assert_false(send && now == REAP_EXPLORING);
			assert_false(interval && !keepalive);
			assert_true(probe || now == REAP_OPERATIONAL);
			for (unsigned k = 0; k < p->count; k++)
				if (control_type(&p->flight[k]) == SHIM6_PROBE)
					assert_true(psent_of(&p->flight[k]) == 1);
		}
		pair_free(p);
	}
	random_close(&random);
}

static void states_have_the_names_of_the_rfc(void **state)
{
	(void)state;
	assert_string_equal(reap_state_name(REAP_OPERATIONAL), "Operational");
	assert_string_equal(reap_state_name(REAP_EXPLORING), "Exploring");
	assert_string_equal(reap_state_name(REAP_INBOUND_OK), "InboundOk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_no_state_runs_a_timer_that_must_not),
		cmocka_unit_test(states_have_the_names_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
