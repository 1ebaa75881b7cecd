/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A link of the host to something real: a TUN device, where the kernel is the only
 * neighbour, or an Ethernet, where Neighbor Discovery is at work. Who owns it learns
 * of packets, and of an Ethernet what becomes of addresses and which prefixes there
 * are.
 */
#ifndef REFSTACK_DAEMON_LINK_H
#define REFSTACK_DAEMON_LINK_H

#include "refstack/daemon/settings.h"
#include "refstack/link/nd.h"
#include "refstack/link/packet.h"

struct link;

/* The callbacks may call anything here but link_begin() and link_advance(). */
struct link_owner {
	void *ctx;
	void (*packet)(void *ctx, struct link *link, const void *packet, size_t len);
	void (*address)(void *ctx, struct link *link, const struct in6_addr *addr,
			enum nd_address_status status);
	void (*prefix)(void *ctx, struct link *link, const struct nd_autonomous_prefix *prefix);
	void (*log)(void *ctx, const char *line);
};

struct link {
	const struct link_settings *settings; /* borrowed */
	const struct link_owner *owner;       /* borrowed */
	const struct link_kind *kind;
	unsigned number; /* from 1 */
	unsigned index;  /* of the interface */
	unsigned mtu;    /* octets of an IPv6 packet */
	int fd;          /* to be polled; owned by the kind of link; < 0: it is gone */
	bool up;
	usec_t now;
	uint64_t received, sent, lost; /* packets */
	usec_t quiet_until; /* about those that are lost */
	/* LINK_ETHERNET */
	struct packet_port port;
	struct nd *nd;  /* owned; NULL: never begun */
	uint64_t seed;
	usec_t born;    /* when nd's clock stood at 0 */
};

/* What a kind of link does otherwise than the other. */
struct link_kind {
	const char *name;
	/* Sets fd, index and mtu. 0, or a negative errno and nothing is left open. */
	int (*open)(struct link *l);
	void (*close)(struct link *l);
	int (*begin)(struct link *l);
	int (*add)(struct link *l, const struct in6_addr *addr);
	int (*send)(struct link *l, const void *packet, size_t len);
	/* Takes one packet, if it was one: 0; -EAGAIN: there are no more. */
	int (*read)(struct link *l);
	const char *(*trouble)(int err); /* what an errno of open means */
};

extern const struct link_kind link_tun, link_ethernet;

/* seed: of the host; the link makes another from it. 0, or a negative errno and
 * nothing is left open. */
int link_open(struct link *l, const struct link_settings *settings, unsigned number,
	      uint64_t seed, const struct link_owner *owner);
void link_close(struct link *l);
const char *link_trouble(const struct link_settings *settings, int err);

/* Looks at the interface: has `up` changed? It may turn out to be gone, which is
 * down for ever. */
bool link_look(struct link *l);

/* It is up, at first or again, maybe at another place: what was known of neighbours
 * and routers is forgotten. 0 or -ENOMEM. */
int link_begin(struct link *l, usec_t now);
/* An address that somebody else may have: `address` tells more. Of a TUN device it
 * does at once. 0 or a negative errno. */
int link_add(struct link *l, const struct in6_addr *addr);
void link_remove(struct link *l, const struct in6_addr *addr);

/* A packet goes out; one that can't is counted, and told of now and then. */
void link_send(struct link *l, const void *packet, size_t len);
/* Takes what has come in, but not for long. */
void link_read(struct link *l);

/* When it wants to act; USEC_NEVER if it doesn't by itself. */
usec_t link_deadline(const struct link *l);
void link_advance(struct link *l, usec_t now);

/* To the owner's log, with the link's name in front. */
void link_say(const struct link *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For the kinds of link. */
void link_receive(struct link *l, const void *packet, size_t len);
void link_lose(struct link *l, int err);

#endif
