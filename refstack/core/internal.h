/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of refstack/core/ know of each other; nobody else includes
 * it. A packet's way: host.c takes it in and finds what it carries;
 * handshake.c has the control messages, translate.c what comes by tag,
 * icmp6.c ICMPv6; the rest goes to the upper layer.
 */
#ifndef REFSTACK_INTERNAL_H
#define REFSTACK_INTERNAL_H

#include "refstack/core/context.h"
#include "refstack/core/host.h"
#include "refstack/core/random.h"
#include "refstack/core/upper.h"
#include "refstack/core/validator.h"
#include "wire/hba.h"
#include "wire/ipv6.h"
#include "wire/shim6.h"

enum {
	HOST_MTU_MIN = 1280,  /* RFC 8200 5 */
	HOST_MTU_MAX = 65575, /* the IPv6 header and all that Payload Length can say */
	HOST_HOP_LIMIT = 64,
	HOST_PAIRS_MAX = 64, /* ULID pairs whose packets are counted at a time */
};

struct host_locator {
	struct in6_addr addr;
	unsigned link; /* from 1 */
	bool up;       /* the address alone; see host_is_up() */
};

/* Packets sent on a ULID pair that has no context yet. */
struct pair_count {
	struct shim_ulids ulids;
	unsigned packets; /* 0: the place is free */
};

struct shim_host {
	struct shim_config cfg;
	usec_t now;
	struct random_source random;
	struct hba_set hba;
	unsigned locator_count;
	struct host_locator locator[HOST_LOCATORS_MAX]; /* as in hba.addr */
	bool link_up[HOST_LINKS_MAX];                   /* [0] is link 1 */
	struct context_table contexts;
	struct validator_keys validators;
	struct pair_count pair[HOST_PAIRS_MAX];
	unsigned pair_next;  /* whose place is taken when all are full */
	unsigned icmp6_sent; /* errors sent lately, RFC 4443 2.4 (f) */
	usec_t icmp6_since;  /* when their number was last reckoned */
	shim_upper_fn *upper;
	void *upper_ctx;
};

/* A packet as it came in, cut to what its header says; borrowed. */
struct received {
	const uint8_t *packet;
	size_t len;
	struct ipv6_header ip;
};

/* host.c */
void host_log(const struct shim_host *host, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void host_drop(const struct shim_host *host, const struct received *rx, const char *why);
const struct host_locator *host_locator(const struct shim_host *host, const struct in6_addr *addr);
/* Is it ours, assigned, and on a link that is up? */
bool host_is_up(const struct shim_host *host, const struct in6_addr *addr);
/* Neither multicast nor unspecified (RFC 5533 12.3), nor loopback, which no
 * packet on a link may have (RFC 4291 2.5.3): a single other node may have it. */
bool host_is_unicast(const struct in6_addr *addr);

/* An IPv6 packet from parts back to back, on the link of its source address.
 * payload_len is filled in, and hop_limit if it is 0. -ENETUNREACH: the
 * source isn't up; -EMSGSIZE: the link doesn't take that much. */
int host_send(struct shim_host *host, const struct ipv6_header *ip, const struct span *parts,
	      unsigned count);
/* A control message. Also -ENOSPC: it exceeds the 1280 octets of RFC 5533 5.1. */
int host_send_control(struct shim_host *host, const struct in6_addr *src,
		      const struct in6_addr *dst, const struct shim6_message *message);

/* What rx carries, from its first header that isn't an extension header;
 * packet is rx with the ULIDs restored if context, else rx itself. */
void host_deliver(struct shim_host *host, const struct received *rx,
		  const struct shim_context *context, const uint8_t *packet, size_t len);

/* handshake.c; off is where the message starts in rx. */
void handshake_input(struct shim_host *host, const struct received *rx, size_t off);
/* The establish event of RFC 5533 7.7. */
void handshake_initiate(struct shim_host *host, const struct shim_ulids *ulids);
/* The context's timer has run out. */
void handshake_expire(struct shim_host *host, struct shim_context *context);
/* A tagged packet came; the I2 that it seems to miss goes out again (12.2). */
void handshake_repeat_i2(struct shim_host *host, struct shim_context *context);
/* A peer says by ICMPv6 that it doesn't know Shim6, quoting a packet. */
void handshake_unsupported(struct shim_host *host, const uint8_t *quote, size_t len);

/* translate.c; shim is where the payload extension header stands in rx. */
void translate_input(struct shim_host *host, const struct received *rx,
		     const struct ipv6_found *shim);
/* Lp(local) of a context: stays while it is up, else another that is. */
void translate_pick_local(struct shim_host *host, struct shim_context *context);

/* heuristic.c: a packet that counts was sent on a ULID pair. */
void heuristic_count(struct shim_host *host, const struct in6_addr *local,
		     const struct in6_addr *peer);

/* icmp6.c; arrival->upper is the ICMPv6 message. */
void icmp6_input(struct shim_host *host, const struct shim_arrival *arrival);
enum { ICMP6_PORT_UNREACHABLE = 1 << 8 | 4, ICMP6_UNKNOWN_NEXT_HEADER = 4 << 8 | 1 };
/* type_code: one of these; word: what RFC 4443 3 has in octets 4 to 7. */
void icmp6_send_error(struct shim_host *host, const struct received *rx, uint16_t type_code,
		      uint32_t word);

#endif
