/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames by AF_PACKET; see packet.h. */
#include "refstack/link/packet.h"
#include "wire/checksum.h"
#include "wire/layer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* --- what the interface is -------------------------------------------------------- */

static int set(int fd, int level, int name, const void *value, socklen_t len)
{
	return setsockopt(fd, level, name, value, len) < 0 ? -errno : 0;
}

static int get(int fd, struct ifreq *request, unsigned long what)
{
	return ioctl(fd, what, request) < 0 ? -errno : 0;
}

/* Its name may be another now. */
int packet_state(const struct packet_port *port)
{
	struct ifreq request = { .ifr_ifindex = (int)port->interface };

	if (get(port->fd, &request, SIOCGIFNAME) || get(port->fd, &request, SIOCGIFFLAGS))
		return -ENODEV;
	return request.ifr_flags & IFF_UP ? 0 : -ENETDOWN;
}

/* Fills in the MTU, and the address if the caller has none. */
static int inspect(struct packet_port *port, const char *name, const struct ethernet_addr *mac)
{
	struct ifreq request = { 0 };
	int err;

	memcpy(request.ifr_name, name, strlen(name));
	err = get(port->fd, &request, SIOCGIFHWADDR);
	if (err)
		return err;
	if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return -EOPNOTSUPP;
	memcpy(&port->mac, mac ? mac->octets : (uint8_t *)request.ifr_hwaddr.sa_data,
	       sizeof(port->mac));
	err = get(port->fd, &request, SIOCGIFMTU);
	port->mtu = (unsigned)request.ifr_mtu;
	return err ? err : packet_state(port);
}

/* --- what is to come in ----------------------------------------------------------- */

/*
 * Groups, and the station; nothing that the interface sends itself. A group's frame
 * that is said to be for another host is one of a VLAN that the interface isn't in,
 * its tag taken off already.
 */
static int attach_filter(const struct packet_port *port)
{
	enum { STATION = 4, GROUP = 8, TAKE = 10, LEAVE = 11 }; /* where they stand below */
	const uint32_t high = (uint32_t)wire_octets_number(port->mac.octets, 4);
	const uint32_t low = (uint32_t)wire_octets_number(port->mac.octets + 4, 2);
	const uint32_t kind = (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE);
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kind),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, LEAVE - 2, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x01, GROUP - 4, STATION - 4),

		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, high, 0, LEAVE - 6),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, low, TAKE - 8, LEAVE - 8),

		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kind),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OTHERHOST, LEAVE - 10, 0),

		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog filter = { sizeof(program) / sizeof(program[0]), program };

	return set(port->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

/* The interface must not leave out what is for the station or for groups. */
static int listen_for(const struct packet_port *port, unsigned short kind)
{
	struct packet_mreq request = {
		.mr_ifindex = (int)port->interface,
		.mr_type = kind,
		.mr_alen = sizeof(port->mac),
	};

	memcpy(request.mr_address, &port->mac, sizeof(port->mac));
	return set(port->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof(request));
}

/* Bound last, so that no frame comes by before the filter stands. */
static int start(const struct packet_port *port, bool is_own)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERNET_TYPE_IPV6),
		.sll_ifindex = (int)port->interface,
	};
	int err = attach_filter(port);

	if (!err)
		err = set(port->fd, SOL_PACKET, PACKET_VNET_HDR, &(int){ 1 }, sizeof(int));
	if (!err)
		err = listen_for(port, PACKET_MR_ALLMULTI);
	if (!err && !is_own)
		err = listen_for(port, PACKET_MR_UNICAST);
	if (!err && bind(port->fd, (struct sockaddr *)&where, sizeof(where)) < 0)
		err = -errno;
	return err;
}

int packet_open(struct packet_port *out, const char *interface, const struct ethernet_addr *mac)
{
	struct packet_port port;
	int err;

	if (mac && ethernet_is_group(mac))
		return -EINVAL;
	port.interface = strlen(interface) < IFNAMSIZ ? if_nametoindex(interface) : 0;
	if (!port.interface)
		return -ENODEV;
	port.fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (port.fd < 0)
		return -errno;

	err = inspect(&port, interface, mac);
	if (!err)
		err = start(&port, !mac);
	if (err) {
		close(port.fd);
		return err;
	}
	*out = port;
	return 0;
}

void packet_close(struct packet_port *port)
{
	close(port->fd);
	port->fd = -1;
}

/* --- frames ----------------------------------------------------------------------- */

void packet_complete_checksum(uint8_t *frame, size_t len, size_t start, size_t offset)
{
	uint16_t sum;

	if (start > len || offset > len - start || len - start - offset < sizeof(sum))
		return;
	sum = checksum_finish(checksum_add(0, frame + start, len - start));
	if (sum == 0)
		sum = 0xffff; /* RFC 8200 8.1: 0 is none in UDP; to all else they are the same */
	frame[start + offset] = (uint8_t)(sum >> 8);
	frame[start + offset + 1] = (uint8_t)sum;
}

/* Several segments of TCP in one packet are a longer segment. But of several
 * datagrams in one nobody could tell where they end. */
static bool is_one_packet(const struct virtio_net_hdr *h)
{
	uint8_t kind = h->gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;

	return kind == VIRTIO_NET_HDR_GSO_NONE || kind == VIRTIO_NET_HDR_GSO_TCPV6;
}

/* The kernel says EINVAL of one that it can't describe: it is lost, and poll()
 * tells whether there are more. */
ssize_t packet_read(const struct packet_port *port, void *frame, size_t size)
{
	struct virtio_net_hdr h;
	struct iovec parts[] = { { &h, sizeof(h) }, { frame, size } };
	struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	for (;;) {
		n = recvmsg(port->fd, &msg, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EINVAL ? -EAGAIN : -errno;
		if ((size_t)n > sizeof(h) && !(msg.msg_flags & MSG_TRUNC) && is_one_packet(&h))
			break;
	}
	n -= (ssize_t)sizeof(h);
	if (h.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		packet_complete_checksum(frame, (size_t)n, h.csum_start, h.csum_offset);
	return n;
}

int packet_write(const struct packet_port *port, const void *frame, size_t len)
{
	struct virtio_net_hdr h = { .gso_type = VIRTIO_NET_HDR_GSO_NONE };
	struct iovec parts[] = { { &h, sizeof(h) }, { (void *)frame, len } };
	ssize_t n;

	do
		n = writev(port->fd, parts, 2);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* --- words ------------------------------------------------------------------------ */

const char *packet_trouble(int err)
{
	static const struct {
		int err;
		const char *text;
	} troubles[] = {
		{ -ENODEV,       "there is no such network interface" },
		{ -EPERM,        "using it needs CAP_NET_RAW" },
		{ -EOPNOTSUPP,   "it is no Ethernet interface" },
		{ -ENETDOWN,     "the interface is not up" },
		{ -EAFNOSUPPORT, "this kernel has no AF_PACKET sockets" },
		{ -EINVAL,       "that Ethernet address is no station's" },
	};

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (troubles[i].err == err)
			return troubles[i].text;
	return strerror(-err);
}
