/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of socket_fuzz know of each other: two hosts with sockets, the packets
 * between them, and a program of steps that happen to both. socket_fuzz.c has the hosts and
 * the table of steps, socket_air.c packets, socket_call.c the applications' calls,
 * socket_message.c what they say and hear, socket_option.c their options, socket_check.c
 * what must hold after each step. The files see either the host from inside or the API's
 * structs: both have a struct shim_locator.
 */
#ifndef FUZZ_SOCKET_FUZZ_H
#define FUZZ_SOCKET_FUZZ_H

#include "refstack/socket/sock.h"
#include "wire/cursor.h"

enum {
	AIR_MAX = 32,
	PACKET_MAX = 1500,
	SENT_MAX = 8,  /* packets that a side remembers to have sent, for errors about them */
	OPEN_MAX = 12, /* sockets of a side */
	CONTEXTS_MAX = 24,
	OPTIONS_MAX = 40,
	VALUE_MAX = 32,   /* octets of a value that is remembered */
	UNTOUCHED = 0xa5, /* what the memory for results is filled with */
};

struct packet {
	unsigned to;
	size_t len;
	uint8_t octets[PACKET_MAX];
};

/* What was set, where mask isn't zero. */
struct remembered {
	bool known;
	uint8_t value[VALUE_MAX], mask[VALUE_MAX];
};

/* What an application knows of its socket. */
struct memory {
	struct remembered option[OPTIONS_MAX];
	bool named; /* while it is connected, these are its names */
	struct sockaddr_in6 local, peer;
};

struct world;

struct side {
	struct world *world;
	unsigned self;
	struct shim_host *host;
	struct sock_table *sockets;
	struct memory memory[OPEN_MAX];
	struct packet sent[SENT_MAX]; /* the last ones, in a ring */
	unsigned sent_count;
};

struct world {
	struct side side[2];
	unsigned setting;           /* bits that choose how the hosts are */
	struct packet air[AIR_MAX]; /* the oldest are lost when there are more */
	unsigned first, count;
	struct rbuf program;
};

/* A socket that the program names; it need not be there. */
struct who {
	struct side *side;
	struct sock_table *t;
	int s;
	struct sock *sock; /* NULL: it isn't there, and then there is no memory of it */
	struct memory *memory;
};

/* --- socket_fuzz.c ------------------------------------------------------------------------- */

void demand(bool so, const char *what);
/* From the program; 0 when it is over. */
unsigned octet(struct world *w);
struct side *some_side(struct world *w);
struct who some_socket(struct world *w);
/* Of the other side, our own, or of nobody. */
struct in6_addr some_address(struct world *w, const struct side *e);
struct in6_addr locator(const struct side *e, unsigned n);
struct side *other_side(struct side *e);
/* In memory of just that size, so that a step beyond it is found; to be freed. */
void *exact(const void *octets, size_t len);
void *exact_untouched(size_t len);
/* Nobody has written there. */
void demand_untouched(const void *octets, size_t from, size_t len, const char *what);

/* --- socket_air.c: each takes its arguments from the program ----------------------------- */

void transmit(void *ctx, unsigned link, const void *packet, size_t len);
void deliver(struct world *w);
void deliver_all(struct world *w);
void lose(struct world *w);
void deliver_twice(struct world *w);
void deliver_changed(struct world *w);
void deliver_cut(struct world *w);
void deliver_made_up(struct world *w);
void complain(struct world *w);

/* --- socket_call.c ------------------------------------------------------------------------- */

struct name {
	struct sockaddr_in6 sin6;
	socklen_t len;
};
struct name some_name(struct world *w, const struct side *e);

void open_one(struct world *w);
void close_one(struct world *w);
void bind_it(struct world *w);
void connect_it(struct world *w);
void disconnect_it(struct world *w);
void listen_it(struct world *w);
void accept_one(struct world *w);
void shut_down(struct world *w);
void poll_it(struct world *w);
void ask_names(struct world *w);

/* --- socket_message.c ---------------------------------------------------------------------- */

void say(struct world *w);
void say_to(struct world *w);
void say_with(struct world *w);
void hear(struct world *w);
void hear_with(struct world *w);

/* --- socket_option.c ----------------------------------------------------------------------- */

void set_option(struct world *w);
void get_option(struct world *w);
/* What was set is still what is read, as long as it can be read. */
void check_remembered(const struct who *o);

/* --- socket_check.c ------------------------------------------------------------------------ */

void check_sent(const struct side *e, const struct packet *p);
void check_arrival(const struct side *e, const struct shim_arrival *a);
void check_side(struct side *e);

#endif
