/* SPDX-License-Identifier: BSD-2-Clause */
/* A link to the kernel, by TUN: there is no other neighbour, and nothing to find out. */
#include "refstack/daemon/iface.h"
#include "refstack/daemon/link.h"
#include "refstack/link/tun.h"

#include <errno.h>
#include <unistd.h>

enum { PACKET_MAX = 65575 };

static int open_device(struct link *l)
{
	int fd = tun_open(l->settings->name);
	int mtu;

	if (fd < 0)
		return fd;
	l->index = if_nametoindex(l->settings->name);
	mtu = iface_mtu(l->index);
	if (mtu < 0) {
		close(fd);
		return mtu;
	}
	l->fd = fd;
	l->mtu = (unsigned)mtu;
	return 0;
}

static void close_device(struct link *l)
{
	close(l->fd);
}

static int begin(struct link *l)
{
	(void)l;
	return 0;
}

static int add(struct link *l, const struct in6_addr *addr)
{
	l->owner->address(l->owner->ctx, l, addr, ND_ASSIGNED);
	return 0;
}

static int send_packet(struct link *l, const void *packet, size_t len)
{
	return tun_write(l->fd, packet, len);
}

static int read_packet(struct link *l)
{
	uint8_t packet[PACKET_MAX];
	ssize_t n = tun_read(l->fd, packet, sizeof(packet));

	if (n < 0)
		return (int)n;
	link_receive(l, packet, (size_t)n);
	return 0;
}

static const char *trouble(int err)
{
	static const struct {
		int err;
		const char *text;
	} troubles[] = {
		{ -EPERM, "opening it needs CAP_NET_ADMIN" },
		{ -EACCES, "/dev/net/tun is not for this user; opening it needs CAP_NET_ADMIN" },
		{ -ENOENT, "there is no /dev/net/tun" },
		{ -EINVAL, "this is no name for a TUN device" },
		{ -EBUSY, "somebody else has it" },
	};

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (troubles[i].err == err)
			return troubles[i].text;
	return strerror(-err);
}

const struct link_kind link_tun = {
	"tun", open_device, close_device, begin, add, send_packet, read_packet, trouble,
};
