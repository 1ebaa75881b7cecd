/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between ULIDs and locators: the payload extension header going out
 * (RFC 5533 11) and coming in (12.2).
 */
#include "refstack/core/internal.h"

#include <arpa/inet.h>
#include <errno.h>

/* --- out: RFC 5533 11 ------------------------------------------------------ */

/* Which way a packet takes. */
struct route {
	struct in6_addr src, dst;
	const struct shim_context *context; /* its tag goes along; NULL: none is needed */
};

static int route_find(struct route *out, const struct shim_host *host, const struct shim_send *send)
{
	struct route route = { .src = send->local, .dst = send->peer };
	const struct shim_context *context = NULL;

	if (!send->dontshim)
		context = shim_context_of(host, &send->local, &send->peer);
	if (send->source_locator && !context)
		return -ENOENT;
	if (context) {
		route.src = send->source_locator ? *send->source_locator : context->lp_local;
		route.dst = context->lp_peer;
		if (!IN6_ARE_ADDR_EQUAL(&route.src, &send->local) ||
		    !IN6_ARE_ADDR_EQUAL(&route.dst, &send->peer))
			route.context = context;
		/* The peer knows nothing of a source outside Ls(local), RFC 5533 7.2. */
		if (shim_context_has_local(context, &route.src))
			return -ENETUNREACH;
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

int shim_send(struct shim_host *host, const struct shim_send *send, const void *upper, size_t len)
{
	struct ipv6_header ip = { .next_header = send->protocol, .hop_limit = send->hop_limit };
	struct span parts[2] = { { .data = NULL }, { upper, len } };
	uint8_t header[SHIM6_PAYLOAD_LEN];
	struct route route;
	int err = route_find(&route, host, send);

	if (err)
		return err;
	ip.src = route.src;
	ip.dst = route.dst;
	if (route.context) {
		struct shim6_payload payload = {
			.next_header = send->protocol,
			.tag = route.context->ct_peer,
		};
		struct wbuf w = wbuf_of(header, sizeof(header));

		shim6_payload_emit(&payload, &w);
		parts[0] = (struct span){ header, w.len };
		ip.next_header = PROTO_SHIM6;
	}
	err = host_send(host, &ip, parts, 2);
	if (!err && counts(send))
		heuristic_count(host, &send->local, &send->peer);
	return err;
}

const struct shim_context *shim_context_of(const struct shim_host *host,
					   const struct in6_addr *local,
					   const struct in6_addr *peer)
{
	struct shim_ulids ulids = { .local = *local, .peer = *peer };
	const struct shim_context *context = context_by_ulids(&host->contexts, &ulids);

	return context && context->state == SHIM_ESTABLISHED ? context : NULL;
}

/* A pair that works is kept, as REAP does: the ULID coming back alone is no
 * reason to move again. */
void translate_pick_local(struct shim_host *host, struct shim_context *context)
{
	char text[INET6_ADDRSTRLEN];

	if (host_is_up(host, &context->lp_local))
		return;
	for (unsigned i = 0; i < context->ls_local.count; i++) {
		if (!host_is_up(host, &context->ls_local.addr[i]))
			continue;
		context->lp_local = context->ls_local.addr[i];
		inet_ntop(AF_INET6, &context->lp_local, text, sizeof(text));
		host_log(host, "context %012llx: sends from %s",
			 (unsigned long long)context->ct_local, text);
		return;
	}
}

/* --- in: RFC 5533 12.2 ------------------------------------------------------- */

/* The packet as the peer's upper layer sent it: ULIDs for locators, and the
 * extension header gone. Returns its length. */
static size_t restore(uint8_t *out, const struct received *rx, const struct ipv6_found *shim,
		      const struct shim_context *context, uint8_t next_header)
{
	size_t behind = shim->off + SHIM6_PAYLOAD_LEN;
	struct ipv6_header ip = rx->ip;
	struct wbuf w = wbuf_of(out, rx->len);

	ip.src = context->ulids.peer;
	ip.dst = context->ulids.local;
	ip.payload_len -= SHIM6_PAYLOAD_LEN;
	ipv6_emit(&ip, &w);
	wbuf_copy(&w, rx->packet + IPV6_HEADER_LEN, shim->off - IPV6_HEADER_LEN);
	wbuf_copy(&w, rx->packet + behind, rx->len - behind);
	out[shim->next_at] = next_header;
	return w.len;
}

void translate_input(struct shim_host *host, const struct received *rx,
		     const struct ipv6_found *shim)
{
	struct rbuf r = rbuf_of(rx->packet + shim->off, rx->len - shim->off);
	uint8_t packet[HOST_MTU_MAX];
	struct shim6_payload payload;
	struct shim_context *context;
	size_t len;

	if (shim6_payload_parse(&payload, &r)) {
		host_drop(host, rx, "a malformed payload extension header");
		return;
	}
	/* The tag alone decides, wherever the packet comes from. */
	context = context_by_tag(&host->contexts, payload.tag);
	if (!context || context->state == SHIM_I1_SENT || context->state == SHIM_E_FAILED ||
	    context->state == SHIM_NO_SUPPORT) {
		host_drop(host, rx, "no context with this tag");
		return;
	}
	if (context->state == SHIM_I2_SENT)
		handshake_repeat_i2(host, context);
	len = restore(packet, rx, shim, context, payload.next_header);
	host_deliver(host, rx, context, packet, len);
}
