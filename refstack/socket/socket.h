/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets over a host: POSIX calls with POSIX structs, errno as a negative
 * value, never blocking. RFC 6316 at the level SOL_SHIM (refstack/include/shim.h).
 */
#ifndef REFSTACK_SOCKET_H
#define REFSTACK_SOCKET_H

#include "refstack/core/upper.h"

#include <sys/socket.h>

struct sock_table; /* all sockets of one host */

/* Takes the host's upper layer; NULL if memory is short. host is borrowed
 * and outlives the table. */
struct sock_table *sock_table_new(struct shim_host *host);
void sock_table_free(struct sock_table *t);

/* What the sockets are to their host, with the table as ctx: for who puts itself
 * between the two, and hands on to them. */
extern const struct shim_upper sock_upper;

int sock_socket(struct sock_table *t, int domain, int type, int protocol);
int sock_bind(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len);
int sock_connect(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len);
int sock_listen(struct sock_table *t, int s, int backlog);
int sock_accept(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len);
int sock_shutdown(struct sock_table *t, int s, int how);
int sock_close(struct sock_table *t, int s);
ssize_t sock_send(struct sock_table *t, int s, const void *data, size_t len, int flags);
ssize_t sock_sendto(struct sock_table *t, int s, const void *data, size_t len, int flags,
		    const struct sockaddr *addr, socklen_t addr_len);
ssize_t sock_sendmsg(struct sock_table *t, int s, const struct msghdr *msg, int flags);
ssize_t sock_recv(struct sock_table *t, int s, void *data, size_t len, int flags);
ssize_t sock_recvmsg(struct sock_table *t, int s, struct msghdr *msg, int flags);
int sock_getsockname(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len);
int sock_getpeername(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len);
int sock_getsockopt(struct sock_table *t, int s, int level, int name, void *value, socklen_t *len);
int sock_setsockopt(struct sock_table *t, int s, int level, int name, const void *value,
		    socklen_t len);
int sock_poll(struct sock_table *t, int s, short events);

/* When a connection wants to act; absolute, USEC_NEVER if none does. */
usec_t sock_table_deadline(const struct sock_table *t);
/* The host's time has gone on: what is due of them happens. Early or twice is harmless. */
void sock_table_advance(struct sock_table *t);

#endif
