/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host: its addresses, its clock, and where packets come in and go out.
 * RFC 5533 12 for the order in which a packet is looked at.
 */
#include "refstack/core/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void host_log(const struct shim_host *host, const char *fmt, ...)
{
	char line[256];
	va_list args;

	if (!host->cfg.log)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	host->cfg.log(host->cfg.ctx, line);
}

void host_drop(const struct shim_host *host, const struct received *rx, const char *why)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

	if (!host->cfg.log)
		return;
	inet_ntop(AF_INET6, &rx->ip.src, src, sizeof(src));
	inet_ntop(AF_INET6, &rx->ip.dst, dst, sizeof(dst));
	host_log(host, "dropped %s > %s: %s", src, dst, why);
}

/* --- birth and death ------------------------------------------------------ */

static bool config_is_sound(const struct shim_config *cfg)
{
	if (!cfg->transmit || cfg->link_count > HOST_LINKS_MAX)
		return false;
	for (unsigned i = 0; i < cfg->link_count; i++) {
		const struct shim_link_config *link = &cfg->link[i];

		if (link->prefix_count > HOST_PREFIXES_MAX || link->mtu < HOST_MTU_MIN ||
		    link->mtu > HOST_MTU_MAX)
			return false;
	}
	return true;
}

/* One HBA set over all prefixes (RFC 5535 6). Fails if there is no prefix or
 * one comes twice, since then two locators would be the same address. */
static int make_locators(struct shim_host *host)
{
	uint8_t prefix[HOST_LOCATORS_MAX][8];
	uint8_t modifier[HBA_MODIFIER_LEN], nonce[HBA_NONCE_LEN];
	unsigned n = 0;
	int err;

	for (unsigned i = 0; i < host->cfg.link_count; i++) {
		host->link_up[i] = true;
		for (unsigned k = 0; k < host->cfg.link[i].prefix_count; k++) {
			memcpy(prefix[n], host->cfg.link[i].prefix[k], 8);
			host->locator[n++] = (struct host_locator){ .link = i + 1, .up = true };
		}
	}

	random_octets(&host->random, modifier, sizeof(modifier));
	random_octets(&host->random, nonce, sizeof(nonce));
	err = hba_generate(&host->hba, (const uint8_t(*)[8])prefix, n, host->cfg.hba_sec, modifier,
			   nonce, 0);
	if (err)
		return err;
	for (unsigned i = 0; i < n; i++) {
		if (host_locator(host, &host->hba.addr[i]))
			return -EINVAL;
		host->locator[i].addr = host->hba.addr[i];
		host->locator_count++;
	}
	return 0;
}

struct shim_host *shim_host_new(const struct shim_config *cfg)
{
	struct shim_host *host;

	if (!config_is_sound(cfg))
		return NULL;
	host = calloc(1, sizeof(*host));
	if (!host)
		return NULL;
	host->cfg = *cfg;
	if (random_open(&host->random, cfg->seed) || make_locators(host)) {
		shim_host_free(host);
		return NULL;
	}
	validator_init(&host->validators, &host->random);
	return host;
}

void shim_host_free(struct shim_host *host)
{
	if (!host)
		return;
	context_remove_all(&host->contexts);
	random_close(&host->random);
	free(host);
}

void shim_random(struct shim_host *host, void *out, size_t len)
{
	random_octets(&host->random, out, len);
}

void shim_set_upper(struct shim_host *host, shim_upper_fn *fn, void *ctx)
{
	host->upper = fn;
	host->upper_ctx = ctx;
}

/* --- addresses and links -------------------------------------------------- */

const struct host_locator *host_locator(const struct shim_host *host, const struct in6_addr *addr)
{
	for (unsigned i = 0; i < host->locator_count; i++)
		if (IN6_ARE_ADDR_EQUAL(&host->locator[i].addr, addr))
			return &host->locator[i];
	return NULL;
}

static bool locator_is_up(const struct shim_host *host, const struct host_locator *l)
{
	return l->up && host->link_up[l->link - 1];
}

bool host_is_up(const struct shim_host *host, const struct in6_addr *addr)
{
	const struct host_locator *l = host_locator(host, addr);

	return l && locator_is_up(host, l);
}

bool host_is_unicast(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_UNSPECIFIED(addr) &&
	       !IN6_IS_ADDR_LOOPBACK(addr);
}

bool shim_host_owns(const struct shim_host *host, const struct in6_addr *addr)
{
	return host_locator(host, addr);
}

size_t shim_host_addresses(const struct shim_host *host, struct shim_address *out, size_t max)
{
	for (size_t i = 0; i < host->locator_count && i < max; i++)
		out[i] = (struct shim_address){
			.addr = host->locator[i].addr,
			.link = host->locator[i].link,
			.prefix_len = 64,
			.up = locator_is_up(host, &host->locator[i]),
		};
	return host->locator_count;
}

int shim_select_source(const struct shim_host *host, const struct in6_addr *peer,
		       struct in6_addr *out)
{
	(void)peer; /* all of ours are global: scope and label decide nothing */
	for (unsigned i = 0; i < host->locator_count; i++) {
		if (locator_is_up(host, &host->locator[i])) {
			*out = host->locator[i].addr;
			return 0;
		}
	}
	return -EADDRNOTAVAIL;
}

static void pick_all_locals(struct shim_host *host)
{
	for (unsigned i = 0; i < host->contexts.count; i++)
		translate_pick_local(host, host->contexts.slot[i]);
}

int shim_host_address_event(struct shim_host *host, unsigned link, const struct in6_addr *addr,
			    bool up)
{
	const struct host_locator *l = host_locator(host, addr);

	if (link < 1 || link > host->cfg.link_count)
		return -ENODEV;
	if (!l)
		return up ? -EINVAL : -EADDRNOTAVAIL;
	if (l->link != link)
		return -EADDRNOTAVAIL;
	host->locator[l - host->locator].up = up;
	pick_all_locals(host);
	return 0;
}

int shim_host_link_event(struct shim_host *host, unsigned link, bool up)
{
	if (link < 1 || link > host->cfg.link_count)
		return -ENODEV;
	host->link_up[link - 1] = up;
	pick_all_locals(host);
	return 0;
}

/* --- time ------------------------------------------------------------------ */

usec_t shim_host_now(const struct shim_host *host)
{
	return host->now;
}

usec_t shim_host_deadline(const struct shim_host *host)
{
	const struct shim_context *first = context_first_due(&host->contexts);

	return first ? first->deadline : USEC_NEVER;
}

/* Everything happens at the time it was due, however far the clock jumps, so
 * the outcome doesn't depend on the size of the steps. */
void shim_host_advance(struct shim_host *host, usec_t now)
{
	struct shim_context *due;

	while ((due = context_first_due(&host->contexts)) && due->deadline <= now) {
		if (due->deadline > host->now)
			host->now = due->deadline;
		handshake_expire(host, due);
	}
	if (now > host->now)
		host->now = now;
}

/* --- out --------------------------------------------------------------------- */

int host_send(struct shim_host *host, const struct ipv6_header *ip, const struct span *parts,
	      unsigned count)
{
	const struct host_locator *l = host_locator(host, &ip->src);
	struct ipv6_header header = *ip;
	uint8_t packet[HOST_MTU_MAX];
	struct wbuf w = wbuf_of(packet, sizeof(packet));
	size_t len = 0;

	if (!l || !locator_is_up(host, l))
		return -ENETUNREACH;
	for (unsigned i = 0; i < count; i++)
		len += parts[i].len;
	if (IPV6_HEADER_LEN + len > host->cfg.link[l->link - 1].mtu)
		return -EMSGSIZE;

	header.payload_len = (uint16_t)len;
	if (!header.hop_limit)
		header.hop_limit = HOST_HOP_LIMIT;
	ipv6_emit(&header, &w);
	for (unsigned i = 0; i < count; i++)
		wbuf_copy(&w, parts[i].data, parts[i].len);
	if (w.bad)
		return -EMSGSIZE;
	host->cfg.transmit(host->cfg.ctx, l->link, packet, w.len);
	return 0;
}

int host_send_control(struct shim_host *host, const struct in6_addr *src,
		      const struct in6_addr *dst, const struct shim6_message *message)
{
	struct ipv6_header ip = { .next_header = PROTO_SHIM6, .src = *src, .dst = *dst };
	uint8_t octets[SHIM6_PACKET_MAX - IPV6_HEADER_LEN];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	int err = shim6_message_emit(message, &w);

	if (err)
		return err;
	return host_send(host, &ip, &(struct span){ octets, w.len }, 1);
}

/* --- in ------------------------------------------------------------------------ */

/*
 * The octet of rx that names the protocol at the end of the chain, when
 * next_at is that octet in a packet without the payload extension header:
 * either before it, or, being what names it, its own first octet, or behind.
 */
static uint32_t named_in(const struct received *rx, bool shimmed, size_t next_at)
{
	struct ipv6_found shim;

	if (!shimmed || ipv6_find(&shim, rx->packet, rx->len, PROTO_SHIM6) ||
	    next_at < shim.next_at)
		return (uint32_t)next_at;
	return (uint32_t)(next_at == shim.next_at ? shim.off : next_at + SHIM6_PAYLOAD_LEN);
}

/* Takes the headers that the shim has nothing to do with. */
static void deliver_upper(struct shim_host *host, const struct received *rx,
			  const struct shim_arrival *arrival, size_t next_at)
{
	if (arrival->protocol == IPPROTO_ICMPV6)
		icmp6_input(host, arrival);
	else if (arrival->protocol == PROTO_NONE ||
		 (host->upper && host->upper(host->upper_ctx, arrival)))
		return;
	else if (arrival->protocol == IPPROTO_UDP)
		icmp6_send_error(host, rx, ICMP6_PORT_UNREACHABLE, 0);
	else
		icmp6_send_error(host, rx, ICMP6_UNKNOWN_NEXT_HEADER,
				 named_in(rx, arrival->shimmed, next_at));
}

/* The shim header that ends the walk: RFC 5533 12 by its P bit, which is 1
 * for payload whatever the text there says; the figures of 5.2 and 5.3 count. */
static void deliver_shim(struct shim_host *host, const struct received *rx,
			 const struct ipv6_found *shim)
{
	if (rx->len - shim->off < SHIM6_PAYLOAD_LEN)
		host_drop(host, rx, "a Shim6 header that leaves the packet");
	else if (rx->packet[shim->off + 2] & 0x80)
		translate_input(host, rx, shim);
	else
		handshake_input(host, rx, shim->off);
}

/* Are more fragments to come? One without any (RFC 6946) is a whole packet.
 * The headers have been walked to their end, so all of this one is there. */
static bool is_first_fragment(const uint8_t *packet, size_t len)
{
	struct ipv6_found fragment;

	return ipv6_find(&fragment, packet, len, IPPROTO_FRAGMENT) == 0 &&
	       packet[fragment.off + 3] & 0x01; /* RFC 8200 4.5: the M flag */
}

void host_deliver(struct shim_host *host, const struct received *rx,
		  const struct shim_context *context, const uint8_t *packet, size_t len)
{
	struct shim_arrival arrival = {
		.local = context ? context->ulids.local : rx->ip.dst,
		.peer = context ? context->ulids.peer : rx->ip.src,
		.local_locator = rx->ip.dst,
		.peer_locator = rx->ip.src,
		.hop_limit = rx->ip.hop_limit,
		.shimmed = context,
	};
	struct ipv6_found end;

	if (ipv6_find(&end, packet, len, -1)) {
		host_drop(host, rx, "headers that leave the packet");
	} else if (end.fragment || is_first_fragment(packet, len)) {
		host_drop(host, rx, "a fragment");
	} else if (end.proto != PROTO_SHIM6) {
		arrival.protocol = end.proto;
		arrival.upper = packet + end.off;
		arrival.len = len - end.off;
		deliver_upper(host, rx, &arrival, end.next_at);
	} else if (context) {
		host_drop(host, rx, "a Shim6 header behind a Shim6 header");
	} else {
		deliver_shim(host, rx, &end);
	}
}

void shim_host_input(struct shim_host *host, unsigned link, const void *packet, size_t len)
{
	struct received rx = { .packet = packet };
	struct rbuf r = rbuf_of(packet, len);

	if (link < 1 || link > host->cfg.link_count || !host->link_up[link - 1])
		return;
	if (ipv6_parse(&rx.ip, &r) || rbuf_left(&r) < rx.ip.payload_len)
		return;
	if (!host_is_up(host, &rx.ip.dst) || !host_is_unicast(&rx.ip.src))
		return;
	rx.len = IPV6_HEADER_LEN + rx.ip.payload_len;
	host_deliver(host, &rx, NULL, rx.packet, rx.len);
}
