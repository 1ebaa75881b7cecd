/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making addresses and parameters structures, against RFC 3972 Appendix A and
 * numbers of an independent implementation. Parsing and verifying have their
 * tests in hba_params_test.c and hba_test.c.
 */
#include "wire/hba.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* The key of RFC 3972 Appendix A. */
#define RSA_KEY                                                                                    \
	"305c300d06092a864886f70d0101010500034b003048024100c2c2f137305454f10bd9cea36844b530"       \
	"e9211a4b262b16467cb7dfba1f595c0194f275be5a4d386f2c3c2382508773c7867f9b3b9e63a09c"         \
	"7bc48f7a54ebefaf0203010001"

#define RFC3972_PDS "89a8a8b2e858d8b8f2633f44d2d4ce9b fe80000000000000 00" RSA_KEY

/* Appendix A before its one step. */
#define RFC3972_START "89a8a8b2e858d8b8f2633f44d2d4ce9a fe80000000000000 00" RSA_KEY

static void assert_addr(const struct in6_addr *addr, const char *text)
{
	struct in6_addr expected = addr_of(text);

	assert_memory_equal(addr, &expected, sizeof(expected));
}

/* --- the structure ------------------------------------------------------- */

static void what_is_parsed_is_emitted_again(void **state)
{
	static const char *const structures[] = {
		RFC3972_PDS,
		RFC3972_PDS "fffd 0003 010203 0012 000c 80000000 20010db8000a0001 0001 0000",
		"00000000000000000000000000000000 0000000000000000 ff 3000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
		struct octets pds = octets_of(structures[i]), out = octets_copy(pds.data, pds.len);
		struct wbuf w = wbuf_of(out.data, out.len);
		struct cga_params p;

		memset(out.data, 0xee, out.len);
		assert_int_equal(cga_params_parse(&p, pds.data, pds.len), 0);
		assert_int_equal(cga_params_emit(&p, &w), 0);
		assert_octets_equal(w.data, w.len, structures[i]);
		for (size_t cap = 0; cap < pds.len; cap++) {
			w = wbuf_of(out.data, cap);
			assert_int_equal(cga_params_emit(&p, &w), -ENOSPC);
		}
		octets_free(&out);
		octets_free(&pds);
	}
}

static void extensions_follow_each_other_without_padding(void **state)
{
	struct octets o = octets_of("fffd 0003 010203 0012 0000");
	struct rbuf r = rbuf_of(o.data, o.len);
	struct cga_extension e;

	(void)state;
	assert_true(cga_extension_next(&r, &e));
	assert_int_equal(e.type, 0xfffd);
	assert_octets_equal(e.data, e.len, "010203");
	assert_true(cga_extension_next(&r, &e));
	assert_int_equal(e.type, CGA_MULTI_PREFIX);
	assert_int_equal(e.len, 0);
	assert_false(cga_extension_next(&r, &e));
	assert_false(r.bad);
	octets_free(&o);
}

static void an_extension_that_is_cut_short_is_none(void **state)
{
	struct octets whole = octets_of("fffd 0003 010203");

	(void)state;
	for (size_t len = 1; len < whole.len; len++) {
		struct octets o = octets_copy(whole.data, len);
		struct rbuf r = rbuf_of(o.data, o.len);
		struct cga_extension e = { .type = 77 };

		assert_false(cga_extension_next(&r, &e));
		assert_true(r.bad);
		assert_int_equal(e.type, 77);
		octets_free(&o);
	}
	octets_free(&whole);
}

/* --- addresses ----------------------------------------------------------- */

static void the_address_of_rfc_3972_comes_out(void **state)
{
	struct octets start = octets_of(RFC3972_START);
	struct octets out = octets_copy(start.data, start.len);
	struct wbuf w = wbuf_of(out.data, out.len);
	struct cga_params p;
	struct in6_addr addr;
	uint64_t steps = 77;

	(void)state;
	assert_int_equal(cga_params_parse(&p, start.data, start.len), 0);
	assert_int_equal(cga_generate(&addr, &w, &p, 1, &steps), 0);
	assert_addr(&addr, "fe80::3c4a:5bf6:ffb4:ca6c");
	assert_octets_equal(w.data, w.len, RFC3972_PDS);
	assert_int_equal(steps, 1);
	assert_int_equal(cga_verify(&addr, w.data, w.len), 0);
	octets_free(&out);
	octets_free(&start);
}

/* CGA and HBA at once, RFC 5535 6 with a key given. */
static void a_set_with_a_key_comes_out_as_computed_elsewhere(void **state)
{
	static const uint8_t prefixes[2][8] = {
		{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, 0x00, 0x01 },
		{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0b, 0x00, 0x02 },
	};
	struct octets key = octets_of(RSA_KEY);
	struct cga_params p = {
		.modifier = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
		.key = key.data, .key_len = key.len,
	};
	uint8_t extension[24], pds[256];
	struct wbuf e = wbuf_of(extension, sizeof(extension)), w = wbuf_of(pds, sizeof(pds));
	struct in6_addr addr[2];
	uint64_t steps;

	(void)state;
	assert_int_equal(hba_extension_emit(prefixes, 2, true, &e), 0);
	assert_octets_equal(e.data, e.len, "0012 0014 80000000 20010db8000a0001 20010db8000b0002");
	p.extensions = extension;
	p.extensions_len = e.len;
	memcpy(p.prefix, prefixes[0], sizeof(p.prefix));
	assert_int_equal(cga_generate(&addr[0], &w, &p, 1, &steps), 0);
	memcpy(pds + CGA_PREFIX_AT, prefixes[1], CGA_PREFIX_LEN);
	assert_int_equal(cga_address_make(&addr[1], pds, w.len, 1), 0);
	assert_addr(&addr[0], "2001:db8:a:1:3cfd:6134:5e53:64f4");
	assert_addr(&addr[1], "2001:db8:b:2:2049:a6d0:713a:6fc7");
	assert_int_equal(steps, 175788);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(hba_verify(&addr[i], pds, w.len), 0);
	octets_free(&key);
}

static void an_extension_without_room_is_not_emitted(void **state)
{
	static const uint8_t prefixes[1][8];
	uint8_t out[16];

	(void)state;
	for (size_t cap = 0; cap < sizeof(out); cap++) {
		struct wbuf w = wbuf_of(out, cap);

		assert_int_equal(hba_extension_emit(prefixes, 1, false, &w), -ENOSPC);
	}
}

static void an_address_is_not_made_out_of_range(void **state)
{
	static const uint8_t key[] = { 0x30, 0 };
	struct cga_params p = { .key = key, .key_len = sizeof(key) };
	uint8_t pds[CGA_KEY_AT + sizeof(key)];
	struct in6_addr addr = IN6ADDR_LOOPBACK_INIT;

	(void)state;
	for (unsigned sec = 0; sec <= 7; sec += 3) {
		for (unsigned count = 0; count <= 3; count += 3) {
			struct wbuf w = wbuf_of(pds, sizeof(pds));
			bool made = sec == 0 && count == 0;

			addr = in6addr_loopback;
			p.collision_count = (uint8_t)count;
			assert_int_equal(cga_generate(&addr, &w, &p, sec, NULL),
					 made ? 0 : -EINVAL);
			assert_int_equal(w.len, made ? sizeof(pds) : 0);
			assert_int_equal(IN6_IS_ADDR_LOOPBACK(&addr), !made);
		}
	}
}

static void a_structure_without_room_leaves_nothing_behind(void **state)
{
	static const uint8_t key[] = { 0x30, 0 };
	struct cga_params p = { .key = key, .key_len = sizeof(key) };
	uint8_t pds[CGA_KEY_AT + sizeof(key)];

	(void)state;
	for (size_t cap = 0; cap < sizeof(pds); cap++) {
		struct wbuf w = wbuf_of(pds, cap);
		struct in6_addr addr = IN6ADDR_LOOPBACK_INIT;

		assert_int_equal(cga_generate(&addr, &w, &p, 0, NULL), -ENOSPC);
		assert_int_equal(w.len, 0);
		assert_true(IN6_IS_ADDR_LOOPBACK(&addr));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_parsed_is_emitted_again),
		cmocka_unit_test(extensions_follow_each_other_without_padding),
		cmocka_unit_test(an_extension_that_is_cut_short_is_none),
		cmocka_unit_test(the_address_of_rfc_3972_comes_out),
		cmocka_unit_test(a_set_with_a_key_comes_out_as_computed_elsewhere),
		cmocka_unit_test(an_extension_without_room_is_not_emitted),
		cmocka_unit_test(an_address_is_not_made_out_of_range),
		cmocka_unit_test(a_structure_without_room_leaves_nothing_behind),
	};

	return cmocka_run_group_tests_name("cga", tests, NULL, NULL);
}
