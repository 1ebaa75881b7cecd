/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reports of a Probe and the Keepalive Timeout option, against octets
 * drawn by hand after RFC 5534 5.2 and 5.3; whole messages are in shim6_test.c.
 */
#include "wire/reap.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "wire/test_shim6.h"

#define A1_HEX "20010db8000a00000000000000000001"
#define B1_HEX "20010db8000b00000000000000000001"

#define FIRST_SENT     B1_HEX A1_HEX "01020304 00000000"
#define SECOND_SENT    A1_HEX A1_HEX "f1f2f3f4 cafef00d"
#define FIRST_RECEIVED A1_HEX B1_HEX "a1a2a3a4 80000001"
#define REPORTS        FIRST_SENT SECOND_SENT FIRST_RECEIVED

/* Precvd 1 and Psent 2, so that neither could stand for the other. */
static const struct reap_probe counts = {
	.state = REAP_INBOUND_OK, .sent_count = 2, .received_count = 1,
};

/* --- reports ------------------------------------------------------------- */

static void assert_report(const struct reap_report *report, const char *src, const char *dst,
			  uint32_t nonce, uint32_t data)
{
	struct in6_addr s = addr_of(src), d = addr_of(dst);

	assert_memory_equal(&report->src, &s, sizeof(s));
	assert_memory_equal(&report->dst, &d, sizeof(d));
	assert_int_equal(report->nonce, nonce);
	assert_int_equal(report->data, data);
}

static void reports_sent_stand_before_those_received(void **state)
{
	struct octets o = octets_of(REPORTS "ee");
	struct rbuf r = rbuf_of(o.data, o.len);
	struct wbuf w = wbuf_of(o.data, o.len);
	struct reap_probe p = counts;

	(void)state;
	assert_int_equal(reap_reports_parse(&p, &r), 0);
	assert_int_equal(rbuf_left(&r), 1);
	assert_report(&p.sent[0], "2001:db8:b::1", "2001:db8:a::1", 0x01020304, 0);
	assert_report(&p.sent[1], "2001:db8:a::1", "2001:db8:a::1", 0xf1f2f3f4, 0xcafef00d);
	assert_report(&p.received[0], "2001:db8:a::1", "2001:db8:b::1", 0xa1a2a3a4, 0x80000001);

	memset(o.data, 0xee, o.len);
	assert_int_equal(reap_reports_emit(&p, &w), 0);
	assert_octets_equal(w.data, w.len, REPORTS);
	octets_free(&o);
}

static void reports_that_are_cut_short_are_rejected_whole(void **state)
{
	struct octets whole = octets_of(REPORTS);

	(void)state;
	for (size_t len = 0; len < whole.len; len++) {
		struct octets o = octets_copy(whole.data, len);
		struct rbuf r = rbuf_of(o.data, o.len);
		struct wbuf w = wbuf_of(o.data, o.len);
		struct reap_probe p = counts;

		assert_int_equal(reap_reports_parse(&p, &r), -EMSGSIZE);
		assert_int_equal(r.off, 0);
		assert_int_equal(p.sent[0].nonce, 0);
		assert_int_equal(reap_reports_emit(&p, &w), -ENOSPC);
		assert_int_equal(w.len, 0);
		octets_free(&o);
	}
	octets_free(&whole);
}

static void thirty_reports_are_the_most(void **state)
{
	struct reap_probe p = { .sent_count = 15, .received_count = 15 }, back = p;
	uint8_t octets[31 * REAP_REPORT_LEN];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct rbuf r;

	(void)state;
	for (unsigned i = 0; i < 15; i++) {
		p.sent[i].nonce = i + 1;
		p.received[i].nonce = i + 101;
	}
	assert_int_equal(reap_reports_emit(&p, &w), 0);
	assert_int_equal(w.len, 30 * REAP_REPORT_LEN);
	r = rbuf_of(octets, w.len);
	assert_int_equal(reap_reports_parse(&back, &r), 0);
	assert_memory_equal(back.sent, p.sent, sizeof(p.sent));
	assert_memory_equal(back.received, p.received, sizeof(p.received));
}

static void a_probe_reports_itself_and_has_one_of_three_states(void **state)
{
	static const struct reap_probe wrong[] = {
		{ .state = REAP_EXPLORING, .sent_count = 0, .received_count = 1 },
		{ .state = 3, .sent_count = 1 },
		{ .state = REAP_EXPLORING, .sent_count = 16 },
		{ .state = REAP_EXPLORING, .sent_count = 1, .received_count = 16 },
	};
	uint8_t octets[32 * REAP_REPORT_LEN] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rbuf r = rbuf_of(octets, sizeof(octets));
		struct wbuf w = wbuf_of(octets, sizeof(octets));
		struct reap_probe p = wrong[i];

		assert_int_equal(reap_reports_parse(&p, &r), -EBADMSG);
		assert_int_equal(r.off, 0);
		assert_int_equal(reap_reports_emit(&p, &w), -EINVAL);
		assert_int_equal(w.len, 0);
	}
}

/* --- whole Probes -------------------------------------------------------- */

#define PROBE(counts, sta) "3b004300 0000 112233445566" counts sta "0000"

static void assert_probe_rejected(const char *hex)
{
	struct octets o = sealed(hex);

	assert_rejected(o.data, o.len, -EBADMSG);
	octets_free(&o);
}

static void a_probe_with_psent_0_or_state_3_is_rejected(void **state)
{
	(void)state;
	assert_probe_rejected(PROBE("00", "40"));
	assert_probe_rejected(PROBE("10", "80") FIRST_RECEIVED);
	assert_probe_rejected(PROBE("01", "c0") FIRST_SENT);
}

static void a_probe_with_fewer_reports_than_it_counts_is_rejected(void **state)
{
	(void)state;
	assert_probe_rejected(PROBE("01", "40"));
	assert_probe_rejected(PROBE("11", "40") FIRST_SENT);
	assert_probe_rejected(PROBE("02", "40") FIRST_SENT);
	assert_probe_rejected(PROBE("ff", "40") FIRST_SENT FIRST_RECEIVED);
}

/* Nothing but options can be behind the reports. */
static void a_report_too_many_is_no_option(void **state)
{
	(void)state;
	assert_probe_rejected(PROBE("01", "40") FIRST_SENT SECOND_SENT);
}

static void reserved_bits_of_a_probe_and_a_keepalive_are_ignored(void **state)
{
	struct octets o = sealed("060043fe 0000 912233445566 01 bf ffff" FIRST_SENT);
	struct rbuf r = rbuf_of(o.data, o.len);
	struct shim6_message m;

	(void)state;
	assert_int_equal(shim6_message_parse(&m, &r), 0);
	assert_true(m.receiver_tag == 0x112233445566);
	assert_int_equal(m.probe.state, REAP_INBOUND_OK);
	assert_int_equal(m.probe.sent_count, 1);
	assert_int_equal(m.probe.received_count, 0);
	octets_free(&o);

	o = sealed("060042fe 0000 912233445566 ffffffff 00100001 aa000000");
	r = rbuf_of(o.data, o.len);
	assert_int_equal(shim6_message_parse(&m, &r), 0);
	assert_true(m.receiver_tag == 0x112233445566);
	assert_int_equal(m.other_count, 1);
	octets_free(&o);
}

/* --- Keepalive Timeout --------------------------------------------------- */

static void a_keepalive_timeout_is_parsed_and_emitted_as_drawn(void **state)
{
	struct octets o = octets_of("ffff 001e");
	struct shim6_option option = { .len = 4, .data = o.data };
	struct wbuf w = wbuf_of(o.data, o.len);
	uint16_t seconds = 0;

	(void)state;
	assert_int_equal(reap_keepalive_timeout_parse(&seconds, &option), 0);
	assert_int_equal(seconds, 30);

	assert_int_equal(reap_keepalive_timeout_emit(0xfffe, &w), 0);
	assert_octets_equal(w.data, w.len, "0000 fffe");
	octets_free(&o);
}

static void a_keepalive_timeout_has_four_octets(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 16; len++) {
		struct octets o = octets_copy("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", len);
		struct shim6_option option = { .len = (uint16_t)len, .data = o.data };
		struct wbuf w = wbuf_of(o.data, o.len);
		uint16_t seconds = 77;

		assert_int_equal(reap_keepalive_timeout_parse(&seconds, &option),
				 len == 4 ? 0 : -EBADMSG);
		assert_int_equal(seconds, len == 4 ? 0 : 77);
		assert_int_equal(reap_keepalive_timeout_emit(1, &w), len < 4 ? -ENOSPC : 0);
		octets_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_sent_stand_before_those_received),
		cmocka_unit_test(reports_that_are_cut_short_are_rejected_whole),
		cmocka_unit_test(thirty_reports_are_the_most),
		cmocka_unit_test(a_probe_reports_itself_and_has_one_of_three_states),
		cmocka_unit_test(a_probe_with_psent_0_or_state_3_is_rejected),
		cmocka_unit_test(a_probe_with_fewer_reports_than_it_counts_is_rejected),
		cmocka_unit_test(a_report_too_many_is_no_option),
		cmocka_unit_test(reserved_bits_of_a_probe_and_a_keepalive_are_ignored),
		cmocka_unit_test(a_keepalive_timeout_is_parsed_and_emitted_as_drawn),
		cmocka_unit_test(a_keepalive_timeout_has_four_octets),
	};

	return cmocka_run_group_tests_name("reap", tests, NULL, NULL);
}
