/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TUN device: IPv6 packets to and from the kernel, without a link-layer
 * header. It belongs to whoever opened it and goes when it is closed, unless
 * it was made persistent beforehand.
 */
#ifndef REFSTACK_TUN_H
#define REFSTACK_TUN_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Open, or make, the device of that name. Returns a non-blocking file
 * descriptor that the caller closes. -EINVAL: no name for a device;
 * -EPERM: CAP_NET_ADMIN is missing; -EBUSY: somebody has it; -ENOENT: no TUN
 * in this kernel; or another errno of open(2) or ioctl(2).
 */
int tun_open(const char *name);

/* One packet, and its octets; -EAGAIN if there is none; -EIO and other
 * errnos if the device is gone or down. Longer ones are cut to size. */
ssize_t tun_read(int fd, void *packet, size_t size);

/* 0, or a negative errno; a packet that the kernel doesn't take is lost, as
 * on any link. */
int tun_write(int fd, const void *packet, size_t len);

#endif
