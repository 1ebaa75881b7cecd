/* SPDX-License-Identifier: BSD-2-Clause */
/* From a ledger to a result and a capture, whatever the ledger holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/harvest.h"
#include "pcap/pcapng.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEDGER = 2 << 20 };

static const char *const rules[] = { "rfc0000/1/a", "rfc0000/1/b" };
static const struct event events[] = {
	{ .place = { "x.case", 7, 1, 5 }, .text = "+0 first" },
	{ .place = { "x.case", 8, 1, 5 }, .text = "+0 second" },
};
static const struct scenario scenario = {
	.id = "rfc0000/1-x/y:z", .title = "a story", .place = { "x.case", 3, 1, 4 },
	.rules = rules, .rule_count = 2, .links = 2, .events = events, .event_count = 2,
};
static const struct child_end finished = { .finished = true };

static struct ledger ledger;

static int setup(void **state)
{
	(void)state;
	return ledger_map(&ledger, LEDGER);
}

static int teardown(void **state)
{
	(void)state;
	ledger_unmap(&ledger);
	return 0;
}

static struct case_result harvest(const struct child_end *end, bool all_events)
{
	struct case_result r;
	uint8_t *octets;
	size_t len;

	assert_int_equal(ledger_copy(&ledger, &octets, &len), 0);
	assert_int_equal(harvest_begin(&r, &scenario), 0);
	assert_int_equal(harvest_result(&r, &scenario, octets, len, end, all_events), 0);
	free(octets);
	return r;
}

static void a_failure_comes_with_its_event_and_differences(void **state)
{
	struct case_result r;

	(void)state;
	ledger_say(&ledger, RECORD_CHECK, 0, "", NULL);
	ledger_say(&ledger, RECORD_CHECK, 0, "", NULL);
	ledger_say(&ledger, RECORD_FAILURE, 1, "it went wrong", NULL);
	ledger_say(&ledger, RECORD_DIFFERENCE, 40, "udp.src", "7", "8", NULL);
	ledger_say(&ledger, RECORD_VERDICT, VERDICT_FAIL, "", NULL);
	ledger_say(&ledger, RECORD_VERDICT, VERDICT_PASS, "", NULL); /* the first one counts */
	r = harvest(&finished, false);
	assert_int_equal(r.status, STATUS_COMPLETED);
	assert_int_equal(r.verdict, VERDICT_FAIL);
	assert_int_equal(r.checks, 2);
	assert_string_equal(r.id, "rfc0000/1-x/y:z");
	assert_int_equal(r.rule_count, 2);
	assert_string_equal(r.failure->message, "it went wrong");
	assert_string_equal(r.failure->source, "+0 second");
	assert_int_equal(r.failure->line, 8);
	assert_int_equal(r.failure->difference_count, 1);
	assert_string_equal(r.failure->differences[0].where, "udp.src");
	assert_string_equal(r.failure->differences[0].expected, "7");
	assert_string_equal(r.failure->differences[0].actual, "8");
	assert_int_equal(r.failure->differences[0].offset, 40);
	case_result_free(&r);
}

static void a_crash_leaves_what_was_said_before_it(void **state)
{
	const struct child_end crashed = { .status = SIGSEGV };
	struct case_result r;

	(void)state;
	ledger_say(&ledger, RECORD_REACHED, 1, "", NULL);
	ledger_say(&ledger, RECORD_EVENT, 0, "0.000000 call", NULL);
	ledger_say(&ledger, RECORD_VERDICT, VERDICT_PASS, "", NULL);
	r = harvest(&crashed, false);
	assert_int_equal(r.status, STATUS_CRASHED);
	assert_int_equal(r.verdict, VERDICT_NONE);
	assert_string_equal(r.reason, "SIGSEGV (11), at x.case:8");
	assert_non_null(r.failure);
	assert_int_equal(r.failure->line, 8);
	assert_string_equal(r.failure->message, "expected this event to end, got SIGSEGV (11)");
	assert_int_equal(r.event_count, 1);
	case_result_free(&r);
	ledger_say(&ledger, RECORD_REACHED, 2, "", NULL);
	r = harvest(&crashed, false);
	assert_string_equal(r.reason, "SIGSEGV (11), after the last event");
	assert_null(r.failure);
	case_result_free(&r);
}

static void a_timeout_and_damage_outrank_a_pass(void **state)
{
	const struct child_end late = { .timed_out = true, .status = SIGKILL };
	struct case_result r;

	(void)state;
	ledger_say(&ledger, RECORD_VERDICT, VERDICT_PASS, "", NULL);
	r = harvest(&late, false);
	assert_int_equal(r.status, STATUS_TIMED_OUT);
	assert_int_equal(r.verdict, VERDICT_NONE);
	case_result_free(&r);

	ledger_say(&ledger, RECORD_DAMAGE, 0, "the target closed descriptor 1", NULL);
	r = harvest(&finished, false);
	assert_int_equal(r.status, STATUS_CRASHED);
	assert_int_equal(r.verdict, VERDICT_NONE);
	assert_string_equal(r.reason, "the target closed descriptor 1");
	case_result_free(&r);
}

static void no_verdict_is_inconclusive(void **state)
{
	struct case_result r = harvest(&finished, false);

	(void)state;
	assert_int_equal(r.status, STATUS_COMPLETED);
	assert_int_equal(r.verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(r.reason);
	case_result_free(&r);
}

static void only_the_last_events_of_what_did_not_pass_are_shown(void **state)
{
	struct case_result r;
	char line[32];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		ledger_say(&ledger, RECORD_EVENT, 0, line, NULL);
	}
	r = harvest(&finished, false);
	assert_int_equal(r.event_count, EVENTS_SHOWN);
	assert_string_equal(r.events[0], "line 8");
	assert_string_equal(r.events[11], "line 19");
	case_result_free(&r);

	ledger_say(&ledger, RECORD_VERDICT, VERDICT_PASS, "", NULL);
	r = harvest(&finished, false);
	assert_int_equal(r.event_count, 0);
	case_result_free(&r);
	r = harvest(&finished, true);
	assert_int_equal(r.event_count, 20);
	case_result_free(&r);
}

/* Every place of a ledger that lies, and every length of one that was cut. */
static void a_ledger_that_lies_does_no_harm(void **state)
{
	uint8_t *octets, *exact;
	struct case_result r;
	size_t len;

	(void)state;
	ledger_say(&ledger, RECORD_FAILURE, 99, "of no event", NULL);
	ledger_say(&ledger, RECORD_DIFFERENCE, 0, "only one text", NULL);
	ledger_say(&ledger, RECORD_VERDICT, 1234, "", NULL);
	ledger_say(&ledger, 0x7777, 0, "unknown", NULL);
	assert_int_equal(ledger_copy(&ledger, &octets, &len), 0);
	for (size_t cut = 0; cut <= len; cut++) {
		exact = malloc(cut ? cut : 1);
		memcpy(exact, octets, cut);
		assert_int_equal(harvest_begin(&r, &scenario), 0);
		assert_int_equal(harvest_result(&r, &scenario, exact, cut, &finished, true), 0);
		assert_int_equal(r.verdict, VERDICT_INCONCLUSIVE);
		free(exact);
		if (cut < len)
			case_result_free(&r);
	}
	assert_int_equal(r.failure->line, 3);
	assert_string_equal(r.failure->differences[0].expected, "");
	case_result_free(&r);
	free(octets);
}

static void a_length_beyond_the_ledger_is_bounded(void **state)
{
	uint8_t *octets;
	size_t len;

	(void)state;
	memset(ledger.base, 0xff, 16);
	assert_int_equal(ledger_copy(&ledger, &octets, &len), 0);
	assert_true(len < LEDGER);
	free(octets);
}

static void packets_leave_room_for_the_verdict(void **state)
{
	static const uint8_t packet[1280];
	const struct record r = { .kind = RECORD_PACKET, .len = sizeof(packet) };
	unsigned kept = 0;

	(void)state;
	while (ledger_put(&ledger, &r, packet))
		kept++;
	assert_in_range(kept, 500, LEDGER / sizeof(packet));
	assert_true(ledger_say(&ledger, RECORD_VERDICT, VERDICT_FAIL, "there is room", NULL));
}

static void notes_and_differences_leave_room_for_the_verdict(void **state)
{
	(void)state;
	while (ledger_say(&ledger, RECORD_NOTE, 0, "NOT EXPECTED", NULL))
		;
	while (ledger_say(&ledger, RECORD_DIFFERENCE, -1, "", "", "", NULL))
		;
	assert_true(ledger_say(&ledger, RECORD_VERDICT, VERDICT_FAIL, "there is room", NULL));
}

/* --- captures ------------------------------------------------------------- */

static void add_packet(int64_t usec, int64_t link, enum pcapng_direction direction)
{
	static const char octets[] = "an IPv6 packet";
	const struct record r = { .kind = RECORD_PACKET, .len = sizeof(octets) - 1,
				  .number = { usec, link, direction } };

	assert_non_null(ledger_put(&ledger, &r, octets));
}

static size_t occurrences(const char *octets, size_t len, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i + strlen(text) <= len; i++)
		n += !memcmp(octets + i, text, strlen(text));
	return n;
}

static void a_capture_has_packets_links_and_comments(void **state)
{
	char folder[] = P_tmpdir "/harvest-XXXXXX", path[64], expected[64], *name, file[4096];
	uint8_t *octets;
	size_t len, n;
	FILE *f;

	(void)state;
	add_packet(0, 1, PCAPNG_INBOUND);
	add_packet(5, 2, PCAPNG_OUTBOUND);
	add_packet(6, -3, PCAPNG_OUTBOUND);
	ledger_say(&ledger, RECORD_NOTE, 1, "handshake R1", NULL);
	ledger_say(&ledger, RECORD_NOTE, 1, "NOT EXPECTED", NULL);
	ledger_say(&ledger, RECORD_NOTE, 77, "of no packet", NULL);
	assert_int_equal(ledger_copy(&ledger, &octets, &len), 0);
	assert_non_null(mkdtemp(folder));

	snprintf(path, sizeof(path), "%s//", folder);
	assert_int_equal(harvest_capture(&name, path, &scenario, octets, len), 0);
	snprintf(expected, sizeof(expected), "%s/rfc0000_1-x_y.z.pcapng", folder);
	assert_string_equal(name, expected + strlen(P_tmpdir "/"));
	f = fopen(expected, "rb");
	assert_non_null(f);
	n = fread(file, 1, sizeof(file), f);
	fclose(f);
	assert_int_equal(occurrences(file, n, "an IPv6 packet"), 3);
	assert_int_equal(occurrences(file, n, "link1"), 1);
	assert_int_equal(occurrences(file, n, "link2"), 1);
	assert_int_equal(occurrences(file, n, "handshake R1; NOT EXPECTED"), 1);
	assert_int_equal(occurrences(file, n, "of no packet"), 0);
	assert_int_equal(occurrences(file, n, "no link of the case"), 1);
	free(name);
	unlink(expected);
	rmdir(folder);
	free(octets);
}

static void without_packets_there_is_a_capture_without_any(void **state)
{
	char folder[] = P_tmpdir "/harvest-XXXXXX", path[64], *name, file[4096];
	size_t n;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(harvest_capture(&name, folder, &scenario, NULL, 0), 0);
	snprintf(path, sizeof(path), "%s/%s", P_tmpdir, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(file, 1, sizeof(file), f);
	fclose(f);
	assert_int_equal(occurrences(file, n, "link1"), 1);
	assert_int_equal(occurrences(file, n, "an IPv6 packet"), 0);
	free(name);
	unlink(path);
	rmdir(folder);
}

static void a_capture_that_cannot_be_written_is_an_error(void **state)
{
	uint8_t *octets;
	char *name = NULL;
	size_t len;

	(void)state;
	add_packet(0, 1, PCAPNG_INBOUND);
	assert_int_equal(ledger_copy(&ledger, &octets, &len), 0);
	assert_int_equal(harvest_capture(&name, "no-such-folder", &scenario, octets, len), -ENOENT);
	assert_null(name);
	free(octets);
}

int main(void)
{
#define CLAIM(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CLAIM(a_failure_comes_with_its_event_and_differences),
		CLAIM(a_crash_leaves_what_was_said_before_it),
		CLAIM(a_timeout_and_damage_outrank_a_pass),
		CLAIM(no_verdict_is_inconclusive),
		CLAIM(only_the_last_events_of_what_did_not_pass_are_shown),
		CLAIM(a_ledger_that_lies_does_no_harm),
		CLAIM(a_length_beyond_the_ledger_is_bounded),
		CLAIM(packets_leave_room_for_the_verdict),
		CLAIM(notes_and_differences_leave_room_for_the_verdict),
		CLAIM(a_capture_has_packets_links_and_comments),
		CLAIM(without_packets_there_is_a_capture_without_any),
		CLAIM(a_capture_that_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
