/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Context establishment and recovery, RFC 5533 7, in both roles. The table at
 * the end is to be held beside section 6.2 and appendix B: a row is an event,
 * a column a STATE, and the cells name the actions above it.
 */
#include "refstack/core/handshake.h"
#include "wire/layers.h"

#include <stdlib.h>

/* RFC 5533 14, in seconds. */
enum {
	I1_TIMEOUT = 4,
	I1_RETRIES_MAX = 4,
	I2_TIMEOUT = 4, /* I2bis_TIMEOUT, too */
	I2_RETRIES_MAX = 2, /* I2bis_RETRIES_MAX, too */
	REPEAT_TIME = 1, /* ours: of I2s that payload provokes, RFC 5533 sets no limit */
	ROUNDS_MAX = 3, /* ours: RFC 5533 7.12 would begin again for ever */
	NO_R1_HOLDDOWN_TIME = 60,
	ICMP_HOLDDOWN_TIME = 600,
};

enum {
	SAME_TAG_MAX = 16, /* contexts with one CT(peer) */
	FORKS_MAX = 64,    /* with one ULID(peer), that the peer has begun; unless configured */
};

typedef void action(struct shim_host *host, struct shim_context *context, const struct heard *h);

static void enter(struct shim_host *host, struct shim_context *context, enum shim_state state)
{
	enum shim_state left = context->state;
	bool was_up = context_is_up(context);

	if (state == left)
		return;
	context->state = state;
	context->retries = 0;
	context_set_timer(&host->contexts, context, TIMER_STATE, USEC_NEVER);
	if (was_up && !context_is_up(context)) {
		update_stop(host, context);
		reap_stop(host, context);
	}
	if (!was_up && context_is_up(context)) {
		context->rounds = 0;
		context->reap.heard = host->now;
		heuristic_used(host, context);
		heuristic_expire(host, context); /* not for a while */
		wish_ask(host, context);
		standby_probe(host, context);
	}
	host_event(host, SHIM_EVENT_STATE, context, shim_state_name(left), shim_state_name(state));
}

/* RFC 5533 7.8: doubled with each copy. */
static void start_timer(struct shim_host *host, struct shim_context *context, unsigned seconds)
{
	context_set_timer(&host->contexts, context, TIMER_STATE,
			  host_about(host, seconds << context->retries));
}

static void hold_down(struct shim_host *host, struct shim_context *context, unsigned seconds)
{
	context_set_timer(&host->contexts, context, TIMER_STATE,
			  host->now + seconds * USEC_PER_SEC);
}

/* --- what is remembered while it lasts ------------------------------------------- */

/* In the place of what there was. m: an R1 or R1bis; NULL: there is none yet, and
 * what there was will do. False without memory, and nothing has changed. */
static bool remember(struct shim_context *context, const struct in6_addr *local,
		     const struct in6_addr *peer, const struct shim6_message *m)
{
	size_t len = m ? m->validator.len : 0;
	struct shim_handshake *handshake = m ? NULL : context->handshake;

	if (!handshake)
		handshake = malloc(sizeof(*handshake) + len);
	if (!handshake)
		return false;
	*handshake = (struct shim_handshake){ .local = *local, .peer = *peer };
	if (m) {
		handshake->resp_nonce = m->resp_nonce;
		handshake->packet_tag = m->packet_tag;
		handshake->validator_len = len;
		memcpy(handshake->validator, m->validator.data, len);
	}
	if (context->handshake != handshake)
		free(context->handshake);
	context->handshake = handshake;
	return true;
}

static void forget_handshake(struct shim_host *host, struct shim_context *context)
{
	context_set_nonce(&host->contexts, context, 0);
	free(context->handshake);
	context->handshake = NULL;
}

/* --- messages that we send --------------------------------------------------- */

/* RFC 5533 7.7 and 7.11: the ULIDs go along unless the addresses are them. */
static void add_ulids(const struct shim_context *context, struct shim6_message *m)
{
	const struct shim_handshake *handshake = context->handshake;

	m->has_ulids = !IN6_ARE_ADDR_EQUAL(&handshake->local, &context->ulids.local) ||
		       !IN6_ARE_ADDR_EQUAL(&handshake->peer, &context->ulids.peer);
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
	host_send_control(host, &context->handshake->local, &context->handshake->peer, &i1);
	start_timer(host, context, I1_TIMEOUT);
}

/* Our list as it is to be, with what is broken in it, in an I2, R2 or I2bis. Which
 * copy of these the peer has taken we don't know; if they weren't all the same, an
 * Update Request has to follow. */
static void tell_list(struct shim_host *host, struct shim_context *context,
		      const struct in6_addr *src, const struct in6_addr *dst,
		      struct shim6_message *m)
{
	struct shim_update *update = &context->update;
	locator_set up = host_locators_up(host), told;
	struct tell tell = { .set = update->outstanding ? update->offered : context->ls_local };

	tell.preferences = (tell.set & ~up) != 0;
	told = peer_tell(host, context, src, dst, m, &tell);
	if (!told)
		return;
	if (!update->outstanding)
		context->ls_local = told;
	if (!update->told)
		update->told_up = told & up;
	update->unsure = update->unsure || update->told_up != (told & up);
	update->told = true;
}

static void fresh_list(struct shim_host *host, struct shim_context *context)
{
	context->ls_local = host_locators_up(host);
	context->ls_local_generation = random_u32(&host->random);
	context->update.told = context->update.unsure = false;
	context->update.asked = 0;
}

/* I2, or in recovery I2bis. Its timer is the caller's. */
static void send_i2(struct shim_host *host, struct shim_context *context)
{
	const struct shim_handshake *handshake = context->handshake;
	struct shim6_message i2 = {
		.type = context->state == SHIM_I2BIS_SENT ? SHIM6_I2BIS : SHIM6_I2,
		.init_tag = context->ct_local,
		.init_nonce = context->init_nonce,
		.resp_nonce = handshake->resp_nonce,
		.packet_tag = handshake->packet_tag,
		.validator = { handshake->validator, handshake->validator_len },
	};

	add_ulids(context, &i2);
	tell_list(host, context, &handshake->local, &handshake->peer, &i2);
	if (context_is_up(context))
		reap_payload_out(host, context);
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

/* RFC 5533 7.7 */
static void begin_i1(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	if (!remember(context, &context->lp_local, &context->lp_peer, NULL)) {
		handshake_end(host, context);
		return;
	}
	fresh_list(host, context);
	context_set_nonce(&host->contexts, context, random_nonce(&host->random));
	enter(host, context, SHIM_I1_SENT);
	send_i1(host, context);
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

/* RFC 5533 7.14, to an I1, I2 or I2bis. */
static void send_r2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	struct shim6_message r2 = {
		.type = SHIM6_R2,
		.resp_tag = context->ct_local,
		.init_nonce = h->m->init_nonce,
	};

	context->update.asked |= context->ls_local; /* no other message has more room */
	tell_list(host, context, &h->rx->ip.dst, &h->rx->ip.src, &r2);
}

/* RFC 5533 7.9, I1 while a handshake of ours is under way. The text doesn't ask where
 * it comes from; but an R2 to just anybody would tell CT(local) to just anybody,
 * and much of it for little. Who is another gets there by an I2. */
static void halfway(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	if (context_has_peer(context, &h->rx->ip.src))
		send_r2(host, context, h);
	else
		send_r1(host, context, h);
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
	if (!remember(context, &h->rx->ip.dst, &h->rx->ip.src, h->m))
		return;
	enter(host, context, SHIM_I2_SENT);
	send_i2(host, context);
	start_timer(host, context, I2_TIMEOUT);
}

/* RFC 5533 7.18: the peer has lost the context. It goes on being used, for the
 * peer tells us so only as long as it gets what we send. */
static void take_r1bis(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	if (!remember(context, &h->rx->ip.dst, &h->rx->ip.src, h->m))
		return;
	context_set_nonce(&host->contexts, context, random_nonce(&host->random));
	enter(host, context, SHIM_I2BIS_SENT);
	send_i2(host, context);
	start_timer(host, context, I2_TIMEOUT);
}

/* RFC 5533 7.15: another context with this peer and the same CT(peer) is one
 * that the peer has lost, and its tag now means the new one. */
static void end_confusion(struct shim_host *host, const struct shim_context *newer)
{
	struct shim_context *old = context_by_peer_tag(&host->contexts, newer->ct_peer, NULL);

	while (old) {
		struct shim_context *next =
			context_by_peer_tag(&host->contexts, newer->ct_peer, old);

		if (old != newer && context_is_up(old) && context_shares_peer(old, newer))
			handshake_end(host, old);
		old = next;
	}
}

/* A context in IDLE with our locators in it; NULL and a line when there is no room. */
static struct shim_context *begin(struct shim_host *host, const struct shim_ulids *ulids)
{
	struct shim_context *context = context_add(&host->contexts, ulids);

	if (!context) {
		host_log(host, "no room for another context");
		return NULL;
	}
	fresh_list(host, context);
	translate_pick_local(host, context);
	return context;
}

/* Have so many peers chosen the same tag? Of 47 bits that is no accident, and every
 * R1bis and every quote would have to look at them all. */
static bool is_crowded(const struct shim_host *host, const struct shim_context *context,
		       uint64_t ct_peer)
{
	const struct shim_context *other = NULL;
	unsigned n = 0;

	while (n < SAME_TAG_MAX &&
	       (other = context_by_peer_tag(&host->contexts, ct_peer, other)))
		n += other != context;
	return n == SAME_TAG_MAX;
}

/* CT(peer), and what else is told. False: it can't be. */
static bool record(struct shim_host *host, struct shim_context *context, uint64_t ct_peer,
		   const struct heard *h)
{
	if (is_crowded(host, context, ct_peer)) {
		host_drop(host, h->rx, "a tag that too many peers have chosen");
		return false;
	}
	context->reap.keepalive_timeout = 0; /* unless it says so again */
	if (peer_record(context, h)) {
		host_log(host, "no memory for what a peer has to tell");
		return false;
	}
	context_set_peer_tag(&host->contexts, context, ct_peer);
	return true;
}

/* An R1bis lets a peer begin as many forks as it likes for a while, RFC 5533 7.17. */
static bool has_many(const struct shim_host *host, const struct in6_addr *peer)
{
	unsigned max = host->cfg.forks_max ? host->cfg.forks_max : FORKS_MAX;

	return context_count_peer(&host->contexts, peer, max) == max;
}

/* RFC 5533 7.13 and 7.20: I2 or I2bis where there is nothing established yet. The
 * locators that it came with work, and are verified, so they become Lp: the peer
 * names ULIDs that are not its addresses because these don't work. RFC 5533
 * doesn't say. */
static void take_i2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	if (!context && has_many(host, &h->ulids.peer)) {
		host_drop(host, h->rx, "a peer that has enough contexts");
		return;
	}
	if (!context)
		context = begin(host, &h->ulids);
	if (!context)
		return;
	if (!record(host, context, h->m->init_tag, h)) {
		if (context->state == SHIM_IDLE)
			context_remove(&host->contexts, context);
		return;
	}
	context->lp_local = h->rx->ip.dst;
	context->lp_peer = h->rx->ip.src;
	verify_set(context, &h->rx->ip.src, SHIM_VERIFIED); /* its validator went there */
	context->peer_nonce = h->m->init_nonce;
	fresh_list(host, context);
	forget_handshake(host, context);
	enter(host, context, SHIM_ESTABLISHED);
	end_confusion(host, context);
	peer_follow(host, context, h);
	send_r2(host, context, h);
	update_consider(host, context);
}

/* RFC 5533 7.13 and 7.20: the STATE stays. A copy of one that was taken is answered
 * and no more: what it tells may be old by now. */
static void update(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	bool copy = context->peer_nonce == h->m->init_nonce &&
		    context->ct_peer == h->m->init_tag && context_is_up(context);

	if (!copy && !record(host, context, h->m->init_tag, h))
		return;
	if (!copy) {
		context->peer_nonce = h->m->init_nonce;
		end_confusion(host, context);
		if (context_is_up(context))
			peer_follow(host, context, h);
	}
	send_r2(host, context, h);
	if (context_is_up(context))
		reap_payload_out(host, context);
}

/* RFC 5533 7.16 */
static void take_r2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	if (!record(host, context, h->m->resp_tag, h))
		return;
	verify_set(context, &context->handshake->peer, SHIM_VERIFIED);
	forget_handshake(host, context);
	enter(host, context, SHIM_ESTABLISHED);
	end_confusion(host, context);
	peer_follow(host, context, h);
	update_consider(host, context);
}

static void fail(struct shim_host *host, struct shim_context *context)
{
	forget_handshake(host, context);
	enter(host, context, SHIM_E_FAILED);
	hold_down(host, context, NO_R1_HOLDDOWN_TIME);
}

/* RFC 5533 7.8 */
static void again_i1(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	if (context->retries < I1_RETRIES_MAX) {
		context->retries++;
		send_i1(host, context);
	} else {
		fail(host, context);
	}
}

/* RFC 5533 7.12 and 7.19. The count of I1s starts anew, which the text leaves open; a
 * peer that answers each of them, and no I2 ever, must not keep us at it. */
static void again_i2(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	if (context->retries < I2_RETRIES_MAX) {
		context->retries++;
		send_i2(host, context);
		start_timer(host, context, I2_TIMEOUT);
	} else if (++context->rounds < ROUNDS_MAX) {
		begin_i1(host, context, h);
	} else {
		fail(host, context);
	}
}

/* RFC 5533 7.8: the I1 came back as unknown. Appendix B has E-FAILED here,
 * the text and 6.2 this. */
static void give_up(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	forget_handshake(host, context);
	enter(host, context, SHIM_NO_SUPPORT);
	hold_down(host, context, ICMP_HOLDDOWN_TIME);
}

/* The holddown is over. */
static void forget(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	(void)h;
	handshake_end(host, context);
}

/* --- the state machine ------------------------------------------------------------ */

static action *const reaction[HANDSHAKE_EVENT_COUNT][SHIM_STATE_COUNT] = {
	/*                   IDLE      I1-SENT   I2-SENT   I2BIS-SENT ESTABL.     E-FAILED NO-SUPPORT */
	[ON_INITIATE] =    { begin_i1, ignore,   ignore,   ignore,    ignore,     ignore,  ignore  },
	[ON_I1] =          { send_r1,  halfway,  halfway,  halfway,   either,     send_r1, send_r1 },
	[ON_R1] =          { ignore,   take_r1,  ignore,   ignore,    ignore,     ignore,  ignore  },
	[ON_I2] =          { take_i2,  take_i2,  update,   update,    update,     take_i2, take_i2 },
	[ON_R2] =          { ignore,   take_r2,  take_r2,  take_r2,   ignore,     ignore,  ignore  },
	[ON_R1BIS] =       { ignore,   ignore,   ignore,   ignore,    take_r1bis, ignore,  ignore  },
	[ON_TIMEOUT] =     { ignore,   again_i1, again_i2, again_i2,  ignore,     forget,  forget  },
	[ON_UNSUPPORTED] = { ignore,   give_up,  ignore,   ignore,    ignore,     ignore,  ignore  },
};

/* What proves to come from the peer is payload to REAP, RFC 5534 6.1. */
static bool is_the_peers(enum handshake_event event)
{
	return event == ON_I2 || event == ON_R2 || event == ON_R1BIS;
}

void handshake_happen(struct shim_host *host, enum handshake_event event,
		      struct shim_context *context, const struct heard *heard)
{
	if (is_the_peers(event) && context && context_is_up(context))
		reap_payload_in(host, context);
	reaction[event][context ? context->state : SHIM_IDLE](host, context, heard);
}

struct shim_context *handshake_initiate(struct shim_host *host, const struct shim_ulids *ulids)
{
	struct shim_context *context = begin(host, ulids);

	if (context)
		handshake_happen(host, ON_INITIATE, context, NULL);
	return context_by_ulids(&host->contexts, ulids);
}

void handshake_expire(struct shim_host *host, struct shim_context *context)
{
	handshake_happen(host, ON_TIMEOUT, context, NULL);
}

/* From the I1 on, since an R1 or R1bis holds for its locators alone. */
void handshake_restart(struct shim_host *host, struct shim_context *context)
{
	if (!context->handshake || host_is_up(host, &context->handshake->local))
		return;
	translate_pick_local(host, context);
	context->retries = 0;
	begin_i1(host, context, NULL);
}

void handshake_end(struct shim_host *host, struct shim_context *context)
{
	enter(host, context, SHIM_IDLE);
	context_remove(&host->contexts, context);
}

/* RFC 5533 7.17, 10.4 and 12.2; E-FAILED and NO-SUPPORT are as good as IDLE there. */
static const struct {
	enum standing standing;
	bool repeat;
} standings[SHIM_STATE_COUNT] = {
	[SHIM_IDLE] = { STRANGER, false },
	[SHIM_I1_SENT] = { DEAF, false },
	[SHIM_I2_SENT] = { LISTENS, true },
	[SHIM_I2BIS_SENT] = { SPEAKS, true },
	[SHIM_ESTABLISHED] = { SPEAKS, false },
	[SHIM_E_FAILED] = { STRANGER, false },
	[SHIM_NO_SUPPORT] = { STRANGER, false },
};

/* The I2 that is repeated goes beside the timer: were that started again, a peer
 * that sends all the time would keep us from ever falling back to an I1 (7.12),
 * and from it comes the fresh validator without which the peer ignores the I2. */
enum standing handshake_standing(struct shim_host *host, struct shim_context *context)
{
	enum shim_state state = context ? context->state : SHIM_IDLE;

	if (standings[state].repeat && host->now >= context->handshake->repeat_after) {
		context->handshake->repeat_after = host->now + REPEAT_TIME * USEC_PER_SEC;
		send_i2(host, context);
	}
	return standings[state].standing;
}

/* The quote may be cut, so the first 16 octets of the I1 have to do; nobody
 * off the path can guess its nonce. */
void handshake_unsupported(struct shim_host *host, const uint8_t *quote, size_t len)
{
	struct shim_context *context;
	struct shim6_message i1;
	struct ipv6_header ip;

	if (!control_quoted(&(struct span){ quote, len }, &layer_i1, SHIM6_I1, &ip, &i1))
		return;
	context = context_by_tag(&host->contexts, i1.init_tag);
	if (context && context->handshake && context->init_nonce == i1.init_nonce &&
	    IN6_ARE_ADDR_EQUAL(&context->handshake->local, &ip.src) &&
	    IN6_ARE_ADDR_EQUAL(&context->handshake->peer, &ip.dst))
		handshake_happen(host, ON_UNSUPPORTED, context, NULL);
}
