/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux network interface of Ethernet kind, frame by frame: an AF_PACKET
 * socket that gets the IPv6 frames of one station and of all groups.
 *
 * The kernel may use the interface, too. So that it doesn't take our frames for
 * its own, nor answer for us, the station should have an Ethernet address of its
 * own (ethernet_of_seed()), which the interface is then told to listen to: what
 * is for that address is somebody else's to the kernel, and the kernel's is not
 * ours. But the two can't hear each other, as nothing on an interface comes back
 * to it. Where a network admits the interface's own address alone, take that, and
 * forbid the kernel IPv6 there (sysctl net.ipv6.conf.NAME.disable_ipv6=1): both
 * would have the same link-local address.
 */
#ifndef REFSTACK_PACKET_H
#define REFSTACK_PACKET_H

#include "refstack/link/ethernet.h"

#include <sys/types.h>

/* The longest frame that packet_read() gives: segments of TCP that the kernel has
 * put together, or not yet taken apart, come as one. */
enum { PACKET_FRAME_MAX = ETHERNET_HEADER_LEN + 40 + 65535 };

struct packet_port {
	int fd;                   /* owned; poll() it for reading */
	unsigned interface;       /* its index */
	unsigned mtu;             /* octets of an IPv6 packet, when it was opened */
	struct ethernet_addr mac; /* the station's */
};

/*
 * mac: the station's address; NULL: the interface's own. 0, and the port, which
 * the caller closes. -ENODEV: no such interface; -EPERM: CAP_NET_RAW is missing;
 * -EOPNOTSUPP: no Ethernet; -ENETDOWN: it isn't up; -EINVAL: mac is a group's; or
 * another errno of socket(2), ioctl(2), setsockopt(2) or bind(2).
 */
int packet_open(struct packet_port *out, const char *interface, const struct ethernet_addr *mac);
void packet_close(struct packet_port *port);

/*
 * The next frame and its octets, upper-layer checksum complete. -EAGAIN: none is
 * there; -ENETDOWN, told once: the interface was taken down. Frames will come again
 * when it is up, or else it is gone: the socket tells neither, so from then on ask
 * packet_state() now and then. Longer frames than size are lost.
 */
ssize_t packet_read(const struct packet_port *port, void *frame, size_t size);

/* 0: the interface is up; -ENETDOWN: it isn't; -ENODEV: it is gone for good. */
int packet_state(const struct packet_port *port);

/* 0, or a negative errno; a frame that the kernel doesn't take is lost, as on any
 * link. -EMSGSIZE: it is longer than the interface takes. */
int packet_write(const struct packet_port *port, const void *frame, size_t len);

/* What an error of these means, for people. */
const char *packet_trouble(int err);

/* A checksum that the sender left for hardware to complete, which a neighbour in
 * the same machine hasn't: it is over all from `start`, and belongs `offset` behind
 * that. Out of bounds, nothing happens. */
void packet_complete_checksum(uint8_t *frame, size_t len, size_t start, size_t offset);

#endif
