/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * REAP's state machine. The table is to be held beside RFC 5534 6: a row is
 * an event, by the numbers of its sections, a column a state, and a cell says
 * what the section says, in its words.
 */
#include "refstack/core/internal.h"

enum { /* RFC 5534 7, in seconds */
	SEND_TIMEOUT = 15,
	/* The exploration is remembered so long after it has ended: a Probe
	 * that answers one of ours may still come. */
	MEMORY_TIME = 60,
};

/* What is done on an event, in this order. */
enum step {
	SELECT = 1 << 0, /* a pair, by the reports of the Probe */
	STOP_S = 1 << 1, /* Send Timer */
	START_S = 1 << 2, /* unless it runs */
	RESTART_S = 1 << 3,
	STOP_K = 1 << 4, /* Keepalive Timer, and the interval within */
	START_K = 1 << 5, /* unless it runs */
	KEEPALIVE = 1 << 6, /* send one */
	ANSWER = 1 << 7, /* send a Probe to where one came from, or to the pair selected */
	PROBE = 1 << 8, /* send the next Probe of the sequence */
	FORGET = 1 << 9, /* the exploration */
	REORDER = 1 << 10, /* the pairs to be tried: what they are made of has changed */
	FOLLOW = 1 << 11, /* go where the application wants it */
};

#define OP REAP_OPERATIONAL
#define EX REAP_EXPLORING
#define IN REAP_INBOUND_OK

static const struct reaction {
	unsigned steps;
	enum reap_state next; /* what the Probe that is sent says, too */
} reactions[REAP_EVENT_COUNT][REAP_STATE_COUNT] = {
	[REAP_PAYLOAD_IN] = { /* 6.1 */
		[OP] = { STOP_S | START_K, OP },
		[EX] = { PROBE | START_S, IN },
		[IN] = { STOP_S, IN },
	},
	[REAP_PAYLOAD_OUT] = { /* 6.2 */
		[OP] = { START_S | STOP_K, OP },
		[EX] = { 0, EX },
		[IN] = { START_S, IN },
	},
	[REAP_KEEPALIVE_END] = { /* 6.3 */
		[OP] = { KEEPALIVE | STOP_K, OP },
		[EX] = { 0, EX },
		[IN] = { 0, IN },
	},
	[REAP_KEEPALIVE_DUE] = { /* 6.1, and 4.1 */
		[OP] = { KEEPALIVE, OP },
		[EX] = { 0, EX },
		[IN] = { 0, IN },
	},
	[REAP_SEND_END] = { /* 6.4 */
		[OP] = { PROBE, EX },
		[EX] = { 0, EX },
		[IN] = { PROBE, EX },
	},
	[REAP_PROBE_DUE] = { /* 6.5 */
		[OP] = { FORGET, OP },
		[EX] = { PROBE, EX },
		[IN] = { PROBE | START_S, IN },
	},
	[REAP_KEEPALIVE_IN] = { /* 6.6 */
		[OP] = { STOP_S, OP },
		[EX] = { PROBE | START_S, IN },
		[IN] = { STOP_S, IN },
	},
	[REAP_PROBE_EXPLORING] = { /* 6.7 */
		[OP] = { ANSWER | STOP_K | RESTART_S, IN },
		[EX] = { ANSWER | START_S, IN },
		[IN] = { ANSWER | RESTART_S, IN },
	},
	[REAP_PROBE_INBOUND_OK] = { /* 6.8 */
		[OP] = { SELECT | ANSWER | RESTART_S | STOP_K, OP },
		[EX] = { SELECT | ANSWER | RESTART_S, OP },
		[IN] = { SELECT | ANSWER | RESTART_S, OP },
	},
	/* The text selects no pair here, though the examples 4 and 5 live on it. */
	[REAP_PROBE_OPERATIONAL] = { /* 6.9 */
		[OP] = { SELECT | STOP_S | START_K, OP },
		[EX] = { SELECT | STOP_S | START_K, OP },
		[IN] = { SELECT | STOP_S | START_K, OP },
	},
	/* These are in 4.1 and 4.2 alone, and no events of section 6. */
	[REAP_BROKEN] = {
		[OP] = { REORDER | STOP_S | STOP_K | PROBE, EX },
		[EX] = { REORDER, EX },
		[IN] = { REORDER, IN },
	},
	[REAP_CHANGED] = {
		[OP] = { REORDER | FOLLOW, OP },
		[EX] = { REORDER, EX },
		[IN] = { REORDER, IN },
	},
	[REAP_GOOD] = {
		[OP] = { STOP_S, OP },
		[EX] = { 0, EX },
		[IN] = { STOP_S, IN },
	},
};

/* --- timers ------------------------------------------------------------------ */

static bool runs(const struct shim_context *context, enum context_timer timer)
{
	return context->deadline[timer] != USEC_NEVER;
}

static void set(struct shim_host *host, struct shim_context *context, enum context_timer timer,
		usec_t at)
{
	context_set_timer(&host->contexts, context, timer, at);
}

/* What is configured goes behind what the application says: by SHIM_APP_TIMEOUT, or
 * by SHIM_PATHEXPLORE (RFC 6316 6.12 and 8.2, which don't say which of them counts). */
usec_t reap_send_timeout(const struct shim_host *host, const struct shim_context *context)
{
	const struct shim_wishes *wishes = context->wishes;
	unsigned seconds = wishes ? wishes->send_timeout : 0;

	if (!seconds && wishes)
		seconds = wishes->pace.send_timeout;
	if (!seconds)
		seconds = host->cfg.send_timeout ? host->cfg.send_timeout : SEND_TIMEOUT;
	return seconds * USEC_PER_SEC;
}

void reap_send_timeout_was(struct shim_host *host, struct shim_context *context, usec_t old)
{
	usec_t at = context->deadline[TIMER_SEND] - old + reap_send_timeout(host, context);

	if (runs(context, TIMER_SEND))
		set(host, context, TIMER_SEND, at > host->now ? at : host->now);
}

static usec_t keepalive_timeout(const struct shim_context *context)
{
	unsigned seconds = context->reap.keepalive_timeout;

	return (seconds ? seconds : SEND_TIMEOUT) * USEC_PER_SEC;
}

/* RFC 5534 4.1: a third to a half of the timeout, unless the application has said
 * it. What would come with the last one, or behind it, isn't sent. */
static void next_interval(struct shim_host *host, struct shim_context *context)
{
	usec_t timeout = keepalive_timeout(context), at = host->now;

	if (context->wishes && context->wishes->pace.keepalive_interval)
		at += context->wishes->pace.keepalive_interval * USEC_PER_SEC;
	else
		at += timeout / 3 + random_u64(&host->random) % (timeout / 6 + 1);
	set(host, context, TIMER_INTERVAL,
	    at < context->deadline[TIMER_KEEPALIVE] ? at : USEC_NEVER);
}

static void run_timers(struct shim_host *host, struct shim_context *context, unsigned steps)
{
	if (steps & STOP_S)
		set(host, context, TIMER_SEND, USEC_NEVER);
	if (steps & RESTART_S || (steps & START_S && !runs(context, TIMER_SEND)))
		set(host, context, TIMER_SEND, host->now + reap_send_timeout(host, context));
	if (steps & STOP_K) {
		set(host, context, TIMER_KEEPALIVE, USEC_NEVER);
		set(host, context, TIMER_INTERVAL, USEC_NEVER);
	}
	if (steps & START_K && !runs(context, TIMER_KEEPALIVE)) {
		set(host, context, TIMER_KEEPALIVE, host->now + keepalive_timeout(context));
		next_interval(host, context);
	}
}

/* In Exploring neither timer runs, RFC 5534 6.4, and what was received before is
 * old (5.2). Who hears of the peer after a while without looks for a way to it
 * at the first pace again, for the peer is listening now; the text doesn't say. Back
 * in Operational, the probe timer says how long an exploration is remembered. */
static void enter(struct shim_host *host, struct shim_context *context, enum reap_state state)
{
	enum reap_state left = context->reap.state;

	if (state == left)
		return;
	context->reap.state = state;
	if (left == OP)
		explore_begin(host, context);
	if (state == EX) {
		run_timers(host, context, STOP_S | STOP_K);
		explore_forget_received(context);
	}
	if (left == EX && state == IN)
		explore_restart(context);
	if (state == OP)
		set(host, context, TIMER_PROBE, host->now + MEMORY_TIME * USEC_PER_SEC);
	host_event(host, SHIM_EVENT_REAP, context, reap_state_name(left), reap_state_name(state));
}

const char *reap_state_name(enum reap_state state)
{
	static const char *const name[REAP_STATE_COUNT] = {
		[OP] = "Operational",
		[EX] = "Exploring",
		[IN] = "InboundOk",
	};

	return name[state];
}

/* --- events ------------------------------------------------------------------ */

static void send_keepalive(struct shim_host *host, struct shim_context *context)
{
	struct shim6_message keepalive = {
		.type = SHIM6_KEEPALIVE,
		.receiver_tag = context->ct_peer,
	};

	host_send_control(host, &context->lp_local, &context->lp_peer, &keepalive);
	if (runs(context, TIMER_KEEPALIVE))
		next_interval(host, context);
}

void reap_happen(struct shim_host *host, struct shim_context *context, enum reap_event event,
		 const struct reap_heard *heard)
{
	const struct reaction *reaction = &reactions[event][context->reap.state];
	unsigned steps = reaction->steps;

	if (steps & SELECT)
		explore_select(host, context, heard->probe);
	if (steps & FORGET)
		reap_forget(&context->reap);
	if (steps & REORDER)
		explore_reorder(host, context);
	enter(host, context, reaction->next);
	if (heard)
		explore_remember(context, heard);
	run_timers(host, context, steps);
	if (steps & KEEPALIVE)
		send_keepalive(host, context);
	if (steps & ANSWER)
		explore_answer(host, context, heard);
	if (steps & PROBE)
		explore_next(host, context);
	if (steps & FOLLOW)
		wish_follow(host, context);
}

/* Payload is the most frequent of events, and mostly changes nothing. */
void reap_payload_in(struct shim_host *host, struct shim_context *context)
{
	context->reap.heard = host->now;
	if (context->reap.state == OP && !runs(context, TIMER_SEND) &&
	    runs(context, TIMER_KEEPALIVE))
		return;
	reap_happen(host, context, REAP_PAYLOAD_IN, NULL);
}

void reap_payload_out(struct shim_host *host, struct shim_context *context)
{
	if (context->reap.state == OP && runs(context, TIMER_SEND) &&
	    !runs(context, TIMER_KEEPALIVE))
		return;
	reap_happen(host, context, REAP_PAYLOAD_OUT, NULL);
}

static const enum reap_event event_of_probe[REAP_STATE_COUNT] = {
	[OP] = REAP_PROBE_OPERATIONAL,
	[EX] = REAP_PROBE_EXPLORING,
	[IN] = REAP_PROBE_INBOUND_OK,
};

void reap_take_probe(struct shim_host *host, struct shim_context *context,
		     const struct heard *h)
{
	const struct reap_heard heard = {
		.probe = &h->m->probe,
		.local = h->rx->ip.dst,
		.peer = h->rx->ip.src,
	};

	context->reap.heard = host->now;
	reap_happen(host, context, event_of_probe[heard.probe->state], &heard);
}

void reap_take_keepalive(struct shim_host *host, struct shim_context *context,
			 const struct heard *h)
{
	(void)h;
	context->reap.heard = host->now;
	reap_happen(host, context, REAP_KEEPALIVE_IN, NULL);
}

void reap_send_end(struct shim_host *host, struct shim_context *context)
{
	reap_happen(host, context, REAP_SEND_END, NULL);
}

void reap_keepalive_end(struct shim_host *host, struct shim_context *context)
{
	reap_happen(host, context, REAP_KEEPALIVE_END, NULL);
}

void reap_keepalive_due(struct shim_host *host, struct shim_context *context)
{
	reap_happen(host, context, REAP_KEEPALIVE_DUE, NULL);
}

void reap_probe_due(struct shim_host *host, struct shim_context *context)
{
	reap_happen(host, context, REAP_PROBE_DUE, NULL);
}

struct shim_pace shim_context_pace(const struct shim_host *host,
				   const struct shim_context *context)
{
	struct shim_pace pace = { .initial_probes = 0 };

	if (context->wishes)
		pace = context->wishes->pace;
	if (!pace.initial_probes)
		pace.initial_probes = REAP_INITIAL_PROBES;
	if (!pace.initial_probe_msec)
		pace.initial_probe_msec = REAP_INITIAL_PROBE_MSEC;
	if (!pace.send_timeout)
		pace.send_timeout = host->cfg.send_timeout ? (uint16_t)host->cfg.send_timeout
							   : SEND_TIMEOUT;
	if (!pace.keepalive_interval)
		pace.keepalive_interval =
			(uint16_t)(keepalive_timeout(context) / 3 / USEC_PER_SEC);
	return pace;
}

void shim_feedback(struct shim_host *host, struct shim_context *context, bool good)
{
	if (context_is_up(context))
		reap_happen(host, context, good ? REAP_GOOD : REAP_BROKEN, NULL);
}

void reap_stop(struct shim_host *host, struct shim_context *context)
{
	static const enum context_timer ours[] = {
		TIMER_SEND, TIMER_KEEPALIVE, TIMER_INTERVAL, TIMER_PROBE, TIMER_STANDBY,
	};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		set(host, context, ours[i], USEC_NEVER);
	reap_forget(&context->reap);
	verify_stop(host, context);
	context->reap.state = OP;
}
