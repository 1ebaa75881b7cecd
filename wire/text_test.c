/* SPDX-License-Identifier: BSD-2-Clause */
/* Our characters against those of libc. */
#include "wire/text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* The same numbers in every run. */
static uint64_t random_next(void)
{
	static uint64_t state = 1;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void assert_number(uint64_t number)
{
	char expected[32], is[32];

	snprintf(expected, sizeof(expected), "%" PRIu64, number);
	*put_dec(is, number) = '\0';
	assert_string_equal(is, expected);
	snprintf(expected, sizeof(expected), "%" PRIx64, number);
	*put_hex(is, number) = '\0';
	assert_string_equal(is, expected);
}

static void numbers_are_those_of_printf(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 70000; n++)
		assert_number(n);
	for (uint64_t ten = 1, i = 0; i < 20; i++, ten *= 10)
		for (uint64_t n = ten - 1; n != ten + 2; n++)
			assert_number(n);
	for (unsigned bit = 0; bit < 64; bit++)
		for (uint64_t n = (UINT64_C(1) << bit) - 1; n != (UINT64_C(1) << bit) + 2; n++)
			assert_number(n);
	assert_number(UINT64_MAX);
	for (int i = 0; i < 100000; i++)
		assert_number(random_next() >> random_next() % 64);
}

static void assert_addr(const uint8_t *octets)
{
	char expected[INET6_ADDRSTRLEN], is[PUT_ADDR_MOST + 1];

	assert_non_null(inet_ntop(AF_INET6, octets, expected, sizeof(expected)));
	*put_addr(is, octets) = '\0';
	assert_string_equal(is, expected);
}

/* Every way in which the eight groups are zero or not, with groups of one to four digits. */
static void addresses_shorten_zeros_like_inet_ntop(void **state)
{
	static const uint16_t groups[] = { 0x1, 0xab, 0x7ff, 0xffff };
	uint8_t octets[16];

	(void)state;
	for (unsigned set = 0; set < 256; set++) {
		for (unsigned shift = 0; shift < 4; shift++) {
			for (unsigned i = 0; i < 8; i++) {
				uint16_t group = groups[(i + shift) % 4];

				if (!(set >> i & 1))
					group = 0;
				octets[2 * i] = (uint8_t)(group >> 8);
				octets[2 * i + 1] = (uint8_t)group;
			}
			assert_addr(octets);
		}
	}
}

static void addresses_with_ipv4_inside_look_like_those_of_inet_ntop(void **state)
{
	static const char *const texts[] = {
		"::", "::1", "::2:0", "::ffff", "::1:0", "::1:1", "::1.2.3.4", "::255.255.255.255",
		"::ffff:0:0", "::ffff:1.2.3.4", "::ffff:0.0.0.1", "::fffe:1.2.3.4",
		"::ffff:0:1.2.3.4", "0:0:0:0:1:ffff:102:304", "64:ff9b::1.2.3.4", "1::ffff:1:2",
		"1::", "ff02::1:ff00:1", "2001:db8::", "fe80::1", "1:0:0:2:0:0:0:3", "0:1::",
	};
	uint8_t octets[16];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(inet_pton(AF_INET6, texts[i], octets), 1);
		assert_addr(octets);
	}
}

static void random_addresses_look_like_those_of_inet_ntop(void **state)
{
	uint8_t octets[16];

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint64_t zeros = random_next(), half[2] = { random_next(), random_next() };

		memcpy(octets, half, sizeof(octets));
		for (unsigned j = 0; j < 16; j++)
			if (zeros >> 2 * j & 3)
				octets[j] = 0;
		assert_addr(octets);
	}
}

static void octets_have_two_digits_each(void **state)
{
	uint8_t octets[256];
	char expected[513], is[513];

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		octets[i] = (uint8_t)i;
		snprintf(expected + 2 * i, 3, "%02x", i);
	}
	for (size_t len = 0; len <= sizeof(octets); len++) {
		memset(is, '?', sizeof(is));
		*put_octets(is, octets + sizeof(octets) - len, len) = '\0';
		assert_string_equal(is, expected + 2 * (sizeof(octets) - len));
	}
}

static void add_everything(struct text *t)
{
	static const uint8_t octets[100] = { 0x20, 0x01, 0x0d, 0xb8 };

	text_str(t, "text ");
	text_dec(t, 1234567890);
	text_hex(t, 0xdeadbeef);
	text_addr(t, octets);
	text_octets(t, octets, sizeof(octets));
	text_add(t, " %u", 7u);
}

static void text_that_does_not_fit_is_counted(void **state)
{
	char whole[512];
	struct text t = text_of(whole, sizeof(whole));
	size_t len;

	(void)state;
	add_everything(&t);
	len = t.len;
	assert_int_equal(len, strlen(whole));
	for (size_t size = 0; size <= len + 1; size++) {
		char *buf = malloc(size ? size : 1);

		t = text_of(size ? buf : NULL, size);
		add_everything(&t);
		assert_int_equal(t.len, len);
		if (size) {
			assert_memory_equal(buf, whole, size - 1);
			assert_int_equal(buf[size - 1], '\0');
		}
		free(buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_printf),
		cmocka_unit_test(addresses_shorten_zeros_like_inet_ntop),
		cmocka_unit_test(addresses_with_ipv4_inside_look_like_those_of_inet_ntop),
		cmocka_unit_test(random_addresses_look_like_those_of_inet_ntop),
		cmocka_unit_test(octets_have_two_digits_each),
		cmocka_unit_test(text_that_does_not_fit_is_counted),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
