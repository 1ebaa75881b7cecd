/* SPDX-License-Identifier: BSD-2-Clause */
/* The vectors of a message; see iov.h. */
#include "refstack/socket/iov.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

ssize_t iov_octets(const struct msghdr *msg)
{
	size_t sum = 0;

	if (msg->msg_iovlen > IOV_MAX)
		return -EMSGSIZE;
	if (msg->msg_iovlen > 0 && !msg->msg_iov)
		return -EFAULT;
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		const struct iovec *v = &msg->msg_iov[i];

		if (v->iov_len > 0 && !v->iov_base)
			return -EFAULT;
		if (v->iov_len > SSIZE_MAX - sum)
			return -EINVAL;
		sum += v->iov_len;
	}
	return (ssize_t)sum;
}

size_t iov_scatter(const struct msghdr *msg, const uint8_t *from, size_t len)
{
	size_t done = 0;

	for (size_t i = 0; i < msg->msg_iovlen && done < len; i++) {
		const struct iovec *v = &msg->msg_iov[i];
		size_t n = v->iov_len < len - done ? v->iov_len : len - done;

		if (n > 0)
			memcpy(v->iov_base, from + done, n);
		done += n;
	}
	return done;
}

void iov_gather(const struct msghdr *msg, uint8_t *to)
{
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		const struct iovec *v = &msg->msg_iov[i];

		if (v->iov_len > 0)
			memcpy(to, v->iov_base, v->iov_len);
		to += v->iov_len;
	}
}
