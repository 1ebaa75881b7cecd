/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between ULIDs and locators: the payload extension header going out
 * (RFC 5533 11) and coming in (12.2).
 */
#include "refstack/core/internal.h"

#include <errno.h>

/* --- out: RFC 5533 11 ------------------------------------------------------ */

/* Which way a packet takes. */
struct route {
	struct in6_addr src, dst;
	struct shim_context *context; /* NULL: none */
	bool tagged;                  /* its tag goes along: the locators aren't the ULIDs */
};

static int route_find(struct route *out, const struct shim_host *host, const struct shim_send *send,
		      struct shim_context *context)
{
	struct route route = { .src = send->local, .dst = send->peer, .context = context };

	if ((send->source_locator || send->peer_locator || send->fii) && !context)
		return -ENOENT;
	if (context) {
		route.src = send->source_locator ? *send->source_locator : context->lp_local;
		route.dst = send->peer_locator ? *send->peer_locator : context->lp_peer;
		if (send->peer_locator &&
		    shim_context_reach(context, &route.dst) != SHIM_VERIFIED)
			return -EHOSTUNREACH;
		/* The peer knows nothing of a source outside Ls(local), RFC 5533 7.2. */
		if (!context_has_local(host, context, &route.src))
			return -ENETUNREACH;
		/* A fork has the ULIDs of its default context: only a tag tells them apart. */
		route.tagged = send->fii || !IN6_ARE_ADDR_EQUAL(&route.src, &send->local) ||
			       !IN6_ARE_ADDR_EQUAL(&route.dst, &send->peer);
	}
	if (!host_is_up(host, &route.src))
		return -ENETUNREACH;
	*out = route;
	return 0;
}

/* Is it communication, worth a context one day? Not ICMPv6: who pings a host
 * must not make it begin one. */
static bool counts(const struct shim_send *send)
{
	return !send->dontshim && send->protocol != IPPROTO_ICMPV6;
}

/* RFC 8201 4: what a router has said holds for a while. */
static bool fits_path(const struct shim_host *host, const struct shim_context *context, size_t len)
{
	return !context->path_mtu || host->now >= context->path_mtu_until ||
	       len <= context->path_mtu;
}

static int send_routed(struct shim_host *host, const struct shim_send *send,
		       const struct route *route, const void *upper, size_t len)
{
	struct ipv6_header ip = {
		.next_header = send->protocol,
		.hop_limit = send->hop_limit,
		.src = route->src,
		.dst = route->dst,
	};
	struct span parts[2] = { { .data = NULL }, { upper, len } };
	uint8_t header[SHIM6_PAYLOAD_LEN];

	if (route->tagged) {
		struct shim6_payload payload = {
			.next_header = send->protocol,
			.tag = route->context->ct_peer,
		};
		struct wbuf w = wbuf_of(header, sizeof(header));

		shim6_payload_emit(&payload, &w);
		parts[0] = (struct span){ header, w.len };
		ip.next_header = PROTO_SHIM6;
	}
	if (route->context &&
	    !fits_path(host, route->context, IPV6_HEADER_LEN + parts[0].len + len))
		return -EMSGSIZE;
	return host_send(host, &ip, parts, 2);
}

int shim_send(struct shim_host *host, const struct shim_send *send, const void *upper, size_t len)
{
	struct shim_ulids ulids = { .local = send->local, .peer = send->peer, .fii = send->fii };
	struct shim_context *context = NULL, *carrier = NULL;
	struct route route;
	int err;

	if (!send->dontshim) {
		context = context_by_ulids(&host->contexts, &ulids);
		if (context && context_is_up(context))
			carrier = context;
	}
	err = route_find(&route, host, send, carrier);
	if (!err)
		err = send_routed(host, send, &route, upper, len);
	if (err)
		return err;
	if (carrier) {
		heuristic_used(host, carrier);
		reap_payload_out(host, carrier);
	} else if (!context && counts(send)) {
		heuristic_count(host, &ulids);
	}
	return 0;
}

size_t shim_mtu(const struct shim_host *host, const struct in6_addr *local,
		const struct in6_addr *peer)
{
	const struct shim_context *context = shim_context_of(host, local, peer);
	const struct host_locator *l = host_locator(host, context ? &context->lp_local : local);
	size_t mtu;

	if (!l)
		return 0;
	mtu = host->cfg.link[l->link - 1].mtu;
	if (context && !fits_path(host, context, mtu))
		mtu = context->path_mtu;
	return mtu - IPV6_HEADER_LEN - (context ? SHIM6_PAYLOAD_LEN : 0);
}

struct shim_context *shim_context_of(const struct shim_host *host, const struct in6_addr *local,
				     const struct in6_addr *peer)
{
	return shim_fork_of(host, local, peer, 0);
}

struct shim_context *shim_fork_of(const struct shim_host *host, const struct in6_addr *local,
				  const struct in6_addr *peer, uint32_t fii)
{
	struct shim_ulids ulids = { .local = *local, .peer = *peer, .fii = fii };
	struct shim_context *context = context_by_ulids(&host->contexts, &ulids);

	return context && context_is_up(context) ? context : NULL;
}

void translate_switch(struct shim_host *host, struct shim_context *context,
		      const struct in6_addr *local, const struct in6_addr *peer)
{
	context->lp_local = *local;
	context->lp_peer = *peer;
	context->path_mtu = 0; /* it was another path's */
	if (context->reap.standby)
		context->reap.standby->ready = false;
	host_event(host, SHIM_EVENT_PAIR, context, NULL, NULL);
}

/* A source that works needs no proof by Probes, as a destination does (RFC 5533
 * 7.2), so this doesn't wait for any. And a pair that works is kept, as REAP does: the
 * ULID coming back alone is no reason to move again. */
void translate_pick_local(struct shim_host *host, struct shim_context *context)
{
	locator_set sources = context_sources(host, context) & host_locators_up(host);
	const struct in6_addr *best = NULL;

	if (host_is_up(host, &context->lp_local))
		return;
	for (unsigned i = 0; i < host->locator_count; i++) {
		const struct in6_addr *addr = &host->locator[i].addr;

		if (sources & UINT32_C(1) << i &&
		    (!best || wish_order_local(context, addr) < wish_order_local(context, best)))
			best = addr;
	}
	if (best)
		translate_switch(host, context, best, &context->lp_peer);
}

struct shim_context *translate_quoted(const struct shim_host *host, const struct in6_addr *src,
				      const struct in6_addr *dst, uint64_t tag)
{
	struct shim_context *context = NULL;

	while ((context = context_by_peer_tag(&host->contexts, tag, context)))
		if (context_is_up(context) && context_hears_at(host, context, src) &&
		    context_has_peer(context, dst))
			return context;
	return NULL;
}

/* --- in: RFC 5533 12.2 ------------------------------------------------------- */

/* Nothing is moved or copied: the ULIDs go up beside the packet, and the walk along
 * its headers goes on behind the extension header as if that weren't there. */
void translate_input(struct shim_host *host, const struct received *rx,
		     const struct ipv6_found *shim)
{
	struct rbuf r = rbuf_of(rx->packet + shim->off, rx->len - shim->off);
	struct shim6_payload payload;
	struct shim_context *context;
	enum standing standing;
	struct ipv6_found at;

	if (shim6_payload_parse(&payload, &r)) {
		host_drop(host, rx, "a malformed payload extension header");
		return;
	}
	/* The tag alone decides, wherever the packet comes from. */
	context = context_by_tag(&host->contexts, payload.tag);
	standing = handshake_standing(host, context);
	if (standing == STRANGER) {
		host_drop(host, rx, "no context with this tag");
		control_r1bis(host, rx, payload.tag);
	} else if (standing == DEAF) {
		host_drop(host, rx, "a payload packet that the STATE has no use for");
	} else {
		at = (struct ipv6_found){
			.off = shim->off + SHIM6_PAYLOAD_LEN,
			.next_at = shim->off,
			.proto = payload.next_header,
			.more_fragments = shim->more_fragments,
		};
		host_deliver(host, rx, context, &at);
	}
}
