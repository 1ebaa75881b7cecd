/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The three kinds of addresses, RFC 5535 4: what proves them, and that hosts of any
 * two kinds understand each other.
 */
#include "refstack/core/test_keys.h"

#include <errno.h>

static struct pair *alone(enum shim_address_kind kind, const char *key)
{
	return pair_of_kinds(42, kind, SHIM_HBA, key);
}

/* The PDS of the n-th address. */
static struct span pds_of(const struct pair *p, unsigned n, uint8_t *out)
{
	const struct in6_addr ulid = locator_of(p, A, n);

	return identity_pds(&p->host[A]->identity, &ulid, out);
}

/* --- what proves them ----------------------------------------------------------------- */

/* RFC 5535 4, the table: an HBA-only set is no CGA that anybody could sign for, but
 * its addresses are made as CGAs are; CGAs are no set; the third is both. */
static const struct {
	enum shim_address_kind kind;
	const char *key;
	int hba, cga; /* what hba_verify() and cga_verify() make of it */
	uint8_t method;
} kinds[] = {
	{ SHIM_HBA, "", 0, 0, SHIM6_METHOD_HBA },
	{ SHIM_HBA_CGA, rsa_1024, 0, 0, SHIM6_METHOD_HBA },
	{ SHIM_CGA, rsa_1024, -EKEYREJECTED, 0, SHIM6_METHOD_CGA },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void every_address_is_proven_as_its_kind_has_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct pair *p = alone(kinds[i].kind, kinds[i].key);

		for (unsigned n = 1; n <= 2; n++) {
			const struct in6_addr addr = locator_of(p, A, n);
			uint8_t octets[IDENTITY_PDS_MAX];
			struct span pds = pds_of(p, n, octets);

			assert_int_equal(hba_verify(&addr, pds.data, pds.len), kinds[i].hba);
			assert_int_equal(cga_verify(&addr, pds.data, pds.len), kinds[i].cga);
			assert_int_equal(p->host[A]->locator[n - 1].method, kinds[i].method);
		}
		pair_free(p);
	}
}

/* RFC 5535 5: the extension is what makes a set, its P bit says whether of a key. */
static void the_multi_prefix_extension_says_what_it_is(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct pair *p = alone(kinds[i].kind, kinds[i].key);
		uint8_t octets[IDENTITY_PDS_MAX];
		struct span pds = pds_of(p, 1, octets);
		struct cga_params params;

		assert_int_equal(cga_params_parse(&params, pds.data, pds.len), 0);
		assert_int_equal(params.prefixes != NULL, kinds[i].kind != SHIM_CGA);
		if (params.prefixes) {
			assert_int_equal(params.prefix_count, 2);
			assert_int_equal(params.prefixes_flag, kinds[i].kind == SHIM_HBA_CGA);
		}
		pair_free(p);
	}
}

/* RFC 3972 3: its prefix is that of the address, all else is the same. */
static void each_ulid_has_a_pds_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct pair *p = alone(kinds[i].kind, kinds[i].key);
		uint8_t octets[2][IDENTITY_PDS_MAX];
		struct span first = pds_of(p, 1, octets[0]), second = pds_of(p, 2, octets[1]);
		const struct in6_addr a1 = locator_of(p, A, 1), a2 = locator_of(p, A, 2);

		assert_int_equal(first.len, second.len);
		assert_memory_equal(first.data + 16, &a1, 8);
		assert_memory_equal(second.data + 16, &a2, 8);
		assert_memory_equal(first.data, second.data, 16);
		assert_memory_equal(first.data + 24, second.data + 24, first.len - 24);
		pair_free(p);
	}
}

/* RFC 3972 2: u and g are 0, Sec is what the configuration says. */
static void the_identifier_tells_sec(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		for (unsigned sec = 0; sec <= 1; sec++) {
			struct pair *p = pair_empty();
			struct shim_config cfg = pair_config(&p->end[A], 5);
			uint8_t octets[IDENTITY_PDS_MAX];
			struct in6_addr addr;
			struct span pds;

			cfg.hba_sec = sec;
			p->host[A] = host_of_kind(cfg, kinds[i].kind, kinds[i].key);
			assert_non_null(p->host[A]);
			addr = locator_of(p, A, 2);
			assert_int_equal(addr.s6_addr[8] & 0xe3, sec << 5);
			pds = pds_of(p, 2, octets);
			assert_int_equal(cga_verify(&addr, pds.data, pds.len), 0);
			pair_free(p);
		}
	}
}

/* RFC 3972 4, step 8, and RFC 5535 6: the count is in the PDS, and other addresses
 * come of it. */
static void collisions_make_other_addresses(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct in6_addr addr[3];

		for (unsigned count = 0; count <= 2; count++) {
			struct pair *p = pair_empty();
			struct shim_config cfg = pair_config(&p->end[A], 5);
			uint8_t octets[IDENTITY_PDS_MAX];
			struct span pds;

			cfg.collisions = count;
			p->host[A] = host_of_kind(cfg, kinds[i].kind, kinds[i].key);
			assert_non_null(p->host[A]);
			addr[count] = locator_of(p, A, 1);
			pds = pds_of(p, 1, octets);
			assert_int_equal(pds.data[24], count);
			assert_int_equal(cga_verify(&addr[count], pds.data, pds.len), 0);
			pair_free(p);
		}
		assert_memory_equal(&addr[0], &addr[1], 8);
		assert_memory_not_equal(&addr[0], &addr[1], 16);
		assert_memory_not_equal(&addr[1], &addr[2], 16);
		assert_memory_not_equal(&addr[0], &addr[2], 16);
	}
}

static void a_key_of_any_sufficient_length_will_do(void **state)
{
	static const char *const keys[] = { rsa_1024, rsa_2048, rsa_4096 };

	(void)state;
	for (unsigned k = 0; k < 3; k++) {
		for (unsigned i = 1; i < KINDS; i++) {
			struct pair *p = alone(kinds[i].kind, keys[k]);
			uint8_t octets[IDENTITY_PDS_MAX];
			struct in6_addr addr = locator_of(p, A, 2);
			struct span pds = pds_of(p, 2, octets);

			assert_int_equal(cga_verify(&addr, pds.data, pds.len), 0);
			pair_free(p);
		}
	}
}

/* --- signatures ----------------------------------------------------------------------- */

static void a_list_with_a_cga_in_it_is_signed(void **state)
{
	(void)state;
	for (unsigned i = 1; i < KINDS; i++) {
		struct pair *p = alone(kinds[i].kind, kinds[i].key);
		const struct shim6_locator_list list = {
			.generation = 7,
			.count = 2,
			.method = { SHIM6_METHOD_HBA, SHIM6_METHOD_CGA },
			.locator = { locator_of(p, A, 1), locator_of(p, A, 2) },
		};
		uint8_t octets[IDENTITY_PDS_MAX], signed_by[IDENTITY_SIGNATURE_MAX];
		struct span pds = pds_of(p, 1, octets);
		struct span signature = identity_sign(&p->host[A]->identity, &list, signed_by);

		assert_int_equal(signature.len, 128);
		assert_int_equal(cga_signature_verify(pds.data, pds.len, &list, signature.data,
						      signature.len), 0);
		pair_free(p);
	}
}

static void a_list_without_one_is_not(void **state)
{
	struct pair *p = alone(SHIM_HBA_CGA, rsa_1024);
	const struct shim6_locator_list list = {
		.count = 2,
		.method = { SHIM6_METHOD_HBA, SHIM6_METHOD_HBA },
	};
	uint8_t signed_by[IDENTITY_SIGNATURE_MAX];

	(void)state;
	assert_null(identity_sign(&p->host[A]->identity, &list, signed_by).data);
	pair_free(p);
}

static void a_host_without_a_key_signs_nothing(void **state)
{
	struct pair *p = alone(SHIM_HBA, "");
	const struct shim6_locator_list list = { .count = 1, .method = { SHIM6_METHOD_CGA } };
	uint8_t signed_by[IDENTITY_SIGNATURE_MAX];

	(void)state;
	assert_null(identity_sign(&p->host[A]->identity, &list, signed_by).data);
	pair_free(p);
}

/* --- what can't be -------------------------------------------------------------------- */

static void assert_refused(const struct shim_config *cfg, enum shim_address_kind kind,
			   const char *key)
{
	assert_null(host_of_kind(*cfg, kind, key));
}

/* RFC 5533 16 wants 1024 bits, RFC 3972 3 has RSA. */
static void a_key_that_is_none_is_refused(void **state)
{
	struct pair *p = pair_empty();
	const struct shim_config cfg = pair_config(&p->end[A], 5);
	char cut[sizeof(rsa_1024)];

	(void)state;
	memcpy(cut, rsa_1024, sizeof(cut));
	cut[sizeof(cut) - 3] = '\0';
	for (unsigned i = 1; i < KINDS; i++) {
		assert_refused(&cfg, kinds[i].kind, "");
		assert_refused(&cfg, kinds[i].kind, "00");
		assert_refused(&cfg, kinds[i].kind, cut);
		assert_refused(&cfg, kinds[i].kind, rsa_768);
		assert_refused(&cfg, kinds[i].kind, ec_p256);
	}
	free(p);
}

static void an_hba_set_has_no_key(void **state)
{
	struct pair *p = pair_empty();
	const struct shim_config cfg = pair_config(&p->end[A], 5);

	(void)state;
	assert_refused(&cfg, SHIM_HBA, rsa_1024);
	free(p);
}

static void what_is_out_of_range_is_refused_for_every_kind(void **state)
{
	struct pair *p = pair_empty();
	const struct shim_config good = pair_config(&p->end[A], 5);

	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		struct shim_config cfg = good;

		cfg.hba_sec = 3;
		assert_refused(&cfg, kinds[i].kind, kinds[i].key);
		cfg = good;
		cfg.collisions = 3;
		assert_refused(&cfg, kinds[i].kind, kinds[i].key);
		cfg = good;
		cfg.link[0].prefix_count = cfg.link[1].prefix_count = 0;
		assert_refused(&cfg, kinds[i].kind, kinds[i].key);
		cfg = good; /* a prefix twice */
		memcpy(cfg.link[1].prefix[0], cfg.link[0].prefix[0], 8);
		assert_refused(&cfg, kinds[i].kind, kinds[i].key);
		cfg = good; /* on one link, too */
		cfg.link[0].prefix_count = 2;
		memcpy(cfg.link[0].prefix[1], cfg.link[1].prefix[0], 8);
		assert_refused(&cfg, kinds[i].kind, kinds[i].key);
	}
	free(p);
}

/* --- between any two ------------------------------------------------------------------ */

static void hosts_of_any_two_kinds_establish_a_context(void **state)
{
	(void)state;
	for (unsigned a = 0; a < KINDS; a++) {
		for (unsigned b = 0; b < KINDS; b++) {
			struct pair *p = pair_of_kinds(42, kinds[a].kind, kinds[b].kind,
						       rsa_1024);
			struct shim6_message i2, r2;

			establish(p);
			assert_consistent(p);
			assert_int_equal(context_of(p, A)->ls_peer->count, 2);
			assert_int_equal(context_of(p, B)->ls_peer->count, 2);
			i2 = read_message(&p->flight[2]);
			r2 = read_message(&p->flight[3]);
			/* RFC 5533 7.11 and 7.14: CGAs are signed. */
			assert_int_equal(i2.signature.data != NULL, kinds[a].kind == SHIM_CGA);
			assert_int_equal(r2.signature.data != NULL, kinds[b].kind == SHIM_CGA);
			for (unsigned n = 0; n < 2; n++) {
				assert_int_equal(i2.locators.method[n], kinds[a].method);
				assert_int_equal(r2.locators.method[n], kinds[b].method);
			}
			for (unsigned side = A; side <= B; side++) {
				assert_int_equal(send_payload(p, side, 2), 0);
				settle(p);
				assert_int_equal(p->end[!side].arrivals, 1);
			}
			pair_free(p);
		}
	}
}

static void hosts_of_any_two_kinds_recover_a_context(void **state)
{
	(void)state;
	for (unsigned a = 0; a < KINDS; a++) {
		for (unsigned b = 0; b < KINDS; b++) {
			struct pair *p = pair_of_kinds(42, kinds[a].kind, kinds[b].kind,
						       rsa_1024);

			establish(p);
			context_remove(&p->host[B]->contexts, context_of(p, B));
			assert_int_equal(send_payload(p, A, 2), 0);
			settle(p);
			assert_consistent(p);
			assert_int_equal(context_of(p, B)->ls_peer->count, 2);
			pair_free(p);
		}
	}
}

/* RFC 5533 7.7: every one of them may be what the upper layer knows. */
static void any_two_addresses_can_be_the_ulids(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KINDS; i++) {
		for (unsigned n = 0; n < 4; n++) {
			struct pair *p = pair_of_kinds(42, kinds[i].kind, kinds[i].kind,
						       rsa_1024);
			const struct shim_ulids ulids = { locator_of(p, A, 1 + (n & 1)),
							  locator_of(p, B, 1 + (n >> 1)), 0 };

			handshake_initiate(p->host[A], &ulids);
			settle(p);
			assert_int_equal(context_by_ulids(&p->host[A]->contexts, &ulids)->state,
					 SHIM_ESTABLISHED);
			assert_int_equal(p->host[B]->contexts.count, 1);
			pair_free(p);
		}
	}
}

/* RFC 5533 7.2: without the signature nothing proves the list. */
static void a_list_of_cgas_without_its_signature_comes_to_nothing(void **state)
{
	struct pair *p = pair_of_kinds(42, SHIM_CGA, SHIM_CGA, rsa_1024);
	struct flight *i2;
	size_t signature;

	(void)state;
	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != SHIM6_I2)
		land_one(p);
	i2 = &p->flight[p->landed];
	signature = find_option(i2, SHIM6_OPT_CGA_SIGNATURE);
	i2->octets[signature + 1] = 0x7e; /* an option that nobody knows */
	seal(i2);
	settle(p);
	assert_int_equal(p->host[B]->contexts.count, 0);
	pair_free(p);
}

static void any_octet_of_a_signature_counts(void **state)
{
	struct pair *p = pair_of_kinds(42, SHIM_CGA, SHIM_CGA, rsa_1024);
	struct flight i2;
	size_t signature;

	(void)state;
	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != SHIM6_I2)
		land_one(p);
	i2 = p->flight[p->landed++];
	signature = find_option(&i2, SHIM6_OPT_CGA_SIGNATURE) + 4;
	for (unsigned i = 0; i < 128; i++) {
		i2.octets[signature + i] ^= 1;
		seal(&i2);
		land(p, &i2);
		assert_int_equal(p->host[B]->contexts.count, 0);
		i2.octets[signature + i] ^= 1;
	}
	seal(&i2);
	land(p, &i2);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_address_is_proven_as_its_kind_has_it),
		cmocka_unit_test(the_multi_prefix_extension_says_what_it_is),
		cmocka_unit_test(each_ulid_has_a_pds_of_its_own),
		cmocka_unit_test(the_identifier_tells_sec),
		cmocka_unit_test(collisions_make_other_addresses),
		cmocka_unit_test(a_key_of_any_sufficient_length_will_do),
		cmocka_unit_test(a_list_with_a_cga_in_it_is_signed),
		cmocka_unit_test(a_list_without_one_is_not),
		cmocka_unit_test(a_host_without_a_key_signs_nothing),
		cmocka_unit_test(a_key_that_is_none_is_refused),
		cmocka_unit_test(an_hba_set_has_no_key),
		cmocka_unit_test(what_is_out_of_range_is_refused_for_every_kind),
		cmocka_unit_test(hosts_of_any_two_kinds_establish_a_context),
		cmocka_unit_test(hosts_of_any_two_kinds_recover_a_context),
		cmocka_unit_test(any_two_addresses_can_be_the_ulids),
		cmocka_unit_test(a_list_of_cgas_without_its_signature_comes_to_nothing),
		cmocka_unit_test(any_octet_of_a_signature_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
