/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer's half of REAP, RFC 5534. What it answers follows from the state that a
 * Probe says alone (6.7 to 6.9: the three columns agree in what is sent and
 * where it leads). It has no timers and never explores by itself: a case whose
 * peer has a problem injects that Probe.
 */
#include "conformance/engine/peer_talk.h"

#include <string.h>

/* By the state of the Probe received. */
static const struct {
	bool answers;
	enum reap_state state; /* the peer's from then on, and the answer's */
} reactions[REAP_STATE_COUNT] = {
	[REAP_EXPLORING] = { true, REAP_INBOUND_OK },     /* 6.7 */
	[REAP_INBOUND_OK] = { true, REAP_OPERATIONAL },   /* 6.8 */
	[REAP_OPERATIONAL] = { false, REAP_OPERATIONAL }, /* 6.9 */
};

/* The first report of a Probe is about itself. */
static void remember(struct peer_context *c, const struct reap_report *report)
{
	if (c->report_count < PEER_REPORTS_MAX)
		c->report_count++;
	memmove(c->reports + 1, c->reports, (c->report_count - 1) * sizeof(c->reports[0]));
	c->reports[0] = *report;
}

static int answer(struct heard *h)
{
	const struct peer_context *c = h->context;
	struct shim6_message m = { .type = SHIM6_PROBE, .receiver_tag = c->target_tag };
	struct reap_probe *p = &m.probe;

	p->state = (uint8_t)c->state;
	p->sent_count = 1;
	p->sent[0] = (struct reap_report){ .src = h->path.ours,
					   .dst = h->path.theirs,
					   .nonce = (uint32_t)peer_random(&h->t->peer) };
	p->received_count = (uint8_t)c->report_count;
	memcpy(p->received, c->reports, c->report_count * sizeof(c->reports[0]));
	return message_say(h->t, &h->path, &m, "Probe");
}

int peer_take_probe(struct heard *h)
{
	struct peer_context *c = h->context;
	enum reap_state said = (enum reap_state)h->m.probe.state;

	/* Reports are those since the last exploration began: 5.2. */
	if (said == REAP_EXPLORING && c->state == REAP_OPERATIONAL)
		c->report_count = 0;
	remember(c, &h->m.probe.sent[0]);
	c->state = reactions[said].state;
	return reactions[said].answers ? answer(h) : 0;
}
