/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host: its birth, its clock, and where packets come in and go out. RFC 5533 12
 * for the order in which a packet is looked at. Its addresses are in address.c.
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
	if (!cfg->transmit || cfg->link_count > HOST_LINKS_MAX ||
	    cfg->send_timeout > UINT16_MAX) /* which is what the option can say */
		return false;
	for (unsigned i = 0; i < cfg->link_count; i++) {
		const struct shim_link_config *link = &cfg->link[i];

		if (link->prefix_count > HOST_PREFIXES_MAX || link->mtu < HOST_MTU_MIN ||
		    link->mtu > HOST_MTU_MAX)
			return false;
	}
	return true;
}

static int make_locators(struct shim_host *host)
{
	uint8_t prefix[HOST_LOCATORS_MAX][8];
	struct in6_addr addr[HOST_LOCATORS_MAX];
	unsigned n = 0;
	int err;

	for (unsigned i = 0; i < host->cfg.link_count; i++) {
		host->link_up[i] = true;
		for (unsigned k = 0; k < host->cfg.link[i].prefix_count; k++) {
			memcpy(prefix[n], host->cfg.link[i].prefix[k], 8);
			host->locator[n++] = (struct host_locator){ .link = i + 1, .up = true };
		}
	}
	err = identity_make(&host->identity, addr, (const uint8_t(*)[8])prefix, n, &host->cfg,
			    &host->random);
	if (err)
		return err;
	for (unsigned i = 0; i < n; i++) {
		host->locator[i].addr = addr[i];
		host->locator[i].method = identity_method(&host->identity);
	}
	host->locator_count = n;
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
	host->cfg.key = NULL; /* it was borrowed */
	validator_init(&host->validators, &host->random);
	context_table_init(&host->contexts, &host->random,
			   cfg->contexts_max ? cfg->contexts_max : HOST_CONTEXTS_MAX);
	return host;
}

void shim_host_free(struct shim_host *host)
{
	if (!host)
		return;
	context_table_free(&host->contexts);
	identity_free(&host->identity);
	random_close(&host->random);
	free(host);
}

void shim_random(struct shim_host *host, void *out, size_t len)
{
	random_octets(&host->random, out, len);
}

void shim_set_upper(struct shim_host *host, const struct shim_upper *upper, void *ctx)
{
	host->upper = upper;
	host->upper_ctx = ctx;
}

/* --- time ------------------------------------------------------------------ */

usec_t shim_host_now(const struct shim_host *host)
{
	return host->now;
}

usec_t shim_host_deadline(const struct shim_host *host)
{
	return timer_next(&host->contexts.wheel);
}

static void (*const expire[TIMER_COUNT])(struct shim_host *host, struct shim_context *context) = {
	[TIMER_STATE] = handshake_expire,
	[TIMER_UPDATE] = update_expire,
	[TIMER_IDLE] = heuristic_expire,
	[TIMER_SEND] = reap_send_end,
	[TIMER_KEEPALIVE] = reap_keepalive_end,
	[TIMER_INTERVAL] = reap_keepalive_due,
	[TIMER_PROBE] = reap_probe_due,
	[TIMER_STANDBY] = standby_probe,
	[TIMER_CHECK] = verify_due,
};

/* The context has woken up: what is due happens, one thing at a time, since each
 * may stop another, or end the context; and it sleeps again until the next. */
static void wake(struct shim_host *host, struct shim_context *context)
{
	usec_t next = USEC_NEVER;

	for (unsigned i = 0; i < TIMER_COUNT; i++) {
		if (context->deadline[i] <= host->now) {
			context->deadline[i] = USEC_NEVER;
			timer_set(&host->contexts.wheel, &context->timer, host->now);
			expire[i](host, context);
			return;
		}
		if (context->deadline[i] < next)
			next = context->deadline[i];
	}
	if (next != USEC_NEVER)
		timer_set(&host->contexts.wheel, &context->timer, next);
}

/* Everything happens at the time it was due, however far the clock jumps, so
 * the outcome doesn't depend on the size of the steps. */
void shim_host_advance(struct shim_host *host, usec_t now)
{
	struct timer *due;

	while ((due = timer_expire(&host->contexts.wheel, now))) {
		if (due->at > host->now)
			host->now = due->at;
		wake(host, index_entry(due, struct shim_context, timer));
	}
	if (now > host->now)
		host->now = now;
}

/* --- out --------------------------------------------------------------------- */

usec_t host_about(struct shim_host *host, unsigned seconds)
{
	usec_t nominal = seconds * USEC_PER_SEC;

	return host->now + nominal / 2 + random_u64(&host->random) % (nominal + 1);
}

bool host_may(const struct shim_host *host, struct rate *rate, unsigned per_sec)
{
	const usec_t each = USEC_PER_SEC / per_sec;
	usec_t leaked = (host->now - rate->since) / each;

	rate->since += leaked * each;
	rate->filled -= leaked < rate->filled ? (unsigned)leaked : rate->filled;
	if (rate->filled == per_sec)
		return false;
	rate->filled++;
	return true;
}

int host_send(struct shim_host *host, const struct ipv6_header *ip, const struct span *parts,
	      unsigned count)
{
	const struct host_locator *l = host_locator(host, &ip->src);
	struct ipv6_header header = *ip;
	uint8_t packet[HOST_MTU_MAX];
	struct wbuf w = wbuf_of(packet, sizeof(packet));
	size_t len = 0;

	if (!l || !host_locator_is_up(host, l))
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

/* Takes the headers that the shim has nothing to do with. */
static void deliver_upper(struct shim_host *host, const struct received *rx,
			  const struct shim_arrival *arrival, size_t next_at)
{
	if (arrival->protocol == IPPROTO_ICMPV6)
		icmp6_input(host, arrival);
	else if (arrival->protocol == PROTO_NONE ||
		 (host->upper && host->upper->arrival &&
		  host->upper->arrival(host->upper_ctx, arrival)))
		return;
	else if (arrival->protocol == IPPROTO_UDP)
		icmp6_send_error(host, rx, ICMP6_PORT_UNREACHABLE, 0);
	else
		icmp6_send_error(host, rx, ICMP6_UNKNOWN_NEXT_HEADER, (uint32_t)next_at);
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
		control_input(host, rx, shim->off);
}

/* Between the ULIDs payload needs no tag, RFC 5533 12.2. */
static void notice_payload(struct shim_host *host, const struct shim_arrival *arrival,
			   struct shim_context *context)
{
	if (!context)
		context = shim_context_of(host, &arrival->local, &arrival->peer);
	if (!context || !context_is_up(context))
		return;
	heuristic_used(host, context);
	reap_payload_in(host, context);
}

/* A fragment without any other (RFC 6946) is a whole packet. */
void host_deliver(struct shim_host *host, const struct received *rx,
		  struct shim_context *context, struct ipv6_found *at)
{
	struct shim_arrival arrival = {
		.local = context ? context->ulids.local : rx->ip.dst,
		.peer = context ? context->ulids.peer : rx->ip.src,
		.local_locator = rx->ip.dst,
		.peer_locator = rx->ip.src,
		.hop_limit = rx->ip.hop_limit,
		.shimmed = context,
	};

	if (ipv6_walk(at, rx->packet, rx->len, -1)) {
		host_drop(host, rx, "headers that leave the packet");
	} else if (at->fragment || at->more_fragments) {
		host_drop(host, rx, "a fragment");
	} else if (at->proto != PROTO_SHIM6) {
		arrival.protocol = at->proto;
		arrival.upper = rx->packet + at->off;
		arrival.len = rx->len - at->off;
		notice_payload(host, &arrival, context);
		deliver_upper(host, rx, &arrival, at->next_at);
	} else if (context) {
		host_drop(host, rx, "a Shim6 header behind a Shim6 header");
	} else {
		deliver_shim(host, rx, at);
	}
}

void shim_host_input(struct shim_host *host, unsigned link, const void *packet, size_t len)
{
	struct received rx = { .packet = packet };
	struct rbuf r = rbuf_of(packet, len);
	struct ipv6_found at;

	if (link < 1 || link > host->cfg.link_count || !host->link_up[link - 1])
		return;
	if (ipv6_parse(&rx.ip, &r) || rbuf_left(&r) < rx.ip.payload_len)
		return;
	if (!host_is_up(host, &rx.ip.dst) || !host_is_unicast(&rx.ip.src))
		return;
	rx.len = IPV6_HEADER_LEN + rx.ip.payload_len;
	at = (struct ipv6_found){
		.off = IPV6_HEADER_LEN,
		.next_at = 6,
		.proto = rx.ip.next_header,
	};
	host_deliver(host, &rx, NULL, &at);
}
