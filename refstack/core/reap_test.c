/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state machine of RFC 5534 6, cell by cell: a test is a section, a row of
 * it what the section says of one situation. A is held against it; B only
 * makes up what A hears.
 */
#include "refstack/core/back_to_back_reap.h"

/* A state, and what runs in it. */
enum situation {
	OP,   /* Operational, neither timer */
	OP_S, /* Send Timer: payload went out */
	OP_K, /* Keepalive Timer: payload came in */
	EX,
	IN_S, /* InboundOk, Send Timer */
	IN,   /* InboundOk, and payload has come since */
	SITUATIONS,
};

enum effect { KEPT, STOPPED, STARTED };

enum sending { NOTHING, KEEPALIVE, OPERATIONAL, EXPLORING, INBOUND_OK };

struct cell {
	enum reap_state next;
	enum effect send, keepalive;
	enum sending sent;
};

#define O REAP_OPERATIONAL
#define E REAP_EXPLORING
#define I REAP_INBOUND_OK

static const usec_t MOMENT = USEC_PER_SEC / 4; /* before the next Probe is due */

static void bring_to(struct pair *p, enum situation situation)
{
	establish(p);
	switch (situation) {
	case OP:
	case SITUATIONS:
		break;
	case OP_S:
		say(p, A);
		break;
	case OP_K:
		hear_payload(p);
		break;
	case EX:
		say(p, A);
		pass(p, A, SEND_TIMEOUT * USEC_PER_SEC);
		break;
	case IN_S:
		hear_probe(p, E, 1, 1, 100, NULL);
		break;
	case IN:
		hear_probe(p, E, 1, 1, 100, NULL);
		hear_payload(p);
		break;
	}
	pass(p, A, MOMENT);
	clear(p);
}

static void assert_situation(const struct pair *p, enum situation situation)
{
	static const enum reap_state state[SITUATIONS] = { O, O, O, E, I, I };
	bool send = situation == OP_S || situation == IN_S;

	assert_int_equal(reap_of(p, A), state[situation]);
	assert_int_equal(deadline_of(p, A, TIMER_SEND) != USEC_NEVER, send);
	assert_int_equal(deadline_of(p, A, TIMER_KEEPALIVE) != USEC_NEVER, situation == OP_K);
}

static void assert_effect(const struct pair *p, enum effect effect, enum context_timer timer,
			  usec_t before)
{
	usec_t after = deadline_of(p, A, timer);

	switch (effect) {
	case KEPT:
		assert_true(after == before);
		break;
	case STOPPED:
		assert_true(before != USEC_NEVER && after == USEC_NEVER);
		break;
	case STARTED:
		assert_true(after == shim_host_now(p->host[A]) + SEND_TIMEOUT * USEC_PER_SEC);
		break;
	}
}

/* Of what the event made A send; payload, and other messages, are the event's. */
static void assert_sending(const struct pair *p, enum sending sent)
{
	static const uint8_t sta[] = { [OPERATIONAL] = O, [EXPLORING] = E, [INBOUND_OK] = I };
	unsigned n = 0;

	for (unsigned i = 0; i < p->count; i++) {
		const struct flight *f = &p->flight[i];

		if (!is_reap(f))
			continue;
		n++;
		assert_int_equal(f->to, B);
		if (sent == KEEPALIVE) {
			assert_int_equal(control_type(f), SHIM6_KEEPALIVE);
		} else {
			assert_int_equal(control_type(f), SHIM6_PROBE);
			assert_int_equal(sta_of(f), sta[sent]);
		}
	}
	assert_int_equal(n, sent == NOTHING ? 0 : 1);
}

typedef void happening(struct pair *p);

/* lead: what the time before the event takes, beyond the situation's. */
static void check(happening *happen, enum situation situation, const struct cell *cell,
		  happening *lead)
{
	struct pair *p = pair_new(7 + situation, 0);
	usec_t send, keepalive;

	bring_to(p, situation);
	if (lead)
		lead(p);
	assert_situation(p, situation);
	send = deadline_of(p, A, TIMER_SEND);
	keepalive = deadline_of(p, A, TIMER_KEEPALIVE);
	clear(p);
	happen(p);

	assert_int_equal(reap_of(p, A), cell->next);
	assert_effect(p, cell->send, TIMER_SEND, send);
	assert_effect(p, cell->keepalive, TIMER_KEEPALIVE, keepalive);
	assert_sending(p, cell->sent);
	pair_free(p);
}

static void check_all(happening *happen, const struct cell cells[SITUATIONS])
{
	for (enum situation s = OP; s < SITUATIONS; s++)
		check(happen, s, &cells[s], NULL);
}

/* --- 6.1 ---------------------------------------------------------------------- */

static const struct cell on_payload_in[SITUATIONS] = {
	[OP] = { O, KEPT, STARTED, NOTHING },
	[OP_S] = { O, STOPPED, STARTED, NOTHING },
	[OP_K] = { O, KEPT, KEPT, NOTHING },
	[EX] = { I, STARTED, KEPT, INBOUND_OK },
	[IN_S] = { I, STOPPED, KEPT, NOTHING },
	[IN] = { I, KEPT, KEPT, NOTHING },
};

static void an_incoming_payload_packet_does_what_6_1_says(void **state)
{
	(void)state;
	check_all(hear_payload, on_payload_in);
}

static void an_incoming_control_message_counts_as_payload(void **state)
{
	(void)state;
	check_all(hear_update_ack, on_payload_in);
}

static void payload_counts_on_whatever_pair_it_comes(void **state)
{
	(void)state;
	check_all(hear_tagged, on_payload_in);
}

/* --- 6.2 ---------------------------------------------------------------------- */

static const struct cell on_payload_out[SITUATIONS] = {
	[OP] = { O, STARTED, KEPT, NOTHING },
	[OP_S] = { O, KEPT, KEPT, NOTHING },
	[OP_K] = { O, STARTED, STOPPED, NOTHING },
	[EX] = { E, KEPT, KEPT, NOTHING },
	[IN_S] = { I, KEPT, KEPT, NOTHING },
	[IN] = { I, STARTED, KEPT, NOTHING },
};

static void speak(struct pair *p)
{
	say(p, A);
	assert_true(is_payload(&p->flight[0]));
}

static void an_outgoing_payload_packet_does_what_6_2_says(void **state)
{
	(void)state;
	check_all(speak, on_payload_out);
}

/* The Update Request that a link that isn't the current pair's is worth. */
static void tell_of_a_link(struct pair *p)
{
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	assert_int_equal(control_type(&p->flight[0]), SHIM6_UPDATE_REQUEST);
}

static void an_outgoing_control_message_counts_as_payload(void **state)
{
	(void)state;
	check_all(tell_of_a_link, on_payload_out);
}

/* --- 6.3, and the interval of 6.1 --------------------------------------------- */

/* Until the timer is to run out with the next microsecond. */
static void run_up_to(struct pair *p, enum context_timer timer)
{
	usec_t at = deadline_of(p, A, timer);

	if (at != USEC_NEVER)
		shim_host_advance(p->host[A], at - 1);
}

static void run_out(struct pair *p, enum context_timer timer, enum reap_event event)
{
	if (deadline_of(p, A, timer) != USEC_NEVER)
		pass(p, A, 1);
	else
		reap_happen(p->host[A], context_of(p, A), event, NULL);
}

static void up_to_keepalive(struct pair *p) { run_up_to(p, TIMER_KEEPALIVE); }
static void up_to_interval(struct pair *p) { run_up_to(p, TIMER_INTERVAL); }
static void up_to_send(struct pair *p) { run_up_to(p, TIMER_SEND); }
static void up_to_probe(struct pair *p) { run_up_to(p, TIMER_PROBE); }

static void keepalive_end(struct pair *p) { run_out(p, TIMER_KEEPALIVE, REAP_KEEPALIVE_END); }
static void keepalive_due(struct pair *p) { run_out(p, TIMER_INTERVAL, REAP_KEEPALIVE_DUE); }
static void send_end(struct pair *p) { run_out(p, TIMER_SEND, REAP_SEND_END); }
static void probe_due(struct pair *p) { run_out(p, TIMER_PROBE, REAP_PROBE_DUE); }

static void a_keepalive_timeout_does_what_6_3_says(void **state)
{
	static const struct cell running = { O, KEPT, STOPPED, KEEPALIVE };
	static const struct cell cannot[] = { [EX] = { E, KEPT, KEPT, NOTHING },
					      [IN_S] = { I, KEPT, KEPT, NOTHING },
					      [IN] = { I, KEPT, KEPT, NOTHING } };

	(void)state;
	check(keepalive_end, OP_K, &running, up_to_keepalive);
	for (enum situation s = EX; s < SITUATIONS; s++)
		check(keepalive_end, s, &cannot[s], NULL);
}

static void an_interval_within_it_sends_another_keepalive(void **state)
{
	static const struct cell running = { O, KEPT, KEPT, KEEPALIVE };
	static const struct cell cannot[] = { [EX] = { E, KEPT, KEPT, NOTHING },
					      [IN_S] = { I, KEPT, KEPT, NOTHING },
					      [IN] = { I, KEPT, KEPT, NOTHING } };

	(void)state;
	check(keepalive_due, OP_K, &running, up_to_interval);
	for (enum situation s = EX; s < SITUATIONS; s++)
		check(keepalive_due, s, &cannot[s], NULL);
}

/* --- 6.4 ---------------------------------------------------------------------- */

static void a_send_timeout_does_what_6_4_says(void **state)
{
	static const struct cell stops = { E, STOPPED, KEPT, EXPLORING };
	static const struct cell cannot = { E, KEPT, KEPT, NOTHING };

	(void)state;
	check(send_end, OP_S, &stops, up_to_send);
	check(send_end, IN_S, &stops, up_to_send);
	check(send_end, EX, &cannot, NULL);
}

/* --- 6.5 ---------------------------------------------------------------------- */

static void a_retransmission_does_what_6_5_says(void **state)
{
	static const struct cell cells[SITUATIONS] = {
		[OP] = { O, KEPT, KEPT, NOTHING },
		[OP_S] = { O, KEPT, KEPT, NOTHING },
		[OP_K] = { O, KEPT, KEPT, NOTHING },
		[EX] = { E, KEPT, KEPT, EXPLORING },
		[IN_S] = { I, KEPT, KEPT, INBOUND_OK },
		[IN] = { I, STARTED, KEPT, INBOUND_OK },
	};

	(void)state;
	for (enum situation s = OP; s < SITUATIONS; s++)
		check(probe_due, s, &cells[s], up_to_probe);
}

/* --- 6.6 ---------------------------------------------------------------------- */

static void a_keepalive_does_what_6_6_says(void **state)
{
	static const struct cell cells[SITUATIONS] = {
		[OP] = { O, KEPT, KEPT, NOTHING },
		[OP_S] = { O, STOPPED, KEPT, NOTHING },
		[OP_K] = { O, KEPT, KEPT, NOTHING },
		[EX] = { I, STARTED, KEPT, INBOUND_OK },
		[IN_S] = { I, STOPPED, KEPT, NOTHING },
		[IN] = { I, KEPT, KEPT, NOTHING },
	};

	(void)state;
	check_all(hear_keepalive, cells);
}

/* --- 6.7 to 6.9 --------------------------------------------------------------- */

static void hear_exploring(struct pair *p) { hear_probe(p, REAP_EXPLORING, 1, 1, 1, NULL); }
static void hear_inbound_ok(struct pair *p) { hear_probe(p, REAP_INBOUND_OK, 1, 1, 1, NULL); }
static void hear_operational(struct pair *p) { hear_probe(p, REAP_OPERATIONAL, 1, 1, 1, NULL); }

static void a_probe_exploring_does_what_6_7_says(void **state)
{
	static const struct cell cells[SITUATIONS] = {
		[OP] = { I, STARTED, KEPT, INBOUND_OK },
		[OP_S] = { I, STARTED, KEPT, INBOUND_OK },
		[OP_K] = { I, STARTED, STOPPED, INBOUND_OK },
		[EX] = { I, STARTED, KEPT, INBOUND_OK },
		[IN_S] = { I, STARTED, KEPT, INBOUND_OK },
		[IN] = { I, STARTED, KEPT, INBOUND_OK },
	};

	(void)state;
	check_all(hear_exploring, cells);
}

static void a_probe_inbound_ok_does_what_6_8_says(void **state)
{
	static const struct cell cells[SITUATIONS] = {
		[OP] = { O, STARTED, KEPT, OPERATIONAL },
		[OP_S] = { O, STARTED, KEPT, OPERATIONAL },
		[OP_K] = { O, STARTED, STOPPED, OPERATIONAL },
		[EX] = { O, STARTED, KEPT, OPERATIONAL },
		[IN_S] = { O, STARTED, KEPT, OPERATIONAL },
		[IN] = { O, STARTED, KEPT, OPERATIONAL },
	};

	(void)state;
	check_all(hear_inbound_ok, cells);
}

static void a_probe_operational_does_what_6_9_says(void **state)
{
	static const struct cell cells[SITUATIONS] = {
		[OP] = { O, KEPT, STARTED, NOTHING },
		[OP_S] = { O, STOPPED, STARTED, NOTHING },
		[OP_K] = { O, KEPT, KEPT, NOTHING },
		[EX] = { O, KEPT, STARTED, NOTHING },
		[IN_S] = { O, STOPPED, STARTED, NOTHING },
		[IN] = { O, KEPT, STARTED, NOTHING },
	};

	(void)state;
	check_all(hear_operational, cells);
}

/* --- what is no event --------------------------------------------------------- */

static const struct cell no_effect[SITUATIONS] = {
	[OP] = { O, KEPT, KEPT, NOTHING }, [OP_S] = { O, KEPT, KEPT, NOTHING },
	[OP_K] = { O, KEPT, KEPT, NOTHING }, [EX] = { E, KEPT, KEPT, NOTHING },
	[IN_S] = { I, KEPT, KEPT, NOTHING }, [IN] = { I, KEPT, KEPT, NOTHING },
};

/* An honest Probe(1) with an octet behind the IPv6 header changed. */
static void hear_changed(struct pair *p, unsigned octet, uint8_t value, bool sealed)
{
	struct shim6_message m = probe_of(p, REAP_EXPLORING, 1, 1, 1);
	struct in6_addr src = locator_of(p, B, 1), dst = locator_of(p, A, 1);
	struct flight *f = &p->flight[p->count];

	assert_int_equal(host_send_control(p->host[B], &src, &dst, &m), 0);
	f->octets[40 + octet] = value;
	if (sealed)
		seal(f);
	take_last(p);
}

static void hear_bad_checksum(struct pair *p) { hear_changed(p, 12, 0, false); }
static void hear_no_sent(struct pair *p) { hear_changed(p, 12, 0, true); }
static void hear_sta_3(struct pair *p) { hear_changed(p, 13, 0xc0, true); }
static void hear_too_many(struct pair *p) { hear_changed(p, 12, 0x02, true); }
static void hear_wrong_tag(struct pair *p)
{
	hear_changed(p, 11, (uint8_t)(context_of(p, A)->ct_local ^ 1), true);
}

static void a_probe_that_is_none_has_no_effect(void **state)
{
	(void)state;
	check_all(hear_bad_checksum, no_effect);
	check_all(hear_no_sent, no_effect);
	check_all(hear_sta_3, no_effect);
	check_all(hear_too_many, no_effect);
}

/* RFC 5534 8: what keeps those off the path out. */
static void a_probe_with_another_tag_has_no_effect(void **state)
{
	(void)state;
	check_all(hear_wrong_tag, no_effect);
}

/* RFC 5533 12.4: from Ls(peer) to Ls(local), or it isn't this context's. */
static void hear_from_elsewhere(struct pair *p)
{
	struct shim6_message m = probe_of(p, REAP_EXPLORING, 1, 1, 1);
	struct in6_addr src = locator_of(p, B, 1), dst = locator_of(p, A, 1);
	struct flight *f = &p->flight[p->count];

	assert_int_equal(host_send_control(p->host[B], &src, &dst, &m), 0);
	f->octets[8 + 15] ^= 1;
	take_last(p);
}

static void a_probe_from_a_locator_that_is_not_the_peers_has_no_effect(void **state)
{
	(void)state;
	check_all(hear_from_elsewhere, no_effect);
}

static void the_reserved_bits_of_a_probe_are_ignored(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	hear_changed(p, 13, 0x40 | 0x3f, true);
	assert_probe(p, 0, A, REAP_INBOUND_OK, 1, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_incoming_payload_packet_does_what_6_1_says),
		cmocka_unit_test(an_incoming_control_message_counts_as_payload),
		cmocka_unit_test(payload_counts_on_whatever_pair_it_comes),
		cmocka_unit_test(an_outgoing_payload_packet_does_what_6_2_says),
		cmocka_unit_test(an_outgoing_control_message_counts_as_payload),
		cmocka_unit_test(a_keepalive_timeout_does_what_6_3_says),
		cmocka_unit_test(an_interval_within_it_sends_another_keepalive),
		cmocka_unit_test(a_send_timeout_does_what_6_4_says),
		cmocka_unit_test(a_retransmission_does_what_6_5_says),
		cmocka_unit_test(a_keepalive_does_what_6_6_says),
		cmocka_unit_test(a_probe_exploring_does_what_6_7_says),
		cmocka_unit_test(a_probe_inbound_ok_does_what_6_8_says),
		cmocka_unit_test(a_probe_operational_does_what_6_9_says),
		cmocka_unit_test(a_probe_that_is_none_has_no_effect),
		cmocka_unit_test(a_probe_with_another_tag_has_no_effect),
		cmocka_unit_test(a_probe_from_a_locator_that_is_not_the_peers_has_no_effect),
		pair_test(the_reserved_bits_of_a_probe_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
