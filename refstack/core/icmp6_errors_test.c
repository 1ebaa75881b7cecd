/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMPv6 errors about packets of ours, RFC 5533 8: which the shim keeps to itself,
 * and that the others look to the upper layer as if there were no shim.
 */
#include "refstack/core/test_keys.h"

#include <errno.h>

enum { UNREACHABLE = 1, TOO_BIG = 2, EXCEEDED = 3, PARAMETER = 4 };

/* What A's upper layer was told. */
struct seen {
	unsigned errors;
	struct shim_upper_error error; /* the last; upper points to the next */
	uint8_t upper[UPPER_MAX];
};

static void see(void *ctx, const struct shim_upper_error *error)
{
	struct seen *seen = ctx;

	assert_in_range(error->len, 0, UPPER_MAX);
	seen->errors++;
	seen->error = *error;
	memcpy(seen->upper, error->upper, error->len);
	seen->error.upper = seen->upper;
}

static const struct shim_upper watcher = { .error = see };

static struct seen *watch(struct pair *p, struct seen *seen)
{
	*seen = (struct seen){ .errors = 0 };
	shim_set_upper(p->host[A], &watcher, seen);
	return seen;
}

/* What A sends now, which never lands. */
static struct flight sent_by_a(struct pair *p)
{
	struct flight f;

	assert_int_equal(send_payload(p, A, 0), 0);
	f = p->flight[--p->count];
	return f;
}

/* A context whose locators are not its ULIDs, and a packet that went through it:
 * 40 octets of IPv6, 8 with the tag, 8 of payload. */
static struct flight tagged(struct pair *p)
{
	struct in6_addr a2, b1;

	establish(p);
	a2 = locator_of(p, A, 2), b1 = locator_of(p, B, 1);
	translate_switch(p->host[A], context_of(p, A), &a2, &b1);
	return sent_by_a(p);
}

/* The first `len` octets of f in an error from a router, or some such, to A's first
 * locator. */
static struct flight error_about(const struct pair *p, const struct flight *f, size_t len,
				 uint8_t type, uint8_t code, uint32_t word)
{
	const struct in6_addr router = addr_of("2001:db8:ffff::1"), dst = locator_of(p, A, 1);
	struct flight e = { .to = A, .len = 48 + len };
	uint16_t sum;

	memcpy(e.octets, ((uint8_t[]){ 0x60, 0, 0, 0, (uint8_t)((8 + len) >> 8), (uint8_t)(8 + len),
				       58, 64 }), 8);
	memcpy(e.octets + 8, &router, 16);
	memcpy(e.octets + 24, &dst, 16);
	memcpy(e.octets + 40, ((uint8_t[]){ type, code, 0, 0, (uint8_t)(word >> 24),
					    (uint8_t)(word >> 16), (uint8_t)(word >> 8),
					    (uint8_t)word }), 8);
	memcpy(e.octets + 48, f->octets, len);
	sum = checksum_finish(checksum_add(checksum_pseudo(&router, &dst, (uint32_t)(8 + len), 58),
					   e.octets + 40, 8 + len));
	e.octets[42] = (uint8_t)(sum >> 8);
	e.octets[43] = (uint8_t)sum;
	return e;
}

/* It arrives at A; what A does about it stays in the air. */
static void hear_error(struct pair *p, const struct flight *f, uint8_t type, uint8_t code,
		       uint32_t word)
{
	struct flight e = error_about(p, f, f->len, type, code, word);

	land(p, &e);
}

/* As the upper layer had sent it, between the ULIDs. */
static void assert_told(const struct pair *p, const struct seen *seen, uint8_t type, uint8_t code,
			uint32_t word)
{
	assert_int_equal(seen->errors, 1);
	assert_addr(&seen->error.local, locator_of(p, A, 1));
	assert_addr(&seen->error.peer, locator_of(p, B, 1));
	assert_int_equal(seen->error.type, type);
	assert_int_equal(seen->error.code, code);
	assert_int_equal(seen->error.word, word);
	assert_int_equal(seen->error.protocol, IPPROTO_UDP);
	assert_int_equal(seen->error.len, 8);
	assert_memory_equal(seen->upper, "datagram", 8);
}

/* --- who takes it: RFC 5533 8 --------------------------------------------------------- */

/* The list of the section, and with it what it doesn't name. */
static const struct {
	uint8_t type, code;
	bool shim;
} kinds[] = {
	{ UNREACHABLE, 0, true },  /* no route */
	{ UNREACHABLE, 1, true },  /* administratively prohibited */
	{ UNREACHABLE, 2, true },  /* beyond scope of source */
	{ UNREACHABLE, 3, true },  /* address unreachable */
	{ UNREACHABLE, 4, false }, /* port unreachable */
	{ UNREACHABLE, 5, true },  /* ingress or egress policy */
	{ UNREACHABLE, 6, true },  /* reject route */
	{ UNREACHABLE, 7, false }, /* source routing header, RFC 6554 */
	{ EXCEEDED, 0, true },
	{ EXCEEDED, 1, true },
	{ PARAMETER, 0, false },
	{ PARAMETER, 2, false },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* The shim looks for another path, which nobody above needs to know. */
static void assert_taken(struct pair *p, const struct seen *seen, unsigned i, unsigned first)
{
	enum reap_state state = context_of(p, A)->reap.state;

	if (kinds[i].shim) {
		assert_int_equal(seen->errors, 0);
		assert_int_equal(state, REAP_EXPLORING);
		assert_int_equal(count_sent(p, first, SHIM6_PROBE), 1);
	} else {
		assert_told(p, seen, kinds[i].type, kinds[i].code, 7);
		assert_int_equal(state, REAP_OPERATIONAL);
		assert_int_equal(p->count, first);
	}
}

static void errors_about_tagged_packets_go_where_the_table_says(void **state)
{
	struct seen seen;

	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = tagged(p);

		watch(p, &seen);
		hear_error(p, &f, kinds[i].type, kinds[i].code, 7);
		assert_taken(p, &seen, i, 4);
		pair_free(p);
	}
}

/* Figure 8: the quote is what the upper layer sent. */
static void errors_about_untagged_packets_do_so_too(void **state)
{
	struct seen seen;

	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct pair *p = pair_new(42, 0);
		struct flight f;

		establish(p);
		f = sent_by_a(p);
		watch(p, &seen);
		hear_error(p, &f, kinds[i].type, kinds[i].code, 7);
		assert_taken(p, &seen, i, 4);
		pair_free(p);
	}
}

static void without_a_context_the_upper_layer_has_them_all(void **state)
{
	struct pair *p = *state;
	struct flight f = sent_by_a(p);
	struct seen seen;

	for (unsigned i = 0; i < KINDS; i++) {
		watch(p, &seen);
		hear_error(p, &f, kinds[i].type, kinds[i].code, 7);
		assert_told(p, &seen, kinds[i].type, kinds[i].code, 7);
	}
	watch(p, &seen);
	hear_error(p, &f, TOO_BIG, 0, 1400);
	assert_told(p, &seen, TOO_BIG, 0, 1400);
	assert_int_equal(p->count, 0);
}

/* The SHOULD of the section: a configuration that keeps nothing back. */
static void deliver_all_icmp_gives_the_upper_layer_those_of_the_shim(void **state)
{
	struct seen seen;

	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct pair *p = pair_empty();
		struct shim_config a = pair_config(&p->end[A], 42);
		struct shim_config b = pair_config(&p->end[B], 43);
		struct flight f;

		a.deliver_all_icmp = true;
		pair_host(p, A, &a);
		pair_host(p, B, &b);
		f = tagged(p);
		watch(p, &seen);
		hear_error(p, &f, kinds[i].type, kinds[i].code, 7);
		assert_told(p, &seen, kinds[i].type, kinds[i].code, 7);
		assert_int_equal(context_of(p, A)->reap.state,
				 kinds[i].shim ? REAP_EXPLORING : REAP_OPERATIONAL);
		pair_free(p);
	}
}

/* The MUST: with one path alone the shim can't act successfully. */
static void where_there_is_no_other_path_the_upper_layer_has_them(void **state)
{
	struct pair *p = pair_empty();
	struct seen seen;
	struct flight f;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct shim_config cfg = pair_config(&p->end[i], 42 + i);

		cfg.link_count = 1;
		pair_host(p, i, &cfg);
	}
	establish(p);
	f = sent_by_a(p);
	for (unsigned i = 0; i < KINDS; i++) {
		watch(p, &seen);
		hear_error(p, &f, kinds[i].type, kinds[i].code, 7);
		assert_told(p, &seen, kinds[i].type, kinds[i].code, 7);
	}
	assert_int_equal(context_of(p, A)->reap.state, REAP_OPERATIONAL);
	pair_free(p);
}

/* From the one end to the other and back. */
static void a_port_that_is_unreachable_is_told_between_the_ulids(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen seen;

	watch(p, &seen);
	p->end[B].wants = false;
	land(p, &f);
	settle(p);
	assert_told(p, &seen, UNREACHABLE, 4, 0);
}

static void a_host_without_an_upper_layer_survives_them(void **state)
{
	static const struct shim_upper deaf = { .error = NULL };
	struct pair *p = *state;
	struct flight f = tagged(p);

	shim_set_upper(p->host[A], &deaf, NULL);
	hear_error(p, &f, UNREACHABLE, 4, 0);
	shim_set_upper(p->host[A], NULL, NULL);
	hear_error(p, &f, UNREACHABLE, 4, 0);
	assert_int_equal(p->count, 4);
}

/* upper.h: what is NULL is not called. */
static void an_upper_layer_that_wants_errors_alone_gets_no_payload(void **state)
{
	struct pair *p = *state;
	struct seen seen;

	watch(p, &seen);
	assert_int_equal(send_payload(p, B, 0), 0);
	settle(p);
	/* B hears that nobody was there. */
	assert_int_equal(p->count, 2);
	assert_int_equal(p->flight[1].octets[6], 58);
	assert_memory_equal(p->flight[1].octets + 40, ((uint8_t[]){ UNREACHABLE, 4 }), 2);
}

/* Whoever can guess the addresses can send them. */
static void the_shim_acts_on_ten_of_them_a_second(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen seen;

	watch(p, &seen);
	for (unsigned i = 0; i < 100; i++)
		hear_error(p, &f, UNREACHABLE, 0, 0);
	assert_int_equal(seen.errors, 90);
	shim_host_advance(p->host[A], USEC_PER_SEC);
	hear_error(p, &f, UNREACHABLE, 0, 0);
	assert_int_equal(seen.errors, 90);
}

/* --- headers in the quote, figure 9 --------------------------------------------------- */

static void headers_on_both_sides_of_the_tag_are_walked(void **state)
{
	static const uint8_t padn[8] = { 0, 0, 1, 4 }; /* RFC 8200 4.2 */
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen seen;

	/* Destination options, the tag, destination options, the datagram. */
	memmove(f.octets + 64, f.octets + 48, 8);
	memmove(f.octets + 48, f.octets + 40, 8);
	memcpy(f.octets + 40, padn, 8);
	memcpy(f.octets + 56, padn, 8);
	f.len += 16;
	f.octets[5] += 16;
	f.octets[6] = 60;
	f.octets[40] = 140;
	f.octets[48] = 60;
	f.octets[56] = IPPROTO_UDP;
	watch(p, &seen);
	hear_error(p, &f, UNREACHABLE, 4, 0);
	assert_told(p, &seen, UNREACHABLE, 4, 0);
}

/* In front of IPv6 and the tag there is nothing to go by; behind, all counts. */
static void a_quote_may_be_cut_anywhere(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	for (size_t len = 0; len <= f.len; len++) {
		struct flight e = error_about(p, &f, len, UNREACHABLE, 4, 0);
		struct seen seen;

		watch(p, &seen);
		land(p, &e);
		assert_int_equal(seen.errors, len >= 48);
		if (len >= 48) {
			assert_int_equal(seen.error.len, len - 48);
			assert_memory_equal(seen.upper, "datagram", len - 48);
		}
	}
	assert_int_equal(p->count, 4);
}

static void an_error_may_be_cut_anywhere(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p), e = error_about(p, &f, f.len, UNREACHABLE, 0, 0);
	struct seen seen;

	watch(p, &seen);
	for (e.len = 40; e.len < 48 + f.len; e.len++) {
		e.octets[5] = (uint8_t)(e.len - 40);
		land(p, &e);
	}
	/* Its checksum is wrong then. */
	assert_int_equal(seen.errors, 0);
	assert_int_equal(context_of(p, A)->reap.state, REAP_OPERATIONAL);
}

/* Under a right checksum whatever is in it has to be survived. */
static void any_octet_of_a_quote_may_be_another(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen seen;

	watch(p, &seen);
	for (size_t off = 0; off < f.len; off++) {
		struct flight g = f;

		for (unsigned v = 0; v < 256; v++) {
			g.octets[off] = (uint8_t)v;
			hear_error(p, &g, UNREACHABLE, 4, 0);
		}
	}
	assert_in_range(seen.errors, 256 * 8, 256 * 56); /* whatever its payload */
	assert_int_equal(p->host[A]->contexts.count, 1);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
}

/* --- what is not about a packet of ours: RFC 5533 12.4 -------------------------------- */

static void assert_nothing(struct pair *p, const struct flight *f)
{
	struct seen seen;

	watch(p, &seen);
	for (unsigned i = 0; i < KINDS; i++)
		hear_error(p, f, kinds[i].type, kinds[i].code, 0);
	hear_error(p, f, TOO_BIG, 0, 1300);
	assert_int_equal(seen.errors, 0);
	assert_int_equal(context_of(p, A)->reap.state, REAP_OPERATIONAL);
	assert_int_equal(context_of(p, A)->path_mtu, 0);
}

static void a_quote_with_another_tag_is_nobodys(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	for (unsigned bit = 17; bit < 64; bit++) {
		f.octets[40 + bit / 8] ^= 0x80 >> bit % 8;
		assert_nothing(p, &f);
		f.octets[40 + bit / 8] ^= 0x80 >> bit % 8;
	}
	/* CT(local) is what comes in, CT(peer) what went out. */
	put_tag(f.octets + 42, (UINT64_C(1) << 47) | context_of(p, A)->ct_local);
	assert_nothing(p, &f);
	assert_int_equal(p->count, 4);
}

static void a_quote_between_other_addresses_is_nobodys(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	f.octets[23] ^= 1;
	assert_nothing(p, &f);
	f.octets[23] ^= 1;
	f.octets[39] ^= 1;
	assert_nothing(p, &f);
	memcpy(f.octets + 24, &p->host[A]->locator[1].addr, 16);
	assert_nothing(p, &f);
}

static void a_quote_of_somebody_elses_packet_is_nobodys(void **state)
{
	struct pair *p = *state;
	struct flight f;
	struct seen seen;

	assert_int_equal(send_payload(p, B, 0), 0);
	f = p->flight[--p->count];
	watch(p, &seen);
	for (unsigned i = 0; i < KINDS; i++)
		hear_error(p, &f, kinds[i].type, kinds[i].code, 0);
	assert_int_equal(seen.errors, 0);
}

/* It went that way before the switch, or by somebody who wants no shim. */
static void a_quote_between_the_ulids_is_not_about_another_pair(void **state)
{
	struct pair *p = *state;
	struct flight f;
	struct seen seen;

	establish(p);
	f = sent_by_a(p);
	translate_switch(p->host[A], context_of(p, A), &p->host[A]->locator[1].addr,
			 &p->host[B]->locator[0].addr);
	watch(p, &seen);
	hear_error(p, &f, TOO_BIG, 0, 1300);
	assert_told(p, &seen, TOO_BIG, 0, 1300);
	assert_int_equal(context_of(p, A)->path_mtu, 0);
	watch(p, &seen);
	hear_error(p, &f, UNREACHABLE, 0, 0);
	assert_told(p, &seen, UNREACHABLE, 0, 0);
	assert_int_equal(context_of(p, A)->reap.state, REAP_OPERATIONAL);
}

/* They are the shim's own, and it has timers for them. */
static void a_quote_of_a_control_message_is_not_for_the_upper_layer(void **state)
{
	static const uint8_t types[] = { SHIM6_I1, SHIM6_I2, SHIM6_UPDATE_REQUEST, SHIM6_PROBE };
	struct pair *p = *state;

	establish(p);
	shim_host_link_event(p->host[A], 2, false);
	shim_host_link_event(p->host[A], 2, true);
	settle(p);
	shim_feedback(p->host[A], context_of(p, A), false);
	settle(p);
	for (unsigned i = 0; i < sizeof(types); i++) {
		struct flight f = *sent_nth(p, 0, types[i], 1);

		assert_nothing(p, &f);
	}
	assert_consistent(p);
}

/* RFC 5533 7.8 is about an I1 that is on its way, and this one has been answered. */
static void an_i1_that_was_answered_can_not_be_unknown(void **state)
{
	struct pair *p = *state;
	struct flight f;

	establish(p);
	f = p->flight[0];
	hear_error(p, &f, PARAMETER, 1, 6);
	assert_int_equal(state_of(p, A), SHIM_ESTABLISHED);
}

/* --- how large a packet can be -------------------------------------------------------- */

static size_t mtu_of(const struct pair *p)
{
	const struct in6_addr local = locator_of(p, A, 1), peer = locator_of(p, B, 1);

	return shim_mtu(p->host[A], &local, &peer);
}

static int send_octets(struct pair *p, size_t len)
{
	static const uint8_t octets[1500];
	const struct shim_send send = {
		.local = locator_of(p, A, 1),
		.peer = locator_of(p, B, 1),
		.protocol = IPPROTO_UDP,
	};

	return shim_send(p->host[A], &send, octets, len);
}

/* The section's last but one paragraph: the shim adds eight octets. */
static void an_mtu_is_eight_octets_less_for_the_upper_layer(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen seen;

	watch(p, &seen);
	assert_int_equal(mtu_of(p), 1500 - 40 - 8);
	hear_error(p, &f, TOO_BIG, 0, 1300);
	assert_told(p, &seen, TOO_BIG, 0, 1292);
	assert_int_equal(mtu_of(p), 1300 - 40 - 8);
	assert_int_equal(context_of(p, A)->reap.state, REAP_OPERATIONAL);
}

static void what_was_sent_without_a_tag_has_its_mtu_as_it_is(void **state)
{
	struct pair *p = *state;
	struct flight f;
	struct seen seen;

	establish(p);
	f = sent_by_a(p);
	watch(p, &seen);
	hear_error(p, &f, TOO_BIG, 0, 1300);
	assert_told(p, &seen, TOO_BIG, 0, 1300);
	/* It may have to be tagged any time. */
	assert_int_equal(mtu_of(p), 1300 - 40 - 8);
}

static void packets_larger_than_the_path_takes_are_refused(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	hear_error(p, &f, TOO_BIG, 0, 1300);
	assert_int_equal(send_octets(p, 1252), 0);
	assert_int_equal(p->flight[p->count - 1].len, 1300);
	assert_int_equal(send_octets(p, 1253), -EMSGSIZE);
	assert_int_equal(p->count, 5);
}

/* RFC 8201 4: ten minutes. */
static void what_the_path_takes_is_forgotten_after_ten_minutes(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	hear_error(p, &f, TOO_BIG, 0, 1300);
	/* Payload now and then keeps the context. */
	for (unsigned minutes = 1; minutes < 10; minutes++) {
		shim_host_advance(p->host[A], minutes * 60 * USEC_PER_SEC);
		context_of(p, A)->used = shim_host_now(p->host[A]);
		assert_int_equal(mtu_of(p), 1252);
		p->count = p->landed = 0;
	}
	shim_host_advance(p->host[A], 600 * USEC_PER_SEC - 1);
	assert_int_equal(mtu_of(p), 1252);
	shim_host_advance(p->host[A], 600 * USEC_PER_SEC);
	assert_int_equal(mtu_of(p), 1452);
	assert_int_equal(send_octets(p, 1452), 0);
}

static void another_pair_is_another_path(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct in6_addr a1 = locator_of(p, A, 1), b2 = locator_of(p, B, 2);

	hear_error(p, &f, TOO_BIG, 0, 1300);
	translate_switch(p->host[A], context_of(p, A), &a1, &b2);
	assert_int_equal(mtu_of(p), 1452);
}

/* RFC 8200 5: whatever somebody says. */
static void no_path_takes_less_than_1280_octets(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	for (uint32_t mtu = 0; mtu < 1280; mtu += 40) {
		hear_error(p, &f, TOO_BIG, 0, mtu);
		assert_in_range(mtu_of(p), 1280 - 48, 1452);
		assert_int_equal(send_octets(p, 1280 - 48), 0);
		p->count--;
	}
}

static void an_mtu_of_next_to_nothing_does_not_wrap(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	for (uint32_t mtu = 0; mtu <= 8; mtu++) {
		struct seen seen;

		watch(p, &seen);
		hear_error(p, &f, TOO_BIG, 0, mtu);
		assert_in_range(seen.error.word, 0, 8);
	}
}

/* RFC 8201 4: only time raises it. */
static void what_a_path_takes_is_not_raised_by_an_error(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	hear_error(p, &f, TOO_BIG, 0, 1300);
	hear_error(p, &f, TOO_BIG, 0, 1400);
	assert_int_equal(mtu_of(p), 1300 - 48);
	hear_error(p, &f, TOO_BIG, 0, 1290);
	assert_int_equal(mtu_of(p), 1290 - 48);
}

static void no_path_takes_more_than_its_link(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);

	hear_error(p, &f, TOO_BIG, 0, UINT32_MAX);
	assert_int_equal(mtu_of(p), 1452);
	assert_int_equal(send_octets(p, 1453), -EMSGSIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_about_tagged_packets_go_where_the_table_says),
		cmocka_unit_test(errors_about_untagged_packets_do_so_too),
		pair_test(without_a_context_the_upper_layer_has_them_all),
		cmocka_unit_test(deliver_all_icmp_gives_the_upper_layer_those_of_the_shim),
		cmocka_unit_test(where_there_is_no_other_path_the_upper_layer_has_them),
		pair_test(a_port_that_is_unreachable_is_told_between_the_ulids),
		pair_test(a_host_without_an_upper_layer_survives_them),
		pair_test(an_upper_layer_that_wants_errors_alone_gets_no_payload),
		pair_test(the_shim_acts_on_ten_of_them_a_second),
		pair_test(headers_on_both_sides_of_the_tag_are_walked),
		pair_test(a_quote_may_be_cut_anywhere),
		pair_test(an_error_may_be_cut_anywhere),
		pair_test(any_octet_of_a_quote_may_be_another),
		pair_test(a_quote_with_another_tag_is_nobodys),
		pair_test(a_quote_between_other_addresses_is_nobodys),
		pair_test(a_quote_of_somebody_elses_packet_is_nobodys),
		pair_test(a_quote_between_the_ulids_is_not_about_another_pair),
		pair_test(a_quote_of_a_control_message_is_not_for_the_upper_layer),
		pair_test(an_i1_that_was_answered_can_not_be_unknown),
		pair_test(an_mtu_is_eight_octets_less_for_the_upper_layer),
		pair_test(what_was_sent_without_a_tag_has_its_mtu_as_it_is),
		pair_test(packets_larger_than_the_path_takes_are_refused),
		pair_test(what_the_path_takes_is_forgotten_after_ten_minutes),
		pair_test(another_pair_is_another_path),
		pair_test(no_path_takes_less_than_1280_octets),
		pair_test(an_mtu_of_next_to_nothing_does_not_wrap),
		pair_test(what_a_path_takes_is_not_raised_by_an_error),
		pair_test(no_path_takes_more_than_its_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
