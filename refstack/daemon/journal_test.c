/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines, as those who read them find them. */
#include "refstack/daemon/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "wire/test_octets.h"

static char text[4096];

static struct journal open_journal(bool json)
{
	memset(text, 0, sizeof(text));
	return (struct journal){ .out = fmemopen(text, sizeof(text), "w"), .json = json };
}

static void assert_text(struct journal *j, const char *expected)
{
	fclose(j->out);
	assert_string_equal(text, expected);
}

static struct shim_event reap_event(void)
{
	return (struct shim_event){
		.kind = SHIM_EVENT_REAP,
		.at = 12 * USEC_PER_SEC + 345,
		.ct_local = 0x123456789abc,
		.ct_peer = 7,
		.ulid_local = addr_of("2001:db8:a::1"),
		.ulid_peer = addr_of("2001:db8:b::1"),
		.fii = 9,
		.from = "Operational",
		.to = "Exploring",
		.lp_local = addr_of("2001:db8:a::2"),
		.lp_peer = addr_of("2001:db8:b::2"),
	};
}

static void text_has_seconds_in_front(void **state)
{
	struct journal j = open_journal(false);
	const struct shim_address address = { .addr = addr_of("2001:db8::1"), .link = 2 };

	(void)state;
	journal_start(&j, &(struct timespec){ .tv_sec = 1795277483, .tv_nsec = 904400123 });
	journal_line(&j, 1, "first");
	journal_link(&j, 3 * USEC_PER_SEC, 1, "eth0", false);
	journal_address(&j, 100 * USEC_PER_SEC + 999999, &address);
	assert_text(&j, "0.000000 refstackd " SHIMPROOF_VERSION " at 2026-11-21T16:11:23.904400Z\n"
			"0.000001 first\n"
			"3.000000 link 1 (eth0) is down\n"
			"100.999999 address 2001:db8::1 of link 2 is down\n");
}

static void json_has_an_object_a_line(void **state)
{
	struct journal j = open_journal(true);
	const struct shim_address address = { .addr = addr_of("2001:db8::1"), .link = 2, .up = true };

	(void)state;
	journal_start(&j, &(struct timespec){ .tv_sec = 1795277483, .tv_nsec = 904400123 });
	journal_line(&j, 1, "\"first\"\n");
	journal_link(&j, 3 * USEC_PER_SEC, 1, "eth0", true);
	journal_address(&j, 4 * USEC_PER_SEC, &address);
	assert_text(&j, "{\"time\":0.000000,\"event\":\"start\",\"unix\":1795277483.904400,"
			"\"version\":\"" SHIMPROOF_VERSION "\"}\n"
			"{\"time\":0.000001,\"event\":\"log\",\"text\":\"\\\"first\\\"\\n\"}\n"
			"{\"time\":3.000000,\"event\":\"link\",\"link\":1,\"name\":\"eth0\",\"up\":true}\n"
			"{\"time\":4.000000,\"event\":\"address\",\"address\":\"2001:db8::1\",\"link\":2,"
			"\"up\":true}\n");
}

#define CONTEXT                                                                                    \
	"\"ct_local\":20015998343868,\"ct_peer\":7,\"ulid_local\":\"2001:db8:a::1\","              \
	"\"ulid_peer\":\"2001:db8:b::1\",\"fii\":9"
#define PAIR "\"local\":\"2001:db8:a::2\",\"peer\":\"2001:db8:b::2\"}\n"

static void json_has_all_of_an_event(void **state)
{
	struct journal j = open_journal(true);
	struct shim_event event = reap_event();

	(void)state;
	journal_event(&j, &event);
	event.kind = SHIM_EVENT_PAIR;
	event.from = event.to = NULL;
	journal_event(&j, &event);
	assert_text(&j, "{\"time\":12.000345,\"event\":\"reap\"," CONTEXT
			",\"from\":\"Operational\",\"to\":\"Exploring\"," PAIR
			"{\"time\":12.000345,\"event\":\"pair\"," CONTEXT "," PAIR);
}

/* The core tells its log, too. */
static void an_event_is_told_once(void **state)
{
	struct shim_event event = reap_event();
	struct journal j = open_journal(true);
	char line[256];

	(void)state;
	shim_event_text(&event, line, sizeof(line));
	journal_event(&j, &event);
	journal_line(&j, event.at, line);
	assert_text(&j, "{\"time\":12.000345,\"event\":\"reap\"," CONTEXT
			",\"from\":\"Operational\",\"to\":\"Exploring\"," PAIR);

	j = open_journal(false);
	journal_event(&j, &event);
	journal_line(&j, event.at, line);
	assert_text(&j, "12.000345 context 123456789abc 2001:db8:a::1 - 2001:db8:b::1: "
			"Operational -> Exploring\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_seconds_in_front),
		cmocka_unit_test(json_has_an_object_a_line),
		cmocka_unit_test(json_has_all_of_an_event),
		cmocka_unit_test(an_event_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
