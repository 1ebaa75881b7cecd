/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of sockets. What they have in common is written once: names in name.c, the
 * way of a message from and to the shim in message.c, options in options.c. What is
 * different stands in their row.
 */
#ifndef REFSTACK_KIND_H
#define REFSTACK_KIND_H

#include "refstack/socket/sock.h"

enum { UPPER_MAX = 65535 }; /* what Payload Length can say, RFC 8200 3 */

struct sock_kind {
	const char *text; /* what a target calls it when it says that it has it: "udp" */
	int type;         /* SOCK_DGRAM, ... */
	uint8_t protocol; /* of all its sockets; 0: each has its own, and all get a copy */
	bool ports;       /* sin6_port is one; else, as on Linux, it is the protocol, or 0 */

	/* A new socket, zero-filled but for its table and kind, gets its protocol out of
	 * what socket() asks for. -EPROTONOSUPPORT */
	int (*open)(struct sock *s, int protocol);
	/* Gives back what the socket holds, without a word. */
	void (*close)(struct sock *s);
	/* The application is gone. Does the socket live on without it, in the list of those
	 * that linger? NULL: no. */
	bool (*linger)(struct sock *s);
	/* peer has passed sock_destination(). */
	int (*connect)(struct sock *s, const struct endpoint *peer);
	/* connect() to AF_UNSPEC; name.c does what they have in common. NULL: that's all. */
	void (*disconnect)(struct sock *s);
	/* NULL, any of these: -EOPNOTSUPP. accept makes a new socket, without a number yet. */
	int (*listen)(struct sock *s, int backlog);
	int (*accept)(struct sock *s, struct sock **out);
	int (*shutdown)(struct sock *s, int how);
	ssize_t (*sendmsg)(struct sock *s, const struct msghdr *msg, int flags);
	ssize_t (*recvmsg)(struct sock *s, struct msghdr *msg, int flags);
	/* What is the case, of POLLIN, POLLOUT and the like. */
	int (*poll)(const struct sock *s);
	/* SO_ERROR: 0 or a negative errno, pending no more. NULL: there never is one. */
	int (*take_error)(const struct sock *s);
	/* A packet of its protocol has come in. Did it want it? If not, the host says so. */
	bool (*arrival)(struct sock_table *t, const struct shim_arrival *arrival);
	/* An ICMPv6 error about one of its packets. NULL: nobody is told. */
	void (*error)(struct sock_table *t, const struct shim_upper_error *error);

	/* Of what message.c sends: the octets that go before the caller's, and who writes
	 * them, and the checksum. upper holds len octets, all there but these. */
	size_t header_len;
	int (*seal)(const struct sock *s, const struct shim_send *send, const struct endpoint *to,
		    uint8_t *upper, size_t len);
};

extern const struct sock_kind sock_udp, sock_raw, sock_tcp;

extern const struct sock_kind *const sock_kinds[]; /* ends with a NULL */

/* NULL: there is none of this type. */
const struct sock_kind *sock_kind_of(int type);

/* The upper layer's; ctx is the sock_table. */
bool sock_arrival(void *ctx, const struct shim_arrival *arrival);
void sock_error(void *ctx, const struct shim_upper_error *error);

/* table.c: a socket that has no number yet. -ENOBUFS, or what the kind's open says. */
int sock_new(struct sock **out, struct sock_table *t, const struct sock_kind *kind, int protocol);
void sock_free(struct sock *s);

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
/* The identifier that a connection to the peer has at our end. */
int sock_source(struct in6_addr *out, const struct sock *s, const struct endpoint *peer);

#endif
