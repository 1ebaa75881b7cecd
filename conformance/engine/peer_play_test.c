/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the peer answers by itself, against a target that has a context with it
 * and then sends what a test says. That the target's calls are never re-entered,
 * the rig watches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_peer.h"

#define L1 "20010db8000100000000000000000001"
#define L2 "20010db8000200000000000000000001"

/* Contexts come about at once; what is timed comes after a second. */
#define STORY SOCKET "+0 establish(s)\n"
#define SOON  1000000

enum { HEARD_MAX = 16 };

static struct {
	uint8_t octets[1500];
	size_t len;
} heard[HEARD_MAX]; /* from the peer, but for the handshake of STORY */

static unsigned heard_count;
static struct octets again; /* what it answers a Probe by; none: nothing */
static struct peer peer;    /* as a case has it */
static char sent[RIG_TIMED_MAX][2048];

/* The target as responder: RFC 5533 5.5 and 5.7. */
static bool handshake(unsigned link, const uint8_t *packet)
{
	uint8_t out[128] = { 0 };

	if (packet[SHIM + 2] == 1) {
		put(out + SHIM, "3b020200 0000 0000 00000000 00000007 00020004 00010203");
		memcpy(out + SHIM + 8, packet + SHIM + 12, 4);
		reply(link, packet, out, SHIM + 24, HONEST);
		return true;
	}
	if (packet[SHIM + 2] != 3)
		return false;
	put(out + SHIM, "3b010400 0000");
	put(out + SHIM + 6, responder_tag);
	memcpy(out + SHIM + 12, packet + SHIM + 12, 4);
	reply(link, packet, out, SHIM + 16, HONEST);
	return true;
}

static void target(unsigned link, const uint8_t *packet, size_t len)
{
	if (handshake(link, packet))
		return;
	assert_true(heard_count < HEARD_MAX || again.data);
	if (heard_count < HEARD_MAX) {
		memcpy(heard[heard_count].octets, packet, len);
		heard[heard_count++].len = len;
	}
	if (again.data)
		rig.env->transmit(rig.env->ctx, link, again.data, again.len);
}

/* Hex of a message from a locator of the target's to one of the peer's. */
static const char *message(unsigned slot, const char *from, unsigned to, const char *body,
			   enum forgery forgery)
{
	struct octets src = octets_of(from), o = octets_of(body);
	uint8_t packet[1024] = { 0 };
	size_t len = SHIM + o.len;

	memcpy(packet + SHIM, o.data, o.len);
	wrap(packet, len, src.data, &peer.set.addr[to], forgery);
	for (size_t i = 0; i < len; i++)
		sprintf(sent[slot] + 2 * i, "%02x", packet[i]);
	octets_free(&src);
	octets_free(&o);
	return sent[slot];
}

/* A second after the one before. */
static void will_send(unsigned slot, const char *hex)
{
	rig.timed[slot].usec = SOON + slot * 1000000;
	rig.timed[slot].hex = hex;
}

/* The tag that the target has been given, as text. */
static const char *peer_tag(void)
{
	static char text[16];

	snprintf(text, sizeof(text), "%012llx", (unsigned long long)peer.tag);
	return text;
}

/* RFC 5533 5.10 */
static const char *update_request(unsigned slot, const char *from, unsigned to, const char *options)
{
	char body[512];
	struct octets o = octets_of(options);

	snprintf(body, sizeof(body), "3b%02x4000 0000 %s 01020304 %s",
		 (unsigned)(1 + o.len / 8), peer_tag(), options);
	octets_free(&o);
	return message(slot, from, to, body, HONEST);
}

/* RFC 5534 5.2: a Probe of this state that reports itself alone. */
static const char *probe(unsigned slot, const char *from, unsigned to, unsigned state)
{
	char body[512], dst[40];

	for (unsigned i = 0; i < 16; i++)
		sprintf(dst + 2 * i, "%02x", peer.set.addr[to].s6_addr[i]);
	snprintf(body, sizeof(body), "3b064300 0000 %s 01%02x0000 %s %s 0000000%u 000000aa",
		 peer_tag(), state << 6, from, dst, slot + 1);
	return message(slot, from, to, body, HONEST);
}

static int setup(void **state)
{
	rig_setup(state);
	rig.on_deliver = target;
	heard_count = 0;
	return peer_init(&peer, peer_seed(1, "x/story"), 2);
}

static void assert_heard(unsigned n, unsigned type, unsigned from, const char *to)
{
	struct octets dst = octets_of(to);

	assert_true(n < heard_count);
	assert_int_equal(heard[n].octets[SHIM + 2], type);
	assert_memory_equal(heard[n].octets + 8, &peer.set.addr[from], 16);
	assert_memory_equal(heard[n].octets + 24, dst.data, 16);
	octets_free(&dst);
}

static void assert_octets_at(unsigned n, size_t at, const char *hex)
{
	struct octets o = octets_of(hex);

	assert_true(heard[n].len >= SHIM + at + o.len);
	assert_memory_equal(heard[n].octets + SHIM + at, o.data, o.len);
	octets_free(&o);
}

/* --- updates ---------------------------------------------------------------- */

static void an_update_request_is_acknowledged_the_way_it_came(void **state)
{
	(void)state;
	will_send(0, update_request(0, L1, 1, ""));
	assert_passes(STORY "+0 peer(updates)\n+5 bind(s, L1:1)\n");
	assert_int_equal(heard_count, 1);
	assert_heard(0, 65, 1, L1);
	assert_octets_at(0, 6, "0123456789ab 01020304"); /* 5.11: receiver tag, nonce */
}

static void what_a_call_makes_the_target_send_is_answered_before_the_next_event(void **state)
{
	(void)state;
	rig.on_send = update_request(0, L1, 0, "");
	assert_passes(STORY "+0 peer(updates)\n+0 send(s, \"x\")\n+0 bind(s, L1:1)\n");
	assert_heard(0, 65, 0, L1);
}

static void every_mistake_of_an_update_request_is_inconclusive(void **state)
{
	static const struct {
		const char *from, *options, *reason;
	} rows[] = {
		{ L2, "", "which the target has not told it" },
		/* 5.15.2: one locator, and no CGA parameters have come */
		{ L1, "0004001c 00000001 01010000 00000000" L1, "no CGA parameters" },
		/* 5.15.3: one element, and no list has come */
		{ L1, "00060006 00000000 01010000 00000000", "1 preferences for 0 locators" },
		{ L1, "00060005 00000009 01000000 00000000", "generation 9" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		will_send(0, update_request(0, rows[i].from, 0, rows[i].options));
		assert_verdict(STORY "+0 peer(updates)\n+5 bind(s, L1:1)\n", VERDICT_INCONCLUSIVE,
			       rows[i].reason);
		assert_int_equal(heard_count, 0);
	}
}

static void a_wrong_checksum_or_tag_is_inconclusive(void **state)
{
	static const char body[] = "3b014000 0000 000000000001 01020304";

	(void)state;
	will_send(0, message(0, L1, 0, body, BAD_CHECKSUM));
	assert_verdict(STORY "+0 peer(updates)\n+5 bind(s, L1:1)\n", VERDICT_INCONCLUSIVE,
		       "Update Request is wrong at octet 44");
	setup(state);
	will_send(0, message(0, L1, 0, body, HONEST));
	assert_verdict(STORY "+0 peer(updates)\n+5 bind(s, L1:1)\n", VERDICT_INCONCLUSIVE,
		       "has a tag of which the peer has no context");
}

/* --- what is taken ------------------------------------------------------------ */

static void what_is_not_named_stays_for_the_case(void **state)
{
	(void)state;
	will_send(0, probe(0, L1, 0, 1));
	assert_passes(STORY "+0 peer(updates)\n* > L1 -> P1 probe(state=1)\n");
	assert_int_equal(heard_count, 0);

	setup(state);
	will_send(0, probe(0, L1, 0, 1));
	assert_verdict(STORY "+0 peer(updates)\n+5 bind(s, L1:1)\n", VERDICT_FAIL, "");
}

static void peer_none_stops_it(void **state)
{
	static const char *const words[] = { "peer()", "peer(none)" };

	for (size_t i = 0; i < 2; i++) {
		char body[256];

		setup(state);
		will_send(0, probe(0, L1, 0, 1));
		snprintf(body, sizeof(body), STORY "+0 peer(probes)\n+0 %s\n* > L1 -> P1 probe\n",
			 words[i]);
		assert_passes(body);
		assert_int_equal(heard_count, 0);
	}
}

static void a_locator_that_is_down_answers_nothing_until_it_is_up(void **state)
{
	(void)state;
	will_send(0, probe(0, L1, 1, 1));
	will_send(1, probe(1, L1, 1, 1));
	will_send(2, probe(2, L1, 0, 1));
	assert_passes(STORY "+0 peer(probes)\n+0 peer_down(P2)\n+1.5 peer_up(P2)\n"
			    "+0 peer_down(P1)\n+5 bind(s, L1:1)\n");
	assert_int_equal(heard_count, 1);
	assert_heard(0, 67, 1, L1);
}

/* --- probes --------------------------------------------------------------------- */

static void a_probe_is_answered_by_its_state(void **state)
{
	(void)state;
	will_send(0, probe(0, L1, 1, 1)); /* Exploring */
	will_send(1, probe(1, L1, 1, 2)); /* InboundOk */
	will_send(2, probe(2, L1, 1, 0)); /* Operational */
	assert_passes(STORY "+0 peer(probes)\n+5 bind(s, L1:1)\n");
	assert_int_equal(heard_count, 2);
	assert_heard(0, 67, 1, L1);
	assert_octets_at(0, 6, "0123456789ab 11800000"); /* one report each, InboundOk */
	assert_heard(1, 67, 1, L1);
	assert_octets_at(1, 6, "0123456789ab 21000000"); /* two received, Operational */
}

static void what_was_received_is_reported_with_nonce_and_data(void **state)
{
	uint8_t expected[REAP_REPORT_LEN] = { 0 };

	(void)state;
	will_send(0, probe(0, L1, 1, 1));
	assert_passes(STORY "+0 peer(probes)\n+5 bind(s, L1:1)\n");
	/* behind the report of the Probe that was sent */
	put(expected, L1);
	memcpy(expected + 16, &peer.set.addr[1], 16);
	put(expected + 32, "00000001 000000aa");
	assert_memory_equal(heard[0].octets + SHIM + 16 + 40, expected, sizeof(expected));
	assert_memory_equal(heard[0].octets + SHIM + 16, &peer.set.addr[1], 16);
}

static void an_exploration_reports_nothing_from_the_one_before(void **state)
{
	(void)state;
	will_send(0, probe(0, L1, 1, 2));
	will_send(1, probe(1, L1, 1, 1));
	assert_passes(STORY "+0 peer(probes)\n+5 bind(s, L1:1)\n");
	assert_octets_at(1, 12, "11800000");
	assert_octets_at(1, 16 + 40 + 32, "00000002"); /* the nonce of the second */
}

static void a_case_writes_reports_as_structs(void **state)
{
	uint8_t expected[REAP_REPORT_LEN] = { 0 };

	(void)state;
	assert_passes(STORY "+0 < P2 -> L1 probe(receiver_tag=$local_tag, sent_count=1, state=1,\n"
			    "     reports=[{src=P2, dst=L1, nonce=7, data=0xaa}])\n");
	memcpy(expected, &peer.set.addr[1], 16);
	put(expected + 16, L1);
	put(expected + 32, "00000007 000000aa");
	assert_heard(0, 67, 1, L1);
	assert_memory_equal(heard[0].octets + SHIM + 16, expected, sizeof(expected));
}

static void a_case_reads_reports_as_structs(void **state)
{
	struct case_result r;

	(void)state;
	will_send(0, probe(0, L1, 1, 1));
	assert_passes(STORY "* > L1 -> P2 probe(reports=[{src=L1, dst=P2, nonce=1, data=170}])\n");
	r = rig_run(STORY "* > L1 -> P2 probe(reports=[{src=L1, dst=P2, nonce=9}])\n");
	assert_differs(&r, 5, "probe.reports[0].nonce", "9", "1");
	case_result_free(&r);
}

static void a_keepalive_is_taken(void **state)
{
	char body[128];

	(void)state;
	snprintf(body, sizeof(body), "3b014200 0000 %s 00000000", peer_tag());
	will_send(0, message(0, L1, 0, body, HONEST));
	assert_passes(STORY "+0 peer(probes)\n+5 bind(s, L1:1)\n");
	assert_int_equal(heard_count, 0);
}

static void without_end_is_inconclusive(void **state)
{
	(void)state;
	will_send(0, probe(0, L1, 0, 1));
	again = octets_of(sent[0]);
	assert_verdict(STORY "+0 peer(probes)\n+5 bind(s, L1:1)\n", VERDICT_INCONCLUSIVE,
		       "more than it can answer");
	octets_free(&again);
	again.data = NULL;
}

static void in_real_time_the_peer_plays_as_well(void **state)
{
	(void)state;
	rig.live = true;
	rig.on_send = probe(0, L1, 1, 1);
	assert_passes(STORY "+0 peer(probes)\n+0 send(s, \"x\")\n+0 bind(s, L1:1)\n");
	assert_int_equal(heard_count, 1);
	assert_heard(0, 67, 1, L1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_update_request_is_acknowledged_the_way_it_came, setup),
		cmocka_unit_test_setup(
			what_a_call_makes_the_target_send_is_answered_before_the_next_event, setup),
		cmocka_unit_test_setup(every_mistake_of_an_update_request_is_inconclusive, setup),
		cmocka_unit_test_setup(a_wrong_checksum_or_tag_is_inconclusive, setup),
		cmocka_unit_test_setup(what_is_not_named_stays_for_the_case, setup),
		cmocka_unit_test_setup(peer_none_stops_it, setup),
		cmocka_unit_test_setup(a_locator_that_is_down_answers_nothing_until_it_is_up,
				       setup),
		cmocka_unit_test_setup(a_probe_is_answered_by_its_state, setup),
		cmocka_unit_test_setup(what_was_received_is_reported_with_nonce_and_data, setup),
		cmocka_unit_test_setup(an_exploration_reports_nothing_from_the_one_before, setup),
		cmocka_unit_test_setup(a_case_writes_reports_as_structs, setup),
		cmocka_unit_test_setup(a_case_reads_reports_as_structs, setup),
		cmocka_unit_test_setup(a_keepalive_is_taken, setup),
		cmocka_unit_test_setup(without_end_is_inconclusive, setup),
		cmocka_unit_test_setup(in_real_time_the_peer_plays_as_well, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
