/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which addresses the host may use, whatever happens to links, prefixes and
 * neighbours. Links are of a kind that does nothing but count; the verdicts on
 * addresses are the tests' own.
 */
#include "refstack/daemon/daemon.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "refstack/core/test_keys.h"

enum { LINKS = 2 };

struct bed {
	struct settings settings;
	struct daemon d;
	struct octets key;
	unsigned begun[LINKS], added[LINKS];
	int add_error;
	char *said;
	size_t said_len;
};

static struct bed *bed_of(struct link *l)
{
	struct daemon *d = l->owner->ctx;

	return (struct bed *)((char *)d - offsetof(struct bed, d));
}

static int begin(struct link *l)
{
	bed_of(l)->begun[l->number - 1]++;
	return 0;
}

static int add(struct link *l, const struct in6_addr *addr)
{
	(void)addr;
	bed_of(l)->added[l->number - 1]++;
	return bed_of(l)->add_error;
}

static int send_nowhere(struct link *l, const void *packet, size_t len)
{
	(void)l, (void)packet, (void)len;
	return 0;
}

static const struct link_kind counting = { .name = "counting", .begin = begin, .add = add,
					   .send = send_nowhere };

/* Link k has the prefix 2001:db8:0:k::/64 from the settings, and is up. */
static void make_links(struct bed *b)
{
	static const char *const names[LINKS] = { "eth0", "eth1" };

	b->d.link_count = b->d.cfg.link_count = b->settings.link_count = LINKS;
	for (unsigned i = 0; i < LINKS; i++) {
		const uint8_t prefix[8] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, (uint8_t)(i + 1) };

		strcpy(b->settings.link[i].name, names[i]);
		b->settings.link[i].prefix_count = 1;
		memcpy(b->settings.link[i].prefix[0], prefix, 8);
		b->d.cfg.link[i] = (struct shim_link_config){ .mtu = 1500, .prefix_count = 1 };
		memcpy(b->d.cfg.link[i].prefix[0], prefix, 8);
		b->d.link[i] = (struct link){ .settings = &b->settings.link[i],
					      .owner = &b->d.owner, .kind = &counting,
					      .number = i + 1, .fd = 0, .up = true };
	}
}

static int setup(void **state)
{
	struct bed *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	b->d.settings = &b->settings;
	b->d.owner = (struct link_owner){ .ctx = &b->d, .log = daemon_log_line };
	b->d.journal.out = open_memstream(&b->said, &b->said_len);
	b->d.cfg.transmit = daemon_transmit;
	b->d.cfg.ctx = &b->d;
	make_links(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bed *b = *state;

	shim_host_free(b->d.host);
	octets_free(&b->key);
	fclose(b->d.journal.out);
	free(b->said);
	free(b);
	return 0;
}

#define bed_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const char *said(struct bed *b)
{
	fflush(b->d.journal.out);
	return b->said;
}

static unsigned count_said(struct bed *b, const char *what)
{
	unsigned n = 0;

	for (const char *at = said(b); (at = strstr(at, what)); at++)
		n++;
	return n;
}

/* --- what happens --------------------------------------------------------------------- */

static void make_host(struct bed *b)
{
	b->d.host = shim_host_new(&b->d.cfg);
	assert_non_null(b->d.host);
}

static void make_host_with_key(struct bed *b)
{
	b->key = octets_of(rsa_1024);
	b->settings.kind = b->d.cfg.kind = SHIM_HBA_CGA;
	b->d.cfg.key = b->key.data;
	b->d.cfg.key_len = b->key.len;
	make_host(b);
}

static struct in6_addr held(const struct bed *b, unsigned n)
{
	return b->d.held[n - 1].addr;
}

static void verdict(struct bed *b, unsigned link, struct in6_addr addr,
		    enum nd_address_status status)
{
	address_verdict(&b->d, &b->d.link[link - 1], &addr, status);
}

/* The host runs, both of its addresses being ours. */
static void run(struct bed *b)
{
	address_claim_all(&b->d);
	verdict(b, 1, held(b, 1), ND_ASSIGNED);
	verdict(b, 2, held(b, 2), ND_ASSIGNED);
	b->d.phase = RUNNING;
	address_tell_host(&b->d);
}

static void link_goes(struct bed *b, unsigned link, bool up)
{
	b->d.link[link - 1].up = up;
	address_link_changed(&b->d, &b->d.link[link - 1]);
}

/* A router speaks of 2001:db8:0:N::/64. */
static void advertise(struct bed *b, unsigned link, uint8_t n, uint32_t valid_sec)
{
	const struct nd_autonomous_prefix prefix = {
		.prefix = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, n },
		.valid_sec = valid_sec,
		.preferred_sec = valid_sec,
	};

	address_prefix(&b->d, &b->d.link[link - 1], &prefix);
}

/* Which of the host's addresses may be used: "1", "12", "-". */
static void assert_up(const struct bed *b, const char *expected)
{
	struct shim_address addresses[HOST_LOCATORS_MAX];
	size_t n = shim_host_addresses(b->d.host, addresses, HOST_LOCATORS_MAX);
	char up[HOST_LOCATORS_MAX + 1] = "";

	for (size_t i = 0, at = 0; i < n; i++)
		if (addresses[i].up)
			up[at++] = (char)('1' + i);
	assert_string_equal(*up ? up : "-", expected);
}

/* --- the start ------------------------------------------------------------------------ */

static void addresses_are_claimed_and_wait_for_verdicts(void **state)
{
	struct bed *b = *state;

	make_host(b);
	address_claim_all(&b->d);
	assert_int_equal(b->added[0], 1);
	assert_int_equal(b->added[1], 1);
	assert_false(address_all_settled(&b->d));
	verdict(b, 1, held(b, 1), ND_ASSIGNED);
	assert_false(address_all_settled(&b->d));
	verdict(b, 2, held(b, 2), ND_ASSIGNED);
	assert_true(address_all_settled(&b->d));
	assert_null(address_of_others(&b->d));
}

static void one_of_others_is_found(void **state)
{
	struct bed *b = *state;
	struct in6_addr second;

	make_host(b);
	address_claim_all(&b->d);
	second = held(b, 2);
	verdict(b, 1, held(b, 1), ND_ASSIGNED);
	verdict(b, 2, second, ND_DUPLICATE);
	assert_true(address_all_settled(&b->d));
	assert_memory_equal(address_of_others(&b->d), &second, 16);
	address_drop_all(&b->d);
	assert_int_equal(b->d.held_count, 0);
	assert_null(address_of_others(&b->d));
}

static void a_link_that_is_down_holds_nobody_up(void **state)
{
	struct bed *b = *state;

	make_host(b);
	b->d.link[1].up = false;
	address_claim_all(&b->d);
	assert_int_equal(b->added[1], 0);
	verdict(b, 1, held(b, 1), ND_ASSIGNED);
	assert_true(address_all_settled(&b->d));
	b->d.phase = RUNNING;
	address_tell_host(&b->d);
	assert_up(b, "1");
	link_goes(b, 2, true);
	assert_int_equal(b->begun[1], 1);
	assert_up(b, "1");
	verdict(b, 2, held(b, 2), ND_ASSIGNED);
	assert_up(b, "12");
}

static void an_address_that_cannot_be_had_is_none(void **state)
{
	struct bed *b = *state;

	make_host(b);
	b->add_error = -ENOSPC;
	address_claim_all(&b->d);
	assert_true(address_all_settled(&b->d));
	assert_non_null(address_of_others(&b->d));
}

static void verdicts_on_strangers_change_nothing(void **state)
{
	struct bed *b = *state;

	make_host(b);
	address_claim_all(&b->d);
	verdict(b, 2, held(b, 1), ND_DUPLICATE);
	verdict(b, 1, in6addr_loopback, ND_DUPLICATE);
	assert_null(address_of_others(&b->d));
}

/* --- links ---------------------------------------------------------------------------- */

static void a_link_that_goes_down_takes_its_address_along(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	assert_up(b, "12");
	link_goes(b, 1, false);
	assert_up(b, "2");
	assert_int_equal(count_said(b, "link 1 (eth0) is down"), 1);
}

static void one_that_comes_back_is_a_new_one(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	link_goes(b, 1, false);
	link_goes(b, 1, true);
	assert_int_equal(b->begun[0], 1);
	assert_int_equal(b->added[0], 2);
	assert_up(b, "2");
	verdict(b, 1, held(b, 1), ND_ASSIGNED);
	assert_up(b, "12");
	assert_int_equal(count_said(b, "link 1 (eth0) is up"), 2);
}

static void what_others_have_there_is_not_used(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	link_goes(b, 1, false);
	link_goes(b, 1, true);
	verdict(b, 1, held(b, 1), ND_DUPLICATE);
	assert_up(b, "2");
	assert_true(b->d.link_settled[0]);
}

static void what_others_have_no_more_is_used_again(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	link_goes(b, 1, false);
	link_goes(b, 1, true);
	verdict(b, 1, held(b, 1), ND_DUPLICATE);
	link_goes(b, 1, false);
	link_goes(b, 1, true);
	verdict(b, 1, held(b, 1), ND_ASSIGNED);
	assert_up(b, "12");
}

/* As one on TUN, where the verdict comes with the question. */
static void a_verdict_may_come_at_once(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	link_goes(b, 1, false);
	b->add_error = -ENOSPC;
	link_goes(b, 1, true);
	assert_true(b->d.link_settled[0]);
	assert_up(b, "2");
}

static void without_a_verdict_a_link_waits(void **state)
{
	struct bed *b = *state;

	make_host(b);
	address_claim_all(&b->d);
	verdict(b, 1, held(b, 1), ND_ASSIGNED);
	b->d.phase = RUNNING;
	address_tell_host(&b->d);
	assert_up(b, "1");
	verdict(b, 2, held(b, 2), ND_ASSIGNED);
	assert_up(b, "12");
}

static void down_in_the_middle_of_it_is_down(void **state)
{
	struct bed *b = *state;
	struct in6_addr first;

	make_host(b);
	run(b);
	first = held(b, 1);
	link_goes(b, 1, false);
	link_goes(b, 1, true);
	link_goes(b, 1, false);
	assert_true(address_all_settled(&b->d));
	assert_up(b, "2");
	link_goes(b, 1, true);
	verdict(b, 1, first, ND_ASSIGNED);
	assert_up(b, "12");
}

static void our_ethernet_address_with_another_is_no_link(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	verdict(b, 1, addr_of("fe80::1"), ND_ASSIGNED);
	assert_up(b, "12");
	verdict(b, 1, addr_of("fe80::1"), ND_DUPLICATE);
	assert_up(b, "2");
	assert_non_null(strstr(said(b), "somebody else has our Ethernet address"));
}

/* --- prefixes at the start ------------------------------------------------------------ */

static void prefixes_are_learnt_where_none_is_set(void **state)
{
	struct bed *b = *state;

	b->settings.link[1].prefix_count = b->d.cfg.link[1].prefix_count = 0;
	advertise(b, 1, 9, 1800);
	assert_int_equal(b->d.cfg.link[0].prefix_count, 1);
	advertise(b, 2, 9, 0);
	assert_int_equal(b->d.cfg.link[1].prefix_count, 0);
	advertise(b, 2, 9, 1800);
	advertise(b, 2, 9, 1800);
	advertise(b, 2, 1, 1800); /* link 1 has that one */
	assert_int_equal(b->d.cfg.link[1].prefix_count, 1);
	assert_int_equal(b->d.cfg.link[1].prefix[0][7], 9);
	assert_true(b->d.learnt_at > 0);
	for (uint8_t n = 10; n < 20; n++)
		advertise(b, 2, n, 1800);
	assert_int_equal(b->d.cfg.link[1].prefix_count, HOST_PREFIXES_MAX);
}

/* --- prefixes that come and go -------------------------------------------------------- */

static void a_new_prefix_is_told_once_where_the_set_is_hba_alone(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	advertise(b, 1, 1, 1800);
	assert_int_equal(count_said(b, "is not used"), 0);
	for (unsigned i = 0; i < 3; i++)
		advertise(b, 1, 9, 1800);
	advertise(b, 2, 9, 1800);
	assert_int_equal(count_said(b, "link 1 (eth0): the new prefix 2001:db8:0:9::/64 is not used: "
				       "an HBA set can't grow (RFC 5535 4)"), 1);
	assert_int_equal(count_said(b, "is not used"), 2);
	assert_int_equal(b->d.held_count, 2);
}

static void with_a_key_a_new_prefix_makes_a_locator(void **state)
{
	struct bed *b = *state;

	make_host_with_key(b);
	run(b);
	advertise(b, 2, 9, 1800);
	assert_int_equal(b->d.held_count, 3);
	assert_int_equal(held(b, 3).s6_addr[7], 9);
	assert_up(b, "12");
	verdict(b, 2, held(b, 3), ND_ASSIGNED);
	assert_up(b, "123");
	advertise(b, 2, 9, 1800);
	assert_int_equal(b->d.held_count, 3);
}

static void one_that_others_have_is_given_up(void **state)
{
	struct bed *b = *state;

	make_host_with_key(b);
	run(b);
	advertise(b, 2, 9, 1800);
	verdict(b, 2, held(b, 3), ND_DUPLICATE);
	assert_int_equal(b->d.held_count, 2);
	assert_up(b, "12");
	b->add_error = -ENOSPC;
	advertise(b, 2, 9, 1800);
	assert_int_equal(b->d.held_count, 2);
}

static void a_locator_goes_with_its_prefix_and_comes_back(void **state)
{
	struct bed *b = *state;

	make_host_with_key(b);
	run(b);
	advertise(b, 2, 9, 1800);
	verdict(b, 2, held(b, 3), ND_ASSIGNED);
	advertise(b, 2, 9, 0);
	advertise(b, 2, 9, 0);
	assert_up(b, "12");
	link_goes(b, 2, false);
	link_goes(b, 2, true); /* it isn't claimed without its prefix */
	verdict(b, 2, held(b, 2), ND_ASSIGNED);
	assert_up(b, "12");
	advertise(b, 2, 9, 1800);
	assert_up(b, "12");
	verdict(b, 2, held(b, 3), ND_ASSIGNED);
	assert_up(b, "123");
}

static void what_is_set_does_not_expire(void **state)
{
	struct bed *b = *state;

	make_host(b);
	run(b);
	advertise(b, 1, 1, 0);
	assert_up(b, "12");
}

static void there_are_no_more_than_the_host_takes(void **state)
{
	struct bed *b = *state;

	make_host_with_key(b);
	run(b);
	for (uint8_t n = 10; n < 60; n++)
		advertise(b, 1, n, 1800);
	assert_int_equal(b->d.held_count, HOST_LOCATORS_MAX);
	assert_non_null(strstr(said(b), "there are too many addresses"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bed_test(addresses_are_claimed_and_wait_for_verdicts),
		bed_test(one_of_others_is_found),
		bed_test(a_link_that_is_down_holds_nobody_up),
		bed_test(an_address_that_cannot_be_had_is_none),
		bed_test(verdicts_on_strangers_change_nothing),
		bed_test(a_link_that_goes_down_takes_its_address_along),
		bed_test(one_that_comes_back_is_a_new_one),
		bed_test(what_others_have_there_is_not_used),
		bed_test(what_others_have_no_more_is_used_again),
		bed_test(a_verdict_may_come_at_once),
		bed_test(without_a_verdict_a_link_waits),
		bed_test(down_in_the_middle_of_it_is_down),
		bed_test(our_ethernet_address_with_another_is_no_link),
		bed_test(prefixes_are_learnt_where_none_is_set),
		bed_test(a_new_prefix_is_told_once_where_the_set_is_hba_alone),
		bed_test(with_a_key_a_new_prefix_makes_a_locator),
		bed_test(one_that_others_have_is_given_up),
		bed_test(a_locator_goes_with_its_prefix_and_comes_back),
		bed_test(what_is_set_does_not_expire),
		bed_test(there_are_no_more_than_the_host_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
