/* SPDX-License-Identifier: BSD-2-Clause */
/* Pointers are looked at before the call; what leads nowhere becomes NULL, which the call
 * knows. Where NULL has a sense of its own, as no address, the answer is given here. */
#include "refstack/careful.h"
#include "refstack/memory.h"
#include "refstack/socket/options.h"

#include <errno.h>
#include <limits.h>

/* Octets of it that a call may look at; of a negative length it looks at none. */
static size_t clamp(socklen_t len, size_t most)
{
	if ((int)len < 0)
		return 0;
	return len < most ? len : most;
}

static const struct sockaddr *name_in(const struct sockaddr *addr, socklen_t len)
{
	return memory_in(addr, clamp(len, sizeof(struct sockaddr_in6)));
}

static socklen_t *len_out(socklen_t *len)
{
	return memory_out(len, sizeof(*len));
}

/* As far as *len says, if that can be read. */
static void *value_out(void *value, const socklen_t *len, size_t most)
{
	return len ? memory_out(value, clamp(*len, most)) : value;
}

int careful_bind(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len)
{
	return sock_bind(t, s, name_in(addr, len), len);
}

int careful_connect(struct sock_table *t, int s, const struct sockaddr *addr, socklen_t len)
{
	return sock_connect(t, s, name_in(addr, len), len);
}

typedef int name_call(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len);

static int name_out(name_call *call, struct sock_table *t, int s, struct sockaddr *addr,
		    socklen_t *len)
{
	len = len_out(len);
	return call(t, s, value_out(addr, len, sizeof(struct sockaddr_in6)), len);
}

int careful_getsockname(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len)
{
	return name_out(sock_getsockname, t, s, addr, len);
}

int careful_getpeername(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len)
{
	return name_out(sock_getpeername, t, s, addr, len);
}

int careful_accept(struct sock_table *t, int s, struct sockaddr *addr, socklen_t *len)
{
	socklen_t *good = len_out(len);

	if (addr && good && !value_out(addr, good, sizeof(struct sockaddr_in6)))
		return -EFAULT;
	return sock_accept(t, s, addr, addr ? good : NULL);
}

int careful_getsockopt(struct sock_table *t, int s, int level, int name, void *value,
		       socklen_t *len)
{
	len = len_out(len);
	value = value_out(value, len, SHIM_MAX_LOCATORS * sizeof(struct shim_locator));
	return sock_getsockopt(t, s, level, name, value, len);
}

int careful_setsockopt(struct sock_table *t, int s, int level, int name, const void *value,
		       socklen_t len)
{
	size_t most = clamp(len, SHIM_MAX_LOCATORS * sizeof(struct shim_locator));

	return sock_setsockopt(t, s, level, name, memory_in(value, most), len);
}

/* --- messages ------------------------------------------------------------------------------ */

/* A message with pointers that are good or NULL. */
struct message {
	struct msghdr msg;
	struct iovec iov[IOV_MAX];
};

typedef const void *looker(const void *p, size_t len);

static const void *look_out(const void *p, size_t len)
{
	return memory_out((void *)p, len);
}

static void *look_at(looker *look, const void *p, size_t len)
{
	return (void *)look(p, len);
}

static void take_vectors(struct message *out, looker *look)
{
	struct msghdr *m = &out->msg;
	const struct iovec *iov;

	if (m->msg_iovlen > IOV_MAX) /* nobody will look at them */
		return;
	iov = memory_in(m->msg_iov, m->msg_iovlen * sizeof(*iov));
	for (size_t i = 0; iov && i < m->msg_iovlen; i++)
		out->iov[i] = (struct iovec){
			.iov_base = look_at(look, iov[i].iov_base, iov[i].iov_len),
			.iov_len = iov[i].iov_len,
		};
	m->msg_iov = iov ? out->iov : NULL;
}

/* false: it leads nowhere, or its name does. */
static bool take_message(struct message *out, const struct msghdr *msg, looker *look)
{
	struct msghdr *m = &out->msg;

	if (!memory_in(msg, sizeof(*msg)))
		return false;
	*m = *msg;
	if (m->msg_name && !look(m->msg_name, clamp(m->msg_namelen, sizeof(struct sockaddr_in6))))
		return false;
	m->msg_control = look_at(look, m->msg_control, m->msg_controllen);
	take_vectors(out, look);
	return true;
}

ssize_t careful_sendmsg(struct sock_table *t, int s, const struct msghdr *msg, int flags)
{
	struct message good;
	bool there = msg && take_message(&good, msg, memory_in);

	return sock_sendmsg(t, s, there ? &good.msg : NULL, flags);
}

ssize_t careful_sendto(struct sock_table *t, int s, const void *data, size_t len, int flags,
		       const struct sockaddr *addr, socklen_t addr_len)
{
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	const struct msghdr msg = {
		.msg_name = (void *)addr,
		.msg_namelen = addr_len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	return careful_sendmsg(t, s, &msg, flags);
}

/* On an error the message is left as it was, as by the call itself. */
ssize_t careful_recvmsg(struct sock_table *t, int s, struct msghdr *msg, int flags)
{
	struct message good;
	bool there = msg && memory_out(msg, sizeof(*msg)) && take_message(&good, msg, look_out);
	ssize_t n = sock_recvmsg(t, s, there ? &good.msg : NULL, flags);

	if (n < 0)
		return n;
	msg->msg_namelen = good.msg.msg_namelen;
	msg->msg_controllen = good.msg.msg_controllen;
	msg->msg_flags = good.msg.msg_flags;
	return n;
}

ssize_t careful_recv(struct sock_table *t, int s, void *data, size_t len, int flags)
{
	struct iovec iov = { .iov_base = data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return careful_recvmsg(t, s, &msg, flags);
}
