/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces by ioctl(2), which is enough for what is wanted of them; see iface.h.
 * Of rtnetlink(7) only that there is news, since who misses a message, as one may,
 * has to look anyway.
 */
#include "refstack/daemon/iface.h"

#include <errno.h>
#include <linux/ipv6.h> /* struct in6_ifreq */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/route.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ask(unsigned long what, void *request)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = ioctl(fd, what, request) < 0 ? -errno : 0;
	close(fd);
	return err;
}

/* By its index, for its name may be another now. */
static int ask_of(unsigned index, unsigned long what, struct ifreq *request)
{
	request->ifr_ifindex = (int)index;
	return ask(SIOCGIFNAME, request) ? -ENODEV : ask(what, request);
}

int iface_state(unsigned index, bool *up)
{
	const short wanted = IFF_UP | IFF_RUNNING;
	struct ifreq request = { 0 };

	if (ask_of(index, SIOCGIFFLAGS, &request))
		return -ENODEV;
	*up = (request.ifr_flags & wanted) == wanted;
	return 0;
}

int iface_mtu(unsigned index)
{
	struct ifreq request = { 0 };
	int err = ask_of(index, SIOCGIFMTU, &request);

	return err ? err : request.ifr_mtu;
}

int iface_set_mtu(unsigned index, unsigned mtu)
{
	struct ifreq request = { .ifr_ifindex = (int)index };

	if (ask(SIOCGIFNAME, &request))
		return -ENODEV;
	request.ifr_mtu = (int)mtu;
	return ask(SIOCSIFMTU, &request);
}

int iface_set_up(unsigned index)
{
	struct ifreq request = { 0 };

	if (ask_of(index, SIOCGIFFLAGS, &request))
		return -ENODEV;
	request.ifr_flags |= IFF_UP;
	return ask(SIOCSIFFLAGS, &request);
}

int iface_add_address(unsigned index, const struct in6_addr *addr)
{
	struct in6_ifreq request = {
		.ifr6_addr = *addr,
		.ifr6_prefixlen = 128,
		.ifr6_ifindex = (int)index,
	};
	int err = ask(SIOCSIFADDR, &request);

	return err == -EEXIST ? 0 : err;
}

int iface_add_route(unsigned index, const struct in6_addr *prefix, unsigned len)
{
	struct in6_rtmsg request = {
		.rtmsg_dst = *prefix,
		.rtmsg_dst_len = (uint16_t)len,
		.rtmsg_metric = 1,
		.rtmsg_flags = RTF_UP,
		.rtmsg_ifindex = (int)index,
	};
	int err = ask(SIOCADDRT, &request);

	return err == -EEXIST ? 0 : err;
}

/* --- news ----------------------------------------------------------------------------- */

int iface_watch(void)
{
	struct sockaddr_nl where = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	int err;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

void iface_heard(int fd)
{
	char message[8192];
	ssize_t n;

	do
		n = recv(fd, message, sizeof(message), 0);
	while (n > 0 || (n < 0 && (errno == EINTR || errno == ENOBUFS)));
}
