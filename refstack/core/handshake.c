/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Context establishment, RFC 5533 7, in both roles. The table at the end is
 * to be held beside section 6.2 and appendix B: a row is an event, a column
 * a STATE, and the cells name the actions above it.
 */
#include "refstack/core/handshake.h"
#include "wire/layers.h"

#include <arpa/inet.h>
#include <errno.h>

/* RFC 5533 14, in seconds. */
enum {
	I1_TIMEOUT = 4,
	I1_RETRIES_MAX = 4,
	I2_TIMEOUT = 4,
	I2_RETRIES_MAX = 2,
	NO_R1_HOLDDOWN_TIME = 60,
	ICMP_HOLDDOWN_TIME = 600,
};

typedef void action(struct shim_host *host, struct shim_context *context, const struct heard *h);

static void enter(struct shim_host *host, struct shim_context *context, enum shim_state state)
{
	char local[INET6_ADDRSTRLEN], peer[INET6_ADDRSTRLEN];

	if (context->state == state)
		return;
	inet_ntop(AF_INET6, &context->ulids.local, local, sizeof(local));
	inet_ntop(AF_INET6, &context->ulids.peer, peer, sizeof(peer));
	host_log(host, "context %012llx %s - %s: %s -> %s", (unsigned long long)context->ct_local,
		 local, peer, shim_state_name(context->state), shim_state_name(state));
	context->state = state;
	context->deadline = USEC_NEVER;
	context->retries = 0;
}

/* RFC 5533 7.8: doubled with each copy, and between half and one and a half
 * of that. */
static void start_timer(struct shim_host *host, struct shim_context *context, unsigned seconds)
{
	usec_t nominal = seconds * USEC_PER_SEC << context->retries;

	context->deadline = host->now + nominal / 2 + random_u64(&host->random) % (nominal + 1);
}

/* --- messages that we send --------------------------------------------------- */

static void add_locators(const struct shim_host *host, const struct shim_context *context,
			 struct shim6_message *m)
{
	const struct shim_locators *ls = &context->ls_local;

	m->has_locators = true;
	m->locators.generation = ls->generation;
	m->locators.count = (uint8_t)ls->count;
	for (unsigned i = 0; i < ls->count; i++) {
		m->locators.method[i] = SHIM6_METHOD_HBA;
		m->locators.locator[i] = ls->addr[i];
	}
	m->pds = (struct span){ host->hba.pds, host->hba.pds_len };
}

/* RFC 5533 7.7 and 7.11: the ULIDs go along unless the addresses are them. */
static void add_ulids(const struct shim_context *context, struct shim6_message *m)
{
	m->has_ulids = !context_uses_ulids(context);
	m->ulids.sender = context->ulids.local;
	m->ulids.receiver = context->ulids.peer;
	m->has_fii = context->ulids.fii != 0;
	m->fii = context->ulids.fii;
}

static void send_i1(struct shim_host *host, struct shim_context *context)
{
	struct shim6_message i1 = {
		.type = SHIM6_I1,
		.init_tag = context->ct_local,
		.init_nonce = context->init_nonce,
	};

	add_ulids(context, &i1);
	host_send_control(host, &context->lp_local, &context->lp_peer, &i1);
	start_timer(host, context, I1_TIMEOUT);
}

/* Its timer is the caller's. */
static void send_i2(struct shim_host *host, struct shim_context *context)
{
	struct shim6_message i2 = {
		.type = SHIM6_I2,
		.init_tag = context->ct_local,
		.init_nonce = context->init_nonce,
		.resp_nonce = context->resp_nonce,
		.validator = { context->validator, context->validator_len },
	};

	add_ulids(context, &i2);
	add_locators(host, context, &i2);
	if (host_send_control(host, &context->lp_local, &context->lp_peer, &i2) == -ENOSPC)
		host_log(host, "the I2 does not fit beside a validator of %zu octets",
			 context->validator_len);
}

/* Answers go back where the message came from, whatever the context's Lp. */
static void reply(struct shim_host *host, const struct heard *h, const struct shim6_message *m)
{
	host_send_control(host, &h->rx->ip.dst, &h->rx->ip.src, m);
}

/* --- actions ------------------------------------------------------------------- */

static void ignore(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)context;
	if (h)
		host_drop(host, h->rx, "a message that the STATE has no use for");
}

/* RFC 5533 7.10: nothing is kept. */
static void send_r1(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	struct shim6_message r1 = { .type = SHIM6_R1, .init_nonce = h->m->init_nonce };
	uint8_t validator[VALIDATOR_LEN];

	(void)context;
	r1.resp_nonce = validator_issue(&host->validators, &host->random, host->now, &h->claim,
					validator);
	r1.validator = (struct span){ validator, sizeof(validator) };
	reply(host, h, &r1);
}

/* RFC 5533 7.14, to an I1 or I2. */
static void send_r2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	struct shim6_message r2 = {
		.type = SHIM6_R2,
		.resp_tag = context->ct_local,
		.init_nonce = h->m->init_nonce,
	};

	add_locators(host, context, &r2);
	reply(host, h, &r2);
}

/* RFC 5533 7.9, I1 in ESTABLISHED: a late copy, whose R2 was lost, or has the
 * peer lost the context? */
static void either(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	bool known = context_has_peer(context, &h->rx->ip.src);

	if (known && h->m->init_tag == context->ct_peer)
		send_r2(host, context, h);
	else
		send_r1(host, context, h);
}

/* RFC 5533 7.11 */
static void take_r1(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	context->resp_nonce = h->m->resp_nonce;
	context->validator_len = h->m->validator.len;
	memcpy(context->validator, h->m->validator.data, h->m->validator.len);
	enter(host, context, SHIM_I2_SENT);
	send_i2(host, context);
	start_timer(host, context, I2_TIMEOUT);
}

/* RFC 5533 7.15: another context with this peer and the same CT(peer) is one
 * that the peer has lost, and its tag now means the new one. */
static void end_confusion(struct shim_host *host, const struct shim_context *newer)
{
	struct context_table *table = &host->contexts;

	for (unsigned i = table->count; i-- > 0;) {
		struct shim_context *old = table->slot[i];

		if (old != newer && old->ct_peer == newer->ct_peer &&
		    (old->state == SHIM_ESTABLISHED || old->state == SHIM_I2BIS_SENT) &&
		    context_shares_peer(old, newer)) {
			enter(host, old, SHIM_IDLE);
			context_remove(table, old);
		}
	}
}

/* CT(peer) and Ls(peer). A message without a list leaves the one that we
 * have; RFC 5533 doesn't say, but nothing in it was withdrawn. */
static void record_peer(struct shim_context *context, uint64_t ct_peer,
			const struct shim6_message *m)
{
	struct shim_locators *ls = &context->ls_peer;

	context->ct_peer = ct_peer;
	if (!m->has_locators)
		return;
	ls->generation = m->locators.generation;
	ls->count = m->locators.count;
	memcpy(ls->addr, m->locators.locator, ls->count * sizeof(ls->addr[0]));
}

/* A context in IDLE with our locators in it; NULL and a line when there is no room. */
static struct shim_context *begin(struct shim_host *host, const struct shim_ulids *ulids)
{
	struct shim_context *context = context_add(&host->contexts, &host->random, ulids);

	if (!context) {
		host_log(host, "no room for another context");
		return NULL;
	}
	context->ls_local.generation = 1; /* the only list that we ever have */
	context->ls_local.count = host->locator_count;
	for (unsigned i = 0; i < host->locator_count; i++)
		context->ls_local.addr[i] = host->locator[i].addr;
	translate_pick_local(host, context);
	return context;
}

/* RFC 5533 7.13: I2 where there is nothing established yet. The locators that
 * it came with work, and are verified, so they become Lp: the peer names ULIDs
 * that are not its addresses because these don't work. RFC 5533 doesn't say. */
static void take_i2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	if (!context)
		context = begin(host, &h->ulids);
	if (!context)
		return;
	record_peer(context, h->m->init_tag, h->m);
	context->lp_local = h->rx->ip.dst;
	context->lp_peer = h->rx->ip.src;
	enter(host, context, SHIM_ESTABLISHED);
	end_confusion(host, context);
	send_r2(host, context, h);
}

/* RFC 5533 7.13: the STATE stays. */
static void update(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	record_peer(context, h->m->init_tag, h->m);
	end_confusion(host, context);
	send_r2(host, context, h);
}

/* RFC 5533 7.16 */
static void take_r2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	record_peer(context, h->m->resp_tag, h->m);
	enter(host, context, SHIM_ESTABLISHED);
	end_confusion(host, context);
}

/* RFC 5533 7.8 */
static void again_i1(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	if (context->retries < I1_RETRIES_MAX) {
		context->retries++;
		send_i1(host, context);
	} else {
		enter(host, context, SHIM_E_FAILED);
		context->deadline = host->now + NO_R1_HOLDDOWN_TIME * USEC_PER_SEC;
	}
}

/* RFC 5533 7.12. The count of I1s starts anew, which the text leaves open. */
static void again_i2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	if (context->retries < I2_RETRIES_MAX) {
		context->retries++;
		send_i2(host, context);
		start_timer(host, context, I2_TIMEOUT);
	} else {
		enter(host, context, SHIM_I1_SENT);
		send_i1(host, context);
	}
}

/* RFC 5533 7.8: the I1 came back as unknown. Appendix B has E-FAILED here,
 * the text and 6.2 this. */
static void give_up(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	enter(host, context, SHIM_NO_SUPPORT);
	context->deadline = host->now + ICMP_HOLDDOWN_TIME * USEC_PER_SEC;
}

/* The holddown is over. */
static void forget(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	enter(host, context, SHIM_IDLE);
	context_remove(&host->contexts, context);
}

/* --- the state machine ------------------------------------------------------------ */

static action *const reaction[HANDSHAKE_EVENT_COUNT][SHIM_STATE_COUNT] = {
	/*                   IDLE     I1-SENT   I2-SENT   I2BIS-SENT ESTABL. E-FAILED NO-SUPPORT */
	[ON_I1] =          { send_r1, send_r2,  send_r2,  send_r2,   either, send_r1, send_r1 },
	[ON_R1] =          { ignore,  take_r1,  ignore,   ignore,    ignore, ignore,  ignore  },
	[ON_I2] =          { take_i2, take_i2,  update,   update,    update, take_i2, take_i2 },
	[ON_R2] =          { ignore,  take_r2,  take_r2,  take_r2,   ignore, ignore,  ignore  },
	[ON_TIMEOUT] =     { ignore,  again_i1, again_i2, ignore,    ignore, forget,  forget  },
	[ON_UNSUPPORTED] = { ignore,  give_up,  ignore,   ignore,    ignore, ignore,  ignore  },
};

void handshake_happen(struct shim_host *host, enum handshake_event event,
		      struct shim_context *context, const struct heard *heard)
{
	reaction[event][context ? context->state : SHIM_IDLE](host, context, heard);
}

void handshake_initiate(struct shim_host *host, const struct shim_ulids *ulids)
{
	struct shim_context *context = begin(host, ulids);

	if (!context)
		return;
	context->init_nonce = random_u32(&host->random);
	enter(host, context, SHIM_I1_SENT);
	send_i1(host, context);
}

void handshake_expire(struct shim_host *host, struct shim_context *context)
{
	context->deadline = USEC_NEVER;
	handshake_happen(host, ON_TIMEOUT, context, NULL);
}

/* Beside the timer: were it started again, a peer that sends all the time
 * would keep us from ever falling back to an I1 (RFC 5533 7.12), and from it
 * comes the fresh validator without which the peer ignores the I2. */
void handshake_repeat_i2(struct shim_host *host, struct shim_context *context)
{
	send_i2(host, context);
}

/* The quote may be cut, so the first 16 octets of the I1 have to do; nobody
 * off the path can guess its nonce. */
void handshake_unsupported(struct shim_host *host, const uint8_t *quote, size_t len)
{
	struct rbuf r = rbuf_of(quote, len);
	struct shim6_message i1;
	struct ipv6_header ip;
	struct ipv6_found shim;
	struct shim_context *context;

	if (ipv6_parse(&ip, &r) || ipv6_find(&shim, quote, len, PROTO_SHIM6) ||
	    len - shim.off < layer_i1.fixed || quote[shim.off + 2] != SHIM6_I1)
		return;
	wire_fixed_parse(&layer_i1, quote + shim.off, &i1);
	context = context_by_tag(&host->contexts, i1.init_tag);
	if (context && context->init_nonce == i1.init_nonce &&
	    IN6_ARE_ADDR_EQUAL(&context->lp_local, &ip.src) &&
	    IN6_ARE_ADDR_EQUAL(&context->lp_peer, &ip.dst))
		handshake_happen(host, ON_UNSUPPORTED, context, NULL);
}
