/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of sockets. What they have in common is written once: names in name.c, the
 * way of a message from and to the shim in message.c, options in options.c. What is
 * different stands in their row.
 */
#ifndef REFSTACK_KIND_H
#define REFSTACK_KIND_H

#include "refstack/socket/sock.h"

struct sock_kind {
	const char *text; /* what a target calls it when it says that it has it: "udp" */
	int type;         /* SOCK_DGRAM, ... */
	uint8_t protocol; /* of all its sockets; 0: each has its own, and all get a copy */
	bool ports;       /* sin6_port is one; else, as on Linux, it is the protocol, or 0 */

	/* A new socket, zero-filled but for its table and kind, gets its protocol out of
	 * what socket() asks for. -EPROTONOSUPPORT */
	int (*open)(struct sock *s, int protocol);
	/* Gives back what the socket holds. */
	void (*close)(struct sock *s);
	/* peer has passed sock_destination(). */
	int (*connect)(struct sock *s, const struct endpoint *peer);
	ssize_t (*sendmsg)(struct sock *s, const struct msghdr *msg, int flags);
	ssize_t (*recvmsg)(struct sock *s, struct msghdr *msg, int flags);
	/* What is the case, of POLLIN, POLLOUT and the like. */
	int (*poll)(const struct sock *s);
	/* A packet of its protocol has come in. Did it want it? If not, the host says so. */
	bool (*arrival)(struct sock_table *t, const struct shim_arrival *arrival);

	/* Of what message.c sends: the octets that go before the caller's, and who writes
	 * them, and the checksum. upper holds len octets, all there but these. */
	size_t header_len;
	int (*seal)(const struct sock *s, const struct shim_send *send, const struct endpoint *to,
		    uint8_t *upper, size_t len);
};

extern const struct sock_kind sock_udp, sock_raw;

extern const struct sock_kind *const sock_kinds[]; /* ends with a NULL */

/* NULL: there is none of this type. */
const struct sock_kind *sock_kind_of(int type);

/* The upper layer's; ctx is the sock_table. */
bool sock_arrival(void *ctx, const struct shim_arrival *arrival);

/* --- message.c: for kinds whose messages are each one packet ------------------------------ */

ssize_t message_sendmsg(struct sock *s, const struct msghdr *msg, int flags);
ssize_t message_recvmsg(struct sock *s, struct msghdr *msg, int flags);
int message_poll(const struct sock *s);
void message_close(struct sock *s);
/* Queues a copy of it for the reader, with these like->len octets. One that finds no room
 * is lost, as datagrams may be. */
void message_queue(struct sock *s, const struct datagram *like, const uint8_t *payload);
/* name.c */
int message_connect(struct sock *s, const struct endpoint *peer);

#endif
