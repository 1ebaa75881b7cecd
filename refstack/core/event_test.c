/* SPDX-License-Identifier: BSD-2-Clause */
/* What those hear who listen to a host, and what they see who look at it. */
#include "refstack/core/test_keys.h"

enum { EVENTS_MAX = 64 };

/* What A said, in order. */
struct diary {
	unsigned count;
	struct shim_event event[EVENTS_MAX];
	unsigned lines;
	char last[256];
};

/* Of the test that runs: cfg.ctx, which the log could get it by, is the link's. */
static struct diary diary;

static void write_down(void *ctx, const struct shim_event *event)
{
	struct diary *d = ctx;

	assert_true(d->count < EVENTS_MAX);
	d->event[d->count++] = *event;
}

static bool take(void *ctx, const struct shim_arrival *arrival)
{
	(void)ctx;
	(void)arrival;
	return true;
}

static const struct shim_upper listener = { .arrival = take, .event = write_down };

static int listen_setup(void **state)
{
	struct pair *p = pair_of_kinds(42, SHIM_HBA_CGA, SHIM_HBA, rsa_1024);

	diary = (struct diary){ .count = 0 };
	shim_set_upper(p->host[A], &listener, &diary);
	*state = p;
	return 0;
}

#define listen_test(f) cmocka_unit_test_setup_teardown(f, listen_setup, pair_teardown)

/* The n-th event of a kind, from 0. */
static const struct shim_event *told(enum shim_event_kind kind, unsigned n)
{
	for (unsigned i = 0; i < diary.count; i++)
		if (diary.event[i].kind == kind && n-- == 0)
			return &diary.event[i];
	fail();
	return NULL;
}

static unsigned count_told(enum shim_event_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < diary.count; i++)
		n += diary.event[i].kind == kind;
	return n;
}

static void assert_change(const struct shim_event *event, const char *from, const char *to)
{
	assert_string_equal(event->from, from);
	assert_string_equal(event->to, to);
}

/* --- each kind ------------------------------------------------------------------------ */

/* RFC 5533 6.2 */
static void every_state_of_a_handshake_is_told(void **state)
{
	struct pair *p = *state;
	const struct shim_context *a;

	shim_host_advance(p->host[A], 5 * USEC_PER_SEC);
	establish(p);
	a = context_of(p, A);
	assert_int_equal(count_told(SHIM_EVENT_STATE), 3);
	assert_change(told(SHIM_EVENT_STATE, 0), "IDLE", "I1-SENT");
	assert_change(told(SHIM_EVENT_STATE, 1), "I1-SENT", "I2-SENT");
	assert_change(told(SHIM_EVENT_STATE, 2), "I2-SENT", "ESTABLISHED");
	for (unsigned i = 0; i < 3; i++) {
		assert_true(told(SHIM_EVENT_STATE, i)->at == 5 * USEC_PER_SEC);
		assert_true(told(SHIM_EVENT_STATE, i)->ct_local == a->ct_local);
		assert_addr(&told(SHIM_EVENT_STATE, i)->ulid_local, locator_of(p, A, 1));
		assert_addr(&told(SHIM_EVENT_STATE, i)->ulid_peer, locator_of(p, B, 1));
		assert_int_equal(told(SHIM_EVENT_STATE, i)->fii, 0);
	}
	assert_true(told(SHIM_EVENT_STATE, 2)->ct_peer == a->ct_peer);
}

static void a_recovery_is_told(void **state)
{
	struct pair *p = *state;

	establish(p);
	context_remove(&p->host[B]->contexts, context_of(p, B));
	diary.count = 0;
	assert_int_equal(send_payload(p, A, 2), 0);
	settle(p);
	assert_int_equal(count_told(SHIM_EVENT_STATE), 2);
	assert_change(told(SHIM_EVENT_STATE, 0), "ESTABLISHED", "I2BIS-SENT");
	assert_change(told(SHIM_EVENT_STATE, 1), "I2BIS-SENT", "ESTABLISHED");
}

static void a_failure_is_told_and_its_end(void **state)
{
	struct pair *p = *state;

	p->lose_type = SHIM6_I1;
	p->lose_count = 100;
	initiate(p, A);
	run_until(p, 1000 * USEC_PER_SEC);
	assert_int_equal(diary.count, 3);
	assert_change(&diary.event[1], "I1-SENT", "E-FAILED");
	assert_change(&diary.event[2], "E-FAILED", "IDLE");
	assert_true(diary.event[2].at - diary.event[1].at == 60 * USEC_PER_SEC);
}

/* RFC 5533 9 */
static void a_context_that_nobody_uses_is_told_to_end(void **state)
{
	struct pair *p = *state;

	establish(p);
	diary.count = 0;
	run_until(p, 301 * USEC_PER_SEC);
	assert_int_equal(diary.count, 1);
	assert_change(&diary.event[0], "ESTABLISHED", "IDLE");
	assert_true(diary.event[0].at == 300 * USEC_PER_SEC);
}

static void what_the_fork_is_is_told(void **state)
{
	struct pair *p = *state;
	const struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);

	assert_int_equal(shim_initiate(p->host[A], &a1, &b1, 9), 0);
	assert_int_equal(diary.event[0].fii, 9);
}

/* RFC 5534 3 and 4.2 */
static void exploration_and_the_pair_it_finds_are_told(void **state)
{
	struct pair *p = *state;

	establish(p);
	diary.count = 0;
	assert_int_equal(shim_host_link_event(p->host[A], 1, false), 0);
	run_until(p, USEC_PER_SEC);
	assert_change(told(SHIM_EVENT_REAP, 0), "Operational", "Exploring");
	assert_string_equal(told(SHIM_EVENT_REAP, count_told(SHIM_EVENT_REAP) - 1)->to,
			    "Operational");
	assert_addr(&told(SHIM_EVENT_PAIR, 0)->lp_local, locator_of(p, A, 2));
	assert_null(told(SHIM_EVENT_PAIR, 0)->from);
}

/* RFC 5533 10.5: from here on the new address can be a source. */
static void an_acknowledged_update_is_told(void **state)
{
	struct pair *p = *state;
	const struct in6_addr addr = addr_of("2001:db8:a:3::3");

	establish(p);
	diary.count = 0;
	assert_int_equal(shim_host_address_event(p->host[A], 2, &addr, true), 0);
	assert_int_equal(count_told(SHIM_EVENT_TOLD), 0);
	settle(p);
	assert_int_equal(count_told(SHIM_EVENT_TOLD), 1);
	assert_int_equal(send_payload(p, A, 3), 0);
}

static void an_update_of_the_peers_is_told(void **state)
{
	struct pair *p = *state;

	establish(p);
	diary.count = 0;
	assert_int_equal(shim_host_link_event(p->host[B], 2, false), 0);
	settle(p);
	assert_int_equal(count_told(SHIM_EVENT_LIST), 1);
	assert_int_equal(context_of(p, A)->ls_peer->at[1].preference.flags, SHIM6_BROKEN);
}

static void a_proven_pair_in_reserve_is_told(void **state)
{
	struct pair *p = *state;

	establish(p);
	diary.count = 0;
	shim_hot_standby(p->host[A], context_of(p, A), true);
	settle(p);
	assert_int_equal(count_told(SHIM_EVENT_STANDBY), 1);
}

/* --- to whom -------------------------------------------------------------------------- */

static void log_line(void *ctx, const char *line)
{
	(void)ctx;
	diary.lines++;
	assert_in_range(strlen(line), 1, sizeof(diary.last) - 1);
	memcpy(diary.last, line, strlen(line) + 1);
}

static void hear(void *ctx, const struct shim_event *event)
{
	(void)ctx;
	write_down(&diary, event);
}

static void the_configured_callbacks_hear_it_too(void **state)
{
	struct pair *p = pair_new(42, 0);
	struct shim_config cfg = pair_config(&p->end[A], 42);

	(void)state;
	diary = (struct diary){ .count = 0 };
	cfg.event = hear;
	cfg.log = log_line;
	shim_host_free(p->host[A]);
	pair_host(p, A, &cfg);
	establish(p);
	assert_int_equal(count_told(SHIM_EVENT_STATE), 3);
	assert_int_equal(diary.lines, diary.count);
	assert_non_null(strstr(diary.last, "I2-SENT -> ESTABLISHED"));
	pair_free(p);
}

static void what_is_dropped_is_logged_with_its_addresses(void **state)
{
	struct pair *p = pair_new(42, 0);
	struct shim_config cfg = pair_config(&p->end[A], 42);
	char address[INET6_ADDRSTRLEN];
	struct flight f;

	(void)state;
	diary = (struct diary){ .count = 0 };
	cfg.log = log_line;
	shim_host_free(p->host[A]);
	pair_host(p, A, &cfg);
	initiate(p, B);
	f = p->flight[0];
	f.octets[44] ^= 1; /* the checksum */
	diary.lines = 0;
	land(p, &f);
	assert_int_equal(diary.lines, 1);
	inet_ntop(AF_INET6, f.octets + 8, address, sizeof(address));
	assert_non_null(strstr(diary.last, address));
	inet_ntop(AF_INET6, f.octets + 24, address, sizeof(address));
	assert_non_null(strstr(diary.last, address));
	pair_free(p);
}

/* --- in words ------------------------------------------------------------------------- */

static void kinds_have_names(void **state)
{
	(void)state;
	assert_string_equal(shim_event_name(SHIM_EVENT_STATE), "state");
	assert_string_equal(shim_event_name(SHIM_EVENT_REAP), "reap");
	assert_string_equal(shim_event_name(SHIM_EVENT_PAIR), "pair");
	assert_string_equal(shim_event_name(SHIM_EVENT_LIST), "list");
	assert_string_equal(shim_event_name(SHIM_EVENT_TOLD), "told");
	assert_string_equal(shim_event_name(SHIM_EVENT_STANDBY), "standby");
}

static struct shim_event an_event(enum shim_event_kind kind)
{
	return (struct shim_event){
		.kind = kind,
		.ct_local = 0x0123456789ab,
		.ulid_local = addr_of("2001:db8:a::1"),
		.ulid_peer = addr_of("2001:db8:b::1"),
		.lp_local = addr_of("2001:db8:a::2"),
		.lp_peer = addr_of("2001:db8:b::2"),
	};
}

static void events_have_a_line_each(void **state)
{
	struct shim_event event = an_event(SHIM_EVENT_STATE);
	char line[256];

	(void)state;
	event.from = "IDLE";
	event.to = "I1-SENT";
	shim_event_text(&event, line, sizeof(line));
	assert_string_equal(line, "context 0123456789ab 2001:db8:a::1 - 2001:db8:b::1: "
				  "IDLE -> I1-SENT");
	event = an_event(SHIM_EVENT_PAIR);
	shim_event_text(&event, line, sizeof(line));
	assert_string_equal(line, "context 0123456789ab 2001:db8:a::1 - 2001:db8:b::1: "
				  "sends from 2001:db8:a::2 to 2001:db8:b::2");
	for (enum shim_event_kind kind = SHIM_EVENT_LIST; kind <= SHIM_EVENT_STANDBY; kind++) {
		event = an_event(kind);
		shim_event_text(&event, line, sizeof(line));
		assert_in_range(strlen(line), 60, 120);
	}
}

static void a_line_that_does_not_fit_is_cut(void **state)
{
	struct shim_event event = an_event(SHIM_EVENT_PAIR);
	char whole[256], line[256];

	(void)state;
	shim_event_text(&event, whole, sizeof(whole));
	for (size_t size = 1; size <= strlen(whole) + 1; size++) {
		memset(line, 'x', sizeof(line));
		shim_event_text(&event, line, size);
		assert_int_equal(strlen(line), size - 1);
		assert_memory_equal(line, whole, size - 1);
		assert_int_equal(line[size], 'x');
	}
}

/* --- what there is -------------------------------------------------------------------- */

struct list {
	unsigned count;
	struct shim_context_info info[4];
};

static void add(void *ctx, const struct shim_context_info *info)
{
	struct list *list = ctx;

	assert_true(list->count < 4);
	list->info[list->count++] = *info;
}

static void contexts_can_be_looked_at(void **state)
{
	struct pair *p = *state;
	struct list list = { .count = 0 };
	const struct shim_context *a;

	shim_host_contexts(p->host[A], add, &list);
	assert_int_equal(list.count, 0);
	initiate(p, A);
	shim_host_contexts(p->host[A], add, &list);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.info[0].state, "I1-SENT");
	assert_int_equal(list.info[0].peer_locators, 0);
	settle(p);
	shim_host_advance(p->host[A], 7 * USEC_PER_SEC);
	assert_int_equal(send_payload(p, A, 0), 0);
	list.count = 0;
	shim_host_contexts(p->host[A], add, &list);
	a = context_of(p, A);
	assert_string_equal(list.info[0].state, "ESTABLISHED");
	assert_string_equal(list.info[0].reap, "Operational");
	assert_true(list.info[0].ct_local == a->ct_local && list.info[0].ct_peer == a->ct_peer);
	assert_addr(&list.info[0].ulid_local, locator_of(p, A, 1));
	assert_addr(&list.info[0].ulid_peer, locator_of(p, B, 1));
	assert_addr(&list.info[0].lp_local, locator_of(p, A, 1));
	assert_addr(&list.info[0].lp_peer, locator_of(p, B, 1));
	assert_int_equal(list.info[0].peer_locators, 2);
	assert_true(list.info[0].used == 7 * USEC_PER_SEC);
}

static void every_context_is_looked_at_once(void **state)
{
	struct pair *p = *state;
	const struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);
	struct list list = { .count = 0 };
	unsigned seen = 0;

	for (uint32_t fii = 0; fii < 4; fii++)
		assert_int_equal(shim_initiate(p->host[A], &a1, &b1, fii), 0);
	shim_host_contexts(p->host[A], add, &list);
	assert_int_equal(list.count, 4);
	for (unsigned i = 0; i < 4; i++)
		seen |= 1u << list.info[i].fii;
	assert_int_equal(seen, 0xf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		listen_test(every_state_of_a_handshake_is_told),
		listen_test(a_recovery_is_told),
		listen_test(a_failure_is_told_and_its_end),
		listen_test(a_context_that_nobody_uses_is_told_to_end),
		listen_test(what_the_fork_is_is_told),
		listen_test(exploration_and_the_pair_it_finds_are_told),
		listen_test(an_acknowledged_update_is_told),
		listen_test(an_update_of_the_peers_is_told),
		listen_test(a_proven_pair_in_reserve_is_told),
		cmocka_unit_test(the_configured_callbacks_hear_it_too),
		cmocka_unit_test(what_is_dropped_is_logged_with_its_addresses),
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(events_have_a_line_each),
		cmocka_unit_test(a_line_that_does_not_fit_is_cut),
		listen_test(contexts_can_be_looked_at),
		listen_test(every_context_is_looked_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
