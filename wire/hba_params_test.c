/* SPDX-License-Identifier: BSD-2-Clause */
/* The CGA Parameters Data Structure, RFC 3972 3 and RFC 5535 5, taken apart. */
#include "wire/hba.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define HEAD "000102030405060708090a0b0c0d0e0f 20010db8000a0001 00"
#define MPE  "0012 000c 00000000 20010db8000a0001"

/* The key of RFC 3972 Appendix A. */
#define RSA_KEY                                                                                    \
	"305c300d06092a864886f70d0101010500034b003048024100c2c2f137305454f10bd9cea36844b530"       \
	"e9211a4b262b16467cb7dfba1f595c0194f275be5a4d386f2c3c2382508773c7867f9b3b9e63a09c"         \
	"7bc48f7a54ebefaf0203010001"

enum { KEY_AT = 25 };

static void a_structure_without_extensions_is_parsed_as_drawn(void **state)
{
	struct octets pds = octets_of("89a8a8b2e858d8b8f2633f44d2d4ce9b fe80000000000000 02"
				      RSA_KEY);
	struct cga_params p;

	(void)state;
	assert_int_equal(cga_params_parse(&p, pds.data, pds.len), 0);
	assert_octets_equal(p.modifier, sizeof(p.modifier), "89a8a8b2e858d8b8f2633f44d2d4ce9b");
	assert_octets_equal(p.prefix, sizeof(p.prefix), "fe80000000000000");
	assert_int_equal(p.collision_count, 2);
	assert_octets_equal(p.key, p.key_len, RSA_KEY);
	assert_int_equal(p.extensions_len, 0);
	assert_null(p.prefixes);
	assert_int_equal(p.prefix_count, 0);
	octets_free(&pds);
}

static void the_multi_prefix_extension_is_parsed_as_drawn(void **state)
{
	struct octets pds = octets_of(HEAD RSA_KEY
				      "0012 0014 80000000 20010db8000a0001 20010db8000b0002");
	struct cga_params p;

	(void)state;
	assert_int_equal(cga_params_parse(&p, pds.data, pds.len), 0);
	assert_octets_equal(p.key, p.key_len, RSA_KEY);
	assert_int_equal(p.extensions_len, 24);
	assert_true(p.prefixes_flag);
	assert_int_equal(p.prefix_count, 2);
	assert_octets_equal(p.prefixes, 8 * p.prefix_count, "20010db8000a0001 20010db8000b0002");

	pds.data[pds.len - 20] = 0x7f; /* P = 0, and reserved bits that mean nothing */
	assert_int_equal(cga_params_parse(&p, pds.data, pds.len), 0);
	assert_false(p.prefixes_flag);
	octets_free(&pds);
}

/* Without its extension the structure is whole again, as a CGA's. */
static void every_truncation_is_rejected(void **state)
{
	struct octets pds = octets_of(HEAD RSA_KEY MPE);

	(void)state;
	for (size_t len = 0; len < pds.len; len++) {
		struct octets cut = octets_copy(pds.data, len);
		struct cga_params p = { .collision_count = 77 };
		int error = len == KEY_AT + 94 ? 0 : -EBADMSG;

		assert_int_equal(cga_params_parse(&p, cut.data, cut.len), error);
		assert_int_equal(p.collision_count, error ? 77 : 0);
		octets_free(&cut);
	}
	octets_free(&pds);
}

static void structures_that_contradict_themselves_are_rejected(void **state)
{
	static const char *const wrong[] = {
		HEAD "3103020101",                    /* a SET for a key */
		HEAD "3080 0000",                     /* of indefinite length */
		HEAD "308103 020101",                 /* a length longer than it need be */
		HEAD "30820003 020101",
		HEAD "3083000003 020101",             /* or than anyone needs */
		HEAD "30ff",
		HEAD "3004 020101",                   /* that leaves the structure */
		HEAD "3003020101 0012 0000",          /* Multi-Prefix of 0, 3, 5, 11, 13 */
		HEAD "3003020101 0012 0003 000000",
		HEAD "3003020101 0012 0005 0000000000",
		HEAD "3003020101 0012 000b 00000000 20010db8000a00",
		HEAD "3003020101 0012 000d 00000000 20010db8000a000100",
		HEAD "3003020101" MPE MPE,            /* twice */
		HEAD "3003020101" MPE "00",           /* half an extension */
		HEAD "3003020101 ffff 0005 00000000", /* one that leaves the structure */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct octets pds = octets_of(wrong[i]);
		struct cga_params p;

		if (cga_params_parse(&p, pds.data, pds.len) != -EBADMSG)
			fail_msg("%s is accepted", wrong[i]);
		octets_free(&pds);
	}
}

static void unknown_extensions_are_stepped_over(void **state)
{
	struct octets pds = octets_of(HEAD "3003020101 ffff 0003 aabbcc" MPE "0000 0000");
	struct cga_params p;

	(void)state;
	assert_int_equal(cga_params_parse(&p, pds.data, pds.len), 0);
	assert_int_equal(p.key_len, 5);
	assert_int_equal(p.prefix_count, 1);
	assert_octets_equal(p.prefixes, 8, "20010db8000a0001");
	assert_int_equal(p.extensions_len, 7 + 16 + 4);
	octets_free(&pds);
}

static void a_vector_may_be_empty(void **state)
{
	struct octets pds = octets_of(HEAD "3003020101 0012 0004 00000000");
	struct cga_params p;

	(void)state;
	assert_int_equal(cga_params_parse(&p, pds.data, pds.len), 0);
	assert_non_null(p.prefixes);
	assert_int_equal(p.prefix_count, 0);
	octets_free(&pds);
}

static void keys_of_long_form_lengths_are_measured(void **state)
{
	static const struct {
		const char *head;
		size_t value;
	} keys[] = { { HEAD "308180", 0x80 }, { HEAD "3081ff", 0xff }, { HEAD "30820100", 0x100 } };

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct octets head = octets_of(keys[i].head);
		size_t len = head.len + keys[i].value;
		struct octets pds = { .data = calloc(1, len), .len = len };
		struct cga_params p;

		assert_non_null(pds.data);
		memcpy(pds.data, head.data, head.len);
		assert_int_equal(cga_params_parse(&p, pds.data, pds.len), 0);
		assert_int_equal(p.key_len, pds.len - KEY_AT);
		assert_int_equal(cga_params_parse(&p, pds.data, pds.len - 1), -EBADMSG);
		octets_free(&pds);
		octets_free(&head);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_structure_without_extensions_is_parsed_as_drawn),
		cmocka_unit_test(the_multi_prefix_extension_is_parsed_as_drawn),
		cmocka_unit_test(every_truncation_is_rejected),
		cmocka_unit_test(structures_that_contradict_themselves_are_rejected),
		cmocka_unit_test(unknown_extensions_are_stepped_over),
		cmocka_unit_test(a_vector_may_be_empty),
		cmocka_unit_test(keys_of_long_form_lengths_are_measured),
	};

	return cmocka_run_group_tests_name("hba_params", tests, NULL, NULL);
}
