/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exploration, RFC 5534 4.2 and 4.3: which pairs of locators are tried, in
 * which order and at what pace, what the Probes say, and which pair is taken.
 */
#include "refstack/core/internal.h"

#include <stdlib.h>

enum {
	MAX_PROBE_TIMEOUT = 60, /* seconds; RFC 5534 4.3 */
	STANDBY_INTERVAL = 30, /* seconds; ours */
};

usec_t reap_probe_interval(const struct shim_pace *pace, unsigned n)
{
	unsigned initial = pace && pace->initial_probes ? pace->initial_probes
							: REAP_INITIAL_PROBES;
	usec_t interval = (pace && pace->initial_probe_msec ? pace->initial_probe_msec
							    : REAP_INITIAL_PROBE_MSEC) *
			  (USEC_PER_SEC / 1000);

	for (; n >= initial && interval < MAX_PROBE_TIMEOUT * USEC_PER_SEC; n--)
		interval *= 2;
	return interval < MAX_PROBE_TIMEOUT * USEC_PER_SEC ? interval
							   : MAX_PROBE_TIMEOUT * USEC_PER_SEC;
}

void reap_forget(struct reap *reap)
{
	if (reap->exploration)
		free(reap->exploration->pair);
	free(reap->exploration);
	reap->exploration = NULL;
}

/* --- the pairs and their order -------------------------------------------------- */

/* Ls(peer), and the ULID behind it if it isn't there: a host need not list a locator
 * that doesn't work for it now. */
static unsigned peer_count(const struct shim_context *context)
{
	return (context->ls_peer ? context->ls_peer->count : 0) +
	       !context_listed(context, &context->ulids.peer);
}

static const struct peer_locator *peer_locator(const struct shim_context *context, unsigned i,
					       struct peer_locator *ulid)
{
	if (context->ls_peer && i < context->ls_peer->count)
		return &context->ls_peer->at[i];
	*ulid = (struct peer_locator){
		.addr = context->ulids.peer,
		.preference.flags = context->ls_peer ? SHIM6_BROKEN : 0,
	};
	return ulid;
}

static unsigned common_prefix(const struct in6_addr *a, const struct in6_addr *b)
{
	unsigned i = 0;

	while (i < 16 && a->s6_addr[i] == b->s6_addr[i])
		i++;
	return i == 16 ? 128
		       : 8 * i + (unsigned)__builtin_clz((unsigned)(a->s6_addr[i] ^ b->s6_addr[i])) - 24;
}

/*
 * The lower, the sooner. A pair in reserve that has answered lately; the
 * current one, which may have failed for a moment only; none before all others
 * that the peer calls broken; then what the application prefers, before the peer's
 * priorities (RFC 6316 11.1), and what RFC 6724 5 rule 8 has to say where all
 * addresses are global: the longer prefix in common. Equal ones keep the order of
 * the lists.
 */
static uint64_t rank(const struct shim_host *host, const struct shim_context *context,
		     unsigned local, const struct peer_locator *peer)
{
	const struct in6_addr *addr = &host->locator[local].addr;
	const struct reap_standby *reserve = context->reap.standby;
	bool current = IN6_ARE_ADDR_EQUAL(addr, &context->lp_local) &&
		       IN6_ARE_ADDR_EQUAL(&peer->addr, &context->lp_peer);
	bool standby = reserve && reserve->ready && IN6_ARE_ADDR_EQUAL(addr, &reserve->local) &&
		       IN6_ARE_ADDR_EQUAL(&peer->addr, &reserve->peer);
	uint64_t rank = peer->preference.flags & SHIM6_BROKEN ? 1 : 0;

	rank = rank << 1 | !standby;
	rank = rank << 1 | !current;
	rank = rank << 6 | wish_order_peer(context, &peer->addr);
	rank = rank << 6 | wish_order_local(context, addr);
	rank = rank << 8 | peer->preference.priority;
	return rank << 8 | (128 - common_prefix(addr, &peer->addr));
}

static int compare_keys(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Every one of our locators that is up and that the peer knows, with every
 * one of the peer's, in order; the caller frees *out. Without memory there is
 * nothing to try. */
static unsigned candidates(const struct shim_host *host, const struct shim_context *context,
			   struct reap_pair **out)
{
	unsigned n = 0, room = host->locator_count * peer_count(context);
	locator_set sources = context_sources(host, context) & wish_locals(host, context);
	uint64_t *key = malloc(room * sizeof(*key) + 1);

	*out = malloc(room * sizeof(**out) + 1);
	for (unsigned l = 0; *out && key && l < host->locator_count; l++) {
		if (!host_locator_is_up(host, &host->locator[l]) ||
		    !(sources & UINT32_C(1) << l))
			continue;
		for (unsigned p = 0; p < peer_count(context); p++) {
			struct peer_locator ulid;
			const struct peer_locator *peer = peer_locator(context, p, &ulid);

			if (wish_allows_peer(context, &peer->addr))
				key[n++] = rank(host, context, l, peer) << 16 | l << 8 | p;
		}
	}
	if (n > 0)
		qsort(key, n, sizeof(*key), compare_keys);
	for (unsigned i = 0; i < n; i++)
		(*out)[i] = (struct reap_pair){ key[i] >> 8 & 0xff, key[i] & 0xff };
	free(key);
	return n;
}

void explore_reorder(struct shim_host *host, struct shim_context *context)
{
	struct reap_exploration *e = context->reap.exploration;
	struct reap_pair *pair;
	unsigned count;

	if (!e)
		return;
	count = candidates(host, context, &pair);
	/* Where nothing has changed it goes on where it was, or some would never be tried. */
	if (count != e->pair_count || (count && memcmp(pair, e->pair, count * sizeof(*pair))))
		e->next = 0;
	free(e->pair);
	e->pair = pair;
	e->pair_count = pair ? count : 0;
}

/* RFC 5534 5.2: what was sent and received counts from here on. */
void explore_begin(struct shim_host *host, struct shim_context *context)
{
	reap_forget(&context->reap);
	context->reap.exploration = calloc(1, sizeof(*context->reap.exploration));
	explore_reorder(host, context);
}

/* --- memory --------------------------------------------------------------------- */

static void remember(struct reap_memory *memory, const struct reap_report *report)
{
	if (memory->count == REAP_REPORTS_MAX) {
		memmove(&memory->report[0], &memory->report[1],
			(REAP_REPORTS_MAX - 1) * sizeof(memory->report[0]));
		memory->count--;
	}
	memory->report[memory->count++] = *report;
}

static bool same_report(const struct reap_report *a, const struct reap_report *b)
{
	return a->nonce == b->nonce && IN6_ARE_ADDR_EQUAL(&a->src, &b->src) &&
	       IN6_ARE_ADDR_EQUAL(&a->dst, &b->dst);
}

static bool remembers(const struct reap_memory *memory, const struct reap_report *report)
{
	for (unsigned i = 0; i < memory->count; i++)
		if (same_report(&memory->report[i], report))
			return true;
	return false;
}

void explore_remember(struct shim_context *context, const struct reap_heard *heard)
{
	struct reap_exploration *e = context->reap.exploration;

	if (e && !remembers(&e->received, &heard->probe->sent[0]))
		remember(&e->received, &heard->probe->sent[0]);
}

void explore_forget_received(struct shim_context *context)
{
	if (context->reap.exploration)
		context->reap.exploration->received.count = 0;
}

void explore_restart(struct shim_context *context)
{
	if (context->reap.exploration)
		context->reap.exploration->tries = 0;
}

/* --- Probes --------------------------------------------------------------------- */

/* RFC 5534 5.2. One that says Operational need only tell of the Probe that it
 * answers; the others tell all that has come. */
void explore_send(struct shim_host *host, struct shim_context *context,
		  const struct in6_addr *src, const struct in6_addr *dst, enum reap_state state,
		  const struct reap_memory *received, uint32_t nonce)
{
	struct shim6_message m = {
		.type = SHIM6_PROBE,
		.receiver_tag = context->ct_peer,
		.probe = {
			.state = (uint8_t)state,
			.sent_count = 1,
			.sent = { { .src = *src, .dst = *dst, .nonce = nonce } },
		},
	};

	if (received) {
		m.probe.received_count = (uint8_t)received->count;
		memcpy(m.probe.received, received->report,
		       received->count * sizeof(received->report[0]));
	}
	host_send_control(host, src, dst, &m);
}

static void send_explored(struct shim_host *host, struct shim_context *context,
			  const struct in6_addr *src, const struct in6_addr *dst)
{
	struct reap_exploration *e = context->reap.exploration;
	struct reap_report report = {
		.src = *src,
		.dst = *dst,
		.nonce = random_u32(&host->random),
	};

	explore_send(host, context, src, dst, context->reap.state, &e->received, report.nonce);
	remember(&e->sent, &report);
}

static void pace(struct shim_host *host, struct shim_context *context)
{
	const struct shim_pace *wanted = context->wishes ? &context->wishes->pace : NULL;
	unsigned n = ++context->reap.exploration->tries;

	context_set_timer(&host->contexts, context, TIMER_PROBE,
			  host->now + reap_probe_interval(wanted, n));
}

/* RFC 5534 4.3: one after the other, and again from the first. */
void explore_next(struct shim_host *host, struct shim_context *context)
{
	struct reap_exploration *e = context->reap.exploration;

	if (!e) { /* memory was short; perhaps it is there next time */
		explore_begin(host, context);
		context_set_timer(&host->contexts, context, TIMER_PROBE,
				  host->now + MAX_PROBE_TIMEOUT * USEC_PER_SEC);
		return;
	}
	if (e->pair_count > 0) {
		struct reap_pair pair = e->pair[e->next % e->pair_count];
		struct peer_locator ulid;
		const struct in6_addr *peer = &peer_locator(context, pair.peer, &ulid)->addr;

		if (e->next++ >= e->pair_count) /* a whole round has passed since the last one */
			verify_set(context, peer, SHIM_UNREACHABLE);
		send_explored(host, context, &host->locator[pair.local].addr, peer);
	}
	pace(host, context);
}

/* Back the way that the Probe came, as the examples of appendix A have it; but
 * what says Operational goes over the pair that has just been selected. It is
 * no Probe of the sequence, unless it is the one that begins it. */
void explore_answer(struct shim_host *host, struct shim_context *context,
		    const struct reap_heard *heard)
{
	struct reap_exploration *e = context->reap.exploration;
	const struct reap_memory answered = { 1, { heard->probe->sent[0] } };

	if (context->reap.state == REAP_OPERATIONAL || !e) {
		explore_send(host, context, &context->lp_local, &context->lp_peer,
			     context->reap.state, &answered, random_u32(&host->random));
		return;
	}
	send_explored(host, context, &heard->local, &heard->peer);
	if (e->tries == 0)
		pace(host, context);
}

static bool may_use(const struct shim_host *host, const struct shim_context *context,
		    const struct reap_report *report)
{
	return context_has_local(host, context, &report->src) && host_is_up(host, &report->src) &&
	       context_has_peer(context, &report->dst);
}

/* --- a pair in reserve ------------------------------------------------------------ */

/*
 * No RFC says how a hot standby (RFC 6316 6.3) is kept. A Probe that says
 * InboundOk is answered by one that says Operational and reports it, in every
 * state (RFC 5534 6.8), so it proves that our packets arrive over a pair without
 * anybody leaving Operational; our payload or Keepalives then stop the Send
 * Timer that it starts there. It isn't sent unless the peer was heard within a Send
 * Timeout: what it says is true then, and the peer isn't Exploring. Strictly, 6.1
 * wants the state that its sender is in, and 5.2 a report: no other message asks.
 */
static bool pick_standby(const struct shim_host *host, struct shim_context *context)
{
	struct reap_standby *reserve = context->reap.standby;
	struct reap_pair *pair;
	unsigned n = candidates(host, context, &pair);
	bool found = false;

	for (unsigned i = 0; i < n && !found; i++) {
		struct reap_pair p = pair[reserve->next++ % n];
		struct peer_locator ulid;

		reserve->local = host->locator[p.local].addr;
		reserve->peer = peer_locator(context, p.peer, &ulid)->addr;
		found = !IN6_ARE_ADDR_EQUAL(&reserve->peer, &context->lp_peer) ||
			!IN6_ARE_ADDR_EQUAL(&reserve->local, &context->lp_local);
	}
	free(pair);
	return found;
}

void standby_probe(struct shim_host *host, struct shim_context *context)
{
	struct reap_standby *reserve = context->reap.standby;
	struct reap_report pair;

	context_set_timer(&host->contexts, context, TIMER_STANDBY,
			  reserve ? host->now + STANDBY_INTERVAL * USEC_PER_SEC : USEC_NEVER);
	if (!reserve || context->reap.state != REAP_OPERATIONAL ||
	    host->now - context->reap.heard > reap_send_timeout(host, context))
		return;
	pair = (struct reap_report){ .src = reserve->local, .dst = reserve->peer };
	reserve->ready = reserve->ready && !reserve->nonce && /* the last one was answered */
			 may_use(host, context, &pair);
	if (!reserve->ready && !pick_standby(host, context))
		return;
	reserve->nonce = random_nonce(&host->random);
	explore_send(host, context, &reserve->local, &reserve->peer, REAP_INBOUND_OK, NULL,
		     reserve->nonce);
}

static void standby_take(struct shim_host *host, struct shim_context *context,
			 const struct reap_probe *probe)
{
	struct reap_standby *reserve = context->reap.standby;

	for (unsigned i = 0; reserve && reserve->nonce && i < probe->received_count; i++) {
		const struct reap_report *report = &probe->received[i];

		if (report->nonce != reserve->nonce ||
		    !IN6_ARE_ADDR_EQUAL(&report->src, &reserve->local) ||
		    !IN6_ARE_ADDR_EQUAL(&report->dst, &reserve->peer))
			continue;
		reserve->nonce = 0;
		reserve->ready = true;
		verify_set(context, &report->dst, SHIM_VERIFIED);
		host_event(host, SHIM_EVENT_STANDBY, context, NULL, NULL);
	}
}

/* Without memory there is none. */
void shim_hot_standby(struct shim_host *host, struct shim_context *context, bool on)
{
	if (!on) {
		free(context->reap.standby);
		context->reap.standby = NULL;
	} else if (!context->reap.standby) {
		context->reap.standby = calloc(1, sizeof(*context->reap.standby));
	}
	if (context_is_up(context))
		standby_probe(host, context);
}

/* --- the choice ----------------------------------------------------------------- */

/* The pair of a Probe of ours that has arrived: the current one if it is among
 * them, as in RFC 5534 appendix A, example 5, else the last. A report of a
 * Probe that was never sent is worth nothing. */
void explore_select(struct shim_host *host, struct shim_context *context,
		    const struct reap_probe *probe)
{
	const struct reap_report *best = NULL;
	struct reap_exploration *e;

	standby_take(host, context, probe);
	verify_take(host, context, probe);
	e = context->reap.exploration;
	if (e && e->chosen && context->reap.state == REAP_OPERATIONAL)
		return; /* late answers tell of pairs that are not needed any more */
	for (unsigned i = 0; e && i < probe->received_count; i++) {
		const struct reap_report *report = &probe->received[i];

		if (!remembers(&e->sent, report) || !may_use(host, context, report))
			continue;
		verify_set(context, &report->dst, SHIM_VERIFIED);
		if (IN6_ARE_ADDR_EQUAL(&report->src, &context->lp_local) &&
		    IN6_ARE_ADDR_EQUAL(&report->dst, &context->lp_peer)) {
			e->chosen = true;
			return;
		}
		best = report;
	}
	if (!best)
		return;
	e->chosen = true;
	/* It may still be there, but not as far as we know. The ULID was looked for first. */
	if (!IN6_ARE_ADDR_EQUAL(&best->dst, &context->lp_peer))
		verify_set(context, &context->lp_peer,
			   IN6_ARE_ADDR_EQUAL(&context->lp_peer, &context->ulids.peer)
				   ? SHIM_UNREACHABLE
				   : SHIM_UNVERIFIED);
	translate_switch(host, context, &best->src, &best->dst);
}
