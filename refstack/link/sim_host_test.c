/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts: how they come, are restarted, and go. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "refstack/link/sim_world.h"
#include "wire/shim6.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

/* --- coming ------------------------------------------------------------------------------ */

static void eight_hosts_reach_each_other_and_there_is_no_ninth(void **state)
{
	struct world *w = world_new((struct sim_config){ .quality.delay_usec = 5 }, 8, 0);
	const struct shim_config ninth = world_host_config(8);

	(void)state;
	assert_int_equal(sim_add_host(w->sim, &ninth), -ENOSPC);
	for (unsigned from = 0; from < 8; from++)
		for (unsigned to = 0; to < 8; to++)
			for (unsigned k = 1; k <= 2; k++)
				world_send(w, from, k, to, 3 - k, from * 8 + to);
	sim_settle(w->sim);
	for (unsigned to = 0; to < 8; to++)
		assert_int_equal(w->arrivals[to], 16);
	world_free(w);
}

static void a_host_may_come_late(void **state)
{
	struct world *w = *state;
	const struct shim_config third = world_host_config(C);

	sim_run_until(w->sim, 7000);
	assert_int_equal(sim_add_host(w->sim, &third), C);
	assert_true(shim_host_now(sim_host(w->sim, C)) == 7000);
	world_send(w, A, 1, C, 2, 0);
	sim_settle(w->sim);
	assert_int_equal(w->arrivals[C], 1);
}

static void a_configuration_that_is_refused_leaves_nothing(void **state)
{
	struct world *w = *state;
	const struct shim_config good = world_host_config(C);
	struct shim_config bad;

	bad = good, bad.link_count = 0;
	assert_int_equal(sim_add_host(w->sim, &bad), -EINVAL);
	bad = good, bad.link_count = HOST_LINKS_MAX + 1;
	assert_int_equal(sim_add_host(w->sim, &bad), -EINVAL);
	bad = good, bad.link[0].mtu = 1279;
	assert_int_equal(sim_add_host(w->sim, &bad), -EINVAL);
	assert_int_equal(w->begun[C], 0);
	assert_int_equal(sim_set(w->sim, (struct sim_paths){ A, 1, C, 1 },
				 &(struct sim_quality){ 0 }), -ENOENT);
	assert_int_equal(sim_add_host(w->sim, &good), C);
	assert_int_equal(w->begun[C], 1);
}

/* Of its first locator. */
static struct in6_addr address_of(uint64_t sim_seed, uint64_t host_seed)
{
	struct world *w = world_new((struct sim_config){ .seed = sim_seed }, 0, 0);
	struct shim_config cfg = world_host_config(A);
	struct in6_addr addr;

	cfg.seed = host_seed;
	assert_int_equal(sim_add_host(w->sim, &cfg), 0);
	addr = world_locator(w, A, 1);
	world_free(w);
	return addr;
}

static void a_host_without_a_seed_gets_one_from_the_simulation(void **state)
{
	struct in6_addr drawn = address_of(1, 0), again = address_of(1, 0);
	struct in6_addr other = address_of(2, 0);
	struct in6_addr own = address_of(1, 5), still_own = address_of(2, 5);

	(void)state;
	assert_memory_equal(&drawn, &again, sizeof(drawn));
	assert_memory_not_equal(&drawn, &other, sizeof(drawn));
	assert_memory_equal(&own, &still_own, sizeof(own));
}

struct line_count {
	unsigned n;
};

static void count_line(void *ctx, const char *line)
{
	assert_non_null(line);
	((struct line_count *)ctx)->n++;
}

static void a_host_logs_to_its_own_ctx(void **state)
{
	struct world *w = *state;
	struct line_count lines = { 0 };
	struct shim_config cfg = world_host_config(C);

	cfg.log = count_line;
	cfg.ctx = &lines;
	cfg.initiate_after = 1;
	sim_add_host(w->sim, &cfg);
	world_send(w, C, 1, A, 1, 0);
	sim_settle(w->sim);
	assert_true(lines.n > 0);
}

/* --- a new life ------------------------------------------------------------------------------ */

/* Tag and nonce of the last I1 (RFC 5533 5.4) that has set out. */
struct i1_seen {
	uint8_t tag[6], nonce[4];
};

static void keep_i1(struct sim *sim, void *ctx, const struct sim_event *e)
{
	struct i1_seen *i1 = ctx;

	(void)sim;
	if (e->fate != SIM_SENT || e->len < 56 || e->packet[6] != PROTO_SHIM6 ||
	    e->packet[42] != SHIM6_I1)
		return;
	memcpy(i1->tag, e->packet + 46, sizeof(i1->tag));
	memcpy(i1->nonce, e->packet + 52, sizeof(i1->nonce));
}

static void begin_context(struct sim *sim, struct i1_seen *out, struct i1_seen *seen)
{
	struct shim_address a[2], b[2];
	struct shim_send send = { .protocol = WORLD_PROTOCOL };

	shim_host_addresses(sim_host(sim, A), a, 2);
	shim_host_addresses(sim_host(sim, B), b, 2);
	send.local = a[0].addr;
	send.peer = b[0].addr;
	assert_int_equal(shim_send(sim_host(sim, A), &send, "abcd", 4), 0);
	*out = *seen;
}

static void a_restarted_host_chooses_other_tags_and_nonces(void **state)
{
	struct i1_seen seen = { { 0 }, { 0 } }, life[3];
	const struct sim_config cfg = { .seed = 3, .ctx = &seen, .tap = keep_i1 };
	struct sim *sim = sim_new(&cfg);

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct shim_config host = world_host_config(i);

		host.initiate_after = 1;
		assert_int_equal(sim_add_host(sim, &host), i);
	}
	for (unsigned i = 0; i < 3; i++) {
		begin_context(sim, &life[i], &seen);
		for (unsigned k = 0; k < i; k++) {
			assert_memory_not_equal(life[i].tag, life[k].tag, 6);
			assert_memory_not_equal(life[i].nonce, life[k].nonce, 4);
		}
		assert_int_equal(sim_restart_host(sim, A), 0);
	}
	sim_free(sim);
}

static void a_restarted_host_keeps_its_addresses_and_nothing_else(void **state)
{
	struct world *w = world_new((struct sim_config){ .seed = 42 }, 2, 1);
	struct in6_addr before = world_locator(w, B, 1), after;

	(void)state;
	world_send(w, A, 1, B, 1, 0);
	sim_run_until(w->sim, 5000);
	assert_true(world_has_context(w, B, A));

	assert_int_equal(sim_restart_host(w->sim, B), 0);
	after = world_locator(w, B, 1);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_false(world_has_context(w, B, A));
	assert_true(world_has_context(w, A, B));
	assert_true(shim_host_now(sim_host(w->sim, B)) == 5000);
	world_free(w);
}

static void upper_layers_come_and_go_with_their_host(void **state)
{
	struct world *w = *state;

	assert_int_equal(w->begun[A], 1);
	sim_restart_host(w->sim, B);
	assert_int_equal(w->begun[A], 1);
	assert_int_equal(w->begun[B], 2);
	assert_int_equal(w->ended[A], 0);
	assert_int_equal(w->ended[B], 1);
	world_send(w, A, 1, B, 1, 0);
	sim_settle(w->sim);
	assert_int_equal(w->arrivals[B], 1);
	sim_free(w->sim);
	w->sim = NULL;
	assert_int_equal(w->ended[A], 1);
	assert_int_equal(w->ended[B], 2);
}

static void packets_under_way_reach_the_new_life(void **state)
{
	struct world *w = *state;

	sim_set(w->sim, SIM_ALL_PATHS, &(struct sim_quality){ .delay_usec = 100 });
	world_send(w, A, 1, B, 1, 0);
	sim_run_until(w->sim, 50);
	sim_restart_host(w->sim, B);
	sim_run_until(w->sim, 100);
	assert_int_equal(w->arrivals[B], 1);
}

/* --- going --------------------------------------------------------------------------------------- */

/* valgrind and the sanitizers say whether it does. */
static void all_that_is_under_way_goes_with_the_simulation(void **state)
{
	struct world *w = *state;

	sim_set(w->sim, SIM_ALL_PATHS, &(struct sim_quality){
		.delay_usec = 100, .duplicate_ppm = 500000 });
	for (unsigned i = 0; i < 100; i++)
		world_send(w, A, 1, B, 1, i);
	sim_outage(w->sim, SIM_ALL_PATHS, 5, 6);
	assert_true(sim_in_air(w->sim) > 100);
	sim_free(NULL);
}

static void a_key_need_not_outlive_the_call(void **state)
{
	struct world *w = *state;
	struct shim_config cfg = world_host_config(C);
	EVP_PKEY *rsa = EVP_RSA_gen(1024);
	struct in6_addr before, after;
	uint8_t *der = NULL;
	int len = i2d_PrivateKey(rsa, &der);

	assert_true(len > 0);
	EVP_PKEY_free(rsa);
	cfg.kind = SHIM_CGA;
	cfg.key = der;
	cfg.key_len = (size_t)len;
	assert_int_equal(sim_add_host(w->sim, &cfg), C);
	OPENSSL_clear_free(der, (size_t)len);

	before = world_locator(w, C, 1);
	assert_int_equal(sim_restart_host(w->sim, C), 0);
	after = world_locator(w, C, 1);
	assert_memory_equal(&before, &after, sizeof(before));
}

/* As a TCP does with its resets. */
static void say_farewell(struct sim *sim, void *ctx, unsigned host)
{
	struct shim_address own[2];
	struct shim_send send = { .protocol = WORLD_PROTOCOL };

	shim_host_addresses(sim_host(sim, host), own, 2);
	send.local = own[0].addr;
	send.peer = *(const struct in6_addr *)ctx;
	assert_int_equal(shim_send(sim_host(sim, host), &send, "farewell", 8), 0);
}

static void a_host_may_send_to_its_end(void **state)
{
	struct in6_addr peer;
	const struct sim_config cfg = { .ctx = &peer, .host_ends = say_farewell };
	struct sim *sim = sim_new(&cfg);
	struct shim_address own[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct shim_config host = world_host_config(i);

		assert_int_equal(sim_add_host(sim, &host), i);
	}
	shim_host_addresses(sim_host(sim, A), own, 2);
	peer = own[0].addr;
	sim_restart_host(sim, B);
	sim_settle(sim);
	assert_int_equal(sim_count(sim, (struct sim_paths){ B, 1, A, 1 }, SIM_DELIVERED), 1);
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_hosts_reach_each_other_and_there_is_no_ninth),
		world_test(a_host_may_come_late),
		world_test(a_configuration_that_is_refused_leaves_nothing),
		cmocka_unit_test(a_host_without_a_seed_gets_one_from_the_simulation),
		world_test(a_host_logs_to_its_own_ctx),
		cmocka_unit_test(a_restarted_host_chooses_other_tags_and_nonces),
		cmocka_unit_test(a_restarted_host_keeps_its_addresses_and_nothing_else),
		world_test(upper_layers_come_and_go_with_their_host),
		world_test(packets_under_way_reach_the_new_life),
		world_test(a_key_need_not_outlive_the_call),
		cmocka_unit_test(a_host_may_send_to_its_end),
		world_test(all_that_is_under_way_goes_with_the_simulation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
