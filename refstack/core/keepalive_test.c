/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure detection, RFC 5534 4.1: when Keepalives are sent, and when they are missed. */
#include "refstack/core/back_to_back_reap.h"

static const usec_t SECOND = USEC_PER_SEC;

/* Of B, in order; returns how many. */
static unsigned keepalives(const struct pair *p, usec_t *at, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->count; i++) {
		const struct flight *f = &p->flight[i];

		if (control_type(f) != SHIM6_KEEPALIVE)
			continue;
		assert_int_equal(f->to, A);
		assert_true(n < max);
		at[n++] = f->at;
	}
	return n;
}

static unsigned count_reap(const struct pair *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->count; i++)
		n += is_reap(&p->flight[i]);
	return n;
}

/* A says something once, at time 0. */
static struct pair *spoken_to(uint64_t seed)
{
	struct pair *p = pair_new(seed, 0);

	establish(p);
	clear(p);
	say(p, A);
	return p;
}

/* --- the message -------------------------------------------------------------- */

/* RFC 5534 5.1: the figure, without options. */
static void a_keepalive_looks_as_in_the_figure(void **state)
{
	struct pair *p = spoken_to(1);
	const struct flight *f = &p->flight[1];
	const uint8_t *octets = f->octets + 40;
	struct rbuf r = rbuf_of(octets + 6, 10);

	(void)state;
	run_until(p, 8 * SECOND);
	assert_int_equal(control_type(f), SHIM6_KEEPALIVE);
	assert_int_equal(f->len, 40 + 16);
	assert_memory_equal(octets, ((uint8_t[]){ 59, 1, 66, 0 }), 4);
	assert_true(rbuf_uint(&r, 6) == context_of(p, A)->ct_local);
	assert_int_equal(rbuf_u32(&r), 0);
	assert_int_equal(checksum_shim6(octets, 16), octets[4] << 8 | octets[5]);
	pair_free(p);
}

/* RFC 5534 6.1 */
static void a_keepalive_goes_over_the_current_pair(void **state)
{
	struct pair *p = *state;
	struct in6_addr gone = locator_of(p, B, 1);

	establish(p);
	say(p, A);
	assert_int_equal(shim_host_address_event(p->host[B], 1, &gone, false), 0);
	run_until(p, 2 * SECOND); /* by now both have found another pair */
	say(p, A);
	run_until(p, 20 * SECOND);
	for (unsigned i = p->count; i-- > 0;) {
		const struct flight *f = &p->flight[i];

		if (control_type(f) != SHIM6_KEEPALIVE)
			continue;
		assert_addr(f->octets + 8, context_of(p, B)->lp_local);
		assert_addr(f->octets + 24, context_of(p, B)->lp_peer);
		assert_int_equal(source_of(p, f), 2);
		return;
	}
	fail_msg("no Keepalive");
}

static void a_keepalive_is_not_answered(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	for (unsigned i = 0; i < 3; i++)
		hear_keepalive(p);
	run_until(p, 100 * SECOND);
	assert_int_equal(p->count, 0);
}

/* --- when --------------------------------------------------------------------- */

/* RFC 5534 4.1 and 6.3: at intervals of 5 to 7.5 s, one at 15, and no more. */
static void they_come_at_a_third_to_half_of_the_timeout_and_at_its_end(void **state)
{
	usec_t least = USEC_NEVER, most = 0;

	(void)state;
	for (unsigned seed = 0; seed < 100; seed++) {
		struct pair *p = spoken_to(seed);
		usec_t at[4], last = 0;
		unsigned n;

		run_until(p, 100 * SECOND);
		n = keepalives(p, at, 4);
		assert_in_range(n, 2, 3);
		for (unsigned i = 0; i + 1 < n; i++) {
			assert_in_range(at[i] - last, 5 * SECOND, 15 * SECOND / 2);
			least = at[i] - last < least ? at[i] - last : least;
			most = at[i] - last > most ? at[i] - last : most;
			last = at[i];
		}
		assert_int_equal(at[n - 1], 15 * SECOND);
		assert_true(last < 15 * SECOND && 15 * SECOND - last <= 15 * SECOND / 2);
		assert_int_equal(p->count, 1 + n);
		pair_free(p);
	}
	/* SHOULD be randomized, against synchronization. */
	assert_true(most - least > 2 * SECOND);
}

static void further_payload_does_not_put_them_off(void **state)
{
	struct pair *p[2] = { spoken_to(5), spoken_to(5) };
	usec_t at[2][4];
	unsigned n;

	(void)state;
	for (unsigned i = 1; i < 14; i++) {
		run_until(p[1], i * SECOND);
		say(p[1], A);
	}
	run_until(p[0], 15 * SECOND);
	run_until(p[1], 15 * SECOND);
	n = keepalives(p[0], at[0], 4);
	assert_int_equal(keepalives(p[1], at[1], 4), n);
	assert_memory_equal(at[0], at[1], n * sizeof(at[0][0]));
	pair_free(p[0]);
	pair_free(p[1]);
}

static void payload_going_out_stops_them(void **state)
{
	struct pair *p = spoken_to(1);

	(void)state;
	run_until(p, 4 * SECOND);
	clear(p);
	say(p, B);
	run_until(p, 60 * SECOND);
	assert_true(p->count > 1); /* A's turn now, for it was B that spoke last */
	for (unsigned i = 1; i < p->count; i++)
		assert_int_equal(p->flight[i].to, B);
	pair_free(p);
}

/* RFC 5534 appendix A, example 3; each cycle begins with the next packet. */
static void a_stream_one_way_yields_them_again_and_again(void **state)
{
	struct pair *p = *state;
	usec_t last = 0;
	unsigned n = 0;

	establish(p);
	clear(p);
	for (unsigned i = 0; i < 200; i++) {
		say(p, A);
		run_until(p, i * SECOND + SECOND);
		for (unsigned k = 0; k < p->count; k++) {
			const struct flight *f = &p->flight[k];

			assert_int_equal(control_type(f), f->to == B ? 0 : SHIM6_KEEPALIVE);
			if (f->to == B)
				continue;
			assert_true(f->at - last < 9 * SECOND);
			last = f->at;
			n++;
		}
		clear(p);
		assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	}
	assert_in_range(n, 200 / 9, 200 / 5 + 14);
}

/* --- when not ----------------------------------------------------------------- */

/* RFC 5534 appendix A, example 1 */
static void who_says_nothing_hears_nothing(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	run_until(p, 299 * SECOND);
	assert_int_equal(p->count, 0);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
}

/* Example 2 */
static void traffic_both_ways_has_no_reap_messages(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned i = 0; i < 600; i++) {
		say(p, i % 2 ? B : A);
		run_until(p, (i + 1) * 4 * SECOND);
		assert_int_equal(count_reap(p), 0);
		clear(p);
	}
}

/* --- Send Timeout ------------------------------------------------------------- */

/* RFC 5534 6.2: started if it isn't running; 4.1 says the same. */
static void the_send_timeout_counts_from_the_first_unanswered_packet(void **state)
{
	struct pair *p = *state;

	establish(p);
	clear(p);
	memset(p->cut, true, sizeof(p->cut));
	run_until(p, 3 * SECOND);
	for (unsigned i = 0; i < 14; i++) {
		say(p, A);
		run_until(p, (4 + i) * SECOND);
	}
	run_until(p, 18 * SECOND - 1);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	assert_int_equal(count_reap(p), 0);
	run_until(p, 18 * SECOND);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	assert_probe(p, p->count - 1, A, REAP_EXPLORING, 1, 1, 0);
	assert_int_equal(p->flight[p->count - 1].at, 18 * SECOND);
}

static void it_counts_anew_once_something_has_come(void **state)
{
	struct pair *p = *state;

	establish(p);
	say(p, A);
	pass(p, A, 10 * SECOND);
	hear_keepalive(p);
	pass(p, A, 10 * SECOND);
	say(p, A);
	clear(p);
	pass(p, A, 15 * SECOND - 1);
	assert_int_equal(p->count, 0);
	pass(p, A, 1);
	assert_probe(p, 0, A, REAP_EXPLORING, 1, 1, 0);
}

/* --- other timeouts ----------------------------------------------------------- */

/* Where the option is in a message; NULL: nowhere. */
static const uint8_t *timeout_option(const struct flight *f)
{
	static const uint8_t start[] = { 0, 20, 0, 4, 0, 0 };

	for (size_t i = 40; i + 8 <= f->len; i += 8)
		if (!memcmp(f->octets + i, start, sizeof(start)))
			return f->octets + i;
	return NULL;
}

/* A's, then B's, in seconds; 0: not configured. */
static struct pair *with_timeouts(unsigned a, unsigned b)
{
	const unsigned timeout[2] = { a, b };
	struct pair *p = pair_empty();

	for (unsigned i = 0; i < 2; i++) {
		struct shim_config cfg = pair_config(&p->end[i], 3 + i);

		cfg.send_timeout = timeout[i];
		pair_host(p, i, &cfg);
	}
	establish(p);
	return p;
}

/* RFC 5534 5.3: the octets of the option, in I2 and R2. */
static void another_send_timeout_is_told_in_i2_and_r2(void **state)
{
	struct pair *p = with_timeouts(30, 10);

	(void)state;
	assert_int_equal(control_type(&p->flight[2]), SHIM6_I2);
	assert_int_equal(control_type(&p->flight[3]), SHIM6_R2);
	assert_non_null(timeout_option(&p->flight[2]));
	assert_memory_equal(timeout_option(&p->flight[2]),
			    ((uint8_t[]){ 0, 0x14, 0, 4, 0, 0, 0, 30 }), 8);
	assert_non_null(timeout_option(&p->flight[3]));
	assert_memory_equal(timeout_option(&p->flight[3]),
			    ((uint8_t[]){ 0, 0x14, 0, 4, 0, 0, 0, 10 }), 8);
	pair_free(p);
}

static void the_default_is_not_told(void **state)
{
	struct pair *p = with_timeouts(0, 15);

	(void)state;
	assert_null(timeout_option(&p->flight[2]));
	assert_null(timeout_option(&p->flight[3]));
	pair_free(p);
}

static void the_keepalive_timeout_is_what_the_peer_has_told(void **state)
{
	static const unsigned timeouts[] = { 10, 30, 100 };

	(void)state;
	for (unsigned side = A; side <= B; side++) {
		for (unsigned t = 0; t < 3; t++) {
			usec_t timeout = timeouts[t] * SECOND, last = 0;
			struct pair *p = side == A ? with_timeouts(timeouts[t], 0)
						   : with_timeouts(0, timeouts[t]);
			unsigned n = 0;

			clear(p);
			say(p, side);
			run_until(p, 2 * timeout);
			for (unsigned i = 1; i < p->count; i++) {
				const struct flight *f = &p->flight[i];

				assert_int_equal(control_type(f), SHIM6_KEEPALIVE);
				assert_int_equal(f->to, side);
				assert_true(f->at - last <= timeout / 2);
				assert_true(f->at - last >= timeout / 3 || f->at == timeout);
				last = f->at;
				n++;
			}
			assert_in_range(n, 2, 3);
			assert_true(last == timeout);
			pair_free(p);
		}
	}
}

static void the_send_timeout_is_the_one_configured(void **state)
{
	struct pair *p = with_timeouts(30, 10);

	(void)state;
	clear(p);
	memset(p->cut, true, sizeof(p->cut));
	say(p, A);
	say(p, B);
	run_until(p, 10 * SECOND - 1);
	assert_int_equal(reap_of(p, B), REAP_OPERATIONAL);
	run_until(p, 10 * SECOND);
	assert_int_equal(reap_of(p, B), REAP_EXPLORING);
	run_until(p, 30 * SECOND - 1);
	assert_int_equal(reap_of(p, A), REAP_OPERATIONAL);
	run_until(p, 30 * SECOND);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
	pair_free(p);
}

/* RFC 5534 5.3: the field has 16 bits, and what it says has to be the Send Timeout. */
static void a_send_timeout_that_cannot_be_told_is_out_of_range(void **state)
{
	struct pair *p = pair_empty();
	struct shim_config cfg = pair_config(&p->end[A], 3);

	(void)state;
	cfg.send_timeout = 65535;
	p->host[A] = shim_host_new(&cfg);
	assert_non_null(p->host[A]);
	shim_host_free(p->host[A]);
	cfg.send_timeout = 65536;
	p->host[A] = shim_host_new(&cfg);
	assert_null(p->host[A]);
	pair_free(p);
}

/* RFC 5534 5.3: "I2, I2bis, R2, or UPDATE". */
static void an_update_request_can_change_it(void **state)
{
	struct pair *p = *state;
	usec_t at[4];
	unsigned n;

	establish(p);
	clear(p);
	p->host[A]->cfg.send_timeout = 60;
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	settle(p);
	assert_memory_equal(timeout_option(&p->flight[0]),
			    ((uint8_t[]){ 0, 0x14, 0, 4, 0, 0, 0, 60 }), 8);
	run_until(p, 100 * SECOND);
	clear(p);
	say(p, A);
	run_until(p, 250 * SECOND);
	n = keepalives(p, at, 4);
	assert_true(n > 0 && at[n - 1] == 160 * SECOND);
}

/* RFC 5534 7: 15 s if the peer didn't send the option. It has lost the context, and
 * what it said before is of another association. */
static void a_peer_that_begins_anew_without_the_option_has_the_default(void **state)
{
	struct pair *p = with_timeouts(0, 100);
	usec_t now, last = 0;

	(void)state;
	context_remove(&p->host[B]->contexts, context_of(p, B));
	p->host[B]->cfg.send_timeout = 0;
	initiate(p, B);
	settle(p);
	run_until(p, 60 * SECOND);
	now = shim_host_now(p->host[A]);
	clear(p);
	say(p, B);
	run_until(p, now + 100 * SECOND);
	for (unsigned i = 1; i < p->count; i++) {
		assert_int_equal(control_type(&p->flight[i]), SHIM6_KEEPALIVE);
		last = p->flight[i].at - now;
	}
	assert_int_equal(last, 15 * SECOND);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_keepalive_looks_as_in_the_figure),
		pair_test(a_keepalive_goes_over_the_current_pair),
		pair_test(a_keepalive_is_not_answered),
		cmocka_unit_test(they_come_at_a_third_to_half_of_the_timeout_and_at_its_end),
		cmocka_unit_test(further_payload_does_not_put_them_off),
		cmocka_unit_test(payload_going_out_stops_them),
		pair_test(a_stream_one_way_yields_them_again_and_again),
		pair_test(who_says_nothing_hears_nothing),
		pair_test(traffic_both_ways_has_no_reap_messages),
		pair_test(the_send_timeout_counts_from_the_first_unanswered_packet),
		pair_test(it_counts_anew_once_something_has_come),
		cmocka_unit_test(another_send_timeout_is_told_in_i2_and_r2),
		cmocka_unit_test(the_default_is_not_told),
		cmocka_unit_test(the_keepalive_timeout_is_what_the_peer_has_told),
		cmocka_unit_test(the_send_timeout_is_the_one_configured),
		cmocka_unit_test(a_send_timeout_that_cannot_be_told_is_out_of_range),
		pair_test(an_update_request_can_change_it),
		cmocka_unit_test(a_peer_that_begins_anew_without_the_option_has_the_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
