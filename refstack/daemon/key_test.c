/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys from files, in the forms in which they come. */
#include "refstack/daemon/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "refstack/core/test_keys.h"

static char path[] = "/tmp/refstackd-test-XXXXXX";

static const char *read_octets(struct key *key, const void *octets, size_t len)
{
	const char *why;
	int fd;

	strcpy(path, "/tmp/refstackd-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, octets, len), len);
	close(fd);
	why = key_read(key, path);
	unlink(path);
	return why;
}

/* As PEM; with a passphrase if there is one. */
static const char *read_pem(struct key *key, const char *hex, const char *passphrase)
{
	struct octets der = octets_of(hex);
	const uint8_t *at = der.data;
	EVP_PKEY *parsed = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
	BIO *memory = BIO_new(BIO_s_mem());
	const char *why;
	char *text;
	long len;

	assert_non_null(parsed);
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(memory, parsed,
						       passphrase ? EVP_aes_128_cbc() : NULL,
						       passphrase, passphrase ? (int)strlen(passphrase) : 0,
						       NULL, NULL), 1);
	len = BIO_get_mem_data(memory, &text);
	why = read_octets(key, text, (size_t)len);
	BIO_free(memory);
	EVP_PKEY_free(parsed);
	octets_free(&der);
	return why;
}

static void der_is_taken_as_it_is(void **state)
{
	struct octets der = octets_of(rsa_1024);
	struct key key;

	(void)state;
	assert_null(read_octets(&key, der.data, der.len));
	assert_int_equal(key.len, der.len);
	assert_memory_equal(key.der, der.data, der.len);
	key_free(&key);
	assert_null(key.der);
	octets_free(&der);
}

static void pem_becomes_der(void **state)
{
	struct octets der = octets_of(rsa_1024);
	struct key key;

	(void)state;
	assert_null(read_pem(&key, rsa_1024, NULL));
	assert_int_equal(key.len, der.len);
	assert_memory_equal(key.der, der.data, der.len);
	key_free(&key);
	octets_free(&der);
}

static void what_a_cga_cannot_have_is_told(void **state)
{
	struct key key;

	(void)state;
	assert_string_equal(read_pem(&key, ec_p256, NULL), "it is no RSA key, which RFC 3972 wants");
	assert_string_equal(read_pem(&key, rsa_768, NULL), "it has less than 1024 bits (RFC 5533 16)");
}

static void nobody_is_asked_for_a_passphrase(void **state)
{
	struct key key;

	(void)state;
	assert_string_equal(read_pem(&key, rsa_1024, "secret"),
			    "there is no private key in it, or a passphrase on it");
}

static void what_is_no_key_is_told(void **state)
{
	struct octets der = octets_of(rsa_1024);
	struct key key;

	(void)state;
	assert_string_equal(read_octets(&key, "not a key\n", 10),
			    "there is no private key in it, or a passphrase on it");
	assert_string_equal(read_octets(&key, "", 0),
			    "there is no private key in it, or a passphrase on it");
	assert_string_equal(read_octets(&key, der.data, der.len - 1),
			    "there is no private key in it, or a passphrase on it");
	assert_string_equal(key_read(&key, "/nonexistent/key"), "No such file or directory");
	octets_free(&der);
}

static void freeing_twice_is_harmless(void **state)
{
	struct key key = { .der = NULL };

	(void)state;
	key_free(&key);
	key_free(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(der_is_taken_as_it_is),
		cmocka_unit_test(pem_becomes_der),
		cmocka_unit_test(what_a_cga_cannot_have_is_told),
		cmocka_unit_test(nobody_is_asked_for_a_passphrase),
		cmocka_unit_test(what_is_no_key_is_told),
		cmocka_unit_test(freeing_twice_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
