/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CGA signatures, RFC 5533 5.15.5. The expected ones were made with the
 * openssl command over octets put together by hand, and opened again with
 * nothing but arithmetic. The keys are for tests alone; nobody owns them.
 */
#include "wire/cga.h"
#include "wire/shim6.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <openssl/err.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* RSA of 1024 bits, PKCS #8 and SubjectPublicKeyInfo. */
static const char private_key[] =
	"30820276020100300d06092a864886f70d0101010500048202603082025c02010002818100bd5be9"
	"3ce73591dc25c71f01c0b5d2f741bf9a3bbcc01edfd4a18134c2f6bd31903c9b1dcbf48f560499de"
	"dd05f49a69ee7ad24950cfa5db0df63ad06e652160a983da0d37f7079fcdba15317c395dc6422327"
	"98438eef72559706177bce0394c52176130e2ecfba2c1b20c44ba14e2a1923a57593b3bbe7597ea2"
	"05cbf1c67d02030100010281806ba5f9a556e7bc6103d4fc4a99cc83ff6e904755188bbbc19176b3"
	"265483c2b08f87f4c2eeb4bc5bb147ec4b885c33006fc3c1124eef8d214801a813dffe7c07262f43"
	"72569096eab09f3446e144d295f055a5a3f26938485b1b57f57b0eb2f86f19bf26d2d6c2aaee7f8e"
	"bc2039b74afb86e79516fce6fc92ae21dbb2564861024100e512753edad135705d5bc12a492f8fb8"
	"5771cc3427bb5e9a9d29da5a4cbe77a31e7150216c6d68b8bfcabfb74a6b6080557aefa56c684411"
	"e6ef3a551d51a945024100d39e5ac19c607f69bafd870f54c39fa09a8080c4292605aeee2b09019e"
	"ec28ea58b82c0aa49fa5c86b263e4c6990857f792d137b31b467b5f041c546e7d94fd90241009da2"
	"8d125aec3af4ff19c41cc04e3d7da29749e9de299f5990ab9b7a2673afca8d897695f99274cd2616"
	"74c5c22d9033e01f0048fb07e947d47e6dcae2a92e6d024042dcdeea1ba1b5c04f6fb993d38177d7"
	"43d9e4559676c806ec83b675c7a3f08d92f8a619bac822967f9c76c4a7fa1ce41902700c55b91da7"
	"b3c0e437321c4c890240022805dee8fba6bbf026ed6a4a7a9c1075815e4faa247bf2af1c91e80e6f"
	"a1a343e95f82ff14b4e4671d733b328b173d172c21d12e4517f4da147be58c407542";
static const char public_key[] =
	"30819f300d06092a864886f70d010101050003818d0030818902818100bd5be93ce73591dc25c71f"
	"01c0b5d2f741bf9a3bbcc01edfd4a18134c2f6bd31903c9b1dcbf48f560499dedd05f49a69ee7ad2"
	"4950cfa5db0df63ad06e652160a983da0d37f7079fcdba15317c395dc642232798438eef72559706"
	"177bce0394c52176130e2ecfba2c1b20c44ba14e2a1923a57593b3bbe7597ea205cbf1c67d020301"
	"0001";

/* RSA of 768 bits. */
static const char short_private_key[] =
	"308201e6020100300d06092a864886f70d0101010500048201d0308201cc020100026100c15b532f"
	"d9eb9c8d5bedec9838b11227f7baec94c4888fa01e69fb1bb628edb308e3abce2cfc7da57712d989"
	"725f30d77a86b3cf4e32fa0525f90b047fb563ee5346280ac49829076232a0539ab270dd55fb168f"
	"06de6f512567f02d17924afb0203010001026100a1a7c0bcd8eceb4e23f59f4104e4c5d13484cb16"
	"f5d9567afff28b4677dd701da6e8f1d2c639b2b28c02ee6cc37a6251cf8b660df1855afff9490fb8"
	"0dafb6be4cef6138904312ffecfb4a54c8dbd18a081fdcc3ecbb03d0263038b33472f581023100f1"
	"ab6dc36eaf0b62b54382498197d1fa93a10d8b47909eab0ae24c70308bd298f369faeb3aab0123ef"
	"dee173babab933023100ccd280464be5348b18b795ceb3ebfc900b8854ceb8e43d9c383ce4fd00e4"
	"72ce900bf218724ffc02a06584393ec2f71902301883c346a7dba9d4017f2fa0353d2957b9d20485"
	"b464bf33aa8efa22074aa7ba4c36dbf530a6581f451dded0d6884a71023100815fe54e81da015a6a"
	"fe6b4de930029429f4af3cf46496d5fa5fdc74430009d4980033a7656d484d906b0f1de99ad4e102"
	"3100a04426b0bc86bdd27af58136ff68fec397da10fe892a750d2d3b7469093ba9a7e01d6c4eab3f"
	"a59fe82fe272ec214d6e";
static const char short_public_key[] =
	"307c300d06092a864886f70d0101010500036b003068026100c15b532fd9eb9c8d5bedec9838b112"
	"27f7baec94c4888fa01e69fb1bb628edb308e3abce2cfc7da57712d989725f30d77a86b3cf4e32fa"
	"0525f90b047fb563ee5346280ac49829076232a0539ab270dd55fb168f06de6f512567f02d17924a"
	"fb0203010001";

/* P-256. */
static const char ec_private_key[] =
	"308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104208dccbc8a"
	"c45a2272a7535b18ceb3526dc921ac0a40d6278d3cb068168a52e7f0a14403420004943400fc0d4c"
	"ffb9b59701b1f546496e0279ecbd5e7111379e1acbcc2e41864dcee64f43c9f7dcc25c9e53adcb38"
	"1a1c54ce80567019970a9c04ae0d5ea9914f";
static const char ec_public_key[] =
	"3059301306072a8648ce3d020106082a8648ce3d03010703420004943400fc0d4cffb9b59701b1f5"
	"46496e0279ecbd5e7111379e1acbcc2e41864dcee64f43c9f7dcc25c9e53adcb381a1c54ce805670"
	"19970a9c04ae0d5ea9914f";

/* Over 4a305662 4858574b 3655416f 506a6d48, 0000beef, 2001:db8:a::1, 2001:db8:c::1. */
static const char signature_of_two[] =
	"8f7d098e8ffd1f6255b99ee45e71ff50005a41127fc5adc896276fdc081fed878311a9f4dfe0d87c"
	"9505fb00d35d4a19a26303f7e03354a24c489a4f145aabcbb061b429803af7c3b2bc110cd9a1b80a"
	"56b3832bef68f4907a687d096bedfdc245a1f119c46c920ce7df58529787610a8fedab71caca7a81"
	"befd9e020b987f51";

/* Over the tag and 0000beef. */
static const char signature_of_none[] =
	"980456f5166baba813d0fa5d9fba07120bc83ea6f2b9566ba5672609bf8a621e5ebd92595de444f9"
	"2d4d4eb424cb489040f886e8d13dfd96dc2d50d2391d00d69ee9b72a66616ee70e10dabd90dc6e58"
	"17628483c90b046f43c36beb760df37c5bded0cb252830d28a0cf97605ec2169c79800b5bcbf429c"
	"91f4b7c3c6bcc80c";

/* The second one isn't signed, for its method is another. */
static struct shim6_locator_list list_of_three(void)
{
	return (struct shim6_locator_list){
		.generation = 0xbeef, .count = 3,
		.method = { SHIM6_METHOD_CGA, SHIM6_METHOD_HBA, SHIM6_METHOD_CGA },
		.locator = { addr_of("2001:db8:a::1"), addr_of("2001:db8:b::1"),
			     addr_of("2001:db8:c::1") },
	};
}

/* A parameters structure with a key, and maybe with extensions. */
static struct octets pds_of(const char *key, const char *extensions)
{
	char hex[2048];

	snprintf(hex, sizeof(hex), "000102030405060708090a0b0c0d0e0f 20010db8000a0000 00%s%s", key,
		 extensions);
	return octets_of(hex);
}

static int verify(const char *key, const char *extensions, const struct shim6_locator_list *list,
		  const char *signature)
{
	struct octets pds = pds_of(key, extensions), s = octets_of(signature);
	int rc = cga_signature_verify(pds.data, pds.len, list, s.data, s.len);

	octets_free(&s);
	octets_free(&pds);
	return rc;
}

static int sign(const struct shim6_locator_list *list, const char *key, struct wbuf *w)
{
	struct octets k = octets_of(key);
	int rc = cga_sign(list, k.data, k.len, w);

	octets_free(&k);
	return rc;
}

/* --- what is signed ------------------------------------------------------ */

static void signatures_are_those_made_elsewhere(void **state)
{
	struct shim6_locator_list list = list_of_three();
	uint8_t out[129];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	wbuf_u8(&w, 0xee);
	assert_int_equal(sign(&list, private_key, &w), 0);
	assert_octets_equal(out + 1, w.len - 1, signature_of_two);

	w.len = 0;
	memset(list.method, SHIM6_METHOD_HBA, sizeof(list.method));
	assert_int_equal(sign(&list, private_key, &w), 0);
	assert_octets_equal(out, w.len, signature_of_none);
}

static void signatures_made_elsewhere_verify(void **state)
{
	struct shim6_locator_list list = list_of_three();

	(void)state;
	assert_int_equal(verify(public_key, "", &list, signature_of_two), 0);
	memset(list.method, SHIM6_METHOD_HBA, sizeof(list.method));
	assert_int_equal(verify(public_key, "", &list, signature_of_none), 0);
}

static void locators_of_other_methods_are_not_signed(void **state)
{
	struct shim6_locator_list list = list_of_three();

	(void)state;
	list.locator[1] = addr_of("2001:db8:bad::1");
	list.method[1] = 77;
	assert_int_equal(verify(public_key, "", &list, signature_of_two), 0);
	list.count = 0;
	assert_int_equal(verify(public_key, "", &list, signature_of_none), 0);
}

static void any_other_list_is_rejected(void **state)
{
	const struct shim6_locator_list list = list_of_three();
	struct shim6_locator_list other;

	(void)state;
	other = list, other.generation++;
	assert_int_equal(verify(public_key, "", &other, signature_of_two), -EKEYREJECTED);
	other = list, other.method[1] = SHIM6_METHOD_CGA;
	assert_int_equal(verify(public_key, "", &other, signature_of_two), -EKEYREJECTED);
	other = list, other.method[2] = SHIM6_METHOD_HBA;
	assert_int_equal(verify(public_key, "", &other, signature_of_two), -EKEYREJECTED);
	other = list, other.locator[2].s6_addr[15] ^= 1;
	assert_int_equal(verify(public_key, "", &other, signature_of_two), -EKEYREJECTED);
	other = list, other.count = 2;
	assert_int_equal(verify(public_key, "", &other, signature_of_two), -EKEYREJECTED);
	other = list, other.locator[0] = list.locator[2], other.locator[2] = list.locator[0];
	assert_int_equal(verify(public_key, "", &other, signature_of_two), -EKEYREJECTED);
}

/* --- signatures that are none -------------------------------------------- */

static void a_signature_with_any_octet_changed_is_rejected(void **state)
{
	struct shim6_locator_list list = list_of_three();
	struct octets pds = pds_of(public_key, ""), s = octets_of(signature_of_two);

	(void)state;
	for (size_t i = 0; i < s.len; i++) {
		s.data[i] ^= 1;
		assert_int_equal(cga_signature_verify(pds.data, pds.len, &list, s.data, s.len),
				 -EKEYREJECTED);
		s.data[i] ^= 1;
	}
	octets_free(&s);
	octets_free(&pds);
}

static void a_signature_of_any_other_length_is_rejected(void **state)
{
	struct shim6_locator_list list = list_of_three();
	struct octets pds = pds_of(public_key, ""), whole = octets_of(signature_of_two);
	uint8_t longer[129] = { 0 };

	(void)state;
	for (size_t len = 0; len < whole.len; len++) {
		struct octets s = octets_copy(whole.data, len);

		assert_int_equal(cga_signature_verify(pds.data, pds.len, &list, s.data, s.len),
				 -EKEYREJECTED);
		octets_free(&s);
	}
	memcpy(longer, whole.data, whole.len);
	assert_int_equal(cga_signature_verify(pds.data, pds.len, &list, longer, 129),
			 -EKEYREJECTED);
	octets_free(&whole);
	octets_free(&pds);
}

/* --- keys ---------------------------------------------------------------- */

/* RFC 5533 16 for the length, RFC 3972 3 for RSA. */
static void keys_other_than_rsa_of_1024_bits_are_rejected(void **state)
{
	static const char no_key[] = "3003020100";
	struct shim6_locator_list list = list_of_three();
	uint8_t out[256];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	assert_int_equal(verify(short_public_key, "", &list, signature_of_two), -EKEYREJECTED);
	assert_int_equal(verify(ec_public_key, "", &list, signature_of_two), -EKEYREJECTED);
	assert_int_equal(verify(no_key, "", &list, signature_of_two), -EKEYREJECTED);
	assert_int_equal(sign(&list, short_private_key, &w), -EKEYREJECTED);
	assert_int_equal(sign(&list, ec_private_key, &w), -EBADMSG);
	assert_int_equal(sign(&list, public_key, &w), -EBADMSG);
	assert_int_equal(sign(&list, "", &w), -EBADMSG);
	assert_int_equal(w.len, 0);
	assert_int_equal(ERR_peek_error(), 0);
}

/* RFC 5535 5: without the P flag it is 384 random bits, which anyone can factor. */
static void a_set_without_a_key_signs_nothing(void **state)
{
	struct shim6_locator_list list = list_of_three();

	(void)state;
	assert_int_equal(verify(public_key, "0012 000c 80000000 20010db8000a0000", &list,
				signature_of_two), 0);
	assert_int_equal(verify(public_key, "0012 000c 7fffffff 20010db8000a0000", &list,
				signature_of_two), -EKEYREJECTED);
}

static void malformed_parameters_are_told_from_wrong_ones(void **state)
{
	struct shim6_locator_list list = list_of_three();
	struct octets pds = pds_of(public_key, ""), s = octets_of(signature_of_two);

	(void)state;
	for (size_t len = 0; len < pds.len; len++)
		assert_int_equal(cga_signature_verify(pds.data, len, &list, s.data, s.len),
				 -EBADMSG);
	octets_free(&s);
	octets_free(&pds);
}

/* --- room ---------------------------------------------------------------- */

static void a_signature_without_room_is_not_begun(void **state)
{
	struct shim6_locator_list list = list_of_three();
	uint8_t out[127];

	(void)state;
	for (size_t cap = 0; cap <= sizeof(out); cap++) {
		struct wbuf w = wbuf_of(out, cap);

		assert_int_equal(sign(&list, private_key, &w), -ENOSPC);
		assert_int_equal(w.len, 0);
	}
}

static void lists_of_128_are_signed_and_longer_ones_refused(void **state)
{
	struct shim6_locator_list list = { .count = SHIM6_LOCATORS_MAX };
	struct octets pds = pds_of(public_key, "");
	uint8_t out[128];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	memset(list.method, SHIM6_METHOD_CGA, sizeof(list.method));
	assert_int_equal(sign(&list, private_key, &w), 0);
	assert_int_equal(cga_signature_verify(pds.data, pds.len, &list, out, w.len), 0);

	list.count++;
	w.len = 0;
	assert_int_equal(sign(&list, private_key, &w), -EINVAL);
	assert_int_equal(cga_signature_verify(pds.data, pds.len, &list, out, 128), -EINVAL);
	octets_free(&pds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_are_those_made_elsewhere),
		cmocka_unit_test(signatures_made_elsewhere_verify),
		cmocka_unit_test(locators_of_other_methods_are_not_signed),
		cmocka_unit_test(any_other_list_is_rejected),
		cmocka_unit_test(a_signature_with_any_octet_changed_is_rejected),
		cmocka_unit_test(a_signature_of_any_other_length_is_rejected),
		cmocka_unit_test(keys_other_than_rsa_of_1024_bits_are_rejected),
		cmocka_unit_test(a_set_without_a_key_signs_nothing),
		cmocka_unit_test(malformed_parameters_are_told_from_wrong_ones),
		cmocka_unit_test(a_signature_without_room_is_not_begun),
		cmocka_unit_test(lists_of_128_are_signed_and_longer_ones_refused),
	};

	return cmocka_run_group_tests_name("cga_sign", tests, NULL, NULL);
}
