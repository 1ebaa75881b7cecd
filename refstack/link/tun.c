/* SPDX-License-Identifier: BSD-2-Clause */
/* The Linux TUN device; see tun.h. */
#include "refstack/link/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int tun_open(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	size_t len = strlen(name);
	int fd, err;

	if (len == 0 || len >= sizeof(request.ifr_name))
		return -EINVAL;
	memcpy(request.ifr_name, name, len);

	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, TUNSETIFF, &request) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

ssize_t tun_read(int fd, void *packet, size_t size)
{
	ssize_t n;

	do
		n = read(fd, packet, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int tun_write(int fd, const void *packet, size_t len)
{
	ssize_t n;

	do
		n = write(fd, packet, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}
