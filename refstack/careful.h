/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of refstack/socket/socket.h that take pointers, for callers whose pointers may
 * lead nowhere: that is -EFAULT, where Linux has it, and nothing is touched. It is told in
 * the order in which the calls themselves tell of NULL.
 */
#ifndef REFSTACK_CAREFUL_H
#define REFSTACK_CAREFUL_H

#include "refstack/socket/socket.h"

int careful_bind(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len);
int careful_connect(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len);
int careful_accept(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len);
ssize_t careful_sendto(struct sock_table *t, int s, const void *data, size_t len, int flags,
		       const struct sockaddr *addr, socklen_t addr_len);
ssize_t careful_sendmsg(struct sock_table *t, int s, const struct msghdr *msg, int flags);
ssize_t careful_recv(struct sock_table *t, int s, void *data, size_t len, int flags);
ssize_t careful_recvmsg(struct sock_table *t, int s, struct msghdr *msg, int flags);
int careful_getsockname(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len);
int careful_getpeername(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len);
int careful_getsockopt(struct sock_table *t, int s, int level, int name, void *value,
		       socklen_t *len);
int careful_setsockopt(struct sock_table *t, int s, int level, int name, const void *value,
		       socklen_t len);

#endif
