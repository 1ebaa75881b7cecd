/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages with a Locator List and its proof have no more than 1280 octets (RFC
 * 5533 5.1): the end of a list that doesn't fit is left out.
 */
#include "refstack/core/test_keys.h"

enum { SHIM = IPV6_HEADER_LEN, LINKS = 8, PREFIXES = 4, ALL = LINKS * PREFIXES };

/* A has all the prefixes that a host can have, four to a link; the others two. */
static struct shim_config wide_config(struct end *end, uint64_t seed)
{
	struct shim_config cfg = pair_config(end, seed);

	cfg.link_count = LINKS;
	for (uint8_t i = 0; i < LINKS; i++) {
		cfg.link[i] = (struct shim_link_config){ .mtu = 1500, .prefix_count = PREFIXES };
		for (uint8_t k = 0; k < PREFIXES; k++)
			memcpy(cfg.link[i].prefix[k],
			       ((uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8, 0, 0xa, i, k }), 8);
	}
	return cfg;
}

static struct pair *wide_pair(enum shim_address_kind kind, const char *key)
{
	struct pair *p = pair_empty();
	struct shim_config b = pair_config(&p->end[B], 43);

	p->host[A] = host_of_kind(wide_config(&p->end[A], 42), kind, key);
	assert_non_null(p->host[A]);
	assert_int_equal(p->host[A]->locator_count, ALL);
	shim_set_upper(p->host[A], &pair_upper, &p->end[A]);
	pair_host(p, B, &b);
	return p;
}

/* Octets of an option: RFC 5533 5.15, and 5.15.2 for the Locator List. */
static size_t total(size_t len)
{
	return 11 + len - (len + 3) % 8;
}

static size_t list_total(unsigned n)
{
	return total(5 + n + (7 - n % 8) + 16 * n);
}

/* How many locators fit a packet that has `len` octets without their list. */
static unsigned room_for(size_t len)
{
	unsigned n = 0;

	while (n < ALL && len + list_total(n + 1) <= 1280)
		n++;
	return n;
}

/* The list of f is the first of A's locators, as many as the packet has room for. */
static unsigned assert_cut(const struct pair *p, const struct flight *f)
{
	const struct shim6_message m = read_message(f);
	unsigned n = m.locators.count;

	assert_in_range(f->len, 0, 1280);
	assert_int_equal(n, room_for(f->len - list_total(n)));
	for (unsigned i = 0; i < n; i++)
		assert_addr(&m.locators.locator[i], locator_of(p, A, i + 1));
	return n;
}

static void sums_are_right(void **state)
{
	(void)state;
	/* shim6-formats: N=1 has Length 28, 7 has 124, and 8 has 148. */
	assert_int_equal(list_total(1), 32);
	assert_int_equal(list_total(7), 128);
	assert_int_equal(list_total(8), 152);
	assert_int_equal(room_for(1280 - 127), 6);
	assert_int_equal(room_for(1280 - 128), 7);
}

/* --- what fits ------------------------------------------------------------------------ */

static void a_set_of_32_addresses_fits(void **state)
{
	struct pair *p = wide_pair(SHIM_HBA, "");

	(void)state;
	establish(p);
	assert_int_equal(p->count, 4);
	assert_int_equal(assert_cut(p, &p->flight[2]), ALL);
	assert_int_equal(context_of(p, B)->ls_peer->count, ALL);
	assert_int_equal(context_of(p, A)->ls_local, UINT32_MAX);
	pair_free(p);
}

/* The other way round it is the R2 that has the list. */
static void a_responder_with_32_addresses_tells_them_all(void **state)
{
	struct pair *p = wide_pair(SHIM_HBA, "");

	(void)state;
	initiate(p, B);
	settle(p);
	assert_consistent(p);
	assert_int_equal(assert_cut(p, &p->flight[3]), ALL);
	assert_int_equal(context_of(p, B)->ls_peer->count, ALL);
	pair_free(p);
}

static void cgas_under_a_key_of_2048_bits_fit_just_so(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_2048);

	(void)state;
	establish(p);
	assert_int_equal(assert_cut(p, &p->flight[2]), ALL);
	/* 40 of IPv6, 24 and 40 with the validator, PDS 328, signature 264, list 560. */
	assert_int_equal(p->flight[2].len, 40 + 24 + 40 + 328 + 264 + 560);
	pair_free(p);
}

/* --- what doesn't --------------------------------------------------------------------- */

/* A PDS of 584 octets and a signature of 520 leave room for a few locators. */
static void a_long_key_leaves_out_the_end_of_the_list(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	const struct flight *i2 = &p->flight[2];
	unsigned n;

	(void)state;
	initiate(p, A);
	while (state_of(p, A) != SHIM_I2_SENT)
		land_one(p);
	n = assert_cut(p, i2);
	assert_in_range(n, 1, 5);
	assert_int_equal(context_of(p, A)->ls_local, (1u << n) - 1);
	land_one(p);
	assert_int_equal(context_of(p, B)->ls_peer->count, n);
	pair_free(p);
}

/* What was left out is not known to the peer, so it is told as soon as it can be: an
 * Update Request has no validator beside it. */
static void the_rest_is_told_as_far_as_there_is_room(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	unsigned first, more;

	(void)state;
	establish(p);
	first = assert_cut(p, &p->flight[2]);
	more = assert_cut(p, sent_nth(p, 4, SHIM6_UPDATE_REQUEST, 1));
	assert_in_range(more, first + 1, ALL - 1);
	assert_int_equal(context_of(p, B)->ls_peer->count, more);
	assert_int_equal(context_of(p, A)->ls_local, (1u << more) - 1);
	assert_false(context_of(p, A)->update.outstanding);
	/* And then there is nothing more to say. */
	assert_int_equal(count_sent(p, 4, SHIM6_UPDATE_REQUEST), 1);
	pair_free(p);
}

static void a_cut_list_is_signed_as_it_is_sent(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	struct shim6_message m;

	(void)state;
	establish(p);
	m = read_message(&p->flight[2]);
	assert_int_equal(m.signature.len, 512);
	assert_int_equal(cga_signature_verify(m.pds.data, m.pds.len, &m.locators,
					      m.signature.data, m.signature.len), 0);
	pair_free(p);
}

static void an_r2_is_cut_as_well(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	unsigned n;

	(void)state;
	initiate(p, B);
	while (state_of(p, B) != SHIM_ESTABLISHED)
		land_one(p);
	assert_consistent(p);
	n = assert_cut(p, &p->flight[3]);
	assert_in_range(n, 2, 7);
	assert_int_equal(context_of(p, B)->ls_peer->count, n);
	assert_int_equal(context_of(p, A)->ls_local, (1u << n) - 1);
	pair_free(p);
}

/* The longest of all: 32 fixed octets, ULIDs, FII, Keepalive Timeout. */
static void an_i2bis_with_everything_is_cut_as_well(void **state)
{
	struct pair *p = pair_empty();
	struct shim_config a = wide_config(&p->end[A], 42), b = pair_config(&p->end[B], 43);
	struct in6_addr a1, b1, a2;
	struct shim_ulids ulids;
	struct flight *i2bis;
	struct shim_send send;

	(void)state;
	a.send_timeout = 20;
	p->host[A] = host_of_kind(a, SHIM_CGA, rsa_2048);
	assert_non_null(p->host[A]);
	pair_host(p, B, &b);
	a1 = locator_of(p, A, 1), a2 = locator_of(p, A, 2), b1 = locator_of(p, B, 1);
	ulids = (struct shim_ulids){ b1, a1, 9 };
	assert_int_equal(shim_initiate(p->host[A], &a1, &b1, 9), 0);
	settle(p);
	context_remove(&p->host[B]->contexts, context_by_ulids(&p->host[B]->contexts, &ulids));
	send = (struct shim_send){ .local = a1, .peer = b1, .fii = 9, .protocol = IPPROTO_UDP,
				   .source_locator = &a2 };
	assert_int_equal(shim_send(p->host[A], &send, "datagram", 8), 0);
	settle(p);
	i2bis = sent_nth(p, 4, SHIM6_I2BIS, 1);
	assert_in_range(assert_cut(p, i2bis), 1, ALL - 1);
	assert_int_not_equal(find_option(i2bis, SHIM6_OPT_ULID_PAIR), 0);
	assert_int_not_equal(find_option(i2bis, SHIM6_OPT_FII), 0);
	assert_int_not_equal(find_option(i2bis, SHIM6_OPT_KEEPALIVE_TIMEOUT), 0);
	assert_non_null(context_by_ulids(&p->host[B]->contexts, &ulids));
	pair_free(p);
}

/* The ULID is known to the peer without any list. */
static void a_ulid_that_is_cut_is_a_source_all_the_same(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	const struct shim_ulids ulids = { locator_of(p, A, ALL), locator_of(p, B, 1), 0 };
	const struct shim_send send = { .local = ulids.local, .peer = ulids.peer,
					.protocol = IPPROTO_UDP };

	(void)state;
	handshake_initiate(p->host[A], &ulids);
	settle(p);
	assert_int_equal(context_by_ulids(&p->host[A]->contexts, &ulids)->state, SHIM_ESTABLISHED);
	assert_int_equal(shim_send(p->host[A], &send, "datagram", 8), 0);
	settle(p);
	assert_int_equal(p->end[B].arrivals, 1);
	pair_free(p);
}

/* RFC 5533 7.13: else the peer would not take it. */
static void the_source_of_an_i2_is_never_cut(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	struct shim6_message m;

	(void)state;
	shim_host_link_event(p->host[A], 1, false);
	for (unsigned link = 3; link <= LINKS; link++)
		shim_host_link_event(p->host[A], link, false);
	establish(p);
	assert_consistent(p);
	m = read_message(&p->flight[2]);
	assert_addr(&m.locators.locator[0], locator_of(p, A, PREFIXES + 1));
	assert_addr(p->flight[2].octets + 8, locator_of(p, A, PREFIXES + 1));
	pair_free(p);
}

/* --- validators ----------------------------------------------------------------------- */

/* An R1 from somebody who likes validators of that length, on its way to A. */
static struct flight r1_with(struct pair *p, size_t len)
{
	struct flight f;
	size_t octets = 16 + total(len);

	initiate(p, A);
	land_one(p);
	f = p->flight[p->landed++];
	assert_int_equal(control_type(&f), SHIM6_R1);
	memset(f.octets + SHIM + 20, 0x5a, octets - 20);
	f.octets[SHIM + 1] = (uint8_t)(octets / 8 - 1);
	f.octets[SHIM + 18] = (uint8_t)(len >> 8);
	f.octets[SHIM + 19] = (uint8_t)len;
	f.octets[4] = (uint8_t)(octets >> 8);
	f.octets[5] = (uint8_t)octets;
	f.len = SHIM + octets;
	seal(&f);
	return f;
}

static void a_long_validator_leaves_out_the_end_of_the_list(void **state)
{
	unsigned last = ALL;

	(void)state;
	/* 40 of IPv6, 24, a PDS of 372 octets or so, and 32 for one locator. */
	for (size_t len = 40; len <= 800; len += 19) {
		struct pair *p = wide_pair(SHIM_HBA, "");
		struct flight f = r1_with(p, len);
		const struct flight *i2 = &p->flight[p->count];
		unsigned n;

		land(p, &f);
		assert_int_equal(state_of(p, A), SHIM_I2_SENT);
		assert_int_equal(control_type(i2), SHIM6_I2);
		assert_memory_equal(i2->octets + SHIM + 24, f.octets + SHIM + 16, 4 + len);
		n = assert_cut(p, i2);
		assert_in_range(n, 1, last);
		assert_int_equal(context_of(p, A)->ls_local, UINT32_MAX >> (32 - n));
		last = n;
		pair_free(p);
	}
	assert_in_range(last, 1, 5);
}

/* No I2 could bring it back, RFC 5533 5.1. */
static void a_validator_that_no_i2_can_hold_is_not_taken(void **state)
{
	(void)state;
	for (size_t len = 1213; len <= 1220; len++) {
		struct pair *p = wide_pair(SHIM_HBA, "");
		struct flight f = r1_with(p, len);

		land(p, &f);
		assert_int_equal(state_of(p, A), SHIM_I1_SENT);
		assert_int_equal(p->count, 2);
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_right),
		cmocka_unit_test(a_set_of_32_addresses_fits),
		cmocka_unit_test(a_responder_with_32_addresses_tells_them_all),
		cmocka_unit_test(cgas_under_a_key_of_2048_bits_fit_just_so),
		cmocka_unit_test(a_long_key_leaves_out_the_end_of_the_list),
		cmocka_unit_test(the_rest_is_told_as_far_as_there_is_room),
		cmocka_unit_test(a_cut_list_is_signed_as_it_is_sent),
		cmocka_unit_test(an_r2_is_cut_as_well),
		cmocka_unit_test(an_i2bis_with_everything_is_cut_as_well),
		cmocka_unit_test(a_ulid_that_is_cut_is_a_source_all_the_same),
		cmocka_unit_test(the_source_of_an_i2_is_never_cut),
		cmocka_unit_test(a_long_validator_leaves_out_the_end_of_the_list),
		cmocka_unit_test(a_validator_that_no_i2_can_hold_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
