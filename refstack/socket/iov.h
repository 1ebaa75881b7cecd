/* SPDX-License-Identifier: BSD-2-Clause */
/* The caller's octets, in the vectors of a struct msghdr. */
#ifndef REFSTACK_IOV_H
#define REFSTACK_IOV_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* How many the vectors hold together. -EMSGSIZE: more vectors than IOV_MAX; -EFAULT;
 * -EINVAL: more than a ssize_t can say. The other two calls are for what has passed. */
ssize_t iov_octets(const struct msghdr *msg);
/* Into the vectors, as far as there is room; returns how many. */
size_t iov_scatter(const struct msghdr *msg, const uint8_t *from, size_t len);
/* All of them, one behind the other. */
void iov_gather(const struct msghdr *msg, uint8_t *to);

#endif
