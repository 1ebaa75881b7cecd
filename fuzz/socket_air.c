/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets: those that the hosts send, and what happens to them; and those that nobody has
 * sent, with the tags, ports and checksums that get them far. */
#include "fuzz/air.h"
#include "fuzz/socket_fuzz.h"
#include "refstack/core/internal.h"
#include "refstack/socket/stream.h"
#include "refstack/tcp/tcp_conn.h"
#include "wire/checksum.h"

#include <stdlib.h>

void transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct side *e = ctx;
	struct world *w = e->world;
	struct packet *p;

	demand(len <= PACKET_MAX && link >= 1 && link <= HOST_LINKS_MAX, "packets fit the link");
	if (w->count == AIR_MAX) {
		w->first++;
		w->count--;
	}
	p = &w->air[(w->first + w->count++) % AIR_MAX];
	p->to = !e->self;
	p->len = len;
	memcpy(p->octets, packet, len);
	e->sent[e->sent_count++ % SENT_MAX] = *p;
	if (e->host) /* it is sending already while it comes to be */
		check_sent(e, p);
}

static struct packet *next_packet(struct world *w)
{
	if (!w->count)
		return NULL;
	w->count--;
	return &w->air[w->first++ % AIR_MAX];
}

static void land(struct world *w, const struct packet *p)
{
	air_land(w->side[p->to].host, p->octets, p->len);
}

/* --- what was sent ------------------------------------------------------------------------- */

void deliver(struct world *w)
{
	struct packet *p = next_packet(w), copy;

	if (!p)
		return;
	copy = *p; /* its place may be taken by what it causes */
	land(w, &copy);
}

void deliver_all(struct world *w)
{
	for (unsigned n = 0; w->count && n < 2 * AIR_MAX; n++)
		deliver(w);
}

void lose(struct world *w)
{
	next_packet(w);
}

void deliver_twice(struct world *w)
{
	struct packet *p = next_packet(w), copy;

	if (!p)
		return;
	copy = *p;
	land(w, &copy);
	land(w, &copy);
}

void deliver_changed(struct world *w)
{
	struct packet *p = next_packet(w), copy;
	unsigned at = rbuf_u16(&w->program), value = octet(w);

	if (!p)
		return;
	copy = *p;
	copy.octets[at % copy.len] = (uint8_t)value;
	air_seal(copy.octets, copy.len);
	land(w, &copy);
}

void deliver_cut(struct world *w)
{
	struct packet *p = next_packet(w), copy;
	unsigned len = rbuf_u16(&w->program);

	if (!p)
		return;
	copy = *p;
	copy.len = len % (copy.len + 1);
	if (copy.len >= IPV6_HEADER_LEN)
		wire_bits_put(copy.octets, 32, 16, copy.len - IPV6_HEADER_LEN);
	air_seal(copy.octets, copy.len);
	land(w, &copy);
}

/* --- what nobody has sent --------------------------------------------------------------------- */

static struct shim_context *nth_context(const struct side *e, unsigned n)
{
	struct context_walk walk = { .bucket = 0 };
	struct shim_context *context = NULL;

	if (!e->host->contexts.count)
		return NULL;
	for (n %= e->host->contexts.count; n + 1 > 0; n--)
		context = context_walk(&e->host->contexts, &walk);
	return context;
}

/* Ports of a socket that is there, so that what is made up is for somebody. */
static void aim_udp(const struct side *to, uint8_t *udp, size_t len, unsigned n)
{
	const struct sock *s = to->sockets->socket[n % OPEN_MAX];
	struct wbuf out = wbuf_of(udp, UDP_HEADER_LEN);

	if (s && len >= UDP_HEADER_LEN)
		udp_emit(&(struct udp_header){ s->peer.port, s->local.port, (uint16_t)len, 0 },
			 &out);
}

/* The same of a segment, with numbers not far from where they matter. */
static void aim_tcp(const struct side *to, uint8_t *tcp, size_t len, unsigned n)
{
	const struct sock *s = to->sockets->socket[n % OPEN_MAX];
	const struct tcp_conn *c = s && s->stream ? s->stream->conn : NULL;

	if (!s || len < TCP_HEADER_LEN)
		return;
	wire_bits_put(tcp, 0, 16, s->peer.port);
	wire_bits_put(tcp, 16, 16, s->local.port);
	if (!c)
		return;
	wire_bits_put(tcp, 32, 32, c->rcv_nxt + (uint32_t)(int8_t)tcp[7]);
	wire_bits_put(tcp, 64, 32, c->snd_nxt + (uint32_t)(int8_t)tcp[11]);
}

static void seal_upper(uint8_t protocol, uint8_t *upper, size_t len, const struct in6_addr *src,
		       const struct in6_addr *dst)
{
	static const struct {
		uint8_t protocol;
		size_t at;
	} checksums[] = { { IPPROTO_UDP, 6 }, { IPPROTO_ICMPV6, 2 }, { IPPROTO_TCP, 16 } };
	uint32_t sum = checksum_pseudo(src, dst, (uint32_t)len, protocol);

	for (size_t i = 0; i < sizeof(checksums) / sizeof(checksums[0]); i++) {
		if (checksums[i].protocol != protocol || checksums[i].at + 2 > len)
			continue;
		memset(upper + checksums[i].at, 0, 2);
		sum = checksum_finish(checksum_add(sum, upper, len));
		wire_bits_put(upper, 8 * checksums[i].at, 16, sum ? sum : 0xffff);
	}
}

/* Which way something made up comes. */
struct disguise {
	struct in6_addr src, dst;
	struct shim_context *context; /* with its tag; NULL: without one */
};

/* From any locator to any; or, in one of two cases, through a context. */
static struct disguise some_disguise(struct world *w, struct side *to)
{
	unsigned pair = octet(w), through = octet(w);
	struct disguise d = {
		.src = locator(other_side(to), pair),
		.dst = locator(to, pair >> 2),
		.context = through & 1 ? nth_context(to, through >> 1) : NULL,
	};

	if (pair & 0x80)
		d.src = some_address(w, to);
	return d;
}

/* An upper-layer packet as if by that way. Its checksum is over the ULIDs. */
static void land_disguised(struct world *w, struct side *to, const struct disguise *d,
			   uint8_t protocol, uint8_t *upper, size_t len)
{
	struct packet p = { .to = to->self };
	struct wbuf out = wbuf_of(p.octets, sizeof(p.octets));
	struct ipv6_header ip = { .hop_limit = 64, .src = d->src, .dst = d->dst };

	ip.next_header = d->context ? PROTO_SHIM6 : protocol;
	ip.payload_len = (uint16_t)(len + (d->context ? SHIM6_PAYLOAD_LEN : 0));
	ipv6_emit(&ip, &out);
	if (d->context) {
		shim6_payload_emit(&(struct shim6_payload){ .next_header = protocol,
							    .tag = d->context->ct_local },
				   &out);
		seal_upper(protocol, upper, len, &d->context->ulids.peer, &d->context->ulids.local);
	} else {
		seal_upper(protocol, upper, len, &d->src, &d->dst);
	}
	wbuf_copy(&out, upper, len);
	p.len = out.len;
	air_seal(p.octets, p.len);
	land(w, &p);
}

/* What the program says. A control message is given the tag of a context that lives, since
 * nobody guesses one. */
void deliver_made_up(struct world *w)
{
	static const uint8_t protocols[] = {
		IPPROTO_UDP, PROTO_SHIM6,     IPPROTO_ICMPV6,   IPPROTO_TCP,
		253,         IPPROTO_HOPOPTS, IPPROTO_FRAGMENT, IPPROTO_DSTOPTS
	};
	struct side *to = some_side(w);
	struct disguise d = some_disguise(w, to);
	unsigned what = octet(w);
	uint8_t protocol = protocols[what & 7], upper[256];
	const struct shim_context *context = nth_context(to, what >> 3);
	size_t len = octet(w);

	len = len < rbuf_left(&w->program) ? len : rbuf_left(&w->program);
	rbuf_copy(&w->program, upper, len);
	if (protocol == IPPROTO_UDP)
		aim_udp(to, upper, len, what >> 3);
	if (protocol == IPPROTO_TCP)
		aim_tcp(to, upper, len, what >> 3);
	if (protocol == PROTO_SHIM6 && context && len >= 12 && what & 0x80)
		wire_bits_put(upper, 49, 47, context->ct_local);
	land_disguised(w, to, &d, protocol, upper, len);
}

/* An ICMPv6 error about something that was sent, from anywhere on the way. */
void complain(struct world *w)
{
	static const uint8_t types[] = { 1, 2, 3, 4, 4, 1, 127, 128 };
	struct side *to = some_side(w);
	struct disguise d = some_disguise(w, to);
	unsigned what = octet(w), code = octet(w), word = rbuf_u16(&w->program), cut = octet(w);
	const struct packet *about = &to->sent[(what >> 3) % SENT_MAX];
	uint8_t message[1232];
	struct wbuf out = wbuf_of(message, sizeof(message));
	size_t quote = about->len;

	if (to->sent_count <= (what >> 3) % SENT_MAX)
		return;
	if (quote > sizeof(message) - 8)
		quote = sizeof(message) - 8;
	if (cut && cut < quote)
		quote = cut;
	memcpy(&d.dst, about->octets + 8, sizeof(d.dst));
	wbuf_u8(&out, types[what & 7]);
	wbuf_u8(&out, (uint8_t)code);
	wbuf_u16(&out, 0);
	wbuf_u32(&out, word);
	wbuf_copy(&out, about->octets, quote);
	land_disguised(w, to, &d, IPPROTO_ICMPV6, message, out.len);
}
