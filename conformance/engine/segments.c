/* SPDX-License-Identifier: BSD-2-Clause */
/* The peer's end of a TCP connection: sequence numbers, and the handshake. */
#include "conformance/engine/segments.h"

#include "conformance/engine/trial.h"
#include "wire/ipv6.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/tcp.h"

#include <string.h>

enum { TCP_HANDSHAKE = TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN }; /* flags that tell a step */

struct segment {
	struct in6_addr src, dst;
	uint64_t src_port, dst_port, seq, ack, flags;
	uint32_t len; /* of sequence space: data, SYN and FIN */
	bool wrong;
};

/* --- taking apart --------------------------------------------------------- */

static bool has_error(const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++)
		if (d->findings[i].severity == WIRE_ERROR)
			return true;
	return false;
}

/* 0; -ENOENT: there is no whole TCP header. */
static int segment_parse(struct trial *t, const void *packet, size_t len, bool from_target,
			 struct segment *out)
{
	const struct in6_addr *own = &t->locators[0].addr, *peer = &t->peer.set.addr[0];
	struct wire_dissection d; /* not in the pool: an event can have very many packets */
	unsigned i = 0;

	wire_dissect_ulids(&d, packet, len, from_target ? own : peer, from_target ? peer : own);
	while (i < d.span_count && d.spans[i].layer != &layer_tcp)
		i++;
	if (i == d.span_count || d.spans[i].len < TCP_HEADER_LEN)
		return -ENOENT;
	memcpy(&out->src, d.octets + 8, sizeof(out->src));
	memcpy(&out->dst, d.octets + 24, sizeof(out->dst));
	out->src_port = wire_row_number(&d, i, ROW_PORT_SRC);
	out->dst_port = wire_row_number(&d, i, ROW_PORT_DST);
	out->seq = wire_row_number(&d, i, ROW_TCP_SEQ);
	out->ack = wire_row_number(&d, i, ROW_TCP_ACK);
	out->flags = wire_row_number(&d, i, ROW_TCP_FLAGS);
	out->len = (uint32_t)(d.end - d.spans[i].off - d.spans[i].len) + !!(out->flags & TCP_SYN) +
		   !!(out->flags & TCP_FIN);
	out->wrong = has_error(&d) || d.cut;
	return 0;
}

/* --- sequence numbers ----------------------------------------------------- */

static uint32_t next_get(const struct trial *t, bool from_target)
{
	return (uint32_t)t->variables[from_target ? VARIABLE_LOCAL_SEQ : VARIABLE_PEER_SEQ].number;
}

static void next_put(struct trial *t, bool from_target, uint32_t next)
{
	t->variables[from_target ? VARIABLE_LOCAL_SEQ : VARIABLE_PEER_SEQ] =
		(struct datum){ .bound = true, .number = next };
}

void segments_begin(struct trial *t)
{
	t->segments = (struct segments){ .followed = true };
	t->peer.chance = peer_seed(t->peer.chance, "initial sequence number");
	next_put(t, false, (uint32_t)t->peer.chance);
	next_put(t, true, 0); /* until its SYN comes */
}

/* Modulo 2^32, RFC 9293 3.4. */
static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

void segments_follow(struct trial *t, const void *packet, size_t len, bool from_target)
{
	uint32_t next = next_get(t, from_target), begin, end;
	struct segment s;

	if (!t->segments.followed || segment_parse(t, packet, len, from_target, &s) < 0 ||
	    s.wrong || s.src_port != (from_target ? OWN_PORT : PEER_PORT) ||
	    s.dst_port != (from_target ? PEER_PORT : OWN_PORT))
		return;
	begin = (uint32_t)s.seq;
	end = begin + s.len;
	if (s.flags & TCP_SYN && !t->segments.synced[from_target]) {
		t->segments.synced[from_target] = true;
		next_put(t, from_target, end);
	} else if (!before(next, begin) && before(next, end)) {
		next_put(t, from_target, end);
	}
}

/* --- the handshake -------------------------------------------------------- */

static void set(struct wire_draft_layer *layer, struct wire_set *sets, const char *name,
		uint64_t number)
{
	sets[layer->set_count++] = (struct wire_set){ wire_field_named(layer->layer, name),
						      { .kind = WIRE_UINT, .number = number } };
}

static void set_address(struct wire_draft_layer *layer, struct wire_set *sets, const char *name,
			const struct in6_addr *addr)
{
	sets[layer->set_count++] = (struct wire_set){
		wire_field_named(layer->layer, name),
		{ .kind = WIRE_ADDR, .octets = addr->s6_addr, .len = sizeof(*addr) }
	};
}

static int say(struct trial *t, unsigned flags, const char *name)
{
	struct wire_set ip_sets[2], sets[5];
	struct wire_draft_layer layers[] = { { &layer_ipv6, ip_sets, 0 }, { &layer_tcp, sets, 0 } };
	uint8_t packet[IPV6_HEADER_LEN + TCP_HEADER_LEN];
	ssize_t n;

	set_address(&layers[0], ip_sets, "src", &t->peer.set.addr[0]);
	set_address(&layers[0], ip_sets, "dst", &t->locators[0].addr);
	set(&layers[1], sets, "src", PEER_PORT);
	set(&layers[1], sets, "dst", OWN_PORT);
	set(&layers[1], sets, "seq", next_get(t, false));
	set(&layers[1], sets, "ack", flags & TCP_ACK ? next_get(t, true) : 0);
	set(&layers[1], sets, "flags", flags);
	n = wire_build(packet, sizeof(packet), layers, 2, NULL, NULL);
	if (n < 0)
		return trial_blocked(t, "TCP handshake: the peer could not write its %s", name);
	return trial_deliver(t, t->locators[0].link, pool_copy(&t->brief, packet, (size_t)n),
			     (size_t)n,
			     pool_text(&t->brief, "TCP handshake %s, by the peer", name));
}

/* The next packet, which must be this step. */
static int hear(struct trial *t, unsigned flags, const char *name)
{
	const struct sent *next;
	struct segment s;
	int r = timeline_settle(t);

	if (r < 0)
		return r;
	next = trial_next_sent(t);
	if (!next)
		return trial_blocked(t, "TCP handshake: no %s came", name);
	if (segment_parse(t, next->octets, next->len, true, &s) < 0 ||
	    (s.flags & TCP_HANDSHAKE) != flags || s.src_port != OWN_PORT ||
	    s.dst_port != PEER_PORT || memcmp(&s.src, &t->locators[0].addr, sizeof(s.src)) ||
	    memcmp(&s.dst, &t->peer.set.addr[0], sizeof(s.dst)))
		return trial_blocked(t, "TCP handshake: %s was due, and this came: %s", name,
				     trial_line(t, next->octets, next->len));
	if (s.wrong)
		return trial_blocked(t, "TCP handshake: %s is wrong: %s", name,
				     trial_line(t, next->octets, next->len));
	if (flags & TCP_ACK && s.ack != next_get(t, false))
		return trial_blocked(t, "TCP handshake: %s acknowledges %u, and should %u", name,
				     (unsigned)s.ack, next_get(t, false));
	trial_note(t, next->number, "TCP handshake %s, by the target", name);
	trial_take_sent(t);
	return 0;
}

int segments_await_syn(struct trial *t)
{
	return hear(t, TCP_SYN, "SYN");
}

int segments_answer(struct trial *t)
{
	if (hear(t, TCP_SYN, "SYN") < 0 || say(t, TCP_SYN | TCP_ACK, "SYN-ACK") < 0)
		return TRIAL_OVER;
	return hear(t, TCP_ACK, "ACK");
}

int segments_connect(struct trial *t)
{
	if (say(t, TCP_SYN, "SYN") < 0 || hear(t, TCP_SYN | TCP_ACK, "SYN-ACK") < 0)
		return TRIAL_OVER;
	return say(t, TCP_ACK, "ACK");
}
