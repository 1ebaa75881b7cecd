/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that were found by reading and by trying, each of which failed here once.
 */
#include "refstack/core/invariants.h"
#include "refstack/core/test_keys.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct seen {
	unsigned errors;
	struct shim_upper_error error;
};

static void see(void *ctx, const struct shim_upper_error *error)
{
	struct seen *s = ctx;

	s->errors++;
	s->error = *error;
}

static const struct shim_upper watcher = { .error = see };

static struct flight error_about(const struct pair *p, const struct flight *f, size_t len,
				 uint8_t type, uint8_t code, uint32_t word)
{
	const struct in6_addr router = addr_of("2001:db8:ffff::1"), dst = locator_of(p, A, 1);
	struct flight e = { .to = A, .len = 48 + len };
	uint16_t sum;

	memcpy(e.octets,
	       ((uint8_t[]){ 0x60, 0, 0, 0, (uint8_t)((8 + len) >> 8), (uint8_t)(8 + len), 58,
			     64 }),
	       8);
	memcpy(e.octets + 8, &router, 16);
	memcpy(e.octets + 24, &dst, 16);
	memcpy(e.octets + 40,
	       ((uint8_t[]){ type, code, 0, 0, (uint8_t)(word >> 24), (uint8_t)(word >> 16),
			     (uint8_t)(word >> 8), (uint8_t)word }),
	       8);
	memcpy(e.octets + 48, f->octets, len);
	sum = checksum_finish(checksum_add(checksum_pseudo(&router, &dst, (uint32_t)(8 + len), 58),
					   e.octets + 40, 8 + len));
	e.octets[42] = (uint8_t)(sum >> 8);
	e.octets[43] = (uint8_t)sum;
	return e;
}

static struct flight sent_by_a(struct pair *p, unsigned n)
{
	struct flight f;
	assert_int_equal(send_payload(p, A, n), 0);
	f = p->flight[--p->count];
	return f;
}

static void hear(struct pair *p, const struct flight *f, uint8_t t, uint8_t c, uint32_t w)
{
	struct flight e = error_about(p, f, f->len, t, c, w);
	land(p, &e);
}

static struct flight tagged(struct pair *p)
{
	struct in6_addr a2, b1;
	establish(p);
	a2 = locator_of(p, A, 2), b1 = locator_of(p, B, 1);
	translate_switch(p->host[A], context_of(p, A), &a2, &b1);
	return sent_by_a(p, 0);
}

/* upper.h: what is NULL is not called */
static void an_upper_layer_without_arrival(void **state)
{
	static const struct shim_upper deaf = { .error = see };
	struct pair *p = *state;

	shim_set_upper(p->host[B], &deaf, NULL);
	assert_int_equal(send_payload(p, A, 0), 0);
	settle(p);
}

/* RFC 4443 2.4 (a), RFC 5533 8 */
static void errors_of_unknown_type_reach_the_upper_layer(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen s = { 0 };

	shim_set_upper(p->host[A], &watcher, &s);
	hear(p, &f, 100, 0, 0);
	assert_int_equal(s.errors, 1);
}

/* RFC 5533 8 */
static void a_quote_of_a_pinned_source_reaches_the_upper_layer(void **state)
{
	struct pair *p = *state;
	struct flight f;
	struct seen s = { 0 };

	establish(p);
	f = sent_by_a(p, 2);
	shim_set_upper(p->host[A], &watcher, &s);
	hear(p, &f, 1, 4, 0);
	assert_int_equal(s.errors, 1);
}

static void a_quote_from_before_a_switch_reaches_the_upper_layer(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen s = { 0 };
	struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);

	translate_switch(p->host[A], context_of(p, A), &a1, &b1);
	shim_set_upper(p->host[A], &watcher, &s);
	hear(p, &f, 1, 4, 0);
	assert_int_equal(s.errors, 1);
}

static void parameter_problem_about_the_shim6_header_is_the_shims(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen s = { 0 };

	shim_set_upper(p->host[A], &watcher, &s);
	hear(p, &f, 4, 1, 6);
	hear(p, &f, 4, 0, 41);
	assert_int_equal(s.errors, 0);
}

static void small_mtu_does_not_wrap(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen s = { 0 };

	shim_set_upper(p->host[A], &watcher, &s);
	hear(p, &f, 2, 0, 3);
	assert_true(s.errors == 0 || s.error.word < 1500);
}

static void a_larger_mtu_does_not_widen_the_path(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	const struct in6_addr l = locator_of(p, A, 1), r = locator_of(p, B, 1);

	hear(p, &f, 2, 0, 1300);
	hear(p, &f, 2, 0, 1400);
	assert_int_equal(shim_mtu(p->host[A], &l, &r), 1252);
}

static void an_mtu_below_1280_is_discarded(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	const struct in6_addr l = locator_of(p, A, 1), r = locator_of(p, B, 1);

	hear(p, &f, 2, 0, 100);
	assert_int_equal(shim_mtu(p->host[A], &l, &r), 1452);
}

static void an_untagged_quote_is_not_about_the_pair_of_now(void **state)
{
	struct pair *p = *state;
	struct flight f;
	struct seen s = { 0 };
	struct in6_addr a2, b1;

	establish(p);
	f = sent_by_a(p, 0);
	a2 = locator_of(p, A, 2), b1 = locator_of(p, B, 1);
	translate_switch(p->host[A], context_of(p, A), &a2, &b1);
	shim_set_upper(p->host[A], &watcher, &s);
	hear(p, &f, 2, 0, 1300);
	assert_int_equal(context_of(p, A)->path_mtu, 0);
}

static void nor_a_reason_to_leave_it(void **state)
{
	struct pair *p = *state;
	struct flight f;
	struct seen s = { 0 };
	struct in6_addr a2, b1;

	establish(p);
	f = sent_by_a(p, 0);
	a2 = locator_of(p, A, 2), b1 = locator_of(p, B, 1);
	translate_switch(p->host[A], context_of(p, A), &a2, &b1);
	shim_set_upper(p->host[A], &watcher, &s);
	hear(p, &f, 1, 0, 0);
	assert_int_equal(context_of(p, A)->reap.state, REAP_OPERATIONAL);
}

/* RFC 4884 4.1, 5533 8 */
static void what_follows_the_quoted_packet_is_not_payload(void **state)
{
	struct pair *p = *state;
	struct flight f = tagged(p);
	struct seen s = { 0 };

	shim_set_upper(p->host[A], &watcher, &s);
	memset(f.octets + f.len, 0, 128 - f.len);
	memcpy(f.octets + 128, "\x20\0\0\0\0\x08\x01\x01zzzz", 12);
	f.len = 140;
	hear(p, &f, 1, 4, 16 << 24);
	assert_int_equal(s.errors, 1);
	assert_int_equal(s.error.len, 8);
}

static void a_recovered_peer_hears_again_what_is_broken(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	settle(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	shim_feedback(p->host[A], context_of(p, A), false);
	settle(p);
	assert_consistent(p);
	run_until(p, 200 * USEC_PER_SEC);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, SHIM6_BROKEN);
}

static void so_does_one_that_begins_again(void **state)
{
	struct pair *p = *state;

	establish(p);
	assert_int_equal(shim_host_link_event(p->host[A], 2, false), 0);
	settle(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	initiate(p, B);
	settle(p);
	assert_consistent(p);
	run_until(p, 200 * USEC_PER_SEC);
	assert_int_equal(context_of(p, B)->ls_peer->at[1].preference.flags, SHIM6_BROKEN);
}

static struct pair *wide_pair(enum shim_address_kind kind, const char *key)
{
	struct pair *p = pair_empty();
	struct shim_config cfg = pair_config(&p->end[A], 42);
	struct shim_config b = pair_config(&p->end[B], 43);

	cfg.link_count = 8;
	for (uint8_t i = 0; i < 8; i++) {
		cfg.link[i] = (struct shim_link_config){ .mtu = 1500, .prefix_count = 4 };
		for (uint8_t k = 0; k < 4; k++)
			memcpy(cfg.link[i].prefix[k],
			       ((uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8, 0, 0xa, i, k }), 8);
	}
	p->host[A] = host_of_kind(cfg, kind, key);
	assert_non_null(p->host[A]);
	pair_host(p, B, &b);
	return p;
}

/* RFC 5533 7.2, 12.4 */
static void the_ulid_is_not_cut_from_the_list(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	struct shim_ulids ulids = { locator_of(p, A, 32), locator_of(p, B, 1), 0 };
	struct shim_send send = { .local = ulids.local,
				  .peer = ulids.peer,
				  .protocol = IPPROTO_UDP };

	(void)state;
	handshake_initiate(p->host[A], &ulids);
	settle(p);
	assert_int_equal(context_by_ulids(&p->host[A]->contexts, &ulids)->state, SHIM_ESTABLISHED);
	assert_int_equal(shim_send(p->host[A], &send, "datagram", 8), 0);
	pair_free(p);
}

static void nor_the_current_locator(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	struct shim_ulids ulids = { locator_of(p, A, 1), locator_of(p, B, 1), 0 };
	struct shim_send send = { .local = ulids.local,
				  .peer = ulids.peer,
				  .protocol = IPPROTO_UDP };

	(void)state;
	for (unsigned l = 1; l < 8; l++)
		shim_host_link_event(p->host[A], l, false);
	establish(p);
	for (unsigned l = 1; l < 8; l++)
		shim_host_link_event(p->host[A], l, true);
	settle(p);
	assert_int_equal(shim_send(p->host[A], &send, "datagram", 8), 0);
	pair_free(p);
}

/* RFC 5533 10.4: "If the locator list cannot be verified ... Error Code=2" */
static void a_list_that_no_pds_proves_is_error_2(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = SHIM6_UPDATE_REQUEST, .request_nonce = 5 };
	const struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);
	struct flight *i2;

	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != SHIM6_I2)
		land_one(p);
	i2 = &p->flight[p->landed];
	i2->octets[find_option(i2, SHIM6_OPT_CGA_PDS) + 1] = 0x7e;
	i2->octets[find_option(i2, SHIM6_OPT_LOCATOR_LIST) + 1] = 0x7e;
	seal(i2);
	settle(p);
	assert_consistent(p);
	m.receiver_tag = context_of(p, B)->ct_local;
	m.has_locators = true;
	m.locators = (struct shim6_locator_list){ .count = 1, .method = { 1 }, .locator = { a1 } };
	assert_int_equal(host_send_control(p->host[A], &a1, &b1, &m), 0);
	settle(p);
	assert_int_equal(count_sent(p, 4, SHIM6_ERROR), 1);
}

/* RFC 5533 10.4 */
static void a_ulid_that_is_listed_no_more_is_left(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = SHIM6_UPDATE_REQUEST, .request_nonce = 5 };
	const struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);

	establish(p);
	m.receiver_tag = context_of(p, B)->ct_local;
	m.has_locators = true;
	m.locators = (struct shim6_locator_list){ .count = 1,
						  .method = { 1 },
						  .locator = { locator_of(p, A, 2) } };
	assert_int_equal(host_send_control(p->host[A], &a1, &b1, &m), 0);
	land_one(p);
	assert_int_equal(count_sent(p, 4, SHIM6_UPDATE_ACK), 1);
	assert_int_equal(count_sent(p, 4, SHIM6_PROBE), 1);
}

static void an_added_address_as_ulid_does_not_try_for_ever(void **state)
{
	struct pair *p = pair_of_kinds(42, SHIM_HBA_CGA, SHIM_HBA, rsa_1024);
	struct in6_addr addr = addr_of("2001:db8:a:3::3"), b1 = locator_of(p, B, 1);

	(void)state;
	assert_int_equal(shim_host_address_event(p->host[A], 2, &addr, true), 0);
	if (shim_initiate(p->host[A], &addr, &b1, 0) == 0) {
		for (unsigned t = 0; t < 1000; t++) {
			run_until(p, t * USEC_PER_SEC);
			p->count = p->landed = 0;
		}
		if (p->host[A]->contexts.count) {
			struct shim_ulids u = { addr, b1, 0 };
			assert_int_not_equal(context_by_ulids(&p->host[A]->contexts, &u)->state,
					     SHIM_I1_SENT);
			assert_int_not_equal(context_by_ulids(&p->host[A]->contexts, &u)->state,
					     SHIM_I2_SENT);
		}
	}
	pair_free(p);
}

/* Of as few bits more than a signature has room for as there can be. */
static void a_key_that_can_not_sign_is_refused(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(8 * IDENTITY_SIGNATURE_MAX + 8);
	uint8_t *der = NULL;
	int n = i2d_PrivateKey(key, &der);
	struct pair *p = pair_empty();
	struct shim_config cfg = pair_config(&p->end[A], 1);

	(void)state;
	cfg.kind = SHIM_CGA;
	cfg.key = der;
	cfg.key_len = (size_t)n;
	assert_in_range(n, 1024, 8192);
	assert_null(shim_host_new(&cfg));
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	free(p);
}

static void a_refused_key_leaves_no_error_in_the_library(void **state)
{
	struct pair *p = pair_empty();

	(void)state;
	ERR_clear_error();
	assert_null(host_of_kind(pair_config(&p->end[A], 1), SHIM_CGA, "00"));
	free(p);
	assert_int_equal(ERR_peek_error(), 0);
}

/* RFC 5533 10.1: a generation is one list's */
static void a_generation_is_of_one_list_alone(void **state)
{
	struct pair *p = pair_of_kinds(42, SHIM_HBA_CGA, SHIM_HBA, rsa_1024);
	struct in6_addr addr = addr_of("2001:db8:a:3::3");
	struct shim6_message upd, r2;
	struct flight i1;

	(void)state;
	establish(p);
	i1 = p->flight[0]; /* in our roles: B's I1 comes again */
	assert_int_equal(shim_host_address_event(p->host[A], 2, &addr, true), 0);
	upd = read_message(sent_nth(p, 4, SHIM6_UPDATE_REQUEST, 1));
	p->landed = p->count;
	(void)i1;
	context_remove(&p->host[B]->contexts, context_of(p, B));
	initiate(p, B);
	settle(p);
	r2 = read_message(sent_nth(p, 5, SHIM6_R2, 1));
	assert_true(r2.locators.generation != upd.locators.generation ||
		    r2.locators.count == upd.locators.count);
	pair_free(p);
}

static void an_i2bis_whose_validator_leaves_no_room_is_not_begun(void **state)
{
	struct pair *p = *state;
	struct flight f;
	size_t len = 1208, octets = 16 + 1216;

	establish(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	assert_int_equal(send_payload(p, A, 2), 0);
	land_one(p);
	f = p->flight[p->landed++];
	assert_int_equal(control_type(&f), SHIM6_R1BIS);
	memset(f.octets + 40 + 20, 0x5a, octets - 20);
	f.octets[41] = (uint8_t)(octets / 8 - 1);
	f.octets[40 + 18] = (uint8_t)(len >> 8);
	f.octets[40 + 19] = (uint8_t)len;
	f.octets[4] = (uint8_t)(octets >> 8);
	f.octets[5] = (uint8_t)octets;
	f.len = 40 + octets;
	seal(&f);
	land(p, &f);
	assert_true(state_of(p, A) == SHIM_ESTABLISHED || count_sent(p, 4, SHIM6_I2BIS) == 1);
}

/* RFC 5533 10.1: any nonce */
static void an_update_of_nonce_0_is_recorded(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = SHIM6_UPDATE_REQUEST };
	const struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);

	establish(p);
	m.receiver_tag = context_of(p, B)->ct_local;
	m.has_locators = true;
	m.locators = (struct shim6_locator_list){ .count = 1, .method = { 1 }, .locator = { a1 } };
	assert_int_equal(host_send_control(p->host[A], &a1, &b1, &m), 0);
	settle(p);
	assert_int_equal(count_sent(p, 4, SHIM6_UPDATE_ACK), 1);
	assert_int_equal(context_of(p, B)->ls_peer->count, 1);
}

static void an_update_does_not_shrink_a_cut_list(void **state)
{
	struct pair *p = wide_pair(SHIM_CGA, rsa_4096);
	unsigned n;

	(void)state;
	initiate(p, B);
	while (state_of(p, B) != SHIM_ESTABLISHED)
		land_one(p);
	n = context_of(p, B)->ls_peer->count;
	settle(p);
	assert_in_range(context_of(p, B)->ls_peer->count, n, 32);
	pair_free(p);
}

/* RFC 5533 10.1: what was never listed has no preferences */
static void preferences_are_not_told_for_a_list_that_never_was(void **state)
{
	struct pair *p = *state;

	establish(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	assert_int_equal(send_payload(p, A, 2), 0);
	land_one(p);
	land_one(p);
	p->landed++; /* the I2bis is late */
	initiate(p, B);
	settle(p);
	run_until(p, 10 * USEC_PER_SEC);
	assert_consistent(p);
	assert_int_equal(count_sent(p, 0, SHIM6_ERROR), 0);
}

static void no_acknowledgement_goes_to_a_withdrawn_locator(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = SHIM6_UPDATE_REQUEST, .request_nonce = 5 };
	const struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1),
			      a2 = locator_of(p, A, 2);

	establish(p);
	translate_switch(p->host[B], context_of(p, B), &b1, &a2);
	m.receiver_tag = context_of(p, B)->ct_local;
	m.has_locators = true;
	m.locators = (struct shim6_locator_list){ .count = 1, .method = { 1 }, .locator = { a1 } };
	assert_int_equal(host_send_control(p->host[A], &a1, &b1, &m), 0);
	land_one(p);
	assert_int_equal(count_sent(p, 4, SHIM6_UPDATE_ACK), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(errors_of_unknown_type_reach_the_upper_layer),
		pair_test(a_quote_of_a_pinned_source_reaches_the_upper_layer),
		pair_test(a_quote_from_before_a_switch_reaches_the_upper_layer),
		pair_test(parameter_problem_about_the_shim6_header_is_the_shims),
		pair_test(small_mtu_does_not_wrap),
		pair_test(a_larger_mtu_does_not_widen_the_path),
		pair_test(an_mtu_below_1280_is_discarded),
		pair_test(an_untagged_quote_is_not_about_the_pair_of_now),
		pair_test(nor_a_reason_to_leave_it),
		pair_test(what_follows_the_quoted_packet_is_not_payload),
		pair_test(a_recovered_peer_hears_again_what_is_broken),
		pair_test(so_does_one_that_begins_again),
		cmocka_unit_test(the_ulid_is_not_cut_from_the_list),
		cmocka_unit_test(nor_the_current_locator),
		pair_test(an_i2bis_whose_validator_leaves_no_room_is_not_begun),
		pair_test(a_list_that_no_pds_proves_is_error_2),
		pair_test(a_ulid_that_is_listed_no_more_is_left),
		cmocka_unit_test(an_added_address_as_ulid_does_not_try_for_ever),
		cmocka_unit_test(a_key_that_can_not_sign_is_refused),
		cmocka_unit_test(a_refused_key_leaves_no_error_in_the_library),
		cmocka_unit_test(a_generation_is_of_one_list_alone),
		pair_test(an_update_of_nonce_0_is_recorded),
		cmocka_unit_test(an_update_does_not_shrink_a_cut_list),
		pair_test(preferences_are_not_told_for_a_list_that_never_was),
		pair_test(no_acknowledgement_goes_to_a_withdrawn_locator),
		pair_test(an_upper_layer_without_arrival),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
