/* SPDX-License-Identifier: BSD-2-Clause */
/* The TCP header against octets by hand from the figure of RFC 9293 3.1. */
#include "wire/tcp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* Ports, sequence and acknowledgment number; then Data Offset and flags, window,
 * checksum, urgent pointer. */
#define NAMES "c001 0050 00000064 0000012c"
#define REST  "ffff abcd 0000"

static const struct {
	const char *hex;
	struct tcp_header header;
} headers[] = {
	{ NAMES "5010" REST, { 0xc001, 80, 100, 300, 20, TCP_ACK, 0xffff, 0xabcd, 0, 0 } },
	{ NAMES "6002" REST "020404c4",
	  { 0xc001, 80, 100, 300, 24, TCP_SYN, 0xffff, 0xabcd, 0, 1220 } },
	{ NAMES "5039"
		"1000 abcd 0007",
	  { 0xc001, 80, 100, 300, 20, TCP_FIN | TCP_PSH | TCP_ACK | TCP_URG, 4096, 0xabcd, 7, 0 } },
	{ "0001 0002 fffffffe 80000000 50c4 0000 0000 0000",
	  { 1, 2, 0xfffffffe, 0x80000000, 20, TCP_CWR | TCP_ECE | TCP_RST, 0, 0, 0, 0 } },
};

enum { HEADERS = sizeof(headers) / sizeof(headers[0]) };

static void header_is_read_as_in_the_figure(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HEADERS; i++) {
		struct octets o = octets_of(headers[i].hex);
		struct rbuf r = rbuf_of(o.data, o.len);
		struct tcp_header h;

		assert_int_equal(tcp_parse(&h, &r), 0);
		assert_memory_equal(&h, &headers[i].header, sizeof(h));
		assert_int_equal(r.off, o.len);
		octets_free(&o);
	}
}

static void header_is_written_as_in_the_figure(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HEADERS; i++) {
		uint8_t out[TCP_HEADER_LEN_MAX];
		struct wbuf w = wbuf_of(out, sizeof(out));

		assert_int_equal(tcp_emit(&headers[i].header, &w), 0);
		assert_octets_equal(out, w.len, headers[i].hex);
	}
}

static void shorter_ones_are_refused_and_nothing_is_taken(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HEADERS; i++) {
		struct octets whole = octets_of(headers[i].hex);

		for (size_t len = 0; len < whole.len; len++) {
			struct octets o = octets_copy(whole.data, len);
			struct rbuf r = rbuf_of(o.data, o.len);
			struct tcp_header h = { .seq = 77 };

			assert_int_equal(tcp_parse(&h, &r), -EMSGSIZE);
			assert_int_equal(h.seq, 77);
			assert_int_equal(r.off, 0);
			octets_free(&o);
		}
		octets_free(&whole);
	}
}

static void no_header_is_written_by_halves(void **state)
{
	uint8_t out[TCP_HEADER_LEN_MAX];

	(void)state;
	for (size_t cap = 0; cap < TCP_HEADER_LEN + TCP_MSS_OPTION_LEN; cap++) {
		struct wbuf w = wbuf_of(out, cap);

		assert_int_equal(tcp_emit(&headers[1].header, &w), -ENOSPC);
		assert_int_equal(w.len, 0);
	}
}

static void data_offset_inside_the_header_is_refused(void **state)
{
	struct octets o = octets_of(NAMES "0010" REST);

	(void)state;
	for (uint8_t words = 0; words < 5; words++) {
		struct rbuf r = rbuf_of(o.data, o.len);
		struct tcp_header h;

		o.data[12] = (uint8_t)(words << 4);
		assert_int_equal(tcp_parse(&h, &r), -EBADMSG);
	}
	octets_free(&o);
}

static void options_are_stepped_over(void **state)
{
	static const struct {
		const char *options; /* with Data Offset in front */
		int rc;
		uint16_t mss;
	} rows[] = {
		{ "7002" REST "01 01 01 01 0204 05a0", 0, 1440 },
		{ "8002" REST "0402 0303 07 01 00 020405a0 00", 0, 0 }, /* behind the end */
		{ "8002" REST "0402 0303 07 01 020405a0 00", -EMSGSIZE, 0 },
		{ "8002" REST "0402 0303 07 020405a0 00 0000", 0, 1440 },
		{ "7002" REST "fe 04 ffff 0204 05a0", 0, 1440 }, /* unknown */
		{ "6002" REST "0203 05 00", 0, 0 },              /* not the MSS's length */
		{ "6002" REST "01 01 01 02", -EBADMSG, 0 },      /* no length */
		{ "6002" REST "02 00 05a0", -EBADMSG, 0 },
		{ "6002" REST "02 01 05a0", -EBADMSG, 0 },
		{ "6002" REST "02 05 05a0", -EBADMSG, 0 }, /* beyond the header */
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char hex[256];
		struct octets o;
		struct rbuf r;
		struct tcp_header h = { .mss = 0 };

		snprintf(hex, sizeof(hex), NAMES "%s", rows[i].options);
		o = octets_of(hex);
		r = rbuf_of(o.data, o.len);
		assert_int_equal(tcp_parse(&h, &r), rows[i].rc);
		assert_int_equal(h.mss, rows[i].mss);
		octets_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_is_read_as_in_the_figure),
		cmocka_unit_test(header_is_written_as_in_the_figure),
		cmocka_unit_test(shorter_ones_are_refused_and_nothing_is_taken),
		cmocka_unit_test(no_header_is_written_by_halves),
		cmocka_unit_test(data_offset_inside_the_header_is_refused),
		cmocka_unit_test(options_are_stepped_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
