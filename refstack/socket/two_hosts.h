/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of this folder: hosts A and B with two links between them, two
 * locators each, and nothing else. A begins a context with its first packet on
 * a ULID pair; B never begins one, so what B sends first comes without.
 */
#ifndef REFSTACK_TWO_HOSTS_H
#define REFSTACK_TWO_HOSTS_H

#include "refstack/include/shim.h"
#include "refstack/socket/sock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { A, B };
enum { LINKS = 2, IN_FLIGHT_MAX = 128, FLOWN_MAX = 256, PACKET_MAX = 1500, PORT = 4660 };

struct flying {
	unsigned to, link;
	usec_t at;
	size_t len;
	uint8_t octets[PACKET_MAX];
};

struct two_hosts {
	struct shim_host *host[2];
	struct sock_table *sockets[2];
	struct side {
		struct two_hosts *both;
		unsigned self;
	} side[2];
	struct flying flying[IN_FLIGHT_MAX];
	unsigned flying_count;
	struct flying last;   /* the last one that took off */
	unsigned flown_count; /* since this was last set to 0; more than FLOWN_MAX aren't kept */
	struct flying flown[FLOWN_MAX];
	bool cut[2][LINKS + 1]; /* nothing lands at this locator of that host */
};

static inline void two_hosts_transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct side *side = ctx;
	struct two_hosts *w = side->both;

	assert_true(w->flying_count < IN_FLIGHT_MAX && len <= PACKET_MAX);
	w->last = (struct flying){ .to = !side->self, .link = link, .len = len };
	w->last.at = w->host[side->self] ? shim_host_now(w->host[side->self]) : 0;
	memcpy(w->last.octets, packet, len);
	w->flying[w->flying_count++] = w->last;
	if (w->flown_count < FLOWN_MAX)
		w->flown[w->flown_count++] = w->last;
}

/* The number of a host's locator, from 1; 0: it isn't one. */
static inline unsigned number_of(const struct two_hosts *w, unsigned side, const uint8_t *addr)
{
	struct shim_address own[LINKS];

	shim_host_addresses(w->host[side], own, LINKS);
	for (unsigned n = 1; n <= LINKS; n++)
		if (memcmp(&own[n - 1].addr, addr, 16) == 0)
			return n;
	return 0;
}

/* Packets land, unless their destination is cut off, and those that they cause, until
 * the air is empty. */
static inline void settle(struct two_hosts *w)
{
	while (w->flying_count > 0) {
		struct flying first = w->flying[0];

		memmove(w->flying, w->flying + 1, --w->flying_count * sizeof(first));
		if (!w->cut[first.to][number_of(w, first.to, first.octets + 24)])
			shim_host_input(w->host[first.to], first.link, first.octets, first.len);
	}
}

static inline usec_t earlier(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

/* All that happens in a time. */
static inline void run_for(struct two_hosts *w, usec_t time)
{
	usec_t end = shim_host_now(w->host[A]) + time, due;

	do {
		settle(w);
		due = end;
		for (unsigned i = 0; i < 2; i++) {
			due = earlier(due, shim_host_deadline(w->host[i]));
			due = earlier(due, sock_table_deadline(w->sockets[i]));
		}
		for (unsigned i = 0; i < 2; i++) {
			shim_host_advance(w->host[i], due);
			sock_table_advance(w->sockets[i]);
		}
	} while (due < end || w->flying_count > 0);
}

static inline int two_hosts_setup(void **state)
{
	struct two_hosts *w = calloc(1, sizeof(*w));

	for (unsigned i = 0; w && i < 2; i++) {
		struct shim_config cfg = {
			.seed = 7 + i,
			.link_count = LINKS,
			.initiate_after = i == A,
			.ctx = &w->side[i],
			.transmit = two_hosts_transmit,
		};

		for (unsigned k = 0; k < LINKS; k++) {
			const uint8_t prefix[8] = {
				0x20, 0x01, 0x0d, 0xb8, 0, (uint8_t)(i + 1), 0, (uint8_t)(k + 1)
			};

			cfg.link[k] = (struct shim_link_config){ .mtu = 1500, .prefix_count = 1 };
			memcpy(cfg.link[k].prefix[0], prefix, 8);
		}
		w->side[i] = (struct side){ w, i };
		w->host[i] = shim_host_new(&cfg);
		w->sockets[i] = w->host[i] ? sock_table_new(w->host[i]) : NULL;
		if (!w->sockets[i])
			return -1;
	}
	*state = w;
	return w ? 0 : -1;
}

static inline int two_hosts_teardown(void **state)
{
	struct two_hosts *w = *state;

	for (unsigned i = 0; i < 2; i++) {
		sock_table_free(w->sockets[i]);
		shim_host_free(w->host[i]);
	}
	free(w);
	return 0;
}

#define two_hosts_test(f) cmocka_unit_test_setup_teardown(f, two_hosts_setup, two_hosts_teardown)

/* Locator n of a host, from 1 like L1. Locator n is on link n. */
static inline struct in6_addr locator(const struct two_hosts *w, unsigned side, unsigned n)
{
	struct shim_address own[LINKS];

	assert_int_equal(shim_host_addresses(w->host[side], own, LINKS), LINKS);
	assert_int_equal(own[n - 1].link, n);
	return own[n - 1].addr;
}

static inline struct sockaddr_in6 name_of(struct in6_addr addr, uint16_t port)
{
	return (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = addr,
	};
}

static inline struct sockaddr_in6 name_at(const struct two_hosts *w, unsigned side, unsigned n,
					  uint16_t port)
{
	return name_of(locator(w, side, n), port);
}

static inline int udp_socket(struct two_hosts *w, unsigned side)
{
	int s = sock_socket(w->sockets[side], AF_INET6, SOCK_DGRAM, IPPROTO_UDP);

	assert_true(s >= 0);
	return s;
}

static inline int raw_socket(struct two_hosts *w, unsigned side, int protocol)
{
	int s = sock_socket(w->sockets[side], AF_INET6, SOCK_RAW, protocol);

	assert_true(s >= 0);
	return s;
}

static inline int bind_to(struct two_hosts *w, unsigned side, int s, struct sockaddr_in6 name)
{
	return sock_bind(w->sockets[side], s, (struct sockaddr *)&name, sizeof(name));
}

static inline int connect_to(struct two_hosts *w, unsigned side, int s, struct sockaddr_in6 name)
{
	return sock_connect(w->sockets[side], s, (struct sockaddr *)&name, sizeof(name));
}

static inline ssize_t send_to(struct two_hosts *w, unsigned side, int s, struct sockaddr_in6 name,
			      const void *data, size_t len)
{
	return sock_sendto(w->sockets[side], s, data, len, 0, (struct sockaddr *)&name,
			   sizeof(name));
}

static inline int disconnect_from(struct two_hosts *w, unsigned side, int s)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	return sock_connect(w->sockets[side], s, &none, sizeof(none));
}

static inline struct sockaddr_in6 own_name(struct two_hosts *w, unsigned side, int s)
{
	struct sockaddr_in6 name;
	socklen_t len = sizeof(name);

	assert_int_equal(sock_getsockname(w->sockets[side], s, (struct sockaddr *)&name, &len), 0);
	return name;
}

static inline int set_option(struct two_hosts *w, unsigned side, int s, int name, int value)
{
	return sock_setsockopt(w->sockets[side], s, SOL_SHIM, name, &value, sizeof(value));
}

/* The value of an int option; or, what none of them has, the negative error. */
static inline int get_option(struct two_hosts *w, unsigned side, int s, int name)
{
	socklen_t len = sizeof(int);
	int value, rc;

	rc = sock_getsockopt(w->sockets[side], s, SOL_SHIM, name, &value, &len);
	return rc < 0 ? rc : value;
}

static inline int set_local_send_option(struct two_hosts *w, unsigned side, int s,
					struct in6_addr addr)
{
	const struct shim_locator lc = { .lc_family = AF_INET6, .lc_addr = addr };

	return sock_setsockopt(w->sockets[side], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &lc, sizeof(lc));
}

/* A locator option with nothing but an address. */
static inline int set_locator(struct two_hosts *w, unsigned side, int s, int name,
			      struct in6_addr addr)
{
	const struct shim_locator lc = { .lc_family = AF_INET6, .lc_addr = addr };

	return sock_setsockopt(w->sockets[side], s, SOL_SHIM, name, &lc, sizeof(lc));
}

static inline struct shim_locator get_locator(struct two_hosts *w, unsigned side, int s, int name)
{
	struct shim_locator lc;
	socklen_t len = sizeof(lc);

	memset(&lc, 0xa5, sizeof(lc));
	assert_int_equal(sock_getsockopt(w->sockets[side], s, SOL_SHIM, name, &lc, &len), 0);
	assert_int_equal(len, sizeof(lc));
	return lc;
}

/* A's socket, connected to B's PORT, where nobody needs to be. */
static inline int connected_socket(struct two_hosts *w)
{
	int s = udp_socket(w, A);

	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	return s;
}

/* A's first packet makes it begin a context, which comes to stand. */
static inline void associate(struct two_hosts *w, int s)
{
	assert_int_equal(get_option(w, A, s, SHIM_ASSOCIATED), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "", 0, 0), 0);
	settle(w);
	assert_int_equal(get_option(w, A, s, SHIM_ASSOCIATED), 1);
}

static inline int associated_socket(struct two_hosts *w)
{
	int s = connected_socket(w);

	associate(w, s);
	return s;
}

/* B's socket at PORT, any address. */
static inline int bound_socket(struct two_hosts *w)
{
	int s = udp_socket(w, B);

	assert_int_equal(bind_to(w, B, s, name_of(in6addr_any, PORT)), 0);
	return s;
}

static inline void assert_receives(struct two_hosts *w, unsigned side, int s, const char *text)
{
	char buf[64];
	ssize_t len = sock_recv(w->sockets[side], s, buf, sizeof(buf), 0);

	assert_int_equal(len, strlen(text));
	assert_memory_equal(buf, text, (size_t)len);
}

static inline void assert_nothing_to_receive(struct two_hosts *w, unsigned side, int s)
{
	char buf[64];

	assert_int_equal(sock_recv(w->sockets[side], s, buf, sizeof(buf), 0), -EAGAIN);
}

/* RFC 8200 3: a packet's Next Header, Source Address and Destination Address. */
static inline uint8_t next_header(const struct flying *p)
{
	return p->octets[6];
}

static inline bool is_from(const struct flying *p, struct in6_addr addr)
{
	return memcmp(p->octets + 8, &addr, sizeof(addr)) == 0;
}

static inline bool is_to(const struct flying *p, struct in6_addr addr)
{
	return memcmp(p->octets + 24, &addr, sizeof(addr)) == 0;
}

/* RFC 5533 5.3: a control message's type; 0: it is none. */
static inline uint8_t control_type(const struct flying *p)
{
	return next_header(p) == 140 && !(p->octets[42] & 0x80) ? p->octets[42] : 0;
}

/* The n-th control message of a type since flown_count was 0, from 1; NULL: there is none. */
static inline const struct flying *flown_nth(const struct two_hosts *w, unsigned to, uint8_t type,
					     unsigned n)
{
	for (unsigned i = 0; i < w->flown_count; i++)
		if (w->flown[i].to == to && control_type(&w->flown[i]) == type && --n == 0)
			return &w->flown[i];
	return NULL;
}

static inline unsigned flown_of(const struct two_hosts *w, unsigned to, uint8_t type)
{
	unsigned n = 0;

	while (flown_nth(w, to, type, n + 1))
		n++;
	return n;
}

/* One datagram of A's: from its locator and to B's. */
static inline void assert_goes(struct two_hosts *w, int s, unsigned from, unsigned to)
{
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_int_equal(number_of(w, A, w->last.octets + 8), from);
	assert_int_equal(number_of(w, B, w->last.octets + 24), to);
	assert_int_equal(next_header(&w->last), from == 1 && to == 1 ? 17 : 140);
	assert_int_equal(w->last.link, from);
}

#endif
