/* SPDX-License-Identifier: BSD-2-Clause */
/* Payload between ULIDs and locators: RFC 5533 11 and 12. */
#include "refstack/core/back_to_back.h"

#include <errno.h>

static const uint8_t hello[] = "0123456789hello";

static struct shim_send between_ulids(const struct pair *p, unsigned side)
{
	return (struct shim_send){
		.local = locator_of(p, side, 1),
		.peer = locator_of(p, !side, 1),
		.protocol = IPPROTO_UDP,
	};
}

static int say_hello(struct pair *p, const struct shim_send *send, unsigned side)
{
	return shim_send(p->host[side], send, hello, sizeof(hello));
}

static void assert_hello_at(const struct pair *p, unsigned side, bool shimmed)
{
	const struct shim_arrival *arrival = &p->end[side].arrival;

	assert_int_equal(p->end[side].arrivals, 1);
	assert_int_equal(arrival->shimmed, shimmed);
	assert_int_equal(arrival->protocol, IPPROTO_UDP);
	assert_int_equal(arrival->len, sizeof(hello));
	assert_memory_equal(arrival->upper, hello, sizeof(hello));
	assert_addr(&arrival->local, locator_of(p, side, 1));
	assert_addr(&arrival->peer, locator_of(p, !side, 1));
}

/* --- without the payload extension header --------------------------------------- */

static void without_a_context_packets_go_as_they_are(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);
	const struct flight *f = &p->flight[0];

	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(f->len, 40 + sizeof(hello));
	assert_int_equal(f->octets[6], IPPROTO_UDP);
	assert_int_equal(f->octets[7], 64);
	assert_memory_equal(f->octets + 40, hello, sizeof(hello));
	settle(p);
	assert_hello_at(p, B, false);
	assert_addr(&p->end[B].arrival.peer_locator, send.local);
}

/* RFC 5533 11: with the ULIDs as locators there is nothing to transform. */
static void a_context_that_uses_its_ulids_adds_nothing(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned side = A; side <= B; side++) {
		struct shim_send send = between_ulids(p, side);

		assert_int_equal(say_hello(p, &send, side), 0);
		assert_int_equal(p->flight[p->count - 1].octets[6], IPPROTO_UDP);
		settle(p);
		assert_hello_at(p, !side, false);
	}
}

static void the_hop_limit_is_that_of_the_caller(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);

	send.hop_limit = 3;
	assert_int_equal(say_hello(p, &send, A), 0);
	settle(p);
	assert_int_equal(p->end[B].arrival.hop_limit, 3);
}

/* --- with it ----------------------------------------------------------------------- */

/* RFC 5533 5.2, 11.1: the figure, from octet 40 on. */
static void assert_tagged(const struct pair *p, const struct flight *f, unsigned from)
{
	const struct shim_context *context = context_of(p, from);
	const uint8_t *h = f->octets + 40;
	struct rbuf r = rbuf_of(h + 2, 6);

	assert_int_equal(f->len, 40 + 8 + sizeof(hello));
	assert_int_equal(f->octets[6], 140);
	assert_int_equal(h[0], IPPROTO_UDP);
	assert_int_equal(h[1], 0);
	assert_true(rbuf_uint(&r, 6) == ((UINT64_C(1) << 47) | context->ct_peer));
	assert_memory_equal(h + 8, hello, sizeof(hello));
}

static void when_the_ulid_goes_down_another_locator_takes_over(void **state)
{
	struct pair *p = *state;

	establish(p);
	for (unsigned side = A; side <= B; side++) {
		struct shim_send send = between_ulids(p, side);

		p->end[!side].arrivals = 0;
		assert_int_equal(shim_host_address_event(p->host[side], 1, &send.local, false), 0);
		assert_int_equal(say_hello(p, &send, side), 0);
		assert_tagged(p, &p->flight[p->count - 1], side);
		assert_int_equal(p->flight[p->count - 1].link, 2);
		/* The peer can only be reached where it is up. */
		assert_int_equal(shim_host_address_event(p->host[side], 1, &send.local, true), 0);
		settle(p);
		assert_hello_at(p, !side, true);
		assert_addr(&p->end[!side].arrival.peer_locator, locator_of(p, side, 2));
		/* By then B has explored, and gone where A's Probes come from. */
		assert_addr(&p->end[!side].arrival.local_locator,
			    locator_of(p, !side, side == A ? 1 : 2));
	}
}

static void a_locator_that_works_is_kept_when_the_ulid_comes_back(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	assert_int_equal(shim_host_link_event(p->host[A], 1, true), 0);
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_tagged(p, &p->flight[p->count - 1], A);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(p->flight[p->count - 1].octets[6], IPPROTO_UDP);
}

static void a_pinned_source_is_used_and_tagged(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);
	struct in6_addr l2 = locator_of(p, A, 2), l1 = locator_of(p, A, 1);

	establish(p);
	send.source_locator = &l2;
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_tagged(p, &p->flight[p->count - 1], A);
	assert_addr(p->flight[p->count - 1].octets + 8, l2);
	settle(p);
	assert_hello_at(p, B, true);

	send.source_locator = &l1;
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(p->flight[p->count - 1].octets[6], IPPROTO_UDP);
}

static void dontshim_leaves_the_context_aside(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	send.dontshim = true;
	assert_int_equal(say_hello(p, &send, A), -ENETUNREACH);
	assert_int_equal(shim_host_link_event(p->host[A], 1, true), 0);
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(p->flight[p->count - 1].octets[6], IPPROTO_UDP);
}

/* --- what can't be sent -------------------------------------------------------------- */

static void a_packet_fits_up_to_the_mtu_less_the_header(void **state)
{
	static const uint8_t octets[1500];
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);
	struct in6_addr l2 = locator_of(p, A, 2);

	establish(p);
	assert_int_equal(shim_send(p->host[A], &send, octets, 1460), 0);
	assert_int_equal(p->flight[p->count - 1].len, 1500);
	assert_int_equal(shim_send(p->host[A], &send, octets, 1461), -EMSGSIZE);

	send.source_locator = &l2;
	assert_int_equal(shim_send(p->host[A], &send, octets, 1452), 0);
	assert_int_equal(p->flight[p->count - 1].len, 1500);
	assert_int_equal(shim_send(p->host[A], &send, octets, 1453), -EMSGSIZE);
}

static void a_pinned_source_without_a_context_is_an_error(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);
	struct in6_addr l2 = locator_of(p, A, 2);

	send.source_locator = &l2;
	assert_int_equal(say_hello(p, &send, A), -ENOENT);
	establish(p);
	send.dontshim = true;
	assert_int_equal(say_hello(p, &send, A), -ENOENT);
}

/* RFC 5533 7.2 */
static void a_source_that_the_peer_was_not_told_is_an_error(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);
	struct in6_addr l2 = locator_of(p, A, 2);

	establish(p);
	context_of(p, A)->ls_local = 1;
	send.source_locator = &l2;
	assert_int_equal(say_hello(p, &send, A), -ENETUNREACH);
}

static void assert_unreachable(struct pair *p, const struct shim_send *send)
{
	unsigned packets = p->count;

	assert_int_equal(say_hello(p, send, A), -ENETUNREACH);
	assert_int_equal(p->count, packets);
}

static void a_source_that_is_not_up_is_an_error(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, A);
	struct in6_addr other = locator_of(p, B, 2), l2 = locator_of(p, A, 2);

	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	assert_unreachable(p, &send);
	assert_int_equal(shim_host_link_event(p->host[A], 1, true), 0);

	establish(p);
	send.source_locator = &other;
	assert_unreachable(p, &send);
	send.source_locator = &l2;
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	assert_unreachable(p, &send);
	send.source_locator = NULL;
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	assert_unreachable(p, &send);
}

/* --- tagged packets that come in ------------------------------------------------------- */

/* One from A on its way to B. */
static struct flight tagged(struct pair *p)
{
	struct shim_send send = between_ulids(p, A);
	struct in6_addr l2 = locator_of(p, A, 2);

	establish(p);
	send.source_locator = &l2;
	assert_int_equal(say_hello(p, &send, A), 0);
	return p->flight[p->landed++];
}

/* RFC 5533 12.2: the tag alone decides. */
static void a_tagged_packet_is_taken_from_any_source_to_any_of_ours(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	f.octets[23] ^= 0x55;
	memcpy(f.octets + 24, &p->host[B]->locator[1].addr, 16);
	land(p, &f);
	assert_hello_at(p, B, true);
	assert_addr(&p->end[B].arrival.local_locator, locator_of(p, B, 2));
}

/* RFC 5533 7.17 */
static void any_other_tag_is_answered_by_an_r1bis(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	unsigned first = p->count;

	for (unsigned bit = 17; bit < 64; bit++) {
		f.octets[40 + bit / 8] ^= 0x80 >> bit % 8;
		land(p, &f);
		f.octets[40 + bit / 8] ^= 0x80 >> bit % 8;
	}
	assert_int_equal(p->end[B].arrivals, 0);
	assert_int_equal(p->count - first, 47);
	for (unsigned i = first; i < p->count; i++)
		assert_int_equal(control_type(&p->flight[i]), SHIM6_R1BIS);
	land(p, &f);
	assert_hello_at(p, B, true);
}

static void a_payload_header_with_a_length_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	f.octets[41] = 1;
	land(p, &f);
	assert_int_equal(p->end[B].arrivals, 0);
}

static void a_second_shim_header_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	memmove(f.octets + 48, f.octets + 40, f.len - 40);
	f.len += 8;
	f.octets[5] += 8;
	f.octets[40] = 140;
	land(p, &f);
	assert_int_equal(p->end[B].arrivals, 0);
}

/* RFC 5533 4.6: other headers may stand on both sides of it. */
static void extension_headers_around_the_tag_are_walked(void **state)
{
	static const uint8_t padn[8] = { 0, 0, 1, 4 }; /* RFC 8200 4.2 */
	struct pair *p = *state;
	struct flight f = tagged(p);

	/* Destination options, the tag, destination options, the datagram. */
	memmove(f.octets + 64, f.octets + 48, f.len - 48);
	memmove(f.octets + 48, f.octets + 40, 8);
	memcpy(f.octets + 40, padn, 8);
	memcpy(f.octets + 56, padn, 8);
	f.len += 16;
	f.octets[5] += 16;
	f.octets[6] = 60;
	f.octets[40] = 140;
	f.octets[48] = 60;
	f.octets[56] = IPPROTO_UDP;
	land(p, &f);
	assert_hello_at(p, B, true);
}

static void truncated_tagged_packets_never_crash(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	size_t whole = f.len;

	for (f.len = 40; f.len < whole; f.len++) {
		f.octets[5] = (uint8_t)(f.len - 40);
		land(p, &f);
	}
	/* What is left of the payload is the upper layer's to judge. */
	assert_int_equal(p->end[B].arrivals, sizeof(hello));
}

/* RFC 5533 12.2: in I1-SENT nothing is known; in I2-SENT it goes out again. */
static void before_it_is_established_a_tagged_packet_repeats_the_i2(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, B);
	struct in6_addr l2 = locator_of(p, B, 2);
	struct flight f;

	initiate(p, A);
	while (state_of(p, B) != SHIM_ESTABLISHED)
		land_one(p);
	p->landed++; /* the R2 is lost */
	send.source_locator = &l2;
	assert_int_equal(say_hello(p, &send, B), 0);
	f = p->flight[p->landed++];
	land(p, &f);
	assert_hello_at(p, A, true);
	assert_sent(p, 5, ((uint8_t[]){ SHIM6_I2 }), 1);
	settle(p);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
}

/* RFC 5533 7.12: it comes after the third I2, however much the peer sends. By
 * then its validator may have grown too old, so only a new R1 helps. */
static void tagged_packets_do_not_put_off_the_fall_back_to_the_i1(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, B);
	struct in6_addr l2 = locator_of(p, B, 2);
	usec_t due;
	struct flight f;

	initiate(p, A);
	while (state_of(p, B) != SHIM_ESTABLISHED)
		land_one(p);
	p->landed++; /* the R2 is lost */
	send.source_locator = &l2;
	assert_int_equal(say_hello(p, &send, B), 0);
	f = p->flight[p->count - 1];
	for (unsigned copies = 0; copies < 3; copies++) {
		assert_int_equal(state_of(p, A), SHIM_I2_SENT);
		due = context_of(p, A)->deadline[TIMER_STATE];
		shim_host_advance(p->host[A], due - 1);
		land(p, &f);
		assert_int_equal(context_of(p, A)->deadline[TIMER_STATE], due);
		shim_host_advance(p->host[A], due);
	}
	assert_int_equal(state_of(p, A), SHIM_I1_SENT);
}

/* The peer names ULIDs that are not its addresses because these don't work. */
static void a_responder_sends_on_the_pair_that_the_i2_came_with(void **state)
{
	struct pair *p = *state;
	struct shim_send send = between_ulids(p, B);
	const struct flight *f;

	shim_host_link_event(p->host[A], 1, false);
	establish(p);
	f = &p->flight[p->count];
	assert_int_equal(say_hello(p, &send, B), 0);
	assert_addr(f->octets + 8, locator_of(p, B, 1));
	assert_addr(f->octets + 24, locator_of(p, A, 2));
	settle(p);
	assert_hello_at(p, A, true);
}

/* --- when a context is begun ------------------------------------------------------------ */

static void the_nth_packet_begins_a_context(void **state)
{
	struct pair *p = pair_new(1, 3);
	struct shim_send send = between_ulids(p, A);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(state_of(p, A), SHIM_IDLE);
		assert_int_equal(say_hello(p, &send, A), 0);
	}
	assert_int_equal(p->count, 4);
	assert_int_equal(control_type(&p->flight[3]), SHIM6_I1);
	settle(p);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(say_hello(p, &send, A), 0);
	settle(p);
	assert_int_equal(p->count, 17);
	pair_free(p);
}

static void pairs_are_counted_apart_and_dontshim_not_at_all(void **state)
{
	struct pair *p = pair_new(1, 2);
	struct shim_send send = between_ulids(p, A), other = send;

	(void)state;
	other.peer = locator_of(p, B, 2);
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(say_hello(p, &other, A), 0);
	assert_int_equal(p->host[A]->contexts.count, 0);
	send.dontshim = true;
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(p->host[A]->contexts.count, 0);
	send.dontshim = false;
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(p->host[A]->contexts.count, 1);
	pair_free(p);
}

/* RFC 5533 7.8 */
static void a_peer_that_failed_is_not_tried_again_during_the_holddown(void **state)
{
	struct pair *p = pair_new(1, 1);
	struct shim_send send = between_ulids(p, A), other = send;

	(void)state;
	p->lose_type = SHIM6_I1;
	p->lose_count = 5;
	assert_int_equal(say_hello(p, &send, A), 0);
	run_until(p, 0);
	while (state_of(p, A) == SHIM_I1_SENT)
		run_until(p, shim_host_deadline(p->host[A]));
	assert_int_equal(state_of(p, A), SHIM_E_FAILED);
	assert_int_equal(p->lost, 5);

	other.local = locator_of(p, A, 2);
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(say_hello(p, &other, A), 0);
	assert_int_equal(p->host[A]->contexts.count, 1);
	run_until(p, context_of(p, A)->deadline[TIMER_STATE]);
	assert_int_equal(say_hello(p, &other, A), 0);
	assert_int_equal(p->host[A]->contexts.count, 1);
	assert_int_equal(control_type(&p->flight[p->count - 1]), SHIM6_I1);
	pair_free(p);
}

static void more_pairs_than_can_be_counted_do_no_harm(void **state)
{
	struct pair *p = pair_new(1, 2);
	struct shim_send send = between_ulids(p, A);

	(void)state;
	for (unsigned i = 0; i < 2 * HOST_PAIRS_MAX; i++) {
		send.peer.s6_addr[15] = (uint8_t)i;
		assert_int_equal(say_hello(p, &send, A), 0);
	}
	assert_int_equal(p->host[A]->contexts.count, 0);
	assert_int_equal(say_hello(p, &send, A), 0);
	assert_int_equal(p->host[A]->contexts.count, 1);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(without_a_context_packets_go_as_they_are),
		pair_test(a_context_that_uses_its_ulids_adds_nothing),
		pair_test(the_hop_limit_is_that_of_the_caller),
		pair_test(when_the_ulid_goes_down_another_locator_takes_over),
		pair_test(a_locator_that_works_is_kept_when_the_ulid_comes_back),
		pair_test(a_pinned_source_is_used_and_tagged),
		pair_test(dontshim_leaves_the_context_aside),
		pair_test(a_packet_fits_up_to_the_mtu_less_the_header),
		pair_test(a_pinned_source_without_a_context_is_an_error),
		pair_test(a_source_that_the_peer_was_not_told_is_an_error),
		pair_test(a_source_that_is_not_up_is_an_error),
		pair_test(a_tagged_packet_is_taken_from_any_source_to_any_of_ours),
		pair_test(any_other_tag_is_answered_by_an_r1bis),
		pair_test(a_payload_header_with_a_length_is_dropped),
		pair_test(a_second_shim_header_is_dropped),
		pair_test(extension_headers_around_the_tag_are_walked),
		pair_test(truncated_tagged_packets_never_crash),
		pair_test(before_it_is_established_a_tagged_packet_repeats_the_i2),
		pair_test(tagged_packets_do_not_put_off_the_fall_back_to_the_i1),
		pair_test(a_responder_sends_on_the_pair_that_the_i2_came_with),
		cmocka_unit_test(the_nth_packet_begins_a_context),
		cmocka_unit_test(pairs_are_counted_apart_and_dontshim_not_at_all),
		cmocka_unit_test(a_peer_that_failed_is_not_tried_again_during_the_holddown),
		cmocka_unit_test(more_pairs_than_can_be_counted_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
