/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets and addresses against RFC 3972 Appendix A and against numbers of an
 * independent implementation, since RFC 5535 has no example: prefixes
 * 2001:db8:a:1::/64 and 2001:db8:b:2::/64, modifier 0001...0f, nonce 8081...af.
 */
#include "wire/hba.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t prefixes[2][8] = {
	{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, 0x00, 0x01 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0b, 0x00, 0x02 },
};

static const uint8_t modifier[HBA_MODIFIER_LEN] = { 0, 1, 2,  3,  4,  5,  6,  7,
						    8, 9, 10, 11, 12, 13, 14, 15 };

#define NONCE_HEX                                                                                  \
	"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"                         \
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define NONCE_KEY "304c300d06092a864886f70d0101010500033b003038023100" NONCE_HEX "0203010001"
#define VECTOR    "20010db8000a0001 20010db8000b0002"

/* The key of RFC 3972 Appendix A. */
#define RSA_KEY                                                                                    \
	"305c300d06092a864886f70d0101010500034b003048024100c2c2f137305454f10bd9cea36844b530"       \
	"e9211a4b262b16467cb7dfba1f595c0194f275be5a4d386f2c3c2382508773c7867f9b3b9e63a09c"         \
	"7bc48f7a54ebefaf0203010001"

/* A set as its parameters structure and its two addresses. Where each part
 * of the structure starts: 24 collision count, 25 key, then the extension. */
struct set {
	unsigned sec, collision_count;
	uint64_t steps; /* of the modifier; for sets without a real key */
	const char *addr[2];
	const char *pds;
};

static const struct set hba_sets[] = {
	{ 0, 0, 0, { "2001:db8:a:1:c9:f301:d2ea:7baa", "2001:db8:b:2:1cf9:678a:91dd:99cf" },
	  "000102030405060708090a0b0c0d0e0f 20010db8000a0001 00" NONCE_KEY
	  "0012 0014 00000000" VECTOR },
	{ 0, 1, 0, { "2001:db8:a:1:6b:d9ef:e078:746c", "2001:db8:b:2:439:6507:8d22:f0a9" },
	  "000102030405060708090a0b0c0d0e0f 20010db8000a0001 01" NONCE_KEY
	  "0012 0014 00000000" VECTOR },
	{ 1, 0, 75418, { "2001:db8:a:1:34cd:2419:6d9e:45a3", "2001:db8:b:2:30cf:1980:e4b:1c83" },
	  "000102030405060708090a0b0c0e34a9 20010db8000a0001 00" NONCE_KEY
	  "0012 0014 00000000" VECTOR },
};

static const struct set cga_hba_set = {
	1, 0, 0, { "2001:db8:a:1:3cfd:6134:5e53:64f4", "2001:db8:b:2:2049:a6d0:713a:6fc7" },
	"000102030405060708090a0b0c0fbcbb 20010db8000a0001 00" RSA_KEY "0012 0014 80000000" VECTOR,
};

static const struct set rfc3972_cga = {
	1, 0, 1, { "fe80::3c4a:5bf6:ffb4:ca6c", NULL },
	"89a8a8b2e858d8b8f2633f44d2d4ce9b fe80000000000000 00" RSA_KEY,
};

enum { COUNT_AT = 24, KEY_AT = 25, EXTENSION_AT = 103, P_AT = 107, VECTOR_AT = 111 }; /* HBA-only */

typedef int verify_fn(const struct in6_addr *addr, const uint8_t *pds, size_t len);

static int verify(verify_fn *how, const char *addr, const struct octets *pds)
{
	struct in6_addr a = addr_of(addr);

	return how(&a, pds->data, pds->len);
}

static void assert_verifies(verify_fn *how, const char *addr, const char *hex, int expected)
{
	struct octets pds = octets_of(hex);

	assert_int_equal(verify(how, addr, &pds), expected);
	octets_free(&pds);
}

static int generate(struct hba_set *set, unsigned count, unsigned sec, unsigned collision_count)
{
	struct octets nonce = octets_of(NONCE_HEX);
	int rc = hba_generate(set, prefixes, count, sec, modifier, nonce.data, collision_count);

	octets_free(&nonce);
	return rc;
}

/* --- making a set -------------------------------------------------------- */

static void sets_come_out_as_computed_elsewhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hba_sets); i++) {
		const struct set *expected = &hba_sets[i];
		struct hba_set set;

		assert_int_equal(generate(&set, 2, expected->sec, expected->collision_count), 0);
		assert_int_equal(set.count, 2);
		assert_int_equal(set.sec, expected->sec);
		assert_int_equal(set.steps, expected->steps);
		for (unsigned j = 0; j < 2; j++) {
			struct in6_addr addr = addr_of(expected->addr[j]);

			assert_memory_equal(&set.addr[j], &addr, sizeof(addr));
		}
		assert_octets_equal(set.pds, set.pds_len, expected->pds);
	}
}

static void a_set_is_not_made_out_of_range(void **state)
{
	struct hba_set set = { .count = 77 };

	(void)state;
	assert_int_equal(generate(&set, 0, 0, 0), -EINVAL);
	assert_int_equal(generate(&set, HBA_PREFIXES_MAX + 1, 0, 0), -EINVAL);
	assert_int_equal(generate(&set, 2, 3, 0), -EINVAL);
	assert_int_equal(generate(&set, 2, 0, 3), -EINVAL);
	assert_int_equal(set.count, 77);
}

static void the_largest_set_fills_the_structure_and_verifies(void **state)
{
	struct octets nonce = octets_of(NONCE_HEX);
	uint8_t many[HBA_PREFIXES_MAX][8] = { { 0 } };
	struct hba_set set;

	(void)state;
	for (unsigned i = 0; i < HBA_PREFIXES_MAX; i++)
		many[i][7] = (uint8_t)i;
	assert_int_equal(hba_generate(&set, (const uint8_t(*)[8])many, HBA_PREFIXES_MAX, 0,
				      modifier, nonce.data, 0), 0);
	assert_int_equal(set.pds_len, HBA_PDS_MAX);
	for (unsigned i = 0; i < HBA_PREFIXES_MAX; i++)
		assert_int_equal(hba_verify(&set.addr[i], set.pds, set.pds_len), 0);
	octets_free(&nonce);
}

/* Sec 0 takes any modifier, so the count goes up only for Sec 1; one that is
 * all ones has to go round through zero. */
static void the_modifier_counts_through_zero(void **state)
{
	struct octets nonce = octets_of(NONCE_HEX);
	uint8_t ones[HBA_MODIFIER_LEN];
	struct cga_params p;
	struct hba_set set;
	uint64_t reached;

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	assert_int_equal(hba_generate(&set, prefixes, 2, 1, ones, nonce.data, 0), 0);
	assert_int_equal(cga_params_parse(&p, set.pds, set.pds_len), 0);
	assert_true(set.steps > 0);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(p.modifier[i], 0);
	reached = 0;
	for (size_t i = 8; i < HBA_MODIFIER_LEN; i++)
		reached = reached << 8 | p.modifier[i];
	assert_true(reached == set.steps - 1);
	octets_free(&nonce);
}

/* DER, X.690 8.3: an INTEGER has the fewest octets, and one of zeros in
 * front of a top bit that is set. */
static void the_nonce_is_encoded_as_an_integer_of_fewest_octets(void **state)
{
	static const struct {
		size_t zeros; /* leading octets of the nonce */
		uint8_t next; /* the octet behind them */
		const char *key_head;
	} nonces[] = {
		{ 0, 0x80, "304c300d06092a864886f70d0101010500033b003038023100 80" },
		{ 0, 0x7f, "304b300d06092a864886f70d0101010500033a0030370230 7f" },
		{ 0, 0x01, "304b300d06092a864886f70d0101010500033a0030370230 01" },
		{ 1, 0x80, "304b300d06092a864886f70d0101010500033a003037023000 80" },
		{ 1, 0x7f, "304a300d06092a864886f70d01010105000339003036022f 7f" },
		{ 47, 0x80, "301d300d06092a864886f70d0101010500030c00300902020080 0203010001" },
		{ 47, 0x01, "301c300d06092a864886f70d0101010500030b003008020101 0203010001" },
		{ 48, 0x00, "301c300d06092a864886f70d0101010500030b003008020100 0203010001" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(nonces); i++) {
		struct octets head = octets_of(nonces[i].key_head);
		uint8_t nonce[HBA_NONCE_LEN];
		struct cga_params p;
		struct hba_set set;

		memset(nonce, 0x55, sizeof(nonce));
		memset(nonce, 0, nonces[i].zeros);
		if (nonces[i].zeros < sizeof(nonce))
			nonce[nonces[i].zeros] = nonces[i].next;
		assert_int_equal(hba_generate(&set, prefixes, 2, 0, modifier, nonce, 0), 0);
		assert_memory_equal(set.pds + KEY_AT, head.data, head.len);
		assert_int_equal(cga_params_parse(&p, set.pds, set.pds_len), 0);
		assert_int_equal(p.key_len, 2u + head.data[1]);
		assert_int_equal(p.extensions_len, 8 + 16);
		octets_free(&head);
	}
}

/* --- proving an address -------------------------------------------------- */

static void every_member_belongs_to_its_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hba_sets); i++)
		for (size_t j = 0; j < 2; j++)
			assert_verifies(hba_verify, hba_sets[i].addr[j], hba_sets[i].pds, 0);
	for (size_t j = 0; j < 2; j++)
		assert_verifies(hba_verify, cga_hba_set.addr[j], cga_hba_set.pds, 0);
}

static void no_member_belongs_to_another_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hba_sets); i++)
		for (size_t k = 0; k < COUNT(hba_sets); k++)
			for (size_t j = 0; i != k && j < 2; j++)
				assert_verifies(hba_verify, hba_sets[i].addr[j], hba_sets[k].pds,
						-EKEYREJECTED);
}

static void the_cga_of_rfc3972_verifies_as_cga_and_not_as_hba(void **state)
{
	(void)state;
	assert_verifies(cga_verify, rfc3972_cga.addr[0], rfc3972_cga.pds, 0);
	assert_verifies(hba_verify, rfc3972_cga.addr[0], rfc3972_cga.pds, -EKEYREJECTED);
}

/* The modifier before the one that RFC 3972 Appendix A ends with: Hash2 is
 * 436b..., not hard enough, and Hash1 is another as well. */
static void the_modifier_that_rfc3972_passed_over_fails(void **state)
{
	(void)state;
	assert_verifies(cga_verify, rfc3972_cga.addr[0],
			"89a8a8b2e858d8b8f2633f44d2d4ce9a fe80000000000000 00" RSA_KEY,
			-EKEYREJECTED);
}

/* RFC 5535 7.1: of a set's structure as it stands, one address is the CGA. */
static void the_first_address_alone_verifies_as_cga(void **state)
{
	(void)state;
	assert_verifies(cga_verify, hba_sets[0].addr[0], hba_sets[0].pds, 0);
	assert_verifies(cga_verify, hba_sets[0].addr[1], hba_sets[0].pds, -EKEYREJECTED);
	assert_verifies(cga_verify, cga_hba_set.addr[0], cga_hba_set.pds, 0);
	assert_verifies(cga_verify, cga_hba_set.addr[1], cga_hba_set.pds, -EKEYREJECTED);
}

/* RFC 5535 7.2 replaces the prefix, so that of the structure is no part of
 * the proof; for a CGA it is. */
static void the_subnet_prefix_of_the_structure_counts_for_cga_only(void **state)
{
	struct octets pds = octets_of(hba_sets[2].pds);

	(void)state;
	pds.data[16] ^= 1;
	assert_int_equal(verify(hba_verify, hba_sets[2].addr[0], &pds), 0);
	assert_int_equal(verify(hba_verify, hba_sets[2].addr[1], &pds), 0);
	assert_int_equal(verify(cga_verify, hba_sets[2].addr[0], &pds), -EKEYREJECTED);
	octets_free(&pds);
}

/* Without its extension the structure is whole again, as a CGA's. */
static void a_truncated_structure_proves_nothing(void **state)
{
	struct octets pds = octets_of(hba_sets[0].pds);
	struct in6_addr addr = addr_of(hba_sets[0].addr[0]);

	(void)state;
	for (size_t len = 0; len < pds.len; len++) {
		struct octets cut = octets_copy(pds.data, len);
		int error = len == EXTENSION_AT ? -EKEYREJECTED : -EBADMSG;

		assert_int_equal(hba_verify(&addr, cut.data, cut.len), error);
		assert_int_equal(cga_verify(&addr, cut.data, cut.len), error);
		octets_free(&cut);
	}
	octets_free(&pds);
}

static void nothing_belongs_to_an_empty_vector(void **state)
{
	(void)state;
	assert_verifies(hba_verify, hba_sets[0].addr[0],
			"000102030405060708090a0b0c0d0e0f 20010db8000a0001 00" NONCE_KEY
			"0012 0004 00000000",
			-EKEYREJECTED);
}

static void a_prefix_outside_the_vector_fails(void **state)
{
	(void)state;
	assert_verifies(hba_verify, "2001:db8:a:2:c9:f301:d2ea:7baa", hba_sets[0].pds,
			-EKEYREJECTED);
}

static void an_identifier_under_another_prefix_of_the_set_fails(void **state)
{
	(void)state;
	assert_verifies(hba_verify, "2001:db8:b:2:c9:f301:d2ea:7baa", hba_sets[0].pds,
			-EKEYREJECTED);
}

/* Modifier, key, P, reserved bits and vector are all hashed; a changed
 * length or DER octet may be malformed before it is wrong. */
static void every_changed_bit_of_the_structure_fails(void **state)
{
	struct octets pds = octets_of(hba_sets[0].pds);
	int rc;

	(void)state;
	for (size_t bit = 0; bit < 8 * pds.len; bit++) {
		if (bit / 8 >= 16 && bit / 8 < COUNT_AT) /* replaced, not hashed */
			continue;
		pds.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		rc = verify(hba_verify, hba_sets[0].addr[0], &pds);
		assert_true(rc == -EKEYREJECTED || rc == -EBADMSG);
		pds.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	octets_free(&pds);
}

static void the_flag_and_reserved_bits_are_hashed(void **state)
{
	struct octets pds = octets_of(hba_sets[0].pds);

	(void)state;
	for (size_t bit = 0; bit < 32; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		pds.data[P_AT + bit / 8] ^= mask;
		assert_int_equal(verify(hba_verify, hba_sets[0].addr[0], &pds), -EKEYREJECTED);
		pds.data[P_AT + bit / 8] ^= mask;
	}
	octets_free(&pds);
}

static void the_order_of_the_vector_is_hashed(void **state)
{
	struct octets pds = octets_of(hba_sets[0].pds);

	(void)state;
	memcpy(pds.data + VECTOR_AT, prefixes[1], 8);
	memcpy(pds.data + VECTOR_AT + 8, prefixes[0], 8);
	assert_int_equal(verify(hba_verify, hba_sets[0].addr[0], &pds), -EKEYREJECTED);
	octets_free(&pds);
}

/* The addresses are those that each count does hash to: RFC 3972 5 refuses
 * the count itself, in step 1. */
static void a_collision_count_above_two_fails(void **state)
{
	static const struct {
		uint8_t count;
		const char *addr;
		int expected;
	} counts[] = {
		{ 2, "2001:db8:a:1:80b:96c5:317e:77a5", 0 },
		{ 3, "2001:db8:a:1:14e0:efa8:bcd:2105", -EKEYREJECTED },
		{ 255, "2001:db8:a:1:6d:d8f9:a687:8171", -EKEYREJECTED },
	};
	struct octets pds = octets_of(hba_sets[0].pds);

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		pds.data[COUNT_AT] = counts[i].count;
		assert_int_equal(verify(hba_verify, counts[i].addr, &pds), counts[i].expected);
		assert_int_equal(verify(cga_verify, counts[i].addr, &pds), counts[i].expected);
	}
	octets_free(&pds);
}

/* Bits u and g (0x03 of octet 8) aren't compared; Sec is read, not compared;
 * the other 59 are Hash1's. */
static void fifty_nine_bits_of_the_identifier_are_compared(void **state)
{
	struct octets pds = octets_of(hba_sets[0].pds);

	(void)state;
	for (unsigned bit = 3; bit < 64; bit++) {
		struct in6_addr addr = addr_of(hba_sets[0].addr[0]);
		bool ignored = bit == 6 || bit == 7;

		addr.s6_addr[8 + bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		assert_int_equal(hba_verify(&addr, pds.data, pds.len),
				 ignored ? 0 : -EKEYREJECTED);
	}
	octets_free(&pds);
}

/* The structure of Sec 0 has a Hash2 of d242..., so a higher Sec is not
 * earned; that of Sec 1 has 00006247..., which is worth Sec 0 too. */
static void sec_is_what_the_address_claims(void **state)
{
	static const int of_sec_0[8] = { 0,        -EKEYREJECTED, -EKEYREJECTED, -ENOTSUP,
					 -ENOTSUP, -ENOTSUP,      -ENOTSUP,      -ENOTSUP };
	static const int of_sec_1[8] = { 0,        0,        -EKEYREJECTED, -ENOTSUP,
					 -ENOTSUP, -ENOTSUP, -ENOTSUP,      -ENOTSUP };
	struct octets easy = octets_of(hba_sets[0].pds), hard = octets_of(hba_sets[2].pds);

	(void)state;
	for (unsigned sec = 0; sec < 8; sec++) {
		struct in6_addr addr = addr_of(hba_sets[0].addr[0]);

		addr.s6_addr[8] = (uint8_t)((addr.s6_addr[8] & 0x1f) | sec << 5);
		assert_int_equal(hba_verify(&addr, easy.data, easy.len), of_sec_0[sec]);
		assert_int_equal(cga_verify(&addr, easy.data, easy.len), of_sec_0[sec]);
		addr = addr_of(hba_sets[2].addr[0]);
		addr.s6_addr[8] = (uint8_t)((addr.s6_addr[8] & 0x1f) | sec << 5);
		assert_int_equal(hba_verify(&addr, hard.data, hard.len), of_sec_1[sec]);
	}
	octets_free(&easy);
	octets_free(&hard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_come_out_as_computed_elsewhere),
		cmocka_unit_test(a_set_is_not_made_out_of_range),
		cmocka_unit_test(the_largest_set_fills_the_structure_and_verifies),
		cmocka_unit_test(the_modifier_counts_through_zero),
		cmocka_unit_test(the_nonce_is_encoded_as_an_integer_of_fewest_octets),
		cmocka_unit_test(every_member_belongs_to_its_set),
		cmocka_unit_test(no_member_belongs_to_another_set),
		cmocka_unit_test(the_cga_of_rfc3972_verifies_as_cga_and_not_as_hba),
		cmocka_unit_test(the_modifier_that_rfc3972_passed_over_fails),
		cmocka_unit_test(the_first_address_alone_verifies_as_cga),
		cmocka_unit_test(the_subnet_prefix_of_the_structure_counts_for_cga_only),
		cmocka_unit_test(a_truncated_structure_proves_nothing),
		cmocka_unit_test(nothing_belongs_to_an_empty_vector),
		cmocka_unit_test(a_prefix_outside_the_vector_fails),
		cmocka_unit_test(an_identifier_under_another_prefix_of_the_set_fails),
		cmocka_unit_test(every_changed_bit_of_the_structure_fails),
		cmocka_unit_test(the_flag_and_reserved_bits_are_hashed),
		cmocka_unit_test(the_order_of_the_vector_is_hashed),
		cmocka_unit_test(a_collision_count_above_two_fails),
		cmocka_unit_test(fifty_nine_bits_of_the_identifier_are_compared),
		cmocka_unit_test(sec_is_what_the_address_claims),
	};

	return cmocka_run_group_tests_name("hba", tests, NULL, NULL);
}
