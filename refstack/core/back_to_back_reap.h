/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of REAP: what is in the packets that went over the air, octet by
 * octet as RFC 5534 5 has it, and packets for A that B would not send by itself.
 */
#ifndef REFSTACK_BACK_TO_BACK_REAP_H
#define REFSTACK_BACK_TO_BACK_REAP_H

#include "refstack/core/back_to_back.h"

enum { SEND_TIMEOUT = 15 }; /* seconds, RFC 5534 7; and Keepalive Timeout */

/* What A remembers of its flights so far stays; only the list is emptied. */
static inline void clear(struct pair *p)
{
	p->count = p->landed = 0;
}

static inline enum reap_state reap_of(const struct pair *p, unsigned side)
{
	return (enum reap_state)context_of(p, side)->reap.state;
}

static inline usec_t deadline_of(const struct pair *p, unsigned side, enum context_timer timer)
{
	return context_of(p, side)->deadline[timer];
}

/* One host's time goes on, and nobody else's. */
static inline void pass(struct pair *p, unsigned side, usec_t span)
{
	shim_host_advance(p->host[side], shim_host_now(p->host[side]) + span);
}

/* Payload on the default context. */
static inline void say(struct pair *p, unsigned side)
{
	struct shim_send send = {
		.local = locator_of(p, side, 1),
		.peer = locator_of(p, !side, 1),
		.protocol = IPPROTO_UDP,
	};

	assert_int_equal(shim_send(p->host[side], &send, "12345678payload", 16), 0);
}

/* Up to A's first Probe, which is the first flight then. */
static inline void explore(struct pair *p)
{
	establish(p);
	say(p, A);
	clear(p);
	pass(p, A, SEND_TIMEOUT * USEC_PER_SEC);
	assert_int_equal(reap_of(p, A), REAP_EXPLORING);
}

/* --- what was sent ------------------------------------------------------------ */

static inline bool is_payload(const struct flight *f)
{
	return f->octets[6] == IPPROTO_UDP ||
	       (f->octets[6] == PROTO_SHIM6 && f->octets[42] & 0x80);
}

static inline bool is_reap(const struct flight *f)
{
	uint8_t type = control_type(f);

	return type == SHIM6_KEEPALIVE || type == SHIM6_PROBE;
}

static inline unsigned source_of(const struct pair *p, const struct flight *f)
{
	return number_of(p, !f->to, f->octets + 8);
}

static inline unsigned destination_of(const struct pair *p, const struct flight *f)
{
	return number_of(p, f->to, f->octets + 24);
}

/* The figure of RFC 5534 5.2. */
static inline unsigned sta_of(const struct flight *probe) { return probe->octets[53] >> 6; }
static inline unsigned psent_of(const struct flight *probe) { return probe->octets[52] & 0xf; }
static inline unsigned precvd_of(const struct flight *probe) { return probe->octets[52] >> 4; }

/* The i-th of its reports, from 0: first those sent, then those received. */
static inline struct reap_report report_of(const struct flight *probe, unsigned i)
{
	const uint8_t *block = probe->octets + 56 + 40 * i;
	struct rbuf r = rbuf_of(block + 32, 8);
	struct reap_report report;

	assert_true(i < psent_of(probe) + precvd_of(probe));
	memcpy(&report.src, block, 16);
	memcpy(&report.dst, block + 16, 16);
	report.nonce = rbuf_u32(&r);
	report.data = rbuf_u32(&r);
	return report;
}

static inline uint32_t nonce_of(const struct flight *probe)
{
	return report_of(probe, 0).nonce;
}

/* Does a Probe report this other one as received? */
static inline bool reports(const struct flight *probe, const struct flight *other)
{
	for (unsigned i = 0; i < precvd_of(probe); i++)
		if (!memcmp(probe->octets + 56 + 40 * (psent_of(probe) + i), other->octets + 56, 40))
			return true;
	return false;
}

/* From whom, in which state, from which of its locators to which of the other's,
 * and how many Probes it reports as received. */
static inline void assert_probe(const struct pair *p, unsigned i, unsigned from,
				enum reap_state state, unsigned local, unsigned peer,
				unsigned received)
{
	const struct flight *f = &p->flight[i];

	assert_true(i < p->count);
	assert_int_equal(control_type(f), SHIM6_PROBE);
	assert_int_equal(f->to, !from);
	assert_int_equal(sta_of(f), state);
	assert_int_equal(source_of(p, f), local);
	assert_int_equal(destination_of(p, f), peer);
	assert_int_equal(psent_of(f), 1);
	assert_int_equal(precvd_of(f), received);
}

static inline void assert_pair(const struct pair *p, unsigned side, unsigned local, unsigned peer)
{
	const struct shim_context *context = context_of(p, side);

	assert_addr(&context->lp_local, locator_of(p, side, local));
	assert_addr(&context->lp_peer, locator_of(p, !side, peer));
}

/* --- what B makes up ---------------------------------------------------------- */

/* A takes the last packet in the air, which isn't there any more then. */
static inline void take_last(struct pair *p)
{
	struct flight f = p->flight[--p->count];

	land(p, &f);
}

/* Between B's locator `from` and A's `to`, from 1. */
static inline void hear(struct pair *p, const struct shim6_message *m, unsigned from, unsigned to)
{
	struct in6_addr src = locator_of(p, B, from), dst = locator_of(p, A, to);

	assert_int_equal(host_send_control(p->host[B], &src, &dst, m), 0);
	take_last(p);
}

static inline struct shim6_message message_of(const struct pair *p, uint8_t type)
{
	return (struct shim6_message){
		.type = type,
		.receiver_tag = context_of(p, A)->ct_local,
	};
}

static inline void hear_keepalive(struct pair *p)
{
	struct shim6_message m = message_of(p, SHIM6_KEEPALIVE);

	hear(p, &m, 1, 1);
}

static inline void hear_payload(struct pair *p)
{
	struct ipv6_header ip = { .next_header = IPPROTO_UDP, .src = locator_of(p, B, 1),
				  .dst = locator_of(p, A, 1) };
	const uint8_t udp[8] = { 0 };

	assert_int_equal(host_send(p->host[B], &ip, &(struct span){ udp, sizeof(udp) }, 1), 0);
	take_last(p);
}

/* By its tag, from and to locators that are none of the current pair. */
static inline void hear_tagged(struct pair *p)
{
	struct ipv6_header ip = { .next_header = PROTO_SHIM6, .src = locator_of(p, B, 2),
				  .dst = locator_of(p, A, 2) };
	struct shim6_payload payload = { .next_header = IPPROTO_UDP,
					 .tag = context_of(p, A)->ct_local };
	uint8_t octets[16] = { 0 };
	struct wbuf w = wbuf_of(octets, sizeof(octets));

	shim6_payload_emit(&payload, &w);
	assert_int_equal(host_send(p->host[B], &ip, &(struct span){ octets, 16 }, 1), 0);
	take_last(p);
}

/* Whatever it acknowledges. */
static inline void hear_update_ack(struct pair *p)
{
	struct shim6_message m = message_of(p, SHIM6_UPDATE_ACK);

	hear(p, &m, 1, 1);
}

static inline struct shim6_message probe_of(const struct pair *p, enum reap_state state,
					    unsigned from, unsigned to, uint32_t nonce)
{
	struct shim6_message m = message_of(p, SHIM6_PROBE);

	m.probe.state = (uint8_t)state;
	m.probe.sent_count = 1;
	m.probe.sent[0] = (struct reap_report){ .src = locator_of(p, B, from),
						.dst = locator_of(p, A, to), .nonce = nonce };
	return m;
}

/* reported: a Probe of A's that B says to have received, or NULL. */
static inline void hear_probe(struct pair *p, enum reap_state state, unsigned from, unsigned to,
			      uint32_t nonce, const struct flight *reported)
{
	struct shim6_message m = probe_of(p, state, from, to, nonce);

	if (reported)
		m.probe.received[m.probe.received_count++] = report_of(reported, 0);
	hear(p, &m, from, to);
}

/* B's list is this, from now on. */
static inline void tell_list(struct pair *p, locator_set set)
{
	struct shim6_message m = message_of(p, SHIM6_UPDATE_REQUEST);
	struct in6_addr src = locator_of(p, B, 1), dst = locator_of(p, A, 1);
	const struct tell tell = { .set = set };

	m.request_nonce = ++context_of(p, B)->ls_local_generation;
	assert_int_equal(peer_tell(p->host[B], context_of(p, B), &src, &dst, &m, &tell), set);
	take_last(p);
	assert_int_equal(context_of(p, A)->ls_peer->count, __builtin_popcount(set));
}

#endif
