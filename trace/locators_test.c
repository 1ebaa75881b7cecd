/* SPDX-License-Identifier: BSD-2-Clause */
/* What proves a locator, RFC 5533 7.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/test_tape.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

static const struct trace_locator *after(struct tape *tape, const struct shim6_message *m)
{
	tape_control(tape, A1, B1, m);
	assert_non_null(tape->mark.context);
	return tape->mark.context->end[tape->mark.from].locators;
}

static void a_set_proves_its_members_and_no_other(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->a);
	const struct trace_locator *l;

	m.locators.count = 3;
	m.locators.method[2] = SHIM6_METHOD_HBA;
	m.locators.locator[2] = *B2;
	l = after(tape, &m);
	assert_int_equal(l[0].proof, TRACE_IS_ULID);
	assert_int_equal(l[1].proof, TRACE_HBA);
	assert_int_equal(l[1].why, TRACE_WHY_NOT);
	assert_int_equal(l[2].proof, TRACE_REFUTED);
	assert_int_equal(l[2].why, TRACE_NOT_OF_SET);
	/* What is refuted doesn't lead to the context. */
	assert_ulids(tape, B1, B2, TAG_A, NULL, NULL);
	assert_ulids(tape, B1, A2, TAG_A, B1, A1);
}

static void parameters_that_do_not_make_the_ulid_prove_nothing(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->b);
	const struct trace_locator *l = after(tape, &m);

	assert_int_equal(l[0].proof, TRACE_REFUTED);
	assert_int_equal(l[1].proof, TRACE_REFUTED);
	assert_int_equal(l[0].why, TRACE_NOT_THE_ULIDS);
	assert_int_equal(l[1].why, TRACE_NOT_THE_ULIDS);
}

static void without_parameters_nothing_is_proven_but_the_ulid(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->a);
	const struct trace_locator *l;

	m.pds = (struct span){ 0 };
	l = after(tape, &m);
	assert_int_equal(l[0].proof, TRACE_IS_ULID);
	assert_int_equal(l[0].why, TRACE_WHY_NOT);
	assert_int_equal(l[1].proof, TRACE_UNPROVEN);
	assert_int_equal(l[1].why, TRACE_NO_PARAMETERS);
	m = i2_of(TAG_A, NONCE_A, &tape->a);
	l = after(tape, &m);
	assert_int_equal(l[1].proof, TRACE_HBA);
}

static void malformed_parameters_refute(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->a);
	const struct trace_locator *l;

	m.pds.len = 20;
	l = after(tape, &m);
	assert_int_equal(l[0].proof, TRACE_IS_ULID);
	assert_int_equal(l[1].proof, TRACE_REFUTED);
	assert_int_equal(l[1].why, TRACE_MALFORMED);
}

static void an_update_is_proven_by_earlier_parameters(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m;

	tape_handshake(tape);
	m = update_of(TAG_B, &tape->a, 2, 2);
	m.pds = (struct span){ 0 };
	assert_int_equal(after(tape, &m)[1].proof, TRACE_HBA);
}

static void what_stays_in_a_list_is_not_verified_again(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m;
	struct trace_end *end;

	tape_handshake(tape);
	end = (struct trace_end *)&tape->mark.context->end[0];
	end->locators[1].proof = TRACE_CGA; /* a mark */
	m = update_of(TAG_B, &tape->a, 2, 2);
	m.locators.count = 3;
	m.locators.method[2] = SHIM6_METHOD_HBA;
	m.locators.locator[2] = *B2;
	tape_control(tape, A1, B1, &m);
	assert_int_equal(end->locators[1].proof, TRACE_CGA);
	assert_int_equal(end->locators[2].proof, TRACE_REFUTED);
	m = update_of(TAG_B, &tape->a, 3, 2);
	m.locators.method[1] = SHIM6_METHOD_CGA;
	tape_control(tape, A1, B1, &m);
	assert_int_equal(end->locators[1].why, TRACE_NO_SIGNATURE);
}

static void other_parameters_prove_all_of_a_list_anew(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m;

	tape_handshake(tape);
	m = update_of(TAG_B, &tape->a, 2, 2);
	m.pds = (struct span){ tape->b.pds, tape->b.pds_len };
	assert_int_equal(after(tape, &m)[1].proof, TRACE_REFUTED);
}

static void what_is_repeated_is_not_verified_again(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->a);
	struct trace_locator *l = (struct trace_locator *)after(tape, &m);

	l[1].proof = TRACE_UNPROVEN; /* a mark */
	assert_ptr_equal(after(tape, &m), l);
	assert_int_equal(l[1].proof, TRACE_UNPROVEN);
}

static void an_unknown_method_is_neither_proven_nor_refuted(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->a);
	const struct trace_locator *l;

	m.locators.method[1] = 77;
	l = after(tape, &m);
	assert_int_equal(l[1].proof, TRACE_UNPROVEN);
	assert_int_equal(l[1].why, TRACE_NO_METHOD);
}

/* --- CGA ---------------------------------------------------------------------- */

struct signer {
	struct in6_addr ulid;
	uint8_t pds[600], signature[300];
	size_t pds_len, signature_len;
};

/* A list of the ULID and another locator, signed by the key that makes the ULID. */
static void sign(struct signer *s, struct shim6_locator_list *list, const struct in6_addr *other)
{
	EVP_PKEY *pair = EVP_RSA_gen(1024);
	uint8_t *public = NULL, *private = NULL;
	int public_len = i2d_PUBKEY(pair, &public), private_len = i2d_PrivateKey(pair, &private);
	struct wbuf pds = wbuf_of(s->pds, sizeof(s->pds));
	struct wbuf signature = wbuf_of(s->signature, sizeof(s->signature));
	struct cga_params start = { .prefix = { 0x20, 1, 0x0d, 0xb8, 0, 0xc, 0, 1 },
				    .key = public, .key_len = (size_t)public_len };

	assert_true(public_len > 0 && private_len > 0);
	assert_int_equal(cga_generate(&s->ulid, &pds, &start, 0, NULL), 0);
	*list = (struct shim6_locator_list){ .generation = 1, .count = 2,
					     .method = { SHIM6_METHOD_CGA, SHIM6_METHOD_CGA },
					     .locator = { s->ulid, *other } };
	assert_int_equal(cga_sign(list, private, (size_t)private_len, &signature), 0);
	s->pds_len = pds.len;
	s->signature_len = signature.len;
	OPENSSL_free(public);
	OPENSSL_free(private);
	EVP_PKEY_free(pair);
}

static void a_signature_proves_any_locator(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i2_of(TAG_A, NONCE_A, &tape->a);
	const struct trace_locator *l;
	struct signer s;

	sign(&s, &m.locators, A2);
	m.pds = (struct span){ s.pds, s.pds_len };
	m.signature = (struct span){ s.signature, s.signature_len };
	tape_control(tape, &s.ulid, B1, &m);
	l = tape->mark.context->end[0].locators;
	assert_int_equal(l[0].proof, TRACE_IS_ULID);
	assert_int_equal(l[1].proof, TRACE_CGA);

	s.signature[5] ^= 1;
	m.locators.generation++;
	tape_control(tape, &s.ulid, B1, &m);
	l = tape->mark.context->end[0].locators;
	assert_int_equal(l[1].proof, TRACE_REFUTED);
	assert_int_equal(l[1].why, TRACE_BAD_SIGNATURE);

	m.signature = (struct span){ 0 };
	m.locators.generation++;
	tape_control(tape, &s.ulid, B1, &m);
	l = tape->mark.context->end[0].locators;
	assert_int_equal(l[1].proof, TRACE_UNPROVEN);
	assert_int_equal(l[1].why, TRACE_NO_SIGNATURE);
}

static void every_reason_has_a_name_and_only_its_absence_is_empty(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TRACE_WHY_COUNT; i++) {
		assert_non_null(trace_why_name[i]);
		assert_int_equal(!*trace_why_name[i], i == TRACE_WHY_NOT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TAPE_TEST(a_set_proves_its_members_and_no_other),
		TAPE_TEST(parameters_that_do_not_make_the_ulid_prove_nothing),
		TAPE_TEST(without_parameters_nothing_is_proven_but_the_ulid),
		TAPE_TEST(malformed_parameters_refute),
		TAPE_TEST(an_update_is_proven_by_earlier_parameters),
		TAPE_TEST(what_stays_in_a_list_is_not_verified_again),
		TAPE_TEST(other_parameters_prove_all_of_a_list_anew),
		TAPE_TEST(what_is_repeated_is_not_verified_again),
		TAPE_TEST(an_unknown_method_is_neither_proven_nor_refuted),
		TAPE_TEST(a_signature_proves_any_locator),
		cmocka_unit_test(every_reason_has_a_name_and_only_its_absence_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
