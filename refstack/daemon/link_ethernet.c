/* SPDX-License-Identifier: BSD-2-Clause */
/* A link to an Ethernet: frames by AF_PACKET, and Neighbor Discovery for them. */
#include "refstack/daemon/link.h"

#include <errno.h>

static int open_port(struct link *l)
{
	const struct link_settings *s = l->settings;
	struct ethernet_addr mac = s->mac;
	int err = s->mac_choice == MAC_MADE ? ethernet_of_seed(&mac, l->seed) : 0;

	if (!err)
		err = packet_open(&l->port, s->name, s->mac_choice == MAC_OWN ? NULL : &mac);
	if (err)
		return err;
	l->fd = l->port.fd;
	l->index = l->port.interface;
	l->mtu = l->port.mtu;
	return 0;
}

static void close_port(struct link *l)
{
	packet_close(&l->port);
}

/* --- what Neighbor Discovery has to say ----------------------------------------------- */

static void transmit(void *ctx, const void *frame, size_t len)
{
	struct link *l = ctx;
	int err = packet_write(&l->port, frame, len);

	if (err)
		link_lose(l, err);
}

static void deliver(void *ctx, const void *packet, size_t len)
{
	link_receive(ctx, packet, len);
}

static void tell_address(void *ctx, const struct in6_addr *addr, enum nd_address_status status)
{
	struct link *l = ctx;

	l->owner->address(l->owner->ctx, l, addr, status);
}

static void tell_prefix(void *ctx, const struct nd_autonomous_prefix *prefix)
{
	struct link *l = ctx;

	l->owner->prefix(l->owner->ctx, l, prefix);
}

static void tell_line(void *ctx, const char *line)
{
	link_say(ctx, "%s", line);
}

/* --- as a link ------------------------------------------------------------------------ */

static int know_what_is_set(struct nd *nd, const struct link_settings *s)
{
	int err = 0;

	for (unsigned i = 0; i < s->prefix_count && !err; i++) {
		struct in6_addr prefix = { 0 };

		memcpy(&prefix, s->prefix[i], sizeof(s->prefix[i]));
		err = nd_prefix_add(nd, &prefix, 64);
	}
	return err || !s->has_gateway ? err : nd_gateway_add(nd, &s->gateway);
}

static int begin(struct link *l)
{
	const struct nd_config cfg = {
		.seed = l->seed,
		.mac = l->port.mac,
		.mtu = l->mtu,
		.ctx = l,
		.transmit = transmit,
		.deliver = deliver,
		.address = tell_address,
		.prefix = tell_prefix,
		.log = tell_line,
	};

	nd_free(l->nd);
	l->nd = nd_new(&cfg);
	l->born = l->now;
	return l->nd ? know_what_is_set(l->nd, l->settings) : -ENOMEM;
}

static int add(struct link *l, const struct in6_addr *addr)
{
	return l->nd ? nd_address_add(l->nd, addr) : -ENETDOWN;
}

static int send_packet(struct link *l, const void *packet, size_t len)
{
	return l->nd ? nd_send(l->nd, packet, len) : -ENETDOWN;
}

static int read_frame(struct link *l)
{
	uint8_t frame[PACKET_FRAME_MAX];
	ssize_t n = packet_read(&l->port, frame, sizeof(frame));

	if (n < 0)
		return (int)n;
	if (l->nd)
		nd_input(l->nd, frame, (size_t)n);
	return 0;
}

const struct link_kind link_ethernet = {
	"ethernet", open_port, close_port, begin, add, send_packet, read_frame, packet_trouble,
};
