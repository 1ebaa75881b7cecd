/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into refstack/socket/, and through it into what the core does for
 * sockets: two hosts, and an input that is a program of the applications' calls, of what
 * happens to the hosts, and of what happens to the packets between them. After each step
 * what must hold of hosts and sockets does.
 */
#include "fuzz/socket_fuzz.h"
#include "refstack/core/internal.h"
#include "refstack/core/test_rsa_1024.h"
#include "refstack/socket/kind.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS_MAX = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

void demand(bool so, const char *what)
{
	if (!so) {
		fprintf(stderr, "not so: %s\n", what);
		abort();
	}
}

/* --- from the program ---------------------------------------------------------------------- */

unsigned octet(struct world *w)
{
	return rbuf_u8(&w->program);
}

struct side *some_side(struct world *w)
{
	return &w->side[octet(w) & 1];
}

struct side *other_side(struct side *e)
{
	return &e->world->side[!e->self];
}

/* Bit 0 the side, bits 1 to 4 the socket. */
struct who some_socket(struct world *w)
{
	unsigned which = octet(w);
	struct side *e = &w->side[which & 1];
	struct who o = { .side = e, .t = e->sockets, .s = (int)(which >> 1 & 0xf) };

	o.sock = sock_of(o.t, o.s);
	if (o.sock)
		o.memory = &e->memory[o.s];
	return o;
}

struct in6_addr locator(const struct side *e, unsigned n)
{
	return e->host->locator[n % e->host->locator_count].addr;
}

struct in6_addr some_address(struct world *w, const struct side *e)
{
	static const char *const odd[] = {
		"::", "::1", "ff02::1", "::ffff:192.0.2.1", "fe80::1", "2001:db8:ff::1",
	};
	unsigned what = octet(w), n = what & 0x3f;
	struct in6_addr addr = locator(&w->side[!e->self], n);

	if (what & 0x40)
		addr = locator(e, n);
	if (what & 0x80)
		inet_pton(AF_INET6, odd[n % (sizeof(odd) / sizeof(odd[0]))], &addr);
	return addr;
}

/* --- memory of the applications' ------------------------------------------------------------ */

void *exact(const void *octets, size_t len)
{
	void *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, octets, len);
	return copy;
}

void *exact_untouched(size_t len)
{
	void *room = malloc(len ? len : 1);

	if (!room)
		abort();
	memset(room, UNTOUCHED, len ? len : 1);
	return room;
}

void demand_untouched(const void *octets, size_t from, size_t len, const char *what)
{
	for (size_t i = from; i < len; i++)
		demand(((const uint8_t *)octets)[i] == UNTOUCHED, what);
}

/* --- hosts --------------------------------------------------------------------------------- */

static bool arrival(void *ctx, const struct shim_arrival *a)
{
	const struct side *e = ctx;

	check_arrival(e, a);
	return sock_upper.arrival(e->sockets, a);
}

static void error(void *ctx, const struct shim_upper_error *upper_error)
{
	const struct side *e = ctx;

	if (sock_upper.error)
		sock_upper.error(e->sockets, upper_error);
}

static bool wishes(void *ctx, const struct in6_addr *local, const struct in6_addr *peer,
		   uint32_t fii, struct shim_wishes *out)
{
	const struct side *e = ctx;

	return sock_upper.wishes(e->sockets, local, peer, fii, out);
}

static const struct shim_upper upper = { .arrival = arrival, .error = error, .wishes = wishes };

static struct span private_key(void)
{
	static uint8_t der[sizeof(rsa_1024) / 2];
	static size_t len;

	for (; len < sizeof(der); len++)
		if (sscanf(rsa_1024 + 2 * len, "%2hhx", &der[len]) != 1)
			abort();
	return (struct span){ der, len };
}

/* With a key, hosts get new addresses later; signatures take time, so not many have one. */
static void give_key(struct shim_config *cfg, unsigned setting)
{
	struct span key = private_key();

	cfg->kind = setting & 1 ? SHIM_CGA : SHIM_HBA_CGA;
	cfg->key = key.data;
	cfg->key_len = key.len;
}

/* How each is stands in the bits of the setting. */
static void side_begin(struct side *e)
{
	unsigned setting = e->world->setting;
	struct shim_config cfg = {
		.seed = e->self,
		.link_count = 2 + (setting >> 2 & 1),
		.initiate_after = setting >> e->self & 1,
		.contexts_max = CONTEXTS_MAX,
		.forks_max = setting & 8 ? 1 : 0,
		.deliver_all_icmp = setting & 16,
		.ctx = e,
		.transmit = transmit,
	};

	if (setting >> 6 == 3)
		give_key(&cfg, setting >> 5);
	for (uint8_t k = 0; k < cfg.link_count; k++)
		cfg.link[k] = (struct shim_link_config){
			.mtu = 1500 - 110u * k,
			.prefix_count = 1,
			.prefix = { { 0x20, 0x01, 0x0d, 0xb8, 0, (uint8_t)e->self, 0, k } },
		};
	e->host = shim_host_new(&cfg);
	e->sockets = e->host ? sock_table_new(e->host) : NULL;
	if (!e->sockets)
		abort();
	shim_set_upper(e->host, &upper, e);
	memset(e->memory, 0, sizeof(e->memory));
	e->sent_count = 0;
}

static void side_end(struct side *e)
{
	sock_table_free(e->sockets);
	shim_host_free(e->host);
}

/* --- steps: what happens to hosts ------------------------------------------------------------ */

static void advance(struct side *e, usec_t now)
{
	shim_host_advance(e->host, now);
	sock_table_advance(e->sockets);
}

static void wait(struct world *w)
{
	struct side *e = some_side(w);
	unsigned how = octet(w);
	usec_t usec = (usec_t)(how & 0x0f) << (how >> 4) * 2;

	advance(e, shim_host_now(e->host) + usec);
}

static void wait_for_what_is_due(struct world *w)
{
	struct side *e = some_side(w);
	usec_t due = shim_host_deadline(e->host), due_of_sockets = sock_table_deadline(e->sockets);

	if (due_of_sockets < due)
		due = due_of_sockets;
	if (due != USEC_NEVER)
		advance(e, due);
}

static void change_link(struct world *w)
{
	struct side *e = some_side(w);
	unsigned what = octet(w);

	shim_host_link_event(e->host, what & 3, what & 4);
}

static void change_address(struct world *w)
{
	struct side *e = some_side(w);
	unsigned what = octet(w);
	struct in6_addr addr = some_address(w, e);

	addr.s6_addr[14] ^= (uint8_t)(what >> 3); /* a new one */
	shim_host_address_event(e->host, what & 3, &addr, what & 4);
}

static void initiate(struct world *w)
{
	struct side *e = some_side(w);
	unsigned pair = octet(w);
	struct in6_addr local = locator(e, pair), peer = locator(other_side(e), pair >> 2);

	shim_initiate(e->host, &local, &peer, pair >> 4 & 3);
}

static void restart(struct world *w)
{
	struct side *e = some_side(w);

	side_end(e);
	side_begin(e);
}

/* The corpus names them by their number; some stand more than once, since they are needed
 * more often. */
static void (*const steps[])(struct world *w) = {
	[0] = deliver,
	[1] = deliver_all,
	[2] = lose,
	[3] = deliver_twice,
	[4] = deliver_changed,
	[5] = deliver_cut,
	[6] = deliver_made_up,
	[7] = complain,
	[8] = wait,
	[9] = wait_for_what_is_due,
	[10] = change_link,
	[11] = change_address,
	[12] = initiate,
	[13] = restart,
	[14] = open_one,
	[15] = close_one,
	[16] = bind_it,
	[17] = connect_it,
	[18] = disconnect_it,
	[19] = say,
	[20] = say_to,
	[21] = say_with,
	[22] = hear,
	[23] = hear_with,
	[24] = set_option,
	[25] = get_option,
	[26] = poll_it,
	[27] = ask_names,
	[28] = listen_it,
	[29] = accept_one,
	[30] = shut_down,
	[31] = set_option,
	[32] = say,
	[33] = deliver_all,
};

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static struct world w;

	w = (struct world){ .program = rbuf_of(octets, len) };
	w.setting = octet(&w);
	for (unsigned i = 0; i < 2; i++) {
		w.side[i].world = &w;
		w.side[i].self = i;
		side_begin(&w.side[i]);
	}
	for (unsigned i = 0; i < STEPS_MAX && rbuf_left(&w.program) > 0; i++) {
		steps[octet(&w) % (sizeof(steps) / sizeof(steps[0]))](&w);
		for (unsigned k = 0; k < 2; k++)
			check_side(&w.side[k]);
	}
	for (unsigned i = 0; i < 2; i++)
		side_end(&w.side[i]);
	return 0;
}
