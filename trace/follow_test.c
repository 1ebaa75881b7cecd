/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts through handshake, recovery, forks, updates and refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/test_tape.h"

static struct in6_addr third = { { { 0x20, 0x01, 0x0d, 0xb8, 0, 0xc, [15] = 1 } } };

/* --- handshake --------------------------------------------------------------- */

static void a_handshake_is_one_context_with_all_it_says(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c;

	assert_int_equal(SAY(A1, B1, i1_of(TAG_A, NONCE_A)), TRACE_NEW);
	assert_int_equal(tape->mark.from, 0);
	assert_int_equal(SAY(B1, A1, r1_of(NONCE_A)), 0);
	assert_int_equal(tape->mark.from, 1);
	assert_int_equal(SAY(A1, B1, i2_of(TAG_A, NONCE_A, &tape->a)), TRACE_NEW_LOCATORS);
	assert_int_equal(SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b)),
			 TRACE_NEW_LOCATORS | TRACE_NOW_ESTABLISHED);

	c = tape->mark.context;
	assert_int_equal(tape_count(tape), 1);
	assert_int_equal(c->id, 1);
	assert_int_equal(c->state, TRACE_ESTABLISHED);
	assert_true(c->seen_from_start);
	assert_int_equal(c->first_usec, TICK_USEC);
	assert_int_equal(c->established_usec, 4 * TICK_USEC);
	assert_addr(&c->end[0].ulid, A1);
	assert_addr(&c->end[1].ulid, B1);
	assert_true(c->end[0].has_tag && c->end[0].tag == TAG_A);
	assert_true(c->end[1].has_tag && c->end[1].tag == TAG_B);
	assert_int_equal(c->end[0].control, 2);
	assert_int_equal(c->end[1].control, 2);
	assert_ulids(tape, A2, B2, TAG_B, A1, B1);
	assert_ulids(tape, B2, A1, TAG_A, B1, A1);
}

static void messages_again_change_nothing(void **state)
{
	struct tape *tape = *state;

	SAY(A1, B1, i1_of(TAG_A, NONCE_A));
	assert_int_equal(SAY(A1, B1, i1_of(TAG_A, NONCE_A)), 0);
	SAY(B1, A1, r1_of(NONCE_A));
	SAY(A1, B1, i2_of(TAG_A, NONCE_A, &tape->a));
	assert_int_equal(SAY(A1, B1, i2_of(TAG_A, NONCE_A, &tape->a)), 0);
	SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b));
	assert_int_equal(SAY(A1, B1, i2_of(TAG_A, NONCE_A, &tape->a)), 0);
	assert_int_equal(SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b)), 0);
	assert_int_equal(SAY(A1, B1, i1_of(TAG_A, NONCE_A)), 0);
	assert_int_equal(tape->mark.context->state, TRACE_ESTABLISHED);
	assert_int_equal(tape_count(tape), 1);
}

/* RFC 5533 7.4, Figure 4. */
static void crossing_i1_make_one_context(void **state)
{
	struct tape *tape = *state;

	assert_int_equal(SAY(A1, B1, i1_of(TAG_A, NONCE_A)), TRACE_NEW);
	assert_int_equal(SAY(B1, A1, i1_of(TAG_B, NONCE_B)), 0);
	assert_int_equal(tape->mark.from, 1);
	assert_int_equal(SAY(A1, B1, r2_of(TAG_A, NONCE_B, &tape->a)),
			 TRACE_NEW_LOCATORS | TRACE_NOW_ESTABLISHED);
	assert_int_equal(tape->mark.from, 0);
	assert_int_equal(SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b)), TRACE_NEW_LOCATORS);
	assert_int_equal(tape_count(tape), 1);
	assert_ulids(tape, A1, B1, TAG_B, A1, B1);
	assert_ulids(tape, B1, A1, TAG_A, B1, A1);
}

/* RFC 5533 7.4, Figure 5. */
static void crossing_i2_and_i1_make_one_context(void **state)
{
	struct tape *tape = *state;

	SAY(A1, B1, i1_of(TAG_A, NONCE_A));
	SAY(B1, A1, r1_of(NONCE_A));
	SAY(A1, B1, i2_of(TAG_A, NONCE_A, &tape->a));
	assert_int_equal(SAY(B1, A1, i1_of(TAG_B, NONCE_B)), 0);
	assert_int_equal(SAY(A1, B1, r2_of(TAG_A, NONCE_B, &tape->a)), TRACE_NOW_ESTABLISHED);
	assert_int_equal(SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b)), TRACE_NEW_LOCATORS);
	assert_int_equal(tape_count(tape), 1);
}

static void both_ends_may_use_the_same_tag_and_nonce(void **state)
{
	struct tape *tape = *state;

	SAY(A1, B1, i1_of(TAG_A, NONCE_A));
	SAY(B1, A1, i1_of(TAG_A, NONCE_A));
	SAY(A1, B1, r2_of(TAG_A, NONCE_A, &tape->a));
	assert_int_equal(tape->mark.from, 0);
	SAY(B1, A1, r2_of(TAG_A, NONCE_A, &tape->b));
	assert_int_equal(tape->mark.from, 1);
	assert_ulids(tape, A1, B1, TAG_A, A1, B1);
	assert_ulids(tape, B1, A1, TAG_A, B1, A1);
}

static void ulids_are_those_of_the_option(void **state)
{
	struct tape *tape = *state;
	struct shim6_message i1 = i1_of(TAG_A, NONCE_A);

	i1.has_ulids = true;
	i1.ulids = (struct shim6_ulid_pair){ *A1, *B1 };
	SAY(A2, B2, i1);
	SAY(B2, A2, r2_of(TAG_B, NONCE_A, &tape->b));
	assert_int_equal(tape->mark.context->state, TRACE_ESTABLISHED);
	assert_ulids(tape, A2, B2, TAG_B, A1, B1);
}

/* --- captures that begin later ------------------------------------------------ */

static void a_capture_may_begin_with_any_message(void **state)
{
	struct tape *tape = *state;

	assert_int_equal(SAY(B1, A1, r1_of(NONCE_A)), 0);
	assert_null(tape->mark.context);
	assert_int_equal(SAY(A1, B1, i2_of(TAG_A, NONCE_A, &tape->a)),
			 TRACE_NEW | TRACE_NEW_LOCATORS);
	assert_false(tape->mark.context->seen_from_start);
	SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b));
	assert_int_equal(tape->mark.context->state, TRACE_ESTABLISHED);
	assert_int_equal(tape_count(tape), 1);
}

static void an_r2_alone_tells_no_ulids(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c;

	assert_int_equal(SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b)),
			 TRACE_NEW | TRACE_NEW_LOCATORS | TRACE_NOW_ESTABLISHED);
	c = tape->mark.context;
	assert_int_equal(tape->mark.from, 1);
	assert_false(c->end[0].has_ulid || c->end[1].has_ulid || c->end[0].has_tag);
	assert_int_equal(c->end[1].locators[1].proof, TRACE_HBA);
	assert_ulids(tape, A1, B1, TAG_B, NULL, NULL);
	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_ptr_equal(tape->mark.context, c);
}

static void keepalives_both_ways_make_one_context(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c;

	assert_int_equal(SAY(A1, B1, keepalive_of(TAG_B)), TRACE_NEW);
	c = tape->mark.context;
	assert_int_equal(c->state, TRACE_ESTABLISHED);
	assert_int_equal(SAY(B1, A1, keepalive_of(TAG_A)), 0);
	assert_ptr_equal(tape->mark.context, c);
	assert_int_equal(tape->mark.from, 1);
	assert_true(c->end[0].tag == TAG_A && c->end[1].tag == TAG_B);
	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_int_equal(c->end[0].payload, 1);
	assert_int_equal(tape_count(tape), 1);
}

static void probes_lead_on_to_addresses_nobody_has_named(void **state)
{
	struct tape *tape = *state;

	SAY(A1, B1, keepalive_of(TAG_B));
	assert_int_equal(tape_probe(tape, A1, B2, TAG_B, REAP_EXPLORING), TRACE_OUTAGE);
	assert_int_equal(tape_probe(tape, A2, B2, TAG_B, REAP_OPERATIONAL), 0);
	assert_int_equal(tape_payload(tape, A2, B2, TAG_B), TRACE_RESUMED);
	assert_int_equal(tape_count(tape), 1);
}

static void payload_alone_makes_no_context(void **state)
{
	struct tape *tape = *state;

	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_null(tape->mark.context);
	assert_int_equal(tape_count(tape), 0);
	assert_int_equal(trace_strays(tape->t), 1);
}

static void a_recovery_names_a_nameless_context(void **state)
{
	struct tape *tape = *state;

	SAY(A1, B1, keepalive_of(TAG_B));
	assert_int_equal(SAY(B1, A1, r1bis_of(TAG_B)), TRACE_LOST);
	assert_int_equal(SAY(A1, B1, i2bis_of(TAG_A, TAG_B, NONCE_A, tape, &tape->a)),
			 TRACE_NEW_LOCATORS);
	assert_int_equal(SAY(B1, A1, r2_of(TAG_B + 1, NONCE_A, &tape->b)),
			 TRACE_NEW_LOCATORS | TRACE_NOW_ESTABLISHED);
	assert_int_equal(tape_count(tape), 1);
	assert_ulids(tape, A1, B1, TAG_B + 1, A1, B1);
}

/* --- recovery ------------------------------------------------------------------ */

static void recover(struct tape *tape, uint64_t tag_after)
{
	const struct trace_context *c = tape_handshake(tape);

	tape_payload(tape, A1, B1, TAG_B);
	assert_int_equal(SAY(B1, A1, r1bis_of(TAG_B)), TRACE_LOST);
	assert_int_equal(tape->mark.from, 1);
	assert_int_equal(c->state, TRACE_RECOVERING);
	assert_int_equal(SAY(B1, A1, r1bis_of(TAG_B)), 0);
	assert_int_equal(SAY(A1, B1, i2bis_of(TAG_A, TAG_B, NONCE_A + 1, tape, &tape->a)), 0);
	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_int_equal(c->state, TRACE_RECOVERING);
	assert_int_equal(SAY(B1, A1, r2_of(tag_after, NONCE_A + 1, &tape->b)),
			 TRACE_NOW_ESTABLISHED);
	assert_int_equal(SAY(A1, B1, i2bis_of(TAG_A, TAG_B, NONCE_A + 1, tape, &tape->a)), 0);
	assert_int_equal(c->state, TRACE_ESTABLISHED);
	assert_int_equal(c->established_usec, 4 * TICK_USEC);
	assert_int_equal(tape_count(tape), 1);
	assert_ulids(tape, A1, B1, tag_after, A1, B1);
	assert_ulids(tape, B1, A1, TAG_A, B1, A1);
}

static void recovery_gives_the_loser_another_tag(void **state)
{
	struct tape *tape = *state;

	recover(tape, TAG_B + 5);
	assert_ulids(tape, A1, B1, TAG_B, NULL, NULL);
}

static void recovery_may_leave_the_tag(void **state)
{
	recover(*state, TAG_B);
}

static void the_initiator_can_be_the_loser(void **state)
{
	struct tape *tape = *state;

	tape_handshake(tape);
	assert_int_equal(SAY(A1, B1, r1bis_of(TAG_A)), TRACE_LOST);
	assert_int_equal(SAY(B1, A1, i2bis_of(TAG_B, TAG_A, NONCE_B, tape, &tape->b)), 0);
	assert_int_equal(tape->mark.from, 1);
	assert_int_equal(SAY(A1, B1, r2_of(TAG_A + 5, NONCE_B, &tape->a)), TRACE_NOW_ESTABLISHED);
	assert_int_equal(tape->mark.from, 0);
	assert_ulids(tape, B1, A1, TAG_A + 5, B1, A1);
	assert_ulids(tape, B1, A1, TAG_A, NULL, NULL);
}

/* RFC 5533 7.5, Figure 7. */
static void a_loser_may_begin_anew(void **state)
{
	struct tape *tape = *state;

	tape_handshake(tape);
	assert_int_equal(SAY(B1, A1, i1_of(TAG_B + 5, NONCE_B)), TRACE_LOST);
	assert_ulids(tape, A1, B1, TAG_B, A1, B1);
	assert_int_equal(SAY(A1, B1, r1_of(NONCE_B)), 0);
	assert_int_equal(SAY(B1, A1, i2_of(TAG_B + 5, NONCE_B, &tape->b)), 0);
	assert_int_equal(SAY(A1, B1, r2_of(TAG_A, NONCE_B, &tape->a)), TRACE_NOW_ESTABLISHED);
	assert_int_equal(tape_count(tape), 1);
	assert_ulids(tape, A1, B1, TAG_B + 5, A1, B1);
	assert_ulids(tape, A1, B1, TAG_B, NULL, NULL);
}

static void payload_from_the_loser_shows_that_it_has_the_context(void **state)
{
	struct tape *tape = *state;

	tape_handshake(tape);
	SAY(B1, A1, r1bis_of(TAG_B));
	assert_int_equal(tape_payload(tape, A1, B1, TAG_B), 0);
	assert_int_equal(tape_payload(tape, B1, A1, TAG_A), TRACE_NOW_ESTABLISHED);
}

static void a_recovery_may_be_all_that_is_seen(void **state)
{
	struct tape *tape = *state;

	assert_int_equal(SAY(B1, A1, r1bis_of(TAG_B)), 0);
	assert_int_equal(SAY(A2, B2, i2bis_of(TAG_A, TAG_B, NONCE_A, tape, &tape->a)),
			 TRACE_NEW | TRACE_LOST | TRACE_NEW_LOCATORS);
	assert_int_equal(SAY(B2, A2, r2_of(TAG_B + 1, NONCE_A, &tape->b)),
			 TRACE_NEW_LOCATORS | TRACE_NOW_ESTABLISHED);
	assert_ulids(tape, A1, B2, TAG_B + 1, A1, B1);
}

/* --- forks ---------------------------------------------------------------------- */

static void a_fork_is_another_context_of_the_same_ulids(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *first = tape_handshake(tape);
	struct shim6_message i1 = i1_of(TAG_A + 1, NONCE_A), i2;

	i1.has_fii = true;
	i1.fii = 7;
	assert_int_equal(SAY(A1, B1, i1), TRACE_NEW | TRACE_FORKED);
	i2 = i2_of(TAG_A + 1, NONCE_A, &tape->a);
	i2.has_fii = true;
	i2.fii = 7;
	assert_int_equal(SAY(A1, B1, i2), TRACE_NEW_LOCATORS);
	SAY(B1, A1, r2_of(TAG_B + 1, NONCE_A, &tape->b));
	assert_ptr_not_equal(tape->mark.context, first);
	assert_int_equal(tape->mark.context->fii, 7);
	assert_int_equal(tape->mark.context->state, TRACE_ESTABLISHED);

	tape_payload(tape, A1, B1, TAG_B);
	assert_ptr_equal(tape->mark.context, first);
	tape_payload(tape, A1, B1, TAG_B + 1);
	assert_int_equal(tape->mark.context->fii, 7);
	assert_int_equal(tape_count(tape), 2);
}

/* --- updates ---------------------------------------------------------------------- */

static void an_update_replaces_the_list_by_a_higher_generation(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);
	struct shim6_message ack = { .type = SHIM6_UPDATE_ACK, .receiver_tag = TAG_B };

	assert_int_equal(SAY(B1, A1, update_of(TAG_A, &tape->b, 2, 1)), TRACE_NEW_LOCATORS);
	assert_int_equal(c->end[1].generation, 2);
	assert_int_equal(c->end[1].locator_count, 1);
	assert_ulids(tape, A1, B2, TAG_B, NULL, NULL);
	assert_int_equal(SAY(A1, B1, ack), 0);
	assert_ptr_equal(tape->mark.context, c);
	assert_int_equal(SAY(B1, A1, update_of(TAG_A, &tape->b, 2, 2)), 0);
	assert_int_equal(SAY(B1, A1, update_of(TAG_A, &tape->b, 1, 2)), 0);
	assert_int_equal(c->end[1].locator_count, 1);
	assert_int_equal(SAY(B1, A1, update_of(TAG_A, &tape->b, 3, 2)), TRACE_NEW_LOCATORS);
	assert_ulids(tape, A1, B2, TAG_B, A1, B1);
}

static void an_update_from_a_stranger_is_passed_over(void **state)
{
	struct tape *tape = *state;
	const struct trace_context *c = tape_handshake(tape);

	assert_int_equal(SAY(&third, A1, update_of(TAG_A, &tape->b, 2, 1)), 0);
	assert_null(tape->mark.context);
	assert_int_equal(c->end[1].generation, 1);
	assert_int_equal(tape_count(tape), 1);
}

/* --- refusal ---------------------------------------------------------------------- */

/* What comes back of a packet: an Error, or ICMPv6 Parameter Problem. */
static unsigned refuse(struct tape *tape, const struct in6_addr *src, const struct in6_addr *dst,
		       const struct shim6_message *m, bool icmp6, const struct in6_addr *by)
{
	uint8_t quote[400], octets[500];
	size_t len = make_control(quote, sizeof(quote), src, dst, m);
	struct shim6_message error = { .type = SHIM6_ERROR, .error = { .quote = { quote, len } } };
	struct wbuf w = wbuf_of(octets, sizeof(octets));

	if (!icmp6)
		return tape_control(tape, by, src, &error);
	put_ipv6(&w, by, src, IPPROTO_ICMPV6);
	wbuf_u32(&w, 0x04010000);
	wbuf_u32(&w, 6);
	wbuf_copy(&w, quote, len);
	seal_ipv6(&w);
	return tape_feed(tape, octets, w.len);
}

static unsigned refuse_by_code(struct tape *tape, const struct in6_addr *src,
			       const struct in6_addr *dst, const struct shim6_message *m,
			       uint8_t code)
{
	uint8_t quote[400];
	struct shim6_message error = {
		.type = SHIM6_ERROR,
		.error = { .code = code,
			   .quote = { quote, make_control(quote, sizeof(quote), src, dst, m) } },
	};

	return tape_control(tape, dst, src, &error);
}

static void a_host_without_shim6_refuses(void **state)
{
	struct tape *tape = *state;
	struct shim6_message i1 = i1_of(TAG_A, NONCE_A);

	SAY(A1, B1, i1);
	assert_int_equal(refuse(tape, A1, B1, &i1, true, &third), 0);
	assert_null(tape->mark.context);
	assert_int_equal(refuse(tape, A1, B1, &i1, true, B1), TRACE_NOW_REFUSED);
	assert_int_equal(tape->mark.from, 1);
	assert_int_equal(tape->mark.context->state, TRACE_REFUSED);
	assert_int_equal(refuse(tape, A1, B1, &i1, true, B1), 0);
	SAY(A1, B1, i1);
	assert_int_equal(tape->mark.context->state, TRACE_BEGUN);
}

static void an_error_refuses_a_handshake(void **state)
{
	struct tape *tape = *state;
	struct shim6_message i2 = i2_of(TAG_A, NONCE_A, &tape->a);

	SAY(A1, B1, i2);
	assert_int_equal(refuse(tape, A1, B1, &i2, false, B1), TRACE_NOW_REFUSED);
	assert_int_equal(tape->mark.context->state, TRACE_REFUSED);
}

static void an_error_at_a_later_time_leaves_the_context(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update;

	tape_handshake(tape);
	update = update_of(TAG_B, &tape->a, 2, 2);
	assert_int_equal(refuse(tape, A1, B1, &update, false, B1), TRACE_NOW_REFUSED);
	assert_int_equal(tape->mark.from, 1);
	assert_int_equal(tape->mark.context->state, TRACE_ESTABLISHED);
}

static const struct trace_context *updated(struct tape *tape, struct shim6_message *update)
{
	tape_handshake(tape);
	*update = update_of(TAG_B, &tape->a, 2, 1);
	assert_int_equal(tape_control(tape, A1, B1, update), TRACE_NEW_LOCATORS);
	assert_int_equal(tape->mark.context->end[0].locator_count, 1);
	assert_ulids(tape, B1, A2, TAG_A, NULL, NULL);
	return tape->mark.context;
}

/* RFC 5533 10.4: a list that can't be verified is not processed, and so not the peer's. */
static void an_update_that_is_refused_leaves_the_list_before(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update;
	const struct trace_context *c = updated(tape, &update);

	assert_int_equal(refuse_by_code(tape, A1, B1, &update, SHIM6_ERROR_METHOD),
			 TRACE_NOW_REFUSED);
	assert_int_equal(c->end[0].generation, 1);
	assert_int_equal(c->end[0].locator_count, 2);
	assert_addr(&c->end[0].locators[1].addr, A2);
	assert_int_equal(c->end[0].locators[1].proof, TRACE_HBA);
	assert_ulids(tape, B1, A2, TAG_A, B1, A1);
	assert_int_equal(tape_control(tape, A1, B1, &update), TRACE_NEW_LOCATORS);
}

static void an_error_of_preferences_leaves_the_new_list(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update;
	const struct trace_context *c = updated(tape, &update);

	refuse_by_code(tape, A1, B1, &update, SHIM6_ERROR_GENERATION);
	assert_int_equal(c->end[0].generation, 2);
	refuse_by_code(tape, A1, B1, &update, SHIM6_ERROR_METHOD);
	assert_int_equal(c->end[0].generation, 2);
}

static void an_error_of_another_update_leaves_the_new_list(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update;
	const struct trace_context *c = updated(tape, &update);

	update.request_nonce++;
	refuse_by_code(tape, A1, B1, &update, SHIM6_ERROR_METHOD);
	assert_int_equal(c->end[0].generation, 2);
}

static void an_update_that_was_acknowledged_is_not_refused(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update, ack = { .type = SHIM6_UPDATE_ACK, .receiver_tag = TAG_A };
	const struct trace_context *c = updated(tape, &update);

	ack.request_nonce = update.request_nonce;
	assert_int_equal(tape_control(tape, B1, A1, &ack), 0);
	refuse_by_code(tape, A1, B1, &update, SHIM6_ERROR_METHOD);
	assert_int_equal(c->end[0].generation, 2);
}

/* The first list that a capture shows, and its parameters, go again. */
static void a_first_list_that_is_refused_leaves_none(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update = update_of(TAG_B, &tape->a, 2, 2);

	assert_int_equal(tape_control(tape, A1, B1, &update), TRACE_NEW | TRACE_NEW_LOCATORS);
	refuse_by_code(tape, A1, B1, &update, SHIM6_ERROR_OPTION);
	assert_false(tape->mark.context->end[0].has_list);
	assert_int_equal(tape->mark.context->end[0].locator_count, 0);
}

/* --- what the capture has cut -------------------------------------------------------- */

/* The fixed part alone is here, with the first octets of an option. */
static unsigned tape_cut(struct tape *tape, const struct in6_addr *src, const struct in6_addr *dst,
			 const struct shim6_message *m)
{
	uint8_t octets[600];
	size_t len = make_control(octets, sizeof(octets), src, dst, m);
	size_t here = IPV6_HEADER_LEN + shim6_fixed_len(m->type) + 4;

	assert_true(here < len);
	return tape_feed(tape, octets, here);
}

static void a_handshake_is_followed_though_its_options_are_cut(void **state)
{
	struct tape *tape = *state;
	struct shim6_message r1 = r1_of(NONCE_A), i2 = i2_of(TAG_A, NONCE_A, &tape->a);
	struct shim6_message r2 = r2_of(TAG_B, NONCE_A, &tape->b);
	const struct trace_context *c;

	SAY(A1, B1, i1_of(TAG_A, NONCE_A));
	assert_int_equal(tape_cut(tape, B1, A1, &r1), 0);
	assert_non_null(tape->mark.context);
	assert_int_equal(tape_cut(tape, A1, B1, &i2), 0);
	assert_int_equal(tape->mark.from, 0);
	assert_int_equal(tape_cut(tape, B1, A1, &r2), TRACE_NOW_ESTABLISHED);
	c = tape->mark.context;
	assert_int_equal(tape->mark.from, 1);
	assert_true(c->end[1].has_tag && c->end[1].tag == TAG_B);
	assert_false(c->end[0].has_list || c->end[1].has_list);
	assert_ulids(tape, A1, B1, TAG_B, A1, B1);
}

static void a_cut_probe_tells_its_state(void **state)
{
	struct tape *tape = *state;
	struct shim6_message probe = { .type = SHIM6_PROBE, .receiver_tag = TAG_B };

	tape_handshake(tape);
	probe.probe.state = REAP_EXPLORING;
	probe.probe.sent_count = 1;
	assert_int_equal(tape_cut(tape, A1, B1, &probe), TRACE_OUTAGE);
	assert_int_equal(tape->mark.context->state, TRACE_EXPLORING);
}

static void a_cut_update_keeps_the_list(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update = update_of(TAG_B, &tape->a, 2, 1);

	tape_handshake(tape);
	assert_int_equal(tape_cut(tape, A1, B1, &update), 0);
	assert_non_null(tape->mark.context);
	assert_int_equal(tape->mark.context->end[0].generation, 1);
}

static void a_cut_i2bis_answers_for_the_lost_tag(void **state)
{
	struct tape *tape = *state;
	struct shim6_message i2bis = i2bis_of(TAG_A, TAG_B, NONCE_B, tape, &tape->a);

	tape_handshake(tape);
	assert_int_equal(tape_cut(tape, A1, B1, &i2bis), TRACE_LOST);
	assert_int_equal(tape->mark.from, 0);
	assert_int_equal(SAY(B1, A1, r2_of(TAG_B, NONCE_B, &tape->b)), TRACE_NOW_ESTABLISHED);
}

static void a_cut_error_tells_whose_it_is(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update;
	const struct trace_context *c = updated(tape, &update);
	uint8_t quote[400], octets[600];
	struct shim6_message error = {
		.type = SHIM6_ERROR,
		.error = { .code = SHIM6_ERROR_METHOD,
			   .quote = { quote, make_control(quote, sizeof(quote), A1, B1, &update) } },
	};

	make_control(octets, sizeof(octets), B1, A1, &error);
	assert_int_equal(tape_feed(tape, octets, 40 + 8 + 40 + 16), TRACE_NOW_REFUSED);
	assert_int_equal(c->end[0].generation, 1);
}

static void a_cut_message_begins_no_context(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update = update_of(TAG_B, &tape->a, 2, 1);
	struct shim6_message i2 = i2_of(TAG_A, NONCE_A, &tape->a);

	assert_int_equal(tape_cut(tape, A1, B1, &update), 0);
	assert_int_equal(tape_cut(tape, A1, B1, &i2), 0);
	assert_int_equal(tape_count(tape), 0);
}

/* Hdr Ext Len says more than the packet has: a receiver drops it. */
static void a_message_that_leaves_its_packet_is_not_taken_for_a_cut_one(void **state)
{
	struct tape *tape = *state;
	struct shim6_message update = update_of(TAG_B, &tape->a, 2, 1);
	uint8_t octets[600];
	size_t len = make_control(octets, sizeof(octets), A1, B1, &update);

	tape_handshake(tape);
	octets[41] = 255;
	tape_feed(tape, octets, len - 8);
	assert_null(tape->mark.context);
}

/* --- what is dropped ---------------------------------------------------------------- */

static void what_receivers_drop_belongs_to_no_context(void **state)
{
	struct tape *tape = *state;
	struct shim6_message i1 = i1_of(TAG_A, NONCE_A);
	struct in6_addr group = { { { 0xff, 2, [15] = 1 } } };
	uint8_t octets[80];
	size_t len = make_control(octets, sizeof(octets), A1, B1, &i1);

	octets[len - 1] ^= 1; /* the checksum is wrong */
	assert_int_equal(tape_feed(tape, octets, len), 0);
	SAY(A1, &group, i1);
	SAY(A1, A1, i1);
	assert_null(tape->mark.context);
	assert_int_equal(tape_count(tape), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TAPE_TEST(a_handshake_is_one_context_with_all_it_says),
		TAPE_TEST(messages_again_change_nothing),
		TAPE_TEST(crossing_i1_make_one_context),
		TAPE_TEST(crossing_i2_and_i1_make_one_context),
		TAPE_TEST(both_ends_may_use_the_same_tag_and_nonce),
		TAPE_TEST(ulids_are_those_of_the_option),
		TAPE_TEST(a_capture_may_begin_with_any_message),
		TAPE_TEST(an_r2_alone_tells_no_ulids),
		TAPE_TEST(keepalives_both_ways_make_one_context),
		TAPE_TEST(probes_lead_on_to_addresses_nobody_has_named),
		TAPE_TEST(payload_alone_makes_no_context),
		TAPE_TEST(a_recovery_names_a_nameless_context),
		TAPE_TEST(recovery_gives_the_loser_another_tag),
		TAPE_TEST(recovery_may_leave_the_tag),
		TAPE_TEST(the_initiator_can_be_the_loser),
		TAPE_TEST(a_loser_may_begin_anew),
		TAPE_TEST(payload_from_the_loser_shows_that_it_has_the_context),
		TAPE_TEST(a_recovery_may_be_all_that_is_seen),
		TAPE_TEST(a_fork_is_another_context_of_the_same_ulids),
		TAPE_TEST(an_update_replaces_the_list_by_a_higher_generation),
		TAPE_TEST(an_update_from_a_stranger_is_passed_over),
		TAPE_TEST(a_host_without_shim6_refuses),
		TAPE_TEST(an_error_refuses_a_handshake),
		TAPE_TEST(an_error_at_a_later_time_leaves_the_context),
		TAPE_TEST(an_update_that_is_refused_leaves_the_list_before),
		TAPE_TEST(an_error_of_preferences_leaves_the_new_list),
		TAPE_TEST(an_error_of_another_update_leaves_the_new_list),
		TAPE_TEST(an_update_that_was_acknowledged_is_not_refused),
		TAPE_TEST(a_first_list_that_is_refused_leaves_none),
		TAPE_TEST(a_handshake_is_followed_though_its_options_are_cut),
		TAPE_TEST(a_cut_probe_tells_its_state),
		TAPE_TEST(a_cut_update_keeps_the_list),
		TAPE_TEST(a_cut_i2bis_answers_for_the_lost_tag),
		TAPE_TEST(a_cut_error_tells_whose_it_is),
		TAPE_TEST(a_cut_message_begins_no_context),
		TAPE_TEST(a_message_that_leaves_its_packet_is_not_taken_for_a_cut_one),
		TAPE_TEST(what_receivers_drop_belongs_to_no_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
